package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// report is what verify found.
type report struct {
	Cells    []cell   `json:"results"`
	Obsolete []string `json:"obsolete,omitempty"` // golden traces without their experiment
}

// report shows what was found and returns how verify ends. What was interrupted has neither a JUnit report nor a step
// summary: one of half the cells would read as a success.
func (f *verifyFlags) report(cmd *cobra.Command, m matrix, r report, interrupted error) error {
	if len(r.Cells) == 0 { // interrupted before the first
		return interrupted
	}
	out, notes := cmd.OutOrStdout(), cmd.OutOrStdout()
	if f.json {
		notes = cmd.ErrOrStderr() // stdout is one object
		if err := writeJSON(out, r); err != nil {
			return err
		}
	} else {
		showCells(out, r.Cells)
		for _, file := range r.Obsolete {
			fmt.Fprintf(out, "\n%s\n", aboutObsolete(file))
		}
	}
	r.annotate(notes, f.allowNoData)
	if interrupted != nil {
		return interrupted
	}
	return errors.Join(f.writeReports(m, &r), r.outcome(f.allowNoData))
}

// writeReports writes the files that were asked for, each though another cannot be written.
func (f *verifyFlags) writeReports(m matrix, r *report) error {
	var errs []error
	if f.junit != "" {
		if err := writeJUnit(f.junit, r); err != nil {
			errs = append(errs, failed(fmt.Errorf("--junit: %w", err)))
		}
	}
	if path := os.Getenv(stepSummaryVariable); path != "" {
		if err := r.appendSummary(path, m.kernels, len(m.kernels)*len(m.threads)); err != nil {
			errs = append(errs, failed(fmt.Errorf("%s: %w", stepSummaryVariable, err)))
		}
	}
	return errors.Join(errs...)
}

// outcome is that of the cells, but that an obsolete golden trace is no success.
func (r *report) outcome(allowNoData bool) error {
	err := outcome(r.Cells, allowNoData)
	if err == nil && len(r.Obsolete) > 0 {
		return &exitError{code: exitDiffers}
	}
	return err
}

// plain is a text without what would steer a terminal.
func plain(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, printable(line))
	}
	return strings.Join(lines, "\n")
}
