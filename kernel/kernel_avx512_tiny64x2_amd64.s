//go:build !purego

#include "textflag.h"

// The routine for tiny networks of float64 with at most 2 units in a layer, both in a register. There may be more inputs.

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
#define M      X25
#define R      X26
#define S      X27
#define S2     X28
#define P      X29
#define U      X30
#define V      X31
#define O      X25 // outputs
#define E      X26 // errors
#define D      X29 // deltas
#define VJ     X27 // one of them in all lanes

#define SIZE        8
#define LOG_ROW     5
#define MOVU        VMOVUPD
#define BROADCAST   VMOVDDUP
#define BROADCAST64 VMOVDDUP
#define FMA231      VFMADD231PD
#define ADD         VADDPD
#define SUB         VSUBPD
#define MUL         VMULPD
#define AND         VANDPD
#define ONE_T       ONE
#define SPREAD(k, v, y) VPERMILPD $(3*((k)&1)), v, y

#define SIGMOID(z, y, rare) \
	VCMPPD.BCST $AT_LEAST, LOWEST, z, K2; \
	VCMPPD.BCST $AT_MOST, HIGHEST, z, K2, K2; \
	KMOVW       K2, AX; \
	CMPL        AX, $3; \
	JNE         rare; \
	DENOMINATOR(z); \
	BROADCAST64 ONE, U; \
	VDIVPD      V, U, y

#include "kernel_avx512_recipe_amd64.h"
#include "kernel_avx512_tinystep_amd64.h"

// func avx512Tiny64x2(t *tinyState[float64], order *int, n int) int
//
// n steps of gradient descent, or as many as need no rare sigmoid
TEXT ·avx512Tiny64x2(SB), NOSPLIT, $0-32
#include "kernel_avx512_tiny_amd64.h"
