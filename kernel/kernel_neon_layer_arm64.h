// The loops over a layer's weights, for both types: the includer defines LANES (D2 or S4), SIZE (8 or 4) and BY (what
// shifts a number of elements to bytes, 3 or 2). A panel is a strip of columns, as wide as the registers allow: its
// chains stay in registers while the rows go by. The steps below do one row of a panel.

// Registers of all four loops over weights. The names are those of forward, updateForward and update; sendBackUpdate
// has g for y, outputs for inputs and x for delta.
#define Y      R0  // chains of this panel, in memory
#define W      R1  // row 0 of this panel
#define X      R2  // x[0], which multiplies into the chains
#define LAST   R3  // last[0], which multiplies into the gradient
#define DELTA  R4  // delta of this panel
#define INPUTS R5  // rows
#define REST   R6  // bytes of a row that are still to do
#define STRIDE R7  // bytes from row to row
#define SKIP   R8  // bytes from the end of this panel to the next row
#define ZEROS  R9  // 64 bytes of +0
#define NEXTW  R10 // weights that come next
#define NEXTX  R11 // next x
#define NEXTL  R12 // next last
#define ROWS   R13 // rows to come
// V0-V3     weights
// V4-V7     gradients
// V8        x[k] in all lanes
// V9        last[k] in all lanes
// V10       rate in all lanes
// V16-V31   chains; where weights are updated V16-V23, and delta in V24-V31

// PANEL does all panels of size bytes that there are, and then goes on at next.
#define PANEL(size, begin, loop, done, next, LOAD, STEP, STORE) \
begin: \
	CMP	$size, REST; \
	BLT	next; \
	LOAD; \
	MOVD	W, NEXTW; \
	MOVD	X, NEXTX; \
	MOVD	LAST, NEXTL; \
	SUB	$size, STRIDE, SKIP; \
	MOVD	INPUTS, ROWS; \
	CBZ	ROWS, done; \
loop: \
	STEP; \
	ADD	SKIP, NEXTW; \
	SUBS	$1, ROWS; \
	BNE	loop; \
done: \
	STORE; \
	ADD	$size, W; \
	SUB	$size, REST; \
	B	begin

// Chains, in and out. Stores move Y to the next panel.
#define LOADCHAINS256 \
	VLD1.P	64(Y), [V16.LANES, V17.LANES, V18.LANES, V19.LANES]; \
	VLD1.P	64(Y), [V20.LANES, V21.LANES, V22.LANES, V23.LANES]; \
	VLD1.P	64(Y), [V24.LANES, V25.LANES, V26.LANES, V27.LANES]; \
	VLD1	(Y), [V28.LANES, V29.LANES, V30.LANES, V31.LANES]; \
	SUB	$192, Y
#define LOADCHAINS128 \
	VLD1.P	64(Y), [V16.LANES, V17.LANES, V18.LANES, V19.LANES]; \
	VLD1	(Y), [V20.LANES, V21.LANES, V22.LANES, V23.LANES]; \
	SUB	$64, Y
#define LOADCHAINS64	VLD1	(Y), [V16.LANES, V17.LANES, V18.LANES, V19.LANES]
#define LOADCHAINS32	VLD1	(Y), [V16.LANES, V17.LANES]
#define LOADCHAINS16	FMOVQ	(Y), F16
#define LOADCHAINS8	FMOVD	(Y), F16
#define LOADCHAINS4	FMOVS	(Y), F16

#define STORECHAINS256 \
	STORECHAINS128; \
	VST1.P	[V24.LANES, V25.LANES, V26.LANES, V27.LANES], 64(Y); \
	VST1.P	[V28.LANES, V29.LANES, V30.LANES, V31.LANES], 64(Y)
#define STORECHAINS128 \
	STORECHAINS64; \
	VST1.P	[V20.LANES, V21.LANES, V22.LANES, V23.LANES], 64(Y)
#define STORECHAINS64	VST1.P	[V16.LANES, V17.LANES, V18.LANES, V19.LANES], 64(Y)
#define STORECHAINS32	VST1.P	[V16.LANES, V17.LANES], 32(Y)
#define STORECHAINS16	FMOVQ.P	F16, 16(Y)
#define STORECHAINS8	FMOVD.P	F16, 8(Y)
#define STORECHAINS4	FMOVS.P	F16, 4(Y)

// forward: chain += w[k][j] * x[k].

#define FORWARD64(c0, c1, c2, c3) \
	VLD1.P	64(NEXTW), [V0.LANES, V1.LANES, V2.LANES, V3.LANES]; \
	VFMLA	V0.LANES, V8.LANES, c0.LANES; \
	VFMLA	V1.LANES, V8.LANES, c1.LANES; \
	VFMLA	V2.LANES, V8.LANES, c2.LANES; \
	VFMLA	V3.LANES, V8.LANES, c3.LANES
#define TAKEX	VLD1R.P	SIZE(NEXTX), [V8.LANES]

#define FORWARDSTEP256	TAKEX; FORWARD64(V16, V17, V18, V19); FORWARD64(V20, V21, V22, V23); FORWARD64(V24, V25, V26, V27); FORWARD64(V28, V29, V30, V31)
#define FORWARDSTEP128	TAKEX; FORWARD64(V16, V17, V18, V19); FORWARD64(V20, V21, V22, V23)
#define FORWARDSTEP64	TAKEX; FORWARD64(V16, V17, V18, V19)
#define FORWARDSTEP32 \
	TAKEX; \
	VLD1.P	32(NEXTW), [V0.LANES, V1.LANES]; \
	VFMLA	V0.LANES, V8.LANES, V16.LANES; \
	VFMLA	V1.LANES, V8.LANES, V17.LANES
#define FORWARDSTEP16	TAKEX; FMOVQ.P	16(NEXTW), F0; VFMLA	V0.LANES, V8.LANES, V16.LANES
#define FORWARDSTEP8	TAKEX; FMOVD.P	8(NEXTW), F0; VFMLA	V0.LANES, V8.LANES, V16.LANES
#define FORWARDSTEP4	TAKEX; FMOVS.P	4(NEXTW), F0; VFMLA	V0.LANES, V8.LANES, V16.LANES

// What the three updates share: w[k][j] += rate * (delta[j]*last[k] + 0). The zeros come from memory, since the loads'
// pipelines have room and the arithmetic's have none. OLD and NEW say what to do with the old weight and with the new.
// The address moves by an instruction of its own, which need not wait for what is stored.

#define LOADDELTA128	VLD1.P	64(DELTA), [V24.LANES, V25.LANES, V26.LANES, V27.LANES]; VLD1.P	64(DELTA), [V28.LANES, V29.LANES, V30.LANES, V31.LANES]
#define LOADDELTA64	VLD1.P	64(DELTA), [V24.LANES, V25.LANES, V26.LANES, V27.LANES]
#define LOADDELTA32	VLD1.P	32(DELTA), [V24.LANES, V25.LANES]
#define LOADDELTA16	FMOVQ.P	16(DELTA), F24
#define LOADDELTA8	FMOVD.P	8(DELTA), F24
#define LOADDELTA4	FMOVS.P	4(DELTA), F24

#define TAKELAST	VLD1R.P	SIZE(NEXTL), [V9.LANES]

#define NOTHING(weight, chain)
#define NOSTORE
#define CHAIN(weight, chain)	VFMLA	weight.LANES, V8.LANES, chain.LANES;
#define MOVED(weight, gradient, delta) \
	VFMLA	delta.LANES, V9.LANES, gradient.LANES; \
	VFMLA	gradient.LANES, V10.LANES, weight.LANES

#define UPDATE64(OLD, NEW, c0, c1, c2, c3, d0, d1, d2, d3) \
	VLD1	(NEXTW), [V0.LANES, V1.LANES, V2.LANES, V3.LANES]; \
	VLD1	(ZEROS), [V4.LANES, V5.LANES, V6.LANES, V7.LANES]; \
	OLD(V0, c0) \
	OLD(V1, c1) \
	OLD(V2, c2) \
	OLD(V3, c3) \
	VFMLA	d0.LANES, V9.LANES, V4.LANES; \
	VFMLA	d1.LANES, V9.LANES, V5.LANES; \
	VFMLA	d2.LANES, V9.LANES, V6.LANES; \
	VFMLA	d3.LANES, V9.LANES, V7.LANES; \
	VFMLA	V4.LANES, V10.LANES, V0.LANES; \
	VFMLA	V5.LANES, V10.LANES, V1.LANES; \
	VFMLA	V6.LANES, V10.LANES, V2.LANES; \
	VFMLA	V7.LANES, V10.LANES, V3.LANES; \
	NEW(V0, c0) \
	NEW(V1, c1) \
	NEW(V2, c2) \
	NEW(V3, c3) \
	VST1	[V0.LANES, V1.LANES, V2.LANES, V3.LANES], (NEXTW); \
	ADD	$64, NEXTW

#define UPDATESTEP128(OLD, NEW) \
	UPDATE64(OLD, NEW, V16, V17, V18, V19, V24, V25, V26, V27); \
	UPDATE64(OLD, NEW, V20, V21, V22, V23, V28, V29, V30, V31)
#define UPDATESTEP64(OLD, NEW)	UPDATE64(OLD, NEW, V16, V17, V18, V19, V24, V25, V26, V27)
#define UPDATESTEP32(OLD, NEW) \
	VLD1	(NEXTW), [V0.LANES, V1.LANES]; \
	VLD1	(ZEROS), [V4.LANES, V5.LANES]; \
	OLD(V0, V16) \
	OLD(V1, V17) \
	MOVED(V0, V4, V24); \
	MOVED(V1, V5, V25); \
	NEW(V0, V16) \
	NEW(V1, V17) \
	VST1	[V0.LANES, V1.LANES], (NEXTW); \
	ADD	$32, NEXTW
#define UPDATEONE(OLD, NEW) \
	VEOR	V4.B16, V4.B16, V4.B16; \
	OLD(V0, V16) \
	MOVED(V0, V4, V24); \
	NEW(V0, V16)
#define UPDATESTEP16(OLD, NEW)	FMOVQ	(NEXTW), F0; UPDATEONE(OLD, NEW) FMOVQ	F0, (NEXTW); ADD	$16, NEXTW
#define UPDATESTEP8(OLD, NEW)	FMOVD	(NEXTW), F0; UPDATEONE(OLD, NEW) FMOVD	F0, (NEXTW); ADD	$8, NEXTW
#define UPDATESTEP4(OLD, NEW)	FMOVS	(NEXTW), F0; UPDATEONE(OLD, NEW) FMOVS	F0, (NEXTW); ADD	$4, NEXTW
