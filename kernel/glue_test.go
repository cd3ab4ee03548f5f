//go:build !purego && (amd64 || arm64)

package kernel

import (
	"fmt"
	"math"
	"unsafe"
)

// A row of routines in Go, one loop after the other: what makes a kernel of a row's routines is tested by it, whatever
// the CPU. The routines hold their caller to what assembly relies on: pointers, bounds, what stands in a destination.

func init() {
	testRows = append(testRows, row{
		kernelOf("glue", 4, finish32, glueRoutines[float32]()),
		kernelOf("glue", 2, finish64, glueRoutines[float64]()),
		&Random{name: "glue", twist: twist},
	})
}

func glueRoutines[T Float]() *routines[T] {
	return &routines[T]{
		forward: glueForward[T], updateForward: glueUpdateForward[T], update: glueUpdate[T],
		sendBackUpdate: glueSendBackUpdate[T], forwardBatch: glueForwardBatch[T],
		delta: glueDelta[T], activate: glueActivate[T], exp: glueExp[T], split: glueSplit[T], join: glueJoin[T],
		tiny: glueTiny[T], products: glueProducts[T](),
	}
}

// elem returns the address of p[i].
func elem[T any](p *T, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), i*int(unsafe.Sizeof(*p))))
}

// bounded panics where a call would take too long, a row of few columns counted as one of minColumns. A product over
// samples may be eight times as long.
func bounded(columns, weights, times int) {
	if columns > maxColumns || weights > times*maxWeights {
		panic(fmt.Sprintf("glue: %d columns and %d weights in one call", columns, weights))
	}
}

// legal panics where a pointer is neither nil nor possible: the run-time system may meet it on a stack and throw.
func legal[T any](pointers ...*T) {
	for _, p := range pointers {
		if a := uintptr(unsafe.Pointer(p)); 0 < a && a < 4096 {
			panic(fmt.Sprintf("glue: the pointer %#x", a))
		}
	}
}

func glueForward[T Float](y, w, x *T, k, j, stride, act int) int {
	legal(y, w, x)
	bounded(j, k*max(j, minColumns), 1)
	for i := range k {
		for o := range j {
			*elem(y, o) = FMA(*elem(w, i*stride+o), *elem(x, i), *elem(y, o))
		}
	}
	return glueActivation(y, y, j, act)
}

func glueUpdateForward[T Float](y, w, delta, last, x *T, k, j, stride int, rate T, act int) int {
	glueUpdate(w, delta, last, k, j, stride, rate)
	return glueForward(y, w, x, k, j, stride, act)
}

func glueUpdate[T Float](w, delta, x *T, k, j, stride int, rate T) {
	legal(w, delta, x)
	bounded(j, k*max(j, minColumns), 1)
	for i := range k {
		for o := range j {
			p := elem(w, i*stride+o)
			*p = FMA(rate, FMA(*elem(delta, o), *elem(x, i), 0), *p)
		}
	}
}

func glueSendBackUpdate[T Float](g, w, v, delta, x *T, j, k, stride int, rate T) {
	legal(g, w, v, delta, x)
	bounded(k, j*max(k, minColumns), 1)
	for o := range j {
		for i := range k {
			p := elem(w, o*stride+i)
			*elem(g, i) = FMA(*p, *elem(v, o), *elem(g, i))
			*p = FMA(rate, FMA(*elem(delta, o), *elem(x, i), 0), *p)
		}
	}
}

func glueForwardBatch[T Float](y, w, x *T, k, j, n, ystride, wstride, xstride int) {
	legal(y, w, x)
	bounded(n, k*max(j, 4)*max(n, minColumns), 8)
	for o := range j {
		for s := range n {
			z := elem(y, o*ystride+s)
			for i := range k {
				*z = FMA(*elem(w, i*wstride+o), *elem(x, i*xstride+s), *z)
			}
		}
	}
}

func glueDelta[T Float](d, e, y *T, n, act int) {
	legal(d, e, y)
	glueElements(n)
	delta(unsafe.Slice(d, n), unsafe.Slice(e, n), unsafe.Slice(y, n), Activation(act))
}

func glueActivate[T Float](dst, z *T, n, act int) int {
	legal(dst, z)
	glueElements(n)
	return glueActivation(dst, z, n, act)
}

func glueExp[T Float](dst, x *T, n int) {
	legal(dst, x)
	glueElements(n)
	exp(unsafe.Slice(dst, n), unsafe.Slice(x, n))
}

func glueSplit[T Float](even, odd, pairs *T, n int) {
	legal(even, odd, pairs)
	gluePairs[T](n)
	split(unsafe.Slice(even, n), unsafe.Slice(odd, n), unsafe.Slice(pairs, 2*n))
}

func glueJoin[T Float](pairs, even, odd *T, n int) {
	legal(pairs, even, odd)
	gluePairs[T](n)
	join(unsafe.Slice(pairs, 2*n), unsafe.Slice(even, n), unsafe.Slice(odd, n))
}

// gluePairs panics where there are not whole vectors.
func gluePairs[T Float](n int) {
	glueElements(n)
	if width := int(16 / unsafe.Sizeof(T(0))); n%width != 0 {
		panic(fmt.Sprintf("glue: %d pairs in one call, %d in a vector", n, width))
	}
}

func glueElements(n int) {
	if n < 1 || n > maxElements {
		panic(fmt.Sprintf("glue: %d elements in one call", n))
	}
}

// glueActivation leaves undone what assembly may leave undone.
func glueActivation[T Float](dst, z *T, n, act int) (rare int) {
	if Activation(act) != Sigmoid {
		activate(unsafe.Slice(dst, n), unsafe.Slice(z, n), Activation(act))
		return 0
	}
	for i := range n {
		y, undone := glueSigmoid(*elem(z, i))
		if *elem(dst, i) = y; undone {
			rare = 1
		}
	}
	return rare
}

// glueSigmoid returns the sigmoid of z, or z as finish expects it.
func glueSigmoid[T Float](z T) (y T, undone bool) {
	if !is32[T]() {
		if !(z >= -36 && z <= 708) {
			return z, true
		}
		return sigmoid(z), false
	}
	v := sigmoid64(float64(z))
	half := math.Float64bits(v)&(1<<29-1) - 1<<28 // from half-way between two float32
	if half+8 <= 16 && -0x1p-8 < z && z < 0x1p-8 {
		return z * 0x1p60, true
	}
	return T(float32(v)), false
}

// glueTiny goes on while all sums are ordinary.
func glueTiny[T Float](t *tinyState[T], order *int, n int) int {
	if n > tinySteps {
		panic(fmt.Sprintf("glue: %d steps in one call", n))
	}
	for done := range n {
		if !glueTinyStep(t, *elem(order, done)) {
			return done
		}
	}
	return n
}

// glueTinyStep works in all places of a layer, used or not, as a vector does.
func glueTinyStep[T Float](t *tinyState[T], sample int) bool {
	const n = TinyUnits
	x := elem((*T)(t.x), sample*t.inputs)
	label := *elem((*int)(t.label), sample)
	h, ok := glueTinyLayer(&t.b1, &t.w1, x, t.inputs)
	if !ok {
		return false
	}
	o, ok := glueTinyLayer(&t.b2, &t.w2, &h[0], t.units)
	if !ok {
		return false
	}
	var e, d1, d2, g [n]T
	for j := range n {
		e[j] = t.targets[label][j] - o[j]
		d2[j] = T(e[j]*o[j]) * T(1-o[j])
	}
	for j := range t.outputs {
		v := d2[j]
		if t.raw != 0 {
			v = e[j]
		}
		for i := range n {
			g[i] = FMA(t.w2t[j][i], v, g[i])
		}
	}
	for i := range n {
		d1[i] = T(g[i]*h[i]) * T(1-h[i])
	}
	for i := range t.units {
		glueUpdate(&t.w2[i][0], &d2[0], &h[i], 1, n, n, t.rate[0])
	}
	for j := range t.outputs {
		for i := range n {
			t.w2t[j][i] = t.w2[i][j]
		}
	}
	glueUpdate(&t.w1[0][0], &d1[0], x, t.inputs, n, n, t.rate[0])
	one := T(1)
	glueUpdate(&t.b1[0], &d1[0], &one, 1, n, n, t.biased[0])
	glueUpdate(&t.b2[0], &d2[0], &one, 1, n, n, t.biased[0])
	return true
}

func glueTinyLayer[T Float](b *[TinyUnits]T, w *[TinyUnits][TinyUnits]T, x *T, inputs int) (y [TinyUnits]T, ok bool) {
	y = *b
	glueForward(&y[0], &w[0][0], x, inputs, TinyUnits, TinyUnits, int(Identity))
	for i, z := range y {
		v, undone := glueSigmoid(z)
		if undone {
			return y, false
		}
		y[i] = v
	}
	return y, true
}

// glueProducts hands on to the products in Go, with panels of another width. The slices are as long as what a routine may
// touch.
func glueProducts[T Float]() *products[T] {
	g := genericProducts[T]()
	shape := tile{rows: 4, width: 24, grain: g.grain}
	sums := func(c, from, a, b *T, m, n, k, step, width, panel int) {
		legal(c, from, a, b)
		glueShape(shape, m, n)
		rows := (m-1)*step + n
		g.sums(unsafe.Slice(c, m*n), unsafe.Slice(from, rows), unsafe.Slice(a, (k-1)/width*panel+m*width), unsafe.Slice(b, k*n),
			m, n, k, step, width, panel)
	}
	gradient := func(w, sum, a, b *T, m, n, k, lanes int, rate T, begin, end bool) {
		legal(w, sum, a, b)
		glueShape(shape, m, n)
		var sums []T
		if !begin || !end {
			sums = unsafe.Slice(sum, m*n)
		}
		g.gradient(unsafe.Slice(w, m*n), sums, unsafe.Slice(a, (k-1)*lanes+m), unsafe.Slice(b, k*n), m, n, k, lanes, rate, begin, end)
	}
	transpose := func(dst, src *T, dstride, sstride int) {
		legal(dst, src)
		n := shape.grain
		g.transpose(unsafe.Slice(dst, (n-1)*dstride+n), unsafe.Slice(src, (n-1)*sstride+n), dstride, sstride)
	}
	return productsOf(shape, sums, gradient, transpose)
}

func glueShape(t tile, m, n int) {
	if m < 1 || m%t.rows != 0 || n < 1 || n%t.grain != 0 || n > t.width {
		panic(fmt.Sprintf("glue: %d rows, %d columns in one call", m, n))
	}
}
