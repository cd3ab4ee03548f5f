package harness

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// exact is a number that nothing is lost of, for sums that are rounded where they say so.
type exact struct{ *big.Float }

func exactly[T kernel.Float](v T) exact {
	return exact{new(big.Float).SetPrec(5000).SetFloat64(float64(v))}
}

func (x exact) times(y exact) exact { return exact{new(big.Float).SetPrec(5000).Mul(x.Float, y.Float)} }
func (x exact) plus(y exact) exact  { return exact{new(big.Float).SetPrec(5000).Add(x.Float, y.Float)} }

// round rounds once, subnormals kept.
func round[T kernel.Float](x exact) T {
	if isSingle[T]() {
		v, _ := x.Float32()
		return T(v)
	}
	v, _ := x.Float64()
	return T(v)
}

// TestSumWays compares each kind of sum with one that big numbers give, rounded after each operation that rounds.
func TestSumWays(t *testing.T) {
	t.Run("type=float32", testSumWays[float32])
	t.Run("type=float64", testSumWays[float64])
}

func testSumWays[T kernel.Float](t *testing.T) {
	fused := func(a, b, c T) T { return round[T](exactly(a).times(exactly(b)).plus(exactly(c))) }
	times := func(a, b T) T { return round[T](exactly(a).times(exactly(b))) }
	plus := func(a, b T) T { return round[T](exactly(a).plus(exactly(b))) }
	want := map[string]func(z T, a, b []T) T{
		unfusedProducts: func(z T, a, b []T) T {
			for i := range a {
				z = plus(z, times(a[i], b[i]))
			}
			return z
		},
		"the bias is added last": func(z T, a, b []T) T {
			var s T
			for i := range a {
				s = fused(a[i], b[i], s)
			}
			return plus(s, z)
		},
		"terms 2 and 3 of the sum are exchanged": func(z T, a, b []T) T {
			for _, i := range []int{0, 1, 3, 2, 4, 5, 6} {
				z = fused(a[i], b[i], z)
			}
			return z
		},
		"the sum goes from the last term to the first": func(z T, a, b []T) T {
			for _, i := range []int{6, 5, 4, 3, 2, 1, 0} {
				z = fused(a[i], b[i], z)
			}
			return z
		},
		higherPrecision: func(z T, a, b []T) T {
			s := exactly(z)
			for i := range a {
				s = s.plus(exactly(a[i]).times(exactly(b[i])))
				if isSingle[T]() {
					s = exactly(round[float64](s))
				}
			}
			return round[T](s)
		},
		"the sum is split over 4 lanes, added half by half": func(z T, a, b []T) T {
			l := [4]T{fused(a[4], b[4], fused(a[0], b[0], z)), fused(a[5], b[5], fused(a[1], b[1], 0)), fused(a[6], b[6], fused(a[2], b[2], 0)), fused(a[3], b[3], 0)}
			return plus(plus(l[0], l[2]), plus(l[1], l[3]))
		},
		"the sum is split over 4 lanes, added pair by pair, products not fused, then the bias": func(z T, a, b []T) T {
			two := func(i, j int) T { return plus(times(a[i], b[i]), times(a[j], b[j])) }
			return plus(plus(plus(two(0, 4), two(1, 5)), plus(two(2, 6), times(a[3], b[3]))), z)
		},
		"the sum is split over 2 lanes of neighbouring terms, added in order": func(z T, a, b []T) T {
			low := fused(a[3], b[3], fused(a[2], b[2], fused(a[1], b[1], fused(a[0], b[0], z))))
			return plus(low, fused(a[6], b[6], fused(a[5], b[5], fused(a[4], b[4], 0))))
		},
		"the sum is split over 8 lanes, added in order": func(z T, a, b []T) T {
			s := fused(a[0], b[0], z)
			for i := 1; i < 7; i++ {
				s = plus(s, times(a[i], b[i]))
			}
			return s
		},
	}
	if isSingle[T]() {
		want[doubleRounding] = func(z T, a, b []T) T {
			for i := range a {
				z = T(round[float64](exactly(a[i]).times(exactly(b[i])).plus(exactly(z))))
			}
			return z
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	differ := map[string]bool{}
	for range 300 {
		z, a, b := T(r.NormFloat64()), normals[T](r, 7, 1), normals[T](r, 7, 1)
		right := z
		for i := range a {
			right = fused(a[i], b[i], right)
		}
		if got := chain(z, a, b); got != right {
			t.Fatalf("chain %x, want %x", got, right)
		}
		for w := range sumWays[T](7) {
			if want[w.name] == nil {
				continue
			}
			got, want := w.sum(z, a, b), want[w.name](z, a, b)
			if got != want {
				t.Errorf("%s: %x, want %x", w.name, got, want)
			}
			differ[w.name] = differ[w.name] || got != right
		}
	}
	for name := range want {
		if !differ[name] && name != doubleRounding { // which is seldom another one
			t.Errorf("%s: never differs from the chain, or there is no such way", name)
		}
	}
}

// TestDoubleRounding: the example of an fma of float32 that float64 does not give.
func TestDoubleRounding(t *testing.T) {
	a, b, c := float32(0x1.e05p+0), float32(0x1.7f2p+0), float32(0x1p-67)
	if got := twice(c, []float32{a}, []float32{b}); got != 0x1.6769dcp+1 {
		t.Errorf("%x", got)
	}
	if got := chain(c, []float32{a}, []float32{b}); got != 0x1.6769dep+1 {
		t.Errorf("fma %x", got)
	}
}

func TestFlush(t *testing.T) {
	for v, want := range map[float64]float64{0x1p-1022: 0x1p-1022, 0x1p-1023: 0, 5e-324: 0, 1: 1, math.Inf(1): math.Inf(1)} {
		if got := flush(v); got != want {
			t.Errorf("%x: %x", v, got)
		}
	}
	if got := flush(float32(-0x1p-127)); got != 0 || !math.Signbit(float64(got)) {
		t.Errorf("%x", got)
	}
	if flush(float32(0x1p-126)) != 0x1p-126 {
		t.Error("the smallest normal float32 is flushed")
	}
	single := func(v float32) []float32 { return []float32{v} }
	// 2^-100 * 2^-40 is subnormal and a result; 2^-130 is an input.
	if got := flushing(flush[float32], keep[float32])(0, single(0x1p-100), single(0x1p-40)); got != 0 {
		t.Errorf("results: %x", got)
	}
	if got := flushing(keep[float32], flush[float32])(0, single(0x1p-100), single(0x1p-40)); got != 0x1p-140 {
		t.Errorf("inputs: %x", got)
	}
	if got := flushing(keep[float32], flush[float32])(0, single(0x1p-130), single(0x1p+40)); got != 0 {
		t.Errorf("inputs: %x", got)
	}
}

func normals[T kernel.Float](r *rand.Rand, n int, deviation float64) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(r.NormFloat64() * deviation)
	}
	return v
}

// elementsOf returns elements of a phase, of numbers that are drawn. Where they are to be flushed they are around the
// smallest normal number.
func elementsOf[T kernel.Float](phase string, act kernel.Activation, terms int, tiny bool) (list []*element[T]) {
	r := rand.New(rand.NewPCG(3, 4))
	small, rate := 1.0, 0.3
	if tiny {
		small = math.Sqrt(0x1p-1022)
		if isSingle[T]() {
			small = 0x1p-63
		}
		rate = 1 / small
	}
	for range 100 {
		x := &element[T]{
			phase: phase, start: T(r.NormFloat64() * small * small), a: normals[T](r, terms, small), b: normals[T](r, terms, small),
			activation: act, e: T(r.NormFloat64() * small), y: T(r.Float64() * r.Float64() * small), target: T(r.Float64() * small),
			w: T(r.NormFloat64() * small), rate: rate, samples: terms, other: normals[T](r, terms, small), moved: normals[T](r, terms, small),
		}
		if phase != PhaseForward && phase != PhaseActivation {
			x.start = 0
		}
		if r.IntN(8) == 0 {
			x.y = 0
		}
		if tiny && phase == PhaseError {
			x.y, x.target = T(r.Float64()*small*small*4), T(r.Float64()*small*small*4)
		}
		if tiny && phase == PhaseUpdate {
			x.w = T(r.NormFloat64() * small * small)
			x.rate = r.Float64()
		}
		list = append(list, x)
	}
	return list
}

// TestHintNamesEachWay lets elements come about in each way that is known, one after the other, and wants its name.
func TestHintNamesEachWay(t *testing.T) {
	t.Run("type=float32", testHintNamesEachWay[float32])
	t.Run("type=float64", testHintNamesEachWay[float64])
}

func testHintNamesEachWay[T kernel.Float](t *testing.T) {
	for _, c := range []struct {
		phase string
		act   kernel.Activation
		terms int
		ways  int // at least
	}{
		{PhaseForward, kernel.Identity, 11, 50}, {PhaseForward, kernel.Tanh, 5, 20}, {PhaseSentBack, kernel.Sigmoid, 5, 20},
		{PhaseUpdate, kernel.Sigmoid, 5, 30}, {PhaseDelta, kernel.Sigmoid, 1, 6}, {PhaseDelta, kernel.Tanh, 1, 3}, {PhaseDelta, kernel.ReLU, 1, 1},
		{PhaseError, kernel.Sigmoid, 1, 3}, {PhaseActivation, kernel.Sigmoid, 3, 1},
	} {
		named := 0
		for _, tiny := range []bool{false, true} {
			list := elementsOf[T](c.phase, c.act, c.terms, tiny)
			for w := range list[0].ways() {
				if strings.Contains(w.name, "subnormal") != tiny {
					continue
				}
				at := -1
				for i, x := range list {
					if x.got = w.compute(x); at < 0 && !sameValue(x.got, x.right()) {
						at = i
					}
				}
				if at < 0 {
					continue // such numbers do not show it
				}
				list[0], list[at] = list[at], list[0]
				hint := hintOf(list)
				if !strings.Contains(hint, "; that gives exactly its bits in all 100 values") {
					t.Errorf("%s, %v: %q is taken for %q", c.phase, c.act, w.name, hint)
				}
				if strings.HasPrefix(hint, w.name+";") { // of two that are the same the one that is listed first
					named++
				}
			}
		}
		if named < c.ways {
			t.Errorf("%s, %v: %d ways have their name, want %d", c.phase, c.act, named, c.ways)
		}
	}
}

// TestHints: what is said where no way gives all of a side's bits.
func TestHints(t *testing.T) {
	flipped := func(bit int, every int) []*element[float64] {
		list := elementsOf[float64](PhaseForward, kernel.Identity, 7, false)
		for i, x := range list {
			if x.got = x.right(); i%every == 0 {
				x.got = math.Float64frombits(math.Float64bits(x.got) ^ 1<<bit)
			}
		}
		return list
	}
	changed := func(change func(i int, v float64) float64, tiny bool) []*element[float64] {
		list := elementsOf[float64](PhaseForward, kernel.Identity, 7, tiny)
		for i, x := range list {
			x.got = change(i, x.right())
		}
		return list
	}
	mixed := elementsOf[float64](PhaseForward, kernel.Identity, 7, false)
	for i, x := range mixed {
		if x.got = apart(x.start, x.a, x.b); i%10 == 9 {
			x.got = 2 * x.right()
		}
	}
	at := 0
	for sameValue(mixed[at].got, mixed[at].right()) {
		at++
	}
	mixed[0], mixed[at] = mixed[at], mixed[0]
	for _, try := range []struct {
		name string
		list []*element[float64]
		want string
	}{
		{"right", changed(func(_ int, v float64) float64 { return v }, false), ""},
		{"one bit", flipped(40, 100), "bit 40 of the value is flipped, counted from the lowest (in 1 of the 100 values that were looked at)"},
		{"some bits", flipped(51, 20), "bit 51 of the value is flipped, counted from the lowest (in 5 of the 100 values that were looked at)"},
		{"up", changed(func(_ int, v float64) float64 { return math.Nextafter(v, 1e9) }, false), "one ulp everywhere: perhaps another order of the sum, or another fusion"},
		{"single", changed(func(_ int, v float64) float64 { return float64(float32(v)) }, false), "the values have the precision of float32"},
		{"nothing", changed(func(i int, v float64) float64 { return v * (2 + float64(i)/7) }, false), "none of the ways that were tried gives these bits"},
		{"tiny", changed(func(_ int, v float64) float64 { return v/1e300/1e20 + 5e-324 }, true), "none of the ways that were tried gives these bits"},
		{"most", mixed, unfusedProducts + "; that gives "},
	} {
		if got := hintOf(try.list); !strings.HasPrefix(got, try.want) || try.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", try.name, got, try.want)
		}
	}
	if got := hintOf(mixed); !strings.Contains(got, " of the ") || strings.Contains(got, "exactly") {
		t.Errorf("most: %q", got)
	}
	small := []*element[float64]{{phase: PhaseError, target: 0x1p-1060, y: 0x1p-1070, got: 0x1p-1061}}
	if got, want := hintOf(small), "only subnormal numbers differ: perhaps flush-to-zero"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
