// The products of matrices, for either type: tiles of 4 rows by 3, 2 or 1 vectors of columns, as many as a panel has; where
// it has 1, of 8 rows while there are so many, since 4 sums would wait for each other. A tile's sums stay in registers from
// its first step to its last. The including file defines the type's instructions (VLOAD, VSTORE, VSPREAD, VFMA213,
// VFMA231) and its sizes (SIZE, LOGSIZE, LANES).

// General registers of both routines.
#define C       DI  // the tile's rows of the result
#define A       R8  // the tile's first factors
#define B       R9
#define ROWS    R10 // left
#define NEXTA   AX  // factors of the step to come
#define NEXTB   BX
#define STEPS   CX  // left
#define COLUMNS CX  // before the first step

// Those of sums.
#define FROM    SI  // what the tile's sums start from
#define STEP    R12 // from row to row there, in bytes
#define WIDTH   R13 // from row to row of a, in bytes
#define WIDTH3  R14
#define JUMP    R15 // from the end of a row of a to its next panel, in bytes
#define RUN     DX  // steps left in this panel
#define BELOW   R11 // factors of the fifth row, of 8
#define AHEAD   R11 // what the next call is likely to want as b, where rows are of 3 vectors

// Those of gradient.
#define G       SI  // the tile's sums so far
#define LINE    R12 // from step to step in a, in bytes
#define LINE3   R13
#define BEGIN   DX
#define END     R14

// Vector registers: the sums by row and vector, those of rows 4 to 7 in place of vector 1, and what a step takes.
#define S00 Y0
#define S01 Y1
#define S02 Y2
#define S10 Y3
#define S11 Y4
#define S12 Y5
#define S20 Y6
#define S21 Y7
#define S22 Y8
#define S30 Y9
#define S31 Y10
#define S32 Y11
#define S40 Y1
#define S50 Y4
#define S60 Y7
#define S70 Y10
#define B0  Y12
#define B1  Y13
#define B2  Y14
#define X   Y15

// ---- Step t after NEXTB: sums += factors of the rows, which are where a0 to a7 say, times those of the columns.

#define ROW3(a, s0, s1, s2) \
	VSPREAD a, X;      \
	VFMA231 B0, X, s0; \
	VFMA231 B1, X, s1; \
	VFMA231 B2, X, s2

#define ROW2(a, s0, s1) \
	VSPREAD a, X;      \
	VFMA231 B0, X, s0; \
	VFMA231 B1, X, s1

#define ROW1(a, s0) \
	VSPREAD a, X; \
	VFMA231 B0, X, s0

#define STEP3(t, a0, a1, a2, a3) \
	VLOAD (t*96)(NEXTB), B0;    \
	VLOAD (t*96+32)(NEXTB), B1; \
	VLOAD (t*96+64)(NEXTB), B2; \
	ROW3(a0, S00, S01, S02);    \
	ROW3(a1, S10, S11, S12);    \
	ROW3(a2, S20, S21, S22);    \
	ROW3(a3, S30, S31, S32)

#define STEP2(t, a0, a1, a2, a3) \
	VLOAD (t*64)(NEXTB), B0;    \
	VLOAD (t*64+32)(NEXTB), B1; \
	ROW2(a0, S00, S01);         \
	ROW2(a1, S10, S11);         \
	ROW2(a2, S20, S21);         \
	ROW2(a3, S30, S31)

#define STEP1(t, a0, a1, a2, a3) \
	VLOAD (t*32)(NEXTB), B0; \
	ROW1(a0, S00);           \
	ROW1(a1, S10);           \
	ROW1(a2, S20);           \
	ROW1(a3, S30)

#define STEP1BELOW(a4, a5, a6, a7) \
	ROW1(a4, S40); \
	ROW1(a5, S50); \
	ROW1(a6, S60); \
	ROW1(a7, S70)

// ---- A tile: op for each of its sums, with the sum's place in the tile at p.

#define TILE3(op, p) \
	op(0(p), S00);   \
	op(32(p), S01);  \
	op(64(p), S02);  \
	op(96(p), S10);  \
	op(128(p), S11); \
	op(160(p), S12); \
	op(192(p), S20); \
	op(224(p), S21); \
	op(256(p), S22); \
	op(288(p), S30); \
	op(320(p), S31); \
	op(352(p), S32)

#define TILE2(op, p) \
	op(0(p), S00);   \
	op(32(p), S01);  \
	op(64(p), S10);  \
	op(96(p), S11);  \
	op(128(p), S20); \
	op(160(p), S21); \
	op(192(p), S30); \
	op(224(p), S31)

#define TILE1(op, p) \
	op(0(p), S00);  \
	op(32(p), S10); \
	op(64(p), S20); \
	op(96(p), S30)

#define TILE8(op, p) \
	TILE1(op, p);    \
	op(128(p), S40); \
	op(160(p), S50); \
	op(192(p), S60); \
	op(224(p), S70)

#define FETCH(mem, s) VLOAD mem, s
#define STORE(mem, s) VSTORE s, mem
#define ZERO(mem, s)  VXORPS s, s, s
#define MOVE(mem, s)  VFMA213 mem, X, s; VSTORE s, mem // w = s rate + w, with the rate in X

// ---- sums

// Starts load a tile's sums, from rows that lie STEP apart.
#define START3 \
	LEAQ  (FROM)(STEP*2), NEXTB;  \
	VLOAD (FROM), S00;            \
	VLOAD 32(FROM), S01;          \
	VLOAD 64(FROM), S02;          \
	VLOAD (FROM)(STEP*1), S10;    \
	VLOAD 32(FROM)(STEP*1), S11;  \
	VLOAD 64(FROM)(STEP*1), S12;  \
	VLOAD (NEXTB), S20;           \
	VLOAD 32(NEXTB), S21;         \
	VLOAD 64(NEXTB), S22;         \
	VLOAD (NEXTB)(STEP*1), S30;   \
	VLOAD 32(NEXTB)(STEP*1), S31; \
	VLOAD 64(NEXTB)(STEP*1), S32; \
	LEAQ  (FROM)(STEP*4), FROM

#define START2 \
	LEAQ  (FROM)(STEP*2), NEXTB;  \
	VLOAD (FROM), S00;            \
	VLOAD 32(FROM), S01;          \
	VLOAD (FROM)(STEP*1), S10;    \
	VLOAD 32(FROM)(STEP*1), S11;  \
	VLOAD (NEXTB), S20;           \
	VLOAD 32(NEXTB), S21;         \
	VLOAD (NEXTB)(STEP*1), S30;   \
	VLOAD 32(NEXTB)(STEP*1), S31; \
	LEAQ  (FROM)(STEP*4), FROM

#define START_ROWS(s0, s1, s2, s3) \
	LEAQ  (FROM)(STEP*2), NEXTB; \
	VLOAD (FROM), s0;            \
	VLOAD (FROM)(STEP*1), s1;    \
	VLOAD (NEXTB), s2;           \
	VLOAD (NEXTB)(STEP*1), s3;   \
	LEAQ  (FROM)(STEP*4), FROM

#define START1 START_ROWS(S00, S10, S20, S30)

#define START8 \
	START_ROWS(S00, S10, S20, S30); \
	START_ROWS(S40, S50, S60, S70)

// PREFETCH brings some of what comes after b nearer. The 32 tiles of 128 rows fetch as much as a call takes.
#define PREFETCH \
	PREFETCHT1 (AHEAD);    \
	PREFETCHT1 64(AHEAD);  \
	PREFETCHT1 128(AHEAD); \
	PREFETCHT1 192(AHEAD); \
	PREFETCHT1 256(AHEAD); \
	PREFETCHT1 320(AHEAD); \
	PREFETCHT1 384(AHEAD); \
	PREFETCHT1 448(AHEAD); \
	PREFETCHT1 512(AHEAD); \
	PREFETCHT1 576(AHEAD); \
	ADDQ       $640, AHEAD

#define START3AHEAD \
	START3; \
	PREFETCH

// Step t of sums after NEXTA and NEXTB.
#define SUMS_STEP(STEPV, t) \
	STEPV(t, (t*SIZE)(NEXTA), (t*SIZE)(NEXTA)(WIDTH*1), (t*SIZE)(NEXTA)(WIDTH*2), (t*SIZE)(NEXTA)(WIDTH3*1))
#define SUMS_STEP3(t) SUMS_STEP(STEP3, t)
#define SUMS_STEP2(t) SUMS_STEP(STEP2, t)
#define SUMS_STEP1(t) SUMS_STEP(STEP1, t)
#define SUMS_STEP8(t) \
	SUMS_STEP1(t);                \
	LEAQ (NEXTA)(WIDTH*4), BELOW; \
	STEP1BELOW((t*SIZE)(BELOW), (t*SIZE)(BELOW)(WIDTH*1), (t*SIZE)(BELOW)(WIDTH*2), (t*SIZE)(BELOW)(WIDTH3*1))

// SUMS_TILES does tiles of so many rows and vectors, at least one, while there are enough rows.
#define SUMS_TILES(rows, vectors, START, ADVANCE, TILE, tile, panel, four, rest, one, next) \
tile:                                   \
	START;                          \
	MOVQ    A, NEXTA;               \
	MOVQ    B, NEXTB;               \
	MOVQ    k+48(FP), STEPS;        \
panel:                                  \
	MOVQ    width+64(FP), RUN;      \
	CMPQ    STEPS, RUN;             \
	CMOVQLT STEPS, RUN;             \
	SUBQ    RUN, STEPS;             \
	SUBQ    $4, RUN;                \
	JLT     rest;                   \
four:                                   \
	ADVANCE(0);                     \
	ADVANCE(1);                     \
	ADVANCE(2);                     \
	ADVANCE(3);                     \
	ADDQ    $(4*SIZE), NEXTA;       \
	ADDQ    $(4*32*vectors), NEXTB; \
	SUBQ    $4, RUN;                \
	JGE     four;                   \
rest:                                   \
	ADDQ    $4, RUN;                \
	JEQ     next;                   \
one:                                    \
	ADVANCE(0);                     \
	ADDQ    $SIZE, NEXTA;           \
	ADDQ    $(32*vectors), NEXTB;   \
	DECQ    RUN;                    \
	JNE     one;                    \
next:                                   \
	ADDQ    JUMP, NEXTA;            \
	TESTQ   STEPS, STEPS;           \
	JNE     panel;                  \
	TILE(STORE, C);                 \
	ADDQ    $(rows*32*vectors), C;  \
	LEAQ    (A)(WIDTH*rows), A;     \
	SUBQ    $rows, ROWS;            \
	CMPQ    ROWS, $rows;            \
	JGE     tile

// SUMS is the routine sums, once its arguments are in registers, with strides still in elements.
#define SUMS \
	SHLQ  $LOGSIZE, STEP;           \
	SHLQ  $LOGSIZE, WIDTH;          \
	SHLQ  $LOGSIZE, JUMP;           \
	SUBQ  WIDTH, JUMP;              \
	LEAQ  (WIDTH)(WIDTH*2), WIDTH3; \
	CMPQ  COLUMNS, $(2*LANES);      \
	JEQ   twoVectors;               \
	JLT   oneVector;                \
	MOVQ  k+48(FP), AHEAD;          \
	IMULQ $96, AHEAD;               \
	ADDQ  B, AHEAD;                 \
	SUMS_TILES(4, 3, START3AHEAD, SUMS_STEP3, TILE3, tile3, panel3, four3, rest3, one3, next3);\
	JMP   done;                     \
twoVectors:                             \
	SUMS_TILES(4, 2, START2, SUMS_STEP2, TILE2, tile2, panel2, four2, rest2, one2, next2);\
	JMP   done;                     \
oneVector:                              \
	CMPQ  ROWS, $8;                 \
	JLT   fourRows;                 \
	SUMS_TILES(8, 1, START8, SUMS_STEP8, TILE8, tile8, panel8, four8, rest8, one8, next8);\
	TESTQ ROWS, ROWS;               \
	JEQ   done;                     \
fourRows:                               \
	SUMS_TILES(4, 1, START1, SUMS_STEP1, TILE1, tile1, panel1, four1, rest1, one1, next1);\
done:                                   \
	VZEROUPPER

// ---- gradient

// Step t of gradient after NEXTB, with the rows' factors side by side at a place.
#define GRADIENT_STEP(STEPV, t, place) \
	STEPV(t, (0*SIZE)place, (1*SIZE)place, (2*SIZE)place, (3*SIZE)place)
#define GRADIENT_STEP3(t, place) GRADIENT_STEP(STEP3, t, place)
#define GRADIENT_STEP2(t, place) GRADIENT_STEP(STEP2, t, place)
#define GRADIENT_STEP1(t, place) GRADIENT_STEP(STEP1, t, place)
#define GRADIENT_STEP8(t, place) \
	GRADIENT_STEP1(t, place); \
	STEP1BELOW((4*SIZE)place, (5*SIZE)place, (6*SIZE)place, (7*SIZE)place)

// GRADIENT_TILES does tiles of so many rows and vectors, at least one, while there are enough rows. The weights, which it
// needs at a tile's end, come from far away.
#define GRADIENT_TILES(rows, vectors, ADVANCE, TILE, tile, begin, run, four, rest, one, finish, end, next) \
tile:                                   \
	PREFETCHT0 (C);                 \
	PREFETCHT0 64(C);               \
	PREFETCHT0 128(C);              \
	PREFETCHT0 192(C);              \
	PREFETCHT0 256(C);              \
	PREFETCHT0 320(C);              \
	MOVQ    A, NEXTA;               \
	MOVQ    B, NEXTB;               \
	MOVQ    k+48(FP), STEPS;        \
	TESTB   BEGIN, BEGIN;           \
	JNE     begin;                  \
	TILE(FETCH, G);                 \
	JMP     run;                    \
begin:                                  \
	TILE(ZERO, G);                  \
run:                                    \
	SUBQ    $4, STEPS;              \
	JLT     rest;                   \
four:                                   \
	ADVANCE(0, (NEXTA));            \
	ADVANCE(1, (NEXTA)(LINE*1));    \
	ADVANCE(2, (NEXTA)(LINE*2));    \
	ADVANCE(3, (NEXTA)(LINE3*1));   \
	LEAQ    (NEXTA)(LINE*4), NEXTA; \
	ADDQ    $(4*32*vectors), NEXTB; \
	SUBQ    $4, STEPS;              \
	JGE     four;                   \
rest:                                   \
	ADDQ    $4, STEPS;              \
	JEQ     finish;                 \
one:                                    \
	ADVANCE(0, (NEXTA));            \
	ADDQ    LINE, NEXTA;            \
	ADDQ    $(32*vectors), NEXTB;   \
	DECQ    STEPS;                  \
	JNE     one;                    \
finish:                                 \
	TESTB   END, END;               \
	JNE     end;                    \
	TILE(STORE, G);                 \
	JMP     next;                   \
end:                                    \
	VSPREAD rate+64(FP), X;         \
	TILE(MOVE, C);                  \
next:                                   \
	ADDQ    $(rows*32*vectors), C;  \
	ADDQ    $(rows*32*vectors), G;  \
	ADDQ    $(rows*SIZE), A;        \
	SUBQ    $rows, ROWS;            \
	CMPQ    ROWS, $rows;            \
	JGE     tile

// GRADIENT is the routine gradient, once its arguments are in registers, with the stride still in elements.
#define GRADIENT \
	SHLQ  $LOGSIZE, LINE;        \
	LEAQ  (LINE)(LINE*2), LINE3; \
	CMPQ  COLUMNS, $(2*LANES);   \
	JEQ   twoVectors;            \
	JLT   oneVector;             \
	GRADIENT_TILES(4, 3, GRADIENT_STEP3, TILE3, tile3, begin3, run3, four3, rest3, one3, finish3, end3, next3);\
	JMP   done;                  \
twoVectors:                          \
	GRADIENT_TILES(4, 2, GRADIENT_STEP2, TILE2, tile2, begin2, run2, four2, rest2, one2, finish2, end2, next2);\
	JMP   done;                  \
oneVector:                           \
	CMPQ  ROWS, $8;              \
	JLT   fourRows;              \
	GRADIENT_TILES(8, 1, GRADIENT_STEP8, TILE8, tile8, begin8, run8, four8, rest8, one8, finish8, end8, next8);\
	TESTQ ROWS, ROWS;            \
	JEQ   done;                  \
fourRows:                            \
	GRADIENT_TILES(4, 1, GRADIENT_STEP1, TILE1, tile1, begin1, run1, four1, rest1, one1, finish1, end1, next1);\
done:                                \
	VZEROUPPER
