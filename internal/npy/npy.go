// Package npy reads and writes the arrays of NumPy: .npy files, and .npz archives of them.
//
// Reading goes by steps, so that a caller can refuse an array by its header before any value is read: a [Source] of bytes,
// its [Header], its [Values]. The steps after the header serve other formats of packed numbers as well. Memory grows with
// the data that arrive, whatever the header claims. Errors name the source and the byte.
//
// The format is described at https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
package npy

import "encoding/binary"

// Header says what values follow.
type Header struct {
	Number  Number
	Shape   []int64 // none below zero; the product may be anything
	Fortran bool    // the first index runs fastest, not the last
}

// maxHeader is the largest header that is read. NumPy's own are 128 bytes long, and it refuses more than 10000.
const maxHeader = 1 << 16

// ReadHeader reads a magic string, the version, the length and a Python dictionary of that length. It fails on any type but
// float32, float64 and integers.
func ReadHeader(s *Source) (*Header, error) {
	var start [8]byte
	if err := s.FillHeader(start[:]); err != nil {
		return nil, err
	}
	version := start[6]
	if string(start[:6]) != "\x93NUMPY" || version < 1 || version > 3 {
		return nil, s.Errorf("begins with % x, which is not npy of version 1, 2 or 3", start)
	}
	var length [4]byte // of which version 1 has two
	if err := s.FillHeader(length[:min(2*version, 4)]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxHeader {
		return nil, s.Errorf("a header of %d bytes, want %d at most", n, maxHeader)
	}
	text := make([]byte, n)
	if err := s.FillHeader(text); err != nil {
		return nil, err
	}
	return parse(s, string(text))
}
