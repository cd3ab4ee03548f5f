package dataset

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/numpyrand"
)

func tutorialClasses() []Class {
	cov := [][]float64{{1, 0.75}, {0.75, 1}}
	return []Class{{500, []float64{0, 0}, cov}, {500, []float64{5, 5}, cov}}
}

// TestGaussiansTutorial compares the first and last sample of each class with NumPy's.
func TestGaussiansTutorial(t *testing.T) {
	s, err := Gaussians(numpyrand.New(104729), tutorialClasses())
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 1000 || s.Features != 2 || s.Classes != 2 {
		t.Fatalf("%d samples of %d features in %d classes", s.Len(), s.Features, s.Classes)
	}
	for i, want := range map[int][]float64{
		0:   {-0x1.c4f99aa85764bp-3, 0x1.225d58224a104p-5},
		499: {-0x1.4f7a9be703b01p-1, -0x1.45499b6a91fa7p-3},
		500: {0x1.5a13bde1675b3p+2, 0x1.569a51c6e608fp+2},
		999: {0x1.0f2c12065054ep+2, 0x1.369fe12b4a0ap+2},
	} {
		for j, got := range s.Sample(i) {
			if math.Abs(got-want[j]) > 1e-14 {
				t.Errorf("sample %d, feature %d: got %x, NumPy has %x", i, j, got, want[j])
			}
		}
	}
}

// TestGaussiansOrder draws the classes by hand, one after the other from one stream.
func TestGaussiansOrder(t *testing.T) {
	classes := []Class{
		{3, []float64{1, -2, 3}, [][]float64{{2, 0.5, 0}, {0.5, 1, 0.25}, {0, 0.25, 4}}},
		{1, []float64{0, 0, 0}, [][]float64{{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}},
		{4, []float64{9, 9, 9}, [][]float64{{1, 0.9, 0.8}, {0.9, 1, 0.9}, {0.8, 0.9, 1}}},
	}
	got, err := Gaussians(numpyrand.New(42), classes)
	if err != nil {
		t.Fatal(err)
	}
	r := numpyrand.New(42)
	want := &Set{Features: 3, Classes: 3, Label: []int{0, 0, 0, 1, 2, 2, 2, 2}}
	for _, c := range classes {
		x := make([]float64, 3*c.N)
		if err := r.MultivariateNormal(x, c.Mean, append(append(append([]float64{}, c.Cov[0]...), c.Cov[1]...), c.Cov[2]...)); err != nil {
			t.Fatal(err)
		}
		want.X = append(want.X, x...)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestGaussiansLeaveTheStream where the draws end: what is drawn next follows them, and nothing is drawn on an error.
func TestGaussiansLeaveTheStream(t *testing.T) {
	r, want := numpyrand.New(3), numpyrand.New(3)
	if _, err := Gaussians(r, []Class{{3, []float64{0}, [][]float64{{1}}}}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		want.StandardNormal()
	}
	if r.State() != want.State() {
		t.Error("the stream does not stand after three normals")
	}
	if _, err := Gaussians(r, []Class{{3, []float64{0}, [][]float64{{1}}}, {3, []float64{0}, [][]float64{{-1}}}}); err == nil {
		t.Error("a negative variance is no error")
	}
	if r.State() != want.State() {
		t.Error("an error moves the stream")
	}
}

func TestGaussiansErrors(t *testing.T) {
	mean, unit := []float64{0, 0}, [][]float64{{1, 0}, {0, 1}}
	good := Class{5, mean, unit}
	for _, try := range []struct {
		name    string
		classes []Class
		is      error // nil for an error without a name
		want    string
	}{
		{"no class", nil, nil, "no class"},
		{"no point", []Class{good, {0, mean, unit}}, nil, "class 1: n is 0"},
		{"negative number of points", []Class{{-4, mean, unit}}, nil, "class 0: n is -4"},
		{"more points than numbers", []Class{good, {math.MaxInt, mean, unit}}, nil, "class 1: more than 67108864 values"},
		{"too many points together", []Class{{1 << 24, mean, unit}, {1 << 24, mean, unit}, {1, mean, unit}}, nil, "class 2: more than"},
		{"no dimension", []Class{{5, nil, nil}}, numpyrand.ErrShape, "class 0"},
		{"dimensions differ", []Class{good, {5, []float64{0}, [][]float64{{1}}}}, nil, "class 1: mean has 1 values, the first class has 2"},
		{"a row too few", []Class{{5, mean, [][]float64{{1, 0}}}}, numpyrand.ErrShape, "class 0"},
		{"a row too many", []Class{{5, mean, [][]float64{{1, 0}, {0, 1}, {0, 0}}}}, numpyrand.ErrShape, "class 0"},
		{"a short row", []Class{{5, mean, [][]float64{{1, 0, 0}, {0}}}}, nil, "class 0: row 0 of cov has 3 values, want 2"},
		{"no rows", []Class{{5, mean, nil}}, numpyrand.ErrShape, "class 0"},
		{"asymmetric", []Class{good, {5, mean, [][]float64{{1, 0.5}, {0.25, 1}}}}, numpyrand.ErrAsymmetry, "class 1"},
		{"singular", []Class{{5, mean, [][]float64{{1, 1}, {1, 1}}}}, numpyrand.ErrSingular, "class 0"},
		{"zero", []Class{{5, mean, [][]float64{{0, 0}, {0, 0}}}}, numpyrand.ErrSingular, "class 0"},
		{"negative", []Class{{5, mean, [][]float64{{1, 2}, {2, 1}}}}, numpyrand.ErrNegative, "class 0"},
		{"not a number", []Class{{5, mean, [][]float64{{1, math.NaN()}, {math.NaN(), 1}}}}, numpyrand.ErrNotFinite, "class 0"},
		{"infinite variance", []Class{{5, mean, [][]float64{{math.Inf(1), 0}, {0, 1}}}}, numpyrand.ErrNotFinite, "class 0"},
		{"infinite mean", []Class{{5, []float64{0, math.Inf(-1)}, unit}}, numpyrand.ErrNotFinite, "class 0"},
	} {
		t.Run(try.name, func(t *testing.T) {
			_, err := Gaussians(numpyrand.New(1), try.classes)
			if err == nil || !strings.Contains(err.Error(), try.want) || !errors.Is(err, try.is) && try.is != nil {
				t.Fatalf("got %v, want %q and %v", err, try.want, try.is)
			}
			// Check says the same of a class by itself, where it is not the classes that do not fit.
			if n := len(try.classes); n > 0 && !strings.Contains(try.name, "dimensions") && !strings.Contains(try.want, "more than") && try.classes[n-1].Check() == nil {
				t.Error("Check finds nothing")
			}
		})
	}
	if err := good.Check(); err != nil {
		t.Errorf("Check: %v", err)
	}
}
