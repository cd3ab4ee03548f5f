//go:build !faults

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultBuild: a build with the tag has a fault, which verify finds, and the build that everybody gets does not know it.
func TestFaultBuild(t *testing.T) {
	const name = "fault-flip"
	if code, _, stderr := repro(t, "verify", "notebook", "--kernel", name); code != exitUsage || !strings.Contains(stderr, `unknown kernel "`+name+`"`) {
		t.Errorf("this build: exit code %d, %s", code, stderr)
	}
	if testing.Short() {
		t.Skip("-short: the command is NOT built with a fault")
	}
	gotool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the command is NOT built with a fault: ", err)
	}
	program := filepath.Join(t.TempDir(), "repro")
	build := exec.CommandContext(t.Context(), gotool, "build", "-buildvcs=false", "-tags", "faults", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, text)
	}
	var stdout, stderr bytes.Buffer
	verify := exec.CommandContext(t.Context(), program, "verify", "notebook", "--kernel", name+",generic")
	verify.Stdout, verify.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := verify.Run(); !errors.As(err, &exit) || exit.ExitCode() != exitDiffers {
		t.Errorf("%v: %v, %s", verify, err, stderr.String())
	}
	for _, part := range []string{"1 same, 1 differs", "\nnotebook, kernel " + name + ", threads 1: point 23, step 230: loss: got "} {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("%v: %q is not in\n%s", verify, part, stdout.String())
		}
	}
}
