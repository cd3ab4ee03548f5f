package picture

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A mark is how a point looks. The shape tells apart what colour alone would
// not, to a colour-blind reader or on grey paper.
type mark struct {
	rgb
	shape
}

// classMark returns the mark of a class. Colours and shapes repeat at periods
// that share no factor, so any 40 classes in a row, from 2 on, look different.
func classMark(class int) mark {
	m := mark{shape: shape(class % int(cross))}
	switch class {
	case 0:
		m.rgb = green
	case 1:
		m.rgb = red
	default:
		m.rgb = further[(class-2)%len(further)]
	}
	return m
}

// draw paints the mark around a point.
func (m mark) draw(c *draw.Canvas, at vg.Point, radius vg.Length, alpha uint8) {
	if m.shape != cross {
		c.SetColor(ink{m.rgb, alpha})
		c.Fill(m.outline(at, radius))
		return
	}
	c.SetColor(ink{rgb{0xff, 0xff, 0xff}, alpha})
	drawCross(c, at, radius*1.2, radius*1.1) // in white, to stand out from its own class
	c.SetColor(ink{m.rgb, alpha})
	drawCross(c, at, radius, radius*0.55)
}

func drawCross(c *draw.Canvas, at vg.Point, radius, width vg.Length) {
	c.SetLineWidth(width)
	c.SetLineDash(nil, 0)
	for _, d := range []vg.Point{{X: radius, Y: radius}, {X: radius, Y: -radius}} {
		var stroke vg.Path
		stroke.Move(at.Sub(d))
		stroke.Line(at.Add(d))
		c.Stroke(stroke)
	}
}

type shape int

const (
	circle shape = iota
	triangle
	square
	diamond
	inverted // a triangle on its tip
	cross    // for wrong predictions; the others are for classes
)

// outline returns the shape's edge: a circle of this radius, or the regular
// polygon of the same area.
func (s shape) outline(at vg.Point, radius vg.Length) vg.Path {
	var p vg.Path
	switch s {
	case triangle:
		polygon(&p, at, radius, 3, math.Pi/2)
	case square:
		polygon(&p, at, radius, 4, math.Pi/4)
	case diamond:
		polygon(&p, at, radius, 4, math.Pi/2)
	case inverted:
		polygon(&p, at, radius, 3, -math.Pi/2)
	default:
		p.Move(vg.Point{X: at.X + radius, Y: at.Y})
		p.Arc(at, radius, 0, 2*math.Pi)
	}
	p.Close()
	return p
}

// polygon adds the corners of a regular polygon of area pi * radius^2, the first
// of them in the direction start (radians from the x axis).
func polygon(p *vg.Path, at vg.Point, radius vg.Length, corners int, start float64) {
	turn := 2 * math.Pi / float64(corners)
	radius *= vg.Length(math.Sqrt(turn / math.Sin(turn)))
	for i := range corners {
		sin, cos := math.Sincos(start + float64(i)*turn)
		corner := at.Add(vg.Point{X: radius * vg.Length(cos), Y: radius * vg.Length(sin)})
		if i == 0 {
			p.Move(corner)
		} else {
			p.Line(corner)
		}
	}
}

type rgb struct{ r, g, b uint8 }

// The tutorial's four colours, as matplotlib's letters g, r, b and m mean them.
var (
	green   = rgb{0x00, 0x80, 0x00}
	red     = rgb{0xff, 0x00, 0x00}
	blue    = rgb{0x00, 0x00, 0xff}
	magenta = rgb{0xbf, 0x00, 0xbf}
)

// further colours the classes from 2 on. The first five are of the palette by
// Okabe and Ito, "Color Universal Design" (2008), whose colours stay apart under
// the common kinds of colour blindness; its green and red would meet ours.
var further = []rgb{
	{0x00, 0x72, 0xb2}, {0xe6, 0x9f, 0x00}, {0x56, 0xb4, 0xe9}, {0xcc, 0x79, 0xa7}, {0x00, 0x00, 0x00},
	{0x80, 0x80, 0x80}, {0x8b, 0x5a, 0x2b}, {0x5d, 0x3a, 0x9b},
}

// An ink is a colour with an opacity (0xff is opaque).
type ink struct {
	rgb
	alpha uint8
}

var _ color.Color = ink{}

// RGBA rounds up when it multiplies by the opacity. The SVG writer divides by it
// again and cuts off, which would give the next darker colour otherwise.
func (k ink) RGBA() (r, g, b, a uint32) {
	a = uint32(k.alpha) * 0x101
	times := func(v uint8) uint32 { return (uint32(v)*0x101*a + 0xfffe) / 0xffff }
	return times(k.r), times(k.g), times(k.b), a
}
