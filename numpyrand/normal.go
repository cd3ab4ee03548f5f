package numpyrand

import (
	"math"
	"sync"

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

// StandardNormals fills dst with draws as so many calls of [RandomState.StandardNormal].
func (r *RandomState) StandardNormals(dst []float64) {
	if len(dst) > 0 && r.hasGauss {
		dst[0], dst = r.StandardNormal(), dst[1:]
	}
	p := somePoints.Get().(*points)
	defer somePoints.Put(p)
	for len(dst) > 1 {
		words := r.waiting()
		tries := min(len(words)/4, len(dst)/2) // no more points than dst has room for if all are kept
		if tries == 0 {
			dst[0], dst[1] = r.StandardNormal(), r.StandardNormal() // of words from before and after a refill
			dst = dst[2:]
			continue
		}
		n := r.row().Discs(p.x[:tries], p.y[:tries], p.square[:tries], words[:4*tries])
		r.left -= 4 * tries
		r.row().Normals(dst[:2*n], p.x[:n], p.y[:n], p.square[:n])
		dst = dst[2*n:]
	}
	if len(dst) > 0 {
		dst[0] = r.StandardNormal()
	}
}

// points is room for the points that one generation of words can give.
type points struct{ x, y, square [stateWords / 4]float64 }

var somePoints = sync.Pool{New: func() any { return new(points) }}

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
