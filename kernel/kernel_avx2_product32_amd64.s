//go:build !purego

#include "textflag.h"

#define VLOAD   VMOVUPS
#define VSTORE  VMOVUPS
#define VSPREAD VBROADCASTSS
#define VFMA213 VFMADD213PS
#define VFMA231 VFMADD231PS
#define SIZE    4
#define LOGSIZE 2
#define LANES   8

#include "kernel_avx2_product_amd64.h"

// func avx2Sums32(c, from, a, b *float32, m, n, k, step, width, panel int)
//
// c[i*n+j] = from[i*step+j]; for t: c[i*n+j] = fma(a[t/width*panel+i*width+t%width], b[t*n+j], c[i*n+j])
TEXT ·avx2Sums32(SB), NOSPLIT, $0-80
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

// func avx2Gradient32(w, kept, a, b *float32, m, n, k, lanes int, rate float32, begin, end bool)
//
// s = begin ? +0 : kept[i*n+j]; for t: s = fma(a[t*lanes+i], b[t*n+j], s);
// end ? w[i*n+j] = fma(rate, s, w[i*n+j]) : kept[i*n+j] = s
TEXT ·avx2Gradient32(SB), NOSPLIT, $0-70
	MOVQ    w+0(FP), C
	MOVQ    kept+8(FP), G
	MOVQ    a+16(FP), A
	MOVQ    b+24(FP), B
	MOVQ    m+32(FP), ROWS
	MOVQ    n+40(FP), COLUMNS
	MOVQ    lanes+56(FP), LINE
	MOVBLZX begin+68(FP), BEGIN
	MOVBLZX end+69(FP), END
	GRADIENT
	RET

// func avx2Transpose32(dst, src *float32, dstride, sstride int)
//
// dst[j*dstride+i] = src[i*sstride+j] for i, j < 8
TEXT ·avx2Transpose32(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ dstride+16(FP), R8
	MOVQ sstride+24(FP), R9
	SHLQ $2, R8
	SHLQ $2, R9
	LEAQ (R9)(R9*2), R10
	LEAQ (SI)(R9*4), R11

	// A half of a register has 4 columns of a row: a row of the upper 4 in the lower half, the one 4 below in the upper.
	VMOVUPS     (SI), X0
	VMOVUPS     (SI)(R9*1), X1
	VMOVUPS     (SI)(R9*2), X2
	VMOVUPS     (SI)(R10*1), X3
	VMOVUPS     16(SI), X4
	VMOVUPS     16(SI)(R9*1), X5
	VMOVUPS     16(SI)(R9*2), X6
	VMOVUPS     16(SI)(R10*1), X7
	VINSERTF128 $1, (R11), Y0, Y0
	VINSERTF128 $1, (R11)(R9*1), Y1, Y1
	VINSERTF128 $1, (R11)(R9*2), Y2, Y2
	VINSERTF128 $1, (R11)(R10*1), Y3, Y3
	VINSERTF128 $1, 16(R11), Y4, Y4
	VINSERTF128 $1, 16(R11)(R9*1), Y5, Y5
	VINSERTF128 $1, 16(R11)(R9*2), Y6, Y6
	VINSERTF128 $1, 16(R11)(R10*1), Y7, Y7

	// Four rows of four in each half.
	VUNPCKLPS Y1, Y0, Y8   // 00 10 01 11
	VUNPCKHPS Y1, Y0, Y9   // 02 12 03 13
	VUNPCKLPS Y3, Y2, Y10  // 20 30 21 31
	VUNPCKHPS Y3, Y2, Y11  // 22 32 23 33
	VUNPCKLPS Y5, Y4, Y12
	VUNPCKHPS Y5, Y4, Y13
	VUNPCKLPS Y7, Y6, Y14
	VUNPCKHPS Y7, Y6, Y15
	VUNPCKLPD Y10, Y8, Y0  // 00 10 20 30
	VUNPCKHPD Y10, Y8, Y1  // 01 11 21 31
	VUNPCKLPD Y11, Y9, Y2
	VUNPCKHPD Y11, Y9, Y3
	VUNPCKLPD Y14, Y12, Y4
	VUNPCKHPD Y14, Y12, Y5
	VUNPCKLPD Y15, Y13, Y6
	VUNPCKHPD Y15, Y13, Y7

	LEAQ    (R8)(R8*2), R10
	LEAQ    (DI)(R8*4), R11
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, (DI)(R8*1)
	VMOVUPS Y2, (DI)(R8*2)
	VMOVUPS Y3, (DI)(R10*1)
	VMOVUPS Y4, (R11)
	VMOVUPS Y5, (R11)(R8*1)
	VMOVUPS Y6, (R11)(R8*2)
	VMOVUPS Y7, (R11)(R10*1)
	VZEROUPPER
	RET
