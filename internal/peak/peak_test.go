package peak

import (
	"slices"
	"testing"
	"time"

	"github.com/samebits/samebits/kernel"
)

const short = 5 * time.Millisecond

func TestPeak(t *testing.T) {
	for _, row := range []string{"avx512", "avx2", "neon", "generic"} {
		t.Run("impl="+row, func(t *testing.T) {
			f32, f64 := Float32(row, short), Float64(row, short)
			t.Logf("%.1f GFLOP/s in float32, %.1f in float64", f32, f64)
			if !slices.Contains(kernel.Names(), row) {
				if f32 != 0 || f64 != 0 {
					t.Error("want 0 where the row is not available")
				}
				return
			}
			for _, v := range []float64{f32, f64} {
				if !(v > 0.001 && v < 10_000) {
					t.Errorf("%v GFLOP/s is not what a core does", v)
				}
			}
		})
	}
}

func TestUnknownRow(t *testing.T) {
	for _, row := range []string{"", "sse9", "AVX2"} {
		if f32, f64 := Float32(row, short), Float64(row, short); f32 != 0 || f64 != 0 {
			t.Errorf("row %q: %v and %v, want 0", row, f32, f64)
		}
	}
	if v := measure("sse9", fewChains, short); v != 0 {
		t.Errorf("%v for a row that this machine does not have", v)
	}
	if v := measure("generic", loop[float64]{}, short); v != 0 {
		t.Errorf("%v for a row without a loop", v)
	}
}

// A wider register is not slower, but on old machines that lower their clock for it. Others use the machine too: once is
// enough.
func TestWiderRow(t *testing.T) {
	if !slices.Contains(kernel.Names(), "avx512") {
		t.Skip("not available on this machine or in this build")
	}
	t.Run("type=float32", func(t *testing.T) { testWiderRow(t, Float32) })
	t.Run("type=float64", func(t *testing.T) { testWiderRow(t, Float64) })
}

func testWiderRow(t *testing.T, measure func(row string, d time.Duration) float64) {
	const tries = 50
	best := 0.0
	for range tries {
		if best = max(best, measure("avx512", short)/measure("avx2", short)); best >= 0.7 {
			return
		}
	}
	t.Errorf("avx512 does %v of what avx2 does", best)
}

// A loop does as many fmas as it says: with 1*1 the sums of all lanes count them.
func TestCount(t *testing.T) {
	for row, l := range loops32 {
		testCount(t, row, l)
	}
	for row, l := range loops64 {
		testCount(t, row, l)
	}
	testCount(t, "generic", fewChains)
	testCount(t, "generic", manyChains)
}

func testCount[T kernel.Float](t *testing.T, row string, l loop[T]) {
	if !slices.Contains(kernel.Names(), row) {
		return
	}
	for _, rounds := range []int{1, 2, 1000} {
		sums := make([]T, l.lanes+2)
		sums[0], sums[l.lanes+1] = -1, -1
		l.run(&sums[1], rounds, 1, 1)
		for i, v := range sums[1 : l.lanes+1] {
			if v != T(rounds*l.fmas) {
				t.Errorf("%s, %T: lane %d counts %v fmas in %d rounds, want %d", row, v, i, v, rounds, rounds*l.fmas)
			}
		}
		if sums[0] != -1 || sums[l.lanes+1] != -1 {
			t.Errorf("%s, %T: run writes beyond its lanes", row, sums[0])
		}
	}
}
