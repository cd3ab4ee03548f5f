package picture

import (
	"bytes"
	"encoding/binary"
	"flag"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestMain makes the property tests draw the same values every time.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.seed", "104729"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	x := [][2]float64{{1, 2}, {3, 4}, {5, 6}}
	classes := func(x [][2]float64, label ...int) error { _, err := Classes(x, label); return err }
	predictions := func(x [][2]float64, label []int, predicted ...int) error {
		_, err := Predictions(x, label, predicted)
		return err
	}
	loss := func(step []int, v ...float64) error { _, err := Loss("t", step, v); return err }
	accuracy := func(step []int, v ...float64) error { _, err := Accuracy("t", step, v); return err }

	for _, test := range []struct {
		err  error
		want string
	}{
		{classes(nil), "no points"},
		{classes([][2]float64{}, 1), "no points"},
		{classes(x, 0, 1), "3 points, but a label for 2"},
		{classes(x, 0, 1, 1, 1), "3 points, but a label for 4"},
		{classes(x, 0, 1, -1), "point 2: label -1 is negative"},
		{classes([][2]float64{{1, 2}, {nan, 4}, {inf, 6}}, 0, 1, 1), "point 1: x_0 is NaN"},
		{classes([][2]float64{{1, 2}, {3, -inf}, {5, 6}}, 0, 1, 1), "point 1: x_1 is -Inf"},
		{predictions(nil, nil), "no points"},
		{predictions([][2]float64{{1, 2}, {3, 4}, {5, inf}}, []int{0, 1, 1}, 0, 1, 1), "point 2: x_1 is +Inf"},
		{predictions(x, []int{0, 1}, 0, 1, 1), "3 points, but a label for 2"},
		{predictions(x, []int{0, 1, 1}, 0, 1), "3 points, but a predicted class for 2"},
		{predictions(x, []int{0, -7, 1}, 0, 1, 1), "point 1: label -7 is negative"},
		{predictions(x, []int{0, 1, 1}, -2, 1, 1), "point 0: predicted class -2 is negative"},
		{loss(nil), "no points"},
		{loss([]int{0, 1}, 1), "2 steps, but loss of 1"},
		{loss([]int{0, 1}, 1, nan), "point 1: loss is NaN"},
		{loss([]int{0, 1}, inf, 1), "point 0: loss is +Inf"},
		{loss([]int{0, 1}, 1, -0.5), "point 1: loss -0.5 is negative"},
		{loss([]int{-3, 1}, 1, 1), "point 0: step -3 is negative"},
		{loss([]int{0, 5, 5}, 1, 1, 1), "point 2: step 5 does not follow 5"},
		{accuracy(nil), "no points"},
		{accuracy([]int{0}, 0.5, 1), "1 steps, but accuracy of 2"},
		{accuracy([]int{0, 1}, 0.5, 1.5), "point 1: accuracy 1.5 is above 1"},
		{accuracy([]int{0, 1}, -0.5, 1), "point 0: accuracy -0.5 is negative"},
		{accuracy([]int{0, 1}, 0.5, nan), "point 1: accuracy is NaN"},
		{accuracy([]int{9, 1}, 0.5, 1), "point 1: step 1 does not follow 9"},
	} {
		if test.err == nil || !strings.HasPrefix(test.err.Error(), "picture: ") || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error %v, want one that says %q", test.err, test.want)
		}
	}
}

func TestSameBytesEveryTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([][2]float64, 300)
	label, predicted := make([]int, 300), make([]int, 300)
	for i := range x {
		x[i] = [2]float64{rng.Float64(), rng.Float64()}
		label[i], predicted[i] = rng.IntN(20), rng.IntN(20)
	}
	p := must(Predictions(x, label, predicted))
	wantSVG, wantPNG := svg(t, p), pngBytes(t, p)
	for range 10 {
		if svg(t, must(Predictions(x, label, predicted))) != wantSVG {
			t.Fatal("SVG differs")
		}
	}

	x[0], label[0], predicted[0] = [2]float64{100, 100}, 99, 98 // p must have kept its own
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if svg(t, p) != wantSVG || !bytes.Equal(pngBytes(t, p), wantPNG) {
				t.Error("a second drawing differs")
			}
		})
	}
	wait.Wait()
}

func TestPNGStatesItsSize(t *testing.T) {
	file := pngBytes(t, must(Loss("", []int{1}, []float64{1})))
	img, err := png.Decode(bytes.NewReader(file)) // checks every chunk's CRC
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size != image.Pt(945, 709) {
		t.Errorf("size %v, want 16 x 12 cm at 150 dpi", size)
	}
	_, rest, found := bytes.Cut(file, []byte("pHYs"))
	if !found || rest[8] != 1 {
		t.Fatal("no resolution per metre in the file")
	}
	for i := range 2 {
		perMetre := binary.BigEndian.Uint32(rest[4*i:])
		if dpi := float64(perMetre) * 0.0254; math.Abs(dpi-150) > 0.02 {
			t.Errorf("resolution %v dpi, want 150", dpi)
		}
	}
}

func TestAnyTitle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.OneOf(
			rapid.String(),
			rapid.StringN(0, 2000, -1),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		).Draw(t, "title")
		p := must(Loss(title, []int{0, 1}, []float64{1, 2}))
		texts(t, svg(t, p))
		if w := textWidth(p.plot().Title.Text, titleFont); w > width {
			t.Fatalf("title is %v points wide", w)
		}
	})

	cut := must(Loss(strings.Repeat("a wide title ", 100), []int{0}, []float64{1})).plot().Title.Text
	if w := textWidth(cut, titleFont); !strings.HasPrefix(cut, "a wide title a") || !strings.HasSuffix(cut, "…") || w < 0.9*width || w > width-2*edge {
		t.Errorf("%q is %v points wide", cut, w)
	}
	p := must(Loss("a <b> & \"c\"\x00\n\xff style=\"font-family:Liberation Sans;", []int{0}, []float64{1}))
	contains(t, texts(t, svg(t, p)), "a <b> & \"c\"  � style=\"font-family:Liberation Sans;")
}

// anyFinite draws numbers of every size, close ones among them.
var anyFinite = rapid.OneOf(
	rapid.Float64Range(-10, 10),
	rapid.Float64Range(1, math.Nextafter(1, 2)),
	rapid.Float64Range(-1e-310, 1e-310),
	rapid.Float64Range(1e300, 1.1e300),
	rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 5e-324, -5e-324, 1e300, math.MaxFloat64, -math.MaxFloat64, 1, 1 + 1e-8, 999999.5}),
	rapid.Map(rapid.Uint64(), func(bits uint64) float64 {
		if v := math.Float64frombits(bits); finite(v) {
			return v
		}
		return 0
	}),
)
