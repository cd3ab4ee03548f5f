package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dataAndLegend finds the frame, the black lines that go furthest, and returns
// what is inside it and what is below the axis label.
func dataAndLegend(img *image.RGBA) (data, legend image.Rectangle) {
	page := img.Bounds()
	row, column := make([]int, page.Max.Y), make([]int, page.Max.X)
	for y := range row {
		for x := range column {
			if c := img.RGBAAt(x, y); c.R == c.G && c.G == c.B && c.R < 0x70 {
				row[y]++
				column[x]++
			}
		}
	}
	wide := func(n int) bool { return n > page.Max.X/2 }
	high := func(n int) bool { return n > page.Max.Y/2 }
	data.Min = image.Pt(slices.IndexFunc(column, high)+2, slices.IndexFunc(row, wide)+2)
	slices.Reverse(row)
	slices.Reverse(column)
	data.Max = page.Max.Sub(image.Pt(slices.IndexFunc(column, high)+2, slices.IndexFunc(row, wide)+2))
	legend = page
	legend.Min.Y = data.Max.Y + 40
	return data, legend
}

// count counts the pixels of a colour, at least 0.3 strong, on white.
func count(img *image.RGBA, part image.Rectangle, want rgb) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := img.RGBAAt(x, y)
			if onWhite([3]float64{float64(c.R), float64(c.G), float64(c.B)}, want) {
				n++
			}
		}
	}
	return n
}

func onWhite(pixel [3]float64, c rgb) bool {
	full := [3]float64{float64(c.r), float64(c.g), float64(c.b)}
	darkest := slices.Index(full[:], slices.Min(full[:]))
	strength := (255 - pixel[darkest]) / (255 - full[darkest])
	for i := range pixel {
		if math.Abs(255-strength*(255-full[i])-pixel[i]) > 4 {
			return false
		}
	}
	return strength > 0.3
}

// fatal is what *testing.T and *rapid.T have in common.
type fatal interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func must(p *Picture, err error) *Picture {
	if err != nil {
		panic(err)
	}
	return p
}

func pngBytes(t fatal, p *Picture) []byte {
	t.Helper()
	file, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func decode(t fatal, p *Picture) *image.RGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(pngBytes(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.RGBA)
}

func svg(t fatal, p *Picture) string {
	t.Helper()
	file, err := p.SVG()
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

// texts parses an SVG file and returns what its text elements say.
func texts(t fatal, file string) (all []string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(file))
	inside := false
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local == "text"
			if inside {
				all = append(all, "")
			}
		case xml.CharData:
			if inside {
				all[len(all)-1] += string(token)
			}
		case xml.EndElement:
			inside = false
		}
	}
}

func contains(t fatal, got []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Fatalf("no text %q in %q", w, got)
		}
	}
}

var pathPoint = regexp.MustCompile(`[ML]([^,MLAZ]+),([^,MLAZ]+)`)

// checkCoordinates checks that a file is well-formed and has all paths on the page.
func checkCoordinates(t fatal, file string) {
	t.Helper()
	texts(t, file)
	for _, path := range regexp.MustCompile(` d="([^"]*)"`).FindAllStringSubmatch(file, -1) {
		for _, p := range pathPoint.FindAllStringSubmatch(path[1], -1) {
			x, y := number(t, p[1]), number(t, p[2])
			if !(x >= 0 && x <= 453.55 && y >= 0 && y <= 340.17) {
				t.Fatalf("%v, %v is off the page", x, y)
			}
		}
	}
}

type box struct{ Min, Max struct{ X, Y float64 } }

var styledPath = regexp.MustCompile(` d="([^"]*)"\s+style="([^"]*)"`)

// frameOf returns the frame around the data, in points of the page.
func frameOf(t fatal, file string) (frame box) {
	t.Helper()
	for _, path := range styledPath.FindAllStringSubmatch(file, -1) {
		points := pathPoint.FindAllStringSubmatch(path[1], -1)
		if strings.HasPrefix(path[2], "fill:none;stroke:#000000") && len(points) == 4 {
			frame.Min.X, frame.Min.Y = number(t, points[0][1]), number(t, points[0][2])
			frame.Max.X, frame.Max.Y = number(t, points[2][1]), number(t, points[2][2])
			return frame
		}
	}
	t.Fatal("no frame")
	return frame
}

// frameAndCurve returns the frame and the points of the curve's line. What a
// piece of the line repeats of the one before is left out.
func frameAndCurve(t fatal, file string) (frame box, x, y []float64) {
	t.Helper()
	style := fmt.Sprintf("stroke:#%02X%02X%02X", curveColour.r, curveColour.g, curveColour.b)
	for _, path := range styledPath.FindAllStringSubmatch(file, -1) {
		if !strings.Contains(path[2], style) {
			continue
		}
		points := pathPoint.FindAllStringSubmatch(path[1], -1)
		if len(x) > 0 {
			points = points[2:]
		}
		for _, p := range points {
			x, y = append(x, number(t, p[1])), append(y, number(t, p[2]))
		}
	}
	if len(x) == 0 {
		t.Fatal("no curve")
	}
	return frameOf(t, file), x, y
}

// checkAffine checks that page is data, shifted and stretched by something above
// zero, to the SVG file's five digits.
func checkAffine(t fatal, data, page []float64) {
	t.Helper()
	if len(data) != len(page) {
		t.Fatalf("%d points drawn, want %d", len(page), len(data))
	}
	low, high := slices.Index(data, slices.Min(data)), slices.Index(data, slices.Max(data))
	for i := range data {
		share := (data[i] - data[low]) / (data[high] - data[low])
		want := page[low] + share*(page[high]-page[low])
		if math.Abs(page[i]-want) > 0.02 || page[high]-page[low] < 50 {
			t.Fatalf("value %v at %v, want %v", data[i], page[i], want)
		}
	}
}

func number(t fatal, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
