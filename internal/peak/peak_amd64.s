//go:build !purego

#include "textflag.h"

#define SUMS   DI
#define ROUNDS CX

// EACH does op for the 12 chains, of registers that the includer of a loop has named.
#define EACH(op) \
	op(C0); op(C1); op(C2); op(C3); op(C4); op(C5); op(C6); op(C7); op(C8); op(C9); op(C10); op(C11)

#define CLEAR(c) VXORPS c, c, c
#define GO_ON(c) FMA X, Y, c   // c += x y
#define ADD_UP(c) ADD c, SUM, SUM

// LOOP is 12 chains of two steps a round.
#define LOOP \
	EACH(CLEAR);         \
	CLEAR(SUM);          \
	PCALIGN $32;         \
round:                       \
	EACH(GO_ON);         \
	EACH(GO_ON);         \
	DECQ    ROUNDS;      \
	JNE     round;       \
	EACH(ADD_UP);        \
	VMOVUPS SUM, (SUMS); \
	VZEROUPPER

// ---- avx512

#define C0  Z0
#define C1  Z1
#define C2  Z2
#define C3  Z3
#define C4  Z4
#define C5  Z5
#define C6  Z6
#define C7  Z7
#define C8  Z8
#define C9  Z9
#define C10 Z10
#define C11 Z11
#define X   Z12
#define Y   Z13
#define SUM Z14

#define FMA    VFMADD231PS
#define ADD    VADDPS

// func avx512Loop32(sums *float32, rounds int, x, y float32)
//
// c += x*y, for each chain c; then sums = the sum of all c
TEXT ·avx512Loop32(SB), NOSPLIT, $0-24
	MOVQ         sums+0(FP), SUMS
	MOVQ         rounds+8(FP), ROUNDS
	VBROADCASTSS x+16(FP), X
	VBROADCASTSS y+20(FP), Y
	LOOP
	RET

#undef FMA
#undef ADD

#define FMA    VFMADD231PD
#define ADD    VADDPD

// func avx512Loop64(sums *float64, rounds int, x, y float64)
//
// c += x*y, for each chain c; then sums = the sum of all c
TEXT ·avx512Loop64(SB), NOSPLIT, $0-32
	MOVQ         sums+0(FP), SUMS
	MOVQ         rounds+8(FP), ROUNDS
	VBROADCASTSD x+16(FP), X
	VBROADCASTSD y+24(FP), Y
	LOOP
	RET

#undef C0
#undef C1
#undef C2
#undef C3
#undef C4
#undef C5
#undef C6
#undef C7
#undef C8
#undef C9
#undef C10
#undef C11
#undef X
#undef Y
#undef SUM

// ---- avx2

#define C0  Y0
#define C1  Y1
#define C2  Y2
#define C3  Y3
#define C4  Y4
#define C5  Y5
#define C6  Y6
#define C7  Y7
#define C8  Y8
#define C9  Y9
#define C10 Y10
#define C11 Y11
#define X   Y12
#define Y   Y13
#define SUM Y14

#undef FMA
#undef ADD

#define FMA    VFMADD231PS
#define ADD    VADDPS

// func avx2Loop32(sums *float32, rounds int, x, y float32)
//
// c += x*y, for each chain c; then sums = the sum of all c
TEXT ·avx2Loop32(SB), NOSPLIT, $0-24
	MOVQ         sums+0(FP), SUMS
	MOVQ         rounds+8(FP), ROUNDS
	VBROADCASTSS x+16(FP), X
	VBROADCASTSS y+20(FP), Y
	LOOP
	RET

#undef FMA
#undef ADD

#define FMA    VFMADD231PD
#define ADD    VADDPD

// func avx2Loop64(sums *float64, rounds int, x, y float64)
//
// c += x*y, for each chain c; then sums = the sum of all c
TEXT ·avx2Loop64(SB), NOSPLIT, $0-32
	MOVQ         sums+0(FP), SUMS
	MOVQ         rounds+8(FP), ROUNDS
	VBROADCASTSD x+16(FP), X
	VBROADCASTSD y+24(FP), Y
	LOOP
	RET
