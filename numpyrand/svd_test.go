package numpyrand

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestDecompositionAsNumPy(t *testing.T) {
	for i, c := range numpy().Decomposition {
		d := len(c.S)
		a, scale := scaled(d, c.Cov)
		s, v, err := rightSVD(a)
		if err != nil {
			t.Fatal(err)
		}
		for j := range s {
			s[j] = math.Ldexp(s[j], scale)
		}
		if msg := compare(s, v, c.S, func(i, j int) float64 { return c.V[i*d+j] }); msg != "" {
			t.Errorf("covariance %d, of %d dimensions: %s", i, d, msg)
		}
	}
}

// gonum goes LAPACK's way by itself, but for the rounding. In about one of ten thousand
// covariances a sign hangs on that: then gonum gives both signs for covariances that are
// a unit in the last place apart.
func TestDecompositionAsGonum(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	others := 0
	for d := 1; d <= 8; d++ {
		for i := range 500 {
			cov := randomCovariance(random, d)
			s, v, err := rightSVD(rows(d, cov))
			if err != nil {
				t.Fatal(err)
			}
			msg := compareToGonum(s, v, cov)
			if msg == "" {
				continue
			}
			others++
			for try := 0; compareToGonum(s, v, nudged(random, d, cov)) != ""; try++ {
				if try == 100 {
					t.Fatalf("covariance %d of %d dimensions: %s\n%v", i, d, msg, cov)
				}
			}
		}
	}
	if others > 4 {
		t.Errorf("%d covariances with another sign than gonum's", others)
	}
}

func compareToGonum(s []float64, v [][]float64, cov []float64) string {
	d := len(s)
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(d, d, cov), mat.SVDFull) {
		return "gonum did not converge"
	}
	var want mat.Dense
	svd.VTo(&want)
	return compare(s, v, svd.Values(nil), func(i, j int) float64 { return want.At(j, i) })
}

// nudged is cov with each element moved by at most a unit in the last place.
func nudged(random *rand.Rand, d int, cov []float64) []float64 {
	n := append([]float64(nil), cov...)
	for i := range d {
		for j := range i + 1 {
			n[i*d+j] = math.Nextafter(n[i*d+j], n[i*d+j]+float64(random.IntN(3)-1))
			n[j*d+i] = n[i*d+j]
		}
	}
	return n
}

// compare says how singular values s and vectors v differ from those wanted, if they do.
// Between near values a vector is known that much less well.
func compare(s []float64, v [][]float64, wantS []float64, wantV func(i, j int) float64) string {
	const accuracy = 4e-14 // two results, each of which dropped elements of 2^-46
	gap := 1.0
	for i := 1; i < len(s); i++ {
		if between := (s[i-1] - s[i]) / s[0]; between > 1e-12 {
			gap = min(gap, between)
		}
	}
	for i := range s {
		if math.Abs(s[i]-wantS[i]) > 4e-15*wantS[0] {
			return "singular value " + number(s[i]).String() + ", want " + number(wantS[i]).String()
		}
		for j := range s {
			if math.Abs(v[i][j]-wantV(i, j)) > accuracy/gap {
				return "vector element " + number(v[i][j]).String() + ", want " + number(wantV(i, j)).String()
			}
		}
	}
	return ""
}

// Vectors stand at right angles, have length one, and put together again with the values
// give the matrix.
func TestDecompositionIsOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, d := range []int{1, 2, 3, 7, 25, 60} {
		for range 20 {
			cov := randomCovariance(random, d)
			s, v, err := rightSVD(rows(d, cov))
			if err != nil {
				t.Fatal(err)
			}
			root := mat.NewDense(d, d, nil)
			basis := mat.NewDense(d, d, nil)
			for i := range v {
				basis.SetRow(i, v[i])
				root.SetRow(i, v[i])
				for j := range v[i] {
					root.Set(i, j, math.Sqrt(s[i])*v[i][j])
				}
			}
			var product mat.Dense
			product.Mul(basis, basis.T())
			if !mat.EqualApprox(&product, mat.NewDiagDense(d, ones(d)), 1e-15*float64(10+d)) {
				t.Errorf("%d dimensions: vectors are not orthonormal", d)
			}
			product.Mul(root.T(), root)
			if !mat.EqualApprox(&product, mat.NewDense(d, d, cov), 4e-14*s[0]) {
				t.Errorf("%d dimensions: values and vectors do not give the matrix", d)
			}
		}
	}
}

// Tiny singular values keep their relative accuracy on bidiagonal matrices: the product
// of all is that of the diagonal.
func TestGradedBidiagonal(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		n := 2 + random.IntN(6)
		b := &bidiagonal{v: identity(n)}
		logarithm := 0.0
		for range n {
			b.d = append(b.d, random.NormFloat64()*math.Exp2(-40*random.Float64()))
			logarithm += math.Log(math.Abs(b.d[len(b.d)-1]))
		}
		for range n - 1 {
			b.e = append(b.e, random.NormFloat64()*math.Exp2(-40*random.Float64()))
		}
		if err := b.diagonalize(); err != nil {
			t.Fatal(err)
		}
		for _, d := range b.d {
			logarithm -= math.Log(math.Abs(d))
		}
		if math.Abs(logarithm) > 1e-12 {
			t.Errorf("the product of %d singular values is off by %g", n, logarithm)
		}
	}
}

// Matrices of zeros, of ones, of powers of ten and the like end, and without NaN.
func TestDecompositionOfOddMatrices(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	values := []float64{0, 0, 0, 1, 1, -1, 0.5, 2, 1e-8, 1e-16, -1e-160, 1e-300, 5e-324}
	for range 20000 {
		d := 1 + random.IntN(6)
		a := identity(d)
		for i := range d {
			for j := range i + 1 {
				a[i][j] = values[random.IntN(len(values))]
				a[j][i] = a[i][j]
			}
		}
		first := clone(a)
		s, v, err := rightSVD(a)
		if err != nil {
			t.Fatalf("%v: %v", first, err)
		}
		for i := range s {
			if !(s[i] >= 0) || i > 0 && s[i] > s[i-1] || math.Abs(norm(v[i]...)-1) > 1e-14 {
				t.Fatalf("%v: values %v, vectors %v", first, s, v)
			}
		}
	}
}

// randomCovariance has elements near 1 and may be ill-conditioned.
func randomCovariance(random *rand.Rand, d int) []float64 {
	m := d + random.IntN(4)
	a := mat.NewDense(d, m, nil)
	for i := range d {
		size := math.Exp2(random.NormFloat64())
		for j := range m {
			a.Set(i, j, size*random.NormFloat64())
		}
	}
	cov := mat.NewDense(d, d, nil)
	cov.Mul(a, a.T())
	for i := range d {
		for j := range i {
			cov.Set(i, j, cov.At(j, i))
		}
	}
	return cov.RawMatrix().Data
}

func rows(d int, m []float64) [][]float64 {
	a := make([][]float64, d)
	for i := range a {
		a[i] = append(a[i], m[i*d:(i+1)*d]...)
	}
	return a
}

func ones(d int) []float64 {
	x := make([]float64, d)
	for i := range x {
		x[i] = 1
	}
	return x
}
