//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"

#define DST	R0
#define E	R1
#define YS	R2
#define REST	R3 // bytes to do

// STRIPS does all strips of 32, 16, 8 and 4 bytes that there are: e in registers 0 and 1, y in 2 and 3. SLOPE(y, e)
// leaves the result in e's register.
#define STRIPS(SLOPE) \
two: \
	SUBS	$32, REST; \
	BLT	one; \
	VLD1.P	32(E), [V0.LANES, V1.LANES]; \
	VLD1.P	32(YS), [V2.LANES, V3.LANES]; \
	SLOPE(2, 0); \
	SLOPE(3, 1); \
	VST1.P	[V0.LANES, V1.LANES], 32(DST); \
	B	two; \
one: \
	TBZ	$4, REST, half; \
	FMOVQ.P	16(E), F0; \
	FMOVQ.P	16(YS), F2; \
	SLOPE(2, 0); \
	FMOVQ.P	F0, 16(DST); \
half: \
	TBZ	$3, REST, quarter; \
	FMOVD.P	8(E), F0; \
	FMOVD.P	8(YS), F2; \
	SLOPE(2, 0); \
	FMOVD.P	F0, 8(DST); \
quarter: \
	TBZ	$2, REST, end; \
	FMOVS	(E), F0; \
	FMOVS	(YS), F2; \
	SLOPE(2, 0); \
	FMOVS	F0, (DST); \
end: \
	RET

#define kOne	16 // 1 in all lanes

// (e*y) * (1-y)
#define SIGMOIDSLOPE(y, e) \
	FMUL(y, e, e); \
	FSUB(y, kOne, 4); \
	FMUL(4, e, e)

// e * (1 - y*y), the sum rounded once
#define TANHSLOPE(y, e) \
	MOVE(kOne, 4); \
	FMLS(y, y, 4); \
	FMUL(4, e, e)

// e where y > 0
#define RELUSLOPE(y, e) \
	FCMGTZERO(y, y); \
	AND16(y, e, e)

// float64.
#define LANES D2
#define FMUL FMUL2
#define FSUB FSUB2
#define FMLS FMLS2
#define FCMGTZERO FCMGTZERO2

// func neonDeltaSigmoid64(delta, e, y *float64, n int)
// delta[i] = (e[i]*y[i]) * (1-y[i])
TEXT ·neonDeltaSigmoid64(SB), NOSPLIT, $0-32
	MOVD	delta+0(FP), DST
	MOVD	e+8(FP), E
	MOVD	y+16(FP), YS
	MOVD	n+24(FP), REST
	LSL	$3, REST
	FMOVD	$1.0, F16
	VDUP	V16.D[0], V16.LANES
	STRIPS(SIGMOIDSLOPE)

// func neonDeltaTanh64(delta, e, y *float64, n int)
// delta[i] = e[i] * fma(-y[i], y[i], 1)
TEXT ·neonDeltaTanh64(SB), NOSPLIT, $0-32
	MOVD	delta+0(FP), DST
	MOVD	e+8(FP), E
	MOVD	y+16(FP), YS
	MOVD	n+24(FP), REST
	LSL	$3, REST
	FMOVD	$1.0, F16
	VDUP	V16.D[0], V16.LANES
	STRIPS(TANHSLOPE)

// func neonReLU64(dst, z, y *float64, n int)
// dst[i] = z[i] where y[i] > 0, else +0
TEXT ·neonReLU64(SB), NOSPLIT, $0-32
	MOVD	dst+0(FP), DST
	MOVD	z+8(FP), E
	MOVD	y+16(FP), YS
	MOVD	n+24(FP), REST
	LSL	$3, REST
	STRIPS(RELUSLOPE)

#undef LANES
#undef FMUL
#undef FSUB
#undef FMLS
#undef FCMGTZERO

// float32.
#define LANES S4
#define FMUL FMUL4
#define FSUB FSUB4
#define FMLS FMLS4
#define FCMGTZERO FCMGTZERO4

// func neonDeltaSigmoid32(delta, e, y *float32, n int)
// delta[i] = (e[i]*y[i]) * (1-y[i])
TEXT ·neonDeltaSigmoid32(SB), NOSPLIT, $0-32
	MOVD	delta+0(FP), DST
	MOVD	e+8(FP), E
	MOVD	y+16(FP), YS
	MOVD	n+24(FP), REST
	LSL	$2, REST
	FMOVS	$1.0, F16
	VDUP	V16.S[0], V16.LANES
	STRIPS(SIGMOIDSLOPE)

// func neonDeltaTanh32(delta, e, y *float32, n int)
// delta[i] = e[i] * fma(-y[i], y[i], 1)
TEXT ·neonDeltaTanh32(SB), NOSPLIT, $0-32
	MOVD	delta+0(FP), DST
	MOVD	e+8(FP), E
	MOVD	y+16(FP), YS
	MOVD	n+24(FP), REST
	LSL	$2, REST
	FMOVS	$1.0, F16
	VDUP	V16.S[0], V16.LANES
	STRIPS(TANHSLOPE)

// func neonReLU32(dst, z, y *float32, n int)
// dst[i] = z[i] where y[i] > 0, else +0
TEXT ·neonReLU32(SB), NOSPLIT, $0-32
	MOVD	dst+0(FP), DST
	MOVD	z+8(FP), E
	MOVD	y+16(FP), YS
	MOVD	n+24(FP), REST
	LSL	$2, REST
	STRIPS(RELUSLOPE)
