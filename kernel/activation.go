package kernel

import (
	"math"
	"unsafe"
)

// The recipes of the float64 activations. Their operations, and the order of them, are part of the contract: other rows
// follow them one by one in vector registers. They use no table, Estrin's scheme and one division. What decides how fast
// a small network trains is the latency of the sigmoid, so its polynomial starts from a reduced argument that is ready
// one operation early. Branches below only set apart arguments that training rarely meets; a vector row tests for them
// once and runs the rare recipe under a mask.
//
// With n = rint(x/ln 2) and r = x - n ln 2, exp(x) = 2^n (1+w) with w = expm1(r), |r| <= 0.3466. The code below takes
// the argument z = -x, since all callers want exp of something negated, and works with -r.

const (
	log2E = 0x1.71547652b82fep+0  // 1/ln 2
	ln2Hi = 0x1.62e42fefa39efp-1  // ln 2, rounded
	ln2Lo = 0x1.abc9e3b39803fp-56 // ln 2 - ln2Hi, rounded

	// Adding a shifter rounds to an integer, which then stands in the low bits of the sum with a bias added.
	shifter1 = 0x1.8p52 + 1023 // the low bits are the exponent field of 2^n
	shifter2 = 0x1.8p52 + 2046 // for 2^n as a product of two powers, each in the normal range
)

// Coefficients of expm1(r) = r + r^2/2 + c3 r^3 + ... on |r| <= 0.34661, computed by Sollya's fpminimax.
const (
	// Degree 11 for the sigmoid: error below 5.4e-18 relative to exp(r).
	c3  = 0x1.5555555555501p-3
	c4  = 0x1.5555555553207p-5
	c5  = 0x1.1111111128978p-7
	c6  = 0x1.6c16c17cc32cp-10
	c7  = 0x1.a01a011bd0c9p-13
	c8  = 0x1.a019ab2d25a7ep-16
	c9  = 0x1.71df55f26a6a1p-19
	c10 = 0x1.289f8b0369b5dp-22
	c11 = 0x1.ad1f080d5a50ap-26

	// Degree 12 for exp and tanh: error below 3.2e-19 relative to expm1(r).
	d3  = 0x1.5555555555559p-3
	d4  = 0x1.555555555554ap-5
	d5  = 0x1.111111110f656p-7
	d6  = 0x1.6c16c16c1c0d5p-10
	d7  = 0x1.a01a01b0025b1p-13
	d8  = 0x1.a01a01872a841p-16
	d9  = 0x1.71ddf8141440dp-19
	d10 = 0x1.27e521d13303p-22
	d11 = 0x1.af5f2122bd54cp-26
	d12 = 0x1.1f0412ea86768p-29
)

// sigmoid returns 1/(1+exp(-z)): sigmoid64's value for float64, the correctly rounded value for float32.
func sigmoid[T Float](z T) T {
	if unsafe.Sizeof(z) == 4 {
		return T(sigmoid32(float32(z)))
	}
	return T(sigmoid64(float64(z)))
}

// sigmoid64 returns 1/(1+exp(-z)) with an error below 2 ulp.
//
// In the middle range s = -(x - n ln2Hi) is exact and n ln2Lo is below 2^-49. The terms from r^4 on, and one factor r of
// each, take s for -r; the terms up to r^3 take the better -r. Only w and the denominator round at full size:
// 1 + 2^n(1+w) is one fma, since 1 + 2^n is exact for n <= 52.
func sigmoid64(z float64) float64 {
	if !(z >= -36) {
		return sigmoidLow(z)
	}
	if z > 708 {
		return 1
	}
	m := math.FMA(z, -log2E, shifter1)
	n := m - shifter1
	s := math.FMA(n, ln2Hi, z)
	r := math.FMA(n, ln2Lo, s)
	ss := s * s
	s4 := ss * ss

	p45 := math.FMA(s, -c5, c4)
	p67 := math.FMA(s, -c7, c6)
	p89 := math.FMA(s, -c9, c8)
	pab := math.FMA(s, -c11, c10)
	p47 := math.FMA(p67, ss, p45)
	p8b := math.FMA(pab, ss, p89)
	p4b := math.FMA(p8b, s4, p47)
	p23 := math.FMA(r, -c3, 0.5)
	q := math.FMA(p4b, ss, p23) // (w - r)/r^2
	w := math.FMA(q, r*r, -r)

	two := math.Float64frombits(math.Float64bits(m) << 52) // 2^n
	return 1 / math.FMA(w, two, 1+two)
}

// sigmoidLow is sigmoid64 for z < -36, down to subnormal results, and for NaN. There 1 + 2^n(1+w) = 2^n(1+w+2^-n) and
// the sum in brackets is small again. Numerator and denominator share out 2^n, so that the division rounds the result
// once, wherever it lies.
func sigmoidLow(z float64) float64 {
	if z < -746 {
		return 0
	}
	w, m := expm1Neg(z)
	h := m >> 1                                      // field of 2^(n>>1)
	a := math.Float64frombits((2046 - h) << 52)      // 2^-(n>>1)
	b := math.Float64frombits((m - h) << 52)         // 2^n * a
	ib := math.Float64frombits((2046 - m + h) << 52) // 1/b
	return a / math.FMA(math.FMA(a, ib, w), b, b)
}

// tanh64 returns tanh(z) with an error below 2 ulp. With E = exp(-2|z|), tanh|z| = (1-E)/(1+E). The quotient takes one
// step of correction that gives back what rounding the denominator lost.
func tanh64(z float64) float64 {
	t := math.Abs(z)
	if t > 20 {
		return math.Copysign(1, z)
	}
	w, m := expm1Neg(2 * t)
	two := math.Float64frombits((m - 1023) << 52) // 2^n
	one := two + 1
	num := math.FMA(w, two, two-1) // E - 1
	den := math.FMA(w, two, one)   // E + 1, rounded
	lost := math.FMA(w, two, one-den)
	inv := 1 / den
	y := num * inv
	rest := math.FMA(-y, lost, math.FMA(-y, den, num))
	return math.Copysign(math.FMA(rest, inv, y), z)
}

// exp64 returns exp(x) with an error below 1 ulp, subnormal results included. Scaling by two powers in turn rounds only
// in the second, and only where the result is subnormal.
func exp64(x float64) float64 {
	if x > 746 {
		return math.Inf(1)
	}
	if x < -746 {
		return 0
	}
	w, m := expm1Neg(-x)
	h := m >> 1
	a := math.Float64frombits(h << 52)
	b := math.Float64frombits((m - h) << 52)
	return float64((1+w)*a) * b
}

// expm1Neg returns w and the sum m with the biased n in its low bits, such that exp(-z) = 2^n (1+w), for |z| <= 746.
// n ln2Lo is added where it is small beside what it is added to.
func expm1Neg(z float64) (w float64, m uint64) {
	sum := math.FMA(z, -log2E, shifter2)
	n := sum - shifter2
	s := math.FMA(n, ln2Hi, z)
	c := float64(n * ln2Lo)
	r := s + c
	r2 := r * r
	r4 := r2 * r2

	p45 := math.FMA(r, -d5, d4)
	p67 := math.FMA(r, -d7, d6)
	p89 := math.FMA(r, -d9, d8)
	pac := math.FMA(r2, d12, math.FMA(r, -d11, d10))
	p47 := math.FMA(p67, r2, p45)
	p8c := math.FMA(pac, r2, p89)
	p4c := math.FMA(p8c, r4, p47)
	p23 := math.FMA(r, -d3, 0.5)
	q := math.FMA(p4c, r2, p23)
	return math.FMA(q, r2, -c) - s, math.Float64bits(sum)
}

// sigmoid32 returns the float32 nearest to 1/(1+exp(-z)). The float64 value decides, except for small |z| where it lies
// within its error of a half-way point between two float32. All 2^32 arguments have been tried.
func sigmoid32(z float32) float32 {
	y := sigmoid64(float64(z))
	if (math.Float64bits(y)+4)&(1<<29-1)-1<<28 <= 8 && -0x1p-8 < z && z < 0x1p-8 {
		return sigmoid32Hard(z)
	}
	return float32(y)
}

// sigmoid32Hard returns 1/2 + tanh(z/2)/2, rounded once: for small |z| the sum is known far beyond float64.
func sigmoid32Hard(z float32) float32 {
	t := tanh64(float64(z)/2) / 2
	s := 0.5 + t
	lost := t - (s - 0.5)
	return float32(roundToOdd(s, lost))
}
