package harness

import (
	"context"
	"errors"
	"fmt"
)

// Verdict is the outcome of one replay against a golden trace.
type Verdict struct {
	Experiment string
	Kernel     string
	Threads    int
	Digest     string      // of the final weights
	Difference *Difference // nil where the trace is the golden one
	Result     *Result     // without outputs
}

// Match reports whether the replay gave the golden trace.
func (v *Verdict) Match() bool { return v.Difference == nil }

// Verify replays e and compares its trace with the golden one. For more than one replay see [Replayer].
func Verify(ctx context.Context, e *Experiment, golden *Trace, o Options) (*Verdict, error) {
	return NewReplayer(e).Verify(ctx, golden, o)
}

// Replayer runs an experiment several times, in different ways. Data that are read, not drawn, are the same for all runs:
// they are read, scaled and hashed once, before the first of them that gets so far, and no run's Elapsed counts that. Only
// one goroutine may use it at a time.
type Replayer struct {
	experiment *Experiment
	folder     string // that samples are from
	samples    *samples
}

// NewReplayer makes ready to run e, which must stay as it is from here on.
func NewReplayer(e *Experiment) *Replayer { return &Replayer{experiment: e} }

// Verify is [Verify] of the experiment. The data of the verdict's Result, which other runs have too, must not be changed.
func (r *Replayer) Verify(ctx context.Context, golden *Trace, o Options) (*Verdict, error) {
	result, err := r.run(ctx, o)
	if err != nil {
		return nil, err
	}
	t := result.Trace()
	return &Verdict{
		Experiment: t.Experiment, Kernel: result.Kernel, Threads: result.Threads,
		Digest: t.Weights(), Difference: t.Diff(golden), Result: result,
	}, nil
}

// run runs the experiment, without the outputs.
func (r *Replayer) run(ctx context.Context, o Options) (*Result, error) {
	if err := r.read(ctx, o.Data); err != nil {
		return nil, err
	}
	o.scoresOnly, o.samples = true, r.samples
	return Run(ctx, r.experiment, o)
}

// read reads the data, if all runs have the same and they are not there yet.
func (r *Replayer) read(ctx context.Context, folder string) error {
	e := r.experiment
	if err := e.check(); err != nil {
		return err
	}
	if e.Data.drawn() || r.samples != nil && r.folder == folder {
		return nil
	}
	s, err := e.fittingSamples(ctx, nil, folder)
	if err != nil {
		return err
	}
	s.sum = s.digest()
	r.samples, r.folder = &s, folder
	return nil
}

// ErrDisagree is in the error of Record where kernels differ.
var ErrDisagree = errors.New("kernels do not agree")

// Record runs e once for each of the given kernels and returns the trace that they all give. It is an error if two of
// them differ, [ErrDisagree], or if there is none. The kernel of o is not used.
func Record(ctx context.Context, e *Experiment, kernels []string, o Options) (*Trace, error) {
	if len(kernels) == 0 {
		return nil, errors.New("no kernel to record with")
	}
	replayer := NewReplayer(e)
	traces := make([]*Trace, len(kernels))
	for i, k := range kernels {
		o.Kernel = k
		r, err := replayer.run(ctx, o)
		if err != nil {
			return nil, err
		}
		traces[i] = r.Trace()
	}
	return agreed(kernels, traces)
}

// agreed returns the trace that every kernel gave.
func agreed(kernels []string, traces []*Trace) (*Trace, error) {
	for i, t := range traces {
		if d := t.Diff(traces[0]); d != nil {
			return nil, fmt.Errorf("%w: %s and %s: %s", ErrDisagree, kernels[0], kernels[i], d.Text)
		}
	}
	return traces[0], nil
}
