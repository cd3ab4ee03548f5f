//go:build !purego

#include "textflag.h"

#define SUMS   DI
#define BASE   SI
#define BLOCKS CX
#define ROUNDS DX
#define BY     AX
#define AT     R8 // the block that is next
#define LEFT   R9 // blocks of this pass

// PASSES does op, which goes over the block at AT, for all blocks, and that for all rounds.
#define PASSES(op) \
	PCALIGN $32;       \
pass:                      \
	MOVQ    BASE, AT;  \
	MOVQ    BLOCKS, LEFT; \
	PCALIGN $32;       \
block:                     \
	op;                \
	ADDQ    $512, AT;  \
	DECQ    LEFT;      \
	JNE     block;     \
	DECQ    ROUNDS;    \
	JNE     pass

// ---- avx512

#define READ512 \
	VPADDQ (64*0)(AT), Z0, Z0; \
	VPADDQ (64*1)(AT), Z1, Z1; \
	VPADDQ (64*2)(AT), Z2, Z2; \
	VPADDQ (64*3)(AT), Z3, Z3; \
	VPADDQ (64*4)(AT), Z4, Z4; \
	VPADDQ (64*5)(AT), Z5, Z5; \
	VPADDQ (64*6)(AT), Z6, Z6; \
	VPADDQ (64*7)(AT), Z7, Z7

// func avx512Read(sums *[8]uint64, p *uint64, blocks, rounds int)
//
// sums[i%8] += p[i], for each word i of all blocks, so many rounds
TEXT ·avx512Read(SB), NOSPLIT, $0-32
	MOVQ      sums+0(FP), SUMS
	MOVQ      p+8(FP), BASE
	MOVQ      blocks+16(FP), BLOCKS
	MOVQ      rounds+24(FP), ROUNDS
	VPXORQ    Z0, Z0, Z0
	VPXORQ    Z1, Z1, Z1
	VPXORQ    Z2, Z2, Z2
	VPXORQ    Z3, Z3, Z3
	VPXORQ    Z4, Z4, Z4
	VPXORQ    Z5, Z5, Z5
	VPXORQ    Z6, Z6, Z6
	VPXORQ    Z7, Z7, Z7
	PASSES(READ512)
	VPADDQ    Z1, Z0, Z0
	VPADDQ    Z3, Z2, Z2
	VPADDQ    Z5, Z4, Z4
	VPADDQ    Z7, Z6, Z6
	VPADDQ    Z2, Z0, Z0
	VPADDQ    Z6, Z4, Z4
	VPADDQ    Z4, Z0, Z0
	VPADDQ    (SUMS), Z0, Z0
	VMOVDQU64 Z0, (SUMS)
	VZEROUPPER
	RET

#define MOVE512(d, z) \
	VPADDQ    (d)(AT), Z8, z; \
	VMOVDQU64 z, (d)(AT)

#define READWRITE512 \
	MOVE512(64*0, Z0); \
	MOVE512(64*1, Z1); \
	MOVE512(64*2, Z2); \
	MOVE512(64*3, Z3); \
	MOVE512(64*4, Z4); \
	MOVE512(64*5, Z5); \
	MOVE512(64*6, Z6); \
	MOVE512(64*7, Z7)

// func avx512ReadWrite(p *uint64, blocks, rounds int, by uint64)
//
// p[i] += by, for each word i of all blocks, so many rounds
TEXT ·avx512ReadWrite(SB), NOSPLIT, $0-32
	MOVQ         p+0(FP), BASE
	MOVQ         blocks+8(FP), BLOCKS
	MOVQ         rounds+16(FP), ROUNDS
	MOVQ         by+24(FP), BY
	VPBROADCASTQ BY, Z8
	PASSES(READWRITE512)
	VZEROUPPER
	RET

// ---- avx2

// READ256 adds the first, third, ... vector to even registers, and the second, fourth, ... to odd ones.
#define READ256 \
	VPADDQ (32*0)(AT), Y0, Y0;  \
	VPADDQ (32*1)(AT), Y1, Y1;  \
	VPADDQ (32*2)(AT), Y2, Y2;  \
	VPADDQ (32*3)(AT), Y3, Y3;  \
	VPADDQ (32*4)(AT), Y4, Y4;  \
	VPADDQ (32*5)(AT), Y5, Y5;  \
	VPADDQ (32*6)(AT), Y6, Y6;  \
	VPADDQ (32*7)(AT), Y7, Y7;  \
	VPADDQ (32*8)(AT), Y0, Y0;  \
	VPADDQ (32*9)(AT), Y1, Y1;  \
	VPADDQ (32*10)(AT), Y2, Y2; \
	VPADDQ (32*11)(AT), Y3, Y3; \
	VPADDQ (32*12)(AT), Y4, Y4; \
	VPADDQ (32*13)(AT), Y5, Y5; \
	VPADDQ (32*14)(AT), Y6, Y6; \
	VPADDQ (32*15)(AT), Y7, Y7

// func avx2Read(sums *[8]uint64, p *uint64, blocks, rounds int)
//
// sums[i%8] += p[i], for each word i of all blocks, so many rounds
TEXT ·avx2Read(SB), NOSPLIT, $0-32
	MOVQ    sums+0(FP), SUMS
	MOVQ    p+8(FP), BASE
	MOVQ    blocks+16(FP), BLOCKS
	MOVQ    rounds+24(FP), ROUNDS
	VPXOR   Y0, Y0, Y0
	VPXOR   Y1, Y1, Y1
	VPXOR   Y2, Y2, Y2
	VPXOR   Y3, Y3, Y3
	VPXOR   Y4, Y4, Y4
	VPXOR   Y5, Y5, Y5
	VPXOR   Y6, Y6, Y6
	VPXOR   Y7, Y7, Y7
	PASSES(READ256)
	VPADDQ  Y2, Y0, Y0
	VPADDQ  Y6, Y4, Y4
	VPADDQ  Y4, Y0, Y0
	VPADDQ  (32*0)(SUMS), Y0, Y0
	VMOVDQU Y0, (32*0)(SUMS)
	VPADDQ  Y3, Y1, Y1
	VPADDQ  Y7, Y5, Y5
	VPADDQ  Y5, Y1, Y1
	VPADDQ  (32*1)(SUMS), Y1, Y1
	VMOVDQU Y1, (32*1)(SUMS)
	VZEROUPPER
	RET

#define MOVE256(d, y) \
	VPADDQ  (d)(AT), Y8, y; \
	VMOVDQU y, (d)(AT)

#define READWRITE256 \
	MOVE256(32*0, Y0);  \
	MOVE256(32*1, Y1);  \
	MOVE256(32*2, Y2);  \
	MOVE256(32*3, Y3);  \
	MOVE256(32*4, Y4);  \
	MOVE256(32*5, Y5);  \
	MOVE256(32*6, Y6);  \
	MOVE256(32*7, Y7);  \
	MOVE256(32*8, Y0);  \
	MOVE256(32*9, Y1);  \
	MOVE256(32*10, Y2); \
	MOVE256(32*11, Y3); \
	MOVE256(32*12, Y4); \
	MOVE256(32*13, Y5); \
	MOVE256(32*14, Y6); \
	MOVE256(32*15, Y7)

// func avx2ReadWrite(p *uint64, blocks, rounds int, by uint64)
//
// p[i] += by, for each word i of all blocks, so many rounds
TEXT ·avx2ReadWrite(SB), NOSPLIT, $0-32
	MOVQ         p+0(FP), BASE
	MOVQ         blocks+8(FP), BLOCKS
	MOVQ         rounds+16(FP), ROUNDS
	VPBROADCASTQ by+24(FP), Y8
	PASSES(READWRITE256)
	VZEROUPPER
	RET
