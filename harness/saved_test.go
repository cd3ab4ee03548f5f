package harness

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/dataset"
)

// TestOpenSaved: what Export wrote comes back, of samples with and without a set to test with, of few and of many features.
func TestOpenSaved(t *testing.T) {
	for name, r := range map[string]*Result{
		"tiny":   runTiny(t),
		"tested": runTiny(t, "data.test=3", "dtype=float32"),
		"digits": runDigits(t),
	} {
		dir := export(t, r)
		s, err := OpenSaved(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := &Predictions{Features: r.Data.Features, Classes: r.Data.Classes, Train: Told{Label: r.Data.Label, Predicted: r.Predicted()}}
		if r.Data.Features > maxColumns {
			want.Features = 0
		}
		if r.Test != nil {
			want.Test = &Told{Label: r.Test.Label, Predicted: predicted(r.TestOutputs, r.Test)}
		}
		if r.Data.Features == 2 {
			want.Train.X = points(r.Data)
			if r.Test != nil {
				want.Test.X = points(r.Test)
			}
		}
		if d := cmp.Diff(want, s.Predictions); d != "" {
			t.Errorf("%s: predictions (-want +got):\n%s", name, d)
		}
		if m := s.Manifest; m == nil || m.Experiment != r.Experiment.Name || m.Kernel != "generic" || m.Digest != r.Final().Weights || m.Seconds != r.Elapsed.Seconds() {
			t.Errorf("%s: manifest %+v", name, m)
		}
		if final := s.Curve.Last(); final["loss"] != r.Final().Loss || final["correct"] != float64(r.Final().Correct) || final["test_correct"] != float64(r.Final().Test.Correct) {
			t.Errorf("%s: final %v", name, final)
		}
	}
}

func points(s *dataset.Set) (x [][2]float64) {
	for i := range s.Len() {
		x = append(x, [2]float64(s.Sample(i)))
	}
	return x
}

func runDigits(t *testing.T) *Result {
	t.Helper()
	r, err := Run(t.Context(), parse(t, digits), Options{Kernel: "generic"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// kept writes what is read back of a run, without pictures, which take time.
func kept(t *testing.T, r *Result) string {
	t.Helper()
	dir := t.TempDir()
	manifest, err := r.manifest()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, TraceFile), r.Trace().String())
	write(t, filepath.Join(dir, ManifestFile), string(manifest))
	write(t, filepath.Join(dir, PredictionsFile), string(r.predictions()))
	return dir
}

// TestOpenSavedPart: what a folder does not have is left out, and a trace alone has neither.
func TestOpenSavedPart(t *testing.T) {
	dir := kept(t, runTiny(t))
	for _, name := range []string{ManifestFile, PredictionsFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, arg := range []string{dir, dir + "/", filepath.Join(dir, TraceFile), "notebook"} {
		s, err := OpenSaved(arg)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name != arg || s.Manifest != nil || s.Predictions != nil || len(s.Curve.Steps) == 0 {
			t.Errorf("%s: %+v", arg, s)
		}
	}
	if _, err := OpenSaved(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no trace.txt") {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestOpenSavedContradicts: files of two runs, or what no run writes, are refused, and the error names file and reason.
func TestOpenSavedContradicts(t *testing.T) {
	plain, tested := runTiny(t), runTiny(t, "data.test=3")
	for name, try := range map[string]struct {
		file   string
		change func(text string) string
		want   string
	}{
		"a row less":         {PredictionsFile, func(s string) string { return s[:strings.LastIndex(s[:len(s)-1], "\n")+1] }, "9 samples, the trace has 10"},
		"other rows":         {PredictionsFile, func(string) string { return string(tested.predictions()) }, "7 samples, the trace has 10"},
		"another experiment": {ManifestFile, replacing(`"tiny"`, `"other"`), `of experiment "other", the trace is of "tiny"`},
		"other weights":      {ManifestFile, replacing(plain.Final().Weights, hashOf("0")), "the final weights are sha256:000"},
		"more than all":      {TraceFile, replacing(strconv.Itoa(plain.Curve[0].Correct)+"/10 ", "11/10 "), "step 0: correct is 11, which is more than all 10"},
		"another network":    {TraceFile, replacing("network 2-3-2 ", "network 3-3-2 "), "columns of 2 features, the trace is of a network 3-3-2"},
		"more classes":       {TraceFile, replacing("network 2-3-2 ", "network 2-3-3 "), "columns of 2 outputs, the trace is of a network 2-3-3"},
		"many features":      {TraceFile, replacing("network 2-3-2 ", "network 64-3-2 "), "columns of 2 features, the trace is of a network 64-3-2"},
		"no network":         {TraceFile, replacing("network 2-3-2 ", "network 2 "), `network "2 float64", which cannot be`},
		"one right less": {TraceFile, func(s string) string {
			last := plain.Final().Correct
			return strings.Replace(s, strconv.Itoa(last)+"/10 "+plain.Final().Weights, strconv.Itoa(last-1)+"/10 "+plain.Final().Weights, 1)
		}, "told rightly, by the trace"},
	} {
		dir := kept(t, plain)
		path := filepath.Join(dir, try.file)
		before := string(read(t, path))
		after := try.change(before)
		if after == before {
			t.Fatalf("%s: nothing was changed", name)
		}
		write(t, path, after)
		_, err := OpenSaved(dir)
		if err == nil || !strings.Contains(err.Error(), try.want) || !strings.HasPrefix(err.Error(), dir) {
			t.Errorf("%s: error %v, want %q", name, err, try.want)
		}
	}
}

func replacing(old, by string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, by, 1) }
}

// TestOpenSavedForeign: pipes, folders and links that lead nowhere are refused at once.
func TestOpenSavedForeign(t *testing.T) {
	for _, name := range []string{TraceFile, ManifestFile, PredictionsFile} {
		for kind, put := range map[string]func(path string) error{
			"pipe":   func(path string) error { return syscall.Mkfifo(path, 0o666) },
			"folder": func(path string) error { return os.Mkdir(path, 0o777) },
			"loop":   func(path string) error { return os.Symlink(name, path) },
			"away":   func(path string) error { return os.Symlink("none", path) },
		} {
			if name == TraceFile && kind == "away" {
				continue // a trace that is not there
			}
			dir := kept(t, runTiny(t))
			path := filepath.Join(dir, name)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenSaved(dir); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s as a %s: %v", name, kind, err)
			}
		}
	}
}

const told = "x1,x2,y_true,y_pred,is_correct,output_0,output_1\n1,2,0,0,True,0.75,0.5\n3,4,1,0,False,0.5,0.5\n"

const toldInSets = "set,sample,y_true,y_pred,is_correct,output_0\ntrain,0,0,0,True,1\ntest,0,0,0,True,1\ntest,1,0,0,True,1\n"

// TestReadPredictions: each of these is an error that names its line.
func TestReadPredictions(t *testing.T) {
	for _, try := range []struct{ text, old, by, want string }{
		{told, "x1,x2,", "x2,x1,", "1: not predictions: want a heading x1, x2"},
		{told, "x1,x2,", "", "1: not predictions: want a heading x1, x2"},
		{told, "x1,x2,", "x1,x3,", `1: not predictions: a column is called "x3", want y_true`},
		{told, "y_pred", "y_guess", `1: not predictions: a column is called "y_guess", want y_pred`},
		{told, ",output_0,output_1", "", "1: not predictions: there is no column output_0"},
		{told, "output_1", "output_2", `1: not predictions: a column is called "output_2", want output_1`},
		{told, "\n1,2,", "\n1,2,3,", "2: 8 fields, want 7 as in the heading"},
		{told, "\n1,2,0,0,True,0.75,0.5\n3,4,1,0,False,0.5,0.5", "", "2: the file breaks off: there are no samples to train on"},
		{told, "3,4,1,0,False,0.5,0.5\n", "3,4,1,0,False,0.5,0.5", "3: the last line is not complete"},
		{told, "\n3,", "\nNaN,", `3: x1: "NaN" is not a finite number`},
		{told, "\n3,", "\n<b>,", `3: x1: "<b>" is not a finite number`},
		{told, "4,1,0,", "4,2,0,", `3: "2" is no class; want 0 to 1`},
		{told, "4,1,0,", "4,01,0,", `3: "01" is no class; want 0 to 1`},
		{told, "4,1,0,", "4,-1,0,", `3: "-1" is no class; want 0 to 1`},
		{told, "False", "True", `3: is_correct is "True", but the class is 1 and 0 was told`},
		{told, "True", "true", `2: is_correct is "true", but the class is 0 and 0 was told`},
		{told, "0.75,0.5", "0.75,1", "2: y_pred is 0, but output_1 is the largest"},
		{told, "0.75,0.5", "0.75,Inf", `2: output_1: "Inf" is not a finite number`},
		{told, "3,4,1,0,False,0.5,0.5", "3,4,1,1,True,0.5,0.5", "3: y_pred is 1, but output_0 is the largest"},
		{told, told, "", "1: the file is empty"},
		{told, "0.75", strings.Repeat("0", maxPrediction), "2: a line of more than 1048576 bytes"},
		{toldInSets, "test,1", "test,2", `4: sample is "2", want 1: a row is missing`},
		{toldInSets, "test,1", "train,1", `4: set is "train"; want rows of train, then rows of test`},
		{toldInSets, "train,0", "tst,0", `2: set is "tst"; want rows of train, then rows of test`},
		{toldInSets, "train,0,0,0,True,1\n", "", `2: set is "test"; want rows of train`},
		{toldInSets, "test,0,0,0,True,1\ntest,1,0,0,True,1\n", "", "3: the file breaks off"},
	} {
		text := strings.Replace(try.text, try.old, try.by, 1)
		if _, err := ReadPredictions("p.csv", strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), "p.csv:"+try.want) {
			t.Errorf("%.40q for %.40q: error %.200v, want %q", try.by, try.old, err, try.want)
		}
	}
}

// TestPredictionsTruncated: no part of a file is taken for the whole, but for whole rows, which the trace counts.
func TestPredictionsTruncated(t *testing.T) {
	for i := range told {
		_, err := ReadPredictions("p.csv", strings.NewReader(told[:i]))
		if whole := strings.HasSuffix(told[:i], "\n") && strings.Count(told[:i], "\n") > 1; (err == nil) != whole {
			t.Errorf("%q: error %v", told[:i], err)
		}
	}
}

// FuzzReadPredictions reads any text. What is read is as long in all columns, and has the classes that it says.
func FuzzReadPredictions(f *testing.F) {
	f.Add(told)
	f.Add(toldInSets)
	f.Add(strings.ReplaceAll(told, "\n", "\r\n"))
	f.Add("sample,y_true,y_pred,is_correct,output_0\n0,0,0,True,-0\n")
	f.Add("set\nset,x1\n,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPredictions("p.csv", strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "p.csv:") {
				t.Errorf("error %q", err)
			}
			return
		}
		sets := []*Told{&p.Train}
		if p.Test != nil {
			sets = append(sets, p.Test)
		}
		for _, s := range sets {
			if len(s.Label) == 0 || len(s.Predicted) != len(s.Label) || (s.X != nil) != (p.Features == 2) || s.X != nil && len(s.X) != len(s.Label) {
				t.Errorf("%d labels, %d predictions, %d points of %d features", len(s.Label), len(s.Predicted), len(s.X), p.Features)
			}
			for i := range s.Label {
				if max(s.Label[i], s.Predicted[i]) >= p.Classes || min(s.Label[i], s.Predicted[i]) < 0 {
					t.Errorf("classes %d and %d of %d", s.Label[i], s.Predicted[i], p.Classes)
				}
			}
		}
	})
}

// manifestText is a manifest as it is written.
func manifestText(t testing.TB) string {
	t.Helper()
	text, err := runTiny(t).manifest()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadManifest(t *testing.T) {
	good := manifestText(t)
	if _, err := ReadManifest("m.json", []byte(strings.Replace(good, "{", `{"later": {"key": 1},`, 1))); err != nil {
		t.Errorf("a key that is not known: %v", err)
	}
	for _, try := range []struct{ old, by, want string }{
		{"{", "", "m.json:2: not JSON: "},
		{"}", "", "m.json:14: not JSON: "},
		{`"threads": 1`, `"threads": "1"`, "m.json:11: threads: got a JSON string"},
		{good, "[]", "m.json:1: got a JSON array, want an object"},
		{"samebits/manifest/1", "samebits/manifest/2", `m.json: schema is "samebits/manifest/2", want `},
		{`"threads": 1`, `"threads": 0`, "m.json: threads is 0"},
		{`"seconds": `, `"seconds": -`, "m.json: seconds is -"},
		{`"seconds": `, `"seconds": 1000000000`, "m.json: seconds is 1"},
		{`"digest": "sha256:`, `"digest": "sha1:`, `m.json: digest is "sha1:`},
		{`"experiment": "tiny"`, `"experiment": "<script>"`, `m.json: experiment is "<script>", which is no name`},
		{`"time": "2`, `"time": "x`, `m.json: time is "x`},
		{`"cpu": "`, `"cpu": "` + strings.Repeat("x", maxFact+1), "m.json: cpu is longer than 1000 bytes"},
	} {
		text := strings.Replace(good, try.old, try.by, 1)
		if _, err := ReadManifest("m.json", []byte(text)); text == good || err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%q for %q: error %v, want %q", try.by, try.old, err, try.want)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add([]byte(manifestText(f)))
	f.Add([]byte(`{"schema":"samebits/manifest/1","time":"2026-03-01T12:00:00Z","threads":9223372036854775808}`))
	f.Add([]byte("[]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ReadManifest("m.json", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "m.json:") {
				t.Errorf("error %q", err)
			}
			return
		}
		if !validName(m.Experiment) || m.Threads < 1 || !plausibleSeconds(m.Seconds) {
			t.Errorf("%+v", m)
		}
	})
}

const replays = `{"results":[
{"experiment":"a","kernel":"avx2","threads":1,"match":true,"digest":"sha256:DIGEST","verdict":"same","seconds":0.5,"samples_per_second":100},
{"experiment":"b","kernel":"neon","threads":2,"match":false,"digest":"","verdict":"no data","difference":"why","seconds":0,"samples_per_second":0,"emulated":true},
{"experiment":"c","kernel":"avx2","threads":3,"match":false,"digest":"","verdict":"differs","difference":"why","parted":{"phase":"update","step":3,"from":2,"to":10,"layer":1,"sample":null,"output":4,"input":5,"a":{"value":"0x1p+00","bits":"3f800000"},"differ":1,"hint":"a hint","reproducible":true}}],
"obsolete":["x.trace"],"later":1}
`

func replaysText() string { return strings.Replace(replays, "sha256:DIGEST", hashOf("a"), 1) }

func TestReadReplays(t *testing.T) {
	got, err := ReadReplays("v.json", []byte(replaysText()))
	if err != nil {
		t.Fatal(err)
	}
	want := &Replays{Name: "v.json", Obsolete: []string{"x.trace"}, Results: []Replay{
		{Experiment: "a", Kernel: "avx2", Threads: 1, Match: true, Digest: hashOf("a"), Verdict: "same", Seconds: 0.5, Rate: 100},
		{Experiment: "b", Kernel: "neon", Threads: 2, Verdict: "no data", Difference: "why", Emulated: true},
		{Experiment: "c", Kernel: "avx2", Threads: 3, Verdict: "differs", Difference: "why", Parted: &Parted{
			Phase: "update", Step: 3, From: 2, To: 10, Layer: new(1), Output: new(4), Input: new(5), A: &PartedNumber{}, Hint: "a hint", Reproducible: true,
		}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, try := range []struct{ old, by, want string }{
		{"\"later\":1}", "", "v.json:5: not JSON: "},
		{`"threads":2`, `"threads":"two"`, "v.json:3: results.threads: got a JSON string"},
		{`"results"`, `"result"`, "v.json: there are no results"},
		{`"threads":2`, `"threads":0`, "v.json: result 2, b on kernel neon: threads is 0"},
		{`"experiment":"b"`, `"experiment":""`, "v.json: result 2,  on kernel neon: experiment: want a name"},
		{`"kernel":"neon"`, `"kernel":""`, "v.json: result 2, b on kernel : kernel: want a name"},
		{`"no data"`, `"no date"`, `v.json: result 2, b on kernel neon: unknown verdict "no date"; did you mean "no data"?`},
		{`"no data"`, `"same"`, `v.json: result 2, b on kernel neon: the verdict is "same", but match is false`},
		{`"same"`, `"differs"`, `v.json: result 1, a on kernel avx2: the verdict is "differs", but match is true`},
		{hashOf("a"), "sha256:a", `v.json: result 1, a on kernel avx2: digest is "sha256:a"`},
		{hashOf("a"), "", "v.json: result 1, a on kernel avx2: the same, but there is no digest"},
		{`"seconds":0.5`, `"seconds":-0.5`, "v.json: result 1, a on kernel avx2: seconds is -0.5"},
		{`"seconds":0.5`, `"seconds":1e300`, "v.json: result 1, a on kernel avx2: seconds is 1e+300"},
		{`"samples_per_second":100`, `"samples_per_second":-100`, "v.json: result 1, a on kernel avx2: samples_per_second is -100"},
		{`"no data","difference":"why"`, `"no data","parted":{}`, `v.json: result 2, b on kernel neon: the verdict is "no data", but parted says where`},
		{`"phase":"update"`, `"phase":"updat"`, `v.json: result 3, c on kernel avx2: parted: unknown phase "updat"; did you mean "update"?`},
		{`"step":3`, `"step":-1`, "v.json: result 3, c on kernel avx2: parted: step -1, between 2 and 10: not a place of a run"},
		{`"step":3`, `"step":2147483648`, "v.json: result 3, c on kernel avx2: parted: step 2147483648, "},
		{`"from":2`, `"from":-2`, "v.json: result 3, c on kernel avx2: parted: step 3, between -2 and 10"},
		{`"to":10`, `"to":1`, "v.json: result 3, c on kernel avx2: parted: step 3, between 2 and 1:"},
		{`"to":10`, `"to":2147483648`, "v.json: result 3, c on kernel avx2: parted: step 3, between 2 and 2147483648:"},
		{`"layer":1`, `"layer":-1`, "v.json: result 3, c on kernel avx2: parted: layer, sample, output or input is -1"},
		{`"input":5`, `"input":-5`, "v.json: result 3, c on kernel avx2: parted: layer, sample, output or input is -5"},
		{`"layer":1`, `"layer":"1"`, "v.json:4: results.parted.layer: got a JSON string"},
		{`"phase":"update","step":3,"from":2,"to":10,"layer":1,"sample":null,"output":4,"input":5,"a":{`, `"phase":"evaluation","b":{`, "v.json: result 3, c on kernel avx2: parted: phase evaluation: want a, the value that differs"},
	} {
		text := strings.Replace(replaysText(), try.old, try.by, 1)
		if _, err := ReadReplays("v.json", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%q for %q: error %v, want %q", try.by, try.old, err, try.want)
		}
	}
}

func FuzzReadReplays(f *testing.F) {
	f.Add([]byte(replaysText()))
	f.Add([]byte(`{"results":[{}]}`))
	f.Add([]byte(`{"results":null}`))
	f.Add([]byte(strings.Replace(replaysText(), `"update"`, `"evaluation"`, 1)))
	f.Add([]byte(strings.Replace(replaysText(), `"reproducible":true`, "", 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadReplays("v.json", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "v.json:") {
				t.Errorf("error %q", err)
			}
			return
		}
		for _, c := range r.Results {
			if c.Match != (c.Verdict == "same") || c.Threads < 1 || c.Experiment == "" {
				t.Errorf("%+v", c)
			}
			if c.Parted != nil && c.Parted.Summary() == "" {
				t.Errorf("parted nowhere: %+v", c.Parted)
			}
		}
	})
}

// TestOpenSavedSweep: the rows come to what they came to when they were made.
func TestOpenSavedSweep(t *testing.T) {
	r := ready(t, sourceOf(tiny), "3..12", Options{Kernel: "generic"})
	var file bytes.Buffer
	d := NewDistribution()
	for _, row := range swept(t, r, r.Seeds, 0) {
		file.Write(row.Append(nil))
		d.Add(&row)
	}
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	text := file.String()
	for _, summary := range []string{"", summaryStart + "}\n"} {
		write(t, path, text+summary)
		s, err := OpenSavedSweep(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if s.Experiment != "tiny" || s.Seeds != "3..12" || s.ID != r.ID || s.Contract != "samebits/1" || s.Distribution.Root() != d.Root() || s.Distribution.Rows != 10 {
			t.Errorf("%+v", s)
		}
		if got := s.Distribution.Settings[0].Train; got.Mean() != d.Settings[0].Train.Mean() || got.Runs != 10 {
			t.Errorf("training data %+v", got)
		}
	}
	lines := strings.SplitAfter(text, "\n")
	digest := `"digest":"` + hashOf("a") + `"`
	for name, try := range map[string]struct{ text, want string }{
		"a row less":     {strings.Join(lines[:9], ""), path + ": no rows for 12 of the seeds 3..12; shards are joined by repro sweep merge"},
		"broken off":     {text[:len(text)-9], path + ":10: the last line is not complete"},
		"two swapped":    {lines[1] + lines[0] + strings.Join(lines[2:], ""), path + ": no rows for 3 of the seeds 3..12; "},
		"twice":          {text + text, path + ":11: seed 3 after seed 12: the rows are not in order"},
		"something":      {text + "<script>\n", path + ":11: not a row of a sweep"},
		"a huge count":   {`{"seed":3,"correct":67108864,"total":67108864,"loss":"0x1p+00",` + digest + `,"sweep":"` + r.ID + "\"}\n", path + ": seed 3: 67108864 right answers, more than the 33554432 that are counted"},
		"nothing at all": {"", path + ": "},
	} {
		write(t, path, try.text)
		if _, err := OpenSavedSweep(t.Context(), path); err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%s: error %v, want %q", name, err, try.want)
		}
	}
}

// TestOpenSavedSweepFailed: runs that failed are kept, the first of them with their reasons.
func TestOpenSavedSweepFailed(t *testing.T) {
	r := ready(t, sourceOf(tiny), "0..19", Options{Kernel: "generic"})
	var file bytes.Buffer
	for seed := range uint32(20) {
		file.Write((&Row{Seed: seed, Error: "step 1: <i>too large</i>", Sweep: r.ID}).Append(nil))
	}
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	write(t, path, file.String())
	s, err := OpenSavedSweep(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Failures) != maxFailures || s.Distribution.Settings[0].Failed != 20 || s.Failures[3].Seed != 3 {
		t.Errorf("%+v", s)
	}
}
