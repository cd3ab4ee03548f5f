package numpyrand

import (
	"math"
	"math/big"
	"testing"
)

func TestKnownNormals(t *testing.T) {
	r := New(0)
	for _, want := range []float64{1.764052345967664, 0.4001572083672233, 0.9787379841057392} {
		if got := r.StandardNormal(); got != want {
			t.Errorf("standard_normal of seed 0: %v, want %v", got, want)
		}
	}
}

func TestNormalAsNumPy(t *testing.T) {
	for _, c := range numpy().Normal {
		r := New(c.Seed)
		near := func(a, b float64) bool { return ulps(a, b) <= 1 }
		checkDrawing(t, "normal", c, near, r, func() float64 { return r.Normal(c.Args[0], c.Args[1]) })
	}
}

// Normal rounds its product before it adds.
func TestNormalRoundsProduct(t *testing.T) {
	r, z := New(8), New(8)
	for range 500 {
		want := round(add(0.7, round(mul(1.3, z.StandardNormal()))))
		if got := r.Normal(0.7, 1.3); !sameBits(got, want) {
			t.Fatalf("Normal(0.7, 1.3) = %v, want %v", got, want)
		}
	}
}

// The pair of normals is f x and f y where f = sqrt(-2 ln s / s), s = x² + y². Each of
// the four operations after the logarithm and each square is rounded once, the sum of
// squares too; here they are done in 200 bits and rounded.
func TestNormalRoundsEachStep(t *testing.T) {
	r, words := New(11), New(11)
	for range 500 {
		second, first := r.StandardNormal(), r.StandardNormal()
		for {
			x := round(sub(mul(2, words.RandomSample()), 1))
			y := round(sub(mul(2, words.RandomSample()), 1))
			s := round(add(round(mul(x, x)), round(mul(y, y))))
			if s >= 1 || s == 0 {
				continue
			}
			f := math.Sqrt(round(div(round(mul(-2, roundedLog(s))), s)))
			if want := round(mul(f, x)); !sameBits(first, want) {
				t.Fatalf("the kept value is %v, want %v", first, want)
			}
			if want := round(mul(f, y)); !sameBits(second, want) {
				t.Fatalf("the returned value is %v, want %v", second, want)
			}
			break
		}
	}
}

func number(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }

func mul(x, y float64) *big.Float            { return number(0).Mul(number(x), number(y)) }
func div(x, y float64) *big.Float            { return number(0).Quo(number(x), number(y)) }
func add(x, y float64) *big.Float            { return number(0).Add(number(x), number(y)) }
func sub(x *big.Float, y float64) *big.Float { return x.Sub(x, number(y)) }

func round(x *big.Float) float64 {
	f, _ := x.Float64()
	return f
}

// roundedLog sums ln x = -n ln 2 + 2 atanh((m-1)/(m+1)), x = m 2^-n, in 200 bits.
func roundedLog(x float64) float64 {
	m, exp := math.Frexp(x)
	sum := atanhTwice(number(m))
	two := atanhTwice(number(2))
	return round(sum.Add(sum, two.Mul(two, number(float64(exp)))))
}

func atanhTwice(m *big.Float) *big.Float {
	z := number(0).Quo(number(0).Sub(m, number(1)), number(0).Add(m, number(1)))
	square := number(0).Mul(z, z)
	sum := number(0)
	for k := 1.0; k < 140; k += 2 {
		sum.Add(sum, number(0).Quo(z, number(k)))
		z.Mul(z, square)
	}
	return sum.Mul(sum, number(2))
}
