//go:build !purego

#include "textflag.h"

// The routine for tiny networks of float32, 4 in a register. The sigmoids are float64 inside.

#define W10    X0  // first layer's weights, a register for each input
#define W11    X1
#define W12    X2
#define W13    X3
#define W20    X4  // second layer's, for each hidden unit
#define W21    X5
#define W22    X6
#define W23    X7
#define T0     X8  // second layer's again, for each output
#define T1     X9
#define T2     X10
#define T3     X11
#define B1     X12 // biases
#define B2     X13
#define Q      X14 // product
#define G      X15 // error sent back
#define RATE   X16 // learning rates of weights and biases
#define BIASED X17
#define H      X18 // hidden values; each of them in all lanes
#define H0     X19
#define H1     X20
#define H2     X21
#define H3     X22
#define SLOPE  X23 // 1 - h
#define Z      X24 // sums, later the values of hidden units alone
#define QX     Q
#define GX     G

// Registers of the recipes, and what else they hold.
#define M      Y25
#define R      Y26
#define S      Y27
#define S2     Y28
#define P      Y29
#define U      Y30
#define V      Y31
#define O      X25 // outputs
#define E      X26 // errors
#define D      X29 // deltas
#define VJ     X27 // one of them in all lanes
#define WIDE   Y24 // sums, as float64

#define SIZE        4
#define LOG_ROW     4
#define MOVU        VMOVUPS
#define BROADCAST   VBROADCASTSS
#define BROADCAST64 VBROADCASTSD
#define FMA231      VFMADD231PS
#define ADD         VADDPS
#define SUB         VSUBPS
#define MUL         VMULPS
#define AND         VANDPS
#define ONE_T       ONE32
#define SPREAD(k, v, y) VPERMILPS $(0x55*(k)), v, y

#define SIGMOID(z, y, rare) \
	VCMPPS.BCST    $AT_LEAST, CLAMP_LOW, z, K2; \
	VCMPPS.BCST    $AT_MOST, CLAMP_HIGH, z, K2, K2; \
	KMOVW          K2, AX; \
	CMPL           AX, $15; \
	JNE            rare; \
	VCVTPS2PD      z, WIDE; \
	DENOMINATOR(WIDE); \
	BROADCAST64    ONE, U; \
	VDIVPD         V, U, WIDE; \
	VPADDQ.BCST    FROM_HALFWAY, WIDE, U; \
	VPTESTNMQ.BCST FAR, U, K2; \
	KMOVW          K2, AX; \
	TESTL          AX, AX; \
	JNE            rare; \
	VCVTPD2PSY     WIDE, y

#include "kernel_avx512_recipe_amd64.h"
#include "kernel_avx512_tinystep_amd64.h"

// func avx512Tiny32(t *tinyState[float32], order *int, n int) int
//
// n steps of gradient descent, or as many as need no rare sigmoid
TEXT ·avx512Tiny32(SB), NOSPLIT, $0-32
#include "kernel_avx512_tiny_amd64.h"
