package kernel

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/samebits/samebits/internal/fpcontrol"
)

func TestFloatingPointSafe(t *testing.T) {
	if err := CheckFloatingPoint(); err != nil {
		t.Fatal(err)
	}
	s := ReadFloatingPoint()
	if s.Rounding != NearestEven || s.FlushToZero || s.DenormalsAreZero || s.FMA != Fused || s.Traps || s.other != nil {
		t.Errorf("got %+v", s)
	}
	const want = "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused"
	if !strings.HasPrefix(s.String(), want) {
		t.Errorf("got %q", s)
	}
}

// unsafeStates are states that must be found, what both the register and arithmetic say of them, and words of the error.
var unsafeStates = []struct {
	name              string
	clear, set        uint64
	rounding          string
	flushes, denies   bool
	words, otherWords []string // that must stand in the error, and that must not
}{
	{"upward", fpcontrol.RoundingMask, fpcontrol.Upward, Upward, false, false,
		[]string{"rounding is upward, want nearest-even"}, []string{"zero is on"}},
	{"downward", fpcontrol.RoundingMask, fpcontrol.Downward, Downward, false, false,
		[]string{"rounding is downward, want nearest-even"}, []string{"zero is on"}},
	{"toward-zero", fpcontrol.RoundingMask, fpcontrol.TowardZero, TowardZero, false, false,
		[]string{"rounding is toward-zero, want nearest-even"}, []string{"zero is on"}},
	{"flush-to-zero", 0, fpcontrol.FlushToZero, NearestEven, true, !fpcontrol.FlushesOnlyResults,
		[]string{"flush-to-zero is on"}, []string{"rounding"}},
	{"denormals-are-zero", 0, fpcontrol.DenormalsAreZero, NearestEven, !fpcontrol.FlushesOnlyResults, true,
		[]string{"denormals-are-zero is on"}, []string{"rounding"}},
	{"all", fpcontrol.RoundingMask, fpcontrol.FlushToZero | fpcontrol.DenormalsAreZero | fpcontrol.Upward, Upward, true, true,
		[]string{"rounding is upward", "flush-to-zero is on", "denormals-are-zero is on"}, nil},
}

// TestFloatingPointUnsafe switches each state on. It is found twice: from the register, and from arithmetic alone as other
// architectures find it.
func TestFloatingPointUnsafe(t *testing.T) {
	if !fpcontrol.Available {
		t.Skip("there is no way here to set the state")
	}
	for _, c := range unsafeStates {
		t.Run(c.name, func(t *testing.T) {
			var err error
			var s FloatingPoint
			var p32, p64 tried
			fpcontrol.With(c.clear, c.set, func() {
				err = CheckFloatingPoint()
				s = ReadFloatingPoint()
				p32, p64 = tryAll(&limits32, probes32), tryAll(&limits64, probes64)
			})
			if s.Rounding != c.rounding && !strings.HasPrefix(s.Rounding, c.rounding+" in ") || s.FlushToZero != c.flushes || s.DenormalsAreZero != c.denies {
				t.Errorf("got %+v", s)
			}
			for i, p := range []tried{p32, p64} {
				if p.rounding != c.rounding || p.flushes != c.flushes || p.denies != c.denies {
					t.Errorf("arithmetic of type %d tells %s, %v, %v", i, p.rounding, p.flushes, p.denies)
				}
				if len(p.wrong) == 0 {
					t.Errorf("no probe of type %d differs", i)
				}
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range append([]string{Contract, "-ffast-math", s.Register}, c.words...) {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q lacks %q", err, w)
				}
			}
			for _, w := range append([]string{" but ", "fma is", "trap"}, c.otherWords...) {
				if strings.Contains(err.Error(), w) {
					t.Errorf("error %q has %q", err, w)
				}
			}
			if err := CheckFloatingPoint(); err != nil {
				t.Errorf("not put back: %v", err)
			}
		})
	}
}

// Where exceptions trap, nothing may be computed to find out more.
func TestFloatingPointTraps(t *testing.T) {
	if fpcontrol.DivisionMask == 0 || controlRegister().Register == "" {
		t.Skip("no trap can be set, or seen, here")
	}
	var s FloatingPoint
	fpcontrol.With(fpcontrol.DivisionMask, 0, func() { s = ReadFloatingPoint() })
	if !s.Traps || s.FMA != NotTried {
		t.Errorf("got %+v", s)
	}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "exceptions trap") || strings.Contains(err.Error(), "fma") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(s.String(), "exceptions trap") {
		t.Errorf("got %q", s)
	}
}

// TestFloatingPointErrors: what no register of the CPUs at hand can make.
func TestFloatingPointErrors(t *testing.T) {
	good := tried{rounding: NearestEven, fused: true}
	for _, c := range []struct {
		name     string
		from     FloatingPoint
		p32, p64 tried
		want     string
	}{
		{"safe", FloatingPoint{}, good, good, ""},
		{"away", FloatingPoint{}, tried{rounding: NearestAway, fused: true}, tried{rounding: NearestAway, fused: true}, "rounding is nearest-away"},
		{"one type", FloatingPoint{}, good, tried{rounding: Downward, fused: true}, "rounding is downward in float64"},
		{"register is silent", FloatingPoint{Rounding: NearestEven}, tried{rounding: Upward, fused: true}, good, "rounding is upward in float32"},
		{"arithmetic is silent", FloatingPoint{Rounding: Upward}, good, good, "rounding is upward,"},
		{"flushed", FloatingPoint{}, tried{rounding: NearestEven, fused: true, flushes: true}, good, "flush-to-zero is on"},
		{"denied", FloatingPoint{}, good, tried{rounding: NearestEven, fused: true, denies: true}, "denormals-are-zero is on"},
		{"fma", FloatingPoint{}, good, tried{rounding: NearestEven}, "fma is not fused in float64"},
		{"else in float32", FloatingPoint{}, tried{rounding: NearestEven, fused: true, wrong: []string{"1 + 1 is 3"}}, good, ": 1 + 1 is 3. "},
		{"else in float64", FloatingPoint{}, good, tried{rounding: NearestEven, fused: true, wrong: []string{"1 + 1 is 3"}}, ": 1 + 1 is 3. "},
		{"register flushes", FloatingPoint{FlushToZero: true}, good, good, "flush-to-zero is on"},
	} {
		s := c.from
		s.judge(c.p32, c.p64)
		err := s.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	p := probe[float64]{'+', 1, 1, 0, 3}
	q := probe[float32]{'f', 1, 2, 3, 4}
	got := append(p.try(), q.try()...)
	want := []string{"0x1p+00 + 0x1p+00 is 0x1p+01 in float64, want 0x1.8p+01", "fma(0x1p+00, 0x1p+01, 0x1.8p+01) is 0x1.4p+02 in float32, want 0x1p+02"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	s := FloatingPoint{Rounding: NearestEven, FMA: Fused, other: got}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), strings.Join(want, "; ")) {
		t.Errorf("error %v", err)
	}
}

// TestProbes compares what the probes want with exact arithmetic, and sees that both types are asked the same.
func TestProbes(t *testing.T) {
	testProbes(t, probes32)
	testProbes(t, probes64)
	if len(probes32) != len(probes64) {
		t.Fatalf("%d probes of float32, %d of float64", len(probes32), len(probes64))
	}
	for i := range probes32 {
		if probes32[i].op != probes64[i].op {
			t.Errorf("probe %d is %c and %c", i, probes32[i].op, probes64[i].op)
		}
	}
}

func testProbes[T Float](t *testing.T, probes []probe[T]) {
	for i, p := range probes {
		var want T
		switch p.op {
		case '+':
			want = bigFMA(p.x, 1, p.y)
		case '*':
			want = bigFMA(p.x, p.y, 0)
		case 'f':
			want = bigFMA(p.x, p.y, p.z)
		case '/':
			exact := new(big.Rat).Quo(new(big.Rat).SetFloat64(float64(p.x)), new(big.Rat).SetFloat64(float64(p.y)))
			if is32[T]() {
				nearest, _ := exact.Float32()
				want = T(nearest)
			} else {
				nearest, _ := exact.Float64()
				want = T(nearest)
			}
		default:
			t.Fatalf("probe %d: no operation %c", i, p.op)
		}
		if !same(p.want, want) {
			t.Errorf("%T: probe %d wants %x, should want %x", p.want, i, p.want, want)
		}
	}
}

func TestFloatingPointAllocs(t *testing.T) {
	// One for the register's name; the probes have none.
	if n := testing.AllocsPerRun(100, func() { tryAll(&limits64, probes64) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCheckFloatingPoint(b *testing.B) {
	for b.Loop() {
		if err := CheckFloatingPoint(); err != nil {
			b.Fatal(err)
		}
	}
}
