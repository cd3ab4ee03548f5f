package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Where rounding twice goes wrong: the exact sum lies 2^-67 above the middle between two float32, and the float64 sum
// on it.
const (
	twiceX, twiceY, twiceZ = 0x1.e05p+0, 0x1.7f2p+0, 0x1p-67
	twiceOnce, twiceNaive  = 0x1.6769dep+1, 0x1.6769dcp+1
)

// naiveFMA rounds to float64 first.
func naiveFMA(x, y, z float32) float32 {
	return float32(float64(x)*float64(y) + float64(z))
}

func TestFMANaiveIsWrong(t *testing.T) {
	for _, sign := range []float32{1, -1} {
		if got := naiveFMA(sign*twiceX, twiceY, sign*twiceZ); got != sign*twiceNaive {
			t.Errorf("the naive form gives %x, not %x: this test needs another example", got, sign*twiceNaive)
		}
		if got := FMA(sign*twiceX, twiceY, sign*twiceZ); got != sign*twiceOnce {
			t.Errorf("FMA gives %x, want %x", got, sign*twiceOnce)
		}
		if got := bigFMA(sign*twiceX, twiceY, sign*twiceZ); got != sign*twiceOnce {
			t.Errorf("the oracle gives %x, want %x", got, sign*twiceOnce)
		}
	}
}

func checkFMA[T Float](t *testing.T, x, y, z T) {
	t.Helper()
	if got, want := FMA(x, y, z), bigFMA(x, y, z); !same(got, want) {
		t.Errorf("FMA(%x, %x, %x) = %x, want %x", x, y, z, got, want)
	}
}

func TestFMASpecial(t *testing.T) {
	t.Run("type=float32", testFMASpecial[float32])
	t.Run("type=float64", testFMASpecial[float64])
}

// All triples of special values.
func testFMASpecial[T Float](t *testing.T) {
	for _, x := range specials[T]() {
		for _, y := range specials[T]() {
			for _, z := range specials[T]() {
				checkFMA(t, x, y, z)
			}
		}
	}
}

// What the oracle must not be trusted with: the sign of a zero and what infinities come to.
func TestFMAZerosAndInfinities(t *testing.T) {
	t.Run("type=float32", testFMAZeros[float32])
	t.Run("type=float64", testFMAZeros[float64])
}

func testFMAZeros[T Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	zero, minus := T(0), T(math.Copysign(0, -1))
	tiny, huge := smallest[T](), largest[T]()
	for _, c := range []struct{ x, y, z, want T }{
		{1, zero, zero, zero}, {1, zero, minus, zero}, {1, minus, zero, zero}, {1, minus, minus, minus},
		{3, 5, -15, zero}, {-3, 5, 15, zero}, {-3, -5, -15, zero}, // exact cancellation
		{tiny, 1, -tiny, zero}, {huge, 1, -huge, zero},
		{tiny, tiny, zero, zero}, {-tiny, tiny, zero, minus}, {-tiny, tiny, minus, minus}, {tiny, tiny, minus, zero}, // underflow
		{tiny, tiny, tiny, tiny}, {tiny, 0.5, zero, zero}, {-tiny, 0.5, zero, minus}, {tiny, 0.75, zero, tiny},
		{tiny, 1.5, zero, 2 * tiny}, {tiny, 2.5, zero, 2 * tiny}, {tiny, 0.5, tiny, 2 * tiny}, // ties to even
		{huge, huge, zero, inf}, {-huge, huge, zero, -inf}, {huge, huge, -huge, inf}, {huge, 2, -huge, huge},
		{huge, 1, huge * T(epsilon[T]()) / 2, inf}, {huge, 1, huge * T(epsilon[T]()) / 4, huge},
		{huge, huge, -inf, -inf}, {inf, 1, -huge, inf}, {inf, -1, huge, -inf},
		{inf, zero, 1, nan}, {zero, inf, nan, nan}, {inf, 1, -inf, nan}, {inf, -1, inf, nan}, {inf, 1, inf, inf},
		{nan, 1, 1, nan}, {1, nan, 1, nan}, {1, 1, nan, nan}, {nan, inf, zero, nan}, {zero, zero, nan, nan},
	} {
		if got := FMA(c.x, c.y, c.z); !same(got, c.want) {
			t.Errorf("FMA(%x, %x, %x) = %x, want %x", c.x, c.y, c.z, got, c.want)
		}
		if got := bigFMA(c.x, c.y, c.z); !same(got, c.want) {
			t.Errorf("bigFMA(%x, %x, %x) = %x, want %x", c.x, c.y, c.z, got, c.want)
		}
	}
}

func TestFMARandom(t *testing.T) {
	t.Run("type=float32", testFMARandom[float32])
	t.Run("type=float64", testFMARandom[float64])
}

// Random bit patterns.
func testFMARandom[T Float](t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 1))
	for range 50000 {
		checkFMA(t, fromBits[T](rnd.Uint64()), fromBits[T](rnd.Uint64()), fromBits[T](rnd.Uint64()))
	}
}

func TestFMAHard(t *testing.T) {
	t.Run("type=float32", testFMAHard[float32])
	t.Run("type=float64", testFMAHard[float64])
}

// Sums on and beside the middle between two neighbours. Among float32, rounding twice must fail for many of them, with
// normal results and with subnormal ones: else they are not hard.
func testFMAHard[T Float](t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 2))
	naiveNormal, naiveSubnormal := 0, 0
	for range 150000 {
		x, y, z := hardTriple[T](rnd)
		checkFMA(t, x, y, z)
		if !is32[T]() {
			continue
		}
		if naive, want := naiveFMA(float32(x), float32(y), float32(z)), float32(bigFMA(x, y, z)); !same(naive, want) {
			if math.Abs(float64(want)) < 0x1p-126 {
				naiveSubnormal++
			} else {
				naiveNormal++
			}
		}
	}
	if is32[T]() && (naiveNormal < 1000 || naiveSubnormal < 100) {
		t.Errorf("rounding twice fails for %d normal and %d subnormal results only", naiveNormal, naiveSubnormal)
	}
}

// hardTriple returns x, y and z with x*y + z on or beside the middle between two neighbours, with any exponent.
func hardTriple[T Float](rnd *rand.Rand) (x, y, z T) {
	lowest := math.Ilogb(float64(smallest[T]()))
	e := lowest + rnd.IntN(-2*lowest)
	switch rnd.IntN(3) {
	case 0:
		x, y, z = triplePastProduct[T](rnd)
	case 1:
		x, y, z = triplePastSum[T](rnd, precision[T]())
	case 2: // z is subnormal, or just not
		x, y, z = triplePastSum[T](rnd, rnd.IntN(precision[T]()+1))
		e = lowest - 1
	}
	if rnd.IntN(4) == 0 {
		x = neighbour(x, rnd)
	}
	f := e/2 + rnd.IntN(40) - 20
	sign := func() T { return T(1 - 2*rnd.IntN(2)) }
	return scale(x, f) * sign(), scale(y, e-f) * sign(), scale(z, e) * sign()
}

// triplePastProduct makes a product with one digit too many, and a z far below that decides.
func triplePastProduct[T Float](rnd *rand.Rand) (x, y, z T) {
	digits := precision[T]()
	a, m := uint64(0), uint64(0)
	for a == 0 {
		m = uint64(1)<<digits | rnd.Uint64N(1<<digits) | 1
		a = smallFactor(m)
	}
	return T(a), T(m / a), T(math.Ldexp(1+rnd.Float64(), -rnd.IntN(3*digits)))
}

// smallFactor returns the smallest divisor of the odd m between 3 and 31, or 0. With m of one digit too many, both it
// and m divided by it fit.
func smallFactor(m uint64) uint64 {
	for p := uint64(3); p < 32; p += 2 {
		if m%p == 0 {
			return p
		}
	}
	return 0
}

// triplePastSum makes a product of half a unit of z's last place, 1, or next to it: (1 + a eps)(1 - a eps). z has the
// digits given, and a 0 behind them.
func triplePastSum[T Float](rnd *rand.Rand, digits int) (x, y, z T) {
	z = T(rnd.Uint64N(1<<digits)) * 2
	if digits == precision[T]() {
		z = T(uint64(1)<<(digits-1)|rnd.Uint64N(1<<(digits-1))) * 2
	}
	if rnd.IntN(2) == 0 {
		return 1, 1, z
	}
	d := T(rnd.IntN(100)) * T(epsilon[T]())
	return 1 + d, 1 - d, z
}

func scale[T Float](v T, e int) T { return T(math.Ldexp(float64(v), e)) }

func neighbour[T Float](v T, rnd *rand.Rand) T {
	return fromBits[T](bitsOf(v) + uint64(rnd.IntN(5)) - 2)
}

func smallest[T Float]() T { return fromBits[T](1) }

func largest[T Float]() T { return fromBits[T](bitsOf(T(math.Inf(1))) - 1) }

// epsilon is the distance from 1 to the next number.
func epsilon[T Float]() float64 { return math.Ldexp(1, 1-precision[T]()) }

// precision returns the number of binary digits.
func precision[T Float]() int {
	if is32[T]() {
		return 24
	}
	return 53
}

// specials returns values at which arithmetic changes its ways, with both signs.
func specials[T Float]() []T {
	one := bitsOf(T(1))
	normal := fromBits[T](uint64(1) << (precision[T]() - 1)) // the smallest
	list := []T{
		0, smallest[T](), 3 * smallest[T](), normal - smallest[T](), normal, normal + smallest[T](), scale(normal, 20),
		T(epsilon[T]()), 0.5, fromBits[T](one - 1), 1, fromBits[T](one + 1), 3, largest[T]() / 2, largest[T](),
		T(math.Inf(1)), T(math.NaN()),
	}
	for _, v := range list {
		list = append(list, -v)
	}
	return list
}
