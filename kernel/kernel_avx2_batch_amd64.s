//go:build !purego

#include "textflag.h"
#include "kernel_avx2_masks_amd64.h"

// Forward for many samples: the lanes are samples. A tile of sums, of six, four, two or one outputs by two vectors of
// samples, one, or the rest of one, stays in registers while it walks over the inputs.

#define YP      DI  // sums of the first output for the samples in work
#define WP      SI
#define XP      R8  // first input of the samples in work
#define INPUTS  R9
#define WSTRIDE R10 // strides in bytes
#define XSTRIDE R11
#define YSTRIDE R12
#define TILE3   R13 // fourth output of the tile
#define SAMPLES R14 // bytes of samples left
#define OUTPUTS R15 // left for these samples
#define TILE    BX  // sums of the tile's first output
#define WTILE   SI  // weights of the tile's first output
#define WWALK   AX
#define XWALK   DX
#define LEFT    CX

#define XA   Y12
#define XB   Y13
#define W    Y14
#define MASK Y15

// What a tile does with the row of sums at mem, output i of the tile.
#define GET2(mem, i, a, b) \
	VLOAD mem, a; \
	VLOAD 32 mem, b
#define GET1(mem, i, a, b) \
	VLOAD mem, a
#define GETTAIL(mem, i, a, b) \
	VMASK mem, MASK, a

#define INPUT2 \
	VLOAD (XWALK), XA; \
	VLOAD 32(XWALK), XB;
#define INPUT1 \
	VLOAD (XWALK), XA;
#define INPUTTAIL \
	VMASK (XWALK), MASK, XA;

#define SUM2(mem, i, a, b) \
	VSPREAD (i*SIZE)(WWALK), W; \
	VFMA231 XA, W, a;           \
	VFMA231 XB, W, b
#define SUM1(mem, i, a, b) \
	VSPREAD (i*SIZE)(WWALK), W; \
	VFMA231 XA, W, a

#define PUT2(mem, i, a, b) \
	VLOAD a, mem; \
	VLOAD b, 32 mem
#define PUT1(mem, i, a, b) \
	VLOAD a, mem
#define PUTTAIL(mem, i, a, b) \
	VMASK a, MASK, mem

// The rows of a tile.
#define ROW1(DO) \
	DO((TILE), 0, Y0, Y1)
#define ROWS2(DO) \
	DO((TILE), 0, Y0, Y1);            \
	DO((TILE)(YSTRIDE*1), 1, Y2, Y3)
#define ROWS4(DO) \
	DO((TILE), 0, Y0, Y1);            \
	DO((TILE)(YSTRIDE*1), 1, Y2, Y3); \
	DO((TILE)(YSTRIDE*2), 2, Y4, Y5); \
	DO((TILE3), 3, Y6, Y7)
#define ROWS6(DO) \
	ROWS4(DO);                         \
	DO((TILE3)(YSTRIDE*1), 4, Y8, Y9); \
	DO((TILE3)(YSTRIDE*2), 5, Y10, Y11)

// OUTPUTS_TILE computes n outputs for the samples in work.
#define OUTPUTS_TILE(n, ROWSN, GET, INPUT, SUM, PUT, loop) \
	LEAQ   (TILE)(YSTRIDE*2), TILE3; \
	ADDQ   YSTRIDE, TILE3;           \
	ROWSN(GET);                      \
	MOVQ   WTILE, WWALK;             \
	MOVQ   XP, XWALK;                \
	MOVQ   INPUTS, LEFT;             \
loop:                                    \
	INPUT                            \
	ROWSN(SUM);                      \
	ADDQ   WSTRIDE, WWALK;           \
	ADDQ   XSTRIDE, XWALK;           \
	DECQ   LEFT;                     \
	JNE    loop;                     \
	ROWSN(PUT);                      \
	ADDQ   $(n*SIZE), WTILE;         \
	IMUL3Q $n, YSTRIDE, LEFT;        \
	ADDQ   LEFT, TILE;               \
	SUBQ   $n, OUTPUTS

// STRIP computes all outputs for the samples in work. Eight outputs are four and four: a tile of six and two of one would
// take longer.
#define STRIP(GET, INPUT, SUM, PUT, choose, six, four, two, one, loop6, loop4, loop2, loop1, next) \
	MOVQ  w+8(FP), WTILE;                                \
	MOVQ  j+32(FP), OUTPUTS;                             \
	MOVQ  YP, TILE;                                      \
choose:                                                      \
	CMPQ  OUTPUTS, $8;                                   \
	JEQ   four;                                          \
	CMPQ  OUTPUTS, $6;                                   \
	JGE   six;                                           \
	CMPQ  OUTPUTS, $4;                                   \
	JGE   four;                                          \
	CMPQ  OUTPUTS, $2;                                   \
	JGE   two;                                           \
	TESTQ OUTPUTS, OUTPUTS;                              \
	JNE   one;                                           \
	JMP   next;                                          \
six:                                                         \
	OUTPUTS_TILE(6, ROWS6, GET, INPUT, SUM, PUT, loop6); \
	JMP   choose;                                        \
four:                                                        \
	OUTPUTS_TILE(4, ROWS4, GET, INPUT, SUM, PUT, loop4); \
	JMP   choose;                                        \
two:                                                         \
	OUTPUTS_TILE(2, ROWS2, GET, INPUT, SUM, PUT, loop2); \
	JMP   choose;                                        \
one:                                                         \
	OUTPUTS_TILE(1, ROW1, GET, INPUT, SUM, PUT, loop1);  \
	JMP   choose

#define FORWARD_BATCH \
	SHLQ  $LOGSIZE, WSTRIDE;                                                                                          \
	SHLQ  $LOGSIZE, XSTRIDE;                                                                                          \
	SHLQ  $LOGSIZE, YSTRIDE;                                                                                          \
	SHLQ  $LOGSIZE, SAMPLES;                                                                                          \
	TESTQ INPUTS, INPUTS;                                                                                             \
	JEQ   done;                                                                                                       \
strip:                                                                                                                    \
	CMPQ  SAMPLES, $64;                                                                                               \
	JGE   double;                                                                                                     \
	CMPQ  SAMPLES, $32;                                                                                               \
	JGE   single;                                                                                                     \
	TESTQ SAMPLES, SAMPLES;                                                                                           \
	JNE   tail;                                                                                                       \
	JMP   done;                                                                                                       \
double:                                                                                                                   \
	STRIP(GET2, INPUT2, SUM2, PUT2, chooseD, sixD, fourD, twoD, oneD, loop6D, loop4D, loop2D, loop1D, nextD);         \
nextD:                                                                                                                    \
	ADDQ  $64, YP;                                                                                                    \
	ADDQ  $64, XP;                                                                                                    \
	SUBQ  $64, SAMPLES;                                                                                               \
	JMP   strip;                                                                                                      \
single:                                                                                                                   \
	STRIP(GET1, INPUT1, SUM1, PUT1, chooseS, sixS, fourS, twoS, oneS, loop6S, loop4S, loop2S, loop1S, nextS);         \
nextS:                                                                                                                    \
	ADDQ  $32, YP;                                                                                                    \
	ADDQ  $32, XP;                                                                                                    \
	SUBQ  $32, SAMPLES;                                                                                               \
	JMP   strip;                                                                                                      \
tail:                                                                                                                     \
	LEAQ  masks<>+32(SB), LEFT;                                                                                       \
	SUBQ  SAMPLES, LEFT;                                                                                              \
	VLOAD (LEFT), MASK;                                                                                               \ // ones for the samples left
	STRIP(GETTAIL, INPUTTAIL, SUM1, PUTTAIL, chooseT, sixT, fourT, twoT, oneT, loop6T, loop4T, loop2T, loop1T, done); \
done:                                                                                                                     \
	VZEROUPPER

// ---- float64

#define VLOAD   VMOVUPD
#define VMASK   VMASKMOVPD
#define VSPREAD VBROADCASTSD
#define VFMA231 VFMADD231PD
#define SIZE    8
#define LOGSIZE 3

// func avx2ForwardBatchSums64(y, w, x *float64, k, j, n, ystride, wstride, xstride int)
//
// for k: y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s])
TEXT ·avx2ForwardBatchSums64(SB), NOSPLIT, $0-72
	MOVQ y+0(FP), YP
	MOVQ x+16(FP), XP
	MOVQ k+24(FP), INPUTS
	MOVQ n+40(FP), SAMPLES
	MOVQ ystride+48(FP), YSTRIDE
	MOVQ wstride+56(FP), WSTRIDE
	MOVQ xstride+64(FP), XSTRIDE
	FORWARD_BATCH
	RET

// ---- float32

#undef VLOAD
#undef VMASK
#undef VSPREAD
#undef VFMA231
#undef SIZE
#undef LOGSIZE
#define VLOAD   VMOVUPS
#define VMASK   VMASKMOVPS
#define VSPREAD VBROADCASTSS
#define VFMA231 VFMADD231PS
#define SIZE    4
#define LOGSIZE 2

// func avx2ForwardBatchSums32(y, w, x *float32, k, j, n, ystride, wstride, xstride int)
//
// for k: y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s])
TEXT ·avx2ForwardBatchSums32(SB), NOSPLIT, $0-72
	MOVQ y+0(FP), YP
	MOVQ x+16(FP), XP
	MOVQ k+24(FP), INPUTS
	MOVQ n+40(FP), SAMPLES
	MOVQ ystride+48(FP), YSTRIDE
	MOVQ wstride+56(FP), WSTRIDE
	MOVQ xstride+64(FP), XSTRIDE
	FORWARD_BATCH
	RET
