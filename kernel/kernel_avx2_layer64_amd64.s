//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"

#define VLOAD    VMOVUPD
#define VSTORE   VMOVUPD
#define VMASK    VMASKMOVPD
#define VSPREAD  VBROADCASTSD
#define VXOR     VXORPD
#define VFMA231  VFMADD231PD
#define SIZE     8
#define LOGSIZE  3
#define LANES    4
#define LOGLANES 2

#include "kernel_avx2_layer_amd64.h"

// func avx2ForwardSums64(y, w, x *float64, k, j, stride int)
//
// for k: y[j] = fma(w[k*stride+j], x[k], y[j])
TEXT ·avx2ForwardSums64(SB), NOSPLIT, $0-48
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

// func avx2UpdateForwardSums64(y, w, delta, last, x *float64, k, j, stride int, rate float64)
//
// for k: w[k*stride+j] = fma(rate, fma(delta[j], last[k], +0), w[k*stride+j]); y[j] = fma(w[k*stride+j], x[k], y[j])
TEXT ·avx2UpdateForwardSums64(SB), NOSPLIT, $0-72
	MOVQ y+0(FP), YP
	MOVQ w+8(FP), WP
	MOVQ delta+16(FP), DP
	MOVQ last+24(FP), LP
	MOVQ x+32(FP), XP
	MOVQ k+40(FP), ROWS
	MOVQ j+48(FP), COLUMNS
	MOVQ stride+56(FP), STRIDE
	VBROADCASTSD rate+64(FP), RATE

#define ROW   BOTH_ROW
#define BEGIN BOTH_BEGIN
#define STEP  UPDATE_FORWARD_STEP
#define END   SUM_END
	LAYER
	RET
#undef STEP

// func avx2SendBackUpdate64(back, w, v, delta, x *float64, j, k, stride int, rate float64)
//
// for j: back[k] = fma(w[j*stride+k], v[j], back[k]); w[j*stride+k] = fma(rate, fma(delta[j], x[k], +0), w[j*stride+k])
TEXT ·avx2SendBackUpdate64(SB), NOSPLIT, $0-72
	MOVQ back+0(FP), YP
	MOVQ w+8(FP), WP
	MOVQ v+16(FP), XP
	MOVQ delta+24(FP), LP
	MOVQ x+32(FP), DP
	MOVQ j+40(FP), ROWS
	MOVQ k+48(FP), COLUMNS
	MOVQ stride+56(FP), STRIDE
	VBROADCASTSD rate+64(FP), RATE

#define STEP  SEND_BACK_STEP
	LAYER
	RET
#undef ROW
#undef BEGIN
#undef STEP
#undef END

// func avx2Update64(w, delta, x *float64, k, j, stride int, rate float64)
//
// w[k*stride+j] = fma(rate, fma(delta[j], x[k], +0), w[k*stride+j])
TEXT ·avx2Update64(SB), NOSPLIT, $0-56
	MOVQ w+0(FP), WP
	MOVQ delta+8(FP), DP
	MOVQ x+16(FP), LP
	MOVQ k+24(FP), ROWS
	MOVQ j+32(FP), COLUMNS
	MOVQ stride+40(FP), STRIDE
	VBROADCASTSD rate+48(FP), RATE

#define ROW   UPDATE_ROW
#define BEGIN UPDATE_BEGIN
#define STEP  UPDATE_STEP
#define END   UPDATE_END
	LAYER
	RET
