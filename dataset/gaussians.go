package dataset

import (
	"fmt"

	"github.com/samebits/samebits/numpyrand"
)

// Class describes the samples of one label: N points of a normal distribution.
type Class struct {
	N    int
	Mean []float64   // d values
	Cov  [][]float64 // d rows of d values, symmetric and positive definite
}

// MaxValues is the largest number of values that a set is made of, all samples together.
const MaxValues = 1 << 26

// Gaussians draws the classes one after the other from r, class i with label i, each as NumPy's multivariate_normal
// does. It fails if there is no class, if a class has no point, if classes differ in dimension, if there are more than
// [MaxValues] values, or if a covariance is not finite, symmetric and positive definite; the error names the class,
// counted from 0.
func Gaussians(r *numpyrand.RandomState, classes []Class) (*Set, error) {
	if len(classes) == 0 {
		return nil, fmt.Errorf("gaussians: no class")
	}
	d := len(classes[0].Mean)
	total := 0
	dists := make([]*numpyrand.Gaussian, len(classes))
	for i, c := range classes {
		g, err := c.distribution(d)
		if err != nil {
			return nil, fmt.Errorf("gaussians: class %d: %w", i, err)
		}
		if c.N > MaxValues/d-total {
			return nil, fmt.Errorf("gaussians: class %d: more than %d values", i, MaxValues)
		}
		dists[i] = g
		total += c.N
	}
	s := &Set{Features: d, Classes: len(classes), X: make([]float64, total*d), Label: make([]int, 0, total)}
	rest := s.X
	for i, c := range classes {
		if err := dists[i].Draw(r, rest[:c.N*d]); err != nil {
			return nil, fmt.Errorf("gaussians: class %d: %w", i, err)
		}
		rest = rest[c.N*d:]
		for range c.N {
			s.Label = append(s.Label, i)
		}
	}
	return s, nil
}

// Check reports what keeps c from being drawn, as [Gaussians] would.
func (c Class) Check() error {
	_, err := c.distribution(len(c.Mean))
	return err
}

func (c Class) distribution(d int) (*numpyrand.Gaussian, error) {
	if c.N <= 0 {
		return nil, fmt.Errorf("n is %d, want at least 1", c.N)
	}
	if len(c.Mean) != d {
		return nil, fmt.Errorf("mean has %d values, the first class has %d", len(c.Mean), d)
	}
	cov := make([]float64, 0, d*d)
	for i, row := range c.Cov {
		if len(row) != d {
			return nil, fmt.Errorf("row %d of cov has %d values, want %d as in mean", i, len(row), d)
		}
		cov = append(cov, row...)
	}
	g, err := numpyrand.NewGaussian(c.Mean, cov)
	if err != nil {
		return nil, err
	}
	return g, g.CheckSingular()
}
