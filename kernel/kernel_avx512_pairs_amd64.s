//go:build !purego

#include "textflag.h"

// Pairs taken apart and put together, a vector of each half at a time.

DATA  evens<>+0(SB)/8, $0x0e0c0a0806040200 // even elements of two vectors
DATA  evens<>+8(SB)/8, $0x1e1c1a1816141210
GLOBL evens<>(SB), RODATA|NOPTR, $16
DATA  odds<>+0(SB)/8, $0x0f0d0b0907050301
DATA  odds<>+8(SB)/8, $0x1f1d1b1917151311
GLOBL odds<>(SB), RODATA|NOPTR, $16
DATA  low32<>+0(SB)/8, $0x1303120211011000 // elements of two vectors of 16 in turn, from their low halves
DATA  low32<>+8(SB)/8, $0x1707160615051404
GLOBL low32<>(SB), RODATA|NOPTR, $16
DATA  high32<>+0(SB)/8, $0x1b0b1a0a19091808 // from their high halves
DATA  high32<>+8(SB)/8, $0x1f0f1e0e1d0d1c0c
GLOBL high32<>(SB), RODATA|NOPTR, $16
DATA  low64<>+0(SB)/8, $0x0b030a0209010800 // the same of two vectors of 8
GLOBL low64<>(SB), RODATA|NOPTR, $8
DATA  high64<>+0(SB)/8, $0x0f070e060d050c04
GLOBL high64<>(SB), RODATA|NOPTR, $8

#define PAIRS  DI
#define EVEN   SI
#define ODD    BX
#define LEFT   CX  // elements of a half
#define FIRST  Z16 // what to choose from two vectors
#define SECOND Z17

// SPLIT sets even and odd; n is the lanes of a vector.
#define SPLIT(n) \
	MOVU    (PAIRS), Z0; \
	MOVU    64(PAIRS), Z1; \
	VMOVAPD FIRST, Z2; \
	VMOVAPD SECOND, Z3; \
	CHOOSE  Z1, Z0, Z2; \
	CHOOSE  Z1, Z0, Z3; \
	MOVU    Z2, (EVEN); \
	MOVU    Z3, (ODD); \
	ADDQ    $128, PAIRS; \
	ADDQ    $64, EVEN; \
	ADDQ    $64, ODD; \
	SUBQ    $(n), LEFT

// JOIN sets pairs.
#define JOIN(n) \
	MOVU    (EVEN), Z0; \
	MOVU    (ODD), Z1; \
	VMOVAPD FIRST, Z2; \
	VMOVAPD SECOND, Z3; \
	CHOOSE  Z1, Z0, Z2; \
	CHOOSE  Z1, Z0, Z3; \
	MOVU    Z2, (PAIRS); \
	MOVU    Z3, 64(PAIRS); \
	ADDQ    $128, PAIRS; \
	ADDQ    $64, EVEN; \
	ADDQ    $64, ODD; \
	SUBQ    $(n), LEFT

// ---- float64

#define MOVU   VMOVUPD
#define CHOOSE VPERMI2PD

// func avx512Split64(even, odd, pairs *float64, n int)
//
// even[i], odd[i] = pairs[2*i], pairs[2*i+1]; n is a multiple of 8
TEXT ·avx512Split64(SB), NOSPLIT, $0-32
	MOVQ      even+0(FP), EVEN
	MOVQ      odd+8(FP), ODD
	MOVQ      pairs+16(FP), PAIRS
	MOVQ      n+24(FP), LEFT
	VPMOVZXBQ evens<>(SB), FIRST
	VPMOVZXBQ odds<>(SB), SECOND

vectors:
	SPLIT(8)
	JNE vectors
	VZEROUPPER
	RET

// func avx512Join64(pairs, even, odd *float64, n int)
//
// pairs[2*i], pairs[2*i+1] = even[i], odd[i]; n is a multiple of 8
TEXT ·avx512Join64(SB), NOSPLIT, $0-32
	MOVQ      pairs+0(FP), PAIRS
	MOVQ      even+8(FP), EVEN
	MOVQ      odd+16(FP), ODD
	MOVQ      n+24(FP), LEFT
	VPMOVZXBQ low64<>(SB), FIRST
	VPMOVZXBQ high64<>(SB), SECOND

vectors:
	JOIN(8)
	JNE vectors
	VZEROUPPER
	RET

// ---- float32

#undef MOVU
#undef CHOOSE
#define MOVU   VMOVUPS
#define CHOOSE VPERMI2PS

// func avx512Split32(even, odd, pairs *float32, n int)
//
// even[i], odd[i] = pairs[2*i], pairs[2*i+1]; n is a multiple of 16
TEXT ·avx512Split32(SB), NOSPLIT, $0-32
	MOVQ      even+0(FP), EVEN
	MOVQ      odd+8(FP), ODD
	MOVQ      pairs+16(FP), PAIRS
	MOVQ      n+24(FP), LEFT
	VPMOVZXBD evens<>(SB), FIRST
	VPMOVZXBD odds<>(SB), SECOND

vectors:
	SPLIT(16)
	JNE vectors
	VZEROUPPER
	RET

// func avx512Join32(pairs, even, odd *float32, n int)
//
// pairs[2*i], pairs[2*i+1] = even[i], odd[i]; n is a multiple of 16
TEXT ·avx512Join32(SB), NOSPLIT, $0-32
	MOVQ      pairs+0(FP), PAIRS
	MOVQ      even+8(FP), EVEN
	MOVQ      odd+16(FP), ODD
	MOVQ      n+24(FP), LEFT
	VPMOVZXBD low32<>(SB), FIRST
	VPMOVZXBD high32<>(SB), SECOND

vectors:
	JOIN(16)
	JNE vectors
	VZEROUPPER
	RET
