package picture

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Loss draws the loss (0 or above) after each of the given steps, which must
// not be negative and must increase. The loss axis starts at 0. There are one
// or two losses: of the training data, and of the test data. Two are told apart
// by a legend.
//
// No points, another number of losses, lengths that differ and a loss or step
// outside these bounds are errors; the last two name the first point at fault.
func Loss(title string, step []int, loss ...[]float64) (*Picture, error) {
	if err := checkCurves("loss", step, loss); err != nil {
		return nil, err
	}
	all := slices.Concat(loss...)
	u := unitOf(all)
	top := 1.05 * u.of(slices.Max(all))
	if top == 0 {
		top = 1
	}
	return curvePicture(title, step, loss, u, numberAxis(u.label("loss"), 0, top)), nil
}

// Accuracy draws the share of right predictions, 0 to 1, after each of the given
// steps. The accuracy axis goes from 0 to 1. Steps, numbers and errors are those
// of Loss.
func Accuracy(title string, step []int, accuracy ...[]float64) (*Picture, error) {
	if err := checkCurves("accuracy", step, accuracy); err != nil {
		return nil, err
	}
	for _, curve := range accuracy {
		for i, a := range curve {
			if a > 1 {
				return nil, fmt.Errorf("picture: point %d: accuracy %v is above 1", i, a)
			}
		}
	}
	return curvePicture(title, step, accuracy, 0, numberAxis("accuracy", 0, 1)), nil
}

func curvePicture(title string, step []int, values [][]float64, u unit, y axis) *Picture {
	first, last := int64(step[0]), int64(step[len(step)-1])
	p := &Picture{title: title, x: stepAxis("step", first, last), y: y}
	var body curves
	for i, value := range values {
		c := &curve{colour: curveColours[i]}
		for j := range step {
			c.x = append(c.x, float64(int64(step[j])-first))
			c.y = append(c.y, u.of(value[j]))
		}
		c.thin()
		body = append(body, c)
		if len(values) > 1 {
			p.legend = append(p.legend, entry{mark{c.colour, circle}, curveNames[i]})
		}
	}
	p.body = body
	return p
}

// curves are drawn in their order, the last one on top.
type curves []*curve

func (b curves) Plot(c draw.Canvas, p *plot.Plot) {
	for _, one := range b {
		one.Plot(c, p)
	}
}

// A curve joins its points by straight lines, and shows the points themselves
// where they are few. x increases from 0.
type curve struct {
	x, y   []float64
	colour rgb
}

const (
	mostDots  = 60  // a curve of no more points shows each of them
	mostThick = 500 // a curve of more points has a thinner line

	// A curve is stroked in pieces of this many points. The rasteriser's time
	// grows with the square of the number of lines that cross a row of pixels.
	piece = 12
)

// The colours of the curves and what they mean.
var (
	curveColour  = rgb{0x00, 0x72, 0xb2}
	curveColours = []rgb{curveColour, {0xd5, 0x5e, 0x00}}
	curveNames   = []string{"training data", "test data"}
)

func (b *curve) Plot(c draw.Canvas, p *plot.Plot) {
	atX, atY := p.Transforms(&c)
	points := make([]vg.Point, len(b.x))
	for i := range points {
		points[i] = vg.Point{X: atX(b.x[i]), Y: atY(b.y[i])}
	}
	line := draw.LineStyle{Color: ink{b.colour, 0xff}, Width: 1.2}
	if len(points) > mostThick {
		line.Width = 0.7
	}
	for from := 0; from < len(points); from += piece {
		// One line of the piece before is drawn again, for the joint's sake.
		c.StrokeLines(line, points[max(0, from-2):min(from+piece, len(points))])
	}
	if len(points) > mostDots {
		return
	}
	for _, at := range points {
		mark{b.colour, circle}.draw(&c, at, 1.7, 0xff)
	}
}

// columns is how many upright stripes a long curve is thinned to. One is about
// 0.4 points wide, less than the line and less than a pixel of the PNG.
const columns = 1000

// thin drops the points of a long curve that cannot be seen. Of the points in
// one column it keeps the first, the lowest, the highest and the last: the line
// through these covers what the line through all of them covers, to the width
// of a column. (Jugel, Jerzak, Hackenbroich and Markl, "M4: a visualization-
// oriented time series data aggregation", VLDB 2014.)
func (b *curve) thin() {
	if len(b.x) <= 4*columns {
		return
	}
	span := b.x[len(b.x)-1]
	column := func(i int) int { return int(b.x[i] / span * columns) }
	var x, y []float64
	for from := 0; from < len(b.x); {
		to := from + 1
		for to < len(b.x) && column(to) == column(from) {
			to++
		}
		for _, i := range b.extremes(from, to) {
			x, y = append(x, b.x[i]), append(y, b.y[i])
		}
		from = to
	}
	b.x, b.y = x, y
}

// extremes returns the first, lowest, highest and last of the points from..to-1,
// each of them once and in their order.
func (b *curve) extremes(from, to int) []int {
	low, high := from, from
	for i := from; i < to; i++ {
		if b.y[i] < b.y[low] {
			low = i
		}
		if b.y[i] > b.y[high] {
			high = i
		}
	}
	keep := []int{from, low, high, to - 1}
	slices.Sort(keep)
	return slices.Compact(keep)
}

func checkCurves(what string, step []int, values [][]float64) error {
	if n := len(values); n < 1 || n > len(curveNames) {
		return fmt.Errorf("picture: %d curves, want 1 or %d", n, len(curveNames))
	}
	for _, value := range values {
		if err := checkCurve(what, step, value); err != nil {
			return err
		}
	}
	return nil
}

func checkCurve(what string, step []int, value []float64) error {
	if len(step) == 0 {
		return fmt.Errorf("picture: no points to draw")
	}
	if len(step) != len(value) {
		return fmt.Errorf("picture: %d steps, but %s of %d", len(step), what, len(value))
	}
	for i, s := range step {
		switch v := value[i]; {
		case s < 0:
			return fmt.Errorf("picture: point %d: step %d is negative", i, s)
		case i > 0 && s <= step[i-1]:
			return fmt.Errorf("picture: point %d: step %d does not follow %d", i, s, step[i-1])
		case !finite(v):
			return fmt.Errorf("picture: point %d: %s is %v", i, what, v)
		case v < 0:
			return fmt.Errorf("picture: point %d: %s %v is negative", i, what, v)
		}
	}
	return nil
}
