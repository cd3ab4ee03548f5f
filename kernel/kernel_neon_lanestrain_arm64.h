// The body of the train routines: a step for each block, until blocks end or a sigmoid is not settled.

	MOVD	s+0(FP), STATE
	MOVD	x+8(FP), BLOCK
	MOVD	n+16(FP), LEFT
	CBZ	LEFT, stop
	MOVD	$SIGMOIDACT, SIGMOIDS

block:
#include "kernel_neon_lanesforward_arm64.h"

	// The outputs' errors and deltas. X is still where the last layer put its outputs.
	SUB	$LAYERSIZE, LAYER
	MOVD	LAYEROUT(LAYER), COUNT
	MOVD	LAYERACT(LAYER), ACT
	MOVD	LAYERE(LAYER), SENT
	MOVD	LAYERD(LAYER), DELTAS
	TARGETCONSTANTS
errorOutput:
	MOVD	ZR, AT
errorStrip:
	LOAD0(X)
	ADD	AT, LABELS, TEMP
	LOAD8(TEMP)
	ERRORS
	SLOPES(errorTanh, errorReLU, errorIdentity, errorDone)
	STORE4(SENT)
	STORE12(DELTAS)
	ADD	$STRIP, X
	ADD	$STRIP, SENT
	ADD	$STRIP, DELTAS
	ADD	$STRIP, AT
	CMP	$ROW, AT
	BNE	errorStrip
	FADD(kUnit, kIndex, kIndex)
	SUBS	$1, COUNT
	BNE	errorOutput

	FMOV1	RATE(STATE), F17
	SPREAD(V17)
	CLEAR(kNull)

backLayer:
	LDP	LAYERIN(LAYER), (IN, OUT)
	LDP	LAYERW(LAYER), (W, BIASES)
	MOVD	LAYERD(LAYER), DELTAS
	LSL	$ROWBITS, OUT, WIDTH
	MOVD	LAYERS(STATE), TEMP
	CMP	TEMP, LAYER
	BEQ	first

	// A layer with another below it: its errors sent back and its update. X, Y and UNDER go through that layer's outputs,
	// their errors and their deltas.
	MOVD	RAW(STATE), TEMP
	MOVD	LAYERE(LAYER), SENT
	CMP	$0, TEMP
	CSEL	EQ, DELTAS, SENT, SENT
	MOVD	(LAYERACT-LAYERSIZE)(LAYER), ACT
	MOVD	(LAYERY-LAYERSIZE)(LAYER), X
	MOVD	(LAYERE-LAYERSIZE)(LAYER), Y
	MOVD	(LAYERD-LAYERSIZE)(LAYER), UNDER
backInput:
	MOVD	ZR, AT
backStrip:
	LOAD0(X)
	FOURCLEAR(4)
	ADD	AT, W, NEXTW
	ADD	AT, SENT, NEXTV
	ADD	AT, DELTAS, NEXTD
	MOVD	OUT, ROWS
backOutput:
	LOAD20(NEXTW)
	LOAD24(NEXTV)
	LOAD28(NEXTD)
	FOURCLEAR(8)
	FOUR(FMLA, 28, 0, 8)      // gradient = delta[j]*x[k] + 0
	FOUR(FMLA, 20, 24, 4)     // g[k] += w[k][j] * v[j]
	FOURM(FMLA, kRate, 8, 20) // w[k][j] += rate * gradient
	ADD	$ROW, NEXTV
	ADD	$ROW, NEXTD
	STORE20(NEXTW)
	ADD	$ROW, NEXTW
	SUBS	$1, ROWS
	BNE	backOutput
	SLOPES(backTanh, backReLU, backIdentity, backDone)
	STORE4(Y)
	STORE12(UNDER)
	ADD	$STRIP, X
	ADD	$STRIP, Y
	ADD	$STRIP, UNDER
	ADD	$STRIP, AT
	CMP	$ROW, AT
	BNE	backStrip
	ADD	WIDTH, W
	SUBS	$1, IN
	BNE	backInput
	B	biases

	// The first layer: its update.
first:
	MOVD	BLOCK, X
firstInput:
	MOVD	ZR, AT
firstStrip:
	LOAD0(X)
	ADD	AT, W, NEXTW
	ADD	AT, DELTAS, NEXTD
	MOVD	OUT, ROWS
firstOutput:
	LOAD20(NEXTW)
	LOAD28(NEXTD)
	FOURCLEAR(8)
	FOUR(FMLA, 28, 0, 8)
	FOURM(FMLA, kRate, 8, 20)
	ADD	$ROW, NEXTD
	STORE20(NEXTW)
	ADD	$ROW, NEXTW
	SUBS	$1, ROWS
	BNE	firstOutput
	ADD	$STRIP, X
	ADD	$STRIP, AT
	CMP	$ROW, AT
	BNE	firstStrip
	ADD	WIDTH, W
	SUBS	$1, IN
	BNE	firstInput

biases:
	CBZ	BIASES, backNext
	ADD	DELTAS, WIDTH, TEMP // where the deltas end
bias:
	LOAD0(BIASES)
	LOAD28(DELTAS)
	FOURM(FADD, kNull, 28, 28) // gradient = delta*1 + 0
	FOURM(FMLA, kRate, 28, 0)
	STORE0(BIASES)
	ADD	$STRIP, BIASES
	ADD	$STRIP, DELTAS
	CMP	TEMP, DELTAS
	BNE	bias
backNext:
	MOVD	LAYERS(STATE), TEMP
	CMP	TEMP, LAYER
	SUB	$LAYERSIZE, LAYER
	BNE	backLayer

	ADD	$ROW, LABELS, BLOCK
	SUBS	$1, LEFT
	BNE	block
stop:
	MOVD	n+16(FP), TEMP
	SUB	LEFT, TEMP
	MOVD	TEMP, ret+24(FP)
	RET
