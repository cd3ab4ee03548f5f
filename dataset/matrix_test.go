package dataset

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
)

func TestFromMatrix(t *testing.T) {
	m := mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	label := []int{1, 0, 1}
	got, err := FromMatrix(m.T(), label, 4)
	if err != nil {
		t.Fatal(err)
	}
	want := &Set{Features: 2, Classes: 4, X: []float64{1, 4, 2, 5, 3, 6}, Label: []int{1, 0, 1}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	m.Set(0, 0, 9)
	label[0] = 3
	if !cmp.Equal(want, got) {
		t.Error("the set shares memory with what it was made of")
	}
	if !mat.Equal(got.Matrix(), mat.NewDense(3, 2, []float64{1, 4, 2, 5, 3, 6})) {
		t.Errorf("back again: %v", mat.Formatted(got.Matrix()))
	}
	got.Matrix().Set(2, 0, 7)
	if got.X[4] != 7 {
		t.Error("Matrix does not share the set's memory")
	}
	if !new(Set).Matrix().IsEmpty() {
		t.Error("the matrix of no samples is not empty")
	}
}

func TestFromMatrixErrors(t *testing.T) {
	m := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	for _, try := range []struct {
		name    string
		x       mat.Matrix
		label   []int
		classes int
		want    string
	}{
		{"none", nil, nil, 1, "matrix: there is none"},
		{"empty", &mat.Dense{}, nil, 1, "matrix: 0 x 0, want samples"},
		{"a label missing", m, []int{0}, 1, "matrix: 2 rows and 1 labels"},
		{"no classes", m, []int{0, 0}, 0, "matrix: 0 classes, want at least 1"},
		{"label too large", m, []int{0, 2}, 2, "matrix: sample 1: label 2, want 0..1"},
		{"negative label", m, []int{-1, 1}, 2, "matrix: sample 0: label -1, want 0..1"},
		{"NaN", mat.NewDense(1, 2, []float64{0, math.NaN()}), []int{0}, 1, "matrix: sample 0, feature 1: NaN, want a finite number"},
		{"infinity", mat.NewDense(2, 1, []float64{0, math.Inf(-1)}), []int{0, 0}, 1, "matrix: sample 1, feature 0: -Inf"},
		{"too many values", huge{}, []int{0, 0}, 1, "matrix: 2 x 33554433, want samples and at most 67108864 values"},
	} {
		if _, err := FromMatrix(try.x, try.label, try.classes); err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %s", try.name, err, try.want)
		}
	}
	for name, s := range unfit() {
		if err := s.Check(); err == nil {
			t.Errorf("%s: Check finds nothing", name)
		}
	}
}

// huge is a matrix of one value, many times.
type huge struct{}

func (huge) Dims() (r, c int)    { return 2, 1<<25 + 1 }
func (huge) At(i, j int) float64 { return 0 }
func (h huge) T() mat.Matrix     { return mat.Transpose{Matrix: h} }
