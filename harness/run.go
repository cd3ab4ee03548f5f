package harness

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// Options says how a run is computed, none of which can change its result.
type Options struct {
	Kernel  string // row of kernels; empty for kernel.Default
	Threads int    // threads of the evaluation; 0 is 1

	// Point, if set, is called with every point of the learning curve as it is found.
	Point func(p Point, steps int)
}

// Point is one point of the learning curve, over all samples.
type Point struct {
	Step    int     // steps done
	Loss    float64 // mean over the samples of the sum of squared errors
	Correct int     // samples told rightly
	Weights string  // digest of all weights and biases
}

// Result is a finished run.
type Result struct {
	Experiment *Experiment
	Kernel     string
	Threads    int
	Data       *dataset.Set
	Curve      []Point
	Weights    [][]float64   // [layer], a row of inputs for each output; a float32 is kept exactly
	Biases     [][]float64   // [layer][output], empty without biases
	Outputs    []float64     // of the trained network, a row for each sample
	Elapsed    time.Duration // of the whole run
}

// Final returns the last point of the curve.
func (r *Result) Final() Point { return r.Curve[len(r.Curve)-1] }

// Output returns the trained network's outputs for sample i.
func (r *Result) Output(i int) []float64 {
	return r.Outputs[i*r.Data.Classes:][:r.Data.Classes]
}

// Run trains e. It fails if e makes no sense (a type, order or rule that there is not, no steps, a network that does not fit
// the data), if the kernel is not to be had, if the training diverges, a *[Diverged], or if ctx is done.
func Run(ctx context.Context, e *Experiment, o Options) (*Result, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if o.Kernel == "" {
		name, err := kernel.Default()
		if err != nil {
			return nil, err
		}
		o.Kernel = name
	}
	o.Threads = max(o.Threads, 1)
	if e.DType == "float32" {
		return run[float32](ctx, e, o)
	}
	return run[float64](ctx, e, o)
}

// Diverged is the error of a run whose weights are no longer finite.
type Diverged struct {
	Step  int // of the run, counted from 1
	Layer int // layer of weights, counted from 0
}

func (d *Diverged) Error() string {
	return fmt.Sprintf("step %d: the weights of layer %d are no longer finite; a smaller rate may help", d.Step, d.Layer)
}

// trainer is a run on its way.
type trainer[T kernel.Float] struct {
	experiment *Experiment
	options    Options
	network    *mlp.Network[T]
	data       *mlp.Data[T]
	order      sampleOrder
	weights    int // of the whole network
	outputs    []T
	curve      []Point
}

func run[T kernel.Float](ctx context.Context, e *Experiment, o Options) (*Result, error) {
	start := time.Now()
	k, err := kernel.Get[T](o.Kernel)
	if err != nil {
		return nil, err
	}
	random := numpyrand.New(e.Seed)
	set, err := dataset.Gaussians(random, e.Data.Classes)
	if err != nil {
		return nil, err
	}
	data, err := mlp.NewData[T](set.X, set.Label, set.Features, set.Classes, e.Train.Targets[0], e.Train.Targets[1])
	if err != nil {
		return nil, err
	}
	network, err := mlp.New(e.Model.Config, k)
	if err != nil {
		return nil, err
	}
	if network.Inputs() != set.Features || network.Outputs() != set.Classes {
		return nil, fmt.Errorf("the network has %d inputs and %d outputs, the data %d features and %d classes",
			network.Inputs(), network.Outputs(), set.Features, set.Classes)
	}
	network.Init(func(deviation float64) float64 { return random.Normal(0, deviation) })
	weights := 0
	for i, n := range e.Model.Layers[1:] {
		weights += e.Model.Layers[i] * n
	}
	t := &trainer[T]{
		experiment: e, options: o, network: network, data: data, weights: weights,
		order:   sampleOrder{kind: e.Train.Order, samples: set.Len(), random: random},
		outputs: make([]T, set.Len()*set.Classes),
	}
	if err := t.train(ctx); err != nil {
		return nil, err
	}
	r := &Result{Experiment: e, Kernel: o.Kernel, Threads: o.Threads, Data: set, Curve: t.curve, Outputs: widen(t.outputs)}
	for i := range network.Layers() {
		r.Weights = append(r.Weights, widen(network.Weights(i)))
		r.Biases = append(r.Biases, widen(network.Biases(i)))
	}
	r.Elapsed = time.Since(start)
	return r, nil
}

// train goes from point to point of the curve.
func (t *trainer[T]) train(ctx context.Context) error {
	total, every := t.experiment.TotalSteps(), t.experiment.recordSteps()
	for step := 0; ; {
		if err := t.record(ctx, step); err != nil {
			return err
		}
		if step == total {
			return nil
		}
		next := total
		if every < total-step {
			next = step + every
		}
		for step < next {
			if err := t.interrupted(ctx, step); err != nil {
				return err
			}
			n := min(next-step, max(1, min(1<<12, chunkWork/t.weights)))
			if err := t.steps(step, n); err != nil {
				return err
			}
			step += n
		}
	}
}

// chunkWork is how many weights to go through between two looks at the context: some ten milliseconds of work.
const chunkWork = 1 << 24

func (t *trainer[T]) interrupted(ctx context.Context, step int) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("interrupted after step %d of %d: %w", step, t.experiment.TotalSteps(), err)
	}
	return nil
}

func (t *trainer[T]) steps(done, n int) error {
	train := t.experiment.Train
	err := t.network.Online(t.data, t.order.next(n), T(train.Rate), train.Rule)
	var diverged *mlp.Diverged
	if errors.As(err, &diverged) {
		return &Diverged{Step: done + diverged.Step + 1, Layer: diverged.Layer}
	}
	return err
}

// record adds a point to the curve.
func (t *trainer[T]) record(ctx context.Context, step int) error {
	if err := t.evaluate(ctx, step); err != nil {
		return err
	}
	score, err := t.data.Score(t.outputs)
	if err != nil {
		return err
	}
	if math.IsNaN(score.Loss) || math.IsInf(score.Loss, 0) {
		return fmt.Errorf("step %d: the loss at layer %d, the outputs, is not finite; a smaller rate may help",
			step, t.network.Layers()-1)
	}
	p := Point{Step: step, Loss: score.Loss, Correct: score.Correct, Weights: weightsDigest(t.network)}
	t.curve = append(t.curve, p)
	if t.options.Point != nil {
		t.options.Point(p, t.experiment.TotalSteps())
	}
	return nil
}

// evaluate computes the outputs for all samples, some at a time.
func (t *trainer[T]) evaluate(ctx context.Context, step int) error {
	x, in, out := t.data.X(), t.network.Inputs(), t.network.Outputs()
	n := max(64*t.options.Threads, chunkWork/t.weights)
	for from := 0; from < t.data.Len(); from += n {
		if err := t.interrupted(ctx, step); err != nil {
			return err
		}
		to := min(from+n, t.data.Len())
		if err := t.network.Predict(t.outputs[from*out:to*out], x[from*in:to*in], t.options.Threads); err != nil {
			return err
		}
	}
	return nil
}

// sampleOrder says which sample each step trains on.
type sampleOrder struct {
	kind    string
	samples int
	random  *numpyrand.RandomState
	at      int   // place in the pass, for the orders that make passes
	pass    []int // this pass's permutation
	indices []int // what next returned last
}

// next returns the samples of the next n steps. The slice is good until the next call.
func (o *sampleOrder) next(n int) []int {
	o.indices = o.indices[:0]
	for range n {
		o.indices = append(o.indices, o.one())
	}
	return o.indices
}

func (o *sampleOrder) one() int {
	if o.kind == "random" {
		return o.random.Intn(o.samples)
	}
	if o.kind == "shuffle" && o.at == 0 {
		o.pass = o.random.Permutation(o.samples)
	}
	i := o.at
	o.at = (o.at + 1) % o.samples
	if o.kind == "shuffle" {
		return o.pass[i]
	}
	return i
}

func widen[T kernel.Float](values []T) []float64 {
	w := make([]float64, len(values))
	for i, v := range values {
		w[i] = float64(v)
	}
	return w
}
