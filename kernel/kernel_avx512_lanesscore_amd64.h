// Scores of many networks side by side, the whole of its TEXT.

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

	BROADCAST AT_HIGH(STATE), HIGH
	BROADCAST AT_LOW(STATE), LOW
	BROADCAST ONE_T, ONES
	VPXORQ    INDEX, INDEX, INDEX
	ZERO4(Z0, Z1, Z2, Z3)               // loss
	ZERO4(Z4, Z5, Z6, Z7)               // index of the largest output so far
	MOVQ AT_LAYERS(STATE), AX
	MOVQ AT_IN(AX), LABEL
	SHLQ $8, LABEL
	ADDQ X, LABEL
	LOAD4((IN), Z8, Z9, Z10, Z11)       // and that output
	MOVQ (AT_OUT-LAYER_SIZE)(LAYER), LEFT

// e = target - y, loss += e*e
output:
	LOAD4((IN), Z12, Z13, Z14, Z15)
	TARGET4(Z12, Z13, Z14, Z15, Z16, Z17, Z18, Z19, LABEL)
	FMA231 Z16, Z16, Z0
	FMA231 Z17, Z17, Z1
	FMA231 Z18, Z18, Z2
	FMA231 Z19, Z19, Z3
	LARGER(Z12, Z4, Z8)
	LARGER(Z13, Z5, Z9)
	LARGER(Z14, Z6, Z10)
	LARGER(Z15, Z7, Z11)
	ADD  ONES, INDEX, INDEX
	ADDQ $ROW, IN
	DECQ LEFT
	JNE  output

	MOVQ AT_CORRECT(STATE), AX
	RIGHT(64*0, Z4)
	RIGHT(64*1, Z5)
	RIGHT(64*2, Z6)
	RIGHT(64*3, Z7)
	MOVQ AT_LOSS(STATE), AX
	ADD_LOSSES
	LEAQ ROW(LABEL), X
	INCQ ret+24(FP)
	JMP  block

end:
	VZEROUPPER
	RET
