//go:build !purego

#include "textflag.h"

// Normals of points in the unit disc, 8 points at a time.

#define CONSTANT(name, bits) \
	DATA  name<>+0(SB)/8, $bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $8

#define LOADC     VBROADCASTSD
#define ADDC      VADDPD.BCST
#define SUBC      VSUBPD.BCST
#define MULC      VMULPD.BCST
#define XORC      VXORPD.BCST
#define FMADD213C VFMADD213PD.BCST
#define FMADD231C VFMADD231PD.BCST
#define FMSUB213C VFMSUB213PD.BCST

#define S  Z0  // square
#define E  Z1  // exponent
#define M  Z2  // m/64
#define V  Z3  // z
#define I  Z4  // k - 45 in the lowest bits
#define HI Z5
#define LO Z6
#define Q  Z2
#define QL Z4
#define R  Z7
#define RL Z8
#define A  Z9
#define B  Z10
#define C  Z11
#define D  Z12
#define H  Z13

#include "kernel_log_amd64.h"

CONSTANT(bit4, 0x10)
CONSTANT(bit5, 0x20)
CONSTANT(lows, 0x0b030a0209010800)  // elements of two vectors of 8 in turn, from their low halves
CONSTANT(highs, 0x0f070e060d050c04) // from their high halves

#define DST    DI
#define X      SI
#define Y      R8
#define SQUARE R9
#define COUNT  R10
#define AT     DX  // points done
#define END    BX  // where the last whole vector may begin
#define DOUBT  K1  // lanes whose logarithm is not known
#define LANES  K7

// Registers of the table, and of the order in dst.
#define HI0    Z20
#define HI1    Z21
#define HI2    Z22
#define HI3    Z23
#define HI4    Z24
#define HI5    Z25
#define LO0    Z26
#define LO1    Z27
#define LO2    Z28
#define LO3    Z29
#define LO4    Z30
#define LO5    Z31
#define LOW    Z18
#define HIGH   Z19

// LOOKUP sets dst to the rows that I names, 16 of which are in each two registers.
#define LOOKUP(t0, t1, t2, t3, t4, t5, dst) \
	VMOVAPD   I, dst;                        \
	VMOVAPD   I, A;                          \
	VMOVAPD   I, B;                          \
	VPERMI2PD t1, t0, dst;                   \
	VPERMI2PD t3, t2, A;                     \
	VPERMI2PD t5, t4, B;                     \
	VMOVAPD   A, K2, dst;                    \
	VMOVAPD   B, K3, dst

// FACTOR sets A = sqrt(-2 log(square) / square) from S, and DOUBT.
#define FACTOR \
	VFPCLASSPDZ $0xff, S, DOUBT;             \ // whatever is not normal and positive
	VPSUBQ.BCST sqrtHalf<>(SB), S, E;        \
	VPANDQ.BCST fraction<>(SB), E, M;        \
	VPADDQ.BCST sqrtHalf64<>(SB), M, M;      \
	VPSRAQ      $52, E, E;                   \
	VCVTQQ2PD   E, E;                        \
	ROW;                                     \
	VPTESTMQ.BCST bit4<>(SB), I, K2;         \
	VPTESTMQ.BCST bit5<>(SB), I, K3;         \
	LOOKUP(HI0, HI1, HI2, HI3, HI4, HI5, HI); \
	LOOKUP(LO0, LO1, LO2, LO3, LO4, LO5, LO); \
	LOG;                                     \
	VCMPPD      $4, B, A, K2;                \ // A != B
	KORW        K2, DOUBT, DOUBT;            \
	ROOT

// JOIN sets C and D to pairs of A*y and A*x, where X and Y are registers or memory.
#define JOIN(x, y) \
	VMULPD    y, A, B;                       \
	VMULPD    x, A, A;                       \
	VMOVAPD   LOW, C;                        \
	VMOVAPD   HIGH, D;                       \
	VPERMI2PD A, B, C;                       \
	VPERMI2PD A, B, D

// func avx512Normals(dst, x, y, square *float64, n int) int
//
// f = sqrt(-2 log(square) / square);  dst[2*i], dst[2*i+1] = f*y[i], f*x[i]
//
// The vector with the first point in doubt is still written, whatever it holds from there on.
TEXT ·avx512Normals(SB), NOSPLIT, $0-48
	MOVQ      dst+0(FP), DST
	MOVQ      x+8(FP), X
	MOVQ      y+16(FP), Y
	MOVQ      square+24(FP), SQUARE
	MOVQ      n+32(FP), COUNT
	VMOVUPD   ·avx512Logs+0x000(SB), HI0
	VMOVUPD   ·avx512Logs+0x040(SB), HI1
	VMOVUPD   ·avx512Logs+0x080(SB), HI2
	VMOVUPD   ·avx512Logs+0x0c0(SB), HI3
	VMOVUPD   ·avx512Logs+0x100(SB), HI4
	VMOVUPD   ·avx512Logs+0x140(SB), HI5
	VMOVUPD   ·avx512Logs+0x180(SB), LO0
	VMOVUPD   ·avx512Logs+0x1c0(SB), LO1
	VMOVUPD   ·avx512Logs+0x200(SB), LO2
	VMOVUPD   ·avx512Logs+0x240(SB), LO3
	VMOVUPD   ·avx512Logs+0x280(SB), LO4
	VMOVUPD   ·avx512Logs+0x2c0(SB), LO5
	VPMOVZXBQ lows<>(SB), LOW
	VPMOVZXBQ highs<>(SB), HIGH
	LEAQ      -8(COUNT), END
	XORL      AT, AT
	CMPQ      AT, END
	JGT       rest

points8:
	VMOVUPD  (SQUARE)(AT*8), S
	FACTOR
	JOIN((X)(AT*8), (Y)(AT*8))
	VMOVUPD  C, (DST)
	VMOVUPD  D, 64(DST)
	KORTESTW DOUBT, DOUBT
	JNE      doubt
	ADDQ     $128, DST
	ADDQ     $8, AT
	CMPQ     AT, END
	JLE      points8

rest:
	MOVQ      COUNT, CX
	SUBQ      AT, CX
	JEQ       done
	MOVL      $1, AX
	SHLL      CX, AX
	DECL      AX
	KMOVW     AX, LANES
	VMOVUPD.Z (SQUARE)(AT*8), LANES, S
	FACTOR
	VMOVUPD.Z (X)(AT*8), LANES, R
	VMOVUPD.Z (Y)(AT*8), LANES, RL
	JOIN(R, RL)
	ADDQ      CX, CX
	MOVL      $1, AX
	SHLL      CX, AX
	DECL      AX
	KMOVW     AX, K5
	KSHIFTRW  $8, K5, K6
	VMOVUPD   C, K5, (DST)
	VMOVUPD   D, K6, 64(DST)
	KANDW     LANES, DOUBT, DOUBT
	KORTESTW  DOUBT, DOUBT
	JNE       doubt
	MOVQ      COUNT, AT

done:
	MOVQ AT, ret+40(FP)
	VZEROUPPER
	RET

doubt:
	KMOVW DOUBT, AX
	BSFL  AX, AX
	ADDQ  AX, AT
	MOVQ  AT, ret+40(FP)
	VZEROUPPER
	RET
