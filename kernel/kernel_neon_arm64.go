//go:build !purego

package kernel

// neonRow returns the row of 128-bit vectors that every arm64 CPU has.
func neonRow() row {
	return row{
		kernelOf("neon", 4, finish32, neon32.routines()),
		kernelOf("neon", 2, finish64, neon64.routines()),
		&neonRandom,
	}
}

var (
	neon32 = loops[float32]{
		forward: neonForward32, updateForward: neonUpdateForward32, update: neonUpdate32,
		sendBackUpdate: neonSendBackUpdate32, forwardBatch: neonForwardBatch32,
		sigmoid: neonSigmoid32, tanh: neonTanh32, exp: neonExp32,
		relu: neonReLU32, deltaSigmoid: neonDeltaSigmoid32, deltaTanh: neonDeltaTanh32,
		split: neonSplit32, join: neonJoin32, tiny: neonTiny32,
		lanes:    &neonLanes32,
		products: productsOf(neonTile32, neonSums32, neonGradient32, neonTranspose32),
	}
	neon64 = loops[float64]{
		forward: neonForward64, updateForward: neonUpdateForward64, update: neonUpdate64,
		sendBackUpdate: neonSendBackUpdate64, forwardBatch: neonForwardBatch64,
		sigmoid: neonSigmoid64, tanh: neonTanh64, exp: neonExp64,
		relu: neonReLU64, deltaSigmoid: neonDeltaSigmoid64, deltaTanh: neonDeltaTanh64,
		split: neonSplit64, join: neonJoin64, tiny: tinyWidth64,
		lanes:    &neonLanes64,
		products: productsOf(neonTile64, neonSums64, neonGradient64, neonTranspose64),
	}
)

// tinyWidth64 takes the routine of one vector where each layer's units fit in it.
func tinyWidth64(t *tinyState[float64], order *int, n int) int {
	if max(t.units, t.outputs) <= 2 {
		return neonTinyTwo64(t, order, n)
	}
	return neonTinyFour64(t, order, n)
}

// neonForward32 sums on: y[j] = fma(w[k*stride+j], x[k], y[j]).
//
//go:noescape
func neonForward32(y, w, x *float32, k, j, stride int)

// neonUpdateForward32 moves the weights and sums on with the moved ones.
//
//go:noescape
func neonUpdateForward32(y, w, delta, last, x *float32, k, j, stride int, rate float32)

// neonUpdate32 moves the weights: w[k*stride+j] = fma(rate, fma(delta[j], x[k], +0), w[k*stride+j]).
//
//go:noescape
func neonUpdate32(w, delta, x *float32, k, j, stride int, rate float32)

// neonSendBackUpdate32 sums on with the old weights, back[k] = fma(w[j*stride+k], v[j], back[k]), and moves them.
//
//go:noescape
func neonSendBackUpdate32(back, w, v, delta, x *float32, j, k, stride int, rate float32)

// neonForwardBatch32 sums on for n samples: y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s]).
//
//go:noescape
func neonForwardBatch32(y, w, x *float32, k, j, n, ystride, wstride, xstride int)

// neonSigmoid32 sets dst[i] = sigmoid(z[i]) and returns 0, or 1 if it left an element undone.
//
//go:noescape
func neonSigmoid32(dst, z *float32, n int) int

// neonTanh32 sets dst[i] = tanh(z[i]).
//
//go:noescape
func neonTanh32(dst, z *float32, n int)

// neonExp32 sets dst[i] = exp(x[i]).
//
//go:noescape
func neonExp32(dst, x *float32, n int)

// neonReLU32 sets dst[i] to z[i] where y[i] > 0, else to +0.
//
//go:noescape
func neonReLU32(dst, z, y *float32, n int)

// neonDeltaSigmoid32 sets delta[i] = (e[i]*y[i]) * (1-y[i]).
//
//go:noescape
func neonDeltaSigmoid32(delta, e, y *float32, n int)

// neonDeltaTanh32 sets delta[i] = e[i] * fma(-y[i], y[i], 1).
//
//go:noescape
func neonDeltaTanh32(delta, e, y *float32, n int)

// neonSplit32 sets even[i], odd[i] = pairs[2*i], pairs[2*i+1].
//
//go:noescape
func neonSplit32(even, odd, pairs *float32, n int)

// neonJoin32 sets pairs[2*i], pairs[2*i+1] = even[i], odd[i].
//
//go:noescape
func neonJoin32(pairs, even, odd *float32, n int)

// neonForward64 sums on: y[j] = fma(w[k*stride+j], x[k], y[j]).
//
//go:noescape
func neonForward64(y, w, x *float64, k, j, stride int)

// neonUpdateForward64 moves the weights and sums on with the moved ones.
//
//go:noescape
func neonUpdateForward64(y, w, delta, last, x *float64, k, j, stride int, rate float64)

// neonUpdate64 moves the weights: w[k*stride+j] = fma(rate, fma(delta[j], x[k], +0), w[k*stride+j]).
//
//go:noescape
func neonUpdate64(w, delta, x *float64, k, j, stride int, rate float64)

// neonSendBackUpdate64 sums on with the old weights, back[k] = fma(w[j*stride+k], v[j], back[k]), and moves them.
//
//go:noescape
func neonSendBackUpdate64(back, w, v, delta, x *float64, j, k, stride int, rate float64)

// neonForwardBatch64 sums on for n samples: y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s]).
//
//go:noescape
func neonForwardBatch64(y, w, x *float64, k, j, n, ystride, wstride, xstride int)

// neonSigmoid64 sets dst[i] = sigmoid(z[i]) and returns 0, or 1 if it left an element undone.
//
//go:noescape
func neonSigmoid64(dst, z *float64, n int) int

// neonTanh64 sets dst[i] = tanh(z[i]).
//
//go:noescape
func neonTanh64(dst, z *float64, n int)

// neonExp64 sets dst[i] = exp(x[i]).
//
//go:noescape
func neonExp64(dst, x *float64, n int)

// neonReLU64 sets dst[i] to z[i] where y[i] > 0, else to +0.
//
//go:noescape
func neonReLU64(dst, z, y *float64, n int)

// neonDeltaSigmoid64 sets delta[i] = (e[i]*y[i]) * (1-y[i]).
//
//go:noescape
func neonDeltaSigmoid64(delta, e, y *float64, n int)

// neonDeltaTanh64 sets delta[i] = e[i] * fma(-y[i], y[i], 1).
//
//go:noescape
func neonDeltaTanh64(delta, e, y *float64, n int)

// neonSplit64 sets even[i], odd[i] = pairs[2*i], pairs[2*i+1].
//
//go:noescape
func neonSplit64(even, odd, pairs *float64, n int)

// neonJoin64 sets pairs[2*i], pairs[2*i+1] = even[i], odd[i].
//
//go:noescape
func neonJoin64(pairs, even, odd *float64, n int)

// neonTiny32 does up to n steps with networks of up to four units in a layer, and returns how many.
//
//go:noescape
func neonTiny32(t *tinyState[float32], order *int, n int) int

// neonTinyTwo64 is neonTiny32 for float64 and up to two hidden units and outputs.
//
//go:noescape
func neonTinyTwo64(t *tinyState[float64], order *int, n int) int

// neonTinyFour64 is neonTiny32 for float64.
//
//go:noescape
func neonTinyFour64(t *tinyState[float64], order *int, n int) int
