package harness

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadCurve(t *testing.T) {
	for name, try := range map[string]struct {
		text string
		want *Curve
	}{
		"array": {
			` [{"step": 0, "loss": 0.5, "note": {"loss": [1, {}]}}, {"loss": "0x1.8p-03", "step": 10}]`,
			&Curve{Kind: "JSON", Steps: []int{0, 10}, Series: map[string][]float64{"loss": {0.5, 0.1875}}},
		},
		"object": {
			"\ufeff" + `{"config": {"curve": [1]}, "curve": [{"step": 3, "accuracy": 1, "test_correct": "7"}], "test": {"loss": 1, "total": 9},
			"total": 12, "experiment": "e", "contract": "c", "dtype": "float32", "digest": "` + hashOf("1") + `"}`,
			&Curve{
				Kind: "JSON", Steps: []int{3}, Series: map[string][]float64{"accuracy": {1}, "test_correct": {7}}, Weights: []string{hashOf("1")},
				Facts: Facts{Contract: "c", Experiment: "e", DType: "float32", Samples: 12, Tests: 9},
			},
		},
		"object whose other keys mean something else": {
			`{"experiment": {"curve": 1}, "total": "many", "digest": 7, "test": [], "dtype": null, "curve": [{"step": 0, "loss": -1}]}`,
			&Curve{Kind: "JSON", Steps: []int{0}, Series: map[string][]float64{"loss": {-1}}},
		},
		"CSV": {
			"\ufeffAccuracy, time ,STEP,loss\r\n0.25,\"a\nb\",0,1e-3\r\n\n 1 ,,  20.0,0x1p-1074",
			&Curve{Kind: "CSV", Steps: []int{0, 20}, Series: map[string][]float64{"accuracy": {0.25, 1}, "loss": {1e-3, 0x1p-1074}}},
		},
		"trace": {
			tested().String(),
			&Curve{
				Kind: "trace", Steps: []int{0, 5, 20}, Weights: []string{hashOf("0"), hashOf("1"), hashOf("2")},
				Series: map[string][]float64{
					"loss": {0.5, 0x1.23456789abcdep-7, 0x1p-1074}, "correct": {5, 0, 10}, "test_loss": {0, 0.25, 0.5}, "test_correct": {0, 1, 2},
				},
				Facts: Facts{
					Contract: "samebits/1", Experiment: "tiny", Digest: hashOf("a"), Data: hashOf("b"), Network: "2-3-2 float64", DType: "float64",
					Samples: 10, Tests: 4,
				},
			},
		},
	} {
		got, err := ReadCurve("a", []byte(try.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		try.want.Name = "a"
		if d := cmp.Diff(try.want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
}

func TestReadCurveErrors(t *testing.T) {
	deep := strings.Repeat("[", 20_000)
	for _, try := range []struct{ text, want string }{
		{"", "a:1: the file is empty"},
		{"\n\n", "a:1: the file is empty"},
		{"[]", "a:1: there are no points"},
		{"step,loss\n", "a:2: there are no points"},
		{"\x00\x01\xff\xfe junk", "a:1: no column is called step; want a trace, JSON, or CSV"},
		{"\x89PNG\r\n\x1a\n\x00", "a:1: no column is called step"},
		{"step,loss\n0,1\n0" + strings.Repeat(",", maxRow), "a:3: a line of more than 65536 bytes"},
		{"epoch,loss\n1,2\n", "a:1: no column is called step"},
		{"samebits sweep 1\n", "a:1: not a trace"},
		{"samebits trace 1\ncontract", "a:2: not a trace"},
		{strings.Replace(sample().String(), "5/10", "9007199254740992/10", 1), "a:7: a number beyond 9007199254740991"},

		{"step,loss,step\n", "a:1: two columns are called step"},
		{"step,loss\n0,1\n1\n", "a:3: not as many fields"},
		{"step,loss\n0,1\n\"1,2\n3,4", "a:4: not CSV: extraneous or missing"},
		{"step,x\n0,1\n", "a:2: a point of a step alone"},
		{"step,loss\n0,\n", `a:2: loss: "" is not a number`},
		{"step,loss\n0,nan\n", `a:2: loss: "nan" is not finite`},
		{"step,loss\n0,1\n1,-inf\n", `a:3: loss: "-inf" is not finite`},
		{"step,loss\n0,1e999\n", `a:2: loss: "1e999" is beyond float64`},
		{"step,loss\n0,1,5\n", "a:2: not as many fields"},
		{"step,loss\n0,0x1.8\n", `a:2: loss: "0x1.8" is not a number`},
		{"step,loss\n1.5,1\n", `a:2: step: "1.5" is not an integer from 0`},
		{"step,loss\n-1,1\n", `a:2: step: "-1" is not an integer from 0`},
		{"step,loss\n9007199254740992,1\n", `a:2: step: "9007199254740992" is not an integer from 0`},
		{"step,loss\n1e300,1\n", "a:2: step: "},
		{"step,correct\n0,1.5\n", "a:2: correct: "},
		{"step,accuracy\n0,89.4\n", `a:2: accuracy: "89.4" is not a share, 0 to 1; divide percentages by 100`},
		{"step,accuracy\n0,-0.1\n", "a:2: accuracy: "},
		{"step,loss\n0,1\n0,1\n", "a:3: step 0 stands behind step 0; steps must rise"},
		{"step,loss\n5,1\n\n4,1\n", "a:4: step 4 stands behind step 5"},
		{"step,loss\n5,1\n" + strings.Repeat("\n", 5) + "6,x\n", "a:8: loss: "},

		{"[{\"step\": 0,\n \"loss\": NaN}]", "a:2: NaN is not finite"},
		{"[{\"step\": 0,\n \"loss\":\n -Infinity}]", "a:3: Infinity is not finite"},
		{"[{\"step\": 0, \"loss\": 1},\n{\"step\"", "a:2: not JSON: unexpected end"},
		{"[{\"step\": 0, \"loss\": 1}]\n[", "a:2: not JSON: invalid character"},
		{"{", "a:1: not JSON"},
		{deep, "a:1: not JSON: invalid character '[' exceeded max depth"},
		{"{}", "a:1: an object without curve"},
		{"{\n\"curve\": 7}", "a:2: curve: want an array"},
		{"{\"curve\": [],\n\"curve\": []}", "a:2: a second curve"},
		{"[\n1]", "a:2: want a point"},
		{"[\n[]]", "a:2: want a point"},
		{"[{\"step\": 0,\n\"loss\": null}]", "a:2: loss: want a number"},
		{"[{\"step\": 0,\n\"loss\": [1]}]", "a:2: loss: want a number"},
		{"[{\"step\": 0,\n\"loss\": 1,\n\"loss\": 1}]", "a:3: a point with two of loss"},
		{"[{\"loss\": 1}]", "a:1: a point without step"},
		{"[{\"step\": 1e20, \"loss\": 1}]", `a:1: step: "1e20" is not an integer`},
		{"[{\"step\": 0, \"loss\": 1e999}]", `a:1: loss: "1e999" is beyond float64`},
		{"[{\"step\": 0, \"loss\": \"inf\"}]", `a:1: loss: "inf" is not finite`},
		{"[{\"step\": 0, \"loss\": 1},\n{\"step\": 1}]", "a:2: step 1: no loss, which the points before have"},
		{"[{\"step\": 0, \"loss\": 1},\n{\"step\": 1, \"loss\": 1, \"correct\": 1}]", "a:2: step 1: correct, which the points before do not have"},
		{"[{\"step\": 1, \"loss\": 1},\n{\"step\": 1, \"loss\": 1}]", "a:2: step 1 stands behind step 1"},
	} {
		c, err := ReadCurve("a", []byte(try.text))
		if err == nil {
			t.Errorf("%.60q is read: %+v", try.text, c)
			continue
		}
		if !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%.60q: error %q, want %q", try.text, err, try.want)
		}
	}
}

func TestOpenCurve(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"run/trace.txt": sample().String(), "my.trace": sample().String(), "other": sample().String(), "empty/x": "", "bad.trace": "step,loss\n0,1\n",
		"my.toml": tiny,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for arg, kind := range map[string]string{"run": "trace", "run/trace.txt": "trace", "my.trace": "trace", "other": "trace", "my.toml": "golden trace", "notebook": "golden trace"} {
		c, err := OpenCurve(arg)
		if err != nil || c.Kind != kind || len(c.Notes) != 0 {
			t.Errorf("%s: %+v, %v", arg, c, err)
		}
	}
	for arg, want := range map[string]string{
		"empty":     "empty: holds no trace.txt",
		"bad.trace": "bad.trace:1: not a trace",
		"notbook":   `notbook: no such file or folder, nor is it a built-in experiment; did you mean "notebook"?`,
		"none.toml": "stat none.toml: no such file",
	} {
		if _, err := OpenCurve(arg); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(want, "stat ")) {
			t.Errorf("%s: error %v, want %q", arg, err, want)
		}
	}
	if err := os.Mkdir("notebook", 0o777); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCurve("notebook")
	if err != nil || c.Kind != "golden trace" || len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "./notebook") {
		t.Errorf("a name that a folder has too: %+v, %v", c, err)
	}
}

// FuzzReadCurve reads any text as a curve. It must end in a curve that fits together, and is the same as itself, or in an
// error with file and line.
func FuzzReadCurve(f *testing.F) {
	for _, text := range []string{
		"", "[]", "{}", "step,loss\n0,1\n", "step,accuracy,correct\n0,1,2\n5,0.5,3\n", "\ufeffstep;loss\n0;1", "step,loss\n\"0\",\"0x1p-1074\"\n",
		`[{"step":0,"loss":"0x1p-1074","x":[{}]},{"step":9007199254740991,"loss":-0.0}]`,
		`{"curve":[{"step":0,"loss":1,"test_loss":2}],"total":3,"test":{"total":4},"digest":"` + hashOf("a") + `"}`,
		`[{"step":0,"loss":NaN}]`, `[{"step":0,"loss":1e400}]`, `{"curve":{"curve":[]}}`, `[{"step":{"step":1}}]`, `{"test":{"total":{}},"curve":[{"step":1,"loss":1}]}`,
		`[[[[`, `[{"step":0,`, "\x00\xff", "samebits trace 1\n", sample().String(), tested().String(), "step,loss\r\r\n0,1", "step,loss\n\"0,1\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadCurve("fuzz", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz:") {
				t.Errorf("error %q", err)
			}
			return
		}
		if len(c.Steps) == 0 || len(c.Series) == 0 || c.Weights != nil && len(c.Weights) != len(c.Steps) {
			t.Fatalf("%+v", c)
		}
		for i, s := range c.Steps {
			if s < 0 || i > 0 && s <= c.Steps[i-1] {
				t.Errorf("steps %v", c.Steps)
			}
		}
		for name, values := range c.Series {
			if len(values) != len(c.Steps) {
				t.Errorf("%d of %s at %d steps", len(values), name, len(c.Steps))
			}
			for _, v := range values {
				if c.Kind != "trace" && (math.IsNaN(v) || math.IsInf(v, 0)) {
					t.Errorf("%s %v", name, v)
				}
			}
		}
		if d := Compare(c, c, Modes{}, false); d.Verdict != Same || d.Reasons != nil || d.First() != -1 {
			t.Errorf("differs from itself: %s %q", d.Verdict, d.Reasons)
		}
	})
}
