package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samebits/samebits/harness"
)

// TestBisectInterrupted: Ctrl-C ends a bisection.
func TestBisectInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, stderr bytes.Buffer
	if code := execute(ctx, []string{"bisect", "notebook"}, &out, &stderr); code != exitInterrupted || out.Len() > 0 || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d, %q, %q", code, out.String(), stderr.String())
	}
}

// TestSteps: numbers agree with their nouns.
func TestSteps(t *testing.T) {
	if one, more := steps(1), steps(2); one != "1 step" || more != "2 steps" {
		t.Errorf("%q, %q", one, more)
	}
}

// TestBisectGoldenOfAFile: golden is the trace beside the file, wherever that is.
func TestBisectGoldenOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "biased.toml")
	write(t, file, experiment)
	write(t, strings.TrimSuffix(file, ".toml")+".trace", goldenOf(t, experiment))
	code, out, stderr := repro(t, "bisect", file, "--against", "golden")
	if code != 0 || stderr != "" || !strings.Contains(out, "B  "+strings.TrimSuffix(file, ".toml")+".trace\n") {
		t.Errorf("exit code %d, %q, %q", code, out, stderr)
	}
}

// TestPartedTooLong: a replay that took long is not bisected at once, and says how to do it.
func TestPartedTooLong(t *testing.T) {
	for _, over := range []bool{false, true} {
		source, err := harness.Open("notebook")
		if err != nil {
			t.Fatal(err)
		}
		s := subject{name: "notebook", source: source}
		if s.experiment, err = source.Experiment(); err != nil {
			t.Fatal(err)
		}
		if s.golden, err = source.Golden(); err != nil {
			t.Fatal(err)
		}
		c := cell{Kernel: harness.Reference, Threads: 1, Verdict: differs, Text: "it differs", elapsed: maxReplay}
		if over {
			c.elapsed++
		}
		if err := (parted{}).find(t.Context(), s, &c, harness.Options{Kernel: harness.Reference, Threads: 1}); err != nil {
			t.Fatal(err)
		}
		want := "it differs\nnot reproducible: the run gives the golden trace the second time (memory or CPU fault?)"
		if over {
			want = "it differs\nthe replay was too long to look for the place at once; repro bisect finds it: --kernel generic --against golden"
		}
		if c.Text != want || c.Parted != nil {
			t.Errorf("over %v: %q", over, c.Text)
		}
	}
}
