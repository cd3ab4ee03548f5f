// The logarithm of log.go and what Random.Normals makes of it, for vectors of any width. Operation for operation it is
// logPair and logRound, but for what makes no difference: a tie between two k goes to the even one, exact scalings are done
// elsewhere, and the slack has the sign of hi.
//
// Whoever includes this defines
//
//	CONSTANT(name, bits)                  a float64 in memory that operations with a constant take
//	LOADC, ADDC, SUBC, MULC, XORC         such operations, VMOVUPD to VXORPD
//	FMADD213C, FMADD231C, FMSUB213C       and fmas
//	S, E, M, V, I, HI, LO, Q, QL, R, RL, A, B, C, D, H    registers; Q may be that of M, and QL that of I

CONSTANT(sqrtHalf, 0x3fe6a09e667f3bcd)   // the bits of sqrt(1/2), rounded up
CONSTANT(fraction, 0x000fffffffffffff)   // a fraction's bits
CONSTANT(sqrtHalf64, 0x3f86a09e667f3bcd) // the bits of sqrt(1/2)/64
CONSTANT(one, 0x3ff0000000000000)        // 1
CONSTANT(rows, 0x4337ffffffffffd3)       // 0x1.8p52 - logTableFirst
CONSTANT(ln2Hi, 0x3fe62e42fefa3800)      // logLn2Hi
CONSTANT(ln2Lo, 0x3d2ef35793c76730)      // logLn2Lo
CONSTANT(thirdHi, 0x3fd5555555555555)    // logThirdHi
CONSTANT(thirdLo, 0x3c75555555555555)    // logThirdLo
CONSTANT(c4, 0xbfd0000000000000)         // -1/4
CONSTANT(c5, 0x3fc999999999999a)         // logC5
CONSTANT(c6, 0xbfc5555555555555)         // logC6
CONSTANT(c7, 0x3fc2492492492492)         // logC7
CONSTANT(c8, 0xbfc0000000000000)         // logC8
CONSTANT(c9, 0x3fbc71c71c71c71c)         // logC9
CONSTANT(c10, 0xbfb999999999999a)        // logC10
CONSTANT(c11, 0x3fb745d1745d1746)        // logC11
CONSTANT(c12, 0xbfb5555555555555)        // logC12
CONSTANT(minusHalf, 0xbfe0000000000000)  // -1/2
CONSTANT(slack, 0x3af0000000000000)      // logError
CONSTANT(sign, 0x8000000000000000)

// ROW sets V = z and I, whose lowest byte says which row of logTable, from M = m/64.
#define ROW \
	LOADC       one<>(SB), V;                \
	VDIVPD      M, V, V;                     \
	ADDC        rows<>(SB), V, I;            \
	SUBC        rows<>(SB), I, V;            \ // k
	FMSUB213C   one<>(SB), M, V                // m*k/64 - 1

// LINE sets dst = c0 + z*c1.
#define LINE(c0, c1, dst) \
	LOADC       c1<>(SB), dst;               \
	FMADD213C   c0<>(SB), V, dst

// SUM sets new = old + b, and adds to LO what rounding took away: logSum. It destroys b.
#define SUM(old, b, new) \
	VADDPD      b, old, new;                 \
	VSUBPD      old, new, A;                 \
	VSUBPD      A, b, b;                     \
	VADDPD      b, LO, LO

// LOG sets A and B to both ends of what the logarithm may be, rounded, from V = z, E = e, and HI and LO from the table.
#define LOG \
	FMADD231C   ln2Hi<>(SB), E, HI;          \
	FMADD231C   ln2Lo<>(SB), E, LO;          \
	VMULPD      V, V, Q;                     \
	VMULPD      V, Q, R;                     \
	VMOVAPD     Q, QL;                       \
	VFMSUB231PD V, V, QL;                    \ // q + ql = z^2
	VMOVAPD     R, RL;                       \
	VFMSUB231PD V, Q, RL;                    \
	VFMADD231PD V, QL, RL;                   \ // r + rl = z^3
	LINE(c11, c12, A);                       \
	LINE(c9, c10, B);                        \
	LINE(c7, c8, C);                         \
	LINE(c5, c6, D);                         \
	VFMADD213PD B, Q, A;                     \
	VMULPD      Q, Q, B;                     \
	VFMADD213PD D, Q, C;                     \
	VFMADD213PD C, B, A;                     \ // s
	LOADC       thirdHi<>(SB), D;            \
	VMOVAPD     D, B;                        \
	FMADD231C   c4<>(SB), V, D;              \
	VSUBPD      D, B, B;                     \
	FMADD231C   c4<>(SB), V, B;              \
	ADDC        thirdLo<>(SB), B, B;         \ // d + dl = 1/3 - z/4, in D and B
	VMOVAPD     D, C;                        \
	VFMADD231PD A, Q, C;                     \
	VSUBPD      C, D, D;                     \
	VFMADD231PD A, Q, D;                     \
	VADDPD      B, D, D;                     \ // c + cl = d + dl + z^2*s, in C and D
	VMULPD      C, R, H;                     \
	VMOVAPD     H, B;                        \
	VFMSUB231PD C, R, B;                     \
	VFMADD231PD C, RL, B;                    \
	VFMADD231PD D, R, B;                     \ // p + pl = z^3*c, in H and B
	FMADD231C   minusHalf<>(SB), QL, B;      \
	MULC        minusHalf<>(SB), Q, Q;       \
	SUM(HI, V, C);                           \
	SUM(C, Q, HI);                           \
	VADDPD      H, HI, C;                    \
	VSUBPD      HI, C, A;                    \
	VSUBPD      A, H, H;                     \
	VADDPD      B, LO, LO;                   \
	VADDPD      H, LO, LO;                   \ // C + LO = log(square)
	MULC        slack<>(SB), C, B;           \
	VADDPD      B, LO, A;                    \
	VSUBPD      B, LO, B;                    \
	VADDPD      A, C, A;                     \
	VADDPD      B, C, B

// ROOT sets A = sqrt(-2*A / S).
#define ROOT \
	VADDPD      A, A, A;                     \
	XORC        sign<>(SB), A, A;            \
	VDIVPD      S, A, A;                     \
	VSQRTPD     A, A
