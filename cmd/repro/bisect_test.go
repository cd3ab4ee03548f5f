package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
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
