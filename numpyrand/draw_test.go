package numpyrand

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestRandomSampleAsNumPy(t *testing.T) {
	for _, c := range numpy().RandomSample {
		r := New(c.Seed)
		checkDrawing(t, "random_sample", c, sameBits, r, r.RandomSample)
	}
}

func TestUniformAsNumPy(t *testing.T) {
	for _, c := range numpy().Uniform {
		r := New(c.Seed)
		checkDrawing(t, "uniform", c, sameBits, r, func() float64 { return r.Uniform(c.Args[0], c.Args[1]) })
	}
}

func TestRandIntAsNumPy(t *testing.T) {
	equal := func(a, b int64) bool { return a == b }
	for _, c := range numpy().Randint {
		r := New(c.Seed)
		checkDrawing(t, "randint", c, equal, r, func() int64 {
			v, err := r.RandInt(c.Args[0], c.Args[1])
			if err != nil {
				t.Fatal(err)
			}
			return v
		})
		n := c.Args[1] - c.Args[0]
		if n <= 0 || n > math.MaxInt {
			continue
		}
		r.Seed(c.Seed)
		checkDrawing(t, "Intn", c, equal, r, func() int64 { return c.Args[0] + int64(r.Intn(int(n))) })
	}
}

// The largest value of a range can be drawn: a range that ends with what the stream has
// next gives just that.
func TestRandIntLargest(t *testing.T) {
	for seed := range uint32(50) {
		word, two := int64(New(seed).Uint32()), int64(New(seed).uint64())
		for _, c := range [][2]int64{{-5, word - 5}, {math.MinInt64, math.MinInt64 + two}} {
			if got, err := New(seed).RandInt(c[0], c[1]+1); err != nil || got != c[1] {
				t.Errorf("RandInt(%d, %d) = %d, %v, want the largest", c[0], c[1]+1, got, err)
			}
		}
	}
}

// checkDrawing compares draws with NumPy's, and the place where they leave the stream.
func checkDrawing[T any](t *testing.T, name string, c drawing[T], equal func(a, b T) bool, r *RandomState, draw func() T) {
	t.Helper()
	for i, want := range c.Values {
		if got := draw(); !equal(got, want) {
			t.Errorf("seed %d, %s%v, draw %d: %v, NumPy has %v", c.Seed, name, c.Args, i, got, want)
		}
	}
	if got := r.Uint32(); got != c.Next {
		t.Errorf("seed %d, %s%v: next word %d, NumPy has %d", c.Seed, name, c.Args, got, c.Next)
	}
}

// The numbers everybody knows.
func TestKnownDraws(t *testing.T) {
	r := New(0)
	for _, want := range []float64{0.5488135039273248, 0.7151893663724195, 0.6027633760716439} {
		if got := r.RandomSample(); got != want {
			t.Errorf("random_sample of seed 0: %v, want %v", got, want)
		}
	}
	r = New(42)
	for _, want := range []int{51, 92, 14, 71, 60} {
		if got := r.Intn(100); got != want {
			t.Errorf("randint(100) of seed 42: %d, want %d", got, want)
		}
	}
	if got, want := New(42).Permutation(10), []int{8, 1, 5, 0, 7, 2, 9, 4, 3, 6}; !slices.Equal(got, want) {
		t.Errorf("permutation(10) of seed 42: %v, want %v", got, want)
	}
}

func TestRandIntEmpty(t *testing.T) {
	for _, c := range [][2]int64{{0, 0}, {1, 0}, {5, -5}, {math.MaxInt64, math.MinInt64}} {
		r := New(1)
		if _, err := r.RandInt(c[0], c[1]); !errors.Is(err, ErrRange) {
			t.Errorf("RandInt(%d, %d): error %v", c[0], c[1], err)
		}
		if *r != *New(1) {
			t.Errorf("RandInt(%d, %d) has drawn", c[0], c[1])
		}
	}
}

func TestPanics(t *testing.T) {
	r := New(1)
	for want, calls := range map[string][]func(){
		badBound: {func() { r.Intn(0) }, func() { r.Intn(-1) }, func() { r.Intn(math.MinInt) }},
		badCount: {func() { r.Permutation(-1) }, func() { r.Shuffle(-1, nil) }},
	} {
		for i, call := range calls {
			func() {
				defer func() {
					if got := recover(); got != want {
						t.Errorf("call %d panics with %v, want %q", i, got, want)
					}
				}()
				call()
			}()
		}
	}
}

func TestShuffleAsNumPy(t *testing.T) {
	for _, c := range numpy().Shuffle {
		r := New(c.Seed)
		p := r.Permutation(c.N)
		if next := r.Uint32(); !slices.Equal(p, c.Values) || next != c.Next {
			t.Errorf("permutation(%d) = %v then %d, NumPy has %v then %d", c.N, p, next, c.Values, c.Next)
		}
		r.Seed(c.Seed)
		letters := make([]string, c.N)
		for i := range letters {
			letters[i] = fmt.Sprint(i)
		}
		r.Shuffle(c.N, func(i, j int) {
			if i == j {
				t.Errorf("shuffle of %d: swap of %d with itself", c.N, i)
			}
			letters[i], letters[j] = letters[j], letters[i]
		})
		for i, v := range c.Values {
			if letters[i] != fmt.Sprint(v) {
				t.Fatalf("shuffle of %d: %v, NumPy has %v", c.N, letters, c.Values)
			}
		}
	}
}

// Every draw but Permutation, and the draws of a Gaussian up to 16 dimensions, does
// without memory of its own.
func TestDrawsDoNotAllocate(t *testing.T) {
	r := New(1)
	x := make([]float64, 40)
	g, err := NewGaussian([]float64{0, 1}, []float64{2, 1, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	state := r.State()
	allocs := testing.AllocsPerRun(2000, func() {
		r.Uint32()
		r.RandomSample()
		r.Uniform(-1, 1)
		r.Intn(1000)
		r.Intn(math.MaxInt)
		r.StandardNormal()
		r.Normal(1, 2)
		r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		_, err1 := r.RandInt(-5, 5)
		err2 := g.Draw(r, x)
		if err := errors.Join(err1, err2, r.SetState(state)); err != nil {
			t.Fatal(err)
		}
		r.Seed(r.Uint32())
		state = r.State()
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
