package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/samebits/samebits/golden"
	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

// repro runs the command line in this process.
func repro(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = execute(context.Background(), args, &out, &err)
	return code, out.String(), err.String()
}

// runObject is what run --json prints.
type runObject struct {
	Schema, Contract, Experiment, DType, Kernel string
	Threads, Correct, Total                     int
	Loss, Digest                                string
	Test                                        *struct {
		Correct, Total int
		Loss           string
	}
	Weights [][][]string
	Biases  [][]string
	Curve   []struct {
		Step        int
		Loss        string
		Correct     int
		TestLoss    string `json:"test_loss"`
		TestCorrect int    `json:"test_correct"`
	}
	Seconds float64
}

func runJSONOf(t *testing.T, args ...string) (object runObject, text string) {
	t.Helper()
	code, text, stderr := repro(t, append([]string{"run", "--json"}, args...)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object, text
}

// keysOf returns the keys of a JSON object, in their order.
func keysOf(t *testing.T, text string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		t.Fatalf("not an object: %.50s", text)
	}
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// TestRunJSON holds the object of run --json to the form that scripts rely on.
func TestRunJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "biased.toml")
	write(t, file, experiment)
	for _, k := range kernel.Names() {
		for _, try := range []struct {
			args    []string
			name    string
			dtype   string
			layers  []int
			biases  bool
			steps   []int
			threads int
		}{
			{[]string{"notebook"}, "notebook", "float64", []int{2, 2, 2}, false, nil, 1},
			{[]string{file, "--threads", "2"}, "biased", "float32", []int{3, 5, 2}, true, []int{0, 4, 8, 9}, 2},
		} {
			got, text := runJSONOf(t, append(try.args, "--kernel", k)...)
			want := []string{"schema", "contract", "experiment", "dtype", "kernel", "threads", "correct", "total", "loss", "digest",
				"weights", "biases", "curve", "seconds"}
			if keys := keysOf(t, text); !slices.Equal(keys, want) {
				t.Errorf("keys %v, want %v", keys, want)
			}
			if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "}\n") {
				t.Errorf("not one line: %q", text)
			}
			if got.Schema != "samebits/run/1" || got.Contract != "samebits/1" || got.Experiment != try.name || got.DType != try.dtype ||
				got.Kernel != k || got.Threads != try.threads || got.Seconds <= 0 {
				t.Errorf("got %+v", got)
			}
			checkParameters(t, got, try.layers, try.biases)
			last := got.Curve[len(got.Curve)-1]
			if last.Loss != got.Loss || last.Correct != got.Correct || got.Correct > got.Total {
				t.Errorf("the curve ends with %v, the run with loss %s, %d of %d", last, got.Loss, got.Correct, got.Total)
			}
			var steps []int
			for _, p := range got.Curve {
				steps = append(steps, p.Step)
				checkHex(t, p.Loss)
			}
			if try.steps != nil && !slices.Equal(steps, try.steps) {
				t.Errorf("points after steps %v, want %v", steps, try.steps)
			}
			for _, p := range pointsOf(t, text) {
				if keys := keysOf(t, string(p)); !slices.Equal(keys, []string{"step", "loss", "correct"}) {
					t.Fatalf("keys of a point: %v", keys)
				}
			}
		}
	}
}

// TestRunJSONTest: samples to test with have keys of their own, and leave the others what they are.
func TestRunJSONTest(t *testing.T) {
	got, text := runJSONOf(t, "digits-online", "-S", "record.every=2")
	want := []string{"schema", "contract", "experiment", "dtype", "kernel", "threads", "correct", "total", "loss", "test", "digest",
		"weights", "biases", "curve", "seconds"}
	if keys := keysOf(t, text); !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	for _, p := range pointsOf(t, text) {
		if keys := keysOf(t, string(p)); !slices.Equal(keys, []string{"step", "loss", "correct", "test_loss", "test_correct"}) {
			t.Fatalf("keys of a point: %v", keys)
		}
	}
	trace, err := golden.Files.ReadFile("digits-online.trace")
	if err != nil {
		t.Fatal(err)
	}
	last := regexp.MustCompile(`(?m)^2874 (\S+) \S+ (\d+)/1437 (\S+) \S+ (\d+)/360 `).FindStringSubmatch(string(trace))
	p := got.Curve[len(got.Curve)-1]
	numbers := fmt.Sprint(got.Loss, got.Correct, got.Total, got.Test.Loss, got.Test.Correct, got.Test.Total, p.Loss, p.Correct, p.TestLoss, p.TestCorrect)
	if want := fmt.Sprint(last[1], last[2], " ", 1437, last[3], last[4], " ", 360, last[1], last[2], last[3], last[4]); strings.ReplaceAll(numbers, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got %s, want %s", numbers, want)
	}
}

func pointsOf(t *testing.T, text string) []json.RawMessage {
	t.Helper()
	var object struct{ Curve []json.RawMessage }
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object.Curve
}

// checkParameters looks at the shapes of weights[layer][output][input] and biases[layer][output].
func checkParameters(t *testing.T, got runObject, layers []int, biases bool) {
	t.Helper()
	if len(got.Weights) != len(layers)-1 {
		t.Fatalf("%d layers of weights", len(got.Weights))
	}
	if want := map[bool]int{true: len(layers) - 1, false: 0}[biases]; got.Biases == nil || len(got.Biases) != want {
		t.Fatalf("biases %v, want %d layers", got.Biases, want)
	}
	for i, rows := range got.Weights {
		if len(rows) != layers[i+1] || biases && len(got.Biases[i]) != layers[i+1] {
			t.Errorf("layer %d: %d rows, want %d", i, len(rows), layers[i+1])
		}
		for _, row := range rows {
			if len(row) != layers[i] {
				t.Errorf("layer %d: a row of %d, want %d", i, len(row), layers[i])
			}
			for _, w := range row {
				checkHex(t, w)
			}
		}
	}
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(got.Digest) {
		t.Errorf("digest %s", got.Digest)
	}
}

// checkHex wants a number in the form of Go's %x.
func checkHex(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || fmt.Sprintf("%x", v) != text {
		t.Errorf("%s is not a number in the form of %%x", text)
	}
	return v
}

// TestRunJSONIsTheRun compares the object with the trace and with the weights that --out writes.
func TestRunJSONIsTheRun(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "biased.toml")
	write(t, file, experiment)
	got, _ := runJSONOf(t, file, "--out", dir)
	text, err := os.ReadFile(filepath.Join(dir, "trace.txt"))
	if err != nil {
		t.Fatal(err)
	}
	trace, err := harness.ParseTrace("trace.txt", string(text))
	if err != nil {
		t.Fatal(err)
	}
	if trace.Weights() != got.Digest || len(trace.Points) != len(got.Curve) {
		t.Errorf("digest %s and %d points, the trace has %s and %d", got.Digest, len(got.Curve), trace.Weights(), len(trace.Points))
	}
	for i, p := range trace.Points {
		if c := got.Curve[i]; c.Step != p.Step || c.Correct != p.Correct || checkHex(t, c.Loss) != p.Loss {
			t.Errorf("point %d: %v, the trace has %v", i, c, p)
		}
	}
}

// TestSeed7 trains another network on other data and compares with what NumPy computed (testdata/seed7.json).
func TestSeed7(t *testing.T) {
	var want struct {
		NumPy          string
		Correct, Total int
		Weights        [][][]string
	}
	text, err := os.ReadFile("testdata/seed7.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, k := range kernel.Names() {
		got, _ := runJSONOf(t, "notebook", "-S", "seed=7", "-S", "data.classes.0.n=300", "-S", "data.classes.1.n=300",
			"-S", "model.layers=[2,5,2]", "-S", "train.steps=700", "--kernel", k)
		if got.Correct != want.Correct || got.Total != want.Total {
			t.Errorf("kernel %s: %d of %d, NumPy has %d of %d", k, got.Correct, got.Total, want.Correct, want.Total)
		}
		checkParameters(t, got, []int{2, 5, 2}, false)
		for i := range want.Weights {
			for j := range want.Weights[i] {
				for l, w := range want.Weights[i][j] {
					there, err := strconv.ParseFloat(w, 64)
					if err != nil {
						t.Fatal(err)
					}
					if here := checkHex(t, got.Weights[i][j][l]); math.Abs(here-there) > 1e-9*math.Abs(there) {
						t.Errorf("kernel %s, weight %d %d %d: %v, NumPy has %v", k, i, j, l, here, there)
					}
				}
			}
		}
	}
}

// TestVerifyJSON holds the objects of verify --json to their form.
func TestVerifyJSON(t *testing.T) {
	code, text, stderr := repro(t, "verify", "notebook", "--threads", "1,2,3", "--json")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if keys := keysOf(t, text); !slices.Equal(keys, []string{"results"}) {
		t.Errorf("keys %v", keys)
	}
	var object struct{ Results []json.RawMessage }
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	if want := 3 * len(kernel.Names()); len(object.Results) != want {
		t.Fatalf("%d results, want %d", len(object.Results), want)
	}
	want := []string{"experiment", "kernel", "threads", "match", "digest", "verdict", "seconds", "samples_per_second"}
	if emulated() {
		want = append(want, "emulated")
	}
	for i, r := range object.Results {
		if keys := keysOf(t, string(r)); !slices.Equal(keys, want) {
			t.Errorf("keys of a result: %v", keys)
		}
		var cell struct {
			Experiment, Kernel, Digest, Verdict string
			Threads                             int
			Match                               bool
		}
		if err := json.Unmarshal(r, &cell); err != nil {
			t.Fatal(err)
		}
		if cell.Experiment != "notebook" || cell.Kernel != kernel.Names()[i/3] || cell.Threads != 1+i%3 || !cell.Match || cell.Verdict != "same" ||
			!strings.HasPrefix(cell.Digest, "sha256:") {
			t.Errorf("result %d: %+v", i, cell)
		}
	}
}

// TestJUnit reads the report of a verify that fails.
func TestJUnit(t *testing.T) {
	dir := t.TempDir()
	file, report := filepath.Join(dir, "biased.toml"), filepath.Join(dir, "report.xml")
	write(t, file, experiment)
	code, _, _ := repro(t, "verify", file, "notebook", "--kernel", "generic", "--junit", report)
	if code != exitDiffers {
		t.Fatalf("exit code %d, want %d", code, exitDiffers)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var suite junitSuite
	if err := xml.Unmarshal(text, &suite); err != nil {
		t.Fatal(err)
	}
	if suite.Tests != 2 || suite.Failures != 1 || len(suite.Cases) != 2 {
		t.Fatalf("%+v", suite)
	}
	bad, good := suite.Cases[0], suite.Cases[1]
	if bad.Class != "biased" || bad.Failure == nil || !strings.Contains(bad.Failure.Message, "no golden trace") {
		t.Errorf("%+v", bad)
	}
	if good.Class != "notebook" || good.Name != "kernel=generic/threads=1" || good.Failure != nil {
		t.Errorf("%+v", good)
	}
}

// TestInterrupted cancels the context that Ctrl-C cancels, before and while each command runs.
func TestInterrupted(t *testing.T) {
	t.Setenv("CI", "") // where record refuses to work
	dir := t.TempDir()
	long := filepath.Join(dir, "long.toml")
	write(t, long, strings.NewReplacer("steps = 9", "steps = 2000000000", "every = 4", "every = 2000").Replace(experiment))
	write(t, filepath.Join(dir, "long.trace"), goldenOf(t, experiment))
	for _, try := range []struct {
		name string
		args []string
	}{
		{"bare", nil},
		{"run", []string{"run", long, "--out", filepath.Join(dir, "out")}},
		{"verify", []string{"verify", long}},
		{"record", []string{"record", long, "--single-kernel"}},
	} {
		for _, after := range []time.Duration{0, 20 * time.Millisecond} {
			if try.name == "bare" && after > 0 {
				continue // it would be done by then
			}
			ctx, cancel := context.WithCancel(context.Background())
			if after == 0 {
				cancel()
			} else {
				time.AfterFunc(after, cancel)
			}
			var out, stderr bytes.Buffer
			start := time.Now()
			code := execute(ctx, try.args, &out, &stderr)
			cancel()
			if code != exitInterrupted || !regexp.MustCompile(`^repro: .*interrupted (after step \d+ of \d+|while the data are read): context canceled\n$`).MatchString(stderr.String()) {
				t.Errorf("%s, after %v: exit code %d, %q", try.name, after, code, stderr.String())
			}
			if out.Len() > 0 {
				t.Errorf("%s: %q on stdout", try.name, out.String())
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("%s: stopped after %v", try.name, took)
			}
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "out")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an interrupted run left %v, %v", entries, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "long.trace")); err != nil || string(text) != goldenOf(t, experiment) {
		t.Errorf("an interrupted record changed the trace: %v", err)
	}
}

// TestOutKept: what somebody puts into the folders that a run has made stays when they are taken away.
func TestOutKept(t *testing.T) {
	dir := t.TempDir()
	long, out := filepath.Join(dir, "long.toml"), filepath.Join(dir, "a", "b")
	write(t, long, strings.NewReplacer("steps = 9", "steps = 2000000000", "every = 4", "every = 2000").Replace(experiment))
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		for range 10000 { // until the run has made its folder
			if _, err := os.Stat(out); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		os.WriteFile(filepath.Join(dir, "a", "kept"), nil, 0o666)
	}()
	if code := execute(ctx, []string{"run", long, "--out", out}, &bytes.Buffer{}, &bytes.Buffer{}); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "kept" {
		t.Errorf("left are %v, %v", entries, err)
	}
}

// TestStdoutFull: a result that could not be written is no success, whatever it was.
func TestStdoutFull(t *testing.T) {
	for _, args := range [][]string{nil, {"run", "notebook"}, {"run", "notebook", "--json"}, {"verify", "notebook"}, {"verify", "notebook", "--json"}, {"list"}, {"env"}} {
		var stderr bytes.Buffer
		code := execute(context.Background(), args, full{}, &stderr)
		if code != exitFailed || stderr.String() != "repro: the disk is full\n" {
			t.Errorf("%v: exit code %d, %q", args, code, stderr.String())
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// TestTampered changes what is compared with the tutorial: bare repro must notice.
func TestTampered(t *testing.T) {
	defer func(q string) { printed.queries[1].output = q }(printed.queries[1].output)
	printed.queries[1].output = "[0.22979532 0.73710208]"
	code, stdout, stderr := repro(t)
	if code != exitDiffers || stderr != "" {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	if !regexp.MustCompile(`(?m)^sample 999, output .* differs *$`).MatchString(stdout) || strings.Count(stdout, "differs") != 1 {
		t.Errorf("output\n%s", stdout)
	}
}

func TestNumPyVector(t *testing.T) {
	for _, try := range []struct {
		v    []float64
		want string
	}{
		{[]float64{0.727963731, 0.358399379}, "[0.72796373 0.35839938]"},
		{[]float64{-0.22117921, 0.03544490}, "[-0.22117921 0.0354449]"},
		{[]float64{5, 0}, "[5. 0.]"},
		{nil, "[]"},
	} {
		if got := numpyVector(try.v); got != try.want {
			t.Errorf("%v: got %s, want %s", try.v, got, try.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[31mé\u009b\x00\tb\n"); got != "a[31méb" {
		t.Errorf("got %q", got)
	}
}

// TestChart draws curves at the limits of float64: no panic, and no line that nobody could read.
func TestChart(t *testing.T) {
	for _, values := range [][]float64{
		{0, 0}, {1, 1}, {0.5}, {1e300, 1e300}, {1e300, math.Nextafter(1e300, 0)}, {5e-324, 0}, {5e-324, 5e-324},
		{math.MaxFloat64, 5e-324}, {1, math.Nextafter(1, 2)}, {1e15, 1e15 + 1}, {1e-300, 1e300, 0}, {999999.9, 1}, {100, 50, 0},
		slices.Repeat([]float64{0.25}, 5000),
	} {
		var out bytes.Buffer
		chart(&out, "title", slices.Clone(values), 3)
		if !strings.HasPrefix(out.String(), "title") || strings.Count(out.String(), "\n") > 12 {
			t.Errorf("%.9v:\n%s", values, out.String())
		}
		for line := range strings.Lines(out.String()) {
			if n := len([]rune(line)); n > 120 {
				t.Errorf("%.9v: a line of %d signs", values, n)
			}
		}
	}
}

const experiment = `name = "biased"
seed = 3
dtype = "float32"
[data]
source = "gaussians"
classes = [
  {n = 7, mean = [0, 0, 0], cov = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]},
  {n = 5, mean = [1, 2, 3], cov = [[2, 1, 0], [1, 2, 1], [0, 1, 2]]},
]
[model]
layers = [3, 5, 2]
activation = ["tanh", "sigmoid"]
bias = true
[train]
steps = 9
order = "sequential"
rate = 0.001
[record]
every = 4
`

// goldenOf returns the trace of an experiment.
func goldenOf(t *testing.T, text string) string {
	t.Helper()
	e, err := harness.Parse("golden.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := harness.Run(context.Background(), e, harness.Options{Kernel: "generic"})
	if err != nil {
		t.Fatal(err)
	}
	return r.Trace().String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
