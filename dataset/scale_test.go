package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestScalePixels compares with the literal operations, and with what NumPy makes of x/255*0.99 + 0.01 for all pixels.
func TestScalePixels(t *testing.T) {
	s := &Set{Features: 2, Classes: 1, Label: make([]int, 128)}
	for i := range 256 {
		s.X = append(s.X, float64(i))
	}
	if err := s.Scale([]float64{0}, []float64{255}, 0.01, 1); err != nil {
		t.Fatal(err)
	}
	var bits []byte
	for i, got := range s.X {
		x := float64(i) / 255
		x = float64(x * 0.99)
		if want := float64(x) + 0.01; got != want {
			t.Errorf("pixel %d: %x, want %x", i, got, want)
		}
		bits = binary.LittleEndian.AppendUint64(bits, math.Float64bits(got))
	}
	for i, want := range map[int]float64{0: 0x1.47ae147ae147bp-7, 1: 0x1.c6e59defdb608p-7, 100: 0x1.97cafe316497dp-2, 254: 0x1.fe0321da2c17ap-1, 255: 1} {
		if s.X[i] != want {
			t.Errorf("pixel %d: %x, NumPy has %x", i, s.X[i], want)
		}
	}
	sum := sha256.Sum256(bits)
	if got := hex.EncodeToString(sum[:]); got != "f631f0ec67603e63cd858922f7d4558e25c882c406821e649ee715493907acd5" {
		t.Errorf("SHA-256 of all: %s is not NumPy's", got)
	}
}

// TestScaleFeatures scales each feature by its own range, as NumPy does, and a constant one to the lower end.
func TestScaleFeatures(t *testing.T) {
	s := &Set{Features: 3, Classes: 1, Label: make([]int, 4), X: []float64{1.5, -3, 7, 2.25, 1e-3, 7, 0.1, 12, 7, 0.7, 3.3, 7}}
	low, high := s.MinMax()
	if !slices.Equal(low, []float64{0.1, -3, 7}) || !slices.Equal(high, []float64{2.25, 12, 7}) {
		t.Fatalf("from %v to %v", low, high)
	}
	if err := s.Scale(low, high, -0.3, 0.8); err != nil {
		t.Fatal(err)
	}
	want := []float64{
		0x1.aa450f7aa450fp-2, -0x1.3333333333333p-2, -0.3, 0x1.999999999999ap-1, -0x1.47612f369605cp-4, -0.3,
		-0x1.3333333333333p-2, 0x1.999999999999ap-1, -0.3, 0x1.c93a581c93a80p-8, 0x1.4bc6a7ef9db24p-3, -0.3,
	}
	if !slices.Equal(s.X, want) {
		t.Errorf("got  %x\nwant %x", s.X, want)
	}
}

// TestScaleRoundsEachOperation compares with math/big, which fuses nothing.
func TestScaleRoundsEachOperation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return rapid.Float64Range(-1000, 1000).Draw(t, name) }
		x, low, lo := draw("x"), draw("min"), draw("lo")
		high := low + 1 + math.Abs(draw("range"))
		hi := lo + 1 + math.Abs(draw("width"))
		s := &Set{Features: 1, Classes: 1, X: []float64{x}, Label: []int{0}}
		if err := s.Scale([]float64{low}, []float64{high}, lo, hi); err != nil {
			t.Fatal(err)
		}
		b := func(v float64) *big.Float { return new(big.Float).SetPrec(53).SetFloat64(v) }
		op := func() *big.Float { return new(big.Float).SetPrec(53) }
		y := op().Quo(op().Sub(b(x), b(low)), op().Sub(b(high), b(low)))
		y = op().Add(op().Mul(y, op().Sub(b(hi), b(lo))), b(lo))
		if want, _ := y.Float64(); s.X[0] != want {
			t.Errorf("got %x, want %x", s.X[0], want)
		}
	})
}

func TestScaleErrors(t *testing.T) {
	inf, nan, one := math.Inf(1), math.NaN(), []float64{1}
	zero := []float64{0}
	for _, try := range []struct {
		name     string
		min, max []float64
		lo, hi   float64
		want     string
	}{
		{"hi below lo", zero, one, 1, 0, "scale: lo is 1 and hi 0, want finite numbers with lo < hi"},
		{"hi is lo", zero, one, 1, 1, "scale: lo is 1 and hi 1"},
		{"lo is NaN", zero, one, nan, 1, "scale: lo is NaN"},
		{"hi is infinite", zero, one, 0, inf, "scale: lo is 0 and hi +Inf"},
		{"hi-lo is infinite", zero, one, -1e308, 1e308, "scale: lo is -1e+308 and hi 1e+308"},
		{"no ranges", nil, nil, 0, 1, "scale: 0 values of min and 0 of max, want 1 or 2 of each"},
		{"different numbers", zero, []float64{1, 1}, 0, 1, "scale: 1 values of min and 2 of max, want 1 or 2 of each"},
		{"too many", []float64{0, 0, 0}, []float64{1, 1, 1}, 0, 1, "scale: 3 values of min and 3 of max"},
		{"max below min", []float64{0, 1}, []float64{1, 0}, 0, 1, "scale: feature 1: min is 1 and max 0, want finite numbers with min <= max"},
		{"min is NaN", []float64{nan}, one, 0, 1, "scale: feature 0: min is NaN"},
		{"max is infinite", zero, []float64{inf}, 0, 1, "scale: feature 0: min is 0 and max +Inf"},
		{"max-min is infinite", []float64{-1e308}, []float64{1e308}, 0, 1, "scale: feature 0: min is -1e+308"},
		{"a result is infinite", zero, []float64{1e-308}, 0, 1, "scale: sample 1, feature 1: 4 becomes +Inf"},
	} {
		s := &Set{Features: 2, Classes: 1, X: []float64{0, 0, 0, 4}, Label: []int{0, 0}}
		err := s.Scale(try.min, try.max, try.lo, try.hi)
		if err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %s", try.name, err, try.want)
		}
		if !slices.Equal(s.X, []float64{0, 0, 0, 4}) {
			t.Errorf("%s: X is %v", try.name, s.X)
		}
	}
	for name, s := range unfit() {
		if err := s.Scale(zero, one, 0, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if low, high := new(Set).MinMax(); low != nil || high != nil {
		t.Errorf("an empty set goes from %v to %v", low, high)
	}
}

// unfit are sets whose sizes do not fit each other.
func unfit() map[string]*Set {
	return map[string]*Set{
		"empty":             {},
		"no features":       {Classes: 1, Label: []int{0}},
		"negative features": {Features: -1, Classes: 1, X: []float64{1}, Label: []int{0}},
		"no classes":        {Features: 1, X: []float64{1}, Label: []int{0}},
		"a value missing":   {Features: 2, Classes: 1, X: []float64{1}, Label: []int{0}},
		"a value too many":  {Features: 2, Classes: 1, X: []float64{1, 2, 3}, Label: []int{0}},
		"a label missing":   {Features: 1, Classes: 1, X: []float64{1, 2}, Label: []int{0}},
	}
}
