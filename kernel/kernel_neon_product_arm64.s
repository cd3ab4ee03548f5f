//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_product_arm64.h"

// float64: two elements in a vector, so that panels of 12, 8 and 4 columns have 6, 4 and 2 vectors.
#define LANES D2
#define SIZE 8
#define BY 3

// Two steps of each row in a register.
#define TAKE0 \
	FMOVQ.P	16(A0), F0; \
	FMOVQ.P	16(A1), F1; \
	FMOVQ.P	16(A2), F2; \
	FMOVQ.P	16(A3), F3
#define TAKE1
#define TAKE2	TAKE0
#define TAKE3
#define TAKEONE \
	FMOVD.P	8(A0), F0; \
	FMOVD.P	8(A1), F1; \
	FMOVD.P	8(A2), F2; \
	FMOVD.P	8(A3), F3
#define TIMES(s, row, n, d)	FMLALANE2(row, (s)&1, n, d)

// func neonSums64(c, from, a, b *float64, m, n, k, step, width, panel int)
// c[i*n+j] = fma(a(i, t), b[t*n+j], ...) for t = 0 .. k-1, from from[i*step+j] on; a(i, t) = a[t/width*panel+i*width+t%width]
TEXT ·neonSums64(SB), NOSPLIT, $0-80
	MOVD	c+0(FP), C
	MOVD	from+8(FP), FROM
	MOVD	a+16(FP), A
	MOVD	b+24(FP), FIRSTB
	MOVD	m+32(FP), ROWS
	MOVD	n+40(FP), COUNT
	LSR	$1, COUNT
	MOVD	k+48(FP), K
	MOVD	step+56(FP), STRIDE
	LSL	$BY, STRIDE
	MOVD	width+64(FP), WIDTH
	LSL	$BY, WIDTH, BELOW
	MOVD	panel+72(FP), JUMP
	LSL	$BY, JUMP
	SUB	BELOW, JUMP
	CMP	$4, COUNT
	BLT	tile2
	BEQ	tile4
	SUMS6
	SUMS4
	SUMS2

#undef TAKE0
#undef TAKE1
#undef TAKE2
#undef TAKE3
#undef TAKEONE
#undef TIMES

// Four rows of a step in two registers.
#define TAKE0	VLD1.P	(NEXTA)(STRIDEA), [V0.D2, V1.D2]
#define TAKE1	VLD1.P	(NEXTA)(STRIDEA), [V2.D2, V3.D2]
#define TAKE2	TAKE0
#define TAKE3	TAKE1
#define TAKEONE	TAKE0
#define TIMES(s, row, n, d)	FMLALANE2((((s)&1)*2+((row)>>1)), (row)&1, n, d)

// func neonGradient64(w, kept, a, b *float64, m, n, k, lanes int, rate float64, begin, end bool)
// s = fma(a[t*lanes+i], b[t*n+j], s) for t = 0 .. k-1, from +0 or kept on; w[i*n+j] = fma(rate, s, w[i*n+j]) or kept[i*n+j] = s
TEXT ·neonGradient64(SB), NOSPLIT, $0-74
	MOVD	w+0(FP), W
	MOVD	kept+8(FP), G
	MOVD	G, KEPT
	MOVD	a+16(FP), A
	MOVD	b+24(FP), FIRSTB
	MOVD	m+32(FP), ROWS
	MOVD	n+40(FP), COUNT
	LSR	$1, COUNT
	MOVD	k+48(FP), K
	MOVD	lanes+56(FP), STRIDEA
	LSL	$BY, STRIDEA
	MOVD	$rate+64(FP), RATE
	MOVBU	begin+72(FP), BEGIN
	MOVBU	end+73(FP), END
	CMP	$4, COUNT
	BLT	tile2
	BEQ	tile4
	GRADIENT6
	GRADIENT4
	GRADIENT2

// func neonTranspose64(dst, src *float64, dstride, sstride int)
// dst[j*dstride+i] = src[i*sstride+j] for i, j < 4
TEXT ·neonTranspose64(SB), NOSPLIT, $0-32
	MOVD	dst+0(FP), R0
	MOVD	src+8(FP), R1
	MOVD	dstride+16(FP), R2
	LSL	$BY, R2
	MOVD	sstride+24(FP), R3
	LSL	$BY, R3
	VLD1.P	(R1)(R3), [V0.D2, V1.D2]
	VLD1.P	(R1)(R3), [V2.D2, V3.D2]
	VLD1.P	(R1)(R3), [V4.D2, V5.D2]
	VLD1	(R1), [V6.D2, V7.D2]
	VTRN1	V2.D2, V0.D2, V16.D2  // column 0: rows 0, 1
	VTRN1	V6.D2, V4.D2, V17.D2  // rows 2, 3
	VTRN2	V2.D2, V0.D2, V18.D2  // column 1
	VTRN2	V6.D2, V4.D2, V19.D2
	VTRN1	V3.D2, V1.D2, V20.D2  // column 2
	VTRN1	V7.D2, V5.D2, V21.D2
	VTRN2	V3.D2, V1.D2, V22.D2  // column 3
	VTRN2	V7.D2, V5.D2, V23.D2
	VST1.P	[V16.D2, V17.D2], (R0)(R2)
	VST1.P	[V18.D2, V19.D2], (R0)(R2)
	VST1.P	[V20.D2, V21.D2], (R0)(R2)
	VST1	[V22.D2, V23.D2], (R0)
	RET

#undef LANES
#undef SIZE
#undef BY
#undef TAKE0
#undef TAKE1
#undef TAKE2
#undef TAKE3
#undef TAKEONE
#undef TIMES

// float32: four elements in a vector.
#define LANES S4
#define SIZE 4
#define BY 2

// Four steps of each row in a register.
#define TAKE0 \
	FMOVQ.P	16(A0), F0; \
	FMOVQ.P	16(A1), F1; \
	FMOVQ.P	16(A2), F2; \
	FMOVQ.P	16(A3), F3
#define TAKE1
#define TAKE2
#define TAKE3
#define TAKEONE \
	FMOVS.P	4(A0), F0; \
	FMOVS.P	4(A1), F1; \
	FMOVS.P	4(A2), F2; \
	FMOVS.P	4(A3), F3
#define TIMES(s, row, n, d)	FMLALANE4(row, s, n, d)

// func neonSums32(c, from, a, b *float32, m, n, k, step, width, panel int)
// c[i*n+j] = fma(a(i, t), b[t*n+j], ...) for t = 0 .. k-1, from from[i*step+j] on; a(i, t) = a[t/width*panel+i*width+t%width]
TEXT ·neonSums32(SB), NOSPLIT, $0-80
	MOVD	c+0(FP), C
	MOVD	from+8(FP), FROM
	MOVD	a+16(FP), A
	MOVD	b+24(FP), FIRSTB
	MOVD	m+32(FP), ROWS
	MOVD	n+40(FP), COUNT
	LSR	$2, COUNT
	MOVD	k+48(FP), K
	MOVD	step+56(FP), STRIDE
	LSL	$BY, STRIDE
	MOVD	width+64(FP), WIDTH
	LSL	$BY, WIDTH, BELOW
	MOVD	panel+72(FP), JUMP
	LSL	$BY, JUMP
	SUB	BELOW, JUMP
	EACHCOUNT(tile1, tile2, tile3, tile4, tile5, tile6)
	SUMS6
	SUMS5
	SUMS4
	SUMS3
	SUMS2
	SUMS1

#undef TAKE0
#undef TAKE1
#undef TAKE2
#undef TAKE3
#undef TAKEONE
#undef TIMES

// Four rows of a step in a register.
#define TAKE0	VLD1.P	(NEXTA)(STRIDEA), [V0.S4]
#define TAKE1	VLD1.P	(NEXTA)(STRIDEA), [V1.S4]
#define TAKE2	VLD1.P	(NEXTA)(STRIDEA), [V2.S4]
#define TAKE3	VLD1.P	(NEXTA)(STRIDEA), [V3.S4]
#define TAKEONE	TAKE0
#define TIMES(s, row, n, d)	FMLALANE4(s, row, n, d)

// func neonGradient32(w, kept, a, b *float32, m, n, k, lanes int, rate float32, begin, end bool)
// s = fma(a[t*lanes+i], b[t*n+j], s) for t = 0 .. k-1, from +0 or kept on; w[i*n+j] = fma(rate, s, w[i*n+j]) or kept[i*n+j] = s
TEXT ·neonGradient32(SB), NOSPLIT, $0-70
	MOVD	w+0(FP), W
	MOVD	kept+8(FP), G
	MOVD	G, KEPT
	MOVD	a+16(FP), A
	MOVD	b+24(FP), FIRSTB
	MOVD	m+32(FP), ROWS
	MOVD	n+40(FP), COUNT
	LSR	$2, COUNT
	MOVD	k+48(FP), K
	MOVD	lanes+56(FP), STRIDEA
	LSL	$BY, STRIDEA
	MOVD	$rate+64(FP), RATE
	MOVBU	begin+68(FP), BEGIN
	MOVBU	end+69(FP), END
	EACHCOUNT(tile1, tile2, tile3, tile4, tile5, tile6)
	GRADIENT6
	GRADIENT5
	GRADIENT4
	GRADIENT3
	GRADIENT2
	GRADIENT1

// func neonTranspose32(dst, src *float32, dstride, sstride int)
// dst[j*dstride+i] = src[i*sstride+j] for i, j < 4
TEXT ·neonTranspose32(SB), NOSPLIT, $0-32
	MOVD	dst+0(FP), R0
	MOVD	src+8(FP), R1
	MOVD	dstride+16(FP), R2
	LSL	$BY, R2
	MOVD	sstride+24(FP), R3
	LSL	$BY, R3
	VLD1.P	(R1)(R3), [V0.S4]
	VLD1.P	(R1)(R3), [V1.S4]
	VLD1.P	(R1)(R3), [V2.S4]
	VLD1	(R1), [V3.S4]
	VZIP1	V2.S4, V0.S4, V4.S4   // rows 0, 2, columns 0, 1
	VZIP1	V3.S4, V1.S4, V5.S4   // rows 1, 3
	VZIP2	V2.S4, V0.S4, V6.S4   // columns 2, 3
	VZIP2	V3.S4, V1.S4, V7.S4
	VZIP1	V5.S4, V4.S4, V16.S4  // column 0
	VZIP2	V5.S4, V4.S4, V17.S4
	VZIP1	V7.S4, V6.S4, V18.S4
	VZIP2	V7.S4, V6.S4, V19.S4
	VST1.P	[V16.S4], (R0)(R2)
	VST1.P	[V17.S4], (R0)(R2)
	VST1.P	[V18.S4], (R0)(R2)
	VST1	[V19.S4], (R0)
	RET
