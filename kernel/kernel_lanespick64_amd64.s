//go:build !purego

#include "textflag.h"

#define SIZE 8
#define VALUE \
	VMOVSD  (I0), X0; \
	VMOVHPD (I1), X0, X0; \
	VMOVUPD X0, (TO)
#define VALUES \
	VMOVUPD   (I0), X0; \
	VMOVUPD   (I1), X2; \
	VUNPCKLPD X2, X0, X3; \
	VUNPCKHPD X2, X0, X4; \
	VMOVUPD   X3, (TO); \
	VMOVUPD   X4, ROW(TO)
#define LABELS \
	VPOR    twoTo52<>(SB), X1, X0; \ // 2^52 + label
	VSUBPD  twoTo52<>(SB), X0, X0; \
	VMOVUPD X0, (TO)

DATA  twoTo52<>+0(SB)/8, $0x4330000000000000
DATA  twoTo52<>+8(SB)/8, $0x4330000000000000
GLOBL twoTo52<>(SB), RODATA|NOPTR, $16

// func amd64LanesPick64(to *float64, samples *lanesData[float64], order *[]int, from, n, in int) bool
//
// to[step][k][lane] = x[order[lane][from+step]][k], the label behind the values; false if a lane has no such sample
TEXT ·amd64LanesPick64(SB), NOSPLIT, $0-49
#include "kernel_lanespick_amd64.h"
