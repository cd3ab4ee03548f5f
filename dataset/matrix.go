package dataset

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// FromMatrix makes a set of a matrix with a row for each sample, and their labels 0 .. classes-1. Both are copied. It is an
// error if there are no samples or more than [MaxValues] values, if there is not one label for each sample, if a label is
// out of range or a value not finite.
func FromMatrix(x mat.Matrix, label []int, classes int) (*Set, error) {
	if x == nil {
		return nil, errors.New("matrix: there is none")
	}
	n, features := x.Dims()
	if n != len(label) {
		return nil, fmt.Errorf("matrix: %d rows and %d labels, want as many", n, len(label))
	}
	if n < 1 || features < 1 || n > MaxValues/features {
		return nil, fmt.Errorf("matrix: %d x %d, want samples and at most %d values", n, features, MaxValues)
	}
	s := &Set{Features: features, Classes: classes, X: make([]float64, 0, n*features), Label: append([]int(nil), label...)}
	for i := range n {
		for j := range features {
			s.X = append(s.X, x.At(i, j))
		}
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("matrix: %w", err)
	}
	return s, nil
}

// Matrix returns the features as a matrix with a row for each sample. It shares the memory of X: who changes one changes
// the other. Without samples it is empty.
func (s *Set) Matrix() *mat.Dense {
	if len(s.X) == 0 {
		return &mat.Dense{}
	}
	return mat.NewDense(s.Len(), s.Features, s.X)
}
