package kernel

import "math"

// The row in pure Go: the definition that every other row is held to. float64 and float32 have loops of their own, since
// an fma is one instruction for the one and a few operations for the other.

func generic64() *Kernel[float64] {
	return &Kernel[float64]{
		name:           "generic",
		width:          1,
		forward:        forward64,
		forwardBatch:   forwardBatch64,
		update:         update64,
		updateForward:  updateForward64,
		sendBackUpdate: sendBackUpdate64,
		delta:          delta[float64],
		activate:       activate[float64],
		exp:            exp[float64],
		split:          split[float64],
		join:           join[float64],
		products:       genericProducts[float64](),
		lanes:          referenceLanes[float64](),
	}
}

func generic32() *Kernel[float32] {
	return &Kernel[float32]{
		name:           "generic",
		width:          1,
		forward:        forward32,
		forwardBatch:   forwardBatch32,
		update:         update32,
		updateForward:  updateForward32,
		sendBackUpdate: sendBackUpdate32,
		delta:          delta[float32],
		activate:       activate[float32],
		exp:            exp[float32],
		split:          split[float32],
		join:           join[float32],
		products:       genericProducts[float32](),
		lanes:          referenceLanes[float32](),
	}
}

// forward64 runs all outputs' chains side by side, one input at a time, so that w is read in order.
func forward64(y, x, w, b []float64, act Activation) {
	start(y, b)
	for k, xk := range x {
		chain64(y, w[k*len(y):][:len(y)], xk)
	}
	activate(y, y, act)
}

func forward32(y, x, w, b []float32, act Activation) {
	start(y, b)
	for k, xk := range x {
		chain32(y, w[k*len(y):][:len(y)], xk)
	}
	activate(y, y, act)
}

// chain64 goes one step in every chain: y[i] = fma(a, x[i], y[i]).
func chain64(y, x []float64, a float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = math.FMA(a, v, y[i])
	}
}

// chain32 is chain64 with fma32 written out, which is too large to be inlined.
func chain32(y, x []float32, a float32) {
	y = y[:len(x)]
	wide := float64(a)
	for i, v := range x {
		p, c := wide*float64(v), float64(y[i])
		s := p + c
		if doubtful(s) {
			y[i] = sumOdd(p, c)
		} else {
			y[i] = float32(s)
		}
	}
}

// start begins the chains.
func start[T Float](y, b []T) {
	if len(b) == 0 {
		clear(y)
	} else {
		copy(y, b)
	}
}

func forwardBatch64(y, x, w, b []float64, n int, act Activation) {
	forwardBatch(y, x, w, b, n, act, chain64)
}

func forwardBatch32(y, x, w, b []float32, n int, act Activation) {
	forwardBatch(y, x, w, b, n, act, chain32)
}

func forwardBatch[T Float](y, x, w, b []T, n int, act Activation, chain func(y, x []T, a T)) {
	outputs := len(y) / n
	stride := rowLength(len(w), len(x)/n, outputs)
	for j := range outputs {
		row := y[j*n:][:n]
		var first T
		if len(b) > 0 {
			first = b[j]
		}
		for s := range row {
			row[s] = first
		}
		for k := range len(x) / n {
			chain(row, x[k*n:][:n], w[k*stride+j])
		}
	}
	activate(y, y, act)
}

func update64(w, b, delta, x []float64, rate float64) {
	for k, xk := range x {
		move64(w[k*len(delta):][:len(delta)], delta, xk, rate)
	}
	move64(b, delta, 1, rate)
}

func update32(w, b, delta, x []float32, rate float32) {
	for k, xk := range x {
		move32(w[k*len(delta):][:len(delta)], delta, xk, rate)
	}
	move32(b, delta, 1, rate)
}

// move64 updates some weights: w[i] = fma(rate, fma(v[i], a, +0), w[i]).
func move64(w, v []float64, a, rate float64) {
	v = v[:len(w)]
	for i, wi := range w {
		w[i] = math.FMA(rate, math.FMA(v[i], a, 0), wi)
	}
}

// move32 is move64 with fma32 written out. The inner product is exact in float64, so that rounding it is enough.
func move32(w, v []float32, a, rate float32) {
	v = v[:len(w)]
	wideA, wideRate := float64(a), float64(rate)
	for i, wi := range w {
		g := float32(float64(v[i])*wideA + 0)
		p, c := wideRate*float64(g), float64(wi)
		s := p + c
		if doubtful(s) {
			w[i] = sumOdd(p, c)
		} else {
			w[i] = float32(s)
		}
	}
}

func updateForward64(y, w, b, delta, last, x []float64, rate float64, act Activation) {
	update64(w, b, delta, last, rate)
	forward64(y, x, w, b, act)
}

func updateForward32(y, w, b, delta, last, x []float32, rate float32, act Activation) {
	update32(w, b, delta, last, rate)
	forward32(y, x, w, b, act)
}

func sendBackUpdate64(g, wt, v, delta, x []float64, rate float64) {
	clear(g)
	for j, vj := range v {
		row := wt[j*len(g):][:len(g)]
		chain64(g, row, vj)
		move64(row, x, delta[j], rate)
	}
}

func sendBackUpdate32(g, wt, v, delta, x []float32, rate float32) {
	clear(g)
	for j, vj := range v {
		row := wt[j*len(g):][:len(g)]
		chain32(g, row, vj)
		move32(row, x, delta[j], rate)
	}
}

func delta[T Float](delta, e, y []T, act Activation) {
	delta, e = delta[:len(y)], e[:len(y)]
	switch act {
	case Sigmoid:
		for j, v := range y {
			delta[j] = T(e[j]*v) * T(1-v)
		}
	case Tanh:
		for j, v := range y {
			delta[j] = e[j] * FMA(-v, v, 1)
		}
	case ReLU:
		for j, v := range y {
			if v > 0 {
				delta[j] = e[j]
			} else {
				delta[j] = 0
			}
		}
	default:
		copy(delta, e)
	}
}

func activate[T Float](dst, z []T, act Activation) {
	dst = dst[:len(z)]
	switch act {
	case Sigmoid:
		for i, v := range z {
			dst[i] = sigmoid(v)
		}
	case Tanh:
		for i, v := range z {
			dst[i] = T(tanh64(float64(v)))
		}
	case ReLU:
		for i, v := range z {
			if v > 0 {
				dst[i] = v
			} else {
				dst[i] = 0
			}
		}
	default:
		copy(dst, z)
	}
}

func exp[T Float](dst, x []T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = T(exp64(float64(v)))
	}
}
