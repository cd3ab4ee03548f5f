package mlp

import (
	"math"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

func TestNewData(t *testing.T) {
	d, err := NewData[float32]([]float64{1, 2, 0.1, -4, 5, 6}, []int{2, 0, 1}, 2, 3, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 3 {
		t.Errorf("%d samples, want 3", d.Len())
	}
	sameBits(t, "values", [][]float32{d.X(), d.sample(1)}, [][]float32{{1, 2, float32(0.1), -4, 5, 6}, {float32(0.1), -4}})
	low, high := float32(0.01), float32(0.99)
	sameBits(t, "targets", [][]float32{d.target(0), d.target(1), d.target(2)},
		[][]float32{{low, low, high}, {high, low, low}, {low, high, low}})
}

func TestNewDataErrors(t *testing.T) {
	for _, try := range []struct {
		name              string
		x                 []float64
		label             []int
		features, classes int
		low, high         float64
		want              string
	}{
		{"no features", nil, []int{0}, 0, 2, 0, 1, "0 features"},
		{"negative features", nil, []int{0}, -1, 2, 0, 1, "-1 features"},
		{"no classes", []float64{1}, []int{0}, 1, 0, 0, 1, "0 classes"},
		{"thousands of millions of classes", []float64{1}, []int{0}, 1, math.MaxInt32, 0, 1, "2147483647 classes"},
		{"no samples", nil, nil, 1, 2, 0, 1, "no samples"},
		{"a value too few", []float64{1, 2, 3}, []int{0, 1}, 2, 2, 0, 1, "3 values for 2 samples"},
		{"a sample too many", []float64{1, 2, 3, 4}, []int{0}, 2, 2, 0, 1, "4 values for 1 samples"},
		{"label too large", []float64{1, 2}, []int{0, 2}, 1, 2, 0, 1, "sample 1 has label 2"},
		{"negative label", []float64{1, 2}, []int{-1, 0}, 1, 2, 0, 1, "sample 0 has label -1"},
		{"not a number", []float64{1, 2, 3, math.NaN()}, []int{0, 1}, 2, 2, 0, 1, "sample 1: feature 1 is NaN"},
		{"infinite", []float64{math.Inf(-1), 2}, []int{0, 1}, 1, 2, 0, 1, "sample 0: feature 0 is -Inf"},
		{"too large for float32", []float64{1, 1e39}, []int{0, 1}, 1, 2, 0, 1, "sample 1: feature 0 is 1e+39, out of the range of float32"},
		{"target too large for float32", []float64{1, 2}, []int{0, 1}, 1, 2, 0, 1e39, "targets 0 and 1e+39"},
		{"target not a number", []float64{1, 2}, []int{0, 1}, 1, 2, math.NaN(), 1, "targets NaN and 1"},
	} {
		_, err := NewData[float32](try.x, try.label, try.features, try.classes, try.low, try.high)
		if err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %q", try.name, err, try.want)
		}
	}
}

// TestSetX: new values take the place of the old, are those that training and evaluation see, and are copied.
func TestSetX(t *testing.T) {
	c := Config{Layers: []int{2, 3}, Activations: []kernel.Activation{kernel.Sigmoid}}
	d, err := NewData[float32]([]float64{1, 2, 0.1, -4, 5, 6}, []int{2, 0, 1}, 2, 3, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	x := []float64{-1, math.Copysign(0, -1), 0.3, 7, 5e-324, math.MaxFloat32}
	if err := d.SetX(x); err != nil {
		t.Fatal(err)
	}
	fresh, err := NewData[float32](x, []int{2, 0, 1}, 2, 3, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	x[0] = 9
	zero := float32(math.Copysign(0, -1))
	sameBits(t, "values", [][]float32{d.X(), d.sample(1)}, [][]float32{{-1, zero, float32(0.3), 7, 0, math.MaxFloat32}, {float32(0.3), 7}})
	for i := range d.Len() {
		sameBits(t, "targets", [][]float32{d.target(i)}, [][]float32{fresh.target(i)})
	}
	trained := func(d *Data[float32]) [][]float32 {
		n := newNetwork[float32](t, c, "generic", seeded(1))
		if err := n.Train(t.Context(), d, Training{Order: Sequential, Steps: 2, Rate: 0.3}); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Evaluate(t.Context(), d, 1); err != nil {
			t.Fatal(err)
		}
		return parameters(n)
	}
	sameBits(t, "trained", trained(d), trained(fresh))
}

func TestSetXErrors(t *testing.T) {
	for _, try := range []struct {
		name string
		x    []float64
		want string
	}{
		{"none", nil, "0 values for 2 samples of 2 features"},
		{"a value too few", []float64{1, 2, 3}, "3 values for 2 samples of 2 features"},
		{"a sample too many", []float64{1, 2, 3, 4, 5, 6}, "6 values for 2 samples of 2 features"},
		{"not a number", []float64{1, 2, 3, math.NaN()}, "sample 1: feature 1 is NaN, out of the range of float32"},
		{"infinite", []float64{1, math.Inf(-1), 3, math.NaN()}, "sample 0: feature 1 is -Inf"},
		{"too large for float32", []float64{1, 2, -1e39, 4}, "sample 1: feature 0 is -1e+39"},
		{"barely too large", []float64{math.MaxFloat32 + 0x1p103, 2, 3, 4}, "sample 0: feature 0 is"},
	} {
		d, err := NewData[float32]([]float64{5, 6, 7, 8}, []int{1, 0}, 2, 2, 0.01, 0.99)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SetX(try.x); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %q", try.name, err, try.want)
		}
		if err := d.SetX([]float64{1, 2, 3, 4}); err != nil {
			t.Fatal(err)
		}
		sameBits(t, try.name, [][]float32{d.X()}, [][]float32{{1, 2, 3, 4}})
	}
}
