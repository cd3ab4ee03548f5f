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
#define STRIPSIGMOID \
	FABD2(kMiddle, 17, 0); \
	FABD2(kMiddle, 25, 1); \
	FABD2(kMiddle, 18, 2); \
	FABD2(kMiddle, 26, 3); \
	FMAX2(0, 1, 0); \
	FMAX2(2, 3, 2); \
	FMAX2(0, 2, 0); \
	FCMGT2(0, kReach, 0); \
	AND16(0, kSettled, kSettled); \
	PAIRSIGMOID(17); \
	PAIRSIGMOID(18)
#define PAIRSIGMOID(z) \
	BOTH1(MOVE, z, 0); \
	BOTH1(MOVE, z, 2); \
	SIGMOID(z)

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

// func neonLanesScore64(s *lanesState[float64], x *float64, n int) int
// up to n samples of each lane: loss += sum of e[j]*e[j], correct += 1 if y[label] is the largest
TEXT ·neonLanesScore64(SB), NOSPLIT, $0-32
#include "kernel_neon_lanesscore_arm64.h"
