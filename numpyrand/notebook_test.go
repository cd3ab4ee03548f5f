package numpyrand

import (
	"math"
	"slices"
	"testing"
)

// NumPy took its logarithms from glibc, which rounds one of those needed here the wrong
// way. That is the only one of 2008 values to differ, by a unit in the last place.
func TestNotebookNormals(t *testing.T) {
	want := readNotebook(t).normals
	if len(want) != 2008 {
		t.Fatalf("%d normals, want 2008", len(want))
	}
	r := New(104729)
	equal := 0
	for i, w := range want {
		got := r.StandardNormal()
		if sameBits(got, w) {
			equal++
		} else if ulps(got, w) != 1 {
			t.Errorf("normal %d is %x, NumPy has %x", i, got, w)
		}
	}
	if equal != 2007 {
		t.Errorf("%d normals equal NumPy's, want 2007", equal)
	}
}

// The notebook draws its two classes, its two layers of weights and then its samples
// from one stream.
func TestNotebookStream(t *testing.T) {
	want := readNotebook(t)
	r := New(104729)
	x := make([]float64, 2000)
	cov := []float64{1, 0.75, 0.75, 1}
	for class, half := range slices.Collect(slices.Chunk(x, 1000)) {
		mean := 5 * float64(class)
		if err := r.MultivariateNormal(half, []float64{mean, mean}, cov); err != nil {
			t.Fatal(err)
		}
	}
	for i := range x {
		if d := math.Abs(x[i] - want.x[i]); d > 1e-14 {
			t.Errorf("X[%d] = %v, off NumPy's by %g", i, x[i], d)
		}
	}
	scale := 1 / math.Sqrt(2)
	for i, w := range want.weights {
		if got := r.Normal(0, scale); ulps(got, w) > 1 {
			t.Errorf("weight %d = %x, NumPy has %x", i, got, w)
		}
	}
	for i, w := range want.index {
		if got := r.Intn(1000); int64(got) != w {
			t.Fatalf("sample %d = %d, NumPy has %d", i, got, w)
		}
	}
}
