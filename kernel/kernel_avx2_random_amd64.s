//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"

// The words of a Mersenne Twister, 8 at a time, and what is made of them: integers below a bound, points in the unit disc.

DATA  random<>+0x00(SB)/8, $0x800000009908b0df // the Twister's matrix; the top bit
DATA  random<>+0x08(SB)/8, $0x9d2c568000000001 // the lowest bit; tempering by 7
DATA  random<>+0x10(SB)/8, $0x00000000efc60000 // tempering by 15
DATA  random<>+0x18(SB)/8, $0x0000000007ffffff // 27 bits
DATA  random<>+0x20(SB)/8, $0x4190000000000000 // 2^26
DATA  random<>+0x28(SB)/8, $0x4190000008000000 // 2^26 + 2
DATA  random<>+0x30(SB)/8, $0x3ff0000000000000 // 1
DATA  random<>+0x38(SB)/8, $0x0007060504030201 // words of a vector: all but the first in front
DATA  random<>+0x40(SB)/8, $0x0403020100070605 // the last three in front
GLOBL random<>(SB), RODATA|NOPTR, $0x48

#define MATRIX_AT  random<>+0x00(SB)
#define UPPER_AT   random<>+0x04(SB)
#define LOWEST_AT  random<>+0x08(SB)
#define TEMPER1_AT random<>+0x0c(SB)
#define TEMPER2_AT random<>+0x10(SB)
#define LOW27_AT   random<>+0x18(SB)
#define HIGHER_AT  random<>+0x20(SB)
#define OFFSET_AT  random<>+0x28(SB)
#define ONE_AT     random<>+0x30(SB)
#define BY1_AT     random<>+0x38(SB)
#define BY5_AT     random<>+0x40(SB)

// For each choice of lanes of 8 bytes, the 4-byte words of those chosen, in order.
DATA  kept<>+0x00(SB)/8, $0x0000000000000000
DATA  kept<>+0x08(SB)/8, $0x0000000000000100
DATA  kept<>+0x10(SB)/8, $0x0000000000000302
DATA  kept<>+0x18(SB)/8, $0x0000000003020100
DATA  kept<>+0x20(SB)/8, $0x0000000000000504
DATA  kept<>+0x28(SB)/8, $0x0000000005040100
DATA  kept<>+0x30(SB)/8, $0x0000000005040302
DATA  kept<>+0x38(SB)/8, $0x0000050403020100
DATA  kept<>+0x40(SB)/8, $0x0000000000000706
DATA  kept<>+0x48(SB)/8, $0x0000000007060100
DATA  kept<>+0x50(SB)/8, $0x0000000007060302
DATA  kept<>+0x58(SB)/8, $0x0000070603020100
DATA  kept<>+0x60(SB)/8, $0x0000000007060504
DATA  kept<>+0x68(SB)/8, $0x0000070605040100
DATA  kept<>+0x70(SB)/8, $0x0000070605040302
DATA  kept<>+0x78(SB)/8, $0x0706050403020100
GLOBL kept<>(SB), RODATA|NOPTR, $0x80

// ---- twist

#define KEY     DI
#define OUT     SI
#define LEFT    CX  // vectors
#define W       Y0  // the new words
#define LOWER   Y1  // key[i+1:i+9]
#define Y       Y2  // the words joined, later those handed out
#define T       Y3
#define MIDDLE  Y4
#define FIRST   Y5  // the new key[0:8]
#define MATRIX  Y11
#define TOP     Y12
#define LOWEST  Y13
#define TEMPER1 Y14
#define TEMPER2 Y15

// STEP makes key[i:i+8] of itself, of LOWER and of mid, the words 397 further on.
#define STEP(mid) \
	VPXOR    (KEY), LOWER, Y;        \
	VPAND    TOP, Y, Y;              \
	VPXOR    LOWER, Y, Y;            \ // key[i] & top | key[i+1] & ~top
	VPAND    LOWEST, LOWER, T;       \
	VPCMPEQD LOWEST, T, T;           \
	VPAND    MATRIX, T, T;           \ // y odd ? matrix : 0
	VPSRLD   $1, Y, W;               \
	VPXOR    mid, W, W;              \
	VPXOR    T, W, W;                \
	VMOVDQU  W, (KEY)

// TEMPER sets out[i:i+8], and goes on to the next words.
#define TEMPER \
	VPSRLD   $11, W, T;              \
	VPXOR    T, W, Y;                \
	VPSLLD   $7, Y, T;               \
	VPAND    TEMPER1, T, T;          \
	VPXOR    T, Y, Y;                \
	VPSLLD   $15, Y, T;              \
	VPAND    TEMPER2, T, T;          \
	VPXOR    T, Y, Y;                \
	VPSRLD   $18, Y, T;              \
	VPXOR    T, Y, Y;                \
	VMOVDQU  Y, (OUT);               \
	ADDQ     $32, KEY;               \
	ADDQ     $32, OUT

// func avx2Twist(key, out *[TwisterWords]uint32)
//
// y = key[i] & 2^31 | key[i+1] & (2^31-1);  key[i] = key[i+397] ^ y*matrix, indices modulo 624;  out = key, tempered
//
// The 78 vectors are taken in order. Those up to i = 216 mix in old words, those from i = 232 new ones, the one between
// the last 3 old and the first 5 new.
TEXT ·avx2Twist(SB), NOSPLIT, $0-16
	MOVQ         key+0(FP), KEY
	MOVQ         out+8(FP), OUT
	VPBROADCASTD MATRIX_AT, MATRIX
	VPBROADCASTD UPPER_AT, TOP
	VPBROADCASTD LOWEST_AT, LOWEST
	VPBROADCASTD TEMPER1_AT, TEMPER1
	VPBROADCASTD TEMPER2_AT, TEMPER2
	VMOVDQU      4(KEY), LOWER
	STEP((397*4)(KEY))
	VMOVDQA      W, FIRST
	TEMPER
	MOVQ         $27, LEFT

old:
	VMOVDQU 4(KEY), LOWER
	STEP((397*4)(KEY))
	TEMPER
	DECQ    LEFT
	JNE     old

	VPMOVZXBD BY5_AT, T
	VPERMD    (392*4)(KEY), T, MIDDLE // key[616:624], since i = 224
	VPERMD    FIRST, T, T
	VPBLENDD  $0x07, MIDDLE, T, MIDDLE // key[621:624], key[0:5]
	VMOVDQU   4(KEY), LOWER
	STEP(MIDDLE)
	TEMPER
	MOVQ      $48, LEFT

new:
	VMOVDQU 4(KEY), LOWER
	STEP((-227*4)(KEY))
	TEMPER
	DECQ    LEFT
	JNE     new

	VPMOVZXBD BY1_AT, T
	VPERMD    (KEY), T, LOWER
	VPERMD    FIRST, T, T
	VPBLENDD  $0x80, T, LOWER, LOWER // key[617:624], key[0]
	STEP((-227*4)(KEY))
	TEMPER
	VZEROUPPER
	RET

#undef KEY
#undef OUT
#undef LEFT
#undef W
#undef LOWER
#undef Y
#undef T
#undef MIDDLE
#undef FIRST

// ---- below

#define DST   DI
#define WORDS SI
#define LEFT  BX
#define KEPT  AX  // lanes, then their number
#define LATER R8  // the same of the upper half
#define TABLE R9
#define V     Y0
#define T     Y1
#define LOW   Y2
#define HIGH  Y3
#define ALL   Y4  // words that there are
#define MASK  Y14
#define BOUND Y15

// CHOOSE masks the words in V, and sets T to ones where they are at most BOUND.
#define CHOOSE \
	VPAND    MASK, V, V;             \
	VPMINUD  BOUND, V, T;            \
	VPCMPEQD T, V, T

// COMPRESS keeps the words in V that T chooses, widened, in the front of LOW and HIGH.
#define COMPRESS \
	VMOVMSKPS    T, KEPT;            \
	MOVL         KEPT, LATER;        \
	ANDL         $15, KEPT;          \
	SHRL         $4, LATER;          \
	VPMOVZXDQ    X0, LOW;            \
	VEXTRACTI128 $1, V, X3;          \
	VPMOVZXDQ    X3, HIGH;           \
	VPMOVZXBD    (TABLE)(KEPT*8), V; \
	VPMOVZXBD    (TABLE)(LATER*8), T; \
	VPERMD       LOW, V, LOW;        \
	VPERMD       HIGH, T, HIGH;      \
	POPCNTL      KEPT, KEPT;         \
	POPCNTL      LATER, LATER

// func avx2Below(dst *int, words *uint32, n int, bound uint32) int
//
// those of words[i] & mask that are at most bound
//
// What lies behind the words kept is overwritten as far as dst has room: as many elements are written as words were read.
TEXT ·avx2Below(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DST
	MOVQ         words+8(FP), WORDS
	MOVQ         n+16(FP), LEFT
	MOVL         bound+24(FP), DX
	VMOVD        DX, X15
	VPBROADCASTD X15, BOUND
	LEAQ         1(DX)(DX*1), CX
	BSRQ         CX, CX // the bits that bound has
	MOVL         $1, DX
	SHLQ         CX, DX
	DECQ         DX
	VMOVD        DX, X14
	VPBROADCASTD X14, MASK
	LEAQ         kept<>(SB), TABLE
	SUBQ         $8, LEFT
	JLT          rest

words8:
	VMOVDQU (WORDS), V
	CHOOSE
	COMPRESS
	VMOVDQU LOW, (DST)
	VMOVDQU HIGH, (DST)(KEPT*8)
	ADDQ    LATER, KEPT
	LEAQ    (DST)(KEPT*8), DST
	ADDQ    $32, WORDS
	SUBQ    $8, LEFT
	JGE     words8

rest:
	ADDQ         $8, LEFT
	JEQ          done
	LEAQ         masks<>+32(SB), DX
	SHLQ         $2, LEFT
	SUBQ         LEFT, DX
	VMOVDQU      (DX), ALL
	VPMASKMOVD   (WORDS), ALL, V
	CHOOSE
	VPAND        ALL, T, T
	COMPRESS
	VPMOVSXDQ    X4, V
	VPMASKMOVQ   LOW, V, (DST)
	VEXTRACTI128 $1, ALL, X4
	VPMOVSXDQ    X4, V
	VPMASKMOVQ   HIGH, V, (DST)(KEPT*8)
	ADDQ         LATER, KEPT
	LEAQ         (DST)(KEPT*8), DST

done:
	SUBQ dst+0(FP), DST
	SHRQ $3, DST
	MOVQ DST, ret+32(FP)
	VZEROUPPER
	RET

#undef DST
#undef LEFT
#undef V
#undef T
#undef LOW
#undef HIGH
#undef ALL
#undef BOUND

// ---- discs

#define X      DI
#define Y      R8
#define SQUARE R10
#define LEFT   BX
#define AT     DX  // points kept
#define U      Y0  // coordinates x
#define V      Y1  // coordinates y
#define S      Y2
#define T      Y3
#define LANES  Y9
#define ZERO   Y10
#define LOW27  Y11
#define HIGHER Y12
#define OFFSET Y13
#define ONE    Y14

// COORDINATE makes a coordinate of each two words in v: a in the lower half, b in the upper. A float64 between 2^26 and
// 2^27 has units of 2^-26, one between 1 and 2 units of 2^-52, so
//
//	2*u - 1 = ((2^26 + (a>>5)*2^-26) - (2^26 + 2)) + (1 + (b>>6)*2^-52)
//
// and both operations are exact.
#define COORDINATE(v, t) \
	VPSRLQ $5, v, t;                 \
	VPAND  LOW27, t, t;              \
	VPOR   HIGHER, t, t;             \
	VSUBPD OFFSET, t, t;             \
	VPSRLQ $38, v, v;                \
	VPOR   ONE, v, v;                \
	VADDPD t, v, v

// POINTS makes points 0 and 2 in Y4, 1 and 3 in Y5. KEPT tells how many are kept, and they are moved to the front.
#define POINTS \
	COORDINATE(Y4, Y6);              \
	COORDINATE(Y5, Y7);              \
	VUNPCKLPD Y5, Y4, U;             \
	VUNPCKHPD Y5, Y4, V;             \
	VMULPD    U, U, S;               \
	VMULPD    V, V, T;               \
	VADDPD    T, S, S;               \
	VCMPPD    $0x11, ONE, S, Y4;     \ // S < 1
	VCMPPD    $4, ZERO, S, Y5;       \ // S != 0
	VANDPD    Y5, Y4, Y4;            \
	VMOVMSKPD Y4, KEPT;              \
	VPMOVZXBD (TABLE)(KEPT*8), T;    \
	VPERMPS   U, T, U;               \
	VPERMPS   V, T, V;               \
	VPERMPS   S, T, S;               \
	POPCNTL   KEPT, KEPT

// func avx2Discs(x, y, square *float64, words *uint32, n int) int
//
// x, y = 2*u - 1 of two words each;  square = x*x + y*y, kept if 0 < square < 1
//
// What lies behind the points kept is overwritten as far as there is room, as in avx2Below.
TEXT ·avx2Discs(SB), NOSPLIT, $0-48
	MOVQ         x+0(FP), X
	MOVQ         y+8(FP), Y
	MOVQ         square+16(FP), SQUARE
	MOVQ         words+24(FP), WORDS
	MOVQ         n+32(FP), LEFT
	LEAQ         kept<>(SB), TABLE
	VPXOR        ZERO, ZERO, ZERO
	VPBROADCASTQ LOW27_AT, LOW27
	VPBROADCASTQ HIGHER_AT, HIGHER
	VBROADCASTSD OFFSET_AT, OFFSET
	VBROADCASTSD ONE_AT, ONE
	XORL         AT, AT
	SUBQ         $4, LEFT
	JLT          rest

points4:
	VMOVDQU     (WORDS), X4
	VMOVDQU     16(WORDS), X5
	VINSERTI128 $1, 32(WORDS), Y4, Y4
	VINSERTI128 $1, 48(WORDS), Y5, Y5
	POINTS
	VMOVUPD     U, (X)(AT*8)
	VMOVUPD     V, (Y)(AT*8)
	VMOVUPD     S, (SQUARE)(AT*8)
	ADDQ        KEPT, AT
	ADDQ        $64, WORDS
	SUBQ        $4, LEFT
	JGE         points4

rest:
	ADDQ        $4, LEFT
	JEQ         done
	VMOVDQU     (WORDS), X4
	VPXOR       Y5, Y5, Y5            // words of zeros make a corner, which is not kept
	CMPQ        LEFT, $2
	JLT         loaded
	VMOVDQU     16(WORDS), X5
	JEQ         loaded
	VINSERTI128 $1, 32(WORDS), Y4, Y4

loaded:
	POINTS
	LEAQ       masks<>+32(SB), CX
	SHLQ       $3, LEFT
	SUBQ       LEFT, CX
	VMOVUPD    (CX), LANES
	VMASKMOVPD U, LANES, (X)(AT*8)
	VMASKMOVPD V, LANES, (Y)(AT*8)
	VMASKMOVPD S, LANES, (SQUARE)(AT*8)
	ADDQ       KEPT, AT

done:
	MOVQ AT, ret+40(FP)
	VZEROUPPER
	RET

#undef LEFT
#undef ZERO

// ---- pairs

#define PAIRS DI
#define LEFT  BX
#define ROOTA Y12 // root[0], root[1]
#define ROOTB Y13 // root[2], root[3]
#define MEAN  Y14
#define ZERO  Y15

// PAIR sets Y0 to the new pairs of those in it.
#define PAIR \
	VPERMILPD   $0xf, Y0, Y1;        \ // b
	VMOVDDUP    Y0, Y0;              \ // a
	VFMADD213PD ZERO, ROOTA, Y0;     \
	VFMADD231PD ROOTB, Y1, Y0;       \
	VADDPD      MEAN, Y0, Y0

// func avx2RandomPairs(pairs *float64, n int, root *[4]float64, mean *[2]float64)
//
// each a, b = fma(b, root[2+j], fma(a, root[j], 0)) + mean[j]
TEXT ·avx2RandomPairs(SB), NOSPLIT, $0-32
	MOVQ           pairs+0(FP), PAIRS
	MOVQ           n+8(FP), LEFT
	MOVQ           root+16(FP), R8
	MOVQ           mean+24(FP), R9
	VBROADCASTF128 (R8), ROOTA
	VBROADCASTF128 16(R8), ROOTB
	VBROADCASTF128 (R9), MEAN
	VPXOR          ZERO, ZERO, ZERO
	SUBQ           $2, LEFT
	JLT            rest

pairs2:
	VMOVUPD (PAIRS), Y0
	PAIR
	VMOVUPD Y0, (PAIRS)
	ADDQ    $32, PAIRS
	SUBQ    $2, LEFT
	JGE     pairs2

rest:
	ADDQ    $2, LEFT
	JEQ     done
	VMOVUPD (PAIRS), X0
	PAIR
	VMOVUPD X0, (PAIRS)

done:
	VZEROUPPER
	RET
