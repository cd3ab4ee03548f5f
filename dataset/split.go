package dataset

import (
	"fmt"
	"math"
)

// Split cuts the last test samples off, for testing with what was not trained on. Both parts share the memory of s and
// keep its number of classes. It is an error if one of them were empty.
func (s *Set) Split(test int) (train, rest *Set, err error) {
	if err := s.checkSizes(); err != nil {
		return nil, nil, fmt.Errorf("split: %w", err)
	}
	if test < 1 || test >= s.Len() {
		return nil, nil, fmt.Errorf("split: %d samples for testing out of %d, want 1..%d", test, s.Len(), s.Len()-1)
	}
	cut := s.Len() - test
	return s.part(0, cut), s.part(cut, s.Len()), nil
}

// part returns samples from to to-1. A part cannot grow into the next.
func (s *Set) part(from, to int) *Set {
	f := s.Features
	return &Set{Features: f, Classes: s.Classes, X: s.X[from*f : to*f : to*f], Label: s.Label[from:to:to]}
}

// TestCount returns the number of samples out of n that a fraction comes to, rounded to the nearest, halves upwards. It is
// an error if the fraction is not above 0 and below 1, or if there were none or all of them.
func TestCount(n int, fraction float64) (int, error) {
	if !(fraction > 0 && fraction < 1) { // NaN is neither
		return 0, fmt.Errorf("a fraction of %v for testing, want more than 0 and less than 1", fraction)
	}
	count := int(math.Round(float64(n) * fraction))
	if count < 1 || count >= n {
		return 0, fmt.Errorf("a fraction of %v for testing is %d of %d samples, want 1..%d", fraction, count, n, n-1)
	}
	return count, nil
}
