//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"

// Normals of points in the unit disc, 4 points at a time.

#define CONSTANT(name, bits) \
	DATA  name<>+0(SB)/8, $bits;  \
	DATA  name<>+8(SB)/8, $bits;  \
	DATA  name<>+16(SB)/8, $bits; \
	DATA  name<>+24(SB)/8, $bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

#define LOADC     VMOVUPD
#define ADDC      VADDPD
#define SUBC      VSUBPD
#define MULC      VMULPD
#define XORC      VXORPD
#define FMADD213C VFMADD213PD
#define FMADD231C VFMADD231PD
#define FMSUB213C VFMSUB213PD

#define S  Y0  // square
#define E  Y1  // exponent
#define M  Y2  // m/64
#define V  Y3  // z
#define I  Y4  // k - 45 in the lowest bits
#define HI Y5
#define LO Y6
#define Q  Y2
#define QL Y4
#define R  Y7
#define RL Y8
#define A  Y9
#define B  Y10
#define C  Y11
#define D  Y12
#define H  Y13

#include "kernel_log_amd64.h"

CONSTANT(shift, 0x03495f619980c433)    // what makes the bits of a number 2^52*(1075 + e), and its fraction
CONSTANT(exponent, 0x4330000000000000) // 2^52
CONSTANT(exponent0, 0x4330000000000433) // 2^52 + 1075
CONSTANT(normal, 0x0010000000000000)   // 2^-1022
CONSTANT(infinity, 0x7ff0000000000000)

#define DST    DI
#define X      SI
#define Y      R8
#define SQUARE R9
#define COUNT  R10
#define TABLE  R11
#define AT     DX  // points done
#define END    BX  // where the last whole vector may begin
#define OK     AX  // lanes whose logarithm is known
#define ROW0   AX  // twice the rows of the four
#define ROW1   CX
#define ROW2   R12
#define ROW3   R13
#define LANES  Y15

// FACTOR sets A = sqrt(-2 log(square) / square) from S, and OK.
#define FACTOR \
	VPADDQ       shift<>(SB), S, E;          \
	VPAND        fraction<>(SB), E, M;       \
	VPADDQ       sqrtHalf64<>(SB), M, M;     \
	VPSRLQ       $52, E, E;                  \
	VPOR         exponent<>(SB), E, E;       \
	VSUBPD       exponent0<>(SB), E, E;      \
	ROW;                                     \
	VPADDQ       I, I, I;                    \
	VEXTRACTI128 $1, I, X6;                  \
	VPEXTRB      $0, X4, ROW0;               \
	VPEXTRB      $8, X4, ROW1;               \
	VPEXTRB      $0, X6, ROW2;               \
	VPEXTRB      $8, X6, ROW3;               \
	VMOVUPD      (TABLE)(ROW0*8), X9;        \
	VMOVUPD      (TABLE)(ROW1*8), X10;       \
	VINSERTF128  $1, (TABLE)(ROW2*8), A, A;  \
	VINSERTF128  $1, (TABLE)(ROW3*8), B, B;  \
	VUNPCKLPD    B, A, HI;                   \
	VUNPCKHPD    B, A, LO;                   \
	LOG;                                     \
	VCMPPD       $0, B, A, B;                \ // A == B
	VCMPPD       $0x1d, normal<>(SB), S, C;  \ // S >= 2^-1022
	VCMPPD       $0x11, infinity<>(SB), S, D; \ // S < +Inf
	VANDPD       C, B, B;                    \
	VANDPD       D, B, B;                    \
	VMOVMSKPD    B, OK;                      \
	ROOT

// JOIN sets C and D to pairs of A*y and A*x, where X and Y are registers or memory.
#define JOIN(x, y) \
	VMULPD     y, A, B;                      \
	VMULPD     x, A, A;                      \
	VUNPCKLPD  A, B, H;                      \ // pairs 0 and 2
	VUNPCKHPD  A, B, D;                      \ // 1 and 3
	VPERM2F128 $0x20, D, H, C;               \
	VPERM2F128 $0x31, D, H, D

// func avx2Normals(dst, x, y, square *float64, n int) int
//
// f = sqrt(-2 log(square) / square);  dst[2*i], dst[2*i+1] = f*y[i], f*x[i]
//
// The vector with the first point in doubt is still written, whatever it holds from there on.
TEXT ·avx2Normals(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DST
	MOVQ x+8(FP), X
	MOVQ y+16(FP), Y
	MOVQ square+24(FP), SQUARE
	MOVQ n+32(FP), COUNT
	LEAQ ·logTable(SB), TABLE
	LEAQ -4(COUNT), END
	XORL AT, AT
	CMPQ AT, END
	JGT  rest

points4:
	VMOVUPD (SQUARE)(AT*8), S
	FACTOR
	JOIN((X)(AT*8), (Y)(AT*8))
	VMOVUPD C, (DST)
	VMOVUPD D, 32(DST)
	XORL    $15, OK
	JNE     doubt
	ADDQ    $64, DST
	ADDQ    $4, AT
	CMPQ    AT, END
	JLE     points4

rest:
	MOVQ       COUNT, CX
	SUBQ       AT, CX
	JEQ        done
	LEAQ       masks<>+32(SB), AX
	SHLQ       $3, CX
	SUBQ       CX, AX
	VMOVUPD    (AX), LANES
	VMASKMOVPD (SQUARE)(AT*8), LANES, S
	FACTOR
	VMASKMOVPD (X)(AT*8), LANES, R
	VMASKMOVPD (Y)(AT*8), LANES, RL
	JOIN(R, RL)
	VPERMPD    $0x50, LANES, R // each lane twice
	VPERMPD    $0xfa, LANES, RL
	VMASKMOVPD C, R, (DST)
	VMASKMOVPD D, RL, 32(DST)
	VMOVMSKPD  LANES, CX
	NOTL       OK
	ANDL       CX, OK
	JNE        doubt
	MOVQ       COUNT, AT

done:
	MOVQ AT, ret+40(FP)
	VZEROUPPER
	RET

doubt:
	BSFL AX, AX
	ADDQ AX, AT
	MOVQ AT, ret+40(FP)
	VZEROUPPER
	RET
