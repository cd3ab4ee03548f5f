// What the AVX2 routines for many networks side by side have in common. A row of elements, one for each network, is ROW
// bytes: one or more groups of four vectors. A group is worked on at a time, and the next one in the same place of the
// network is next, so that there is always something to do that need not wait.
//
// The including file defines the type's instructions (VLOAD, VXOR, VADD, ...) and sizes (SIZE, LOG_SIZE, AT_RATE, AT_HIGH,
// AT_LOW), and
//
//	SIGMOIDS      sigmoid of Z0 to Z3 into (Y)(OUTPUT*1); (D)(OUTPUT*1) has room for four vectors
//	RARE_SIGMOIDS where SIGMOIDS jumps to with what is rare, and ends in a jump to forwardNext or to undone
//	ALL_SIGMOIDS  the routine that does sigmoids element by element, the rare ones too
//	TANHS         and tanh
//	ADD_LOSS(v, place)  adds the vector v to a place of the losses
//	ONES          1 in all elements

#define GROUP_BYTES 128

// General registers, on the way forward,
#define STATE  DI
#define X      SI  // inputs of the layer
#define LAYER  R8
#define LEFT   R9  // layers from this one on
#define GROUP  R10 // the group's place in a row, in bytes
#define STRIDE R11 // from one input's weights to the next, in bytes
#define OUTPUT R12 // place of the output in work, in bytes
#define W      AX
#define WALK   BX  // the weights in work
#define INPUT  CX  // the input in work
#define K      DX  // inputs left
#define Y      R13
#define B      R14 // nil in a network without biases
#define D      R15

// and on the way back.
#define V      R14 // what is sent back: errors or deltas
#define UNIT   CX  // place of the unit in work of the layer below, in bytes
#define UNITS  DX  // where they end
#define UNIT_E AX
#define UNIT_D R13
#define LABELS SI // for the outputs

// lanesState and lanesLayer.
#define AT_LAYERS  0
#define AT_COUNT   8
#define AT_RAW     16
#define AT_LOSS    24
#define AT_CORRECT 32

#define LAYER_SIZE    64
#define AT_IN         0
#define AT_OUT        8
#define AT_ACTIVATION 16
#define AT_W          24
#define AT_B          32
#define AT_Y          40
#define AT_E          48
#define AT_D          56

#define IS_SIGMOID 1
#define IS_TANH    2
#define IS_RELU    3

// EACH does something to the four vectors of a group: at that place in memory, and with a register of each kind.
#define EACH(do) \
	do(0, Y0, Y4, Y8);   \
	do(32, Y1, Y5, Y9);  \
	do(64, Y2, Y6, Y10); \
	do(96, Y3, Y7, Y11)

// ---- The sigmoid: four chains of the recipe side by side. Z0 to Z3 become y.
#define Z0 Y0
#define Z1 Y1
#define Z2 Y2
#define Z3 Y3
#define M0 Y4
#define M1 Y5
#define M2 Y6
#define M3 Y7
#define R0 Y8
#define R1 Y9
#define R2 Y10
#define R3 Y11
#define T0 Y12
#define T1 Y13
#define T2 Y14
#define T3 Y15

// FOURS is an instruction in each chain, for which the registers are named.
#define FOURS(op, a, b0, b1, b2, b3, c0, c1, c2, c3) \
	op a, b0, c0; \
	op a, b1, c1; \
	op a, b2, c2; \
	op a, b3, c3

// TERMS sets z to p4b, for two vectors whose s is in z and s^2 in ss.
#define TERMS(z0, z1, ss0, ss1) \
	LINEAR(c7, c6, z0, z1, T0, T1); \
	LINEAR(c5, c4, z0, z1, T2, T3); \
	VFMADD231PD T0, ss0, T2;        \ // p47
	VFMADD231PD T1, ss1, T3;        \
	LINEAR1(c11, c10, z0, T0);      \
	VMOVUPD     c9<>(SB), T1;       \
	VFMADD213PD c8<>(SB), T1, z0;   \
	VFMADD231PD T0, ss0, z0;        \ // p8b
	LINEAR1(c11, c10, z1, T0);      \
	VFMADD213PD c8<>(SB), T1, z1;   \
	VFMADD231PD T0, ss1, z1;        \
	VMULPD      ss0, ss0, T0;       \ // s4
	VMULPD      ss1, ss1, T1;       \
	VFMADD213PD T2, T0, z0;         \ // p4b
	VFMADD213PD T3, T1, z1

// RECIPES leaves for rare, with z as it is, if a z has an exponent that less first has bits of the mask many.
#define RECIPES(first, many, rare) \
	VMOVUPD     negLog2E<>(SB), M0;                                   \
	VMOVUPD     shifter1<>(SB), T1;                                   \
	VMOVAPD     M0, M1;                                               \
	VMOVAPD     M0, M2;                                               \
	VMOVAPD     M0, M3;                                               \
	FOURS(VFMADD213PD, T1, Z0, Z1, Z2, Z3, M0, M1, M2, M3);           \
	FOURS(VSUBPD, T1, M0, M1, M2, M3, R0, R1, R2, R3);                \ // n
	VMOVUPD     first<>(SB), T0;                                      \
	FOURS(VPSUBQ, T0, M0, M1, M2, M3, T1, T2, T3, T0);                \
	VPOR        T1, T2, T2;                                           \
	VPOR        T3, T0, T0;                                           \
	VPOR        T0, T2, T2;                                           \
	VPTEST      many<>(SB), T2;                                       \
	JNE         rare;                                                 \
	FOURS(VPSLLQ, $52, M0, M1, M2, M3, M0, M1, M2, M3);               \ // 2^n
	VMOVUPD     M0, (D)(OUTPUT*1);                                    \
	VMOVUPD     M1, 32(D)(OUTPUT*1);                                  \
	VMOVUPD     M2, 64(D)(OUTPUT*1);                                  \
	VMOVUPD     M3, 96(D)(OUTPUT*1);                                  \
	VMOVUPD     ln2Hi<>(SB), T0;                                      \
	VMOVUPD     ln2Lo<>(SB), T1;                                      \
	FOURS(VFMADD231PD, T0, R0, R1, R2, R3, Z0, Z1, Z2, Z3);           \ // s = n ln2Hi + z
	FOURS(VFMADD132PD, T1, Z0, Z1, Z2, Z3, R0, R1, R2, R3);           \ // r = n ln2Lo + s
	VMULPD      Z0, Z0, M0;                                           \ // s^2
	VMULPD      Z1, Z1, M1;                                           \
	VMULPD      Z2, Z2, M2;                                           \
	VMULPD      Z3, Z3, M3;                                           \
	TERMS(Z0, Z1, M0, M1);                                            \
	TERMS(Z2, Z3, M2, M3);                                            \
	LINEAR(c3, half, R0, R1, T0, T1);                                 \ // p23
	LINEAR(c3, half, R2, R3, T2, T3);                                 \
	VFMADD231PD Z0, M0, T0;                                           \ // q
	VFMADD231PD Z1, M1, T1;                                           \
	VFMADD231PD Z2, M2, T2;                                           \
	VFMADD231PD Z3, M3, T3;                                           \
	VMULPD      R0, R0, Z0;                                           \
	VMULPD      R1, R1, Z1;                                           \
	VMULPD      R2, R2, Z2;                                           \
	VMULPD      R3, R3, Z3;                                           \
	VFMSUB213PD R0, Z0, T0;                                           \ // w = q r^2 - r
	VFMSUB213PD R1, Z1, T1;                                           \
	VFMSUB213PD R2, Z2, T2;                                           \
	VFMSUB213PD R3, Z3, T3;                                           \
	VMOVUPD     (D)(OUTPUT*1), M0;                                    \
	VMOVUPD     32(D)(OUTPUT*1), M1;                                  \
	VMOVUPD     64(D)(OUTPUT*1), M2;                                  \
	VMOVUPD     96(D)(OUTPUT*1), M3;                                  \
	VMOVUPD     one<>(SB), R0;                                        \
	FOURS(VADDPD, R0, M0, M1, M2, M3, Z0, Z1, Z2, Z3);                \
	VFMADD231PD T0, M0, Z0;                                           \ // 1 + 2^n + 2^n w
	VFMADD231PD T1, M1, Z1;                                           \
	VFMADD231PD T2, M2, Z2;                                           \
	VFMADD231PD T3, M3, Z3;                                           \
	VDIVPD      Z0, R0, Z0;                                           \
	VDIVPD      Z1, R0, Z1;                                           \
	VDIVPD      Z2, R0, Z2;                                           \
	VDIVPD      Z3, R0, Z3

// SETTLE makes the n elements z from a place of the output in work on their sigmoids.
#define SETTLE(place, n) \
	MOVQ LAYER, layer-8(SP);        \
	MOVQ LEFT, left-16(SP);         \
	MOVQ X, x-24(SP);               \
	MOVQ GROUP, group-32(SP);       \
	LEAQ place(Y)(OUTPUT*1), INPUT; \
	MOVQ INPUT, 0(SP);              \
	MOVQ INPUT, 8(SP);              \
	MOVQ $n, 16(SP);                \
	CALL ALL_SIGMOIDS(SB);          \
	MOVQ s+0(FP), STATE;            \
	MOVQ layer-8(SP), LAYER;        \
	MOVQ left-16(SP), LEFT;         \
	MOVQ x-24(SP), X;               \
	MOVQ group-32(SP), GROUP;       \
	MOVQ AT_W(LAYER), W;            \
	CMPQ 24(SP), $0;                \
	JNE  undone

// ---- Parts of the loops, for one vector.

#define BIASED_SUM(place, z, x, t) \
	VLOAD place(B)(OUTPUT*1), z
#define SUM(place, z, x, t) \
	VXOR z, z, z
#define ADD_INPUT(place, z, x, t) \
	VLOAD   place(INPUT), x; \
	VFMA231 place(WALK), x, z  // z = w x + z
#define RELU(place, z, x, t) \
	VXOR t, t, t;           \
	VCMP $GREATER, t, z, t; \
	VAND t, z, z               // z > 0 ? z : +0
#define STORE_OUTPUT(place, z, x, t) \
	VLOAD z, place(Y)(OUTPUT*1)

// ERROR sets g = t - y.
#define ERROR(place, g, y, t) \
	VCMP   $EQUAL, place(LABELS)(GROUP*1), NUMBER, t; \
	VBLENDV t, HIGH, LOW, t;                          \
	VLOAD  place(V)(UNIT*1), y;                       \
	VSUB   y, t, g

// The deltas of errors g of outputs y.
#define SIGMOID_DELTA(place, g, y, t) \
	VMUL y, g, t;   \
	VSUB y, ONE, y; \
	VMUL y, t, t               // (g y) (1 - y)
#define TANH_DELTA(place, g, y, t) \
	VMOVE    ONE, t;  \
	VFNMA231 y, y, t; \
	VMUL     g, t, t           // g (1 - y y)
#define RELU_DELTA(place, g, y, t) \
	VXOR t, t, t;           \
	VCMP $GREATER, t, y, t; \
	VAND t, g, t               // y > 0 ? g : +0
#define IDENTITY_DELTA(place, g, y, t) \
	VMOVE g, t
#define STORE_DELTA(place, g, y, t) \
	VLOAD t, place(UNIT_D)(UNIT*1)
#define STORE_ERROR(place, g, y, t) \
	VLOAD g, place(UNIT_E)(UNIT*1)

// DELTAS stores the deltas, and the errors if these are sent back, of a unit whose errors are in Y0 to Y3 and whose
// outputs are in Y4 to Y7. The labels' code is OTHER_DELTAS.
#define DELTAS(act, other, keep, errorless) \
	CMPQ act, $IS_SIGMOID;     \
	JNE  other;                \
	EACH(SIGMOID_DELTA);       \
keep:                              \
	EACH(STORE_DELTA);         \
	CMPQ AT_RAW(STATE), $0;    \
	JEQ  errorless;            \
	EACH(STORE_ERROR);         \
errorless:

#define OTHER_DELTAS(act, other, relu, identity, keep) \
other:                          \
	CMPQ act, $IS_TANH;     \
	JGT  relu;              \
	JLT  identity;          \
	EACH(TANH_DELTA);       \
	JMP  keep;              \
relu:                           \
	EACH(RELU_DELTA);       \
	JMP  keep;              \
identity:                       \
	EACH(IDENTITY_DELTA);   \
	JMP  keep;

// Registers of the way back, besides those of EACH.
#define NEWW   Y12
#define GRAD   Y13
#define RATE   Y14
#define ONE    Y15
#define NUMBER Y12 // of the output
#define HIGH   Y13
#define LOW    Y14

#define NO_SUM(place, g, x, t) \
	VXOR g, g, g
#define LOAD_INPUT(place, g, x, t) \
	VLOAD place(X)(UNIT*1), x

// w = fma(rate, fma(d, x, +0), w): a product alone would keep the sign of a zero.
#define MOVE(place, g, x, t) \
	VLOAD   place(WALK)(OUTPUT*1), NEWW; \
	VXOR    GRAD, GRAD, GRAD;            \
	VFMA231 place(D)(OUTPUT*1), x, GRAD; \
	VFMA231 GRAD, RATE, NEWW;            \
	VLOAD   NEWW, place(WALK)(OUTPUT*1)

// And before it g = fma(w, v, g).
#define SEND_AND_MOVE(place, g, x, t) \
	VLOAD   place(WALK)(OUTPUT*1), NEWW; \
	VXOR    GRAD, GRAD, GRAD;            \
	VFMA231 place(V)(OUTPUT*1), NEWW, g; \
	VFMA231 place(D)(OUTPUT*1), x, GRAD; \
	VFMA231 GRAD, RATE, NEWW;            \
	VLOAD   NEWW, place(WALK)(OUTPUT*1)

// b = fma(rate, fma(d, 1, +0), b)
#define MOVE_BIAS(place, g, x, t) \
	VXOR    t, t, t;                     \
	VADD    place(D)(OUTPUT*1), t, t;    \
	VFMA213 place(WALK)(OUTPUT*1), RATE, t; \
	VLOAD   t, place(WALK)(OUTPUT*1)

#define EQUAL   0x00
#define GREATER 0x1e

// ---- Scores.

#define LOSSES  AX
#define CORRECT BX

// PAIR does something to two vectors of a row, with registers for the loss, the largest output, its number and more.
#define PAIR_BYTES 64
#define PAIR(do) \
	do(0, Y0, Y1, Y2, Y3, X3, Y4); \
	do(32, Y5, Y6, Y7, Y8, X8, Y9)

#define BEGIN_SCORE(place, loss, best, which, t, tlow, y) \
	VXOR  loss, loss, loss;          \
	VLOAD place(V)(UNIT*1), best;    \
	VXOR  which, which, which
#define SCORE(place, loss, best, which, t, tlow, y) \
	VCMP    $EQUAL, place(LABELS)(GROUP*1), NUMBER, t; \
	VBLENDV t, HIGH, LOW, t;                           \
	VLOAD   place(V)(UNIT*1), y;                       \
	VSUB    y, t, t;                                   \ // e
	VFMA231 t, t, loss;                                \
	VCMP    $GREATER, best, y, t;                      \
	VBLENDV t, y, best, best;                          \
	VBLENDV t, NUMBER, which, which
#define END_SCORE(place, loss, best, which, t, tlow, y) \
	VCMP  $EQUAL, place(LABELS)(GROUP*1), which, t; \
	VAND  ONE, t, t;                                \
	VADD  place(CORRECT)(GROUP*1), t, t;            \
	VLOAD t, place(CORRECT)(GROUP*1);               \
	ADD_LOSS(place, loss, t, tlow)
