package dataset

import (
	"io"

	"github.com/samebits/samebits/internal/npy"
)

// ReadNPY reads samples x and labels y from two .npy files, as numpy.save writes them; gzipped or not. Samples have two
// dimensions or more: the first counts them, the others together are the features of one, the last index running fastest
// in either memory order. They are float32, float64 or integers within 2^53. Labels have one dimension and are integers
// 0 .. MaxClasses-1, be it as floats; the largest decides the number of classes. The names are for errors, which fall on
// whatever else [ReadIDX] refuses, and on any other type.
//
// The format is described at https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
func ReadNPY(xName string, x io.Reader, yName string, y io.Reader) (*Set, error) {
	xs, err := newSource(xName, x)
	if err != nil {
		return nil, err
	}
	ys, err := newSource(yName, y)
	if err != nil {
		return nil, err
	}
	xa, err := openNPY(xs)
	if err != nil {
		return nil, err
	}
	ya, err := openNPY(ys)
	if err != nil {
		return nil, err
	}
	return join(xa, ya)
}

// openNPY reads the header.
func openNPY(src *npy.Source) (*array, error) {
	h, err := npy.ReadHeader(src)
	if err != nil {
		return nil, err
	}
	a := &array{src: src, number: h.Number, fortran: h.Fortran}
	return a, a.setShape(h.Shape)
}
