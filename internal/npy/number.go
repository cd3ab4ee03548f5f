package npy

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Number is the form in which an array's values lie in a file.
type Number struct {
	Kind  byte // 'i' signed integer, 'u' unsigned, 'f' IEEE 754: NumPy's letters
	Size  int  // bytes: 1, 2, 4 or 8, for 'f' 4 or 8
	Order binary.ByteOrder
}

// Integer reports whether values are integers.
func (n Number) Integer() bool { return n.Kind != 'f' }

func (n Number) String() string {
	name := map[byte]string{'i': "int", 'u': "uint", 'f': "float"}[n.Kind]
	return fmt.Sprint(name, 8*n.Size)
}

// decode returns the value that b begins with. It is NaN for an integer that float64 might have to round.
func (n Number) decode(b []byte) float64 {
	u := n.bits(b)
	switch {
	case n.Kind == 'f' && n.Size == 4:
		return float64(math.Float32frombits(uint32(u)))
	case n.Kind == 'f':
		return math.Float64frombits(u)
	case n.Kind == 'i':
		unused := 64 - 8*n.Size
		return exact(int64(u<<unused) >> unused)
	case u > maxExact:
		return math.NaN()
	}
	return float64(u)
}

// maxExact is the number up to which float64 holds every integer.
const maxExact = 1 << 53

func exact(i int64) float64 {
	if i > maxExact || i < -maxExact {
		return math.NaN()
	}
	return float64(i)
}

func (n Number) bits(b []byte) uint64 {
	switch n.Size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(n.Order.Uint16(b))
	case 4:
		return uint64(n.Order.Uint32(b))
	}
	return n.Order.Uint64(b)
}

// check reports why decode's value cannot be taken.
func (n Number) check(v float64) error {
	switch {
	case !math.IsNaN(v) && !math.IsInf(v, 0):
		return nil
	case n.Integer():
		return fmt.Errorf("an integer beyond 2^53, which float64 would round")
	}
	return fmt.Errorf("%v, want a finite number", v)
}
