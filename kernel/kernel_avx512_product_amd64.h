// Registers and steps of the products of matrices, for both element types. Columns are lanes. A tile is 8 rows by up to 3
// vectors of columns, whose sums stay in registers from the first to the last factor. Row i has the sums Z(3*i), Z(3*i+1)
// and Z(3*i+2). Whoever includes this defines
//
//	LOG_SIZE, SIZE           of an element in bytes
//	MOVU, BROADCAST, FMA231, FMA213

#define C     DI  // the tile's first sums, or weights
#define FROM  SI  // the tile's first sums before, or sums of gradient
#define A     R8  // the first factor of the tile's rows
#define B     DX  // the first of the columns
#define ROWS  R15 // left
#define LEFT  R13 // factors of a row that are left
#define WIDTH R14 // of the tile, in bytes: 64, 128 or 192

// Registers of chains.
#define T     AX  // steps left
#define AT    BX  // factor of the tile's first row
#define AT4   R12 // and of its fifth
#define BT    CX  // row of b
#define DOWN  R10 // distance of the factors of two rows, in bytes
#define DOWN3 R11 // three times that
#define NEXT  R9  // distance of the factors of two steps, in bytes

// Registers of loads and stores, which come before and after.
#define STRIDE  AX  // distance of two rows, in bytes
#define STRIDE3 BX  // three times that
#define ROW     R12 // the tile's first row
#define ROW4    CX  // and its fifth

#define B0    Z24 // row of b
#define B1    Z25
#define B2    Z26
#define F     Z27 // factor of a row, in all lanes
#define RATE  Z28
#define BEGIN K1
#define END   K2

// TILE does op for each vector of the tile's rows, then goes to done.
#define TILE(op, done) \
	op(64*0, Z0, Z3, Z6, Z9, Z12, Z15, Z18, Z21); \
	CMPQ WIDTH, $(64*2); \
	JLT  done; \
	op(64*1, Z1, Z4, Z7, Z10, Z13, Z16, Z19, Z22); \
	JEQ  done; \
	op(64*2, Z2, Z5, Z8, Z11, Z14, Z17, Z20, Z23)

// AT_ROWS makes place the tile's rows for TILE. They are STRIDE bytes apart.
#define AT_ROWS(place) \
	MOVQ place, ROW; \
	LEAQ (STRIDE)(STRIDE*2), STRIDE3; \
	LEAQ (ROW)(STRIDE*4), ROW4

#define LOAD(d, a0, a1, a2, a3, a4, a5, a6, a7) \
	MOVU d(ROW), a0; \
	MOVU d(ROW)(STRIDE*1), a1; \
	MOVU d(ROW)(STRIDE*2), a2; \
	MOVU d(ROW)(STRIDE3*1), a3; \
	MOVU d(ROW4), a4; \
	MOVU d(ROW4)(STRIDE*1), a5; \
	MOVU d(ROW4)(STRIDE*2), a6; \
	MOVU d(ROW4)(STRIDE3*1), a7

#define STORE(d, a0, a1, a2, a3, a4, a5, a6, a7) \
	MOVU a0, d(ROW); \
	MOVU a1, d(ROW)(STRIDE*1); \
	MOVU a2, d(ROW)(STRIDE*2); \
	MOVU a3, d(ROW)(STRIDE3*1); \
	MOVU a4, d(ROW4); \
	MOVU a5, d(ROW4)(STRIDE*1); \
	MOVU a6, d(ROW4)(STRIDE*2); \
	MOVU a7, d(ROW4)(STRIDE3*1)

// a = fma(rate, a, row)
#define MOVE(d, a0, a1, a2, a3, a4, a5, a6, a7) \
	FMA213 d(ROW), RATE, a0; \
	FMA213 d(ROW)(STRIDE*1), RATE, a1; \
	FMA213 d(ROW)(STRIDE*2), RATE, a2; \
	FMA213 d(ROW)(STRIDE3*1), RATE, a3; \
	FMA213 d(ROW4), RATE, a4; \
	FMA213 d(ROW4)(STRIDE*1), RATE, a5; \
	FMA213 d(ROW4)(STRIDE*2), RATE, a6; \
	FMA213 d(ROW4)(STRIDE3*1), RATE, a7

// FETCH asks for the tile's weights: for its first, second or third part of 8 lines, as they lie side by side. They are
// needed only when the chains are done.
#define FETCH(d, a0, a1, a2, a3, a4, a5, a6, a7) \
	PREFETCHT0 (8*(d)+64*0)(C); \
	PREFETCHT0 (8*(d)+64*1)(C); \
	PREFETCHT0 (8*(d)+64*2)(C); \
	PREFETCHT0 (8*(d)+64*3)(C); \
	PREFETCHT0 (8*(d)+64*4)(C); \
	PREFETCHT0 (8*(d)+64*5)(C); \
	PREFETCHT0 (8*(d)+64*6)(C); \
	PREFETCHT0 (8*(d)+64*7)(C)

#define ZERO(d, a0, a1, a2, a3, a4, a5, a6, a7) \
	VPXORQ a0, a0, a0; \
	VPXORQ a1, a1, a1; \
	VPXORQ a2, a2, a2; \
	VPXORQ a3, a3, a3; \
	VPXORQ a4, a4, a4; \
	VPXORQ a5, a5, a5; \
	VPXORQ a6, a6, a6; \
	VPXORQ a7, a7, a7

// A row's factor times a row of b of 1, 2 or 3 vectors. The factor is loaded once for all of them: a processor with two
// units for fma has no loads to spare.

#define ADD1(factor, a0, a1, a2) \
	FMA231.BCST factor, B0, a0

#define ADD2(factor, a0, a1, a2) \
	BROADCAST factor, F; \
	FMA231    F, B0, a0; \
	FMA231    F, B1, a1

#define ADD3(factor, a0, a1, a2) \
	ADD2(factor, a0, a1, a2); \
	FMA231 F, B2, a2

#define ADDS(add) \
	add((AT), Z0, Z1, Z2); \
	add((AT)(DOWN*1), Z3, Z4, Z5); \
	add((AT)(DOWN*2), Z6, Z7, Z8); \
	add((AT)(DOWN3*1), Z9, Z10, Z11); \
	add((AT4), Z12, Z13, Z14); \
	add((AT4)(DOWN*1), Z15, Z16, Z17); \
	add((AT4)(DOWN*2), Z18, Z19, Z20); \
	add((AT4)(DOWN3*1), Z21, Z22, Z23); \
	ADDQ NEXT, AT; \
	ADDQ NEXT, AT4

// One step of all the tile's chains, with the row of b at d(BT).

#define STEP1(d) \
	MOVU (d+64*0)(BT), B0; \
	ADDS(ADD1)

#define STEP2(d) \
	MOVU (d+64*0)(BT), B0; \
	MOVU (d+64*1)(BT), B1; \
	ADDS(ADD2)

#define STEP3(d) \
	MOVU (d+64*0)(BT), B0; \
	MOVU (d+64*1)(BT), B1; \
	MOVU (d+64*2)(BT), B2; \
	ADDS(ADD3)

// STEPS does T steps, two at a time, with rows of b of that many bytes. T is odd only where a's panels end, so that BT need
// not move on then.
#define STEPS(step, bytes, two, last) \
	SUBQ $2, T; \
	JLT  last; \
	PCALIGN $64; \
two: \
	step(0); \
	step(bytes); \
	ADDQ $(2*bytes), BT; \
	SUBQ $2, T; \
	JGE  two; \
last: \
	ADDQ $2, T; \
	JEQ  done; \
	step(0)

// chains goes on with the chains of a tile for T steps, at least one, from AT and BT on, and leaves these behind them.
//
// sums[i] += a[i*DOWN + t*NEXT] * b[t], t = 0, 1, ...
TEXT chains<>(SB), NOSPLIT, $0-0
	LEAQ (AT)(DOWN*4), AT4
	CMPQ WIDTH, $(64*2)
	JLT  one
	JEQ  two
	STEPS(STEP3, 64*3, pairs3, last3)
	RET

two:
	STEPS(STEP2, 64*2, pairs2, last2)
	RET

one:
	STEPS(STEP1, 64*1, pairs1, last1)

done:
	RET
