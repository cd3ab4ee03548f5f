package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

// printed is what the tutorial prints after training: the sample and the outputs of two queries, and its count.
var printed = struct {
	queries []query
	correct string
}{
	[]query{
		{0, "[-0.22117921 0.0354449]", "[0.72796373 0.35839938]"},
		{999, "[4.23706484 4.85350827]", "[0.22979532 0.73710209]"},
	},
	"894 of 1000",
}

type query struct {
	sample    int
	x, output string
}

// notebook replays the tutorial.
func notebook(cmd *cobra.Command) error {
	source, err := harness.Open("notebook")
	if err != nil {
		return err
	}
	e, err := source.Experiment()
	if err != nil {
		return err
	}
	golden, err := source.Golden()
	if err != nil {
		return err
	}
	names, err := kernelNames("all", false)
	if err != nil {
		return err
	}
	r, err := harness.Run(cmd.Context(), e, harness.Options{Kernel: names[0]})
	if err != nil {
		return failed(err)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "The tutorial notebook, replayed on kernel %s, arithmetic %s\n\n", r.Kernel, kernel.Contract)
	describe(out, r)
	fmt.Fprintln(out)
	same := besideTutorial(out, r)
	fmt.Fprintln(out)
	charts(out, r)
	fmt.Fprintln(out)
	for _, k := range names {
		v, err := harness.Verify(cmd.Context(), e, golden, harness.Options{Kernel: k})
		if err != nil {
			return failed(err)
		}
		same = same && v.Match()
		fmt.Fprintf(out, "golden trace, kernel %-8s %s  weights %s\n", k, verdict(v.Match()), v.Digest)
		if !v.Match() {
			fmt.Fprintln(out, " ", v.Difference.Text)
		}
	}
	if !same {
		return &exitError{code: exitDiffers}
	}
	return nil
}

// besideTutorial shows the run's numbers beside the tutorial's and reports whether all are the same.
func besideTutorial(out io.Writer, r *harness.Result) bool {
	all := true
	t := newTable(out)
	t.AppendHeader(table.Row{"", "here", "tutorial", ""})
	row := func(what, here, there string) {
		all = all && here == there
		t.AppendRow(table.Row{what, here, there, verdict(here == there)})
	}
	for _, q := range printed.queries {
		row(fmt.Sprintf("sample %d, x", q.sample), numpyVector(r.Data.Sample(q.sample)), q.x)
		row(fmt.Sprintf("sample %d, output", q.sample), numpyVector(r.Output(q.sample)), q.output)
	}
	row("right", fmt.Sprintf("%d of %d", r.Final().Correct, r.Data.Len()), printed.correct)
	t.Render()
	return all
}

// numpyVector writes a vector as the tutorial does: up to 8 decimals.
func numpyVector(v []float64) string {
	words := make([]string, len(v))
	for i, x := range v {
		words[i] = strings.TrimRight(strconv.FormatFloat(x, 'f', 8, 64), "0")
	}
	return "[" + strings.Join(words, " ") + "]"
}

// verdict is a word for whether two things are the same.
func verdict(same bool) string {
	if same {
		return text.FgGreen.Sprint("same")
	}
	return text.FgRed.Sprint("differs")
}
