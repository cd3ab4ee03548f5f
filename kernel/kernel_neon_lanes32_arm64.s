//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_recipe_arm64.h"
#include "kernel_neon_lanes_arm64.h"

// The low words of two constants of the float64 table.
DATA near<>+0(SB)/8, $0xf0000008f0000008 // 8 - 2^28
DATA near<>+8(SB)/8, $0xf0000008f0000008
DATA near<>+16(SB)/8, $0x1ffffff01ffffff0 // 2^29 - 16: bits 4 to 28
DATA near<>+24(SB)/8, $0x1ffffff01ffffff0
GLOBL near<>(SB), RODATA|NOPTR, $32

#define SIZE		4
#define FADD		FADD4
#define FSUB		FSUB4
#define FMUL		FMUL4
#define FMLA		FMLA4
#define FMLS		FMLS4
#define FCMGT		FCMGT4
#define FCMEQ		FCMEQ4
#define FCMGTZERO	FCMGTZERO4
#define FMOV1		FMOVS
#define SPREAD(v)	VDUP	v.S[0], v.S4

#define kMin4		23
#define kMax4		24
#define kNearHalf	30
#define kFarBits	31
#define SETTLECONSTANTS \
	LDRQ(SIGMOIDMIN4, TABLENUMBER, kMin4); \
	LDRQ(SIGMOIDMAX4, TABLENUMBER, kMax4); \
	MOVD	$near<>(SB), TEMP; \
	FLDPQ	(TEMP), (F30, F31)

#define UNSETTLED	stop
#define AFTERTANH	forwardReLU

// A vector is two of float64 for the recipes. The float64 value y decides unless bits 4 to 28 of y + 8 - 2^28 are zero:
// the low halves of two vectors are taken together.
#define STRIPSIGMOID	EACHSUM(WIDESIGMOID)
#define WIDESIGMOID(z) \
	FMAX4(kMin4, z, z); \
	FMIN4(kMax4, z, z); \
	FCVTL(z, 0); \
	FCVTL2(z, 8); \
	BOTH1(MOVE, 0, 2); \
	SIGMOID(0); \
	UZPEVEN4(8, 0, 4); \
	ADD4(kNearHalf, 4, 4); \
	CMTST4(kFarBits, 4, 4)       /* all ones where not near half-way */; \
	AND16(4, kSettled, kSettled); \
	FCVTN(0, z); \
	FCVTN2(8, z)

#define STRIPTANH	EACHSUM(WIDETANH)
#define WIDETANH(z) \
	FCVTL(z, 16); \
	FCVTL2(z, 24); \
	BOTH1(MOVE, 16, 0); \
	TANH; \
	FCVTN(0, z); \
	FCVTN2(8, z)

#define ADDLOSS \
	WIDELOSS(28, F0, F1, (SENT)); \
	WIDELOSS(29, F0, F1, 32(SENT)); \
	WIDELOSS(30, F0, F1, 64(SENT)); \
	WIDELOSS(31, F0, F1, 96(SENT)); \
	ADD	$(2*STRIP), SENT

#define WIDELOSS(loss, f0, f1, sums) \
	FLDPQ	sums, (f0, f1); \
	FCVTL(loss, 2); \
	FCVTL2(loss, 3); \
	FADD2(2, 0, 0); \
	FADD2(3, 1, 1); \
	FSTPQ	(f0, f1), sums

// func neonLanesTrain32(s *lanesState[float32], x *float32, n int) int
// up to n steps of each lane: for all layers w[k][j] += rate * (d[j]*x[k] + 0)
TEXT ·neonLanesTrain32(SB), NOSPLIT, $0-32
#include "kernel_neon_lanestrain_arm64.h"

// func neonLanesScore32(s *lanesState[float32], x *float32, n int) int
// up to n samples of each lane: loss += sum of e[j]*e[j], correct += 1 if y[label] is the largest
TEXT ·neonLanesScore32(SB), NOSPLIT, $0-32
#include "kernel_neon_lanesscore_arm64.h"
