//go:build !purego

#include "textflag.h"

#define SUMS   R0
#define ROUNDS R1

// EACH does op for the 24 chains.
#define EACH(op) \
	op(V8); op(V9); op(V10); op(V11); op(V12); op(V13); op(V14); op(V15); \
	op(V16); op(V17); op(V18); op(V19); op(V20); op(V21); op(V22); op(V23); \
	op(V24); op(V25); op(V26); op(V27); op(V28); op(V29); op(V30); op(V31)

#define CLEAR(c) VEOR c.B16, c.B16, c.B16
#define GO_ON(c) VFMLA V0.LANES, V1.LANES, c.LANES  // c += x y, which are in V0 and V1
#define ADD_UP(c) VFMLA V2.LANES, c.LANES, V3.LANES // V3 += 1 c, with 1 in V2: the assembler has no vector addition

#define LOOP \
	EACH(CLEAR); \
	CLEAR(V3); \
	PCALIGN	$32; \
round: \
	EACH(GO_ON); \
	SUBS	$1, ROUNDS; \
	BNE	round; \
	EACH(ADD_UP); \
	VST1	[V3.LANES], (SUMS)

#define LANES S4

// func neonLoop32(sums *float32, rounds int, x, y float32)
//
// c += x*y, for each chain c; then sums = the sum of all c
TEXT ·neonLoop32(SB), NOSPLIT, $0-24
	MOVD	sums+0(FP), SUMS
	MOVD	rounds+8(FP), ROUNDS
	FMOVS	x+16(FP), F0
	FMOVS	y+20(FP), F1
	FMOVS	$1.0, F2
	VDUP	V0.S[0], V0.S4
	VDUP	V1.S[0], V1.S4
	VDUP	V2.S[0], V2.S4
	LOOP
	RET

#undef LANES

#define LANES D2

// func neonLoop64(sums *float64, rounds int, x, y float64)
//
// c += x*y, for each chain c; then sums = the sum of all c
TEXT ·neonLoop64(SB), NOSPLIT, $0-32
	MOVD	sums+0(FP), SUMS
	MOVD	rounds+8(FP), ROUNDS
	FMOVD	x+16(FP), F0
	FMOVD	y+24(FP), F1
	FMOVD	$1.0, F2
	VDUP	V0.D[0], V0.D2
	VDUP	V1.D[0], V1.D2
	VDUP	V2.D[0], V2.D2
	LOOP
	RET
