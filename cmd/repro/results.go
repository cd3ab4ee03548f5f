package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

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
	last   time.Time     // when the rows were last written out
	line   []byte
}

// open opens the file of --out, which stays as it is.
func (r *results) open(cmd *cobra.Command) (*rowSink, error) {
	s := &rowSink{path: r.out, last: time.Now()}
	if r.json {
		s.stdout = bufio.NewWriterSize(cmd.OutOrStdout(), 1<<16)
	}
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
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("--out: %s: another sweep is writing to it", r.out)
	}
	s.file, s.rows = f, bufio.NewWriterSize(f, 1<<16)
	return s, nil
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

// write takes a row. It reaches the file within a moment.
func (s *rowSink) write(r *harness.Row) error {
	if err := s.print(r); err != nil {
		return err
	}
	if s.file == nil {
		return nil
	}
	if _, err := s.rows.Write(s.line); err != nil {
		return err
	}
	if now := time.Now(); now.Sub(s.last) > time.Second/2 {
		s.last = now
		return s.rows.Flush()
	}
	return nil
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

// close writes out what is left. It may be called twice.
func (s *rowSink) close() error {
	var err error
	if s.stdout != nil {
		err = s.stdout.Flush()
	}
	if s.file != nil {
		err = errors.Join(err, s.rows.Flush(), s.file.Close())
		s.file = nil
	}
	return err
}

// finish draws the histograms and shows the summary. It returns how the sweep ends.
func (r *results) finish(cmd *cobra.Command, m *summary) error {
	for _, path := range r.histograms {
		if err := m.draw(path); err != nil {
			return failed(fmt.Errorf("--histogram: %w", err))
		}
	}
	out := cmd.OutOrStdout()
	if r.json {
		if err := writeJSON(out, m.report()); err != nil {
			return err
		}
	} else {
		m.show(out)
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
	if _, err := os.Lstat(r.out); r.out != "" && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--out: %s is there already; give it another name, or take it away", r.out)
	}
	out, err := r.open(cmd)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.close(); err == nil && closed != nil {
			err = failed(closed)
		}
		if err != nil && r.out != "" {
			os.Remove(r.out)
		}
	}()
	d := harness.NewDistribution()
	var id string
	err = harness.Merge(parts, func(row *harness.Row) error {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		id = row.Sweep
		d.Add(row)
		return out.write(row)
	})
	var conflict *harness.Conflict
	var bad *harness.MergeError
	switch {
	case errors.As(err, &conflict):
		return &exitError{exitDiffers, err}
	case errors.As(err, &bad):
		return err
	case err != nil:
		return failed(err)
	}
	if err := out.close(); err != nil {
		return failed(err)
	}
	if len(r.histograms) > 0 && len(d.Settings) > 1 {
		return errors.New("--histogram: it is of one setting, these files have several")
	}
	return r.finish(cmd, &summary{id: id, distribution: d})
}
