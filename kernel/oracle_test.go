package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Arithmetic of the tests' own. What has to be exact is done in math/big.

// oracleBits is the precision of the functions below. Their relative error is under 2^-200.
const oracleBits = 240

func newBig() *big.Float { return new(big.Float).SetPrec(oracleBits) }

func toBig[T Float](v T) *big.Float { return newBig().SetFloat64(float64(v)) }

// roundBig returns v rounded once to T, to nearest even, subnormal where v is that small.
func roundBig[T Float](v *big.Float) T {
	if is32[T]() {
		f, _ := v.Float32()
		return T(f)
	}
	f, _ := v.Float64()
	return T(f)
}

// bigFMA returns x*y + z rounded once to T.
func bigFMA[T Float](x, y, z T) T {
	a, b, c := float64(x), float64(y), float64(z)
	finite := func(v float64) bool { return v-v == 0 }
	switch {
	case finite(a) && finite(b) && math.IsInf(c, 0):
		return z
	case !finite(a) || !finite(b) || !finite(c), a == 0, b == 0:
		return T(float64(a*b) + c) // exact: an infinity, a NaN, c itself or a zero
	}
	sum := new(big.Float).SetPrec(106).Mul(big.NewFloat(a), big.NewFloat(b)) // exact
	sum.SetPrec(5000).Add(sum, big.NewFloat(c))                              // exact, +0 where all cancels
	return roundBig[T](sum)
}

// decide32 rounds v to float32 and reports whether all numbers within 2^-46 of v, relatively, round alike. v must not
// be NaN.
func decide32(v float64) (y float32, ok bool) {
	y = float32(v * (1 - 0x1p-46))
	return y, math.Float32bits(y) == math.Float32bits(float32(v*(1+0x1p-46)))
}

// oracleFMA is bigFMA, but faster: package math's for float64, and for float32 a float64 sum where that decides.
func oracleFMA[T Float](x, y, z T) T {
	if !is32[T]() {
		return T(math.FMA(float64(x), float64(y), float64(z)))
	}
	v := float64(x)*float64(y) + float64(z) // the product is exact, the sum is off by 2^-53
	if v-v == 0 && v != 0 {
		if r, ok := decide32(v); ok {
			return T(r)
		}
	}
	return bigFMA(x, y, z)
}

// A function of one variable that the kernels offer.
type function struct {
	name   string
	approx func(float64) float64 // with an error of some ulp, sharing nothing with the kernels
	exact  func(*big.Float) *big.Float
	ulps   float64 // what the float64 kernels promise to keep below
}

var functions = []function{
	{"sigmoid", func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }, bigSigmoid, 2},
	{"tanh", math.Tanh, bigTanh, 2},
	{"exp", math.Exp, bigExp, 1},
}

// apply sets dst[i] = f(x[i]) by the kernel.
func apply[T Float](k *Kernel[T], f function, dst, x []T) {
	switch f.name {
	case "exp":
		k.Exp(dst, x)
	default:
		act, err := ParseActivation(f.name)
		if err != nil {
			panic(err)
		}
		k.Activate(dst, x, act)
	}
}

// round32 returns the float32 nearest to f(x), and whether it took math/big to tell.
func (f function) round32(x float32) (y float32, byBig bool) {
	if x != x {
		return x, false
	}
	if y, ok := decide32(f.approx(float64(x))); ok {
		return y, false
	}
	return roundBig[float32](f.exact(toBig(x))), true
}

var bigLn2 = func() *big.Float {
	sum := newBig().SetPrec(oracleBits + 60) // ln 2 = sum 2^-j/j
	for j := 1; j <= oracleBits+60; j++ {
		term := new(big.Float).SetPrec(oracleBits+60).Quo(big.NewFloat(1), big.NewFloat(float64(j)))
		sum.Add(sum, term.SetMantExp(term, -j))
	}
	return sum
}()

// bigExp returns exp(x) = 2^n exp(r)^256 with r = (x - n ln 2)/256.
func bigExp(x *big.Float) *big.Float {
	v, _ := x.Float64()
	n := math.Round(v / math.Ln2)
	r := newBig().Mul(bigLn2, big.NewFloat(n))
	r.Sub(x, r)
	y := bigSeries(r.SetMantExp(r, -8))
	y.Add(y.Mul(y, r), big.NewFloat(1))
	for range 8 {
		y.Mul(y, y)
	}
	return y.SetMantExp(y, int(n))
}

// bigExpm1 returns exp(x) - 1.
func bigExpm1(x *big.Float) *big.Float {
	if x.MantExp(nil) < -8 {
		y := bigSeries(x)
		return y.Mul(y, x)
	}
	y := bigExp(x)
	return y.Sub(y, big.NewFloat(1))
}

// bigSeries returns expm1(r)/r = 1 + r/2 (1 + r/3 (1 + r/4 ...)) for |r| < 2^-8.
func bigSeries(r *big.Float) *big.Float {
	y := newBig().SetInt64(1)
	for j := int64(24); j > 1; j-- {
		y.Mul(y, r)
		y.Quo(y, newBig().SetInt64(j))
		y.Add(y, big.NewFloat(1))
	}
	return y
}

// bigSigmoid returns 1/(1+exp(-z)).
func bigSigmoid(z *big.Float) *big.Float {
	y := bigExp(newBig().Neg(z))
	return y.Quo(big.NewFloat(1), y.Add(y, big.NewFloat(1)))
}

// bigTanh returns expm1(2z)/(expm1(2z)+2).
func bigTanh(z *big.Float) *big.Float {
	m := bigExpm1(newBig().SetMantExp(z, 1))
	return m.Quo(m, newBig().Add(m, big.NewFloat(2)))
}

// ulps returns |got - want| in units of the last place that a float64 of want's size has. Inf counts as 2^1024, or
// as right where want is as large.
func ulps(got float64, want *big.Float) float64 {
	g := newBig().SetMantExp(big.NewFloat(math.Copysign(1, got)), 1024)
	switch {
	case !math.IsInf(got, 0):
		g.SetFloat64(got)
	case want.MantExp(nil) > 1024 && want.Signbit() == (got < 0):
		return 0
	}
	unit := max(want.MantExp(nil)-53, -1074)
	if want.Sign() == 0 {
		unit = -1074
	}
	d, _ := g.SetMantExp(g.Sub(g, want), -unit).Float64()
	return math.Abs(d)
}

// Decimals from tables of constants, to the oracle's precision.
func TestOracleConstants(t *testing.T) {
	one := newBig().SetInt64(1)
	for _, c := range []struct {
		name     string
		got      *big.Float
		decimals string
	}{
		{"ln 2", bigLn2, "0.693147180559945309417232121458176568075500134360255254120680009493393621969"},
		{"exp 1", bigExp(one), "2.718281828459045235360287471352662497757247093699959574966967627724076630353"},
		{"tanh 1", bigTanh(one), "0.761594155955764888119458282604793590412768597257936551596810500121953244577"},
	} {
		want, _, err := big.ParseFloat(c.decimals, 10, 400, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		if e := relative(c.got, want); e > 0x1p-200 {
			t.Errorf("%s is off by %.3g", c.name, e)
		}
	}
}

// Identities, each between values that come from different reductions of the argument.
func TestOracleIdentities(t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 10))
	one, two := big.NewFloat(1), big.NewFloat(2)
	for i := range 300 {
		scale := math.Ldexp(1, -(i % 60))
		a, b := toBig(scale*700*(rnd.Float64()-0.5)), toBig(scale*700*(rnd.Float64()-0.5))
		check := func(what string, got, want *big.Float) {
			t.Helper()
			if e := relative(got, want); e > 0x1p-200 {
				t.Errorf("%s: off by %.3g for a = %g, b = %g", what, e, a, b)
			}
		}
		sum := newBig().Add(a, b)
		check("exp(a+b)", bigExp(sum), newBig().Mul(bigExp(a), bigExp(b)))
		check("exp(a) exp(-a)", newBig().Mul(bigExp(a), bigExp(newBig().Neg(a))), one)

		p, q := bigExpm1(a), bigExpm1(b)
		m := newBig().Mul(p, q)
		if m.Add(m, p).Add(m, q); relative(newBig().Add(p, q), q) > 0x1p-10 && m.MantExp(nil) > p.MantExp(nil)-10 {
			check("expm1(a+b)", bigExpm1(sum), m)
		}
		check("sigmoid(a) + sigmoid(-a)", newBig().Add(bigSigmoid(a), bigSigmoid(newBig().Neg(a))), one)

		h := newBig().SetMantExp(a, -1)
		half := newBig().Mul(bigTanh(h), big.NewFloat(0.5))
		if a.Sign() > 0 { // nothing cancels
			check("sigmoid(a) by tanh(a/2)", newBig().Add(half, big.NewFloat(0.5)), bigSigmoid(a))
		}
		th := bigTanh(h) // tanh a = 2 tanh(a/2) / (1 + tanh(a/2)^2)
		den := newBig().Mul(th, th)
		th.Mul(th, two)
		check("tanh(a) by tanh(a/2)", bigTanh(a), th.Quo(th, den.Add(den, one)))
	}
}

// relative returns |got - want| / |want|.
func relative(got, want *big.Float) float64 {
	d := new(big.Float).SetPrec(400).Sub(got, want)
	e, _ := d.Quo(d, want).Float64()
	return math.Abs(e)
}

func TestOracleUlps(t *testing.T) {
	for _, c := range []struct {
		got, want, off float64 // off is added to want, in ulp
		ulps           float64
	}{
		{1, 1, 0, 0},
		{1, 1, 0.25, 0.25},
		{1 + 0x1p-52, 1, 0, 1},
		{1 - 0x1p-53, 1, 0, 0.5},
		{0, 0x1p-1074, 0.5, 1.5},
		{0x1p-1074, 0, 0, 1},
		{0x1p-1022, 0x1p-1022, -1.5, 1.5},
		{-3, -3 - 0x1p-51, 0, 1},
		{math.Inf(1), math.MaxFloat64, 0, 1},
	} {
		unit := newBig().SetMantExp(big.NewFloat(c.off), max(toBig(c.want).MantExp(nil)-53, -1074))
		if got := ulps(c.got, newBig().Add(toBig(c.want), unit)); got != c.ulps {
			t.Errorf("ulps(%x, %x%+g ulp) = %g, want %g", c.got, c.want, c.off, got, c.ulps)
		}
	}
}

func TestOracleFMA(t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 11))
	byBig := 0
	for range 50000 {
		x, y, z := hardTriple[float32](rnd)
		got, want := oracleFMA(x, y, z), bigFMA(x, y, z)
		if !same(got, want) {
			t.Fatalf("oracleFMA(%x, %x, %x) = %x, want %x", x, y, z, got, want)
		}
		if _, ok := decide32(float64(x)*float64(y) + float64(z)); !ok {
			byBig++
		}
	}
	if byBig < 1000 {
		t.Errorf("only %d hard sums", byBig)
	}
}
