// The float64 recipes of activation.go in vectors of two, operation for operation. A recipe works on up to two vectors
// at a time to hide the latency of its chain: vector A in registers 0 to 7 and B in 8 to 15. What is kept longer lies in
// 16-18, 22, 23 for A and 24-26, 30, 31 for B. Constants are in 19-21 and 27-29, multipliers two to a register; what a
// multiplication is added to is loaded from the table, since it needs a fresh copy each time.
//
// The includer defines EACH and the like, below: as BOTH for two vectors, or as SINGLE for A alone.

// Offsets into neonTable, 16 bytes each.
#define ZERO           0 // +0
#define HALF          16 // 0.5
#define ONE           32 // 1
#define REDUCE        48 // -log2E, ln2Hi
#define SHIFT1        64 // shifter1
#define LOWC3         80 // ln2Lo, -c3
#define C5C7          96 // -c5, -c7
#define C9C11        112 // -c9, -c11
#define C4           128 // c4
#define C6           144 // c6
#define C8           160 // c8
#define C10          176 // c10
#define MIDDLE       192 // 336, the middle of [-36, 708]
#define REACH        208 // 372, half its length
#define SHIFT2       224 // shifter2
#define LOWD3        240 // ln2Lo, -d3
#define D5D7         256 // -d5, -d7
#define D9D11        272 // -d9, -d11
#define D4           288 // d4
#define D6           304 // d6
#define D8           320 // d8
#define D10          336 // d10
#define D12          352 // d12
#define EXPMAX       368 // 746
#define EXPMIN       384 // -746
#define TANHMAX      400 // 20
#define SIGN         416 // the sign bit
#define BIAS         432 // 1023
#define NEARHALF     448 // 8 - 2^28
#define FARBITS      464 // 2^29 - 16: bits 4 to 28
#define SIGMOIDMIN4  480 // -104 in float32
#define SIGMOIDMAX4  496 // 64 in float32
#define ASIDE4       512 // 2^60 in float32
#define ONE4         528 // 1 in float32

#define TABLE	R15 // address of neonTable
#define TABLENUMBER	15

// Registers of constants.
#define kReduce	19 // -log2E, ln2Hi
#define kLow3	20 // ln2Lo, -c3 or -d3
#define k57	21 // -c5, -c7 or -d5, -d7
#define k911	27 // -c9, -c11 or -d9, -d11
#define kOne	28
#define kShift	29 // shifter1 or shifter2

#define SIGMOIDCONSTANTS \
	MOVD	$·neonTable(SB), TABLE; \
	LDRQ(REDUCE, TABLENUMBER, kReduce); \
	LDRQ(LOWC3, TABLENUMBER, kLow3); \
	LDRQ(C5C7, TABLENUMBER, k57); \
	LDRQ(C9C11, TABLENUMBER, k911); \
	LDRQ(ONE, TABLENUMBER, kOne); \
	LDRQ(SHIFT1, TABLENUMBER, kShift)

#define EXPCONSTANTS \
	MOVD	$·neonTable(SB), TABLE; \
	LDRQ(REDUCE, TABLENUMBER, kReduce); \
	LDRQ(LOWD3, TABLENUMBER, kLow3); \
	LDRQ(D5D7, TABLENUMBER, k57); \
	LDRQ(D9D11, TABLENUMBER, k911); \
	LDRQ(ONE, TABLENUMBER, kOne); \
	LDRQ(SHIFT2, TABLENUMBER, kShift)

// An operation on both vectors. EACHK has a constant for m, LANE multiplies by lane i of a constant, LOAD loads one.
#define BOTH(OP, m, n, d)	OP(m, n, d); OP((m)+8, (n)+8, (d)+8)
#define BOTHK(OP, constant, n, d)	OP(constant, n, d); OP(constant, (n)+8, (d)+8)
#define BOTH1(OP, n, d)	OP(n, d); OP((n)+8, (d)+8)
#define BOTHLANE(OP, constant, i, n, d)	OP(constant, i, n, d); OP(constant, i, (n)+8, (d)+8)
#define BOTHLOAD(offset, d)	LDRQ(offset, TABLENUMBER, d); LDRQ(offset, TABLENUMBER, (d)+8)
#define BOTHRECIPROCAL(n, d)	FDIV2(n, kOne, d); FDIV2((n)+8, kOne, (d)+8)

// The same on A alone.
#define SINGLE(OP, m, n, d)	OP(m, n, d)
#define SINGLE1(OP, n, d)	OP(n, d)
#define SINGLELANE(OP, constant, i, n, d)	OP(constant, i, n, d)
#define SINGLELOAD(offset, d)	LDRQ(offset, TABLENUMBER, d)
#define SINGLERECIPROCAL(n, d)	FDIV2(n, kOne, d)

// SIGMOID sets register y to sigmoid64's middle recipe for z, which is in registers 0 and 2. It keeps register 1.
// What activation.go calls w has the other sign here: the rounding is the same.
#define SIGMOID(y) \
	LOAD(SHIFT1, 3); \
	EACHLANE(FMLALANE2, kReduce, 0, 0, 3) /* m = shifter1 - z*log2E */; \
	EACHK(FSUB2, kShift, 3, 4)            /* n = m - shifter1 */; \
	EACHLANE(FMLALANE2, kReduce, 1, 4, 0) /* s = z + n*ln2Hi */; \
	EACHLANE(FMLALANE2, kReduce, 1, 4, 2) /* s again, */; \
	EACHLANE(FMLALANE2, kLow3, 0, 4, 2)   /* r = s + n*ln2Lo */; \
	EACH(FMUL2, 0, 0, 5)                  /* ss = s*s */; \
	LOAD(C4, 4); \
	EACHLANE(FMLALANE2, k57, 0, 0, 4)     /* p45 = c4 - c5*s */; \
	LOAD(C6, 6); \
	EACHLANE(FMLALANE2, k57, 1, 0, 6)     /* p67 = c6 - c7*s */; \
	EACH(FMLA2, 5, 6, 4)                  /* p47 = p45 + p67*ss */; \
	LOAD(C8, 6); \
	EACHLANE(FMLALANE2, k911, 0, 0, 6)    /* p89 = c8 - c9*s */; \
	LOAD(C10, 7); \
	EACHLANE(FMLALANE2, k911, 1, 0, 7)    /* pab = c10 - c11*s */; \
	EACH(FMLA2, 5, 7, 6)                  /* p8b = p89 + pab*ss */; \
	EACH(FMUL2, 5, 5, 7)                  /* s4 = ss*ss */; \
	EACH(FMLA2, 7, 6, 4)                  /* p4b = p47 + p8b*s4 */; \
	LOAD(HALF, 6); \
	EACHLANE(FMLALANE2, kLow3, 1, 2, 6)   /* p23 = 0.5 - c3*r */; \
	EACH(FMLA2, 5, 4, 6)                  /* q = p23 + p4b*ss */; \
	EACH(FMUL2, 2, 2, 4)                  /* r*r */; \
	EACH(FMLS2, 4, 6, 2)                  /* -w = r - q*(r*r) */; \
	EACH1(SHL2BY52, 3, 3)                 /* 2^n */; \
	EACHK(FADD2, kOne, 3, 5)              /* 1 + 2^n */; \
	EACH(FMLS2, 3, 2, 5)                  /* 1 + 2^n + w*2^n */; \
	EACHRECIPROCAL(5, y)

// MIDRANGE sets register 4 to all ones where |336-z| < 372, so where the middle recipe is right, z being in register
// 1. The difference is rounded, which can only leave out an element that might be in.
#define MIDRANGE \
	LOAD(MIDDLE, 4); \
	EACH(FABD2, 1, 4, 4); \
	LOAD(REACH, 5); \
	EACH(FCMGT2, 4, 5, 4)

// EXPM1NEG takes z in register 0 and sets register 2 to -w and register 3 to the sum m of expm1Neg: exp(-z) = 2^n (1+w).
#define EXPM1NEG \
	LOAD(SHIFT2, 3); \
	EACHLANE(FMLALANE2, kReduce, 0, 0, 3) /* m = shifter2 - z*log2E */; \
	EACHK(FSUB2, kShift, 3, 4)            /* n = m - shifter2 */; \
	EACHLANE(FMLALANE2, kReduce, 1, 4, 0) /* s = z + n*ln2Hi */; \
	EACHLANE(FMULLANE2, kLow3, 0, 4, 1)   /* c = n*ln2Lo */; \
	EACH(FADD2, 1, 0, 2)                  /* r = s + c */; \
	EACH(FMUL2, 2, 2, 5)                  /* r2 = r*r */; \
	LOAD(D4, 4); \
	EACHLANE(FMLALANE2, k57, 0, 2, 4)     /* p45 = d4 - d5*r */; \
	LOAD(D6, 6); \
	EACHLANE(FMLALANE2, k57, 1, 2, 6)     /* p67 = d6 - d7*r */; \
	EACH(FMLA2, 5, 6, 4)                  /* p47 = p45 + p67*r2 */; \
	LOAD(D10, 7); \
	EACHLANE(FMLALANE2, k911, 1, 2, 7)    /* d10 - d11*r */; \
	LOAD(D12, 6); \
	EACH(FMLA2, 5, 6, 7)                  /* pac = that + d12*r2 */; \
	LOAD(D8, 6); \
	EACHLANE(FMLALANE2, k911, 0, 2, 6)    /* p89 = d8 - d9*r */; \
	EACH(FMLA2, 5, 7, 6)                  /* p8c = p89 + pac*r2 */; \
	EACH(FMUL2, 5, 5, 7)                  /* r4 = r2*r2 */; \
	EACH(FMLA2, 7, 6, 4)                  /* p4c = p47 + p8c*r4 */; \
	LOAD(HALF, 6); \
	EACHLANE(FMLALANE2, kLow3, 1, 2, 6)   /* p23 = 0.5 - d3*r */; \
	EACH(FMLA2, 5, 4, 6)                  /* q = p23 + p4c*r2 */; \
	EACH(FMLS2, 5, 6, 1)                  /* c - q*r2 */; \
	EACH(FADD2, 0, 1, 2)                  /* -w = that + s */

// EXP sets register 0 to exp64(x), x being in register 0. Beyond 746 the recipe's overflow and underflow give what the
// definition says, so that a clamp replaces its branches. A NaN stays one.
#define EXP \
	LOAD(EXPMAX, 1); \
	EACH(FMIN2, 1, 0, 0); \
	LOAD(EXPMIN, 1); \
	EACH(FMAX2, 1, 0, 0); \
	EACH1(FNEG2, 0, 0); \
	EXPM1NEG; \
	EACH1(USHR2BY1, 3, 4)       /* h = m/2 */; \
	EACH(SUB2, 4, 3, 5)         /* m - h */; \
	EACH1(SHL2BY52, 4, 4)       /* a */; \
	EACH1(SHL2BY52, 5, 5)       /* b */; \
	EACH(FSUBONE, 2, 0, 0)      /* 1 + w */; \
	EACH(FMUL2, 4, 0, 0); \
	EACH(FMUL2, 5, 0, 0)
#define FSUBONE(n, unused, d)	FSUB2(n, kOne, d)

// TANH sets register 0 to tanh64(z), z being in registers 0 and 16. At 20 the recipe gives 1: a clamp replaces the
// definition's branch. A NaN stays one.
#define TANH \
	EACH1(FABS2, 0, 0); \
	LOAD(TANHMAX, 1); \
	EACH(FMIN2, 1, 0, 0)        /* t = min(|z|, 20) */; \
	EACH(FADD2, 0, 0, 0)        /* 2*t */; \
	EXPM1NEG; \
	LOAD(BIAS, 4); \
	EACH(SUB2, 4, 3, 3); \
	EACH1(SHL2BY52, 3, 3)       /* two = 2^n */; \
	EACHK(FADD2, kOne, 3, 4)    /* one = two + 1 */; \
	EACHK(FSUB2, kOne, 3, 5)    /* two - 1 */; \
	EACH(FMLS2, 3, 2, 5)        /* num = two - 1 + w*two */; \
	EACHK(FADD2, kOne, 3, 6); \
	EACH(FMLS2, 3, 2, 6)        /* den = one + w*two */; \
	EACH(FSUB2, 6, 4, 4)        /* one - den */; \
	EACH(FMLS2, 3, 2, 4)        /* lost = one - den + w*two */; \
	EACHRECIPROCAL(6, 7)        /* inv */; \
	EACH(FMUL2, 7, 5, 0)        /* y = num*inv */; \
	EACH(FMLS2, 6, 0, 5)        /* num - y*den */; \
	EACH(FMLS2, 4, 0, 5)        /* rest = num - y*den - y*lost */; \
	EACH(FMLA2, 7, 5, 0)        /* y + rest*inv */; \
	LOAD(SIGN, 4); \
	EACH(BIT16, 4, 16, 0)       /* with z's sign */
