// What the routines for many networks side by side share. A row has an element for each lane: 16 float64 or 32 float32,
// so 128 bytes. A strip is the 64 bytes of it that the registers take at a time, in four vectors. The includer defines
// the type's operations without the 2 or 4 at the end of their names (FADD and so on), SIZE, and for the activations
// SETTLECONSTANTS, STRIPSIGMOID and STRIPTANH, and the labels UNSETTLED and AFTERTANH.

#define ROW	128 // bytes
#define ROWBITS	7
#define STRIP	64

#define STATE	R0  // *lanesState
#define BLOCK	R1  // inputs and labels of this block
#define LEFT	R2  // blocks to come, this one included
#define LAYER	R3  // *lanesLayer
#define COUNT	R4  // layers to come; a layer's units to come
#define X	R5  // inputs of the layer
#define W	R6 // its weights
#define BIASES	R7 // its biases
#define Y	R8  // its outputs
#define IN	R9
#define OUT	R10
#define ACT	R11
#define WIDTH	R12 // bytes of the weights of one input
#define AT	R13 // offset of this strip in its row
#define TEMP	R14
// R15 is TABLE.
#define NEXTW	R16
#define NEXTX	R17
#define ROWS	R19 // inputs or outputs to come
#define LABELS	R20 // labels of this block
#define DELTAS	R21 // deltas of the layer
#define SENT	R22 // what it sends back: errors or deltas
#define NEXTD	R23
#define NEXTV	R24
#define UNDER	R25 // deltas of the layer below; where the outputs end
#define SIGMOIDS	R26 // activation that stands for the sigmoid in this block: SIGMOIDACT or RAREACT

// The layout of lanesState and lanesLayer.
#define LAYERS		0
#define LAYERCOUNT	8
#define RAW		16
#define LOSS		24
#define CORRECT		32
#define RATE		40
#define HIGH		(40+SIZE)
#define LOW		(40+2*SIZE)

#define LAYERIN		0
#define LAYEROUT	8
#define LAYERACT	16
#define LAYERW		24
#define LAYERB		32
#define LAYERY		40
#define LAYERE		48
#define LAYERD		56
#define LAYERSIZE	64

#define SIGMOIDACT	1
#define TANHACT		2
#define RAREACT		4 // the sigmoid by a recipe that is slower and settles more

// A strip of sums lies in registers 17, 25, 18 and 26, so that the recipes take it as two pairs. There it becomes the
// outputs. All other strips lie in four registers that follow each other.
#define LOADSUMS(p)	FLDPQ	(p), (F17, F25); FLDPQ	32(p), (F18, F26)
#define STORESUMS(p)	FSTPQ	(F17, F25), (p); FSTPQ	(F18, F26), 32(p)
#define EACHSUM(OP)	OP(17); OP(25); OP(18); OP(26)
#define RELU(z)		FCMGTZERO(z, 0); AND16(0, z, z) // z where z > 0

// The recipes work on two vectors.
#define EACH		BOTH
#define EACHK		BOTHK
#define EACH1		BOTH1
#define EACHLANE	BOTHLANE
#define LOAD		BOTHLOAD
#define EACHRECIPROCAL	BOTHRECIPROCAL
#define kSettled	22 // all ones while STRIPSIGMOID settles all sigmoids of the block
// 23, 24, 30 and 31 are the type's own in layers of sigmoids.

#define LOAD0(p)	FLDPQ	(p), (F0, F1); FLDPQ	32(p), (F2, F3)
#define LOAD8(p)	FLDPQ	(p), (F8, F9); FLDPQ	32(p), (F10, F11)
#define LOAD20(p)	FLDPQ	(p), (F20, F21); FLDPQ	32(p), (F22, F23)
#define LOAD24(p)	FLDPQ	(p), (F24, F25); FLDPQ	32(p), (F26, F27)
#define LOAD28(p)	FLDPQ	(p), (F28, F29); FLDPQ	32(p), (F30, F31)
#define STORE0(p)	FSTPQ	(F0, F1), (p); FSTPQ	(F2, F3), 32(p)
#define STORE4(p)	FSTPQ	(F4, F5), (p); FSTPQ	(F6, F7), 32(p)
#define STORE12(p)	FSTPQ	(F12, F13), (p); FSTPQ	(F14, F15), 32(p)
#define STORE20(p)	FSTPQ	(F20, F21), (p); FSTPQ	(F22, F23), 32(p)

// An operation on a strip. FOURN has one register for n, FOURM for m.
#define FOUR(OP, m, n, d)	OP(m, n, d); OP((m)+1, (n)+1, (d)+1); OP((m)+2, (n)+2, (d)+2); OP((m)+3, (n)+3, (d)+3)
#define FOURN(OP, m, n, d)	OP(m, n, d); OP((m)+1, n, (d)+1); OP((m)+2, n, (d)+2); OP((m)+3, n, (d)+3)
#define FOURM(OP, m, n, d)	OP(m, n, d); OP(m, (n)+1, (d)+1); OP(m, (n)+2, (d)+2); OP(m, (n)+3, (d)+3)
#define FOUR1(OP, n, d)		OP(n, d); OP((n)+1, (d)+1); OP((n)+2, (d)+2); OP((n)+3, (d)+3)
#define FOUR1N(OP, n, d)	OP(n, d); OP(n, (d)+1); OP(n, (d)+2); OP(n, (d)+3)
#define FOURCLEAR(d)		CLEAR(d); CLEAR((d)+1); CLEAR((d)+2); CLEAR((d)+3)

// Constants of what follows the forward product, whose recipes need the registers.
#define kUnit	16 // 1
#define kHigh	17
#define kLow	18
#define kRate	17 // where there are no targets
#define kNull	18
#define kIndex	19 // the output's index

#define TARGETCONSTANTS \
	FMOV1	$1.0, F16; \
	SPREAD(V16); \
	FMOV1	HIGH(STATE), F17; \
	SPREAD(V17); \
	FMOV1	LOW(STATE), F18; \
	SPREAD(V18); \
	CLEAR(kIndex)

// SLOPES sets the deltas in registers 12-15 for outputs y in 0-3 and errors e in 4-7. Registers 8-11 are for work.
#define SLOPES(tanh, relu, identity, done) \
	CMP	$SIGMOIDACT, ACT; \
	BLT	identity; \
	BGT	tanh; \
	FOUR(FMUL, 0, 4, 12); \
	FOURN(FSUB, 0, kUnit, 8); \
	FOUR(FMUL, 8, 12, 12)                /* (e*y) * (1-y) */; \
	B	done; \
tanh: \
	CMP	$TANHACT, ACT; \
	BGT	relu; \
	FOUR1N(MOVE, kUnit, 8); \
	FOUR(FMLS, 0, 0, 8); \
	FOUR(FMUL, 8, 4, 12)                 /* e * (1 - y*y), the sum rounded once */; \
	B	done; \
relu: \
	FOUR1(FCMGTZERO, 0, 12); \
	FOUR(AND16, 12, 4, 12)               /* e where y > 0 */; \
	B	done; \
identity: \
	FOUR1(MOVE, 4, 12); \
done:

// ERRORS sets registers 4-7 to target - y: y in 0-3, labels in 8-11, which it turns into masks.
#define ERRORS \
	FOURM(FCMEQ, kIndex, 8, 8); \
	FOUR1N(MOVE, kLow, 4); \
	FOURN(BIT16, 8, kHigh, 4); \
	FOUR(FSUB, 0, 4, 4)
