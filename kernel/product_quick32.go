package kernel

import "math"

// quick32 is a block of a product of float32, made ready to be computed faster than step by step, to the same bits. That
// takes these assumptions, which hold for the numbers of ordinary networks, and are looked at each time:
//
//   - The elements of b are finite.
//   - No product of an element of a and one of b has a digit below 2^-149, the smallest number.
//   - No chain begins with -0.
//
// Exact sums are multiples of 2^-149 then: one that is subnormal, or zero, is a float32 and not rounded. From that follow
// two things. Rounding a sum to float64 first and then to float32 may only be wrong half-way between two float32, see
// doubtful. And no sum is ever -0, so that a step whose element of a is zero leaves every sum as it is: such steps, of
// which pictures and ReLU have many, are left out.
type quick32 struct {
	b     [genericWidth / quickChains][genericWidth][quickChains]float64 // [j/quickChains][t][j%quickChains]
	unitB int
	ready bool // whether the assumptions on b hold

	a     [genericWidth]float64 // those that are not zero
	at    [genericWidth]uint8   // the step of each
	count int
	unitA int
}

// quickChains is how many chains are computed side by side.
const quickChains = 8

// unit32 finds a unit that numbers are multiples of: a float32 with the biased exponent e is a multiple of 2^(e-150). It is
// the least of the numbers' bits, without their signs and less 1, so that zeros, which are multiples of everything, do not
// count.
type unit32 uint32

const ofZeros = unit32(math.MaxUint32)

func (u unit32) with(v float32) unit32 { return min(u, unit32(math.Float32bits(v)<<1-1)) }

// exponent is e of the unit 2^(e-150). It may be one too small, where the least number is a power of two or subnormal.
func (u unit32) exponent() int { return int(u >> 24) }

// smallestUnit is the exponent of the unit 2^-149.
const smallestUnit = 1

// setB takes a block of b, k rows of n.
func (q *quick32) setB(b []float32, n, k int) {
	unit, largest := ofZeros, uint32(0)
	for t := range k {
		for j, v := range b[t*n:][:n] {
			q.b[j/quickChains][t][j%quickChains] = float64(v)
			unit, largest = unit.with(v), max(largest, math.Float32bits(v)<<1)
		}
	}
	q.unitB, q.ready = unit.exponent(), largest < 0xff<<24
}

// setA takes a row of the block of a, a[t*step] for t < k.
func (q *quick32) setA(a []float32, k, step int) {
	unit := ofZeros
	q.count = 0
	for t := range k {
		if v := a[t*step]; v != 0 {
			q.a[q.count], q.at[q.count] = float64(v), uint8(t)
			unit = unit.with(v)
			q.count++
		}
	}
	q.unitA = unit.exponent()
}

// goOn goes on with the sums y, in columns j to j+quickChains of b. It reports whether it has; if not, y is as before.
func (q *quick32) goOn(y *[quickChains]float32, j int) bool {
	if !q.ready || q.unitA+q.unitB-150 < smallestUnit {
		return false
	}
	for _, v := range y {
		if math.Float32bits(v) == 1<<31 { // -0
			return false
		}
	}
	return chains32(y, q.a[:q.count], q.at[:q.count], &q.b[j/quickChains])
}

// chains32 goes on with the chains y, by the steps of b in at. It gives up, with y as it was, at a sum that may be wrong if
// it is rounded to float32: half-way between two of them, and inexact. The products are exact, so that it is all the same
// whether a compiler fuses them.
func chains32(y *[quickChains]float32, a []float64, at []uint8, b *[genericWidth][quickChains]float64) bool {
	y0, y1, y2, y3 := float64(y[0]), float64(y[1]), float64(y[2]), float64(y[3])
	y4, y5, y6, y7 := float64(y[4]), float64(y[5]), float64(y[6]), float64(y[7])
	at = at[:len(a)]
	for i, v := range a {
		w := &b[at[i]%genericWidth]
		s := v*w[0] + y0
		if halfway(s) && inexact(s, v*w[0], y0) {
			return false
		}
		y0 = float64(float32(s))
		s = v*w[1] + y1
		if halfway(s) && inexact(s, v*w[1], y1) {
			return false
		}
		y1 = float64(float32(s))
		s = v*w[2] + y2
		if halfway(s) && inexact(s, v*w[2], y2) {
			return false
		}
		y2 = float64(float32(s))
		s = v*w[3] + y3
		if halfway(s) && inexact(s, v*w[3], y3) {
			return false
		}
		y3 = float64(float32(s))
		s = v*w[4] + y4
		if halfway(s) && inexact(s, v*w[4], y4) {
			return false
		}
		y4 = float64(float32(s))
		s = v*w[5] + y5
		if halfway(s) && inexact(s, v*w[5], y5) {
			return false
		}
		y5 = float64(float32(s))
		s = v*w[6] + y6
		if halfway(s) && inexact(s, v*w[6], y6) {
			return false
		}
		y6 = float64(float32(s))
		s = v*w[7] + y7
		if halfway(s) && inexact(s, v*w[7], y7) {
			return false
		}
		y7 = float64(float32(s))
	}
	y[0], y[1], y[2], y[3] = float32(y0), float32(y1), float32(y2), float32(y3)
	y[4], y[5], y[6], y[7] = float32(y4), float32(y5), float32(y6), float32(y7)
	return true
}

// inexact reports whether s is not p + c, but only that sum rounded, or no number. Taking the larger one of p and c from s
// is exact and leaves the other, plus what was lost.
func inexact(s, p, c float64) bool { return s-p != c || s-c != p }
