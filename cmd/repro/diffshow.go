package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/samebits/samebits/harness"
)

// showDiff shows a comparison to people.
func showDiff(out io.Writer, c *harness.Comparison) {
	for _, side := range []struct {
		letter string
		curve  *harness.Curve
		only   []int
	}{{"A", c.A, c.OnlyA}, {"B", c.B, c.OnlyB}} {
		fmt.Fprintf(out, "%s       %s\n", side.letter, about(side.curve))
	}
	fmt.Fprintf(out, "points  %s\n\n", points(c))
	showSeries(out, c)
	if i := c.FirstBits(); i >= 0 {
		showPoint(out, c, i, "bit")
	}
	if i := c.First(); i >= 0 && i != c.FirstBits() {
		showPoint(out, c, i, "number beyond its mode")
	}
	showFinal(out, c.Final)
	showGrowth(out, c)
	for _, note := range c.Notes {
		fmt.Fprintf(out, "note: %s\n", printable(note))
	}
	summary := c.Summary()
	for _, reason := range c.Reasons {
		if !strings.Contains(summary, reason) {
			fmt.Fprintln(out, printable(reason))
		}
	}
	colour := text.FgRed
	switch c.Verdict {
	case harness.Same:
		colour = text.FgGreen
	case harness.SameWithin:
		colour = text.FgYellow
	}
	rest, _ := strings.CutPrefix(summary, c.Verdict)
	fmt.Fprintf(out, "%s%s\n", colour.Sprint(c.Verdict), printable(rest))
}

// about says what a curve is.
func about(c *harness.Curve) string {
	words := []string{c.Name, c.Kind}
	if c.Facts.Experiment != "" {
		words = append(words, fmt.Sprintf("of %.64s", c.Facts.Experiment))
	}
	if c.Facts.Network != "" {
		words = append(words, c.Facts.Network)
	}
	words = append(words, fmt.Sprintf("%d points, steps %d to %d", len(c.Steps), c.Steps[0], c.Steps[len(c.Steps)-1]))
	return printable(strings.Join(words, ", "))
}

// points says which points are shared.
func points(c *harness.Comparison) string {
	s := "none shared"
	if n := len(c.Steps); n > 0 {
		s = fmt.Sprintf("%d shared, steps %d to %d", n, c.Steps[0], c.Steps[n-1])
	}
	for _, only := range []struct {
		letter string
		steps  []int
	}{{"A", c.OnlyA}, {"B", c.OnlyB}} {
		if n := len(only.steps); n > 0 {
			s += fmt.Sprintf("; %d only in %s, steps %d to %d", n, only.letter, only.steps[0], only.steps[n-1])
		}
	}
	return s
}

// seriesRow is a series in words, for tables.
type seriesRow struct{ name, mode, compared, bits, beyond, first, ulp, ulpAt, relative, relativeAt string }

func (r seriesRow) cells() []string {
	return []string{r.name, r.mode, r.compared, r.bits, r.beyond, r.first, r.ulp, r.ulpAt, r.relative, r.relativeAt}
}

var seriesHeading = seriesRow{"series", "mode", "compared", "bits differ", "beyond mode", "first at step",
	"largest ulp", "at step", "largest relative", "at step"}

// seriesRows returns a row for each series, then one for the weights.
func seriesRows(c *harness.Comparison) (rows []seriesRow) {
	step := func(i int) string {
		if i < 0 {
			return ""
		}
		return strconv.Itoa(c.Steps[i])
	}
	for _, s := range c.Series {
		r := seriesRow{s.Name, s.Mode.String(), strconv.Itoa(len(s.A)), strconv.Itoa(s.Bits), strconv.Itoa(s.Differ), step(s.First),
			strconv.FormatUint(s.MaxULP, 10), step(s.ULPAt), fmt.Sprintf("%.3g", s.MaxRel), step(s.RelAt)}
		if s.Endless > 0 {
			r.ulp, r.relative = r.ulp+", some not finite", r.relative+", some not finite"
		}
		if strings.HasSuffix(s.Name, "correct") {
			r.ulp, r.ulpAt = "", "" // counts have none
		}
		rows = append(rows, r)
	}
	if w := c.Weights; w.Compared > 0 {
		r := seriesRow{name: "weights", mode: "no say", compared: strconv.Itoa(w.Compared), bits: strconv.Itoa(w.Differ), first: step(w.First)}
		if w.Decide {
			r.mode, r.beyond = "bits", r.bits
		}
		rows = append(rows, r)
	}
	return rows
}

func showSeries(out io.Writer, c *harness.Comparison) {
	rows := seriesRows(c)
	if rows == nil {
		return
	}
	t := newTable(out)
	row := func(cells []string) table.Row {
		var r table.Row
		for _, c := range cells {
			r = append(r, c)
		}
		return r
	}
	t.AppendHeader(row(seriesHeading.cells()))
	for _, r := range rows {
		t.AppendRow(row(r.cells()))
	}
	t.Render()
	fmt.Fprintln(out)
}

// showPoint shows what differs at point i, the first of its kind.
func showPoint(out io.Writer, c *harness.Comparison, i int, what string) {
	fmt.Fprintf(out, "first %s that differs: step %d\n", what, c.Steps[i])
	t := newTable(out)
	t.AppendHeader(table.Row{"", "", "decimal", "hexadecimal", "bits", "apart"})
	for _, s := range c.Series {
		if s.SameBits(i) {
			continue
		}
		t.AppendRow(table.Row{s.Name, "A", decimal(s.A[i]), hex(s.A[i]), bitsOf(s.A[i]), distance(s, i)})
		t.AppendRow(table.Row{"", "B", decimal(s.B[i]), hex(s.B[i]), bitsOf(s.B[i]), ""})
	}
	t.Render()
	if a, b := c.Weights.At(i); a != "" && b != "" && a != b {
		fmt.Fprintf(out, "weights  A  %s\n         B  %s\n", a, b)
	}
	fmt.Fprintln(out)
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func bitsOf(v float64) string { return fmt.Sprintf("%016x", math.Float64bits(v)) }

// distance writes how far the two numbers of a point are apart.
func distance(s *harness.SeriesDifference, i int) string {
	ulp, ok := harness.ULPs(s.A[i], s.B[i])
	if !ok {
		return "not finite"
	}
	if strings.HasSuffix(s.Name, "correct") {
		return fmt.Sprintf("%g", math.Abs(s.A[i]-s.B[i]))
	}
	relative, _ := harness.Relative(s.A[i], s.B[i])
	return fmt.Sprintf("%d ulp, relative %.3g", ulp, relative)
}

// showGrowth draws how far the curves are apart, where they are at all.
func showGrowth(out io.Writer, c *harness.Comparison) {
	for _, s := range c.Drawn() {
		if apart := s.Apart(); slices.Max(apart) > 0 {
			chart(out, fmt.Sprintf("%s, steps %d to %d: %s", s.Name, c.Steps[0], c.Steps[len(c.Steps)-1], harness.ApartLabel), peaks(apart), 1)
			fmt.Fprintln(out)
		}
	}
}

// peaks makes as many values as a chart has columns of more of them, each the largest of its column: the chart takes
// values between points, where a lone difference would all but vanish.
func peaks(values []float64) []float64 {
	n := len(values)
	if n <= chartWidth {
		return values
	}
	largest := make([]float64, chartWidth)
	for i, v := range values {
		column := i * chartWidth / n
		largest[column] = max(largest[column], v)
	}
	return largest
}

// markdownDiff prints the verdict, a table of the series, and the first numbers that differ.
func markdownDiff(out io.Writer, c *harness.Comparison) {
	line := func(cells ...string) {
		for i, c := range cells {
			cells[i] = markdown(c)
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
	}
	ruler := func(n int) { fmt.Fprintf(out, "|%s\n", strings.Repeat("---|", n)) }
	summary := c.Summary()
	fmt.Fprintf(out, "**%s**\n\n", markdown(summary))
	for _, r := range c.Reasons {
		if !strings.Contains(summary, r) {
			fmt.Fprintf(out, "- %s\n", markdown(r))
		}
	}
	for _, n := range c.Notes {
		fmt.Fprintf(out, "- note: %s\n", markdown(n))
	}
	fmt.Fprintf(out, "- A: %s\n- B: %s\n- points: %s\n", markdown(about(c.A)), markdown(about(c.B)), points(c))
	if rows := seriesRows(c); rows != nil {
		fmt.Fprintln(out)
		line(seriesHeading.cells()...)
		ruler(len(seriesHeading.cells()))
		for _, r := range rows {
			line(r.cells()...)
		}
	}
	defer markdownFinal(out, c.Final, line, ruler)
	i := c.FirstBits()
	if i < 0 {
		return
	}
	fmt.Fprintln(out)
	line("first bit that differs", "step", "A", "B", "A, hexadecimal", "B, hexadecimal", "apart")
	ruler(7)
	for _, s := range c.Series {
		if !s.SameBits(i) {
			line(s.Name, strconv.Itoa(c.Steps[i]), decimal(s.A[i]), decimal(s.B[i]), hex(s.A[i]), hex(s.B[i]), distance(s, i))
		}
	}
	if a, b := c.Weights.At(i); a != "" && b != "" && a != b {
		line("weights", strconv.Itoa(c.Steps[i]), a, b, "", "", "")
	}
}

// markdown keeps a text what it is in a cell of a table.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`).Replace(printable(s))
}

// diffJSON is the object of diff --json. Floats are strings in Go's %x form, so that no bit is lost.
type diffJSON struct {
	Schema      string            `json:"schema"`
	Same        bool              `json:"same"`
	Verdict     string            `json:"verdict"`
	Summary     string            `json:"summary"`
	Reasons     []string          `json:"reasons"`
	Notes       []string          `json:"notes"`
	A           curveJSON         `json:"a"`
	B           curveJSON         `json:"b"`
	Mode        map[string]string `json:"mode"` // by series
	Points      int               `json:"points"`
	OnlyA       int               `json:"only_a"`
	OnlyB       int               `json:"only_b"`
	FirstStep   *int              `json:"first_step"`
	FirstBits   *int              `json:"first_step_bits"`
	Series      []seriesJSON      `json:"series"`
	Weights     digestsJSON       `json:"weights"`
	Final       *finalJSON        `json:"final"` // or null
	Differences []differenceJSON  `json:"differences"`
}

type curveJSON struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Points     int    `json:"points"`
	FirstStep  int    `json:"first_step"`
	LastStep   int    `json:"last_step"`
	Contract   string `json:"contract,omitempty"`
	Experiment string `json:"experiment,omitempty"`
}

type seriesJSON struct {
	Name        string  `json:"name"`
	Mode        string  `json:"mode"`
	Compared    int     `json:"compared"`
	Bits        int     `json:"bits_differ"`
	Differ      int     `json:"differ"`
	FirstStep   *int    `json:"first_step"`
	MaxULP      *uint64 `json:"max_ulp,omitempty"`
	ULPStep     *int    `json:"max_ulp_step,omitempty"`
	MaxRelative string  `json:"max_relative"`
	RelStep     *int    `json:"max_relative_step"`
	NotFinite   int     `json:"not_finite"`
}

type digestsJSON struct {
	Decide    bool `json:"decide"`
	Compared  int  `json:"compared"`
	Differ    int  `json:"differ"`
	FirstStep *int `json:"first_step"`
}

// differenceJSON is two numbers whose bits differ.
type differenceJSON struct {
	Step     int     `json:"step"`
	Series   string  `json:"series"`
	A        string  `json:"a"`
	B        string  `json:"b"`
	ABits    string  `json:"a_bits"`
	BBits    string  `json:"b_bits"`
	ULP      *uint64 `json:"ulp,omitempty"`
	Relative string  `json:"relative,omitempty"`
	Within   bool    `json:"within"` // the series' mode
}

func diffReport(c *harness.Comparison) diffJSON {
	step := func(i int) *int {
		if i < 0 {
			return nil
		}
		return &c.Steps[i]
	}
	w := c.Weights
	report := diffJSON{
		Schema: "samebits/diff/1", Same: c.Passes(), Verdict: c.Verdict, Summary: c.Summary(), Reasons: orEmpty(c.Reasons), Notes: orEmpty(c.Notes),
		A: curveReport(c.A), B: curveReport(c.B), Mode: map[string]string{},
		Points: len(c.Steps), OnlyA: len(c.OnlyA), OnlyB: len(c.OnlyB), FirstStep: step(c.First()), FirstBits: step(c.FirstBits()),
		Series: []seriesJSON{}, Weights: digestsJSON{w.Decide && w.Compared > 0, w.Compared, w.Differ, step(w.First)},
		Final:       finalReport(c.Final),
		Differences: []differenceJSON{},
	}
	for _, name := range c.LeftOut {
		report.Mode[name] = "skip"
	}
	for _, s := range c.Series {
		report.Mode[s.Name] = s.Mode.String()
		one := seriesJSON{
			Name: s.Name, Mode: s.Mode.String(), Compared: len(s.A), Bits: s.Bits, Differ: s.Differ, FirstStep: step(s.First),
			MaxRelative: hex(s.MaxRel), RelStep: step(s.RelAt), NotFinite: s.Endless,
		}
		if !strings.HasSuffix(s.Name, "correct") {
			one.MaxULP, one.ULPStep = &s.MaxULP, step(s.ULPAt)
		}
		report.Series = append(report.Series, one)
	}
	for i := range c.Steps {
		for _, s := range c.Series {
			if !s.SameBits(i) {
				report.Differences = append(report.Differences, differenceReport(c, s, i))
			}
		}
	}
	return report
}

func differenceReport(c *harness.Comparison, s *harness.SeriesDifference, i int) differenceJSON {
	a, b := s.A[i], s.B[i]
	d := differenceJSON{Step: c.Steps[i], Series: s.Name, A: hex(a), B: hex(b), ABits: bitsOf(a), BBits: bitsOf(b), Within: s.Mode.Same(a, b)}
	if ulp, ok := harness.ULPs(a, b); ok && !strings.HasSuffix(s.Name, "correct") {
		d.ULP = &ulp
	}
	if r, ok := harness.Relative(a, b); ok {
		d.Relative = hex(r)
	}
	return d
}

func curveReport(c *harness.Curve) curveJSON {
	return curveJSON{c.Name, c.Kind, len(c.Steps), c.Steps[0], c.Steps[len(c.Steps)-1], c.Facts.Contract, c.Facts.Experiment}
}

func orEmpty(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}
