package harness

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// heard is a test that only notes what is said to it. It is no *testing.T, so that it has no subtests.
type heard struct {
	testing.TB
	errors, logs   []string
	fatal, skipped string
}

func (h *heard) Helper()                  {}
func (h *heard) Context() context.Context { return context.Background() }
func (h *heard) Name() string             { return "TestHeard/sub" }
func (h *heard) Failed() bool             { return h.errors != nil }
func (h *heard) Logf(format string, args ...any) {
	h.logs = append(h.logs, fmt.Sprintf(format, args...))
}
func (h *heard) Errorf(format string, args ...any) {
	h.errors = append(h.errors, fmt.Sprintf(format, args...))
}

func (h *heard) Fatalf(format string, args ...any) {
	h.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (h *heard) Skipf(format string, args ...any) {
	h.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// hear runs Golden and returns what it said.
func hear(experiment string) *heard {
	h := &heard{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Golden(h, experiment)
	}()
	<-done
	return h
}

// goldenTiny is a folder with tiny and its golden trace.
func goldenTiny(t *testing.T) (file, trace string) {
	t.Helper()
	t.Setenv(kernel.Variable, "")
	t.Setenv(RequireVariable, "")
	dir := t.TempDir()
	file, trace = filepath.Join(dir, "tiny.toml"), filepath.Join(dir, "tiny.trace")
	write(t, file, tiny)
	write(t, trace, runTiny(t).Trace().String())
	return file, trace
}

// TestGoldenSubtests looks at the subtests of a real test: each kernel with each number of threads.
func TestGoldenSubtests(t *testing.T) {
	file, _ := goldenTiny(t)
	Golden(t, file)
	Golden(t, "digits-online")
}

func TestGoldenSame(t *testing.T) {
	file, _ := goldenTiny(t)
	for _, experiment := range []string{file, "digits-online"} {
		if h := hear(experiment); h.errors != nil || h.fatal != "" || h.skipped != "" || h.logs != nil {
			t.Errorf("%s: %+v", experiment, h)
		}
	}
}

// TestGoldenDiffers changes the last bit of one loss: every replay says so.
func TestGoldenDiffers(t *testing.T) {
	file, trace := goldenTiny(t)
	want := runTiny(t).Trace()
	was := hexFloat(want.Points[2].Loss)
	want.Points[2].Loss = 0.5
	write(t, trace, want.String())
	h := hear(file)
	var all []string
	for _, k := range kernel.Names() {
		for threads := 1; threads <= 3; threads++ {
			all = append(all, fmt.Sprintf("golden: impl=%s/threads=%d: %s: point 2, step 10: loss: got %s, want 0x1p-01", k, threads, trace, was))
		}
	}
	if !slices.Equal(h.errors, all) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(h.errors, "\n"), strings.Join(all, "\n"))
	}
	if want := []string{"golden: if the change of " + trace + " is meant: repro record " + file + " --reason WHY"}; !slices.Equal(h.logs, want) {
		t.Errorf("logged %q", h.logs)
	}

	t.Setenv(kernel.Variable, "generic")
	if h := hear(file); len(h.errors) != 3 || !strings.HasPrefix(h.errors[0], "golden: impl=generic/threads=1: ") {
		t.Errorf("on generic alone: %q", h.errors)
	}
}

func TestGoldenErrors(t *testing.T) {
	file, trace := goldenTiny(t)
	dir := filepath.Dir(file)
	diverging := filepath.Join(dir, "diverging.toml")
	write(t, diverging, strings.NewReplacer("rate = 0.5", "rate = 1e300", `"sigmoid"`, `"identity"`).Replace(tiny))
	write(t, filepath.Join(dir, "diverging.trace"), runTiny(t).Trace().String())
	if h := hear(diverging); len(h.errors) != 3*len(kernel.Names()) || !strings.Contains(h.errors[0], "/threads=1: step 2: the weights of layer 0 are no longer finite") || h.fatal != "" || h.logs != nil {
		t.Errorf("diverging: %+v", h)
	}
	bad := filepath.Join(dir, "bad.toml")
	write(t, bad, "seed = 1\nsed = 2\n")
	for experiment, want := range map[string]string{
		filepath.Join(dir, "missing.toml"): "missing.toml: no such file",
		"notbook":                          `no built-in experiment "notbook"; did you mean "notebook"?`,
		bad:                                "bad.toml:2: sed: unknown key",
	} {
		if h := hear(experiment); !strings.HasPrefix(h.fatal, "golden: ") || !strings.Contains(h.fatal, want) || h.errors != nil {
			t.Errorf("%s: %+v", experiment, h)
		}
	}
	text := string(read(t, trace))
	write(t, trace, text[:len(text)/2])
	if h := hear(file); !strings.HasPrefix(h.fatal, "golden: "+trace+":") || !strings.HasSuffix(h.fatal, "or record it again with: repro record "+file) {
		t.Errorf("cut: %+v", h)
	}
	os.Remove(trace)
	if h := hear(file); !strings.HasPrefix(h.fatal, "golden: no golden trace: ") || !strings.HasSuffix(h.fatal, "record it with: repro record "+file) {
		t.Errorf("missing: %+v", h)
	}
}

func TestGoldenOptions(t *testing.T) {
	want := "a 1, a 2, a 3, b 1, b 2, b 3, "
	got := ""
	for _, o := range goldenOptions([]string{"a", "b"}) {
		got += fmt.Sprintf("%s %d, ", o.Kernel, o.Threads)
	}
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestGoldenKernels(t *testing.T) {
	file, _ := goldenTiny(t)
	for _, try := range []struct{ forced, required, want string }{
		{"", "", strings.Join(kernel.Names(), " ")},
		{"", "generic", strings.Join(kernel.Names(), " ")},
		{"", " generic ,", strings.Join(kernel.Names(), " ")},
		{"generic", "generic", "generic"},
		{"abacus", "", `SAMEBITS_KERNEL: unknown kernel "abacus"`},
		{"", "generic,abacus", `SAMEBITS_REQUIRE names kernel "abacus", but the replays are on `},
		{"generic", "avx2", `SAMEBITS_REQUIRE names kernel "avx2", but the replays are on generic`},
	} {
		t.Setenv(kernel.Variable, try.forced)
		t.Setenv(RequireVariable, try.required)
		kernels, err := goldenKernels()
		if err != nil {
			if h := hear(file); !strings.HasPrefix(err.Error(), try.want) || h.fatal != "golden: "+err.Error() {
				t.Errorf("%+v: %v, said %+v", try, err, h)
			}
		} else if got := strings.Join(kernels, " "); got != try.want {
			t.Errorf("%+v: got %s", try, got)
		}
	}
}

// TestGoldenNoData: what cannot be replayed is skipped, and says why; data that are bad are an error.
func TestGoldenNoData(t *testing.T) {
	t.Setenv("CI", "")
	goldenTiny(t)
	dir := t.TempDir()
	t.Setenv(DataVariable, "")
	file, data := filepath.Join(dir, "flowers.toml"), filepath.Join(dir, "flowers.csv")
	write(t, file, `name = "flowers"
seed = 5
data = {source = "csv", train = "flowers.csv", get = "pick some"}
model = {layers = [1, 2], activation = "sigmoid"}
train = {epochs = 5, rate = 2}
record.every = 5
`)
	h := hear(file)
	want := "golden: " + file + " is NOT replayed, nothing was compared: no data: there is no " + data
	if !strings.HasPrefix(h.skipped, want) || !strings.HasSuffix(h.skipped, "\npick some") || h.fatal != "" {
		t.Errorf("no data: %+v", h)
	}
	write(t, data, "1,0\n2,1\n")
	if h := hear(file); !strings.HasPrefix(h.fatal, "golden: no golden trace") || h.skipped != "" {
		t.Errorf("no golden trace: %+v", h)
	}
	if _, _, err := recorded(t, open(t, file), ""); err != nil && !errors.Is(err, ErrOneKernel) {
		t.Fatal(err)
	}
	if h := hear(file); h.errors != nil || h.fatal != "" || h.skipped != "" {
		t.Errorf("same: %+v", h)
	}
	write(t, data, "1,0\n2.5,1\n")
	if h := hear(file); len(h.errors) != 3*len(kernel.Names()) || !strings.Contains(h.errors[0], "flowers.trace: another data: got ") {
		t.Errorf("other data: %+v", h)
	}
	write(t, data, "1,0\n2,x\n")
	if h := hear(file); len(h.errors) != 3*len(kernel.Names()) || !strings.Contains(h.errors[0], data+":2: ") {
		t.Errorf("bad data: %+v", h)
	}
	other := t.TempDir()
	if err := os.Rename(data, filepath.Join(other, "flowers.csv")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(other, "flowers.csv"), "1,0\n2,1\n")
	t.Setenv(DataVariable, other)
	if h := hear(file); h.errors != nil || h.fatal != "" || h.skipped != "" {
		t.Errorf("data elsewhere: %+v", h)
	}
}

func open(t *testing.T, file string) *Source {
	t.Helper()
	s, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoFlags: whoever imports this package gets no flags by it. The tests of goldenflag have them.
func TestNoFlags(t *testing.T) {
	flag.VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") && !strings.HasPrefix(f.Name, "rapid.") {
			t.Errorf("a flag -%s", f.Name)
		}
	})
	if update, reason := updateFlags(); update || reason != "" {
		t.Errorf("got %v, %q", update, reason)
	}
}
