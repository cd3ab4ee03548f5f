package picture

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An entry of the legend: a mark and what it means.
type entry struct {
	mark
	text string
}

// The legend's measures, in points.
const (
	rowHeight vg.Length = 14
	markSpace vg.Length = 12 // from an entry's left edge to its text
	entryGap  vg.Length = 16
	lift      vg.Length = 1.2 // brings the middle of the letters to that of the mark
)

// maxEntries bounds the legend, which would otherwise leave no room for the plot.
const maxEntries = 30

// drawLegend writes the entries in rows along the lower edge of the canvas and
// returns the height they take. Below the plot they can never hide a point.
func drawLegend(c draw.Canvas, entries []entry) vg.Length {
	rest := ""
	if n := len(entries) - maxEntries; n > 0 {
		entries, rest = entries[:maxEntries], fmt.Sprintf("and %d more", n)
	}
	rows := legendRows(entries, c.Max.X-c.Min.X)
	depth := vg.Length(len(rows)) * rowHeight
	if rest != "" {
		drawText(&c, vg.Point{X: c.Center().X, Y: c.Min.Y + rowHeight/2}, draw.XCenter, rest)
		depth += rowHeight
	}
	y := c.Min.Y + depth - rowHeight/2
	for _, row := range rows {
		x := c.Center().X - rowWidth(row)/2
		for _, e := range row {
			e.draw(&c, vg.Point{X: x + markSpace/3, Y: y}, 3.2, 0xff)
			drawText(&c, vg.Point{X: x + markSpace, Y: y + lift}, draw.XLeft, e.text)
			x += e.width() + entryGap
		}
		y -= rowHeight
	}
	if depth > 0 {
		depth += 4
	}
	return depth
}

// legendRows breaks the entries into rows no wider than the given width.
func legendRows(entries []entry, width vg.Length) (rows [][]entry) {
	var row []entry
	for _, e := range entries {
		if longer := append(row, e); rowWidth(longer) <= width || len(row) == 0 {
			row = longer
			continue
		}
		rows, row = append(rows, row), []entry{e}
	}
	if len(row) > 0 {
		rows = append(rows, row)
	}
	return rows
}

func rowWidth(row []entry) vg.Length {
	w := entryGap * vg.Length(len(row)-1)
	for _, e := range row {
		w += e.width()
	}
	return w
}

func (e entry) width() vg.Length { return markSpace + textWidth(e.text, smallFont) }

func drawText(c *draw.Canvas, at vg.Point, align draw.XAlignment, s string) {
	drawIn(c, smallFont, at, align, s)
}

func drawIn(c *draw.Canvas, f font.Font, at vg.Point, align draw.XAlignment, s string) {
	c.FillText(text.Style{
		Color:   color.Black,
		Font:    f,
		XAlign:  align,
		YAlign:  draw.YCenter,
		Handler: plot.DefaultTextHandler,
	}, at, s)
}
