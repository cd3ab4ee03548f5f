//go:build !purego

#include "textflag.h"
#include "kernel_avx2_recipe_amd64.h"
#include "kernel_avx2_lanes_amd64.h"

#define VLOAD    VMOVUPD
#define VMOVE    VMOVAPD
#define VXOR     VXORPD
#define VAND     VANDPD
#define VADD     VADDPD
#define VSUB     VSUBPD
#define VMUL     VMULPD
#define VCMP     VCMPPD
#define VBLENDV  VBLENDVPD
#define VFMA213  VFMADD213PD
#define VFMA231  VFMADD231PD
#define VFNMA231 VFNMADD231PD
#define VSPREAD  VBROADCASTSD
#define ONES     one<>(SB)
#define LOG_SIZE 3
#define ROW      256
#define LOG_ROW  8
#define AT_RATE  40
#define AT_HIGH  48
#define AT_LOW   56
#define TANHS    ·avx2Tanh64
#define ALL_SIGMOIDS ·avx2Sigmoid64

// The exponents n that the middle range of the sigmoid has, as they stand in its sum: -972 to 51.
FOUR(firstExponent, 0x4338000000000033)
FOUR(otherExponents, 0xfffffffffffffc00)

#define SIGMOIDS \
	RECIPES(firstExponent, otherExponents, rare); \
	EACH(STORE_OUTPUT)
#define RARE_SIGMOIDS \
rare:                       \
	EACH(STORE_OUTPUT); \
	SETTLE(0, 16);      \
	JMP forwardNext

#define ADD_LOSS(place, loss, t, tlow) \
	VADDPD  place(LOSSES)(GROUP*1), loss, loss; \
	VMOVUPD loss, place(LOSSES)(GROUP*1)

// func avx2LanesTrain64(s *lanesState[float64], x *float64, n int) (done int)
//
// w[k][j] = fma(rate, fma(d[j], x[k], +0), w[k][j]) in all layers and lanes
TEXT ·avx2LanesTrain64(SB), NOSPLIT, $64-32
#include "kernel_avx2_lanes_train_amd64.h"

// func avx2LanesScore64(s *lanesState[float64], x *float64, n int) (done int)
//
// loss += fma(e[j], e[j], ...), correct += argmax(y) == label
TEXT ·avx2LanesScore64(SB), NOSPLIT, $64-32
#include "kernel_avx2_lanes_score_amd64.h"
