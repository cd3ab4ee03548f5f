package kernel

import "math"

// The products in pure Go, the definition that every other row is held to. A row of sums goes on by four steps at a time:
// more sums at once than one, as registers would hold, only make the compiler spill them around each fma, which it may
// have to do without the instruction.

const genericWidth = 64

func genericProducts[T Float]() *products[T] {
	return &products[T]{
		tile: tile{rows: 1, width: genericWidth, grain: 4}, block: 4, zeros: make([]T, genericWidth),
		sums: genericSums[T], gradient: genericGradient[T], transpose: genericTranspose[T],
	}
}

func genericSums[T Float](c, from, a, b []T, m, n, k, step, width, panel int) {
	for i := range m {
		y := c[i*n:][:n]
		copy(y, from[i*step:])
		for t := 0; t < k; t += width {
			steps(y, a[t/width*panel+i*width:], b[t*n:], min(width, k-t), 1)
		}
	}
}

func genericGradient[T Float](w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool) {
	var space [genericWidth]T
	for i := range m {
		sums, row := space[:n], w[i*n:][:n]
		if !begin {
			copy(sums, g[i*n:])
		} else {
			clear(sums)
		}
		steps(sums, a[i:], b, k, lanes)
		if !end {
			copy(g[i*n:], sums)
			continue
		}
		for j, v := range sums {
			row[j] = FMA(rate, v, row[j])
		}
	}
}

func genericTranspose[T Float](dst, src []T, dstride, sstride int) {
	for i := range 4 {
		for j, v := range src[i*sstride:][:4] {
			dst[j*dstride+i] = v
		}
	}
}

// steps goes on with the sums y: y[j] = fma(a[t*step], b[t*len(y)+j], y[j]) for t < k.
func steps[T Float](y, a, b []T, k, step int) {
	switch y := any(y).(type) {
	case []float64:
		steps64(y, any(a).([]float64), any(b).([]float64), k, step)
	case []float32:
		steps32(y, any(a).([]float32), any(b).([]float32), k, step)
	}
}

func steps64(y, a, b []float64, k, step int) {
	t, n := 0, len(y)
	for ; t+4 <= k; t += 4 {
		a0, a1, a2, a3 := a[t*step], a[(t+1)*step], a[(t+2)*step], a[(t+3)*step]
		b0, b1, b2, b3 := b[t*n:][:n], b[(t+1)*n:][:n], b[(t+2)*n:][:n], b[(t+3)*n:][:n]
		for j, s := range y {
			y[j] = math.FMA(a3, b3[j], math.FMA(a2, b2[j], math.FMA(a1, b1[j], math.FMA(a0, b0[j], s))))
		}
	}
	for ; t < k; t++ {
		chain64(y, b[t*n:][:n], a[t*step])
	}
}

func steps32(y, a, b []float32, k, step int) {
	t, n := 0, len(y)
	for ; t+4 <= k; t += 4 {
		four32(y, b[t*n:], b[(t+1)*n:], b[(t+2)*n:], b[(t+3)*n:], a[t*step], a[(t+1)*step], a[(t+2)*step], a[(t+3)*step])
	}
	for ; t < k; t++ {
		chain32(y, b[t*n:][:n], a[t*step])
	}
}

// four32 goes four steps in every chain, with fma32 written out, which is too large to be inlined. It is a function of its
// own because the compiler then keeps in registers what the loop needs.
func four32(y, b0, b1, b2, b3 []float32, a0, a1, a2, a3 float32) {
	b0, b1, b2, b3 = b0[:len(y)], b1[:len(y)], b2[:len(y)], b3[:len(y)]
	wide0, wide1, wide2, wide3 := float64(a0), float64(a1), float64(a2), float64(a3)
	for j, v := range y {
		c := float64(v)
		s := wide0*float64(b0[j]) + c
		if doubtful(s) {
			s = float64(sumOdd(wide0*float64(b0[j]), c))
		}
		c = float64(float32(s))
		s = wide1*float64(b1[j]) + c
		if doubtful(s) {
			s = float64(sumOdd(wide1*float64(b1[j]), c))
		}
		c = float64(float32(s))
		s = wide2*float64(b2[j]) + c
		if doubtful(s) {
			s = float64(sumOdd(wide2*float64(b2[j]), c))
		}
		c = float64(float32(s))
		s = wide3*float64(b3[j]) + c
		if doubtful(s) {
			s = float64(sumOdd(wide3*float64(b3[j]), c))
		}
		y[j] = float32(s)
	}
}
