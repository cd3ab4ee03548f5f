// The loop of sums over tiles, the middle of its TEXT.

	SHLQ $LOG_SIZE, WIDTH
	SHLQ $LOG_SIZE, DOWN
	LEAQ (DOWN)(DOWN*2), DOWN3
	MOVQ $SIZE, NEXT

tile:
	MOVQ step+56(FP), STRIDE
	SHLQ $LOG_SIZE, STRIDE
	AT_ROWS(FROM)
	LEAQ (FROM)(STRIDE*8), FROM
	TILE(LOAD, start)

start:
	MOVQ A, AT
	MOVQ B, BT
	MOVQ k+48(FP), LEFT

panel:
	MOVQ    LEFT, T
	CMPQ    T, width+64(FP)
	CMOVQGT width+64(FP), T
	SUBQ    T, LEFT
	CALL    chains<>(SB)
	MOVQ    panel+72(FP), AX
	SUBQ    width+64(FP), AX
	LEAQ    (AT)(AX*SIZE), AT           // the same row of the next panel
	TESTQ   LEFT, LEFT
	JNE     panel

	MOVQ WIDTH, STRIDE
	AT_ROWS(C)
	TILE(STORE, stored)

stored:
	LEAQ (C)(WIDTH*8), C
	LEAQ (A)(DOWN*8), A
	SUBQ $8, ROWS
	JNE  tile
