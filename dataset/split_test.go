package dataset

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	s := &Set{Features: 2, Classes: 9, X: []float64{1, 2, 3, 4, 5, 6}, Label: []int{3, 0, 1}}
	train, test, err := s.Split(1)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&Set{2, 9, []float64{1, 2, 3, 4}, []int{3, 0}}, train); d != "" {
		t.Errorf("for training (-want +got)\n%s", d)
	}
	if d := cmp.Diff(&Set{2, 9, []float64{5, 6}, []int{1}}, test); d != "" {
		t.Errorf("for testing (-want +got)\n%s", d)
	}
	train.X[0], test.X[1], train.Label[0] = 10, 60, 4
	_ = append(train.X, 50)
	_ = append(train.Label, 7)
	if !cmp.Equal(s, &Set{2, 9, []float64{10, 2, 3, 4, 5, 60}, []int{4, 0, 1}}) {
		t.Errorf("the parts do not share the set's memory, or one grew into the other: %v", s)
	}
	for _, n := range []int{-1, 0, 3, 4, math.MaxInt, math.MinInt} {
		if _, _, err := s.Split(n); err == nil || !strings.Contains(err.Error(), "of 3, want 1..2") {
			t.Errorf("%d samples for testing: %v", n, err)
		}
	}
	for name, s := range unfit() {
		if _, _, err := s.Split(1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTestCount(t *testing.T) {
	for _, try := range []struct {
		n        int
		fraction float64
		want     int // 0 for an error
	}{
		{10000, 0.2, 2000}, {1797, 0.2, 359}, {10, 0.25, 3}, {10, 0.249, 2}, {2, 0.5, 1}, {3, 0.5, 2}, {1000, 0.999, 999},
		{1000, 0.0005, 1}, {1000, 0.0004, 0}, {1000, 0.9996, 0}, {1, 0.5, 0}, {0, 0.5, 0}, {-5, 0.5, 0},
		{10, 0, 0}, {10, 1, 0}, {10, -0.5, 0}, {10, 1.5, 0}, {10, math.NaN(), 0}, {10, math.Inf(1), 0},
	} {
		got, err := TestCount(try.n, try.fraction)
		if got != try.want || (err != nil) != (try.want == 0) {
			t.Errorf("%v of %d: %d, %v, want %d", try.fraction, try.n, got, err, try.want)
		}
	}
}
