package picture

import (
	"slices"
	"testing"
)

func TestDifferenceLiesWhereTheDataSays(t *testing.T) {
	step, apart := []int{0, 10, 50}, []float64{0, 52, 13}
	file := svg(t, must(Difference("A and B", "bits apart", step, apart)))
	contains(t, texts(t, file), "A and B", "bits apart", "step", "0", "50")
	frame, x, y := frameAndCurve(t, file)
	checkAffine(t, []float64{0, 10, 50}, x)
	checkAffine(t, apart, y)
	if y[0] != frame.Min.Y || y[1] >= frame.Max.Y {
		t.Errorf("0 and 52 at %v and %v, want the lower edge and below the upper one of %v", y[0], y[1], frame)
	}
	if slices.Contains(texts(t, file), "training data") {
		t.Error("a single curve has a legend")
	}
	two := texts(t, svg(t, must(Difference("two", "d", step, apart, []float64{1, 2, 3}))))
	contains(t, two, "training data", "test data")
}

func TestDifferenceOfNothing(t *testing.T) {
	frame, _, y := frameAndCurve(t, svg(t, must(Difference("none", "d", []int{0, 1}, []float64{0, 0}))))
	if y[0] != frame.Min.Y || y[1] != frame.Min.Y {
		t.Errorf("no difference at %v, want the lower edge of %v", y, frame)
	}
	for _, bad := range [][]float64{nil, {1}, {1, -1}} {
		if _, err := Difference("bad", "d", []int{0, 1}, bad); err == nil {
			t.Errorf("%v is drawn", bad)
		}
	}
}
