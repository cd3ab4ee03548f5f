package mlp

import (
	"math"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

func TestCheck(t *testing.T) {
	one := []kernel.Activation{kernel.Sigmoid}
	for _, try := range []struct {
		name string
		c    Config
		want string // "" for no error
	}{
		{"nothing", Config{}, "at least 2 layers"},
		{"one layer", Config{Layers: []int{2}, Activations: one}, "at least 2 layers"},
		{"no unit", Config{Layers: []int{2, 0, 2}, Activations: one}, "layer 1 has 0 units"},
		{"negative", Config{Layers: []int{-2, 2}, Activations: one}, "layer 0 has -2 units"},
		{"thousands of millions", Config{Layers: []int{2, math.MaxInt32, 2}, Activations: one}, "layer 1 has 2147483647 units"},
		{"the largest int", Config{Layers: []int{math.MaxInt, math.MaxInt}, Activations: one}, "layer 0 has"},
		{"product overflows 64 bits", Config{Layers: []int{1 << 26, 1 << 26, 1 << 26}, Activations: one}, "more than 67108864 weights"},
		{"product overflows 32 bits", Config{Layers: []int{1 << 16, 1 << 16}, Activations: one}, "more than 67108864 weights"},
		{"one weight too many", Config{Layers: []int{1 << 13, 1 << 13, 1}, Activations: one}, "more than 67108864 weights"},
		{"just enough", Config{Layers: []int{1 << 13, 1 << 13}, Activations: one}, ""},
		{"just enough in two", Config{Layers: []int{1 << 12, 1 << 13, 1 << 12}, Activations: one}, ""},
		{"no activation", Config{Layers: []int{2, 2}}, "0 activations"},
		{"two activations for three", Config{Layers: []int{2, 2, 2, 2}, Activations: make([]kernel.Activation, 2)}, "2 activations for 3 layers"},
		{"each its own", Config{Layers: []int{2, 2, 2, 2}, Activations: make([]kernel.Activation, 3)}, ""},
		{"unknown activation", Config{Layers: []int{2, 2}, Activations: []kernel.Activation{200}}, "Activation(200)"},
	} {
		t.Run(try.name, func(t *testing.T) {
			err := try.c.Check()
			if try.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), try.want) {
				t.Errorf("got %v, want %q", err, try.want)
			}
			if _, err := New(try.c, getKernel[float32](t, "generic")); err == nil {
				t.Error("New takes it")
			}
		})
	}
}

// TestInit looks at what is drawn, in which order, and where it goes.
func TestInit(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		c := Config{Layers: []int{3, 2, 4}, Activations: []kernel.Activation{kernel.Tanh}, Bias: true}
		n := newNetwork[float64](t, c, name, seeded(1))
		var deviations []float64
		n.Init(func(deviation float64) float64 {
			deviations = append(deviations, deviation)
			return float64(len(deviations))
		})
		if len(deviations) != 3*2+2*4 {
			t.Fatalf("%d draws, want %d", len(deviations), 3*2+2*4)
		}
		for i, got := range deviations {
			want := 1 / math.Sqrt(3)
			if i >= 6 {
				want = 1 / math.Sqrt(2)
			}
			if got != want {
				t.Errorf("draw %d has deviation %v, want %v", i, got, want)
			}
		}
		sameBits(t, "parameters", parameters(n), [][]float64{
			{1, 2, 3, 4, 5, 6}, {0, 0},
			{7, 8, 9, 10, 11, 12, 13, 14}, {0, 0, 0, 0},
		})
	})
}

// TestRoundTrip sets and gets weights and biases.
func TestRoundTrip(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, layers := range [][]int{{1, 1}, {2, 3}, {7, 3, 5}, {16, 33, 17}} {
			r := seeded(2)
			n, err := New(Config{Layers: layers, Activations: []kernel.Activation{kernel.ReLU}, Bias: true}, getKernel[float32](t, name))
			if err != nil {
				t.Fatal(err)
			}
			var want [][]float32
			for i := range n.Layers() {
				w, b := draw[float32](r, layers[i]*layers[i+1], 1), draw[float32](r, layers[i+1], 1)
				if err := n.SetWeights(i, w); err != nil {
					t.Fatal(err)
				}
				if err := n.SetBiases(i, b); err != nil {
					t.Fatal(err)
				}
				want = append(want, w, b)
			}
			sameBits(t, "parameters", parameters(n), want)
		}
	})
}

// TestWeightsAreCopies changes what Weights and Biases return.
func TestWeightsAreCopies(t *testing.T) {
	c := Config{Layers: []int{2, 2}, Activations: []kernel.Activation{kernel.ReLU}, Bias: true}
	n := newNetwork[float64](t, c, "generic", seeded(1))
	want := parameters(n)
	clear(n.Weights(0))
	clear(n.Biases(0))
	sameBits(t, "parameters", parameters(n), want)
}

func TestSetErrors(t *testing.T) {
	n := newNetwork[float64](t, Config{Layers: []int{3, 2}, Activations: []kernel.Activation{kernel.ReLU}}, "generic", seeded(1))
	want := parameters(n)
	if err := n.SetWeights(0, make([]float64, 5)); err == nil {
		t.Error("5 weights for 3-2 are no error")
	}
	if err := n.SetBiases(0, make([]float64, 2)); err == nil {
		t.Error("biases for a network without are no error")
	}
	sameBits(t, "parameters", parameters(n), want)
}

func TestShape(t *testing.T) {
	n := newNetwork[float64](t, Config{Layers: []int{3, 5, 2}, Activations: []kernel.Activation{kernel.ReLU}}, "generic", seeded(1))
	if n.Inputs() != 3 || n.Outputs() != 2 || n.Layers() != 2 || len(n.Biases(0)) != 0 {
		t.Errorf("%d inputs, %d outputs, %d layers, %d biases", n.Inputs(), n.Outputs(), n.Layers(), len(n.Biases(0)))
	}
}
