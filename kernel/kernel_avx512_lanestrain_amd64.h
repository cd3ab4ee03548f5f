// Training of many networks side by side, the whole of its TEXT. Nothing is stored but outputs before the last sigmoid is
// done, so that a block may be left undone until then.

	MOVQ s+0(FP), STATE
	MOVQ x+8(FP), X
	MOVQ $0, ret+24(FP)                 // blocks done

block:
	MOVQ  ret+24(FP), AX
	CMPQ  AX, n+16(FP)
	JGE   end
	CALL  forward<>(SB)
	TESTQ UNDONE, UNDONE
	JNE   end

	BROADCAST AT_RATE(STATE), RATE
	BROADCAST AT_HIGH(STATE), HIGH
	BROADCAST AT_LOW(STATE), LOW
	BROADCAST ONE_T, ONES
	VPXORQ    INDEX, INDEX, INDEX
	VPXORQ    NIL, NIL, NIL

	// e = target - y, delta = e * slope(y) at the outputs
	SUBQ $LAYER_SIZE, LAYER             // the last of them
	MOVQ AT_LAYERS(STATE), AX
	MOVQ AT_IN(AX), LABEL
	SHLQ $8, LABEL
	ADDQ X, LABEL
	MOVQ AT_OUT(LAYER), LEFT
	MOVQ AT_ACT(LAYER), ACT
	MOVQ AT_Y(LAYER), IN
	MOVQ AT_D(LAYER), BELOW
	MOVQ AT_E(LAYER), ERRORS

output:
	LOAD4((IN), Z4, Z5, Z6, Z7)
	TARGET4(Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z3, LABEL)
	CALL deltas<>(SB)
	STORE4(Z8, Z9, Z10, Z11, (BELOW))
	CMPQ AT_RAW(STATE), $0
	JEQ  nextoutput
	STORE4(Z0, Z1, Z2, Z3, (ERRORS))

nextoutput:
	ADD  ONES, INDEX, INDEX
	ADDQ $ROW, IN
	ADDQ $ROW, BELOW
	ADDQ $ROW, ERRORS
	DECQ LEFT
	JNE  output

layerback:
	MOVQ  AT_D(LAYER), D
	MOVQ  AT_B(LAYER), W
	TESTQ W, W
	JEQ   biased
	MOVQ  AT_OUT(LAYER), LEFT
	VMOVAPD ONES, Z4
	VMOVAPD ONES, Z5
	VMOVAPD ONES, Z6
	VMOVAPD ONES, Z7

bias:
	LOAD4((W), Z8, Z9, Z10, Z11)
	MOVES4((D))
	ADDQ $ROW, W
	ADDQ $ROW, D
	DECQ LEFT
	JNE  bias

biased:
	MOVQ  AT_OUT(LAYER), STRIDE
	SHLQ  $8, STRIDE
	MOVQ  AT_D(LAYER), D
	ADDQ  STRIDE, D                     // behind the deltas
	MOVQ  AT_W(LAYER), W
	MOVQ  AT_IN(LAYER), LEFT
	NEGQ  STRIDE
	CMPQ  LAYER, AT_LAYERS(STATE)
	JEQ   first
	MOVQ  D, SENT
	CMPQ  AT_RAW(STATE), $0
	JEQ   deltassent
	MOVQ  AT_E(LAYER), SENT
	SUBQ  STRIDE, SENT

deltassent:
	SUBQ $LAYER_SIZE, LAYER
	MOVQ AT_ACT(LAYER), ACT
	MOVQ AT_Y(LAYER), IN
	MOVQ AT_D(LAYER), BELOW
	MOVQ AT_E(LAYER), ERRORS

// g = w[k][0]*v[0] + w[k][1]*v[1] + ..., w[k] += rate * (delta*y[k] + 0); then delta = g * slope(y[k]) of the layer below
input:
	LOAD4((IN), Z4, Z5, Z6, Z7)
	ZERO4(Z0, Z1, Z2, Z3)
	MOVQ STRIDE, I

weight:
	LOAD4((W), Z8, Z9, Z10, Z11)
	FMA231 (64*0)(SENT)(I*1), Z8, Z0
	FMA231 (64*1)(SENT)(I*1), Z9, Z1
	FMA231 (64*2)(SENT)(I*1), Z10, Z2
	FMA231 (64*3)(SENT)(I*1), Z11, Z3
	MOVES4((D)(I*1))
	ADDQ   $ROW, W
	ADDQ   $ROW, I
	JNE    weight

	CALL deltas<>(SB)
	STORE4(Z8, Z9, Z10, Z11, (BELOW))
	CMPQ AT_RAW(STATE), $0
	JEQ  nextinput
	CMPQ LAYER, AT_LAYERS(STATE)
	JEQ  nextinput                      // the first layer sends none
	STORE4(Z0, Z1, Z2, Z3, (ERRORS))

nextinput:
	ADDQ $ROW, IN
	ADDQ $ROW, BELOW
	ADDQ $ROW, ERRORS
	DECQ LEFT
	JNE  input
	JMP  layerback

// w[k] += rate * (delta*x[k] + 0)
first:
	MOVQ X, IN

inputfirst:
	LOAD4((IN), Z4, Z5, Z6, Z7)
	MOVQ STRIDE, I

weightfirst:
	LOAD4((W), Z8, Z9, Z10, Z11)
	MOVES4((D)(I*1))
	ADDQ $ROW, W
	ADDQ $ROW, I
	JNE  weightfirst
	ADDQ $ROW, IN
	DECQ LEFT
	JNE  inputfirst

	MOVQ AT_IN(LAYER), AX
	SHLQ $8, AX
	LEAQ ROW(X)(AX*1), X
	INCQ ret+24(FP)
	JMP  block

end:
	VZEROUPPER
	RET
