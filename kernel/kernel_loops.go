//go:build !purego && (amd64 || arm64)

package kernel

import "unsafe"

// loops is a row's assembly for one type where the loops over weights only sum: the activation follows as a pass over
// the sums, which the nearest cache still holds.
type loops[T Float] struct {
	forward        func(y, w, x *T, k, j, stride int)
	updateForward  func(y, w, delta, last, x *T, k, j, stride int, rate T)
	update         func(w, delta, x *T, k, j, stride int, rate T)
	sendBackUpdate func(g, w, v, delta, x *T, j, k, stride int, rate T)
	forwardBatch   func(y, w, x *T, k, j, n, ystride, wstride, xstride int)
	batchInputs    int // that forwardBatch takes at a time, so that the cache keeps their weights; 0 for all
	sigmoid        func(dst, z *T, n int) int
	tanh, exp      func(dst, z *T, n int)
	relu           func(dst, z, y *T, n int) // z where y > 0, else +0
	deltaSigmoid   func(delta, e, y *T, n int)
	deltaTanh      func(delta, e, y *T, n int)
	split          func(even, odd, pairs *T, n int)
	join           func(pairs, even, odd *T, n int)
	tiny           func(t *tinyState[T], order *int, n int) int
	products       *products[T]
	lanes          *lanesRoutines[T]
}

func (l *loops[T]) routines() *routines[T] {
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
		forwardBatch:   l.batch,
		delta:          l.delta,
		activate:       l.activate,
		exp:            l.exp,
		split:          l.split,
		join:           l.join,
		tiny:           l.tiny,
		products:       l.products,
		lanes:          l.lanes,
	}
}

// finish replaces the sums y by their activation.
func (l *loops[T]) finish(y *T, n, act int) int {
	if Activation(act) == Identity {
		return 0
	}
	return l.activate(y, y, n, act)
}

func (l *loops[T]) activate(dst, z *T, n, act int) int {
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

func (l *loops[T]) delta(delta, e, y *T, n, act int) {
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

// batch is forwardBatch: blocks of inputs, each going on with the sums of the one before.
func (l *loops[T]) batch(y, w, x *T, k, j, n, ystride, wstride, xstride int) {
	block := l.batchInputs
	if block == 0 {
		block = max(k, 1)
	}
	for i := 0; i < k; i += block {
		l.forwardBatch(y, plus(w, i*wstride), plus(x, i*xstride), min(block, k-i), j, n, ystride, wstride, xstride)
	}
}

func plus[T Float](p *T, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), i*int(unsafe.Sizeof(*p))))
}
