//go:build !purego

#include "textflag.h"

// The words of a Mersenne Twister, 16 at a time, and what is made of them: integers below a bound, points in the unit disc.

DATA  random<>+0x00(SB)/8, $0x800000009908b0df // the Twister's matrix; the top bit
DATA  random<>+0x08(SB)/8, $0x9d2c568000000001 // the lowest bit; tempering by 7
DATA  random<>+0x10(SB)/8, $0x00000000efc60000 // tempering by 15
DATA  random<>+0x18(SB)/8, $0x0000000007ffffff // 27 bits
DATA  random<>+0x20(SB)/8, $0x4190000000000000 // 2^26
DATA  random<>+0x28(SB)/8, $0x4190000008000000 // 2^26 + 2
DATA  random<>+0x30(SB)/8, $0x3ff0000000000000 // 1
DATA  random<>+0x38(SB)/8, $0x0e0c0a0806040200 // even elements of two vectors of 8
DATA  random<>+0x40(SB)/8, $0x0f0d0b0907050301 // odd ones
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
#define EVENS_AT   random<>+0x38(SB)
#define ODDS_AT    random<>+0x40(SB)

// Truth tables of VPTERNLOG, for a in the destination.
#define B_OR_A  $0xd8 // b where c is set, else a
#define XOR_AND $0x78 // a ^ b&c
#define AND_OR  $0xea // a&b | c

// ---- twist

#define KEY     DI
#define OUT     SI
#define LEFT    CX  // vectors
#define UPPER   Z0  // key[i:i+16]
#define NEXT    Z1  // key[i+16:i+32]
#define Y       Z2  // the words joined, later those handed out
#define W       Z3  // the new words
#define T       Z4
#define FIRST   Z5  // the new key[0:16]
#define MIDDLE  Z6
#define MATRIX  Z16
#define TOP     Z17
#define LOWEST  Z18
#define TEMPER1 Z19
#define TEMPER2 Z20

// STEP makes key[i:i+16] of itself, of NEXT's first word and of mid, the words 397 further on.
#define STEP(mid) \
	VALIGND    $1, UPPER, NEXT, Y;         \ // key[i+1:i+17]
	VPTERNLOGD B_OR_A, TOP, UPPER, Y;      \
	VPTESTMD   LOWEST, Y, K1;              \
	VPSRLD     $1, Y, W;                   \
	VPXORD     mid, W, W;                  \
	VPXORD     MATRIX, W, K1, W;           \ // key[i+397] ^ y>>1 ^ (y odd ? matrix : 0)
	VMOVDQU32  W, (KEY)

// TEMPER sets out[i:i+16], and goes on to the next words.
#define TEMPER \
	VPSRLD     $11, W, Y;                  \
	VPXORD     W, Y, Y;                    \
	VPSLLD     $7, Y, T;                   \
	VPTERNLOGD XOR_AND, TEMPER1, T, Y;     \
	VPSLLD     $15, Y, T;                  \
	VPTERNLOGD XOR_AND, TEMPER2, T, Y;     \
	VPSRLD     $18, Y, T;                  \
	VPXORD     T, Y, Y;                    \
	VMOVDQU32  Y, (OUT);                   \
	VMOVDQA32  NEXT, UPPER;                \
	ADDQ       $64, KEY;                   \
	ADDQ       $64, OUT

// func avx512Twist(key, out *[TwisterWords]uint32)
//
// y = key[i] & 2^31 | key[i+1] & (2^31-1);  key[i] = key[i+397] ^ y*matrix, indices modulo 624;  out = key, tempered
//
// The 39 vectors are taken in order. Those up to i = 208 mix in old words, those from i = 240 new ones, the one between
// the last 3 old and the first 13 new.
TEXT ·avx512Twist(SB), NOSPLIT, $0-16
	MOVQ         key+0(FP), KEY
	MOVQ         out+8(FP), OUT
	VPBROADCASTD MATRIX_AT, MATRIX
	VPBROADCASTD UPPER_AT, TOP
	VPBROADCASTD LOWEST_AT, LOWEST
	VPBROADCASTD TEMPER1_AT, TEMPER1
	VPBROADCASTD TEMPER2_AT, TEMPER2
	VMOVDQU32    (KEY), UPPER
	VMOVDQU32    64(KEY), NEXT
	STEP((397*4)(KEY))
	VMOVDQA32    W, FIRST
	TEMPER
	MOVQ         $13, LEFT

old:
	VMOVDQU32 64(KEY), NEXT
	STEP((397*4)(KEY))
	TEMPER
	DECQ      LEFT
	JNE       old

	VMOVDQU32 64(KEY), NEXT
	VMOVDQU32 (384*4)(KEY), MIDDLE       // key[608:624], since i = 224
	VALIGND   $13, MIDDLE, FIRST, MIDDLE // key[621:624], key[0:13]
	STEP(MIDDLE)
	TEMPER
	MOVQ      $23, LEFT

new:
	VMOVDQU32 64(KEY), NEXT
	STEP((-227*4)(KEY))
	TEMPER
	DECQ      LEFT
	JNE       new

	VMOVDQA32 FIRST, NEXT
	STEP((-227*4)(KEY))
	TEMPER
	VZEROUPPER
	RET

#undef KEY
#undef OUT
#undef LEFT
#undef UPPER
#undef NEXT
#undef Y
#undef W
#undef T

// ---- below

#define DST   DI
#define WORDS SI
#define LEFT  BX
#define KEPT  AX
#define MASK  Z16
#define BOUND Z17
#define V     Z0
#define LOW   Z1
#define HIGH  Z2
#define ALL   K7 // lanes that have a word

// COMPRESS keeps the lanes of V in K1, in order, and widens them to LOW and HIGH.
#define COMPRESS \
	VPCOMPRESSD.Z V, K1, V;            \
	VPMOVZXDQ     Y0, LOW;             \
	VEXTRACTI64X4 $1, V, Y2;           \
	VPMOVZXDQ     Y2, HIGH;            \
	KMOVW         K1, KEPT;            \
	POPCNTL       KEPT, KEPT

// func avx512Below(dst *int, words *uint32, n int, bound uint32) int
//
// those of words[i] & mask that are at most bound
//
// What lies behind the words kept is overwritten as far as dst has room: as many elements are written as words were read.
TEXT ·avx512Below(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DST
	MOVQ         words+8(FP), WORDS
	MOVQ         n+16(FP), LEFT
	MOVL         bound+24(FP), DX
	VPBROADCASTD DX, BOUND
	LEAQ         1(DX)(DX*1), CX
	BSRQ         CX, CX // the bits that bound has
	MOVL         $1, DX
	SHLQ         CX, DX
	DECQ         DX
	VPBROADCASTD DX, MASK
	SUBQ         $16, LEFT
	JLT          rest

words16:
	VPANDD    (WORDS), MASK, V
	VPCMPUD   $2, BOUND, V, K1     // V <= BOUND
	COMPRESS
	VMOVDQU64 LOW, (DST)
	VMOVDQU64 HIGH, 64(DST)
	LEAQ      (DST)(KEPT*8), DST
	ADDQ      $64, WORDS
	SUBQ      $16, LEFT
	JGE       words16

rest:
	ADDQ        $16, LEFT
	JEQ         done
	MOVL        $1, DX
	MOVQ        LEFT, CX
	SHLL        CX, DX
	DECL        DX
	KMOVW       DX, ALL
	VMOVDQU32.Z (WORDS), ALL, V
	VPANDD      MASK, V, V
	VPCMPUD     $2, BOUND, V, ALL, K1
	COMPRESS
	VMOVDQU64   LOW, ALL, (DST)
	KSHIFTRW    $8, ALL, K6
	VMOVDQU64   HIGH, K6, 64(DST)
	LEAQ        (DST)(KEPT*8), DST

done:
	SUBQ dst+0(FP), DST
	SHRQ $3, DST
	MOVQ DST, ret+32(FP)
	VZEROUPPER
	RET

#undef DST
#undef LEFT
#undef V

// ---- discs

#define X       DI
#define Y       R8
#define SQUARE  R9
#define LEFT    BX
#define AT      DX  // points kept
#define U       Z0  // coordinates x
#define V       Z1  // coordinates y
#define S       Z2
#define T       Z3
#define LOW27   Z16
#define HIGHER  Z17
#define OFFSET  Z18
#define ONE     Z19
#define EVENS   Z20
#define ODDS    Z21

// COORDINATE makes a coordinate of each two words in v: a in the lower half, b in the upper. A float64 between 2^26 and
// 2^27 has units of 2^-26, one between 1 and 2 units of 2^-52, so
//
//	2*u - 1 = ((2^26 + (a>>5)*2^-26) - (2^26 + 2)) + (1 + (b>>6)*2^-52)
//
// and both operations are exact.
#define COORDINATE(v, t) \
	VPSRLQ     $5, v, t;               \
	VPTERNLOGQ AND_OR, HIGHER, LOW27, t; \
	VSUBPD     OFFSET, t, t;           \
	VPSRLQ     $38, v, v;              \
	VPORQ      ONE, v, v;              \
	VADDPD     t, v, v

// POINTS makes the points in Z4 and Z5. K1 tells which are kept, KEPT how many, and they are moved to the front. All is
// done for the lanes in mask.
#define POINTS(mask) \
	COORDINATE(Z4, Z6);                \
	COORDINATE(Z5, Z7);                \
	VMOVAPD       EVENS, U;            \
	VMOVAPD       ODDS, V;             \
	VPERMI2PD     Z5, Z4, U;           \
	VPERMI2PD     Z5, Z4, V;           \
	VMULPD        U, U, S;             \
	VMULPD        V, V, T;             \
	VADDPD        T, S, S;             \
	VCMPPD        $0x11, ONE, S, mask, K1; \ // S < 1
	VPTESTMQ      S, S, K1, K1;        \ // S != 0
	VCOMPRESSPD.Z U, K1, U;            \
	VCOMPRESSPD.Z V, K1, V;            \
	VCOMPRESSPD.Z S, K1, S;            \
	KMOVB         K1, KEPT;            \
	POPCNTL       KEPT, KEPT

// func avx512Discs(x, y, square *float64, words *uint32, n int) int
//
// x, y = 2*u - 1 of two words each;  square = x*x + y*y, kept if 0 < square < 1
//
// What lies behind the points kept is overwritten as far as there is room, as in avx512Below.
TEXT ·avx512Discs(SB), NOSPLIT, $0-48
	MOVQ         x+0(FP), X
	MOVQ         y+8(FP), Y
	MOVQ         square+16(FP), SQUARE
	MOVQ         words+24(FP), WORDS
	MOVQ         n+32(FP), LEFT
	VPBROADCASTQ LOW27_AT, LOW27
	VPBROADCASTQ HIGHER_AT, HIGHER
	VBROADCASTSD OFFSET_AT, OFFSET
	VBROADCASTSD ONE_AT, ONE
	VPMOVZXBQ    EVENS_AT, EVENS
	VPMOVZXBQ    ODDS_AT, ODDS
	KXNORW       ALL, ALL, ALL
	XORL         AT, AT
	SUBQ         $8, LEFT
	JLT          rest

points8:
	VMOVDQU64 (WORDS), Z4
	VMOVDQU64 64(WORDS), Z5
	POINTS(ALL)
	VMOVUPD   U, (X)(AT*8)
	VMOVUPD   V, (Y)(AT*8)
	VMOVUPD   S, (SQUARE)(AT*8)
	ADDQ      KEPT, AT
	ADDQ      $128, WORDS
	SUBQ      $8, LEFT
	JGE       points8

rest:
	ADDQ        $8, LEFT
	JEQ         done
	LEAQ        (LEFT)(LEFT*1), CX
	MOVL        $1, KEPT
	SHLL        CX, KEPT
	DECL        KEPT
	KMOVW       KEPT, K5
	KSHIFTRW    $8, K5, K6
	VMOVDQU64.Z (WORDS), K5, Z4
	VMOVDQU64.Z 64(WORDS), K6, Z5
	MOVQ        LEFT, CX
	MOVL        $1, KEPT
	SHLL        CX, KEPT
	DECL        KEPT
	KMOVW       KEPT, ALL
	POINTS(ALL)
	VMOVUPD     U, ALL, (X)(AT*8)
	VMOVUPD     V, ALL, (Y)(AT*8)
	VMOVUPD     S, ALL, (SQUARE)(AT*8)
	ADDQ        KEPT, AT

done:
	MOVQ AT, ret+40(FP)
	VZEROUPPER
	RET

#undef LEFT

// ---- pairs

#define PAIRS DI
#define LEFT  BX
#define ROOTA Z16 // root[0], root[1]
#define ROOTB Z17 // root[2], root[3]
#define MEAN  Z18
#define ZERO  Z19

// PAIR sets p to the new pairs of those in p, where q holds them as well.
#define PAIR(p, q) \
	VMOVDDUP    p, p;                  \ // a
	VPERMILPD   $0xff, q, q;           \ // b
	VFMADD213PD ZERO, ROOTA, p;        \
	VFMADD231PD ROOTB, q, p;           \
	VADDPD      MEAN, p, p

// func avx512RandomPairs(pairs *float64, n int, root *[4]float64, mean *[2]float64)
//
// each a, b = fma(b, root[2+j], fma(a, root[j], 0)) + mean[j]
TEXT ·avx512RandomPairs(SB), NOSPLIT, $0-32
	MOVQ            pairs+0(FP), PAIRS
	MOVQ            n+8(FP), LEFT
	MOVQ            root+16(FP), R8
	MOVQ            mean+24(FP), R9
	VBROADCASTF64X2 (R8), ROOTA
	VBROADCASTF64X2 16(R8), ROOTB
	VBROADCASTF64X2 (R9), MEAN
	VPXORQ          ZERO, ZERO, ZERO
	SUBQ            $4, LEFT
	JLT             rest

pairs4:
	VMOVUPD (PAIRS), Z0
	VMOVAPD Z0, Z1
	PAIR(Z0, Z1)
	VMOVUPD Z0, (PAIRS)
	ADDQ    $64, PAIRS
	SUBQ    $4, LEFT
	JGE     pairs4

rest:
	ADDQ      $4, LEFT
	JEQ       done
	LEAQ      (LEFT)(LEFT*1), CX
	MOVL      $1, DX
	SHLL      CX, DX
	DECL      DX
	KMOVW     DX, K1
	VMOVUPD.Z (PAIRS), K1, Z0
	VMOVAPD   Z0, Z1
	PAIR(Z0, Z1)
	VMOVUPD   Z0, K1, (PAIRS)

done:
	VZEROUPPER
	RET
