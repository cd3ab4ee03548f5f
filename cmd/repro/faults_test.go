//go:build faults

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestFaultVerify: the command finds every fault and names experiment, kernel, point and what differs there.
func TestFaultVerify(t *testing.T) {
	t.Setenv("CI", "")
	text, err := os.ReadFile("../../harness/testdata/subnormal.toml")
	if err != nil {
		t.Fatal(err)
	}
	subnormal := filepath.Join(t.TempDir(), "subnormal.toml")
	write(t, subnormal, string(text))
	if code, _, stderr := repro(t, "record", subnormal, "--single-kernel"); code != 0 {
		t.Fatalf("record: exit code %d, %s", code, stderr)
	}
	want := map[string][2]string{
		"fault-flip":           {"notebook", "point 23, step 230: loss: "},
		"fault-swap":           {"notebook", "point 1, step 10: weights: "},
		"fault-unfused":        {"notebook", "point 0, step 0: loss: "},
		"fault-unfused-back":   {"notebook", "point 6, step 60: weights: "},
		"fault-unfused-update": {"notebook", "point 1, step 10: weights: "},
		"fault-order":          {"notebook", "point 1, step 10: loss: "},
		"fault-ftz":            {subnormal, "point 1, step 5: weights: "},
	}
	for _, name := range kernel.Faults() {
		file, point := want[name][0], want[name][1]
		experiment := strings.TrimSuffix(filepath.Base(file), ".toml")
		code, stdout, stderr := repro(t, "verify", file, "--kernel", name+",generic", "--threads", "1,2")
		if code != exitDiffers || stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", name, code, stderr)
		}
		for _, pattern := range []string{
			`(?m)^` + experiment + ` +` + name + ` +1 +differs `, `(?m)^` + experiment + ` +` + name + ` +2 +differs `,
			`(?m)^` + experiment + ` +generic +1 +same `, `(?m)^4 replays: 2 same, 2 differs;`,
			`(?m)^` + experiment + `, kernel ` + name + `, threads 2: ` + point + `got \S+, want `,
		} {
			if !regexp.MustCompile(pattern).MatchString(stdout) {
				t.Errorf("%s: nothing matches %s in\n%s", name, pattern, stdout)
			}
		}
	}
}

// TestFaultSweep: a sweep of small networks has the fault, too, though its kernel takes none of them side by side.
func TestFaultSweep(t *testing.T) {
	code, stdout, _ := repro(t, "verify", "notebook.sweep", "--kernel", "fault-unfused-back", "--json")
	if code != exitDiffers || !strings.Contains(stdout, `"verdict":"differs"`) {
		t.Errorf("exit code %d, %s", code, stdout)
	}
}

// TestFaultHidden: nothing takes a fault unless it is asked for by name.
func TestFaultHidden(t *testing.T) {
	for _, args := range [][]string{{"verify", "notebook", "--kernel", "all"}, {"env"}, {"__complete", "verify", "--kernel", "f"}} {
		if code, stdout, _ := repro(t, args...); code != 0 || strings.Contains(stdout, "fault-") {
			t.Errorf("repro %q: exit code %d, %s", args, code, stdout)
		}
	}
	t.Setenv(kernel.Variable, "fault-swap")
	if code, stdout, _ := repro(t, "verify", "notebook"); code != exitDiffers || !strings.Contains(stdout, "fault-swap") {
		t.Errorf("%s: exit code %d, %s", kernel.Variable, code, stdout)
	}
}
