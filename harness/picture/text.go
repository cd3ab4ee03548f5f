package picture

import (
	"strings"
	"unicode"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// One typeface for everything, in three sizes.
var (
	titleFont = sans(12)
	labelFont = sans(11)
	smallFont = sans(9.5) // tick labels and legend
)

func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

func textWidth(s string, f font.Font) vg.Length {
	return text.Style{Font: f, Handler: plot.DefaultTextHandler}.Width(s)
}

// oneLine returns s cut to the given width, with a blank in place of whatever
// cannot stand in one line of text in an SVG file.
func oneLine(s string, f font.Font, width vg.Length) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, s)
	runes := []rune(s)
	if longest := int(width); len(runes) > longest { // letters are wider than a point
		runes = runes[:longest]
		s = string(runes) + "…"
	}
	for textWidth(s, f) > width {
		runes = runes[:len(runes)-1]
		s = string(runes) + "…"
	}
	return s
}
