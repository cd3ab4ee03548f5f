//go:build !purego

#include "textflag.h"

// The AVX-512 row's routines for float32, 16 in a vector. See kernel_asm.go for what each computes.

#define LOG_SIZE  2
#define SIZE      4
#define LOG_LANES 4
#define LANES     16
#define MOVU      VMOVUPS
#define BROADCAST VBROADCASTSS
#define FMA231    VFMADD231PS
#define FMA213    VFMADD213PS
#define ACTIVATE  activate32<>(SB)

#include "kernel_avx512_layer_amd64.h"
#include "kernel_avx512_tile_amd64.h"

// Registers of the recipes. They leave the sums, RATE and all masks but K0, K2 and DONE alone; EXP alone uses K3.
#define M  Z15
#define R  Z16
#define S  Z17
#define S2 Z18
#define P  Z19
#define U  Z20
#define V  Z21
#define C  Z22
#define ARG Z23

#define BROADCAST64 VBROADCASTSD

#define LOW   Z24 // the lower half of a vector, widened
#define LOWY  Y24
#define HIGH  Z25 // the upper half
#define HIGHY Y25

#include "kernel_avx512_recipe_amd64.h"

// WIDEN sets LOW and HIGH to the halves of z, as float64.
#define WIDEN(z) \
	VEXTRACTF64X4 $1, z, HIGHY; \
	VMOVAPD       z, LOW; \
	VCVTPS2PD     LOWY, LOW; \
	VCVTPS2PD     HIGHY, HIGH

// NARROW sets y to LOW and HIGH, rounded to float32.
#define NARROW(y) \
	VCVTPD2PS    LOW, LOWY; \
	VCVTPD2PS    HIGH, HIGHY; \
	VINSERTF64X4 $1, HIGHY, LOW, y

#include "kernel_avx512_fast_amd64.h"

// func avx512Forward32(y, w, x *float32, k, j, stride, act int) int
//
// y = act(y + w[0]*x[0] + w[1]*x[1] + ...), row by row
TEXT ·avx512Forward32(SB), NOSPLIT, $0-64
	MOVQ   y+0(FP), Y
	MOVQ   w+8(FP), W
	MOVQ   x+16(FP), B
	MOVQ   k+24(FP), K
	MOVQ   j+32(FP), J
	MOVQ   stride+40(FP), STRIDE
	MOVQ   act+48(FP), ACT
	KXNORW DONE, DONE, DONE

#define START      LOAD_SUMS
#define STARTTAIL  LOAD_SUMS_TAIL
#define SCALARS    BROADCAST (B)(I*1), BK
#define STEP       ADD
#define STEPTAIL   ADD_TAIL
#define FINISH     STORE_ACTIVATED
#include "kernel_avx512_panel_amd64.h"

	XORL      AX, AX
	KORTESTW  DONE, DONE
	SETCC     AX                        // not all ones: some lane is undone
	MOVQ      AX, ret+56(FP)
	VZEROUPPER
	RET

// func avx512UpdateForward32(y, w, delta, last, x *float32, k, j, stride int, rate float32, act int) int
//
// w[k] += rate * (delta*last[k] + 0), y = act(y + w[0]*x[0] + w[1]*x[1] + ...), row by row
TEXT ·avx512UpdateForward32(SB), NOSPLIT, $0-88
	MOVQ      y+0(FP), Y
	MOVQ      w+8(FP), W
	MOVQ      delta+16(FP), LANE
	MOVQ      last+24(FP), A
	MOVQ      x+32(FP), B
	MOVQ      k+40(FP), K
	MOVQ      j+48(FP), J
	MOVQ      stride+56(FP), STRIDE
	BROADCAST rate+64(FP), RATE
	MOVQ      act+72(FP), ACT
	KXNORW    DONE, DONE, DONE

#define START      LOAD_BOTH
#define STARTTAIL  LOAD_BOTH_TAIL
#define SCALARS    BROADCAST (A)(I*1), AK; BROADCAST (B)(I*1), BK
#define STEP       MOVE_ADD
#define STEPTAIL   MOVE_ADD_TAIL
#define FINISH     STORE_ACTIVATED
#include "kernel_avx512_panel_amd64.h"

	XORL      AX, AX
	KORTESTW  DONE, DONE
	SETCC     AX                        // not all ones: some lane is undone
	MOVQ      AX, ret+80(FP)
	VZEROUPPER
	RET

// func avx512Update32(w, delta, x *float32, k, j, stride int, rate float32)
//
// w[k] += rate * (delta*x[k] + 0), row by row
TEXT ·avx512Update32(SB), NOSPLIT, $0-52
	MOVQ      w+0(FP), W
	MOVQ      delta+8(FP), LANE
	MOVQ      x+16(FP), A
	MOVQ      k+24(FP), K
	MOVQ      j+32(FP), J
	MOVQ      stride+40(FP), STRIDE
	BROADCAST rate+48(FP), RATE

#define START      LOAD_LANES
#define STARTTAIL  LOAD_LANES_TAIL
#define SCALARS    BROADCAST (A)(I*1), AK
#define STEP       MOVE_ONLY
#define STEPTAIL   MOVE_TAIL
#define FINISH
#include "kernel_avx512_panel_amd64.h"

	VZEROUPPER
	RET

// func avx512SendBackUpdate32(back, w, v, delta, x *float32, j, k, stride int, rate float32)
//
// back += w[j]*v[j], then w[j] += rate * (delta[j]*x + 0), row by row
TEXT ·avx512SendBackUpdate32(SB), NOSPLIT, $0-68
	MOVQ      back+0(FP), Y
	MOVQ      w+8(FP), W
	MOVQ      v+16(FP), B
	MOVQ      delta+24(FP), A
	MOVQ      x+32(FP), LANE
	MOVQ      j+40(FP), K
	MOVQ      k+48(FP), J
	MOVQ      stride+56(FP), STRIDE
	BROADCAST rate+64(FP), RATE

#define START      LOAD_BOTH
#define STARTTAIL  LOAD_BOTH_TAIL
#define SCALARS    BROADCAST (B)(I*1), BK
#define STEP       ADD_MOVE
#define STEPTAIL   ADD_MOVE_TAIL
#define FINISH     STORE
#include "kernel_avx512_panel_amd64.h"

	VZEROUPPER
	RET

// func avx512ForwardBatch32(y, w, x *float32, k, j, n, ystride, wstride, xstride int)
//
// y[j] = y[j] + w[0][j]*x[0] + w[1][j]*x[1] + ..., for each output j
TEXT ·avx512ForwardBatch32(SB), NOSPLIT, $0-72
	MOVQ y+0(FP), Y
	MOVQ w+8(FP), W
	MOVQ x+16(FP), X
	MOVQ j+32(FP), OUTPUTS
	MOVQ n+40(FP), SAMPLES
	MOVQ ystride+48(FP), YSTRIDE
	MOVQ wstride+56(FP), WSTRIDE
	MOVQ xstride+64(FP), XSTRIDE

#include "kernel_avx512_batch_amd64.h"

	VZEROUPPER
	RET

// activate32 sets T = act(T) but for the lanes that sigmoid leaves undone, which it takes out of DONE.
TEXT activate32<>(SB), NOSPLIT, $0-0
	CMPQ ACT, $1
	JLT  identity
	JEQ  sigmoid
	CMPQ ACT, $2
	JEQ  tanh

	VXORPS    M, M, M
	VCMPPS    $GREATER, M, T, K2
	VMOVAPS.Z T, K2, T                  // z > 0 ? z : +0

identity:
	RET

sigmoid:
	VBROADCASTSS CLAMP_HIGH, M
	VMINPS       T, M, M                // the second operand, which stays if it is NaN
	VBROADCASTSS CLAMP_LOW, R
	VMAXPS       M, R, ARG              // min(max(z, -104), 64)
	WIDEN(ARG)
	DENOMINATOR(LOW)
	VBROADCASTSD ONE, U
	VDIVPD       V, U, LOW
	DENOMINATOR(HIGH)
	VBROADCASTSD ONE, U
	VDIVPD       V, U, HIGH
	VPADDQ.BCST    FROM_HALFWAY, LOW, U
	VPTESTNMQ.BCST FAR, U, K2           // near half-way
	VPADDQ.BCST    FROM_HALFWAY, HIGH, V
	VPTESTNMQ.BCST FAR, V, K0
	KUNPCKBW     K2, K0, K2
	KANDNW       DONE, K2, DONE
	NARROW(U)
	VMULPS.BCST  MARK, T, K2, U
	VMOVAPS      U, T
	RET

tanh:
	WIDEN(T)
	TANH(LOW)
	TANH(HIGH)
	NARROW(T)
	RET

// func avx512Activate32(dst, z *float32, n, act int) int
//
// dst = act(z)
TEXT ·avx512Activate32(SB), NOSPLIT, $0-40
	MOVQ   dst+0(FP), DI
	MOVQ   z+8(FP), SI
	MOVQ   n+16(FP), CX
	MOVQ   act+24(FP), ACT
	KXNORW DONE, DONE, DONE
	CMPQ   ACT, $1
	JNE    start
	VMOVUPD      POWERS, Z28
	VBROADCASTSD ONE, Z29
	VBROADCASTSD FAST_FAR, Z30

// Two vectors at once, as long as there are enough of them. While the division runs for two, the next two begin.
sigmoids:
	CMPQ CX, $(2*LANES)
	JLT  start
	RANGE(0, SI)
	JNE  rare
	FASTHEAD(0, SI)

pair:
	FASTSUM
	CMPQ CX, $(4*LANES)
	JLT  last
	RANGE(128, SI)
	JNE  last
	FASTHEAD(128, SI)
	FASTTAIL(0, DI, rare)
	ADDQ $(64*2), SI
	ADDQ $(64*2), DI
	SUBQ $(2*LANES), CX
	JMP  pair

last:
	FASTTAIL(0, DI, rare)
	JMP nextpair

rare:
	MOVU    (64*0)(SI), T
	CALL    ACTIVATE
	VMOVAPS T, Z0
	MOVU    (64*1)(SI), T
	CALL    ACTIVATE
	MOVU    Z0, (64*0)(DI)
	MOVU    T, (64*1)(DI)

nextpair:
	ADDQ $(64*2), SI
	ADDQ $(64*2), DI
	SUBQ $(2*LANES), CX
	JMP  sigmoids

start:
	SUBQ $LANES, CX
	JLT  tail

vector:
	MOVU (SI), T
	CALL ACTIVATE
	MOVU T, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $LANES, CX
	JGE  vector

tail:
	ADDQ   $LANES, CX
	JEQ    end
	MOVQ   $1, AX
	SHLQ   CX, AX
	DECQ   AX
	KMOVW  AX, TAILMASK
	MOVU.Z (SI), TAILMASK, T
	CALL   ACTIVATE
	MOVU   T, TAILMASK, (DI)

end:
	XORL      AX, AX
	KORTESTW  DONE, DONE
	SETCC     AX                        // not all ones: some lane is undone
	MOVQ      AX, ret+32(FP)
	VZEROUPPER
	RET

// exp32 sets T = exp(T).
TEXT exp32<>(SB), NOSPLIT, $0-0
	WIDEN(T)
	EXP(LOW)
	EXP(HIGH)
	NARROW(T)
	RET

// func avx512Exp32(dst, x *float32, n int)
//
// dst = exp(x)
TEXT ·avx512Exp32(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	SUBQ $LANES, CX
	JLT  tail

vector:
	MOVU (SI), T
	CALL exp32<>(SB)
	MOVU T, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $LANES, CX
	JGE  vector

tail:
	ADDQ   $LANES, CX
	JEQ    end
	MOVQ   $1, AX
	SHLQ   CX, AX
	DECQ   AX
	KMOVW  AX, TAILMASK
	MOVU.Z (SI), TAILMASK, T
	CALL   exp32<>(SB)
	MOVU   T, TAILMASK, (DI)

end:
	VZEROUPPER
	RET

// delta32 sets E = E times the slope of the activation at its value T.
#define E R
TEXT delta32<>(SB), NOSPLIT, $0-0
	CMPQ ACT, $1
	JLT  identity
	JEQ  sigmoid
	CMPQ ACT, $2
	JEQ  tanh

	VXORPS    M, M, M
	VCMPPS    $GREATER, M, T, K2
	VMOVAPS.Z E, K2, E                  // y > 0 ? e : +0

identity:
	RET

sigmoid:
	VBROADCASTSS ONE32, M
	VSUBPS       T, M, M
	VMULPS       T, E, E
	VMULPS       M, E, E                // (e*y) * (1-y)
	RET

tanh:
	VBROADCASTSS  ONE32, M
	VFNMADD231PS  T, T, M
	VMULPS        M, E, E               // e * (1 - y*y)
	RET

// func avx512Delta32(delta, e, y *float32, n, act int)
//
// delta = e * slope(y)
TEXT ·avx512Delta32(SB), NOSPLIT, $0-40
	MOVQ delta+0(FP), DI
	MOVQ e+8(FP), SI
	MOVQ y+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ act+32(FP), ACT
	SUBQ $LANES, CX
	JLT  tail

vector:
	MOVU (SI), E
	MOVU (DX), T
	CALL delta32<>(SB)
	MOVU E, (DI)
	ADDQ $64, SI
	ADDQ $64, DX
	ADDQ $64, DI
	SUBQ $LANES, CX
	JGE  vector

tail:
	ADDQ   $LANES, CX
	JEQ    end
	MOVQ   $1, AX
	SHLQ   CX, AX
	DECQ   AX
	KMOVW  AX, TAILMASK
	MOVU.Z (SI), TAILMASK, E
	MOVU.Z (DX), TAILMASK, T
	CALL   delta32<>(SB)
	MOVU   E, TAILMASK, (DI)

end:
	VZEROUPPER
	RET
