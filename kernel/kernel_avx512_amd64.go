//go:build !purego

package kernel

// avx512Row returns the kernels of AVX-512: 8 float64 or 16 float32 in a register, masks for the ends of rows.
func avx512Row() row {
	return row{
		kernelOf("avx512", 16, finish32, &routines[float32]{
			forward:        avx512Forward32,
			updateForward:  avx512UpdateForward32,
			update:         avx512Update32,
			sendBackUpdate: avx512SendBackUpdate32,
			forwardBatch:   avx512ForwardBatch32,
			delta:          avx512Delta32,
			activate:       avx512Activate32,
			exp:            avx512Exp32,
			split:          avx512Split32,
			join:           avx512Join32,
			tiny:           avx512Tiny32,
			lanes:          &lanesRoutines[float32]{64, avx512LanesTrain32, avx512LanesScore32, amd64LanesPick32},
			products:       avx512Products32,
		}),
		kernelOf("avx512", 8, finish64, &routines[float64]{
			forward:        avx512Forward64,
			updateForward:  avx512UpdateForward64,
			update:         avx512Update64,
			sendBackUpdate: avx512SendBackUpdate64,
			forwardBatch:   avx512ForwardBatch64,
			delta:          avx512Delta64,
			activate:       avx512Activate64,
			exp:            avx512Exp64,
			split:          avx512Split64,
			join:           avx512Join64,
			tiny:           avx512TinyFloat64,
			lanes:          &lanesRoutines[float64]{32, avx512LanesTrain64, avx512LanesScore64, amd64LanesPick64},
			products:       avx512Products64,
		}),
		&avx512Random,
	}
}

// avx512TinyFloat64 takes the narrower of two routines where it will do.
func avx512TinyFloat64(t *tinyState[float64], order *int, n int) int {
	if max(t.units, t.outputs) <= 2 {
		return avx512Tiny64x2(t, order, n)
	}
	return avx512Tiny64(t, order, n)
}

// avx512Forward64 is routines.forward.
//
//go:noescape
func avx512Forward64(y, w, x *float64, k, j, stride, act int) int

// avx512UpdateForward64 is routines.updateForward.
//
//go:noescape
func avx512UpdateForward64(y, w, delta, last, x *float64, k, j, stride int, rate float64, act int) int

// avx512Update64 is routines.update.
//
//go:noescape
func avx512Update64(w, delta, x *float64, k, j, stride int, rate float64)

// avx512SendBackUpdate64 is routines.sendBackUpdate.
//
//go:noescape
func avx512SendBackUpdate64(back, w, v, delta, x *float64, j, k, stride int, rate float64)

// avx512ForwardBatch64 is routines.forwardBatch.
//
//go:noescape
func avx512ForwardBatch64(y, w, x *float64, k, j, n, ystride, wstride, xstride int)

// avx512Delta64 is routines.delta.
//
//go:noescape
func avx512Delta64(delta, e, y *float64, n, act int)

// avx512Activate64 is routines.activate.
//
//go:noescape
func avx512Activate64(dst, z *float64, n, act int) int

// avx512Exp64 is routines.exp.
//
//go:noescape
func avx512Exp64(dst, x *float64, n int)

// avx512Split64 is routines.split.
//
//go:noescape
func avx512Split64(even, odd, pairs *float64, n int)

// avx512Join64 is routines.join.
//
//go:noescape
func avx512Join64(pairs, even, odd *float64, n int)

// avx512Tiny64 is routines.tiny.
//
//go:noescape
func avx512Tiny64(t *tinyState[float64], order *int, n int) int

// avx512Tiny64x2 is routines.tiny for at most 2 hidden units and 2 outputs.
//
//go:noescape
func avx512Tiny64x2(t *tinyState[float64], order *int, n int) int

// avx512Forward32 is routines.forward.
//
//go:noescape
func avx512Forward32(y, w, x *float32, k, j, stride, act int) int

// avx512UpdateForward32 is routines.updateForward.
//
//go:noescape
func avx512UpdateForward32(y, w, delta, last, x *float32, k, j, stride int, rate float32, act int) int

// avx512Update32 is routines.update.
//
//go:noescape
func avx512Update32(w, delta, x *float32, k, j, stride int, rate float32)

// avx512SendBackUpdate32 is routines.sendBackUpdate.
//
//go:noescape
func avx512SendBackUpdate32(back, w, v, delta, x *float32, j, k, stride int, rate float32)

// avx512ForwardBatch32 is routines.forwardBatch.
//
//go:noescape
func avx512ForwardBatch32(y, w, x *float32, k, j, n, ystride, wstride, xstride int)

// avx512Delta32 is routines.delta.
//
//go:noescape
func avx512Delta32(delta, e, y *float32, n, act int)

// avx512Activate32 is routines.activate.
//
//go:noescape
func avx512Activate32(dst, z *float32, n, act int) int

// avx512Exp32 is routines.exp.
//
//go:noescape
func avx512Exp32(dst, x *float32, n int)

// avx512Split32 is routines.split.
//
//go:noescape
func avx512Split32(even, odd, pairs *float32, n int)

// avx512Join32 is routines.join.
//
//go:noescape
func avx512Join32(pairs, even, odd *float32, n int)

// avx512Tiny32 is routines.tiny.
//
//go:noescape
func avx512Tiny32(t *tinyState[float32], order *int, n int) int
