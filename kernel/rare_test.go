package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// rareSums returns sums whose sigmoid a row may leave to other code than the ordinary ones: where the middle recipe does
// not hold, and for float32 small ones that lie next to half-way between two results.
func rareSums[T Float](t *testing.T) (z []T) {
	list := []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0, math.Copysign(0, -1)}
	for _, seam := range []float64{-36, -37, -64, -87, -103, -103.5, -104, -105, -150, -700, -708, -709, -745, -746, -747, -1e30,
		36, 64, 65, 88.8, 104, 700, 708, 709, 709.8, 710, 746, 1e30, 0x1p-8, -0x1p-8} {
		for _, f := range []float64{1, 1 + epsilon[T](), 1 - epsilon[T](), 1.01} {
			list = append(list, float64(seam*f))
		}
	}
	for _, v := range list {
		z = append(z, T(v))
	}
	z = append(z, smallest[T](), -smallest[T](), largest[T](), -largest[T]())
	if is32[T]() {
		for _, c := range readHard(t) {
			if c.name == "sigmoid" {
				z = append(z, T(c.x))
			}
		}
	}
	return z
}

// A sum with its sigmoid.
type summed[T Float] struct{ z, y T }

func withSigmoid[T Float](zs []T) (list []summed[T]) {
	for _, z := range zs {
		list = append(list, summed[T]{z, wantActivation(z, Sigmoid)})
	}
	return list
}

// Rare sums in each place of a vector and of its tail, one or some among ordinary ones.
func TestRareSums(t *testing.T) { eachKernel(t, testRareSums[float32], testRareSums[float64]) }

func testRareSums[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 80))
	rare := withSigmoid(rareSums[T](t))
	var ordinary []T
	for range 500 {
		ordinary = append(ordinary, T(3*rnd.NormFloat64()))
	}
	pool := withSigmoid(ordinary)
	pick := func(from []summed[T]) summed[T] { return from[rnd.IntN(len(from))] }
	z, y := make([]T, 0, 9000), make([]T, 0, 9000)
	try := func(n int, isRare func(i int) bool) {
		z, y = z[:n], y[:n]
		for i := range z {
			s := pick(pool)
			if isRare(i) {
				s = pick(rare)
			}
			z[i], y[i] = s.z, s.y
		}
		sigmoidEverywhere(t, k, z, y)
	}
	for n := 1; n < 68; n++ {
		try(n, func(int) bool { return rnd.IntN(4) == 0 })
		try(n, func(i int) bool { return i == n-1 })
		try(n, func(i int) bool { return i == n/2 })
	}
	for place := range 67 {
		try(67, func(i int) bool { return i == place })
	}
	for i := range rare { // each of them, with everything else
		try(33, func(int) bool { return rnd.IntN(9) == 0 })
		z, y = z[:33], y[:33]
		z[i%33], y[i%33] = rare[i].z, rare[i].y
		sigmoidEverywhere(t, k, z, y)
	}
	for _, place := range []int{5, 20, 600, 4096, 8191, 8192, 8999} { // in one of the blocks that a row works in
		try(9000, func(i int) bool { return i == place })
	}
	for _, n := range []int{200, 513, 700} {
		try(n, func(i int) bool { return rnd.IntN(50) == 0 })
		try(n, func(int) bool { return true })
	}
}

// sigmoidEverywhere lets each operation that ends in a sigmoid come to the sums z, and compares its outputs with y.
func sigmoidEverywhere[T Float](t *testing.T, k *Kernel[T], z, y []T) {
	t.Helper()
	n := len(z)
	one, zero := []T{1}, make([]T, n)
	for _, c := range []struct {
		name string
		run  func(dst []T)
	}{
		{"Activate", func(dst []T) { k.Activate(dst, z, Sigmoid) }},
		{"Activate in place", func(dst []T) { copy(dst, z); k.Activate(dst, dst, Sigmoid) }},
		{"Forward from a bias", func(dst []T) { k.Forward(dst, nil, nil, z, Sigmoid) }},
		{"Forward from a weight", func(dst []T) { k.Forward(dst, one, z, nil, Sigmoid) }},
		{"UpdateForward from a bias", func(dst []T) {
			k.UpdateForward(dst, nil, slices.Clone(z), zero, nil, nil, 1, Sigmoid)
		}},
		{"UpdateForward from a weight", func(dst []T) {
			k.UpdateForward(dst, slices.Clone(z), nil, zero, one, one, 1, Sigmoid)
		}},
		{"ForwardBatch from inputs", func(dst []T) { k.ForwardBatch(dst, z, one, nil, n, Sigmoid) }},
		{"ForwardBatch from inputs, before an output of ordinary sums", func(dst []T) {
			both := make([]T, 2*n)
			k.ForwardBatch(both, z, []T{1, 0}, nil, n, Sigmoid)
			copy(dst, both)
		}},
		{"ForwardBatch from weights", func(dst []T) { k.ForwardBatch(dst, one, z, nil, 1, Sigmoid) }},
		{"ForwardBatch from biases", func(dst []T) { k.ForwardBatch(dst, nil, nil, z, 1, Sigmoid) }},
	} {
		got := slices.Repeat([]T{7}, n)
		c.run(got)
		if i := differ(got, y); i >= 0 {
			t.Fatalf("%s: sigmoid(%x) = %x as element %d of %d, want %x", c.name, z[i], got[i], i, n, y[i])
		}
	}
}
