//go:build !purego

#include "textflag.h"

// The AVX-512 row's routines for many networks of float32, 64 lanes in four vectors. See lanes.go for what each computes.

#define SIZE        4
#define MOVU        VMOVUPS
#define MOVA        VMOVAPS
#define BROADCAST   VBROADCASTSS
#define BROADCAST64 VBROADCASTSD
#define FMA231      VFMADD231PS
#define FMA213      VFMADD213PS
#define FNMADD231   VFNMADD231PS
#define ADD         VADDPS
#define SUB         VSUBPS
#define MUL         VMULPS
#define CMP         VCMPPS
#define ONE_T       ONE32

// Registers of the recipes for a vector by itself, T, of 16 float32 or of half as many float64.
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
#define TY     Y21
#define LOWER  Z22 // the lower half of a vector, widened
#define LOWERY Y22
#define UPPER  Z23 // and the upper half
#define UPPERY Y23

#include "kernel_avx512_recipe_amd64.h"
#include "kernel_avx512_fast_amd64.h"

// WIDEN sets LOWER and UPPER to the halves of z, as float64.
#define WIDEN(z) \
	VEXTRACTF64X4 $1, z, UPPERY; \
	VMOVAPD       z, LOWER; \
	VCVTPS2PD     LOWERY, LOWER; \
	VCVTPS2PD     UPPERY, UPPER

// NARROW sets T to LOWER and UPPER, rounded to float32.
#define NARROW \
	VCVTPD2PS    LOWER, LOWERY; \
	VCVTPD2PS    UPPER, UPPERY; \
	VINSERTF64X4 $1, UPPERY, LOWER, T

// The sums of the second output wait at its place: the fast sigmoid needs their registers.
#define KEEP_SECOND \
	LEAQ ROW(Y), WK; \
	STORE4(Z28, Z29, Z30, Z31, (WK))
#define TAKE_SECOND \
	LOAD4((Y), Z8, Z9, Z10, Z11)

#define TANH1 \
	WIDEN(T); \
	TANH(LOWER); \
	TANH(UPPER); \
	NARROW

// While the division runs for two vectors, the next two begin.
#define SIGMOIDS \
	STORE4(Z8, Z9, Z10, Z11, (Y)); \
	VPADDD       Z8, Z8, Z0; \ // twice |z|, taken as an integer
	VPADDD       Z9, Z9, Z1; \
	VPADDD       Z10, Z10, Z2; \
	VPADDD       Z11, Z11, Z3; \
	VPMAXUD      Z0, Z1, Z0; \
	VPMAXUD      Z2, Z3, Z2; \
	VPMAXUD      Z0, Z2, Z0; \
	VPCMPUD.BCST $ABOVE, FAST_RANGE, Z0, K1; \
	KORTESTW     K1, K1; \
	JNE          rare; \ // some |z| > 87, or NaN
	VMOVUPD      POWERS, Z28; \
	VBROADCASTSD ONE, Z29; \
	VBROADCASTSD FAST_FAR, Z30; \
	FASTHEAD(0, Y); \
	FASTSUM; \
	FASTHEAD(128, Y); \
	FASTTAIL(0, Y, rare); \
	FASTSUM; \
	FASTTAIL(128, Y, rarehalf); \
	RET; \
rare: \
	MOVU (64*0)(Y), T; \
	CALL anySigmoid<>(SB); \
	MOVU T, (64*0)(Y); \
	MOVU (64*1)(Y), T; \
	CALL anySigmoid<>(SB); \
	MOVU T, (64*1)(Y); \
rarehalf: \
	MOVU (64*2)(Y), T; \
	CALL anySigmoid<>(SB); \
	MOVU T, (64*2)(Y); \
	MOVU (64*3)(Y), T; \
	CALL anySigmoid<>(SB); \
	MOVU T, (64*3)(Y); \
	RET

#define ADD_LOSS(d, z, y) \
	VEXTRACTF64X4 $1, z, Y8; \
	VCVTPS2PD     y, Z9; \
	VCVTPS2PD     Y8, Z8; \
	VADDPD        (d+64*0)(AX), Z9, Z9; \
	VADDPD        (d+64*1)(AX), Z8, Z8; \
	VMOVUPD       Z9, (d+64*0)(AX); \
	VMOVUPD       Z8, (d+64*1)(AX)
#define ADD_LOSSES \
	ADD_LOSS(128*0, Z0, Y0); \
	ADD_LOSS(128*1, Z1, Y1); \
	ADD_LOSS(128*2, Z2, Y2); \
	ADD_LOSS(128*3, Z3, Y3)

#include "kernel_avx512_lanes_amd64.h"

// anySigmoid sets T = sigmoid(T), whatever T is. It sets UNDONE if one comes near half-way between two float32.
TEXT anySigmoid<>(SB), NOSPLIT, $0-0
	VBROADCASTSS   CLAMP_HIGH, M
	VMINPS         T, M, M              // the second operand, which stays if it is NaN
	VBROADCASTSS   CLAMP_LOW, R
	VMAXPS         M, R, ARG            // min(max(z, -104), 64)
	WIDEN(ARG)
	DENOMINATOR(LOWER)
	VBROADCASTSD   ONE, U
	VDIVPD         V, U, LOWER
	DENOMINATOR(UPPER)
	VBROADCASTSD   ONE, U
	VDIVPD         V, U, UPPER
	VPADDQ.BCST    FROM_HALFWAY, LOWER, U
	VPTESTNMQ.BCST FAR, U, K1
	VPADDQ.BCST    FROM_HALFWAY, UPPER, V
	VPTESTNMQ.BCST FAR, V, K2
	KORTESTB       K1, K2
	JEQ            settled
	MOVQ           $1, UNDONE

settled:
	NARROW
	RET

// func avx512LanesTrain32(s *lanesState[float32], x *float32, n int) int
//
// n steps of gradient descent in each lane, or as many as need no sigmoid that is left undone
TEXT ·avx512LanesTrain32(SB), NOSPLIT, $0-32
#include "kernel_avx512_lanestrain_amd64.h"

// func avx512LanesScore32(s *lanesState[float32], x *float32, n int) int
//
// loss += e[0]*e[0] + e[1]*e[1] + ..., correct += the largest output is the label's, for n samples in each lane, or as many
// as need no sigmoid that is left undone
TEXT ·avx512LanesScore32(SB), NOSPLIT, $0-32
#include "kernel_avx512_lanesscore_amd64.h"
