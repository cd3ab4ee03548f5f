package dataset

import (
	"fmt"
	"slices"

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
// does. It fails as [NewClouds].
func Gaussians(r *numpyrand.RandomState, classes []Class) (*Set, error) {
	c, err := NewClouds(classes)
	if err != nil {
		return nil, err
	}
	s := c.NewSet()
	c.Draw(r, s)
	return s, nil
}

// Clouds is Gaussian classes made ready to draw from, as often as one likes.
type Clouds struct {
	features int
	sizes    []int // of the classes
	classes  []*numpyrand.Gaussian
}

// NewClouds fails if there is no class, if a class has no point, if classes differ in dimension, if there are more than
// [MaxValues] values, or if a covariance is not finite, symmetric and positive definite; the error names the class,
// counted from 0.
func NewClouds(classes []Class) (*Clouds, error) {
	if len(classes) == 0 {
		return nil, fmt.Errorf("gaussians: no class")
	}
	c := &Clouds{features: len(classes[0].Mean)}
	total := 0
	for i, class := range classes {
		g, err := class.distribution(c.features)
		if err != nil {
			return nil, fmt.Errorf("gaussians: class %d: %w", i, err)
		}
		if class.N > MaxValues/c.features-total {
			return nil, fmt.Errorf("gaussians: class %d: more than %d values", i, MaxValues)
		}
		total += class.N
		c.sizes, c.classes = append(c.sizes, class.N), append(c.classes, g)
	}
	return c, nil
}

// NewSet returns a set of the right size, with its labels but all features zero.
func (c *Clouds) NewSet() *Set {
	s := &Set{Features: c.features, Classes: len(c.classes)}
	for i, n := range c.sizes {
		s.Label = append(s.Label, slices.Repeat([]int{i}, n)...)
	}
	s.X = make([]float64, len(s.Label)*c.features)
	return s
}

// Draw draws the features of s, a set of NewSet, as [Gaussians] does.
func (c *Clouds) Draw(r *numpyrand.RandomState, s *Set) {
	rest := s.X
	for i, n := range c.sizes {
		if err := c.classes[i].Draw(r, rest[:n*c.features]); err != nil {
			panic(err) // a set of another size
		}
		rest = rest[n*c.features:]
	}
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
