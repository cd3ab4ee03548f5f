package npy

import (
	"fmt"
	"io"
)

// Values are the values of an array as they lie in the file. All of them have arrived and nothing follows. For MNIST that
// is an eighth of what they become as float64, and never more than that.
type Values struct {
	name   string
	offset int64 // of the first value in the file
	number Number
	blocks [][]byte
}

// Values reads n values, and checks that nothing follows.
func (s *Source) Values(n int, number Number) (*Values, error) {
	v := &Values{name: s.name, offset: s.offset, number: number}
	var err error
	if v.blocks, err = s.blocks(n * number.Size); err != nil {
		return nil, err
	}
	return v, s.end()
}

// Each calls take with one value after the other, up to an error, which is then told with the byte. A value is finite;
// others, and integers beyond 2^53, are errors.
func (v *Values) Each(take func(float64) error) error {
	offset := v.offset
	for _, b := range v.blocks {
		for i := 0; i < len(b); i += v.number.Size {
			x := v.number.decode(b[i:])
			err := v.number.check(x)
			if err == nil {
				err = take(x)
			}
			if err != nil {
				return fmt.Errorf("%s: byte %d: %w", v.name, offset+int64(i), err)
			}
		}
		offset += int64(len(b))
	}
	return nil
}

// Places returns a function that gives, for one value after the other, its place among rows: the place that it has in an
// array of this shape whose last index runs fastest. In a Fortran array the first one does. No size may be zero.
func Places(shape []int, fortran bool) func() int {
	next := -1
	if !fortran {
		return func() int { next++; return next }
	}
	steps := make([]int, len(shape)) // from a value to the one with the next index d, among rows
	step := 1
	for d := len(shape) - 1; d >= 0; d-- {
		steps[d] = step
		step *= shape[d]
	}
	index := make([]int, len(shape))
	return func() int {
		place := next + 1
		for d := range index { // an odometer whose first wheel turns fastest
			index[d]++
			next += steps[d]
			if index[d] < shape[d] {
				break
			}
			index[d] = 0
			next -= steps[d] * shape[d]
		}
		return place
	}
}

// BlockSize is a multiple of every number's size, so that no number lies in two blocks.
const BlockSize = 1 << 16

// blocks reads n bytes. It makes room as the data arrive: n may be a lie.
func (s *Source) blocks(n int) ([][]byte, error) {
	var blocks [][]byte
	for end := s.offset + int64(n); n > 0; n -= BlockSize {
		b := make([]byte, min(n, BlockSize))
		err := s.fill(b)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, s.Errorf("the data end here, want %d bytes", end)
		}
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}
