package numpyrand

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestMultivariateNormalAsNumPy(t *testing.T) {
	for _, c := range numpy().Multivariate {
		r := New(c.Seed)
		got := make([]float64, len(c.Values))
		if err := r.MultivariateNormal(got, c.Mean, c.Cov); err != nil {
			t.Fatal(err)
		}
		for i, want := range c.Values {
			if math.Abs(got[i]-want) > 2e-14 {
				t.Errorf("%d dimensions, element %d: %v, NumPy has %v", len(c.Mean), i, got[i], want)
			}
		}
		if n, next := r.StandardNormal(), r.Uint32(); ulps(n, c.Normal) > 1 || next != c.Next {
			t.Errorf("%d dimensions: next are %v and %d, NumPy has %v and %d", len(c.Mean), n, next, c.Normal, c.Next)
		}
	}
}

func TestGaussianErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name      string
		mean, cov []float64
		want      error
	}{
		{"nothing", nil, nil, ErrShape},
		{"no mean", nil, []float64{1}, ErrShape},
		{"no covariance", []float64{1}, nil, ErrShape},
		{"too small", []float64{1, 2}, []float64{1, 0, 1}, ErrShape},
		{"too large", []float64{1, 2}, []float64{1, 0, 0, 1, 0}, ErrShape},
		{"another dimension", []float64{1, 2}, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, ErrShape},
		{"NaN mean", []float64{0, nan}, []float64{1, 0, 0, 1}, ErrNotFinite},
		{"infinite mean", []float64{-inf, 0}, []float64{1, 0, 0, 1}, ErrNotFinite},
		{"NaN variance", []float64{0}, []float64{nan}, ErrNotFinite},
		{"infinite covariance", []float64{0, 0}, []float64{1, inf, inf, 1}, ErrNotFinite},
		{"asymmetric", []float64{0, 0}, []float64{1, 0.75, 0.7, 1}, ErrAsymmetry},
		{"asymmetric by sign", []float64{0, 0}, []float64{1, 0.5, -0.5, 1}, ErrAsymmetry},
		{"negative variance", []float64{0}, []float64{-1}, ErrNegative},
		{"saddle", []float64{0, 0}, []float64{1, 2, 2, 1}, ErrNegative},
		{"equal and opposite eigenvalues", []float64{0, 0}, []float64{0, 1, 1, 0}, ErrNegative},
		{"barely negative", []float64{0, 0}, []float64{1, 0, 0, -1e-12}, ErrNegative},
		{"negative and tiny", []float64{0}, []float64{-5e-324}, ErrNegative},
		{"barely opposite", []float64{0, 0, 0}, []float64{1, 0, 0, 0, 0, 1e-12, 0, 1e-12, 0}, ErrNegative},
	} {
		if g, err := NewGaussian(c.mean, c.cov); g != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: NewGaussian gives error %v, want %v", c.name, err, c.want)
		}
		if err := CheckCovariance(c.mean, c.cov); !errors.Is(err, c.want) {
			t.Errorf("%s: CheckCovariance gives error %v, want %v", c.name, err, c.want)
		}
		r, dst := New(1), []float64{7, 7}
		if err := r.MultivariateNormal(dst, c.mean, c.cov); !errors.Is(err, c.want) {
			t.Errorf("%s: MultivariateNormal gives error %v, want %v", c.name, err, c.want)
		}
		if *r != *New(1) || !slices.Equal(dst, []float64{7, 7}) {
			t.Errorf("%s: something was drawn", c.name)
		}
	}
}

func TestDrawShape(t *testing.T) {
	g, err := NewGaussian([]float64{1, 2}, []float64{1, 0, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	r := New(1)
	if err := g.Draw(r, make([]float64, 3)); !errors.Is(err, ErrShape) || *r != *New(1) {
		t.Errorf("3 elements for 2 dimensions: %v", err)
	}
	if err := g.Draw(r, nil); err != nil || *r != *New(1) {
		t.Errorf("no draw: %v", err)
	}
	var none Gaussian
	if err := errors.Join(none.Draw(r, nil), none.CheckSingular()); !errors.Is(err, ErrShape) {
		t.Errorf("zero value: %v", err)
	}
}

func TestCheckCovariance(t *testing.T) {
	for _, c := range []struct {
		name     string
		cov      []float64
		singular bool
	}{
		{"one", []float64{1}, false},
		{"smallest", []float64{5e-324}, false},
		{"largest", []float64{math.MaxFloat64, 0, 0, math.MaxFloat64}, false},
		{"notebook", []float64{1, 0.75, 0.75, 1}, false},
		{"nearly dependent", []float64{1, 1 - 1e-12, 1 - 1e-12, 1}, false},
		{"graded", []float64{1e6, 0, 0, 1e-6}, false},
		{"zero", []float64{0}, true},
		{"zeros", []float64{0, 0, 0, 0}, true},
		{"one constant", []float64{1, 0, 0, 0}, true},
		{"dependent", []float64{1, 1, 1, 1}, true},
		{"dependent, rounded", []float64{0.01, 0.03, 0.03, 0.09}, true},
		{"opposite", []float64{2, -2, 0, -2, 2, 0, 0, 0, 1}, true},
		{"large and dependent", []float64{1e300, 1e300, 1e300, 1e300}, true},
	} {
		mean := make([]float64, map[int]int{1: 1, 4: 2, 9: 3}[len(c.cov)])
		err := CheckCovariance(mean, c.cov)
		if c.singular && !errors.Is(err, ErrSingular) || !c.singular && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := NewGaussian(mean, c.cov); err != nil {
			t.Errorf("%s: NewGaussian: %v", c.name, err)
		}
	}
}

// The arithmetic of a draw, done with one addend after the other: a diagonal covariance
// of squares leaves nothing to round but the mean.
func TestDrawOfDiagonal(t *testing.T) {
	r, normals := New(5), New(5)
	dst := make([]float64, 20*3)
	if err := r.MultivariateNormal(dst, []float64{1, -2, 3}, []float64{4, 0, 0, 0, 16, 0, 0, 0, 1}); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(dst); i += 3 {
		// The largest variance comes first in the decomposition.
		b, a, c := normals.StandardNormal(), normals.StandardNormal(), normals.StandardNormal()
		for j, want := range []float64{2*a + 1, 4*b - 2, c + 3} {
			if !sameBits(dst[i+j], want) {
				t.Errorf("draw %d, element %d: %v, want %v", i/3, j, dst[i+j], want)
			}
		}
	}
}

// Multiplying the covariance by a power of four doubles the draws, as far as float64
// goes, and beyond 16 dimensions too.
func TestDrawScales(t *testing.T) {
	const d = 20
	cov := make([]float64, d*d)
	for i := range cov {
		cov[i] = math.Pow(0.5, math.Abs(float64(i/d-i%d)))
	}
	mean := make([]float64, d)
	want := make([]float64, 3*d)
	if err := New(1).MultivariateNormal(want, mean, cov); err != nil {
		t.Fatal(err)
	}
	for _, exp := range []int{-450, -3, 1, 511} {
		scaled := make([]float64, len(cov))
		for i := range cov {
			scaled[i] = math.Ldexp(cov[i], 2*exp)
		}
		got := make([]float64, len(want))
		if err := New(1).MultivariateNormal(got, mean, scaled); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if !sameBits(got[i], math.Ldexp(want[i], exp)) {
				t.Fatalf("covariance times 4^%d: element %d is %v, want %v", exp, i, got[i], math.Ldexp(want[i], exp))
			}
		}
	}
}

// Drawn points have the mean and covariance they were asked to have.
func TestDrawDistribution(t *testing.T) {
	mean, cov := []float64{1, -2, 0.5}, []float64{2, 0.5, -0.3, 0.5, 1, 0.2, -0.3, 0.2, 0.5}
	const n = 40000
	x := make([]float64, 3*n)
	if err := New(2).MultivariateNormal(x, mean, cov); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		for j := range 3 {
			sum, product := 0.0, 0.0
			for k := range n {
				sum += x[3*k+i]
				product += (x[3*k+i] - mean[i]) * (x[3*k+j] - mean[j])
			}
			if math.Abs(sum/n-mean[i]) > 0.03 || math.Abs(product/n-cov[3*i+j]) > 0.05 {
				t.Errorf("mean %v of element %d, covariance %v with element %d", sum/n, i, product/n, j)
			}
		}
	}
}

// Draws in every dimension from 1 to 8, 12 and 25 have the bits that they had when the
// digest was written down, on amd64.
func TestDrawsAreTheSameEverywhere(t *testing.T) {
	const want = "b0441973ffdf73bc640cb31b6311b88cf386a3e98117c2222f1cb1614e33f089"
	hash := sha256.New()
	r := New(2024)
	for _, c := range numpy().Decomposition {
		d := len(c.S)
		dst := make([]float64, 11*d)
		if err := r.MultivariateNormal(dst, make([]float64, d), c.Cov); err != nil {
			t.Fatal(err)
		}
		if err := binary.Write(hash, binary.LittleEndian, dst); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}
