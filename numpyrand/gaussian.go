package numpyrand

import (
	"errors"
	"fmt"
	"math"
)

// Errors of a multivariate normal distribution, to be told apart with errors.Is.
var (
	ErrShape     = errors.New("numpyrand: shapes do not fit")
	ErrNotFinite = errors.New("numpyrand: not finite")
	ErrAsymmetry = errors.New("numpyrand: covariance is not symmetric")
	ErrNegative  = errors.New("numpyrand: covariance is not positive semidefinite")
	ErrSingular  = errors.New("numpyrand: covariance is singular")
)

// A Gaussian is a multivariate normal distribution, made ready to draw from by
// [NewGaussian]. It does not change once made, so that goroutines may share it.
type Gaussian struct {
	mean  []float64
	root  [][]float64 // diag(sqrt(s)) v, where cov = u diag(s) v
	s     []float64   // singular values, scaled by a power of two, the largest first
	scale int         // the power
	plane [4]float64  // root of two dimensions, row by row
}

// NewGaussian returns the distribution of d dimensions with the given mean (d elements)
// and covariance (d×d, row by row). It fails with
//   - [ErrShape] if d is 0 or cov has not d×d elements,
//   - [ErrNotFinite] if an element is infinite or not a number,
//   - [ErrAsymmetry] if an element differs from its mirror image,
//   - [ErrNegative] if the covariance has a negative eigenvalue beyond rounding.
//
// A singular covariance is allowed, as in NumPy. Singular values that should be zero
// then are rounding errors; their roots, some 1e-8 of the largest, appear in the draws,
// which so far agree with NumPy's and no further. [CheckCovariance] refuses it.
func NewGaussian(mean, cov []float64) (*Gaussian, error) {
	d := len(mean)
	if err := checkShape(d, cov); err != nil {
		return nil, err
	}
	if err := checkElements(mean, cov); err != nil {
		return nil, err
	}
	a, scale := scaled(d, cov)
	s, v, err := rightSVD(clone(a))
	if err != nil {
		return nil, err
	}
	if err := checkSign(a, s, v); err != nil {
		return nil, err
	}
	g := &Gaussian{mean: append([]float64(nil), mean...), root: v, s: s, scale: scale}
	g.takeRoots()
	return g, nil
}

// CheckCovariance fails where [NewGaussian] does, and with [ErrSingular] for a covariance
// that is singular.
func CheckCovariance(mean, cov []float64) error {
	g, err := NewGaussian(mean, cov)
	if err != nil {
		return err
	}
	return g.CheckSingular()
}

// CheckSingular fails with [ErrSingular] if the smallest singular value of the covariance
// is zero beside the largest, within rounding: up to 2^-44 of it for each dimension.
func (g *Gaussian) CheckSingular() error {
	d := len(g.s)
	if d == 0 {
		return fmt.Errorf("%w: no dimension", ErrShape)
	}
	least, largest := g.s[d-1], g.s[0]
	if least > roundingError(d)*largest {
		return nil
	}
	return fmt.Errorf("%w: its singular values go from %.3g to %.3g", ErrSingular,
		math.Ldexp(least, g.scale), math.Ldexp(largest, g.scale))
}

// MultivariateNormal fills dst with draws of len(mean) elements each, one after the
// other, as NumPy's multivariate_normal(mean, cov, len(dst)/len(mean)) and, with the
// same stream, scipy.stats.multivariate_normal.rvs. It fails, and draws nothing, as
// [NewGaussian], and with [ErrShape] if dst does not hold a whole number of draws.
func (r *RandomState) MultivariateNormal(dst, mean, cov []float64) error {
	g, err := NewGaussian(mean, cov)
	if err != nil {
		return err
	}
	return g.Draw(r, dst)
}

// Draw fills dst with draws from g, one after the other. All normals come from the
// stream before the first is used. It fails, and draws nothing, with [ErrShape] if dst
// does not hold a whole number of draws.
func (g *Gaussian) Draw(r *RandomState, dst []float64) error {
	d := len(g.mean)
	if d == 0 || len(dst)%d != 0 {
		return fmt.Errorf("%w: %d elements for draws of %d", ErrShape, len(dst), d)
	}
	r.StandardNormals(dst)
	if d == 2 {
		r.row().Pairs(dst, &g.plane, (*[2]float64)(g.mean))
		return nil
	}
	var small [16]float64
	normals := small[:]
	if d > len(small) {
		normals = make([]float64, d)
	}
	for ; len(dst) > 0; dst = dst[d:] {
		copy(normals, dst[:d])
		g.colour(dst[:d], normals)
	}
	return nil
}

// colour gives independent normals the distribution: dst = normals root + mean.
func (g *Gaussian) colour(dst, normals []float64) {
	for j := range dst {
		var sum float64
		for k, row := range g.root {
			sum = math.FMA(normals[k], row[j], sum)
		}
		dst[j] = sum + g.mean[j]
	}
}

// takeRoots multiplies each row of v by the root of its singular value. The scale is
// even, so that its root is exact.
func (g *Gaussian) takeRoots() {
	for i, row := range g.root {
		root := math.Sqrt(g.s[i])
		for j := range row {
			row[j] = math.Ldexp(root*row[j], g.scale/2)
		}
	}
	if len(g.root) == 2 {
		copy(g.plane[:2], g.root[0])
		copy(g.plane[2:], g.root[1])
	}
}
