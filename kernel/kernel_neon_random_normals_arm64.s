//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_random_arm64.h"

// normals: logPair and logRound of log.go in vectors of two, operation for operation, for four vectors at a time to hide
// the latency of their chain. They have registers 0 to 6, 8 to 14, 16 to 22 and 24 to 30; the comments give those of the
// first. The four registers between hold multipliers, two to a register. What a multiplication is added to is loaded from
// the table, since it needs a fresh copy each time.

// Offsets into neonLogTable, 16 bytes each.
#define C12C10      0
#define C8C6       16
#define PARTS      32 // -1/4, -1/2
#define LN2        48 // ln2Hi, ln2Lo
#define SQRTHALF   64 // the square root of 1/2
#define STEPS      80 // 64
#define HALF       96 // 1/2
#define STEP      112 // 1/64
#define MINUSONE  128
#define C11       144
#define C9        160
#define C7        176
#define C5        192
#define THIRDHI   208
#define THIRDLO   224
#define ERROR     240 // logError
#define SMALLEST  256 // the smallest normal number
#define SPAN      272 // the bits of +Inf less those of SMALLEST
#define MINUSTWO  288

// Registers of constants.
#define kC12C10  7
#define kC8C6   15
#define kParts  23
#define kLn2    31

#define DST    R0
#define X      R1
#define Y      R2
#define SQUARE R3
#define LEFT   R4 // points to come
#define TABLE  R5 // address of neonLogTable
#define ROWS   R6 // where row 0 of logTable would be
#define DONE   R7
#define DSTNUMBER    0
#define XNUMBER      1
#define YNUMBER      2
#define SQUARENUMBER 3
#define TABLENUMBER  5

// An operation on all vectors. EACHK has a constant for m and EACHFROM for n, EACHLANE multiplies by lane i of a constant,
// LOAD loads a constant, and MOVEALL vectors that lie distance apart in memory.
#define EACH(OP, m, n, d)	OP(m, n, d); OP((m)+8, (n)+8, (d)+8); OP((m)+16, (n)+16, (d)+16); OP((m)+24, (n)+24, (d)+24)
#define EACHK(OP, constant, n, d)	OP(constant, n, d); OP(constant, (n)+8, (d)+8); OP(constant, (n)+16, (d)+16); OP(constant, (n)+24, (d)+24)
#define EACHFROM(OP, m, constant, d)	OP(m, constant, d); OP((m)+8, constant, (d)+8); OP((m)+16, constant, (d)+16); OP((m)+24, constant, (d)+24)
#define EACHLANE(OP, constant, i, n, d)	OP(constant, i, n, d); OP(constant, i, (n)+8, (d)+8); OP(constant, i, (n)+16, (d)+16); OP(constant, i, (n)+24, (d)+24)
#define EACH1(OP, n, d)	OP(n, d); OP((n)+8, (d)+8); OP((n)+16, (d)+16); OP((n)+24, (d)+24)
#define LOAD(offset, d)	LOADALL(offset, 0, TABLENUMBER, d)
#define LOADONE(offset, d)	LDRQ(offset, TABLENUMBER, d)
#define LOADALL(offset, distance, r, d) \
	LDRQ(offset, r, d); \
	LDRQ((offset)+(distance), r, (d)+8); \
	LDRQ((offset)+2*(distance), r, (d)+16); \
	LDRQ((offset)+3*(distance), r, (d)+24)
#define STOREALL(d, offset, distance, r) \
	STRQ(d, offset, r); \
	STRQ((d)+8, (offset)+(distance), r); \
	STRQ((d)+16, (offset)+2*(distance), r); \
	STRQ((d)+24, (offset)+3*(distance), r)

// LOGROW takes the integers k in register 3 and sets registers 3 and 4 to the high and the low parts of their rows.
#define LOGROW(unused, base) \
	LANE2(0, (base)+3, 8); \
	LANE2(1, (base)+3, 9); \
	ADD	R8<<4, ROWS, R8; \
	ADD	R9<<4, ROWS, R9; \
	LDRQ(0, 8, (base)+5); \
	LDRQ(0, 9, (base)+6); \
	ZIPLOW2((base)+6, (base)+5, (base)+3); \
	ZIPHIGH2((base)+6, (base)+5, (base)+4)

// LOGSUM sets sum = a + b and err = b - (sum-a).
#define LOGSUM(a, b, sum, err) \
	EACH(FADD2, b, a, sum); \
	EACH(FSUB2, a, sum, err); \
	EACH(FSUB2, err, b, err)

// func neonNormals(dst, x, y, square *float64, n int) int
//
// dst[2*i], dst[2*i+1] = f*y[i], f*x[i] with f = sqrt(-2*ln(square[i]) / square[i]), for n points, a multiple of 8. At the
// first point whose logarithm is in doubt, or whose square is not positive, normal and finite, it ends and returns the
// point's index; else n. dst is what there are no registers for until it is written.
TEXT ·neonNormals(SB), NOSPLIT, $0-48
	MOVD	dst+0(FP), DST
	MOVD	x+8(FP), X
	MOVD	y+16(FP), Y
	MOVD	square+24(FP), SQUARE
	MOVD	n+32(FP), LEFT
	MOVD	$·neonLogTable(SB), TABLE
	MOVD	$·logTable(SB), ROWS
	SUB	$(45*16), ROWS // logTableFirst
	LOADONE(C12C10, kC12C10)
	LOADONE(C8C6, kC8C6)
	LOADONE(PARTS, kParts)
	LOADONE(LN2, kLn2)
	MOVD	ZR, DONE

points:
	// square = 2^e m.
	LOADALL(0, 16, SQUARENUMBER, 0)
	LOADONE(SQRTHALF, 6)
	EACHK(SUB2, 6, 0, 1)
	EACH1(SSHR2BY52, 1, 1)
	EACH1(SHL2BY52, 1, 2)
	EACH(SUB2, 2, 0, 0)                 // m
	EACH1(SCVTF2, 1, 1)                 // e

	// k = int(64/m + 0.5), z = m/64*k - 1.
	LOADONE(STEPS, 6)
	EACHFROM(FDIV2, 0, 6, 2)
	LOADONE(HALF, 6)
	EACHK(FADD2, 6, 2, 2)
	EACH1(FCVTZS2, 2, 3)
	EACH1(FRINTZ2, 2, 2)                // k in float64
	EACH1(LOGROW, 0, 0)
	LOADONE(STEP, 6)
	EACHK(FMUL2, 6, 0, 0)
	LOAD(MINUSONE, 5)
	EACH(FMLA2, 2, 0, 5)                // z

	// hi + lo = e ln 2 - ln(k/64) + z - z²/2. q + ql = z².
	EACHLANE(FMLALANE2, kLn2, 0, 1, 3)  // hi
	EACHLANE(FMLALANE2, kLn2, 1, 1, 4)  // lo
	LOGSUM(3, 5, 0, 1)
	EACH(FADD2, 1, 4, 4)                // lo + e1
	EACH(FMUL2, 5, 5, 1)                // q
	EACHLANE(FMULLANE2, kParts, 1, 1, 2)
	LOGSUM(0, 2, 3, 6)
	EACH(FADD2, 6, 4, 4)                // lo + e1 + e2
	STOREALL(3, 0, 32, DSTNUMBER)
	STOREALL(4, 16, 32, DSTNUMBER)
	EACH1(FNEG2, 1, 2)
	EACH(FMLA2, 5, 5, 2)                // ql

	// s = 1/5 - z/6 + z²/7 - ... - z^7/12.
	LOAD(C11, 0)
	EACHLANE(FMLALANE2, kC12C10, 0, 5, 0)
	LOAD(C9, 3)
	EACHLANE(FMLALANE2, kC12C10, 1, 5, 3)
	EACH(FMLA2, 1, 0, 3)                // c9 + c10*z + (c11 + c12*z)*q
	LOAD(C7, 0)
	EACHLANE(FMLALANE2, kC8C6, 0, 5, 0)
	LOAD(C5, 6)
	EACHLANE(FMLALANE2, kC8C6, 1, 5, 6)
	EACH(FMLA2, 1, 0, 6)                // c5 + c6*z + (c7 + c8*z)*q
	EACH(FMUL2, 1, 1, 0)
	EACH(FMLA2, 0, 3, 6)                // s

	// c + cl = 1/3 - z/4 + z²s, of which d + dl = 1/3 - z/4.
	LOAD(THIRDHI, 0)
	LOADONE(THIRDHI, 4)
	EACHLANE(FMLALANE2, kParts, 0, 5, 0) // d
	EACHFROM(FSUB2, 0, 4, 3)
	EACHLANE(FMLALANE2, kParts, 0, 5, 3)
	LOADONE(THIRDLO, 4)
	EACHK(FADD2, 4, 3, 3)               // dl
	EACH1(MOVE, 0, 4)
	EACH(FMLA2, 1, 6, 4)                // c
	EACH(FSUB2, 4, 0, 0)
	EACH(FMLA2, 1, 6, 0)
	EACH(FADD2, 3, 0, 0)                // cl

	// p + pl = z³c, where r + rl = z³.
	EACH(FMUL2, 5, 1, 3)                // r
	EACH1(FNEG2, 3, 6)
	EACH(FMLA2, 5, 1, 6)
	EACH(FMLA2, 5, 2, 6)                // rl
	EACH(FMUL2, 4, 3, 5)                // p
	EACH1(FNEG2, 5, 1)
	EACH(FMLA2, 4, 3, 1)
	EACH(FMLA2, 4, 6, 1)
	EACH(FMLA2, 0, 3, 1)                // pl
	EACHLANE(FMLALANE2, kParts, 1, 2, 1) // pl - ql/2

	// hi + lo = ln(square), y = hi + lo rounded, twice.
	LOADALL(0, 32, DSTNUMBER, 3)
	LOADALL(16, 32, DSTNUMBER, 4)
	LOGSUM(3, 5, 0, 2)
	EACH(FADD2, 1, 4, 4)
	EACH(FADD2, 2, 4, 4)                // lo
	LOADONE(ERROR, 6)
	EACH1(FABS2, 0, 1)
	EACHK(FMUL2, 6, 1, 1)               // slack
	EACH(FADD2, 1, 4, 2)
	EACH(FADD2, 2, 0, 2)                // y
	EACH(FSUB2, 1, 4, 4)
	EACH(FADD2, 4, 0, 4)
	EACH(FCMEQ2, 2, 4, 4)               // all ones where both are y, zero where they are not or are NaN

	// f = sqrt(-2*y / square).
	LOADALL(0, 16, SQUARENUMBER, 0)
	LOADONE(MINUSTWO, 6)
	EACHK(FMUL2, 6, 2, 2)
	EACH(FDIV2, 0, 2, 2)
	EACH1(FSQRT2, 2, 2)
	LOADONE(SMALLEST, 6)
	EACHK(SUB2, 6, 0, 1)
	LOADONE(SPAN, 6)
	EACHFROM(CMHI2, 1, 6, 1)
	EACH(AND16, 1, 4, 4)                // sure
	LOADALL(0, 16, YNUMBER, 0)
	LOADALL(0, 16, XNUMBER, 1)
	EACH(FMUL2, 0, 2, 0)
	EACH(FMUL2, 1, 2, 1)
	EACH(ZIPLOW2, 1, 0, 3)
	EACH(ZIPHIGH2, 1, 0, 5)
	STOREALL(3, 0, 32, DSTNUMBER)
	STOREALL(5, 16, 32, DSTNUMBER)

	AND16(4, 12, 5)
	AND16(20, 28, 6)
	AND16(5, 6, 5)
	LANE2(0, 5, 8)
	LANE2(1, 5, 9)
	AND	R8, R9
	CBZ	R9, doubt
	ADD	$128, DST
	ADD	$64, SQUARE
	ADD	$64, X
	ADD	$64, Y
	ADD	$8, DONE
	SUBS	$8, LEFT
	BNE	points
end:
	MOVD	DONE, ret+40(FP)
	RET

#define NEXTDOUBT(v, i) \
	VMOV	v.D[i], R8; \
	CBZ	R8, end; \
	ADD	$1, DONE
doubt:
	NEXTDOUBT(V4, 0)
	NEXTDOUBT(V4, 1)
	NEXTDOUBT(V12, 0)
	NEXTDOUBT(V12, 1)
	NEXTDOUBT(V20, 0)
	NEXTDOUBT(V20, 1)
	NEXTDOUBT(V28, 0)
	B	end
