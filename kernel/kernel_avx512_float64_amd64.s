//go:build !purego

#include "textflag.h"

// The AVX-512 row's routines for float64, 8 in a vector. See kernel_asm.go for what each computes.

#define LOG_SIZE  3
#define SIZE      8
#define LOG_LANES 3
#define LANES     8
#define MOVU      VMOVUPD
#define BROADCAST VBROADCASTSD
#define FMA231    VFMADD231PD
#define FMA213    VFMADD213PD
#define ACTIVATE  activate64<>(SB)

#include "kernel_avx512_layer_amd64.h"
#include "kernel_avx512_tile_amd64.h"

// Registers of the recipes. They leave the sums, RATE and all masks but K2 and DONE alone; EXP alone uses K3.
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

#include "kernel_avx512_recipe_amd64.h"

// func avx512Forward64(y, w, x *float64, k, j, stride, act int) int
//
// y = act(y + w[0]*x[0] + w[1]*x[1] + ...), row by row
TEXT ·avx512Forward64(SB), NOSPLIT, $0-64
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
	KORTESTB  DONE, DONE
	SETCC     AX                        // not all ones: some lane is undone
	MOVQ      AX, ret+56(FP)
	VZEROUPPER
	RET

// func avx512UpdateForward64(y, w, delta, last, x *float64, k, j, stride int, rate float64, act int) int
//
// w[k] += rate * (delta*last[k] + 0), y = act(y + w[0]*x[0] + w[1]*x[1] + ...), row by row
TEXT ·avx512UpdateForward64(SB), NOSPLIT, $0-88
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
	KORTESTB  DONE, DONE
	SETCC     AX                        // not all ones: some lane is undone
	MOVQ      AX, ret+80(FP)
	VZEROUPPER
	RET

// func avx512Update64(w, delta, x *float64, k, j, stride int, rate float64)
//
// w[k] += rate * (delta*x[k] + 0), row by row
TEXT ·avx512Update64(SB), NOSPLIT, $0-56
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

// func avx512SendBackUpdate64(back, w, v, delta, x *float64, j, k, stride int, rate float64)
//
// back += w[j]*v[j], then w[j] += rate * (delta[j]*x + 0), row by row
TEXT ·avx512SendBackUpdate64(SB), NOSPLIT, $0-72
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

// func avx512ForwardBatch64(y, w, x *float64, k, j, n, ystride, wstride, xstride int)
//
// y[j] = y[j] + w[0][j]*x[0] + w[1][j]*x[1] + ..., for each output j
TEXT ·avx512ForwardBatch64(SB), NOSPLIT, $0-72
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

// activate64 sets T = act(T) but for the lanes that sigmoid leaves undone, which it takes out of DONE.
TEXT activate64<>(SB), NOSPLIT, $0-0
	CMPQ ACT, $1
	JLT  identity
	JEQ  sigmoid
	CMPQ ACT, $2
	JEQ  tanh

	VXORPD M, M, M
	VCMPPD $GREATER, M, T, K2
	VMOVAPD.Z T, K2, T                  // z > 0 ? z : +0

identity:
	RET

sigmoid:
	VCMPPD.BCST $AT_LEAST, LOWEST, T, K2
	VCMPPD.BCST $AT_MOST, HIGHEST, T, K2, K2
	KANDW       K2, DONE, DONE
	DENOMINATOR(T)
	VBROADCASTSD ONE, U
	VDIVPD       V, U, K2, T            // 1/(1+exp(-z)) where -36 <= z <= 708
	RET

tanh:
	TANH(T)
	RET

// func avx512Activate64(dst, z *float64, n, act int) int
//
// dst = act(z)
TEXT ·avx512Activate64(SB), NOSPLIT, $0-40
	MOVQ   dst+0(FP), DI
	MOVQ   z+8(FP), SI
	MOVQ   n+16(FP), CX
	MOVQ   act+24(FP), ACT
	KXNORW DONE, DONE, DONE
	CMPQ   ACT, $1
	JNE    start

// Several vectors at once, as long as there are enough of them.
sigmoids:
	CMPQ         CX, $(4*LANES)
	JLT          start
	MOVU         (64*0)(SI), Z8
	MOVU         (64*1)(SI), Z9
	MOVU         (64*2)(SI), Z10
	MOVU         (64*3)(SI), Z11
	VPADDQ       Z8, Z8, Z12            // twice |z|, taken as an integer
	VPADDQ       Z9, Z9, Z13
	VPADDQ       Z10, Z10, Z14
	VPADDQ       Z11, Z11, Z15
	VPMAXUD      Z12, Z13, Z12
	VPMAXUD      Z14, Z15, Z14
	VPMAXUD      Z12, Z14, Z12
	VPCMPUQ.BCST $ABOVE, LOWEST2, Z12, K2
	KORTESTB     K2, K2
	JNE          rare                   // some |z| > 36, or NaN
	DENOMINATORS
	VBROADCASTSD ONE, T
	VDIVPD       Z24, T, Z24
	VDIVPD       Z25, T, Z25
	VDIVPD       Z26, T, Z26
	VDIVPD       Z27, T, Z27
	MOVU         Z24, (64*0)(DI)
	MOVU         Z25, (64*1)(DI)
	MOVU         Z26, (64*2)(DI)
	MOVU         Z27, (64*3)(DI)
	ADDQ         $(64*4), SI
	ADDQ         $(64*4), DI
	SUBQ         $(4*LANES), CX
	JMP          sigmoids

rare:
	MOVQ $4, BX

rarevector:
	MOVU (SI), T
	CALL ACTIVATE
	MOVU T, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $LANES, CX
	DECQ BX
	JNE  rarevector
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
	KORTESTB  DONE, DONE
	SETCC     AX                        // not all ones: some lane is undone
	MOVQ      AX, ret+32(FP)
	VZEROUPPER
	RET

// exp64 sets T = exp(T).
TEXT exp64<>(SB), NOSPLIT, $0-0
	EXP(T)
	RET

// func avx512Exp64(dst, x *float64, n int)
//
// dst = exp(x)
TEXT ·avx512Exp64(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	SUBQ $LANES, CX
	JLT  tail

vector:
	MOVU (SI), T
	CALL exp64<>(SB)
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
	CALL   exp64<>(SB)
	MOVU   T, TAILMASK, (DI)

end:
	VZEROUPPER
	RET

// delta64 sets E = E times the slope of the activation at its value T.
#define E R
TEXT delta64<>(SB), NOSPLIT, $0-0
	CMPQ ACT, $1
	JLT  identity
	JEQ  sigmoid
	CMPQ ACT, $2
	JEQ  tanh

	VXORPD    M, M, M
	VCMPPD    $GREATER, M, T, K2
	VMOVAPD.Z E, K2, E                  // y > 0 ? e : +0

identity:
	RET

sigmoid:
	VBROADCASTSD ONE, M
	VSUBPD       T, M, M
	VMULPD       T, E, E
	VMULPD       M, E, E                // (e*y) * (1-y)
	RET

tanh:
	VBROADCASTSD  ONE, M
	VFNMADD231PD  T, T, M
	VMULPD        M, E, E               // e * (1 - y*y)
	RET

// func avx512Delta64(delta, e, y *float64, n, act int)
//
// delta = e * slope(y)
TEXT ·avx512Delta64(SB), NOSPLIT, $0-40
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
	CALL delta64<>(SB)
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
	CALL   delta64<>(SB)
	MOVU   E, TAILMASK, (DI)

end:
	VZEROUPPER
	RET
