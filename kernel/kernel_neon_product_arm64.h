// The products of matrices, for both types. A tile is 4 rows by 1 to 6 vectors, its sums stay in registers while the
// steps t go by. Each step multiplies a row of b into them: by factors of a, one for each row of the tile, which it takes
// from a lane of a register each. The names that end in a number are for tiles of so many vectors.
//
// The includer defines LANES (D2 or S4), SIZE (8 or 4) and BY (what shifts a number of elements to bytes, 3 or 2); and,
// for each routine, TAKE0 to TAKE3, which load the factors of four steps, TAKEONE, which loads those of one as if it were
// step 0, and TIMES(s, row, n, d), which sums on: d += n * the row's factor of step s.

// Registers of both products.
#define A      R2  // this tile's first factor
#define FIRSTB R3  // row 0 of b
#define ROWS   R4  // rows from this tile on
#define K      R5  // steps of a tile
#define STEPS  R6  // steps to come; in sums, of this panel
#define NEXTB  R7  // row of b that comes next
#define COUNT  R8  // vectors of a row of b
// V0-V3     factors
// V4-V7     a row's vectors
// V8-V31    sums: the first row's vectors, then the second's ...

// A row of b comes by pairs of vectors, through V4 and V5 and through V6 and V7 in turn, loaded
// before the pair ahead of it is done with: a CPU that does not reorder hardly waits then.
#define FETCHLEFT(vectors, s, v)	FLDPQ	(16*(vectors)*(s)+16*(v))(NEXTB), (F4, F5)
#define FETCHRIGHT(vectors, s, v)	FLDPQ	(16*(vectors)*(s)+16*(v))(NEXTB), (F6, F7)
#define FETCHONE(vectors, s, v)	FMOVQ	(16*(vectors)*(s)+16*(v))(NEXTB), F6

// ONE multiplies vector v of step s, in register b; LEFT and RIGHT do vectors v and v+1.
#define ONE(vectors, s, v, b) \
	TIMES(s, 0, b, 8+(v)); \
	TIMES(s, 1, b, 8+(vectors)+(v)); \
	TIMES(s, 2, b, 8+2*(vectors)+(v)); \
	TIMES(s, 3, b, 8+3*(vectors)+(v))
#define LEFT(vectors, s, v)	ONE(vectors, s, v, 4); ONE(vectors, s, (v)+1, 5)
#define RIGHT(vectors, s, v)	ONE(vectors, s, v, 6); ONE(vectors, s, (v)+1, 7)

#define STEP6(s) \
	FETCHLEFT(6, s, 0); \
	FETCHRIGHT(6, s, 2); \
	LEFT(6, s, 0); \
	FETCHLEFT(6, s, 4); \
	RIGHT(6, s, 2); \
	LEFT(6, s, 4)
#define STEP5(s) \
	FETCHLEFT(5, s, 0); \
	FETCHRIGHT(5, s, 2); \
	LEFT(5, s, 0); \
	RIGHT(5, s, 2); \
	FETCHONE(5, s, 4); \
	ONE(5, s, 4, 6)
#define STEP4(s) \
	FETCHLEFT(4, s, 0); \
	FETCHRIGHT(4, s, 2); \
	LEFT(4, s, 0); \
	RIGHT(4, s, 2)
#define STEP3(s) \
	FETCHLEFT(3, s, 0); \
	FETCHONE(3, s, 2); \
	LEFT(3, s, 0); \
	ONE(3, s, 2, 6)
#define STEP2(s) \
	FETCHLEFT(2, s, 0); \
	LEFT(2, s, 0)
#define STEP1(s) \
	FETCHONE(1, s, 0); \
	ONE(1, s, 0, 6)

// RUN sums on for STEPS steps, at least 1, and ends at done. NEXTB and the factors' addresses move along.
#define RUN(vectors, STEP, four, rest, one, done) \
	SUBS	$4, STEPS; \
	BLT	rest; \
four: \
	TAKE0; \
	STEP(0); \
	TAKE1; \
	STEP(1); \
	TAKE2; \
	STEP(2); \
	TAKE3; \
	STEP(3); \
	ADD	$(64*(vectors)), NEXTB; \
	SUBS	$4, STEPS; \
	BGE	four; \
rest: \
	ADDS	$4, STEPS; \
	BEQ	done; \
one: \
	TAKEONE; \
	STEP(0); \
	ADD	$(16*(vectors)), NEXTB; \
	SUBS	$1, STEPS; \
	BNE	one; \
done:

// The rows of a tile lie one after the other, as its sums do in the registers: EACH does something to each four of them,
// which are 64 bytes from offset on.
#define EACH1(DO)	DO(0, V8, V9, V10, V11)
#define EACH2(DO)	EACH1(DO); DO(64, V12, V13, V14, V15)
#define EACH3(DO)	EACH2(DO); DO(128, V16, V17, V18, V19)
#define EACH4(DO)	EACH3(DO); DO(192, V20, V21, V22, V23)
#define EACH5(DO)	EACH4(DO); DO(256, V24, V25, V26, V27)
#define EACH6(DO)	EACH5(DO); DO(320, V28, V29, V30, V31)

// EACHCOUNT goes to the label of so many vectors.
#define EACHCOUNT(one, two, three, four, five, six) \
	CMP	$2, COUNT; \
	BLT	one; \
	BEQ	two; \
	CMP	$4, COUNT; \
	BLT	three; \
	BEQ	four; \
	CMP	$6, COUNT; \
	BLT	five; \
	B	six

// Sums. The panels of a that a tile's steps go through have a row of the tile in WIDTH elements each.

#define C      R0  // this tile's sums, in memory
#define FROM   R1  // what its sums go on from, next row
#define FROMNUMBER 1
#define STRIDE R9  // bytes from row to row of from
#define WIDTH  R10 // steps of a panel
#define BELOW  R11 // bytes from row to row of a
#define JUMP   R12 // bytes from the end of a row to the same row's beginning in the next panel
#define MORE   R13 // steps to come in panels after this one
#define A0     R14 // the rows' next factors
#define A1     R15
#define A2     R16
#define A3     R17

// FROMROW takes a row of sums, into registers from d on.
#define FROMROW1(d)	LDRQ(0, FROMNUMBER, d)
#define FROMROW2(d)	FROMROW1(d); LDRQ(16, FROMNUMBER, (d)+1)
#define FROMROW3(d)	FROMROW2(d); LDRQ(32, FROMNUMBER, (d)+2)
#define FROMROW4(d)	FROMROW3(d); LDRQ(48, FROMNUMBER, (d)+3)
#define FROMROW5(d)	FROMROW4(d); LDRQ(64, FROMNUMBER, (d)+4)
#define FROMROW6(d)	FROMROW5(d); LDRQ(80, FROMNUMBER, (d)+5)

#define STORESUMS(offset, v0, v1, v2, v3)	VST1.P	[v0.LANES, v1.LANES, v2.LANES, v3.LANES], 64(C)

// SUMS does all tiles.
#define SUMS(vectors, FROMROW, STEP, EACH, tile, panel, four, rest, one, done) \
tile: \
	FROMROW(8); \
	ADD	STRIDE, FROM; \
	FROMROW(8+(vectors)); \
	ADD	STRIDE, FROM; \
	FROMROW(8+2*(vectors)); \
	ADD	STRIDE, FROM; \
	FROMROW(8+3*(vectors)); \
	ADD	STRIDE, FROM; \
	MOVD	A, A0; \
	ADD	BELOW, A0, A1; \
	ADD	BELOW, A1, A2; \
	ADD	BELOW, A2, A3; \
	ADD	BELOW, A3, A; \
	MOVD	FIRSTB, NEXTB; \
	MOVD	K, MORE; \
panel: \
	CMP	WIDTH, MORE; \
	CSEL	LT, MORE, WIDTH, STEPS; \
	SUB	STEPS, MORE; \
	RUN(vectors, STEP, four, rest, one, done); \
	ADD	JUMP, A0; \
	ADD	JUMP, A1; \
	ADD	JUMP, A2; \
	ADD	JUMP, A3; \
	CBNZ	MORE, panel; \
	EACH(STORESUMS); \
	SUBS	$4, ROWS; \
	BNE	tile; \
	RET

#define SUMS1	SUMS(1, FROMROW1, STEP1, EACH1, tile1, panel1, four1, rest1, one1, done1)
#define SUMS2	SUMS(2, FROMROW2, STEP2, EACH2, tile2, panel2, four2, rest2, one2, done2)
#define SUMS3	SUMS(3, FROMROW3, STEP3, EACH3, tile3, panel3, four3, rest3, one3, done3)
#define SUMS4	SUMS(4, FROMROW4, STEP4, EACH4, tile4, panel4, four4, rest4, one4, done4)
#define SUMS5	SUMS(5, FROMROW5, STEP5, EACH5, tile5, panel5, four5, rest5, one5, done5)
#define SUMS6	SUMS(6, FROMROW6, STEP6, EACH6, tile6, panel6, four6, rest6, one6, done6)

// Gradient. The factors of a tile's rows lie side by side.

#define W       R0  // this tile's weights
#define G       R1  // its sums, where the part before kept them
#define KEPT    R9  // its sums, where they are kept for the next part: the same place
#define NEXTA   R10 // factors that come next
#define STRIDEA R11 // bytes from step to step of a
#define RATE    R12 // address of the rate
#define BEGIN   R13
#define END     R14

#define LOADSUMS(offset, v0, v1, v2, v3)	VLD1.P	64(G), [v0.LANES, v1.LANES, v2.LANES, v3.LANES]
#define KEEPSUMS(offset, v0, v1, v2, v3)	VST1.P	[v0.LANES, v1.LANES, v2.LANES, v3.LANES], 64(KEPT)
#define CLEARSUMS(offset, v0, v1, v2, v3) \
	VMOVI	$0, v0.B16; \
	VMOVI	$0, v1.B16; \
	VMOVI	$0, v2.B16; \
	VMOVI	$0, v3.B16

// The weights may come from far. The sums take long enough for that.
#define CALLWEIGHTS(offset, v0, v1, v2, v3)	PRFM	offset(W), PSTL1KEEP

// MOVEWEIGHTS: w += rate * sum, with the rate in V7.
#define MOVEWEIGHTS(offset, v0, v1, v2, v3) \
	VLD1	(W), [V0.LANES, V1.LANES, V2.LANES, V3.LANES]; \
	VFMLA	v0.LANES, V7.LANES, V0.LANES; \
	VFMLA	v1.LANES, V7.LANES, V1.LANES; \
	VFMLA	v2.LANES, V7.LANES, V2.LANES; \
	VFMLA	v3.LANES, V7.LANES, V3.LANES; \
	VST1.P	[V0.LANES, V1.LANES, V2.LANES, V3.LANES], 64(W)

// GRADIENT does all tiles.
#define GRADIENT(vectors, STEP, EACH, tile, go, four, rest, one, done, keep, next) \
tile: \
	EACH(CLEARSUMS); \
	CBNZ	BEGIN, go; \
	EACH(LOADSUMS); \
go: \
	EACH(CALLWEIGHTS); \
	MOVD	A, NEXTA; \
	MOVD	FIRSTB, NEXTB; \
	MOVD	K, STEPS; \
	RUN(vectors, STEP, four, rest, one, done); \
	CBZ	END, keep; \
	VLD1R	(RATE), [V7.LANES]; \
	EACH(MOVEWEIGHTS); \
	B	next; \
keep: \
	EACH(KEEPSUMS); \
next: \
	ADD	$(4*SIZE), A; \
	SUBS	$4, ROWS; \
	BNE	tile; \
	RET

#define GRADIENT1	GRADIENT(1, STEP1, EACH1, tile1, go1, four1, rest1, one1, done1, keep1, next1)
#define GRADIENT2	GRADIENT(2, STEP2, EACH2, tile2, go2, four2, rest2, one2, done2, keep2, next2)
#define GRADIENT3	GRADIENT(3, STEP3, EACH3, tile3, go3, four3, rest3, one3, done3, keep3, next3)
#define GRADIENT4	GRADIENT(4, STEP4, EACH4, tile4, go4, four4, rest4, one4, done4, keep4, next4)
#define GRADIENT5	GRADIENT(5, STEP5, EACH5, tile5, go5, four5, rest5, one5, done5, keep5, next5)
#define GRADIENT6	GRADIENT(6, STEP6, EACH6, tile6, go6, four6, rest6, one6, done6, keep6, next6)
