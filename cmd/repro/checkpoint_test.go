package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samebits/samebits/harness"
)

// shuffled is an experiment of a few tenths of a second.
const shuffled = `name = "shuffled"
seed = 5
[data]
source = "gaussians"
test = 7
classes = [{n = 20, mean = [0, 0], cov = [[1, 0], [0, 1]]}, {n = 30, mean = [2, 0], cov = [[1, 0.5], [0.5, 1]]}]
[model]
layers = [2, 3, 2]
activation = "sigmoid"
bias = true
[train]
steps = 400000
order = "shuffle"
rate = 0.1
[record]
every = 30000
`

// traceIn reads the trace of a run.
func traceIn(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "trace.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCommandLine: the command that goes on is the one that was given, and --resume.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	file, ckpt := filepath.Join(dir, "it's.toml"), filepath.Join(dir, "a b.ckpt")
	write(t, file, strings.NewReplacer("steps = 9", "steps = 2000000000", "every = 4", "every = 2000").Replace(experiment))
	args := []string{"run", "-S", "train.targets=[0.1, 0.9]", file, "--json", "--checkpoint", ckpt, "--checkpoint-every", "1ms", "-S", "seed=4", "--threads=1"}
	quoted := "'" + ckpt + "'"
	want := "go on with: repro run '" + strings.Replace(file, "'", `'\''`, 1) + "' --checkpoint " + quoted +
		" --checkpoint-every 1ms --json -S 'train.targets=[0.1, 0.9]' -S seed=4 --threads 1 --resume " + quoted + "\n"
	for _, more := range [][]string{nil, {"--resume", ckpt}} { // the second time --resume is there already
		var stderr bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		was, _ := os.ReadFile(ckpt)
		go func() {
			defer cancel()
			for is := was; bytes.Equal(is, was) && ctx.Err() == nil; is, _ = os.ReadFile(ckpt) { // until there is one, or another
				time.Sleep(time.Millisecond)
			}
		}()
		code := execute(ctx, append(args, more...), &bytes.Buffer{}, &stderr)
		cancel()
		if code != exitInterrupted || !strings.HasSuffix(stderr.String(), want) {
			t.Errorf("exit code %d, %q, want %q", code, stderr.String(), want)
		}
		c, err := harness.ReadCheckpoint(ckpt)
		if err != nil {
			t.Fatal(err)
		}
		if holds := fmt.Sprintf("repro: %s holds step %d of 2000000000; go on", ckpt, c.Step); !strings.Contains(stderr.String(), holds) {
			t.Errorf("%q, want %q", stderr.String(), holds)
		}
	}
}

// TestKeeperFails: a checkpoint that cannot be written does not end a run, but its end is no success.
func TestKeeperFails(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	good, bad := filepath.Join(dir, "a.ckpt"), filepath.Join(dir, "gone", "a.ckpt")
	e, err := harness.Parse("shuffled.toml", []byte(shuffled), "train.steps=10")
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{}
	for i, path := range []string{bad, bad, good, bad, bad} {
		k.path = path
		_, err := harness.Run(t.Context(), e, harness.Options{CheckpointEvery: time.Hour, Checkpoint: func(c *harness.Checkpoint) error {
			k.keep(&stderr, c, false)
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := k.unwritten() != nil, path == bad; got != want {
			t.Errorf("%d: unwritten is %v, want %v", i, got, want)
		}
	}
	told := "repro: step 10 of 10: the checkpoint is not written, the run goes on: "
	if strings.Count(stderr.String(), told) != 2 || strings.Count(stderr.String(), "\n") != 2 {
		t.Errorf("told %q, want one line for each row of failures", stderr.String())
	}
	if err := k.unwritten(); exitCode(err) != exitFailed || !strings.HasPrefix(err.Error(), "the last checkpoint is not written: ") {
		t.Errorf("at the end: %v", err)
	}
	k.failed = nil
	k.keep(&stderr, &harness.Checkpoint{Step: 1, Steps: 2}, true)
	if strings.Count(stderr.String(), "\n") != 2 || k.failed == nil {
		t.Errorf("the last one: told %q, %v", stderr.String(), k.failed)
	}
	run := newRun()
	err = k.ended(run, []string{"x"}, fmt.Errorf("interrupted after step 12 of 20: %w", context.Canceled))
	if exitCode(err) != exitFailed || !strings.Contains(err.Error(), "the checkpoint is not written: ") || !strings.Contains(err.Error(), bad+" holds step 10 of 10") {
		t.Errorf("interrupted: exit code %d, %v", exitCode(err), err)
	}
	k = &keeper{path: good}
	err = k.ended(run, []string{"x"}, fmt.Errorf("interrupted while the data are read: %w", context.Canceled))
	if exitCode(err) != exitInterrupted || !strings.HasSuffix(err.Error(), "\nthere is no checkpoint yet") {
		t.Errorf("too early: exit code %d, %v", exitCode(err), err)
	}
	if other := errors.New("other"); k.ended(run, nil, other) != other {
		t.Error("another error is changed")
	}
}

// TestProgressText: the line fits the terminal, whatever its width, and tells all where there is room.
func TestProgressText(t *testing.T) {
	for _, try := range []struct {
		b           bar
		step, steps int
		elapsed     time.Duration
		columns     int
		want        string
	}{
		{bar{label: "step"}, 0, 100, 0, 80, "step (0/100)"},
		{bar{label: "step", loss: "loss 0.5", samples: 1}, 0, 100, time.Second, 80, "step (0/100), loss 0.5"},
		{bar{label: "step", loss: "loss 0.5", samples: 32}, 50, 100, 10 * time.Second, 80, "step (50/100), loss 0.5, 160 samples/s, 10s left"},
		{bar{label: "step", loss: "loss 0.5", samples: 32, first: 40}, 50, 100, 10 * time.Second, 80, "step (50/100), loss 0.5, 32 samples/s, 50s left"},
		{bar{label: "step", loss: "loss 0.5", samples: 32}, 50, 100, 10 * time.Second, 50, "step (50/100), loss 0.5, 10s left"},
		{bar{label: "step", loss: "loss 0.5", samples: 32}, 50, 100, 10 * time.Second, 40, "step (50/100), 10s left"},
		{bar{label: "step", loss: "loss 0.5", samples: 32}, 50, 100, 10 * time.Second, 30, "step (50/100)"},
		{bar{label: "step", loss: "loss 0.5", samples: 32}, 50, 100, 10 * time.Second, 20, "step"},
		{bar{label: "step", loss: "loss 0.5", samples: 32}, 50, 100, 10 * time.Second, 10, ""},
		{bar{label: "2/6 mnist-minibatch avx512 threads 2"}, 30, 46900, time.Second, 80, "2/6 mnist-minibatch avx512 threads 2 (30/46900), 26m02s left"},
		{bar{label: "10/20 12345678901234567890 generic threads 1024"}, 1 << 30, 1 << 31, time.Hour, 80, "10/20 12345678901234567890 generic threads 1024"},
	} {
		got := try.b.text(try.step, try.steps, try.elapsed, try.columns)
		if got != try.want || len(got) > max(0, try.columns-aroundBar) {
			t.Errorf("%d columns: %q, want %q", try.columns, got, try.want)
		}
	}
	for seconds, want := range map[float64]string{0: "0s", 59.9: "59s", 60: "1m00s", 3599: "59m59s", 3600: "1h00m", 86399: "23h59m", 86400: "1d00h", 1e300: "36500d00h"} {
		if got := timeLeft(seconds); got != want {
			t.Errorf("%v seconds: %s, want %s", seconds, got, want)
		}
	}
}

// TestBarFits draws whole lines.
func TestBarFits(t *testing.T) {
	var out bytes.Buffer
	b := &bar{progress: progress{out: &out}, label: "step", loss: "loss 1.235e-05", samples: 1}
	for i := range 9 {
		b.shown = time.Time{}
		b.show(1234567890+i*1000000, 2000000000)
	}
	b.close()
	for line := range strings.SplitSeq(out.String(), "\r") {
		line = strings.NewReplacer("\x1b[0K", "", "\x1b[2K", "").Replace(line)
		if n := len([]rune(line)); n > 80 { // what a terminal is taken for that does not say
			t.Errorf("a line of %d columns: %q", n, line)
		}
	}
	if !strings.Contains(out.String(), "% |") || !strings.Contains(out.String(), "step (1242567890/2000000000), loss 1.235e-05") {
		t.Errorf("shown %q", out.String())
	}
}
