//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"

#define VLOAD    VMOVUPS
#define VSTORE   VMOVUPS
#define VMASK    VMASKMOVPS
#define VSPREAD  VBROADCASTSS
#define VXOR     VXORPS
#define VFMA231  VFMADD231PS
#define SIZE     4
#define LOGSIZE  2
#define LANES    8
#define LOGLANES 3

#include "kernel_avx2_layer_amd64.h"

// func avx2ForwardSums32(y, w, x *float32, k, j, stride int)
//
// for k: y[j] = fma(w[k*stride+j], x[k], y[j])
TEXT ·avx2ForwardSums32(SB), NOSPLIT, $0-48
	MOVQ y+0(FP), YP
	MOVQ w+8(FP), WP
	MOVQ x+16(FP), XP
	MOVQ k+24(FP), ROWS
	MOVQ j+32(FP), COLUMNS
	MOVQ stride+40(FP), STRIDE

#define ROW   SUM_ROW
#define BEGIN SUM_BEGIN
#define STEP  FORWARD_STEP
#define END   SUM_END
	LAYER
	RET
#undef ROW
#undef BEGIN
#undef STEP
#undef END

// func avx2UpdateForwardSums32(y, w, delta, last, x *float32, k, j, stride int, rate float32)
//
// for k: w[k*stride+j] = fma(rate, fma(delta[j], last[k], +0), w[k*stride+j]); y[j] = fma(w[k*stride+j], x[k], y[j])
TEXT ·avx2UpdateForwardSums32(SB), NOSPLIT, $0-68
	MOVQ y+0(FP), YP
	MOVQ w+8(FP), WP
	MOVQ delta+16(FP), DP
	MOVQ last+24(FP), LP
	MOVQ x+32(FP), XP
	MOVQ k+40(FP), ROWS
	MOVQ j+48(FP), COLUMNS
	MOVQ stride+56(FP), STRIDE
	VBROADCASTSS rate+64(FP), RATE

#define ROW   BOTH_ROW
#define BEGIN BOTH_BEGIN
#define STEP  UPDATE_FORWARD_STEP
#define END   SUM_END
	LAYER
	RET
#undef STEP

// func avx2SendBackUpdate32(back, w, v, delta, x *float32, j, k, stride int, rate float32)
//
// for j: back[k] = fma(w[j*stride+k], v[j], back[k]); w[j*stride+k] = fma(rate, fma(delta[j], x[k], +0), w[j*stride+k])
TEXT ·avx2SendBackUpdate32(SB), NOSPLIT, $0-68
	MOVQ back+0(FP), YP
	MOVQ w+8(FP), WP
	MOVQ v+16(FP), XP
	MOVQ delta+24(FP), LP
	MOVQ x+32(FP), DP
	MOVQ j+40(FP), ROWS
	MOVQ k+48(FP), COLUMNS
	MOVQ stride+56(FP), STRIDE
	VBROADCASTSS rate+64(FP), RATE

#define STEP  SEND_BACK_STEP
	LAYER
	RET
#undef ROW
#undef BEGIN
#undef STEP
#undef END

// func avx2Update32(w, delta, x *float32, k, j, stride int, rate float32)
//
// w[k*stride+j] = fma(rate, fma(delta[j], x[k], +0), w[k*stride+j])
TEXT ·avx2Update32(SB), NOSPLIT, $0-52
	MOVQ w+0(FP), WP
	MOVQ delta+8(FP), DP
	MOVQ x+16(FP), LP
	MOVQ k+24(FP), ROWS
	MOVQ j+32(FP), COLUMNS
	MOVQ stride+40(FP), STRIDE
	VBROADCASTSS rate+48(FP), RATE

#define ROW   UPDATE_ROW
#define BEGIN UPDATE_BEGIN
#define STEP  UPDATE_STEP
#define END   UPDATE_END
	LAYER
	RET
