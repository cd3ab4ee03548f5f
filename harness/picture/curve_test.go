package picture

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCurveLiesWhereTheDataSays(t *testing.T) {
	step, value := []int{100, 110, 150, 400}, []float64{0, 1, 0.25, 0.5}

	file := svg(t, must(Accuracy("rise and fall", step, value)))
	contains(t, texts(t, file), "rise and fall", "step", "accuracy", "0.0", "0.2", "1.0", "100", "400")
	frame, x, y := frameAndCurve(t, file)
	checkAffine(t, []float64{100, 110, 150, 400}, x)
	checkAffine(t, value, y)
	if frame.Min.Y != y[0] || frame.Max.Y != y[1] {
		t.Errorf("accuracy 0 and 1 at %v and %v, want the frame's edges %v", y[0], y[1], frame)
	}
	if x[0] <= frame.Min.X || x[3] >= frame.Max.X {
		t.Errorf("steps from %v to %v, want a margin inside %v", x[0], x[3], frame)
	}

	file = svg(t, must(Loss("some loss", step, []float64{0, 8, 2, 4})))
	contains(t, texts(t, file), "some loss", "step", "loss", "0", "2", "8")
	frame, x, y = frameAndCurve(t, file)
	checkAffine(t, []float64{100, 110, 150, 400}, x)
	checkAffine(t, value, y)
	if frame.Min.Y != y[0] || frame.Max.Y <= y[1] {
		t.Errorf("losses 0 and 8 at %v and %v, want the lower edge and below the upper one of %v", y[0], y[1], frame)
	}
}

// TestTwoCurves: the second curve shares the axes, has its own colour, and a legend tells them apart.
func TestTwoCurves(t *testing.T) {
	step, train, test := []int{0, 10, 20}, []float64{4, 2, 1}, []float64{8, 3, 2}
	p := must(Loss("two", step, train, test))
	contains(t, texts(t, svg(t, p)), "training data", "test data", "8")
	_, x, y := frameAndCurve(t, svg(t, must(Loss("one", step, train))))
	checkAffine(t, []float64{0, 10, 20}, x)
	checkAffine(t, train, y)
	if got := p.body.(curves); len(got) != 2 || !slices.Equal(got[1].y, test) || p.y.max < 8 {
		t.Errorf("%d curves up to %v", len(got), p.y.max)
	}
	img := decode(t, p)
	for i, c := range curveColours {
		if n := count(img, img.Bounds(), c); n < 100 {
			t.Errorf("curve %d: %d pixels", i, n)
		}
	}
	if contained := texts(t, svg(t, must(Accuracy("one", step, []float64{0, 0, 1})))); slices.Contains(contained, "training data") {
		t.Error("a single curve has a legend")
	}
	for _, bad := range [][][]float64{{}, {train, test, train}, {train, test[:2]}, {train, {1, 2, -1}}} {
		if _, err := Loss("bad", step, bad...); err == nil {
			t.Errorf("%v is drawn", bad)
		}
	}
	if _, err := Accuracy("bad", step, []float64{0, 0, 0}, []float64{0, 0, 2}); err == nil {
		t.Error("an accuracy of 2 is drawn")
	}
}

func TestFlatAndSingleCurves(t *testing.T) {
	many := make([]int, 300)
	for i := range many {
		many[i] = i
	}
	for _, step := range [][]int{{0}, {7}, {math.MaxInt}, {0, 1}, many} {
		for _, v := range []float64{0, 5e-324, 1e-9, 0.5, 1, 1e300, math.MaxFloat64} {
			value := slices.Repeat([]float64{v}, len(step))
			pictures := []*Picture{must(Loss("flat", step, value))}
			if v <= 1 {
				pictures = append(pictures, must(Accuracy("flat", step, value)))
			}
			for _, p := range pictures {
				file := svg(t, p)
				checkCoordinates(t, file)
				frame, x, y := frameAndCurve(t, file)
				if len(x) != len(step) || slices.Min(y) != slices.Max(y) {
					t.Errorf("%d steps of %v: %d points between %v and %v", len(step), v, len(x), slices.Min(y), slices.Max(y))
				}
				if v == 0 && y[0] != frame.Min.Y {
					t.Errorf("%d steps of 0: drawn at %v, not on the lower edge %v", len(step), y[0], frame.Min.Y)
				}
			}
		}
		img := decode(t, must(Loss("flat", step, make([]float64, len(step)))))
		if n := count(img, img.Bounds(), curveColour); n < 15 {
			t.Errorf("%d steps: %d pixels of the curve", len(step), n)
		}
	}
}

func TestLongCurveKeepsItsPeak(t *testing.T) {
	step, loss := make([]int, 200_000), make([]float64, 200_000)
	for i := range step {
		step[i], loss[i] = 3*i, 1
	}
	loss[123_456] = 10
	loss[123_457] = 0
	_, x, y := frameAndCurve(t, svg(t, must(Loss("long", step, loss))))
	if len(x) > 5*columns {
		t.Errorf("%d points drawn", len(x))
	}
	top, bottom := slices.Index(y, slices.Max(y)), slices.Index(y, slices.Min(y))
	if bottom != top+1 {
		t.Errorf("peak at %d, trough at %d, want them side by side", top, bottom)
	}
	checkAffine(t, []float64{0, 123_456, 199_999}, []float64{x[0], x[top], x[len(x)-1]})
	checkAffine(t, []float64{1, 10, 0}, []float64{y[0], y[top], y[bottom]})
}

func TestThinKeepsEachColumnsExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.IntRange(4*columns-1, 6*columns).Draw(t, "points")
		all := &curve{}
		x := 0
		for range n {
			all.x = append(all.x, float64(x))
			all.y = append(all.y, float64(rng.IntN(100)))
			x += 1 + rng.IntN(10)
		}
		kept := &curve{x: slices.Clone(all.x), y: slices.Clone(all.y)}
		kept.thin()
		if n <= 4*columns {
			if len(kept.x) != n {
				t.Fatalf("%d of %d points kept, want all", len(kept.x), n)
			}
			return
		}
		want, occupied := stripes(all.x, all.y, all.x[n-1])
		got, _ := stripes(kept.x, kept.y, all.x[n-1])
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("column %d has %v, want %v", i, got[i], want[i])
			}
		}
		if len(kept.x) > 4*occupied || !slices.IsSorted(kept.x) {
			t.Fatalf("%d points kept in %d columns, sorted: %t", len(kept.x), occupied, slices.IsSorted(kept.x))
		}
	})
}

// A stripe is what matters of the values in one column.
type stripe struct {
	some                   bool
	first, last, low, high float64
}

func stripes(x, y []float64, span float64) (all [columns + 1]stripe, occupied int) {
	for i := range x {
		s := &all[int(x[i]/span*columns)]
		if !s.some {
			*s = stripe{true, y[i], y[i], y[i], y[i]}
			occupied++
		}
		s.last, s.low, s.high = y[i], min(s.low, y[i]), max(s.high, y[i])
	}
	return all, occupied
}

func TestAnyFiniteCurve(t *testing.T) {
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SliceOfNDistinct(rapid.IntRange(0, math.MaxInt), 1, 30, rapid.ID).Draw(t, "step")
		slices.Sort(step)
		loss := rapid.SliceOfN(rapid.Map(anyFinite, math.Abs), len(step), len(step)).Draw(t, "loss")
		p := must(Loss("any", step, loss))
		checkCoordinates(t, svg(t, p))
		checkAxis(t, p.y, loss)
		if p.y.min != 0 {
			t.Fatalf("the loss axis starts at %v", p.y.min)
		}
		checkStepAxis(t, p.x, step)
		if checks++; checks%50 == 0 {
			pngBytes(t, p)
		}
	})
}
