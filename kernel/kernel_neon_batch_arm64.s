//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"

// Lanes are samples. A tile is 4 outputs by up to 64 bytes of samples; its chains stay in registers while the inputs go
// by, and each weight is taken from its lane of a register. Outputs beyond a multiple of 4 go one at a time.

#define Y       R0  // outputs' rows at this tile's samples
#define W       R1  // weights
#define X       R2  // inputs' rows at this tile's samples
#define INPUTS  R3
#define OUTPUTS R4
#define REST    R5  // bytes of samples that are still to do
#define YSTRIDE R6  // strides in bytes
#define WSTRIDE R7
#define XSTRIDE R8
#define Y0      R9  // this tile's outputs
#define Y1      R10
#define Y2      R11
#define Y3      R12
#define COLUMN  R13 // weights of this tile's outputs
#define LEFT    R14 // outputs from this tile on
#define NEXTW   R15
#define NEXTX   R16
#define ROWS    R17 // inputs to come
// V0-V3     inputs
// V4, V5    weights
// V16-V31   chains: V16-V19 of the tile's first output, V20-V23 of its second ...

// Moves of one row of a tile: f is v0 by its other name.
#define LOAD64(from, f, v0, v1, v2, v3)	VLD1	(from), [v0.LANES, v1.LANES, v2.LANES, v3.LANES]
#define LOAD16(from, f, v0, v1, v2, v3)	FMOVQ	(from), f
#define LOAD8(from, f, v0, v1, v2, v3)	FMOVD	(from), f
#define LOAD4(from, f, v0, v1, v2, v3)	FMOVS	(from), f
#define STORE64(to, f, v0, v1, v2, v3)	VST1	[v0.LANES, v1.LANES, v2.LANES, v3.LANES], (to)
#define STORE16(to, f, v0, v1, v2, v3)	FMOVQ	f, (to)
#define STORE8(to, f, v0, v1, v2, v3)	FMOVD	f, (to)
#define STORE4(to, f, v0, v1, v2, v3)	FMOVS	f, (to)

// chain += w[k][j+output] * x[k], for a tile's row of chains that starts with register chain.
#define MULTIPLY64(output, chain)	TIMES(output, 0, chain); TIMES(output, 1, (chain)+1); TIMES(output, 2, (chain)+2); TIMES(output, 3, (chain)+3)
#define MULTIPLY16(output, chain)	TIMES(output, 0, chain)
#define ALONE64 \
	VFMLA	V0.LANES, V4.LANES, V16.LANES; \
	VFMLA	V1.LANES, V4.LANES, V17.LANES; \
	VFMLA	V2.LANES, V4.LANES, V18.LANES; \
	VFMLA	V3.LANES, V4.LANES, V19.LANES
#define ALONE16	VFMLA	V0.LANES, V4.LANES, V16.LANES

// SAMPLES does all strips of size bytes of samples that there are, and then goes on at next.
#define SAMPLES(size, begin, four, fourRow, fourDone, one, oneRow, oneDone, advance, next, LOAD, STORE, MULTIPLY, ALONE) \
begin: \
	CMP	$size, REST; \
	BLT	next; \
	MOVD	Y, Y0; \
	MOVD	W, COLUMN; \
	MOVD	OUTPUTS, LEFT; \
four: \
	SUBS	$4, LEFT; \
	BLT	one; \
	ADD	YSTRIDE, Y0, Y1; \
	ADD	YSTRIDE, Y1, Y2; \
	ADD	YSTRIDE, Y2, Y3; \
	LOAD(Y0, F16, V16, V17, V18, V19); \
	LOAD(Y1, F20, V20, V21, V22, V23); \
	LOAD(Y2, F24, V24, V25, V26, V27); \
	LOAD(Y3, F28, V28, V29, V30, V31); \
	MOVD	COLUMN, NEXTW; \
	MOVD	X, NEXTX; \
	MOVD	INPUTS, ROWS; \
	CBZ	ROWS, fourDone; \
fourRow: \
	LOADW; \
	LOAD(NEXTX, F0, V0, V1, V2, V3); \
	ADD	WSTRIDE, NEXTW; \
	ADD	XSTRIDE, NEXTX; \
	MULTIPLY(0, 16); \
	MULTIPLY(1, 20); \
	MULTIPLY(2, 24); \
	MULTIPLY(3, 28); \
	SUBS	$1, ROWS; \
	BNE	fourRow; \
fourDone: \
	STORE(Y0, F16, V16, V17, V18, V19); \
	STORE(Y1, F20, V20, V21, V22, V23); \
	STORE(Y2, F24, V24, V25, V26, V27); \
	STORE(Y3, F28, V28, V29, V30, V31); \
	ADD	YSTRIDE, Y3, Y0; \
	ADD	$(4*SIZE), COLUMN; \
	B	four; \
one: \
	CMN	$4, LEFT; \
	BEQ	advance; \
	LOAD(Y0, F16, V16, V17, V18, V19); \
	MOVD	COLUMN, NEXTW; \
	MOVD	X, NEXTX; \
	MOVD	INPUTS, ROWS; \
	CBZ	ROWS, oneDone; \
oneRow: \
	VLD1R	(NEXTW), [V4.LANES]; \
	LOAD(NEXTX, F0, V0, V1, V2, V3); \
	ADD	WSTRIDE, NEXTW; \
	ADD	XSTRIDE, NEXTX; \
	ALONE; \
	SUBS	$1, ROWS; \
	BNE	oneRow; \
oneDone: \
	STORE(Y0, F16, V16, V17, V18, V19); \
	ADD	YSTRIDE, Y0; \
	ADD	$SIZE, COLUMN; \
	SUB	$1, LEFT; \
	B	one; \
advance: \
	ADD	$size, Y; \
	ADD	$size, X; \
	SUB	$size, REST; \
	B	begin

#define FORWARDBATCH \
	SAMPLES(64, wide, wide4, wide4Row, wide4Done, wide1, wide1Row, wide1Done, wideNext, full, LOAD64, STORE64, MULTIPLY64, ALONE64); \
	SAMPLES(16, full, full4, full4Row, full4Done, full1, full1Row, full1Done, fullNext, half, LOAD16, STORE16, MULTIPLY16, ALONE16); \
	SAMPLES(8, half, half4, half4Row, half4Done, half1, half1Row, half1Done, halfNext, quarter, LOAD8, STORE8, MULTIPLY16, ALONE16); \
	SAMPLES(4, quarter, quarter4, quarter4Row, quarter4Done, quarter1, quarter1Row, quarter1Done, quarterNext, end, LOAD4, STORE4, MULTIPLY16, ALONE16); \
end: \
	RET

// float64.
#define LANES D2
#define SIZE 8
#define LOADW	VLD1	(NEXTW), [V4.D2, V5.D2]
#define TIMES(output, n, d)	FMLALANE2(4+((output)>>1), (output)&1, n, d)

// func neonForwardBatch64(y, w, x *float64, k, j, n, ystride, wstride, xstride int)
// y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s]) for k = 0, 1, ...
TEXT ·neonForwardBatch64(SB), NOSPLIT, $0-72
	MOVD	y+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	x+16(FP), X
	MOVD	k+24(FP), INPUTS
	MOVD	j+32(FP), OUTPUTS
	MOVD	n+40(FP), REST
	LSL	$3, REST
	MOVD	ystride+48(FP), YSTRIDE
	LSL	$3, YSTRIDE
	MOVD	wstride+56(FP), WSTRIDE
	LSL	$3, WSTRIDE
	MOVD	xstride+64(FP), XSTRIDE
	LSL	$3, XSTRIDE
	FORWARDBATCH

#undef LANES
#undef SIZE
#undef LOADW
#undef TIMES

// float32.
#define LANES S4
#define SIZE 4
#define LOADW	VLD1	(NEXTW), [V4.S4]
#define TIMES(output, n, d)	FMLALANE4(4, output, n, d)

// func neonForwardBatch32(y, w, x *float32, k, j, n, ystride, wstride, xstride int)
// y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s]) for k = 0, 1, ...
TEXT ·neonForwardBatch32(SB), NOSPLIT, $0-72
	MOVD	y+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	x+16(FP), X
	MOVD	k+24(FP), INPUTS
	MOVD	j+32(FP), OUTPUTS
	MOVD	n+40(FP), REST
	LSL	$2, REST
	MOVD	ystride+48(FP), YSTRIDE
	LSL	$2, YSTRIDE
	MOVD	wstride+56(FP), WSTRIDE
	LSL	$2, WSTRIDE
	MOVD	xstride+64(FP), XSTRIDE
	LSL	$2, XSTRIDE
	FORWARDBATCH
