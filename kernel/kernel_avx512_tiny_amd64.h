// The loop of the routines for tiny networks, the whole of their TEXT. Whoever includes it names its registers as they do,
// and defines for the element type
//
//	SIZE, LOG_ROW                        of an element in bytes; logarithm of a row of tinyState in bytes
//	MOVU, BROADCAST, FMA231, ADD, ...    instructions
//	ONE_T                                1
//	SPREAD(k, v, y)                      y = v[k] in all lanes
//	SIGMOID(z, y, rare)                  y = sigmoid(z), or a jump to rare if a lane needs what the routine does not have
//
// A step's latency is all that counts: from the weights of the first layer through both sigmoids and back to these weights.
// What does not lie on that path stands where its operands are ready and the path waits.

	MOVQ t+0(FP), STATE
	MOVQ order+8(FP), ORDER
	MOVQ n+16(FP), LEFT
	MOVQ AT_X(STATE), X
	MOVQ AT_LABEL(STATE), LABEL
	MOVQ AT_INPUTS(STATE), INPUTS
	MOVQ AT_UNITS(STATE), UNITS
	MOVQ AT_OUTPUTS(STATE), OUTPUTS
	MOVQ AT_RAW(STATE), RAW
	WEIGHTS(LOAD)
	MOVU AT_RATE(STATE), RATE
	MOVU AT_BIASED(STATE), BIASED

	TESTQ LEFT, LEFT
	JLE   end

step:
	MOVQ  (ORDER), I
	MOVQ  (LABEL)(I*8), TARGET
	SHLQ  $LOG_ROW, TARGET
	IMULQ INPUTS, I
	LEAQ  (X)(I*SIZE), XI

	// h = sigmoid(b1 + w1[0]*x[0] + ...)
	VMOVAPD B1, Z
	EACH(INPUTS, hidden, ADD1(0, W10), ADD1(1, W11), ADD1(2, W12), ADD1(3, W13))

hidden:
	SIGMOID(Z, H, end)

	// o = sigmoid(b2 + w2[0]*h[0] + ...)
	VMOVAPD B2, Z
	EACH(UNITS, outputs, ADD2(0, W20, H0), ADD2(1, W21, H1), ADD2(2, W22, H2), ADD2(3, W23, H3))

outputs:
	BROADCAST ONE_T, SLOPE
	SUB       H, SLOPE, SLOPE           // 1 - h, for later
	SIGMOID(Z, O, end)

	// e = t - o, d2 = (e*o) * (1-o); g = w2t[0]*v[0] + ...
	MOVU      AT_TARGETS(STATE)(TARGET*1), E
	SUB       O, E, E
	BROADCAST ONE_T, D
	SUB       O, D, D
	MUL       O, E, O
	MUL       O, D, D
	VPXOR     GX, GX, GX
	TESTQ     RAW, RAW
	JEQ       deltas
	EACH(OUTPUTS, sent, SEND(0, E, T0), SEND(1, E, T1), SEND(2, E, T2), SEND(3, E, T3))
	JMP       sent

deltas:
	EACH(OUTPUTS, sent, SEND(0, D, T0), SEND(1, D, T1), SEND(2, D, T2), SEND(3, D, T3))

sent:
	// w2[k] += rate * (d2*h[k] + 0)
	EACH(UNITS, moved2, MOVE2(W20, H0), MOVE2(W21, H1), MOVE2(W22, H2), MOVE2(W23, H3))

moved2:
	// w2t[j] += rate * (d2[j]*h + 0), in the lanes of hidden units
	AND  AT_HIDDEN(STATE), H, Z
	EACH(OUTPUTS, moved2t, MOVE2T(0, T0), MOVE2T(1, T1), MOVE2T(2, T2), MOVE2T(3, T3))

moved2t:
	MOVE_BIAS(D, B2)

	// d1 = (g*h) * (1-h); w1[k] += rate * (d1*x[k] + 0)
	MUL  H, G, G
	MUL  SLOPE, G, D
	MOVE_BIAS(D, B1)
	EACH(INPUTS, moved1, MOVE1(0, W10), MOVE1(1, W11), MOVE1(2, W12), MOVE1(3, W13))

moved1:
	ADDQ $8, ORDER
	DECQ LEFT
	JNE  step

end:
	WEIGHTS(STORE)
	MOVQ n+16(FP), AX
	SUBQ LEFT, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
