package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// The verdicts on a replay.
const (
	isSame   = "same"
	differs  = "differs"
	hasFail  = "failed"
	noData   = "no data"
	noGolden = "no golden"
	noKernel = "not on this CPU" // nor in this build
)

// cell is the outcome of one replay. Text says how it differs, or why it could not be compared.
type cell struct {
	Experiment string `json:"experiment"`
	Kernel     string `json:"kernel"`
	Threads    int    `json:"threads"`
	Match      bool   `json:"match"`
	Digest     string `json:"digest"`
	Verdict    string `json:"verdict"`
	Text       string `json:"difference,omitempty"`

	Parted *partedJSON `json:"parted,omitempty"` // where a replay that differs parts first

	Seconds  float64 `json:"seconds"`            // of the whole replay; 0 where nothing was compared
	Rate     float64 `json:"samples_per_second"` // trained on, by the time of the whole replay
	Emulated bool    `json:"emulated,omitempty"`

	elapsed time.Duration
	trained float64 // samples, each counted as often as it was taken
	failed  error   // of the run
	excused bool    // whether it may be passed over, having no kernel
}

// words is the verdict for people.
func (c cell) words() string {
	if c.Emulated {
		return c.Verdict + " (emulated)"
	}
	return c.Verdict
}

// coloured is the verdict for a terminal.
func (c cell) coloured() string {
	switch c.Verdict {
	case isSame:
		return text.FgGreen.Sprint(c.words())
	case noData, noKernel:
		return text.FgYellow.Sprint(c.words())
	}
	return text.FgRed.Sprint(c.words())
}

// took notes the time of a replay, and what was trained in it.
func (c *cell) took(elapsed time.Duration, trained float64) {
	c.elapsed, c.trained = elapsed, trained
	c.Seconds = elapsed.Seconds()
	c.Rate = perSecond(trained, elapsed)
}

// perSecond is n by time; 0 where no time has passed, as on a clock that is too coarse.
func perSecond(n float64, elapsed time.Duration) float64 {
	if elapsed <= 0 {
		return 0
	}
	return n / elapsed.Seconds()
}

// place says which replay the cell is of.
func (c cell) place() string {
	return fmt.Sprintf("%s, kernel %s, threads %d", c.Experiment, c.Kernel, c.Threads)
}

// exitCode is what a verify of this cell alone would end with, if it may pass over cells without data.
func (c cell) exitCode(allowNoData bool) int {
	switch {
	case c.failed != nil:
		return exitCode(runError(c.failed))
	case c.Match, c.excused, c.Verdict == noData && allowNoData:
		return 0
	}
	return exitDiffers
}

// outcome is an error with the worst exit code of all cells and the reason of each run that failed: a failed run is worse
// than bad data, and they are worse than a trace that differs or was not compared. Cells without data or kernel may be
// passed over, but not all of them.
func outcome(cells []cell, allowNoData bool) error {
	worst := 0
	var reasons []error
	for _, c := range cells {
		worst = max(worst, c.exitCode(allowNoData))
		if c.failed != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", c.place(), c.failed))
		}
	}
	if !compared(cells) {
		worst = max(worst, exitDiffers)
	}
	if worst == 0 {
		return nil
	}
	return &exitError{worst, errors.Join(reasons...)}
}

// compared reports whether anything was.
func compared(cells []cell) bool {
	return slices.ContainsFunc(cells, func(c cell) bool { return c.Digest != "" })
}

func showCells(out io.Writer, cells []cell) {
	t := newTable(out)
	t.AppendHeader(table.Row{"experiment", "kernel", "threads", "golden", "time", "weights", "samples/s"})
	for _, c := range cells {
		t.AppendRow(table.Row{c.Experiment, c.Kernel, c.Threads, c.coloured(), c.elapsed.Round(10 * time.Microsecond), c.Digest, short(c.Rate)})
	}
	t.Render()
	fmt.Fprintf(out, "\n%s\n", totals(cells))
	for _, c := range cells {
		if !c.Match && c.Verdict != noData && c.Verdict != noKernel {
			fmt.Fprintln(out)
			for line := range strings.Lines(c.Text) { // none of which may begin like a command of a CI system
				fmt.Fprintf(out, "%s: %s\n", c.place(), printable(line))
			}
		}
	}
	for _, v := range []string{noKernel, noData} {
		if n := countOf(cells, v); n > 0 {
			fmt.Fprintf(out, "\n%d of %d replays were not compared: %s\n", n, len(cells), v)
		}
	}
}

func countOf(cells []cell, verdict string) (n int) {
	for _, c := range cells {
		if c.Verdict == verdict {
			n++
		}
	}
	return n
}

// totals is a line that says what the replays came to. Time and rate are of those that were compared.
func totals(cells []cell) string {
	var elapsed time.Duration
	var trained float64
	for _, c := range cells {
		elapsed += c.elapsed
		trained += c.trained
	}
	var parts []string
	for _, v := range []string{isSame, differs, hasFail, noGolden, noKernel, noData} {
		if n := countOf(cells, v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	line := fmt.Sprintf("%d replays: %s", len(cells), strings.Join(parts, ", "))
	if len(cells) == 1 {
		line = "1 replay: " + parts[0]
	}
	if elapsed == 0 {
		return line
	}
	return fmt.Sprintf("%s; %v, %s samples/s", line, elapsed.Round(10*time.Microsecond), short(perSecond(trained, elapsed)))
}

// short writes a rate in three digits and a unit of thousands; nothing for none.
func short(rate float64) string {
	if rate == 0 {
		return ""
	}
	units := []string{"", "k", "M", "G", "T"}
	for len(units) > 1 && rate >= 999.5 {
		rate, units = rate/1000, units[1:]
	}
	return fmt.Sprintf("%.3g%s", rate, units[0])
}
