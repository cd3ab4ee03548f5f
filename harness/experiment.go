// Package harness replays seeded trainings and tells whether they reproduce.
//
// An [Experiment] is everything that a run's result depends on; it is read from a TOML file. [Run] trains it and gives a
// [Result], whose [Trace] is a small text: a point of the learning curve with the digest of all weights, every few
// steps. Two traces of the same experiment are the same text wherever and however they were made, and [Trace.Diff] tells
// where they part when they are not. A [Sweep] is an experiment with many seeds, a [Row] for each.
package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

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

	// Folder is where the experiment's file stands: one of the places where its data may be. It is no part of what the
	// experiment is. Built-in experiments have none.
	Folder string
}

// Model describes the network.
type Model struct {
	mlp.Config
	Init string // "normal": N(0, 1/sqrt(inputs)), drawn output by output
}

// Train says how the network is trained.
type Train struct {
	Method  string  // "online": a step for each sample; "minibatch": for each Batch samples; "batch": for all
	Batch   int     // samples of a step of "minibatch", else 1 or 0
	Steps   int     // number of steps, or 0
	Epochs  int     // number of passes over the data, or 0
	Order   string  // "random" with replacement, "sequential", or "shuffle": a new permutation for each pass
	Rate    float64 // learning rate: of the mean over a step's samples
	Rule    mlp.Rule
	Targets [2]float64 // of the outputs of other classes, and of the sample's own
}

// The names of methods, orders and rules, each at the place of its value.
var (
	methodNames = []string{mlp.Online: "online", mlp.Minibatch: "minibatch", mlp.Batch: "batch"}
	orderNames  = []string{mlp.Random: "random", mlp.Sequential: "sequential", mlp.Shuffle: "shuffle"}
	ruleNames   = []string{mlp.Gradient: "gradient", mlp.Notebook: "notebook"}
)

// training returns what package mlp calls the training. Names that it does not know must have been found before.
func (t Train) training() mlp.Training {
	return mlp.Training{
		Method: mlp.Method(slices.Index(methodNames, t.Method)),
		Batch:  t.Batch,
		Order:  mlp.Order(slices.Index(orderNames, t.Order)),
		Epochs: t.Epochs,
		Steps:  t.Steps,
		Rate:   t.Rate,
		Rule:   t.Rule,
	}
}

// TotalSteps returns the number of steps of the whole training on so many samples.
func (e *Experiment) TotalSteps(samples int) int {
	t := e.Train.training()
	return t.TotalSteps(samples)
}

// TrainedSamples returns how many samples the steps of the whole training take, each sample counted as often as it is
// taken, on so many samples. It is a float64 since it may be more than an int holds.
func (e *Experiment) TrainedSamples(samples int) float64 {
	t := e.Train.training()
	perEpoch := t.StepsPerEpoch(samples)
	if t.Epochs > 0 || perEpoch == 0 {
		return float64(t.Epochs) * float64(samples)
	}
	last := t.Steps % perEpoch // steps of an epoch that is not finished, all of full batches
	return float64(t.Steps/perEpoch)*float64(samples) + float64(last)*float64(max(1, t.Batch))
}

// recordSteps returns the distance of the curve's points in steps, for a training on so many samples.
func (e *Experiment) recordSteps(samples int) int {
	if e.Train.Epochs > 0 {
		t := e.Train.training()
		return min(e.RecordEvery, e.Train.Epochs) * t.StepsPerEpoch(samples)
	}
	return e.RecordEvery
}

// check reports what a run could not make sense of. Data and network are checked where they are made, and whether they
// fit when the data are there.
func (e *Experiment) check() error {
	t := e.Train
	switch {
	case e.DType != "float64" && e.DType != "float32":
		return fmt.Errorf("unknown type %q", e.DType)
	case !slices.Contains(methodNames, t.Method):
		return fmt.Errorf("unknown method %q", t.Method)
	case !slices.Contains(orderNames, t.Order):
		return fmt.Errorf("unknown order %q", t.Order)
	case int(t.Rule) >= len(ruleNames):
		return fmt.Errorf("unknown rule %d", t.Rule)
	case t.Method == "minibatch" && t.Batch < 1:
		return fmt.Errorf("batches of %d samples, want at least 1", t.Batch)
	case t.Method != "minibatch" && t.Batch > 1:
		return fmt.Errorf("batches of %d samples with method %q", t.Batch, t.Method)
	case e.Model.Init != "normal":
		return fmt.Errorf("unknown init %q", e.Model.Init)
	case !validName(e.Name):
		return fmt.Errorf("name %q, want up to 64 letters, digits, '-', '_' and '.', the first a letter", e.Name)
	case e.Data.Scale != nil && len(e.Data.Scale) != 2:
		return fmt.Errorf("scale %v, want two numbers", e.Data.Scale)
	case e.Data.Test.kinds() > 1:
		return errors.New("test: files, a count and a fraction are given, want one of them")
	case t.Epochs < 0 || t.Steps < 0 || t.Epochs+t.Steps < 1 || e.RecordEvery < 1:
		return fmt.Errorf("%d steps, %d epochs, with a point every %d, want at least 1", t.Steps, t.Epochs, e.RecordEvery)
	}
	return nil
}

// Digest identifies what the result depends on, and nothing else: layout, comments and the name of the experiment do
// not count.
func (e *Experiment) Digest() string {
	return sum(e.canonical())
}

// sum is the digest of a text.
func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(h[:])
}

// canonical writes the experiment in one fixed form, a line for each key, numbers exact. What came later than the first
// experiments has a line only where it is used, so that their digests stay.
func (e *Experiment) canonical() string {
	c := &canon{}
	c.line("seed", e.Seed)
	c.line("dtype", e.DType)
	e.Data.canonical(c)
	c.line("model.layers", e.Model.Layers)
	for i := range len(e.Model.Layers) - 1 {
		c.line("model.activation", e.Model.activation(i))
	}
	c.line("model.bias", e.Model.Bias)
	c.line("model.init", e.Model.Init)
	c.line("train.method", e.Train.Method)
	if e.Train.Method == "minibatch" {
		c.line("train.batch", e.Train.Batch)
	}
	size, known := e.Data.size()
	inEpochs := !known && e.Train.Epochs > 0
	if inEpochs {
		c.line("train.epochs", e.Train.Epochs)
	} else {
		c.line("train.steps", e.TotalSteps(size.train))
	}
	c.line("train.order", e.Train.Order)
	c.line("train.rate", hexes(e.Train.Rate))
	c.line("train.rule", ruleNames[e.Train.Rule])
	c.line("train.targets", hexes(e.Train.Targets[:]...))
	if inEpochs {
		c.line("record.epochs", e.RecordEvery)
	} else {
		c.line("record.steps", e.recordSteps(size.train))
	}
	return c.String()
}

// canon is an experiment's canonical form.
type canon struct{ strings.Builder }

func (c *canon) line(key string, values ...any) {
	fmt.Fprintln(c, append([]any{key}, values...)...)
}

func (m Model) activation(layer int) kernel.Activation {
	if len(m.Activations) == 1 {
		return m.Activations[0]
	}
	return m.Activations[layer]
}

// shape writes layer sizes as people do: 2-2-2.
func shape(layers []int) string {
	s := make([]string, len(layers))
	for i, n := range layers {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, "-")
}

func hexes(values ...float64) string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = strconv.FormatFloat(v, 'x', -1, 64)
	}
	return strings.Join(s, " ")
}
