package picture

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histogram draws how an integer result, such as the number of samples told
// rightly, is distributed over many runs. runs[i] is how many runs had a value
// in bin i, which is first+i*width to first+(i+1)*width-1. The label says what
// the values are, on the x axis; the y axis counts the runs and starts at 0.
//
// own is the value of one run, which a line and a legend entry mark; where it is
// negative there is none. The x axis reaches from the first bin to the last, and
// as far as own where that lies outside the bins.
//
// A bar stands on its bin's values and half a unit to either side, less a gap
// where there is room for one. Nothing that holds a run vanishes: the bar of its
// bin has a visible height and width, and where there are more bins than the page
// has room for, neighbours share a bar as high as the highest of them.
//
// No bins, no runs in any bin, a width below 1, a negative first value and bins
// that reach beyond the largest int are errors.
func Histogram(title, label string, first, width int, runs []uint64, own int) (*Picture, error) {
	if err := checkBins(first, width, runs); err != nil {
		return nil, err
	}
	last := first + (len(runs)-1)*width + (width - 1)
	low, high := first, last
	if own >= 0 {
		low, high = min(first, own), max(last, own)
	}
	most := float64(slices.Max(runs))
	u := unitOf([]float64{most})
	p := &Picture{title: title, x: valueAxis(label, low, high, width), y: countAxis("runs", most, u)}

	body := &bars{marked: own >= 0, mark: float64(own - low)}
	each := 1 + (high-low)/width/mostBars // bins to a bar
	for from := 0; from < len(runs); from += each {
		to := min(from+each, len(runs))
		body.edge = append(body.edge, float64(first-low+from*width)-0.5)
		body.top = append(body.top, u.of(float64(slices.Max(runs[from:to]))))
	}
	body.edge = append(body.edge, float64(last-low)+0.5)
	p.body = body
	if body.marked {
		p.legend = []entry{{ownMark, fmt.Sprintf("%s: %d", ownName, own)}}
	}
	return p, nil
}

// How the marked run looks and what it is called.
var ownMark = mark{rgb{0xd5, 0x5e, 0x00}, inverted}

const ownName = "the experiment's own seed"

// valueAxis returns an axis of the integers from low to high, counted from low.
// Half a bin is free on either side, so that a lone one is still a bar.
func valueAxis(label string, low, high, width int) axis {
	span := float64(high-low) + 1
	margin := max(float64(0.02*span), float64(width)/2)
	a := axis{
		label: oneLine(label, labelFont, longestLabel),
		min:   -0.5 - margin,
		max:   span - 0.5 + margin,
	}
	a.ticks = roomy(a.max-a.min, func(most int) []plot.Tick {
		return stepTicks(int64(low), int64(high), most)
	})
	return a
}

// countAxis returns an axis from 0 to a little above most, in the given unit.
// Runs are whole, so there are no ticks between them.
func countAxis(label string, most float64, u unit) axis {
	top := 1.05 * u.of(most)
	if u != 0 {
		return numberAxis(u.label(label), 0, top)
	}
	return axis{label: label, max: top, ticks: roomy(top, func(most int) []plot.Tick {
		return stepTicks(0, int64(top), most)
	})}
}

// bars stand side by side: bar i is top[i] high, from edge[i] to edge[i+1].
type bars struct {
	edge, top []float64
	marked    bool
	mark      float64 // where a line stands, if marked
}

const (
	mostBars = 1200 // each of them about two thirds of a pixel of the PNG wide

	longestLabel = 0.8 * width // of an axis

	leastHeight vg.Length = 0.8 // of a bar, in points
	gapped      vg.Length = 4   // bars from this width on stand clear of each other
)

var barColour = rgb{0x56, 0xb4, 0xe9}

func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	atX, atY := p.Transforms(&c)
	c.SetColor(ink{barColour, 0xff})
	in := inset(atX(b.edge[1]) - atX(b.edge[0]))
	for i, top := range b.top {
		if top > 0 {
			y := max(atY(top), c.Min.Y+leastHeight)
			fillBox(&c, atX(b.edge[i])+in, atX(b.edge[i+1])-in, c.Min.Y, y)
		}
	}
	if b.marked {
		x := atX(b.mark)
		c.StrokeLine2(draw.LineStyle{Color: ink{ownMark.rgb, 0xff}, Width: 1.2}, x, c.Min.Y, x, c.Max.Y)
		ownMark.draw(&c, vg.Point{X: x, Y: c.Max.Y - 3}, 3.2, 0xff)
	}
}

// inset returns how far the bars of bins this wide on the page are taken in at
// either side. Narrow ones are let out instead: they hide the seams between each
// other, and a single one among empty bins is at least a pixel wide.
func inset(width vg.Length) vg.Length {
	if width < gapped {
		return -0.25
	}
	return min(0.05*width, 1)
}

func fillBox(c *draw.Canvas, left, right, low, high vg.Length) {
	var box vg.Path
	box.Move(vg.Point{X: left, Y: low})
	box.Line(vg.Point{X: right, Y: low})
	box.Line(vg.Point{X: right, Y: high})
	box.Line(vg.Point{X: left, Y: high})
	box.Close()
	c.Fill(box)
}

func checkBins(first, width int, runs []uint64) error {
	switch {
	case len(runs) == 0:
		return fmt.Errorf("picture: no bins to draw")
	case width < 1:
		return fmt.Errorf("picture: bins of width %d, want 1 or more", width)
	case first < 0:
		return fmt.Errorf("picture: the first value %d is negative", first)
	case uint(len(runs)) > (math.MaxInt-uint(first)+1)/uint(width):
		return fmt.Errorf("picture: %d bins of width %d from %d on reach beyond %d", len(runs), width, first, math.MaxInt)
	case slices.Max(runs) == 0:
		return fmt.Errorf("picture: no runs in any bin")
	}
	return nil
}
