//go:build !purego

#include "textflag.h"

// Pairs taken apart and put together: what the loads and stores of pairs of vectors do by themselves.

// func neonSplit64(even, odd, pairs *float64, n int)
//
// even[i], odd[i] = pairs[2*i], pairs[2*i+1]; n is a multiple of 2
TEXT ·neonSplit64(SB), NOSPLIT, $0-32
	MOVD	even+0(FP), R0
	MOVD	odd+8(FP), R1
	MOVD	pairs+16(FP), R2
	MOVD	n+24(FP), R3

vectors:
	VLD2.P	32(R2), [V0.D2, V1.D2]
	VST1.P	[V0.D2], 16(R0)
	VST1.P	[V1.D2], 16(R1)
	SUBS	$2, R3
	BNE	vectors
	RET

// func neonJoin64(pairs, even, odd *float64, n int)
//
// pairs[2*i], pairs[2*i+1] = even[i], odd[i]; n is a multiple of 2
TEXT ·neonJoin64(SB), NOSPLIT, $0-32
	MOVD	pairs+0(FP), R2
	MOVD	even+8(FP), R0
	MOVD	odd+16(FP), R1
	MOVD	n+24(FP), R3

vectors:
	VLD1.P	16(R0), [V0.D2]
	VLD1.P	16(R1), [V1.D2]
	VST2.P	[V0.D2, V1.D2], 32(R2)
	SUBS	$2, R3
	BNE	vectors
	RET

// func neonSplit32(even, odd, pairs *float32, n int)
//
// even[i], odd[i] = pairs[2*i], pairs[2*i+1]; n is a multiple of 4
TEXT ·neonSplit32(SB), NOSPLIT, $0-32
	MOVD	even+0(FP), R0
	MOVD	odd+8(FP), R1
	MOVD	pairs+16(FP), R2
	MOVD	n+24(FP), R3

vectors:
	VLD2.P	32(R2), [V0.S4, V1.S4]
	VST1.P	[V0.S4], 16(R0)
	VST1.P	[V1.S4], 16(R1)
	SUBS	$4, R3
	BNE	vectors
	RET

// func neonJoin32(pairs, even, odd *float32, n int)
//
// pairs[2*i], pairs[2*i+1] = even[i], odd[i]; n is a multiple of 4
TEXT ·neonJoin32(SB), NOSPLIT, $0-32
	MOVD	pairs+0(FP), R2
	MOVD	even+8(FP), R0
	MOVD	odd+16(FP), R1
	MOVD	n+24(FP), R3

vectors:
	VLD1.P	16(R0), [V0.S4]
	VLD1.P	16(R1), [V1.S4]
	VST2.P	[V0.S4, V1.S4], 32(R2)
	SUBS	$4, R3
	BNE	vectors
	RET
