// The float64 recipes of activation.go in AVX2: their constants, four times each to be memory operands, and their shapes.

#define FOUR(name, bits) \
	DATA  name<>+0(SB)/8, $bits;  \
	DATA  name<>+8(SB)/8, $bits;  \
	DATA  name<>+16(SB)/8, $bits; \
	DATA  name<>+24(SB)/8, $bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

FOUR(negLog2E, 0xbff71547652b82fe) // -0x1.71547652b82fep+0
FOUR(ln2Hi, 0x3fe62e42fefa39ef)    // 0x1.62e42fefa39efp-1
FOUR(ln2Lo, 0x3c7abc9e3b39803f)    // 0x1.abc9e3b39803fp-56
FOUR(shifter1, 0x43380000000003ff) // 0x1.8p52 + 1023
FOUR(half, 0x3fe0000000000000)     // 0.5
FOUR(one, 0x3ff0000000000000)      // 1
FOUR(magnitude, 0x7fffffffffffffff)

// Sigmoid: the coefficients, the odd ones with their signs changed.
FOUR(c3, 0xbfc5555555555501)  // -0x1.5555555555501p-3
FOUR(c4, 0x3fa5555555553207)  // 0x1.5555555553207p-5
FOUR(c5, 0xbf81111111128978)  // -0x1.1111111128978p-7
FOUR(c6, 0x3f56c16c17cc32c0)  // 0x1.6c16c17cc32cp-10
FOUR(c7, 0xbf2a01a011bd0c90)  // -0x1.a01a011bd0c9p-13
FOUR(c8, 0x3efa019ab2d25a7e)  // 0x1.a019ab2d25a7ep-16
FOUR(c9, 0xbec71df55f26a6a1)  // -0x1.71df55f26a6a1p-19
FOUR(c10, 0x3e9289f8b0369b5d) // 0x1.289f8b0369b5dp-22
FOUR(c11, 0xbe5ad1f080d5a50a) // -0x1.ad1f080d5a50ap-26

// The middle range of the sigmoid; beyond common, a second look is needed.
FOUR(common, 0x4042000000000000)  // 36
FOUR(lowest, 0xc042000000000000)  // -36
FOUR(highest, 0x4086200000000000) // 708

// LINEAR sets p = c1 v + c0 for two vectors, LINEAR1 for one.
#define LINEAR(c1, c0, v0, v1, p0, p1) \
	VMOVUPD     c1<>(SB), p0;     \
	VMOVAPD     p0, p1;           \
	VFMADD213PD c0<>(SB), v0, p0; \
	VFMADD213PD c0<>(SB), v1, p1

#define LINEAR1(c1, c0, v, p) \
	VMOVUPD     c1<>(SB), p; \
	VFMADD213PD c0<>(SB), v, p
