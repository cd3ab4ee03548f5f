// The fast sigmoid of float32, on two vectors side by side. Whoever includes this has included the recipes, defines MOVU, and
// loads POWERS into Z28, ONE into all lanes of Z29 and FAST_FAR into those of Z30.
//
// A faster sigmoid, good where no value comes near half-way between two float32. With n = rint(8 z/ln 2) and
// s = z - n ln2/8, exp(-z) = 2^(-n/8) exp(-s), and exp(-s) = 1 + a1 s + ... + a5 s^5 with an error below 2^-41.3 by
// Sollya's fpminimax, for |s| < ln2/16. The value then has an error below 2^12 units. Sums below -87, where the results
// may be subnormal, are left to the full recipe, and those above 87 with them.

DATA  fast<>+0x00(SB)/8, $0xc0271547652b82fe // -8/ln 2
DATA  fast<>+0x08(SB)/8, $0x3fb62e42fefa39ef // ln 2 / 8
DATA  fast<>+0x10(SB)/8, $0x4338000000000000 // 0x1.8p52
DATA  fast<>+0x18(SB)/8, $0xbfefffffffffd839 // a1
DATA  fast<>+0x20(SB)/8, $0x3fdffffffdbca08f // a2
DATA  fast<>+0x28(SB)/8, $0xbfc555555a75e524 // a3
DATA  fast<>+0x30(SB)/8, $0x3fa555cf2028f0b9 // a4
DATA  fast<>+0x38(SB)/8, $0xbf8110b5f17e97b0 // a5
DATA  fast<>+0x40(SB)/8, $0xfffffffff0001000 // 2^12 - 2^28
DATA  fast<>+0x48(SB)/8, $0x000000001fffe000 // 2^29 - 2^13
DATA  fast<>+0x50(SB)/8, $0x3ff0000000000000 // 1
DATA  fast<>+0x58(SB)/8, $0x3fef72b83c7d517b // 2^(1/8) less 1<<49
DATA  fast<>+0x60(SB)/8, $0x3fef06fe0a31b715 // 2^(2/8) less 2<<49
DATA  fast<>+0x68(SB)/8, $0x3feebfdad5362a27 // 2^(3/8) less 3<<49
DATA  fast<>+0x70(SB)/8, $0x3feea09e667f3bcd // 2^(4/8) less 4<<49
DATA  fast<>+0x78(SB)/8, $0x3feeace5422aa0db // 2^(5/8) less 5<<49
DATA  fast<>+0x80(SB)/8, $0x3feee89f995ad3ad // 2^(6/8) less 6<<49
DATA  fast<>+0x88(SB)/8, $0x3fef5818dcfba487 // 2^(7/8) less 7<<49
DATA  fast<>+0x90(SB)/4, $0x855c0000         // twice 87, float32, taken as an integer
GLOBL fast<>(SB), RODATA|NOPTR, $0x94

#define NEG_8LOG2E        fast<>+0x00(SB)
#define LN2_8TH           fast<>+0x08(SB)
#define SHIFTER           fast<>+0x10(SB)
#define A1                fast<>+0x18(SB)
#define A2                fast<>+0x20(SB)
#define A3                fast<>+0x28(SB)
#define A4                fast<>+0x30(SB)
#define A5                fast<>+0x38(SB)
#define FAST_FROM_HALFWAY fast<>+0x40(SB)
#define FAST_FAR          fast<>+0x48(SB)
#define POWERS            fast<>+0x50(SB)
#define FAST_RANGE        fast<>+0x90(SB)

#define FAST1(m, n, s, t, p, u, v) \
	LINE(SHIFTER, NEG_8LOG2E, s, m)
#define FAST2(m, n, s, t, p, u, v) \
	VSUBPD.BCST      SHIFTER, m, n
#define FAST3(m, n, s, t, p, u, v) \
	VFMADD231PD.BCST LN2_8TH, n, s; \ // s = z + n*ln2/8, with the other sign of n
	VPERMPD          Z28, m, t; \
	VPSLLQ           $49, m, m; \
	VPADDQ           m, t, t // 2^(n/8)
#define FAST4(m, n, s, t, p, u, v) \
	LINE(A4, A5, s, p)
#define FAST5(m, n, s, t, p, u, v) \
	VFMADD213PD.BCST A3, s, p
#define FAST6(m, n, s, t, p, u, v) \
	VFMADD213PD.BCST A2, s, p
#define FAST7(m, n, s, t, p, u, v) \
	VFMADD213PD.BCST A1, s, p
#define FAST8(m, n, s, t, p, u, v) \
	VFMADD213PD.BCST ONE, s, p // exp(-s)
#define FAST9(m, n, s, t, p, u, v) \
	VFMADD213PD.BCST ONE, t, p // 1 + exp(-z)

// RANGE compares the two vectors at d(p): not equal if some |z| > 87, or NaN.
#define RANGE(d, p) \
	MOVU         (d+64*0)(p), Z0; \
	MOVU         (d+64*1)(p), Z1; \
	VPADDD       Z0, Z0, Z0; \ // twice |z|, taken as an integer
	VPADDD       Z1, Z1, Z1; \
	VPMAXUD      Z0, Z1, Z0; \
	VPCMPUD.BCST $ABOVE, FAST_RANGE, Z0, K2; \
	KORTESTW     K2, K2

// FASTHEAD widens the two vectors at d(p) and begins on them.
#define FASTHEAD(d, p) \
	VCVTPS2PD (d+32*0)(p), Z8; \
	VCVTPS2PD (d+32*1)(p), Z9; \
	VCVTPS2PD (d+32*2)(p), Z10; \
	VCVTPS2PD (d+32*3)(p), Z11; \
	FOUR(FAST1); \
	FOUR(FAST2); \
	FOUR(FAST3)

// FASTSUM goes on to d0 to d3 = 1 + exp(-z) in Z24 to Z27, and to 1/(d0*d1) and 1/(d2*d3) in Z20 and Z21.
#define FASTSUM \
	FOUR(FAST4); \
	FOUR(FAST5); \
	FOUR(FAST6); \
	FOUR(FAST7); \
	FOUR(FAST8); \
	FOUR(FAST9); \
	VMOVAPD Z16, Z24; \
	VMOVAPD Z17, Z25; \
	VMOVAPD Z18, Z26; \
	VMOVAPD Z19, Z27; \
	VMULPD  Z24, Z25, Z20; \
	VMULPD  Z26, Z27, Z21; \
	VDIVPD  Z20, Z29, Z20; \
	VDIVPD  Z21, Z29, Z21

// FASTTAIL ends: it stores the values in two vectors at d(p), or goes to rare if one is near half-way.
#define FASTTAIL(d, p, rare) \
	VMULPD      Z20, Z25, Z4; \ // 1/d0
	VMULPD      Z20, Z24, Z5; \
	VMULPD      Z21, Z27, Z6; \
	VMULPD      Z21, Z26, Z7; \
	VPADDQ.BCST FAST_FROM_HALFWAY, Z4, Z0; \
	VPADDQ.BCST FAST_FROM_HALFWAY, Z5, Z1; \
	VPADDQ.BCST FAST_FROM_HALFWAY, Z6, Z2; \
	VPADDQ.BCST FAST_FROM_HALFWAY, Z7, Z3; \
	VPANDQ      Z30, Z0, Z0; \ // the upper halves become 0
	VPANDQ      Z30, Z1, Z1; \
	VPANDQ      Z30, Z2, Z2; \
	VPANDQ      Z30, Z3, Z3; \
	VPMINUD     Z0, Z1, Z0; \
	VPMINUD     Z2, Z3, Z2; \
	VPMINUD     Z0, Z2, Z0; \
	VPTESTNMQ   Z0, Z0, K2; \
	KORTESTB    K2, K2; \
	JNE         rare; \
	VCVTPD2PS   Z4, Y4; \
	VCVTPD2PS   Z5, Y5; \
	VCVTPD2PS   Z6, Y6; \
	VCVTPD2PS   Z7, Y7; \
	VMOVUPS     Y4, (d+32*0)(p); \
	VMOVUPS     Y5, (d+32*1)(p); \
	VMOVUPS     Y6, (d+32*2)(p); \
	VMOVUPS     Y7, (d+32*3)(p)
