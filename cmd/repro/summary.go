package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/harness/picture"
)

// summary is what a sweep came to. A merged one has no sweep, only its identity.
type summary struct {
	sweep        *harness.ReadySweep
	id           string
	seeds        harness.Seeds
	options      *harness.Options
	distribution *harness.Distribution
	computed     int // rows that were not in the file already
	own          *ownJSON
	check        *checkJSON
	elapsed      time.Duration
}

// sweepJSON is the last line of sweep --json. The losses are in Go's %x form.
type sweepJSON struct {
	Schema     string `json:"schema"`
	Contract   string `json:"contract"`
	Experiment string `json:"experiment"`
	Sweep      string `json:"sweep"` // identity, as in the rows
	Seeds      string `json:"seeds"` // of these rows
	Rows       int    `json:"rows"`
	*scoresJSON
	Settings []scoresJSON `json:"settings,omitempty"` // where there are several
	Own      *ownJSON     `json:"own,omitempty"`
	Check    *checkJSON   `json:"check,omitempty"`
	Root     string       `json:"root"`
	Kernel   string       `json:"kernel,omitempty"`
	Threads  int          `json:"threads,omitempty"`
	Computed *int         `json:"computed,omitempty"` // rows that were not there already
	Seconds  *float64     `json:"seconds,omitempty"`
}

// scoresJSON is the distribution of one setting.
type scoresJSON struct {
	Set    []string    `json:"set,omitempty"`
	Failed int         `json:"failed"`
	Train  *countsJSON `json:"train,omitempty"` // nil where all runs failed
	Test   *countsJSON `json:"test,omitempty"`
}

type countsJSON struct {
	Runs      int            `json:"runs"`
	Total     int            `json:"total"` // samples
	Mean      float64        `json:"mean"`  // of the right answers
	Deviation float64        `json:"deviation"`
	Quantiles map[string]int `json:"quantiles"` // in percent
	Histogram histogramJSON  `json:"histogram"`
	Loss      momentsJSON    `json:"loss"`
}

// histogramJSON counts runs: bin i is of first+i*width right answers and the width-1 numbers after it.
type histogramJSON struct {
	First int      `json:"first"`
	Width int      `json:"width"`
	Runs  []uint64 `json:"runs"`
}

type momentsJSON struct {
	Mean      string `json:"mean"`
	Deviation string `json:"deviation"`
	Min       string `json:"min"`
	Max       string `json:"max"`
}

// ownJSON is where the experiment's own seed stands: how many runs told fewer samples rightly, as many, and more.
type ownJSON struct {
	Seed    uint32 `json:"seed"`
	Correct int    `json:"correct"`
	Below   uint64 `json:"below"`
	Same    uint64 `json:"same"`
	Above   uint64 `json:"above"`
}

// checkJSON is what came of replaying runs alone.
type checkJSON struct {
	Kernel string       `json:"kernel"`
	Runs   int          `json:"runs"`
	Differ []differJSON `json:"differ"`
}

// differJSON is two rows of one seed.
type differJSON struct {
	Sweep string `json:"sweep"`
	Alone string `json:"alone"`
}

// quantiles are those that a summary shows, in percent.
var quantiles = []int{0, 5, 25, 50, 75, 95, 100}

const bins = 20

func line(r *harness.Row) string { return strings.TrimSuffix(string(r.Append(nil)), "\n") }

// words returns contract, experiment and seeds, as the identity has them.
func (m *summary) words() (id string, words []string) {
	id = m.id
	if m.sweep != nil {
		id = m.sweep.ID
	}
	return id, strings.Split(id, " ")
}

func (m *summary) report() sweepJSON {
	id, words := m.words()
	r := sweepJSON{
		Schema: harness.SweepSchema, Contract: words[0], Experiment: words[1], Sweep: id, Seeds: words[2],
		Rows: m.distribution.Rows, Own: m.own, Check: m.check, Root: m.distribution.Root(),
	}
	if m.sweep != nil {
		seconds := m.elapsed.Seconds()
		r.Seeds, r.Kernel, r.Threads, r.Seconds, r.Computed = m.seeds.String(), m.options.Kernel, m.options.Threads, &seconds, &m.computed
	}
	for _, s := range m.distribution.Settings {
		r.Settings = append(r.Settings, scoresJSON{s.Set, s.Failed, countsReport(&s.Train), countsReport(&s.Test)})
	}
	if len(r.Settings) == 1 {
		r.scoresJSON, r.Settings = &r.Settings[0], nil
	}
	return r
}

func countsReport(c *harness.Counts) *countsJSON {
	if c.Runs == 0 {
		return nil
	}
	r := &countsJSON{Runs: c.Runs, Total: c.Total, Mean: c.Mean(), Deviation: c.Deviation(), Quantiles: map[string]int{}}
	for _, q := range quantiles {
		r.Quantiles[fmt.Sprint(q)] = c.Quantile(q)
	}
	r.Histogram.First, r.Histogram.Width, r.Histogram.Runs = c.Bins(bins)
	r.Loss = momentsJSON{hex(c.Loss.Mean), hex(c.Loss.Deviation()), hex(c.Loss.Min), hex(c.Loss.Max)}
	return r
}

// failures returns the number of runs that failed.
func (m *summary) failures() (n int) {
	for _, s := range m.distribution.Settings {
		n += s.Failed
	}
	return n
}

// outcome is how the sweep ends: a failed run is worse than one that differs from what it gives alone.
func (m *summary) outcome() error {
	if n := m.failures(); n > 0 {
		return failed(fmt.Errorf("%d of %d runs failed; their rows say why", n, m.distribution.Rows))
	}
	if m.check != nil && len(m.check.Differ) > 0 {
		return &exitError{exitDiffers, fmt.Errorf("%d of %d runs differ from what they give alone", len(m.check.Differ), m.check.Runs)}
	}
	return nil
}

func (m *summary) show(out io.Writer) {
	_, words := m.words()
	on := ""
	if m.sweep != nil {
		words[2] = m.seeds.String()
		on = fmt.Sprintf(" on kernel %s", m.options.Kernel)
	}
	fmt.Fprintf(out, "%s, seeds %s%s, arithmetic %s\n\n", words[1], words[2], on, words[0])
	if len(m.distribution.Settings) == 1 {
		m.showOne(out, m.distribution.Settings[0])
	} else {
		m.showAll(out)
	}
	m.showCheck(out)
	fmt.Fprintf(out, "root      %s\n", m.distribution.Root())
	if m.sweep == nil {
		return
	}
	if m.computed == 0 {
		fmt.Fprintln(out, "time      all rows were there already")
		return
	}
	fmt.Fprintf(out, "time      %v, %v a run, threads %d\n", m.elapsed.Round(time.Millisecond),
		(m.elapsed / time.Duration(m.computed)).Round(100*time.Nanosecond), m.options.Threads)
}

// showOne shows a sweep of one setting.
func (m *summary) showOne(out io.Writer, s *harness.Scores) {
	failed := ""
	if s.Failed > 0 {
		failed = fmt.Sprintf(", and %d that failed", s.Failed)
	}
	fmt.Fprintf(out, "runs      %d%s\n", s.Train.Runs, failed)
	if s.Train.Runs == 0 {
		return
	}
	showCounts(out, "", &s.Train)
	if s.Test.Runs > 0 {
		showCounts(out, "test ", &s.Test)
	}
	if o := m.own; o != nil {
		fmt.Fprintf(out, "own seed  %d: %d right; %s fewer, %d as many, %d more\n", o.Seed, o.Correct, runs(o.Below), o.Same, o.Above)
	}
	fmt.Fprintln(out)
	showHistogram(out, &s.Train)
	fmt.Fprintln(out)
}

func runs(n uint64) string {
	if n == 1 {
		return "1 run has"
	}
	return fmt.Sprintf("%d runs have", n)
}

func showCounts(out io.Writer, of string, c *harness.Counts) {
	mean := c.Mean()
	fmt.Fprintf(out, "%-9s mean %.2f of %d (%.2f %%), deviation %.2f\n", of+"right", mean, c.Total, 100*mean/float64(c.Total), c.Deviation())
	var words []string
	for _, q := range quantiles {
		name := fmt.Sprintf("%d %%", q)
		switch q {
		case 0:
			name = "least"
		case 50:
			name = "median"
		case 100:
			name = "most"
		}
		words = append(words, fmt.Sprintf("%s %d", name, c.Quantile(q)))
	}
	fmt.Fprintf(out, "          %s\n", strings.Join(words, ", "))
	fmt.Fprintf(out, "%-9s mean %.6g, deviation %.6g, from %.6g to %.6g\n", of+"loss", c.Loss.Mean, c.Loss.Deviation(), c.Loss.Min, c.Loss.Max)
}

// showHistogram draws a bar for each bin, none so short that a run would not be seen.
func showHistogram(out io.Writer, c *harness.Counts) {
	const longest = 50
	first, width, counts := c.Bins(bins)
	most := slices.Max(counts)
	digits := len(fmt.Sprint(c.Total))
	fmt.Fprintf(out, "runs by right answers out of %d\n", c.Total)
	for i, n := range counts {
		from := first + i*width
		bar := strings.Repeat("█", int((n*longest+most-1)/most))
		if width == 1 {
			fmt.Fprintf(out, "%*d  %s %d\n", digits, from, bar, n)
		} else {
			fmt.Fprintf(out, "%*d to %*d  %s %d\n", digits, from, digits, from+width-1, bar, n)
		}
	}
}

// showAll shows a sweep of several settings, a line for each.
func (m *summary) showAll(out io.Writer) {
	t := newTable(out)
	t.AppendHeader(table.Row{"setting", "runs", "failed", "mean right", "deviation", "least", "25 %", "median", "75 %", "most", "mean loss"})
	for _, s := range m.distribution.Settings {
		row := table.Row{printable(strings.Join(s.Set, " ")), s.Train.Runs, s.Failed}
		if c := &s.Train; c.Runs > 0 {
			row = append(row, fmt.Sprintf("%.2f", c.Mean()), fmt.Sprintf("%.2f", c.Deviation()),
				c.Quantile(0), c.Quantile(25), c.Quantile(50), c.Quantile(75), c.Quantile(100), fmt.Sprintf("%.6g", c.Loss.Mean))
		}
		t.AppendRow(row)
	}
	t.Render()
	fmt.Fprintln(out)
}

func (m *summary) showCheck(out io.Writer) {
	if m.check == nil {
		return
	}
	if len(m.check.Differ) == 0 {
		fmt.Fprintf(out, "check     %d runs alone on kernel %s: the same bits\n", m.check.Runs, m.check.Kernel)
		return
	}
	fmt.Fprintf(out, "check     %d of %d runs differ from what they give alone on kernel %s\n", len(m.check.Differ), m.check.Runs, m.check.Kernel)
	for _, d := range m.check.Differ {
		fmt.Fprintf(out, "  sweep   %s\n  alone   %s\n", printable(d.Sweep), printable(d.Alone))
	}
}

// draw writes the histogram as a picture.
func (m *summary) draw(path string) error {
	c := &m.distribution.Settings[0].Train
	if c.Runs == 0 {
		return fmt.Errorf("%s: all runs failed", path)
	}
	_, words := m.words()
	own := -1
	if m.own != nil {
		own = m.own.Correct
	}
	first, width, counts := c.Bins(2 * bins)
	p, err := picture.Histogram(fmt.Sprintf("%s, %d runs", words[1], c.Runs), fmt.Sprintf("right answers out of %d", c.Total), first, width, counts, own)
	if err != nil {
		return err
	}
	content := p.PNG
	if strings.EqualFold(filepath.Ext(path), ".svg") {
		content = p.SVG
	}
	b, err := content()
	if err != nil {
		return err
	}
	return harness.WriteFile(path, b)
}
