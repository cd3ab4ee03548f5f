//go:build !purego

#include "textflag.h"

// Blocks of matrices, turned in registers: 16 x 16 float32 or 8 x 8 float64. A block's rows are in four quarters. A register
// takes 16 bytes from the same row of each quarter, straight from memory, so that what is left to turn are blocks of 16
// bytes a row inside its own quarters.

#define DST       DI
#define DSTRIDE   R8  // distance of two of its rows, in bytes; three times that
#define DSTRIDE3  R9
#define SRC       SI  // the rows of the first quarter
#define SRC1      BX
#define SRC2      CX
#define SRC3      DX
#define STRIDE    R10 // distance of two of its rows, later of two quarters, in bytes; three times that
#define STRIDE3   R11

// GATHER sets z, and x in it, to 16 bytes from the same row of each quarter. row is that of the first, d the offset.
#define GATHER(d, row, x, z) \
	VMOVUPS      d(row), x; \
	VINSERTF32X4 $1, d(row)(STRIDE*1), z, z; \
	VINSERTF32X4 $2, d(row)(STRIDE*2), z, z; \
	VINSERTF32X4 $3, d(row)(STRIDE3*1), z, z

// TURN32 makes four rows of dst of four columns of src, which start at d bytes.
#define TURN32(d) \
	GATHER(d, SRC, X0, Z0); \
	GATHER(d, SRC1, X1, Z1); \
	GATHER(d, SRC2, X2, Z2); \
	GATHER(d, SRC3, X3, Z3); \
	VUNPCKLPS Z1, Z0, Z4; \ // columns 0 and 1 of rows 0 and 1
	VUNPCKHPS Z1, Z0, Z5; \ // columns 2 and 3
	VUNPCKLPS Z3, Z2, Z6; \ // the same of rows 2 and 3
	VUNPCKHPS Z3, Z2, Z7; \
	VUNPCKLPD Z6, Z4, Z0; \
	VUNPCKHPD Z6, Z4, Z1; \
	VUNPCKLPD Z7, Z5, Z2; \
	VUNPCKHPD Z7, Z5, Z3; \
	VMOVUPS   Z0, (DST); \
	VMOVUPS   Z1, (DST)(DSTRIDE*1); \
	VMOVUPS   Z2, (DST)(DSTRIDE*2); \
	VMOVUPS   Z3, (DST)(DSTRIDE3*1); \
	LEAQ      (DST)(DSTRIDE*4), DST

// TURN64 makes two rows of dst of two columns of src.
#define TURN64(d) \
	GATHER(d, SRC, X0, Z0); \
	GATHER(d, SRC1, X1, Z1); \
	VUNPCKLPD Z1, Z0, Z2; \
	VUNPCKHPD Z1, Z0, Z3; \
	VMOVUPD   Z2, (DST); \
	VMOVUPD   Z3, (DST)(DSTRIDE*1); \
	LEAQ      (DST)(DSTRIDE*2), DST

// func avx512Transpose32(dst, src *float32, dstride, sstride int)
//
// dst[j][i] = src[i][j]; i, j = 0 ... 15
TEXT ·avx512Transpose32(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), SRC
	MOVQ dstride+16(FP), DSTRIDE
	MOVQ sstride+24(FP), STRIDE
	SHLQ $2, DSTRIDE
	SHLQ $2, STRIDE
	LEAQ (DSTRIDE)(DSTRIDE*2), DSTRIDE3
	LEAQ (SRC)(STRIDE*1), SRC1
	LEAQ (SRC)(STRIDE*2), SRC2
	LEAQ (SRC1)(STRIDE*2), SRC3
	SHLQ $2, STRIDE                     // of four rows
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	TURN32(0)
	TURN32(16)
	TURN32(32)
	TURN32(48)
	VZEROUPPER
	RET

// func avx512Transpose64(dst, src *float64, dstride, sstride int)
//
// dst[j][i] = src[i][j]; i, j = 0 ... 7
TEXT ·avx512Transpose64(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), SRC
	MOVQ dstride+16(FP), DSTRIDE
	MOVQ sstride+24(FP), STRIDE
	SHLQ $3, DSTRIDE
	SHLQ $3, STRIDE
	LEAQ (SRC)(STRIDE*1), SRC1
	SHLQ $1, STRIDE                     // of two rows
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	TURN64(0)
	TURN64(16)
	TURN64(32)
	TURN64(48)
	VZEROUPPER
	RET
