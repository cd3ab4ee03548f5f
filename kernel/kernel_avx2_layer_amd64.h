// The shape of the AVX2 routines that walk over a matrix of weights, for either type. The including file defines the
// type's instructions (VLOAD, VSTORE, VMASK, VSPREAD, VXOR, VFMA132, VFMA213, VFMA231) and its sizes (SIZE, LOGSIZE, LANES,
// LOGLANES); before each routine it names the parts of the routine's loops:
//
//	ROW(i, x, last)              broadcast what belongs to row ROWNO+i
//	BEGIN(LOAD, off, acc, delta) load what belongs to a vector of columns
//	STEP(LOAD, STORE, weights, x, last, acc, delta)
//	END(STORE, off, acc)         store the sums of a vector of columns

// General registers. XP and LP point to one element for each row, YP and DP to one for each column.
#define YP      DI  // sums
#define WP      SI  // weights
#define DP      BX  // factors of the update, by column
#define LP      R8  // factors of the update, by row
#define XP      R9  // factors of the sums, by row
#define ROWS    R10
#define COLUMNS R11 // in elements
#define STRIDE  R12 // of the weights, in bytes after LAYER's first lines
#define STRIDE3 R13
#define WIDTH   AX  // bytes of a row's whole vectors
#define WALK    R14 // the weights in work
#define SKIP    R15 // from the end of some rows to the next ones
#define ROWNO   DX
#define OFFSET  CX  // of the columns in work, in bytes

// Vector registers.
#define ACC0  Y0
#define ACC1  Y1
#define ACC2  Y2
#define DEL0  Y3
#define DEL1  Y4
#define DEL2  Y5
#define X0VEC Y6
#define X1VEC Y7
#define X2VEC Y8
#define X3VEC Y9
#define L0VEC Y10
#define L1VEC Y11
#define L2VEC Y12
#define L3VEC Y5    // where only DEL0 is in use
#define MASK  Y12   // where only L0VEC is in use
#define NEWW  Y13
#define GRAD  Y14
#define RATE  Y15

// Loads and stores of a whole vector, and of a row's tail.
#define WHOLE_LOAD(mem, v)  VLOAD mem, v
#define WHOLE_STORE(v, mem) VSTORE v, mem
#define TAIL_LOAD(mem, v)   VMASK mem, MASK, v
#define TAIL_STORE(v, mem)  VMASK v, MASK, mem

// ---- The parts of the routines.

#define SUM_ROW(i, x, last) \
	VSPREAD (i*SIZE)(XP)(ROWNO*SIZE), x
#define UPDATE_ROW(i, x, last) \
	VSPREAD (i*SIZE)(LP)(ROWNO*SIZE), last
#define BOTH_ROW(i, x, last) \
	VSPREAD (i*SIZE)(LP)(ROWNO*SIZE), last; \
	VSPREAD (i*SIZE)(XP)(ROWNO*SIZE), x

#define SUM_BEGIN(LOAD, off, acc, delta) \
	LOAD(off(YP)(OFFSET*1), acc)
#define UPDATE_BEGIN(LOAD, off, acc, delta) \
	LOAD(off(DP)(OFFSET*1), delta)
#define BOTH_BEGIN(LOAD, off, acc, delta) \
	LOAD(off(YP)(OFFSET*1), acc); \
	LOAD(off(DP)(OFFSET*1), delta)

#define SUM_END(STORE, off, acc) \
	STORE(acc, off(YP)(OFFSET*1))
#define UPDATE_END(STORE, off, acc)

#define FORWARD_STEP(LOAD, STORE, weights, x, last, acc, delta) \
	LOAD(weights, NEWW); \
	VFMA231 NEWW, x, acc  // acc = w x + acc

// GRADIENT is fma(delta, last, +0): a product alone would keep the sign of a zero.
#define GRADIENT(last, delta) \
	VXOR    GRAD, GRAD, GRAD; \
	VFMA231 delta, last, GRAD

#define UPDATE_STEP(LOAD, STORE, weights, x, last, acc, delta) \
	LOAD(weights, NEWW);      \
	GRADIENT(last, delta);    \
	VFMA231 GRAD, RATE, NEWW; \ // w = rate G + w
	STORE(NEWW, weights)

#define UPDATE_FORWARD_STEP(LOAD, STORE, weights, x, last, acc, delta) \
	UPDATE_STEP(LOAD, STORE, weights, x, last, acc, delta); \
	VFMA231 NEWW, x, acc      // acc = w x + acc, with the new w

#define SEND_BACK_STEP(LOAD, STORE, weights, x, last, acc, delta) \
	LOAD(weights, NEWW);      \
	GRADIENT(last, delta);    \
	VFMA231 NEWW, x, acc;     \ // acc = w v + acc, with the old w
	VFMA231 GRAD, RATE, NEWW; \ // w = rate G + w
	STORE(NEWW, weights)

// ---- The walk.

// LAYER walks over all rows for all columns. Four vectors or more of columns: four rows at a time from left to right, so
// that the sums, which wait in the nearest cache, cost little, and the weights are read in order. Up to three vectors: the
// sums stay in registers from the first row to the last. The rest of a row, less than a vector, is a walk of its own.
#define LAYER \
	SHLQ  $LOGSIZE, STRIDE;                                            \
	LEAQ  (STRIDE)(STRIDE*2), STRIDE3;                                 \
	TESTQ ROWS, ROWS;                                                  \
	JEQ   done;                                                        \
	MOVQ  COLUMNS, WIDTH;                                              \
	SHRQ  $LOGLANES, WIDTH;                                            \
	SHLQ  $5, WIDTH;                                                   \
	XORL  ROWNO, ROWNO;                                                \
	XORL  OFFSET, OFFSET;                                              \
	MOVQ  WP, WALK;                                                    \
	CMPQ  WIDTH, $64;                                                  \
	JEQ   two;                                                         \
	JLT   oneOrNone;                                                   \
	CMPQ  WIDTH, $96;                                                  \
	JEQ   three;                                                       \
	MANY_COLUMNS                                                       \
	JMP   tail;                                                        \
three:                                                                     \
	BEGIN(WHOLE_LOAD, 0, ACC0, DEL0);                                  \
	BEGIN(WHOLE_LOAD, 32, ACC1, DEL1);                                 \
	BEGIN(WHOLE_LOAD, 64, ACC2, DEL2);                                 \
threeRow:                                                                  \
	ROW(0, X0VEC, L0VEC);                                              \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK), X0VEC, L0VEC, ACC0, DEL0);   \
	STEP(WHOLE_LOAD, WHOLE_STORE, 32(WALK), X0VEC, L0VEC, ACC1, DEL1); \
	STEP(WHOLE_LOAD, WHOLE_STORE, 64(WALK), X0VEC, L0VEC, ACC2, DEL2); \
	NEXT_ROW(threeRow)                                                 \
	END(WHOLE_STORE, 0, ACC0);                                         \
	END(WHOLE_STORE, 32, ACC1);                                        \
	END(WHOLE_STORE, 64, ACC2);                                        \
	JMP   tail;                                                        \
two:                                                                       \
	BEGIN(WHOLE_LOAD, 0, ACC0, DEL0);                                  \
	BEGIN(WHOLE_LOAD, 32, ACC1, DEL1);                                 \
twoRow:                                                                    \
	ROW(0, X0VEC, L0VEC);                                              \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK), X0VEC, L0VEC, ACC0, DEL0);   \
	STEP(WHOLE_LOAD, WHOLE_STORE, 32(WALK), X0VEC, L0VEC, ACC1, DEL1); \
	NEXT_ROW(twoRow)                                                   \
	END(WHOLE_STORE, 0, ACC0);                                         \
	END(WHOLE_STORE, 32, ACC1);                                        \
	JMP   tail;                                                        \
oneOrNone:                                                                 \
	TESTQ WIDTH, WIDTH;                                                \
	JEQ   tail;                                                        \
	BEGIN(WHOLE_LOAD, 0, ACC0, DEL0);                                  \
oneRow:                                                                    \
	ROW(0, X0VEC, L0VEC);                                              \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK), X0VEC, L0VEC, ACC0, DEL0);   \
	NEXT_ROW(oneRow)                                                   \
	END(WHOLE_STORE, 0, ACC0);                                         \
tail:                                                                      \
	ANDQ  $(LANES-1), COLUMNS;                                         \
	JEQ   done;                                                        \
	SHLQ  $LOGSIZE, COLUMNS;                                           \
	LEAQ  masks<>+32(SB), OFFSET;                                      \
	SUBQ  COLUMNS, OFFSET;                                             \
	VMOVUPS (OFFSET), MASK;                                            \ // ones in the first COLUMNS bytes
	XORL  ROWNO, ROWNO;                                                \
	MOVQ  WIDTH, OFFSET;                                               \
	LEAQ  (WP)(WIDTH*1), WALK;                                         \
	BEGIN(TAIL_LOAD, 0, ACC0, DEL0);                                   \
tailRow:                                                                   \
	ROW(0, X0VEC, L0VEC);                                              \
	STEP(TAIL_LOAD, TAIL_STORE, (WALK), X0VEC, L0VEC, ACC0, DEL0);     \
	NEXT_ROW(tailRow)                                                  \
	END(TAIL_STORE, 0, ACC0);                                          \
done:                                                                      \
	VZEROUPPER

#define NEXT_ROW(loop) \
	ADDQ STRIDE, WALK; \
	INCQ ROWNO;        \
	CMPQ ROWNO, ROWS;  \
	JNE  loop;

#define MANY_COLUMNS \
	LEAQ (STRIDE)(STRIDE3*1), SKIP;                                             \
	SUBQ WIDTH, SKIP;                                                           \
fourRows:                                                                           \
	LEAQ 4(ROWNO), OFFSET;                                                      \
	CMPQ OFFSET, ROWS;                                                          \
	JGT  lastRows;                                                              \
	ROW(0, X0VEC, L0VEC);                                                       \
	ROW(1, X1VEC, L1VEC);                                                       \
	ROW(2, X2VEC, L2VEC);                                                       \
	ROW(3, X3VEC, L3VEC);                                                       \
	XORL OFFSET, OFFSET;                                                        \
fourRowsVector:                                                                     \
	BEGIN(WHOLE_LOAD, 0, ACC0, DEL0);                                           \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK), X0VEC, L0VEC, ACC0, DEL0);            \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK)(STRIDE*1), X1VEC, L1VEC, ACC0, DEL0);  \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK)(STRIDE*2), X2VEC, L2VEC, ACC0, DEL0);  \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK)(STRIDE3*1), X3VEC, L3VEC, ACC0, DEL0); \
	END(WHOLE_STORE, 0, ACC0);                                                  \
	ADDQ $32, WALK;                                                             \
	ADDQ $32, OFFSET;                                                           \
	CMPQ OFFSET, WIDTH;                                                         \
	JNE  fourRowsVector;                                                        \
	ADDQ SKIP, WALK;                                                            \
	ADDQ $4, ROWNO;                                                             \
	JMP  fourRows;                                                              \
lastRows:                                                                           \
	MOVQ STRIDE, SKIP;                                                          \
	SUBQ WIDTH, SKIP;                                                           \
lastRow:                                                                            \
	CMPQ ROWNO, ROWS;                                                           \
	JGE  tail;                                                                  \
	ROW(0, X0VEC, L0VEC);                                                       \
	XORL OFFSET, OFFSET;                                                        \
lastRowVector:                                                                      \
	BEGIN(WHOLE_LOAD, 0, ACC0, DEL0);                                           \
	STEP(WHOLE_LOAD, WHOLE_STORE, (WALK), X0VEC, L0VEC, ACC0, DEL0);            \
	END(WHOLE_STORE, 0, ACC0);                                                  \
	ADDQ $32, WALK;                                                             \
	ADDQ $32, OFFSET;                                                           \
	CMPQ OFFSET, WIDTH;                                                         \
	JNE  lastRowVector;                                                         \
	ADDQ SKIP, WALK;                                                            \
	INCQ ROWNO;                                                                 \
	JMP  lastRow;
