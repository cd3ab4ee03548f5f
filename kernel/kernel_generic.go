package kernel

import "math"

// The row in pure Go: the definition that every other row is held to. float64 and float32 have loops of their own, since
// an fma is one instruction for the one and a few operations for the other.

func generic64() *Kernel[float64] {
	return &Kernel[float64]{
		name:     "generic",
		forward:  forward64,
		delta:    delta[float64],
		sendBack: sendBack64,
		update:   update64,
		activate: activate[float64],
		exp:      exp[float64],
	}
}

func generic32() *Kernel[float32] {
	return &Kernel[float32]{
		name:     "generic",
		forward:  forward32,
		delta:    delta[float32],
		sendBack: sendBack32,
		update:   update32,
		activate: activate[float32],
		exp:      exp[float32],
	}
}

// forward64 runs all outputs' chains side by side, one input at a time, so that w is read in order.
func forward64(y, x, w, b []float64, act Activation) {
	start(y, b)
	for k, xk := range x {
		row := w[k*len(y):][:len(y)]
		for j, wkj := range row {
			y[j] = math.FMA(wkj, xk, y[j])
		}
	}
	activate(y, y, act)
}

func forward32(y, x, w, b []float32, act Activation) {
	start(y, b)
	for k := range x {
		xk := float64(x[k])
		row := w[k*len(y):][:len(y)]
		for j, wkj := range row {
			p, c := float64(wkj)*xk, float64(y[j])
			s := p + c
			if doubtful(s) {
				y[j] = sumOdd(p, c)
			} else {
				y[j] = float32(s)
			}
		}
	}
	activate(y, y, act)
}

func start[T Float](y, b []T) {
	if len(b) == 0 {
		clear(y)
	} else {
		copy(y, b)
	}
}

func sendBack64(g, w, v []float64) {
	for k := range g {
		row := w[k*len(v):][:len(v)]
		sum := 0.0
		for j, wkj := range row {
			sum = math.FMA(wkj, v[j], sum)
		}
		g[k] = sum
	}
}

func sendBack32(g, w, v []float32) {
	for k := range g {
		row := w[k*len(v):][:len(v)]
		var sum float32
		for j, wkj := range row {
			sum = fma32(wkj, v[j], sum)
		}
		g[k] = sum
	}
}

func update64(w, b, delta, x []float64, rate float64) {
	for k, xk := range x {
		row := w[k*len(delta):][:len(delta)]
		for j, d := range delta {
			row[j] = math.FMA(rate, math.FMA(d, xk, 0), row[j])
		}
	}
	for j := range b {
		b[j] = math.FMA(rate, math.FMA(delta[j], 1, 0), b[j])
	}
}

func update32(w, b, delta, x []float32, rate float32) {
	r := float64(rate)
	for k := range x {
		xk := float64(x[k])
		row := w[k*len(delta):][:len(delta)]
		for j, d := range delta {
			g := float32(float64(d)*xk + 0) // the product is exact: one rounding
			p, c := r*float64(g), float64(row[j])
			s := p + c
			if doubtful(s) {
				row[j] = sumOdd(p, c)
			} else {
				row[j] = float32(s)
			}
		}
	}
	for j := range b {
		b[j] = fma32(rate, fma32(delta[j], 1, 0), b[j])
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
