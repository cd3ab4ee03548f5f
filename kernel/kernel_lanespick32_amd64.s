//go:build !purego

#include "textflag.h"

#define SIZE 4
#define VALUE \
	VMOVSS    (I0), X0; \
	VINSERTPS $0x10, (I1), X0, X0; \
	VMOVQ     X0, (TO)
#define VALUES \
	VMOVQ     (I0), X0; \
	VMOVQ     (I1), X2; \
	VUNPCKLPS X2, X0, X3; \
	VMOVQ     X3, (TO); \
	VMOVHPS   X3, ROW(TO)
#define LABELS \
	VPSHUFD   $0x08, X1, X0; \ // the low halves
	VCVTDQ2PS X0, X0; \
	VMOVQ     X0, (TO)

// func amd64LanesPick32(to *float32, samples *lanesData[float32], order *[]int, from, n, in int) bool
//
// to[step][k][lane] = x[order[lane][from+step]][k], the label behind the values; false if a lane has no such sample
TEXT ·amd64LanesPick32(SB), NOSPLIT, $0-49
#include "kernel_lanespick_amd64.h"
