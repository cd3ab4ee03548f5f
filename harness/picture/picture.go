// Package picture draws what a run leaves behind: the data by class, the data
// by class and prediction, and the loss and accuracy curves; of many runs, how a
// result is distributed; and of measurements, bars beside each other.
//
// A Picture is made from plain slices, keeps a copy of what it needs, and gives
// itself as PNG or SVG bytes. Nothing is read from or written to files. The
// same input gives the same bytes every time on one machine: no date, host or
// random number is inside. Pictures are for looking at and are not part of the
// arithmetic contract, so a pixel's shade may differ between architectures.
//
// Every finite input can be drawn: values too large or too small for plain
// tick labels are shown in units of a power of ten, which the axis label names.
package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/color"
	"image/png"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The size of every picture, and the resolution of a PNG.
const (
	width  = 16 * vg.Centimeter
	height = 12 * vg.Centimeter
	dpi    = 150

	edge      vg.Length = 8   // white space around everything, in points
	lineWidth vg.Length = 0.6 // axes, ticks and frame, in points
)

// A Picture is a titled plot with its legend. It never changes once made, and
// its methods may be called from several goroutines at once.
type Picture struct {
	title  string
	x, y   axis
	body   plot.Plotter
	legend []entry
	height vg.Length // 0 for the usual one
}

// size returns how wide and high the picture is.
func (p *Picture) size() (w, h vg.Length) {
	if p.height > 0 {
		return width, p.height
	}
	return width, height
}

// PNG returns the picture as a PNG file of 945 x 709 pixels, or as high as Bars
// needs, which states its resolution of 150 dots per inch.
func (p *Picture) PNG() ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(p.size()), vgimg.UseDPI(dpi))
	p.draw(c)
	var file bytes.Buffer
	if err := png.Encode(&file, c.Image()); err != nil {
		return nil, err
	}
	return withResolution(file.Bytes()), nil
}

// SVG returns the picture as an SVG file of 16 x 12 cm, or as high as Bars needs.
// Its text stays text. It asks for Liberation Sans, and where that is missing for
// Arial or Helvetica, whose letters are as wide.
func (p *Picture) SVG() ([]byte, error) {
	c := vgsvg.New(p.size())
	p.draw(c)
	var file bytes.Buffer
	if _, err := c.WriteTo(&file); err != nil {
		return nil, err
	}
	// A quotation mark inside drawn text is escaped, so this finds attributes only.
	return bytes.ReplaceAll(file.Bytes(),
		[]byte(`style="font-family:Liberation Sans;`),
		[]byte(`style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`)), nil
}

// draw paints the picture: the legend along the bottom edge, the plot above it.
func (p *Picture) draw(to vg.CanvasSizer) {
	page := draw.New(to)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())

	inner := draw.Crop(page, edge, -edge, edge, -edge)
	inner.Min.Y += drawLegend(inner, p.legend)
	p.plot().Draw(inner)
}

func (p *Picture) plot() *plot.Plot {
	pl := plot.New()
	pl.BackgroundColor = nil // the page is white already
	pl.Title.Text = oneLine(p.title, titleFont, width-2*edge)
	pl.Title.TextStyle.Font = titleFont
	pl.Title.Padding = 6
	p.x.apply(&pl.X)
	p.y.apply(&pl.Y)
	pl.Y.Tick.Label.YAlign = -0.6 // brings the middle of the digits to the tick
	pl.Add(grid{}, p.body)
	return pl
}

// grid draws faint lines at the ticks and a frame around the data.
type grid struct{}

func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	atX, atY := p.Transforms(&c)
	faint := draw.LineStyle{Color: color.Gray{Y: 0xe2}, Width: 0.5}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if x := atX(t.Value); c.ContainsX(x) {
			c.StrokeLine2(faint, x, c.Min.Y, x, c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if y := atY(t.Value); c.ContainsY(y) {
			c.StrokeLine2(faint, c.Min.X, y, c.Max.X, y)
		}
	}
	frame := draw.LineStyle{Color: color.Black, Width: lineWidth}
	c.SetLineStyle(frame)
	c.Stroke(c.Rectangle.Path())
}

// withResolution adds the chunk that states dpi (in dots per metre) to a PNG
// file, behind its signature and header, which are always 8 + 25 bytes long.
func withResolution(file []byte) []byte {
	const header = 8 + 25
	const perMetre = (dpi*10000 + 127) / 254

	chunk := []byte("pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre

	out := append([]byte(nil), file[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-4))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, file[header:]...)
}
