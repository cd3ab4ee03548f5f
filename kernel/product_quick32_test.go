package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// quickBlock is a block of a product, with the sums that it begins with.
type quickBlock struct {
	c, a, b []float32 // m rows of n, m rows of k, k rows of n
	m, n, k int
}

// ordinaryBlock has numbers as a network has them: none is rare. Some elements of a are zero, some are 1, which makes many
// sums that lie half-way between two float32, but are exact.
func ordinaryBlock(r *rand.Rand, m, n, k int) *quickBlock {
	q := &quickBlock{c: make([]float32, m*n), a: make([]float32, m*k), b: make([]float32, k*n), m: m, n: n, k: k}
	for i := range q.c {
		q.c[i] = float32(r.NormFloat64())
	}
	for i := range q.b {
		q.b[i] = float32(r.NormFloat64() / 28)
	}
	for i := range q.a {
		switch r.IntN(4) {
		case 0:
			q.a[i] = float32(math.Copysign(0, r.NormFloat64()))
		case 1:
			q.a[i] = 1
		default:
			q.a[i] = float32(r.NormFloat64())
		}
	}
	return q
}

// check compares the products, both ways, with the definition in exact numbers.
func (q *quickBlock) check(t *testing.T, what string) {
	t.Helper()
	want := make([]float32, len(q.c))
	for i, s := range q.c {
		for t := range q.k {
			s = bigFMA(q.a[i/q.n*q.k+t], q.b[t*q.n+i%q.n], s)
		}
		want[i] = s
	}
	g := genericProducts[float32]()
	got := append([]float32(nil), q.c...)
	g.sums(got, got, q.a, q.b, q.m, q.n, q.k, q.n, q.k, q.m*q.k)
	checkSameNumbers(t, what+": sums", q.n, got, want)

	turned := make([]float32, len(q.a)) // [t][i]
	for i, v := range q.a {
		turned[i%q.k*q.m+i/q.k] = v
	}
	copy(got, q.c)
	g.gradient(nil, got, turned, q.b, q.m, q.n, q.k, q.m, 0, false, false)
	checkSameNumbers(t, what+": gradient", q.n, got, want)
}

// quick returns how many groups of columns are computed by quick32, of how many.
func (q *quickBlock) quick() (quick, all int) {
	var b quick32
	b.setB(q.b, q.n, q.k)
	for i := range q.m {
		b.setA(q.a[i*q.k:], q.k, 1)
		for j := 0; j < q.n; j += quickChains {
			y := *(*[quickChains]float32)(q.c[i*q.n+j:])
			if b.goOn(&y, j) {
				quick++
			}
			all++
		}
	}
	return quick, all
}

// wantQuick checks how many groups are left to the definition.
func (q *quickBlock) wantQuick(t *testing.T, what string, left int) {
	t.Helper()
	if quick, all := q.quick(); quick != all-left {
		t.Fatalf("%s: %d of %d groups are quick, want all but %d", what, quick, all, left)
	}
}

func TestQuickOrdinary(t *testing.T) {
	r := rand.New(rand.NewPCG(104729, 90))
	for _, size := range [][3]int{{1, 8, 5}, {3, 16, 9}, {4, 8, 1}, {4, 8, 64}, {5, 24, 63}, {7, 64, 17}} {
		q := ordinaryBlock(r, size[0], size[1], size[2])
		q.wantQuick(t, "ordinary numbers", 0)
		q.check(t, "ordinary numbers")
	}
}

// A sum that would be wrong if it were rounded twice, in each place of a group, in the first step, in the middle and in the
// last: the group is left to the definition, and no other.
func TestQuickDoubtful(t *testing.T) {
	r := rand.New(rand.NewPCG(104729, 91))
	const m, n, k = 5, 16, 9
	for j := range n {
		for _, step := range []int{0, 4, k - 1} {
			q := ordinaryBlock(r, m, n, k)
			row := r.IntN(m)
			for t := range step { // the sum must still be what it was
				q.b[t*n+j] = 0
			}
			sign := float32(1 - 2*r.IntN(2))
			q.a[row*k+step], q.b[step*n+j], q.c[row*n+j] = sign*twiceX, twiceY, sign*twiceZ
			q.wantQuick(t, "one doubtful sum", 1)
			q.check(t, "one doubtful sum")
		}
	}
}

// What breaks an assumption of quick32, in one place: all that it could change is left to the definition.
func TestQuickAssumptions(t *testing.T) {
	inf, nan, minus := float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	const m, n, k = 5, 16, 9
	row, all := n/quickChains, m*n/quickChains
	for _, c := range []struct {
		name string
		set  func(q *quickBlock, i, j, t int)
		left int
	}{
		{"-0 to begin with, and only zeros", func(q *quickBlock, i, j, t int) {
			q.c[i*n+j] = minus
			for t := range k {
				q.a[i*k+t] = []float32{0, minus}[t%2]
			}
		}, 1},
		{"-0 to begin with, and only -0", func(q *quickBlock, i, j, t int) {
			q.c[i*n+j] = minus
			for t := range k {
				q.a[i*k+t], q.b[t*n+j] = 0, -1
			}
		}, 1},
		{"infinite weight of a zero", func(q *quickBlock, i, j, t int) { q.b[t*n+j], q.a[i*k+t] = inf, 0 }, all},
		{"weight that is no number", func(q *quickBlock, i, j, t int) { q.b[t*n+j], q.a[i*k+t] = nan, 0 }, all},
		{"largest weight", func(q *quickBlock, i, j, t int) { q.b[t*n+j] = -math.MaxFloat32 }, 0},
		{"infinite input", func(q *quickBlock, i, j, t int) { q.a[i*k+t] = -inf }, -1},
		{"input that is no number", func(q *quickBlock, i, j, t int) { q.a[i*k+t] = nan }, -1},
		{"infinite sum to begin with", func(q *quickBlock, i, j, t int) { q.c[i*n+j] = inf }, 0},
		{"subnormal input", func(q *quickBlock, i, j, t int) { q.a[i*k+t] = 0x1p-149 }, row},
		{"subnormal weight", func(q *quickBlock, i, j, t int) { q.b[t*n+j] = -0x1.8p-140 }, all},
		{"subnormal sum to begin with", func(q *quickBlock, i, j, t int) { q.c[i*n+j] = 0x1.8p-130 }, 0},
	} {
		r := rand.New(rand.NewPCG(104729, 92))
		for range 6 {
			q := ordinaryBlock(r, m, n, k)
			c.set(q, r.IntN(m), r.IntN(n), r.IntN(k))
			if c.left >= 0 {
				q.wantQuick(t, c.name, c.left)
			}
			q.check(t, c.name)
		}
	}
}

// A product whose last digit alone is left of the sum. If that is 2^-150 it is rounded to a zero, whose sign the next step
// changes, though its element of a is zero.
func TestQuickLastDigit(t *testing.T) {
	const m, n, k = 4, 8, 3
	for _, c := range []struct{ exponent, left int }{{-149, 0}, {-150, 1}, {-151, 1}} {
		for _, sign := range []float32{1, -1} {
			q := &quickBlock{c: make([]float32, m*n), a: make([]float32, m*k), b: make([]float32, k*n), m: m, n: n, k: k}
			for i := range q.b {
				q.b[i] = 1
			}
			q.a[k], q.b[2] = sign*0x1.000002p-60, float32(math.Ldexp(0x1.000002p+0, c.exponent+46+60)) // row 1, column 2
			q.c[n+2] = -sign * float32(math.Ldexp(0x1.000004p+0, c.exponent+46))
			q.wantQuick(t, "last digit", c.left)
			q.check(t, "last digit")
		}
	}
}

// Products whose last digit lies around 2^-149, with sums that cancel all of their digits but the last: what is left is
// subnormal, or next to it, and must be rounded there.
func TestQuickSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(104729, 93))
	const m, n, k = 4, 8, 5
	quick, all := 0, 0
	for range 300 {
		q := ordinaryBlock(r, m, n, k)
		low := -149 + 46 + 8 - r.IntN(40) // of the exponents of a product
		e := r.IntN(40) - 40
		number := func(e int) float32 {
			return float32(math.Ldexp(float64(1<<23+r.IntN(1<<23))*float64(1-2*r.IntN(2)), e-23))
		}
		for i := range q.b {
			q.b[i] = number(low - e)
		}
		clear(q.a)
		for i := range m {
			t := r.IntN(k)
			q.a[i*k+t] = number(e)
			for j := range n {
				q.c[i*n+j] = -q.a[i*k+t] * q.b[t*n+j]
			}
			if r.IntN(2) == 0 {
				q.a[i*k+r.IntN(k)] = number(e)
			}
		}
		a, b := q.quick()
		quick, all = quick+a, all+b
		q.check(t, "small products")
	}
	if quick < all/20 || quick > all*19/20 {
		t.Errorf("%d of %d groups are quick: both ways should be tested", quick, all)
	}
}

// Blocks of random bits.
func TestQuickRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(104729, 94))
	for range 100 {
		q := ordinaryBlock(r, 4, 8, 6)
		for _, v := range [][]float32{q.a, q.b, q.c} {
			for range r.IntN(4) {
				v[r.IntN(len(v))] = math.Float32frombits(r.Uint32())
			}
		}
		q.check(t, "random bits")
	}
}

// Finding out whether a sum is exact must be right for every order of magnitude of its terms.
func TestInexact(t *testing.T) {
	r := rand.New(rand.NewPCG(104729, 95))
	counts := [2]int{}
	for range 20000 {
		p := float64(math.Float32frombits(r.Uint32())) * float64(math.Float32frombits(r.Uint32()))
		c := float64(math.Float32frombits(r.Uint32()))
		if r.IntN(2) == 0 { // near each other
			c = float64(float32(math.Ldexp(r.NormFloat64(), math.Ilogb(p)-60+r.IntN(120))))
		}
		s := p + c
		if math.IsNaN(s) || math.IsInf(s, 0) {
			continue
		}
		exact := new(big.Float).SetPrec(5000).Add(big.NewFloat(p), big.NewFloat(c))
		want := exact.Cmp(big.NewFloat(s)) != 0
		if got := inexact(s, p, c); got != want {
			t.Fatalf("inexact(%x, %x, %x) is %t", s, p, c, got)
		}
		if want {
			counts[1]++
		} else {
			counts[0]++
		}
	}
	if counts[0] < 500 || counts[1] < 500 {
		t.Errorf("%d exact sums and %d inexact ones: too few", counts[0], counts[1])
	}
	if !inexact(math.NaN(), math.NaN(), 1) {
		t.Error("what is no number counts as exact")
	}
}
