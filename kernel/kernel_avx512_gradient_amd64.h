// The loop of gradient over tiles, the middle of its TEXT.

	SHLQ $LOG_SIZE, WIDTH
	SHLQ $LOG_SIZE, NEXT
	MOVQ $SIZE, DOWN
	MOVQ $(3*SIZE), DOWN3

tile:
	TILE(FETCH, first)

first:
	KORTESTB BEGIN, BEGIN
	JEQ  load
	TILE(ZERO, start)
	JMP  start

load:
	MOVQ WIDTH, STRIDE
	AT_ROWS(FROM)
	TILE(LOAD, start)

start:
	MOVQ A, AT
	MOVQ B, BT
	MOVQ k+48(FP), T
	CALL chains<>(SB)

	MOVQ WIDTH, STRIDE
	KORTESTB END, END
	JEQ  keep
	AT_ROWS(C)
	TILE(MOVE, store)
	JMP  store

keep:
	AT_ROWS(FROM)

store:
	TILE(STORE, stored)

stored:
	LEAQ (C)(WIDTH*8), C
	LEAQ (FROM)(WIDTH*8), FROM
	ADDQ $(8*SIZE), A
	SUBQ $8, ROWS
	JNE  tile
