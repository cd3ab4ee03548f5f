//go:build !purego

#include "textflag.h"
#include "kernel_neon_words_arm64.h"
#include "kernel_neon_layer_arm64.h"

DATA zeros<>+0(SB)/8, $0
DATA zeros<>+8(SB)/8, $0
DATA zeros<>+16(SB)/8, $0
DATA zeros<>+24(SB)/8, $0
DATA zeros<>+32(SB)/8, $0
DATA zeros<>+40(SB)/8, $0
DATA zeros<>+48(SB)/8, $0
DATA zeros<>+56(SB)/8, $0
GLOBL zeros<>(SB), RODATA|NOPTR, $64

// Panels from the widest to a single element.
#define FORWARD \
	PANEL(256, sixteen, sixteenRow, sixteenDone, eight, LOADCHAINS256, FORWARDSTEP256, STORECHAINS256); \
	PANEL(128, eight, eightRow, eightDone, four, LOADCHAINS128, FORWARDSTEP128, STORECHAINS128); \
	PANEL(64, four, fourRow, fourDone, two, LOADCHAINS64, FORWARDSTEP64, STORECHAINS64); \
	PANEL(32, two, twoRow, twoDone, one, LOADCHAINS32, FORWARDSTEP32, STORECHAINS32); \
	PANEL(16, one, oneRow, oneDone, half, LOADCHAINS16, FORWARDSTEP16, STORECHAINS16); \
	PANEL(8, half, halfRow, halfDone, quarter, LOADCHAINS8, FORWARDSTEP8, STORECHAINS8); \
	PANEL(4, quarter, quarterRow, quarterDone, end, LOADCHAINS4, FORWARDSTEP4, STORECHAINS4); \
end: \
	RET

// TAKE loads what multiplies a row; OLD and NEW say what to do with a weight before and after its update.
#define UPDATES(TAKE, OLD, NEW) \
	MOVD	$zeros<>(SB), ZEROS; \
	PANEL(128, eight, eightRow, eightDone, four, LOADCHAINS128; LOADDELTA128, TAKE; UPDATESTEP128(OLD, NEW), STORECHAINS128); \
	PANEL(64, four, fourRow, fourDone, two, LOADCHAINS64; LOADDELTA64, TAKE; UPDATESTEP64(OLD, NEW), STORECHAINS64); \
	PANEL(32, two, twoRow, twoDone, one, LOADCHAINS32; LOADDELTA32, TAKE; UPDATESTEP32(OLD, NEW), STORECHAINS32); \
	PANEL(16, one, oneRow, oneDone, half, LOADCHAINS16; LOADDELTA16, TAKE; UPDATESTEP16(OLD, NEW), STORECHAINS16); \
	PANEL(8, half, halfRow, halfDone, quarter, LOADCHAINS8; LOADDELTA8, TAKE; UPDATESTEP8(OLD, NEW), STORECHAINS8); \
	PANEL(4, quarter, quarterRow, quarterDone, end, LOADCHAINS4; LOADDELTA4, TAKE; UPDATESTEP4(OLD, NEW), STORECHAINS4); \
end: \
	RET

// UPDATEONLY is UPDATES without chains.
#define UPDATEONLY \
	MOVD	$zeros<>(SB), ZEROS; \
	PANEL(128, eight, eightRow, eightDone, four, LOADDELTA128, TAKELAST; UPDATESTEP128(NOTHING, NOTHING), NOSTORE); \
	PANEL(64, four, fourRow, fourDone, two, LOADDELTA64, TAKELAST; UPDATESTEP64(NOTHING, NOTHING), NOSTORE); \
	PANEL(32, two, twoRow, twoDone, one, LOADDELTA32, TAKELAST; UPDATESTEP32(NOTHING, NOTHING), NOSTORE); \
	PANEL(16, one, oneRow, oneDone, half, LOADDELTA16, TAKELAST; UPDATESTEP16(NOTHING, NOTHING), NOSTORE); \
	PANEL(8, half, halfRow, halfDone, quarter, LOADDELTA8, TAKELAST; UPDATESTEP8(NOTHING, NOTHING), NOSTORE); \
	PANEL(4, quarter, quarterRow, quarterDone, end, LOADDELTA4, TAKELAST; UPDATESTEP4(NOTHING, NOTHING), NOSTORE); \
end: \
	RET

// float64.
#define LANES D2
#define SIZE 8
#define BY 3

// func neonForward64(y, w, x *float64, k, j, stride int)
// y[j] = fma(w[k*stride+j], x[k], y[j]) for k = 0, 1, ...
TEXT ·neonForward64(SB), NOSPLIT, $0-48
	MOVD	y+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	x+16(FP), X
	MOVD	k+24(FP), INPUTS
	MOVD	j+32(FP), REST
	LSL	$BY, REST
	MOVD	stride+40(FP), STRIDE
	LSL	$BY, STRIDE
	FORWARD

// func neonUpdateForward64(y, w, delta, last, x *float64, k, j, stride int, rate float64)
// w[k*stride+j] = fma(rate, fma(delta[j], last[k], +0), w[k*stride+j]), then y[j] = fma(w[k*stride+j], x[k], y[j])
TEXT ·neonUpdateForward64(SB), NOSPLIT, $0-72
	MOVD	y+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	delta+16(FP), DELTA
	MOVD	last+24(FP), LAST
	MOVD	x+32(FP), X
	MOVD	k+40(FP), INPUTS
	MOVD	j+48(FP), REST
	LSL	$BY, REST
	MOVD	stride+56(FP), STRIDE
	LSL	$BY, STRIDE
	FMOVD	rate+64(FP), F10
	VDUP	V10.D[0], V10.LANES
	UPDATES(TAKEX; TAKELAST, NOTHING, CHAIN)

// func neonUpdate64(w, delta, x *float64, k, j, stride int, rate float64)
// w[k*stride+j] = fma(rate, fma(delta[j], x[k], +0), w[k*stride+j])
TEXT ·neonUpdate64(SB), NOSPLIT, $0-56
	MOVD	w+0(FP), W
	MOVD	delta+8(FP), DELTA
	MOVD	x+16(FP), LAST
	MOVD	k+24(FP), INPUTS
	MOVD	j+32(FP), REST
	LSL	$BY, REST
	MOVD	stride+40(FP), STRIDE
	LSL	$BY, STRIDE
	FMOVD	rate+48(FP), F10
	VDUP	V10.D[0], V10.LANES
	UPDATEONLY

// func neonSendBackUpdate64(back, w, v, delta, x *float64, j, k, stride int, rate float64)
// back[k] = fma(w[j*stride+k], v[j], back[k]), then w[j*stride+k] = fma(rate, fma(delta[j], x[k], +0), w[j*stride+k])
TEXT ·neonSendBackUpdate64(SB), NOSPLIT, $0-72
	MOVD	back+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	v+16(FP), X
	MOVD	delta+24(FP), LAST
	MOVD	x+32(FP), DELTA
	MOVD	j+40(FP), INPUTS
	MOVD	k+48(FP), REST
	LSL	$BY, REST
	MOVD	stride+56(FP), STRIDE
	LSL	$BY, STRIDE
	FMOVD	rate+64(FP), F10
	VDUP	V10.D[0], V10.LANES
	UPDATES(TAKEX; TAKELAST, CHAIN, NOTHING)

#undef LANES
#undef SIZE
#undef BY

// float32.
#define LANES S4
#define SIZE 4
#define BY 2

// func neonForward32(y, w, x *float32, k, j, stride int)
// y[j] = fma(w[k*stride+j], x[k], y[j]) for k = 0, 1, ...
TEXT ·neonForward32(SB), NOSPLIT, $0-48
	MOVD	y+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	x+16(FP), X
	MOVD	k+24(FP), INPUTS
	MOVD	j+32(FP), REST
	LSL	$BY, REST
	MOVD	stride+40(FP), STRIDE
	LSL	$BY, STRIDE
	FORWARD

// func neonUpdateForward32(y, w, delta, last, x *float32, k, j, stride int, rate float32)
// w[k*stride+j] = fma(rate, fma(delta[j], last[k], +0), w[k*stride+j]), then y[j] = fma(w[k*stride+j], x[k], y[j])
TEXT ·neonUpdateForward32(SB), NOSPLIT, $0-68
	MOVD	y+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	delta+16(FP), DELTA
	MOVD	last+24(FP), LAST
	MOVD	x+32(FP), X
	MOVD	k+40(FP), INPUTS
	MOVD	j+48(FP), REST
	LSL	$BY, REST
	MOVD	stride+56(FP), STRIDE
	LSL	$BY, STRIDE
	FMOVS	rate+64(FP), F10
	VDUP	V10.S[0], V10.LANES
	UPDATES(TAKEX; TAKELAST, NOTHING, CHAIN)

// func neonUpdate32(w, delta, x *float32, k, j, stride int, rate float32)
// w[k*stride+j] = fma(rate, fma(delta[j], x[k], +0), w[k*stride+j])
TEXT ·neonUpdate32(SB), NOSPLIT, $0-52
	MOVD	w+0(FP), W
	MOVD	delta+8(FP), DELTA
	MOVD	x+16(FP), LAST
	MOVD	k+24(FP), INPUTS
	MOVD	j+32(FP), REST
	LSL	$BY, REST
	MOVD	stride+40(FP), STRIDE
	LSL	$BY, STRIDE
	FMOVS	rate+48(FP), F10
	VDUP	V10.S[0], V10.LANES
	UPDATEONLY

// func neonSendBackUpdate32(back, w, v, delta, x *float32, j, k, stride int, rate float32)
// back[k] = fma(w[j*stride+k], v[j], back[k]), then w[j*stride+k] = fma(rate, fma(delta[j], x[k], +0), w[j*stride+k])
TEXT ·neonSendBackUpdate32(SB), NOSPLIT, $0-68
	MOVD	back+0(FP), Y
	MOVD	w+8(FP), W
	MOVD	v+16(FP), X
	MOVD	delta+24(FP), LAST
	MOVD	x+32(FP), DELTA
	MOVD	j+40(FP), INPUTS
	MOVD	k+48(FP), REST
	LSL	$BY, REST
	MOVD	stride+56(FP), STRIDE
	LSL	$BY, STRIDE
	FMOVS	rate+64(FP), F10
	VDUP	V10.S[0], V10.LANES
	UPDATES(TAKEX; TAKELAST, CHAIN, NOTHING)
