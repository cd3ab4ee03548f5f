package harness

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// Trace is what two runs of one experiment are compared by. It holds nothing about where, when or how a run was made.
type Trace struct {
	Contract   string // the arithmetic: kernel.Contract
	Experiment string // name
	Digest     string // of the experiment
	Data       string // digest of the data
	Network    string // shape and type: 2-2-2 float64
	Samples    int    // to train on
	Tests      int    // to test with, or 0
	Points     []Point
}

// Trace returns the run's trace.
func (r *Result) Trace() *Trace {
	t := r.Experiment.trace(samples{r.Data, r.Test, r.dataSum})
	t.Points = r.Curve
	return t
}

// trace returns the trace of a run on these samples, without its points.
func (e *Experiment) trace(s samples) *Trace {
	return &Trace{
		Contract:   kernel.Contract,
		Experiment: e.Name,
		Digest:     e.Digest(),
		Data:       s.digest(),
		Network:    shape(e.Model.Layers) + " " + e.DType,
		Samples:    s.size().train,
		Tests:      s.size().test,
	}
}

// traceHeading is the first line of a trace: what the file is, and the version of its format.
const traceHeading = "samebits trace 1"

// String writes the trace: a heading, the facts, then a line for each point with step, loss as hexadecimal and as
// decimal number, correct/total, the same three of the samples to test with, where there are some, and the weights'
// digest; then the final weights' digest.
func (t *Trace) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, traceHeading)
	t.facts(&b)
	fmt.Fprintln(&b, "points", len(t.Points))
	for _, p := range t.Points {
		fmt.Fprintln(&b, t.line(p))
	}
	fmt.Fprintln(&b, "weights", t.Weights())
	return b.String()
}

// facts writes what the points are of.
func (t *Trace) facts(b *strings.Builder) {
	fmt.Fprintln(b, "contract", t.Contract)
	fmt.Fprintln(b, "experiment", t.Experiment, t.Digest)
	fmt.Fprintln(b, "data", t.Data)
	fmt.Fprintln(b, "network", t.Network)
}

// line writes a point.
func (t *Trace) line(p Point) string {
	words := []string{strconv.Itoa(p.Step), score(p.Loss, p.Correct, t.Samples)}
	if t.Tests > 0 {
		words = append(words, score(p.Test.Loss, p.Test.Correct, t.Tests))
	}
	return strings.Join(append(words, p.Weights), " ")
}

func score(loss float64, correct, total int) string {
	return fmt.Sprintf("%s %s %d/%d", hexFloat(loss), strconv.FormatFloat(loss, 'g', -1, 64), correct, total)
}

// Weights returns the digest of the final weights.
func (t *Trace) Weights() string { return t.Points[len(t.Points)-1].Weights }

// scorePattern is a loss, written twice, and right answers out of all.
const scorePattern = `(\S+) \S+ (\d+)/(\d+)`

// factsText is what facts writes.
const factsText = `^contract ([\w./-]+)\nexperiment ([\w.-]+) (sha256:[0-9a-f]{64})\n` +
	`data (sha256:[0-9a-f]{64})\nnetwork ([\w-]+ \w+)\n`

var (
	factsPattern = regexp.MustCompile(factsText + `points (\d+)\n`)
	pointPattern = regexp.MustCompile(`^(\d+) ` + scorePattern + ` (?:` + scorePattern + ` )?(sha256:[0-9a-f]{64})$`)
)

// ParseTrace reads a trace as String writes it. Anything else, a trace cut short included, is an error that names file
// and line.
func ParseTrace(file, text string) (*Trace, error) {
	body, ok := strings.CutPrefix(text, traceHeading+"\n")
	if !ok {
		return nil, fmt.Errorf("%s:1: not a trace: the first line is not %q", file, traceHeading)
	}
	facts := factsPattern.FindStringSubmatch(body)
	if facts == nil {
		return nil, fmt.Errorf("%s:2: not a trace: want lines contract, experiment, data, network, points", file)
	}
	t := &Trace{Contract: facts[1], Experiment: facts[2], Digest: facts[3], Data: facts[4], Network: facts[5]}
	const first = 7 // line of the first point
	for line := range strings.Lines(body[len(facts[0]):]) {
		line = strings.TrimSuffix(line, "\n")
		p := pointPattern.FindStringSubmatch(line)
		if p == nil {
			break
		}
		point, err := t.point(p)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, first+len(t.Points), err)
		}
		if t.line(point) != line {
			return nil, fmt.Errorf("%s:%d: not a point: the two ways to write the loss differ, or a number is not written as one is",
				file, first+len(t.Points))
		}
		t.Points = append(t.Points, point)
	}
	end := first + len(t.Points)
	if n := strconv.Itoa(len(t.Points)); n != facts[6] || n == "0" {
		return nil, fmt.Errorf("%s:%d: %s points were announced, the trace breaks off after %s", file, end, facts[6], n)
	}
	if t.String() != text {
		return nil, fmt.Errorf("%s:%d: the trace does not end with its weights' digest, or is not written as one is", file, end)
	}
	return t, nil
}

// point makes a point of what pointPattern found.
func (t *Trace) point(p []string) (Point, error) {
	step, err1 := strconv.Atoi(p[1])
	train, samples, err2 := parseScore(p[2:5])
	test, tests, err3 := parseScore(p[5:8])
	if err1 != nil || err2 != nil || err3 != nil {
		return Point{}, fmt.Errorf("not a point: a number is out of range")
	}
	if n := len(t.Points); n > 0 && (step <= t.Points[n-1].Step || samples != t.Samples || tests != t.Tests) {
		return Point{}, fmt.Errorf("not a point: steps must rise and totals be the same")
	}
	t.Samples, t.Tests = samples, tests
	return Point{step, train.Loss, train.Correct, p[8], test}, nil
}

// parseScore reads what scorePattern found, which is zero where there was nothing.
func parseScore(p []string) (s mlp.Score, total int, err error) {
	if p[0] == "" {
		return s, 0, nil
	}
	var err1, err2, err3 error
	s.Loss, err1 = strconv.ParseFloat(p[0], 64)
	s.Correct, err2 = strconv.Atoi(p[1])
	total, err3 = strconv.Atoi(p[2])
	return s, total, errors.Join(err1, err2, err3)
}

// Difference is where two traces part.
type Difference struct {
	Comparable bool   // whether the traces are of the same experiment at all
	Step       int    // of the first point that differs; -1 if that is not what differs
	Text       string // what differs, for people
}

// Diff compares t with the trace that it should be. It returns nil if they are the same.
func (t *Trace) Diff(want *Trace) *Difference {
	for _, f := range []struct {
		what       string
		got, want  string
		comparable bool
	}{
		{"arithmetic contract", t.Contract, want.Contract, false},
		{"experiment", t.Digest, want.Digest, false},
		{"network", t.Network, want.Network, false},
		{"data", t.Data, want.Data, true},
	} {
		if f.got != f.want {
			return &Difference{f.comparable, -1, fmt.Sprintf("another %s: got %s, want %s", f.what, f.got, f.want)}
		}
	}
	for i, p := range t.Points {
		if i == len(want.Points) {
			break
		}
		if text := p.diff(want.Points[i]); text != "" {
			return &Difference{true, p.Step, fmt.Sprintf("point %d, step %d: %s", i, p.Step, text)}
		}
	}
	if t.Samples != want.Samples {
		return &Difference{true, -1, fmt.Sprintf("got points of %d samples, want %d", t.Samples, want.Samples)}
	}
	if t.Tests != want.Tests {
		return &Difference{true, -1, fmt.Sprintf("got points of %d samples to test with, want %d", t.Tests, want.Tests)}
	}
	if len(t.Points) != len(want.Points) {
		return &Difference{true, -1, fmt.Sprintf("got %d points, want %d", len(t.Points), len(want.Points))}
	}
	return nil
}

// diff says how p differs from the point that it should be.
func (p Point) diff(want Point) string {
	var parts []string
	add := func(what string, got, want any) {
		parts = append(parts, fmt.Sprintf("%s: got %v, want %v", what, got, want))
	}
	if p.Step != want.Step {
		add("step", p.Step, want.Step)
	}
	for _, s := range []struct {
		of        string
		got, want mlp.Score
	}{{"", mlp.Score{Loss: p.Loss, Correct: p.Correct}, mlp.Score{Loss: want.Loss, Correct: want.Correct}}, {"test ", p.Test, want.Test}} {
		if math.Float64bits(s.got.Loss) != math.Float64bits(s.want.Loss) {
			add(s.of+"loss", hexFloat(s.got.Loss), hexFloat(s.want.Loss))
		}
		if s.got.Correct != s.want.Correct {
			add(s.of+"correct", s.got.Correct, s.want.Correct)
		}
	}
	if p.Weights != want.Weights {
		add("weights", p.Weights, want.Weights)
	}
	return strings.Join(parts, "; ")
}

// weightsDigest identifies all weights and biases: the hash of a heading with type and shape, then layer by layer the
// weights, a row of inputs for each output, and the biases, as little-endian IEEE 754 bits of the network's type.
func weightsDigest[T kernel.Float](n *mlp.Network[T]) string {
	return parametersDigest(fmt.Sprintf("%T", T(0)), shape(n.Config().Layers), func(yield func([]byte) bool) {
		for i := range n.Layers() {
			if !yield(bits(n.Weights(i))) || !yield(bits(n.Biases(i))) {
				return
			}
		}
	})
}

// parametersDigest is the digest of weights and biases that are given as bits.
func parametersDigest(dtype, shape string, parameters iter.Seq[[]byte]) string {
	h := sha256.New()
	fmt.Fprintf(h, "samebits weights %s %s\n", dtype, shape)
	for p := range parameters {
		h.Write(p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func bits[T kernel.Float](values []T) []byte {
	b := make([]byte, 0, 8*len(values))
	for _, v := range values {
		switch v := any(v).(type) {
		case float32:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b
}

func hexFloat(v float64) string { return strconv.FormatFloat(v, 'x', -1, 64) }
