package harness

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/samebits/samebits/kernel"
)

// PredictionsFile is the name of the predictions in the folder of [Result.Export].
const PredictionsFile = "predictions.csv"

// Predictions is what a trained network told, as [Result.Export] keeps it.
type Predictions struct {
	Features int // of a sample; 0 where they are too many to be in the file
	Classes  int
	Train    Told
	Test     *Told // nil where there are no samples to test with
}

// Told is what was told of one set of samples.
type Told struct {
	Label     []int
	Predicted []int        // as long as Label
	X         [][2]float64 // as long as Label where samples have two features, or else nil
}

// Right returns how many samples were told rightly.
func (t *Told) Right() (n int) {
	for i, label := range t.Label {
		if t.Predicted[i] == label {
			n++
		}
	}
	return n
}

// maxPrediction bounds the length of a line.
const maxPrediction = 1 << 20

// predictionReader reads the rows of a file, one after the other.
type predictionReader struct {
	Predictions
	file    string
	line    int
	in      *bufio.Reader
	sets    bool // whether the first column is the set
	columns int
	fields  []string // of the last line
	outputs []float64
}

// ReadPredictions reads predictions as [Result.Export] writes them. Anything else, a file that was cut short included, is an
// error that names file and line; so is a row that contradicts itself.
func ReadPredictions(file string, in io.Reader) (*Predictions, error) {
	r := &predictionReader{file: file, in: bufio.NewReaderSize(in, maxPrediction)}
	if err := r.next(); err != nil {
		if err == io.EOF {
			err = errors.New("the file is empty")
		}
		return nil, r.errorf("%w", err)
	}
	if err := r.heading(); err != nil {
		return nil, r.errorf("%w", err)
	}
	for {
		err := r.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = r.row()
		}
		if err != nil {
			return nil, r.errorf("%w", err)
		}
	}
	if len(r.Train.Label) == 0 || r.sets && r.Test == nil {
		return nil, r.errorf("the file breaks off: there are no samples to train on, or none to test with")
	}
	return &r.Predictions, nil
}

func (r *predictionReader) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", r.file, r.line, fmt.Errorf(format, args...))
}

// next splits the next line into fields, or returns io.EOF. No field that is written needs quotation marks.
func (r *predictionReader) next() error {
	text, err := r.in.ReadSlice('\n')
	r.line++
	switch {
	case err == io.EOF && len(text) == 0:
		return io.EOF
	case err == io.EOF:
		return errTorn
	case errors.Is(err, bufio.ErrBufferFull):
		return fmt.Errorf("a line of more than %d bytes", maxPrediction)
	case err != nil:
		return err
	}
	r.fields = r.fields[:0]
	for f := range strings.SplitSeq(strings.TrimSuffix(string(text[:len(text)-1]), "\r"), ",") {
		r.fields = append(r.fields, f)
	}
	return nil
}

// heading finds out which columns there are.
func (r *predictionReader) heading() error {
	f := r.fields
	r.columns = len(f)
	if r.sets = f[0] == "set"; r.sets {
		f = f[1:]
	}
	if len(f) > 0 && f[0] == "sample" {
		f = f[1:]
	} else {
		for r.Features < min(len(f), maxColumns) && f[r.Features] == "x"+strconv.Itoa(r.Features+1) {
			r.Features++
		}
		if r.Features == 0 {
			return errors.New("not predictions: want a heading x1, x2, ..., or sample, then y_true, y_pred, is_correct, output_0, ...")
		}
		f = f[r.Features:]
	}
	fixed := []string{"y_true", "y_pred", "is_correct"}
	r.Classes = len(f) - len(fixed)
	for i, name := range f {
		want := ""
		if i < len(fixed) {
			want = fixed[i]
		} else {
			want = "output_" + strconv.Itoa(i-len(fixed))
		}
		if name != want {
			return fmt.Errorf("not predictions: a column is called %.40q, want %s", name, want)
		}
	}
	if r.Classes < 1 {
		return errors.New("not predictions: there is no column output_0")
	}
	return nil
}

// row takes the fields of a sample.
func (r *predictionReader) row() error {
	if len(r.fields) != r.columns {
		return fmt.Errorf("%s, want %d as in the heading", counted(len(r.fields), "field"), r.columns)
	}
	f, to := r.fields, &r.Train
	if r.sets {
		switch {
		case f[0] == "test" && len(r.Train.Label) > 0:
			if r.Test == nil {
				r.Test = &Told{}
			}
			to = r.Test
		case f[0] != "train" || r.Test != nil:
			return fmt.Errorf("set is %.40q; want rows of train, then rows of test", f[0])
		}
		f = f[1:]
	}
	f, err := r.sample(to, f)
	if err != nil {
		return err
	}
	label, err1 := r.class(f[0])
	told, err2 := r.class(f[1])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if f[2] != pythonBool(label == told) {
		return fmt.Errorf("is_correct is %.40q, but the class is %d and %d was told", f[2], label, told)
	}
	r.outputs = r.outputs[:0]
	for i, text := range f[3:] {
		v, err := finiteNumber(text)
		if err != nil {
			return fmt.Errorf("output_%d: %w", i, err)
		}
		r.outputs = append(r.outputs, v)
	}
	if best := kernel.Argmax(r.outputs); best != told {
		return fmt.Errorf("y_pred is %d, but output_%d is the largest", told, best)
	}
	to.Label, to.Predicted = append(to.Label, label), append(to.Predicted, told)
	return nil
}

// sample reads the features, or the index in their place, and returns the fields behind them.
func (r *predictionReader) sample(to *Told, f []string) (rest []string, err error) {
	if r.Features == 0 {
		if want := strconv.Itoa(len(to.Label)); f[0] != want {
			return nil, fmt.Errorf("sample is %.40q, want %s: a row is missing, or they are not in order", f[0], want)
		}
		return f[1:], nil
	}
	var x [2]float64
	for i, text := range f[:r.Features] {
		v, err := finiteNumber(text)
		if err != nil {
			return nil, fmt.Errorf("x%d: %w", i+1, err)
		}
		if i < len(x) {
			x[i] = v
		}
	}
	if r.Features == len(x) {
		to.X = append(to.X, x)
	}
	return f[r.Features:], nil
}

func (r *predictionReader) class(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= r.Classes || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%.40q is no class; want 0 to %d", text, r.Classes-1)
	}
	return n, nil
}

func finiteNumber(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !finite(v) {
		return 0, fmt.Errorf("%.40q is not a finite number", text)
	}
	return v, nil
}

// match reports an error if the predictions are of another run than the trace.
func (p *Predictions) match(f Facts, final map[string]float64) error {
	inputs, outputs, err := ends(f.Network)
	if err != nil {
		return err
	}
	if shown := p.Features > 0; shown != (inputs <= maxColumns) || shown && p.Features != inputs {
		return fmt.Errorf("columns of %s, the trace is of a network %s", counted(p.Features, "feature"), f.Network)
	}
	if p.Classes != outputs {
		return fmt.Errorf("columns of %s, the trace is of a network %s", counted(p.Classes, "output"), f.Network)
	}
	check := func(of string, t *Told, total int, right float64) error {
		if n := len(t.Label); n != total {
			return fmt.Errorf("%s%s, the trace has %d", counted(n, "sample"), of, total)
		}
		if n := t.Right(); float64(n) != right {
			return fmt.Errorf("%s%s told rightly, by the trace %.0f", counted(n, "sample"), of, right)
		}
		return nil
	}
	if err := check("", &p.Train, f.Samples, final["correct"]); err != nil {
		return err
	}
	test := p.Test
	if test == nil {
		test = &Told{}
	}
	return check(" to test with", test, f.Tests, final["test_correct"])
}

// ends reads the numbers of inputs and outputs from a trace's network, such as 2-2-2 float64.
func ends(network string) (inputs, outputs int, err error) {
	layers, _, _ := strings.Cut(network, " ")
	words := strings.Split(layers, "-")
	inputs, err1 := strconv.Atoi(words[0])
	outputs, err2 := strconv.Atoi(words[len(words)-1])
	if err1 != nil || err2 != nil || len(words) < 2 || inputs < 1 || outputs < 1 {
		return 0, 0, fmt.Errorf("the trace is of a network %.80q, which cannot be", network)
	}
	return inputs, outputs, nil
}
