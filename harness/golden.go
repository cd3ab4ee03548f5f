package harness

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// RequireVariable is the environment variable that names kernels, in a list with commas, which [Golden] must replay on: a
// test on a machine that does not have one of them fails.
const RequireVariable = "SAMEBITS_REQUIRE"

// goldenThreads are the numbers of threads that Golden replays with.
var goldenThreads = []int{1, 2, 3}

// Golden pins a training in a test of one's own. It replays the experiment, a path that ends in .toml or the name of a
// built-in one, on every kernel that the machine has, with 1, 2 and 3 threads, and compares each run with the golden trace
// beside it, bit for bit. Where they part the test fails and names the first point that differs. If t is a [*testing.T]
// each replay is a subtest, impl=avx2/threads=1 and so on. A relative path is one from the folder of the test's package.
//
//	func TestXOR(t *testing.T) { harness.Golden(t, "testdata/xor.toml") }
//
// An experiment whose data files are not there skips the test and says so. If SAMEBITS_KERNEL names a kernel the replays
// are on this one alone; if SAMEBITS_REQUIRE names kernels, each of them must be among those replayed.
//
// The golden trace is written by repro record, or by the test itself with the flag -update, in the same way: not where CI
// is set in the environment, not unless the reference kernel and another agree, and if a golden trace changes only with
// -reason, which goes into the history beside it. This package registers no flags: import
//
//	_ "github.com/samebits/samebits/harness/goldenflag"
//
// in the test to have both, or declare them there, a boolean -update and a string -reason. Built-in experiments are not
// updated by tests.
func Golden(t testing.TB, experiment string) {
	t.Helper()
	source, err := Open(experiment)
	if err != nil {
		t.Fatalf("golden: %v", err)
	}
	e, err := source.Experiment()
	if err != nil {
		t.Fatalf("golden: %v", err)
	}
	update, reason := updateFlags()
	if err := e.findData(); errors.Is(err, ErrNoData) && update {
		t.Fatalf("golden: %s is NOT recorded: %v", experiment, err)
	} else if errors.Is(err, ErrNoData) {
		t.Skipf("golden: %s is NOT replayed, nothing was compared: %v", experiment, err)
	} else if err != nil {
		t.Fatalf("golden: %v", err)
	}
	kernels, err := goldenKernels()
	if err != nil {
		t.Fatalf("golden: %v", err)
	}
	if update {
		updateGolden(t, source, reason)
	}
	golden, err := source.Golden()
	if err != nil {
		t.Fatalf("golden: %v%s", err, orUpdate(t, "-update"))
	}
	if replayGolden(t, e, golden, source.GoldenPath(), kernels) {
		t.Logf("golden: if the change of %s is meant: repro record %s --reason WHY%s", source.GoldenPath(), source.name, orUpdate(t, "-update -reason WHY"))
	}
}

// replayGolden compares with the golden trace on each kernel, and reports whether any run gave another trace.
func replayGolden(t testing.TB, e *Experiment, golden *Trace, path string, kernels []string) (differs bool) {
	t.Helper()
	replayer := NewReplayer(e)
	for _, o := range goldenOptions(kernels) {
		name := fmt.Sprintf("impl=%s/threads=%d", o.Kernel, o.Threads)
		replay := func(t testing.TB, place string) {
			t.Helper()
			v, err := replayer.Verify(t.Context(), golden, o)
			if err != nil {
				t.Errorf("golden: %s%v", place, err)
			} else if !v.Match() {
				differs = true
				t.Errorf("golden: %s%s: %s", place, path, v.Difference.Text)
			}
		}
		if tt, ok := t.(*testing.T); ok {
			tt.Run(name, func(t *testing.T) {
				t.Helper() // the line that is named is that of the caller
				replay(t, "")
			})
		} else {
			replay(t, name+": ")
		}
	}
	return differs
}

// goldenOptions lists the replays.
func goldenOptions(kernels []string) (all []Options) {
	for _, k := range kernels {
		for _, threads := range goldenThreads {
			all = append(all, Options{Kernel: k, Threads: threads})
		}
	}
	return all
}

// findData reports data files that are not there, without reading any.
func (e *Experiment) findData() error {
	if e.Data.Train == nil {
		return nil
	}
	files, err := e.Data.open(e.folders(""))
	closeAll(files)
	return err
}

// goldenKernels returns the kernels to replay on. It is an error if one that must be among them is not.
func goldenKernels() ([]string, error) {
	kernels := kernel.Names()
	if forced, err := kernel.Default(); err != nil {
		return nil, err
	} else if os.Getenv(kernel.Variable) != "" {
		kernels = []string{forced}
	}
	for name := range strings.SplitSeq(os.Getenv(RequireVariable), ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(kernels, name) {
			return nil, fmt.Errorf("%s names kernel %q, but the replays are on %s", RequireVariable, name, strings.Join(kernels, ", "))
		}
	}
	return kernels, nil
}

// updateFlags returns what the flags of the test binary say, if it has them.
func updateFlags() (update bool, reason string) {
	update, _ = flagValue("update").(bool)
	reason, _ = flagValue("reason").(string)
	return update, reason
}

func flagValue(name string) any {
	if f := flag.Lookup(name); f != nil {
		if g, ok := f.Value.(flag.Getter); ok {
			return g.Get()
		}
	}
	return nil
}

// orUpdate tells how the test itself records, if it can.
func orUpdate(t testing.TB, flags string) string {
	top, _, _ := strings.Cut(t.Name(), "/")
	if _, ok := flagValue("update").(bool); !ok || !strings.HasPrefix(top, "Test") {
		return ""
	}
	return fmt.Sprintf("; or: go test -run '^%s$' %s", top, flags)
}

// updateGolden writes the golden trace.
func updateGolden(t testing.TB, source *Source, reason string) {
	t.Helper()
	text, err := recordGolden(t.Context(), source, reason)
	if text != "" {
		t.Logf("golden: %s", text)
	}
	switch {
	case errors.Is(err, ErrReason):
		t.Fatalf("golden: -update: %v; say why with -reason TEXT", err)
	case errors.Is(err, ErrOneKernel):
		t.Fatalf("golden: -update: %v; repro record %s --single-kernel records nevertheless", err, source.name)
	case err != nil:
		t.Fatalf("golden: -update: %v", err)
	}
}

// recordGolden records as the command does, and returns what there is to tell.
func recordGolden(ctx context.Context, source *Source, reason string) (string, error) {
	r, err := NewRecorder(reason, true, Options{})
	if err != nil {
		return "", err
	}
	c, err := r.Open(source)
	if err != nil {
		return "", err
	}
	if err := c.Train(ctx); err != nil {
		return "", err
	}
	done, err := c.Write()
	return c.String() + done, err
}
