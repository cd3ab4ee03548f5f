package kernel

import (
	"math"
	"unsafe"
)

// The products in pure Go, the definition that every other row is held to. They go block by block: as many steps, rows and
// columns as a panel is wide, so that the nearest cache keeps the block of b.

const genericWidth = 64

func genericProducts[T Float]() *products[T] {
	return &products[T]{
		tile: tile{rows: 1, width: genericWidth, grain: genericGrain[T]()}, block: 4, zeros: make([]T, genericWidth),
		sums: genericSums[T], gradient: genericGradient[T], transpose: genericTranspose[T],
	}
}

// genericGrain is 4 for float64, and for float32 quickChains.
func genericGrain[T Float]() int {
	return 4 * quickChains / int(unsafe.Sizeof(T(0))) // a constant in each instantiation
}

func genericSums[T Float](c, from, a, b []T, m, n, k, step, width, panel int) {
	for i := range m {
		copy(c[i*n:][:n], from[i*step:])
	}
	for t := 0; t < k; t += width {
		goOn(c, a[t/width*panel:], b[t*n:], m, n, min(width, k-t), width, 1)
	}
}

func genericGradient[T Float](w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool) {
	var space [genericWidth * genericWidth]T
	sums := space[:m*n]
	if !begin {
		copy(sums, g)
	}
	for t := 0; t < k; t += genericWidth {
		goOn(sums, a[t*lanes:], b[t*n:], m, n, min(genericWidth, k-t), 1, lanes)
	}
	if !end {
		copy(g, sums)
		return
	}
	w = w[:len(sums)]
	for j, s := range sums {
		w[j] = FMA(rate, s, w[j])
	}
}

func genericTranspose[T Float](dst, src []T, dstride, sstride int) {
	grain := genericGrain[T]()
	for i := range grain {
		for j, v := range src[i*sstride:][:grain] {
			dst[j*dstride+i] = v
		}
	}
}

// goOn goes on with the sums c, for i < m and j < n, in t < k, which is at most genericWidth:
//
//	c[i*n+j] = fma(a[i*row+t*step], b[t*n+j], c[i*n+j])
func goOn[T Float](c, a, b []T, m, n, k, row, step int) {
	switch c := any(c).(type) {
	case []float64:
		goOn64(c, any(a).([]float64), any(b).([]float64), m, n, k, row, step)
	case []float32:
		goOn32(c, any(a).([]float32), any(b).([]float32), m, n, k, row, step)
	}
}

// goOn64 goes by four steps at a time: more sums at once than one, as registers would hold, only make the compiler spill
// them around each fma, which it may have to do without the instruction.
func goOn64(c, a, b []float64, m, n, k, row, step int) {
	for i := range m {
		steps64(c[i*n:][:n], a[i*row:], b, k, step)
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

// goOn32 is quick where it may be, which quick32 says, and where enough rows share the work of making b ready.
func goOn32(c, a, b []float32, m, n, k, row, step int) {
	if m < 4 {
		for i := range m {
			steps32(c[i*n:][:n], a[i*row:], b, n, k, step)
		}
		return
	}
	var q quick32
	q.setB(b, n, k)
	for i := range m {
		ai, y := a[i*row:], c[i*n:][:n]
		q.setA(ai, k, step)
		for j := 0; j < n; j += quickChains {
			if !q.goOn((*[quickChains]float32)(y[j:]), j) {
				steps32(y[j:][:quickChains], ai, b[j:], n, k, step)
			}
		}
	}
}

// steps32 is the definition: y[j] = fma(a[t*step], b[t*n+j], y[j]), step by step.
func steps32(y, a, b []float32, n, k, step int) {
	for t := range k {
		chain32(y, b[t*n:][:len(y)], a[t*step])
	}
}
