// The loop of forwardBatch, the middle of its TEXT, for both element types. Samples are lanes. A tile is 4 outputs, or
// 2 or a single one of those that are left over, by up to 4 vectors of samples. Its sums stay in registers while the loop
// goes through all inputs. Masks K3 to K6 hold the lanes of the tile's vectors that there are.

	SHLQ $LOG_SIZE, YSTRIDE
	SHLQ $LOG_SIZE, WSTRIDE
	SHLQ $LOG_SIZE, XSTRIDE

samples:
	MOVQ  SAMPLES, CX
	CMPQ  CX, $(4*LANES)
	JLE   masks
	MOVQ  $(4*LANES), CX

masks:
	LEAQ  (LANES-1)(CX), WIDTH
	SHRQ  $LOG_LANES, WIDTH
	SHLQ  $6, WIDTH
	MOVQ  $-1, AX
	SHLQ  CX, AX                        // ones where there is no sample; none for 64 of them, which CX counts as 0
	NOTQ  AX
	CMPQ  CX, $64
	JNE   split
	MOVQ  $-1, AX

split:
	KMOVW AX, K3
	SHRQ  $LANES, AX
	KMOVW AX, K4
	SHRQ  $LANES, AX
	KMOVW AX, K5
	SHRQ  $LANES, AX
	KMOVW AX, K6

outputs:
	CMPQ OUTPUTS, $4
	JLT  pair
	LEAQ (YSTRIDE)(YSTRIDE*2), Y3
	ADDQ Y, Y3
	TILE(LOAD4, start4)

start4:
	MOVQ  W, WK
	MOVQ  X, XK
	MOVQ  k+24(FP), INPUTS
	TESTQ INPUTS, INPUTS
	JEQ   store4

input4:
	BROADCAST (0*SIZE)(WK), W0
	BROADCAST (1*SIZE)(WK), W1
	BROADCAST (2*SIZE)(WK), W2
	BROADCAST (3*SIZE)(WK), W3
	TILE(ADD4, next4)

next4:
	ADDQ WSTRIDE, WK
	ADDQ XSTRIDE, XK
	DECQ INPUTS
	JNE  input4

store4:
	TILE(STORE4, stored4)

stored4:
	LEAQ (Y)(YSTRIDE*4), Y
	ADDQ $(4*SIZE), W
	SUBQ $4, OUTPUTS
	JMP  outputs

pair:
	CMPQ OUTPUTS, $2
	JLT  single
	TILE(LOAD2, start2)

start2:
	MOVQ  W, WK
	MOVQ  X, XK
	MOVQ  k+24(FP), INPUTS
	TESTQ INPUTS, INPUTS
	JEQ   store2

input2:
	BROADCAST (0*SIZE)(WK), W0
	BROADCAST (1*SIZE)(WK), W1
	TILE(ADD2, next2)

next2:
	ADDQ WSTRIDE, WK
	ADDQ XSTRIDE, XK
	DECQ INPUTS
	JNE  input2

store2:
	TILE(STORE2, stored2)

stored2:
	LEAQ (Y)(YSTRIDE*2), Y
	ADDQ $(2*SIZE), W
	SUBQ $2, OUTPUTS

single:
	TESTQ OUTPUTS, OUTPUTS
	JEQ   samplesdone
	TILE(LOAD1, start1)

start1:
	MOVQ  W, WK
	MOVQ  X, XK
	MOVQ  k+24(FP), INPUTS
	TESTQ INPUTS, INPUTS
	JEQ   store1

input1:
	BROADCAST (WK), W0
	TILE(ADD1, next1)

next1:
	ADDQ WSTRIDE, WK
	ADDQ XSTRIDE, XK
	DECQ INPUTS
	JNE  input1

store1:
	TILE(STORE1, stored1)

stored1:
	ADDQ YSTRIDE, Y
	ADDQ $SIZE, W
	DECQ OUTPUTS
	JMP  single

samplesdone:
	MOVQ  j+32(FP), OUTPUTS
	MOVQ  w+8(FP), W
	MOVQ  OUTPUTS, AX
	IMULQ YSTRIDE, AX
	SUBQ  AX, Y
	ADDQ  $256, Y
	ADDQ  $256, X
	SUBQ  $(4*LANES), SAMPLES
	JGT   samples
