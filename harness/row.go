package harness

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/mlp"
)

// Row is what a sweep keeps of one run: the last point of its learning curve.
type Row struct {
	Seed   uint32
	Set    []string  // the setting, where the sweep has several
	Score  mlp.Score // of the samples trained on
	Total  int       // of them
	Test   mlp.Score // of the samples to test with, zero where there are none
	Tests  int       // of them
	Digest string    // of the final weights
	Error  string    // why the run failed, or empty; a failed run has nothing else
	Sweep  string    // identity of the sweep
}

// Append adds the row to b: a JSON object, always written in the same way, and the end of the line.
func (r *Row) Append(b []byte) []byte {
	b = append(b, `{"seed":`...)
	b = strconv.AppendUint(b, uint64(r.Seed), 10)
	if len(r.Set) > 0 {
		b = append(b, `,"set":`...)
		b = appendJSON(b, r.Set)
	}
	if r.Error != "" {
		b = append(b, `,"error":`...)
		b = appendJSON(b, r.Error)
	} else {
		b = appendScore(b, `,"`, r.Score, r.Total)
		if r.Tests > 0 {
			b = appendScore(b, `,"test_`, r.Test, r.Tests)
		}
		b = append(b, `,"digest":"`...)
		b = append(b, r.Digest...)
		b = append(b, '"')
	}
	b = append(b, `,"sweep":"`...)
	b = append(b, r.Sweep...)
	return append(b, "\"}\n"...)
}

func appendScore(b []byte, prefix string, s mlp.Score, total int) []byte {
	b = append(append(b, prefix...), `correct":`...)
	b = strconv.AppendInt(b, int64(s.Correct), 10)
	b = append(append(b, prefix...), `total":`...)
	b = strconv.AppendInt(b, int64(total), 10)
	b = append(append(b, prefix...), `loss":"`...)
	b = strconv.AppendFloat(b, s.Loss, 'x', -1, 64)
	return append(b, '"')
}

func appendJSON(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings can always be written
	}
	return append(b, text...)
}

// parseRow reads a line as Append writes it, and nothing else.
func parseRow(line []byte) (*Row, error) {
	var v struct {
		Seed                 uint32
		Set                  []string
		Correct, Total       int
		Loss                 string
		TestCorrect          int    `json:"test_correct"`
		TestTotal            int    `json:"test_total"`
		TestLoss             string `json:"test_loss"`
		Digest, Error, Sweep string
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return nil, errors.New("not a row of a sweep")
	}
	r := &Row{Seed: v.Seed, Set: v.Set, Total: v.Total, Tests: v.TestTotal, Digest: v.Digest, Error: v.Error, Sweep: v.Sweep}
	r.Score = mlp.Score{Loss: parseLoss(v.Loss), Correct: v.Correct}
	r.Test = mlp.Score{Loss: parseLoss(v.TestLoss), Correct: v.TestCorrect}
	if string(r.Append(nil)) != string(line) || r.Error == "" && !r.plausible() {
		return nil, errors.New("not a row as a sweep writes it")
	}
	return r, nil
}

// parseLoss returns what text says. What it makes of other texts is not written like them.
func parseLoss(text string) float64 {
	v, _ := strconv.ParseFloat(text, 64)
	return v
}

// plausible reports whether the numbers of a row can be those of a run.
func (r *Row) plausible() bool {
	const prefix, size = "sha256:", 32
	digest, err := hex.DecodeString(r.Digest[min(len(prefix), len(r.Digest)):])
	return err == nil && len(digest) == size && r.Digest[:len(prefix)] == prefix &&
		r.Total > 0 && plausibleScore(r.Score, r.Total) && plausibleScore(r.Test, r.Tests)
}

func plausibleScore(s mlp.Score, total int) bool {
	return total <= dataset.MaxValues && s.Correct >= 0 && s.Correct <= total && s.Loss >= 0 && isFinite(s.Loss)
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
