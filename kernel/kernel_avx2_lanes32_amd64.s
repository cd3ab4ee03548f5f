//go:build !purego

#include "textflag.h"
#include "kernel_avx2_recipe_amd64.h"
#include "kernel_avx2_lanes_amd64.h"

#define VLOAD    VMOVUPS
#define VMOVE    VMOVAPS
#define VXOR     VXORPS
#define VAND     VANDPS
#define VADD     VADDPS
#define VSUB     VSUBPS
#define VMUL     VMULPS
#define VCMP     VCMPPS
#define VBLENDV  VBLENDVPS
#define VFMA213  VFMADD213PS
#define VFMA231  VFMADD231PS
#define VFNMA231 VFNMADD231PS
#define VSPREAD  VBROADCASTSS
#define ONES     one32<>(SB)
#define LOG_SIZE 2
#define ROW      256
#define LOG_ROW  8
#define AT_RATE  40
#define AT_HIGH  44
#define AT_LOW   48
#define TANHS    ·avx2Tanh32
#define ALL_SIGMOIDS ·avx2Sigmoid32

FOUR(one32, 0x3f8000003f800000)    // 1, 1
FOUR(halfway, 0xf0000008f0000008)  // 8 - 2^28, 8 - 2^28
FOUR(nearly, 0x1ffffff01ffffff0)   // what is 0 for -8 <= x < 8, in 29 bits

// The exponents n that the sigmoid's sum may have here: -106 to 149. The rest of float32 is saturated or subnormal.
FOUR(firstExponent, 0x4338000000000395)
FOUR(otherExponents, 0xffffffffffffff00)

// SIGMOIDS works on half of a group at a time, in float64. Where a value is near half-way between two float32 it is rare.
#define SIGMOIDS \
	EACH(STORE_OUTPUT);        \
	HALF_SIGMOIDS(0, rareLow); \
highHalf:                          \
	HALF_SIGMOIDS(64, rareHigh)
#define RARE_SIGMOIDS \
rareLow:                \
	SETTLE(0, 16);  \
	JMP highHalf;   \
rareHigh:               \
	SETTLE(64, 16); \
	JMP forwardNext

#define HALF_SIGMOIDS(place, rare) \
	VCVTPS2PD   place(Y)(OUTPUT*1), Z0;            \
	VCVTPS2PD   (place+16)(Y)(OUTPUT*1), Z1;       \
	VCVTPS2PD   (place+32)(Y)(OUTPUT*1), Z2;       \
	VCVTPS2PD   (place+48)(Y)(OUTPUT*1), Z3;       \
	RECIPES(firstExponent, otherExponents, rare);  \
	VSHUFPS     $0x88, Z1, Z0, M0;                 \ // the low halves
	VSHUFPS     $0x88, Z3, Z2, M1;                 \
	VCVTPD2PSY  Z0, X0;                            \
	VCVTPD2PSY  Z1, X1;                            \
	VCVTPD2PSY  Z2, X2;                            \
	VCVTPD2PSY  Z3, X3;                            \
	VPADDD      halfway<>(SB), M0, M0;             \
	VPADDD      halfway<>(SB), M1, M1;             \
	VPAND       nearly<>(SB), M0, M0;              \
	VPAND       nearly<>(SB), M1, M1;              \
	VPXOR       T0, T0, T0;                        \
	VPMINUD     M1, M0, M0;                        \
	VPCMPEQD    T0, M0, M0;                        \
	VPTEST      M0, M0;                            \
	JNE         rare;                              \
	VMOVUPS     X0, place(Y)(OUTPUT*1);            \
	VMOVUPS     X1, (place+16)(Y)(OUTPUT*1);       \
	VMOVUPS     X2, (place+32)(Y)(OUTPUT*1);       \
	VMOVUPS     X3, (place+48)(Y)(OUTPUT*1)

#define ADD_LOSS(place, loss, t, tlow) \
	VEXTRACTF128 $1, loss, tlow;                           \
	VCVTPS2PD    tlow, t;                                  \
	VADDPD       (2*place+32)(LOSSES)(GROUP*2), t, t;      \
	VMOVUPD      t, (2*place+32)(LOSSES)(GROUP*2);         \
	VMOVAPS      loss, t;                                  \
	VCVTPS2PD    tlow, t;                                  \
	VADDPD       (2*place)(LOSSES)(GROUP*2), t, t;         \
	VMOVUPD      t, (2*place)(LOSSES)(GROUP*2)

// func avx2LanesTrain32(s *lanesState[float32], x *float32, n int) (done int)
//
// w[k][j] = fma(rate, fma(d[j], x[k], +0), w[k][j]) in all layers and lanes
TEXT ·avx2LanesTrain32(SB), NOSPLIT, $64-32
#include "kernel_avx2_lanes_train_amd64.h"

// func avx2LanesScore32(s *lanesState[float32], x *float32, n int) (done int)
//
// loss += fma(e[j], e[j], ...), correct += argmax(y) == label
TEXT ·avx2LanesScore32(SB), NOSPLIT, $64-32
#include "kernel_avx2_lanes_score_amd64.h"
