package picture

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// twoGroups have one bar each that is missing or zero.
func twoGroups() []BarGroup {
	return []BarGroup{
		{"first group", []Bar{{Value: 50, Note: "half"}, {Value: 25, Note: "a quarter"}}},
		{"second <group>", []Bar{{Missing: true, Note: "unseen", Value: math.NaN()}, {Value: 0, Note: "nothing"}}},
	}
}

func TestGroupedBars(t *testing.T) {
	p := must(Bars("bars", "% of all", 100, []string{"one", "two"}, twoGroups()))
	file := svg(t, p)
	checkCoordinates(t, file)
	all := texts(t, file)
	contains(t, all, "bars", "% of all", "one", "two", "first group", "second <group>", "half", "a quarter", "nothing", "0", "100")
	if slices.Contains(all, "unseen") {
		t.Error("the note of a missing bar")
	}
	frame, bars := frameAndGroups(t, file, 2)
	if len(bars[0]) != 1 || len(bars[1]) != 2 {
		t.Fatalf("%d and %d bars, want 1 and 2", len(bars[0]), len(bars[1]))
	}
	half, quarter, zero := bars[0][0], bars[1][0], bars[1][1]
	across, _ := gridLines(t, file)
	checkAffine(t, []float64{0, 20, 40, 60, 80, 100, 0, 50, 25}, append(across, frame.Min.X, half.Max.X, quarter.Max.X))
	for _, b := range []box{half, quarter, zero} {
		if b.Min.X != frame.Min.X || b.Max.X-b.Min.X < 0.75 || b.Min.Y < frame.Min.Y || b.Max.Y > frame.Max.Y {
			t.Errorf("%v in %v", b, frame)
		}
	}
	// From above: one and two of the first group without a gap, then a gap and the place of the missing bar, then the last.
	if step := half.Min.Y - quarter.Min.Y; math.Abs(step-float64(barHeight)) > 0.15*float64(barHeight) {
		t.Errorf("%v between two bars of a group, want %v", step, barHeight)
	}
	if step := quarter.Min.Y - zero.Min.Y; math.Abs(step-float64(2*barHeight+groupGap)) > 0.15*float64(2*barHeight+groupGap) {
		t.Errorf("%v between bars of two groups, want %v", step, 2*barHeight+groupGap)
	}
}

// frameAndGroups returns the frame, and the bars of each series from above.
func frameAndGroups(t fatal, file string, series int) (frame box, bars [][]box) {
	t.Helper()
	bars = make([][]box, series)
	frame = frameOf(t, file)
	for _, path := range styledPath.FindAllStringSubmatch(file, -1) {
		i := slices.IndexFunc(seriesColours[:series], func(c rgb) bool { return path[2] == "fill:"+hex(c) })
		if i < 0 {
			continue
		}
		points := pathPoint.FindAllStringSubmatch(path[1], -1)
		var b box
		b.Min.X, b.Min.Y = number(t, points[0][1]), number(t, points[0][2])
		b.Max.X, b.Max.Y = number(t, points[2][1]), number(t, points[2][2])
		if b.Min.Y < frame.Min.Y { // the legend
			continue
		}
		bars[i] = append(bars[i], b)
	}
	return frame, bars
}

// The page is as high as the bars need: 8 points for a bar and for each gap around groups, 90 for the rest.
func TestHeight(t *testing.T) {
	high := regexp.MustCompile(`height="([0-9.]+)`)
	for _, try := range []struct {
		groups int
		pixels int
	}{{1, 271}, {8, 738}, {16, 1271}, {mostGroups, 6871}} {
		p := must(Bars("", "", 1, []string{"a", "b", "c"}, slices.Repeat([]BarGroup{{"g", make([]Bar, 3)}}, try.groups)))
		if size := decode(t, p).Bounds().Size(); size.X != 945 || size.Y < try.pixels-2 || size.Y > try.pixels+2 {
			t.Errorf("%d groups: %v, want 945 x %d", try.groups, size, try.pixels)
		}
		m := high.FindStringSubmatch(svg(t, p))
		if h := number(t, m[1]); math.Abs(h-float64(try.pixels)*72/dpi) > 1 {
			t.Errorf("%d groups: an SVG %v high", try.groups, h)
		}
	}
}

func TestBarErrors(t *testing.T) {
	one := []BarGroup{{"g", []Bar{{Value: 1}}}}
	for _, try := range []struct {
		full   float64
		series []string
		groups []BarGroup
		want   string
	}{
		{1, nil, one, "0 series of bars, want 1 to 6"},
		{1, make([]string, 7), one, "7 series"},
		{1, []string{"a"}, nil, "0 groups of bars, want 1 to 100"},
		{1, []string{"a"}, make([]BarGroup, 101), "101 groups"},
		{1, []string{"a", "b"}, one, "group 0 has 1 bars for 2 series"},
		{-1, []string{"a"}, one, "an axis that ends at -1"},
		{math.NaN(), []string{"a"}, one, "ends at NaN"},
		{1, []string{"a"}, append(one, BarGroup{"h", []Bar{{Value: math.Inf(1)}}}), "bar 0 of group 1 is +Inf, want 0 or above"},
		{1, []string{"a"}, []BarGroup{{"g", []Bar{{Value: -1}}}}, "is -1"},
		{1, []string{"a"}, []BarGroup{{"g", []Bar{{Value: math.NaN()}}}}, "is NaN"},
		{0, []string{"a"}, []BarGroup{{"g", []Bar{{Value: 0}}}}, ""},
		{0, []string{"a"}, []BarGroup{{"g", []Bar{{Missing: true}}}}, ""},
	} {
		p, err := Bars("t", "l", try.full, try.series, try.groups)
		if try.want == "" {
			if err != nil {
				t.Error(err)
				continue
			}
			checkCoordinates(t, svg(t, p))
			continue
		}
		if p != nil || err == nil || !strings.HasPrefix(err.Error(), "picture: ") || !strings.Contains(err.Error(), try.want) {
			t.Errorf("error %v, want one that says %q", err, try.want)
		}
	}
}

func TestAnyBars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(0, 100), rapid.Float64Range(0, math.MaxFloat64), rapid.SampledFrom([]float64{0, 5e-324, math.MaxFloat64}))
		word := rapid.OneOf(rapid.String(), rapid.StringN(0, 300, -1))
		series := rapid.SliceOfN(word, 1, len(seriesColours)).Draw(t, "series")
		bar := rapid.Custom(func(t *rapid.T) Bar {
			return Bar{value.Draw(t, "value"), word.Draw(t, "note"), rapid.Bool().Draw(t, "missing")}
		})
		group := rapid.Custom(func(t *rapid.T) BarGroup {
			return BarGroup{word.Draw(t, "name"), rapid.SliceOfN(bar, len(series), len(series)).Draw(t, "bars")}
		})
		groups := rapid.SliceOfN(group, 1, 4).Draw(t, "groups")
		p := must(Bars("any", "label", value.Draw(t, "full"), series, groups))
		file := svg(t, p)
		checkCoordinates(t, file)
		frame, bars := frameAndGroups(t, file, len(series))
		for i := range series {
			want := 0
			for _, g := range groups {
				if !g.Bars[i].Missing {
					want++
				}
			}
			if len(bars[i]) != want {
				t.Fatalf("series %d: %d bars, want %d", i, len(bars[i]), want)
			}
			for _, b := range bars[i] {
				if b.Min.X != frame.Min.X || b.Max.X > frame.Max.X || b.Min.Y < frame.Min.Y || b.Max.Y > frame.Max.Y {
					t.Fatalf("%v is not inside %v", b, frame)
				}
			}
		}
	})
}

func TestBarsSameBytesEveryTime(t *testing.T) {
	groups := twoGroups()
	p := must(Bars("same", "l", 1, []string{"one", "two"}, groups))
	want := svg(t, p) + string(pngBytes(t, p))
	groups[0].Bars[0].Value, groups[0].Name = 1, "other" // p must have kept its own
	if svg(t, p)+string(pngBytes(t, p)) != want {
		t.Error("a second drawing differs")
	}
	again := must(Bars("same", "l", 1, []string{"one", "two"}, twoGroups()))
	if svg(t, again)+string(pngBytes(t, again)) != want {
		t.Error(fmt.Errorf("the same bars are drawn in another way"))
	}
}
