package numpyrand

import (
	"errors"
	"math"
)

// The singular value decomposition of a square matrix, by LAPACK's route: Householder
// reflections to an upper bidiagonal matrix (G. Golub, W. Kahan, 1965), then QR steps
// on that (J. Demmel, W. Kahan, "Accurate singular values of bidiagonal matrices",
// 1990). The signs of singular vectors are a matter of convention; they follow from
// the conventions of each step, so each step keeps those of LAPACK. Where a sign hangs
// on rounding it goes LAPACK's way too: sums and products are rounded one by one, in
// LAPACK's order, and scaling is by powers of two, which rounds nothing.

const epsilon = 0x1p-53 // half the distance from 1 to the next float64

var errConverge = errors.New("numpyrand: singular value decomposition did not converge")

// rightSVD returns the singular values of a, largest first, and the rows of v where
// a = u diag(s) v. It works on a, which is n×n with n > 0 and whose largest element
// should be near 1.
func rightSVD(a [][]float64) (s []float64, v [][]float64, err error) {
	b := bidiagonalize(a)
	if err := b.diagonalize(); err != nil {
		return nil, nil, err
	}
	b.makePositive()
	b.sort()
	return b.d, b.v, nil
}

// A bidiagonal is a square matrix with d on its diagonal and e above it. The rows of v
// take part in whatever is done to its columns.
type bidiagonal struct {
	d, e []float64
	v    [][]float64
}

// bidiagonalize clears a column below the diagonal, then a row beyond the element
// right of the diagonal, and so on.
func bidiagonalize(a [][]float64) *bidiagonal {
	n := len(a)
	b := &bidiagonal{d: make([]float64, n), e: make([]float64, n-1), v: identity(n)}
	x := make([]float64, n)
	for i := range n {
		column := x[:n-i]
		for k := range column {
			column[k] = a[i+k][i]
		}
		var tau float64
		b.d[i], tau = reflector(column)
		reflectRows(a[i:], i+1, column, tau)
		if i == n-1 {
			break
		}
		row := x[:n-i-1]
		copy(row, a[i][i+1:])
		b.e[i], tau = reflector(row)
		reflectColumns(a[i+1:], i+1, row, tau)
		reflectRows(b.v[i+1:], 0, row, tau)
	}
	return b
}

func identity(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		m[i][i] = 1
	}
	return m
}

// reflector finds the reflection 1 - tau w wᵀ that sends x to (beta, 0, ..., 0) and
// puts w, with w[0] = 1, into x. beta has the sign opposite to x[0]; where there is
// nothing to clear the reflection is none and beta is x[0].
func reflector(x []float64) (beta, tau float64) {
	exp := exponent(x...)
	for i := range x {
		x[i] = math.Ldexp(x[i], -exp)
	}
	first, rest := x[0], x[1:]
	x[0] = 1
	length := norm(rest...)
	if length == 0 {
		return math.Ldexp(first, exp), 0
	}
	beta = -math.Copysign(hypot(first, length), first)
	inverse := 1 / (first - beta)
	for i := range rest {
		rest[i] *= inverse
	}
	return math.Ldexp(beta, exp), (beta - first) / beta
}

// reflectRows applies 1 - tau w wᵀ from the left to the columns of m from column on.
func reflectRows(m [][]float64, column int, w []float64, tau float64) {
	for j := column; j < len(m[0]); j++ {
		var dot float64
		for k := range w {
			dot += float64(w[k] * m[k][j])
		}
		dot *= -tau
		for k := range w {
			m[k][j] += float64(dot * w[k])
		}
	}
}

// reflectColumns applies 1 - tau w wᵀ from the right to the rows of m, whose elements
// from column on it concerns.
func reflectColumns(m [][]float64, column int, w []float64, tau float64) {
	for _, row := range m {
		x := row[column:]
		var dot float64
		for k := range w {
			dot += float64(x[k] * w[k])
		}
		for k := range w {
			x[k] += float64(dot * float64(-tau*w[k]))
		}
	}
}

// makePositive turns singular values and their rows of v to the positive side.
func (b *bidiagonal) makePositive() {
	for i := range b.d {
		if b.d[i] < 0 {
			b.d[i] = -b.d[i]
			for j := range b.v[i] {
				b.v[i][j] = -b.v[i][j]
			}
		}
	}
}

// sort puts the largest singular value first. Equal values end where LAPACK's three
// passes leave them: dbdsqr sorts, dlasdq turns the order round, dbdsdc turns it back.
func (b *bidiagonal) sort() {
	for last := len(b.d) - 1; last > 0; last-- {
		least := 0
		for i := 1; i <= last; i++ {
			if b.d[i] <= b.d[least] {
				least = i
			}
		}
		b.swap(least, last)
	}
	b.selectionSort(func(x, y float64) bool { return x < y })
	b.selectionSort(func(x, y float64) bool { return x > y })
}

// selectionSort brings to each place in turn the first of the values from there on that
// none is before.
func (b *bidiagonal) selectionSort(before func(x, y float64) bool) {
	for i := range b.d {
		first := i
		for j := i + 1; j < len(b.d); j++ {
			if before(b.d[j], b.d[first]) {
				first = j
			}
		}
		b.swap(i, first)
	}
}

func (b *bidiagonal) swap(i, j int) {
	b.d[i], b.d[j] = b.d[j], b.d[i]
	b.v[i], b.v[j] = b.v[j], b.v[i]
}

// norm is the Euclidean length of x, scaled so that no square vanishes.
func norm(x ...float64) float64 {
	exp := exponent(x...)
	var sum float64
	for _, v := range x {
		v = math.Ldexp(v, -exp)
		sum += float64(v * v)
	}
	return math.Ldexp(math.Sqrt(sum), exp)
}

// hypot is norm(x, y) but for the rounding, x and y not both 0.
func hypot(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	if x < y {
		x, y = y, x
	}
	q := y / x
	return float64(x * math.Sqrt(1+float64(q*q)))
}

// exponent is that of the power of two just above the largest of x.
func exponent(x ...float64) int {
	var largest float64
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	_, exp := math.Frexp(largest)
	return exp
}
