package dataset

import (
	"slices"
	"testing"
)

// TestDigits compares with NumPy's sums.
func TestDigits(t *testing.T) {
	s, err := Digits()
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 1797 || s.Features != 64 || s.Classes != 10 {
		t.Fatalf("%d samples of %d features in %d classes", s.Len(), s.Features, s.Classes)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	sum, weighted := 0.0, 0.0 // of integers, so that their order does not matter
	for i, v := range s.X {
		sum += v
		weighted += float64(v * float64(i%64+1))
	}
	if sum != 561718 || weighted != 18222371 {
		t.Errorf("the values' sum is %v, weighted with their column %v", sum, weighted)
	}
	low, high := s.MinMax()
	if slices.Min(low) != 0 || slices.Max(high) != 16 {
		t.Errorf("values %v..%v", slices.Min(low), slices.Max(high))
	}
	if n := counts(s); !slices.Equal(n, []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}) {
		t.Errorf("samples of each class: %d", n)
	}
	if !slices.Equal(s.Label[:12], []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}) || !slices.Equal(s.X[:6], []float64{0, 0, 5, 13, 9, 1}) {
		t.Errorf("begins with %v and labels %v", s.X[:6], s.Label[:12])
	}
	s.X[0] = 99
	if again, _ := Digits(); again.X[0] != 0 {
		t.Error("two calls share memory")
	}
}

// counts returns the number of samples in each class.
func counts(s *Set) []int {
	n := make([]int, s.Classes)
	for _, l := range s.Label {
		n[l]++
	}
	return n
}
