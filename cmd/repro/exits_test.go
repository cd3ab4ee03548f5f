package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/samebits/samebits/harness"
)

// TestRecordError: kernels that disagree are a difference, bad data are a bad file, and other errors those of a run.
func TestRecordError(t *testing.T) {
	for _, try := range []struct {
		err  error
		want int
	}{
		{fmt.Errorf("a: %w", harness.ErrDisagree), exitDiffers},
		{fmt.Errorf("a: %w", &harness.DataError{Err: errors.New("ragged")}), exitUsage},
		{errors.New("no longer finite"), exitFailed},
		{fmt.Errorf("a: %w", context.Canceled), exitInterrupted},
	} {
		if got := exitCode(recordError(try.err)); got != try.want {
			t.Errorf("%v: exit code %d, want %d", try.err, got, try.want)
		}
	}
	for err, want := range map[error]int{fmt.Errorf("%w: a", harness.ErrUnwritten): exitFailed, harness.ErrReason: exitUsage} {
		if got := exitCode(unwritten(err)); got != want {
			t.Errorf("%v: exit code %d, want %d", err, got, want)
		}
	}
}

// TestMergeInterrupted: an interrupted merge writes nothing.
func TestMergeInterrupted(t *testing.T) {
	dir, file := smallFile(t)
	rows, merged := filepath.Join(dir, "rows"), filepath.Join(dir, "merged")
	if code, _, stderr := repro(t, "sweep", file, "--seeds", "0..9", "--out", rows); code != 0 {
		t.Fatal(stderr)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, stderr bytes.Buffer
	if code := execute(ctx, []string{"sweep", "merge", rows, "--out", merged}, &out, &stderr); code != exitInterrupted || out.Len() > 0 {
		t.Errorf("exit code %d, %q, %q", code, out.String(), stderr.String())
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*merged*")); found != nil {
		t.Errorf("left are %v", found)
	}
}
