package picture

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A BarGroup is what belongs together in Bars: a name, and a bar for each series.
type BarGroup struct {
	Name string
	Bars []Bar
}

// A Bar has a value and a note that is written at its end. A missing one leaves
// its place empty.
type Bar struct {
	Value   float64
	Note    string
	Missing bool
}

// Bars draws values of 0 and above as bars from left to right, a group below the
// other, in each a bar for each of the series, whose colours the legend tells.
// The label says what the values are, on the x axis, which reaches from 0 to full,
// or further where a value does. The picture is as high as the bars need, not as
// others are.
//
// No series, more of them than there are colours, no groups or more than fit, a
// group that has not one bar for each series, and a value or full that is negative
// or not finite are errors.
func Bars(title, label string, full float64, series []string, groups []BarGroup) (*Picture, error) {
	if err := checkBars(full, series, groups); err != nil {
		return nil, err
	}
	body := &groupedBars{series: len(series), names: make([]string, len(groups))}
	top := full
	for i, g := range groups {
		body.names[i] = oneLine(g.Name, smallFont, longestName)
		for _, b := range g.Bars {
			if b.Missing {
				b = Bar{Missing: true}
			}
			top = max(top, b.Value)
			b.Note = oneLine(b.Note, noteFont, longestNote)
			body.bars = append(body.bars, b)
		}
	}
	u := unitOf([]float64{top})
	if top == 0 {
		top = 1
	}
	for i := range body.bars {
		body.bars[i].Value = u.of(body.bars[i].Value)
	}
	// To the right of the longest bar there is room for its note.
	x := numberAxis(oneLine(u.label(label), labelFont, longestLabel), 0, u.of(top)*(1+noteRoom))
	x.ticks = slices.DeleteFunc(x.ticks, func(t plot.Tick) bool { return t.Value > u.of(top) })
	p := &Picture{title: title, x: x, y: body.axis(), body: body, height: body.span() + aroundBars}
	for i, s := range series {
		p.legend = append(p.legend, entry{mark{seriesColours[i], square}, oneLine(s, smallFont, longestName)})
	}
	return p, nil
}

var (
	noteFont = sans(6.5)

	// The palette of further, in an order that keeps neighbours apart.
	seriesColours = []rgb{{0x00, 0x72, 0xb2}, {0xe6, 0x9f, 0x00}, {0x56, 0xb4, 0xe9}, {0xcc, 0x79, 0xa7}, {0x80, 0x80, 0x80}, {0x8b, 0x5a, 0x2b}}
)

const (
	mostGroups  = 100
	longestName = 0.45 * width // of a group
	longestNote = 0.12 * width
	noteRoom    = 0.22 // of the axis

	barHeight  vg.Length = 8 // in points
	groupGap   vg.Length = 8 // between two groups
	noteLift   vg.Length = 0.8
	aroundBars           = 90 // title, axis and legend take so many points
)

// groupedBars are the bars of all groups, group by group. The axis counts bars' heights from below, so that the first group
// is on top.
type groupedBars struct {
	names  []string
	series int
	bars   []Bar
}

// span is the height of all bars and gaps, in points.
func (b *groupedBars) span() vg.Length {
	return vg.Length(len(b.bars))*barHeight + vg.Length(len(b.names)+1)*groupGap
}

// top returns where a bar ends, counted from below. The last one of all groups is lowest.
func (b *groupedBars) top(i int) float64 {
	group := i / b.series
	return float64(b.span() - vg.Length(i)*barHeight - vg.Length(group+1)*groupGap)
}

// axis returns an axis that names the groups.
func (b *groupedBars) axis() axis {
	a := axis{max: float64(b.span())}
	for i, name := range b.names {
		middle := b.top(i*b.series) - float64(b.series)*float64(barHeight)/2
		a.ticks = append(a.ticks, plot.Tick{Value: middle, Label: name})
	}
	return a
}

func (b *groupedBars) Plot(c draw.Canvas, p *plot.Plot) {
	atX, atY := p.Transforms(&c)
	for i, bar := range b.bars {
		if bar.Missing {
			continue
		}
		low, high := atY(b.top(i)-float64(barHeight)), atY(b.top(i))
		in := (high - low) * 0.06
		right := max(atX(bar.Value), c.Min.X+leastHeight)
		c.SetColor(ink{seriesColours[i%b.series], 0xff})
		fillBox(&c, c.Min.X, right, low+in, high-in)
		drawIn(&c, noteFont, vg.Point{X: right + 3, Y: (low+high)/2 + noteLift}, draw.XLeft, bar.Note)
	}
}

func checkBars(full float64, series []string, groups []BarGroup) error {
	wrong := func(v float64) bool { return !(v >= 0 && v <= math.MaxFloat64) }
	switch {
	case len(series) == 0 || len(series) > len(seriesColours):
		return fmt.Errorf("picture: %d series of bars, want 1 to %d", len(series), len(seriesColours))
	case len(groups) == 0 || len(groups) > mostGroups:
		return fmt.Errorf("picture: %d groups of bars, want 1 to %d", len(groups), mostGroups)
	case wrong(full):
		return fmt.Errorf("picture: an axis that ends at %v, want 0 or above", full)
	}
	for i, g := range groups {
		if len(g.Bars) != len(series) {
			return fmt.Errorf("picture: group %d has %d bars for %d series", i, len(g.Bars), len(series))
		}
		for j, b := range g.Bars {
			if !b.Missing && wrong(b.Value) {
				return fmt.Errorf("picture: bar %d of group %d is %v, want 0 or above", j, i, b.Value)
			}
		}
	}
	return nil
}
