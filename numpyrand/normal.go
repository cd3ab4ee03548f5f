package numpyrand

import (
	"math"

	"github.com/samebits/samebits/kernel"
)

// StandardNormal draws from the normal distribution of mean 0 and deviation 1: a point
// of the unit disc gives two values, of which the second is returned and the first kept
// for the next call. It is NumPy's standard_normal and randn.
// (G. Marsaglia, T. A. Bray, "A convenient method for generating normal variables", 1964.)
func (r *RandomState) StandardNormal() float64 {
	if r.hasGauss {
		g := r.gauss
		r.hasGauss, r.gauss = false, 0
		return g
	}
	x, y, square := r.disc()
	f := math.Sqrt(-2 * kernel.Log(square) / square)
	r.hasGauss, r.gauss = true, float64(f*x)
	return float64(f * y)
}

// disc draws a point uniformly from the unit disc without its centre, and the square of
// its distance from there. NumPy rounds the two squares before it adds them.
func (r *RandomState) disc() (x, y, square float64) {
	for {
		x = float64(2*r.RandomSample()) - 1
		y = float64(2*r.RandomSample()) - 1
		square = float64(x*x) + float64(y*y)
		if square < 1 && square != 0 {
			return x, y, square
		}
	}
}

// Normal draws from the normal distribution of mean loc and deviation scale. NumPy
// refuses a negative scale; here it mirrors the draw about loc.
func (r *RandomState) Normal(loc, scale float64) float64 {
	return loc + float64(scale*r.StandardNormal())
}
