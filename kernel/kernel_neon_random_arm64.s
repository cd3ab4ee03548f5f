//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_random_arm64.h"

// twist: four words of the state at a time. A word mixes in the one that lies 397 ahead, which from word 227 on is a new
// one at the beginning.

#define KEY      R0 // the words to be moved on
#define OUT      R1
#define MIDDLE   R2 // the words that are mixed in
#define START    R3 // of the state
#define LEFT     R4
#define UPPERBIT V16
#define LOWBIT   V17
#define MATRIX   V18
#define TEMPER7  V19
#define TEMPER15 V20

#define CONSTANT4(value, v)	MOVW	$(value), R5; VDUP	R5, v.S4

// GENERATE moves on the four words in cur, those that lie offset behind KEY, and tempers them. next holds the four after
// them, V2 what is mixed in.
#define GENERATE(offset, cur, next) \
	VEXT	$4, next.B16, cur.B16, V3.B16      /* lower: each word's successor */; \
	VCMTST	LOWBIT.S4, V3.S4, V4.S4            /* -(y&1) */; \
	VBIT	UPPERBIT.B16, cur.B16, V3.B16      /* y = upper&2^31 | lower&(2^31-1) */; \
	VAND	MATRIX.B16, V4.B16, V4.B16; \
	VUSHR	$1, V3.S4, V3.S4; \
	VEOR	V4.B16, V2.B16, V2.B16; \
	VEOR	V3.B16, V2.B16, V2.B16             /* the new words */; \
	FMOVQ	F2, (offset)(KEY); \
	VUSHR	$11, V2.S4, V3.S4; \
	VEOR	V3.B16, V2.B16, V2.B16             /* y ^= y>>11 */; \
	VSHL	$7, V2.S4, V3.S4; \
	VAND	TEMPER7.B16, V3.B16, V3.B16; \
	VEOR	V3.B16, V2.B16, V2.B16             /* y ^= y<<7 & 0x9d2c5680 */; \
	VSHL	$15, V2.S4, V3.S4; \
	VAND	TEMPER15.B16, V3.B16, V3.B16; \
	VEOR	V3.B16, V2.B16, V2.B16             /* y ^= y<<15 & 0xefc60000 */; \
	VUSHR	$18, V2.S4, V3.S4; \
	VEOR	V3.B16, V2.B16, V2.B16             /* y ^= y>>18 */; \
	FMOVQ	F2, (offset)(OUT)

// TWIST loads these first. fnext is next by its other name.
#define TWIST(offset, cur, next, fnext) \
	FMOVQ	((offset)+16)(KEY), fnext; \
	FMOVQ	(offset)(MIDDLE), F2; \
	GENERATE(offset, cur, next)

#define ADVANCE(bytes) \
	ADD	$(bytes), KEY; \
	ADD	$(bytes), OUT; \
	ADD	$(bytes), MIDDLE

// func neonTwist(key, out *[TwisterWords]uint32)
//
// key[i] = key[(i+397)%624] ^ twistWord(key[i], key[(i+1)%624]); out[i] = that tempered
TEXT ·neonTwist(SB), NOSPLIT, $0-16
	MOVD	key+0(FP), KEY
	MOVD	out+8(FP), OUT
	CONSTANT4(0x80000000, UPPERBIT)
	CONSTANT4(1, LOWBIT)
	CONSTANT4(0x9908b0df, MATRIX)
	CONSTANT4(0x9d2c5680, TEMPER7)
	CONSTANT4(0xefc60000, TEMPER15)
	MOVD	KEY, START
	ADD	$(4*397), KEY, MIDDLE
	FMOVQ	(KEY), F0

	// Words 0 to 223.
	MOVD	$28, LEFT
old:
	TWIST(0, V0, V1, F1)
	TWIST(16, V1, V0, F0)
	ADVANCE(32)
	SUBS	$1, LEFT
	BNE	old

	// Words 224 to 227: into the last one the new word 0 is mixed.
	FMOVQ	16(KEY), F1
	FMOVQ	(4*620)(START), F2
	FMOVQ	(START), F3
	VEXT	$4, V3.B16, V2.B16, V2.B16
	GENERATE(0, V0, V1)
	ADVANCE(16)

	// Words 228 to 619.
	ADD	$4, START, MIDDLE
	MOVD	$49, LEFT
new:
	TWIST(0, V1, V0, F0)
	TWIST(16, V0, V1, F1)
	ADVANCE(32)
	SUBS	$1, LEFT
	BNE	new

	// Words 620 to 623: the new word 0 follows the last one.
	FMOVQ	(START), F0
	FMOVQ	(MIDDLE), F2
	GENERATE(0, V1, V0)
	RET

#undef OUT
#undef KEY
#undef MIDDLE
#undef START
#undef LEFT

// below: the values of words that are in order lie side by side in dst, so that scalar stores serve. Each value is stored,
// and the next one takes its place unless it was small enough.

#define DST   R0
#define WORDS R1
#define LEFT  R2 // words to come, less 4
#define BOUND R3
#define MASK  R4
#define KEPT  R5

#define KEEPBELOW(v) \
	AND	MASK, v; \
	MOVD	v, (DST)(KEPT<<3); \
	CMP	BOUND, v; \
	CINC	LS, KEPT, KEPT

// func neonBelow(dst *int, words *uint32, n int, bound uint32) int
//
// dst = those of words[i] & mask that are at most bound, for mask = 2^Len32(bound) - 1; returns their number
TEXT ·neonBelow(SB), NOSPLIT, $0-40
	MOVD	dst+0(FP), DST
	MOVD	words+8(FP), WORDS
	MOVD	n+16(FP), LEFT
	MOVWU	bound+24(FP), BOUND
	CLZW	BOUND, R6
	MOVD	$0xffffffff, MASK
	LSR	R6, MASK, MASK // by 32 for bound 0
	MOVD	ZR, KEPT
	SUBS	$4, LEFT
	BLT	rest

four:
	LDPW.P	16(WORDS), (R6, R7)
	LDPW	-8(WORDS), (R8, R9)
	KEEPBELOW(R6)
	KEEPBELOW(R7)
	KEEPBELOW(R8)
	KEEPBELOW(R9)
	SUBS	$4, LEFT
	BGE	four

rest:
	ADDS	$4, LEFT
	BEQ	done
one:
	MOVWU.P	4(WORDS), R6
	KEEPBELOW(R6)
	SUBS	$1, LEFT
	BNE	one
done:
	MOVD	KEPT, ret+32(FP)
	RET

#undef DST
#undef WORDS
#undef LEFT
#undef BOUND
#undef MASK
#undef KEPT

// discs: one point at a time, its coordinates in the two lanes. As in below each point is stored, and the next one takes
// its place unless it was inside.

#define X      R0
#define Y      R1
#define SQUARE R2
#define WORDS  R3
#define LEFT   R4
#define KEPT   R5
#define INSIDE R6 // the bits of 1, less 1
#define HIGH   V16 // bits 26 to 52
#define kMinus 17 // -1

// func neonDiscs(x, y, square *float64, words *uint32, n int) int
//
// x = 2*((a>>5*2^26 + b>>6) * 2^-53) - 1 of words a and b, y of the next two, square = x*x + y*y: of n points those with
// 0 < square < 1; returns their number
TEXT ·neonDiscs(SB), NOSPLIT, $0-48
	MOVD	x+0(FP), X
	MOVD	y+8(FP), Y
	MOVD	square+16(FP), SQUARE
	MOVD	words+24(FP), WORDS
	MOVD	n+32(FP), LEFT
	MOVD	$0x001ffffffc000000, R7
	VDUP	R7, HIGH.D2
	MOVD	$0xbff0000000000000, R7
	VDUP	R7, V17.D2
	MOVD	$0x3fefffffffffffff, INSIDE
	MOVD	ZR, KEPT

point:
	FMOVQ	(WORDS), F0                      // b<<32 | a
	ADD	$16, WORDS
	VUSHR	$38, V0.D2, V1.D2                // b>>6
	VSHL	$21, V0.D2, V0.D2
	VBIT	HIGH.B16, V0.B16, V1.B16         // a>>5<<26 | b>>6, below 2^53
	SCVTF2BY52(1, 1)                         // 2*u, exact
	FADD2(kMinus, 1, 1)                      // x and y
	FMUL2(1, 1, 2)
	FADDPAIR(2, 2)                           // x*x + y*y
	VDUP	V1.D[1], V3
	FMOVD	F1, (X)(KEPT<<3)
	FMOVD	F3, (Y)(KEPT<<3)
	FMOVD	F2, (SQUARE)(KEPT<<3)
	FMOVD	F2, R7
	SUB	$1, R7                           // the bits of 0 become the largest number
	CMP	INSIDE, R7
	CINC	LO, KEPT, KEPT
	SUBS	$1, LEFT
	BNE	point

	MOVD	KEPT, ret+40(FP)
	RET

#undef X
#undef Y
#undef SQUARE
#undef WORDS
#undef LEFT
#undef KEPT

// pairs: a pair to a vector.

#define PAIRS	R0
#define LEFT	R1 // pairs to come, less 4
#define kRoot0	16 // root[0], root[1]
#define kRoot2	17 // root[2], root[3]
#define kMean	18
#define kZero	19

// ANOTHER gives the pair (a, b) in register n its distribution, in register d.
#define ANOTHER(n, d) \
	MOVE(kZero, d); \
	FMLALANE2(n, 0, kRoot0, d)               /* root*a + 0 */; \
	FMLALANE2(n, 1, kRoot2, d)               /* root*b + that */; \
	FADD2(kMean, d, d)

// func neonPairs(pairs *float64, n int, root *[4]float64, mean *[2]float64)
//
// (a, b) = fma(b, root[2+j], fma(a, root[j], +0)) + mean[j] for j = 0, 1
TEXT ·neonPairs(SB), NOSPLIT, $0-32
	MOVD	pairs+0(FP), PAIRS
	MOVD	n+8(FP), LEFT
	MOVD	root+16(FP), R2
	MOVD	mean+24(FP), R3
	VLD1	(R2), [V16.D2, V17.D2]
	VLD1	(R3), [V18.D2]
	VEOR	V19.B16, V19.B16, V19.B16
	SUBS	$4, LEFT
	BLT	rest

four:
	VLD1	(PAIRS), [V0.D2, V1.D2, V2.D2, V3.D2]
	ANOTHER(0, 4)
	ANOTHER(1, 5)
	ANOTHER(2, 6)
	ANOTHER(3, 7)
	VST1	[V4.D2, V5.D2, V6.D2, V7.D2], (PAIRS)
	ADD	$64, PAIRS
	SUBS	$4, LEFT
	BGE	four

rest:
	ADDS	$4, LEFT
	BEQ	done
one:
	FMOVQ	(PAIRS), F0
	ANOTHER(0, 4)
	FMOVQ	F4, (PAIRS)
	ADD	$16, PAIRS
	SUBS	$1, LEFT
	BNE	one
done:
	RET
