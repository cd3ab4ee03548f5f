// The recipes of activation.go, operation for operation, on vectors of float64. Whoever includes this names the registers
// that they work in, all of the width of the vector:
//
//	M, R, S, S2, P, U, V    for DENOMINATOR
//	C and ARG besides       for EXPM1, TANH and EXP
//
// and defines BROADCAST64, which fills a vector with a float64 from memory. Masks K2 and K3 are used as well.

DATA  recipe<>+0x000(SB)/8, $0xbff71547652b82fe // -1/ln 2
DATA  recipe<>+0x008(SB)/8, $0x3fe62e42fefa39ef // ln 2, high part
DATA  recipe<>+0x010(SB)/8, $0x3c7abc9e3b39803f // ln 2, low part
DATA  recipe<>+0x018(SB)/8, $0x43380000000003ff // 0x1.8p52 + 1023
DATA  recipe<>+0x020(SB)/8, $0x43380000000007fe // 0x1.8p52 + 2046
DATA  recipe<>+0x028(SB)/8, $0x3fe0000000000000 // 0.5
DATA  recipe<>+0x030(SB)/8, $0x3ff0000000000000 // 1
DATA  recipe<>+0x038(SB)/8, $0xc042000000000000 // -36
DATA  recipe<>+0x040(SB)/8, $0x4086200000000000 // 708
DATA  recipe<>+0x048(SB)/8, $0x4044000000000000 // 40
DATA  recipe<>+0x050(SB)/8, $0x4087500000000000 // 746
DATA  recipe<>+0x058(SB)/8, $0xc087500000000000 // -746
DATA  recipe<>+0x060(SB)/8, $0x7ff0000000000000 // +Inf
DATA  recipe<>+0x068(SB)/8, $0x8000000000000000 // the sign
DATA  recipe<>+0x070(SB)/8, $0x7fffffffffffffff // all but the sign
DATA  recipe<>+0x078(SB)/8, $0x00000000000003ff // 1023
DATA  recipe<>+0x080(SB)/8, $0xbfc5555555555501 // -c3
DATA  recipe<>+0x088(SB)/8, $0x3fa5555555553207 // c4
DATA  recipe<>+0x090(SB)/8, $0xbf81111111128978 // -c5
DATA  recipe<>+0x098(SB)/8, $0x3f56c16c17cc32c0 // c6
DATA  recipe<>+0x0a0(SB)/8, $0xbf2a01a011bd0c90 // -c7
DATA  recipe<>+0x0a8(SB)/8, $0x3efa019ab2d25a7e // c8
DATA  recipe<>+0x0b0(SB)/8, $0xbec71df55f26a6a1 // -c9
DATA  recipe<>+0x0b8(SB)/8, $0x3e9289f8b0369b5d // c10
DATA  recipe<>+0x0c0(SB)/8, $0xbe5ad1f080d5a50a // -c11
DATA  recipe<>+0x0c8(SB)/8, $0xbfc5555555555559 // -d3
DATA  recipe<>+0x0d0(SB)/8, $0x3fa555555555554a // d4
DATA  recipe<>+0x0d8(SB)/8, $0xbf8111111110f656 // -d5
DATA  recipe<>+0x0e0(SB)/8, $0x3f56c16c16c1c0d5 // d6
DATA  recipe<>+0x0e8(SB)/8, $0xbf2a01a01b0025b1 // -d7
DATA  recipe<>+0x0f0(SB)/8, $0x3efa01a01872a841 // d8
DATA  recipe<>+0x0f8(SB)/8, $0xbec71ddf8141440d // -d9
DATA  recipe<>+0x100(SB)/8, $0x3e927e521d133030 // d10
DATA  recipe<>+0x108(SB)/8, $0xbe5af5f2122bd54c // -d11
DATA  recipe<>+0x110(SB)/8, $0x3e21f0412ea86768 // d12
DATA  recipe<>+0x118(SB)/8, $0x8084000000000000 // twice 36, taken as an integer
GLOBL recipe<>(SB), RODATA|NOPTR, $0x120

#define NEG_LOG2E recipe<>+0x000(SB)
#define LN2_HI    recipe<>+0x008(SB)
#define LN2_LO    recipe<>+0x010(SB)
#define SHIFTER1  recipe<>+0x018(SB)
#define SHIFTER2  recipe<>+0x020(SB)
#define HALF      recipe<>+0x028(SB)
#define ONE       recipe<>+0x030(SB)
#define LOWEST    recipe<>+0x038(SB)
#define HIGHEST   recipe<>+0x040(SB)
#define FORTY     recipe<>+0x048(SB)
#define EXP_MAX   recipe<>+0x050(SB)
#define EXP_MIN   recipe<>+0x058(SB)
#define INFINITY  recipe<>+0x060(SB)
#define SIGN      recipe<>+0x068(SB)
#define NOT_SIGN  recipe<>+0x070(SB)
#define EXPONENT0 recipe<>+0x078(SB)
#define NEG_C3    recipe<>+0x080(SB)
#define C4        recipe<>+0x088(SB)
#define NEG_C5    recipe<>+0x090(SB)
#define C6        recipe<>+0x098(SB)
#define NEG_C7    recipe<>+0x0a0(SB)
#define C8        recipe<>+0x0a8(SB)
#define NEG_C9    recipe<>+0x0b0(SB)
#define C10       recipe<>+0x0b8(SB)
#define NEG_C11   recipe<>+0x0c0(SB)
#define NEG_D3    recipe<>+0x0c8(SB)
#define D4        recipe<>+0x0d0(SB)
#define NEG_D5    recipe<>+0x0d8(SB)
#define D6        recipe<>+0x0e0(SB)
#define NEG_D7    recipe<>+0x0e8(SB)
#define D8        recipe<>+0x0f0(SB)
#define NEG_D9    recipe<>+0x0f8(SB)
#define D10       recipe<>+0x100(SB)
#define NEG_D11   recipe<>+0x108(SB)
#define D12       recipe<>+0x110(SB)
#define LOWEST2   recipe<>+0x118(SB)

// LINE sets dst = c0 + x*c1.
#define LINE(c0, c1, x, dst) \
	BROADCAST64      c1, dst; \
	VFMADD213PD.BCST c0, x, dst

// The steps from s = z to v = 1 + exp(-z), for the middle range of sigmoid64. Each waits for the one before.
#define SIGMOID1(m, r, s, ss, p, u, v) \
	LINE(SHIFTER1, NEG_LOG2E, s, m)               // m = shifter - z/ln 2
#define SIGMOID2(m, r, s, ss, p, u, v) \
	VSUBPD.BCST      SHIFTER1, m, r               // n
#define SIGMOID3(m, r, s, ss, p, u, v) \
	VFMADD231PD.BCST LN2_HI, r, s; \ // s = z + n*ln2Hi
	VFMADD132PD.BCST LN2_LO, s, r                 // r = s + n*ln2Lo
#define SIGMOID4(m, r, s, ss, p, u, v) \
	VMULPD           s, s, ss; \
	LINE(C8, NEG_C9, s, u); \
	LINE(C10, NEG_C11, s, v)
#define SIGMOID5(m, r, s, ss, p, u, v) \
	VFMADD231PD      v, ss, u; \ // p8b = p89 + s^2*pab
	LINE(C4, NEG_C5, s, p); \
	LINE(C6, NEG_C7, s, v)
#define SIGMOID6(m, r, s, ss, p, u, v) \
	VFMADD231PD      v, ss, p; \ // p47 = p45 + s^2*p67
	VMULPD           ss, ss, v
#define SIGMOID7(m, r, s, ss, p, u, v) \
	VFMADD231PD      u, v, p; \ // p4b = p47 + s^4*p8b
	LINE(HALF, NEG_C3, r, u); \
	VMULPD           r, r, v
#define SIGMOID8(m, r, s, ss, p, u, v) \
	VFMADD231PD      p, ss, u                     // q = p23 + s^2*p4b
#define SIGMOID9(m, r, s, ss, p, u, v) \
	VFMSUB213PD      r, v, u; \ // w = q*r^2 - r
	VPSLLQ           $52, m, m; \ // 2^n
	VADDPD.BCST      ONE, m, v
#define SIGMOID10(m, r, s, ss, p, u, v) \
	VFMADD231PD      u, m, v                      // 1 + 2^n + 2^n*w

// DENOMINATOR sets V = 1 + exp(-z), for the middle range of sigmoid64.
#define DENOMINATOR(z) \
	VMOVAPD z, S; \
	SIGMOID1(M, R, S, S2, P, U, V); \
	SIGMOID2(M, R, S, S2, P, U, V); \
	SIGMOID3(M, R, S, S2, P, U, V); \
	SIGMOID4(M, R, S, S2, P, U, V); \
	SIGMOID5(M, R, S, S2, P, U, V); \
	SIGMOID6(M, R, S, S2, P, U, V); \
	SIGMOID7(M, R, S, S2, P, U, V); \
	SIGMOID8(M, R, S, S2, P, U, V); \
	SIGMOID9(M, R, S, S2, P, U, V); \
	SIGMOID10(M, R, S, S2, P, U, V)

// FOUR does a step on four vectors side by side, which keeps the units busy where a single chain would have to wait.
#define FOUR(step) \
	step(Z0, Z4, Z8, Z12, Z16, Z20, Z24); \
	step(Z1, Z5, Z9, Z13, Z17, Z21, Z25); \
	step(Z2, Z6, Z10, Z14, Z18, Z22, Z26); \
	step(Z3, Z7, Z11, Z15, Z19, Z23, Z27)

// DENOMINATORS sets Z24 to Z27 from Z8 to Z11 like DENOMINATOR.
#define DENOMINATORS \
	FOUR(SIGMOID1); \
	FOUR(SIGMOID2); \
	FOUR(SIGMOID3); \
	FOUR(SIGMOID4); \
	FOUR(SIGMOID5); \
	FOUR(SIGMOID6); \
	FOUR(SIGMOID7); \
	FOUR(SIGMOID8); \
	FOUR(SIGMOID9); \
	FOUR(SIGMOID10)

// EXPM1 sets U = w and M = m, such that exp(-z) = 2^n (1+w): expm1Neg.
#define EXPM1(z) \
	LINE(SHIFTER2, NEG_LOG2E, z, M); \ // m = shifter - z/ln 2
	VSUBPD.BCST      SHIFTER2, M, R; \ // n
	VMOVAPD          z, S; \
	VFMADD231PD.BCST LN2_HI, R, S; \ // s = z + n*ln2Hi
	VMULPD.BCST      LN2_LO, R, C; \ // c = n*ln2Lo
	VADDPD           C, S, R; \ // r = s + c
	VMULPD           R, R, S2; \
	LINE(D8, NEG_D9, R, U); \
	LINE(D10, NEG_D11, R, V); \
	VFMADD231PD.BCST D12, S2, V; \ // pac
	VFMADD231PD      V, S2, U; \ // p8c = p89 + r^2*pac
	LINE(D4, NEG_D5, R, P); \
	LINE(D6, NEG_D7, R, V); \
	VFMADD231PD      V, S2, P; \ // p47 = p45 + r^2*p67
	VMULPD           S2, S2, V; \
	VFMADD231PD      U, V, P; \ // p4c = p47 + r^4*p8c
	LINE(HALF, NEG_D3, R, U); \
	VFMADD231PD      P, S2, U; \ // q = p23 + r^2*p4c
	VFMSUB213PD      C, S2, U; \
	VSUBPD           S, U, U                      // w = (q*r^2 - c) - s

// TANH sets z = tanh(z).
#define TANH(z) \
	VANDPD.BCST      NOT_SIGN, z, ARG; \
	VADDPD           ARG, ARG, ARG; \
	EXPM1(ARG); \
	VCMPPD.BCST      $GREATER, FORTY, ARG, K2; \
	VPSUBQ.BCST      EXPONENT0, M, M; \
	VPSLLQ           $52, M, M; \ // 2^n
	VADDPD.BCST      ONE, M, P; \
	VSUBPD.BCST      ONE, M, S; \
	VFMADD231PD      U, M, S; \ // num = E - 1
	VMOVAPD          P, R; \
	VFMADD231PD      U, M, R; \ // den = E + 1
	VSUBPD           R, P, P; \
	VFMADD231PD      U, M, P; \ // lost, by rounding den
	VBROADCASTSD     ONE, V; \
	VDIVPD           R, V, V; \ // inv = 1/den
	VMULPD           V, S, C; \ // y = num*inv
	VFNMADD231PD     R, C, S; \
	VFNMADD231PD     P, C, S; \ // rest = (num - y*den) - y*lost
	VFMADD231PD      S, V, C; \ // y + rest*inv
	VBROADCASTSD     ONE, K2, C; \ // 1 where |z| > 20
	VPBROADCASTQ     SIGN, M; \
	VPTERNLOGQ       $SELECT, C, z, M; \
	VMOVAPD          M, z                         // with the sign of z

// EXP sets z = exp(z).
#define EXP(z) \
	VXORPD.BCST      SIGN, z, ARG; \
	EXPM1(ARG); \
	VCMPPD.BCST      $GREATER, EXP_MAX, z, K2; \
	VCMPPD.BCST      $LESS, EXP_MIN, z, K3; \
	VPSRLQ           $1, M, R; \
	VPSUBQ           R, M, M; \
	VPSLLQ           $52, R, R; \
	VPSLLQ           $52, M, M; \ // R*M = 2^n
	VADDPD.BCST      ONE, U, U; \
	VMULPD           R, U, U; \
	VMULPD           M, U, z; \ // ((1+w)*R)*M
	VBROADCASTSD     INFINITY, K2, z; \ // +Inf where z > 746
	VPXORQ           z, z, K3, z                  // +0 where z < -746

// Predicates of VCMPPD and VCMPPS, all false for a NaN, and of VPCMPUQ and VPCMPUD; a table of VPTERNLOGQ.
#define LESS     0x11
#define AT_MOST  0x12
#define AT_LEAST 0x1d
#define GREATER  0x1e
#define ABOVE    6
#define SELECT   0xca // dst ? second : first, bit by bit

// float32

DATA  narrow<>+0x00(SB)/8, $0xfffffffff0000008 // 8 - 2^28
DATA  narrow<>+0x08(SB)/8, $0x000000001ffffff0 // 2^29 - 16
DATA  narrow<>+0x10(SB)/4, $0x5d800000         // 2^60, float32
DATA  narrow<>+0x14(SB)/4, $0x42800000         // 64, float32
DATA  narrow<>+0x18(SB)/4, $0xc2d00000         // -104, float32
DATA  narrow<>+0x1c(SB)/4, $0x3f800000         // 1, float32
GLOBL narrow<>(SB), RODATA|NOPTR, $0x20

// A float64, taken as an integer, is within 8 units of half-way between two float32 where FROM_HALFWAY added to it leaves
// none of the bits of FAR.
#define FROM_HALFWAY narrow<>+0x00(SB)
#define FAR          narrow<>+0x08(SB)
#define MARK         narrow<>+0x10(SB) // factor of sums that are left undone
#define CLAMP_HIGH   narrow<>+0x14(SB)
#define CLAMP_LOW    narrow<>+0x18(SB)
#define ONE32        narrow<>+0x1c(SB)
