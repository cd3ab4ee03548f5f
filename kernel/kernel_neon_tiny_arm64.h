// The body of the tiny routines: steps of online gradient descent until order ends or a sum is out of range, all of a
// network of one hidden layer. The includer defines how a layer's units lie in registers, and which weights do: held by
// the registers named here, or else loaded from the state where they are used and stored there when they have moved.

	MOVD	(POINTERS+0)(STATE), SAMPLES
	MOVD	(POINTERS+8)(STATE), LABELS
	MOVD	(POINTERS+16)(STATE), INPUTS
	MOVD	(POINTERS+24)(STATE), UNITS
	MOVD	(POINTERS+32)(STATE), OUTPUTS
	MOVD	(POINTERS+40)(STATE), RAW
	MOVD	ZR, DONE
	SIGMOIDCONSTANTS
	HOLD
	CBZ	LEFT, stop

step:
	MOVD.P	8(ORDER), INDEX
	MUL	INPUTS, INDEX, SAMPLE
	ADD	SAMPLE<<BY, SAMPLES, SAMPLE
	MOVD	(LABELS)(INDEX<<3), TARGET
	ADD	TARGET<<(BY+2), STATE, TARGET

	// Hidden layer: z1 = b1, then the chain over inputs.
	BIAS1(heldB1, B1)
	XTIMES(0, heldW1x0, W1)
	CMP	$2, INPUTS
	BLT	z1
	XTIMES(1, heldW1x1, W1+ROWSIZE)
	BEQ	z1
	XTIMES(2, heldW1x2, W1+2*ROWSIZE)
	CMP	$4, INPUTS
	BLT	z1
	XTIMES(3, heldW1x3, W1+3*ROWSIZE)
z1:
	LAYERSIGMOID(hidden)
	BNE	stop // nothing of this step is stored yet

	// Output layer: z2 = b2, then the chain over hidden units.
	BIAS2(heldB2, B2)
	TIMES(0, hidden, heldW2x0, W2, 0)
	CMP	$2, UNITS
	BLT	z2
	TIMES(1, hidden, heldW2x1, W2+ROWSIZE, 0)
	BEQ	z2
	THIRD(TIMES(2, hidden, heldW2x2, W2+2*ROWSIZE, 0))
	CMP	$4, UNITS
	BLT	z2
	THIRD(TIMES(3, hidden, heldW2x3, W2+3*ROWSIZE, 0))
z2:
	LAYERSIGMOID(outs)
	BNE	stop

	// Output error and delta.
	ROW(TARGETS, TARGETNUMBER, errors)
	UNITWISE(SUBTRACT, outs, errors, errors)     // e = target - o
	ONEMINUS(outs, 5)
	UNITWISE(MULTIPLY, outs, errors, delta2)
	UNITWISE(MULTIPLY, 5, delta2, delta2)        // d2 = (e*o) * (1-o)
	CBNZ	RAW, sendBack
	UNITWISE1(MOVE, delta2, errors)
sendBack:
	// The error sent back, by the old weights: g = +0, then the chain over outputs.
	CONSTANT(ZERO, delta1)
	TIMES(0, errors, heldW2Tx0, W2T, delta1)
	CMP	$2, OUTPUTS
	BLT	g1
	TIMES(1, errors, heldW2Tx1, W2T+ROWSIZE, delta1)
	BEQ	g1
	THIRD(TIMES(2, errors, heldW2Tx2, W2T+2*ROWSIZE, delta1))
	CMP	$4, OUTPUTS
	BLT	g1
	THIRD(TIMES(3, errors, heldW2Tx3, W2T+3*ROWSIZE, delta1))
g1:
	ONEMINUS(hidden, 5)
	UNITWISE(MULTIPLY, hidden, delta1, delta1)
	UNITWISE(MULTIPLY, 5, delta1, delta1)        // d1 = (g*h) * (1-h)

	// While that is under way: the updates of the output layer.
	ROW(RATE, STATENUMBER, rates)
	MOVE2(UNITTIMES(0, hidden, delta2, gradient), heldW2x0, W2)
	CMP	$2, UNITS
	BLT	w2
	MOVE2(UNITTIMES(1, hidden, delta2, gradient), heldW2x1, W2+ROWSIZE)
	BEQ	w2
	THIRD(MOVE2(UNITTIMES(2, hidden, delta2, gradient), heldW2x2, W2+2*ROWSIZE))
	CMP	$4, UNITS
	BLT	w2
	THIRD(MOVE2(UNITTIMES(3, hidden, delta2, gradient), heldW2x3, W2+3*ROWSIZE))
w2:
	ROW(HIDDEN, STATENUMBER, outs)
	UNITWISE(AND16, hidden, outs, outs)
	MOVE2(UNITTIMES(0, delta2, outs, gradient), heldW2Tx0, W2T)
	CMP	$2, OUTPUTS
	BLT	w2t
	MOVE2(UNITTIMES(1, delta2, outs, gradient), heldW2Tx1, W2T+ROWSIZE)
	BEQ	w2t
	THIRD(MOVE2(UNITTIMES(2, delta2, outs, gradient), heldW2Tx2, W2T+2*ROWSIZE))
	CMP	$4, OUTPUTS
	BLT	w2t
	THIRD(MOVE2(UNITTIMES(3, delta2, outs, gradient), heldW2Tx3, W2T+3*ROWSIZE))
w2t:
	// The updates of the hidden layer, for which the next step waits.
	MOVE1(XGRADIENT(0), heldW1x0, W1)
	CMP	$2, INPUTS
	BLT	w1
	MOVE1(XGRADIENT(1), heldW1x1, W1+ROWSIZE)
	BEQ	w1
	MOVE1(XGRADIENT(2), heldW1x2, W1+2*ROWSIZE)
	CMP	$4, INPUTS
	BLT	w1
	MOVE1(XGRADIENT(3), heldW1x3, W1+3*ROWSIZE)
w1:
	ROW(BIASED, STATENUMBER, rates)
	MOVE1(UNITWISE(PLUS, delta1, gradient, gradient), heldB1, B1)
	MOVE2(UNITWISE(PLUS, delta2, gradient, gradient), heldB2, B2)

	ADD	$1, DONE
	SUBS	$1, LEFT
	BNE	step
stop:
