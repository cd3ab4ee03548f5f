//go:build faults

package kernel

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/samebits/samebits/internal/fpcontrol"
)

// Faults put in on purpose, to prove that they are found. Each is a row of its own: the reference with a few routines
// replaced. What a fault does depends on the numbers alone, so that a replay shows it again, on any machine and with any
// number of threads.
//
//	fault-flip            one bit of an output of a layer, 1 in 2^13 outputs
//	fault-swap            the first two terms of each sum of the forward product in the other order
//	fault-unfused         the products of the forward product rounded before they are added
//	fault-unfused-back    those of the error sent back, online
//	fault-unfused-update  those of the rate with the gradient
//	fault-order           another order of the samples, if it is drawn
//	fault-ftz             subnormal results become zero
//
// Batches have one routine for the forward product and the error sent back: fault-swap and fault-unfused change both there,
// fault-unfused-back neither.

// faultRows returns a row for each fault.
func faultRows() []row {
	return []row{
		faultRow("fault-flip", flipped[float32], flipped[float64]),
		faultRow("fault-swap", swapped[float32], swapped[float64]),
		faultRow("fault-unfused", unfused[float32], unfused[float64]),
		faultRow("fault-unfused-back", unfusedBack[float32], unfusedBack[float64]),
		faultRow("fault-unfused-update", unfusedUpdate[float32], unfusedUpdate[float64]),
		misordered(faultRow("fault-order", nil, nil)),
		faultRow("fault-ftz", flushed[float32], flushed[float64]),
	}
}

// Faults returns the names of the rows that are faults put in on purpose. Only a build with the tag faults has it.
func Faults() []string { return namesOf(hidden) }

// faultRow returns the reference under another name, with a fault. It takes every network alone, since many in lanes have
// routines of their own.
func faultRow(name string, f32 func(*Kernel[float32]), f64 func(*Kernel[float64])) row {
	r := row{generic32(), generic64(), genericRandom()}
	r.f32.name, r.f64.name, r.random.name = name, name, name
	r.f32.lanes, r.f64.lanes = &lanesRoutines[float32]{lanes: 1}, &lanesRoutines[float64]{lanes: 1}
	if f32 != nil {
		f32(r.f32)
		f64(r.f64)
	}
	return r
}

// flipped flips a bit of an output now and then, of layers with an activation. ForwardBatch, which narrow networks are
// evaluated with, is left as it is, so that a step of their training is what shows the fault.
func flipped[T Float](k *Kernel[T]) {
	forward, update := k.forward, k.update
	k.activate = func(dst, z []T, act Activation) {
		activate(dst, z, act)
		if act != Identity {
			flip(dst)
		}
	}
	k.forward = func(y, x, w, b []T, act Activation) {
		forward(y, x, w, b, Identity)
		k.activate(y, y, act)
	}
	k.updateForward = updateThen(update, k.forward)
}

// flip flips the bit in the middle of the fraction of those elements whose bits, taken for a number, give a product with
// zeros on top.
func flip[T Float](y []T) {
	const factor, zeros = 0x94d049bb133111eb, 13 // by SplitMix64
	for i, v := range y {
		if v == 0 || wordOf(v)*factor>>(64-zeros) != 0 {
			continue
		}
		switch p := any(&y[i]).(type) {
		case *float64:
			*p = math.Float64frombits(math.Float64bits(*p) ^ 1<<26)
		case *float32:
			*p = math.Float32frombits(math.Float32bits(*p) ^ 1<<11)
		}
	}
}

// swapped changes the places of the first two terms of each sum of a forward product.
func swapped[T Float](k *Kernel[T]) {
	sum[T]{fused[T], func(i, n int) int {
		if i < 2 && n >= 2 {
			return 1 - i
		}
		return i
	}}.replace(k)
}

// unfused rounds each product of a forward product before it is added.
func unfused[T Float](k *Kernel[T]) { sum[T]{apart[T], inOrder}.replace(k) }

// unfusedBack rounds each product of an error sent back before it is added.
func unfusedBack[T Float](k *Kernel[T]) { k.sendBackUpdate = sendBackThen(apart[T], fused[T]) }

// unfusedUpdate rounds each product of the rate with the gradient before it is added to the weight.
func unfusedUpdate[T Float](k *Kernel[T]) {
	k.update = func(w, b, delta, x []T, rate T) {
		for i, xi := range x {
			move(w[i*len(delta):][:len(delta)], delta, xi, rate, apart[T])
		}
		move(b, delta, 1, rate, apart[T])
	}
	k.updateForward = updateThen(k.update, k.forward)
	k.sendBackUpdate = sendBackThen(fused[T], apart[T])
	k.products.gradient = gradientApart[T]
}

// gradientApart is products.gradient: the sums as they should be, one row of them at a time, then the update.
func gradientApart[T Float](w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool) {
	var space [genericWidth]T
	for i := range m {
		sums, row := space[:n], w[i*n:][:n]
		if !begin {
			copy(sums, g[i*n:])
		}
		genericGradient(row, sums, a[i:], b, 1, n, k, lanes, rate, begin, false)
		if end {
			apart(row, sums, rate)
		} else {
			copy(g[i*n:], sums)
		}
	}
}

// adder adds products to sums: y[i] += a * x[i].
type adder[T Float] func(y, x []T, a T)

// fused adds as it should be.
func fused[T Float](y, x []T, a T) {
	for i, v := range x {
		y[i] = FMA(a, v, y[i])
	}
}

// apart rounds the products first, in a function that is not inlined, so that no compiler fuses them.
func apart[T Float](y, x []T, a T) {
	for i, v := range x {
		y[i] += productOf(a, v)
	}
}

// move updates some weights: w[i] += rate * fma(v[i], a, +0).
func move[T Float](w, v []T, a, rate T, add adder[T]) {
	for i := range w {
		add(w[i:][:1], []T{FMA(v[i], a, 0)}, rate)
	}
}

// updateThen returns updateForward, of an update and a forward product.
func updateThen[T Float](update func(w, b, delta, x []T, rate T), forward func(y, x, w, b []T, act Activation),
) func(y, w, b, delta, last, x []T, rate T, act Activation) {
	return func(y, w, b, delta, last, x []T, rate T, act Activation) {
		update(w, b, delta, last, rate)
		forward(y, x, w, b, act)
	}
}

// sendBackThen returns sendBackUpdate, with a way to add for the error sent back and one for the update.
func sendBackThen[T Float](back, update adder[T]) func(g, wt, v, delta, x []T, rate T) {
	return func(g, wt, v, delta, x []T, rate T) {
		clear(g)
		for j, vj := range v {
			row := wt[j*len(g):][:len(g)]
			back(g, row, vj)
			move(row, x, delta[j], rate, update)
		}
	}
}

// sum is a way to compute the sums of a forward product.
type sum[T Float] struct {
	add   adder[T]
	place func(i, n int) int // of the i-th term to add, of n
}

func inOrder(i, _ int) int { return i }

// replace makes k compute its forward products so.
func (s sum[T]) replace(k *Kernel[T]) {
	k.forward, k.forwardBatch = s.forward, s.forwardBatch
	k.updateForward = updateThen(k.update, k.forward)
	k.products.sums = s.sums
}

func (s sum[T]) forward(y, x, w, b []T, act Activation) {
	start(y, b)
	for i := range x {
		t := s.place(i, len(x))
		s.add(y, w[t*len(y):][:len(y)], x[t])
	}
	activate(y, y, act)
}

func (s sum[T]) forwardBatch(y, x, w, b []T, n int, act Activation) {
	inputs, outputs := len(x)/n, len(y)/n
	stride := rowLength(len(w), inputs, outputs)
	first := make([]T, outputs)
	copy(first, b)
	for j, v := range first {
		row := y[j*n:][:n]
		for i := range row {
			row[i] = v
		}
		for i := range inputs {
			t := s.place(i, inputs)
			s.add(row, x[t*n:][:n], w[t*stride+j])
		}
	}
	activate(y, y, act)
}

// sums is products.sums. step is 0 for the first terms alone.
func (s sum[T]) sums(c, from, a, b []T, m, n, k, step, width, panel int) {
	for i := range m {
		y := c[i*n:][:n]
		copy(y, from[i*step:])
		for t := range k {
			if step == 0 {
				t = s.place(t, k)
			}
			s.add(y, b[t*n:][:n], a[t/width*panel+i*width+t%width])
		}
	}
}

// misordered draws indices from the high bits of the words in place of the low ones. Permutations are numpyrand's affair.
func misordered(r row) row {
	r.random.below = func(dst *int, words *uint32, n int, bound uint32) int {
		kept, all := 0, unsafe.Slice(dst, n)
		for _, w := range unsafe.Slice(words, n) {
			if v := w >> bits.LeadingZeros32(bound); v <= bound {
				all[kept] = int(v)
				kept++
			}
		}
		return kept
	}
	return r
}

// flushed computes everything with subnormal results made zero.
func flushed[T Float](k *Kernel[T]) {
	was, products := *k, *k.products
	k.forward = func(y, x, w, b []T, act Activation) {
		flushing(func() { was.forward(y, x, w, b, act) }, y)
	}
	k.forwardBatch = func(y, x, w, b []T, n int, act Activation) {
		flushing(func() { was.forwardBatch(y, x, w, b, n, act) }, y)
	}
	k.update = func(w, b, delta, x []T, rate T) {
		flushing(func() { was.update(w, b, delta, x, rate) }, w, b)
	}
	k.updateForward = updateThen(k.update, k.forward)
	k.sendBackUpdate = func(g, wt, v, delta, x []T, rate T) {
		flushing(func() { was.sendBackUpdate(g, wt, v, delta, x, rate) }, g, wt)
	}
	k.delta = func(delta, e, y []T, act Activation) {
		flushing(func() { was.delta(delta, e, y, act) }, delta)
	}
	k.activate = func(dst, z []T, act Activation) {
		flushing(func() { was.activate(dst, z, act) }, dst)
	}
	k.exp = func(dst, x []T) {
		flushing(func() { was.exp(dst, x) }, dst)
	}
	k.products.sums = func(c, from, a, b []T, m, n, k, step, width, panel int) {
		flushing(func() { products.sums(c, from, a, b, m, n, k, step, width, panel) }, c[:m*n])
	}
	k.products.gradient = func(w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool) {
		to := w
		if !end {
			to = g
		}
		flushing(func() { products.gradient(w, g, a, b, m, n, k, lanes, rate, begin, end) }, to[:m*n])
	}
}

// flushing calls compute with flush-to-zero switched on, in this thread's register and for this call alone: the state at
// the start of the program was the right one. Where the register cannot be set, the results are flushed afterwards.
func flushing[T Float](compute func(), results ...[]T) {
	if fpcontrol.Available {
		fpcontrol.With(0, fpcontrol.FlushToZero, compute)
		return
	}
	compute()
	for _, r := range results {
		flush(r)
	}
}

// flush makes subnormal elements zeros of their sign.
func flush[T Float](y []T) {
	normal := T(limits64.normal)
	if unsafe.Sizeof(normal) == 4 {
		normal = T(limits32.normal)
	}
	for i, v := range y {
		if -normal < v && v < normal {
			y[i] = v * 0
		}
	}
}
