package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// Options says how a run is computed, none of which can change its result.
type Options struct {
	Kernel  string // row of kernels; empty for kernel.Default
	Threads int    // threads of training and evaluation; 0 for as many as the work is worth

	// Data is the first folder where data files are looked for; then come the one that the environment variable
	// SAMEBITS_DATA names, and the experiment's own. It may be empty.
	Data string

	// Loaded, if set, is called with the numbers of samples to train on and to test with, when they are there.
	Loaded func(train, test int)

	// Point, if set, is called with every point of the learning curve as it is found; not with those that Resume has.
	Point func(p Point, steps int)

	// Progress, if set, is called with the number of steps done where the run begins or goes on, then after some ten
	// milliseconds of work or one long step; at a point of the curve, after Point.
	Progress func(step, steps int)

	// Checkpoint, if set, is called between two steps when CheckpointEvery has passed since the last time, as often as
	// Progress if that is 0; and where the run ends: after the last step, or if ctx is done while it trains. What it is
	// given it may keep. An error ends the run and is returned.
	Checkpoint      func(*Checkpoint) error
	CheckpointEvery time.Duration

	// Resume, if set, is where to go on: the result is that of the whole run. It is not changed.
	Resume *Checkpoint

	scoresOnly bool     // whether nobody asks for the outputs
	lastPoint  bool     // nor for any point of the curve but the last
	samples    *samples // in place of those that e says
}

// Point is one point of the learning curve.
type Point struct {
	Step    int       // steps done
	Loss    float64   // mean over the samples to train on of the sum of squared errors
	Correct int       // of them, told rightly
	Weights string    // digest of all weights and biases
	Test    mlp.Score // the same of the samples to test with; zero where there are none
}

// Result is a finished run.
type Result struct {
	Experiment  *Experiment
	Kernel      string
	Threads     int
	Data        *dataset.Set // trained on, scaled
	Test        *dataset.Set // tested with, or nil
	Curve       []Point
	Weights     [][]float64   // [layer], a row of inputs for each output; a float32 is kept exactly
	Biases      [][]float64   // [layer][output], empty without biases
	Outputs     []float64     // of the trained network, a row for each sample of Data; the verdicts of Verify have none
	TestOutputs []float64     // the same of Test
	Elapsed     time.Duration // of the whole run

	dataSum string // digest of Data and Test, if it was known before the run
}

// Final returns the last point of the curve.
func (r *Result) Final() Point { return r.Curve[len(r.Curve)-1] }

// Output returns the trained network's outputs for sample i of Data.
func (r *Result) Output(i int) []float64 {
	return r.Outputs[i*r.Data.Classes:][:r.Data.Classes]
}

// Run trains e. It fails if e makes no sense (a type, method, order or rule that there is not, no steps), if its data are
// not to be had or do not fit, a *[DataError], if o.Resume is no checkpoint of this run, a *[CheckpointError], if the kernel
// is not to be had, if the training diverges, a *[Diverged], or if ctx is done.
func Run(ctx context.Context, e *Experiment, o Options) (*Result, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if o.Resume != nil {
		if err := o.Resume.Check(e); err != nil { // before data are read
			return nil, &CheckpointError{err}
		}
	}
	if o.Kernel == "" {
		name, err := kernel.Default()
		if err != nil {
			return nil, err
		}
		o.Kernel = name
	}
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
	random     *numpyrand.RandomState
	network    *mlp.Network[T]
	data       *mlp.Data[T]
	test       *mlp.Data[T] // or nil
	step       int          // that is known to be done
	curve      []Point
	trace      *Trace        // what checkpoints begin with, or nil
	from       *mlp.Position // where to go on, or nil
	saved      time.Time     // of the last checkpoint
}

func run[T kernel.Float](ctx context.Context, e *Experiment, o Options) (*Result, error) {
	start := time.Now()
	k, err := kernel.Get[T](o.Kernel)
	if err != nil {
		return nil, err
	}
	random := numpyrand.New(e.Seed)
	if err := random.SetKernel(o.Kernel); err != nil {
		return nil, err
	}
	var s samples
	if o.samples != nil {
		s = *o.samples
	} else if s, err = e.fittingSamples(ctx, random, o.Data); err != nil {
		return nil, err
	}
	o.Threads = e.threads(o.Threads, s.train.Len())
	t := &trainer[T]{experiment: e, options: o, random: random}
	if t.data, t.test, err = networkData[T](e, s); err != nil {
		return nil, &DataError{fmt.Errorf("%s%w", e.Data.names(), err)}
	}
	if t.network, err = mlp.New(e.Model.Config, k); err != nil {
		return nil, err
	}
	if o.Loaded != nil {
		o.Loaded(s.size().train, s.size().test)
	}
	if o.Checkpoint != nil || o.Resume != nil {
		t.trace = e.trace(s)
	}
	if o.Resume == nil {
		initialise(t.network, random)
	} else if err := t.resume(o.Resume); err != nil {
		return nil, &CheckpointError{err}
	}
	r := &Result{Experiment: e, Kernel: o.Kernel, Threads: o.Threads, Data: s.train, Test: s.test, dataSum: s.sum}
	if err := t.finish(ctx, r); err != nil {
		return nil, err
	}
	r.Elapsed = time.Since(start)
	return r, nil
}

// initialise draws the network's weights.
func initialise[T kernel.Float](n *mlp.Network[T], random *numpyrand.RandomState) {
	n.Init(func(deviation float64) float64 { return random.Normal(0, deviation) })
}

// fittingSamples returns the samples, if they fit the rest of the experiment.
func (e *Experiment) fittingSamples(ctx context.Context, random *numpyrand.RandomState, folder string) (samples, error) {
	s, err := e.samples(ctx, random, folder)
	if ctx.Err() != nil {
		return s, fmt.Errorf("interrupted while the data are read: %w", ctx.Err())
	}
	if err != nil {
		return s, &DataError{err}
	}
	return s, e.checkFit(s)
}

// checkFit reports what keeps network and training from going together with the samples.
func (e *Experiment) checkFit(s samples) error {
	if err := e.Model.Check(); err != nil {
		return err
	}
	var errs []error
	for _, m := range e.misfits(s.size(), s.train.Label) {
		errs = append(errs, fmt.Errorf("%s%s: %s", e.Data.names(), m.path, m.text))
	}
	if errs != nil {
		return &DataError{errors.Join(errs...)}
	}
	return nil
}

// networkData returns the samples in the network's own type. The data to test with are nil where there are none.
func networkData[T kernel.Float](e *Experiment, s samples) (train, test *mlp.Data[T], err error) {
	low, high := e.Train.Targets[0], e.Train.Targets[1]
	train, err = mlp.NewData[T](s.train.X, s.train.Label, s.train.Features, s.train.Classes, low, high)
	if err != nil || s.test == nil {
		return train, nil, err
	}
	if test, err = mlp.NewData[T](s.test.X, s.test.Label, s.test.Features, s.test.Classes, low, high); err != nil {
		return nil, nil, fmt.Errorf("testing: %w", err)
	}
	return train, test, nil
}

// threads returns the number of threads to compute with: what was asked for, or as many as a step's work is worth.
func (e *Experiment) threads(asked, samples int) int {
	if asked != 0 {
		return max(asked, 1)
	}
	batch := map[string]int{"minibatch": e.Train.Batch, "batch": samples}[e.Train.Method]
	return e.Model.Threads(batch)
}

// finish trains and fills in what there is to know of the trained network.
func (t *trainer[T]) finish(ctx context.Context, r *Result) error {
	if err := t.train(ctx); err != nil {
		return t.explain(err)
	}
	r.Curve = t.curve
	r.Weights, r.Biases = parameters(t.network)
	if t.options.scoresOnly || t.options.lastPoint {
		return nil
	}
	var err error
	if r.Outputs, err = t.outputs(ctx, t.data); err == nil && t.test != nil {
		r.TestOutputs, err = t.outputs(ctx, t.test)
	}
	return t.explain(err)
}

// parameters returns weights and biases layer by layer.
func parameters[T kernel.Float](n *mlp.Network[T]) (weights, biases [][]float64) {
	for i := range n.Layers() {
		weights = append(weights, widen(n.Weights(i)))
		biases = append(biases, widen(n.Biases(i)))
	}
	return weights, biases
}

// train goes from point to point of the curve.
func (t *trainer[T]) train(ctx context.Context) error {
	total, every := t.steps()
	training := t.experiment.Train.training()
	training.Random = t.random
	training.Threads = t.options.Threads
	training.Every = every
	training.From = t.from
	training.Progress = func(p mlp.Progress) error {
		t.step = p.Step
		if p.Step == total || p.Step%every == 0 && !t.options.lastPoint {
			return t.record(ctx)
		}
		return nil
	}
	t.saved = time.Now()
	training.Pause = func(p mlp.Position) error { return t.paused(p, p.Step == total || ctx.Err() != nil) }
	return t.network.Train(ctx, t.data, training)
}

// steps returns the number of steps, and the distance of the curve's points.
func (t *trainer[T]) steps() (total, every int) {
	return t.experiment.TotalSteps(t.data.Len()), t.experiment.recordSteps(t.data.Len())
}

// explain says what became of a training, in the words of the run.
func (t *trainer[T]) explain(err error) error {
	var diverged *mlp.Diverged
	switch {
	case errors.As(err, &diverged):
		return &Diverged{Step: diverged.Step + 1, Layer: diverged.Layer}
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		total, _ := t.steps()
		return fmt.Errorf("interrupted after step %d of %d: %w", t.step, total, err)
	}
	return err
}

// record adds a point to the curve, unless it is there already.
func (t *trainer[T]) record(ctx context.Context) error {
	if n := len(t.curve); n > 0 && t.curve[n-1].Step == t.step {
		return nil
	}
	p := Point{Step: t.step}
	score, err := t.network.Evaluate(ctx, t.data, t.options.Threads)
	if err != nil {
		return err
	}
	p.Loss, p.Correct = score.Loss, score.Correct
	if t.test != nil {
		if p.Test, err = t.network.Evaluate(ctx, t.test, t.options.Threads); err != nil {
			return err
		}
	}
	if err := checkLosses(t.step, t.network.Layers(), score, p.Test); err != nil {
		return err
	}
	p.Weights = weightsDigest(t.network)
	t.curve = append(t.curve, p)
	if t.options.Point != nil {
		total, _ := t.steps()
		t.options.Point(p, total)
	}
	return nil
}

// LossError is the error of a run whose weights are finite, but not a loss.
type LossError struct {
	Step  int
	Of    string // "loss", or "loss of the test data"
	Layer int    // of the outputs, counted from 0
}

func (e *LossError) Error() string {
	return fmt.Sprintf("step %d: the %s at layer %d, the outputs, is not finite; a smaller rate may help", e.Step, e.Of, e.Layer)
}

// checkLosses reports a loss that is not finite, after so many steps of a network of so many layers.
func checkLosses(step, layers int, train, test mlp.Score) error {
	switch {
	case !isFinite(train.Loss):
		return &LossError{step, "loss", layers - 1}
	case !isFinite(test.Loss):
		return &LossError{step, "loss of the test data", layers - 1}
	}
	return nil
}

// outputs computes the outputs for all samples, some at a time.
func (t *trainer[T]) outputs(ctx context.Context, d *mlp.Data[T]) ([]float64, error) {
	const block = 1 << 12 // samples between two looks at ctx
	x, in, out := d.X(), t.network.Inputs(), t.network.Outputs()
	y := make([]float64, 0, d.Len()*out)
	some := make([]T, min(block, d.Len())*out)
	for from := 0; from < d.Len(); from += block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := min(block, d.Len()-from)
		if err := t.network.Predict(some[:n*out], x[from*in:(from+n)*in], t.options.Threads); err != nil {
			return nil, err
		}
		for _, v := range some[:n*out] {
			y = append(y, float64(v))
		}
	}
	return y, nil
}

func widen[T kernel.Float](values []T) []float64 {
	w := make([]float64, len(values))
	for i, v := range values {
		w[i] = float64(v)
	}
	return w
}
