package harness

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/numpyrand"
)

// TestReadingStops: files are no longer read, nor their digests made, when the context is done.
func TestReadingStops(t *testing.T) {
	dir := writeAll(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, keys := range []string{
		"source = 'csv'\ntrain = 'last.csv'",
		"source = 'csv'\ntrain = 'last.csv'\nsha256 = ['" + strings.Repeat("0", 64) + "']",
		"source = 'idx'\ntrain = ['images.gz', 'labels.gz']",
		"source = 'npy'\ntrain = ['x.npy', 'y.npy']",
		"source = 'npz'\ntrain = 'set.npz'",
	} {
		e := parse(t, withData(keys))
		if _, err := e.samples(ctx, numpyrand.New(1), dir); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: samples: %v", keys, err)
		}
		if _, err := Run(ctx, e, Options{Data: dir}); !errors.Is(err, context.Canceled) || errors.As(err, new(*DataError)) {
			t.Errorf("%s: Run: %v", keys, err)
		}
	}
}

// TestNoPipes: a named pipe is no experiment, no trace and no data. Opening one would wait for ever.
func TestNoPipes(t *testing.T) {
	dir := writeAll(t)
	for _, name := range []string{"pipe.toml", "pipe.csv"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o666); err != nil {
			t.Skipf("no named pipes: %v", err)
		}
	}
	if _, err := Open(filepath.Join(dir, "pipe.toml")); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("experiment: %v", err)
	}
	e := parse(t, withData("source = 'csv'\ntrain = 'pipe.csv'"))
	if _, err := Run(t.Context(), e, Options{Data: dir}); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("data: %v", err)
	}
}

// TestHeading: a heading of numbers is one where the experiment says so.
func TestHeading(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "numbers.csv"), "0,1,2\n5,6,1\n7,8,0\n")
	for header, want := range map[string]int{"auto": 3, "no": 3, "yes": 2} {
		s, err := load(t, withData("source = 'csv'\ntrain = 'numbers.csv'\nheader = '"+header+"'"), dir)
		if err != nil || s.train.Len() != want {
			t.Errorf("%s: %v, %v, want %d samples", header, s.train, err, want)
		}
	}
}

// TestSenseless: Run refuses what only a program can put together.
func TestSenseless(t *testing.T) {
	for what, change := range map[string]func(e *Experiment){
		"scale":       func(e *Experiment) { e.Data.Scale = []float64{1} },
		"empty scale": func(e *Experiment) { e.Data.Scale = []float64{} },
		"test":        func(e *Experiment) { e.Data.Test = Test{Count: 1, Fraction: 0.5} },
		"batch":       func(e *Experiment) { e.Train.Method, e.Train.Batch = "online", 3 },
		"init":        func(e *Experiment) { e.Model.Init = "zero" },
		"name":        func(e *Experiment) { e.Name = "a\nb" },
		"classes":     func(e *Experiment) { e.Data.Classes = []dataset.Class{} },
	} {
		e := parse(t, tiny)
		change(e)
		if _, err := Run(t.Context(), e, Options{}); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
