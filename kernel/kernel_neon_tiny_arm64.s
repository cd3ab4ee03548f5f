//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_recipe_arm64.h"

// What the three routines share. A layer's units lie side by side: four float32 in one register, two float64 in one, or
// four float64 in two, the second of which has the number of the first plus 8.

#define STATE	R0 // *tinyState
#define STATENUMBER 0
#define ORDER	R1 // indices of samples to come
#define LEFT	R2 // how many
#define SAMPLES	R3
#define LABELS	R4
#define INPUTS	R5
#define UNITS	R6
#define OUTPUTS	R7
#define RAW	R8
#define DONE	R9 // steps done
#define SAMPLE	R10 // x of this step
#define TARGET	R11 // STATE plus the offset of this step's row of targets
#define TARGETNUMBER 11
#define INDEX	R12
#define TEMP	R13

// Kept over the sigmoids: registers 16-18, 22 and 23, and in pairs their partners 24-26, 30 and 31.
#define hidden	16 // h, outputs of the hidden units
#define outs	17 // o, outputs of the network; then h where there is a hidden unit, else 0
#define errors	18 // e, then what is sent back
#define delta2	22 // d2
#define rates	23
// Registers 0-7 and 8-15 are for work. From the output layer on:
#define delta1	0 // g, then d1
#define weight	6
#define gradient 5

// The layout of tinyState: rows of four elements, then words.
#define W1		0
#define W2		(4*ROWSIZE)
#define W2T		(8*ROWSIZE)
#define B1		(12*ROWSIZE)
#define B2		(13*ROWSIZE)
#define RATE		(14*ROWSIZE)
#define BIASED		(15*ROWSIZE)
#define HIDDEN		(16*ROWSIZE)
#define TARGETS		(17*ROWSIZE)
#define POINTERS	(21*ROWSIZE)

// What follows comes in two forms: HELD for weights in register held, MEMORY for those at offset in the state.

// The start of a layer's chains, in register 0: its biases.
#define BIASHELD(held, offset)		UNITWISE1(MOVE, held, 0)
#define BIASMEMORY(held, offset)	ROW(offset, STATENUMBER, 0)

// The chains over inputs: += w[k] * x[k].
#define XTIMESHELD(k, held, offset) \
	TAKEX(k); \
	UNITWISEK(MULTIPLYADD, 4, held, 0)
#define XTIMESMEMORY(k, held, offset) \
	TAKEX(k); \
	ROW(offset, STATENUMBER, weight); \
	UNITWISEK(MULTIPLYADD, 4, weight, 0)
#define TAKEX(k) \
	MOVD	$(k*ELEMENT)(SAMPLE), TEMP; \
	VLD1R	(TEMP), [V4.LANES]

// The chains over units: d += w[unit] * m[unit].
#define TIMESHELD(unit, m, held, offset, d) \
	UNITTIMES(unit, m, held, d)
#define TIMESMEMORY(unit, m, held, offset, d) \
	ROW(offset, STATENUMBER, weight); \
	UNITTIMES(unit, m, weight, d)

// The update by rate times the gradient, which GRADIENT adds to +0.
#define MOVEHELD(GRADIENT, held, offset) \
	CONSTANT(ZERO, gradient); \
	GRADIENT; \
	UNITWISE(MULTIPLYADD, gradient, rates, held)
#define MOVEMEMORY(GRADIENT, held, offset) \
	CONSTANT(ZERO, gradient); \
	GRADIENT; \
	ROW(offset, STATENUMBER, weight); \
	UNITWISE(MULTIPLYADD, gradient, rates, weight); \
	KEEPROW(weight, offset)

// XGRADIENT adds d1 * x[k].
#define XGRADIENT(k) \
	TAKEX(k); \
	UNITWISEK(MULTIPLYADD, 4, delta1, gradient)

// ALLONES compares register 4 with all ones in both lanes.
#define ALLONES \
	VADDP	V4.D2, V4.D2, V4.D2; \
	VMOV	V4.D[0], TEMP; \
	CMN	$2, TEMP

// Two float64. All weights are held.
#define BIAS1			BIASHELD
#define BIAS2			BIASHELD
#define XTIMES			XTIMESHELD
#define TIMES			TIMESHELD
#define MOVE1			MOVEHELD
#define MOVE2			MOVEHELD
#define heldW1x0		8
#define heldW1x1		9
#define heldW1x2		10
#define heldW1x3		11
#define heldB1			12
#define heldW2x0		13
#define heldW2x1		14
#define heldW2Tx0		15
#define heldW2Tx1		24
#define heldB2			25
#define EACHHELD(DO) \
	EACHHELD1(DO); \
	DO(W2, STATENUMBER, heldW2x0); \
	DO(W2+ROWSIZE, STATENUMBER, heldW2x1); \
	DO(W2T, STATENUMBER, heldW2Tx0); \
	DO(W2T+ROWSIZE, STATENUMBER, heldW2Tx1); \
	DO(B2, STATENUMBER, heldB2)
#define EACHHELD1(DO) \
	DO(W1, STATENUMBER, heldW1x0); \
	DO(W1+ROWSIZE, STATENUMBER, heldW1x1); \
	DO(W1+2*ROWSIZE, STATENUMBER, heldW1x2); \
	DO(W1+3*ROWSIZE, STATENUMBER, heldW1x3); \
	DO(B1, STATENUMBER, heldB1)
#define HOLD			EACHHELD(ROW)
#define KEEP			EACHHELD(KEEPROWOF)
#define KEEPROWOF(offset, r, d)	STRQ(d, offset, r)
#define LANES			D2
#define BY			3
#define ELEMENT			8
#define ROWSIZE			32
#define MULTIPLY		FMUL2
#define MULTIPLYADD		FMLA2
#define SUBTRACT		FSUB2
#define PLUS			FADD2
#define EACH			SINGLE
#define EACHK			SINGLE
#define EACH1			SINGLE1
#define EACHLANE		SINGLELANE
#define EACHRECIPROCAL		SINGLERECIPROCAL
#define LOAD			SINGLELOAD
#define UNITWISE		SINGLE
#define UNITWISEK		SINGLE
#define UNITWISE1		SINGLE1
#define CONSTANT		SINGLELOAD
#define ROW(offset, r, d)	LDRQ(offset, r, d)
#define KEEPROW(d, offset)	STRQ(d, offset, STATENUMBER)
#define UNITTIMES(unit, m, n, d) FMLALANE2(m, unit, n, d)
#define THIRD(operation)	// there is none
#define ONEMINUS(n, d)		FSUB2(n, kOne, d)
#define LAYERSIGMOID(y) \
	MOVE(0, 1); \
	MOVE(0, 2); \
	SIGMOID(y); \
	MIDRANGE; \
	ALLONES

// func neonTinyTwo64(t *tinyState[float64], order *int, n int) int
// up to n steps on samples order[0], order[1], ...; at most two hidden units and two outputs
TEXT ·neonTinyTwo64(SB), NOSPLIT, $0-32
	MOVD	t+0(FP), R0
	MOVD	order+8(FP), R1
	MOVD	n+16(FP), R2
#include "kernel_neon_tiny_arm64.h"
	KEEP
	MOVD	DONE, ret+24(FP)
	RET

// Four float64. No weights are held: there are not enough registers.
#undef BIAS1
#undef BIAS2
#undef XTIMES
#undef TIMES
#undef MOVE1
#undef MOVE2
#undef HOLD
#undef KEEP
#define BIAS1			BIASMEMORY
#define BIAS2			BIASMEMORY
#define XTIMES			XTIMESMEMORY
#define TIMES			TIMESMEMORY
#define MOVE1			MOVEMEMORY
#define MOVE2			MOVEMEMORY
#define HOLD
#undef EACH
#undef EACHK
#undef EACH1
#undef EACHLANE
#undef EACHRECIPROCAL
#undef LOAD
#undef UNITWISE
#undef UNITWISEK
#undef UNITWISE1
#undef CONSTANT
#undef ROW
#undef KEEPROW
#undef UNITTIMES
#undef THIRD
#undef ONEMINUS
#undef LAYERSIGMOID
#define EACH			BOTH
#define EACHK			BOTHK
#define EACH1			BOTH1
#define EACHLANE		BOTHLANE
#define EACHRECIPROCAL		BOTHRECIPROCAL
#define LOAD			BOTHLOAD
#define UNITWISE		BOTH
#define UNITWISEK		BOTHK
#define UNITWISE1		BOTH1
#define CONSTANT		BOTHLOAD
#define ROW(offset, r, d)	LDRQ(offset, r, d); LDRQ((offset)+16, r, (d)+8)
#define KEEPROW(d, offset)	STRQ(d, offset, STATENUMBER); STRQ((d)+8, (offset)+16, STATENUMBER)
#define UNITTIMES(unit, m, n, d) BOTHLANE(FMLALANE2, (m)+((unit)>>1)*8, (unit)&1, n, d)
#define THIRD(operation)	operation
#define ONEMINUS(n, d)		FSUB2(n, kOne, d); FSUB2((n)+8, kOne, (d)+8)
#define LAYERSIGMOID(y) \
	EACH1(MOVE, 0, 1); \
	EACH1(MOVE, 0, 2); \
	SIGMOID(y); \
	MIDRANGE; \
	AND16(12, 4, 4); \
	ALLONES

// func neonTinyFour64(t *tinyState[float64], order *int, n int) int
// as neonTinyTwo64, for up to four hidden units and four outputs
TEXT ·neonTinyFour64(SB), NOSPLIT, $0-32
	MOVD	t+0(FP), R0
	MOVD	order+8(FP), R1
	MOVD	n+16(FP), R2
#include "kernel_neon_tiny_arm64.h"
	MOVD	DONE, ret+24(FP)
	RET

// Four float32. The sigmoid widens them to two vectors of float64. The weights of the hidden layer are held.
#undef BIAS1
#undef XTIMES
#undef MOVE1
#undef HOLD
#undef heldW1x0
#undef heldW1x1
#undef heldW1x2
#undef heldW1x3
#undef heldB1
#define BIAS1			BIASHELD
#define XTIMES			XTIMESHELD
#define MOVE1			MOVEHELD
#define heldW1x0		24
#define heldW1x1		25
#define heldW1x2		26
#define heldW1x3		30
#define heldB1			31
#define HOLD			EACHHELD1(ROW)
#define KEEP			EACHHELD1(KEEPROWOF)
#undef LANES
#undef BY
#undef ELEMENT
#undef ROWSIZE
#undef MULTIPLY
#undef MULTIPLYADD
#undef SUBTRACT
#undef PLUS
#undef UNITWISE
#undef UNITWISEK
#undef UNITWISE1
#undef CONSTANT
#undef ROW
#undef KEEPROW
#undef UNITTIMES
#undef ONEMINUS
#undef LAYERSIGMOID
#define LANES			S4
#define BY			2
#define ELEMENT			4
#define ROWSIZE			16
#define MULTIPLY		FMUL4
#define MULTIPLYADD		FMLA4
#define SUBTRACT		FSUB4
#define PLUS			FADD4
#define UNITWISE		SINGLE
#define UNITWISEK		SINGLE
#define UNITWISE1		SINGLE1
#define CONSTANT		SINGLELOAD
#define ROW(offset, r, d)	LDRQ(offset, r, d)
#define KEEPROW(d, offset)	STRQ(d, offset, STATENUMBER)
#define UNITTIMES(unit, m, n, d) FMLALANE4(m, unit, n, d)
#define ONEMINUS(n, d)		LDRQ(ONE4, TABLENUMBER, 7); FSUB4(n, 7, d)
#define LAYERSIGMOID(y) \
	LDRQ(SIGMOIDMIN4, TABLENUMBER, 5); \
	LDRQ(SIGMOIDMAX4, TABLENUMBER, 6); \
	FMAX4(5, 0, 0); \
	FMIN4(6, 0, 0); \
	FCVTL(0, 2); \
	FCVTL2(0, 10); \
	FCVTL2(0, 8); \
	FCVTL(0, 0); \
	SIGMOID(0); \
	FCVTN(0, y); \
	FCVTN2(8, y); \
	LOAD(NEARHALF, 4); \
	EACH(ADD2, 4, 0, 4); \
	LOAD(FARBITS, 5); \
	EACH(CMTST2, 5, 4, 4) /* all ones where not near half-way */; \
	AND16(12, 4, 4); \
	ALLONES

// func neonTiny32(t *tinyState[float32], order *int, n int) int
// as neonTinyTwo64, for up to four hidden units and four outputs in float32
TEXT ·neonTiny32(SB), NOSPLIT, $0-32
	MOVD	t+0(FP), R0
	MOVD	order+8(FP), R1
	MOVD	n+16(FP), R2
#include "kernel_neon_tiny_arm64.h"
	KEEP
	MOVD	DONE, ret+24(FP)
	RET
