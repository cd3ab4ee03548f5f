package mlp

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// eachKernel runs f as a subtest for every row of kernels that this machine has.
func eachKernel(t *testing.T, f func(t *testing.T, name string)) {
	t.Helper()
	for _, name := range kernel.Names() {
		t.Run("impl="+name, func(t *testing.T) { f(t, name) })
	}
}

func getKernel[T kernel.Float](t testing.TB, name string) *kernel.Kernel[T] {
	t.Helper()
	k, err := kernel.Get[T](name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newNetwork returns a network whose weights and biases are drawn from -1 to 1.
func newNetwork[T kernel.Float](t testing.TB, c Config, name string, r *rand.Rand) *Network[T] {
	t.Helper()
	n, err := New(c, getKernel[T](t, name))
	if err != nil {
		t.Fatal(err)
	}
	for i := range n.Layers() {
		if err := n.SetWeights(i, draw[T](r, c.Layers[i]*c.Layers[i+1], 1)); err != nil {
			t.Fatal(err)
		}
		if c.Bias {
			if err := n.SetBiases(i, draw[T](r, c.Layers[i+1], 1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return n
}

// newData returns samples that fit c, drawn from -2 to 2.
func newData[T kernel.Float](t testing.TB, c Config, samples int, r *rand.Rand) *Data[T] {
	t.Helper()
	features, classes := c.Layers[0], c.Layers[len(c.Layers)-1]
	label := make([]int, samples)
	for i := range label {
		label[i] = r.IntN(classes)
	}
	d, err := NewData[T](draw[float64](r, samples*features, 2), label, features, classes, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func drawOrder(r *rand.Rand, steps, samples int) []int {
	order := make([]int, steps)
	for i := range order {
		order[i] = r.IntN(samples)
	}
	return order
}

func draw[T kernel.Float](r *rand.Rand, n int, limit float64) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(limit * (2*r.Float64() - 1))
	}
	return v
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// parameters returns copies of all weights and biases, layer by layer.
func parameters[T kernel.Float](n *Network[T]) [][]T {
	var p [][]T
	for i := range n.Layers() {
		p = append(p, n.Weights(i), n.Biases(i))
	}
	return p
}

// sameBits fails the test unless got and want are equal bit for bit.
func sameBits[T kernel.Float](t *testing.T, what string, got, want [][]T) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d slices, want %d", what, len(got), len(want))
	}
	for i := range got {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("%s %d: %d values, want %d", what, i, len(got[i]), len(want[i]))
		}
		for j := range got[i] {
			// Widening to float64 is exact, so that its bits tell all float32 apart, zeros by their sign too.
			g, w := float64(got[i][j]), float64(want[i][j])
			if math.Float64bits(g) != math.Float64bits(w) {
				t.Fatalf("%s %d, value %d: got %x, want %x", what, i, j, g, w)
			}
		}
	}
}
