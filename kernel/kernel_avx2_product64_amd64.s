//go:build !purego

#include "textflag.h"

#define VLOAD   VMOVUPD
#define VSTORE  VMOVUPD
#define VSPREAD VBROADCASTSD
#define VFMA213 VFMADD213PD
#define VFMA231 VFMADD231PD
#define SIZE    8
#define LOGSIZE 3
#define LANES   4

#include "kernel_avx2_product_amd64.h"

// func avx2Sums64(c, from, a, b *float64, m, n, k, step, width, panel int)
//
// c[i*n+j] = from[i*step+j]; for t: c[i*n+j] = fma(a[t/width*panel+i*width+t%width], b[t*n+j], c[i*n+j])
TEXT ·avx2Sums64(SB), NOSPLIT, $0-80
	MOVQ c+0(FP), C
	MOVQ from+8(FP), FROM
	MOVQ a+16(FP), A
	MOVQ b+24(FP), B
	MOVQ m+32(FP), ROWS
	MOVQ n+40(FP), COLUMNS
	MOVQ step+56(FP), STEP
	MOVQ width+64(FP), WIDTH
	MOVQ panel+72(FP), JUMP
	SUMS
	RET

// func avx2Gradient64(w, kept, a, b *float64, m, n, k, lanes int, rate float64, begin, end bool)
//
// s = begin ? +0 : kept[i*n+j]; for t: s = fma(a[t*lanes+i], b[t*n+j], s);
// end ? w[i*n+j] = fma(rate, s, w[i*n+j]) : kept[i*n+j] = s
TEXT ·avx2Gradient64(SB), NOSPLIT, $0-74
	MOVQ    w+0(FP), C
	MOVQ    kept+8(FP), G
	MOVQ    a+16(FP), A
	MOVQ    b+24(FP), B
	MOVQ    m+32(FP), ROWS
	MOVQ    n+40(FP), COLUMNS
	MOVQ    lanes+56(FP), LINE
	MOVBLZX begin+72(FP), BEGIN
	MOVBLZX end+73(FP), END
	GRADIENT
	RET

// func avx2Transpose64(dst, src *float64, dstride, sstride int)
//
// dst[j*dstride+i] = src[i*sstride+j] for i, j < 4
TEXT ·avx2Transpose64(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ dstride+16(FP), R8
	MOVQ sstride+24(FP), R9
	SHLQ $3, R8
	SHLQ $3, R9
	LEAQ (R8)(R8*2), R10
	LEAQ (R9)(R9*2), R11

	// A half of a register has 2 columns of a row: a row of the upper 2 in the lower half, the one 2 below in the upper.
	VMOVUPD     (SI), X0
	VMOVUPD     (SI)(R9*1), X1
	VMOVUPD     16(SI), X2
	VMOVUPD     16(SI)(R9*1), X3
	VINSERTF128 $1, (SI)(R9*2), Y0, Y0
	VINSERTF128 $1, (SI)(R11*1), Y1, Y1
	VINSERTF128 $1, 16(SI)(R9*2), Y2, Y2
	VINSERTF128 $1, 16(SI)(R11*1), Y3, Y3
	VUNPCKLPD   Y1, Y0, Y4 // 00 10 20 30
	VUNPCKHPD   Y1, Y0, Y5 // 01 11 21 31
	VUNPCKLPD   Y3, Y2, Y6
	VUNPCKHPD   Y3, Y2, Y7
	VMOVUPD     Y4, (DI)
	VMOVUPD     Y5, (DI)(R8*1)
	VMOVUPD     Y6, (DI)(R8*2)
	VMOVUPD     Y7, (DI)(R10*1)
	VZEROUPPER
	RET
