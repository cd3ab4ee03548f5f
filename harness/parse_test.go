package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// tiny is an experiment with every key, each on a line of its own.
const tiny = `name = "tiny"
seed = 7
dtype = "float64"

[data]
source = "gaussians"
classes = [
  {n = 6, mean = [0, 0], cov = [[1, 0.5], [0.5, 1]]},
  {n = 4, mean = [3, 3], cov = [[1, 0], [0, 1]]},
]

[model]
layers = [2, 3, 2]
activation = "sigmoid"
bias = true
init = "normal"

[train]
method = "online"
steps = 20
batch = 1
order = "random"
rate = 0.5
rule = "gradient"
targets = [0.01, 0.99]

[record]
every = 5
`

// edited returns tiny with a part of it, which it must hold exactly once, replaced.
func edited(t testing.TB, old, new string) string {
	t.Helper()
	if strings.Count(tiny, old) != 1 {
		t.Fatalf("%q is not in the experiment once", old)
	}
	return strings.Replace(tiny, old, new, 1)
}

func parse(t testing.TB, text string, changes ...string) *Experiment {
	t.Helper()
	e, err := Parse("tiny.toml", []byte(text), changes...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestParse(t *testing.T) {
	want := &Experiment{
		Name: "tiny", Seed: 7, DType: "float64",
		Data: Data{Source: "gaussians", Classes: []dataset.Class{
			{N: 6, Mean: []float64{0, 0}, Cov: [][]float64{{1, 0.5}, {0.5, 1}}},
			{N: 4, Mean: []float64{3, 3}, Cov: [][]float64{{1, 0}, {0, 1}}},
		}},
		Model: Model{mlp.Config{Layers: []int{2, 3, 2}, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: true}, "normal"},
		Train: Train{
			Method: "online", Steps: 20, Order: "random", Rate: 0.5, Rule: mlp.Gradient, Targets: [2]float64{0.01, 0.99},
		},
		RecordEvery: 5,
	}
	if d := cmp.Diff(want, parse(t, tiny)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestParseDefaults leaves out every key that may be left out.
func TestParseDefaults(t *testing.T) {
	short := `name = "tiny"
seed = 7
[data]
source = "gaussians"
classes = [{n = 6, mean = [0, 0], cov = [[1, 0.5], [0.5, 1]]}, {n = 4, mean = [3, 3], cov = [[1, 0], [0, 1]]}]
[model]
layers = [2, 3, 2]
activation = "sigmoid"
[train]
steps = 20
rate = 0.5
[record]
every = 5
`
	want := parse(t, tiny, "model.bias=false", "train.targets=[0, 1]")
	if d := cmp.Diff(want, parse(t, short)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestParseBad changes one thing in the file and expects exactly these problems. Each is tried as -S too, where it can be.
func TestParseBad(t *testing.T) {
	const class0 = "{n = 6, mean = [0, 0], cov = [[1, 0.5], [0.5, 1]]}"
	for _, try := range []struct {
		name, old, new string
		line           int
		want           string   // after file and line
		changes        []string // -S that do the same
	}{
		{"name missing", `name = "tiny"`, "", 0, "name: missing; want a name for the experiment", nil},
		{"name no string", `name = "tiny"`, "name = 4", 1, "name: got 4, want up to 64 letters, digits, '-', '_' and '.', the first a letter", []string{"name=4"}},
		{"name empty", `name = "tiny"`, `name = ""`, 1, `name: got the string "", want up to 64 letters, digits, '-', '_' and '.', the first a letter`, []string{"name="}},
		{"name a path", `name = "tiny"`, `name = "a/b"`, 1, `name: got the string "a/b", want up to 64 letters, digits, '-', '_' and '.', the first a letter`, []string{"name=a/b"}},
		{"name hidden", `name = "tiny"`, `name = ".tiny"`, 1, `name: got the string ".tiny", want up to 64 letters, digits, '-', '_' and '.', the first a letter`, []string{"name=.tiny"}},
		{"name two lines", `name = "tiny"`, `name = "a\nb"`, 1, `name: got the string "a\nb", want up to 64 letters, digits, '-', '_' and '.', the first a letter`, []string{"name=\"a\\nb\""}},

		{"seed missing", "seed = 7", "", 0, "seed: missing; want an integer from 0 to 4294967295", nil},
		{"seed negative", "seed = 7", "seed = -1", 2, "seed: got -1, want an integer from 0 to 4294967295", []string{"seed=-1"}},
		{"seed too large", "seed = 7", "seed = 4294967296", 2, "seed: got 4294967296, want an integer from 0 to 4294967295", []string{"seed=4294967296"}},
		{"seed a float", "seed = 7", "seed = 7.0", 2, "seed: got 7, want an integer from 0 to 4294967295", []string{"seed=7.0"}},
		{"seed a string", "seed = 7", `seed = "7"`, 2, `seed: got the string "7", want an integer from 0 to 4294967295`, []string{`seed="7"`}},
		{"seed a date", "seed = 7", "seed = 1979-05-27", 2, "seed: got 1979-05-27, want an integer from 0 to 4294967295", []string{"seed=1979-05-27"}},

		{"dtype unknown", `dtype = "float64"`, `dtype = "float46"`, 3, `dtype: unknown "float46"; did you mean "float64"?`, []string{"dtype=float46"}},
		{"dtype far off", `dtype = "float64"`, `dtype = "bits"`, 3, `dtype: unknown "bits"; known: float64, float32`, []string{"dtype=bits"}},
		{"dtype no string", `dtype = "float64"`, "dtype = 64", 3, `dtype: got 64, want one of "float64", "float32"`, []string{"dtype=64"}},

		{"data no table", "[data]", "data = 1\n[dota]", 5, "data: got 1, want a table\ntiny.toml:6: dota: unknown key; did you mean \"data\"?", nil},
		{"source missing", `source = "gaussians"`, "", 5, `data.source: missing; want one of "gaussians", "digits", "csv", "idx", "npz", "npy"`, nil},
		{"source unknown", `source = "gaussians"`, `source = "gausians"`, 6, `data.source: unknown "gausians"; did you mean "gaussians"?`, []string{"data.source=gausians"}},

		{"n missing", "n = 6, ", "", 8, "data.classes.0.n: missing; want the number of points", nil},
		{"n zero", "n = 6", "n = 0", 8, "data.classes.0.n: got 0, want an integer from 1 to 67108864", []string{"data.classes.0.n=0"}},
		{"n negative", "n = 4", "n = -500", 9, "data.classes.1.n: got -500, want an integer from 1 to 67108864", []string{"data.classes.1.n=-500"}},
		{"n huge", "n = 4", "n = 1_000_000_000_000", 9, "data.classes.1.n: got 1000000000000, want an integer from 1 to 67108864", []string{"data.classes.1.n=1_000_000_000_000"}},
		{"n fills the memory", "n = 4", "n = 40_000_000", 9, "data.classes.1.n: more than 67108864 values in the data", []string{"data.classes.1.n=40_000_000"}},
		{"n a float", "n = 6", "n = 6.5", 8, "data.classes.0.n: got 6.5, want an integer from 1 to 67108864", []string{"data.classes.0.n=6.5"}},
		{"mean missing", "mean = [0, 0], ", "", 8, "data.classes.0.mean: missing; want an array", nil},
		{"mean no array", "mean = [0, 0]", "mean = 0", 8, "data.classes.0.mean: got 0, want an array", []string{"data.classes.0.mean=0"}},
		{"mean of strings", "mean = [0, 0]", `mean = [0, "0"]`, 8, `data.classes.0.mean.1: got the string "0", want a finite number`, []string{`data.classes.0.mean.1="0"`}},
		{"mean NaN", "mean = [0, 0]", "mean = [nan, 0]", 8, "data.classes.0.mean.0: got NaN, want a finite number", []string{"data.classes.0.mean.0=nan"}},
		{"mean infinite", "mean = [0, 0]", "mean = [0, -inf]", 8, "data.classes.0.mean.1: got -Inf, want a finite number", []string{"data.classes.0.mean.1=-inf"}},
		{"mean too short", "mean = [3, 3]", "mean = [3]", 9, "data.classes.1.mean: 1 values, the first class has 2", []string{"data.classes.1.mean=[3]"}},
		{"cov missing", "mean = [0, 0], cov = [[1, 0.5], [0.5, 1]]", "mean = [0, 0]", 8, "data.classes.0.cov: missing; want an array", nil},
		{"cov no array", "cov = [[1, 0], [0, 1]]", "cov = true", 9, "data.classes.1.cov: got true, want an array", []string{"data.classes.1.cov=true"}},
		{"cov of numbers", "cov = [[1, 0], [0, 1]]", "cov = [1, [0, 1]]", 9, "data.classes.1.cov.0: got 1, want an array of numbers", []string{"data.classes.1.cov.0=1"}},
		{"cov NaN", "cov = [[1, 0], [0, 1]]", "cov = [[1, 0], [0, nan]]", 9, "data.classes.1.cov.1.1: got NaN, want a finite number", []string{"data.classes.1.cov.1.1=nan"}},
		{"classes missing", "classes = [", "xyz = [", 5, "data.classes: missing; want an array\ntiny.toml:7: data.xyz: unknown key; known: source, classes, test, scale", nil},
		{"a class no table", class0, "6", 8, "data.classes.0: got 6, want a table", []string{"data.classes.0=6"}},
		{"one class", "  " + class0 + ",\n", "", 7, "data.classes: got 1, want at least 2", nil},
		{"unknown key of a class", "n = 6, mean", "n = 6, maen = 1, mean", 8, `data.classes.0.maen: unknown key; did you mean "mean"?`, []string{"data.classes.0.maen=1"}},

		{"layers missing", "layers = [2, 3, 2]", "", 12, "model.layers: missing; want the sizes of the layers, as in [2, 2, 2]", nil},
		{"layers no array", "layers = [2, 3, 2]", "layers = 2", 13, "model.layers: got 2, want an array", []string{"model.layers=2"}},
		{"no layers", "layers = [2, 3, 2]", "layers = []", 13, "model.layers: a network needs at least 2 layers, its inputs and its outputs", []string{"model.layers=[]"}},
		{"one layer", "layers = [2, 3, 2]", "layers = [2]", 13, "model.layers: a network needs at least 2 layers, its inputs and its outputs", []string{"model.layers=[2]"}},
		{"no unit", "layers = [2, 3, 2]", "layers = [2, 0, 2]", 13, "model.layers.1: got 0, want an integer from 1 to 67108864", []string{"model.layers.1=0"}},
		{"negative layer", "layers = [2, 3, 2]", "layers = [2, -3, 2]", 13, "model.layers.1: got -3, want an integer from 1 to 67108864", []string{"model.layers=[2,-3,2]"}},
		{"huge layer", "layers = [2, 3, 2]", "layers = [2, 1_000_000_000_000, 2]", 13, "model.layers.1: got 1000000000000, want an integer from 1 to 67108864", []string{"model.layers.1=1000000000000"}},
		{"too many weights", "layers = [2, 3, 2]", "layers = [2, 60_000, 60_000, 2]", 13, "model.layers: more than 67108864 weights", []string{"model.layers=[2,60_000,60_000,2]"}},
		{"inputs do not fit", "layers = [2, 3, 2]", "layers = [3, 3, 2]", 13, "model.layers.0: 3 inputs for data of 2 features", []string{"model.layers.0=3"}},
		{"outputs do not fit", "layers = [2, 3, 2]", "layers = [2, 3, 4]", 13, "model.layers.2: 4 outputs for data of 2 classes", []string{"model.layers.2=4"}},
		{"activation missing", `activation = "sigmoid"`, "", 12, `model.activation: missing; want one of "identity", "sigmoid", "tanh", "relu"`, nil},
		{"activation unknown", `activation = "sigmoid"`, `activation = "sigmod"`, 14, `model.activation: got the string "sigmod"; did you mean "sigmoid"?`, []string{"model.activation=sigmod"}},
		{"activation a number", `activation = "sigmoid"`, `activation = 1`, 14, `model.activation: got 1; known: identity, sigmoid, tanh, relu`, []string{"model.activation=1"}},
		{"activation unknown in a list", `activation = "sigmoid"`, `activation = ["tanh", "rellu"]`, 14, `model.activation.1: got the string "rellu"; did you mean "relu"?`, []string{`model.activation=["tanh","rellu"]`}},
		{"no activation", `activation = "sigmoid"`, `activation = []`, 14, `model.activation: got 0, want one for all layers or 2, one for each but the inputs`, []string{`model.activation=[]`}},
		{"too many activations", `activation = "sigmoid"`, `activation = ["relu", "relu", "relu"]`, 14, `model.activation: got 3, want one for all layers or 2, one for each but the inputs`, []string{`model.activation=["relu","relu","relu"]`}},
		{"bias a number", "bias = true", "bias = 1", 15, "model.bias: got 1, want true or false", []string{"model.bias=1"}},
		{"init unknown", `init = "normal"`, `init = "xavier"`, 16, `model.init: unknown "xavier"; known: normal`, []string{"model.init=xavier"}},

		{"method unknown", `method = "online"`, `method = "onlin"`, 19, `train.method: unknown "onlin"; did you mean "online"?`, []string{"train.method=onlin"}},
		{"steps missing", "steps = 20", "", 18, "train.steps: missing; want the number of steps, or epochs", nil},
		{"steps zero", "steps = 20", "steps = 0", 20, "train.steps: got 0, want an integer from 1 to 2147483647", []string{"train.steps=0"}},
		{"steps negative", "steps = 20", "steps = -20", 20, "train.steps: got -20, want an integer from 1 to 2147483647", []string{"train.steps=-20"}},
		{"steps huge", "steps = 20", "steps = 9223372036854775807", 20, "train.steps: got 9223372036854775807, want an integer from 1 to 2147483647", []string{"train.steps=9223372036854775807"}},
		{"steps and epochs", "steps = 20", "steps = 20\nepochs = 2", 21, "train.epochs: steps is given too; want one of the two", nil},
		{"too many epochs", "steps = 20", "epochs = 2147483647", 20, "train.epochs: more than 2147483647 steps", nil},
		{"batch", "batch = 1", "batch = 32", 21, `train.batch: got 32, but a step of method "online" takes 1; want method = "minibatch"`, []string{"train.batch=32"}},
		{"order unknown", `order = "random"`, `order = "shufle"`, 22, `train.order: unknown "shufle"; did you mean "shuffle"?`, []string{"train.order=shufle"}},
		{"rate missing", "rate = 0.5", "", 18, "train.rate: missing; want a number above 0", nil},
		{"rate zero", "rate = 0.5", "rate = 0", 23, "train.rate: got 0, want a number above 0", []string{"train.rate=0"}},
		{"rate negative", "rate = 0.5", "rate = -0.5", 23, "train.rate: got -0.5, want a number above 0", []string{"train.rate=-0.5"}},
		{"rate NaN", "rate = 0.5", "rate = nan", 23, "train.rate: got NaN, want a finite number", []string{"train.rate=nan"}},
		{"rate infinite", "rate = 0.5", "rate = inf", 23, "train.rate: got +Inf, want a finite number", []string{"train.rate=inf"}},
		{"rate a string", "rate = 0.5", `rate = "fast"`, 23, `train.rate: got the string "fast", want a finite number`, []string{"train.rate=fast"}},
		{"rule unknown", `rule = "gradient"`, `rule = "gradiant"`, 24, `train.rule: unknown "gradiant"; did you mean "gradient"?`, []string{"train.rule=gradiant"}},
		{"targets no array", "targets = [0.01, 0.99]", "targets = 1", 25, "train.targets: got 1, want an array", []string{"train.targets=1"}},
		{"three targets", "targets = [0.01, 0.99]", "targets = [0, 1, 2]", 25, "train.targets: got 3 numbers, want 2: for the other classes, for the sample's own", []string{"train.targets=[0,1,2]"}},
		{"target NaN", "targets = [0.01, 0.99]", "targets = [0.01, nan]", 25, "train.targets.1: got NaN, want a finite number", []string{"train.targets.1=nan"}},

		{"every missing", "every = 5", "", 27, "record.every: missing; want the distance of the curve's points", nil},
		{"every zero", "every = 5", "every = 0", 28, "record.every: got 0, want an integer from 1 to 2147483647", []string{"record.every=0"}},

		{"unknown key", "seed = 7", "seed = 7\nsede = 8", 3, `sede: unknown key; did you mean "seed"?`, []string{"sede=8"}},
		{"unknown key far off", "seed = 7", "seed = 7\nwww = 8", 3, `www: unknown key; known: name, seed, dtype, data, model, train, record`, []string{"www=8"}},
		{"unknown table", "[record]", "[recrod]\nevery = 1\n[record]", 27, `recrod: unknown key; did you mean "record"?`, []string{"recrod.every=1"}},
		{"unknown key of data", `source = "gaussians"`, "source = \"gaussians\"\nsorce = 1", 7, `data.sorce: unknown key; did you mean "source"?`, []string{"data.sorce=1"}},
		{"unknown key of model", "bias = true", "bias = true\nbais = 1", 16, `model.bais: unknown key; did you mean "bias"?`, []string{"model.bais=1"}},
		{"unknown key of train", "rate = 0.5", "rate = 0.5\nRate = 1", 24, `train.Rate: unknown key; did you mean "rate"?`, []string{"train.Rate=1"}},
		{"unknown key of record", "every = 5", "every = 5\nevry = 1", 29, `record.evry: unknown key; did you mean "every"?`, []string{"record.evry=1"}},
		{"unknown key with signs", "seed = 7", "seed = 7\n\"a.b \\u001b[31m\" = 8", 3, `"a.b \x1b[31m": unknown key; known: name, seed, dtype, data, model, train, record`, nil},
		{"value below a key that has none", "every = 5", "every.x = 5", 28, "record.every: got a table, want an integer from 1 to 2147483647", nil},
	} {
		t.Run(try.name, func(t *testing.T) {
			place := "tiny.toml: "
			if try.line > 0 {
				place = fmt.Sprintf("tiny.toml:%d: ", try.line)
			}
			wantError(t, place+try.want, edited(t, try.old, try.new))
			for _, c := range try.changes {
				wantError(t, "-S "+c+": "+try.want, tiny, c)
			}
		})
	}
}

func wantError(t *testing.T, want, text string, changes ...string) {
	t.Helper()
	_, err := Parse("tiny.toml", []byte(text), changes...)
	if err == nil {
		t.Fatalf("%v: no error, want %q", changes, want)
	}
	if d := cmp.Diff(want, err.Error()); d != "" {
		t.Errorf("%v: (-want +got)\n%s", changes, d)
	}
}

// TestParseCovariance leaves the words to package numpyrand.
func TestParseCovariance(t *testing.T) {
	for _, try := range []struct{ name, cov, want string }{
		{"singular", "[[1, 1], [1, 1]]", "singular"},
		{"asymmetric", "[[1, 0.5], [0.25, 1]]", "not symmetric"},
		{"negative", "[[1, 2], [2, 1]]", "not positive"},
		{"not square", "[[1, 0]]", "shapes do not fit"},
		{"rows of other lengths", "[[1, 0], [0]]", "row 1 of cov has 1 values, want 2"},
		{"empty", "[]", "shapes do not fit"},
	} {
		t.Run(try.name, func(t *testing.T) {
			for _, p := range []struct {
				place, text string
				changes     []string
			}{
				{"tiny.toml:9: data.classes.1.cov: ", edited(t, "[[1, 0], [0, 1]]", try.cov), nil},
				{"-S data.classes.1.cov=" + try.cov + ": data.classes.1.cov: ", tiny, []string{"data.classes.1.cov=" + try.cov}},
			} {
				_, err := Parse("tiny.toml", []byte(p.text), p.changes...)
				if err == nil || !strings.HasPrefix(err.Error(), p.place) || !strings.Contains(err.Error(), try.want) ||
					strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want %s...%s", err, p.place, try.want)
				}
			}
		})
	}
}

// TestParseSingle: numbers that float32 does not hold are fine in float64 alone.
func TestParseSingle(t *testing.T) {
	for _, try := range []struct{ change, path, value string }{
		{"train.rate=1e39", "train.rate", "1e+39"},
		{"train.rate=1e-50", "train.rate", "1e-50"},
		{"train.targets=[-1e40, 1]", "train.targets.0", "-1e+40"},
		{"train.targets=[0, 1e-46]", "train.targets.1", "1e-46"},
	} {
		parse(t, tiny, try.change)
		wantError(t, "-S "+try.change+": "+try.path+": "+try.value+" is out of the range of float32", tiny, "dtype=float32", try.change)
	}
	parse(t, tiny, "dtype=float32", "train.rate=3e38", "train.targets=[0, 1e-44]")
}

// TestParseSeveral lists all problems at once: those of the whole file, then by line, then the changes.
func TestParseSeveral(t *testing.T) {
	text := `[train]
steps = -1
rate = nan
ruel = "gradient"

[record]
every = "x"

[model]
layers = [2, 0, 2]
activation = "relu6"

[data]
source = "gaussians"
classes = [
  {n = 1, mean = [0], cov = [[1]]},
  {n = 1, maen = [0], cov = 1},
]
`
	wantError(t, strings.Join([]string{
		`tiny.toml: name: missing; want a name for the experiment`,
		`tiny.toml: seed: missing; want an integer from 0 to 4294967295`,
		`tiny.toml:2: train.steps: got -1, want an integer from 1 to 2147483647`,
		`tiny.toml:3: train.rate: got NaN, want a finite number`,
		`tiny.toml:4: train.ruel: unknown key; did you mean "rule"?`,
		`tiny.toml:7: record.every: got the string "x", want an integer from 1 to 2147483647`,
		`tiny.toml:10: model.layers.1: got 0, want an integer from 1 to 67108864`,
		`tiny.toml:11: model.activation: got the string "relu6"; did you mean "relu"?`,
		`tiny.toml:17: data.classes.1.mean: missing; want an array`,
		`tiny.toml:17: data.classes.1.cov: got 1, want an array`,
		`tiny.toml:17: data.classes.1.maen: unknown key; did you mean "mean"?`,
		`-S dtype=float: dtype: unknown "float"; did you mean "float64"?`,
	}, "\n"), text, "dtype=float")
	wantError(t, strings.Join([]string{
		"tiny.toml: name: missing; want a name for the experiment",
		"tiny.toml: seed: missing; want an integer from 0 to 4294967295",
		"tiny.toml: data: missing; the table [data] is required",
		"tiny.toml: model: missing; the table [model] is required",
		"tiny.toml: train: missing; the table [train] is required",
		"tiny.toml: record: missing; the table [record] is required",
	}, "\n"), "")
	wantError(t, strings.Join([]string{
		"tiny.toml:13: model.layers.0: 1 inputs for data of 2 features",
		"tiny.toml:13: model.layers.2: 1 outputs for data of 2 classes",
	}, "\n"), edited(t, "[2, 3, 2]", "[1, 3, 1]"))
}

// TestParseSyntax: what is not TOML is one error with line and column.
func TestParseSyntax(t *testing.T) {
	for _, try := range []struct{ name, old, new, want string }{
		{"no value", "seed = 7", "seed =", "tiny.toml:2:"},
		{"twice", "seed = 7", "seed = 7\nseed = 8", "tiny.toml:3:"},
		{"a table twice", "[record]", "[model]\n[record]", "tiny.toml:27:"},
		{"integer beyond 64 bits", "seed = 7", "seed = 99999999999999999999", "tiny.toml:2:"},
		{"float beyond float64", "rate = 0.5", "rate = 1e999", "tiny.toml:23:"},
		{"open bracket", "layers = [2, 3, 2]", "layers = [2, 3, 2", "tiny.toml:14:"},
		{"not UTF-8", "seed = 7", "seed = \"\xff\"", "tiny.toml:2:"},
		{"a zero byte", "seed = 7", "seed = 7\x00", "tiny.toml:2:"},
	} {
		_, err := Parse("tiny.toml", []byte(edited(t, try.old, try.new)))
		if err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %s", try.name, err, try.want)
		}
	}
}

func TestParseChanges(t *testing.T) {
	e := parse(t, tiny, " seed = 9 ", "name=other", "model.activation=[\"tanh\", 'relu']", "data.classes.1.n=8", "train.rate=2 # twice",
		"data.classes.0.cov.0.0=3", "train.rate=3")
	if e.Seed != 9 || e.Name != "other" || e.Model.activation(1) != kernel.ReLU || e.Data.Classes[1].N != 8 || e.Train.Rate != 3 ||
		e.Data.Classes[0].Cov[0][0] != 3 {
		t.Errorf("got %+v", e)
	}
	// A training's length, given the other way than in the file.
	e = parse(t, tiny, "train.epochs=2")
	if e.Train.Steps != 0 || e.TotalSteps(10) != 20 || e.RecordEvery != 1 {
		t.Errorf("got %+v, a point every %d", e.Train, e.RecordEvery)
	}
	if e = parse(t, tiny, "train.epochs=200"); e.RecordEvery != 20 {
		t.Errorf("a point every %d of 200 epochs, want a tenth", e.RecordEvery)
	}
	if e = parse(t, tiny, "train.epochs=200", "record.every=7"); e.RecordEvery != 7 {
		t.Errorf("a point every %d epochs, want 7", e.RecordEvery)
	}
	if e = parse(t, tiny, "train.steps=200"); e.RecordEvery != 5 {
		t.Errorf("a point every %d steps, want 5 as in the file", e.RecordEvery)
	}
	// Another method has no use for the batch's size in the file.
	batches := strings.Replace(edited(t, `method = "online"`, `method = "minibatch"`), "batch = 1", "batch = 4", 1)
	if e = parse(t, batches, "train.method=batch", "train.order=shuffle"); e.Train.Batch != 0 || e.Train.Method != "batch" {
		t.Errorf("got %+v", e.Train)
	}
	if e = parse(t, batches, "train.method=minibatch"); e.Train.Batch != 4 {
		t.Errorf("got %+v", e.Train)
	}
	if e = parse(t, batches, "train.batch=3", "train.method=minibatch"); e.Train.Batch != 3 {
		t.Errorf("got %+v", e.Train)
	}
	// A table that is not there yet, and one laid over as a whole with a key of it changed again.
	e = parse(t, edited(t, "[record]\nevery = 5\n", ""), "record.every=3", "train={steps=4,rate=1}", "train.steps=5")
	if e.RecordEvery != 3 || e.Train.Steps != 5 || e.Train.Rate != 1 {
		t.Errorf("got %+v", e)
	}
}

func TestParseChangesBad(t *testing.T) {
	for _, try := range []struct{ change, want string }{
		{"", "-S : want key=value, as in train.rate=0.2"},
		{"train={steps=1,epochs=1,rate=1}", "-S train={steps=1,epochs=1,rate=1}: train.epochs: steps is given too; want one of the two"},
		{"seed", "-S seed: want key=value, as in train.rate=0.2"},
		{"=7", "-S =7: want key=value, as in train.rate=0.2"},
		{" =7", "-S  =7: want key=value, as in train.rate=0.2"},
		{"seed=", `-S seed=: seed: got the string "", want an integer from 0 to 4294967295`},
		{"seed=7\nname=x", `-S seed=7` + "\n" + `name=x: seed: got the string "7\nname=x", want an integer from 0 to 4294967295`},
		{"seed.x=1", "-S seed.x=1: seed has no keys below it"},
		{"data.classes.2.n=1", `-S data.classes.2.n=1: data.classes has 2 entries, counted from 0; there is no "2"`},
		{"data.classes.-1.n=1", `-S data.classes.-1.n=1: data.classes has 2 entries, counted from 0; there is no "-1"`},
		{"data.classes.00.n=1", `-S data.classes.00.n=1: data.classes has 2 entries, counted from 0; there is no "00"`},
		{"data.classes.n=1", `-S data.classes.n=1: data.classes has 2 entries, counted from 0; there is no "n"`},
		{"data.classes.99999999999999999999=1", `-S data.classes.99999999999999999999=1: data.classes has 2 entries, counted from 0; there is no "99999999999999999999"`},
		{"model.layers.0.x=1", "-S model.layers.0.x=1: model.layers.0 has no keys below it"},
		{"data..n=1", `-S data..n=1: data."": unknown key; known: source, classes, test, scale`},
		{".seed=1", `-S .seed=1: "": unknown key; known: name, seed, dtype, data, model, train, record`},
		{"a.b.c.d.e.f.g.h.i=1", "-S a.b.c.d.e.f.g.h.i=1: a key of 9 parts; there are none of more than 8"},
		{"train=7", "-S train=7: train: got 7, want a table"},
		{"train={}", "-S train={}: train.steps: missing; want the number of steps, or epochs\n-S train={}: train.rate: missing; want a number above 0"},
		{"data={source='gaussians',classes=[{n=1},{n=1}]}", `-S data={source='gaussians',classes=[{n=1},{n=1}]}: data.classes.0.mean: missing; want an array
-S data={source='gaussians',classes=[{n=1},{n=1}]}: data.classes.0.cov: missing; want an array
-S data={source='gaussians',classes=[{n=1},{n=1}]}: data.classes.1.mean: missing; want an array
-S data={source='gaussians',classes=[{n=1},{n=1}]}: data.classes.1.cov: missing; want an array`},
		{"data.classes=[]", "-S data.classes=[]: data.classes: got 0, want at least 2"},
		{"data.classes=[1, 2]", "-S data.classes=[1, 2]: data.classes.0: got 1, want a table\n-S data.classes=[1, 2]: data.classes.1: got 2, want a table"},
	} {
		wantError(t, try.want, tiny, try.change)
	}
	// A table laid over what an earlier change had set takes the blame.
	wantError(t, "-S train={rate=0,steps=1}: train.rate: got 0, want a number above 0", tiny, "train.rate=2", "train={rate=0,steps=1}")
}

// TestParseLimits: sizes that are fine one by one and too large together.
func TestParseLimits(t *testing.T) {
	many := func(first, classes int) string {
		text := edited(t, "layers = [2, 3, 2]", fmt.Sprintf("layers = [1, %d]", classes))
		from, to := strings.Index(text, "classes"), strings.Index(text, "[model]")
		list := fmt.Sprintf("classes = [{n = %d, mean = [0], cov = [[1]]}", first)
		return text[:from] + list + strings.Repeat(", {n=1,mean=[0],cov=[[1]]}", classes-1) + "]\n" + text[to:]
	}
	parse(t, many(60_000, 1000))
	wantError(t, "tiny.toml:7: data.classes: more than 67108864 outputs, for 70999 samples of 1000 classes", many(70_000, 1000))
	wantError(t, "tiny.toml:7: data.classes: got 5000, want at most 4096", many(1, 5000))
	parse(t, tiny, "train.steps=1048575", "record.every=1")
	wantError(t, "-S record.every=1: record.every: more than 1048576 points of the curve", tiny, "train.steps=1048576", "record.every=1")
	_, err := Parse("big.toml", make([]byte, maxDocument+1))
	if err == nil || err.Error() != "big.toml: 262145 bytes; an experiment has at most 262144" {
		t.Errorf("got %v", err)
	}
}

// TestParseHostile gives files that once took minutes or all memory. They must be refused at a cost like their size.
func TestParseHostile(t *testing.T) {
	fill := func(text string) string { return strings.Repeat(text, 200<<10/len(text)) }
	for _, try := range []struct{ name, text string }{
		{"dotted key", fill("a.") + "a = 1"},
		{"dotted table", "[" + fill("a.") + "a]"},
		{"dotted keys of array tables", fill("[[a." + strings.Repeat("b.", 100) + "c]]\n")},
		{"nested arrays", "a = " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000)},
		{"arrays nested too deep", "a = " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)},
		{"nested tables", "a = " + strings.Repeat("{a=", 9000) + "1" + strings.Repeat("}", 9000)},
		{"array tables", fill("[[data.classes]]\n")},
		{"one long key", fill("k") + " = 1"},
		{"one long string", `name = "` + fill("k") + `"`},
		{"one quoted key full of dots", `"` + fill(".") + `" = 1`},
		{"one long number", "seed = 1" + fill("0")},
		{"one long float", "train.rate = 0." + fill("0") + "1"},
		{"one long array", "model.layers = [" + fill("1,") + "]"},
		{"wide matrix", "data.classes = [{n = 1, mean = [0], cov = [[" + fill("1,") + "]]}]"},
		{"tall matrix", "data.classes = [{n = 1, mean = [0], cov = [" + fill("[1],") + "]}]"},
	} {
		t.Run(try.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := Parse("hostile.toml", []byte(try.text))
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatal("no error")
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 1<<27 {
				t.Errorf("%d bytes allocated for a file of %d", used, len(try.text))
			}
			if took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			for line := range strings.Lines(err.Error()) {
				if len(line) > 500 {
					t.Errorf("an error of %d bytes: %.100s...", len(line), line)
				}
			}
		})
	}
}

// TestLines: keys in every form of TOML have their own line.
func TestLines(t *testing.T) {
	text := `name = "tiny"
seed = 7
model.layers = [2, 3, 2]
"model".'activation' = "sigmoid"
model.'init' = "bad1"
train = {steps = 20, rate = 0.5, rule = "bad2"}
record.every = 5

[data]
source = "gaussians"

[[data.classes]]
n = 6
mean = [
  0,
  0,
]
cov = [[1, 0.5],
       [0.5, 1]]

# a comment
[[data.classes]]
n = -4
mean = """
bad"""
cov = [ # a comment
  [1, 0], # another
  # and one more
  [0, nan],
]

[[data.classes]]
mean = [1, 1]
cov = [[1, 0], [0, 1]]
`
	wantError(t, strings.Join([]string{
		`tiny.toml:5: model.init: unknown "bad1"; known: normal`,
		`tiny.toml:6: train.rule: unknown "bad2"; known: gradient, notebook`,
		`tiny.toml:23: data.classes.1.n: got -4, want an integer from 1 to 67108864`,
		`tiny.toml:24: data.classes.1.mean: got the string "bad", want an array`,
		`tiny.toml:29: data.classes.1.cov.1.1: got NaN, want a finite number`,
		`tiny.toml:32: data.classes.2.n: missing; want the number of points`,
	}, "\n"), text)
	wantError(t, "tiny.toml:2: seed: got -7, want an integer from 0 to 4294967295", strings.ReplaceAll(edited(t, "seed = 7", "seed = -7"), "\n", "\r\n"))
}

func TestSuggest(t *testing.T) {
	known := []string{"steps", "epochs", "rate"}
	for _, try := range []struct{ word, want string }{
		{"step", `did you mean "steps"?`},
		{"stpes", `did you mean "steps"?`},
		{"epoch", `did you mean "epochs"?`},
		{"rats", `did you mean "rate"?`},
		{"x", "known: steps, epochs, rate"},
		{"", "known: steps, epochs, rate"},
		{"momentum", "known: steps, epochs, rate"},
	} {
		if got := Suggest(try.word, known); got != try.want {
			t.Errorf("%q: got %s, want %s", try.word, got, try.want)
		}
	}
}

func TestOpen(t *testing.T) {
	if names := Builtin(); !contains(names, "notebook") {
		t.Errorf("built-in experiments: %v", names)
	}
	for _, name := range Builtin() {
		s, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Experiment()
		if err != nil {
			t.Fatal(err)
		}
		if e.Name != name || s.GoldenPath() != "golden/"+name+".trace" {
			t.Errorf("%s: the experiment is called %s, its golden trace %s", name, e.Name, s.GoldenPath())
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "tiny.toml")
	write(t, file, tiny)
	s, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := s.Experiment("seed=8"); err != nil || e.Seed != 8 {
		t.Errorf("got %+v, %v", e, err)
	}
	if want := filepath.Join(dir, "tiny.trace"); s.GoldenPath() != want {
		t.Errorf("golden trace %s, want %s", s.GoldenPath(), want)
	}
	if _, err := s.Experiment("seed=x"); err == nil || !strings.Contains(err.Error(), "-S seed=x") {
		t.Errorf("got %v", err)
	}
	write(t, filepath.Join(dir, "big.toml"), strings.Repeat("#", maxDocument+1))
	if err := os.Mkdir(filepath.Join(dir, "folder.toml"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, try := range []struct{ arg, want string }{
		{"notbook", `no built-in experiment "notbook"; did you mean "notebook"?, or give a path that ends in .toml`},
		{"", `no built-in experiment ""`},
		{"../golden/notebook", "no built-in experiment"},
		{"tiny", "give a path that ends in .toml"},
		{filepath.Join(dir, "none.toml"), "none.toml: no such file"},
		{filepath.Join(dir, "big.toml"), "big.toml: larger than 262144 bytes"},
		{filepath.Join(dir, "folder.toml"), "folder.toml: not a regular file"},
	} {
		if _, err := Open(try.arg); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%q: got %v, want %q", try.arg, err, try.want)
		}
	}
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
