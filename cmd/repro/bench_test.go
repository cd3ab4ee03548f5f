package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samebits/samebits/internal/peak"
)

// TestBenchInterrupted interrupts the second of many measurements: the first one's line and table are there.
func TestBenchInterrupted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "bars")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, stderr := &cancelling{cancel: cancel}, &bytes.Buffer{}
	code := execute(ctx, []string{"bench", "--kernel", "generic", "--filter", "net=64x32", "--time", "1ms", "--out", folder}, out, stderr)
	if code != exitInterrupted || !strings.HasSuffix(stderr.String(), "\nrepro: interrupted after 1 of 2 measurements: context canceled\n") {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
	if n := strings.Count(out.String(), "\nBenchmark"); n != 1 || !strings.HasSuffix(out.String(), " GFLOP/s\n") {
		t.Errorf("%d lines: %q", n, out.String())
	}
	if !strings.Contains(stderr.String(), "\nForward net=64x32  float32  ") || strings.Contains(stderr.String(), "float64") {
		t.Errorf("no table of what was measured: %s", stderr.String())
	}
	if _, err := os.Stat(filepath.Dir(folder)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of pictures that were not drawn: %v", err)
	}
}

// TestBenchUnwritten: lines that nobody got are a failure, and end the measurements.
func TestBenchUnwritten(t *testing.T) {
	var stderr bytes.Buffer
	var out tries
	code := execute(context.Background(), []string{"bench", "--kernel", "generic", "--filter", "64x32", "--time", "1ms"}, &out, &stderr)
	if code != exitFailed || stderr.String() != "repro: the disk is full\n" {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
	if out.n != 2 { // a heading, and the line of the first of two
		t.Errorf("%d times was written", out.n)
	}
}

// tries counts what is written to a disk that is full.
type tries struct {
	full
	n int
}

func (w *tries) Write(p []byte) (int, error) {
	w.n++
	return w.full.Write(p)
}

func TestBenchCaches(t *testing.T) {
	got := caches([]peak.Level{{Name: "L1", Size: 48 << 10}, {Name: "L2", Size: 5 << 18}, {Name: "L3", Size: 32 << 20, Assumed: true}, {Name: "memory", Set: 1}})
	if want := "L1 48 KiB, L2 1280 KiB, L3 32 MiB (assumed)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := binarySize(1000); got != "1000 B" {
		t.Errorf("%q", got)
	}
}
