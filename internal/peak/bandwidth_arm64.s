//go:build !purego

#include "textflag.h"

#define SUMS   R0
#define BASE   R1
#define BLOCKS R2
#define ROUNDS R3
#define BY     R4
#define AT     R5 // what is next
#define LEFT   R6 // blocks of this pass

// PASSES does op, which goes over the block at AT and moves AT to the next, for all blocks, and that for all rounds.
#define PASSES(op) \
pass: \
	MOVD	BASE, AT; \
	MOVD	BLOCKS, LEFT; \
	PCALIGN	$32; \
block: \
	op; \
	SUBS	$1, LEFT; \
	BNE	block; \
	SUBS	$1, ROUNDS; \
	BNE	pass

// ADD64 adds the next 64 bytes to the sums a to d, two words each.
#define ADD64(a, b, c, d) \
	VLD1.P	64(AT), [V0.D2, V1.D2, V2.D2, V3.D2]; \
	VADD	V0.D2, a.D2, a.D2; \
	VADD	V1.D2, b.D2, b.D2; \
	VADD	V2.D2, c.D2, c.D2; \
	VADD	V3.D2, d.D2, d.D2

#define ADD128 \
	ADD64(V16, V17, V18, V19); \
	ADD64(V20, V21, V22, V23)

#define READ512 \
	ADD128; \
	ADD128; \
	ADD128; \
	ADD128

#define CLEAR(v) VEOR v.B16, v.B16, v.B16

// func neonRead(sums *[8]uint64, p *uint64, blocks, rounds int)
//
// sums[i%8] += p[i], for each word i of all blocks, so many rounds
TEXT ·neonRead(SB), NOSPLIT, $0-32
	MOVD	sums+0(FP), SUMS
	MOVD	p+8(FP), BASE
	MOVD	blocks+16(FP), BLOCKS
	MOVD	rounds+24(FP), ROUNDS
	CLEAR(V16)
	CLEAR(V17)
	CLEAR(V18)
	CLEAR(V19)
	CLEAR(V20)
	CLEAR(V21)
	CLEAR(V22)
	CLEAR(V23)
	PASSES(READ512)
	VLD1	(SUMS), [V0.D2, V1.D2, V2.D2, V3.D2]
	VADD	V16.D2, V0.D2, V0.D2
	VADD	V17.D2, V1.D2, V1.D2
	VADD	V18.D2, V2.D2, V2.D2
	VADD	V19.D2, V3.D2, V3.D2
	VADD	V20.D2, V0.D2, V0.D2
	VADD	V21.D2, V1.D2, V1.D2
	VADD	V22.D2, V2.D2, V2.D2
	VADD	V23.D2, V3.D2, V3.D2
	VST1	[V0.D2, V1.D2, V2.D2, V3.D2], (SUMS)
	RET

// MOVE64 adds V8 to the next 64 bytes.
#define MOVE64 \
	VLD1	(AT), [V0.D2, V1.D2, V2.D2, V3.D2]; \
	VADD	V0.D2, V8.D2, V0.D2; \
	VADD	V1.D2, V8.D2, V1.D2; \
	VADD	V2.D2, V8.D2, V2.D2; \
	VADD	V3.D2, V8.D2, V3.D2; \
	VST1.P	[V0.D2, V1.D2, V2.D2, V3.D2], 64(AT)

#define READWRITE512 \
	MOVE64; \
	MOVE64; \
	MOVE64; \
	MOVE64; \
	MOVE64; \
	MOVE64; \
	MOVE64; \
	MOVE64

// func neonReadWrite(p *uint64, blocks, rounds int, by uint64)
//
// p[i] += by, for each word i of all blocks, so many rounds
TEXT ·neonReadWrite(SB), NOSPLIT, $0-32
	MOVD	p+0(FP), BASE
	MOVD	blocks+8(FP), BLOCKS
	MOVD	rounds+16(FP), ROUNDS
	MOVD	by+24(FP), BY
	VDUP	BY, V8.D2
	PASSES(READWRITE512)
	RET
