package dataset

import (
	"fmt"
	"math"

	"github.com/samebits/samebits/internal/npy"
)

// An array is the values that a header announces, not more than a set has. IDX and NumPy's files differ in nothing but the
// header.
type array struct {
	src     *npy.Source // stands at the first value
	number  npy.Number
	shape   []int
	n       int  // values, the product of shape: MaxValues at most
	fortran bool // the first index runs fastest, not the last
}

// setShape takes the shape that a header claims.
func (a *array) setShape(shape []int64) error {
	values := int64(1)
	for _, d := range shape {
		if d < 1 {
			return a.src.Errorf("shape %d: no samples or no features", shape)
		}
		if d > MaxValues/values {
			return a.src.Errorf("shape %d: more than %d values", shape, MaxValues)
		}
		values *= d
		a.shape = append(a.shape, int(d))
	}
	a.n = int(values)
	return nil
}

// join makes a set of samples x and labels y. What the headers can tell is checked before values are read.
func join(x, y *array) (*Set, error) {
	if err := checkPair(x, y); err != nil {
		return nil, err
	}
	label, classes, err := y.labels()
	if err != nil {
		return nil, err
	}
	values, err := x.values()
	if err != nil {
		return nil, err
	}
	return &Set{Features: x.n / x.shape[0], Classes: classes, X: values, Label: label}, nil
}

func checkPair(x, y *array) error {
	switch {
	case len(x.shape) < 2:
		return x.src.Errorf("shape %d: want samples of 2 dimensions or more; are these the labels?", x.shape)
	case len(y.shape) != 1:
		return y.src.Errorf("shape %d: want labels of 1 dimension; are these the samples?", y.shape)
	case x.shape[0] != y.n:
		return fmt.Errorf("%s has %d samples, %s has %d labels", x.src.Name(), x.shape[0], y.src.Name(), y.n)
	}
	return nil
}

// values reads an array into rows.
func (a *array) values() ([]float64, error) {
	p, err := a.read()
	if err != nil {
		return nil, err
	}
	x := make([]float64, a.n)
	place := a.places()
	return x, p.Each(func(v float64) error {
		x[place()] = v
		return nil
	})
}

// labels reads an array of labels and tells how many classes they make. Floats will do if they are integers.
func (a *array) labels() (label []int, classes int, err error) {
	p, err := a.read()
	if err != nil {
		return nil, 0, err
	}
	label = make([]int, 0, a.n)
	err = p.Each(func(v float64) error {
		if v < 0 || v >= MaxClasses {
			return fmt.Errorf("label %v, want 0..%d", v, MaxClasses-1)
		}
		if v != math.Floor(v) {
			return fmt.Errorf("label %v, want an integer 0..%d", v, MaxClasses-1)
		}
		label = append(label, int(v))
		classes = max(classes, int(v)+1)
		return nil
	})
	return label, classes, err
}

// places returns a function that gives the place of one value after the other among rows.
func (a *array) places() func() int { return npy.Places(a.shape, a.fortran) }

// read reads the values, packed as they are in the file.
func (a *array) read() (*npy.Values, error) { return a.src.Values(a.n, a.number) }
