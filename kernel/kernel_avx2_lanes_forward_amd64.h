// The outputs of all layers for the block x: y[j] = act(b[j] + w[0][j]*x[0] + ...). Leaves LAYER after the last layer, and
// jumps to undone where a sigmoid is not settled.

	MOVQ s+0(FP), STATE
	MOVQ x+8(FP), X
	MOVQ AT_LAYERS(STATE), LAYER
	MOVQ AT_COUNT(STATE), LEFT

forwardLayer:
	MOVQ AT_OUT(LAYER), STRIDE
	SHLQ $LOG_ROW, STRIDE
	MOVQ AT_W(LAYER), W
	MOVQ AT_B(LAYER), B
	MOVQ AT_Y(LAYER), Y
	MOVQ AT_D(LAYER), D
	XORL GROUP, GROUP

forwardGroup:
	MOVQ GROUP, OUTPUT

forwardOutput:
	LEAQ (W)(OUTPUT*1), WALK
	LEAQ (X)(GROUP*1), INPUT
	MOVQ AT_IN(LAYER), K
	TESTQ B, B
	JEQ  unbiased
	EACH(BIASED_SUM)
	JMP  sum

unbiased:
	EACH(SUM)

sum:
	EACH(ADD_INPUT)
	ADDQ $ROW, INPUT
	ADDQ STRIDE, WALK
	DECQ K
	JNE  sum

	CMPQ AT_ACTIVATION(LAYER), $IS_SIGMOID
	JNE  otherActivation
	SIGMOIDS

forwardNext:
	ADDQ $ROW, OUTPUT
	CMPQ OUTPUT, STRIDE
	JLT  forwardOutput
	ADDQ $GROUP_BYTES, GROUP
	CMPQ GROUP, $ROW
	JNE  forwardGroup
	CMPQ AT_ACTIVATION(LAYER), $IS_TANH
	JEQ  forwardTanh

forwardDone:
	MOVQ AT_Y(LAYER), X
	ADDQ $LAYER_SIZE, LAYER
	DECQ LEFT
	JNE  forwardLayer
	JMP  forwardEnd

otherActivation:
	CMPQ AT_ACTIVATION(LAYER), $IS_RELU
	JNE  storeOutput
	EACH(RELU)

storeOutput:
	EACH(STORE_OUTPUT)
	JMP forwardNext

forwardTanh:
	MOVQ LAYER, layer-8(SP)
	MOVQ LEFT, left-16(SP)
	MOVQ Y, 0(SP)
	MOVQ Y, 8(SP)
	SHRQ $LOG_SIZE, STRIDE
	MOVQ STRIDE, 16(SP)
	CALL TANHS(SB)
	MOVQ s+0(FP), STATE
	MOVQ layer-8(SP), LAYER
	MOVQ left-16(SP), LEFT
	JMP  forwardDone

forwardEnd:
