package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samebits/samebits/kernel"
)

// Side is one of the two that [Bisect] compares: a run, or a trace that was saved.
type Side struct {
	Kernel  string // row of kernels; empty for kernel.Default
	Threads int    // 0 for as many as the work is worth

	Trace *Trace // in place of a run
	Name  string // of the trace, for people
}

// String says what the side is.
func (s Side) String() string {
	if s.Trace != nil {
		return s.Name
	}
	return fmt.Sprintf("%s (%s)", s.Kernel, counted(s.Threads, "thread"))
}

// BisectOptions says how two sides are compared, which does not change what differs.
type BisectOptions struct {
	Data string // first folder of data files, as in [Options]

	// Reference is the kernel that stands for a trace, which does not tell its steps. Empty tries the reference kernel, then
	// all others that there are. It has to give the trace's own bits.
	Reference string

	// Progress, if set, is called now and then with the number of steps that are compared.
	Progress func(step, steps int)
}

// Bisection is what [Bisect] found.
type Bisection struct {
	Experiment *Experiment
	A, B       Side
	Steps      int      // of the run
	Compared   int      // steps after which all weights are the same on both sides
	Parting    *Parting // nil where no bit differs
	Notes      []string // what else to know
}

// ErrNotComparable is in the error of Bisect where the trace is not one of the experiment.
var ErrNotComparable = errors.New("not comparable")

// Bisect trains e on both sides in step, and finds the first bit that differs: of the data, the initial weights, the order of
// the samples, or of the weights after a step, and then in which phase of that step. A difference in the learning curve
// alone is found too.
//
// b may be a trace. Its digests tell between which points the weights part. Where another kernel gives the trace's bits
// there, that stands for it, and a is compared with it step by step.
//
// It fails as [Run] does, where both sides do; and with [ErrNotComparable].
func Bisect(ctx context.Context, e *Experiment, a, b Side, o BisectOptions) (*Bisection, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if a.Trace != nil {
		return nil, errors.New("the first side must be a run")
	}
	for _, s := range []*Side{&a, &b} {
		if s.Kernel == "" && s.Trace == nil {
			name, err := kernel.Default()
			if err != nil {
				return nil, err
			}
			s.Kernel = name
		}
	}
	if e.DType == "float32" {
		return bisect[float32](ctx, e, a, b, o)
	}
	return bisect[float64](ctx, e, a, b, o)
}

func bisect[T kernel.Float](ctx context.Context, e *Experiment, a, b Side, o BisectOptions) (*Bisection, error) {
	p := &bisector[T]{ctx: ctx, experiment: e, options: o}
	found, err := p.bisect(a, b)
	if err != nil {
		return nil, p.explain(err)
	}
	return found, nil
}

// bisector is a bisection on its way.
type bisector[T kernel.Float] struct {
	ctx        context.Context
	experiment *Experiment
	options    BisectOptions
	a, b       *side[T]
	total      int // steps
	every      int // between two points of the curve
	found      *Bisection
	curve      *Parting // the first point whose loss or right answers differ, or nil
	misorder   *Parting // the first sample that is another one on each side, or nil
	done       int      // steps compared

	opened func(s *side[T]) // of tests: called with each side that is opened, or nil
}

func (p *bisector[T]) bisect(a, b Side) (*Bisection, error) {
	var err error
	if p.a, err = p.open(a); err != nil {
		return nil, err
	}
	n := p.a.data.Len()
	p.total, p.every = p.experiment.TotalSteps(n), p.experiment.recordSteps(n)
	p.found = &Bisection{Experiment: p.experiment, A: p.a.Side, B: b, Steps: p.total}
	if b.Trace != nil {
		err = p.withTrace(b)
	} else {
		err = p.withRun(b)
	}
	if err != nil {
		return nil, err
	}
	p.found.Compared = p.done
	return p.found, nil
}

// withRun compares with another run, from the data on.
func (p *bisector[T]) withRun(b Side) (err error) {
	if p.b, err = p.open(b); err != nil {
		return err
	}
	p.found.B = p.b.Side
	if p.found.Parting = p.compareStart(); p.found.Parting != nil {
		return nil
	}
	p.b.data, p.b.test = p.a.data, p.a.test // once in memory
	found, err := p.inStep(p.total)
	if err != nil {
		return err
	}
	p.settle(found)
	return nil
}

// settle takes what was found in the training, or else in the learning curve.
func (p *bisector[T]) settle(found *Parting) {
	if found == nil {
		p.found.Parting = p.curve
		return
	}
	p.found.Parting = found
	if c := p.curve; c != nil {
		p.note("the learning curves differ from step %d on", c.Step)
	}
}

// compareStart compares data and initial weights.
func (p *bisector[T]) compareStart() *Parting {
	if d := p.compareData(); d != nil {
		return d
	}
	return p.compareWeights(PhaseInitial, 0)
}

// compareData finds the first value of the samples that differs.
func (p *bisector[T]) compareData() *Parting {
	for i, sets := range p.a.sets() {
		x, y := sets.X, p.b.sets()[i].X
		d := newDifference(x, y)
		if d.first < 0 {
			continue
		}
		found := d.parting(PhaseData)
		found.Sample, found.Input = d.first/sets.Features, d.first%sets.Features
		found.Hint = "the two draw other numbers from the same stream"
		if i > 0 {
			p.note("the sample is one of those to test with")
		}
		return found
	}
	return nil
}

// compareWeights finds the first weight or bias that differs, after so many steps.
func (p *bisector[T]) compareWeights(phase string, step int) *Parting {
	for l := range p.a.network.Layers() {
		d := newDifference(p.a.layer(l), p.b.layer(l))
		if d.first < 0 {
			continue
		}
		found := d.parting(phase)
		found.Step, found.Layer = step, l
		found.place(d.first, len(p.a.network.Weights(l)), p.experiment.Model.Layers[l])
		if phase == PhaseInitial {
			found.Hint = "the two draw other numbers from the same stream"
		}
		return found
	}
	return nil
}

// explain puts errors of a training into the words of a run.
func (p *bisector[T]) explain(err error) error {
	if p.ctx.Err() != nil && errors.Is(err, p.ctx.Err()) && p.found != nil {
		return fmt.Errorf("interrupted after step %d of %d: %w", p.done, p.total, p.ctx.Err())
	}
	return err
}

// references lists the kernels that may stand for a trace.
func (p *bisector[T]) references() []string {
	if p.options.Reference != "" {
		return []string{p.options.Reference}
	}
	names := slices.Clone(kernel.Names())
	slices.Reverse(names) // the reference is the last
	return slices.DeleteFunc(names, func(n string) bool { return n == p.a.Kernel })
}
