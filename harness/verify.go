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

// Verify replays e and compares its trace with the golden one.
func Verify(ctx context.Context, e *Experiment, golden *Trace, o Options) (*Verdict, error) {
	o.scoresOnly = true
	r, err := Run(ctx, e, o)
	if err != nil {
		return nil, err
	}
	t := r.Trace()
	return &Verdict{
		Experiment: e.Name, Kernel: r.Kernel, Threads: r.Threads,
		Digest: t.Weights(), Difference: t.Diff(golden), Result: r,
	}, nil
}

// ErrDisagree is in the error of Record where kernels differ.
var ErrDisagree = errors.New("kernels do not agree")

// Record runs e once for each of the given kernels and returns the trace that they all give. It is an error if two of
// them differ, [ErrDisagree], or if there is none. The kernel of o is not used.
func Record(ctx context.Context, e *Experiment, kernels []string, o Options) (*Trace, error) {
	if len(kernels) == 0 {
		return nil, errors.New("no kernel to record with")
	}
	traces := make([]*Trace, len(kernels))
	for i, k := range kernels {
		o.Kernel, o.scoresOnly = k, true
		r, err := Run(ctx, e, o)
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
