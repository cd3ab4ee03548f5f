package main

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/samebits/samebits/harness"
)

// aboutFinal says how many of the final weights and biases differ.
func aboutFinal(d *harness.FinalDifference) string {
	text := fmt.Sprintf("final weights, step %d: %d of %d differ", d.Step, d.WeightsDiffer, d.Weights)
	if d.Biases > 0 {
		text += fmt.Sprintf("; biases: %d of %d", d.BiasesDiffer, d.Biases)
	}
	return text
}

// extreme is a pair of weights that is shown.
type extreme struct {
	what string
	*harness.ParameterDifference
}

// extremes returns the first pair that differs, and the one that is farthest apart.
func extremes(d *harness.FinalDifference) []extreme {
	if d.First == nil {
		return nil
	}
	return []extreme{{"first", d.First}, {"farthest", d.Farthest}}
}

// showFinal shows how the final weights differ, if they were compared.
func showFinal(out io.Writer, d *harness.FinalDifference) {
	if d == nil {
		return
	}
	fmt.Fprintln(out, aboutFinal(d))
	if d.First != nil {
		t := newTable(out)
		t.AppendHeader(table.Row{"", "weight", "", "decimal", "hexadecimal", "bits", "apart"})
		for _, e := range extremes(d) {
			t.AppendRow(table.Row{e.what, e.String(), "A", finalDecimal(d, e.A), hex(e.A), finalBits(d, e.A), apart(e)})
			t.AppendRow(table.Row{"", "", "B", finalDecimal(d, e.B), hex(e.B), finalBits(d, e.B), ""})
		}
		t.Render()
	}
	fmt.Fprintln(out)
}

func apart(e extreme) string { return fmt.Sprintf("%d ulp", e.ULP) }

// finalBits writes the bits of a weight in the network's type.
func finalBits(d *harness.FinalDifference, v float64) string {
	if d.DType == "float32" {
		return fmt.Sprintf("%08x", math.Float32bits(float32(v)))
	}
	return bitsOf(v)
}

// finalDecimal writes a weight with as many digits as the network's type needs.
func finalDecimal(d *harness.FinalDifference, v float64) string {
	if d.DType == "float32" {
		return strconv.FormatFloat(v, 'g', -1, 32)
	}
	return decimal(v)
}

// markdownFinal prints the same as a table of Markdown.
func markdownFinal(out io.Writer, d *harness.FinalDifference, line func(cells ...string), ruler func(n int)) {
	if d == nil {
		return
	}
	fmt.Fprintf(out, "\n%s\n", aboutFinal(d))
	if d.First == nil {
		return
	}
	fmt.Fprintln(out)
	line("final weights", "where", "A", "B", "A, hexadecimal", "B, hexadecimal", "apart")
	ruler(7)
	for _, e := range extremes(d) {
		line(e.what, e.String(), finalDecimal(d, e.A), finalDecimal(d, e.B), hex(e.A), hex(e.B), apart(e))
	}
}

// finalJSON tells how the final weights differ.
type finalJSON struct {
	Step          int            `json:"step"`
	DType         string         `json:"dtype"`
	Weights       int            `json:"weights"`
	WeightsDiffer int            `json:"weights_differ"`
	Biases        int            `json:"biases"`
	BiasesDiffer  int            `json:"biases_differ"`
	First         *parameterJSON `json:"first"`    // or null
	Farthest      *parameterJSON `json:"farthest"` // or null
}

// parameterJSON is a weight, or a bias, which has no input.
type parameterJSON struct {
	Layer  int    `json:"layer"`
	Output int    `json:"output"`
	Input  *int   `json:"input"`
	A      string `json:"a"`
	B      string `json:"b"`
	ABits  string `json:"a_bits"`
	BBits  string `json:"b_bits"`
	ULP    uint64 `json:"ulp"`
}

func finalReport(d *harness.FinalDifference) *finalJSON {
	if d == nil {
		return nil
	}
	return &finalJSON{d.Step, d.DType, d.Weights, d.WeightsDiffer, d.Biases, d.BiasesDiffer, parameterReport(d, d.First), parameterReport(d, d.Farthest)}
}

func parameterReport(d *harness.FinalDifference, p *harness.ParameterDifference) *parameterJSON {
	if p == nil {
		return nil
	}
	j := &parameterJSON{p.Layer, p.Output, nil, hex(p.A), hex(p.B), finalBits(d, p.A), finalBits(d, p.B), p.ULP}
	if p.Input >= 0 {
		j.Input = &p.Input
	}
	return j
}
