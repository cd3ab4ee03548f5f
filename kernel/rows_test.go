package kernel

import (
	"flag"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

var (
	exhaustive = flag.Bool("exhaustive", false, "try all 2^32 float32 inputs, and many more float64 samples")
	update     = flag.Bool("update", false, "rewrite the files in testdata")
)

// requireVariable names the rows that must be there, as a list with commas. A test of any other row is skipped where
// the machine or the build does not have it.
const requireVariable = "SAMEBITS_REQUIRE"

// testRows are rows that only the tests have. They go through all tests that the others go through.
var testRows []row

// available returns the names of the rows that can be run here.
func available() []string {
	names := Names()
	for _, r := range testRows {
		names = append(names, r.f64.name)
	}
	return names
}

// eachRow runs f as a subtest for every row there is.
func eachRow(t *testing.T, f func(t *testing.T, name string)) {
	t.Helper()
	required := requiredRows(os.Getenv(requireVariable))
	for _, name := range allRows(required) {
		t.Run("impl="+name, func(t *testing.T) {
			switch {
			case slices.Contains(available(), name):
				f(t, name)
			case slices.Contains(required, name):
				t.Fatalf("%s names a row that is not available here", requireVariable)
			default:
				t.Skip("not available on this machine or in this build")
			}
		})
	}
}

// withoutGoroutines skips a long test that has no goroutines where the race detector makes it slow: it has nothing to see.
func withoutGoroutines(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("no goroutines for the race detector to watch")
	}
}

// eachKernel runs f32 and f64, where not nil, as subtests for every row there is.
func eachKernel(t *testing.T, f32 func(*testing.T, *Kernel[float32]), f64 func(*testing.T, *Kernel[float64])) {
	t.Helper()
	eachRow(t, func(t *testing.T, name string) {
		if f32 != nil {
			t.Run("type=float32", func(t *testing.T) { f32(t, mustGet[float32](t, name)) })
		}
		if f64 != nil {
			t.Run("type=float64", func(t *testing.T) { f64(t, mustGet[float64](t, name)) })
		}
	})
}

func mustGet[T Float](t testing.TB, name string) *Kernel[T] {
	t.Helper()
	for _, r := range testRows {
		if r.f64.name == name {
			return kernelIn[T](r)
		}
	}
	k, err := Get[T](name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func kernelIn[T Float](r row) *Kernel[T] {
	var k any = r.f64
	if is32[T]() {
		k = r.f32
	}
	return k.(*Kernel[T])
}

// allRows returns the rows that are available, known or required, each once.
func allRows(required []string) []string {
	var all []string
	for _, name := range slices.Concat(available(), known, required) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func requiredRows(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func TestRequiredRows(t *testing.T) {
	if got := requiredRows("avx512, avx2,,"); !slices.Equal(got, []string{"avx512", "avx2"}) {
		t.Errorf("got %q", got)
	}
	if got := allRows([]string{"generic", "none"}); len(got) != len(known)+len(testRows)+1 || !slices.Contains(got, "none") {
		t.Errorf("got %q", got)
	}
	if strings.Contains(flag.Lookup("test.run").Value.String()+flag.Lookup("test.skip").Value.String(), "/") {
		t.Skip("the command line chooses among the rows")
	}
	var ran []string
	eachRow(t, func(_ *testing.T, name string) { ran = append(ran, name) })
	if !slices.Equal(ran, available()) && !t.Failed() {
		t.Errorf("ran %q of %q", ran, available())
	}
}

func is32[T Float]() bool {
	_, is := any(T(0)).(float32)
	return is
}

func bitsOf[T Float](v T) uint64 {
	if is32[T]() {
		return uint64(math.Float32bits(float32(v)))
	}
	return math.Float64bits(float64(v))
}

// fromBits is the inverse of bitsOf. It takes a float32 from the low half.
func fromBits[T Float](b uint64) T {
	if is32[T]() {
		return T(math.Float32frombits(uint32(b)))
	}
	return T(math.Float64frombits(b))
}

// same reports whether a and b are the same bits, or both NaN.
func same[T Float](a, b T) bool {
	return bitsOf(a) == bitsOf(b) || a != a && b != b
}

// differ returns the first index at which a and b are not the same, or -1.
func differ[T Float](a, b []T) int {
	for i := range a {
		if !same(a[i], b[i]) {
			return i
		}
	}
	return -1
}
