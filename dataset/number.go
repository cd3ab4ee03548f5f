package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A number is the form in which an array's values lie in a file.
type number struct {
	kind  byte // 'i' signed integer, 'u' unsigned, 'f' IEEE 754: NumPy's letters
	size  int  // bytes: 1, 2, 4 or 8, for 'f' 4 or 8
	order binary.ByteOrder
}

// integer reports whether values may be labels.
func (n number) integer() bool { return n.kind != 'f' }

func (n number) String() string {
	name := map[byte]string{'i': "int", 'u': "uint", 'f': "float"}[n.kind]
	return fmt.Sprint(name, 8*n.size)
}

// decode returns the value that b begins with. It is NaN for an integer that float64 might have to round.
func (n number) decode(b []byte) float64 {
	u := n.bits(b)
	switch {
	case n.kind == 'f' && n.size == 4:
		return float64(math.Float32frombits(uint32(u)))
	case n.kind == 'f':
		return math.Float64frombits(u)
	case n.kind == 'i':
		unused := 64 - 8*n.size
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

func (n number) bits(b []byte) uint64 {
	switch n.size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(n.order.Uint16(b))
	case 4:
		return uint64(n.order.Uint32(b))
	}
	return n.order.Uint64(b)
}

// check reports why decode's value cannot be taken.
func (n number) check(v float64) error {
	switch {
	case finite(v):
		return nil
	case n.integer():
		return fmt.Errorf("an integer beyond 2^53, which float64 would round")
	}
	return fmt.Errorf("%v, want a finite number", v)
}
