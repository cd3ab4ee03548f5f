//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_recipe_arm64.h"

DATA ·neonTable+0(SB)/8, $0x0000000000000000 // +0
DATA ·neonTable+8(SB)/8, $0x0000000000000000
DATA ·neonTable+16(SB)/8, $0x3fe0000000000000 // 0.5
DATA ·neonTable+24(SB)/8, $0x3fe0000000000000
DATA ·neonTable+32(SB)/8, $0x3ff0000000000000 // 1
DATA ·neonTable+40(SB)/8, $0x3ff0000000000000
DATA ·neonTable+48(SB)/8, $0xbff71547652b82fe // -log2E, ln2Hi
DATA ·neonTable+56(SB)/8, $0x3fe62e42fefa39ef
DATA ·neonTable+64(SB)/8, $0x43380000000003ff // shifter1
DATA ·neonTable+72(SB)/8, $0x43380000000003ff
DATA ·neonTable+80(SB)/8, $0x3c7abc9e3b39803f // ln2Lo, -c3
DATA ·neonTable+88(SB)/8, $0xbfc5555555555501
DATA ·neonTable+96(SB)/8, $0xbf81111111128978 // -c5, -c7
DATA ·neonTable+104(SB)/8, $0xbf2a01a011bd0c90
DATA ·neonTable+112(SB)/8, $0xbec71df55f26a6a1 // -c9, -c11
DATA ·neonTable+120(SB)/8, $0xbe5ad1f080d5a50a
DATA ·neonTable+128(SB)/8, $0x3fa5555555553207 // c4
DATA ·neonTable+136(SB)/8, $0x3fa5555555553207
DATA ·neonTable+144(SB)/8, $0x3f56c16c17cc32c0 // c6
DATA ·neonTable+152(SB)/8, $0x3f56c16c17cc32c0
DATA ·neonTable+160(SB)/8, $0x3efa019ab2d25a7e // c8
DATA ·neonTable+168(SB)/8, $0x3efa019ab2d25a7e
DATA ·neonTable+176(SB)/8, $0x3e9289f8b0369b5d // c10
DATA ·neonTable+184(SB)/8, $0x3e9289f8b0369b5d
DATA ·neonTable+192(SB)/8, $0x4075000000000000 // 336, the middle of [-36, 708]
DATA ·neonTable+200(SB)/8, $0x4075000000000000
DATA ·neonTable+208(SB)/8, $0x4077400000000000 // 372, half its length
DATA ·neonTable+216(SB)/8, $0x4077400000000000
DATA ·neonTable+224(SB)/8, $0x43380000000007fe // shifter2
DATA ·neonTable+232(SB)/8, $0x43380000000007fe
DATA ·neonTable+240(SB)/8, $0x3c7abc9e3b39803f // ln2Lo, -d3
DATA ·neonTable+248(SB)/8, $0xbfc5555555555559
DATA ·neonTable+256(SB)/8, $0xbf8111111110f656 // -d5, -d7
DATA ·neonTable+264(SB)/8, $0xbf2a01a01b0025b1
DATA ·neonTable+272(SB)/8, $0xbec71ddf8141440d // -d9, -d11
DATA ·neonTable+280(SB)/8, $0xbe5af5f2122bd54c
DATA ·neonTable+288(SB)/8, $0x3fa555555555554a // d4
DATA ·neonTable+296(SB)/8, $0x3fa555555555554a
DATA ·neonTable+304(SB)/8, $0x3f56c16c16c1c0d5 // d6
DATA ·neonTable+312(SB)/8, $0x3f56c16c16c1c0d5
DATA ·neonTable+320(SB)/8, $0x3efa01a01872a841 // d8
DATA ·neonTable+328(SB)/8, $0x3efa01a01872a841
DATA ·neonTable+336(SB)/8, $0x3e927e521d133030 // d10
DATA ·neonTable+344(SB)/8, $0x3e927e521d133030
DATA ·neonTable+352(SB)/8, $0x3e21f0412ea86768 // d12
DATA ·neonTable+360(SB)/8, $0x3e21f0412ea86768
DATA ·neonTable+368(SB)/8, $0x4087500000000000 // 746
DATA ·neonTable+376(SB)/8, $0x4087500000000000
DATA ·neonTable+384(SB)/8, $0xc087500000000000 // -746
DATA ·neonTable+392(SB)/8, $0xc087500000000000
DATA ·neonTable+400(SB)/8, $0x4034000000000000 // 20
DATA ·neonTable+408(SB)/8, $0x4034000000000000
DATA ·neonTable+416(SB)/8, $0x8000000000000000 // the sign bit
DATA ·neonTable+424(SB)/8, $0x8000000000000000
DATA ·neonTable+432(SB)/8, $0x00000000000003ff // 1023
DATA ·neonTable+440(SB)/8, $0x00000000000003ff
DATA ·neonTable+448(SB)/8, $0xfffffffff0000008 // 8 - 2^28
DATA ·neonTable+456(SB)/8, $0xfffffffff0000008
DATA ·neonTable+464(SB)/8, $0x000000001ffffff0 // 2^29 - 16: bits 4 to 28
DATA ·neonTable+472(SB)/8, $0x000000001ffffff0
DATA ·neonTable+480(SB)/8, $0xc2d00000c2d00000 // -104 in float32
DATA ·neonTable+488(SB)/8, $0xc2d00000c2d00000
DATA ·neonTable+496(SB)/8, $0x4280000042800000 // 64 in float32
DATA ·neonTable+504(SB)/8, $0x4280000042800000
DATA ·neonTable+512(SB)/8, $0x5d8000005d800000 // 2^60 in float32
DATA ·neonTable+520(SB)/8, $0x5d8000005d800000
DATA ·neonTable+528(SB)/8, $0x3f8000003f800000 // 1 in float32
DATA ·neonTable+536(SB)/8, $0x3f8000003f800000
GLOBL ·neonTable(SB), RODATA|NOPTR, $544

#define EACH		BOTH
#define EACHK		BOTHK
#define EACH1		BOTH1
#define EACHLANE	BOTHLANE
#define LOAD		BOTHLOAD
#define EACHRECIPROCAL	BOTHRECIPROCAL

#define DST	R0
#define SRC	R1
#define REST	R2 // elements to do
#define kDone	22 // all ones while no element was left undone

// ELEMENTS computes four elements at a time, two in A and two in B. At the end there may be fewer: two or none in A, one
// or none in B. Lanes without an element compute on zeros. READ, READ2 and READ1 take elements from SRC; WRITE, WRITE2
// and WRITE1 put them to DST.
#define ELEMENTS(READ, READ2, READ1, COMPUTE, WRITE, WRITE2, WRITE1) \
	CBZ	REST, end; \
begin: \
	CMP	$4, REST; \
	BLT	some; \
	READ; \
	B	compute; \
some: \
	VEOR	V1.B16, V1.B16, V1.B16; \
	VEOR	V9.B16, V9.B16, V9.B16; \
	TBZ	$1, REST, no2; \
	READ2; \
no2: \
	TBZ	$0, REST, compute; \
	READ1; \
compute: \
	COMPUTE; \
	SUBS	$4, REST; \
	BLT	someDone; \
	WRITE; \
	CBNZ	REST, begin; \
	B	end; \
someDone: \
	TBZ	$1, REST, no2Done; \
	WRITE2; \
no2Done: \
	TBZ	$0, REST, end; \
	WRITE1; \
end:

// float64: z in registers 1 and 9, the result in 0 and 8.
#define READ64	FMOVQ	(SRC), F1; FMOVQ	16(SRC), F9; ADD	$32, SRC
#define READ642	FMOVQ.P	16(SRC), F1
#define READ641	FMOVD	(SRC), F9
#define WRITE64	FMOVQ	F0, (DST); FMOVQ	F8, 16(DST); ADD	$32, DST
#define WRITE642	FMOVQ.P	F0, 16(DST)
#define WRITE641	FMOVD	F8, (DST)

// float32: z in register 1, two lanes for A, then two for B; the result in register 0 likewise.
#define READ32	FMOVQ.P	16(SRC), F1
#define READ322	FMOVD.P	8(SRC), F1
#define READ321	FMOVS	(SRC), F9; VMOV	V9.S[0], V1.S[2]
#define WRITE32	FMOVQ.P	F0, 16(DST)
#define WRITE322	FMOVD.P	F0, 8(DST)
#define WRITE321	VST1	V0.S[2], (DST)

#define WIDEN(n, d)	FCVTL(n, d); FCVTL2(n, (d)+8)
#define NARROW(n, d)	FCVTN(n, d); FCVTN2((n)+8, d)

// UNDONE sets R4 to 0 if kDone is all ones, else to 1: its two lanes add up to -2 in the one case only.
#define UNDONE \
	VADDP	V22.D2, V22.D2, V22.D2; \
	VMOV	V22.D[0], R4; \
	CMN	$2, R4; \
	CSET	NE, R4

#define SIGMOID64 \
	EACH1(MOVE, 1, 0); \
	EACH1(MOVE, 1, 2); \
	SIGMOID(0); \
	MIDRANGE; \
	EACH(BIF16, 4, 1, 0)     /* z where out of range */; \
	AND16(4, kDone, kDone); \
	AND16(12, kDone, kDone)

// func neonSigmoid64(dst, z *float64, n int) int
// dst[i] = 1/(1+exp(-z[i])), or z[i] where that is outside [-36, 708] or NaN
TEXT ·neonSigmoid64(SB), NOSPLIT, $0-32
	MOVD	dst+0(FP), DST
	MOVD	z+8(FP), SRC
	MOVD	n+16(FP), REST
	SIGMOIDCONSTANTS
	VMOVI	$255, V22.B16
	ELEMENTS(READ64, READ642, READ641, SIGMOID64, WRITE64, WRITE642, WRITE641)
	UNDONE
	MOVD	R4, ret+24(FP)
	RET

// The float64 value y decides, unless it is within 8 units of half-way between two float32, so unless bits 4 to 28 of
// y + 8 - 2^28 are zero. There z is put aside, times 2^60.
#define kNearHalf	23
#define kFarBits	30
#define kAside4		31
#define kMin4		24
#define kMax4		25
#define SIGMOID32 \
	FMAX4(kMin4, 1, 0); \
	FMIN4(kMax4, 0, 0); \
	WIDEN(0, 2); \
	EACH1(MOVE, 2, 0); \
	SIGMOID(0); \
	EACHK(ADD2, kNearHalf, 0, 4); \
	EACHK(CMTST2, kFarBits, 4, 4) /* all ones where not near half-way */; \
	UZPEVEN4(12, 4, 4)            /* in lanes of float32 */; \
	NARROW(0, 0); \
	FMUL4(kAside4, 1, 5); \
	BIF16(4, 5, 0); \
	AND16(4, kDone, kDone)

// func neonSigmoid32(dst, z *float32, n int) int
// dst[i] = 1/(1+exp(-z[i])), rounded once, or z[i]*2^60 where the float64 value does not tell
TEXT ·neonSigmoid32(SB), NOSPLIT, $0-32
	MOVD	dst+0(FP), DST
	MOVD	z+8(FP), SRC
	MOVD	n+16(FP), REST
	SIGMOIDCONSTANTS
	LDRQ(NEARHALF, TABLENUMBER, kNearHalf)
	LDRQ(FARBITS, TABLENUMBER, kFarBits)
	LDRQ(ASIDE4, TABLENUMBER, kAside4)
	LDRQ(SIGMOIDMIN4, TABLENUMBER, kMin4)
	LDRQ(SIGMOIDMAX4, TABLENUMBER, kMax4)
	VMOVI	$255, V22.B16
	ELEMENTS(READ32, READ322, READ321, SIGMOID32, WRITE32, WRITE322, WRITE321)
	UNDONE
	MOVD	R4, ret+24(FP)
	RET

#define TANH64	EACH1(MOVE, 1, 16); EACH1(MOVE, 1, 0); TANH
#define TANH32	WIDEN(1, 16); EACH1(MOVE, 16, 0); TANH; NARROW(0, 0)
#define EXP64	EACH1(MOVE, 1, 0); EXP
#define EXP32	WIDEN(1, 0); EXP; NARROW(0, 0)

// func neonTanh64(dst, z *float64, n int)
// dst[i] = tanh(z[i])
TEXT ·neonTanh64(SB), NOSPLIT, $0-24
	MOVD	dst+0(FP), DST
	MOVD	z+8(FP), SRC
	MOVD	n+16(FP), REST
	EXPCONSTANTS
	ELEMENTS(READ64, READ642, READ641, TANH64, WRITE64, WRITE642, WRITE641)
	RET

// func neonTanh32(dst, z *float32, n int)
// dst[i] = tanh(z[i]), rounded from the float64 value
TEXT ·neonTanh32(SB), NOSPLIT, $0-24
	MOVD	dst+0(FP), DST
	MOVD	z+8(FP), SRC
	MOVD	n+16(FP), REST
	EXPCONSTANTS
	ELEMENTS(READ32, READ322, READ321, TANH32, WRITE32, WRITE322, WRITE321)
	RET

// func neonExp64(dst, x *float64, n int)
// dst[i] = exp(x[i])
TEXT ·neonExp64(SB), NOSPLIT, $0-24
	MOVD	dst+0(FP), DST
	MOVD	x+8(FP), SRC
	MOVD	n+16(FP), REST
	EXPCONSTANTS
	ELEMENTS(READ64, READ642, READ641, EXP64, WRITE64, WRITE642, WRITE641)
	RET

// func neonExp32(dst, x *float32, n int)
// dst[i] = exp(x[i]), rounded from the float64 value
TEXT ·neonExp32(SB), NOSPLIT, $0-24
	MOVD	dst+0(FP), DST
	MOVD	x+8(FP), SRC
	MOVD	n+16(FP), REST
	EXPCONSTANTS
	ELEMENTS(READ32, READ322, READ321, EXP32, WRITE32, WRITE322, WRITE321)
	RET
