package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/google/renameio/v2"
	"github.com/klauspost/cpuid/v2"

	"github.com/samebits/samebits/harness/picture"
	"github.com/samebits/samebits/internal/npy"
	"github.com/samebits/samebits/kernel"
)

// Export writes what there is to keep of a run into the folder dir, which it makes if need be:
//
//	trace.txt          the trace
//	manifest.json      when, where and by what it was made
//	predictions.csv    a row for each sample: x1, x2, ..., y_true, y_pred, is_correct, output_0, output_1, ...; samples of
//	                   many features have their index, sample, in place of the features; where there are samples to test
//	                   with they come last, and a first column, set, says train or test
//	weights.npz        W0, W1, ... of shape (outputs, inputs), and b0, b1, ... where there are biases
//	loss.png, .svg     the loss curve
//	accuracy.png, .svg the accuracy curve
//	classes.png, .svg, predictions.png, .svg   the samples to train on, where they have two features
//
// Everything is made before the first file is written, and all files are written beside their places before the first is
// moved there.
func (r *Result) Export(dir string) error {
	files, err := r.files()
	if err != nil {
		return err
	}
	if err := CheckFolder(dir); err != nil {
		return err
	}
	return place(dir, files)
}

// place puts files into dir.
func place(dir string, files []file) error {
	pending := make([]*renameio.PendingFile, len(files))
	for i, f := range files {
		path := filepath.Join(dir, f.name)
		if info, err := os.Lstat(path); err == nil && info.IsDir() {
			return fmt.Errorf("%s: a folder is in the way", path)
		}
		p, err := renameio.NewPendingFile(path, renameio.WithTempDir(dir), renameio.WithPermissions(0o666), renameio.WithExistingPermissions())
		if err != nil {
			return err
		}
		defer p.Cleanup() // of what has not been moved
		if _, err := p.Write(f.content); err != nil {
			return err
		}
		pending[i] = p
	}
	for _, p := range pending {
		if err := p.CloseAtomicallyReplace(); err != nil {
			return err
		}
	}
	return nil
}

// CheckFolder makes dir if need be and reports an error if files cannot be written into it.
func CheckFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".samebits-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// WriteFile writes a file beside its place and then moves it there, so that nobody sees half of it.
func WriteFile(path string, content []byte) error {
	return renameio.WriteFile(path, content, 0o666, renameio.WithTempDir(filepath.Dir(path)), renameio.WithExistingPermissions())
}

type file struct {
	name    string
	content []byte
}

func (r *Result) files() ([]file, error) {
	weights, err := r.npz()
	if err != nil {
		return nil, err
	}
	manifest, err := r.manifest()
	if err != nil {
		return nil, err
	}
	pictures, err := r.pictures()
	if err != nil {
		return nil, err
	}
	return append([]file{
		{TraceFile, []byte(r.Trace().String())},
		{ManifestFile, manifest},
		{PredictionsFile, r.predictions()},
		{WeightsFile, weights},
	}, pictures...), nil
}

// npz writes the weights in the run's own type, as mlp's Load reads them.
func (r *Result) npz() ([]byte, error) {
	var b bytes.Buffer
	w := npy.NewWriter(&b)
	for i := range r.Weights {
		if err := r.writeLayer(w, i); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (r *Result) writeLayer(w *npy.Writer, i int) error {
	inputs, weights, biases := r.Experiment.Model.Layers[i], r.Weights[i], r.Biases[i]
	if r.Experiment.DType == "float32" {
		return writeLayer(w, i, inputs, narrow(weights), narrow(biases))
	}
	return writeLayer(w, i, inputs, weights, biases)
}

func writeLayer[T kernel.Float](w *npy.Writer, i, inputs int, weights, biases []T) error {
	if err := npy.Matrix(w, fmt.Sprint("W", i), inputs, weights); err != nil || len(biases) == 0 {
		return err
	}
	return npy.Vector(w, fmt.Sprint("b", i), biases)
}

func narrow(values []float64) []float32 {
	n := make([]float32, len(values))
	for i, v := range values {
		n[i] = float32(v)
	}
	return n
}

// manifest says when, where and by what the run was made. Nothing in it is compared.
func (r *Result) manifest() ([]byte, error) {
	m := Manifest{
		Schema:     manifestSchema,
		Experiment: r.Experiment.Name,
		Digest:     r.Final().Weights,
		Kernel:     r.Kernel,
		Threads:    r.Threads,
		Seconds:    r.Elapsed.Seconds(),
		Time:       time.Now().UTC().Format(time.RFC3339),
		CPU:        cpuid.CPU.BrandName,
		Arch:       runtime.GOARCH,
		OS:         runtime.GOOS,
		Go:         runtime.Version(),
		Version:    Version(),
	}
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// Version returns the version of this module in the running program, as far as Go knows it.
func Version() string {
	const path = "github.com/samebits/samebits"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == path && m.Version != "" {
			return m.Version
		}
	}
	return "unknown"
}

// pictures draws the curves, and the samples where they lie in a plane, each as PNG and SVG.
func (r *Result) pictures() ([]file, error) {
	var files []file
	var failed error
	add := func(name string, p *picture.Picture, err error) {
		if err != nil {
			failed = errors.Join(failed, err)
			return
		}
		for _, form := range []struct {
			ending string
			render func() ([]byte, error)
		}{{".png", p.PNG}, {".svg", p.SVG}} {
			content, err := form.render()
			failed = errors.Join(failed, err)
			files = append(files, file{name + form.ending, content})
		}
	}
	step, loss, accuracy := r.curves()
	p, err := picture.Loss("Loss of "+r.Experiment.Name, step, loss...)
	add("loss", p, err)
	p, err = picture.Accuracy("Accuracy of "+r.Experiment.Name, step, accuracy...)
	add("accuracy", p, err)
	if r.Data.Features == 2 {
		x := make([][2]float64, r.Data.Len())
		for i := range x {
			x[i] = [2]float64(r.Data.Sample(i))
		}
		p, err = picture.Classes(x, r.Data.Label)
		add("classes", p, err)
		p, err = picture.Predictions(x, r.Data.Label, r.Predicted())
		add("predictions", p, err)
	}
	return files, failed
}

// curves returns the learning curve by columns: those of the samples to train on, then those of the samples to test with,
// if there are any. Accuracy is the share of samples told rightly.
func (r *Result) curves() (step []int, loss, accuracy [][]float64) {
	train, test := make([][]float64, 2), make([][]float64, 2)
	for _, p := range r.Curve {
		step = append(step, p.Step)
		train[0] = append(train[0], p.Loss)
		train[1] = append(train[1], float64(p.Correct)/float64(r.Data.Len()))
		if r.Test != nil {
			test[0] = append(test[0], p.Test.Loss)
			test[1] = append(test[1], float64(p.Test.Correct)/float64(r.Test.Len()))
		}
	}
	if r.Test == nil {
		return step, train[:1], train[1:]
	}
	return step, [][]float64{train[0], test[0]}, [][]float64{train[1], test[1]}
}
