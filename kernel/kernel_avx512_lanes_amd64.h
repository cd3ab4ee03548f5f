// Many networks side by side: registers, steps and local functions, for both element types. A row of lanes is four vectors,
// so all that is done to a row is done to four vectors in turn, which keeps the units busy. Whoever includes this defines
//
//	SIZE                                  of an element in bytes
//	MOVU, BROADCAST, FMA231, ADD, ...     instructions
//	ONE_T                                 1
//	SIGMOIDS                              stores sigmoid of Z8 to Z11 at Y and returns; may set UNDONE
//	TANH1                                 T = tanh(T)
//	KEEP_SECOND, TAKE_SECOND              what keeps Z28 to Z31 while Z8 to Z11 are activated; Z8 to Z11 = what was kept
//	ADD_LOSSES                            adds Z0 to Z3 to the losses at AX
//
// and T, a register apart from those of the recipes and from Z8 to Z11, which hold the sums of an output. Those of the output
// after it are in Z28 to Z31.

#define STATE  DI
#define X      SI  // the block of samples
#define LAYER  R8
#define I      AX  // inputs left, or offset of an output's row

// Forward.
#define END    R9  // of the layers
#define IN     R10 // rows of inputs
#define J      R11 // outputs left
#define STRIDE R12 // bytes from an input's weights to the next one's
#define W      R13 // the output's first weights
#define UNDONE R14 // not 0: a sum is left undone
#define ACT    R15
#define WK     BX  // the input's weights
#define XK     DX  // and values
#define Y      CX  // the output's row

// Backward, besides STATE, X, LAYER, I, IN, STRIDE, W and ACT.
#define D      BX  // deltas
#define SENT   DX  // what is sent back: deltas or errors
#define LEFT   CX  // inputs left
#define BELOW  R9  // deltas of the inputs, one row after the other
#define ERRORS R11 // and errors
#define LABEL  R12 // of the samples

#define ROW 256 // bytes

// Offsets in lanesState and lanesLayer.
#define AT_LAYERS  0
#define AT_COUNT   8
#define AT_RAW     16
#define AT_LOSS    24
#define AT_CORRECT 32
#define AT_RATE    40
#define AT_HIGH    (40+SIZE)
#define AT_LOW     (40+2*SIZE)

#define AT_IN  0
#define AT_OUT 8
#define AT_ACT 16
#define AT_W   24
#define AT_B   32
#define AT_Y   40
#define AT_E   48
#define AT_D   56
#define LAYER_SIZE 64

#define EQUAL 0x00 // predicate of VCMPPD and VCMPPS

#define LOAD4(p, a, b, c, d) \
	MOVU (64*0)p, a; \
	MOVU (64*1)p, b; \
	MOVU (64*2)p, c; \
	MOVU (64*3)p, d

#define STORE4(a, b, c, d, p) \
	MOVU a, (64*0)p; \
	MOVU b, (64*1)p; \
	MOVU c, (64*2)p; \
	MOVU d, (64*3)p

#define ZERO4(a, b, c, d) \
	VPXORQ a, a, a; \
	VPXORQ b, b, b; \
	VPXORQ c, c, c; \
	VPXORQ d, d, d

// SUMS4 adds the products of Z0 to Z3 and a row of weights.
#define SUMS4(o, a, b, c, d) \
	FMA231 (o+64*0)(WK), Z0, a; \
	FMA231 (o+64*1)(WK), Z1, b; \
	FMA231 (o+64*2)(WK), Z2, c; \
	FMA231 (o+64*3)(WK), Z3, d

// FIRST4 begins sums with row o of the biases from that of Y on, or with 0.
#define FIRST4(o, a, b, c, d, zero, begun) \
	MOVQ  AT_B(LAYER), WK; \
	TESTQ WK, WK; \
	JEQ   zero; \
	SUBQ  AT_Y(LAYER), WK; \
	ADDQ  Y, WK; \
	MOVU  (o+64*0)(WK), a; \
	MOVU  (o+64*1)(WK), b; \
	MOVU  (o+64*2)(WK), c; \
	MOVU  (o+64*3)(WK), d; \
	JMP   begun; \
zero: \
	ZERO4(a, b, c, d); \
begun:

// forward sets all layers' outputs for the block X. Where it sets UNDONE they are of no use.
//
// y[j] = act(b[j] + w[0][j]*x[0] + w[1][j]*x[1] + ...)
TEXT forward<>(SB), NOSPLIT, $0-0
	MOVQ AT_LAYERS(STATE), LAYER
	MOVQ AT_COUNT(STATE), END
	SHLQ $6, END
	ADDQ LAYER, END
	MOVQ X, IN
	XORL UNDONE, UNDONE

layer:
	MOVQ AT_OUT(LAYER), J
	MOVQ J, STRIDE
	SHLQ $8, STRIDE
	MOVQ AT_W(LAYER), W
	MOVQ AT_Y(LAYER), Y
	MOVQ AT_ACT(LAYER), ACT
	SUBQ $2, J
	JLT  last

// Two outputs at once, so that a value of the inputs is loaded once for both.
pair:
	FIRST4(0, Z8, Z9, Z10, Z11, zero0, begun0)
	FIRST4(ROW, Z28, Z29, Z30, Z31, zero1, begun1)
	MOVQ W, WK
	MOVQ IN, XK
	MOVQ AT_IN(LAYER), I

input2:
	LOAD4((XK), Z0, Z1, Z2, Z3)
	SUMS4(0, Z8, Z9, Z10, Z11)
	SUMS4(ROW, Z28, Z29, Z30, Z31)
	ADDQ STRIDE, WK
	ADDQ $ROW, XK
	DECQ I
	JNE  input2

	KEEP_SECOND
	CALL activations<>(SB)
	ADDQ $ROW, Y
	TAKE_SECOND
	CALL activations<>(SB)
	ADDQ $ROW, Y
	ADDQ $(2*ROW), W
	SUBQ $2, J
	JGE  pair

last:
	ADDQ  $2, J
	JEQ   nextlayer
	FIRST4(0, Z8, Z9, Z10, Z11, zero, begun)
	MOVQ W, WK
	MOVQ IN, XK
	MOVQ AT_IN(LAYER), I

input:
	LOAD4((XK), Z0, Z1, Z2, Z3)
	SUMS4(0, Z8, Z9, Z10, Z11)
	ADDQ STRIDE, WK
	ADDQ $ROW, XK
	DECQ I
	JNE  input

	CALL activations<>(SB)

nextlayer:
	MOVQ AT_Y(LAYER), IN
	ADDQ $LAYER_SIZE, LAYER
	CMPQ LAYER, END
	JNE  layer
	RET

// activations stores act of Z8 to Z11 at Y.
TEXT activations<>(SB), NOSPLIT, $0-0
	CMPQ ACT, $1
	JLT  identity
	JEQ  sigmoid
	CMPQ ACT, $2
	JEQ  tanh

	VPXORQ Z0, Z0, Z0
	CMP    $GREATER, Z0, Z8, K1
	CMP    $GREATER, Z0, Z9, K2
	CMP    $GREATER, Z0, Z10, K3
	CMP    $GREATER, Z0, Z11, K4
	MOVA.Z Z8, K1, Z8                   // z > 0 ? z : +0
	MOVA.Z Z9, K2, Z9
	MOVA.Z Z10, K3, Z10
	MOVA.Z Z11, K4, Z11

identity:
	STORE4(Z8, Z9, Z10, Z11, (Y))
	RET

sigmoid:
	SIGMOIDS

tanh:
	VMOVAPD Z8, T
	CALL    tanh<>(SB)
	MOVU    T, (64*0)(Y)
	VMOVAPD Z9, T
	CALL    tanh<>(SB)
	MOVU    T, (64*1)(Y)
	VMOVAPD Z10, T
	CALL    tanh<>(SB)
	MOVU    T, (64*2)(Y)
	VMOVAPD Z11, T
	CALL    tanh<>(SB)
	MOVU    T, (64*3)(Y)
	RET

// tanh sets T = tanh(T).
TEXT tanh<>(SB), NOSPLIT, $0-0
	TANH1
	RET

// DELTA_SIGMOID sets d = (e*y) * (1-y).
#define DELTA_SIGMOID(e, y, d) \
	BROADCAST ONE_T, d; \
	SUB       y, d, d; \
	MUL       y, e, y; \
	MUL       d, y, d

// DELTA_TANH sets d = e * (1 - y*y).
#define DELTA_TANH(e, y, d) \
	BROADCAST ONE_T, d; \
	FNMADD231 y, y, d; \
	MUL       d, e, d

// deltas sets Z8 to Z11 to the errors Z0 to Z3 times the slope of ACT at its values Z4 to Z7, which it may overwrite.
TEXT deltas<>(SB), NOSPLIT, $0-0
	CMPQ ACT, $1
	JLT  identity
	JEQ  sigmoid
	CMPQ ACT, $2
	JEQ  tanh

	VPXORQ Z12, Z12, Z12
	CMP    $GREATER, Z12, Z4, K1
	CMP    $GREATER, Z12, Z5, K2
	CMP    $GREATER, Z12, Z6, K3
	CMP    $GREATER, Z12, Z7, K4
	MOVA.Z Z0, K1, Z8                   // y > 0 ? e : +0
	MOVA.Z Z1, K2, Z9
	MOVA.Z Z2, K3, Z10
	MOVA.Z Z3, K4, Z11
	RET

identity:
	VMOVAPD Z0, Z8
	VMOVAPD Z1, Z9
	VMOVAPD Z2, Z10
	VMOVAPD Z3, Z11
	RET

sigmoid:
	DELTA_SIGMOID(Z0, Z4, Z8)
	DELTA_SIGMOID(Z1, Z5, Z9)
	DELTA_SIGMOID(Z2, Z6, Z10)
	DELTA_SIGMOID(Z3, Z7, Z11)
	RET

tanh:
	DELTA_TANH(Z0, Z4, Z8)
	DELTA_TANH(Z1, Z5, Z9)
	DELTA_TANH(Z2, Z6, Z10)
	DELTA_TANH(Z3, Z7, Z11)
	RET

// TARGET4 sets e = target - y for the output that INDEX names and the labels at p.
#define TARGET1(d, y, e, p) \
	CMP  $EQUAL, d(p), INDEX, K1; \
	MOVA LOW, e; \
	MOVA HIGH, K1, e; \
	SUB  y, e, e
#define TARGET4(y0, y1, y2, y3, e0, e1, e2, e3, p) \
	TARGET1(64*0, y0, e0, p); \
	TARGET1(64*1, y1, e1, p); \
	TARGET1(64*2, y2, e2, p); \
	TARGET1(64*3, y3, e3, p)

// LARGER takes output y for the largest so far, max, if it is larger.
#define LARGER(y, best, max) \
	CMP  $GREATER, max, y, K1; \
	MOVA INDEX, K1, best; \
	MOVA y, K1, max

// RIGHT counts the lanes whose largest output is the label's.
#define RIGHT(d, best) \
	CMP    $EQUAL, d(LABEL), best, K1; \
	MOVA.Z ONES, K1, Z8; \
	ADD    d(AX), Z8, Z8; \
	MOVU   Z8, d(AX)

// MOVES4 moves a row of weights Z8 to Z11 and stores it, with the deltas at d and the inputs Z4 to Z7.
//
// w = fma(rate, delta*x + 0, w)
#define MOVES4(d) \
	LOAD4(d, Z12, Z13, Z14, Z15); \
	FMA213 NIL, Z4, Z12; \
	FMA213 NIL, Z5, Z13; \
	FMA213 NIL, Z6, Z14; \
	FMA213 NIL, Z7, Z15; \
	FMA231 Z12, RATE, Z8; \
	FMA231 Z13, RATE, Z9; \
	FMA231 Z14, RATE, Z10; \
	FMA231 Z15, RATE, Z11; \
	STORE4(Z8, Z9, Z10, Z11, (W))

// Registers of the backward pass.
#define INDEX Z28 // an output's index
#define HIGH  Z29
#define LOW   Z30
#define RATE  Z31
#define NIL   Z27 // 0
#define ONES  Z26
