// All layers' outputs for a block. The includer goes on at stop where a sigmoid is not settled.

	MOVD	LAYERS(STATE), LAYER
	MOVD	LAYERCOUNT(STATE), COUNT
	MOVD	BLOCK, X
	MOVD	LAYERIN(LAYER), TEMP
	ADD	TEMP<<ROWBITS, BLOCK, LABELS
	VMOVI	$255, V22.B16

forwardLayer:
	LDP	LAYERIN(LAYER), (IN, OUT)
	LDP	LAYERACT(LAYER), (ACT, W)
	LDP	LAYERB(LAYER), (BIASES, Y)
	LSL	$ROWBITS, OUT, WIDTH
	ADD	Y, WIDTH, UNDER // where the outputs end
	MOVD	ZR, AT
	SIGMOIDCONSTANTS
	SETTLECONSTANTS
	CMP	$TANHACT, ACT
	BNE	forwardStrip
	EXPCONSTANTS

forwardStrip:
	MOVD	W, NEXTW
	ADD	$STRIP, W
	ADD	AT, X, NEXTX
	EOR	$STRIP, AT // a row is two strips
	MOVD	IN, ROWS
	CBZ	BIASES, forwardUnbiased
	LOADSUMS(BIASES)
	ADD	$STRIP, BIASES
	B	forwardInput
forwardUnbiased:
	EACHSUM(CLEAR)
forwardInput:
	FLDPQ	(NEXTW), (F4, F5)
	FLDPQ	32(NEXTW), (F6, F7)
	FLDPQ	(NEXTX), (F12, F13)
	FLDPQ	32(NEXTX), (F14, F15)
	ADD	WIDTH, NEXTW
	ADD	$ROW, NEXTX
	SUBS	$1, ROWS
	FMLA(4, 12, 17) // z[j] += w[k][j] * x[k]
	FMLA(5, 13, 25)
	FMLA(6, 14, 18)
	FMLA(7, 15, 26)
	BNE	forwardInput

	CMP	$SIGMOIDACT, ACT
	BLT	forwardStore
	BGT	forwardTanh
	STRIPSIGMOID
	B	forwardStore
forwardTanh:
	CMP	$TANHACT, ACT
	BGT	forwardReLU
	STRIPTANH
	B	forwardStore
forwardReLU:
	EACHSUM(RELU)
forwardStore:
	STORESUMS(Y)
	ADD	$STRIP, Y
	CMP	UNDER, Y
	BNE	forwardStrip

	MOVD	LAYERY(LAYER), X
	ADD	$LAYERSIZE, LAYER
	SUBS	$1, COUNT
	BNE	forwardLayer

	VADDP	V22.D2, V22.D2, V22.D2 // -2 only where all bits are set
	VMOV	V22.D[0], TEMP
	CMN	$2, TEMP
	BNE	stop
