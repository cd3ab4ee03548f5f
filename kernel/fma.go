package kernel

import (
	"math"
	"unsafe"
)

// FMA returns x*y + z with one rounding, in the type of its operands.
func FMA[T Float](x, y, z T) T {
	if unsafe.Sizeof(x) == 4 { // a constant in each instantiation
		return T(fma32(float32(x), float32(y), float32(z)))
	}
	return T(math.FMA(float64(x), float64(y), float64(z)))
}

// fma32 is FMA for float32. The product is exact in float64, whether or not the compiler fuses it into the sum. Rounding
// the float64 sum again is wrong in few cases only, which doubtful finds.
func fma32(x, y, z float32) float32 {
	p, c := float64(x)*float64(y), float64(z)
	s := p + c
	if doubtful(s) {
		return sumOdd(p, c)
	}
	return float32(s)
}

// doubtful reports whether rounding to float32 the float64 s, itself a rounded sum, may differ from rounding the exact
// sum: where s lies half-way between two float32, or below their normal range, where half-way points have other bits. A
// sum of zero is exact: of a product of float32 nothing is lost by underflow.
func doubtful(s float64) bool {
	return halfway(s) || math.Float64bits(s)<<1-1 < (1023-126)<<53-1
}

// halfway reports whether s lies half-way between two float32, if it is in their normal range.
func halfway(s float64) bool { return math.Float64bits(s)<<35 == 1<<63 }

// sumOdd returns p + c, rounded once to float32. It adds in float64 with rounding to odd: of the two float64 around the
// exact sum it takes the one with an odd significand, which lies on the same side of every half-way point of float32.
// See S. Boldo and G. Melquiond, Emulation of a FMA and Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd,
// IEEE Transactions on Computers 57(4), 2008.
func sumOdd(p, c float64) float32 {
	s := p + c
	t := s - p
	lost := (p - (s - t)) + (c - t) // s + lost is the exact sum: Knuth's TwoSum
	return float32(roundToOdd(s, lost))
}

// roundToOdd takes s, an exact and finite sum rounded to nearest, and what the rounding lost. It returns that sum rounded
// to odd.
func roundToOdd(s, lost float64) float64 {
	b := math.Float64bits(s)
	if lost == 0 || b&1 == 1 {
		return s
	}
	if (lost > 0) == (s > 0) {
		return math.Float64frombits(b + 1)
	}
	return math.Float64frombits(b - 1)
}
