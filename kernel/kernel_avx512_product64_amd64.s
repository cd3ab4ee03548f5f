//go:build !purego

#include "textflag.h"

// The AVX-512 row's products of matrices of float64, 8 in a vector. See product.go for what each computes.

#define LOG_SIZE  3
#define SIZE      8
#define MOVU      VMOVUPD
#define BROADCAST VBROADCASTSD
#define FMA231    VFMADD231PD
#define FMA213    VFMADD213PD

#include "kernel_avx512_product_amd64.h"

// func avx512Sums64(c, from, a, b *float64, m, n, k, step, width, panel int)
//
// c[i] = from[i] + a(i, 0)*b[0] + a(i, 1)*b[1] + ..., row by row
TEXT ·avx512Sums64(SB), NOSPLIT, $0-80
	MOVQ c+0(FP), C
	MOVQ from+8(FP), FROM
	MOVQ a+16(FP), A
	MOVQ b+24(FP), B
	MOVQ m+32(FP), ROWS
	MOVQ n+40(FP), WIDTH
	MOVQ width+64(FP), DOWN

#include "kernel_avx512_sums_amd64.h"

	VZEROUPPER
	RET

// func avx512Gradient64(w, sums, a, b *float64, m, n, k, lanes int, rate float64, begin, end bool)
//
// s = sums[i] + a[0][i]*b[0] + a[1][i]*b[1] + ..., from 0 if begin; if end w[i] += rate*s, else sums[i] = s
TEXT ·avx512Gradient64(SB), NOSPLIT, $0-74
	MOVQ      w+0(FP), C
	MOVQ      sums+8(FP), FROM
	MOVQ      a+16(FP), A
	MOVQ      b+24(FP), B
	MOVQ      m+32(FP), ROWS
	MOVQ      n+40(FP), WIDTH
	MOVQ      lanes+56(FP), NEXT
	BROADCAST rate+64(FP), RATE
	KMOVB     begin+72(FP), BEGIN
	KMOVB     end+73(FP), END

#include "kernel_avx512_gradient_amd64.h"

	VZEROUPPER
	RET
