package mlp

import (
	"math"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestCopies: what is handed over is copied, so that nobody can change it behind the checks.
func TestCopies(t *testing.T) {
	for _, name := range kernel.Names() {
		c := Config{Layers: []int{2, 2, 2}, Activations: []kernel.Activation{kernel.Sigmoid}}
		n, err := New(c, getKernel[float64](t, name))
		if err != nil {
			t.Fatal(err)
		}
		label := []int{0, 1}
		d, err := NewData[float64]([]float64{1, 2, 3, 4}, label, 2, 2, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		label[0], c.Layers[0] = math.MaxInt32, 9
		n.Config().Layers[1] = 7
		if err := n.Online(d, []int{0, 1}, 0.1, Gradient); err != nil {
			t.Error(err)
		}
		if n.Inputs() != 2 || n.Config().Layers[1] != 2 {
			t.Errorf("got %v", n.Config().Layers)
		}
	}
}

// TestNotFinite: weights that are not finite are refused, and no steps do nothing.
func TestNotFinite(t *testing.T) {
	n, err := New(Config{Layers: []int{1, 1}, Activations: []kernel.Activation{kernel.Tanh}, Bias: true}, getKernel[float32](t, "generic"))
	if err != nil {
		t.Fatal(err)
	}
	inf := float32(math.Inf(1))
	if n.SetWeights(0, []float32{inf}) == nil || n.SetBiases(0, []float32{inf - inf}) == nil {
		t.Error("no error")
	}
	d, err := NewData[float32]([]float64{1}, []int{0}, 1, 1, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Online(d, nil, 1, Gradient); err != nil {
		t.Error(err)
	}
}

// TestRowLength: rows are as long as the kernel likes them, but no network takes many times the memory of its weights.
func TestRowLength(t *testing.T) {
	for _, try := range []struct{ n, rows, width, want int }{
		{200, 784, 16, 208},
		{16, 784, 16, 16},
		{3, 5, 1, 3},
		{1, MaxWeights / 16, 16, 16},
		{1, MaxWeights/16 + 1, 16, 1},
		{1, MaxWeights, 8, 1},
		{MaxWeights, 1, 16, MaxWeights},
	} {
		if got := rowLength(try.n, try.rows, try.width); got != try.want {
			t.Errorf("%d rows of %d, width %d: got %d, want %d", try.rows, try.n, try.width, got, try.want)
		}
	}
}
