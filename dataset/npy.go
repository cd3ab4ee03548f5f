package dataset

import (
	"encoding/binary"
	"io"
)

// ReadNPY reads samples x and labels y from two .npy files, as numpy.save writes them; gzipped or not. Samples have two
// dimensions or more: the first counts them, the others together are the features of one, the last index running fastest
// in either memory order. They are float32, float64 or integers within 2^53. Labels have one dimension and are integers
// 0 .. MaxClasses-1; the largest decides the number of classes. The names are for errors, which fall on what [ReadIDX]
// refuses, and on any other type.
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

// maxHeader is the largest header that is read. NumPy's own are 128 bytes long, and it refuses more than 10000.
const maxHeader = 1 << 16

// openNPY reads the header: a magic string, the version, the length and a Python dictionary of that length.
func openNPY(src *source) (*array, error) {
	a := &array{src: src}
	var start [8]byte
	if err := a.fillHeader(start[:]); err != nil {
		return nil, err
	}
	version := start[6]
	if string(start[:6]) != "\x93NUMPY" || version < 1 || version > 3 {
		return nil, src.errorf("begins with % x, which is not npy of version 1, 2 or 3", start)
	}
	var length [4]byte // of which version 1 has two
	if err := a.fillHeader(length[:min(2*version, 4)]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxHeader {
		return nil, src.errorf("a header of %d bytes, want %d at most", n, maxHeader)
	}
	header := make([]byte, n)
	if err := a.fillHeader(header); err != nil {
		return nil, err
	}
	if err := a.parse(string(header)); err != nil {
		return nil, err
	}
	return a, nil
}
