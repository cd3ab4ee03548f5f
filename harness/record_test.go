package harness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/kernel"
)

// recordFolder is a folder with tiny in it, on a day in March.
func recordFolder(t *testing.T) (source func() *Source, trace string) {
	t.Helper()
	t.Setenv("CI", "")
	t.Setenv(dateVariable, "1772323200")
	dir := t.TempDir()
	file := filepath.Join(dir, "tiny.toml")
	write(t, file, tiny)
	return func() *Source {
		t.Helper()
		s, err := Open(file)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, filepath.Join(dir, "tiny.trace")
}

// recorded records, and returns what is told before and after the writing.
func recorded(t *testing.T, s *Source, reason string, seeds ...Seeds) (text, done string, err error) {
	t.Helper()
	r, err := NewRecorder(reason, true, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var c *Recording
	if seeds != nil {
		c, err = r.OpenSweep(s, seeds[0])
	} else {
		c, err = r.Open(s)
	}
	if err != nil {
		return "", "", err
	}
	if err := c.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
	text = c.String()
	done, err = c.Write()
	return text, done, err
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	return string(read(t, path))
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestNewRecorder(t *testing.T) {
	t.Setenv("CI", "true")
	if _, err := NewRecorder("", true, Options{}); err == nil || !strings.HasPrefix(err.Error(), "CI is set") {
		t.Errorf("with CI: %v", err)
	}
	t.Setenv("CI", "")
	if r, err := NewRecorder("x", true, Options{}); err != nil || !cmp.Equal(r.kernels, kernel.Names()) {
		t.Errorf("got %v, %v", r, err)
	}
	if _, err := NewRecorder("two\nlines", true, Options{}); err == nil || !strings.HasPrefix(err.Error(), "the reason: want one line") {
		t.Errorf("two lines: %v", err)
	}
	t.Setenv(kernel.Variable, "abacus")
	if _, err := NewRecorder("", true, Options{}); err == nil || !strings.Contains(err.Error(), "abacus") {
		t.Errorf("another kernel: %v", err)
	}
	t.Setenv(kernel.Variable, "")
	t.Setenv(dateVariable, "today")
	if _, err := NewRecorder("", true, Options{}); err == nil || !strings.Contains(err.Error(), dateVariable) {
		t.Errorf("another date: %v", err)
	}
	for _, try := range []struct {
		kernels string
		single  bool
		want    string
	}{
		{"generic", false, "generic is the only kernel here, so that nothing can agree with it"},
		{"generic", true, ""},
		{"avx2 generic", false, ""},
		{"avx512 avx2", false, "the reference kernel, generic, is not among avx512, avx2"},
		{"avx2", true, "the reference kernel, generic, is not among avx2"},
	} {
		got := ""
		err := checkKernels(strings.Fields(try.kernels), try.single)
		if err != nil {
			got = err.Error()
		}
		if got != try.want || errors.Is(err, ErrOneKernel) != strings.Contains(try.want, "only") {
			t.Errorf("%s, %v: got %v, want %q", try.kernels, try.single, err, try.want)
		}
	}
}

// TestRecording goes through the life of a golden trace.
func TestRecording(t *testing.T) {
	source, trace := recordFolder(t)
	history := trace + ".history"
	first := runTiny(t).Trace()

	// New: no reason is needed, and none is kept.
	text, done, err := recorded(t, source(), "")
	if text != "" || done != trace+": written, 5 points, weights "+first.Weights() || err != nil {
		t.Fatalf("new: %q, %q, %v", text, done, err)
	}
	if textOf(t, trace) != first.String() || there(history) {
		t.Error("new: another trace, or a history")
	}

	// Unchanged: nothing happens, whatever the reason.
	if text, done, err = recorded(t, source(), "why not"); text != "" || done != trace+": unchanged" || err != nil || there(history) {
		t.Errorf("unchanged: %q, %q, %v", text, done, err)
	}

	// Changed: not without a reason.
	write(t, source().name, edited(t, "rate = 0.5", "rate = 0.25"))
	text, done, err = recorded(t, source(), "")
	if !errors.Is(err, ErrReason) || done != "" || err.Error() != trace+": no reason is given, and the golden trace changes" {
		t.Errorf("no reason: %q, %v", done, err)
	}
	if textOf(t, trace) != first.String() || there(history) {
		t.Error("no reason: something was written")
	}
	second := runTiny(t, "train.rate=0.25").Trace()
	for _, want := range []string{
		trace + ": no longer the trace that was recorded: another experiment: ",
		"\n  experiment\n    old: " + first.Digest + "\n    new: " + second.Digest + "\n",
		"\n  loss: 4 of 5 points differ, the first at step 5\n    old at the end: " + lossText(first.Points[4].Loss) + "\n    new at the end: " + lossText(second.Points[4].Loss) + "\n",
		"\n  weights: 4 of 5 points differ, the first at step 5\n    old at the end: " + first.Weights() + "\n    new at the end: " + second.Weights() + "\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\n\nlacks %q", text, want)
		}
	}
	if _, done, err = recorded(t, source(), "half the rate"); err != nil || !strings.HasPrefix(done, trace+": written") {
		t.Errorf("changed: %q, %v", done, err)
	}
	kept := "samebits history 1\n2026-03-01 " + first.Weights() + " " + second.Weights() + " samebits/1 half the rate\n"
	if textOf(t, trace) != second.String() || textOf(t, history) != kept {
		t.Errorf("changed: history\n%s\nwant\n%s", textOf(t, history), kept)
	}

	// No trace, or none that can be read: a reason is needed, too.
	for _, broken := range []struct{ text, old, why, told string }{
		{second.String()[:300], Unreadable, "the golden trace changes", trace + ": what is there cannot be read as a trace\n"},
		{"", second.Weights(), "the golden trace is gone, but not its history, " + history, ""},
	} {
		write(t, trace, broken.text)
		if broken.text == "" {
			os.Remove(trace)
		}
		if text, _, err := recorded(t, source(), ""); !errors.Is(err, ErrReason) || !strings.HasSuffix(err.Error(), broken.why) || text != broken.told {
			t.Errorf("%s, no reason: %q, %v", broken.old, text, err)
		}
		if _, _, err := recorded(t, source(), "again"); err != nil {
			t.Error(err)
		}
		kept += "2026-03-01 " + broken.old + " " + second.Weights() + " samebits/1 again\n"
		if textOf(t, trace) != second.String() || textOf(t, history) != kept {
			t.Errorf("%s: history\n%s\nwant\n%s", broken.old, textOf(t, history), kept)
		}
	}

	// A folder in the way of the trace, or of the history: nothing is written.
	os.Remove(trace)
	os.Mkdir(trace, 0o777)
	if _, _, err := recorded(t, source(), "x"); !errors.Is(err, ErrUnwritten) || !strings.Contains(err.Error(), trace) || textOf(t, history) != kept {
		t.Errorf("a folder for a trace: %v", err)
	}
	os.Remove(trace)
	if err := os.Symlink(filepath.Dir(trace), trace); err != nil { // which a rename would replace
		t.Fatal(err)
	}
	if _, _, err := recorded(t, source(), "x"); !errors.Is(err, ErrUnwritten) || textOf(t, history) != kept {
		t.Errorf("a link to a folder for a trace: %v", err)
	}
	if _, err := os.Readlink(trace); err != nil {
		t.Errorf("what could not be read was written over: %v", err)
	}
	os.Remove(trace)
	os.Remove(history)
	os.Mkdir(history, 0o777)
	if _, _, err := recorded(t, source(), "x"); err == nil || !strings.Contains(err.Error(), history) || there(trace) {
		t.Errorf("a folder for a history: %v", err)
	}

	// A history that cannot be read is found before anything is computed.
	os.Remove(history)
	write(t, history, kept[:100])
	r, err := NewRecorder("", true, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(source()); err == nil || !strings.HasPrefix(err.Error(), history+":2: ") {
		t.Errorf("a broken history: %v", err)
	}
	if _, err := r.OpenSweep(source(), Seeds{0, 3}); err != nil {
		t.Errorf("the history of another trace: %v", err)
	}
	builtin, err := Open("notebook")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(builtin); err == nil || err.Error() != "notebook is built in; record it in a checkout of the project, from its root: repro record notebook" {
		t.Errorf("built in: %v", err)
	}
}

// TestRecordingTakenBack puts something into the trace's way while the training goes on.
func TestRecordingTakenBack(t *testing.T) {
	for _, before := range []string{"", longHistory} {
		source, trace := recordFolder(t)
		if before != "" {
			write(t, trace+".history", before)
		}
		r, err := NewRecorder("x", true, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.Open(source())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Train(context.Background()); err != nil {
			t.Fatal(err)
		}
		os.MkdirAll(filepath.Join(trace, "x"), 0o777)
		if _, err := c.Write(); !errors.Is(err, ErrUnwritten) {
			t.Errorf("got %v", err)
		}
		if before == "" && there(trace+".history") || before != "" && textOf(t, trace+".history") != before {
			t.Errorf("the history was not put back")
		}
	}
}

func TestRecordingSweep(t *testing.T) {
	source, trace := recordFolder(t)
	sweep := strings.TrimSuffix(trace, ".trace") + ".sweep"
	if _, done, err := recorded(t, source(), "the first", Seeds{0, 9}); err != nil || !strings.HasPrefix(done, sweep+": written, 10 runs, root sha256:") {
		t.Fatalf("%q, %v", done, err)
	}
	old, err := source().GoldenSweep()
	if err != nil {
		t.Fatal(err)
	}
	kept := "samebits history 1\n2026-03-01 none " + old.Root + " samebits/1 the first\n"
	if got := textOf(t, sweep+".history"); got != kept {
		t.Errorf("got %s, want %s", got, kept)
	}
	text, _, err := recorded(t, source(), "", Seeds{0, 8})
	if !errors.Is(err, ErrReason) || textOf(t, sweep) != old.String() {
		t.Errorf("no reason: %v", err)
	}
	for _, want := range []string{
		sweep + ": no longer the trace that was recorded: line 4: ",
		"\n  contract: the same, samebits/1\n", "\n  experiment: the same, tiny sha256:", "\n  seeds\n    old: 0..9\n    new: 0..8\n",
		"\n  runs\n    old: 10 failed 0\n    new: 9 failed 0\n", "\n  right\n    old: of 10 mean ", "\n  loss\n    old: mean 0x", "\n  root\n    old: " + old.Root + "\n    new: sha256:",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\n\nlacks %q", text, want)
		}
	}
	if _, _, err := recorded(t, source(), "one seed less", Seeds{0, 8}); err != nil {
		t.Error(err)
	}
	now, err := source().GoldenSweep()
	if err != nil {
		t.Fatal(err)
	}
	kept += "2026-03-01 " + old.Root + " " + now.Root + " samebits/1 one seed less\n"
	if got := textOf(t, sweep+".history"); got != kept || there(trace+".history") {
		t.Errorf("got %s, want %s", got, kept)
	}
}

// TestChanges compares traces whose parts differ one by one.
func TestChanges(t *testing.T) {
	shown := func(all []Change) (lines []string) {
		for _, c := range all {
			lines = append(lines, strings.TrimSuffix(c.String(), "\n"))
		}
		return lines
	}
	old, now := tested(), tested()
	now.Experiment = "other"
	now.Points[1].Test.Correct = 3
	now.Points[2].Loss = 0.25
	now.Points = append(now.Points, now.Points[2])
	now.Points[3].Step = 30
	want := []string{
		"  name\n    old: tiny\n    new: other",
		"  points\n    old: 3\n    new: 4",
		"  loss: 1 of 3 points that both have differ, the first at step 20\n    old at the end: 0x1p-1074 5e-324\n    new at the end: 0x1p-02 0.25",
		"  right: 0 of 3 points that both have differ, at the end 10/10",
		"  test loss: 0 of 3 points that both have differ, at the end 0x1p-01 0.5",
		"  test right: 1 of 3 points that both have differ, the first at step 5\n    old at the end: 2/4\n    new at the end: 2/4",
		"  weights: 0 of 3 points that both have differ, at the end " + hashOf("2"),
	}
	if d := cmp.Diff(want, shown(now.Changes(old))); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	old, now = sample(), tested()
	for i := range now.Points {
		now.Points[i].Step += 5
	}
	want = []string{
		"  loss: 1 of 1 points that both have differ, the first at step 5\n    old at the end: 0x1p-1074 5e-324\n    new at the end: 0x1p-1074 5e-324",
		"  right: 1 of 1 points that both have differ, the first at step 5\n    old at the end: 10/10\n    new at the end: 10/10",
		"  test loss: 1 of 1 points that both have differ, the first at step 5\n    old at the end: none\n    new at the end: 0x1p-01 0.5",
		"  test right: 1 of 1 points that both have differ, the first at step 5\n    old at the end: none\n    new at the end: 2/4",
		"  weights: 1 of 1 points that both have differ, the first at step 5\n    old at the end: " + hashOf("2") + "\n    new at the end: " + hashOf("2"),
	}
	if d := cmp.Diff(want, shown(now.Changes(old))); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for i := range now.Points {
		now.Points[i].Step++
	}
	if got := shown(now.Changes(old)[:1])[0]; !strings.HasPrefix(got, "  loss: no point of one is at a step of the other\n    old at the end: ") {
		t.Errorf("no common step: %s", got)
	}
	old, now = sample(), sample()
	old.Points[1].Step = 19 // beside a step that both have
	if got := shown(now.Changes(old))[0]; !strings.HasPrefix(got, "  loss: 0 of 2 points that both have differ, ") {
		t.Errorf("steps side by side: %s", got)
	}
	text := "samebits sweep 1\ncontract c\nexperiment e " + hashOf("1") + "\nseeds 0\nruns 1 failed 0\nright \x1b[31m\ntest loss 1\nroot " + hashOf("2") + "\n"
	s, err := parseSweepTrace("s", text)
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{"right": `"\x1b[31m"`, "test loss": "1", "loss": "", "contract": "c", "root": hashOf("2")} {
		if got := s.parts()[what]; got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
}
