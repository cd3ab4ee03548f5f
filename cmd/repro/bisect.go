package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

func newBisect() *cobra.Command {
	var b bisection
	cmd := &cobra.Command{
		Use:   "bisect EXPERIMENT",
		Short: "Find the first bit that differs between two kernels, or between a kernel and a trace",
		Long: `Bisect trains an experiment on two sides in step and finds the first bit that differs: of the data, of the initial weights,
of the order of the samples, or of the weights after a step. Of that step it names the phase (forward, activation, output
error, error sent back, delta, update), layer, sample and element, shows both values and what the reference makes of the
same numbers, and tries how the wrong one came about: products that were not fused, terms in another order, sums split over
lanes, flush-to-zero, a flipped bit and so on. Steps are counted from 1, everything else from 0.

--kernel and --threads say what the one side computes with, --against and --against-threads the other. The other side may
be "golden", the experiment's golden trace, or a file: a trace, or a folder that repro run --out wrote. A trace has digests
of all weights at the points of the learning curve. They tell between which points the two part; these steps are computed
again, beside the first kernel that gives the trace's bits there, the reference if --reference names no other. Where none
does the step cannot be told.

Where all weights are the same, but a loss or a number of right answers is not, the phase is called evaluation.

` + aboutData + `

Exit codes: 0 no bit differs; 1 the two part, or cannot be compared; 2 a bad command line or file; 3 the run failed; 130
interrupted.`,
		Example: `  repro bisect notebook --kernel avx2 --against generic
  repro bisect digits --threads 1 --against avx2 --against-threads 3
  repro bisect my.toml --against golden
  repro bisect digits -S train.epochs=2 --against other-machine/trace.txt --json`,
		Args: oneExperiment,
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd, args[0]) },
	}
	f := cmd.Flags()
	f.StringArrayVarP(&b.changes, "set", "S", nil, "change a `key=value` of the experiment (repeatable)")
	f.StringVar(&b.one.Kernel, "kernel", "", "kernel of the one side (default: the fastest here)")
	f.IntVar(&b.one.Threads, "threads", 0, "threads of the one side (default: as many as the work is worth)")
	f.StringVar(&b.against, "against", harness.Reference, "the other side: a kernel, golden, or the path of a trace")
	f.IntVar(&b.other.Threads, "against-threads", 0, "threads of the other side (default: as many as the work is worth)")
	f.StringVar(&b.reference, "reference", "", "kernel that stands for a trace (default: the first that gives its bits)")
	dataFlag(f, &b.one.Data)
	f.BoolVar(&b.json, "json", false, "print one JSON object")
	return cmd
}

// bisection is the command line of repro bisect.
type bisection struct {
	changes    []string
	one, other harness.Options
	against    string
	reference  string
	json       bool
}

func (b *bisection) run(cmd *cobra.Command, arg string) error {
	source, err := harness.Open(arg)
	if err != nil {
		return err
	}
	e, err := source.Experiment(b.changes...)
	if err != nil {
		return err
	}
	if err := checkOptions(cmd, &b.one); err != nil {
		return err
	}
	other, err := b.side(cmd, source)
	if err != nil {
		return err
	}
	o := harness.BisectOptions{Data: b.one.Data, Reference: b.reference}
	var shown harness.Options
	done := newProgress(cmd.ErrOrStderr()).watch(&shown, "bisect "+e.Name)
	o.Progress = shown.Progress
	found, err := harness.Bisect(cmd.Context(), e, harness.Side{Kernel: b.one.Kernel, Threads: b.one.Threads}, other, o)
	done()
	if errors.Is(err, harness.ErrNotComparable) {
		return &exitError{exitDiffers, err}
	}
	if err != nil {
		return runError(err)
	}
	if b.json {
		if err := writeJSON(cmd.OutOrStdout(), bisectReport(found)); err != nil {
			return err
		}
	} else {
		showBisection(cmd.OutOrStdout(), found)
	}
	if found.Parting != nil {
		return &exitError{exitDiffers, nil}
	}
	return nil
}

// side returns what the flags say of the other side.
func (b *bisection) side(cmd *cobra.Command, source *harness.Source) (s harness.Side, err error) {
	threads := cmd.Flags().Changed("against-threads")
	if threads && (b.other.Threads < 1 || b.other.Threads > maxThreads) {
		return s, fmt.Errorf("--against-threads %d: want 1 to %d", b.other.Threads, maxThreads)
	}
	if b.reference != "" || cmd.Flags().Changed("reference") {
		if _, err := kernel.Get[float64](b.reference); err != nil {
			return s, fmt.Errorf("--reference: %w", err)
		}
	}
	_, unknown := kernel.Get[float64](b.against)
	switch {
	case unknown == nil:
		if b.reference != "" {
			return s, errors.New("--reference: it stands for a trace, but --against is a kernel")
		}
		return harness.Side{Kernel: b.against, Threads: b.other.Threads}, nil
	case threads:
		return s, fmt.Errorf("--against-threads: --against %s is no kernel", b.against)
	case b.against == "":
		return s, errors.New("--against: want a kernel, golden, or the path of a trace")
	case b.against == "golden":
		s = harness.Side{Name: source.GoldenPath()}
		s.Trace, err = source.Golden()
		return s, err
	}
	s = harness.Side{Name: b.against}
	s.Trace, err = harness.OpenTrace(b.against)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("--against: %w; nor is it a file or folder", unknown)
	}
	return s, err
}

// showBisection shows to people what was found.
func showBisection(out io.Writer, b *harness.Bisection) {
	fmt.Fprintf(out, "%s, arithmetic %s\nA  %s\nB  %s\n\n", b.Experiment.Name, kernel.Contract, printable(b.A.String()), printable(b.B.String()))
	if p := b.Parting; p != nil && p.A != nil {
		showNumbers(out, p)
	}
	if p := b.Parting; p != nil {
		line := func(what, words string) {
			if words != "" {
				fmt.Fprintf(out, "%-8s %s\n", what, printable(words))
			}
		}
		line("apart", p.Apart())
		line("wrong", b.Departs())
		line("hint", p.Hint)
		if b.Compared > 0 {
			line("before", fmt.Sprintf("all weights are the same after %s", steps(b.Compared)))
		}
	}
	for _, n := range b.Notes {
		fmt.Fprintf(out, "%-8s %s\n", "note", printable(n))
	}
	verdict, rest, _ := strings.Cut(b.Summary(), ":")
	colour := text.FgRed
	if b.Parting == nil {
		colour = text.FgGreen
	}
	if rest != "" {
		rest = ":" + rest
	}
	fmt.Fprintf(out, "%s%s\n", colour.Sprint(verdict), printable(rest))
}

// showNumbers shows what differs, as a table.
func showNumbers(out io.Writer, p *harness.Parting) {
	t := newTable(out)
	switch {
	case !p.A.Index:
		t.AppendHeader(table.Row{"", "decimal", "hexadecimal", "bits"})
	case p.Phase == harness.PhaseOrder:
		t.AppendHeader(table.Row{"", "sample"})
	default:
		t.AppendHeader(table.Row{"", "right"})
	}
	add := func(what string, n *harness.Number) {
		switch {
		case n == nil:
		case n.Index:
			t.AppendRow(table.Row{what, n})
		default:
			t.AppendRow(table.Row{what, n, n.Hex(), n.Bits()})
		}
	}
	add("A", p.A)
	add("B", p.B)
	add("reference", p.Reference)
	t.Render()
	fmt.Fprintln(out)
}

func steps(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// bisectJSON is the object of bisect --json. Floats are strings in Go's %x form, so that no bit is lost.
type bisectJSON struct {
	Schema     string      `json:"schema"`
	Contract   string      `json:"contract"`
	Experiment string      `json:"experiment"`
	DType      string      `json:"dtype"`
	A          sideJSON    `json:"a"`
	B          sideJSON    `json:"b"`
	Steps      int         `json:"steps"`
	Compared   int         `json:"compared"`
	Same       bool        `json:"same"`
	Summary    string      `json:"summary"`
	Parted     *partedJSON `json:"parted"`
	Notes      []string    `json:"notes"`
}

type sideJSON struct {
	Kernel  string `json:"kernel,omitempty"`
	Threads int    `json:"threads,omitempty"`
	Trace   string `json:"trace,omitempty"`
}

// partedJSON is where two sides part. What there is none of is left out, or null.
type partedJSON struct {
	Phase        string      `json:"phase,omitempty"`
	Step         *int        `json:"step"`
	From         int         `json:"from"` // steps done where all weights were the same last
	To           int         `json:"to"`   // and where they differ
	Layer        *int        `json:"layer"`
	Sample       *int        `json:"sample"`
	Output       *int        `json:"output"`
	Input        *int        `json:"input"`
	Bias         bool        `json:"bias,omitempty"`
	A            *numberJSON `json:"a"`
	B            *numberJSON `json:"b"`
	Reference    *numberJSON `json:"reference"`
	ULP          *uint64     `json:"ulp"`
	Differ       int         `json:"differ"`
	Of           int         `json:"of"`
	MaxULP       uint64      `json:"max_ulp"`
	Wrong        string      `json:"wrong,omitempty"`
	Hint         string      `json:"hint,omitempty"`
	Reproducible bool        `json:"reproducible"`
}

// numberJSON is a float, or the index of a sample.
type numberJSON struct {
	Value string `json:"value,omitempty"`
	Bits  string `json:"bits,omitempty"`
	Index *int   `json:"index,omitempty"`
}

func bisectReport(b *harness.Bisection) bisectJSON {
	return bisectJSON{
		Schema: "samebits/bisect/1", Contract: kernel.Contract, Experiment: b.Experiment.Name, DType: b.Experiment.DType,
		A: sideReport(b.A), B: sideReport(b.B), Steps: b.Steps, Compared: b.Compared, Same: b.Parting == nil, Summary: b.Summary(),
		Parted: partedReport(b), Notes: orEmpty(b.Notes),
	}
}

func sideReport(s harness.Side) sideJSON {
	if s.Trace != nil {
		return sideJSON{Trace: s.Name}
	}
	return sideJSON{Kernel: s.Kernel, Threads: s.Threads}
}

func partedReport(b *harness.Bisection) *partedJSON {
	p := b.Parting
	if p == nil {
		return nil
	}
	known := func(i int) *int {
		if i < 0 {
			return nil
		}
		return &i
	}
	r := &partedJSON{
		Phase: p.Phase, From: p.From, To: p.To, Layer: known(p.Layer), Sample: known(p.Sample), Output: known(p.Output), Input: known(p.Input),
		Bias: p.Bias, A: numberReport(p.A), B: numberReport(p.B), Reference: numberReport(p.Reference), Differ: p.Differ, Of: p.Of,
		MaxULP: p.MaxULP, Wrong: b.Departs(), Hint: p.Hint, Reproducible: !p.Irreproducible,
	}
	if p.Phase != "" {
		r.Step = &p.Step
	}
	if ulp, ok := p.ULP(); ok {
		r.ULP = &ulp
	}
	return r
}

func numberReport(n *harness.Number) *numberJSON {
	switch {
	case n == nil:
		return nil
	case n.Index:
		i := int(n.Value)
		return &numberJSON{Index: &i}
	}
	return &numberJSON{Value: n.Hex(), Bits: n.Bits()}
}
