//go:build !purego

#include "textflag.h"

// The routine for tiny networks of float64, 4 in a register.

#define W10    Y0  // first layer's weights, a register for each input
#define W11    Y1
#define W12    Y2
#define W13    Y3
#define W20    Y4  // second layer's, for each hidden unit
#define W21    Y5
#define W22    Y6
#define W23    Y7
#define T0     Y8  // second layer's again, for each output
#define T1     Y9
#define T2     Y10
#define T3     Y11
#define B1     Y12 // biases
#define B2     Y13
#define Q      Y14 // product
#define G      Y15 // error sent back
#define RATE   Y16 // learning rates of weights and biases
#define BIASED Y17
#define H      Y18 // hidden values; each of them in all lanes
#define H0     Y19
#define H1     Y20
#define H2     Y21
#define H3     Y22
#define SLOPE  Y23 // 1 - h
#define Z      Y24 // sums, later the values of hidden units alone
#define QX     X14
#define GX     X15

// Registers of the recipes, and what else they hold.
#define M      Y25
#define R      Y26
#define S      Y27
#define S2     Y28
#define P      Y29
#define U      Y30
#define V      Y31
#define O      Y25 // outputs
#define E      Y26 // errors
#define D      Y29 // deltas
#define VJ     Y27 // one of them in all lanes

#define SIZE        8
#define LOG_ROW     5
#define MOVU        VMOVUPD
#define BROADCAST   VBROADCASTSD
#define BROADCAST64 VBROADCASTSD
#define FMA231      VFMADD231PD
#define ADD         VADDPD
#define SUB         VSUBPD
#define MUL         VMULPD
#define AND         VANDPD
#define ONE_T       ONE
#define SPREAD(k, v, y) VPERMPD $(0x55*(k)), v, y

#define SIGMOID(z, y, rare) \
	VCMPPD.BCST $AT_LEAST, LOWEST, z, K2; \
	VCMPPD.BCST $AT_MOST, HIGHEST, z, K2, K2; \
	KMOVW       K2, AX; \
	CMPL        AX, $15; \
	JNE         rare; \
	DENOMINATOR(z); \
	BROADCAST64 ONE, U; \
	VDIVPD      V, U, y

#include "kernel_avx512_recipe_amd64.h"
#include "kernel_avx512_tinystep_amd64.h"

// func avx512Tiny64(t *tinyState[float64], order *int, n int) int
//
// n steps of gradient descent, or as many as need no rare sigmoid
TEXT ·avx512Tiny64(SB), NOSPLIT, $0-32
#include "kernel_avx512_tiny_amd64.h"
