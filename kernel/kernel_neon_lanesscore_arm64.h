// The body of the score routines: the sums for each block, until blocks end or a sigmoid is not settled.

	MOVD	s+0(FP), STATE
	MOVD	x+8(FP), BLOCK
	MOVD	n+16(FP), LEFT
	CBZ	LEFT, stop
	MOVD	$SIGMOIDACT, SIGMOIDS

block:
#include "kernel_neon_lanesforward_arm64.h"

	// Registers 20-23 hold the best output's index, 24-27 its value and 28-31 the sample's loss. X is still where the last
	// layer put its outputs.
	MOVD	(LAYEROUT-LAYERSIZE)(LAYER), OUT
	LDP	LOSS(STATE), (SENT, DELTAS)
	MOVD	ZR, AT
strip:
	TARGETCONSTANTS
	ADD	AT, X, NEXTX
	LOAD24(NEXTX)
	FOURCLEAR(20)
	FOURCLEAR(28)
	ADD	AT, LABELS, TEMP
	MOVD	OUT, ROWS
output:
	LOAD0(NEXTX)
	LOAD8(TEMP)
	ERRORS
	FOUR(FMLA, 4, 4, 28)        // loss += e * e
	FOUR(FCMGT, 24, 0, 12)      // y > best
	FOUR(BIT16, 12, 0, 24)
	FOURN(BIT16, 12, kIndex, 20)
	FADD(kUnit, kIndex, kIndex)
	ADD	$ROW, NEXTX
	SUBS	$1, ROWS
	BNE	output

	LOAD8(TEMP)
	LOAD0(DELTAS)
	FOUR(FCMEQ, 8, 20, 8)
	FOURN(AND16, 8, kUnit, 8)   // 1 where the best is the label
	FOUR(FADD, 8, 0, 0)
	STORE0(DELTAS)
	ADD	$STRIP, DELTAS
	ADDLOSS                     // in float64
	ADD	$STRIP, AT
	CMP	$ROW, AT
	BNE	strip

	ADD	$ROW, LABELS, BLOCK
	SUBS	$1, LEFT
	BNE	block
stop:
	MOVD	n+16(FP), TEMP
	SUB	LEFT, TEMP
	MOVD	TEMP, ret+24(FP)
	RET
