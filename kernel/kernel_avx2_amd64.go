//go:build !purego

package kernel

// avx2Row returns the kernels of AVX2 with FMA: 4 float64 or 8 float32 in a register.
func avx2Row() row {
	return row{
		kernelOf("avx2", 8, finish32, avx2Loops32.routines()),
		kernelOf("avx2", 4, finish64, avx2Loops64.routines()),
		&avx2Random,
	}
}

// avx2BatchInputs is how many inputs a tile of forwardBatch walks over at a time: few enough that the cache keeps their
// weights from one tile of samples to the next, though they lie far apart.
const avx2BatchInputs = 128

var (
	avx2Loops32 = loops[float32]{
		forward: avx2ForwardSums32, updateForward: avx2UpdateForwardSums32, update: avx2Update32,
		sendBackUpdate: avx2SendBackUpdate32, forwardBatch: avx2ForwardBatchSums32, batchInputs: avx2BatchInputs,
		sigmoid: avx2Sigmoid32, tanh: avx2Tanh32, exp: avx2Exp32,
		relu: avx2ReLU32, deltaSigmoid: avx2SigmoidDelta32, deltaTanh: avx2TanhDelta32, split: avx2Split32, join: avx2Join32,
		tiny:     avx2Tiny32,
		lanes:    &avx2Lanes32,
		products: avx2Products32,
	}
	avx2Loops64 = loops[float64]{
		forward: avx2ForwardSums64, updateForward: avx2UpdateForwardSums64, update: avx2Update64,
		sendBackUpdate: avx2SendBackUpdate64, forwardBatch: avx2ForwardBatchSums64, batchInputs: avx2BatchInputs,
		sigmoid: avx2Sigmoid64, tanh: avx2Tanh64, exp: avx2Exp64,
		relu: avx2ReLU64, deltaSigmoid: avx2SigmoidDelta64, deltaTanh: avx2TanhDelta64, split: avx2Split64, join: avx2Join64,
		tiny:     avx2Tiny64,
		lanes:    &avx2Lanes64,
		products: avx2Products64,
	}
)

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

// avx2ReLU64 is delta for ReLU units, and with their sums for e and y their activation.
//
//go:noescape
func avx2ReLU64(delta, e, y *float64, n int)

// avx2Sigmoid64 is activate for the sigmoid. It leaves no element undone and returns 0.
//
//go:noescape
func avx2Sigmoid64(dst, z *float64, n int) (rare int)

// avx2Tanh64 is activate for tanh.
//
//go:noescape
func avx2Tanh64(dst, z *float64, n int)

// avx2Exp64 is exp.
//
//go:noescape
func avx2Exp64(dst, z *float64, n int)

// avx2Split64 is split.
//
//go:noescape
func avx2Split64(even, odd, pairs *float64, n int)

// avx2Join64 is join.
//
//go:noescape
func avx2Join64(pairs, even, odd *float64, n int)

// avx2Tiny64 is tiny: Tiny.Train for up to n steps.
//
//go:noescape
func avx2Tiny64(t *tinyState[float64], order *int, n int) (done int)

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

// avx2ReLU32 is delta for ReLU units, and with their sums for e and y their activation.
//
//go:noescape
func avx2ReLU32(delta, e, y *float32, n int)

// avx2Sigmoid32 is activate for the sigmoid. It returns 1 if it left an element undone, else 0.
//
//go:noescape
func avx2Sigmoid32(dst, z *float32, n int) (rare int)

// avx2Tanh32 is activate for tanh.
//
//go:noescape
func avx2Tanh32(dst, z *float32, n int)

// avx2Exp32 is exp.
//
//go:noescape
func avx2Exp32(dst, z *float32, n int)

// avx2Split32 is split.
//
//go:noescape
func avx2Split32(even, odd, pairs *float32, n int)

// avx2Join32 is join.
//
//go:noescape
func avx2Join32(pairs, even, odd *float32, n int)

// avx2Tiny32 is tiny: Tiny.Train for up to n steps.
//
//go:noescape
func avx2Tiny32(t *tinyState[float32], order *int, n int) (done int)
