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

// describe says what was run.
func describe(out io.Writer, r *harness.Result) {
	e := r.Experiment
	biases := "no biases"
	if e.Model.Bias {
		biases = "biases"
	}
	fmt.Fprintf(out, "data      %s, NumPy seed %d\n", data(r), e.Seed)
	fmt.Fprintf(out, "network   %s, %s, weights N(0, 1/sqrt(inputs)), %s\n", network(e), biases, e.DType)
	fmt.Fprintf(out, "training  %d steps of %s, %s samples, rate %v, targets %v and %v\n",
		r.Final().Step, method(e.Train), e.Train.Order, e.Train.Rate, e.Train.Targets[0], e.Train.Targets[1])
}

// data says what samples there are.
func data(r *harness.Result) string {
	d := r.Experiment.Data
	s := fmt.Sprintf("%s, %d samples of %d features in %d classes", d.Source, r.Data.Len(), r.Data.Features, r.Data.Classes)
	if d.Source == "gaussians" {
		var sizes []string
		for _, c := range d.Classes {
			sizes = append(sizes, fmt.Sprint(c.N))
		}
		s = fmt.Sprintf("%d Gaussian classes in %d dimensions, %s points", len(d.Classes), r.Data.Features, strings.Join(sizes, " + "))
	}
	switch {
	case r.Test == nil:
	case d.Source == "gaussians":
		s += fmt.Sprintf(", the last %d to test with", r.Test.Len())
	default:
		s += fmt.Sprintf(" and %d to test with", r.Test.Len())
	}
	return s
}

// method says how a network was trained.
func method(t harness.Train) string {
	switch t.Method {
	case "minibatch":
		return fmt.Sprintf("gradient descent in batches of %d", t.Batch)
	case "batch":
		return "gradient descent on all samples at once"
	}
	return "online gradient descent"
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
	var loss, right, test []float64
	for _, p := range r.Curve {
		loss = append(loss, p.Loss)
		right = append(right, 100*float64(p.Correct)/float64(r.Data.Len()))
		if r.Test != nil {
			test = append(test, 100*float64(p.Test.Correct)/float64(r.Test.Len()))
		}
	}
	chart(out, fmt.Sprintf("loss, steps 0 to %d", r.Final().Step), loss, 3)
	fmt.Fprintln(out)
	chart(out, fmt.Sprintf("right in %%, steps 0 to %d", r.Final().Step), right, 1)
	if test != nil {
		fmt.Fprintln(out)
		chart(out, fmt.Sprintf("right in %% of the test samples, steps 0 to %d", r.Final().Step), test, 1)
	}
}

const chartWidth = 72 // columns

// chart draws values of 0 and above. Very large and very small ones are shown in a power of ten, for the eye alone: results
// are printed elsewhere.
func chart(out io.Writer, title string, values []float64, decimals uint) {
	if largest := slices.Max(values); largest >= 1e6 || largest > 0 && largest < 1e-3 {
		exponent := max(math.Floor(math.Log10(largest)), -300)
		title += fmt.Sprintf(", in 1e%g", exponent)
		for i := range values {
			values[i] /= math.Pow(10, exponent)
		}
	}
	fmt.Fprintln(out, title)
	fmt.Fprintln(out, asciigraph.Plot(values, asciigraph.Height(8), asciigraph.Width(chartWidth), asciigraph.Precision(decimals)))
}
