// Registers and steps of the routines over a layer's weights, for both element types. Whoever includes this defines
//
//	LOG_SIZE, SIZE        of an element in bytes
//	LOG_LANES, LANES      elements in a vector
//	MOVU, BROADCAST, FMA231, FMA213
//	ACTIVATE              a local function: T = act(T), and DONE &= the lanes where it did

#define Y        DI  // the sums' place: y or g
#define W        SI  // the panel's first row of weights
#define LANE     DX  // operand along the columns: delta, or x in sendBackUpdate
#define A        R8  // scalars of the update, one a row: last, or delta in sendBackUpdate
#define B        R9  // scalars of the sums, one a row: x, or v in sendBackUpdate
#define K        R10 // rows; in bytes of A and B
#define J        R11 // columns left
#define STRIDE   R12 // from row to row, in bytes
#define N        R13 // the panel's full vectors, in bytes
#define TAIL     CX  // columns in the panel's partial vector
#define COLUMNS  R14 // columns in the panel
#define ROW      BX  // the panel's part of the current row
#define I        AX  // index of the row's scalars, in bytes
#define ACT      R15

#define ACCTAIL  Z13 // the sums are Z0 to Z13
#define T        Z14
#define TX       X14
#define AK       Z15 // A[k] in all lanes
#define AKX      X15
#define LANETAIL Z29 // the operands along the columns are Z16 to Z29
#define RATE     Z30
#define BK       Z31 // B[k] in all lanes

#define TAILMASK K1
#define DONE     K7

// EACH does op for each full vector of the panel, then goes to done.
#define EACH(op, done) \
	CMPQ N, $0; \
	JEQ  done; \
	op(64*0, Z0, Z16); \
	CMPQ N, $(64*1); \
	JEQ  done; \
	op(64*1, Z1, Z17); \
	CMPQ N, $(64*2); \
	JEQ  done; \
	op(64*2, Z2, Z18); \
	CMPQ N, $(64*3); \
	JEQ  done; \
	op(64*3, Z3, Z19); \
	CMPQ N, $(64*4); \
	JEQ  done; \
	op(64*4, Z4, Z20); \
	CMPQ N, $(64*5); \
	JEQ  done; \
	op(64*5, Z5, Z21); \
	CMPQ N, $(64*6); \
	JEQ  done; \
	op(64*6, Z6, Z22); \
	CMPQ N, $(64*7); \
	JEQ  done; \
	op(64*7, Z7, Z23); \
	CMPQ N, $(64*8); \
	JEQ  done; \
	op(64*8, Z8, Z24); \
	CMPQ N, $(64*9); \
	JEQ  done; \
	op(64*9, Z9, Z25); \
	CMPQ N, $(64*10); \
	JEQ  done; \
	op(64*10, Z10, Z26); \
	CMPQ N, $(64*11); \
	JEQ  done; \
	op(64*11, Z11, Z27); \
	CMPQ N, $(64*12); \
	JEQ  done; \
	op(64*12, Z12, Z28)

// Loads and stores at the ends of the loop.

#define LOAD_SUMS(d, acc, lane) \
	MOVU d(Y), acc
#define LOAD_SUMS_TAIL \
	MOVU.Z (Y)(N*1), TAILMASK, ACCTAIL

#define LOAD_LANES(d, acc, lane) \
	MOVU d(LANE), lane
#define LOAD_LANES_TAIL \
	MOVU.Z (LANE)(N*1), TAILMASK, LANETAIL

#define LOAD_BOTH(d, acc, lane) \
	MOVU d(Y), acc; \
	MOVU d(LANE), lane
#define LOAD_BOTH_TAIL \
	LOAD_SUMS_TAIL; \
	LOAD_LANES_TAIL

#define STORE_SUMS(d, acc, lane) \
	MOVU acc, d(Y)
#define STORE_SUMS_TAIL \
	MOVU ACCTAIL, TAILMASK, (Y)(N*1)

#define STORE_VALUES(d, acc, lane) \
	VMOVAPD acc, T; \
	CALL    ACTIVATE; \
	MOVU    T, d(Y)
#define STORE_VALUES_TAIL \
	VMOVAPD ACCTAIL, T; \
	CALL    ACTIVATE; \
	MOVU    T, TAILMASK, (Y)(N*1)

// STORE stores all the sums as they are.
#define STORE \
	EACH(STORE_SUMS, storetail); \
storetail: \
	TESTQ TAIL, TAIL; \
	JEQ   nextpanel; \
	STORE_SUMS_TAIL

// STORE_ACTIVATED stores act of all the sums.
#define STORE_ACTIVATED \
	TESTQ ACT, ACT; \
	JNE   values; \
	STORE; \
	JMP   nextpanel; \
values: \
	EACH(STORE_VALUES, valuestail); \
valuestail: \
	TESTQ TAIL, TAIL; \
	JEQ   nextpanel; \
	STORE_VALUES_TAIL

// Work on a vector of weights. The fma with a zero addend turns a product of -0 into +0.

// acc += w * B[k]
#define ADD(d, acc, lane) \
	FMA231 d(ROW), BK, acc
#define ADD_TAIL \
	FMA231 (ROW)(N*1), BK, TAILMASK, ACCTAIL

// T = w = fma(rate, lane * A[k] + 0, w)
#define MOVE(d, lane) \
	VPXOR  TX, TX, TX; \
	FMA231 AK, lane, T; \
	FMA213 d(ROW), RATE, T; \
	MOVU   T, d(ROW)
#define MOVE_TAIL \
	VPXOR  TX, TX, TX; \
	FMA231 AK, LANETAIL, T; \
	FMA213 (ROW)(N*1), RATE, TAILMASK, T; \
	MOVU   T, TAILMASK, (ROW)(N*1)

// w = fma(rate, lane * A[k] + 0, w)
#define MOVE_ONLY(d, acc, lane) \
	MOVE(d, lane)

// w = fma(rate, lane * A[k] + 0, w); acc += w * B[k]
#define MOVE_ADD(d, acc, lane) \
	MOVE(d, lane); \
	FMA231 T, BK, acc
#define MOVE_ADD_TAIL \
	MOVE_TAIL; \
	FMA231 T, BK, ACCTAIL

// acc += w * B[k]; w = fma(rate, lane * A[k] + 0, w)
#define ADD_MOVE(d, acc, lane) \
	MOVU        d(ROW), T; \
	FMA231      T, BK, acc; \
	VPXOR       AKX, AKX, AKX; \
	FMA231.BCST (A)(I*1), lane, AK; \
	FMA231      AK, RATE, T; \
	MOVU        T, d(ROW)
#define ADD_MOVE_TAIL \
	MOVU.Z      (ROW)(N*1), TAILMASK, T; \
	FMA231      T, BK, ACCTAIL; \
	VPXOR       AKX, AKX, AKX; \
	FMA231.BCST (A)(I*1), LANETAIL, AK; \
	FMA231      AK, RATE, T; \
	MOVU        T, TAILMASK, (ROW)(N*1)
