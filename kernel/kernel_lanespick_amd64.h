// The copy of samples into blocks whose rows are ROW bytes, the whole of its TEXT, two lanes at a time: with instructions that
// every row for amd64 has. Whoever includes it defines
//
//	SIZE                  of an element in bytes
//	VALUE                 a row: the value at I0 and that at I1
//	VALUES                two rows: two values at each
//	LABELS                a row: the integers in X1

#define SAMPLES SI // of the first lane of the two
#define ORDER   DI
#define TO      R15 // the next row
#define STEP    R14 // minus the number of steps left
#define IN      CX  // inputs left
#define O0      R12 // behind the order of each lane
#define O1      R13
#define V0      R8  // its samples' values
#define V1      R9
#define L0      R10 // and labels
#define L1      R11
#define I0      AX  // index of a sample, later address of its values
#define I1      BX
#define COLUMN  DX  // first row of the two lanes

#define ROW 256 // bytes

// Offsets in lanesData, and sizes of it and of a slice's header.
#define AT_X       0
#define AT_LABEL   24
#define AT_SAMPLES 32 // number of labels
#define DATA_SIZE  48
#define SLICE_SIZE 24

	MOVQ to+0(FP), COLUMN
	MOVQ samples+8(FP), SAMPLES
	MOVQ order+16(FP), ORDER

lanes:
	MOVQ from+24(FP), AX
	MOVQ n+32(FP), STEP
	ADDQ STEP, AX
	MOVQ (ORDER), O0
	MOVQ SLICE_SIZE(ORDER), O1
	LEAQ (O0)(AX*8), O0
	LEAQ (O1)(AX*8), O1
	NEGQ STEP
	MOVQ AT_X(SAMPLES), V0
	MOVQ (DATA_SIZE+AT_X)(SAMPLES), V1
	MOVQ AT_LABEL(SAMPLES), L0
	MOVQ (DATA_SIZE+AT_LABEL)(SAMPLES), L1
	MOVQ COLUMN, TO

step:
	MOVQ    (O0)(STEP*8), I0
	MOVQ    (O1)(STEP*8), I1
	CMPQ    I0, AT_SAMPLES(SAMPLES)
	JCC     missing
	CMPQ    I1, (DATA_SIZE+AT_SAMPLES)(SAMPLES)
	JCC     missing
	VMOVQ   (L0)(I0*8), X1
	VPINSRQ $1, (L1)(I1*8), X1, X1
	MOVQ    in+40(FP), IN
	IMULQ   IN, I0
	IMULQ   IN, I1
	LEAQ    (V0)(I0*SIZE), I0
	LEAQ    (V1)(I1*SIZE), I1
	SUBQ    $2, IN
	JLT     one

two:
	VALUES
	ADDQ $(2*ROW), TO
	ADDQ $(2*SIZE), I0
	ADDQ $(2*SIZE), I1
	SUBQ $2, IN
	JGE  two

one:
	INCQ IN
	JLT  label                          // IN was -2: none is left
	VALUE
	ADDQ $ROW, TO

label:
	LABELS
	ADDQ $ROW, TO
	INCQ STEP
	JNE  step

	ADDQ $(2*SIZE), COLUMN
	ADDQ $(2*DATA_SIZE), SAMPLES
	ADDQ $(2*SLICE_SIZE), ORDER
	MOVQ to+0(FP), AX
	ADDQ $ROW, AX
	CMPQ COLUMN, AX
	JNE  lanes
	MOVB $1, ret+48(FP)
	RET

missing:
	MOVB $0, ret+48(FP)
	RET
