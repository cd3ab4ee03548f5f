// Lanes.step for n blocks x: the whole of a TEXT. Weights are moved when all outputs are there, so a block that jumps to
// undone leaves them as they are.

	MOVQ $0, done+24(FP)

step:
	MOVQ done+24(FP), AX
	CMPQ AX, n+16(FP)
	JGE  undone
#include "kernel_avx2_lanes_forward_amd64.h"

	// The errors of the outputs and their deltas.
	MOVQ AT_LAYERS(STATE), AX
	MOVQ AT_IN(AX), LABELS
	SHLQ $LOG_ROW, LABELS
	ADDQ x+8(FP), LABELS
	SUBQ $LAYER_SIZE, LAYER
	MOVQ AT_OUT(LAYER), UNITS
	SHLQ $LOG_ROW, UNITS
	MOVQ AT_Y(LAYER), V
	MOVQ AT_E(LAYER), UNIT_E
	MOVQ AT_D(LAYER), UNIT_D
	VLOAD   ONES, ONE
	VSPREAD AT_HIGH(STATE), HIGH
	VSPREAD AT_LOW(STATE), LOW
	XORL    GROUP, GROUP

errorGroup:
	MOVQ GROUP, UNIT
	VXOR NUMBER, NUMBER, NUMBER

errorUnit:
	EACH(ERROR)
	DELTAS(AT_ACTIVATION(LAYER), otherError, keepError, keptError)
	VADD ONE, NUMBER, NUMBER
	ADDQ $ROW, UNIT
	CMPQ UNIT, UNITS
	JLT  errorUnit
	ADDQ $GROUP_BYTES, GROUP
	CMPQ GROUP, $ROW
	JNE  errorGroup

	// From the last layer to the second: g[k] = w[k][0]*v[0] + ..., w[k][j] += rate*(d[j]*x[k] + 0). The sums g are the
	// errors of the layer below.
	VSPREAD AT_RATE(STATE), RATE
	MOVQ    AT_COUNT(STATE), LEFT
	JMP     backNext

backLayer:
	MOVQ AT_OUT(LAYER), STRIDE
	SHLQ $LOG_ROW, STRIDE
	MOVQ AT_IN(LAYER), UNITS
	SHLQ $LOG_ROW, UNITS
	MOVQ AT_D(LAYER), D
	MOVQ D, V
	CMPQ AT_RAW(STATE), $0
	JEQ  backDeltas
	MOVQ AT_E(LAYER), V

backDeltas:
	MOVQ (AT_Y-LAYER_SIZE)(LAYER), X
	MOVQ (AT_E-LAYER_SIZE)(LAYER), UNIT_E
	MOVQ (AT_D-LAYER_SIZE)(LAYER), UNIT_D
	XORL GROUP, GROUP

backGroup:
	MOVQ AT_W(LAYER), WALK
	MOVQ GROUP, UNIT

backUnit:
	EACH(LOAD_INPUT)
	EACH(NO_SUM)
	MOVQ GROUP, OUTPUT

backOutput:
	EACH(SEND_AND_MOVE)
	ADDQ $ROW, OUTPUT
	CMPQ OUTPUT, STRIDE
	JLT  backOutput
	DELTAS((AT_ACTIVATION-LAYER_SIZE)(LAYER), otherUnit, keepUnit, keptUnit)
	ADDQ STRIDE, WALK
	ADDQ $ROW, UNIT
	CMPQ UNIT, UNITS
	JLT  backUnit
	ADDQ $GROUP_BYTES, GROUP
	CMPQ GROUP, $ROW
	JNE  backGroup
	MOVQ AT_B(LAYER), WALK
	TESTQ WALK, WALK
	JEQ  backBiased
	XORL OUTPUT, OUTPUT

backBias:
	EACH(MOVE_BIAS)
	ADDQ $GROUP_BYTES, OUTPUT
	CMPQ OUTPUT, STRIDE
	JNE  backBias

backBiased:
	SUBQ $LAYER_SIZE, LAYER

backNext:
	DECQ LEFT
	JNE  backLayer

	// The first layer.
	MOVQ AT_OUT(LAYER), STRIDE
	SHLQ $LOG_ROW, STRIDE
	MOVQ AT_IN(LAYER), UNITS
	SHLQ $LOG_ROW, UNITS
	MOVQ AT_D(LAYER), D
	MOVQ x+8(FP), X
	XORL GROUP, GROUP

firstGroup:
	MOVQ AT_W(LAYER), WALK
	MOVQ GROUP, UNIT

firstUnit:
	EACH(LOAD_INPUT)
	MOVQ GROUP, OUTPUT

firstOutput:
	EACH(MOVE)
	ADDQ $ROW, OUTPUT
	CMPQ OUTPUT, STRIDE
	JLT  firstOutput
	ADDQ STRIDE, WALK
	ADDQ $ROW, UNIT
	CMPQ UNIT, UNITS
	JLT  firstUnit
	ADDQ $GROUP_BYTES, GROUP
	CMPQ GROUP, $ROW
	JNE  firstGroup
	MOVQ AT_B(LAYER), WALK
	TESTQ WALK, WALK
	JEQ  stepped
	XORL OUTPUT, OUTPUT

firstBias:
	EACH(MOVE_BIAS)
	ADDQ $GROUP_BYTES, OUTPUT
	CMPQ OUTPUT, STRIDE
	JNE  firstBias

stepped:
	LEAQ ROW(X)(UNITS*1), X
	MOVQ X, x+8(FP)
	INCQ done+24(FP)
	JMP  step

	OTHER_DELTAS(AT_ACTIVATION(LAYER), otherError, reluError, identityError, keepError)
	OTHER_DELTAS((AT_ACTIVATION-LAYER_SIZE)(LAYER), otherUnit, reluUnit, identityUnit, keepUnit)

	RARE_SIGMOIDS

undone:
	VZEROUPPER
	RET
