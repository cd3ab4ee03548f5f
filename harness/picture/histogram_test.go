package picture

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestBarsLieWhereTheValuesSay: the bins 100-104, 105-109, 110-114 and 115-119, the second of them empty.
func TestBarsLieWhereTheValuesSay(t *testing.T) {
	p := must(Histogram("four bins", "samples", 100, 5, []uint64{3, 0, 6, 1}, 107))
	file := svg(t, p)
	contains(t, texts(t, file), "four bins", "samples", "runs", "the experiment's own seed: 107", "0", "1", "6", "100", "105", "110", "115")
	frame, bars, line := frameAndBars(t, file)
	if len(bars) != 3 || len(line) != 1 {
		t.Fatalf("%d bars and %d lines, want 3 and 1", len(bars), len(line))
	}
	across, up := gridLines(t, file)
	if len(across) != 4 || len(up) != 7 {
		t.Fatalf("ticks at %v and %v, want 4 values and the runs 0 to 6", across, up)
	}

	// The middle of the values 100..104 is 102.
	page := append(across, middle(bars[0]), middle(bars[1]), middle(bars[2]), line[0].Min.X)
	checkAffine(t, []float64{100, 105, 110, 115, 102, 112, 117, 107}, page)
	page = append(up, frame.Min.Y, bars[0].Max.Y, bars[1].Max.Y, bars[2].Max.Y)
	checkAffine(t, []float64{0, 1, 2, 3, 4, 5, 6, 0, 3, 6, 1}, page)

	bin := (across[3] - across[0]) / 3
	for i, b := range bars {
		if b.Min.Y != frame.Min.Y {
			t.Errorf("bar %d starts at %v, not on the lower edge %v", i, b.Min.Y, frame.Min.Y)
		}
		if w := b.Max.X - b.Min.X; w > bin-1 || w < 0.9*bin-0.02 {
			t.Errorf("bar %d is %v wide, in a bin of %v", i, w, bin)
		}
	}
	if first := bars[0].Min.X; first < frame.Min.X+0.4*bin || bars[2].Max.X > frame.Max.X-0.4*bin {
		t.Errorf("bars from %v to %v, want half a bin of %v to both sides in %v", first, bars[2].Max.X, bin, frame)
	}
	if bars[1].Max.Y >= frame.Max.Y {
		t.Errorf("the highest bar reaches %v, want below %v", bars[1].Max.Y, frame.Max.Y)
	}
	if line[0].Min.Y != frame.Min.Y || line[0].Max.Y != frame.Max.Y {
		t.Errorf("the line goes from %v to %v, want all of %v", line[0].Min.Y, line[0].Max.Y, frame)
	}
	if strings.Index(file, hex(ownMark.rgb)+";stroke-width") < strings.LastIndex(file, hex(barColour)) {
		t.Error("the line is drawn before the bars")
	}
}

func TestOneBin(t *testing.T) {
	for _, test := range []struct{ first, width, own int }{
		{0, 1, -1}, {0, 1, 0}, {950, 1, 950}, {950, 7, 956}, {math.MaxInt, 1, math.MaxInt}, {0, math.MaxInt, 0}, {1, math.MaxInt, 1},
	} {
		file := svg(t, must(Histogram("one", "value", test.first, test.width, []uint64{1}, test.own)))
		checkCoordinates(t, file)
		contains(t, texts(t, file), "0", "1")
		frame, bars, line := frameAndBars(t, file)
		if len(bars) != 1 {
			t.Fatalf("%v: %d bars", test, len(bars))
		}
		wide := (bars[0].Max.X - bars[0].Min.X) / (frame.Max.X - frame.Min.X)
		if wide < 0.4 || wide > 0.6 || math.Abs(middle(bars[0])-(frame.Min.X+frame.Max.X)/2) > 0.02 {
			t.Errorf("%v: a bar from %v to %v, want the middle half of %v", test, bars[0].Min.X, bars[0].Max.X, frame)
		}
		if (len(line) == 1) != (test.own >= 0) {
			t.Errorf("%v: %d lines", test, len(line))
		}
		if test.width == 1 && test.own >= 0 && math.Abs(line[0].Min.X-middle(bars[0])) > 0.02 {
			t.Errorf("%v: the line is at %v, not in the middle of the bar", test, line[0].Min.X)
		}
	}
}

// TestOwnRun: the marked run is on the axis wherever its value lies, and nothing marks one that is not given.
func TestOwnRun(t *testing.T) {
	runs := []uint64{2, 5, 3}
	for _, own := range []int{0, 60, 94, 95, 99, 109, 110, 150, 500} {
		file := svg(t, must(Histogram("own", "value", 95, 5, runs, own)))
		contains(t, texts(t, file), fmt.Sprintf("the experiment's own seed: %d", own))
		frame, bars, line := frameAndBars(t, file)
		if len(bars) != 3 || len(line) != 1 {
			t.Fatalf("own %d: %d bars and %d lines", own, len(bars), len(line))
		}
		if x := line[0].Min.X; x <= frame.Min.X || x >= frame.Max.X || bars[0].Min.X <= frame.Min.X || bars[2].Max.X >= frame.Max.X {
			t.Errorf("own %d: the line at %v and the bars %v, want all inside %v", own, x, bars, frame)
		}
		if n := strings.Count(file, hex(ownMark.rgb)); n != 3 {
			t.Errorf("own %d: its colour is used %d times, want a line with its mark and one in the legend", own, n)
		}
		if own < 100 || own > 104 { // far enough from the middle bar to measure with
			bin := (middle(bars[2]) - middle(bars[0])) / 2
			if got := 102 + 5*(line[0].Min.X-middle(bars[1]))/bin; math.Abs(got-float64(own)) > 0.01*math.Abs(102-float64(own)) {
				t.Errorf("own %d is drawn at %v", own, got)
			}
		}
	}

	for _, own := range []int{-1, math.MinInt} {
		p := must(Histogram("own", "value", 95, 5, runs, own))
		if file := svg(t, p); strings.Contains(file, hex(ownMark.rgb)) || strings.Contains(file, "own seed") {
			t.Errorf("own %d is drawn", own)
		}
		if _, bars, _ := frameAndBars(t, svg(t, p)); bars[0].Max.X-bars[0].Min.X < 80 {
			t.Errorf("own %d: bars of %v, want no room for a run that is not marked", own, bars[0])
		}
	}
}

// TestNoRunVanishes: a single run beside 1e12, and a single bin among very many, can be seen.
func TestNoRunVanishes(t *testing.T) {
	for _, bins := range []int{2, 20, 1000, 100_000} {
		runs := make([]uint64, bins)
		runs[0], runs[bins-1] = 1e12, 1
		p := must(Histogram("two bins", "value", 0, 1, runs, -1))
		file := svg(t, p)
		contains(t, texts(t, file), "runs (×1e12)", "0.0", "1.0")
		frame, bars, _ := frameAndBars(t, file)
		if len(bars) != 2 {
			t.Fatalf("%d bins: %d bars, want 2", bins, len(bars))
		}
		if h := bars[1].Max.Y - frame.Min.Y; h < 0.75 || h > 1 {
			t.Errorf("%d bins: the low bar is %v high, want a little", bins, h)
		}
		img := decode(t, p)
		data, _ := dataAndLegend(img)
		left, right := data, data
		left.Max.X, right.Min.X = data.Min.X+data.Dx()/2, data.Max.X-data.Dx()/2
		right.Max.Y += 1 // down to the frame
		if n := count(img, left, barColour); n < data.Dy()*9/10 {
			t.Errorf("%d bins: %d pixels of the high bar", bins, n)
		}
		if n := count(img, right, barColour); n < 1 {
			t.Errorf("%d bins: %d pixels of the low bar", bins, n)
		}
	}
}

// TestManyBinsLeaveNoSeams: bars that touch are one area, in the colour of a bar.
func TestManyBinsLeaveNoSeams(t *testing.T) {
	for _, bins := range []int{100, 137, 333, 1000, 1001, 5000} {
		img := decode(t, must(Histogram("even", "value", 0, 1, slices.Repeat([]uint64{7}, bins), -1)))
		data, _ := dataAndLegend(img)
		y := data.Min.Y + data.Dy()/2
		inside := image.Rect(data.Min.X+data.Dx()/25, y, data.Max.X-data.Dx()/25, y+1)
		for x := inside.Min.X; x < inside.Max.X; x++ {
			if c := img.RGBAAt(x, y); (rgb{c.R, c.G, c.B}) != barColour {
				t.Fatalf("%d bins: %v at pixel %d of %v", bins, c, x, inside)
			}
		}
	}
}

// TestEveryBinHasItsBar: as long as there is room for them, in the order of the bins.
func TestEveryBinHasItsBar(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, bins := range []int{20, 150, 1001} {
		runs, height := make([]uint64, bins), make([]float64, bins)
		value := make([]float64, bins)
		for i := range runs {
			runs[i] = 100 + rng.Uint64N(900)
			value[i], height[i] = float64(i), float64(runs[i])
		}
		frame, bars, _ := frameAndBars(t, svg(t, must(Histogram("all", "value", 0, 3, runs, -1))))
		var x, y []float64
		for _, b := range bars {
			x, y = append(x, middle(b)), append(y, b.Max.Y)
		}
		checkAffine(t, value, x)
		checkAffine(t, append(height, 0), append(y, frame.Min.Y))
	}
}

func TestTooManyBinsKeepTheirPeaks(t *testing.T) {
	const bins = 1_000_000
	runs := slices.Repeat([]uint64{10}, bins)
	runs[123_456], runs[123_457], runs[bins-1] = 80, 40, 20
	frame, bars, _ := frameAndBars(t, svg(t, must(Histogram("many", "value", 0, 1, runs, -1))))
	if len(bars) > mostBars || len(bars) < mostBars/2 {
		t.Fatalf("%d bars drawn", len(bars))
	}
	top := slices.IndexFunc(bars, func(b box) bool { return b.Max.Y > bars[0].Max.Y })
	last := bars[len(bars)-1]
	checkAffine(t, []float64{0, 10, 80, 10, 20}, []float64{frame.Min.Y, bars[0].Max.Y, bars[top].Max.Y, bars[top+1].Max.Y, last.Max.Y})
	span := last.Max.X - bars[0].Min.X
	if got := (middle(bars[top]) - bars[0].Min.X) / span; math.Abs(got-0.1234565) > 0.5/mostBars+0.0015 {
		t.Errorf("the peak is at %v of the bins, want 0.123", got)
	}
}

func TestHistogramInPixels(t *testing.T) {
	img := decode(t, must(Histogram("pixels", "value", 0, 1, []uint64{4, 0, 0, 2}, 2)))
	data, legend := dataAndLegend(img)
	column := func(i int) image.Rectangle { // half a bin, four bins, half a bin
		part := data
		part.Min.X, part.Max.X = data.Min.X+data.Dx()*(1+2*i)/10, data.Min.X+data.Dx()*(3+2*i)/10
		return part
	}
	for i, want := range []float64{4 / 4.2, 0, 0, 2 / 4.2} {
		part := column(i)
		share := float64(count(img, part, barColour)) / float64(part.Dx()*part.Dy())
		if math.Abs(share-want) > 0.04 {
			t.Errorf("bin %d: bar on %.3f of its pixels, want %.3f", i, share, want)
		}
		if n := count(img, part, ownMark.rgb); (n > data.Dy()) != (i == 2) {
			t.Errorf("bin %d: %d pixels of the line, want some in bin 2 alone", i, n)
		}
	}
	if n := count(img, legend, ownMark.rgb); n < 20 {
		t.Errorf("legend: %d pixels of the mark", n)
	}
}

func TestHistogramTicks(t *testing.T) {
	labels := func(a axis) string {
		var all []string
		for _, k := range a.ticks {
			all = append(all, k.Label)
		}
		return strings.Join(all, " ")
	}
	for _, test := range []struct {
		first, width int
		runs         []uint64
		own          int
		x, y, name   string
	}{
		{950, 1, []uint64{1}, -1, "950", "0 1", "runs"},
		{0, 1, []uint64{0, 2, 1}, -1, "0 1 2", "0 1 2", "runs"},
		{0, 10, []uint64{10, 20}, -1, "0 5 10 15", "0 5 10 15 20", "runs"},
		{900, 20, []uint64{1, 30000, 0, 0, 12}, 1020, "900 920 940 960 980 1000 1020", "0 5000 10000 15000 20000 25000 30000", "runs"},
		{900, 50, []uint64{999_999, 1}, 400, "400 500 600 700 800 900", "0 200000 400000 600000 800000 1000000", "runs"},
		{7, 1, []uint64{1e6}, -1, "7", "0.0 0.2 0.4 0.6 0.8 1.0", "runs (×1e6)"},
		{7, 1, []uint64{math.MaxUint64}, -1, "7", "0.0 0.5 1.0 1.5", "runs (×1e19)"},
	} {
		p := must(Histogram("", "", test.first, test.width, test.runs, test.own))
		if x, y := labels(p.x), labels(p.y); x != test.x || y != test.y || p.y.label != test.name {
			t.Errorf("%v: ticks %q and %q of %q, want %q and %q of %q", test.runs, x, y, p.y.label, test.x, test.y, test.name)
		}
	}
}

func TestHistogramErrors(t *testing.T) {
	for _, test := range []struct {
		first, width int
		runs         []uint64
		want         string
	}{
		{0, 1, nil, "no bins"},
		{0, 1, []uint64{}, "no bins"},
		{0, 1, []uint64{0, 0, 0}, "no runs in any bin"},
		{0, 0, []uint64{1}, "bins of width 0"},
		{0, -5, []uint64{1}, "bins of width -5"},
		{0, math.MinInt, []uint64{1}, "bins of width -"},
		{-1, 1, []uint64{1}, "first value -1 is negative"},
		{math.MinInt, 1, []uint64{1}, "is negative"},
		{math.MaxInt, 2, []uint64{1}, "beyond"},
		{math.MaxInt, 1, []uint64{1, 1}, "beyond"},
		{2, math.MaxInt, []uint64{1}, "beyond"},
		{0, math.MaxInt, []uint64{1, 1}, "beyond"},
		{0, 1 << (intBits - 3), make([]uint64, 9), "beyond"},    // their width in all wraps to that of one
		{0, math.MaxInt/3 + 1, []uint64{1, 1, 1}, "beyond"},     // by one
		{1, math.MaxInt, []uint64{1}, ""},                       // the last value is the largest int
		{math.MaxInt - 5, 2, []uint64{1, 1, 1}, ""},             // and here
		{0, 1 << (intBits - 3), []uint64{1, 1, 1, 1}, ""},       // and here
		{math.MaxInt - 5, 2, []uint64{1, 1, 1, 1}, "beyond"},    // by two
		{math.MaxInt - 4, 2, []uint64{1, 1, 1}, "of width 2"},   // by one
		{math.MaxInt - 4, 2, []uint64{0, 0, 0}, "reach beyond"}, // the bins count, not what they hold
	} {
		for _, own := range []int{-1, 0, 3, math.MaxInt} {
			p, err := Histogram("t", "v", test.first, test.width, test.runs, own)
			if test.want == "" {
				if err != nil {
					t.Errorf("%d bins of width %d from %d: %v", len(test.runs), test.width, test.first, err)
					continue
				}
				checkCoordinates(t, svg(t, p))
				continue
			}
			if p != nil || err == nil || !strings.HasPrefix(err.Error(), "picture: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%d bins of width %d from %d: error %v, want one that says %q", len(test.runs), test.width, test.first, err, test.want)
			}
		}
	}
}

const intBits = 32 << (^uint(0) >> 63)

func TestHistogramSameBytesEveryTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	runs := make([]uint64, 300)
	for i := range runs {
		runs[i] = rng.Uint64N(1000)
	}
	p := must(Histogram("same", "value", 700, 1, runs, 850))
	wantSVG, wantPNG := svg(t, p), string(pngBytes(t, p))
	for range 5 {
		if svg(t, must(Histogram("same", "value", 700, 1, runs, 850))) != wantSVG {
			t.Fatal("SVG differs")
		}
	}
	clear(runs) // p must have kept its own
	if svg(t, p) != wantSVG || string(pngBytes(t, p)) != wantPNG {
		t.Error("a second drawing differs")
	}
}

func TestAnyLabel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.OneOf(rapid.String(), rapid.StringN(0, 2000, -1)).Draw(t, "label")
		p := must(Histogram("t", label, 0, 1, []uint64{1}, -1))
		texts(t, svg(t, p))
		if w := textWidth(p.x.label, labelFont); w > longestLabel {
			t.Fatalf("the label is %v points wide", w)
		}
	})

	cut := must(Histogram("t", strings.Repeat("a wide label ", 100), 0, 1, []uint64{1}, -1)).x.label
	if w := textWidth(cut, labelFont); !strings.HasPrefix(cut, "a wide label a") || !strings.HasSuffix(cut, "…") || w < 0.9*longestLabel {
		t.Errorf("%q is %v points wide", cut, w)
	}
	p := must(Histogram("t", "a <b> & \"c\"\x00\n", 0, 1, []uint64{1}, -1))
	contains(t, texts(t, svg(t, p)), "a <b> & \"c\"  ")
}

func TestAnyHistogram(t *testing.T) {
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(rapid.OneOf(rapid.Uint64Range(0, 5), rapid.Uint64Range(0, 1e12), rapid.Uint64()), 1, 40).Draw(t, "runs")
		some := rapid.IntRange(0, len(runs)-1).Draw(t, "some")
		runs[some] = max(runs[some], 1)
		size := rapid.OneOf(rapid.IntRange(0, 1000), rapid.IntRange(0, math.MaxInt))
		first := min(size.Draw(t, "first"), math.MaxInt-len(runs)+1)
		room := (math.MaxInt - uint(first) + 1) / uint(len(runs)) // for each bin
		width := int(min(1+uint(size.Draw(t, "width")), room))
		own := rapid.OneOf(rapid.IntRange(-3, 1000), rapid.IntRange(0, math.MaxInt)).Draw(t, "own")
		last := first + (len(runs)-1)*width + (width - 1)
		low, high := first, last
		if own >= 0 {
			low, high = min(low, own), max(high, own)
		}

		p := must(Histogram("any", "value", first, width, runs, own))
		file := svg(t, p)
		checkCoordinates(t, file)
		checkStepAxis(t, p.x, []int{low, high})
		checkAxis(t, p.y, []float64{float64(slices.Max(runs))})
		frame, bars, line := frameAndBars(t, file)
		filled := len(slices.DeleteFunc(runs, func(n uint64) bool { return n == 0 }))
		if n := len(bars); n < 1 || n > filled || n < filled && own < 0 {
			t.Fatalf("%d bars for %d bins that hold runs", n, filled)
		}
		if (len(line) == 1) != (own >= 0) {
			t.Fatalf("%d lines for own %d", len(line), own)
		}
		for _, b := range append(bars, line...) {
			if b.Min.X < frame.Min.X || b.Max.X > frame.Max.X || b.Min.Y != frame.Min.Y || b.Max.Y > frame.Max.Y || b.Max.Y < frame.Min.Y+0.75 {
				t.Fatalf("%v is not inside %v, or too low", b, frame)
			}
		}
		for _, b := range bars {
			if b.Max.X-b.Min.X < 0.48 {
				t.Fatalf("%v is narrower than a pixel", b)
			}
		}
		if checks++; checks%50 == 0 {
			pngBytes(t, p)
		}
	})
}

// frameAndBars returns the frame, the bars from left to right, and the lines that mark a run.
func frameAndBars(t fatal, file string) (frame box, bars, lines []box) {
	t.Helper()
	frame = frameOf(t, file)
	for _, path := range styledPath.FindAllStringSubmatch(file, -1) {
		fill := path[2] == "fill:"+hex(barColour)
		line := strings.HasPrefix(path[2], "fill:none;stroke:"+hex(ownMark.rgb))
		if !fill && !line {
			continue
		}
		points := pathPoint.FindAllStringSubmatch(path[1], -1)
		if fill && len(points) != 4 || line && len(points) != 2 {
			t.Fatalf("a bar or line of %d points", len(points))
		}
		b := box{}
		b.Min.X, b.Min.Y = number(t, points[0][1]), number(t, points[0][2])
		b.Max.X, b.Max.Y = number(t, points[len(points)/2][1]), number(t, points[len(points)/2][2])
		if line {
			lines = append(lines, b)
			continue
		}
		if n := len(bars); n > 0 && b.Min.X <= bars[n-1].Min.X {
			t.Fatalf("a bar at %v after one at %v", b.Min.X, bars[n-1].Min.X)
		}
		bars = append(bars, b)
	}
	return frame, bars, lines
}

func middle(b box) float64 { return (b.Min.X + b.Max.X) / 2 }

func hex(c rgb) string { return fmt.Sprintf("#%02X%02X%02X", c.r, c.g, c.b) }

var gridLine = regexp.MustCompile(`d="M([^,]+),([^L]+)L([^,]+),([^"]+)" style="fill:none;stroke:#E2E2E2`)

// gridLines returns where the upright and the level grid lines are.
func gridLines(t fatal, file string) (across, up []float64) {
	t.Helper()
	for _, l := range gridLine.FindAllStringSubmatch(file, -1) {
		if l[1] == l[3] {
			across = append(across, number(t, l[1]))
		} else {
			up = append(up, number(t, l[2]))
		}
	}
	return across, up
}
