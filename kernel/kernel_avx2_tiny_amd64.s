//go:build !purego

#include "textflag.h"
#include "kernel_avx2_recipe_amd64.h"

// The training of a tiny network. The weights of the first layer, and the biases, stay in registers for a whole call; those
// of the second are stored long before the next step loads them. What decides the time is the chain of operations from a
// sample's first sum to the weights that the next sample's first sum needs: so when all weights are updated, those of the
// first layer are the first.

#define STATE   DI
#define ORDER   SI
#define STEPS   R8  // left
#define SAMPLES R9
#define LABELS  R10
#define INPUTS  R11
#define UNITS   R12
#define OUTPUTS R13
#define RAW     R14
#define SAMPLE  AX  // the sample's values
#define LABEL   BX  // offset of the label's targets
#define RARE    CX

// The state, as in tinyState: rows of TinyUnits elements, of ROW bytes, then words.
#define W1(i)     (i*ROW)(STATE)
#define W2(i)     ((4+i)*ROW)(STATE)
#define W2T(i)    ((8+i)*ROW)(STATE)
#define BIAS1     (12*ROW)(STATE)
#define BIAS2     (13*ROW)(STATE)
#define RATES     (14*ROW)(STATE)
#define BIASRATES (15*ROW)(STATE)
#define HIDDEN    (16*ROW)(STATE)
#define TARGETS   (17*ROW)(STATE)
#define WORDS     (21*ROW)(STATE)

// Where the float32 sigmoid is left to others: outside these bounds, and near half-way between two float32.
FOUR(lowest32, 0xc05a000000000000)  // -104
FOUR(highest32, 0x4050000000000000) // 64
FOUR(halfway, 0xfffffffff0000008)   // 8 - 2^28
FOUR(nearly, 0x000000001ffffff0)    // what is 0 for -8 <= x < 8, in 29 bits

// The lower halves of H, E, D2 and T below.
#define HLOW X7
#define ELOW X9
#define D2LOW X10
#define TLOW X12

// RECIPE sets Y15 to 1/(1+exp(-z)) of the float64 z in Y8. The names are those of sigmoid64.
#define M  Y9
#define S  Y10
#define SS Y11
#define R  Y12
#define A  Y13
#define B  Y14
#define C  Y15

#define RECIPE \
	VMOVUPD     negLog2E<>(SB), M;     \
	VFMADD213PD shifter1<>(SB), Y8, M; \
	VSUBPD      shifter1<>(SB), M, R;  \ // n
	VMOVUPD     ln2Hi<>(SB), S;        \
	VFMADD213PD Y8, R, S;              \ // s = n ln2Hi + z
	VFMADD132PD ln2Lo<>(SB), S, R;     \ // r = n ln2Lo + s
	VPSLLQ      $52, M, M;             \ // 2^n
	VMULPD      S, S, SS;              \
	LINEAR1(c11, c10, S, A);           \
	LINEAR1(c9, c8, S, B);             \
	VFMADD231PD A, SS, B;              \ // p8b
	LINEAR1(c7, c6, S, A);             \
	LINEAR1(c5, c4, S, C);             \
	VFMADD231PD A, SS, C;              \ // p47
	VMULPD      SS, SS, A;             \ // s4
	VFMADD231PD B, A, C;               \ // p4b
	LINEAR1(c3, half, R, B);           \ // p23
	VMULPD      R, R, A;               \
	VFMADD231PD C, SS, B;              \ // q
	VFMSUB213PD R, A, B;               \ // w = q r^2 - r
	VADDPD      one<>(SB), M, A;       \
	VFMADD213PD A, M, B;               \ // 1 + 2^n + 2^n w
	VMOVUPD     one<>(SB), C;          \
	VDIVPD      B, C, C

// OUTSIDE sets A to ones where z is below low, above high or NaN.
#define OUTSIDE(low, high) \
	VMOVUPD low<>(SB), A;    \
	VMOVUPD high<>(SB), B;   \
	VCMPPD  $0x19, A, Y8, A; \ // not z >= low
	VCMPPD  $0x1e, B, Y8, B; \ // z > high
	VORPD   A, B, A

#define STOP_IF_RARE \
	VMOVMSKPD A, RARE;    \
	TESTL     RARE, RARE; \
	JNE       stop

// What the routine works with, besides W10 to W13, the rows of w1: each in its type's kind of register, Z in number 8.
// H, the hidden units' values, and D2, the outputs' deltas, outlive the registers of the recipe.

#define TRAIN_TINY \
	MOVQ  t+0(FP), STATE;                 \
	MOVQ  order+8(FP), ORDER;             \
	MOVQ  n+16(FP), STEPS;                \
	LEAQ  WORDS, AX;                      \
	MOVQ  0(AX), SAMPLES;                 \
	MOVQ  8(AX), LABELS;                  \
	MOVQ  16(AX), INPUTS;                 \
	MOVQ  24(AX), UNITS;                  \
	MOVQ  32(AX), OUTPUTS;                \
	MOVQ  40(AX), RAW;                    \
	VLOAD W1(0), W10;                     \
	VLOAD W1(1), W11;                     \
	VLOAD W1(2), W12;                     \
	VLOAD W1(3), W13;                     \
	VLOAD BIAS1, B1;                      \
	VLOAD BIAS2, B2;                      \
	VLOAD RATES, RATE;                    \
step:                                         \
	TESTQ STEPS, STEPS;                   \
	JEQ   stop;                           \
	MOVQ  (ORDER), LABEL;                 \
	MOVQ  LABEL, SAMPLE;                  \
	IMULQ INPUTS, SAMPLE;                 \
	LEAQ  (SAMPLES)(SAMPLE*SIZE), SAMPLE; \
	MOVQ  (LABELS)(LABEL*8), LABEL;       \
	SHLQ  $LOGROW, LABEL;                 \
                                              \ // z1
	VMOVE B1, Z;                          \
	ADD_INPUT(0, W10);                    \
	CMPQ  INPUTS, $2;                     \
	JLT   hidden;                         \
	ADD_INPUT(1, W11);                    \
	JEQ   hidden;                         \
	ADD_INPUT(2, W12);                    \
	CMPQ  INPUTS, $4;                     \
	JLT   hidden;                         \
	ADD_INPUT(3, W13);                    \
hidden:                                       \
	SIGMOID(H);                           \
                                              \ // z2
	VMOVE B2, Z;                          \
	LANE0(H, HLOW);                       \
	VFMA231 W2(0), T, Z;                  \
	CMPQ  UNITS, $2;                      \
	JLT   outputs;                        \
	LANE1(H, HLOW);                       \
	VFMA231 W2(1), T, Z;                  \
	JEQ   outputs;                        \
	LANE2(H, HLOW);                       \
	VFMA231 W2(2), T, Z;                  \
	CMPQ  UNITS, $4;                      \
	JLT   outputs;                        \
	LANE3(H, HLOW);                       \
	VFMA231 W2(3), T, Z;                  \
outputs:                                      \
	SIGMOID(O);                           \
	VLOAD TARGETS(LABEL*1), E;            \
	VSUB  O, E, E;                        \
	VLOAD ONES, T;                        \
	VSUB  O, T, T;                        \
	VMUL  O, E, D2;                       \
	VMUL  T, D2, D2;                      \ // (e o) (1 - o)
	TESTQ RAW, RAW;                       \
	JNE   raw;                            \
	VMOVE D2, E;                          \
raw:                                          \ // E is what the outputs send back
	VXOR  G, G, G;                        \
	LANE0(E, ELOW);                       \
	VFMA231 W2T(0), T, G;                 \
	CMPQ  OUTPUTS, $2;                    \
	JLT   update;                         \
	LANE1(E, ELOW);                       \
	VFMA231 W2T(1), T, G;                 \
	JEQ   update;                         \
	LANE2(E, ELOW);                       \
	VFMA231 W2T(2), T, G;                 \
	CMPQ  OUTPUTS, $4;                    \
	JLT   update;                         \
	LANE3(E, ELOW);                       \
	VFMA231 W2T(3), T, G;                 \
update:                                       \
	VLOAD ONES, T;                        \
	VSUB  H, T, T;                        \
	VMUL  H, G, D1;                       \
	VMUL  T, D1, D1;                      \ // (g h) (1 - h)
	MOVE_INPUT(0, W10);                   \
	CMPQ  INPUTS, $2;                     \
	JLT   update1;                        \
	MOVE_INPUT(1, W11);                   \
	JEQ   update1;                        \
	MOVE_INPUT(2, W12);                   \
	CMPQ  INPUTS, $4;                     \
	JLT   update1;                        \
	MOVE_INPUT(3, W13);                   \
update1:                                      \
	MOVE_BIAS(D1, B1);                    \
	MOVE_BIAS(D2, B2);                    \
	LANE0(H, HLOW);                       \
	MOVE(D2, T, W2(0));                   \
	CMPQ  UNITS, $2;                      \
	JLT   update2;                        \
	LANE1(H, HLOW);                       \
	MOVE(D2, T, W2(1));                   \
	JEQ   update2;                        \
	LANE2(H, HLOW);                       \
	MOVE(D2, T, W2(2));                   \
	CMPQ  UNITS, $4;                      \
	JLT   update2;                        \
	LANE3(H, HLOW);                       \
	MOVE(D2, T, W2(3));                   \
update2:                                      \
	VAND  HIDDEN, H, H;                   \
	LANE0(D2, D2LOW);                     \
	MOVE(H, T, W2T(0));                   \
	CMPQ  OUTPUTS, $2;                    \
	JLT   next;                           \
	LANE1(D2, D2LOW);                     \
	MOVE(H, T, W2T(1));                   \
	JEQ   next;                           \
	LANE2(D2, D2LOW);                     \
	MOVE(H, T, W2T(2));                   \
	CMPQ  OUTPUTS, $4;                    \
	JLT   next;                           \
	LANE3(D2, D2LOW);                     \
	MOVE(H, T, W2T(3));                   \
next:                                         \
	ADDQ  $8, ORDER;                      \
	DECQ  STEPS;                          \
	JMP   step;                           \
stop:                                         \
	VLOAD W10, W1(0);                     \
	VLOAD W11, W1(1);                     \
	VLOAD W12, W1(2);                     \
	VLOAD W13, W1(3);                     \
	VLOAD B1, BIAS1;                      \
	VLOAD B2, BIAS2;                      \
	MOVQ  n+16(FP), AX;                   \
	SUBQ  STEPS, AX;                      \
	MOVQ  AX, done+24(FP);                \
	VZEROUPPER

// z1 = fma(w1[i], x[i], z1)
#define ADD_INPUT(i, w) \
	VSPREAD (i*SIZE)(SAMPLE), T; \
	VFMA231 T, w, Z

// w1[i] = fma(rate, fma(d1, x[i], +0), w1[i])
#define MOVE_INPUT(i, w) \
	VSPREAD (i*SIZE)(SAMPLE), T; \
	VXOR    G, G, G;             \
	VFMA231 D1, T, G;            \
	VFMA231 G, RATE, w

// w = fma(rate, fma(a, b, +0), w), for a row in memory
#define MOVE(a, b, w) \
	VXOR    G, G, G;    \
	VFMA231 a, b, G;    \
	VFMA213 w, RATE, G; \
	VLOAD   G, w

// b = fma(rate, fma(d, 1, +0), b)
#define MOVE_BIAS(d, b) \
	VXOR    G, G, G; \
	VADD    G, d, G; \
	VFMA231 BIASRATES, G, b

// ---- float64

#define W10  Y0
#define W11  Y1
#define W12  Y2
#define W13  Y3
#define B1   Y4
#define B2   Y5
#define RATE Y6
#define H    Y7
#define Z    Y8
#define O    Y8
#define E    Y9
#define D2   Y10
#define G    Y11
#define T    Y12
#define D1   Y13

#define VLOAD   VMOVUPD
#define VMOVE   VMOVAPD
#define VXOR    VXORPD
#define VAND    VANDPD
#define VADD    VADDPD
#define VSUB    VSUBPD
#define VMUL    VMULPD
#define VFMA213 VFMADD213PD
#define VFMA231 VFMADD231PD
#define VSPREAD VBROADCASTSD
#define ONES    one<>(SB)
#define SIZE    8
#define ROW     32
#define LOGROW  5

#define SIGMOID(y) \
	RECIPE;                   \
	OUTSIDE(lowest, highest); \
	STOP_IF_RARE;             \
	VMOVAPD C, y

// LANE sets T to one element of v in each place; low is v's lower half.
#define LANE0(v, low) VBROADCASTSD low, T
#define LANE1(v, low) VPERMILPD $1, low, TLOW; VBROADCASTSD TLOW, T
#define LANE2(v, low) VPERMPD $0xaa, v, T
#define LANE3(v, low) VPERMPD $0xff, v, T

// func avx2Tiny64(t *tinyState[float64], order *int, n int) (done int)
//
// Tiny.Train: up to n steps.
TEXT ·avx2Tiny64(SB), NOSPLIT, $0-32
	TRAIN_TINY
	RET

// ---- float32

#undef W10
#undef W11
#undef W12
#undef W13
#undef B1
#undef B2
#undef RATE
#undef H
#undef Z
#undef O
#undef E
#undef D2
#undef G
#undef T
#undef D1
#undef VLOAD
#undef VMOVE
#undef VXOR
#undef VAND
#undef VADD
#undef VSUB
#undef VMUL
#undef VFMA213
#undef VFMA231
#undef VSPREAD
#undef ONES
#undef SIZE
#undef ROW
#undef LOGROW
#undef SIGMOID
#undef LANE0
#undef LANE1
#undef LANE2
#undef LANE3

#define W10  X0
#define W11  X1
#define W12  X2
#define W13  X3
#define B1   X4
#define B2   X5
#define RATE X6
#define H    X7
#define Z    X8
#define O    X8
#define E    X9
#define D2   X10
#define G    X11
#define T    X12
#define D1   X13

#define VLOAD   VMOVUPS
#define VMOVE   VMOVAPS
#define VXOR    VXORPS
#define VAND    VANDPS
#define VADD    VADDPS
#define VSUB    VSUBPS
#define VMUL    VMULPS
#define VFMA213 VFMADD213PS
#define VFMA231 VFMADD231PS
#define VSPREAD VBROADCASTSS
#define ONES    one32<>(SB)
#define SIZE    4
#define ROW     16
#define LOGROW  4

FOUR(one32, 0x3f8000003f800000) // 1, 1

#define SIGMOID(y) \
	VCVTPS2PD  X8, Y8;              \
	RECIPE;                         \
	OUTSIDE(lowest32, highest32);   \
	VPADDQ     halfway<>(SB), C, B; \
	VPAND      nearly<>(SB), B, B;  \
	VXORPD     M, M, M;             \
	VPCMPEQQ   M, B, B;             \ // near half-way
	VORPD      B, A, A;             \
	STOP_IF_RARE;                   \
	VCVTPD2PSY C, y

#define LANE0(v, low) VPERMILPS $0x00, v, T
#define LANE1(v, low) VPERMILPS $0x55, v, T
#define LANE2(v, low) VPERMILPS $0xaa, v, T
#define LANE3(v, low) VPERMILPS $0xff, v, T

// func avx2Tiny32(t *tinyState[float32], order *int, n int) (done int)
//
// Tiny.Train: up to n steps.
TEXT ·avx2Tiny32(SB), NOSPLIT, $0-32
	TRAIN_TINY
	RET
