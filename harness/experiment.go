// Package harness replays seeded trainings and tells whether they reproduce.
//
// An [Experiment] is everything that a run's result depends on; it is read from a TOML file. [Run] trains it and gives a
// [Result], whose [Trace] is a small text: a point of the learning curve with the digest of all weights, every few
// steps. Two traces of the same experiment are the same text wherever and however they were made, and [Trace.Diff] tells
// where they part when they are not.
package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// Experiment is a training run, described so far that its result is determined to the last bit.
//
// One stream of NumPy random numbers, seeded with Seed, gives the data, then the initial weights, then the order of the
// samples.
type Experiment struct {
	Name  string
	Seed  uint32
	DType string // "float32" or "float64": the type of weights and sums
	Data  Data
	Model Model
	Train Train

	// RecordEvery is the distance of the learning curve's points: in epochs if the training is given in epochs, in
	// steps otherwise. There is a point before the first step and one after the last, too.
	RecordEvery int
}

// Data says where the samples come from.
type Data struct {
	Source  string          // "gaussians"
	Classes []dataset.Class // one for each label
}

// Model describes the network.
type Model struct {
	mlp.Config
	Init string // "normal": N(0, 1/sqrt(inputs)), drawn output by output
}

// Train says how the network is trained.
type Train struct {
	Method  string  // "online": a step for each sample
	Steps   int     // number of steps, or 0
	Epochs  int     // number of passes over the data, or 0
	Order   string  // "random" with replacement, "sequential", or "shuffle": a new permutation for each pass
	Rate    float64 // learning rate
	Rule    mlp.Rule
	Targets [2]float64 // of the outputs of other classes, and of the sample's own
}

// Samples returns the number of samples in the data.
func (d Data) Samples() int {
	n := 0
	for _, c := range d.Classes {
		n += c.N
	}
	return n
}

// TotalSteps returns the number of steps of the whole training.
func (e *Experiment) TotalSteps() int {
	if e.Train.Epochs > 0 {
		return e.Train.Epochs * e.Data.Samples()
	}
	return e.Train.Steps
}

// recordSteps returns the distance of the curve's points in steps.
func (e *Experiment) recordSteps() int {
	if e.Train.Epochs > 0 {
		return e.RecordEvery * e.Data.Samples()
	}
	return e.RecordEvery
}

// check reports what a run could not make sense of. Data and network are checked where they are made.
func (e *Experiment) check() error {
	switch {
	case e.DType != "float64" && e.DType != "float32":
		return fmt.Errorf("unknown type %q", e.DType)
	case !slices.Contains([]string{"random", "sequential", "shuffle"}, e.Train.Order):
		return fmt.Errorf("unknown order %q", e.Train.Order)
	case int(e.Train.Rule) >= len(ruleNames):
		return fmt.Errorf("unknown rule %d", e.Train.Rule)
	case e.TotalSteps() < 1 || e.recordSteps() < 1:
		return fmt.Errorf("%d steps with a point every %d, want at least 1", e.TotalSteps(), e.recordSteps())
	}
	return nil
}

// Digest identifies what the result depends on, and nothing else: layout, comments and the name of the experiment do
// not count.
func (e *Experiment) Digest() string {
	sum := sha256.Sum256([]byte(e.canonical()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// canonical writes the experiment in one fixed form, a line for each key, numbers exact.
func (e *Experiment) canonical() string {
	var b strings.Builder
	line := func(key string, values ...any) { fmt.Fprintln(&b, append([]any{key}, values...)...) }
	line("seed", e.Seed)
	line("dtype", e.DType)
	line("data.source", e.Data.Source)
	for _, c := range e.Data.Classes {
		line("data.class", c.N, hexes(c.Mean))
		for _, row := range c.Cov {
			line("data.class.cov", hexes(row))
		}
	}
	line("model.layers", e.Model.Layers)
	for i := range len(e.Model.Layers) - 1 {
		line("model.activation", e.Model.activation(i))
	}
	line("model.bias", e.Model.Bias)
	line("model.init", e.Model.Init)
	line("train.method", e.Train.Method)
	line("train.steps", e.TotalSteps())
	line("train.order", e.Train.Order)
	line("train.rate", hexes([]float64{e.Train.Rate}))
	line("train.rule", ruleNames[e.Train.Rule])
	line("train.targets", hexes(e.Train.Targets[:]))
	line("record.steps", e.recordSteps())
	return b.String()
}

func (m Model) activation(layer int) kernel.Activation {
	if len(m.Activations) == 1 {
		return m.Activations[0]
	}
	return m.Activations[layer]
}

var ruleNames = [...]string{mlp.Gradient: "gradient", mlp.Notebook: "notebook"}

// shape writes layer sizes as people do: 2-2-2.
func shape(layers []int) string {
	s := make([]string, len(layers))
	for i, n := range layers {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, "-")
}

func hexes(values []float64) string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = strconv.FormatFloat(v, 'x', -1, 64)
	}
	return strings.Join(s, " ")
}
