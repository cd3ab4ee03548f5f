package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/samebits/samebits/harness"
)

// newTable returns a plain table that renders to out.
func newTable(out io.Writer) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(out)
	s := table.StyleLight
	s.Options = table.Options{SeparateHeader: true}
	s.Format.Header = 0
	s.Box.PaddingLeft = ""
	s.Box.PaddingRight = "  "
	t.SetStyle(s)
	return t
}

// describe says what an experiment is.
func describe(out io.Writer, e *harness.Experiment) {
	var sizes []string
	for _, c := range e.Data.Classes {
		sizes = append(sizes, fmt.Sprint(c.N))
	}
	biases := "no biases"
	if e.Model.Bias {
		biases = "biases"
	}
	fmt.Fprintf(out, "data      %d Gaussian classes in %d dimensions, %s points, NumPy seed %d\n",
		len(e.Data.Classes), len(e.Data.Classes[0].Mean), strings.Join(sizes, " + "), e.Seed)
	fmt.Fprintf(out, "network   %s, %s, weights N(0, 1/sqrt(inputs)), %s\n", network(e), biases, e.DType)
	fmt.Fprintf(out, "training  %d steps of online gradient descent, %s samples, rate %v, targets %v and %v\n",
		e.TotalSteps(), e.Train.Order, e.Train.Rate, e.Train.Targets[0], e.Train.Targets[1])
}

// network writes sizes and activations: 2-2-2 sigmoid.
func network(e *harness.Experiment) string {
	words := make([]string, len(e.Model.Layers))
	for i, n := range e.Model.Layers {
		words[i] = fmt.Sprint(n)
	}
	s := strings.Join(words, "-")
	for _, a := range e.Model.Activations {
		s += " " + a.String()
	}
	return s
}

// charts draws the learning curve.
func charts(out io.Writer, r *harness.Result) {
	var loss, right []float64
	for _, p := range r.Curve {
		loss = append(loss, p.Loss)
		right = append(right, 100*float64(p.Correct)/float64(r.Data.Len()))
	}
	chart(out, fmt.Sprintf("loss, steps 0 to %d", r.Final().Step), loss, 3)
	fmt.Fprintln(out)
	chart(out, fmt.Sprintf("right in %%, steps 0 to %d", r.Final().Step), right, 1)
}

// chart draws values of 0 and above. Very large and very small ones are shown in a power of ten.
func chart(out io.Writer, title string, values []float64, decimals uint) {
	if largest := slices.Max(values); largest >= 1e6 || largest > 0 && largest < 1e-3 {
		exponent := max(math.Floor(math.Log10(largest)), -300)
		title += fmt.Sprintf(", in 1e%g", exponent)
		for i := range values {
			values[i] /= math.Pow(10, exponent)
		}
	}
	fmt.Fprintln(out, title)
	fmt.Fprintln(out, asciigraph.Plot(values, asciigraph.Height(8), asciigraph.Width(72), asciigraph.Precision(decimals)))
}
