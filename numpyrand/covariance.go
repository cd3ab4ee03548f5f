package numpyrand

import (
	"fmt"
	"math"
)

func checkShape(d int, cov []float64) error {
	if d == 0 {
		return fmt.Errorf("%w: mean is empty", ErrShape)
	}
	if len(cov)/d != d || len(cov)%d != 0 {
		return fmt.Errorf("%w: %d means, covariance of %d elements, want %d×%d", ErrShape, d, len(cov), d, d)
	}
	return nil
}

func checkElements(mean, cov []float64) error {
	d := len(mean)
	for i, m := range mean {
		if !finite(m) {
			return fmt.Errorf("%w: mean[%d] is %v", ErrNotFinite, i, m)
		}
	}
	for at, c := range cov {
		i, j := at/d, at%d
		if !finite(c) {
			return fmt.Errorf("%w: cov[%d][%d] is %v", ErrNotFinite, i, j, c)
		}
	}
	for at, c := range cov {
		i, j := at/d, at%d
		if mirror := cov[j*d+i]; c != mirror {
			return fmt.Errorf("%w: cov[%d][%d] is %v, cov[%d][%d] is %v", ErrAsymmetry, i, j, c, j, i, mirror)
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// checkSign looks for a negative eigenvalue of the symmetric matrix a. To a singular value
// s belongs a vector v with a v = s v if the eigenvalue is s, or a v = -s v if it is -s; a
// matrix that has both mixes the two, in one of them at least by half. So a v is off s v
// by more than s wherever there is a negative eigenvalue.
func checkSign(a [][]float64, s []float64, v [][]float64) error {
	for i := range v {
		if eigenError(a, s[i], v[i]) > roundingError(len(s))*s[0] {
			return fmt.Errorf("%w: it has an eigenvalue of about %.3g times the largest", ErrNegative, -s[i]/s[0])
		}
	}
	return nil
}

// eigenError is the length of a v - s v.
func eigenError(a [][]float64, s float64, v []float64) float64 {
	difference := make([]float64, len(v))
	for i, row := range a {
		sum := float64(-s * v[i])
		for j := range row {
			sum = math.FMA(row[j], v[j], sum)
		}
		difference[i] = sum
	}
	return norm(difference...)
}

// roundingError is the size, relative to the largest, up to which a singular value of a
// d×d matrix is put down to rounding. The iteration drops elements of up to 2^-46.
func roundingError(d int) float64 { return float64(d) * 0x1p-44 }

// scaled is the d×d matrix cov times a power of two, and the power that undoes it. It
// is even, and brings the largest element to between 1/2 and 2.
func scaled(d int, cov []float64) (a [][]float64, scale int) {
	scale = exponent(cov...) &^ 1
	a = make([][]float64, d)
	for i := range a {
		a[i] = make([]float64, d)
		for j := range a[i] {
			a[i][j] = math.Ldexp(cov[i*d+j], -scale)
		}
	}
	return a, scale
}

func clone(a [][]float64) [][]float64 {
	b := make([][]float64, len(a))
	for i := range a {
		b[i] = append([]float64(nil), a[i]...)
	}
	return b
}
