package dataset

import "fmt"

// An array is the values that a header announces: IDX and NumPy's files differ in nothing but the header.
type array struct {
	src     *source // stands at the first value
	number  number
	shape   []int
	n       int  // values, the product of shape: MaxValues at most
	fortran bool // the first index runs fastest, not the last
}

// setShape takes the shape that a header claims.
func (a *array) setShape(shape []int64) error {
	values := int64(1)
	for _, d := range shape {
		if d < 1 {
			return a.src.errorf("shape %d: no samples or no features", shape)
		}
		if d > MaxValues/values {
			return a.src.errorf("shape %d: more than %d values", shape, MaxValues)
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
		return x.src.errorf("shape %d: want samples of 2 dimensions or more; are these the labels?", x.shape)
	case len(y.shape) != 1:
		return y.src.errorf("shape %d: want labels of 1 dimension; are these the samples?", y.shape)
	case !y.number.integer():
		return y.src.errorf("labels are %v, want integers", y.number)
	case x.shape[0] != y.n:
		return fmt.Errorf("%s has %d samples, %s has %d labels", x.src.name, x.shape[0], y.src.name, y.n)
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
	return x, p.each(func(v float64) error {
		x[place()] = v
		return nil
	})
}

// labels reads an array of labels and tells how many classes they make.
func (a *array) labels() (label []int, classes int, err error) {
	p, err := a.read()
	if err != nil {
		return nil, 0, err
	}
	label = make([]int, 0, a.n)
	err = p.each(func(v float64) error {
		if v < 0 || v >= MaxClasses {
			return fmt.Errorf("label %v, want 0..%d", v, MaxClasses-1)
		}
		label = append(label, int(v))
		classes = max(classes, int(v)+1)
		return nil
	})
	return label, classes, err
}

// places returns a function that gives the place of one value after the other among rows.
func (a *array) places() func() int {
	next := -1
	if !a.fortran {
		return func() int { next++; return next }
	}
	steps := make([]int, len(a.shape)) // from a value to the one with the next index d, among rows
	step := 1
	for d := len(a.shape) - 1; d >= 0; d-- {
		steps[d] = step
		step *= a.shape[d]
	}
	index := make([]int, len(a.shape))
	return func() int {
		place := next + 1
		for d := range index { // an odometer whose first wheel turns fastest
			index[d]++
			next += steps[d]
			if index[d] < a.shape[d] {
				break
			}
			index[d] = 0
			next -= steps[d] * a.shape[d]
		}
		return place
	}
}

// packed is an array's values as they lie in the file. All of it has arrived and nothing follows. For MNIST that is an
// eighth of what it becomes, and never more than that.
type packed struct {
	name   string
	offset int64 // of the first value in the file
	number number
	blocks [][]byte
}

func (a *array) read() (*packed, error) {
	p := &packed{name: a.src.name, offset: a.src.offset, number: a.number}
	var err error
	if p.blocks, err = a.src.blocks(a.n * a.number.size); err != nil {
		return nil, err
	}
	return p, a.src.end()
}

// each calls take with one value after the other, up to an error.
func (p *packed) each(take func(float64) error) error {
	offset := p.offset
	for _, b := range p.blocks {
		for i := 0; i < len(b); i += p.number.size {
			v := p.number.decode(b[i:])
			err := p.number.check(v)
			if err == nil {
				err = take(v)
			}
			if err != nil {
				return fmt.Errorf("%s: byte %d: %w", p.name, offset+int64(i), err)
			}
		}
		offset += int64(len(b))
	}
	return nil
}
