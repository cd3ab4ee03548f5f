package harness

import (
	"fmt"
	"iter"
	"math"
	"math/big"
	"unsafe"

	"github.com/samebits/samebits/kernel"
)

// way is a wrong way to compute an element.
type way[T kernel.Float] struct {
	name    string
	compute func(x *element[T]) T
}

// sumWay is a wrong way to compute start + a[0]*b[0] + ...
type sumWay[T kernel.Float] struct {
	name string
	sum  func(start T, a, b []T) T
}

// ways yields the ways that make sense for an element, the likelier ones first.
func (x *element[T]) ways() iter.Seq[way[T]] {
	return func(yield func(way[T]) bool) {
		for _, list := range []iter.Seq[way[T]]{x.ownWays(), x.sumWays()} {
			for w := range list {
				if !yield(w) {
					return
				}
			}
		}
	}
}

// listed yields ways.
func listed[T kernel.Float](ways ...way[T]) iter.Seq[way[T]] {
	return func(yield func(way[T]) bool) {
		for _, w := range ways {
			if !yield(w) {
				return
			}
		}
	}
}

// ownWays are those that are not about the order of a sum.
func (x *element[T]) ownWays() iter.Seq[way[T]] {
	switch x.phase {
	case PhaseUpdate:
		return listed(updateWays[T]()...)
	case PhaseSentBack:
		return listed(sentBackWays[T]()...)
	case PhaseDelta:
		return listed(deltaWays[T](x.activation)...)
	case PhaseError:
		return listed(
			way[T]{"the output less the target", func(x *element[T]) T { return x.y - x.target }},
			way[T]{flushedResults, func(x *element[T]) T { return flush(x.target - x.y) }},
			way[T]{flushedInputs, func(x *element[T]) T { return flush(x.target) - flush(x.y) }},
		)
	case PhaseActivation:
		return listed(
			way[T]{flushedResults, func(x *element[T]) T { return flush(x.right()) }},
			way[T]{flushedInputs, func(x *element[T]) T {
				return activate(reference[T](), flush(chain(x.start, x.a, x.b)), x.activation)
			}},
			way[T]{"no activation", func(x *element[T]) T { return chain(x.start, x.a, x.b) }},
		)
	}
	return listed[T]()
}

// sumWays are the ways of the element's sum, with the rest as it should be.
func (x *element[T]) sumWays() iter.Seq[way[T]] {
	switch x.phase {
	case PhaseForward, PhaseSentBack, PhaseUpdate:
	default:
		return listed[T]()
	}
	return func(yield func(way[T]) bool) {
		for s := range sumWays[T](len(x.a)) {
			w := way[T]{s.name, func(x *element[T]) T {
				z := s.sum(x.start, x.a, x.b)
				switch x.phase {
				case PhaseForward:
					return activate(reference[T](), z, x.activation)
				case PhaseUpdate:
					return kernel.FMA(x.perSample(), z, x.w)
				}
				return z
			}}
			if !yield(w) {
				return
			}
		}
	}
}

const (
	unfusedProducts = "the products are rounded before they are added (not fused)"
	flushedResults  = "subnormal results are flushed to zero"
	flushedInputs   = "subnormal inputs are taken for zero"
	higherPrecision = "computed with more precision and rounded at the end"
	doubleRounding  = "each fma is computed in float64 and rounded again to float32"
)

// sumWays yields wrong ways for a sum of n terms.
func sumWays[T kernel.Float](n int) iter.Seq[sumWay[T]] {
	return func(yield func(sumWay[T]) bool) {
		ways := []sumWay[T]{
			{unfusedProducts, apart[T]},
			{flushedResults, flushing[T](flush[T], keep[T])},
			{flushedInputs, flushing[T](keep[T], flush[T])},
			{"subnormal inputs and results are taken for zero", flushing[T](flush[T], flush[T])},
			{"the bias is added last", func(start T, a, b []T) T { return chain(0, a, b) + start }},
		}
		if isSingle[T]() {
			ways = append(ways, sumWay[T]{doubleRounding, twice[T]})
		}
		for _, w := range ways {
			if !yield(w) {
				return
			}
		}
		for i := range swaps(n) {
			if !yield(swapped[T](i)) {
				return
			}
		}
		more := []sumWay[T]{{"the sum goes from the last term to the first", reversed[T]}, {higherPrecision, precise[T]}}
		for _, w := range append(more, laneWays[T](n)...) {
			if !yield(w) {
				return
			}
		}
	}
}

// apart rounds each product by itself.
func apart[T kernel.Float](z T, a, b []T) T {
	for i, v := range a {
		z += product(v, b[i])
	}
	return z
}

// product is rounded, whatever is done with it: no compiler looks into a call that is not inlined.
//
//go:noinline
func product[T kernel.Float](a, b T) T { return a * b }

func keep[T kernel.Float](v T) T { return v }

// flush makes a subnormal number a zero of its sign.
func flush[T kernel.Float](v T) T {
	normal := 0x1p-1022
	if isSingle[T]() {
		normal = 0x1p-126
	}
	if math.Abs(float64(v)) < normal {
		return v * 0
	}
	return v
}

func isSingle[T kernel.Float]() bool { return unsafe.Sizeof(T(0)) == 4 }

// flushing is a chain with something done to each result and to each input.
func flushing[T kernel.Float](result, input func(T) T) func(start T, a, b []T) T {
	return func(z T, a, b []T) T {
		for i, v := range a {
			z = result(kernel.FMA(input(v), input(b[i]), input(z)))
		}
		return z
	}
}

// twice is what is taken for a float32 fma where there is none.
func twice[T kernel.Float](z T, a, b []T) T {
	for i, v := range a {
		z = T(math.FMA(float64(v), float64(b[i]), float64(z))) // the product is exact, so that fused or not is the same
	}
	return z
}

// swaps is how many pairs of neighbours to try in a sum of n terms, which takes n times as long.
func swaps(n int) int {
	const work = 1 << 22
	return max(0, min(n-1, work/max(n, 1)))
}

// swapped exchanges terms i and i+1.
func swapped[T kernel.Float](i int) sumWay[T] {
	return sumWay[T]{fmt.Sprintf("terms %d and %d of the sum are exchanged", i, i+1), func(z T, a, b []T) T {
		for k := range a {
			at := k
			if i+1 < len(a) && (k == i || k == i+1) {
				at = 2*i + 1 - k
			}
			z = kernel.FMA(a[at], b[at], z)
		}
		return z
	}}
}

func reversed[T kernel.Float](z T, a, b []T) T {
	for i := len(a) - 1; i >= 0; i-- {
		z = kernel.FMA(a[i], b[i], z)
	}
	return z
}

// precise adds with more bits: float32 in float64, float64 in 200 bits.
func precise[T kernel.Float](start T, a, b []T) T {
	if isSingle[T]() {
		z := float64(start)
		for i, v := range a {
			z = math.FMA(float64(v), float64(b[i]), z)
		}
		return T(z)
	}
	if !kernel.Finite(a) || !kernel.Finite(b) || !kernel.Finite([]T{start}) {
		return T(math.NaN())
	}
	z := new(big.Float).SetPrec(200).SetFloat64(float64(start))
	for i, v := range a {
		term := new(big.Float).SetFloat64(float64(v))
		z.Add(z, term.SetPrec(200).Mul(term, new(big.Float).SetFloat64(float64(b[i]))))
	}
	sum, _ := z.Float64()
	return T(sum)
}

// laneSum is a sum of vectors: several partial sums, which are added in the end.
type laneSum[T kernel.Float] struct {
	lanes int
	dealt bool                  // terms to the lanes in turn, else each lane gets neighbours
	add   func(z T, a, b []T) T // a term to a lane
	fold  func([]T) T           // the lanes into one
	last  bool                  // the bias is added last, else it is in the first lane
}

func (l laneSum[T]) sum(start T, a, b []T) T {
	sums := make([]T, l.lanes)
	if !l.last {
		sums[0] = start
	}
	for i := range a {
		lane := i * l.lanes / len(a)
		if l.dealt {
			lane = i % l.lanes
		}
		sums[lane] = l.add(sums[lane], a[i:i+1], b[i:i+1])
	}
	if l.last {
		return l.fold(sums) + start
	}
	return l.fold(sums)
}

// laneWays returns what makes sense for a sum of n terms.
func laneWays[T kernel.Float](n int) (ways []sumWay[T]) {
	folds := []struct {
		name string
		fold func([]T) T
	}{{"in order", inOrder[T]}, {"half by half", halves[T]}, {"pair by pair", pairs[T]}}
	for lanes := 2; lanes <= 32 && lanes < 2*n; lanes *= 2 {
		for _, f := range folds {
			if lanes > 2 || f.name == "in order" { // two lanes are added in one way
				ways = append(ways, lanesAdded(lanes, f.name, f.fold)...)
			}
		}
	}
	return ways
}

// lanesAdded returns the sums over so many lanes that end in this way.
func lanesAdded[T kernel.Float](lanes int, name string, fold func([]T) T) (ways []sumWay[T]) {
	for i := range 8 {
		s := laneSum[T]{lanes: lanes, dealt: i&4 == 0, add: chain[T], fold: fold, last: i&1 != 0}
		words := fmt.Sprintf("the sum is split over %d lanes", lanes)
		if !s.dealt {
			words += " of neighbouring terms"
		}
		words += ", added " + name
		if i&2 != 0 {
			s.add = apart[T]
			words += ", products not fused"
		}
		if s.last {
			words += ", then the bias"
		}
		ways = append(ways, sumWay[T]{words, s.sum})
	}
	return ways
}

// halves adds the upper half to the lower, until one is left.
func halves[T kernel.Float](v []T) T {
	for ; len(v) > 1; v = v[:len(v)/2] {
		for i := range len(v) / 2 {
			v[i] += v[i+len(v)/2]
		}
	}
	return v[0]
}

// pairs adds neighbours, until one is left.
func pairs[T kernel.Float](v []T) T {
	for ; len(v) > 1; v = v[:len(v)/2] {
		for i := range len(v) / 2 {
			v[i] = v[2*i] + v[2*i+1]
		}
	}
	return v[0]
}

func inOrder[T kernel.Float](v []T) T {
	for _, w := range v[1:] {
		v[0] += w
	}
	return v[0]
}

// updateWays are wrong ways to move a weight.
func updateWays[T kernel.Float]() []way[T] {
	gradient := func(x *element[T]) T { return chain(0, x.a, x.b) }
	ways := []way[T]{
		{"the product of rate and gradient is rounded before it is added to the weight (not fused)", func(x *element[T]) T {
			return x.w + product(x.perSample(), gradient(x))
		}},
		{"no product is fused, neither in the gradient nor with the rate", func(x *element[T]) T {
			return x.w + product(x.perSample(), apart(0, x.a, x.b))
		}},
		{"the rate is multiplied into the deltas first", func(x *element[T]) T { return chain(x.w, scaled(x.a, x.perSample()), x.b) }},
		{"the rate is multiplied into the deltas first, products not fused", func(x *element[T]) T {
			return apart(x.w, scaled(x.a, x.perSample()), x.b)
		}},
		{"the rate is multiplied into the inputs first", func(x *element[T]) T { return chain(x.w, x.a, scaled(x.b, x.perSample())) }},
		{"the rate is multiplied into the inputs first, products not fused", func(x *element[T]) T {
			return apart(x.w, x.a, scaled(x.b, x.perSample()))
		}},
		{"the rate by the number of samples is computed in the network's type", func(x *element[T]) T {
			return kernel.FMA(T(x.rate)/T(x.samples), gradient(x), x.w)
		}},
		{"the gradient is divided by the number of samples, not the rate", func(x *element[T]) T {
			return kernel.FMA(T(x.rate), gradient(x)/T(x.samples), x.w)
		}},
		{"the rate is not divided by the number of samples", func(x *element[T]) T { return kernel.FMA(T(x.rate), gradient(x), x.w) }},
		{"the weight is moved by each sample in turn", func(x *element[T]) T {
			w := x.w
			for i, v := range x.a {
				w = kernel.FMA(x.perSample(), kernel.FMA(v, x.b[i], 0), w)
			}
			return w
		}},
		{flushedResults, func(x *element[T]) T {
			return flush(kernel.FMA(x.perSample(), flushing(flush[T], keep[T])(0, x.a, x.b), x.w))
		}},
		{flushedInputs, func(x *element[T]) T {
			return kernel.FMA(flush(x.perSample()), flush(flushing(keep[T], flush[T])(0, x.a, x.b)), flush(x.w))
		}},
		{"the weight stays as it was", func(x *element[T]) T { return x.w }},
	}
	if isSingle[T]() {
		ways = append(ways, way[T]{doubleRounding, func(x *element[T]) T {
			return twice(x.w, []T{x.perSample()}, []T{gradient(x)})
		}}, way[T]{higherPrecision, func(x *element[T]) T {
			z := 0.0
			for i, v := range x.a {
				z = math.FMA(float64(v), float64(x.b[i]), z)
			}
			return T(math.FMA(float64(x.perSample()), z, float64(x.w)))
		}})
	}
	return ways
}

// scaled returns each value times c, rounded.
func scaled[T kernel.Float](values []T, c T) []T {
	s := make([]T, len(values))
	for i, v := range values {
		s[i] = product(v, c)
	}
	return s
}

// sentBackWays are wrong ways to send an error back, but for those of its sum.
func sentBackWays[T kernel.Float]() []way[T] {
	return []way[T]{
		{"the error goes back through the weights after their update", func(x *element[T]) T {
			if x.moved == nil {
				return chain(0, x.a, x.b)
			}
			return chain(0, x.moved, x.b)
		}},
		{"the other rule: errors in place of deltas, or deltas in place of errors", func(x *element[T]) T { return chain(0, x.a, x.other) }},
	}
}

// deltaWays are wrong ways to multiply an error by the slope of an activation.
func deltaWays[T kernel.Float](act kernel.Activation) []way[T] {
	flushes := []way[T]{
		{flushedResults, func(x *element[T]) T {
			if x.activation == kernel.Sigmoid {
				return flush(flush(x.e*x.y) * flush(1-x.y))
			}
			return flush(x.right())
		}},
		{flushedInputs, func(x *element[T]) T {
			daz := *x
			daz.e, daz.y = flush(x.e), flush(x.y)
			return daz.right()
		}},
	}
	switch act {
	case kernel.Sigmoid:
		return append(flushes,
			way[T]{"the slope y*(1-y) is computed first", func(x *element[T]) T { return product(x.e, product(x.y, 1-x.y)) }},
			way[T]{"the error is multiplied by 1-y first", func(x *element[T]) T { return product(product(x.e, 1-x.y), x.y) }},
			way[T]{"the slope is y-y*y, fused", func(x *element[T]) T { return x.e * kernel.FMA(-x.y, x.y, x.y) }},
			way[T]{"the slope is y-y*y, not fused", func(x *element[T]) T { return x.e * (x.y - product(x.y, x.y)) }},
			way[T]{"the product is e*y-(e*y)*y, fused", func(x *element[T]) T { ey := product(x.e, x.y); return kernel.FMA(-ey, x.y, ey) }},
		)
	case kernel.Tanh:
		return append(flushes,
			way[T]{"the slope 1-y*y is not fused", func(x *element[T]) T { return x.e * (1 - product(x.y, x.y)) }},
			way[T]{"the slope is (1-y)*(1+y)", func(x *element[T]) T { return x.e * product(1-x.y, 1+x.y) }},
			way[T]{"the product is e-(e*y)*y, fused", func(x *element[T]) T { return kernel.FMA(-product(x.e, x.y), x.y, x.e) }},
		)
	case kernel.ReLU:
		return append(flushes, way[T]{"the slope is 1 at 0", func(x *element[T]) T {
			if x.y >= 0 {
				return x.e
			}
			return 0
		}})
	}
	return flushes
}
