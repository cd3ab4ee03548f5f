//go:build !purego

package kernel

import "unsafe"

// avx2Row returns the kernels of AVX2 with FMA: 4 float64 or 8 float32 in a register.
func avx2Row() row {
	return row{
		kernelOf("avx2", 8, finish32, &routines[float32]{
			forward:        avx2Forward32,
			updateForward:  avx2UpdateForward32,
			update:         avx2Update32,
			sendBackUpdate: avx2SendBackUpdate32,
			forwardBatch:   avx2ForwardBatch32,
			delta:          avx2Delta32,
			activate:       avx2Activate32,
			exp:            avx2Exp32,
			tiny:           avx2Tiny32,
		}),
		kernelOf("avx2", 4, finish64, &routines[float64]{
			forward:        avx2Forward64,
			updateForward:  avx2UpdateForward64,
			update:         avx2Update64,
			sendBackUpdate: avx2SendBackUpdate64,
			forwardBatch:   avx2ForwardBatch64,
			delta:          avx2Delta64,
			activate:       avx2Activate64,
			exp:            avx2Exp64,
			tiny:           avx2Tiny64,
		}),
	}
}

// avx2Forward64 is forward: the chains, then the activation from the nearest cache.
func avx2Forward64(y, w, x *float64, k, j, stride, act int) int {
	avx2ForwardSums64(y, w, x, k, j, stride)
	return avx2Activate64(y, y, j, act)
}

// avx2UpdateForward64 is updateForward.
func avx2UpdateForward64(y, w, delta, last, x *float64, k, j, stride int, rate float64, act int) int {
	avx2UpdateForwardSums64(y, w, delta, last, x, k, j, stride, rate)
	return avx2Activate64(y, y, j, act)
}

// avx2ForwardBatch64 is forwardBatch.
func avx2ForwardBatch64(y, w, x *float64, k, j, n, ystride, wstride, xstride, act int) int {
	for i := 0; i < k; i += batchInputs {
		wi := (*float64)(unsafe.Add(unsafe.Pointer(w), i*wstride*8))
		xi := (*float64)(unsafe.Add(unsafe.Pointer(x), i*xstride*8))
		avx2ForwardBatchSums64(y, wi, xi, min(batchInputs, k-i), j, n, ystride, wstride, xstride)
	}
	if Activation(act) == Identity {
		return 0
	}
	rare := 0
	for i := range j {
		row := (*float64)(unsafe.Add(unsafe.Pointer(y), i*ystride*8))
		rare |= avx2Activate64(row, row, n, act)
	}
	return rare
}

// avx2Delta64 is delta.
func avx2Delta64(delta, e, y *float64, n, act int) {
	switch Activation(act) {
	case Sigmoid:
		avx2SigmoidDelta64(delta, e, y, n)
	case Tanh:
		avx2TanhDelta64(delta, e, y, n)
	case ReLU:
		avx2ReluDelta64(delta, e, y, n)
	default:
		copy(unsafe.Slice(delta, n), unsafe.Slice(e, n))
	}
}

// avx2Activate64 is activate.
func avx2Activate64(dst, z *float64, n, act int) int {
	switch Activation(act) {
	case Sigmoid:
		return avx2Sigmoid64(dst, z, n)
	case Tanh:
		avx2Tanh64(dst, z, n)
	case ReLU:
		avx2Relu64(dst, z, n)
	default:
		if dst != z {
			copy(unsafe.Slice(dst, n), unsafe.Slice(z, n))
		}
	}
	return 0
}

// batchInputs is how many inputs a tile of forwardBatch walks over at a time: few enough that the cache keeps their weights
// from one tile of samples to the next, though they lie far apart.
const batchInputs = 128

// avx2Forward32 is forward: the chains, then the activation from the nearest cache.
func avx2Forward32(y, w, x *float32, k, j, stride, act int) int {
	avx2ForwardSums32(y, w, x, k, j, stride)
	return avx2Activate32(y, y, j, act)
}

// avx2UpdateForward32 is updateForward.
func avx2UpdateForward32(y, w, delta, last, x *float32, k, j, stride int, rate float32, act int) int {
	avx2UpdateForwardSums32(y, w, delta, last, x, k, j, stride, rate)
	return avx2Activate32(y, y, j, act)
}

// avx2ForwardBatch32 is forwardBatch.
func avx2ForwardBatch32(y, w, x *float32, k, j, n, ystride, wstride, xstride, act int) int {
	for i := 0; i < k; i += batchInputs {
		wi := (*float32)(unsafe.Add(unsafe.Pointer(w), i*wstride*4))
		xi := (*float32)(unsafe.Add(unsafe.Pointer(x), i*xstride*4))
		avx2ForwardBatchSums32(y, wi, xi, min(batchInputs, k-i), j, n, ystride, wstride, xstride)
	}
	if Activation(act) == Identity {
		return 0
	}
	rare := 0
	for i := range j {
		row := (*float32)(unsafe.Add(unsafe.Pointer(y), i*ystride*4))
		rare |= avx2Activate32(row, row, n, act)
	}
	return rare
}

// avx2Delta32 is delta.
func avx2Delta32(delta, e, y *float32, n, act int) {
	switch Activation(act) {
	case Sigmoid:
		avx2SigmoidDelta32(delta, e, y, n)
	case Tanh:
		avx2TanhDelta32(delta, e, y, n)
	case ReLU:
		avx2ReluDelta32(delta, e, y, n)
	default:
		copy(unsafe.Slice(delta, n), unsafe.Slice(e, n))
	}
}

// avx2Activate32 is activate.
func avx2Activate32(dst, z *float32, n, act int) int {
	switch Activation(act) {
	case Sigmoid:
		return avx2Sigmoid32(dst, z, n)
	case Tanh:
		avx2Tanh32(dst, z, n)
	case ReLU:
		avx2Relu32(dst, z, n)
	default:
		if dst != z {
			copy(unsafe.Slice(dst, n), unsafe.Slice(z, n))
		}
	}
	return 0
}

// avx2ForwardSums64 runs the chains of forward, without the activation.
//
//go:noescape
func avx2ForwardSums64(y, w, x *float64, k, j, stride int)

// avx2UpdateForwardSums64 updates the weights and runs the chains of updateForward, without the activation.
//
//go:noescape
func avx2UpdateForwardSums64(y, w, delta, last, x *float64, k, j, stride int, rate float64)

// avx2Update64 is update.
//
//go:noescape
func avx2Update64(w, delta, x *float64, k, j, stride int, rate float64)

// avx2SendBackUpdate64 is sendBackUpdate.
//
//go:noescape
func avx2SendBackUpdate64(back, w, v, delta, x *float64, j, k, stride int, rate float64)

// avx2ForwardBatchSums64 runs the chains of forwardBatch, without the activation.
//
//go:noescape
func avx2ForwardBatchSums64(y, w, x *float64, k, j, n, ystride, wstride, xstride int)

// avx2SigmoidDelta64 is delta for sigmoid units.
//
//go:noescape
func avx2SigmoidDelta64(delta, e, y *float64, n int)

// avx2TanhDelta64 is delta for tanh units.
//
//go:noescape
func avx2TanhDelta64(delta, e, y *float64, n int)

// avx2ReluDelta64 is delta for ReLU units.
//
//go:noescape
func avx2ReluDelta64(delta, e, y *float64, n int)

// avx2Sigmoid64 is activate for the sigmoid. It returns 1 if it left an element undone, else 0.
//
//go:noescape
func avx2Sigmoid64(dst, z *float64, n int) (rare int)

// avx2Tanh64 is activate for tanh.
//
//go:noescape
func avx2Tanh64(dst, z *float64, n int)

// avx2Relu64 is activate for ReLU.
//
//go:noescape
func avx2Relu64(dst, z *float64, n int)

// avx2Exp64 is exp.
//
//go:noescape
func avx2Exp64(dst, z *float64, n int)

// avx2Tiny64 is tiny: Tiny.Train for up to n steps.
//
//go:noescape
func avx2Tiny64(t *tinyState[float64], order *int, n int) (done int)

// The routines in assembly. What they compute is written beside them.

// avx2ForwardSums32 runs the chains of forward, without the activation.
//
//go:noescape
func avx2ForwardSums32(y, w, x *float32, k, j, stride int)

// avx2UpdateForwardSums32 updates the weights and runs the chains of updateForward, without the activation.
//
//go:noescape
func avx2UpdateForwardSums32(y, w, delta, last, x *float32, k, j, stride int, rate float32)

// avx2Update32 is update.
//
//go:noescape
func avx2Update32(w, delta, x *float32, k, j, stride int, rate float32)

// avx2SendBackUpdate32 is sendBackUpdate.
//
//go:noescape
func avx2SendBackUpdate32(back, w, v, delta, x *float32, j, k, stride int, rate float32)

// avx2ForwardBatchSums32 runs the chains of forwardBatch, without the activation.
//
//go:noescape
func avx2ForwardBatchSums32(y, w, x *float32, k, j, n, ystride, wstride, xstride int)

// avx2SigmoidDelta32 is delta for sigmoid units.
//
//go:noescape
func avx2SigmoidDelta32(delta, e, y *float32, n int)

// avx2TanhDelta32 is delta for tanh units.
//
//go:noescape
func avx2TanhDelta32(delta, e, y *float32, n int)

// avx2ReluDelta32 is delta for ReLU units.
//
//go:noescape
func avx2ReluDelta32(delta, e, y *float32, n int)

// avx2Sigmoid32 is activate for the sigmoid. It returns 1 if it left an element undone, else 0.
//
//go:noescape
func avx2Sigmoid32(dst, z *float32, n int) (rare int)

// avx2Tanh32 is activate for tanh.
//
//go:noescape
func avx2Tanh32(dst, z *float32, n int)

// avx2Relu32 is activate for ReLU.
//
//go:noescape
func avx2Relu32(dst, z *float32, n int)

// avx2Exp32 is exp.
//
//go:noescape
func avx2Exp32(dst, z *float32, n int)

// avx2Tiny32 is tiny: Tiny.Train for up to n steps.
//
//go:noescape
func avx2Tiny32(t *tinyState[float32], order *int, n int) (done int)
