//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_recipe_arm64.h"
#include "kernel_neon_lanes_arm64.h"

#define SIZE		8
#define FADD		FADD2
#define FSUB		FSUB2
#define FMUL		FMUL2
#define FMLA		FMLA2
#define FMLS		FMLS2
#define FCMGT		FCMGT2
#define FCMEQ		FCMEQ2
#define FCMGTZERO	FCMGTZERO2
#define FMOV1		FMOVD
#define SPREAD(v)	VDUP	v.D[0], v.D2

#define kMiddle		23 // 336, the middle of [-36, 708]
#define kReach		30 // 372, half its length
#define SETTLECONSTANTS \
	LDRQ(MIDDLE, TABLENUMBER, kMiddle); \
	LDRQ(REACH, TABLENUMBER, kReach)

// All four |336-z| are below 372 if their largest is. A NaN is the largest, and not below.
#define SETTLE \
	FABD2(kMiddle, 17, 0); \
	FABD2(kMiddle, 25, 1); \
	FABD2(kMiddle, 18, 2); \
	FABD2(kMiddle, 26, 3); \
	FMAX2(0, 1, 0); \
	FMAX2(2, 3, 2); \
	FMAX2(0, 2, 0); \
	FCMGT2(0, kReach, 0); \
	AND16(0, kSettled, kSettled)
#define STRIPSIGMOID \
	SETTLE; \
	PAIRSIGMOID(17); \
	PAIRSIGMOID(18)
#define PAIRSIGMOID(z) \
	BOTH1(MOVE, z, 0); \
	BOTH1(MOVE, z, 2); \
	SIGMOID(z)

// Any z. At 708 the middle recipe gives 1, and at -746 sigmoidLow gives 0: clamps replace the definition's branches. A
// NaN stays one.
#define STRIPRARE \
	SETTLE; \
	PAIRRARE(17); \
	PAIRRARE(18)
#define PAIRRARE(z) \
	SIGMOIDCONSTANTS; \
	FADD2(kMiddle, kReach, 1)  /* 708 */; \
	EACHK(FMIN2, 1, z, 0); \
	EACH1(MOVE, 0, 2); \
	SIGMOID(16); \
	EXPCONSTANTS; \
	LOAD(EXPMIN, 0); \
	EACH(FMAX2, z, 0, 0); \
	EXPM1NEG; \
	EACH1(USHR2BY1, 3, 4)      /* h = m/2 */; \
	EACH(SUB2, 4, 3, 5)        /* m - h */; \
	LOAD(SHIFT2, 6)            /* 2046 in the low bits */; \
	EACH(SUB2, 4, 6, 4)        /* 2046 - h */; \
	EACH(SUB2, 5, 6, 6)        /* 2046 - m + h */; \
	EACH1(SHL2BY52, 4, 4)      /* a */; \
	EACH1(SHL2BY52, 5, 5)      /* b */; \
	EACH1(SHL2BY52, 6, 6)      /* 1/b */; \
	EACH1(FNEG2, 2, 2)         /* w */; \
	EACH(FMLA2, 6, 4, 2)       /* w + a*(1/b) */; \
	EACH1(MOVE, 5, 6); \
	EACH(FMLA2, 5, 2, 6)       /* b + that*b */; \
	EACH(FDIV2, 6, 4, 0)       /* sigmoidLow(z) */; \
	FSUB2(kReach, kMiddle, 5)  /* -36 */; \
	MOVE(5, 13); \
	EACH(FCMGT2, z, 5, z)      /* z < -36 */; \
	EACH(BIT16, z, 0, 16); \
	EACH1(MOVE, 16, z)

// RARE, off the way of most blocks, lets STRIPRARE do a block again that STRIPSIGMOID does not settle, and the blocks
// after it up to one that STRIPSIGMOID would settle: where one is rare, the next often is.
#define UNSETTLED	rare
#define AFTERTANH	other
#define RARE \
rare: \
	CMP	$RAREACT, SIGMOIDS; \
	BEQ	forwardEnd; \
	MOVD	$RAREACT, SIGMOIDS; \
	B	block; \
other: \
	CMP	$RAREACT, ACT; \
	BNE	forwardReLU; \
	STRIPRARE; \
	B	forwardStore

#define STRIPTANH \
	PAIRTANH(17); \
	PAIRTANH(18)
#define PAIRTANH(z) \
	BOTH1(MOVE, z, 16); \
	BOTH1(MOVE, z, 0); \
	TANH; \
	BOTH1(MOVE, 0, z)

#define ADDLOSS \
	LOAD0(SENT); \
	FOUR(FADD, 28, 0, 0); \
	STORE0(SENT); \
	ADD	$STRIP, SENT

// func neonLanesTrain64(s *lanesState[float64], x *float64, n int) int
// up to n steps of each lane: for all layers w[k][j] += rate * (d[j]*x[k] + 0)
TEXT ·neonLanesTrain64(SB), NOSPLIT, $0-32
#include "kernel_neon_lanestrain_arm64.h"
	RARE

// func neonLanesScore64(s *lanesState[float64], x *float64, n int) int
// up to n samples of each lane: loss += sum of e[j]*e[j], correct += 1 if y[label] is the largest
TEXT ·neonLanesScore64(SB), NOSPLIT, $0-32
#include "kernel_neon_lanesscore_arm64.h"
	RARE
