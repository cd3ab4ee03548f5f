//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"
#include "kernel_avx2_recipe_amd64.h"

// Bounds beyond which exp and tanh take their limits. exp(746) overflows, and exp(-746) rounds to 0, in the recipe itself.
FOUR(shifter2, 0x43380000000007fe) // 0x1.8p52 + 2046
FOUR(expHigh, 0x4087500000000000)  // 746
FOUR(expLow, 0xc087500000000000)   // -746
FOUR(tanhHigh, 0x4034000000000000) // 20
FOUR(bias, 1023)
FOUR(twice, 2046)
FOUR(sign, 0x8000000000000000)
FOUR(sign32, 0x8000000080000000)

// Exp and tanh: the coefficients, the odd ones with their signs changed.
FOUR(d3, 0xbfc5555555555559)  // -0x1.5555555555559p-3
FOUR(d4, 0x3fa555555555554a)  // 0x1.555555555554ap-5
FOUR(d5, 0xbf8111111110f656)  // -0x1.111111110f656p-7
FOUR(d6, 0x3f56c16c16c1c0d5)  // 0x1.6c16c16c1c0d5p-10
FOUR(d7, 0xbf2a01a01b0025b1)  // -0x1.a01a01b0025b1p-13
FOUR(d8, 0x3efa01a01872a841)  // 0x1.a01a01872a841p-16
FOUR(d9, 0xbec71ddf8141440d)  // -0x1.71ddf8141440dp-19
FOUR(d10, 0x3e927e521d133030) // 0x1.27e521d13303p-22
FOUR(d11, 0xbe5af5f2122bd54c) // -0x1.af5f2122bd54cp-26
FOUR(d12, 0x3e21f0412ea86768) // 0x1.1f0412ea86768p-29

// The float32 sigmoid: clamps, what finds values near half-way, and how such an element is marked.
FOUR(clampLow, 0xc05a000000000000)  // -104
FOUR(clampHigh, 0x4050000000000000) // 64
FOUR(magnitudes, 0x7fffffff7fffffff)
FOUR(common32, 0x4280000042800000)  // 64, 64
FOUR(small32, 0x3b8000003b800000)   // 0x1p-8, 0x1p-8
FOUR(halfway, 0xf0000008f0000008)   // 8 - 2^28, 8 - 2^28
FOUR(nearly, 0x1ffffff01ffffff0)    // what is 0 for -8 <= x < 8, in 29 bits
FOUR(marked, 0x5d8000005d800000)    // 0x1p60, 0x1p60

// SIGMOID sets y = 1/(1+exp(-z)) for two vectors each in [-36, 708], and keeps z. The names are those of sigmoid64.
#define Z0  Y0
#define Z1  Y1
#define M0  Y2
#define M1  Y3
#define S0  Y4
#define S1  Y5
#define SS0 Y6
#define SS1 Y7
#define R0  Y8
#define R1  Y9
#define A0  Y10
#define A1  Y11
#define B0  Y12
#define B1  Y13
#define C0  Y14
#define C1  Y15

#define BOTH(op, src, v0, v1, d0, d1) \
	op src<>(SB), v0, d0; \
	op src<>(SB), v1, d1

#define SIGMOID \
	VMOVUPD negLog2E<>(SB), M0;                  \
	VMOVAPD M0, M1;                              \
	BOTH(VFMADD213PD, shifter1, Z0, Z1, M0, M1); \
	VMOVUPD shifter1<>(SB), A0;                  \
	VSUBPD  A0, M0, R0;                          \ // n
	VSUBPD  A0, M1, R1;                          \
	VMOVUPD ln2Hi<>(SB), S0;                     \
	VMOVAPD S0, S1;                              \
	VFMADD213PD Z0, R0, S0;                      \ // s = n ln2Hi + z
	VFMADD213PD Z1, R1, S1;                      \
	VMOVUPD ln2Lo<>(SB), A0;                     \
	VFMADD213PD S0, A0, R0;                      \ // r = n ln2Lo + s
	VFMADD213PD S1, A0, R1;                      \
	VMULPD  S0, S0, SS0;                         \
	VMULPD  S1, S1, SS1;                         \
	LINEAR(c11, c10, S0, S1, A0, A1);            \
	LINEAR(c9, c8, S0, S1, B0, B1);              \
	VFMADD231PD A0, SS0, B0;                     \ // p8b
	VFMADD231PD A1, SS1, B1;                     \
	LINEAR(c7, c6, S0, S1, A0, A1);              \
	LINEAR(c5, c4, S0, S1, C0, C1);              \
	VFMADD231PD A0, SS0, C0;                     \ // p47
	VFMADD231PD A1, SS1, C1;                     \
	VMULPD  SS0, SS0, A0;                        \ // s4
	VMULPD  SS1, SS1, A1;                        \
	VFMADD231PD B0, A0, C0;                      \ // p4b
	VFMADD231PD B1, A1, C1;                      \
	LINEAR(c3, half, R0, R1, B0, B1);            \ // p23
	VMULPD  R0, R0, A0;                          \
	VMULPD  R1, R1, A1;                          \
	VFMADD231PD C0, SS0, B0;                     \ // q
	VFMADD231PD C1, SS1, B1;                     \
	VFMSUB213PD R0, A0, B0;                      \ // w = q r^2 - r
	VFMSUB213PD R1, A1, B1;                      \
	VPSLLQ  $52, M0, M0;                         \ // 2^n
	VPSLLQ  $52, M1, M1;                         \
	VMOVUPD one<>(SB), C0;                       \
	VADDPD  C0, M0, A0;                          \
	VADDPD  C0, M1, A1;                          \
	VFMADD213PD A0, M0, B0;                      \ // 1 + 2^n + 2^n w
	VFMADD213PD A1, M1, B1;                      \
	VDIVPD  B0, C0, M0;                          \
	VDIVPD  B1, C0, M1

// EXPM1 sets w and m such that exp(-z) = 2^n (1+w), for two vectors of |z| <= 746, and destroys z. The names are those of
// expm1Neg; w is left in B0 and B1.
#define EXPM1 \
	VMOVUPD negLog2E<>(SB), M0;                  \
	VMOVAPD M0, M1;                              \
	BOTH(VFMADD213PD, shifter2, Z0, Z1, M0, M1); \
	VMOVUPD shifter2<>(SB), A0;                  \
	VSUBPD  A0, M0, A1;                          \ // n
	VSUBPD  A0, M1, B1;                          \
	VMOVUPD ln2Hi<>(SB), A0;                     \
	VFMADD231PD A0, A1, Z0;                      \ // s = n ln2Hi + z
	VFMADD231PD A0, B1, Z1;                      \
	BOTH(VMULPD, ln2Lo, A1, B1, S0, S1);         \ // c
	VADDPD  Z0, S0, R0;                          \ // r = s + c
	VADDPD  Z1, S1, R1;                          \
	VMULPD  R0, R0, SS0;                         \ // r2
	VMULPD  R1, R1, SS1;                         \
	LINEAR(d11, d10, R0, R1, A0, A1);            \
	VMOVUPD d12<>(SB), B0;                       \
	VFMADD231PD B0, SS0, A0;                     \ // pac
	VFMADD231PD B0, SS1, A1;                     \
	LINEAR(d9, d8, R0, R1, B0, B1);              \
	VFMADD231PD A0, SS0, B0;                     \ // p8c
	VFMADD231PD A1, SS1, B1;                     \
	LINEAR(d7, d6, R0, R1, A0, A1);              \
	LINEAR(d5, d4, R0, R1, C0, C1);              \
	VFMADD231PD A0, SS0, C0;                     \ // p47
	VFMADD231PD A1, SS1, C1;                     \
	VMULPD  SS0, SS0, A0;                        \ // r4
	VMULPD  SS1, SS1, A1;                        \
	VFMADD231PD B0, A0, C0;                      \ // p4c
	VFMADD231PD B1, A1, C1;                      \
	LINEAR(d3, half, R0, R1, B0, B1);            \ // p23
	VFMADD231PD C0, SS0, B0;                     \ // q
	VFMADD231PD C1, SS1, B1;                     \
	VFMSUB213PD S0, SS0, B0;                     \ // q r2 - c
	VFMSUB213PD S1, SS1, B1;                     \
	VSUBPD  Z0, B0, B0;                          \ // w
	VSUBPD  Z1, B1, B1

// sigmoid: y = 1/(1+exp(-z)) for z in Y0 and Y1; y is left in Y2 and Y3.
TEXT sigmoidEight<>(SB), NOSPLIT, $0-0
	SIGMOID
	VMOVUPD   magnitude<>(SB), A0
	VMOVUPD   common<>(SB), B0
	VANDPD    A0, Z0, A1
	VANDPD    A0, Z1, A0
	VCMPPD    $0x16, B0, A1, A1      // not |z| <= 36
	VCMPPD    $0x16, B0, A0, A0
	VORPD     A0, A1, A0
	VMOVMSKPD A0, CX
	TESTL     CX, CX
	JNE       far
	RET

far:
	VMOVUPD   lowest<>(SB), A0
	VMOVUPD   highest<>(SB), A1
	VCMPPD    $0x1e, A1, Z0, S0      // z > 708
	VCMPPD    $0x1e, A1, Z1, S1
	VBLENDVPD S0, C0, M0, M0         // 1
	VBLENDVPD S1, C0, M1, M1
	VCMPPD    $0x11, A0, Z0, B0      // z < -36; the middle recipe keeps a NaN
	VCMPPD    $0x11, A0, Z1, B1
	VORPD     B0, B1, A0
	VMOVMSKPD A0, CX
	TESTL     CX, CX
	JNE       low
	RET

low:
	JMP sigmoidLow<>(SB)

// sigmoidLow: y = 1/(1+exp(-z)) for z in Y0 and Y1, of which those are below -36 that Y12 and Y13 are masks of. y is
// in Y2 and Y3, and stays there in the others. The recipe itself comes to 0 at -746.
TEXT sigmoidLow<>(SB), NOSPLIT, $128-0
	VMOVUPD   M0, y0-128(SP)
	VMOVUPD   M1, y1-96(SP)
	VMOVUPD   B0, low0-64(SP)
	VMOVUPD   B1, low1-32(SP)
	VMOVUPD   expLow<>(SB), A0
	VMAXPD    A0, Z0, Z0
	VMAXPD    A0, Z1, Z1
	EXPM1
	VPSRLQ    $1, M0, A0             // h
	VPSRLQ    $1, M1, A1
	VPSUBQ    A0, M0, M0             // m - h
	VPSUBQ    A1, M1, M1
	VMOVUPD   twice<>(SB), C0
	VPSUBQ    M0, C0, S0
	VPSUBQ    M1, C0, S1
	VPSUBQ    A0, C0, A0
	VPSUBQ    A1, C0, A1
	VPSLLQ    $52, A0, A0            // a = 2^-(n>>1)
	VPSLLQ    $52, A1, A1
	VPSLLQ    $52, M0, M0            // b = 2^n a
	VPSLLQ    $52, M1, M1
	VPSLLQ    $52, S0, S0            // 1/b
	VPSLLQ    $52, S1, S1
	VFMADD231PD S0, A0, B0           // w + a (1/b)
	VFMADD231PD S1, A1, B1
	VFMADD213PD M0, M0, B0           // b + b that
	VFMADD213PD M1, M1, B1
	VDIVPD    B0, A0, A0
	VDIVPD    B1, A1, A1
	VMOVUPD   low0-64(SP), B0
	VMOVUPD   low1-32(SP), B1
	VMOVUPD   y0-128(SP), M0
	VMOVUPD   y1-96(SP), M1
	VBLENDVPD B0, A0, M0, M0
	VBLENDVPD B1, A1, M1, M1
	RET

// exp: y = exp(x) for x in Y0 and Y1; y is left in Y2 and Y3. A NaN is the second source of each minimum and maximum, which
// passes it on.
TEXT expEight<>(SB), NOSPLIT, $0-0
	VMOVUPD expHigh<>(SB), A0
	VMOVUPD expLow<>(SB), A1
	VMOVUPD sign<>(SB), B0
	VMINPD  Z0, A0, Z0
	VMINPD  Z1, A0, Z1
	VMAXPD  Z0, A1, Z0
	VMAXPD  Z1, A1, Z1
	VXORPD  B0, Z0, Z0
	VXORPD  B0, Z1, Z1
	EXPM1
	VMOVUPD one<>(SB), A0
	VADDPD  A0, B0, B0             // 1 + w
	VADDPD  A0, B1, B1
	VPSRLQ  $1, M0, A0             // h
	VPSRLQ  $1, M1, A1
	VPSUBQ  A0, M0, M0             // m - h
	VPSUBQ  A1, M1, M1
	VPSLLQ  $52, A0, A0
	VPSLLQ  $52, A1, A1
	VPSLLQ  $52, M0, M0
	VPSLLQ  $52, M1, M1
	VMULPD  A0, B0, B0
	VMULPD  A1, B1, B1
	VMULPD  M0, B0, M0             // (1+w) 2^h 2^(n-h)
	VMULPD  M1, B1, M1
	RET

// tanh: y = tanh|z| for z in Y0 and Y1; y is left in Y2 and Y3.
TEXT tanhEight<>(SB), NOSPLIT, $0-0
	VMOVUPD      magnitude<>(SB), A0
	VMOVUPD      tanhHigh<>(SB), A1
	VANDPD       A0, Z0, Z0
	VANDPD       A0, Z1, Z1
	VMINPD       Z0, A1, Z0
	VMINPD       Z1, A1, Z1
	VADDPD       Z0, Z0, Z0
	VADDPD       Z1, Z1, Z1
	EXPM1
	VMOVUPD      bias<>(SB), A0
	VMOVUPD      one<>(SB), A1
	VPSUBQ       A0, M0, M0
	VPSUBQ       A0, M1, M1
	VPSLLQ       $52, M0, M0         // 2^n
	VPSLLQ       $52, M1, M1
	VADDPD       A1, M0, S0          // 2^n + 1
	VADDPD       A1, M1, S1
	VSUBPD       A1, M0, R0          // 2^n - 1
	VSUBPD       A1, M1, R1
	VFMADD231PD  B0, M0, R0          // num
	VFMADD231PD  B1, M1, R1
	VMOVAPD      B0, SS0
	VMOVAPD      B1, SS1
	VFMADD213PD  S0, M0, SS0         // den
	VFMADD213PD  S1, M1, SS1
	VSUBPD       SS0, S0, S0         // 2^n + 1 - den
	VSUBPD       SS1, S1, S1
	VFMADD231PD  B0, M0, S0          // lost
	VFMADD231PD  B1, M1, S1
	VDIVPD       SS0, A1, C0         // inv
	VDIVPD       SS1, A1, C1
	VMULPD       C0, R0, M0          // y
	VMULPD       C1, R1, M1
	VFNMADD231PD SS0, M0, R0         // num - y den
	VFNMADD231PD SS1, M1, R1
	VFNMADD231PD S0, M0, R0          // rest = num - y den - y lost
	VFNMADD231PD S1, M1, R1
	VFMADD231PD  C0, R0, M0          // y + rest inv
	VFMADD231PD  C1, R1, M1
	VMOVUPD      magnitude<>(SB), A0
	VANDPD       A0, M0, M0
	VANDPD       A0, M1, M1
	RET

// sigmoid32: y = 1/(1+exp(-z)), correctly rounded, for the 8 float32 z in Y0; y is left in Y2. Where |z| < 2^-8 and the
// float64 value is near half-way between two float32, y is 2^60 z, and DX becomes other than 0.
TEXT sigmoidEight32<>(SB), NOSPLIT, $0-0
	VANDPS       magnitudes<>(SB), Y0, A0
	VCMPPS       $0x16, common32<>(SB), A0, A0 // not |z| <= 64
	VMOVMSKPS    A0, CX
	VEXTRACTF128 $1, Y0, X1
	VCVTPS2PD    X1, Z1
	VCVTPS2PD    X0, Z0
	TESTL        CX, CX
	JNE          clamp

compute:
	SIGMOID
	VSHUFPS    $0x88, M1, M0, A0           // the low halves of all y
	VPADDD     halfway<>(SB), A0, A0
	VPAND      nearly<>(SB), A0, A0
	VPXOR      A1, A1, A1
	VPCMPEQD   A1, A0, A0
	VPMOVMSKB  A0, CX
	VCVTPD2PSY M0, X2
	VCVTPD2PSY M1, X3
	VINSERTF128 $1, X3, Y2, Y2
	TESTL      CX, CX
	JNE        doubtful
	RET

clamp:
	VMOVUPD clampHigh<>(SB), A0
	VMOVUPD clampLow<>(SB), A1
	VMINPD  Z0, A0, Z0
	VMINPD  Z1, A0, Z1
	VMAXPD  Z0, A1, Z0
	VMAXPD  Z1, A1, Z1
	JMP     compute

doubtful:
	VPERMQ      $0xd8, A0, A0              // from the order of VSHUFPS to that of the elements
	VCVTPD2PSY  Z0, X4
	VCVTPD2PSY  Z1, X5
	VINSERTF128 $1, X5, Y4, Y4
	VANDPS      magnitudes<>(SB), Y4, Y5
	VCMPPS      $0x11, small32<>(SB), Y5, Y5 // |z| < 2^-8
	VANDPS      A0, Y5, Y5
	VMULPS      marked<>(SB), Y4, Y4
	VBLENDVPS   Y5, Y4, Y2, Y2
	VMOVMSKPS   Y5, CX
	ORL         CX, DX
	RET

// WIDENED runs a float64 core on the 8 float32 in Y0 and leaves 8 float32 in Y2.
#define WIDENED(core) \
	VEXTRACTF128 $1, Y0, X1; \
	VCVTPS2PD    X1, Z1;     \
	VCVTPS2PD    X0, Z0;     \
	CALL         core<>(SB); \
	VCVTPD2PSY   M0, X2;     \
	VCVTPD2PSY   M1, X3;     \
	VINSERTF128  $1, X3, Y2, Y2

TEXT expEight32<>(SB), NOSPLIT, $0-0
	WIDENED(expEight)
	RET

TEXT tanhEight32<>(SB), NOSPLIT, $0-0
	WIDENED(tanhEight)
	RET

// ---- Loops over elements.

#define DST   DI
#define SRC   SI
#define COUNT R8  // elements left
#define OFF   R9  // bytes done
#define PLACE R10 // of the tail's mask

#define LOAD64(mem, v)      VMOVUPD mem, v
#define LOADTAIL64(mem, v)  VMASKMOVPD mem, B1, v
#define LOAD32(mem, v)      VMOVUPS mem, v
#define LOADTAIL32(mem, v)  VMASKMOVPS mem, B1, v

// TAILMASK sets B1 to ones in the first COUNT elements of 1<<log bytes.
#define TAILMASK(log) \
	LEAQ    masks<>+32(SB), PLACE; \
	SHLQ    $log, COUNT;           \
	SUBQ    COUNT, PLACE;          \
	VMOVUPD (PLACE), B1

// ELEMENTS64 runs core on COUNT float64: eight at a time, then four, then what is left. FINISH gives y what it needs of
// the argument besides.
#define ELEMENTS64(core, FINISH) \
	XORL    OFF, OFF;                     \
	SUBQ    $8, COUNT;                    \
	JLT     four;                         \
eight:                                        \
	VMOVUPD (SRC)(OFF*1), Z0;             \
	VMOVUPD 32(SRC)(OFF*1), Z1;           \
	CALL    core<>(SB);                   \
	FINISH(LOAD64, (SRC)(OFF*1), M0);     \
	FINISH(LOAD64, 32(SRC)(OFF*1), M1);   \
	VMOVUPD M0, (DST)(OFF*1);             \
	VMOVUPD M1, 32(DST)(OFF*1);           \
	ADDQ    $64, OFF;                     \
	SUBQ    $8, COUNT;                    \
	JGE     eight;                        \
four:                                         \
	ADDQ    $4, COUNT;                    \
	JLT     tail;                         \
	VMOVUPD (SRC)(OFF*1), Z0;             \
	VXORPD  Z1, Z1, Z1;                   \
	CALL    core<>(SB);                   \
	FINISH(LOAD64, (SRC)(OFF*1), M0);     \
	VMOVUPD M0, (DST)(OFF*1);             \
	ADDQ    $32, OFF;                     \
	SUBQ    $4, COUNT;                    \
tail:                                         \
	ADDQ    $4, COUNT;                    \
	JEQ     done;                         \
	TAILMASK(3);                          \
	LOADTAIL64((SRC)(OFF*1), Z0);         \
	VXORPD  Z1, Z1, Z1;                   \
	CALL    core<>(SB);                   \
	VMOVUPD (PLACE), B1;                  \
	FINISH(LOADTAIL64, (SRC)(OFF*1), M0); \
	VMASKMOVPD M0, B1, (DST)(OFF*1);      \
done:                                         \
	VZEROUPPER

// ELEMENTS32 runs core on COUNT float32, eight at a time.
#define ELEMENTS32(core, FINISH) \
	XORL    OFF, OFF;                     \
	SUBQ    $8, COUNT;                    \
	JLT     tail;                         \
eight:                                        \
	VMOVUPS (SRC)(OFF*1), Y0;             \
	CALL    core<>(SB);                   \
	FINISH(LOAD32, (SRC)(OFF*1), Y2);     \
	VMOVUPS Y2, (DST)(OFF*1);             \
	ADDQ    $32, OFF;                     \
	SUBQ    $8, COUNT;                    \
	JGE     eight;                        \
tail:                                         \
	ADDQ    $8, COUNT;                    \
	JEQ     done;                         \
	TAILMASK(2);                          \
	LOADTAIL32((SRC)(OFF*1), Y0);         \
	CALL    core<>(SB);                   \
	VMOVUPS (PLACE), B1;                  \
	FINISH(LOADTAIL32, (SRC)(OFF*1), Y2); \
	VMASKMOVPS Y2, B1, (DST)(OFF*1);      \
done:                                         \
	VZEROUPPER

#define NOTHING(LOAD, mem, y)

// SIGN gives y the sign of the argument.
#define SIGN64(LOAD, mem, y) \
	LOAD(mem, A0);             \
	VANDPD sign<>(SB), A0, A0; \
	VORPD  A0, y, y

#define SIGN32(LOAD, mem, y) \
	LOAD(mem, A0);               \
	VANDPS sign32<>(SB), A0, A0; \
	VORPS  A0, y, y

// func avx2Sigmoid64(dst, z *float64, n int) (rare int)
//
// dst[i] = 1/(1+exp(-z[i])), for every z[i]: nothing is rare
TEXT ·avx2Sigmoid64(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DST
	MOVQ z+8(FP), SRC
	MOVQ n+16(FP), COUNT
	ELEMENTS64(sigmoidEight, NOTHING)
	MOVQ $0, rare+24(FP)
	RET

// func avx2Sigmoid32(dst, z *float32, n int) (rare int)
//
// dst[i] = 1/(1+exp(-z[i]))
TEXT ·avx2Sigmoid32(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DST
	MOVQ z+8(FP), SRC
	MOVQ n+16(FP), COUNT
	XORL DX, DX
	ELEMENTS32(sigmoidEight32, NOTHING)
	XORL AX, AX
	TESTL DX, DX
	SETNE AX
	MOVQ AX, rare+24(FP)
	RET

// func avx2Tanh64(dst, z *float64, n int)
//
// dst[i] = tanh(z[i])
TEXT ·avx2Tanh64(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ z+8(FP), SRC
	MOVQ n+16(FP), COUNT
	ELEMENTS64(tanhEight, SIGN64)
	RET

// func avx2Tanh32(dst, z *float32, n int)
//
// dst[i] = tanh(z[i])
TEXT ·avx2Tanh32(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ z+8(FP), SRC
	MOVQ n+16(FP), COUNT
	ELEMENTS32(tanhEight32, SIGN32)
	RET

// func avx2Exp64(dst, z *float64, n int)
//
// dst[i] = exp(z[i])
TEXT ·avx2Exp64(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ z+8(FP), SRC
	MOVQ n+16(FP), COUNT
	ELEMENTS64(expEight, NOTHING)
	RET

// func avx2Exp32(dst, z *float32, n int)
//
// dst[i] = exp(z[i])
TEXT ·avx2Exp32(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ z+8(FP), SRC
	MOVQ n+16(FP), COUNT
	ELEMENTS32(expEight32, NOTHING)
	RET
