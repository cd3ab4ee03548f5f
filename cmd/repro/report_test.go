package main

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/samebits/samebits/golden"
)

// TestWorkflowCommand holds the escapes to those of GitHub's toolkit, command.ts.
func TestWorkflowCommand(t *testing.T) {
	for _, try := range []struct{ title, message, want string }{
		{"a", "b", "::error title=a::b"},
		{"a: b, c", "d: e, f", "::error title=a%3A b%2C c::d: e, f"},
		{"100%\r\n", "100%\r\n", "::error title=100%25%0D%0A::100%25%0D%0A"},
		{"%3A", "%0A", "::error title=%253A::%250A"},
		{"::", "::", "::error title=%3A%3A::::"},
	} {
		if got := workflowCommand("error", try.title, try.message); got != try.want {
			t.Errorf("%q, %q: got %s, want %s", try.title, try.message, got, try.want)
		}
	}
}

// FuzzWorkflowCommand reads a command as GitHub's runner does: whatever is in it, it is one line, and what comes out is
// what went in.
func FuzzWorkflowCommand(f *testing.F) {
	f.Add("my, kernel generic, threads 1: differs", "100%\n::error::")
	f.Fuzz(func(t *testing.T, title, message string) {
		line := workflowCommand("error", title, message)
		if strings.ContainsAny(line, "\r\n") {
			t.Fatalf("more than a line: %q", line)
		}
		properties, data, _ := strings.Cut(strings.TrimPrefix(line, "::error "), "::")
		if strings.Contains(properties, ",") {
			t.Errorf("more than a property: %q", line)
		}
		// The runner undoes the escape of the percent sign last.
		undo := func(s string, escapes ...string) string {
			for i := 0; i < len(escapes); i += 2 {
				s = strings.ReplaceAll(s, escapes[i], escapes[i+1])
			}
			return strings.ReplaceAll(s, "%25", "%")
		}
		if got := undo(strings.TrimPrefix(properties, "title="), "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ","); got != title {
			t.Errorf("title %q, want %q", got, title)
		}
		if got := undo(data, "%0D", "\r", "%0A", "\n"); got != message {
			t.Errorf("message %q, want %q", got, message)
		}
	})
}

// TestAnnotationsAreOneLineEach: what a text says cannot be a command of its own, nor steer a terminal.
func TestAnnotationsAreOneLineEach(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	r := report{
		Cells: []cell{
			{Experiment: "a", Kernel: "generic", Threads: 1, Verdict: differs, Digest: "sha256:", Text: "one\n::set-env name=a::b\x1b[2J\r\n"},
			{Experiment: "b", Kernel: "generic", Threads: 1, Verdict: isSame, Digest: "sha256:", Match: true},
		},
		Obsolete: []string{"x\n::error::y.trace"},
	}
	var out bytes.Buffer
	r.annotate(&out, false)
	want := "::error title=a%2C kernel generic%2C threads 1%3A differs::one%0A::set-env name=a::b[2J\n" +
		"::error title=obsolete golden trace::obsolete golden trace x::error::y.trace: there is no x::error::y.toml; remove the one or bring the other back\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	showCells(&out, r.Cells)
	if text := out.String(); !strings.HasSuffix(text, "\n\na, kernel generic, threads 1: one\na, kernel generic, threads 1: ::set-env name=a::b[2J\n") {
		t.Errorf("got %q", text)
	}
}

// TestAnnotationsOrder: GitHub shows ten errors of a step and ten warnings. The worst are among them, each experiment before
// the second of any, and if there are more, how many.
func TestAnnotationsOrder(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	one := func(experiment, verdict string, threads int) cell {
		return cell{Experiment: experiment, Kernel: "generic", Threads: threads, Verdict: verdict, Text: strings.Repeat("%", 3000)}
	}
	r := report{Cells: []cell{one("a", noData, 1), one("b", noGolden, 1), one("c", differs, 1), one("c", differs, 2), one("d", differs, 1), one("e", hasFail, 1)}}
	r.Cells[5].failed = errors.New("it failed")
	titles := func(allowNoData bool) (all []string) {
		var out bytes.Buffer
		r.annotate(&out, allowNoData)
		for line := range strings.Lines(out.String()) {
			if len(line) > 3*maxDetail+200 {
				t.Errorf("a line of %d bytes", len(line))
			}
			command, _, _ := strings.Cut(strings.TrimPrefix(line, "::"), "::")
			all = append(all, strings.NewReplacer("%2C kernel generic%2C threads ", " ", "%3A", "", "title=", "").Replace(command))
		}
		return all
	}
	want := []string{"error e 1 failed", "error repro verify", "error c 1 differs", "error d 1 differs", "error c 2 differs", "error b 1 no golden", "warning a 1 no data"}
	if got := titles(true); !slices.Equal(got, want) { // nothing was compared
		t.Errorf("got %q, want %q", got, want)
	}
	r.Cells[2].Digest = "sha256:"
	for i := range 4 {
		r.Obsolete = append(r.Obsolete, fmt.Sprint(i, ".trace"))
	}
	want = []string{"error e 1 failed", "error c 1 differs", "error d 1 differs", "error c 2 differs", "error b 1 no golden",
		"error obsolete golden trace", "error obsolete golden trace", "error obsolete golden trace", "error obsolete golden trace", "error a 1 no data"}
	if got := titles(false); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Obsolete = append(r.Obsolete, "4.trace")
	var out bytes.Buffer
	r.annotate(&out, false)
	if first, _, _ := strings.Cut(out.String(), "\n"); first != "::error title=repro verify::6 replays: 3 differs, 1 failed, 1 no golden, 1 no data; 11 errors, of which GitHub shows 9 here: the log has all" {
		t.Errorf("first %s", first)
	}
	if n := strings.Count(out.String(), "\n"); n != 12 {
		t.Errorf("%d lines", n)
	}
	r.Obsolete = nil
	if got := titles(true); len(got) != 6 || slices.Contains(got, "error repro verify") {
		t.Errorf("got %q", got)
	}
}

// TestJUnitText: whatever a text has in it, the report is XML that says the same, but for what XML cannot hold.
func TestJUnitText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.xml")
	text := "<&>\"']]>\n\ttab \x1b[31m \x00 \xff \ufffe " + strings.Repeat("é", 100000)
	r := report{
		Cells: []cell{
			{Experiment: "<a>", Kernel: "generic", Threads: 1, Verdict: differs, Digest: "sha256:", Text: text},
			{Experiment: "a", Kernel: "neon", Threads: 1, Verdict: noKernel, Text: text, excused: true},
			{Experiment: "a", Kernel: "generic", Threads: 1, Verdict: noData, Text: text},
			{Experiment: "a", Kernel: "generic", Threads: 1, Verdict: noGolden, Text: text},
			{Experiment: "a", Kernel: "generic", Threads: 1, Verdict: hasFail, Text: text, failed: errors.New(text)},
			{Experiment: "a", Kernel: "generic", Threads: 1, Verdict: isSame, Match: true, Digest: "sha256:"},
		},
		Obsolete: []string{"x\n\x1b.trace"},
	}
	if err := writeJUnit(path, &r); err != nil {
		t.Fatal(err)
	}
	var suite junitSuite
	if err := xml.Unmarshal([]byte(read(t, path)), &suite); err != nil {
		t.Fatal(err)
	}
	if suite.Tests != 7 || suite.Failures != 4 || suite.Skipped != 2 || len(suite.Cases) != 7 {
		t.Errorf("tests %d, failures %d, skipped %d, %d cases", suite.Tests, suite.Failures, suite.Skipped, len(suite.Cases))
	}
	want := strings.NewReplacer("\x1b", "\ufffd", "\x00", "\ufffd", "\xff", "\ufffd", "\ufffe", "\ufffd").Replace(text)
	for i, skipped := range []bool{false, true, true, false, false} {
		c := suite.Cases[i]
		if skipped != (c.Skipped != nil) || skipped != (c.Failure == nil) {
			t.Fatalf("case %d: failure %v, skipped %v", i, c.Failure != nil, c.Skipped != nil)
		}
		if m := cmp.Or(c.Failure, c.Skipped); m.Message != want {
			t.Errorf("case %d: %.100q", i, m.Message)
		}
	}
	if c := suite.Cases[5]; c.Failure != nil || c.Skipped != nil {
		t.Errorf("of the same: %+v", c)
	}
	if c := suite.Cases[6]; c.Failure == nil || c.Class != "obsolete golden traces" {
		t.Errorf("obsolete: %+v", c)
	}
	if suite.Cases[0].Class != "<a>" {
		t.Errorf("class %s", suite.Cases[0].Class)
	}
}

// TestMarkdown: more than GitHub takes is never written, and what is left out is told.
func TestMarkdown(t *testing.T) {
	var many report
	for i := range 30000 {
		many.Cells = append(many.Cells, cell{Experiment: fmt.Sprintf("e%05d", i), Kernel: "generic", Threads: 1, Verdict: differs, Text: strings.Repeat("é", i%5000)})
	}
	for _, already := range []int{0, 1000, maxSummary - 1000, maxSummary} {
		text := many.markdown([]string{"generic"}, 1, already)
		if already+len(text) > 1<<20 {
			t.Errorf("%d bytes after %d", len(text), already)
		}
		if !strings.Contains(text, "| `e00000` |") && already < maxSummary-1000 || !strings.Contains(text, "\n30000 replays: 30000 differs\n") {
			t.Errorf("after %d bytes: %.500s", already, text)
		}
		if shown := strings.Count(text, "\n| `e"); !strings.Contains(text, fmt.Sprintf("\n%d more experiments are not shown.\n", 30000-shown)) {
			t.Errorf("after %d bytes: %d rows, and the others are not told", already, shown)
		}
		if !strings.Contains(text, " more replays that are not the same are not shown.\n") {
			t.Errorf("after %d bytes: details that are not shown are not told", already)
		}
	}

	few := report{Cells: []cell{
		{Experiment: "a", Kernel: "avx2", Threads: 1, Verdict: isSame, Match: true, Digest: "sha256:", elapsed: 1500 * time.Microsecond, trained: 3000},
		{Experiment: "a", Kernel: "avx2", Threads: 3, Verdict: isSame, Match: true, Digest: "sha256:", elapsed: 500 * time.Microsecond, trained: 3000, Emulated: true},
		{Experiment: "a", Kernel: "neon", Threads: 1, Verdict: noKernel, Text: "none"},
		{Experiment: "a", Kernel: "neon", Threads: 3, Verdict: differs, Digest: "sha256:", Text: "```\n<b>" + strings.Repeat("é", 3000)},
	}}
	want := "### repro verify\n\n| experiment | avx2 | neon |\n|---|---|---|\n" +
		"| `a` | threads 1: same, 1.5ms<br>threads 3: same (emulated), 500µs | threads 1: **not on this CPU**<br>threads 3: **differs**, 0s |\n" +
		"\n4 replays: 2 same, 1 differs, 1 not on this CPU; 2ms, 3M samples/s\n" +
		"\n    a, kernel neon, threads 1: none\n" +
		"    a, kernel neon, threads 3: ```\n    a, kernel neon, threads 3: <b>" + strings.Repeat("é", 996) + " ...\n\n"
	if got := few.markdown([]string{"avx2", "neon"}, 4, 0); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestSummaryInterrupted: half the replays have no summary.
func TestSummaryInterrupted(t *testing.T) {
	dir := t.TempDir()
	long, summary := filepath.Join(dir, "long.toml"), filepath.Join(dir, "summary.md")
	write(t, long, strings.NewReplacer("steps = 9", "steps = 2000000000", "every = 4", "every = 2000").Replace(experiment))
	write(t, filepath.Join(dir, "long.trace"), goldenOf(t, experiment))
	t.Setenv(stepSummaryVariable, summary)
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("SAMEBITS_DATA", dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out bytes.Buffer
	code := execute(ctx, []string{"verify", "notebook", "mnist", long, "--kernel", "generic"}, &out, &cancelling{cancel: cancel})
	if code != exitInterrupted || !strings.Contains(out.String(), "::error title=mnist%2C kernel generic%2C threads 1%3A no data::") {
		t.Errorf("exit code %d, %s", code, out.String())
	}
	if _, err := os.Stat(summary); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the summary of an interrupted verify: %v", err)
	}
}

// TestTwoUnwritten: each file that cannot be written is told, and the outcome is not lost.
func TestTwoUnwritten(t *testing.T) {
	t.Setenv(stepSummaryVariable, t.TempDir())
	code, out, stderr := repro(t, "verify", "notebook", "--kernel", "generic", "--junit", filepath.Join(t.TempDir(), strings.Repeat("x", 255)))
	if code != exitFailed || !strings.Contains(out, " same ") || !strings.HasPrefix(stderr, "repro: --junit: ") ||
		!strings.Contains(stderr, "\nrepro: GITHUB_STEP_SUMMARY: ") || strings.Count(stderr, "\n") != 2 {
		t.Errorf("exit code %d, %q, %q", code, out, stderr)
	}
}

// TestThroughput: seconds and samples per second are of the samples that were trained on, those of all runs of a sweep.
func TestThroughput(t *testing.T) {
	code, text, stderr := repro(t, "verify", "notebook", "digits-online", "notebook.sweep", "--json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var object struct {
		Results []struct {
			Experiment       string
			Seconds          float64
			SamplesPerSecond float64 `json:"samples_per_second"`
		}
	}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"notebook": 1000, "digits-online": 2 * 1437, "notebook 0..999": 1000 * 1000}
	for _, r := range object.Results {
		if got := r.Seconds * r.SamplesPerSecond; !(math.Abs(got-want[r.Experiment]) < 1e-6*want[r.Experiment]) {
			t.Errorf("%s: %v samples in %v seconds, want %v", r.Experiment, got, r.Seconds, want[r.Experiment])
		}
	}
	if len(object.Results) == 0 || len(object.Results)%3 != 0 {
		t.Errorf("%d results", len(object.Results))
	}
}

func TestShort(t *testing.T) {
	for rate, want := range map[float64]string{
		0: "", 0.01234: "0.0123", 1: "1", 99.96: "100", 999.4: "999", 999.5: "1k", 1234: "1.23k", 56789: "56.8k", 999499: "999k",
		999500: "1M", 2.5e9: "2.5G", 7e12: "7T", 8e15: "8e+03T",
	} {
		if got := short(rate); got != want {
			t.Errorf("%v: got %s, want %s", rate, got, want)
		}
	}
}

// TestBuiltinGoldens: no golden trace that is built in is obsolete, and every experiment and sweep is chosen, sweeps last.
func TestBuiltinGoldens(t *testing.T) {
	s, err := choose(nil)
	if err != nil || len(s.obsolete) > 0 {
		t.Errorf("obsolete %v, %v", s.obsolete, err)
	}
	tomls, _ := fs.Glob(golden.Files, "*.toml")
	sweeps, _ := fs.Glob(golden.Files, "*.sweep")
	var want []target
	for _, name := range tomls {
		want = append(want, target{strings.TrimSuffix(name, ".toml"), false})
	}
	for _, name := range sweeps {
		want = append(want, target{strings.TrimSuffix(name, ".sweep"), true})
	}
	if len(want) < 7 || !slices.Equal(s.targets, want) {
		t.Errorf("got %v, want %v", s.targets, want)
	}
}

func TestObsolete(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"a.toml", "a.trace", "b.trace", "b.sweep", "c.toml", "c.sweep", ".d.trace", ".d.toml", "e.TRACE", "f.txt", "sub/g.trace", "trace", "h.i.trace", "h.toml"} {
		files[name] = &fstest.MapFile{}
	}
	var s selection
	same := func(name string) string { return "x/" + name }
	if err := s.addSet(files, same, same); err != nil {
		t.Fatal(err)
	}
	if want := []string{"x/b.sweep", "x/b.trace", "x/h.i.trace"}; !slices.Equal(s.obsolete, want) {
		t.Errorf("obsolete %v, want %v", s.obsolete, want)
	}
	if want := []target{{"x/a.toml", false}, {"x/c.toml", false}, {"x/h.toml", false}, {"x/c.toml", true}}; !slices.Equal(s.targets, want) {
		t.Errorf("targets %v, want %v", s.targets, want)
	}
}

// header returns the first bytes of a program.
func header(m elf.Machine, big bool) []byte {
	h := append([]byte(elf.ELFMAG), make([]byte, 16)...)
	h[elf.EI_DATA], h[18], h[19] = byte(elf.ELFDATA2LSB), byte(m), byte(m>>8)
	if big {
		h[elf.EI_DATA], h[18], h[19] = byte(elf.ELFDATA2MSB), byte(m>>8), byte(m)
	}
	return h
}

func TestForeign(t *testing.T) {
	for _, try := range []struct {
		header []byte
		arch   string
		want   bool
	}{
		{header(elf.EM_X86_64, false), "amd64", false},
		{header(elf.EM_X86_64, false), "arm64", true},
		{header(elf.EM_X86_64, false), "s390x", true},
		{header(elf.EM_S390, true), "s390x", false},
		{header(elf.EM_AARCH64, false), "arm64", false},
		{header(elf.EM_AARCH64, false), "amd64", true},
		{header(elf.EM_LOONGARCH, false), "loong64", false}, // a machine of two bytes
		{header(elf.EM_PPC64, true), "ppc64", false},
		{header(elf.EM_PPC64, false), "ppc64le", false},
		{header(elf.EM_X86_64, false), "another", false},
		{make([]byte, 20), "arm64", false},
		{[]byte("#!/bin/sh\nexec true\n"), "arm64", false},
	} {
		if got := foreign(try.header, try.arch); got != try.want {
			t.Errorf("% x on %s: %v", try.header, try.arch, got)
		}
	}
}

// TestEmulated: what is found under an emulator says so, and nothing else changes.
func TestEmulated(t *testing.T) {
	defer func(old string) { programFile = old }(programFile)
	programFile = filepath.Join(t.TempDir(), "emulator")
	if runtime.GOARCH == "arm64" {
		write(t, programFile, string(header(elf.EM_X86_64, false)))
	} else {
		write(t, programFile, string(header(elf.EM_AARCH64, false)))
	}
	code, out, _ := repro(t, "verify", "notebook", "--kernel", "generic")
	if code != 0 || !strings.Contains(out, " same (emulated) ") {
		t.Errorf("exit code %d, %s", code, out)
	}
	code, out, _ = repro(t, "verify", "notebook", "--kernel", "generic", "--json")
	if code != 0 || !strings.Contains(out, `"verdict":"same"`) || !strings.HasSuffix(out, `,"emulated":true}]}`+"\n") {
		t.Errorf("exit code %d, %s", code, out)
	}
	for _, content := range []string{"", "\x7fELF"} { // nothing to tell it by
		write(t, programFile, content)
		if emulated() != tinyCode() {
			t.Errorf("program %q: emulated", content)
		}
	}
}
