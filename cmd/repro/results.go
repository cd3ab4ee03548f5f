package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/harness"
)

// results says where the rows of a sweep and its summary go.
type results struct {
	out        string
	json       bool
	histograms []string
}

func (r *results) flags(f *pflag.FlagSet) {
	f.StringVar(&r.out, "out", "", "write a row for each seed to `file`")
	f.BoolVar(&r.json, "json", false, "print the rows, then the summary, a JSON object in each line")
	f.StringArrayVar(&r.histograms, "histogram", nil, "draw how many samples the runs told rightly into `file`, .png or .svg (repeatable)")
}

// check refuses files that cannot be written.
func (r *results) check(cmd *cobra.Command) error {
	if r.out == "" && cmd.Flags().Changed("out") {
		return errors.New("--out: want a file")
	}
	for _, h := range r.histograms {
		if err := checkPicture(h); err != nil {
			return fmt.Errorf("--histogram: %w", err)
		}
		if r.out != "" && filepath.Clean(h) == filepath.Clean(r.out) {
			return fmt.Errorf("--histogram: %s is the file of --out", h)
		}
	}
	return nil
}

func checkPicture(path string) error {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".png" && ext != ".svg" {
		return fmt.Errorf("%q: want a name that ends in .png or .svg", path)
	}
	return checkReport(path)
}

// rowSink takes the rows of a sweep.
type rowSink struct {
	path   string
	file   *os.File // or nil
	rows   *bufio.Writer
	stdout *bufio.Writer // or nil
	line   []byte
}

// open opens the file of --out, which stays as it is.
func (r *results) open(cmd *cobra.Command) (*rowSink, error) {
	s := r.printing(cmd)
	if r.out == "" {
		return s, nil
	}
	if info, err := os.Stat(r.out); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("--out: %s: not a regular file", r.out)
	}
	f, err := os.OpenFile(r.out, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("--out: %s: %w", r.out, err)
	}
	s.file, s.rows = f, bufio.NewWriterSize(f, 1<<16)
	return s, nil
}

// printing returns a sink that prints rows, if they are to be printed.
func (r *results) printing(cmd *cobra.Command) *rowSink {
	s := &rowSink{path: r.out}
	if r.json {
		s.stdout = bufio.NewWriterSize(cmd.OutOrStdout(), 1<<16)
	}
	return s
}

// resume reads the rows that the file has already, and returns their number. What follows the last is cut off.
func (s *rowSink) resume(w *harness.ReadySweep, seeds harness.Seeds, c *collector) (int, error) {
	if s.file == nil {
		return 0, nil
	}
	had, size, err := w.Resume(s.path, s.file, seeds, func(r *harness.Row) error {
		c.add(r)
		return s.print(r)
	})
	if err != nil {
		return 0, fmt.Errorf("%w; give --out another file", err)
	}
	if err := s.file.Truncate(size); err != nil {
		return 0, failed(err)
	}
	if _, err := s.file.Seek(size, io.SeekStart); err != nil {
		return 0, failed(err)
	}
	return had, nil
}

// write takes a row, which is in the file after the next flush.
func (s *rowSink) write(r *harness.Row) error {
	if err := s.print(r); err != nil || s.rows == nil {
		return err
	}
	_, err := s.rows.Write(s.line)
	return err
}

// print prints a row to stdout, if it is to be there.
func (s *rowSink) print(r *harness.Row) error {
	s.line = r.Append(s.line[:0])
	if s.stdout == nil {
		return nil
	}
	_, err := s.stdout.Write(s.line)
	return err
}

// flush writes out what has been taken.
func (s *rowSink) flush() error {
	var err error
	if s.stdout != nil {
		err = s.stdout.Flush()
	}
	if s.rows != nil {
		err = errors.Join(err, s.rows.Flush())
	}
	return err
}

// close flushes and closes the file. It may be called twice.
func (s *rowSink) close() error {
	err := s.flush()
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
		s.file, s.rows = nil, nil
	}
	return err
}

// finish shows the summary and draws the histograms. It returns how the sweep ends.
func (r *results) finish(cmd *cobra.Command, m *summary) error {
	out := cmd.OutOrStdout()
	if r.json {
		if err := writeJSON(out, m.report()); err != nil {
			return err
		}
	} else {
		m.show(out)
	}
	var undrawn error
	for _, path := range r.histograms {
		if err := m.draw(path); err != nil {
			undrawn = errors.Join(undrawn, fmt.Errorf("--histogram: %w", err))
		}
	}
	if undrawn != nil {
		return failed(errors.Join(undrawn, m.outcome()))
	}
	return m.outcome()
}

func newMerge() *cobra.Command {
	var r results
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Join the files of a sweep's shards",
		Long: `Merge joins the rows of a sweep that were computed in shards, or several times on different machines. A seed may be in
several files. Two different rows of one seed are shown and end it with exit code 1: the machines do not agree. Rows that
are missing, out of order or of another sweep end it with exit code 2.`,
		Example: `  repro sweep merge shard1.jsonl shard2.jsonl --out all.jsonl
  repro sweep merge laptop.jsonl server.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("merge: which files?")
			}
			if err := r.check(cmd); err != nil {
				return err
			}
			return r.merge(cmd, args)
		},
	}
	r.flags(cmd.Flags())
	return cmd
}

// merge joins the files.
func (r *results) merge(cmd *cobra.Command, files []string) (err error) {
	var parts []harness.Part
	for _, name := range files {
		f, err := dataset.OpenRegular(name)
		if err != nil {
			return err
		}
		defer f.Close()
		parts = append(parts, harness.Part{Name: name, In: f})
	}
	if _, err := os.Lstat(r.out); err == nil {
		return fmt.Errorf("--out: %s is there already; give it another name, or take it away", r.out)
	}
	out, pending := r.printing(cmd), (*renameio.PendingFile)(nil)
	if r.out != "" {
		if err := checkReport(r.out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		pending, err = renameio.NewPendingFile(r.out, renameio.WithTempDir(filepath.Dir(r.out)), renameio.WithPermissions(0o666))
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		defer pending.Cleanup()
		out.rows = bufio.NewWriterSize(pending, 1<<16)
	}
	m := &summary{distribution: harness.NewDistribution()}
	if err := r.join(cmd, parts, out, m); err != nil {
		return err
	}
	if err := out.flush(); err != nil {
		return failed(err)
	}
	if pending != nil {
		if err := pending.CloseAtomicallyReplace(); err != nil {
			return failed(err)
		}
	}
	return r.finish(cmd, m)
}

// join merges the parts into out and m.
func (r *results) join(cmd *cobra.Command, parts []harness.Part, out *rowSink, m *summary) error {
	err := harness.Merge(parts, func(row *harness.Row) error {
		if m.id == "" && len(r.histograms) > 0 && len(row.Set) > 0 {
			return &exitError{exitUsage, errors.New("--histogram: it is of one setting, these files have several")}
		}
		m.id = row.Sweep
		m.distribution.Add(row)
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		return out.write(row)
	})
	var conflict *harness.Conflict
	var bad *harness.MergeError
	var exit *exitError
	switch {
	case err == nil, errors.As(err, &exit), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &conflict):
		return &exitError{exitDiffers, err}
	case errors.As(err, &bad):
		return err
	}
	return failed(err)
}
