// Lanes.scoreOne for n blocks x: the whole of a TEXT.

	MOVQ $0, done+24(FP)

step:
	MOVQ done+24(FP), AX
	CMPQ AX, n+16(FP)
	JGE  undone
#include "kernel_avx2_lanes_forward_amd64.h"

	MOVQ AT_LAYERS(STATE), AX
	MOVQ AT_IN(AX), LABELS
	SHLQ $LOG_ROW, LABELS
	ADDQ x+8(FP), LABELS
	MOVQ (AT_Y-LAYER_SIZE)(LAYER), V
	MOVQ (AT_OUT-LAYER_SIZE)(LAYER), UNITS
	SHLQ $LOG_ROW, UNITS
	MOVQ AT_LOSS(STATE), LOSSES
	MOVQ AT_CORRECT(STATE), CORRECT
	VLOAD   ONES, ONE
	VSPREAD AT_HIGH(STATE), HIGH
	VSPREAD AT_LOW(STATE), LOW
	XORL    GROUP, GROUP

	// Two vectors at a time: l = e[0]*e[0] + ..., e = t - y; the first of the largest outputs.
scorePair:
	MOVQ GROUP, UNIT
	VXOR NUMBER, NUMBER, NUMBER
	PAIR(BEGIN_SCORE)

scoreOutput:
	PAIR(SCORE)
	VADD ONE, NUMBER, NUMBER
	ADDQ $ROW, UNIT
	CMPQ UNIT, UNITS
	JLT  scoreOutput
	PAIR(END_SCORE)
	ADDQ $PAIR_BYTES, GROUP
	CMPQ GROUP, $ROW
	JNE  scorePair

	ADDQ $ROW, LABELS
	MOVQ LABELS, x+8(FP)
	INCQ done+24(FP)
	JMP  step

	RARE_SIGMOIDS

undone:
	VZEROUPPER
	RET
