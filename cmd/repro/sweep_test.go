package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

// small is an experiment that takes a moment.
const small = `name = "small"
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
every = 20
`

// smallFile writes the small experiment to a folder of its own.
func smallFile(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, "small.toml")
	write(t, file, small)
	return dir, file
}

// sweepRow is a row of a sweep as it is documented.
type sweepRow struct {
	Seed        uint32
	Set         []string
	Correct     int
	Total       int
	Loss        string
	TestCorrect int    `json:"test_correct"`
	TestTotal   int    `json:"test_total"`
	TestLoss    string `json:"test_loss"`
	Digest      string
	Error       string
	Sweep       string
}

// sweepScores is the part of the summary that there is for each setting.
type sweepScores struct {
	Set         []string
	Failed      int
	Train, Test *sweepCounts
}

type sweepCounts struct {
	Runs, Total     int
	Mean, Deviation float64
	Quantiles       map[string]int
	Histogram       struct {
		First, Width int
		Runs         []int
	}
	Loss struct{ Mean, Deviation, Min, Max string }
}

// sweepObject is the last line of sweep --json.
type sweepObject struct {
	Schema, Contract, Experiment, Sweep, Seeds string
	Rows                                       int
	sweepScores
	Settings []sweepScores
	Own      *struct {
		Seed                        uint32
		Correct, Below, Same, Above int
	}
	Check *struct {
		Kernel string
		Runs   int
		Differ []struct{ Sweep, Alone string }
	}
	Root, Kernel string
	Threads      int
	Computed     int
	Seconds      float64
}

// sweepJSONOf runs sweep --json, which is to succeed, and returns the lines of the rows, newlines included, and the summary.
func sweepJSONOf(t *testing.T, args ...string) (rows []string, last string, object sweepObject) {
	t.Helper()
	code, text, stderr := repro(t, append([]string{"sweep", "--json"}, args...)...)
	if code != 0 || stderr != "" {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr)
	}
	return parseSweep(t, text)
}

func parseSweep(t *testing.T, text string) (rows []string, last string, object sweepObject) {
	t.Helper()
	rows = slices.Collect(strings.Lines(text))
	if len(rows) == 0 || !strings.HasSuffix(text, "}\n") {
		t.Fatalf("no summary: %q", text)
	}
	last, rows = rows[len(rows)-1], rows[:len(rows)-1]
	if err := json.Unmarshal([]byte(last), &object); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(last), &object.sweepScores); err != nil {
		t.Fatal(err)
	}
	return rows, last, object
}

func parseRows(t *testing.T, lines []string) []sweepRow {
	t.Helper()
	rows := make([]sweepRow, len(lines))
	for i, l := range lines {
		if err := json.Unmarshal([]byte(l), &rows[i]); err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
	}
	return rows
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// raw returns the text of an object's member.
func raw(t *testing.T, object string, keys ...string) string {
	t.Helper()
	for _, k := range keys {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(object), &members); err != nil {
			t.Fatal(err)
		}
		object = string(members[k])
	}
	return object
}

func rootOf(text string) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text)))
}

// TestSweepJSON holds rows and summary to their documented form, and counts the rows by hand.
func TestSweepJSON(t *testing.T) {
	dir, file := smallFile(t)
	for i, try := range []struct {
		name, rows, keys string
		args             []string
		settings         int
	}{
		{"one setting", "seed correct total loss digest sweep",
			"schema contract experiment sweep seeds rows failed train own root kernel threads computed seconds", nil, 1},
		{"test and check", "seed correct total loss test_correct test_total test_loss digest sweep",
			"schema contract experiment sweep seeds rows failed train test own check root kernel threads computed seconds",
			[]string{"-S", "data.test=4", "--check", "3"}, 1},
		{"grid", "seed set correct total loss digest sweep",
			"schema contract experiment sweep seeds rows settings check root kernel threads computed seconds",
			[]string{"-S", "train.rate=0.1,0.9", "-S", "model.bias=true", "-S", "model.layers=[2,2],[2,3,2]", "--check", "2"}, 4},
	} {
		t.Run(try.name, func(t *testing.T) {
			out := filepath.Join(dir, fmt.Sprint(i))
			lines, last, got := sweepJSONOf(t, append(try.args, file, "--seeds", "0..30", "--out", out, "--threads", "2", "--kernel", "generic")...)
			for _, l := range lines {
				if keys := strings.Join(keysOf(t, l), " "); keys != try.rows {
					t.Fatalf("keys of a row %q, want %q", keys, try.rows)
				}
			}
			if keys := strings.Join(keysOf(t, last), " "); keys != try.keys {
				t.Errorf("keys %q, want %q", keys, try.keys)
			}
			text := strings.Join(lines, "")
			if kept := read(t, out); kept != text {
				t.Errorf("--out has\n%s--json\n%s", kept, text)
			}
			if want := rootOf(text); got.Root != want {
				t.Errorf("root %s, the file has %s", got.Root, want)
			}
			rows := parseRows(t, lines)
			n := 31 * try.settings
			if got.Schema != "samebits/sweep/1" || got.Contract != kernel.Contract || got.Experiment != "small" || got.Seeds != "0..30" ||
				got.Rows != n || len(rows) != n || got.Computed != n || got.Kernel != "generic" || got.Threads != 2 || got.Seconds <= 0 {
				t.Errorf("%d rows, %+v", len(rows), got)
			}
			id := kernel.Contract + " small 0..30 "
			if try.settings > 1 {
				id += fmt.Sprintf("x%d ", try.settings)
			}
			if !regexp.MustCompile(`^` + id + `[0-9a-f]{16}$`).MatchString(got.Sweep) {
				t.Errorf("identity %q", got.Sweep)
			}
			for i, r := range rows {
				if int(r.Seed) != i/try.settings || r.Sweep != got.Sweep || !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(r.Digest) {
					t.Errorf("row %d: %+v", i, r)
				}
			}
			if try.settings == 1 {
				checkScores(t, last, got.sweepScores, rows)
				checkOwn(t, got, rows, file, try.args)
			}
			for i, s := range got.Settings {
				var own []sweepRow
				for j := i; j < len(rows); j += try.settings {
					if own = append(own, rows[j]); !slices.Equal(rows[j].Set, s.Set) {
						t.Errorf("row %d is of %v, setting %d is %v", j, rows[j].Set, i, s.Set)
					}
				}
				checkScores(t, "", s, own)
			}
			if try.settings > 1 {
				var sets []string
				for _, s := range got.Settings {
					sets = append(sets, strings.Join(s.Set, " "))
				}
				want := []string{"train.rate=0.1 model.layers=[2,2]", "train.rate=0.1 model.layers=[2,3,2]",
					"train.rate=0.9 model.layers=[2,2]", "train.rate=0.9 model.layers=[2,3,2]"}
				if !slices.Equal(sets, want) {
					t.Errorf("settings %q", sets)
				}
			}
			if c := got.Check; c != nil {
				if keys := strings.Join(keysOf(t, raw(t, last, "check")), " "); keys != "kernel runs differ" {
					t.Errorf("keys of check %q", keys)
				}
				seeds := map[int]int{1: 3, 4: 2}[try.settings]
				if c.Kernel != "generic" || c.Runs != seeds*try.settings || c.Differ == nil || len(c.Differ) != 0 {
					t.Errorf("check %+v", *c)
				}
			}
		})
	}
}

// checkScores compares scores with what their rows come to. The text is that of the object, if its keys are to be looked at.
func checkScores(t *testing.T, text string, got sweepScores, rows []sweepRow) {
	t.Helper()
	if text != "" {
		for at, want := range map[string]string{"": "runs total mean deviation quantiles histogram loss", "histogram": "first width runs", "loss": "mean deviation min max"} {
			path := slices.DeleteFunc([]string{"train", at}, func(s string) bool { return s == "" })
			if keys := strings.Join(keysOf(t, raw(t, text, path...)), " "); keys != want {
				t.Errorf("keys of %v: %q, want %q", path, keys, want)
			}
		}
	}
	if got.Failed != 0 || got.Train == nil || (got.Test == nil) != (rows[0].TestTotal == 0) {
		t.Fatalf("scores %+v", got)
	}
	var correct, tests []int
	var loss, testLoss []float64
	for _, r := range rows {
		correct, loss = append(correct, r.Correct), append(loss, checkHex(t, r.Loss))
		if got.Test != nil {
			tests, testLoss = append(tests, r.TestCorrect), append(testLoss, checkHex(t, r.TestLoss))
		}
	}
	checkCounts(t, got.Train, rows[0].Total, correct, loss)
	if got.Test != nil {
		checkCounts(t, got.Test, rows[0].TestTotal, tests, testLoss)
	}
}

func checkCounts(t *testing.T, got *sweepCounts, total int, correct []int, loss []float64) {
	t.Helper()
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s %v, want %v", what, got, want)
		}
	}
	if got.Runs != len(correct) || got.Total != total {
		t.Errorf("%d runs of %d, want %d of %d", got.Runs, got.Total, len(correct), total)
	}
	var numbers []float64
	for _, c := range correct {
		numbers = append(numbers, float64(c))
	}
	mean, deviation := moments(numbers)
	near("mean", got.Mean, mean)
	near("deviation", got.Deviation, deviation)
	mean, deviation = moments(loss)
	near("mean loss", checkHex(t, got.Loss.Mean), mean)
	near("deviation of the loss", checkHex(t, got.Loss.Deviation), deviation)
	if checkHex(t, got.Loss.Min) != slices.Min(loss) || checkHex(t, got.Loss.Max) != slices.Max(loss) {
		t.Errorf("loss from %s to %s", got.Loss.Min, got.Loss.Max)
	}
	sorted := slices.Sorted(slices.Values(correct))
	quantiles := map[string]int{}
	for _, q := range []int{0, 5, 25, 50, 75, 95, 100} {
		quantiles[fmt.Sprint(q)] = sorted[max(0, (q*len(sorted)+99)/100-1)]
	}
	if !maps.Equal(got.Quantiles, quantiles) {
		t.Errorf("quantiles %v, want %v", got.Quantiles, quantiles)
	}
	h := got.Histogram
	bins := make([]int, len(h.Runs))
	for _, c := range correct {
		bins[(c-h.First)/h.Width]++
	}
	if !slices.Equal(h.Runs, bins) || len(bins) > 20 || h.First != sorted[0] {
		t.Errorf("histogram %+v, want %v", h, bins)
	}
}

// moments returns mean and standard deviation of a sample.
func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values)-1)
	}
	return mean, math.Sqrt(deviation)
}

// checkOwn looks for the experiment's own seed, which is 3.
func checkOwn(t *testing.T, got sweepObject, rows []sweepRow, file string, args []string) {
	t.Helper()
	var changes []string
	for i, a := range args {
		if a == "-S" {
			changes = append(changes, a, args[i+1])
		}
	}
	run, _ := runJSONOf(t, append(changes, file)...)
	below, same, above := 0, 0, 0
	for _, r := range rows {
		switch {
		case r.Correct < run.Correct:
			below++
		case r.Correct == run.Correct:
			same++
		default:
			above++
		}
	}
	if o := got.Own; o == nil || o.Seed != 3 || o.Correct != run.Correct || o.Below != below || o.Same != same || o.Above != above {
		t.Errorf("own %+v, want %d right, %d %d %d", o, run.Correct, below, same, above)
	}
}

// TestSweepOwn: the own seed need not be one of the sweep's.
func TestSweepOwn(t *testing.T) {
	_, file := smallFile(t)
	run, _ := runJSONOf(t, file, "-S", "seed=77")
	_, _, got := sweepJSONOf(t, file, "-S", "seed=77", "--seeds", "0..9")
	if o := got.Own; o == nil || o.Seed != 77 || o.Correct != run.Correct || o.Below+o.Same+o.Above != 10 {
		t.Errorf("own %+v, run has %d right", got.Own, run.Correct)
	}
}

// TestSweepRows compares rows with what run --json gives with the seed alone.
func TestSweepRows(t *testing.T) {
	dir, file := smallFile(t)
	biased := filepath.Join(dir, "biased.toml")
	write(t, biased, experiment)
	for _, try := range []struct {
		file, seeds string
		changes     []string
	}{
		{file, "0..17", nil},
		{file, "4294967291..4294967295", []string{"data.test=4"}},
		{file, "5", []string{"dtype=float32"}},
		{file, "3..6", []string{"train.method=minibatch", "train.batch=4", "train.order=shuffle"}},
		{biased, "0..9", nil},
	} {
		args := []string{}
		for _, c := range try.changes {
			args = append(args, "-S", c)
		}
		lines, _, _ := sweepJSONOf(t, append(slices.Clone(args), try.file, "--seeds", try.seeds)...)
		for _, r := range parseRows(t, lines) {
			run, _ := runJSONOf(t, append(slices.Clone(args), try.file, "-S", fmt.Sprintf("seed=%d", r.Seed))...)
			same := r.Correct == run.Correct && r.Total == run.Total && r.Loss == run.Loss && r.Digest == run.Digest
			if run.Test != nil {
				same = same && r.TestCorrect == run.Test.Correct && r.TestTotal == run.Test.Total && r.TestLoss == run.Test.Loss
			}
			if !same || (run.Test == nil) != (r.TestTotal == 0) {
				t.Errorf("%v, seed %d: row %+v, run %d/%d %s %s %+v", try, r.Seed, r, run.Correct, run.Total, run.Loss, run.Digest, run.Test)
			}
		}
	}
}

// TestSweepSame: kernels, threads and shards give the same rows, and so does their merge.
func TestSweepSame(t *testing.T) {
	dir, file := smallFile(t)
	args := []string{file, "--seeds", "10..49", "-S", "train.rate=0.3,0.4"}
	rows, _, whole := sweepJSONOf(t, append(args, "--kernel", "generic", "--threads", "1")...)
	want := strings.Join(rows, "")
	for _, k := range kernel.Names() {
		for _, threads := range []string{"1", "2", "5"} {
			on := append(slices.Clone(args), "--kernel", k, "--threads", threads)
			rows, _, got := sweepJSONOf(t, on...)
			if strings.Join(rows, "") != want || got.Root != whole.Root {
				t.Fatalf("kernel %s, threads %s: root %s, want %s", k, threads, got.Root, whole.Root)
			}
			for _, n := range []int{2, 7} {
				var files []string
				joined, next := "", 10
				for i := range n {
					out := filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%d", k, threads, n, i))
					rows, _, part := sweepJSONOf(t, append(slices.Clone(on), "--shard", fmt.Sprintf("%d/%d", i+1, n), "--out", out)...)
					text := read(t, out)
					if text != strings.Join(rows, "") || part.Root != rootOf(text) || part.Sweep != whole.Sweep || part.Rows != len(rows) {
						t.Errorf("shard %d/%d: %+v", i+1, n, part)
					}
					last := next + len(rows)/2 - 1
					if want := fmt.Sprintf("%d..%d", next, last); part.Seeds != want {
						t.Errorf("shard %d/%d has the seeds %s, want %s", i+1, n, part.Seeds, want)
					}
					files, joined, next = append(files, out), joined+text, last+1
				}
				if joined != want {
					t.Errorf("kernel %s, threads %s: %d shards have other rows", k, threads, n)
				}
				slices.Reverse(files)
				code, text, stderr := repro(t, append([]string{"sweep", "merge", "--json"}, files...)...)
				if code != 0 {
					t.Fatalf("merge: exit code %d, %s", code, stderr)
				}
				merged, last, object := parseSweep(t, text)
				if strings.Join(merged, "") != want || object.Root != whole.Root || object.Seeds != "10..49" || object.Rows != 80 {
					t.Errorf("merge of %d: %+v", n, object)
				}
				if keys := strings.Join(keysOf(t, last), " "); keys != "schema contract experiment sweep seeds rows settings root" {
					t.Errorf("keys of a merge: %q", keys)
				}
			}
		}
	}
}

// TestSweepCheck: the seeds that are replayed are spread over all, and as many as asked for.
func TestSweepCheck(t *testing.T) {
	dir, file := smallFile(t)
	out := filepath.Join(dir, "rows")
	args := []string{file, "--seeds", "20..29", "--out", out}
	rows, _, _ := sweepJSONOf(t, args...)
	good := strings.Join(rows, "")
	digest := parseRows(t, rows[5:6])[0].Digest
	bad := strings.Replace(good, digest, "sha256:"+strings.Repeat("0", 64), 1)
	for n, differ := range map[int]bool{1: false, 2: true, 3: false, 9: true, 10: true, 1000000000: true} {
		for _, c := range []struct {
			text string
			code int
		}{{good, 0}, {bad, exitDiffers}} {
			if !differ {
				c.code = 0
			}
			write(t, out, c.text)
			code, text, stderr := repro(t, append([]string{"sweep", "--json", "--check", fmt.Sprint(n)}, args...)...)
			rows, _, got := parseSweep(t, text)
			if code != c.code || got.Check.Runs != min(n, 10) || got.Check.Kernel != "generic" || strings.Join(rows, "") != c.text || got.Computed != 0 {
				t.Errorf("--check %d: exit code %d, %+v", n, code, *got.Check)
			}
			if code == 0 {
				continue
			}
			if want := fmt.Sprintf("repro: 1 of %d runs differ from what they give alone\n", min(n, 10)); stderr != want {
				t.Errorf("--check %d: %q, want %q", n, stderr, want)
			}
			if d := got.Check.Differ; len(d) != 1 || d[0].Sweep+"\n" != rows[5] || d[0].Alone != strings.TrimSuffix(strings.Replace(rows[5], strings.Repeat("0", 64), digest[7:], 1), "\n") {
				t.Errorf("--check %d: %+v", n, d)
			}
		}
	}
	// For people.
	write(t, out, bad)
	code, text, _ := repro(t, append([]string{"sweep", "--check", "10"}, args...)...)
	want := "\ncheck     1 of 10 runs differ from what they give alone on kernel generic\n  sweep   " + strings.Split(bad, "\n")[5] +
		"\n  alone   " + strings.Split(good, "\n")[5] + "\nroot      " + rootOf(bad) + "\ntime      all rows were there already\n"
	if code != exitDiffers || !strings.HasSuffix(text, want) {
		t.Errorf("exit code %d\n%s", code, text)
	}
	// Every number of a row counts, also where a run is said to have failed, which is worse.
	for _, c := range []struct {
		pattern, with string
		code          int
	}{
		{`"correct":\d+`, `"correct":0`, exitDiffers},
		{`"loss":"[^"]*"`, `"loss":"0x1p+00"`, exitDiffers},
		{`"correct".*"digest":"[^"]*"`, `"error":"broke"`, exitFailed},
	} {
		first, rest, _ := strings.Cut(good, "\n")
		write(t, out, regexp.MustCompile(c.pattern).ReplaceAllString(first, c.with)+"\n"+rest)
		code, text, stderr := repro(t, append([]string{"sweep", "--check", "1", "--json"}, args...)...)
		if _, _, got := parseSweep(t, text); code != c.code || len(got.Check.Differ) != 1 {
			t.Errorf("%s: exit code %d, %s, %+v", c.with, code, stderr, got.Check)
		}
	}
}

// TestSweepCheckGrid: all settings of a seed are replayed.
func TestSweepCheckGrid(t *testing.T) {
	dir, file := smallFile(t)
	out := filepath.Join(dir, "rows")
	args := []string{file, "--seeds", "0..3", "--out", out, "-S", "train.rate=0.1,0.2,0.3"}
	rows, _, _ := sweepJSONOf(t, args...)
	rows[8] = regexp.MustCompile(`"loss":"[^"]*"`).ReplaceAllString(rows[8], `"loss":"0x1p+00"`)
	write(t, out, strings.Join(rows, ""))
	code, text, _ := repro(t, append([]string{"sweep", "--check", "2", "--json"}, args...)...)
	_, _, got := parseSweep(t, text)
	if code != exitDiffers || got.Check.Runs != 6 || len(got.Check.Differ) != 1 || !strings.Contains(got.Check.Differ[0].Alone, `{"seed":2,"set":["train.rate=0.3"],`) {
		t.Errorf("exit code %d, %+v", code, got.Check)
	}
}

// TestSweepUsage: what is senseless is exit code 2 with its reason. There is nothing on stdout, and files are as they were.
func TestSweepUsage(t *testing.T) {
	t.Setenv(harness.DataVariable, "")
	dir, _ := smallFile(t)
	t.Chdir(dir)
	for name, text := range map[string]string{
		"notes.txt": "my notes\n", "object.json": `{"seed":42,"rate":0.1}`, "mine.json": `{"seed":0,"rate":0.1}`, "empty": "",
		"bad.toml": strings.Replace(small, "sigmoid", "sigmund", 1),
		"csv.toml": regexp.MustCompile(`(?s)source.*\[model\]`).ReplaceAllString(small, "source = \"csv\"\ntrain = \"nowhere.csv\"\n[model]"),
	} {
		write(t, name, text)
	}
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	rows, _, _ := sweepJSONOf(t, "small.toml", "--seeds", "0..9", "--out", "whole")
	sweepJSONOf(t, "small.toml", "--seeds", "0..9", "--shard", "1/2", "--out", "shard1")
	sweepJSONOf(t, "small.toml", "--seeds", "0..9", "--shard", "2/2", "--out", "shard2")
	whole := strings.Join(rows, "")
	write(t, "contract", strings.ReplaceAll(whole, kernel.Contract+" ", "samebits/0 "))
	write(t, "gap", strings.Join(slices.Delete(slices.Clone(rows), 3, 4), ""))
	write(t, "spaced", strings.Replace(whole, "\n", "\n\n", 1))
	write(t, "crlf", strings.ReplaceAll(whole, "\n", "\r\n"))
	write(t, "torn2", strings.Join(rows[5:7], "")+rows[7][:30])
	contents := func() map[string]string {
		all := map[string]string{}
		entries, err := os.ReadDir(".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if all[e.Name()] = ""; e.Type().IsRegular() {
				all[e.Name()] = read(t, e.Name())
			}
		}
		return all
	}
	before := contents()
	const s = "small.toml --seeds 0..9 "
	for _, try := range []struct{ args, want string }{
		{"small.toml", `sweep: which seeds\? as in --seeds 0\.\.9999`},
		{"small.toml --seeds=", `--seeds: a seed is missing: want a range as in 0\.\.9999`},
		{"small.toml --seeds ..", `--seeds: a seed is missing`},
		{"small.toml --seeds 3..", `--seeds: a seed is missing`},
		{"small.toml --seeds ..3", `--seeds: a seed is missing`},
		{"small.toml --seeds 9..0", `--seeds: from 9 down to 0: want the smaller one first`},
		{"small.toml --seeds 0..4294967296", `--seeds: 4294967296: want seeds from 0 to 4294967295`},
		{"small.toml --seeds 4294967296", `--seeds: 4294967296: want seeds from 0 to 4294967295`},
		{"small.toml --seeds=-1..3", `--seeds: "-1" is no seed: want a range as in 0\.\.9999`},
		{"small.toml --seeds 0..4294967295", `--seeds: 4294967296 seeds, want at most 1073741824`},
		{"small.toml --seeds 0..1e4", `--seeds: "1e4" is no seed`},
		{"small.toml --seeds 0,1,2", `--seeds: "0,1,2" is no seed`},
		{"small.toml --seeds 0-9", `--seeds: "0-9" is no seed`},
		{"small.toml --seeds 0...9", `--seeds: "\.9" is no seed`},
		{"small.toml --seeds 1.5", `--seeds: "1\.5" is no seed`},
		{"small.toml --seeds 007", `--seeds: "007" is no seed`},
		{"small.toml --seeds 99999999999999999999999999999999999999999999999999999999999999..3", `--seeds: 9{40}: want seeds from 0 to 4294967295`},
		{s + "--shard 0/2", `--shard: shard 0/2: want 1/2 to 2/2`},
		{s + "--shard 3/2", `--shard: shard 3/2: want 1/2 to 2/2`},
		{s + "--shard 1/0", `--shard: shard 1/0: want 1/1 to 1/1`},
		{s + "--shard 1/11", `--shard: shard 1/11: more shards than the 10 seeds`},
		{s + "--shard x", `--shard: "x": want a part as in 1/4`},
		{s + "--shard=", `--shard: "": want a part as in 1/4`},
		{s + "--shard 1", `--shard: "1": want a part`},
		{s + "--shard 1/", `--shard: "1/": want a part`},
		{s + "--shard 1/2/3", `--shard: "1/2/3": want a part`},
		{s + "--shard=-1/2", `--shard: "-1/2": want a part`},
		{s + "--shard 1/1000000000", `--shard: "1/1000000000": want a part`},
		{s + "--check -1", `--check -1: want at least 1`},
		{s + "--check 0", `--check 0: want at least 1`},
		{s + "--check some", `invalid argument "some"`},
		{s + "--threads 0", `--threads 0: want 1 to 1024`},
		{s + "--threads -1", `--threads -1: want 1 to 1024`},
		{s + "--threads 1025", `--threads 1025: want 1 to 1024`},
		{s + "--kernel abacus", `--kernel: unknown kernel "abacus" \(available: .*generic\)`},
		{s + "--kernel genric", `--kernel: unknown kernel "genric"`},
		{s + "--thraeds 1", `unknown flag: --thraeds; did you mean "threads"\?`},
		{s + "--seed 1", `unknown flag: --seed; did you mean "seeds"\?`},
		{s + "--data nowhere", `--data: stat nowhere: no such file`},
		{"", `sweep: got 0 experiments, want one`},
		{"small.toml small.toml --seeds 0", `sweep: got 2 experiments, want one`},
		{"notbook --seeds 0", `no built-in experiment "notbook"; did you mean "notebook"\?`},
		{"missing.toml --seeds 0", `missing.toml: no such file`},
		{"bad.toml --seeds 0", `bad.toml:8: model.activation: got the string "sigmund"; did you mean "sigmoid"\?`},
		{"csv.toml --seeds 0..9 --out new", `no data: there is no nowhere.csv \(beside the experiment\); name the folder of nowhere.csv with --data or SAMEBITS_DATA`},
		{s + "-S train", `-S train: want key=value`},
		{s + "-S train.rate=0.1,x --out new", `-S train.rate=x: train.rate: `},
		{s + "-S train.rate=0.1, --out new", `train.rate: got the string ""`},
		{s + "-S trian.rate=1", `trian: unknown key; did you mean "train"\?`},
		{s + "-S model.layers=[2,2],[3,2] --out new", `model.layers.0: 3 inputs for data of 2 features`},
		{s + "-S train.rate=0.1" + strings.Repeat(",0.1", 256), `more than 256 settings`},
		{s + "-S train.rate=0.1,0.2,0.1 --out new", `-S train.rate=0.1 and -S train.rate=0.1: the same training`},
		{s + "-S train.rate=0.1,0.10 --out new", `the same training`},
		{s + "-S train.rate=0.1,0.2 -S train.rate=0.3,0.4 --out new", `train.rate is changed twice`},
		{s + "-S seed=1,2 --out new", `-S seed=1 and -S seed=2: the same training`},
		{s + "--out=", `--out: want a file`},
		{s + "--out folder", `--out: folder: not a regular file`},
		{s + "--out nowhere/rows", `--out: open nowhere/rows: no such file`},
		{s + "--out notes.txt/rows", `--out: open notes.txt/rows: not a directory`},
		{s + "--out notes.txt", `notes.txt:1: not a row of a sweep; give --out another file`},
		{s + "--out small.toml", `small.toml:1: not a row of a sweep; give --out another file`},
		{s + "--out object.json", `object.json:1: not a row of a sweep; give --out another file`},
		{s + "--out mine.json", `mine.json:1: not a row of a sweep; give --out another file`},
		{s + "--out contract", `contract:1: a row of sweep "samebits/0 small 0\.\.9 \w{16}", want "` + kernel.Contract + ` small 0\.\.9 \w{16}"; give --out another file`},
		{s + "--out whole -S train.rate=0.4", `whole:1: a row of sweep .*; give --out another file`},
		{s + "--out whole -S train.rate=0.4,0.5", `whole:1: a row of sweep .*, want ".* small 0\.\.9 x2 \w{16}"`},
		{"small.toml --seeds 0..10 --out whole", `whole:1: a row of sweep .*0\.\.9 .*, want .*0\.\.10 `},
		{s + "--out shard2", `shard2:1: a row of seed 5, want seed 0: was the file written for another shard\?`},
		{s + "--out whole --shard 1/2", `whole:6: more rows than seeds 0\.\.4 have`},
		{s + "--out shard1 --shard 2/2", `shard1:1: a row of seed 0, want seed 5: was the file written for another shard\?`},
		{s + "--out torn2", `torn2:1: a row of seed 5, want seed 0`},
		{s + "--out gap", `gap:4: a row of seed 4, want seed 3`},
		{s + "--out spaced", `spaced:2: not a row of a sweep`},
		{s + "--out crlf", `crlf:1: not a row as a sweep writes it`},
		{s + "--histogram rows.gif", `--histogram: "rows.gif": want a name that ends in .png or .svg`},
		{s + "--histogram rows", `--histogram: "rows": want a name`},
		{s + "--histogram=", `--histogram: "": want a name`},
		{s + "--histogram nowhere/h.svg", `--histogram: stat nowhere: no such file`},
		{s + "--histogram notes.txt/h.svg", `--histogram: notes.txt: not a folder`},
		{s + "--histogram h.svg --histogram h.jpg", `--histogram: "h.jpg": want a name`},
		{s + "--histogram h.svg -S train.rate=0.1,0.2 --out new", `--histogram: it is of one setting: give each key of -S one value`},
		{s + "--histogram h.svg --out h.svg", `--histogram: h.svg is the file of --out`},

		{"merge", `merge: which files\?`},
		{"merge --out new", `merge: which files\?`},
		{"merge missing --out new", `missing: no such file`},
		{"merge folder --out new", `folder: not a regular file`},
		{"merge shard1 missing --out new", `missing: no such file`},
		{"merge notes.txt --out new", `notes.txt:1: not a row of a sweep`},
		{"merge empty --out new", `empty: no rows`},
		{"merge shard1 --out new", `no rows for 5\.\.9 of the seeds 0\.\.9`},
		{"merge shard2 --out new", `no rows for 0\.\.4 of the seeds 0\.\.9`},
		{"merge gap --out new", `no rows for 3 of the seeds 0\.\.9`},
		{"merge shard1 contract --out new", `contract:1: a row of sweep "samebits/0 small .*", that of shard1:1 is of "` + kernel.Contract + ` small .*"`},
		{"merge shard1 torn2 --out new", `torn2:3: the last line is not complete: run that part again, it goes on from there`},
		{"merge spaced --out new", `spaced:2: not a row of a sweep`},
		{"merge crlf --out new", `crlf:1: not a row as a sweep writes it`},
		{"merge shard1 shard2 --out whole", `--out: whole is there already; give it another name, or take it away`},
		{"merge shard1 shard2 --out shard1", `--out: shard1 is there already`},
		{"merge shard1 shard2 --out folder", `--out: folder is there already`},
		{"merge shard1 shard2 --out empty", `--out: empty is there already`},
		{"merge shard1 shard2 --out=", `--out: want a file`},
		{"merge shard1 shard2 --out nowhere/new", `--out: stat nowhere: no such file`},
		{"merge shard1 shard2 --out notes.txt/new", `--out: notes.txt: not a folder`},
		{"merge shard1 shard2 --histogram h.gif", `--histogram: "h.gif": want a name`},
		{"merge shard1 shard2 --jsn", `unknown flag: --jsn; did you mean "json"\?`},
		{"merge shard1 shard2 --seeds 0", `unknown flag: --seeds`},

		{"record small.toml --single-kernel --seeds 9..0", `--seeds: from 9 down to 0`},
		{"record small.toml --single-kernel --seeds=", `--seeds: a seed is missing`},
		{"record csv.toml --single-kernel --seeds 0..3", `no data: there is no nowhere.csv`},
	} {
		args := strings.Fields(try.args)
		if len(args) == 0 || args[0] != "record" {
			args = append([]string{"sweep"}, args...)
		}
		t.Setenv("CI", "")
		code, out, stderr := repro(t, args...)
		if code != exitUsage || out != "" || !regexp.MustCompile(`(?m)^repro: .*`+try.want).MatchString(stderr) {
			t.Errorf("%.100s: exit code %d, %q, %q; want %q", try.args, code, out, stderr, try.want)
		}
		if after := contents(); !maps.Equal(before, after) {
			t.Errorf("%.100s: files changed: %v", try.args, slices.Sorted(maps.Keys(after)))
			for name := range after {
				if text, there := before[name]; there && name != "folder" {
					write(t, name, text)
				} else if !there {
					os.Remove(name)
				}
			}
		}
	}
}

// TestSweepResumes cuts a file at every byte: the sweep that goes on from there makes it whole, and prints all rows.
func TestSweepResumes(t *testing.T) {
	dir, file := smallFile(t)
	for _, args := range [][]string{
		{file, "--seeds", "7..11"},
		{file, "--seeds", "0..8", "--shard", "2/3", "-S", "train.rate=0.1,0.2"},
		{file, "--seeds", "0..3", "-S", "model.activation=identity", "-S", "train.rate=1e200"},
	} {
		out := filepath.Join(dir, "rows")
		args = append(slices.Clone(args), "--json", "--threads", "1", "--kernel", "generic")
		code, text, _ := repro(t, append([]string{"sweep"}, args...)...)
		rows, _, whole := parseSweep(t, text)
		want := strings.Join(rows, "")
		for size := 0; size <= len(want); size++ {
			if at := strings.LastIndexByte(want[:size], '\n') + 1; size-at > 30 && size%17 != 0 {
				continue // within a row one place is as good as another
			}
			write(t, out, want[:size])
			again, text, stderr := repro(t, append([]string{"sweep", "--out", out}, args...)...)
			if again != code {
				t.Fatalf("cut at byte %d: exit code %d, want %d: %s", size, again, code, stderr)
			}
			rows, _, got := parseSweep(t, text)
			if kept := read(t, out); kept != want || strings.Join(rows, "") != want || got.Root != whole.Root || got.Rows != len(rows) {
				t.Fatalf("cut at byte %d:\n%s", size, kept)
			}
			if n := len(rows) - strings.Count(want[:size], "\n"); got.Computed != n {
				t.Errorf("cut at byte %d: %d rows computed, want %d", size, got.Computed, n)
			}
		}
		// Nothing is left of a line that breaks off, however long it is.
		last := rows[len(rows)-1]
		write(t, out, want[:len(want)-len(last)]+last[:50]+strings.Repeat("x", 1000))
		if again, text, stderr := repro(t, append([]string{"sweep", "--out", out}, args...)...); again != code || !strings.HasPrefix(text, want) || read(t, out) != want {
			t.Errorf("a long line that breaks off: exit code %d, %s\n%s", again, stderr, read(t, out))
		}
	}
}

// TestSweepStdoutFull: results that nobody got are no success. What --out has stays.
func TestSweepStdoutFull(t *testing.T) {
	dir, file := smallFile(t)
	rows, merged := filepath.Join(dir, "rows"), filepath.Join(dir, "merged")
	for _, args := range [][]string{
		{"sweep", file, "--seeds", "0..9", "--out", rows},
		{"sweep", file, "--seeds", "0..9", "--out", rows, "--json"},
		{"sweep", file, "--seeds", "0..9", "--json"},
		{"sweep", "merge", rows},
		{"sweep", "merge", rows, "--json", "--out", merged},
	} {
		var stderr bytes.Buffer
		code := execute(t.Context(), args, full{}, &stderr)
		if code != exitFailed || stderr.String() != "repro: the disk is full\n" {
			t.Errorf("%v: exit code %d, %q", args, code, stderr.String())
		}
	}
	if text := read(t, rows); strings.Count(text, "\n") != 10 {
		t.Errorf("--out has %q", text)
	}
	if text, err := os.ReadFile(merged); err == nil && string(text) != read(t, rows) {
		t.Errorf("a part of a merge is left: %q", text)
	}
}

// TestSweepCancelled cancels the context that Ctrl-C cancels, before the first row and in the check.
func TestSweepCancelled(t *testing.T) {
	dir, file := smallFile(t)
	out := filepath.Join(dir, "rows")
	slow := []string{"sweep", file, "--seeds", "0..9", "-S", "train.steps=2000000000", "-S", "record.every=2000000000"}
	for _, try := range []struct {
		args  []string
		after time.Duration
		want  string
	}{
		{slow, 0, "interrupted after 0 of 10 runs; nothing is kept without --out: context canceled"},
		{slow, 50 * time.Millisecond, "interrupted after 0 of 10 runs; nothing is kept without --out: context canceled"},
		{append(slow, "--json", "--out", out), 50 * time.Millisecond, "interrupted after 0 of 10 runs; the same call goes on from there, with " + out + ": context canceled"},
		{append(slow, "-S", "train.rate=0.1,0.2"), 0, "interrupted after 0 of 20 runs; nothing"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if try.after == 0 {
			cancel()
		} else {
			time.AfterFunc(try.after, cancel)
		}
		var stdout, stderr bytes.Buffer
		code := execute(ctx, try.args, &stdout, &stderr)
		cancel()
		if code != exitInterrupted || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "repro: "+try.want) {
			t.Errorf("%v: exit code %d, %q, %q; want %q", try.args, code, stdout.String(), stderr.String(), try.want)
		}
	}
	if text := read(t, out); text != "" {
		t.Errorf("an interrupted sweep left %q", text)
	}
}

// process is the command itself, running.
type process struct {
	*os.Process
	stdout, stderr bytes.Buffer
	ended          chan struct{} // closed when it has ended, with err
	err            error
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	path, err := exec.LookPath("repro") // which testscript has put there
	if err != nil {
		t.Fatal(err)
	}
	p := &process{ended: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.Process = cmd.Process
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Kill()
		<-p.ended
	})
	return p
}

// grows waits until the file has more than size bytes, or the command has ended, and returns how many it has.
func (p *process) grows(t *testing.T, path string, size int64) int64 {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() > size {
			return info.Size()
		}
		select {
		case <-p.ended:
			return size
		default:
		}
	}
	t.Fatalf("%s has still no more than %d bytes", path, size)
	return 0
}

// TestSweepKilled ends the command by force, again and again. What it had written stays, and the rows that follow make the
// same file.
func TestSweepKilled(t *testing.T) {
	dir, file := smallFile(t)
	slow := []string{file, "-S", "train.steps=20000", "-S", "record.every=20000"}
	const tried = 256 // several groups of those that go at once
	_, _, got := sweepJSONOf(t, append(slices.Clone(slow), "--kernel", "generic", "--threads", "1", "--seeds", fmt.Sprintf("0..%d", tried-1))...)
	took := got.Seconds / tried
	for n := int(3/took) + 1; ; n *= 3 {
		args := append(slices.Clone(slow), "--seeds", fmt.Sprintf("0..%d", n-1))
		if killed(t, filepath.Join(dir, fmt.Sprint(n)), args, n) {
			return
		}
		t.Logf("%d runs were done before they could be killed", n)
	}
}

// killed kills a sweep of n runs three times. It returns false if the sweep was too fast for that.
func killed(t *testing.T, out string, args []string, n int) bool {
	rows, _, _ := sweepJSONOf(t, args...) // on the fastest kernel
	want := strings.Join(rows, "")
	args = append(args, "--kernel", "generic", "--threads", "1", "--out", out)
	size := int64(-1)
	for i := range 3 {
		p := start(t, append([]string{"sweep"}, args...)...)
		flushed := p.grows(t, out, size)
		if i == 1 {
			flushed = p.grows(t, out, flushed) // the second time
		}
		p.Kill()
		if <-p.ended; p.err == nil {
			return false
		}
		got := read(t, out)
		if !strings.HasPrefix(want, got) || int64(len(got)) < flushed {
			t.Fatalf("killed after %d bytes were written, it has %d; or they are others", flushed, len(got))
		}
		size = int64(len(got))
	}
	had := strings.Count(read(t, out), "\n")
	if had == n {
		return false
	}
	again, _, got := sweepJSONOf(t, append(args[:len(args)-6:len(args)-6], "--out", out)...)
	if got.Computed != n-had || had == 0 || strings.Join(again, "") != want {
		t.Errorf("%d rows were there, %d of %d were computed, or they are others", had, got.Computed, n)
	}
	if read(t, out) != want {
		t.Error("the file is another")
	}
	return true
}

// TestSweepRowsAreWritten: what was flushed is in the file.
func TestSweepRowsAreWritten(t *testing.T) {
	out := filepath.Join(t.TempDir(), "rows")
	sink, err := (&results{out: out}).open(newSweep())
	if err != nil {
		t.Fatal(err)
	}
	defer sink.close()
	want := ""
	for seed := range 3 {
		row := harness.Row{Seed: uint32(seed), Error: "broke", Sweep: "x"}
		want += string(row.Append(nil))
		if err := errors.Join(sink.write(&row), sink.flush()); err != nil {
			t.Fatal(err)
		}
		if got := read(t, out); got != want {
			t.Errorf("after row %d the file has %q", seed, got)
		}
	}
}

// TestSweepInterrupted ends the command as Ctrl-C does, twice. While it runs nobody else writes to its file.
func TestSweepInterrupted(t *testing.T) {
	dir, file := smallFile(t)
	out := filepath.Join(dir, "rows")
	args := []string{"sweep", file, "--seeds", "0..1073741823", "-S", "train.steps=2000", "-S", "record.every=2000", "--out", out}
	size := int64(0)
	for range 2 {
		p := start(t, args...)
		size = p.grows(t, out, size)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		var printed, reason bytes.Buffer
		if code := execute(ctx, args, &printed, &reason); code != exitUsage || printed.Len() > 0 || reason.String() != "repro: --out: "+out+": another sweep is writing to it\n" {
			t.Errorf("a second sweep: exit code %d, %q, %q", code, printed.String(), reason.String())
		}
		cancel()
		if err := p.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		<-p.ended
		var exit *exec.ExitError
		if !errors.As(p.err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Errorf("ended with %v", p.err)
		}
		text := read(t, out)
		if !strings.HasSuffix(text, "\n") || int64(len(text)) < size {
			t.Errorf("%d bytes, and not whole rows or fewer than before", len(text))
		}
		want := fmt.Sprintf("repro: interrupted after %d of 1073741824 runs; the same call goes on from there, with %s: context canceled\n", strings.Count(text, "\n"), out)
		if p.stdout.Len() > 0 || p.stderr.String() != want {
			t.Errorf("stdout %q, stderr %q, want %q", p.stdout.String(), p.stderr.String(), want)
		}
		size = int64(len(text))
	}
	text := read(t, out)
	for i, r := range parseRows(t, slices.Collect(strings.Lines(text))) {
		if int(r.Seed) != i {
			t.Fatalf("row %d is of seed %d", i, r.Seed)
		}
	}
	rows, _, _ := sweepJSONOf(t, append(args[1:len(args)-2:len(args)-2], "--shard", "1/8388608")...) // of 128 seeds
	if want := strings.Join(rows, ""); !strings.HasPrefix(text, want) && !strings.HasPrefix(want, text) {
		t.Error("the rows are not those of a shard")
	}
}

// TestSweepPipe: a reader that goes away ends a sweep that prints its rows; the file has all that was done.
func TestSweepPipe(t *testing.T) {
	dir, file := smallFile(t)
	out := filepath.Join(dir, "rows")
	broken := &closing{left: 3}
	var stderr bytes.Buffer
	code := execute(t.Context(), []string{"sweep", file, "--seeds", "0..999999", "--json", "--out", out}, broken, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "closed pipe") {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
	text := read(t, out)
	if n := strings.Count(text, "\n"); n == 0 || n == 1000000 || !strings.HasSuffix(text, "\n") {
		t.Errorf("%d rows are kept", n)
	}
}

// closing is a pipe whose reader goes away.
type closing struct{ left int }

func (c *closing) Write(p []byte) (int, error) {
	if c.left--; c.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}
