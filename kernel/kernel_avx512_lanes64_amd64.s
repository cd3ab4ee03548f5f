//go:build !purego

#include "textflag.h"

// The AVX-512 row's routines for many networks of float64, 32 lanes in four vectors. See lanes.go for what each computes.

#define SIZE        8
#define MOVU        VMOVUPD
#define MOVA        VMOVAPD
#define BROADCAST   VBROADCASTSD
#define BROADCAST64 VBROADCASTSD
#define FMA231      VFMADD231PD
#define FMA213      VFMADD213PD
#define FNMADD231   VFNMADD231PD
#define ADD         VADDPD
#define SUB         VSUBPD
#define MUL         VMULPD
#define CMP         VCMPPD
#define ONE_T       ONE

// Registers of the recipes for a vector by itself, T, and of anySigmoid.
#define M      Z12
#define R      Z13
#define S      Z14
#define S2     Z15
#define P      Z16
#define U      Z17
#define V      Z18
#define C      Z19
#define ARG    Z20
#define T      Z21
#define MIDDLE Z22 // the denominator in the middle range

#include "kernel_avx512_recipe_amd64.h"

DATA  lanes<>+0(SB)/8, $2046
GLOBL lanes<>(SB), RODATA|NOPTR, $8

#define EXPONENT0_TWICE lanes<>+0(SB)

#define KEEP_SECOND
#define TAKE_SECOND \
	VMOVAPD Z28, Z8; \
	VMOVAPD Z29, Z9; \
	VMOVAPD Z30, Z10; \
	VMOVAPD Z31, Z11

#define TANH1 TANH(T)

#define SIGMOIDS \
	VPADDQ       Z8, Z8, Z12; \ // twice |z|, taken as an integer
	VPADDQ       Z9, Z9, Z13; \
	VPADDQ       Z10, Z10, Z14; \
	VPADDQ       Z11, Z11, Z15; \
	VPMAXUD      Z12, Z13, Z12; \
	VPMAXUD      Z14, Z15, Z14; \
	VPMAXUD      Z12, Z14, Z12; \
	VPCMPUQ.BCST $ABOVE, LOWEST2, Z12, K1; \
	KORTESTB     K1, K1; \
	JNE          rare; \ // some |z| > 36, or NaN
	DENOMINATORS; \
	VBROADCASTSD ONE, Z0; \
	VDIVPD       Z24, Z0, Z24; \
	VDIVPD       Z25, Z0, Z25; \
	VDIVPD       Z26, Z0, Z26; \
	VDIVPD       Z27, Z0, Z27; \
	STORE4(Z24, Z25, Z26, Z27, (Y)); \
	RET; \
rare: \
	VMOVAPD Z8, T; \
	CALL    anySigmoid<>(SB); \
	MOVU    T, (64*0)(Y); \
	VMOVAPD Z9, T; \
	CALL    anySigmoid<>(SB); \
	MOVU    T, (64*1)(Y); \
	VMOVAPD Z10, T; \
	CALL    anySigmoid<>(SB); \
	MOVU    T, (64*2)(Y); \
	VMOVAPD Z11, T; \
	CALL    anySigmoid<>(SB); \
	MOVU    T, (64*3)(Y); \
	RET

#define ADD_LOSSES \
	ADD  (64*0)(AX), Z0, Z0; \
	ADD  (64*1)(AX), Z1, Z1; \
	ADD  (64*2)(AX), Z2, Z2; \
	ADD  (64*3)(AX), Z3, Z3; \
	STORE4(Z0, Z1, Z2, Z3, (AX))

#include "kernel_avx512_lanes_amd64.h"

// anySigmoid sets T = sigmoid(T), whatever T is: sigmoid64 in the middle range and above, sigmoidLow elsewhere.
TEXT anySigmoid<>(SB), NOSPLIT, $0-0
	VCMPPD.BCST  $AT_LEAST, LOWEST, T, K1
	VMINPD.BCST  HIGHEST, T, ARG        // the sigmoid of what is above is 1, as that of the limit is
	DENOMINATOR(ARG)
	VMOVAPD      V, MIDDLE
	EXPM1(T)                            // U = w, M = m
	VPSRLQ       $1, M, R               // h
	VPSUBQ       R, M, P                // m - h
	VPBROADCASTQ EXPONENT0_TWICE, S
	VPSUBQ       R, S, V
	VPSUBQ       P, S, S
	VPSLLQ       $52, V, V              // a = 2^-(n>>1)
	VPSLLQ       $52, P, P              // b = 2^n * a
	VPSLLQ       $52, S, S              // 1/b
	VFMADD231PD  S, V, U                // w + a*(1/b)
	VFMADD213PD  P, P, U                // b + b*that
	VBROADCASTSD ONE, K1, V
	VMOVAPD      MIDDLE, K1, U
	VCMPPD.BCST  $LESS, EXP_MIN, T, K1
	VDIVPD       U, V, T
	VPXORQ       T, T, K1, T            // +0 where z < -746
	RET

// func avx512LanesTrain64(s *lanesState[float64], x *float64, n int) int
//
// n steps of gradient descent in each lane
TEXT ·avx512LanesTrain64(SB), NOSPLIT, $0-32
#include "kernel_avx512_lanestrain_amd64.h"

// func avx512LanesScore64(s *lanesState[float64], x *float64, n int) int
//
// loss += e[0]*e[0] + e[1]*e[1] + ..., correct += the largest output is the label's, for n samples in each lane
TEXT ·avx512LanesScore64(SB), NOSPLIT, $0-32
#include "kernel_avx512_lanesscore_amd64.h"
