package harness

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sbinet/npyio"
	"github.com/sbinet/npyio/npz"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/numpyrand"
)

// onFiles is an experiment on files; each source that has them puts its [data] in place of DATA.
const onFiles = `name = "files"
seed = 7
[data]
DATA
[model]
layers = [2, 3]
activation = "sigmoid"
[train]
method = "minibatch"
batch = 2
epochs = 2
rate = 0.5
[record]
every = 1
`

func withData(keys string) string { return strings.Replace(onFiles, "DATA", keys, 1) }

// The samples that every format below holds: five, of two features, in three classes.
var (
	wantX     = []float64{0, 255, 51, 102, 153, 204, 255, 0, 51, 51}
	wantLabel = []int{0, 1, 2, 1, 0}
)

const csvText = "a,b,label\n0,255,0\n51,102,1\n153,204,2\n255,0,1\n51,51,0\n"

// writeAll writes the samples in every format and returns the folder.
func writeAll(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "last.csv"), csvText)
	write(t, filepath.Join(dir, "first.csv"), "0,0,255\n1,51,102\n2,153,204\n1,255,0\n0,51,51\n")
	images, labels := idxImages(0x08), []byte{0, 0, 8, 1, 0, 0, 0, 5}
	for i, l := range wantLabel {
		for _, v := range wantX[2*i:][:2] {
			images = append(images, byte(v))
		}
		labels = append(labels, byte(l))
	}
	write(t, filepath.Join(dir, "images"), string(images))
	write(t, filepath.Join(dir, "labels"), string(labels))
	write(t, filepath.Join(dir, "images.gz"), packed(t, images))
	write(t, filepath.Join(dir, "labels.gz"), packed(t, labels))
	wide := idxImages(0x0B)
	for _, v := range wantX {
		wide = binary.BigEndian.AppendUint16(wide, uint16(v))
	}
	write(t, filepath.Join(dir, "wide"), string(wide))
	x, y := [][2]float64{}, []int64{}
	for i, l := range wantLabel {
		x, y = append(x, [2]float64(wantX[2*i:])), append(y, int64(l))
	}
	write(t, filepath.Join(dir, "x.npy"), npyFile(t, x))
	write(t, filepath.Join(dir, "y.npy"), npyFile(t, y))
	if err := npz.Write(filepath.Join(dir, "set.npz"), map[string]any{"x.npy": x, "y.npy": y}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func idxImages(kind byte) []byte { return []byte{0, 0, kind, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 1} }

func packed(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(text)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func npyFile(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	if err := npyio.Write(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// load reads the samples of an experiment.
func load(t *testing.T, text, folder string, changes ...string) (samples, error) {
	t.Helper()
	e := parse(t, text, changes...)
	return e.samples(t.Context(), numpyrand.New(e.Seed), folder)
}

// TestSources reads the same samples in every format.
func TestSources(t *testing.T) {
	dir := writeAll(t)
	for _, keys := range []string{
		"source = 'csv'\ntrain = 'last.csv'",
		"source = 'csv'\ntrain = ['last.csv']\nlabel = 'last'",
		"source = 'csv'\ntrain = 'first.csv'\nlabel = 'first'",
		"source = 'idx'\ntrain = ['images', 'labels']",
		"source = 'idx'\ntrain = ['images.gz', 'labels']",
		"source = 'npy'\ntrain = ['x.npy', 'y.npy']",
		"source = 'npz'\ntrain = 'set.npz'",
		"source = 'csv'\ntrain = '" + filepath.Join(dir, "last.csv") + "'",
	} {
		s, err := load(t, withData(keys), dir)
		if err != nil {
			t.Errorf("%s: %v", keys, err)
			continue
		}
		if s.test != nil || s.train.Features != 2 || s.train.Classes != 3 || !slices.Equal(s.train.X, wantX) || !slices.Equal(s.train.Label, wantLabel) {
			t.Errorf("%s: got %+v", keys, s.train)
		}
	}
}

// TestTestData cuts a part off, or reads it from files of its own.
func TestTestData(t *testing.T) {
	dir := writeAll(t)
	write(t, filepath.Join(dir, "other.csv"), "1,2,3\n")
	write(t, filepath.Join(dir, "fewer.csv"), "3,4,0\n")
	for _, try := range []struct {
		keys          string
		train, test   int
		classes       int
		firstTestLine []float64
	}{
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 2", 3, 2, 3, []float64{255, 0}},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 0.2", 4, 1, 3, []float64{51, 51}},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 0.7", 1, 4, 3, []float64{51, 102}},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 'other.csv'", 5, 1, 4, []float64{1, 2}},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 'fewer.csv'", 5, 1, 3, []float64{3, 4}},
		{"source = 'idx'\ntrain = ['images', 'labels']\ntest = ['images.gz', 'labels.gz']", 5, 5, 3, []float64{0, 255}},
	} {
		s, err := load(t, withData(try.keys), dir)
		if err != nil {
			t.Errorf("%s: %v", try.keys, err)
			continue
		}
		if s.train.Len() != try.train || s.test.Len() != try.test || s.train.Classes != try.classes || s.test.Classes != try.classes ||
			!slices.Equal(s.test.Sample(0), try.firstTestLine) || !slices.Equal(s.train.X, wantX[:2*try.train]) {
			t.Errorf("%s: got %+v and %+v", try.keys, s.train, s.test)
		}
	}
	s, err := load(t, edited(t, "[model]", "test = 3\n[model]"), "")
	if err != nil || s.train.Len() != 7 || s.test.Len() != 3 || s.test.Label[0] != 1 {
		t.Errorf("gaussians: %+v, %v", s, err)
	}
	whole, err := load(t, tiny, "")
	if err != nil || !slices.Equal(whole.train.X, append(slices.Clone(s.train.X), s.test.X...)) {
		t.Errorf("gaussians are others when some are for testing: %v", err)
	}
}

// TestScale: bytes have a range by their nature, other values that of each feature in the training samples, for the test
// samples too.
func TestScale(t *testing.T) {
	dir := writeAll(t)
	byNature := func(x float64) float64 { return float64(x/255*0.99) + 0.01 }
	for _, try := range []struct {
		keys  string
		of    func(feature int, x float64) float64
		train int
	}{
		{"source = 'idx'\ntrain = ['images', 'labels']", func(_ int, x float64) float64 { return byNature(x) }, 5},
		{"source = 'idx'\ntrain = ['images.gz', 'labels.gz']\ntest = 2", func(_ int, x float64) float64 { return byNature(x) }, 3},
		{"source = 'idx'\ntrain = ['wide', 'labels']\ntest = 2", func(f int, x float64) float64 {
			lowest, highest := []float64{0, 102}[f], []float64{153, 255}[f]
			return float64((x-lowest)/(highest-lowest)*0.99) + 0.01
		}, 3},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 'first.csv'\nlabel = 'last'", func(f int, x float64) float64 {
			return float64((x-0)/(255-0)*0.99) + 0.01
		}, 5},
	} {
		if strings.Contains(try.keys, "first.csv") {
			write(t, filepath.Join(dir, "first.csv"), csvText)
		}
		s, err := load(t, withData(try.keys+"\nscale = [0.01, 1]"), dir)
		if err != nil {
			t.Errorf("%s: %v", try.keys, err)
			continue
		}
		got := slices.Clone(s.train.X)
		if s.test != nil {
			got = append(got, s.test.X...)
		}
		for i := range got {
			if want := try.of(i%2, wantX[i%10]); got[i] != want {
				t.Errorf("%s: value %d is %v, want %v", try.keys, i, got[i], want)
			}
		}
	}
	s, err := load(t, digits, "")
	raw, err2 := dataset.Digits()
	if err != nil || err2 != nil || s.train.Len() != 1437 || s.test.Len() != 360 {
		t.Fatalf("digits: %v, %v", err, err2)
	}
	got := slices.Concat(s.train.X, s.test.X)
	for i, x := range raw.X {
		if want := float64(x/16*0.5) + 0.25; got[i] != want {
			t.Fatalf("digits: value %d is %v, want %v", i, got[i], want)
		}
	}
}

// digits is an experiment on the embedded data.
const digits = `name = "digits"
seed = 7
[data]
source = "digits"
test = 360
scale = [0.25, 0.75]
[model]
layers = [64, 10]
activation = "sigmoid"
[train]
method = "batch"
steps = 2
rate = 0.5
[record]
every = 1
`

// TestSizeKnown: what is said of data before they are read is what they are.
func TestSizeKnown(t *testing.T) {
	for _, text := range []string{tiny, edited(t, "[model]", "test = 0.5\n[model]"), digits, strings.Replace(digits, "360", "0.3", 1)} {
		e := parse(t, text)
		known, ok := e.Data.size()
		s, err := e.samples(t.Context(), numpyrand.New(e.Seed), "")
		if err != nil || !ok || s.size() != known {
			t.Errorf("%+v: known %+v, got %+v, %v", e.Data, known, s.size(), err)
		}
	}
	if _, ok := parse(t, withData("source = 'npz'\ntrain = 'x'")).Data.size(); ok {
		t.Error("a file's size is known before it is read")
	}
}

// TestFolders looks in the three places, in their order.
func TestFolders(t *testing.T) {
	first, second, third := t.TempDir(), t.TempDir(), t.TempDir()
	sets := map[string]string{first: "1,0\n", second: "2,0\n", third: "3,0\n"}
	for dir, text := range sets {
		write(t, filepath.Join(dir, "a.csv"), text+"0,2\n")
	}
	file := filepath.Join(third, "e.toml")
	write(t, file, withData("source = 'csv'\ntrain = 'a.csv'"))
	s, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Experiment()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(DataVariable, second)
	for i, dir := range []string{first, second, third} {
		s, err := e.samples(t.Context(), nil, first)
		if err != nil || s.train.X[0] != float64(i+1) {
			t.Errorf("want the file of place %d, got %+v, %v", i+1, s.train, err)
		}
		if err := os.Remove(filepath.Join(dir, "a.csv")); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Run(context.Background(), e, Options{Data: first})
	want := fmt.Sprintf("no data: there is no %s (--data), nor %s (SAMEBITS_DATA), nor %s (beside the experiment); name the folder of a.csv with --data or SAMEBITS_DATA",
		filepath.Join(first, "a.csv"), filepath.Join(second, "a.csv"), filepath.Join(third, "a.csv"))
	var data *DataError
	if !errors.Is(err, ErrNoData) || !errors.As(err, &data) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	t.Setenv(DataVariable, "")
	_, err = load(t, withData("source = 'csv'\ntrain = 'a.csv'\nget = \" Ask\\nAnna. \""), "")
	if want := "no data: a.csv: name its folder with --data or SAMEBITS_DATA\nAsk\nAnna."; !errors.Is(err, ErrNoData) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	_, err = load(t, withData("source = 'csv'\ntrain = '/nowhere/a.csv'"), first)
	if want := "no data: there is no /nowhere/a.csv"; !errors.Is(err, ErrNoData) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestBadFiles: what is there and wrong is not "no data".
func TestBadFiles(t *testing.T) {
	dir := writeAll(t)
	if err := os.Mkdir(filepath.Join(dir, "folder.csv"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "four.csv"), "1,2,3,0\n")
	right := sha256.Sum256([]byte(csvText))
	good, bad := hex.EncodeToString(right[:]), strings.Repeat("a", 64)
	for _, try := range []struct{ keys, want string }{
		{"source = 'csv'\ntrain = 'folder.csv'", "open " + filepath.Join(dir, "folder.csv") + ": not a regular file"},
		{"source = 'csv'\ntrain = 'images'", filepath.Join(dir, "images") + ":1"},
		{"source = 'npz'\ntrain = 'images'", filepath.Join(dir, "images") + ": not an npz file"},
		{"source = 'idx'\ntrain = ['labels', 'images']", filepath.Join(dir, "labels") + ": byte 8: shape [5]"},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 5", "data.test: 5 of 5 samples for testing, want 1 to 4"},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 0.01", "data.test: a fraction of 0.01 for testing is 0 of 5 samples"},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 'four.csv'", "data.test: samples of 3 features, those of data.train have 2"},
		{"source = 'csv'\ntrain = 'last.csv'\nscale = [-1e308, 1e308]", "data.scale: scale: "},
		{"source = 'csv'\ntrain = 'last.csv'\ntest = 'first.csv'\nsha256 = ['" + strings.ToUpper(good) + "', '" + bad + "']",
			filepath.Join(dir, "first.csv") + " has SHA-256 "},
		{"source = 'csv'\ntrain = 'last.csv'\nsha256 = ['" + bad + "']", filepath.Join(dir, "last.csv") + " has SHA-256 " + good + ", want " + bad +
			", which data.sha256.0 names; get the file again, or change the digest if other data are meant"},
	} {
		_, err := Run(context.Background(), parse(t, withData(try.keys)), Options{Data: dir})
		var data *DataError
		if err == nil || !strings.HasPrefix(err.Error(), try.want) || errors.Is(err, ErrNoData) || !errors.As(err, &data) {
			t.Errorf("%s:\ngot  %v\nwant %s", try.keys, err, try.want)
		}
	}
	if _, err := load(t, withData("source = 'csv'\ntrain = 'last.csv'\nsha256 = ['"+good+"']"), dir); err != nil {
		t.Errorf("the right digest: %v", err)
	}
}

// TestMisfits: what can be checked only when the data are there is, all of it, with the keys.
func TestMisfits(t *testing.T) {
	dir := writeAll(t)
	csv := withData("source = 'csv'\ntrain = 'last.csv'\ntest = 1")
	for _, try := range []struct {
		changes []string
		want    string
	}{
		{[]string{"model.layers=[3, 4]"}, "last.csv: model.layers.0: 3 inputs for data of 2 features\nlast.csv: model.layers.1: 4 outputs for data of 3 classes"},
		{[]string{"model.layers=[2, 1]"}, "last.csv: model.layers.1: 1 outputs for data of 3 classes: sample 1, counted from 0, has label 1"},
		{[]string{"train.batch=5"}, "last.csv: train.batch: 5 samples, more than the 4 to train on"},
		{[]string{"train.epochs=2147483647"}, "last.csv: train.epochs: more than 2147483647 steps"},
		{[]string{"train.epochs=1048576", "train.batch=4"}, "last.csv: record.every: more than 1048576 points of the curve"},
	} {
		_, err := Run(context.Background(), parse(t, csv, try.changes...), Options{Data: dir})
		var data *DataError
		if err == nil || err.Error() != try.want || !errors.As(err, &data) {
			t.Errorf("%v: got %v, want %s", try.changes, err, try.want)
		}
	}
	if r, err := Run(context.Background(), parse(t, csv, "train.batch=4"), Options{Data: dir}); err != nil || r.Final().Step != 2 {
		t.Errorf("a batch of all samples: %v", err)
	}
}

// TestDataDigest: without test samples it is the set's own, with them that of a line.
func TestDataDigest(t *testing.T) {
	dir := writeAll(t)
	s, err := load(t, withData("source = 'npz'\ntrain = 'set.npz'"), dir)
	if err != nil || s.digest() != s.train.Digest() {
		t.Errorf("%s, %v", s.digest(), err)
	}
	cut, err := load(t, withData("source = 'npz'\ntrain = 'set.npz'\ntest = 2"), dir)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256([]byte("samebits data train " + cut.train.Digest() + " test " + cut.test.Digest() + "\n"))
	if want := "sha256:" + hex.EncodeToString(h[:]); cut.digest() != want {
		t.Errorf("got %s, want %s", cut.digest(), want)
	}
}

// TestFilesDigest writes out the canonical form of an experiment on files. Names of files do not count.
func TestFilesDigest(t *testing.T) {
	keys := "source = 'csv'\ntrain = 'a.csv'\ntest = 0.25\nscale = [0, 1]"
	text := `seed 7
dtype float64
data.source csv
data.label last
data.test.fraction 0x1p-02
data.scale 0x0p+00 0x1p+00
model.layers [2 3]
model.activation sigmoid
model.bias false
model.init normal
train.method minibatch
train.batch 2
train.epochs 2
train.order shuffle
train.rate 0x1p-01
train.rule gradient
train.targets 0x0p+00 0x1p+00
record.epochs 1
`
	if d := cmp.Diff(text, parse(t, withData(keys)).canonical()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	want := parse(t, withData(keys)).Digest()
	for _, change := range []string{"data.train=b.csv", "data.get=somewhere", "data.sha256=['" + strings.Repeat("0", 64) + "']", "train.order=shuffle"} {
		if got := parse(t, withData(keys), change).Digest(); got != want {
			t.Errorf("-S %s changes the digest", change)
		}
	}
	seen := map[string]string{want: "itself"}
	for _, change := range []string{
		"data.test=0.5", "data.test=1", "data.test=2", "data.test=b.csv", "data.scale=[0, 2]", "data.scale=[-1, 1]", "data.label=first",
		"train.batch=3", "train.epochs=3", "train.steps=2", "record.every=2", "train.order=random", "seed=8",
		"data={source='csv', train='a.csv', test=0.25}", "data={source='csv', train='a.csv', scale=[0, 1]}",
		"data={source='npz', train='a.npz', test=0.25, scale=[0, 1]}", "data={source='npy', train=['x', 'y'], test=0.25, scale=[0, 1]}",
		"data={source='idx', train=['x', 'y'], test=0.25, scale=[0, 1]}",
	} {
		d := parse(t, withData(keys), change).Digest()
		if other, again := seen[d]; again {
			t.Errorf("-S %s has the digest of %s", change, other)
		}
		seen[d] = change
	}
}
