// Registers and steps of the routines for tiny networks. A layer is one register, of 4 float64 or float32, or of 2 float64
// where that is enough: there a lane reaches the others sooner. Whoever includes this defines what the loop in
// kernel_avx512_tiny_amd64.h asks for.

#define STATE   DI
#define ORDER   SI
#define LEFT    CX
#define X       R8
#define LABEL   R9
#define INPUTS  R10
#define UNITS   R11
#define OUTPUTS R12
#define RAW     R13
#define I       AX // the sample
#define XI      BX // its values
#define TARGET  DX // offset of its targets

// EACH does op0 and up to count-1 of the others, then goes to done.
#define EACH(count, done, op0, op1, op2, op3) \
	op0; \
	CMPQ count, $2; \
	JLT  done; \
	op1; \
	JEQ  done; \
	op2; \
	CMPQ count, $4; \
	JLT  done; \
	op3

// Z += w*x[k]
#define ADD1(k, w) \
	FMA231.BCST (k*SIZE)(XI), w, Z

// hk = h[k] in all lanes, Z += w*hk
#define ADD2(k, w, hk) \
	SPREAD(k, H, hk); \
	FMA231 hk, w, Z

// G += w * v[j]
#define SEND(j, v, w) \
	SPREAD(j, v, VJ); \
	FMA231 VJ, w, G

// w = fma(RATE, product + 0, w)
#define MOVE2(w, hk) \
	VPXOR  QX, QX, QX; \
	FMA231 hk, D, Q; \
	FMA231 Q, RATE, w

#define MOVE2T(j, w) \
	SPREAD(j, D, VJ); \
	VPXOR  QX, QX, QX; \
	FMA231 VJ, Z, Q; \
	FMA231 Q, RATE, w

#define MOVE1(k, w) \
	VPXOR       QX, QX, QX; \
	FMA231.BCST (k*SIZE)(XI), D, Q; \
	FMA231      Q, RATE, w

// b = fma(BIASED, delta*1 + 0, b)
#define MOVE_BIAS(delta, b) \
	VPXOR  QX, QX, QX; \
	ADD    delta, Q, Q; \
	FMA231 Q, BIASED, b

#define WEIGHTS(op) \
	op((0*ROW)(STATE), W10); \
	op((1*ROW)(STATE), W11); \
	op((2*ROW)(STATE), W12); \
	op((3*ROW)(STATE), W13); \
	op((4*ROW)(STATE), W20); \
	op((5*ROW)(STATE), W21); \
	op((6*ROW)(STATE), W22); \
	op((7*ROW)(STATE), W23); \
	op((8*ROW)(STATE), T0); \
	op((9*ROW)(STATE), T1); \
	op((10*ROW)(STATE), T2); \
	op((11*ROW)(STATE), T3); \
	op((12*ROW)(STATE), B1); \
	op((13*ROW)(STATE), B2)

#define LOAD(place, w)  MOVU place, w
#define STORE(place, w) MOVU w, place

// Offsets in tinyState.
#define ROW        (SIZE<<2)
#define AT_RATE    (14*ROW)
#define AT_BIASED  (15*ROW)
#define AT_HIDDEN  (16*ROW)
#define AT_TARGETS (17*ROW)
#define AT_X       (21*ROW)
#define AT_LABEL   (21*ROW+8)
#define AT_INPUTS  (21*ROW+16)
#define AT_UNITS   (21*ROW+24)
#define AT_OUTPUTS (21*ROW+32)
#define AT_RAW     (21*ROW+40)
