// The loop over a layer's weights that forward, updateForward, update and sendBackUpdate have in common. It is the middle
// of their TEXT: they load the arguments before and return after it.
//
// A panel is up to 13 vectors of columns and, at the end of the rows, one more with the columns that do not fill a vector.
// For each panel it walks down all rows of weights. Columns are lanes. Each vector of the panel keeps two registers all
// the way: acc, the sums, and lane, the operand that lies along the columns. What a routine does is in its macros, with d
// the offset in bytes of the vector inside the panel:
//
//	START(d, acc, lane), STARTTAIL      before the first row
//	SCALARS                             at each row: broadcast its scalars, at index I
//	STEP(d, acc, lane), STEPTAIL        at each row: the work on a vector of weights
//	FINISH                              after the last row
//
// They end with the loop, so that the next routine can define its own.

	SHLQ $LOG_SIZE, K
	SHLQ $LOG_SIZE, STRIDE

panel:
	MOVQ J, N
	SHRQ $LOG_LANES, N                  // full vectors that are left
	MOVQ J, TAIL
	ANDQ $(LANES-1), TAIL               // and columns after them
	CMPQ N, $13
	JLE  masks
	XORQ TAIL, TAIL                     // which another panel will do
	INCQ N
	SHRQ $1, N                          // 14 to 26 vectors are shared out evenly
	CMPQ N, $13
	JLE  masks
	MOVQ $13, N

masks:
	MOVQ  $1, I
	SHLQ  TAIL, I                       // TAIL is CX
	DECQ  I
	KMOVW I, TAILMASK
	SHLQ  $6, N                         // from here on in bytes
	MOVQ  N, COLUMNS
	SHRQ  $LOG_SIZE, COLUMNS
	ADDQ  TAIL, COLUMNS
	SUBQ  COLUMNS, J

	EACH(START, starttail)

starttail:
	TESTQ TAIL, TAIL
	JEQ   rows
	STARTTAIL

rows:
	MOVQ W, ROW
	XORQ I, I
	CMPQ I, K
	JEQ  finish

row:
	SCALARS
	EACH(STEP, steptail)

steptail:
	TESTQ TAIL, TAIL
	JEQ   nextrow
	STEPTAIL

nextrow:
	ADDQ STRIDE, ROW
	ADDQ $SIZE, I
	CMPQ I, K
	JNE  row

finish:
	FINISH

nextpanel:
	SHLQ  $LOG_SIZE, COLUMNS
	ADDQ  COLUMNS, W
	ADDQ  COLUMNS, Y
	ADDQ  COLUMNS, LANE
	TESTQ J, J
	JNE   panel

#undef START
#undef STARTTAIL
#undef SCALARS
#undef STEP
#undef STEPTAIL
#undef FINISH
