package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"unsafe"
)

// eachRandom runs f as a subtest for every row there is.
func eachRandom(t *testing.T, f func(t *testing.T, r *Random)) {
	t.Helper()
	eachRow(t, func(t *testing.T, name string) { f(t, mustGetRandom(t, name)) })
}

func mustGetRandom(t testing.TB, name string) *Random {
	t.Helper()
	for _, r := range testRows {
		if r.f64.name == name {
			return r.random
		}
	}
	r, err := GetRandom(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGetRandom(t *testing.T) {
	eachRow(t, func(t *testing.T, name string) {
		if got := mustGetRandom(t, name).Name(); got != name {
			t.Errorf("got %q", got)
		}
	})
	if r, err := GetRandom(""); err != nil || r.Name() != Names()[0] {
		t.Errorf("the fastest is %v, %v", r, err)
	}
	if r, err := GetRandom("none"); err == nil {
		t.Errorf("got %q", r.Name())
	}
}

// ---- twist

// seedTwister fills a state from a sequence of words, or where that is empty from a single word, as the authors of the
// Twister do.
func seedTwister(word uint32, words ...uint32) *[TwisterWords]uint32 {
	k := new([TwisterWords]uint32)
	k[0] = word
	for i := 1; i < len(k); i++ {
		k[i] = 1812433253*(k[i-1]^k[i-1]>>30) + uint32(i)
	}
	if len(words) == 0 {
		return k
	}
	i := 1
	next := func() {
		if i++; i == len(k) {
			k[0], i = k[len(k)-1], 1
		}
	}
	for n := range len(k) {
		k[i] = (k[i] ^ (k[i-1]^k[i-1]>>30)*1664525) + words[n%len(words)] + uint32(n%len(words))
		next()
	}
	for range len(k) - 1 {
		k[i] = (k[i] ^ (k[i-1]^k[i-1]>>30)*1566083941) - uint32(i)
		next()
	}
	k[0] = 1 << 31
	return k
}

// What the authors print for their test of the sequence, and what the C++ standard demands of std::mt19937.
func TestTwistPublished(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *Random) {
		for _, c := range []struct {
			key  *[TwisterWords]uint32
			want map[int]uint32
		}{
			{seedTwister(5489), map[int]uint32{0: 3499211612, 1: 581869302, 2: 3890346734, 3: 3586334585, 9999: 4123659995}},
			{seedTwister(19650218, 0x123, 0x234, 0x345, 0x456),
				map[int]uint32{0: 1067595299, 1: 955945823, 2: 477289528, 3: 4107218783, 4: 4228976476, 999: 3460025646}},
		} {
			var got []uint32
			for len(got) < 10000 {
				var out [TwisterWords]uint32
				r.Twist(c.key, &out)
				got = append(got, out[:]...)
			}
			for i, want := range c.want {
				if got[i] != want {
					t.Errorf("word %d is %d, want %d", i, got[i], want)
				}
			}
		}
	})
}

// plainTwister continues the words of a state by the recurrence, bit by bit, without a ring.
func plainTwister(key []uint32, n int) (x, out []uint32) {
	x = slices.Clone(key)
	for k := range n {
		joined := x[k]>>31<<31 | x[k+1]<<1>>1
		next := x[k+397] ^ joined>>1
		if joined%2 == 1 {
			next ^= 0x9908b0df
		}
		x = append(x, next)
		y := next
		y ^= y >> 11
		y ^= y << 7 & 0x9d2c5680
		y ^= y << 15 & 0xefc60000
		y ^= y >> 18
		out = append(out, y)
	}
	return x[len(key):], out
}

func TestTwist(t *testing.T) {
	const sentinel = 0xdeadbeef
	rnd := rand.New(rand.NewPCG(104729, 60))
	eachRandom(t, func(t *testing.T, r *Random) {
		for kind, draw := range map[string]func(i int) uint32{
			"random":  func(int) uint32 { return rnd.Uint32() },
			"zeros":   func(int) uint32 { return 0 },
			"ones":    func(int) uint32 { return math.MaxUint32 },
			"numbers": func(i int) uint32 { return uint32(i) },
			"one bit": func(i int) uint32 { return 1 << (i % 32) },
		} {
			const generations = 5
			for offset := range 17 { // other places of the same words in memory
				memory := make([]uint32, 2*TwisterWords+64)
				for i := range memory {
					memory[i] = sentinel
				}
				key := (*[TwisterWords]uint32)(memory[offset+1:])
				out := (*[TwisterWords]uint32)(memory[TwisterWords+2*offset+3:])
				for i := range key {
					key[i] = draw(i)
				}
				wantKey, wantOut := plainTwister(key[:], generations*TwisterWords)
				for g := range generations {
					r.Twist(key, out)
					for i := range key {
						if j := g*TwisterWords + i; key[i] != wantKey[j] || out[i] != wantOut[j] {
							t.Fatalf("%s, offset %d, generation %d, word %d: %#x and %#x, want %#x and %#x",
								kind, offset, g, i, key[i], out[i], wantKey[j], wantOut[j])
						}
					}
				}
				for i, w := range memory {
					inside := i > offset && i <= offset+TwisterWords || i-TwisterWords-2*offset >= 3 && i-2*TwisterWords-2*offset < 3
					if !inside && w != sentinel {
						t.Fatalf("offset %d: word %d beside the arrays written", offset, i)
					}
				}
			}
		}
	})
}

// ---- below

// randomLengths are all small ones, and some around the most that a routine is given at a time.
func randomLengths() []int {
	var n []int
	for i := range 68 {
		n = append(n, i)
	}
	return append(n, 500, randomCall-1, randomCall, randomCall+1, 2*randomCall+77)
}

func TestBelow(t *testing.T) {
	const sentinel = -77
	bounds := []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99, 623, 999, 1023, 1024, 59999, 1<<16 - 1, 1 << 16,
		1<<31 - 1, 1 << 31, 1<<31 + 1, 3 << 30, math.MaxUint32 - 1, math.MaxUint32}
	eachRandom(t, func(t *testing.T, r *Random) {
		rnd := rand.New(rand.NewPCG(104729, 61))
		for _, n := range randomLengths() {
			words := make([]uint32, n)
			for _, bound := range bounds {
				for i := range words {
					switch rnd.IntN(8) {
					case 0:
						words[i] = bound + uint32(rnd.IntN(5)) - 2
					case 1:
						words[i] = []uint32{0, 1, 1 << 31, math.MaxUint32}[rnd.IntN(4)]
					default:
						words[i] = rnd.Uint32()
					}
				}
				var want []int
				mask := uint32(0)
				for mask < bound {
					mask = mask<<1 | 1
				}
				for _, w := range words {
					if w&mask <= bound {
						want = append(want, int(w&mask))
					}
				}
				memory := make([]int, n+2)
				memory[0], memory[n+1] = sentinel, sentinel
				was := slices.Clone(words)
				got := r.Below(memory[1:n+1], words, bound)
				if got != len(want) || !slices.Equal(memory[1:1+got], want) {
					t.Fatalf("n %d, bound %d: %d values %v, want %d values %v", n, bound, got, memory[1:1+got], len(want), want)
				}
				if memory[0] != sentinel || memory[n+1] != sentinel || !slices.Equal(words, was) {
					t.Fatalf("n %d, bound %d: written beside dst or into words", n, bound)
				}
			}
		}
	})
}

// ---- discs

// plainCoordinate is exact: 2*u - 1 is a multiple of 2^-52, and no larger than 1.
func plainCoordinate(t *testing.T, a, b uint32) float64 {
	v := new(big.Int).Lsh(big.NewInt(int64(a>>5)), 26)
	v.Add(v, big.NewInt(int64(b>>6)))
	v.Sub(v, new(big.Int).Lsh(big.NewInt(1), 52))
	f, exact := new(big.Rat).SetFrac(v, new(big.Int).Lsh(big.NewInt(1), 52)).Float64()
	if !exact {
		t.Fatalf("coordinate of %#x and %#x is not exact", a, b)
	}
	return f
}

// plainSquare rounds each square and their sum to 53 bits. It has no subnormal to care for.
func plainSquare(x, y float64) float64 {
	square := func(v float64) *big.Float {
		f := big.NewFloat(v)
		return f.Mul(f, f)
	}
	s, _ := new(big.Float).SetPrec(53).Add(square(x), square(y)).Float64()
	return s
}

// discWords returns words for n points, some of them at the places that matter: centre, rim, corners, and their neighbours.
func discWords(n int, rnd *rand.Rand) []uint32 {
	special := [][2]uint32{
		{1 << 31, 0}, {1 << 31, 63}, {1<<31 + 31, 63}, // coordinate 0
		{1 << 31, 64}, {1<<31 - 1, math.MaxUint32}, // 2^-52, -2^-52
		{1<<31 + 32, 0}, {1 << 31, math.MaxUint32},
		{0, 0}, {31, 63}, {0, 64}, // -1, -1, -1 + 2^-52
		{math.MaxUint32, math.MaxUint32}, {math.MaxUint32, 0}, // 1 - 2^-52
		{0xe6666666, 0x66666666}, {0x19999999, 0x9999999a}, // ±0.8
		{0xcccccccc, 0xcccccccc}, {0x33333333, 0x33333333}, // ±0.6: with 0.8 on the rim
	}
	var words []uint32
	for range 2 * n {
		if rnd.IntN(4) == 0 {
			c := special[rnd.IntN(len(special))]
			words = append(words, c[0], c[1])
		} else {
			words = append(words, rnd.Uint32(), rnd.Uint32())
		}
	}
	return words
}

func TestDiscs(t *testing.T) {
	withoutGoroutines(t)
	eachRandom(t, func(t *testing.T, r *Random) {
		rnd := rand.New(rand.NewPCG(104729, 62))
		fused := 0 // points where an fma would have given another square
		for _, n := range randomLengths() {
			for range 1 + 20/(n+1) {
				words := discWords(n, rnd)
				var want [3][]float64
				for i := range n {
					w := words[4*i:]
					x, y := plainCoordinate(t, w[0], w[1]), plainCoordinate(t, w[2], w[3])
					if s := plainSquare(x, y); s != 0 && s < 1 {
						want[0], want[1], want[2] = append(want[0], x), append(want[1], y), append(want[2], s)
						if s != math.FMA(x, x, y*y) || s != math.FMA(y, y, x*x) {
							fused++
						}
					}
				}
				was := slices.Clone(words)
				got, check := sentinels(3, n)
				if kept := r.Discs(got[0], got[1], got[2], words); kept != len(want[0]) {
					t.Fatalf("n %d: %d points, want %d", n, kept, len(want[0]))
				}
				for i, part := range []string{"x", "y", "square"} {
					if at := differ(want[i], got[i]); at >= 0 {
						t.Fatalf("n %d: %s[%d] = %x, want %x", n, part, at, got[i][at], want[i][at])
					}
				}
				if !check() || !slices.Equal(words, was) {
					t.Fatalf("n %d: written beside the destinations or into words", n)
				}
			}
		}
		if fused < 100 {
			t.Errorf("only %d points tell an fma", fused)
		}
	})
}

// sentinels returns slices of n elements, and what tells whether the elements beside them are as they were.
func sentinels(slices, n int) (s [][]float64, untouched func() bool) {
	const sentinel = -0x1.23456789abcdep+77
	var memory [][]float64
	for range slices {
		m := make([]float64, n+2)
		for i := range m {
			m[i] = sentinel
		}
		memory, s = append(memory, m), append(s, m[1:n+1:n+1])
	}
	return s, func() bool {
		for _, m := range memory {
			if m[0] != sentinel || m[n+1] != sentinel {
				return false
			}
		}
		return true
	}
}

// ---- normals

// A kind of squares, with coordinates that need not fit them.
type randomSquares struct {
	kind   string
	square []float64
}

// squares returns numbers in (0, 1), by kind.
func squares() []randomSquares {
	rnd := rand.New(rand.NewPCG(104729, 63))
	var all []randomSquares
	for kind, in := range logInputs() {
		var kept []float64
		for _, x := range in {
			if x < 1 {
				kept = append(kept, x)
			}
		}
		all = append(all, randomSquares{kind, kept})
	}
	slices.SortFunc(all, func(a, b randomSquares) int { return len(b.square) - len(a.square) })
	var disc, rim, tiny, hard []float64
	for range 3000 {
		disc = append(disc, rnd.Float64())
	}
	for i := range 2000 {
		rim = append(rim, 1-float64(i+1)*0x1p-53)
		tiny = append(tiny, math.Ldexp(1+float64(i%3), -104+i/20))
	}
	for _, c := range logHard {
		if c.x < 1 {
			hard = append(hard, c.x)
		}
	}
	return append(all, randomSquares{"disc", disc}, randomSquares{"rim", rim}, randomSquares{"tiny", tiny}, randomSquares{"hard", hard})
}

// plainNormals is Normals with the oracle's logarithm.
func plainNormals(t *testing.T, x, y, square []float64) []float64 {
	var want []float64
	for i, s := range square {
		l := logOracleRound(t, s)
		f := math.Sqrt(float64(float64(-2*l) / s))
		want = append(want, float64(f*y[i]), float64(f*x[i]))
	}
	return want
}

// randomPoint returns coordinates for n points, zeros and 1 among them.
func randomPoints(n int, rnd *rand.Rand) (x, y []float64) {
	for range n {
		x, y = append(x, 2*rnd.Float64()-1), append(y, 2*rnd.Float64()-1)
	}
	for range n / 8 {
		x[rnd.IntN(n)], y[rnd.IntN(n)] = []float64{0, -1, 1, 0x1p-52}[rnd.IntN(4)], []float64{0, -1, 1, -0x1p-52}[rnd.IntN(4)]
	}
	return x, y
}

func TestNormals(t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 64))
	kinds := squares()
	wants := make([][]float64, len(kinds))
	xs, ys := make([][]float64, len(kinds)), make([][]float64, len(kinds))
	for i, k := range kinds {
		xs[i], ys[i] = randomPoints(len(k.square), rnd)
		wants[i] = plainNormals(t, xs[i], ys[i], k.square)
	}
	eachRandom(t, func(t *testing.T, r *Random) {
		for i, k := range kinds {
			x, y, square := slices.Clone(xs[i]), slices.Clone(ys[i]), slices.Clone(k.square)
			got, check := sentinels(1, len(wants[i]))
			r.Normals(got[0], x, y, square)
			if at := differ(got[0], wants[i]); at >= 0 {
				t.Errorf("%s: square %x: dst[%d] = %x, want %x", k.kind, square[at/2], at, got[0][at], wants[i][at])
			}
			if !check() || differ(x, xs[i]) >= 0 || differ(y, ys[i]) >= 0 || differ(square, k.square) >= 0 {
				t.Errorf("%s: written beside dst or into a source", k.kind)
			}
		}
	})
}

// Each length, and in each a point whose logarithm is in doubt, at each place, or several of them.
func TestNormalsDoubt(t *testing.T) {
	withoutGoroutines(t)
	rnd := rand.New(rand.NewPCG(104729, 65))
	var hard []float64
	for _, c := range logHard {
		if c.x < 1 && c.x > 0x1p-104 {
			hard = append(hard, c.x)
		}
	}
	logs := map[float64]float64{} // the oracle is slow
	lnOf := func(t *testing.T, s float64) float64 {
		l, ok := logs[s]
		if !ok {
			l = logOracleRound(t, s)
			logs[s] = l
		}
		return l
	}
	easy := make([]float64, 500)
	for i := range easy {
		easy[i] = rnd.Float64()
	}
	eachRandom(t, func(t *testing.T, r *Random) {
		for n := range 68 {
			for place := -1; place <= n; place++ {
				x, y := randomPoints(n, rnd)
				square := make([]float64, n)
				for i := range square {
					square[i] = easy[rnd.IntN(len(easy))]
					if i == place || place == n && rnd.IntN(4) == 0 {
						square[i] = hard[rnd.IntN(len(hard))]
					}
				}
				got, check := sentinels(1, 2*n)
				r.Normals(got[0], x, y, square)
				for i, s := range square {
					f := math.Sqrt(float64(float64(-2*lnOf(t, s)) / s))
					if a, b := got[0][2*i], got[0][2*i+1]; !same(a, float64(f*y[i])) || !same(b, float64(f*x[i])) {
						t.Fatalf("n %d, doubt at %d: point %d, square %x: %x, %x, want %x, %x", n, place, i, s, a, b, f*y[i], f*x[i])
					}
				}
				if !check() {
					t.Fatalf("n %d, doubt at %d: written beside dst", n, place)
				}
			}
		}
	})
}

// A routine stops at each point in doubt, not before, and does all others by itself.
func TestNormalsRoutine(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *Random) {
		if r.normals == nil {
			t.Skip("no routine of its own")
		}
		rnd := rand.New(rand.NewPCG(104729, 66))
		for n := 1; n < 68; n++ {
			for place := range n + 1 { // n: none in doubt
				x, y := randomPoints(n, rnd)
				square := make([]float64, n)
				for i := range square {
					square[i] = rnd.Float64()
					if i == place || i > place && rnd.IntN(4) == 0 {
						square[i] = 0x1.4720615c5285ep-02
					}
				}
				got, check := sentinels(1, 2*n)
				if done := r.normals(&got[0][0], &x[0], &y[0], &square[0], n); done != place {
					t.Fatalf("n %d: stopped at %d, want %d", n, done, place)
				}
				want, _ := sentinels(1, 2*n)
				genericRandom().Normals(want[0][:2*place], x[:place], y[:place], square[:place])
				if at := differ(got[0][:2*place], want[0][:2*place]); at >= 0 || !check() {
					t.Fatalf("n %d: point %d not written, or memory beside dst", n, at/2)
				}
			}
		}
	})
}

// Squares that no disc gives. The reference decides.
func TestNormalsOutside(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	odd := []float64{0, math.Copysign(0, -1), 1, 1 + 0x1p-52, 2, 1e10, math.MaxFloat64, inf, -inf, nan, math.Copysign(nan, -1), -0.5, -1,
		math.SmallestNonzeroFloat64, 0x1p-1030, 0x0.fffffffffffffp-1022, 0x1p-1022, 0x1.0000000000001p-1022, 0x1p-1021}
	eachRandom(t, func(t *testing.T, r *Random) {
		rnd := rand.New(rand.NewPCG(104729, 67))
		for n := range 68 {
			for range 20 {
				x, y := randomPoints(n, rnd)
				square := make([]float64, n)
				for i := range square {
					square[i] = rnd.Float64()
					if rnd.IntN(3) == 0 {
						square[i] = odd[rnd.IntN(len(odd))]
					}
					if rnd.IntN(20) == 0 {
						x[i] = odd[rnd.IntN(len(odd))]
					}
				}
				got, check := sentinels(1, 2*n)
				want, _ := sentinels(1, 2*n)
				r.Normals(got[0], x, y, square)
				genericRandom().Normals(want[0], x, y, square)
				if at := differ(got[0], want[0]); at >= 0 || !check() {
					t.Fatalf("n %d: dst[%d] not as the reference has it, or memory beside dst written", n, at)
				}
			}
		}
	})
}

// The door finishes what a routine leaves, wherever it stops, and goes on behind.
func TestNormalsDoor(t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 68))
	for n := range 40 {
		x, y := randomPoints(n, rnd)
		square := make([]float64, n)
		for i := range square {
			square[i] = rnd.Float64()
		}
		at := 0
		door := &Random{normals: func(dst, px, py, ps *float64, left int) int {
			if left != n-at || px != &x[at] || py != &y[at] || ps != &square[at] {
				t.Fatalf("n %d: called for other points than those from %d", n, at)
			}
			stop := rnd.IntN(left + 1)
			genericRandom().Normals(unsafe.Slice(dst, 2*stop), x[at:at+stop], y[at:at+stop], square[at:at+stop])
			at += stop + 1
			return stop
		}}
		got, want := make([]float64, 2*n), make([]float64, 2*n)
		door.Normals(got, x, y, square)
		genericRandom().Normals(want, x, y, square)
		if i := differ(got, want); i >= 0 {
			t.Errorf("n %d: dst[%d] = %v, want %v", n, i, got[i], want[i])
		}
	}
}

// Squares whose logarithm lies so near to the middle between two neighbours, 2^-68 of it and less, that a lost term of the
// sums would decide otherwise. They are found by a search.
func TestNormalsNearDoubt(t *testing.T) {
	rnd := rand.New(rand.NewPCG(104729, 73))
	var square []float64
	for i := range 1 << 22 {
		s := rnd.Float64()
		if i%2 == 0 { // where ln x has no part of ln 2, and for some no part of the table
			s = 1 - s/32
		}
		hi, lo := logPair(s)
		y := hi + lo
		middle := math.Abs(math.Nextafter(y, 2*y)-y) / 2
		if d := math.Abs(math.Abs((hi-y)+lo) - middle); d < 0x1p-68*math.Abs(y) {
			square = append(square, s)
		}
	}
	if len(square) < 100 {
		t.Errorf("only %d found", len(square))
	}
	x, y := randomPoints(len(square), rnd)
	want := plainNormals(t, x, y, square)
	eachRandom(t, func(t *testing.T, r *Random) {
		got, _ := sentinels(1, len(want))
		r.Normals(got[0], x, y, square)
		if at := differ(got[0], want); at >= 0 {
			t.Errorf("square %x: dst[%d] = %x, want %x", square[at/2], at, got[0][at], want[at])
		}
	})
}

// A slip in the last bits of a constant would show in one logarithm of many millions, so the constants of the assembly are
// read and compared.
func TestNormalsConstants(t *testing.T) {
	want := map[string]float64{
		"logLn2Hi": logLn2Hi, "logLn2Lo": logLn2Lo, "logThirdHi": logThirdHi, "logThirdLo": logThirdLo, "logError": logError,
		"logC5": logC5, "logC6": logC6, "logC7": logC7, "logC8": logC8, "logC9": logC9, "logC10": logC10, "logC11": logC11,
		"logC12": logC12, "-1/4": -0.25, "-1/2": -0.5, "1": 1, "0x1.8p52 - logTableFirst": 0x1.8p52 - logTableFirst,
	}
	const file = "kernel_log_amd64.h"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, m := range regexp.MustCompile(`CONSTANT\(\w+, 0x([0-9a-f]{16})\) *// (.+)`).FindAllStringSubmatch(string(text), -1) {
		v, ok := want[m[2]]
		if !ok {
			continue
		}
		seen++
		if bits, err := strconv.ParseUint(m[1], 16, 64); err != nil || bits != math.Float64bits(v) {
			t.Errorf("%s: %s is %s, want %x", file, m[2], m[1], math.Float64bits(v))
		}
	}
	if seen != len(want) {
		t.Errorf("%s: found %d of %d constants", file, seen, len(want))
	}
}

// ---- pairs

// plainPair is exact but for the roundings that the definition has.
func plainPair(a, b, ra, rb, mean float64) float64 {
	exact := func(v float64) *big.Float { return new(big.Float).SetPrec(5000).SetFloat64(v) }
	fma := func(x, y, z float64) float64 {
		p := exact(x)
		f, _ := p.Add(p.Mul(p, exact(y)), exact(z)).Float64()
		return f
	}
	f, _ := new(big.Float).Add(exact(fma(b, rb, fma(a, ra, 0))), exact(mean)).Float64()
	return f
}

func TestPairs(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *Random) {
		rnd := rand.New(rand.NewPCG(104729, 69))
		draw := func() float64 {
			switch rnd.IntN(12) {
			case 0:
				return []float64{0, math.Copysign(0, -1), 1, -1, 0x1p-1074, -0x1p-1074}[rnd.IntN(6)]
			case 1:
				return math.Ldexp(rnd.NormFloat64(), -rnd.IntN(1060))
			}
			return rnd.NormFloat64()
		}
		fused := 0
		for n := range 68 {
			for try := range 6 {
				draw := draw
				if try == 0 { // the signs of zeros
					draw = func() float64 { return []float64{0, math.Copysign(0, -1), 1, -1}[rnd.IntN(4)] }
				}
				root, mean := [4]float64{draw(), draw(), draw(), draw()}, [2]float64{draw(), draw()}
				if try == 0 {
					mean = [2]float64{math.Copysign(0, -1), math.Copysign(0, -1)}
				}
				got, check := sentinels(1, 2*n)
				pairs := got[0]
				want := make([]float64, 2*n)
				for i := range pairs {
					pairs[i] = draw()
				}
				for i := 0; i < 2*n; i++ {
					a, b := pairs[i&^1], pairs[i|1]
					want[i] = plainPair(a, b, root[i%2], root[2+i%2], mean[i%2])
					if want[i] != float64(float64(a*root[i%2])+float64(b*root[2+i%2]))+mean[i%2] {
						fused++
					}
				}
				r.Pairs(pairs, &root, &mean)
				if at := differ(pairs, want); at >= 0 || !check() {
					t.Fatalf("n %d: pairs[%d] = %x, want %x (or memory beside written)", n, at, pairs[max(at, 0)], want[max(at, 0)])
				}
			}
		}
		if fused < 100 {
			t.Errorf("only %d sums tell an fma", fused)
		}
	})
}

// Infinities and NaNs go through as in the reference.
func TestPairsNotFinite(t *testing.T) {
	odd := []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, -math.MaxFloat64, 0, 1.5}
	eachRandom(t, func(t *testing.T, r *Random) {
		rnd := rand.New(rand.NewPCG(104729, 70))
		draw := func() float64 { return odd[rnd.IntN(len(odd))] }
		for range 500 {
			root, mean := [4]float64{draw(), draw(), draw(), draw()}, [2]float64{draw(), draw()}
			pairs := make([]float64, 2*rnd.IntN(20))
			for i := range pairs {
				pairs[i] = draw()
			}
			want := slices.Clone(pairs)
			genericRandom().Pairs(want, &root, &mean)
			r.Pairs(pairs, &root, &mean)
			if at := differ(pairs, want); at >= 0 {
				t.Fatalf("pairs[%d] = %x, want %x", at, pairs[at], want[at])
			}
		}
	})
}

// ---- all of them

// Streams of more points than a routine is given at a time, bit for bit as the reference has them.
func TestRandomRows(t *testing.T) {
	type stream struct {
		ints                  []int
		x, y, square, normals []float64
	}
	run := func(r *Random, words int) stream {
		key, bits := seedTwister(104729), []uint32(nil)
		for len(bits) < words {
			var out [TwisterWords]uint32
			r.Twist(key, &out)
			bits = append(bits, out[:]...)
		}
		bits = bits[:words]
		s := stream{ints: make([]int, words), x: make([]float64, words/4), y: make([]float64, words/4), square: make([]float64, words/4)}
		s.ints = s.ints[:r.Below(s.ints, bits, 999)]
		n := r.Discs(s.x, s.y, s.square, bits)
		s.x, s.y, s.square, s.normals = s.x[:n], s.y[:n], s.square[:n], make([]float64, 2*n)
		r.Normals(s.normals, s.x, s.y, s.square)
		r.Pairs(s.normals, &[4]float64{0.9, 0.4, 0.3, 1.1}, &[2]float64{5, -5})
		return s
	}
	lengths := []int{4 * 33, 4*randomCall - 4, 12*randomCall + 52}
	var wants []stream
	for _, words := range lengths {
		wants = append(wants, run(genericRandom(), words))
	}
	eachRandom(t, func(t *testing.T, r *Random) {
		for i, words := range lengths {
			got, want := run(r, words), wants[i]
			if !slices.Equal(got.ints, want.ints) {
				t.Errorf("%d words: other integers", words)
			}
			for j, s := range [][2][]float64{{got.x, want.x}, {got.y, want.y}, {got.square, want.square}, {got.normals, want.normals}} {
				if len(s[0]) != len(s[1]) || differ(s[0], s[1]) >= 0 {
					t.Errorf("%d words: %s differs", words, []string{"x", "y", "square", "normals"}[j])
				}
			}
		}
	})
}

// A routine cannot be interrupted, so none is given more than randomCall at a time.
func TestRandomCallsAreShort(t *testing.T) {
	most, sum := 0, 0
	seen := func(n int) int {
		most, sum = max(most, n), sum+n
		return n
	}
	r := &Random{
		below:   func(_ *int, _ *uint32, n int, _ uint32) int { return seen(n) },
		discs:   func(_, _, _ *float64, _ *uint32, n int) int { return seen(n) },
		normals: func(_, _, _, _ *float64, n int) int { return seen(n) },
		pairs:   func(_ *float64, n int, _ *[4]float64, _ *[2]float64) { seen(n) },
	}
	for _, n := range []int{0, 1, randomCall - 1, randomCall, randomCall + 1, 3*randomCall + 5} {
		v, words := make([]float64, 2*n), make([]uint32, 4*n)
		for name, run := range map[string]func(){
			"below":   func() { r.Below(make([]int, n), words[:n], 5) },
			"discs":   func() { r.Discs(v[:n], v[:n], v[:n], words) },
			"normals": func() { r.Normals(v, v[:n], v[:n], v[:n]) },
			"pairs":   func() { r.Pairs(v, new([4]float64), new([2]float64)) },
		} {
			most, sum = 0, 0
			if run(); most > randomCall || sum != n {
				t.Errorf("%s: %d elements in calls of up to %d", name, sum, most)
			}
		}
	}
}

func TestRandomPanics(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *Random) {
		f := make([]float64, 9)
		words := make([]uint32, 9)
		for name, run := range map[string]func(){
			"below":   func() { r.Below(make([]int, 3), words[:4], 1) },
			"x":       func() { r.Discs(f[:1], f[:2], f[:2], words[:8]) },
			"words":   func() { r.Discs(f[:2], f[:2], f[:2], words[:9]) },
			"dst":     func() { r.Normals(f[:3], f[:2], f[:2], f[:2]) },
			"squares": func() { r.Normals(f[:4], f[:2], f[:2], f[:1]) },
			"pairs":   func() { r.Pairs(f[:3], new([4]float64), new([2]float64)) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: no panic", name)
					}
				}()
				run()
			}()
		}
	})
}

func TestRandomAllocs(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *Random) {
		var out [TwisterWords]uint32
		key, ints := seedTwister(1), make([]int, TwisterWords)
		x, y, square := make([]float64, TwisterWords/4), make([]float64, TwisterWords/4), make([]float64, TwisterWords/4)
		dst := make([]float64, TwisterWords/2)
		root, mean := [4]float64{1, 2, 3, 4}, [2]float64{5, 6}
		if n := testing.AllocsPerRun(10, func() {
			r.Twist(key, &out)
			r.Below(ints, out[:], 600)
			n := r.Discs(x, y, square, out[:])
			r.Normals(dst[:2*n], x[:n], y[:n], square[:n])
			r.Pairs(dst[:2*n], &root, &mean)
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
