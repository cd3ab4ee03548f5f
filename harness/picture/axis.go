package picture

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// An axis has a range and the ticks inside it.
type axis struct {
	label    string
	min, max float64
	ticks    []plot.Tick
}

// mostTicks is about how many ticks an axis gets where their labels leave room.
const mostTicks = 8

// dataAxis returns an axis around the values v, shown in the given unit.
func dataAxis(name string, v []float64, u unit) axis {
	lo, hi := u.of(slices.Min(v)), u.of(slices.Max(v))
	lo, hi = widened(lo, hi)
	margin := float64(0.05 * (hi - lo)) // not fused with what follows
	return numberAxis(u.label(name), lo-margin, hi+margin)
}

// widened returns lo and hi, or a wider range where the two are so close that no
// tick labels of a legible length could tell them apart.
func widened(lo, hi float64) (float64, float64) {
	big := max(math.Abs(lo), math.Abs(hi))
	switch {
	case big == 0:
		return -1, 1
	case hi-lo < 1e-9*big:
		return lo - big/2, hi + big/2
	}
	return lo, hi
}

// numberAxis returns an axis of real numbers from lo to hi. Most ticks are taken
// whose labels have room side by side.
func numberAxis(label string, lo, hi float64) axis {
	return axis{label: label, min: lo, max: hi, ticks: roomy(hi-lo, func(most int) []plot.Tick {
		return numberTicks(lo, hi, most)
	})}
}

// stepAxis returns an axis of the integers from first to last, which are not
// negative. Its values are counted from first, so that they are exact.
func stepAxis(label string, first, last int64) axis {
	if first == last {
		return axis{label: label, min: -1, max: +1, ticks: []plot.Tick{stepTick(first, first)}}
	}
	span := float64(last - first)
	return axis{label: label, min: -0.02 * span, max: 1.02 * span, ticks: roomy(span, func(most int) []plot.Tick {
		return stepTicks(first, last, most)
	})}
}

// roomy returns the most ticks on an axis of the given span whose labels stand
// clear of each other when written along the longer edge of the picture.
func roomy(span float64, ticks func(most int) []plot.Tick) []plot.Tick {
	const length = 0.8 * float64(width)
	for most := mostTicks; ; most-- {
		all := ticks(most)
		if most <= 3 || len(all) < 2 {
			return all
		}
		widest := vg.Length(0)
		for _, t := range all {
			widest = max(widest, textWidth(t.Label, smallFont))
		}
		if float64(widest)*1.25 < (all[1].Value-all[0].Value)/span*length {
			return all
		}
	}
}

// numberTicks returns at most most+1 ticks between lo and hi, at multiples of 1,
// 2 or 5 times a power of ten.
func numberTicks(lo, hi float64, most int) (ticks []plot.Tick) {
	m, e := roundStep((hi - lo) / float64(most))
	step := tickValue(1, m, e)
	first := math.Ceil(lo/step) + 0 // no -0, which would get a sign
	for i := first; i <= math.Floor(hi/step); i++ {
		v := tickValue(i, m, e)
		label := strconv.FormatFloat(v, 'f', max(0, -e), 64)
		ticks = append(ticks, plot.Tick{Value: v, Label: strings.Replace(label, "-", "−", 1)})
	}
	return ticks
}

// roundStep returns the smallest m * 10^e with m = 1, 2 or 5 that is not below
// least, which is above 0.
func roundStep(least float64) (m, e int) {
	e = exponent(least)
	for _, m := range []int{1, 2, 5} {
		if tickValue(1, m, e) >= least {
			return m, e
		}
	}
	return 1, e + 1
}

// tickValue returns i * m * 10^e, rounded once.
func tickValue(i float64, m, e int) float64 {
	if e < 0 {
		return i * float64(m) / math.Pow10(-e)
	}
	return i * float64(m) * math.Pow10(e)
}

// stepTicks does for integers what numberTicks does for reals. most is 3 or
// above, so the step is at most last-first, and no sum here goes beyond last.
func stepTicks(first, last int64, most int) (ticks []plot.Tick) {
	step := roundIntStep((last - first) / int64(most))
	t := first
	if past := first % step; past != 0 {
		t += step - past
	}
	for {
		ticks = append(ticks, stepTick(t, first))
		if last-t < step {
			return ticks
		}
		t += step
	}
}

// roundIntStep returns the smallest of 1, 2, 5, 10, 20, 50, ... above least. The
// largest of them that fits, 5e18, is above a third of any int64.
func roundIntStep(least int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if m*power > least {
				return m * power
			}
		}
	}
}

func stepTick(t, first int64) plot.Tick {
	return plot.Tick{Value: float64(t - first), Label: strconv.FormatInt(t, 10)}
}

// apply gives a plot's axis this one's range, ticks and style.
func (a axis) apply(to *plot.Axis) {
	to.Min, to.Max = a.min, a.max
	to.Padding = 0
	to.Width = 0 // the frame is the axis line
	to.Label.Text = a.label
	to.Label.TextStyle.Font = labelFont
	to.Label.Padding = 4
	to.Tick.Marker = plot.ConstantTicks(a.ticks)
	to.Tick.Label.Font = smallFont
	to.Tick.Width = lineWidth
	to.Tick.Length = 4
}

// A unit is a power of ten in which an axis shows its values.
type unit int

// unitOf returns the unit for the values v: 1 where the largest is of everyday
// size, its own power of ten where it is not.
func unitOf(v []float64) unit {
	big := 0.0
	for _, v := range v {
		big = max(big, math.Abs(v))
	}
	if big == 0 {
		return 0
	}
	if e := exponent(big); e < -3 || e > 5 {
		return unit(e)
	}
	return 0
}

// of returns v in this unit. Two factors are used because the one power of ten
// may be out of float64's range, as for the smallest subnormal numbers.
func (u unit) of(v float64) float64 {
	half := -int(u) / 2
	return v * math.Pow10(half) * math.Pow10(-int(u)-half)
}

// label returns the axis label for values of this name.
func (u unit) label(name string) string {
	if u == 0 {
		return name
	}
	return fmt.Sprintf("%s (×1e%d)", name, int(u))
}

// exponent returns the e of v = d.ddd * 10^e with one digit before the point. v
// is finite and above 0.
func exponent(v float64) int {
	s := strconv.FormatFloat(v, 'e', -1, 64)
	e, _ := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	return e
}
