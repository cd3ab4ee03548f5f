// Steps of forwardBatch on a vector of samples, at d bytes, under the mask of its lanes. The sums of the tile's outputs
// are a0 to a3. Beside the registers below there are those of a layer's routines: Y for the tile's first sums, W for its
// first weight.

#define X        DX  // the first input of the tile's samples
#define Y3       R8  // the tile's last row of sums
#define OUTPUTS  R9  // left
#define SAMPLES  R10 // left
#define YSTRIDE  R11 // distances of rows, in bytes
#define WSTRIDE  R12
#define XSTRIDE  R13
#define WIDTH    R14 // of the tile, in bytes
#define WK       BX  // weights of input k
#define XK       CX  // values of input k
#define INPUTS   AX  // left

#define XV       Z16 // a vector of samples' values
#define W0       Z17 // weights of input k, in all lanes
#define W1       Z18
#define W2       Z19
#define W3       Z20

// TILE does op for each vector of the tile, then goes to done.
#define TILE(op, done) \
	op(64*0, K3, Z0, Z1, Z2, Z3); \
	CMPQ WIDTH, $(64*1); \
	JEQ  done; \
	op(64*1, K4, Z4, Z5, Z6, Z7); \
	CMPQ WIDTH, $(64*2); \
	JEQ  done; \
	op(64*2, K5, Z8, Z9, Z10, Z11); \
	CMPQ WIDTH, $(64*3); \
	JEQ  done; \
	op(64*3, K6, Z12, Z13, Z26, Z27)

#define LOAD4(d, mask, a0, a1, a2, a3) \
	MOVU.Z d(Y), mask, a0; \
	MOVU.Z d(Y)(YSTRIDE*1), mask, a1; \
	MOVU.Z d(Y)(YSTRIDE*2), mask, a2; \
	MOVU.Z d(Y3), mask, a3

// a0 to a3 += x * w0 to w3
#define ADD4(d, mask, a0, a1, a2, a3) \
	MOVU.Z d(XK), mask, XV; \
	FMA231 XV, W0, a0; \
	FMA231 XV, W1, a1; \
	FMA231 XV, W2, a2; \
	FMA231 XV, W3, a3

#define STORE4(d, mask, a0, a1, a2, a3) \
	MOVU a0, mask, d(Y); \
	MOVU a1, mask, d(Y)(YSTRIDE*1); \
	MOVU a2, mask, d(Y)(YSTRIDE*2); \
	MOVU a3, mask, d(Y3)

#define LOAD2(d, mask, a0, a1, a2, a3) \
	MOVU.Z d(Y), mask, a0; \
	MOVU.Z d(Y)(YSTRIDE*1), mask, a1

// a0, a1 += x * w0, w1
#define ADD2(d, mask, a0, a1, a2, a3) \
	MOVU.Z d(XK), mask, XV; \
	FMA231 XV, W0, a0; \
	FMA231 XV, W1, a1

#define STORE2(d, mask, a0, a1, a2, a3) \
	MOVU a0, mask, d(Y); \
	MOVU a1, mask, d(Y)(YSTRIDE*1)

#define LOAD1(d, mask, a0, a1, a2, a3) \
	MOVU.Z d(Y), mask, a0

// a0 += x * w0
#define ADD1(d, mask, a0, a1, a2, a3) \
	FMA231 d(XK), W0, mask, a0

#define STORE1(d, mask, a0, a1, a2, a3) \
	MOVU a0, mask, d(Y)
