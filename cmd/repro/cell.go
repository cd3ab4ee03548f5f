package main

import (
	"errors"
	"fmt"
	"io"
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

	elapsed time.Duration
	failed  error // of the run
}

// coloured is the verdict for a terminal.
func (c cell) coloured() string {
	switch c.Verdict {
	case isSame:
		return text.FgGreen.Sprint(c.Verdict)
	case noData:
		return text.FgYellow.Sprint(c.Verdict)
	}
	return text.FgRed.Sprint(c.Verdict)
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
	case c.Match, c.Verdict == noData && allowNoData:
		return 0
	}
	return exitDiffers
}

// outcome is an error with the worst exit code of all cells and the reason of each run that failed: a failed run is worse
// than bad data, and they are worse than a trace that differs or was not compared. Cells without data may be passed over,
// but not all of them.
func outcome(cells []cell, allowNoData bool) error {
	worst, compared := 0, false
	var reasons []error
	for _, c := range cells {
		worst = max(worst, c.exitCode(allowNoData))
		compared = compared || c.Digest != ""
		if c.failed != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", c.place(), c.failed))
		}
	}
	if !compared {
		worst = max(worst, exitDiffers)
	}
	if worst == 0 {
		return nil
	}
	return &exitError{worst, errors.Join(reasons...)}
}

func showCells(out io.Writer, cells []cell) {
	t := newTable(out)
	t.AppendHeader(table.Row{"experiment", "kernel", "threads", "golden", "time", "weights"})
	without := 0
	for _, c := range cells {
		t.AppendRow(table.Row{c.Experiment, c.Kernel, c.Threads, c.coloured(), c.elapsed.Round(10 * time.Microsecond), c.Digest})
		if c.Verdict == noData {
			without++
		}
	}
	t.Render()
	for _, c := range cells {
		if !c.Match && c.Verdict != noData {
			fmt.Fprintf(out, "\n%s: %s\n", c.place(), c.Text)
		}
	}
	if without > 0 {
		fmt.Fprintf(out, "\n%d of %d replays were not compared: no data\n", without, len(cells))
	}
}
