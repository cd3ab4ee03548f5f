package harness

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// Checkpoint is a run between two steps: what it came to so far, and all that the rest depends on but for the experiment
// and its data. A run that goes on from one ([Options].Resume) ends as it would have uninterrupted, to the bit, on any
// kernel and any number of threads.
type Checkpoint struct {
	Trace // of the run so far; before the first point is found it has none, and no numbers of samples

	Step, Steps int             // steps done, and those of the whole run
	Permutation []int           // of the epoch that is under way, where the order is shuffle
	Random      numpyrand.State // of the stream that orders are drawn from
	Weights     [][]float64     // [layer], a row of inputs for each output; a float32 is kept exactly
	Biases      [][]float64     // [layer][output], empty without biases
	file        string          // it was read from, or empty
}

// String says which run it is of, and where that stands.
func (c *Checkpoint) String() string {
	return fmt.Sprintf("%s, step %d of %d", c.Experiment, c.Step, c.Steps)
}

// CheckpointError is the error of a run that cannot go on from a checkpoint: nothing was trained.
type CheckpointError struct{ Err error }

func (e *CheckpointError) Error() string { return e.Err.Error() }

func (e *CheckpointError) Unwrap() error { return e.Err }

// name says which checkpoint an error is about.
func (c *Checkpoint) name() string {
	if c.file == "" {
		return "checkpoint"
	}
	return c.file
}

// errorf is an error about c.
func (c *Checkpoint) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", c.name(), fmt.Errorf(format, args...))
}

// Check reports what keeps c from being of the experiment e: another arithmetic contract, another experiment. Whether it
// is of the same data is seen when these are there, by [Run].
func (c *Checkpoint) Check(e *Experiment) error {
	if c.Contract != kernel.Contract {
		return c.errorf("of arithmetic contract %s, this program computes by %s; go on with the program that wrote it",
			c.Contract, kernel.Contract)
	}
	if want := e.Digest(); c.Digest != want {
		return c.errorf("of another experiment: %s %s, here it is %s %s",
			c.Experiment, c.Digest, e.Name, want)
	}
	return nil
}

// fits reports what keeps the run of e whose trace is to have these facts from going on from c.
func (c *Checkpoint) fits(e *Experiment, want *Trace) error {
	if err := c.check(); err != nil {
		return c.errorf("%w", err)
	}
	if err := c.Check(e); err != nil {
		return err
	}
	total := e.TotalSteps(want.Samples)
	switch {
	case c.Data != want.Data:
		return c.errorf("of other data: %s, here they are %s", c.Data, want.Data)
	case c.Network != want.Network:
		return c.errorf("of a network %s, want %s", c.Network, want.Network)
	case len(c.Points) > 0 && (c.Samples != want.Samples || c.Tests != want.Tests):
		return c.errorf("points of %d and %d samples, want %d and %d", c.Samples, c.Tests, want.Samples, want.Tests)
	case c.Steps != total:
		return c.errorf("of a run of %d steps, want %d", c.Steps, total)
	case (c.biases() > 0) != e.Model.Bias:
		return c.errorf("%d biases, want them as the experiment has them", c.biases())
	}
	t := e.Train.training()
	within := t.Order == mlp.Shuffle && c.Step%t.StepsPerEpoch(want.Samples) != 0
	if within != (len(c.Permutation) > 0) || within && len(c.Permutation) != want.Samples {
		return c.errorf("a permutation of %d samples after step %d: not a place of this run", len(c.Permutation), c.Step)
	}
	return c.checkCurve(e.recordSteps(want.Samples))
}

// checkCurve reports points that a run up to this step does not have. The one of this step itself may be missing.
func (c *Checkpoint) checkCurve(every int) error {
	last := 0
	for i, p := range c.Points {
		if i > 0 {
			last += min(every, c.Steps-last)
		}
		if p.Step != last {
			return c.errorf("point %d after step %d, want %d", i, p.Step, last)
		}
	}
	if next := min(every, c.Steps-last); len(c.Points) > 0 && next > 0 && c.Step-last > next {
		return c.errorf("no point after step %d, which is before step %d", last+next, c.Step)
	}
	return nil
}

// check reports what no checkpoint can have.
func (c *Checkpoint) check() error {
	layers, dtype, err := parseNetwork(c.Network)
	if err != nil {
		return err
	}
	if c.Step < 0 || c.Steps < 1 || c.Step > c.Steps || c.Steps > maxSteps {
		return fmt.Errorf("step %d of %d: not a place of a run", c.Step, c.Steps)
	}
	if err := c.checkPoints(); err != nil {
		return err
	}
	if n := len(c.Permutation); n > 0 && (n != c.Samples || !isPermutation(c.Permutation)) {
		return fmt.Errorf("not a permutation of %d samples", c.Samples)
	}
	if err := new(numpyrand.RandomState).SetState(c.Random); err != nil {
		return err
	}
	if err := c.checkParameters(layers, dtype); err != nil {
		return err
	}
	if n := len(c.Points); n > 0 && c.Points[n-1].Step == c.Step && c.Points[n-1].Weights != c.weightsDigest() {
		return fmt.Errorf("the weights are not those of the point after step %d", c.Step)
	}
	return nil
}

// checkPoints looks at the curve so far.
func (c *Checkpoint) checkPoints() error {
	if len(c.Points) == 0 && c.Step > 0 {
		return fmt.Errorf("no point before step %d", c.Step)
	}
	for i, p := range c.Points {
		train := mlp.Score{Loss: p.Loss, Correct: p.Correct}
		switch {
		case p.Step > c.Step || i == 0 && p.Step != 0 || i > 0 && p.Step <= c.Points[i-1].Step:
			return fmt.Errorf("point %d is after step %d: points must rise from 0 to %d, the steps done", i, p.Step, c.Step)
		case c.Samples < 1 || c.Samples > dataset.MaxValues || !plausibleScore(train, c.Samples) || !plausibleScore(p.Test, c.Tests):
			return fmt.Errorf("point %d, after step %d, is not one: want finite losses and no more right answers than samples", i, p.Step)
		}
	}
	return nil
}

// checkParameters looks at weights and biases.
func (c *Checkpoint) checkParameters(layers []int, dtype string) error {
	if len(c.Weights) != len(layers)-1 || len(c.Biases) != len(layers)-1 {
		return fmt.Errorf("%d layers of weights, %d of biases, want %d", len(c.Weights), len(c.Biases), len(layers)-1)
	}
	bias := c.biases() > 0
	for i := range c.Weights {
		units := 0
		if bias {
			units = layers[i+1]
		}
		if len(c.Weights[i]) != layers[i]*layers[i+1] || len(c.Biases[i]) != units {
			return fmt.Errorf("layer %d: %d weights, %d biases, want %d, %d", i, len(c.Weights[i]), len(c.Biases[i]), layers[i]*layers[i+1], units)
		}
		for _, values := range [][]float64{c.Weights[i], c.Biases[i]} {
			for _, v := range values {
				if !isFinite(v) || dtype == "float32" && float64(float32(v)) != v {
					return fmt.Errorf("layer %d: the weight or bias %v is not a finite %s", i, v, dtype)
				}
			}
		}
	}
	return nil
}

// biases returns their number.
func (c *Checkpoint) biases() (n int) {
	for _, b := range c.Biases {
		n += len(b)
	}
	return n
}

// dtype returns the type of weights and biases.
func (c *Checkpoint) dtype() string {
	_, dtype, _ := strings.Cut(c.Network, " ")
	return dtype
}

// parameters goes through weights and biases, layer by layer, in the network's own type.
func (c *Checkpoint) parameters() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range c.Weights {
			for _, values := range [][]float64{c.Weights[i], c.Biases[i]} {
				b := bits(values)
				if c.dtype() == "float32" {
					b = bits(narrow(values))
				}
				if !yield(b) {
					return
				}
			}
		}
	}
}

// weightsDigest is what weightsDigest gives for the network.
func (c *Checkpoint) weightsDigest() string {
	layers, dtype, _ := strings.Cut(c.Network, " ")
	return parametersDigest(dtype, layers, c.parameters())
}

// parseNetwork reads shape and type, as in 2-2-2 float64, of a network that there can be.
func parseNetwork(network string) (layers []int, dtype string, err error) {
	sizes, dtype, _ := strings.Cut(network, " ")
	if dtype != "float64" && dtype != "float32" {
		return nil, "", fmt.Errorf("network %.80q: want sizes and float32 or float64", network)
	}
	for size := range strings.SplitSeq(sizes, "-") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return nil, "", fmt.Errorf("network %.80q: %.20q is not the size of a layer", network, size)
		}
		layers = append(layers, n)
	}
	if err := (mlp.Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}}).Check(); err != nil {
		return nil, "", fmt.Errorf("network %.80q: %w", network, err)
	}
	return layers, dtype, nil
}

// isPermutation reports whether p has each of 0 to its length less one once.
func isPermutation(p []int) bool {
	seen := make([]bool, len(p))
	for _, i := range p {
		if i < 0 || i >= len(p) || seen[i] {
			return false
		}
		seen[i] = true
	}
	return true
}

// checkpoint is the run at p.
func (t *trainer[T]) checkpoint(p mlp.Position) *Checkpoint {
	c := &Checkpoint{Trace: *t.trace, Step: p.Step, Permutation: slices.Clone(p.Permutation), Random: t.random.State()}
	if c.Points = slices.Clip(t.curve); len(t.curve) == 0 {
		c.Samples, c.Tests = 0, 0 // as a file has them
	}
	c.Steps, _ = t.steps()
	c.Weights, c.Biases = parameters(t.network)
	return c
}

// resume goes to where c is.
func (t *trainer[T]) resume(c *Checkpoint) error {
	if err := c.fits(t.experiment, t.trace); err != nil {
		return err
	}
	for i := range t.network.Layers() {
		if err := errors.Join(t.network.SetWeights(i, of[T](c.Weights[i])), t.network.SetBiases(i, of[T](c.Biases[i]))); err != nil {
			return c.errorf("%w", err)
		}
	}
	if err := t.random.SetState(c.Random); err != nil {
		return c.errorf("%w", err)
	}
	t.step, t.curve = c.Step, slices.Clone(c.Points)
	t.from = &mlp.Position{Step: c.Step, Permutation: c.Permutation}
	return nil
}

// of converts values to the network's type, in which they are exact.
func of[T kernel.Float](values []float64) []T {
	some := make([]T, len(values))
	for i, v := range values {
		some[i] = T(v)
	}
	return some
}

// paused is called between two steps.
func (t *trainer[T]) paused(p mlp.Position, end bool) error {
	total, _ := t.steps()
	t.step = p.Step
	if t.options.Progress != nil {
		t.options.Progress(p.Step, total)
	}
	if t.options.Checkpoint == nil || !end && time.Since(t.saved) < t.options.CheckpointEvery {
		return nil
	}
	err := t.options.Checkpoint(t.checkpoint(p))
	t.saved = time.Now() // once it is written, so that a slow disk does not take all the time
	return err
}
