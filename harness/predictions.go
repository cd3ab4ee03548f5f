package harness

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
)

// Predicted returns the class told for each sample of Data.
func (r *Result) Predicted() []int { return predicted(r.Outputs, r.Data) }

func predicted(outputs []float64, s *dataset.Set) []int {
	p := make([]int, s.Len())
	for i := range p {
		p[i] = kernel.Argmax(outputs[i*s.Classes:][:s.Classes])
	}
	return p
}

// maxColumns is the number of features up to which a table shows them.
const maxColumns = 16

// predictions writes a table with the tutorial's columns. Numbers are the shortest that read back the same.
func (r *Result) predictions() []byte {
	var b bytes.Buffer
	t := &predictionTable{Writer: csv.NewWriter(&b), size: 64}
	if r.Experiment.DType == "float32" {
		t.size = 32
	}
	if r.Test == nil {
		t.heading(r.Data)
		t.rows(r.Data, r.Outputs)
	} else {
		t.heading(r.Data, "set")
		t.rows(r.Data, r.Outputs, "train")
		t.rows(r.Test, r.TestOutputs, "test")
	}
	t.Flush()
	return b.Bytes()
}

// predictionTable writes into a buffer, which never fails.
type predictionTable struct {
	*csv.Writer
	size int // of the outputs' type, in bits
}

// heading writes the names of the columns; first are those in front.
func (t *predictionTable) heading(s *dataset.Set, first ...string) {
	row := first
	if s.Features > maxColumns {
		row = append(row, "sample")
	} else {
		row = append(row, names("x", 1, s.Features)...)
	}
	row = append(row, "y_true", "y_pred", "is_correct")
	t.Write(append(row, names("output_", 0, s.Classes)...))
}

// names returns n names that end in numbers.
func names(stem string, from, n int) (all []string) {
	for i := range n {
		all = append(all, stem+strconv.Itoa(from+i))
	}
	return all
}

// rows writes a set, with the same first columns in every row.
func (t *predictionTable) rows(s *dataset.Set, outputs []float64, first ...string) {
	var row []string
	for i, told := range predicted(outputs, s) {
		row = append(row[:0], first...)
		if s.Features > maxColumns {
			row = append(row, strconv.Itoa(i))
		} else {
			row = appendNumbers(row, s.Sample(i), 64)
		}
		row = append(row, strconv.Itoa(s.Label[i]), strconv.Itoa(told), pythonBool(told == s.Label[i]))
		t.Write(appendNumbers(row, outputs[i*s.Classes:][:s.Classes], t.size))
	}
}

func appendNumbers(row []string, values []float64, size int) []string {
	for _, v := range values {
		row = append(row, strconv.FormatFloat(v, 'g', -1, size))
	}
	return row
}

// pythonBool writes b as pandas does.
func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
