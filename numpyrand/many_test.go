package numpyrand

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// eachRow runs f as a subtest for every row of kernels that this machine has.
func eachRow(t *testing.T, f func(t *testing.T, name string)) {
	t.Helper()
	for _, name := range kernel.Names() {
		t.Run("impl="+name, func(t *testing.T) { f(t, name) })
	}
}

// manyLengths are numbers of draws: few, some more than the words of a generation give, and many generations.
func manyLengths() []int {
	n := []int{1000, 5000}
	for i := range 21 {
		n = append(n, i)
	}
	return n
}

// manyPlaces are places in a generation to start from: about its beginning, its quarter and its end.
func manyPlaces() []int {
	return []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 155, 156, 157, 158, 159, 160, 617, 618, 619, 620, 621, 622, 623, 624}
}

// placed returns a stream of that row at s.
func placed(t *testing.T, s State, name string) *RandomState {
	t.Helper()
	r := new(RandomState)
	if err := r.SetState(s); err != nil {
		t.Fatal(err)
	}
	if err := r.SetKernel(name); err != nil {
		t.Fatal(err)
	}
	return r
}

// stateAt returns a state in the second generation of a stream, with a normal kept or not.
func stateAt(place int, kept bool) State {
	r := New(uint32(place))
	for range stateWords + 1 {
		r.Uint32()
	}
	s := r.State()
	s.Pos = place
	if kept {
		s.HasGauss, s.Gauss = true, -0.75
	}
	return s
}

// drawOne is what StandardNormals and Integers do in the reference: one draw after the other.
func drawOne[T any](r *RandomState, n int, one func(r *RandomState) T) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = one(r)
	}
	return v
}

// checkMany draws so many values at once by every row, and one by one by the reference, and compares values, what lies
// behind them and the streams, which both go on.
func checkMany[T any](t *testing.T, s State, n int, guard T, equal func(a, b T) bool, many func(r *RandomState, dst []T), one func(r *RandomState) T) {
	t.Helper()
	alone := placed(t, s, "generic")
	want := drawOne(alone, n, one)
	after := alone.State()
	more := drawOne(alone, 9, one)
	for _, name := range kernel.Names() {
		r := placed(t, s, name)
		got := drawOne(r, n+9, func(*RandomState) T { return guard })
		many(r, got[:n])
		what := fmt.Sprintf("%s, place %d, kept %t, %d draws", name, s.Pos, s.HasGauss, n)
		if i := firstDifference(got[:n], want, equal); i >= 0 {
			t.Fatalf("%s: draw %d is %v, want %v", what, i, got[i], want[i])
		}
		for _, v := range got[n:] {
			if !equal(v, guard) {
				t.Fatalf("%s: %v was drawn behind the end", what, v)
			}
		}
		if r.State() != after {
			t.Fatalf("%s: another state", what)
		}
		many(r, got[:9])
		if i := firstDifference(got[:9], more, equal); i >= 0 || r.State() != alone.State() {
			t.Fatalf("%s: what follows differs at %d", what, i)
		}
	}
}

func firstDifference[T any](a, b []T, equal func(a, b T) bool) int {
	for i := range a {
		if !equal(a[i], b[i]) {
			return i
		}
	}
	return -1
}

func TestStandardNormals(t *testing.T) {
	for _, place := range manyPlaces() {
		for _, kept := range []bool{false, true} {
			s := stateAt(place, kept)
			for _, n := range manyLengths() {
				checkMany(t, s, n, 99, sameBits, (*RandomState).StandardNormals, (*RandomState).StandardNormal)
			}
		}
	}
}

func TestIntegers(t *testing.T) {
	equal := func(a, b int) bool { return a == b }
	for _, n := range []int64{1, 2, 3, 1000, 1024, 1025, 1 << 31, 1 << 32, 1<<32 + 1, math.MaxInt64} {
		if n > math.MaxInt {
			continue
		}
		for i, place := range manyPlaces() {
			s := stateAt(place, i%2 == 0) // a kept normal stays
			for _, length := range manyLengths() {
				if length == 5000 && i%4 != 0 {
					continue
				}
				checkMany(t, s, length, -1, equal,
					func(r *RandomState, dst []int) { r.Integers(dst, int(n)) },
					func(r *RandomState) int { return r.Intn(int(n)) })
			}
		}
	}
}

// TestManyOfZeroValue: nobody seeded it, and a single possible value does not do so either.
func TestManyOfZeroValue(t *testing.T) {
	eachRow(t, func(t *testing.T, name string) {
		var normals, integers, none RandomState
		for _, r := range []*RandomState{&normals, &integers, &none} {
			if err := r.SetKernel(name); err != nil {
				t.Fatal(err)
			}
		}
		x, i := make([]float64, 7), make([]int, 7)
		normals.StandardNormals(x)
		integers.Integers(i, 1000)
		if want := drawOne(New(5489), 7, (*RandomState).StandardNormal); firstDifference(x, want, sameBits) >= 0 {
			t.Errorf("normals %v, want %v", x, want)
		}
		if want := drawOne(New(5489), 7, func(r *RandomState) int { return r.Intn(1000) }); !slices.Equal(i, want) {
			t.Errorf("integers %v, want %v", i, want)
		}
		none.StandardNormals(nil)
		none.Integers(nil, 1000)
		none.Integers(i, 1)
		if none.State() != New(5489).State() || slices.Max(i) != 0 {
			t.Errorf("one possible value: %v, or the stream has moved", i)
		}
	})
}

// TestManyOfRareWords makes points of words that random ones hardly ever are: in the centre of the disc, at its edge, and
// so close to either that only the last bits tell, with normals from the smallest to the largest.
func TestManyOfRareWords(t *testing.T) {
	const half, all = 1 << 31, math.MaxUint32
	coordinates := [][2]uint32{
		{half, 0},             // 0
		{half, 1 << 6},        // 2^-52
		{half - 1, all},       // -2^-52
		{half, 3 << 6},        // 3*2^-52
		{half + 1<<5, 0},      // 2^-26
		{0, 0},                // -1
		{0, 1 << 6},           // -1 + 2^-52
		{all, all},            // 1 - 2^-52
		{all, all - 1<<6},     // 1 - 2^-51
		{0xcccccccc, 0},       // about 0.6
		{0xe6666666, 1 << 31}, // about 0.8
		{0x33333333, 0x33333333},
	}
	var words []uint32
	for _, x := range coordinates {
		for _, y := range coordinates {
			words = append(words, x[0], x[1], y[0], y[1])
		}
	}
	s := stateAt(0, false)
	for copied := copy(s.Key[:], words); ; copied = copy(s.Key[:], words) {
		for i, w := range s.Key[:copied] {
			s.Key[i] = untemper(w)
		}
		for s.Pos = range 9 {
			for _, n := range []int{2, 3, 8, 9, 100, 300} {
				checkMany(t, s, n, 99, sameBits, (*RandomState).StandardNormals, (*RandomState).StandardNormal)
			}
		}
		if words = words[copied:]; len(words) == 0 {
			return
		}
	}
}

// untemper returns the word of a state that gives w: it finds w's bits from where each shift leaves them alone.
func untemper(w uint32) uint32 {
	y := w ^ w>>18
	y ^= y << 15 & 0xefc60000
	v := y
	for range 5 { // 7 bits more each time
		v = y ^ v<<7&0x9d2c5680
	}
	u := v
	for range 3 { // 11 bits more each time
		u = v ^ u>>11
	}
	return u
}

func TestUntemper(t *testing.T) {
	s := stateAt(0, false)
	r := placed(t, s, "generic")
	for i, k := range s.Key {
		if w := r.Uint32(); untemper(w) != k {
			t.Fatalf("word %d: %x comes from %x, not from %x", i, w, k, untemper(w))
		}
	}
}

func TestManyPanics(t *testing.T) {
	eachRow(t, func(t *testing.T, name string) {
		r := placed(t, New(1).State(), name)
		streams := []*RandomState{r, New(2)}
		for _, try := range []struct {
			want string
			call func()
		}{
			{badBound, func() { r.Integers(make([]int, 3), 0) }},
			{badBound, func() { r.Integers(make([]int, 3), -1) }},
			{badBound, func() { r.Integers(make([]int, 3), math.MinInt) }},
			{badBound, func() { r.Integers(nil, 0) }},
			{badSeeds, func() { SeedAll(streams, []uint32{7}) }},
			{badSeeds, func() { SeedAll(streams, []uint32{7, 8, 9}) }},
			{badSeeds, func() { SeedAll(nil, []uint32{7}) }},
		} {
			func() {
				defer func() {
					if got := recover(); got != try.want {
						t.Errorf("panics with %v, want %q", got, try.want)
					}
				}()
				try.call()
			}()
		}
		if r.State() != New(1).State() || streams[1].State() != New(2).State() {
			t.Error("a stream has moved")
		}
	})
}

// TestSeedAll seeds streams that stand anywhere. Their rows stay.
func TestSeedAll(t *testing.T) {
	names := kernel.Names()
	for n := range 14 {
		streams, seeds := make([]*RandomState, n), make([]uint32, n)
		for i := range streams {
			streams[i] = placed(t, stateAt(100*i%625, i%3 == 0), names[i%len(names)])
			seeds[i] = uint32(i+1) * 0x9e3779b9
		}
		if n > 4 {
			seeds[2], seeds[3], seeds[4], streams[4] = 0, math.MaxUint32, 5489, new(RandomState)
		}
		SeedAll(streams, seeds)
		for i, r := range streams {
			if r.State() != New(seeds[i]).State() {
				t.Errorf("stream %d of %d: not the state of seed %d", i, n, seeds[i])
			}
			if row, err := kernel.GetRandom(names[i%len(names)]); err != nil || r.kernel != row && i != 4 {
				t.Errorf("stream %d of %d: its row has changed, %v", i, n, err)
			}
			if got, want := r.Uint32(), New(seeds[i]).Uint32(); got != want {
				t.Errorf("stream %d of %d: %d comes first, want %d", i, n, got, want)
			}
		}
	}
}

// TestSetKernel changes rows in the middle of a stream, which goes on the same.
func TestSetKernel(t *testing.T) {
	r, want := New(3), placed(t, New(3).State(), "generic")
	names := append(kernel.Names(), "") // the last is the fastest
	for i := range 700 {
		name := names[i%len(names)]
		if err := r.SetKernel(name); err != nil {
			t.Fatal(err)
		}
		if got := r.row().Name(); name != "" && got != name || name == "" && got != names[0] {
			t.Fatalf("row %q, want %q", got, name)
		}
		x, n := make([]float64, 7), make([]int, 5)
		r.StandardNormals(x)
		r.Integers(n, 1000)
		if firstDifference(x, drawOne(want, 7, (*RandomState).StandardNormal), sameBits) >= 0 ||
			!slices.Equal(n, drawOne(want, 5, func(r *RandomState) int { return r.Intn(1000) })) || r.State() != want.State() {
			t.Fatalf("round %d: row %q goes on otherwise", i, name)
		}
	}
	if err := r.SetKernel("generic"); err != nil { // not the default, to which an error might lead back
		t.Fatal(err)
	}
	row := r.row()
	if err := r.SetKernel("abacus"); err == nil || r.row() != row {
		t.Errorf("an unknown row: %v, the row is %q", err, r.row().Name())
	}
	if r.Seed(3); r.row() != row {
		t.Error("seeding changes the row")
	}
	copied := *r
	if copied.Uint32() != New(3).Uint32() || copied.row() != row {
		t.Error("a copy goes on otherwise")
	}
}

func TestManyDoNotAllocate(t *testing.T) {
	eachRow(t, func(t *testing.T, name string) {
		r := placed(t, stateAt(5, true), name)
		g, err := NewGaussian([]float64{0, 1}, []float64{2, 1, 1, 2})
		if err != nil {
			t.Fatal(err)
		}
		x, n := make([]float64, 2000), make([]int, 2000)
		streams, seeds := []*RandomState{r, New(1), New(2), New(3), New(4)}, make([]uint32, 5)
		for what, call := range map[string]func(){
			"StandardNormals": func() { r.StandardNormals(x) },
			"Integers":        func() { r.Integers(n, 1000); r.Integers(n, 1<<40%math.MaxInt) },
			"Draw":            func() { _ = g.Draw(r, x) },
			"SeedAll":         func() { SeedAll(streams, seeds) },
			"SetKernel":       func() { _ = r.SetKernel(name) },
		} {
			if got := testing.AllocsPerRun(50, call); got != 0 {
				t.Errorf("%s: %v allocations", what, got)
			}
		}
	})
}

// TestDrawOfTwo: two dimensions are coloured as any number is.
func TestDrawOfTwo(t *testing.T) {
	eachRow(t, func(t *testing.T, name string) {
		negative := math.Copysign(0, -1)
		for _, c := range []struct{ mean, cov []float64 }{
			{[]float64{0, 0}, []float64{1, 0, 0, 1}},
			{[]float64{-1, 3}, []float64{1, 0.75, 0.75, 1}},
			{[]float64{negative, negative}, []float64{0, 0, 0, 0}},
			{[]float64{0.1, negative}, []float64{2, -0.3, -0.3, 0.1}},
			{[]float64{1e300, -1e-300}, []float64{1e300, 0, 0, 1e-300}},
			{[]float64{1, 2}, []float64{0.01, 0.03, 0.03, 0.09}},
		} {
			g, err := NewGaussian(c.mean, c.cov)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 500, 1000} {
				for _, kept := range []bool{false, true} {
					s := stateAt(n%stateWords, kept)
					r, alone := placed(t, s, name), placed(t, s, "generic")
					got := drawOne(r, 2*n+4, func(*RandomState) float64 { return 99 })
					if err := g.Draw(r, got[:2*n]); err != nil {
						t.Fatal(err)
					}
					want := make([]float64, 2*n, 2*n+4)
					normals := drawOne(alone, 2*n, (*RandomState).StandardNormal)
					for i := 0; i < 2*n; i += 2 {
						g.colour(want[i:i+2], normals[i:i+2])
					}
					if i := firstDifference(got, append(want, 99, 99, 99, 99), sameBits); i >= 0 {
						t.Fatalf("%v, %d draws: element %d is %v, want %v", c, n, i, got[i], append(want, 99, 99, 99, 99)[i])
					}
					if r.State() != alone.State() {
						t.Fatalf("%v, %d draws: another state", c, n)
					}
				}
			}
		}
	})
}
