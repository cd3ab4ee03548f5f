//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"

// Element-wise loops of few operations. Before each routine, VALUE(LOAD) is set to what loads a vector of operands by LOAD
// and computes Y0 from them. Y2 is 0, Y3 is 1, Y4 is the tail's mask.

#define DST    DI
#define A      SI // the first operand
#define B      BX // the second operand
#define BYTES  CX // of whole vectors
#define OFFSET AX
#define TAIL   DX // bytes of the tail

#define WHOLE(mem, v)   VLOAD mem, v
#define PARTIAL(mem, v) VMASK mem, Y4, v

// ELEMENTS computes BYTES elements; their number becomes the bytes of whole vectors.
#define ELEMENTS \
	SHLQ  $LOGSIZE, BYTES;         \
	MOVQ  BYTES, TAIL;             \
	ANDQ  $31, TAIL;               \
	SUBQ  TAIL, BYTES;             \
	XORL  OFFSET, OFFSET;          \
	VXOR  Y2, Y2, Y2;              \
	JMP   test;                    \
loop:                                  \
	VALUE(WHOLE);                  \
	VLOAD Y0, (DST)(OFFSET*1);     \
	ADDQ  $32, OFFSET;             \
test:                                  \
	CMPQ  OFFSET, BYTES;           \
	JLT   loop;                    \
	TESTQ TAIL, TAIL;              \
	JEQ   done;                    \
	LEAQ  masks<>+32(SB), BYTES;   \
	SUBQ  TAIL, BYTES;             \
	VLOAD (BYTES), Y4;             \
	VALUE(PARTIAL);                \
	VMASK Y0, Y4, (DST)(OFFSET*1); \
done:                                  \
	VZEROUPPER

// (e*y) * (1-y)
#define SIGMOID_SLOPE(LOAD) \
	LOAD((A)(OFFSET*1), Y0); \
	LOAD((B)(OFFSET*1), Y1); \
	VMUL Y1, Y0, Y0;         \
	VSUB Y1, Y3, Y1;         \
	VMUL Y1, Y0, Y0

// e * fma(-y, y, 1)
#define TANH_SLOPE(LOAD) \
	LOAD((A)(OFFSET*1), Y0); \
	LOAD((B)(OFFSET*1), Y1); \
	VMOVE     Y3, Y5;        \
	VNEGFMA231 Y1, Y1, Y5;   \
	VMUL Y5, Y0, Y0

// e where y > 0, else +0
#define RELU(LOAD) \
	LOAD((A)(OFFSET*1), Y0); \
	LOAD((B)(OFFSET*1), Y1); \
	VCMP $0x1e, Y2, Y1, Y1;  \
	VAND Y1, Y0, Y0

DATA ones<>+0(SB)/8, $0x3ff0000000000000 // float64 1
DATA ones<>+8(SB)/4, $0x3f800000         // float32 1
GLOBL ones<>(SB), RODATA|NOPTR, $12

// ---- float64

#define VLOAD      VMOVUPD
#define VMASK      VMASKMOVPD
#define VMOVE      VMOVAPD
#define VXOR       VXORPD
#define VAND       VANDPD
#define VCMP       VCMPPD
#define VMUL       VMULPD
#define VSUB       VSUBPD
#define VNEGFMA231 VFNMADD231PD
#define LOGSIZE    3

// func avx2SigmoidDelta64(delta, e, y *float64, n int)
//
// delta[i] = (e[i]*y[i]) * (1-y[i])
TEXT ·avx2SigmoidDelta64(SB), NOSPLIT, $0-32
	MOVQ delta+0(FP), DST
	MOVQ e+8(FP), A
	MOVQ y+16(FP), B
	MOVQ n+24(FP), BYTES
	VBROADCASTSD ones<>+0(SB), Y3
#define VALUE SIGMOID_SLOPE
	ELEMENTS
	RET
#undef VALUE

// func avx2TanhDelta64(delta, e, y *float64, n int)
//
// delta[i] = e[i] * fma(-y[i], y[i], 1)
TEXT ·avx2TanhDelta64(SB), NOSPLIT, $0-32
	MOVQ delta+0(FP), DST
	MOVQ e+8(FP), A
	MOVQ y+16(FP), B
	MOVQ n+24(FP), BYTES
	VBROADCASTSD ones<>+0(SB), Y3
#define VALUE TANH_SLOPE
	ELEMENTS
	RET
#undef VALUE

// func avx2ReLU64(delta, e, y *float64, n int)
//
// delta[i] = e[i] where y[i] > 0, else +0
TEXT ·avx2ReLU64(SB), NOSPLIT, $0-32
	MOVQ delta+0(FP), DST
	MOVQ e+8(FP), A
	MOVQ y+16(FP), B
	MOVQ n+24(FP), BYTES
#define VALUE RELU
	ELEMENTS
	RET
#undef VALUE

// ---- float32

#undef VLOAD
#undef VMASK
#undef VMOVE
#undef VXOR
#undef VAND
#undef VCMP
#undef VMUL
#undef VSUB
#undef VNEGFMA231
#undef LOGSIZE
#define VLOAD      VMOVUPS
#define VMASK      VMASKMOVPS
#define VMOVE      VMOVAPS
#define VXOR       VXORPS
#define VAND       VANDPS
#define VCMP       VCMPPS
#define VMUL       VMULPS
#define VSUB       VSUBPS
#define VNEGFMA231 VFNMADD231PS
#define LOGSIZE    2

// func avx2SigmoidDelta32(delta, e, y *float32, n int)
//
// delta[i] = (e[i]*y[i]) * (1-y[i])
TEXT ·avx2SigmoidDelta32(SB), NOSPLIT, $0-32
	MOVQ delta+0(FP), DST
	MOVQ e+8(FP), A
	MOVQ y+16(FP), B
	MOVQ n+24(FP), BYTES
	VBROADCASTSS ones<>+8(SB), Y3
#define VALUE SIGMOID_SLOPE
	ELEMENTS
	RET
#undef VALUE

// func avx2TanhDelta32(delta, e, y *float32, n int)
//
// delta[i] = e[i] * fma(-y[i], y[i], 1)
TEXT ·avx2TanhDelta32(SB), NOSPLIT, $0-32
	MOVQ delta+0(FP), DST
	MOVQ e+8(FP), A
	MOVQ y+16(FP), B
	MOVQ n+24(FP), BYTES
	VBROADCASTSS ones<>+8(SB), Y3
#define VALUE TANH_SLOPE
	ELEMENTS
	RET
#undef VALUE

// func avx2ReLU32(delta, e, y *float32, n int)
//
// delta[i] = e[i] where y[i] > 0, else +0
TEXT ·avx2ReLU32(SB), NOSPLIT, $0-32
	MOVQ delta+0(FP), DST
	MOVQ e+8(FP), A
	MOVQ y+16(FP), B
	MOVQ n+24(FP), BYTES
#define VALUE RELU
	ELEMENTS
	RET
#undef VALUE
