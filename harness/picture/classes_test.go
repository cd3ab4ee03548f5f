package picture

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Four points in the corners, one of each outcome that two classes have.
var (
	corners   = [][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}}
	cornerOf  = []string{"lower left", "lower right", "upper left", "upper right"}
	cornerIs  = []int{0, 1, 0, 1}
	cornerHas = []int{0, 1, 1, 0}
)

func TestPredictionsColoursEachOutcomeInItsPlace(t *testing.T) {
	img := decode(t, must(Predictions(corners, cornerIs, cornerHas)))
	data, legend := dataAndLegend(img)
	for i, want := range []rgb{green, red, blue, magenta} {
		quarter := data
		quarter.Min.X += i % 2 * data.Dx() / 2
		quarter.Max.X -= (1 - i%2) * data.Dx() / 2
		quarter.Max.Y -= i / 2 * data.Dy() / 2
		quarter.Min.Y += (1 - i/2) * data.Dy() / 2
		for _, c := range []rgb{green, red, blue, magenta} {
			if n := count(img, quarter, c); (n > 20) != (c == want) {
				t.Errorf("%s: %d pixels of %v, want %v alone", cornerOf[i], n, c, want)
			}
		}
		if n := count(img, legend, want); n < 20 {
			t.Errorf("legend: %d pixels of %v, want more", n, want)
		}
	}
}

func TestColoursThatMustNotOccur(t *testing.T) {
	for _, test := range []struct {
		name      string
		predicted []int
		absent    []rgb
	}{
		{"all right", []int{0, 1, 0, 1}, []rgb{blue, magenta}},
		{"no 1 taken for 0", []int{1, 1, 0, 1}, []rgb{magenta}},
		{"no 0 taken for 1", []int{0, 0, 0, 1}, []rgb{blue}},
		{"all wrong", []int{1, 0, 1, 0}, []rgb{green, red}},
	} {
		img := decode(t, must(Predictions(corners, cornerIs, test.predicted)))
		for _, c := range []rgb{green, red, blue, magenta} {
			want := !slices.Contains(test.absent, c)
			if n := count(img, img.Bounds(), c); (n > 20) != want {
				t.Errorf("%s: %d pixels of %v, want some: %t", test.name, n, c, want)
			}
		}
	}
}

func TestTwoClassTexts(t *testing.T) {
	x := append(slices.Clone(corners), [2]float64{0.5, 0.5})
	label, predicted := append(cornerIs, 0), append(cornerHas, 0)

	got := texts(t, svg(t, must(Classes(x, label))))
	contains(t, got, "Scatter plot of classes", "x_0", "x_1", "class 0 (3)", "class 1 (2)")

	got = texts(t, svg(t, must(Predictions(x, label, predicted))))
	contains(t, got, "Classes with predictions: 3 of 5 right", "x_0", "x_1",
		"class 0, right (2)", "class 1, right (1)", "0 taken for 1 (1)", "1 taken for 0 (1)")
}

func TestManyClasses(t *testing.T) {
	x := make([][2]float64, 12)
	label, predicted := make([]int, 12), make([]int, 12)
	for i := range x {
		x[i] = [2]float64{float64(i % 4), float64(i / 4)}
		label[i], predicted[i] = i%6, i%6
	}
	predicted[3] = 0
	file := svg(t, must(Predictions(x, label, predicted)))
	got := texts(t, file)
	contains(t, got, "Classes with predictions: 11 of 12 right", "class 3, wrong (1)", "class 3, right (1)", "class 5, right (2)")
	for _, s := range got {
		if strings.Contains(s, "taken for") || strings.Contains(s, "(0)") {
			t.Errorf("text %q should not occur", s)
		}
	}
	// Two strokes in the legend and two in the plot.
	want := fmt.Sprintf("stroke:#%02X%02X%02X", further[1].r, further[1].g, further[1].b)
	if n := strings.Count(file, want); n != 4 {
		t.Errorf("%d strokes in the colour of class 3, want 4", n)
	}

	contains(t, texts(t, svg(t, must(Classes(x, label)))), "class 0 (2)", "class 5 (2)")
}

func TestPredictedClassAloneMakesThree(t *testing.T) {
	got := texts(t, svg(t, must(Predictions(corners, cornerIs, []int{0, 1, 0, 2}))))
	contains(t, got, "class 1, wrong (1)")
}

func TestClassMarks(t *testing.T) {
	if m := classMark(0); m != (mark{green, circle}) {
		t.Errorf("class 0 is %v", m)
	}
	if m := classMark(1); m.rgb != red {
		t.Errorf("class 1 is %v", m)
	}
	seen := make(map[mark]int)
	for class := range 42 {
		m := classMark(class)
		if m.shape == cross {
			t.Errorf("class %d has the mark of a wrong prediction", class)
		}
		if other, dup := seen[m]; dup {
			t.Errorf("classes %d and %d look alike", other, class)
		}
		seen[m] = class
	}
	classMark(math.MaxInt)
}

func TestWrongPredictionsLieOnTop(t *testing.T) {
	file := svg(t, must(Predictions(corners, []int{1, 0, 1, 0}, []int{0, 1, 1, 0})))
	for _, under := range []string{"#008000", "#FF0000"} {
		for _, over := range []string{"#0000FF", "#BF00BF"} {
			if strings.Index(file, over+";fill-opacity") < strings.Index(file, under+";fill-opacity") {
				t.Errorf("%s is drawn before %s", over, under)
			}
		}
	}
}

func TestLegendStaysInBounds(t *testing.T) {
	x, label := make([][2]float64, 1000), make([]int, 1000)
	for i := range x {
		x[i] = [2]float64{float64(i), float64(i * i)}
		label[i] = i * 1_000_000
	}
	file := svg(t, must(Classes(x, label)))
	contains(t, texts(t, file), "class 0 (1)", fmt.Sprintf("and %d more", 1000-maxEntries))
	checkCoordinates(t, file)

	marks := regexp.MustCompile(`d="M[^,]+,([^AL]+)[^"]*" style="fill:#(......)" />`).FindAllStringSubmatch(file, -1)
	for _, m := range marks[1:] { // the first is the page
		if y, frame := number(t, m[1]), frameOf(t, file); y > frame.Min.Y-20 {
			t.Errorf("a legend's mark at %v reaches into the frame at %v", y, frame.Min.Y)
		}
	}
	if len(marks) != maxEntries+1 {
		t.Errorf("%d marks in the legend, want %d", len(marks)-1, maxEntries)
	}
}

func TestPointsLieWhereTheDataSays(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, label := make([][2]float64, 50), make([]int, 50)
	for i := range x {
		x[i] = [2]float64{rng.NormFloat64() * 1e9, rng.NormFloat64()*1e-7 + 1e-6}
		label[i] = i / 25
	}
	file := svg(t, must(Classes(x, label)))
	starts := regexp.MustCompile(`d="M([-0-9.]+),([-0-9.]+)[^"]*" style="fill:#008000;fill-opacity`).FindAllStringSubmatch(file, -1)
	if len(starts) != 25 {
		t.Fatalf("%d green points, want 25", len(starts))
	}
	var page [2][]float64
	for _, s := range starts {
		page[0] = append(page[0], number(t, s[1]))
		page[1] = append(page[1], number(t, s[2]))
	}
	for axis := range page {
		checkAffine(t, column(x[:25], axis), page[axis])
	}
}

func TestSVGColoursAreExact(t *testing.T) {
	for _, alpha := range []uint8{0x40, 0x60, 0x80, 0xd9, 0xff} {
		for v := range 256 {
			r, _, _, a := ink{rgb{r: uint8(v)}, alpha}.RGBA()
			if got := int(float64(r) * (255 / float64(a))); got != v { // as the SVG writer does it
				t.Errorf("opacity %d: %d becomes %d", alpha, v, got)
			}
		}
	}
}

func TestAnyFinitePoints(t *testing.T) {
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]float64 {
			return [2]float64{anyFinite.Draw(t, "x_0"), anyFinite.Draw(t, "x_1")}
		}), 1, 30).Draw(t, "x")
		class := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 1), rapid.IntRange(0, 12), rapid.IntRange(0, math.MaxInt)), len(x), len(x))
		label, predicted := class.Draw(t, "label"), class.Draw(t, "predicted")

		for _, p := range []*Picture{must(Classes(x, label)), must(Predictions(x, label, predicted))} {
			checkCoordinates(t, svg(t, p))
			checkAxis(t, p.x, column(x, 0))
			checkAxis(t, p.y, column(x, 1))
			if checks++; checks%50 == 0 {
				pngBytes(t, p)
			}
		}
	})
}
