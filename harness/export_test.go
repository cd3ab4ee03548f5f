package harness

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sbinet/npyio/npz"
)

var exported = []string{
	"accuracy.png", "accuracy.svg", "classes.png", "classes.svg", "loss.png", "loss.svg", "manifest.json",
	"predictions.csv", "predictions.png", "predictions.svg", "trace.txt", "weights.npz",
}

// export writes r into a folder that is not there yet and returns its path.
func export(t *testing.T, r *Result) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := r.Export(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func read(t *testing.T, elem ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestExport(t *testing.T) {
	r := runTiny(t)
	dir := export(t, r)
	if got := files(t, dir); !slices.Equal(got, exported) {
		t.Errorf("files %v, want %v", got, exported)
	}
	if got := string(read(t, dir, "trace.txt")); got != r.Trace().String() {
		t.Errorf("trace.txt is\n%s", got)
	}
	for _, name := range exported {
		text := read(t, dir, name)
		switch filepath.Ext(name) {
		case ".png":
			if !bytes.HasPrefix(text, []byte("\x89PNG\r\n\x1a\n")) {
				t.Errorf("%s is no PNG", name)
			}
		case ".svg":
			if !bytes.Contains(text, []byte("</svg>")) {
				t.Errorf("%s is no SVG", name)
			}
		}
	}
	var manifest map[string]any
	if err := json.Unmarshal(read(t, dir, "manifest.json"), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest["digest"] != r.Final().Weights || manifest["kernel"] != "generic" || manifest["experiment"] != "tiny" || manifest["threads"] != 1.0 {
		t.Errorf("manifest %v", manifest)
	}
	// Once more over what is there, with the same bytes: all but the manifest depend on the run alone.
	again := export(t, runTiny(t))
	if err := r.Export(again); err != nil {
		t.Fatal(err)
	}
	if got := files(t, again); !slices.Equal(got, exported) {
		t.Errorf("files after a second export: %v", got)
	}
	for _, name := range exported {
		if name != "manifest.json" && !bytes.Equal(read(t, dir, name), read(t, again, name)) {
			t.Errorf("%s has other bytes in another export", name)
		}
	}
}

// TestExportPlane: samples that do not lie in a plane have no pictures.
func TestExportPlane(t *testing.T) {
	r := runTiny(t, "data.classes=[{n=2,mean=[0],cov=[[1]]},{n=2,mean=[0],cov=[[1]]},{n=2,mean=[0],cov=[[1]]}]", "model.layers=[1,3]")
	want := slices.DeleteFunc(slices.Clone(exported), func(n string) bool {
		return strings.HasPrefix(n, "classes") || strings.HasPrefix(n, "predictions.p") || strings.HasPrefix(n, "predictions.s")
	})
	dir := export(t, r)
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	if head, _, _ := strings.Cut(string(read(t, dir, "predictions.csv")), "\n"); head != "x1,y_true,y_pred,is_correct,output_0,output_1,output_2" {
		t.Errorf("heading %s", head)
	}
}

func TestPredictionsCSV(t *testing.T) {
	for _, dtype := range []string{"float64", "float32"} {
		t.Run("type="+dtype, func(t *testing.T) {
			r := runTiny(t, "dtype="+dtype)
			text := string(r.predictions())
			if !strings.HasPrefix(text, "x1,x2,y_true,y_pred,is_correct,output_0,output_1\n") {
				t.Fatalf("heading of\n%s", text)
			}
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 11 {
				t.Fatalf("%d rows, want 11", len(rows))
			}
			correct := 0
			for i, row := range rows[1:] {
				size := 64
				if dtype == "float32" {
					size = 32
				}
				x, y := r.Data.Sample(i), r.Output(i)
				wantBits(t, row[0], x[0], 64)
				wantBits(t, row[1], x[1], 64)
				wantBits(t, row[5], y[0], size)
				wantBits(t, row[6], y[1], size)
				predicted := "0"
				if y[1] > y[0] {
					predicted = "1"
				}
				truth := strconv.Itoa(r.Data.Label[i])
				is := "False"
				if truth == predicted {
					is = "True"
					correct++
				}
				if row[2] != truth || row[3] != predicted || row[4] != is {
					t.Errorf("row %d: %v, want %s, %s, %s", i, row, truth, predicted, is)
				}
			}
			if correct != r.Final().Correct {
				t.Errorf("%d rows are correct, the run ends with %d", correct, r.Final().Correct)
			}
		})
	}
}

// TestPredictionsTest: samples to test with come after the others, and samples of many features are not written out.
func TestPredictionsTest(t *testing.T) {
	r := runTiny(t, "data.test=4")
	rows, err := csv.NewReader(bytes.NewReader(r.predictions())).ReadAll()
	if err != nil || len(rows) != 11 || strings.Join(rows[0], ",") != "set,x1,x2,y_true,y_pred,is_correct,output_0,output_1" {
		t.Fatalf("%v, %v", rows, err)
	}
	correct := 0
	for i, row := range rows[1:] {
		set, x, y := "train", r.Data.X[2*min(i, 5):], r.Outputs[2*min(i, 5):]
		if i >= 6 {
			set, x, y = "test", r.Test.X[2*(i-6):], r.TestOutputs[2*(i-6):]
			if row[5] == "True" {
				correct++
			}
		}
		if row[0] != set {
			t.Errorf("row %d is of set %s", i, row[0])
		}
		wantBits(t, row[1], x[0], 64)
		wantBits(t, row[2], x[1], 64)
		wantBits(t, row[6], y[0], 64)
		wantBits(t, row[7], y[1], 64)
	}
	if correct != r.Final().Test.Correct {
		t.Errorf("%d rows of the test are correct, the run ends with %d", correct, r.Final().Test.Correct)
	}
	wide, err := Run(context.Background(), parse(t, digits), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err = csv.NewReader(bytes.NewReader(wide.predictions())).ReadAll()
	if err != nil || len(rows) != 1798 || strings.Join(rows[0][:5], ",") != "set,sample,y_true,y_pred,is_correct" || len(rows[0]) != 15 {
		t.Fatalf("%d rows of %v, %v", len(rows), rows[0], err)
	}
	if got := strings.Join(rows[1437][:3], ","); got != "train,1436,"+strconv.Itoa(wide.Data.Label[1436]) {
		t.Errorf("last row to train on: %s", got)
	}
	if got := strings.Join(rows[1438][:3], ","); got != "test,0,"+strconv.Itoa(wide.Test.Label[0]) {
		t.Errorf("first row to test with: %s", got)
	}
}

// wantBits fails unless text reads back as v; a float32's text has no more digits than it needs.
func wantBits(t *testing.T, text string, v float64, size int) {
	t.Helper()
	got, err := strconv.ParseFloat(text, size)
	if err != nil || math.Float64bits(got) != math.Float64bits(v) {
		t.Errorf("%s is not %v (%v)", text, v, err)
	}
	if size == 32 && len(text) > len("0.0000123456789") {
		t.Errorf("%s has more digits than a float32", text)
	}
}

// TestWeightsGo reads weights.npz with npyio.
func TestWeightsGo(t *testing.T) {
	for _, dtype := range []string{"float64", "float32"} {
		for _, bias := range []string{"true", "false"} {
			t.Run("type="+dtype+"/bias="+bias, func(t *testing.T) {
				r := runTiny(t, "dtype="+dtype, "model.bias="+bias)
				text, err := r.npz()
				if err != nil {
					t.Fatal(err)
				}
				f, err := npz.NewReader(bytes.NewReader(text), int64(len(text)))
				if err != nil {
					t.Fatal(err)
				}
				keys := []string{"W0.npy", "W1.npy"}
				if bias == "true" {
					keys = []string{"W0.npy", "b0.npy", "W1.npy", "b1.npy"}
				}
				if !slices.Equal(f.Keys(), keys) {
					t.Errorf("arrays %v, want %v", f.Keys(), keys)
				}
				for _, key := range keys {
					i := int(key[1] - '0')
					want, shape := r.Weights[i], []int{r.Experiment.Model.Layers[i+1], r.Experiment.Model.Layers[i]}
					if key[0] == 'b' {
						want, shape = r.Biases[i], shape[:1]
					}
					h := f.Header(key)
					if typ := map[string]string{"float64": "<f8", "float32": "<f4"}[dtype]; h.Descr.Type != typ || h.Descr.Fortran || !slices.Equal(h.Descr.Shape, shape) {
						t.Errorf("%s: %+v, want %s of shape %v", key, h.Descr, typ, shape)
					}
					if got := readArray(t, f, key, dtype); !slices.Equal(got, want) {
						t.Errorf("%s: got %v, want %v", key, got, want)
					}
				}
			})
		}
	}
}

func readArray(t *testing.T, f *npz.Reader, key, dtype string) []float64 {
	t.Helper()
	if dtype == "float32" {
		var v []float32
		if err := f.Read(key, &v); err != nil {
			t.Fatal(err)
		}
		return widen(v)
	}
	var v []float64
	if err := f.Read(key, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestWeightsNumPy loads weights.npz with NumPy, which must find the same bits.
func TestWeightsNumPy(t *testing.T) {
	python := pythonWithNumPy(t)
	for _, dtype := range []string{"float64", "float32"} {
		t.Run("type="+dtype, func(t *testing.T) {
			r := runTiny(t, "dtype="+dtype)
			dir := export(t, r)
			const program = `import numpy, sys
f = numpy.load(sys.argv[1], allow_pickle=False)
for k in sorted(f.files):
    print(k, f[k].dtype, f[k].shape, *[float(v).hex() for v in f[k].ravel()])
`
			out, err := exec.Command(python, "-c", program, filepath.Join(dir, "weights.npz")).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var want strings.Builder
			for _, a := range []struct {
				name, shape string
				values      []float64
			}{{"W0", "(3, 2)", r.Weights[0]}, {"W1", "(2, 3)", r.Weights[1]}, {"b0", "(3,)", r.Biases[0]}, {"b1", "(2,)", r.Biases[1]}} {
				fmt.Fprint(&want, a.name, " ", dtype, " ", a.shape)
				for _, v := range a.values {
					fmt.Fprint(&want, " ", pythonHex(v))
				}
				fmt.Fprintln(&want)
			}
			if d := cmp.Diff(want.String(), string(out)); d != "" {
				t.Errorf("(-want +NumPy)\n%s", d)
			}
		})
	}
}

// pythonHex writes a normal number as Python's float.hex does: 13 digits, an exponent without zeros in front.
func pythonHex(v float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'x', 13, 64), "p")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%sp%+d", mantissa, n)
}

func pythonWithNumPy(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			return name
		}
	}
	t.Skip("no python3 with NumPy: that NumPy reads weights.npz is NOT checked")
	return ""
}

// TestExportNothingHalf: where one file cannot be written there is none, and what was there stays.
func TestExportNothingHalf(t *testing.T) {
	r := runTiny(t)
	for _, inTheWay := range []string{"weights.npz", "predictions.svg", "trace.txt"} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, inTheWay), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "manifest.json"), "old")
		err := r.Export(dir)
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, inTheWay)+": a folder is in the way") {
			t.Errorf("got %v", err)
		}
		want := []string{"manifest.json", inTheWay}
		slices.Sort(want)
		if got := files(t, dir); !slices.Equal(got, want) {
			t.Errorf("with %s in the way: files %v", inTheWay, got)
		}
		if got := string(read(t, dir, "manifest.json")); got != "old" {
			t.Errorf("with %s in the way: manifest.json is %q", inTheWay, got)
		}
	}
}

// TestExportFailsBefore: a picture that cannot be drawn leaves nothing behind, not even the folder.
func TestExportFailsBefore(t *testing.T) {
	r := runTiny(t)
	r.Data.X[3] = math.NaN()
	dir := filepath.Join(t.TempDir(), "out")
	if err := r.Export(dir); err == nil {
		t.Fatal("a sample that is not a number is drawn")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
}

func TestCheckFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "x")
	if err := CheckFolder(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file in the way: %v", err)
	}
	if err := CheckFolder(filepath.Join(file, "below")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("below a file: %v", err)
	}
	deep := filepath.Join(dir, "a", "b", "c")
	if err := CheckFolder(deep); err != nil || len(files(t, deep)) != 0 {
		t.Errorf("a new folder: %v, %v", err, files(t, deep))
	}
	if os.Geteuid() != 0 { // root writes everywhere
		locked := filepath.Join(dir, "locked")
		if err := os.Mkdir(locked, 0o555); err != nil {
			t.Fatal(err)
		}
		if err := CheckFolder(locked); err == nil || !strings.Contains(err.Error(), locked) {
			t.Errorf("a locked folder: %v", err)
		}
	}
}
