//go:build !purego

#include "textflag.h"

// Pairs taken apart and put together, a vector of each half at a time. Pairs are read and written by 16 bytes, the first
// half of a vector of even or odd ones being made from the first 32.

#define PAIRS DI
#define EVEN  SI
#define ODD   BX
#define LEFT  CX // elements of a half

#define SPLIT(n) \
	VMOVUPD     (PAIRS), X0;           \
	VMOVUPD     16(PAIRS), X1;         \
	VINSERTF128 $1, 32(PAIRS), Y0, Y0; \
	VINSERTF128 $1, 48(PAIRS), Y1, Y1; \
	EVENS(Y0, Y1, Y2);                 \
	ODDS(Y0, Y1, Y3);                  \
	VMOVUPD     Y2, (EVEN);            \
	VMOVUPD     Y3, (ODD);             \
	ADDQ        $64, PAIRS;            \
	ADDQ        $32, EVEN;             \
	ADDQ        $32, ODD;              \
	SUBQ        $(n), LEFT

#define JOIN(n) \
	VMOVUPD      (EVEN), Y0;        \
	VMOVUPD      (ODD), Y1;         \
	LOW          Y1, Y0, Y2;        \
	HIGH         Y1, Y0, Y3;        \
	VMOVUPD      X2, (PAIRS);       \
	VMOVUPD      X3, 16(PAIRS);     \
	VEXTRACTF128 $1, Y2, 32(PAIRS); \
	VEXTRACTF128 $1, Y3, 48(PAIRS); \
	ADDQ         $64, PAIRS;        \
	ADDQ         $32, EVEN;         \
	ADDQ         $32, ODD;          \
	SUBQ         $(n), LEFT

// ---- float64

#define EVENS(a, b, dst) VUNPCKLPD b, a, dst
#define ODDS(a, b, dst)  VUNPCKHPD b, a, dst
#define LOW  VUNPCKLPD
#define HIGH VUNPCKHPD

// func avx2Split64(even, odd, pairs *float64, n int)
//
// even[i], odd[i] = pairs[2*i], pairs[2*i+1]; n is a multiple of 4
TEXT ·avx2Split64(SB), NOSPLIT, $0-32
	MOVQ even+0(FP), EVEN
	MOVQ odd+8(FP), ODD
	MOVQ pairs+16(FP), PAIRS
	MOVQ n+24(FP), LEFT

vectors:
	SPLIT(4)
	JNE vectors
	VZEROUPPER
	RET

// func avx2Join64(pairs, even, odd *float64, n int)
//
// pairs[2*i], pairs[2*i+1] = even[i], odd[i]; n is a multiple of 4
TEXT ·avx2Join64(SB), NOSPLIT, $0-32
	MOVQ pairs+0(FP), PAIRS
	MOVQ even+8(FP), EVEN
	MOVQ odd+16(FP), ODD
	MOVQ n+24(FP), LEFT

vectors:
	JOIN(4)
	JNE vectors
	VZEROUPPER
	RET

// ---- float32

#undef EVENS
#undef ODDS
#undef LOW
#undef HIGH
#define EVENS(a, b, dst) VSHUFPS $0x88, b, a, dst
#define ODDS(a, b, dst)  VSHUFPS $0xdd, b, a, dst
#define LOW  VUNPCKLPS
#define HIGH VUNPCKHPS

// func avx2Split32(even, odd, pairs *float32, n int)
//
// even[i], odd[i] = pairs[2*i], pairs[2*i+1]; n is a multiple of 8
TEXT ·avx2Split32(SB), NOSPLIT, $0-32
	MOVQ even+0(FP), EVEN
	MOVQ odd+8(FP), ODD
	MOVQ pairs+16(FP), PAIRS
	MOVQ n+24(FP), LEFT

vectors:
	SPLIT(8)
	JNE vectors
	VZEROUPPER
	RET

// func avx2Join32(pairs, even, odd *float32, n int)
//
// pairs[2*i], pairs[2*i+1] = even[i], odd[i]; n is a multiple of 8
TEXT ·avx2Join32(SB), NOSPLIT, $0-32
	MOVQ pairs+0(FP), PAIRS
	MOVQ even+8(FP), EVEN
	MOVQ odd+16(FP), ODD
	MOVQ n+24(FP), LEFT

vectors:
	JOIN(8)
	JNE vectors
	VZEROUPPER
	RET
