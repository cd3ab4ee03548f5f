package goldenflag_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samebits/samebits/harness"
	_ "github.com/samebits/samebits/harness/goldenflag"
	"github.com/samebits/samebits/kernel"
)

// child is the environment variable by which this test binary runs itself: the experiment that TestPinned pins.
const child = "SAMEBITS_TEST_PINNED"

// TestPinned stands for a test of somebody's own.
func TestPinned(t *testing.T) {
	experiment := os.Getenv(child)
	if experiment == "" {
		t.Skip("runs as a child of the other tests")
	}
	harness.Golden(t, experiment)
}

// pinned runs TestPinned with flags and returns what it prints, and whether it passed.
func pinned(t *testing.T, experiment string, flags ...string) (out string, passed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^TestPinned$", "-test.v"}, flags...)...)
	cmd.Env = append(os.Environ(), child+"="+experiment, "SOURCE_DATE_EPOCH=1772323200", kernel.Variable+"=", harness.RequireVariable+"=", harness.DataVariable+"=")
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), err == nil
}

const experiment = `name = "own"
seed = 3
[data]
source = "gaussians"
classes = [{n = 8, mean = [0, 0], cov = [[1, 0], [0, 1]]}, {n = 8, mean = [3, 3], cov = [[1, 0], [0, 1]]}]
[model]
layers = [2, 2, 2]
activation = "sigmoid"
[train]
steps = 20
rate = 0.5
[record]
every = 5
`

// TestUpdate goes through the life of a golden trace, by the test alone.
func TestUpdate(t *testing.T) {
	t.Setenv("CI", "")
	dir := t.TempDir()
	file, trace := filepath.Join(dir, "own.toml"), filepath.Join(dir, "own.trace")
	history := trace + ".history"
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return string(text)
	}
	// expect runs the test, which must pass or not, and say all this.
	expect := func(pass bool, flags string, words ...string) string {
		t.Helper()
		var args []string
		if flags != "" {
			args = strings.Split(flags, "|")
		}
		out, passed := pinned(t, file, args...)
		if passed != pass {
			t.Fatalf("flags %q: passed %v\n%s", flags, passed, out)
		}
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("flags %q: lacks %q:\n%s", flags, w, out)
			}
		}
		return out
	}
	write(file, experiment)
	expect(false, "", "golden: no golden trace: ", "record it with: repro record "+file+"; or: go test -run '^TestPinned$' -update")

	if len(kernel.Names()) == 1 {
		expect(false, "-update", "golden: -update: generic is the only kernel here, so that nothing can agree with it; repro record "+file+" --single-kernel records nevertheless")
		if read(trace) != "" {
			t.Error("a single kernel has recorded")
		}
		return
	}

	t.Setenv("CI", "1")
	expect(false, "-update", "golden: -update: CI is set in the environment; golden traces are recorded by people")
	if read(trace) != "" {
		t.Error("CI has recorded")
	}
	t.Setenv("CI", "")
	expect(true, "-update", "golden: "+trace+": written, 5 points, weights sha256:", "--- PASS: TestPinned/impl=generic/threads=3")
	first := read(trace)
	if first == "" || read(history) != "" {
		t.Fatal("no trace was written, or a history was")
	}
	out := expect(true, "")
	for _, k := range kernel.Names() {
		for _, threads := range "123" {
			if name := "--- PASS: TestPinned/impl=" + k + "/threads=" + string(threads); !strings.Contains(out, name) {
				t.Errorf("lacks %s:\n%s", name, out)
			}
		}
	}
	expect(true, "-update", trace+": unchanged")

	write(file, strings.Replace(experiment, "rate = 0.5", "rate = 0.25", 1))
	expect(false, "", "--- FAIL: TestPinned/impl=generic/threads=1", "goldenflag_test.go:25: golden: "+trace+": another experiment: got sha256:",
		"golden: if the change of "+trace+" is meant: repro record "+file+" --reason WHY; or: go test -run '^TestPinned$' -update -reason WHY")
	expect(false, "-update", "golden: "+trace+": no longer the trace that was recorded: another experiment", "loss: 4 of 5 points differ, the first at step 5",
		"golden: -update: "+trace+": no reason is given, and the golden trace changes; say why with -reason TEXT")
	expect(false, "-update|-reason=two\nlines", "golden: -update: the reason: want one line of printable characters")
	if read(trace) != first || read(history) != "" {
		t.Fatal("written without a reason")
	}
	expect(true, "-update|-reason=half the rate", trace+": written", "--- PASS: TestPinned/impl=generic/threads=1")
	digest := func(text string) string {
		return text[strings.LastIndex(text, "\nweights ")+len("\nweights ") : len(text)-1]
	}
	want := "samebits history 1\n2026-03-01 " + digest(first) + " " + digest(read(trace)) + " samebits/1 half the rate\n"
	if got := read(history); got != want || read(trace) == first {
		t.Errorf("history\n%s\nwant\n%s", got, want)
	}
	expect(true, "")

	// Experiments that cannot be recorded by a test.
	file = "digits-online"
	expect(true, "", "--- PASS: TestPinned/impl=generic/threads=3")
	expect(false, "-update", "golden: -update: digits-online is built in; record it in a checkout of the project, from its root: repro record digits-online")
	file = filepath.Join(dir, "csv.toml")
	data, rest := strings.Index(experiment, "source"), strings.Index(experiment, "[model]")
	write(file, experiment[:data]+"source = \"csv\"\ntrain = \"none.csv\"\n"+experiment[rest:])
	expect(true, "", "--- SKIP: TestPinned", "is NOT replayed, nothing was compared: no data: there is no "+filepath.Join(dir, "none.csv"))
	expect(false, "-update", "is NOT recorded: no data: there is no ")
}
