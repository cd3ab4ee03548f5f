package numpyrand

import "math"

// A givens is the rotation (c s; -s c).
type givens struct{ c, s float64 }

// rotation turns (f, g) into (length, 0), with c >= 0.
func rotation(f, g float64) (r givens, length float64) {
	if g == 0 {
		return givens{c: 1}, f
	}
	if f == 0 {
		return givens{s: math.Copysign(1, g)}, math.Abs(g)
	}
	exp := exponent(f, g)
	f, g = math.Ldexp(f, -exp), math.Ldexp(g, -exp)
	length = math.Copysign(norm(f, g), f)
	return givens{c: f / length, s: g / length}, math.Ldexp(length, exp)
}

// apply rotates (x, y).
func (r givens) apply(x, y float64) (float64, float64) {
	return float64(r.c*x) + float64(r.s*y), float64(r.c*y) - float64(r.s*x)
}

// rows rotates each pair of elements of x and y.
func (r givens) rows(x, y []float64) {
	for j := range x {
		x[j], y[j] = r.apply(x[j], y[j])
	}
}

// pair returns the singular values of the matrix (f g; 0 h), g not 0, with signs such
// that their product is f h, and the rotation whose rows are its right singular vectors.
func pair(f, g, h float64) (larger, smaller float64, right givens) {
	if math.Abs(f) >= math.Abs(h) {
		larger, smaller, _, right = ordered(f, g, h)
		return larger, smaller, right
	}
	// Turned about its other diagonal the matrix is ordered, and left is right.
	larger, smaller, left, _ := ordered(h, g, f)
	return larger, smaller, givens{c: left.s, s: left.c}
}

// ordered is pair for |f| >= |h|, with the left rotation too.
// Formulas of Demmel and Kahan: each singular value comes without cancellation.
func ordered(f, g, h float64) (larger, smaller float64, left, right givens) {
	if math.Abs(f) < epsilon*math.Abs(g) {
		return g, f / g * h, givens{c: 1, s: h / g}, givens{c: f / g, s: 1}
	}
	m := g / f
	difference := (math.Abs(f) - math.Abs(h)) / math.Abs(f)
	sum := 2 - difference
	p, q := norm(sum, m), norm(difference, m)
	a := (p + q) / 2
	twice := (m/(p+sum) + m/(q+difference)) * (1 + a) // 2 tan of the right angle
	length := norm(twice, 2)
	right = givens{c: 2 / length, s: twice / length}
	left = givens{c: (right.c + float64(right.s*m)) / a, s: h / f * right.s / a}
	return f * a, h / a, left, right
}
