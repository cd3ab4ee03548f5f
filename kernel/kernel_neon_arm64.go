//go:build !purego

package kernel

import "unsafe"

// neonRow returns the row of 128-bit vectors that every arm64 CPU has.
func neonRow() row {
	return row{kernelOf("neon", 4, finish32, neon32.routines()), kernelOf("neon", 2, finish64, neon64.routines())}
}

// neonLoops is the assembly for one type. The loops over weights only sum: the activation follows as a pass over the
// sums, which the nearest cache still holds.
type neonLoops[T Float] struct {
	forward        func(y, w, x *T, k, j, stride int)
	updateForward  func(y, w, delta, last, x *T, k, j, stride int, rate T)
	update         func(w, delta, x *T, k, j, stride int, rate T)
	sendBackUpdate func(g, w, v, delta, x *T, j, k, stride int, rate T)
	forwardBatch   func(y, w, x *T, k, j, n, ystride, wstride, xstride int)
	sigmoid        func(dst, z *T, n int) int
	tanh, exp      func(dst, z *T, n int)
	relu           func(dst, z, y *T, n int) // z where y > 0, else +0
	deltaSigmoid   func(delta, e, y *T, n int)
	deltaTanh      func(delta, e, y *T, n int)
	tiny           func(t *tinyState[T], order *int, n int) int
}

var (
	neon32 = neonLoops[float32]{
		forward: neonForward32, updateForward: neonUpdateForward32, update: neonUpdate32,
		sendBackUpdate: neonSendBackUpdate32, forwardBatch: neonForwardBatch32,
		sigmoid: neonSigmoid32, tanh: neonTanh32, exp: neonExp32,
		relu: neonReLU32, deltaSigmoid: neonDeltaSigmoid32, deltaTanh: neonDeltaTanh32, tiny: neonTiny32,
	}
	neon64 = neonLoops[float64]{
		forward: neonForward64, updateForward: neonUpdateForward64, update: neonUpdate64,
		sendBackUpdate: neonSendBackUpdate64, forwardBatch: neonForwardBatch64,
		sigmoid: neonSigmoid64, tanh: neonTanh64, exp: neonExp64,
		relu: neonReLU64, deltaSigmoid: neonDeltaSigmoid64, deltaTanh: neonDeltaTanh64, tiny: tinyWidth64,
	}
)

func (l *neonLoops[T]) routines() *routines[T] {
	return &routines[T]{
		forward: func(y, w, x *T, k, j, stride, act int) int {
			l.forward(y, w, x, k, j, stride)
			return l.finish(y, j, act)
		},
		updateForward: func(y, w, delta, last, x *T, k, j, stride int, rate T, act int) int {
			l.updateForward(y, w, delta, last, x, k, j, stride, rate)
			return l.finish(y, j, act)
		},
		update:         l.update,
		sendBackUpdate: l.sendBackUpdate,
		forwardBatch: func(y, w, x *T, k, j, n, ystride, wstride, xstride, act int) int {
			l.forwardBatch(y, w, x, k, j, n, ystride, wstride, xstride)
			if Activation(act) == Identity {
				return 0
			}
			rare := 0
			for i := range j {
				row := (*T)(unsafe.Add(unsafe.Pointer(y), uintptr(i*ystride)*unsafe.Sizeof(*y)))
				rare |= l.activate(row, row, n, act)
			}
			return rare
		},
		delta:    l.delta,
		activate: l.activate,
		exp:      l.exp,
		tiny:     l.tiny,
	}
}

// finish replaces the sums y by their activation.
func (l *neonLoops[T]) finish(y *T, n, act int) int {
	if Activation(act) == Identity {
		return 0
	}
	return l.activate(y, y, n, act)
}

func (l *neonLoops[T]) activate(dst, z *T, n, act int) int {
	switch Activation(act) {
	case Sigmoid:
		return l.sigmoid(dst, z, n)
	case Tanh:
		l.tanh(dst, z, n)
	case ReLU:
		l.relu(dst, z, z, n)
	default:
		copy(unsafe.Slice(dst, n), unsafe.Slice(z, n))
	}
	return 0
}

func (l *neonLoops[T]) delta(delta, e, y *T, n, act int) {
	switch Activation(act) {
	case Sigmoid:
		l.deltaSigmoid(delta, e, y, n)
	case Tanh:
		l.deltaTanh(delta, e, y, n)
	case ReLU:
		l.relu(delta, e, y, n)
	default:
		copy(unsafe.Slice(delta, n), unsafe.Slice(e, n))
	}
}

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
