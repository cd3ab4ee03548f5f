package kernel

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A region is a set of float64 arguments of one kind.
type region struct {
	name string
	args []float64
}

// regions draws n arguments of each kind, of both signs: the same ones on every machine.
func regions(n int, rnd *rand.Rand) []region {
	var list []region
	add := func(name string, draw func() float64) {
		args := make([]float64, n)
		for i := range args {
			args[i] = math.Copysign(draw(), float64(i%2)-0.5)
		}
		list = append(list, region{name, args})
	}
	between := func(lo, hi float64) func() float64 {
		return func() float64 { return lo + float64((hi-lo)*rnd.Float64()) }
	}
	around := func(seams ...float64) func() float64 {
		return func() float64 {
			z := seams[rnd.IntN(len(seams))]
			if rnd.IntN(2) == 0 {
				return math.Float64frombits(math.Float64bits(z) + rnd.Uint64N(41) - 20)
			}
			return z * (1 + math.Ldexp(rnd.Float64()-0.5, -rnd.IntN(45)-5))
		}
	}
	add("subnormal", func() float64 { return math.Float64frombits(rnd.Uint64() >> (12 + rnd.IntN(50))) })
	add("below 1e-300", func() float64 { return math.Ldexp(1+rnd.Float64(), -1022+rnd.IntN(26)) })
	add("tiny", func() float64 { return math.Ldexp(1+rnd.Float64(), -60+rnd.IntN(50)) })
	add("small", func() float64 { return math.Ldexp(1+rnd.Float64(), -10+rnd.IntN(10)) })
	add("first reduced interval", between(0, math.Ln2/2))
	add("0 to 3", between(0, 3))
	add("0 to 40", between(0, 40))
	add("tanh next to 1", between(17.5, 20)) // where its numerator and denominator cannot hold exp(-2z)
	add("denominator near a power of two", around(powerDenominators()...))
	add("multiples of ln2/2", around(halfLogs()...))
	add("seams", around(1, 18.4, 19, 20, 36, 36.8, 37.5, 700, 708, 708.4, 709, 709.78, 709.79, 710, 744.4, 745.13, 746, 747))
	add("36 to 708", between(36, 708))
	add("subnormal results", between(708, 746))
	add("huge", func() float64 { return math.Ldexp(1+rnd.Float64(), 9+rnd.IntN(1015)) })
	add("any bits", func() float64 {
		for {
			if z := math.Float64frombits(rnd.Uint64()); z == z {
				return z
			}
		}
	})
	return list
}

// powerDenominators returns the z > 0 for which 1+exp(z) is a power of two: there the last place of the sigmoid of -z
// changes its size.
func powerDenominators() (zs []float64) {
	for k := 2; k <= 53; k++ {
		zs = append(zs, Log(math.Ldexp(1, k)-1))
	}
	return zs
}

// halfLogs returns multiples of (ln 2)/2: exp changes its exponent at the even ones, its reduction at the odd ones.
// For the tanh these are the multiples of (ln 2)/4.
func halfLogs() (zs []float64) {
	for k := 1; k <= 2150; k += 1 + k/60 {
		zs = append(zs, float64(k)*math.Ln2/2, float64(k)*math.Ln2/4)
	}
	return zs
}

// A sampled region holds exact values as well.
type sampled struct {
	region
	exact []*big.Float
}

// samples64 is what the float64 functions are tried on. It is computed once for all rows.
var samples64 = sync.OnceValue(func() map[string][]sampled {
	n := 500
	if *exhaustive {
		n = 50000
	}
	all := map[string][]sampled{}
	for _, f := range functions {
		for _, r := range regions(n, rand.New(rand.NewPCG(104729, 20))) {
			s := sampled{region: r}
			for _, z := range r.args {
				s.exact = append(s.exact, f.exact(toBig(clip(z))))
			}
			all[f.name] = append(all[f.name], s)
		}
	}
	return all
})

// clip keeps z where exponents of exp(z) fit in a big.Float. Beyond, the functions are constant in float64.
func clip(z float64) float64 { return max(-5000, min(z, 5000)) }

// The float64 functions keep their promised error. With -exhaustive the samples are many more.
func TestError64(t *testing.T) {
	eachKernel(t, nil, func(t *testing.T, k *Kernel[float64]) {
		for _, f := range functions {
			worst, at := 0.0, 0.0
			for _, s := range samples64()[f.name] {
				e, z := worstError(k, f, s)
				t.Logf("%-8s %-32s %.4f ulp at %x", f.name, s.name, e, z)
				if !(e <= worst) {
					worst, at = e, z
				}
			}
			t.Logf("%-8s worst of all: %.4f ulp at %x", f.name, worst, at)
			if !(worst < f.ulps) {
				t.Errorf("%s(%x) is off by %.4f ulp, %g are allowed", f.name, at, worst, f.ulps)
			}
			if worst < 0.5 {
				t.Errorf("%s: an error of %.4f ulp is too small to be true", f.name, worst)
			}
		}
	})
}

func worstError(k *Kernel[float64], f function, s sampled) (worst, at float64) {
	got := make([]float64, len(s.args))
	apply(k, f, got, s.args)
	for i, y := range got {
		if e := ulps(y, s.exact[i]); !(e <= worst) {
			worst, at = e, s.args[i]
		}
	}
	return worst, at
}

// The error bound allows a step back where the argument grows by little, but none larger than two errors.
func TestMonotone64(t *testing.T) {
	eachKernel(t, nil, func(t *testing.T, k *Kernel[float64]) {
		var x []float64
		for _, r := range regions(8000, rand.New(rand.NewPCG(104729, 21))) {
			x = append(x, r.args...)
		}
		slices.Sort(x)
		y := make([]float64, len(x))
		for _, f := range functions {
			apply(k, f, y, x)
			for i := 1; i < len(x); i++ {
				if slack := math.Abs(y[i-1])*0x1p-50 + 0x4p-1074; !(y[i] >= y[i-1]-slack) && y[i] != y[i-1] {
					t.Fatalf("%s(%x) = %x, but %s(%x) = %x", f.name, x[i-1], y[i-1], f.name, x[i], y[i])
				}
			}
		}
	})
}

func TestTanhSymmetry(t *testing.T) {
	eachKernel(t, testTanhSymmetry[float32], testTanhSymmetry[float64])
}

func testTanhSymmetry[T Float](t *testing.T, k *Kernel[T]) {
	for _, r := range regions(5000, rand.New(rand.NewPCG(104729, 22))) {
		x, minus := make([]T, len(r.args)), make([]T, len(r.args))
		for i, z := range r.args {
			x[i], minus[i] = T(z), -T(z)
		}
		k.Activate(x, x, Tanh)
		k.Activate(minus, minus, Tanh)
		for i := range x {
			if minus[i] = -minus[i]; !same(x[i], minus[i]) {
				t.Fatalf("%s: tanh(±%x) = %x and -%x", r.name, r.args[i], x[i], minus[i])
			}
		}
	}
}

func TestSpecialValues(t *testing.T) {
	eachKernel(t, testSpecialValues[float32], testSpecialValues[float64])
}

func testSpecialValues[T Float](t *testing.T, k *Kernel[T]) {
	inf, nan, minus := T(math.Inf(1)), T(math.NaN()), T(math.Copysign(0, -1))
	tiny, huge := smallest[T](), largest[T]()
	for name, cases := range map[string][][2]T{
		"identity": {{0, 0}, {minus, minus}, {1, 1}, {-tiny, -tiny}, {huge, huge}, {inf, inf}, {-inf, -inf}, {nan, nan}},
		"relu": {{0, 0}, {minus, 0}, {tiny, tiny}, {-tiny, 0}, {1, 1}, {-1, 0}, {huge, huge}, {-huge, 0}, {inf, inf},
			{-inf, 0}, {nan, 0}, {-nan, 0}},
		"sigmoid": {{0, 0.5}, {minus, 0.5}, {tiny, 0.5}, {-tiny, 0.5}, {38, 1}, {800, 1}, {huge, 1}, {inf, 1},
			{-800, 0}, {-huge, 0}, {-inf, 0}, {nan, nan}, {-nan, nan}},
		"tanh": {{0, 0}, {minus, minus}, {tiny, tiny}, {-tiny, -tiny}, {20, 1}, {-20, -1}, {800, 1}, {-800, -1},
			{huge, 1}, {-huge, -1}, {inf, 1}, {-inf, -1}, {nan, nan}, {-nan, nan}},
		"exp": {{0, 1}, {minus, 1}, {tiny, 1}, {-tiny, 1}, {710, inf}, {huge, inf}, {inf, inf}, {-746, 0}, {-huge, 0},
			{-inf, 0}, {nan, nan}, {-nan, nan}},
	} {
		for _, c := range cases {
			x, y := []T{c[0]}, []T{7}
			apply(k, function{name: name}, y, x)
			if !same(y[0], c[1]) {
				t.Errorf("%s(%x) = %x, want %x", name, x[0], y[0], c[1])
			}
		}
	}
}

// The last arguments before the float64 results saturate, and the first after.
func TestSaturation64(t *testing.T) {
	eachKernel(t, nil, func(t *testing.T, k *Kernel[float64]) {
		for _, c := range []struct {
			f    int
			x, y float64
		}{
			{2, 0x1.62e42fefa39efp+9, 0x1.fffffffffff2ap+1023}, // the largest with a finite exp
			{2, 0x1.62e42fefa39fp+9, math.Inf(1)},
			{2, -0x1.74910d52d3051p+9, 0x1p-1074}, // the lowest whose exp rounds to more than 0
			{2, -0x1.74910d52d3052p+9, 0},
			{0, -0x1.74910d52d3051p+9, 0x1p-1074},
			{0, -0x1.74910d52d3052p+9, 0},
		} {
			f, y := functions[c.f], []float64{7}
			if want := roundBig[float64](f.exact(toBig(c.x))); want != c.y {
				t.Errorf("math/big gives %s(%x) = %x, not %x", f.name, c.x, want, c.y)
			}
			if apply(k, f, y, []float64{c.x}); y[0] != c.y {
				t.Errorf("%s(%x) = %x, want %x", f.name, c.x, y[0], c.y)
			}
		}
	})
}

// goldenFile holds bits of the float64 functions. The recipes' bits are part of the contract: it may change only with
// the contract's name.
//
//	go test ./kernel -run Golden64 -update
const goldenFile = "testdata/activation64.txt"

func TestGolden64(t *testing.T) {
	if *update {
		text := goldenText(mustGet[float64](t, "generic"))
		if err := os.WriteFile(goldenFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(text), "\n")
	eachKernel(t, nil, func(t *testing.T, k *Kernel[float64]) {
		got := strings.Split(goldenText(k), "\n")
		if len(got) != len(want) {
			t.Errorf("%d lines, want %d", len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("line %d: %s, want %s", i+1, got[i], want[i])
			}
		}
	})
}

// goldenText lists function, argument and result, and for each function a digest of its results for many arguments.
func goldenText(k *Kernel[float64]) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s: function, argument, result; name, how many, digest of all\n", Contract)
	args := goldenArguments()
	var many []float64
	for _, r := range regions(4096, rand.New(rand.NewPCG(104729, 23))) {
		many = append(many, r.args...)
	}
	fmt.Fprintf(&text, "arguments %d sha256:%x\n", len(many), digest(many))
	for _, f := range functions {
		y := make([]float64, len(args))
		apply(k, f, y, args)
		for i := range y {
			fmt.Fprintf(&text, "%s %x %x\n", f.name, args[i], y[i])
		}
		y = make([]float64, len(many))
		apply(k, f, y, many)
		fmt.Fprintf(&text, "%s %d sha256:%x\n", f.name, len(many), digest(y))
	}
	return text.String()
}

func digest(y []float64) [sha256.Size]byte {
	var b []byte
	for _, v := range y {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return sha256.Sum256(b)
}

func goldenArguments() (args []float64) {
	for _, z := range []float64{
		0, 0x1p-1074, 0x1p-1022, 1e-300, 0x1p-60, 0x1p-30, 0x1p-10, 0.1, 0.25, 1.0 / 3, 0x1.62e42fefa39efp-2, 0.5,
		0x1.62e42fefa39efp-1, 1, 0x1.193ea7aad030bp+0, 2, 3, 5, 10, 18, 20, 20.5, 35, 36, 36.5, 40, 100, 300, 700, 708,
		708.5, 709.5, 710, 720, 740, 745, 746, 747, 1e10, math.MaxFloat64, math.Inf(1),
	} {
		args = append(args, z, -z)
	}
	rnd := rand.New(rand.NewPCG(104729, 24))
	for range 30 {
		args = append(args, 80*(rnd.Float64()-0.5), 1500*(rnd.Float64()-0.5))
	}
	return args
}
