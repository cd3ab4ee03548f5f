package mlp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/samebits/samebits/kernel"
)

// Training says how a network is trained. A step moves the weights once, by the gradient of one batch of samples.
type Training struct {
	Method Method
	Batch  int // samples in a step of Minibatch; the last step of an epoch takes what is left
	Order  Order
	Random Source // what orders Random and Shuffle are drawn from

	Epochs int // passes over the data, or
	Steps  int // steps, where Epochs is 0

	Rate float64 // learning rate: of the mean over the batch
	Rule Rule

	// Threads is the number of threads for Minibatch and Batch, which the result does not depend on, 256 at most; 0 takes
	// as many of GOMAXPROCS as the work is worth.
	Threads int

	// Progress, if set, is called before the first step, after every Every steps and after the last. The network may be
	// looked at, not changed. An error ends the training and is returned. Every is 0 for none in between.
	Progress func(Progress) error
	Every    int

	// Pause, if set, is called between two steps: after some ten milliseconds of work or one long step, after Progress, and
	// once more where the training ends since ctx is done. What it may do is what Progress may.
	Pause func(Position) error

	// From, if set, is where to go on: with the network's weights and the state of Random as they were there, and
	// everything else as it was, the training gives what it would have given uninterrupted.
	From *Position
}

// Position is a place between two steps of a training. With the weights and the state of Training.Random at that place
// it is all that the rest of the training depends on.
type Position struct {
	Step        int   // steps done
	Permutation []int // of the epoch that is under way, where the order is Shuffle; not to be changed
}

// Progress is how far a training has come.
type Progress struct{ Step, Steps int }

// Method says how many samples a step takes.
type Method uint8

const (
	Online    Method = iota // one
	Minibatch               // Training.Batch
	Batch                   // all
)

// Order says in which order samples are taken.
type Order uint8

const (
	Random     Order = iota // each drawn from all: an epoch is as many draws as there are samples
	Sequential              // as they lie in the data
	Shuffle                 // a new permutation for each epoch
)

// Source draws random numbers. A *numpyrand.RandomState is one.
type Source interface {
	Integers(dst []int, n int) // each from 0 to n-1, as so many draws one after the other
	Permutation(n int) []int   // of 0 to n-1
}

// Rule says what a layer sends back to the one below it.
type Rule uint8

const (
	// Gradient sends back the deltas: gradient descent on the squared error.
	Gradient Rule = iota
	// Notebook sends back the errors themselves, without the slope of the activation: the tutorial's rule.
	Notebook
)

// Diverged is the error of a training whose weights are no longer finite.
type Diverged struct {
	Step  int // steps that were right: the index of the one that was not
	Layer int // layer of weights, counted from 0: the lowest that is not finite after that step
}

func (d *Diverged) Error() string {
	return fmt.Sprintf("step %d: the weights of layer %d are no longer finite; a smaller rate may help", d.Step, d.Layer)
}

// ErrUnsteady is the error of a training that gave weights that are not finite, and finite ones when it went over the same
// steps again. A kernel that is wrong can do that, or a broken machine.
var ErrUnsteady = errors.New("the same steps gave other weights: the kernel, the memory or the CPU is at fault")

// StepsPerEpoch returns the number of steps that pass over so many samples, or 0 if t has no batches.
func (t *Training) StepsPerEpoch(samples int) int {
	batch := t.batch(samples)
	if batch < 1 {
		return 0
	}
	return (samples + batch - 1) / batch
}

// TotalSteps returns the number of steps of the training on so many samples.
func (t *Training) TotalSteps(samples int) int {
	if t.Epochs > 0 {
		return t.Epochs * t.StepsPerEpoch(samples)
	}
	return t.Steps
}

// batch returns the number of samples in a step.
func (t *Training) batch(samples int) int {
	switch t.Method {
	case Minibatch:
		return t.Batch
	case Batch:
		return samples
	}
	return 1
}

// Check reports what keeps t from being a training on so many samples.
func (t *Training) Check(samples int) error {
	switch {
	case t.Method > Batch:
		return fmt.Errorf("unknown method %d", t.Method)
	case t.Order > Shuffle:
		return fmt.Errorf("unknown order %d", t.Order)
	case t.Rule > Notebook:
		return fmt.Errorf("unknown rule %d", t.Rule)
	case t.Method == Minibatch && (t.Batch < 1 || t.Batch > samples):
		return fmt.Errorf("batches of %d samples, want 1 to %d, all there are", t.Batch, samples)
	case t.Method == Batch && t.Order == Random:
		return errors.New("a full batch takes every sample once: want the order sequential or shuffle")
	case t.Epochs < 0 || t.Steps < 0 || (t.Epochs == 0) == (t.Steps == 0):
		return fmt.Errorf("%d epochs and %d steps, want one of the two", t.Epochs, t.Steps)
	case t.Epochs > math.MaxInt/t.StepsPerEpoch(samples):
		return fmt.Errorf("%d epochs are more steps than can be counted", t.Epochs)
	case t.Order != Sequential && t.Random == nil:
		return errors.New("the order needs a source of random numbers")
	case t.Threads < 0 || t.Threads > maxThreads || t.Every < 0:
		return fmt.Errorf("%d threads and a report every %d steps, want 0 to %d threads and no step below 0", t.Threads, t.Every, maxThreads)
	}
	return nil
}

// Train trains n on d. What it does to the weights depends on the samples, their order and the rest of t, but not on the
// number of threads nor on interruptions.
//
// It ends early, between two steps, with the error of ctx when that is done, with an error of t.Progress, or with a
// *[Diverged] if a weight becomes infinite or not a number; the network then stands as it was before that step. It also fails
// with [ErrUnsteady].
func (n *Network[T]) Train(ctx context.Context, d *Data[T], t Training) error {
	if err := d.checkTraining(n, &t); err != nil {
		return err
	}
	run := &training[T]{
		Training: t, network: n, data: d, total: t.TotalSteps(d.Len()), size: t.batch(d.Len()),
		order: sampler{order: t.Order, random: t.Random, samples: d.Len()},
	}
	if t.From != nil {
		if err := run.goOn(t.From); err != nil {
			return err
		}
	}
	if t.Method != Online {
		threads := t.Threads
		if threads == 0 {
			threads = n.config.Threads(run.size)
		}
		b, err := n.newBatcher(run.size, t.Rule, threads)
		if err != nil {
			return err
		}
		defer b.close()
		run.batcher = b
	}
	return run.train(ctx)
}

// checkTraining reports what keeps n from being trained so on d.
func (d *Data[T]) checkTraining(n *Network[T], t *Training) error {
	if err := n.fits(d); err != nil {
		return err
	}
	if err := t.Check(d.Len()); err != nil {
		return err
	}
	if !isFinite(T(t.Rate)) {
		return fmt.Errorf("rate %v: out of the range of %T", t.Rate, T(0))
	}
	return nil
}

const maxThreads = 1024

// Threads returns how many of GOMAXPROCS it is worth to compute so many samples on at once, at least 1.
func (c Config) Threads(samples int) int {
	const share = 1 << 20 // fmas for each thread, 2 of them for each weight and sample
	return max(1, min(runtime.GOMAXPROCS(0), samples/(share/(2*c.weights())+1)))
}

// weights returns the number of weights.
func (c Config) weights() int {
	sum := 0
	for i, n := range c.Layers[1:] {
		sum += c.Layers[i] * n
	}
	return sum
}

// training is a training on its way.
type training[T kernel.Float] struct {
	Training
	network     *Network[T]
	data        *Data[T]
	order       sampler
	batcher     *batcher[T] // nil for Online
	step        int         // steps done
	total, size int         // steps, and samples in one
}

// goOn goes to a place between two steps.
func (r *training[T]) goOn(p *Position) error {
	if p.Step < 0 || p.Step > r.total {
		return fmt.Errorf("step %d of %d: no place to go on from", p.Step, r.total)
	}
	r.step = p.Step
	r.order.at = p.Step % r.StepsPerEpoch(r.order.samples) * r.size
	if r.Order != Shuffle || r.order.at == 0 {
		return nil
	}
	if !isPermutation(p.Permutation, r.order.samples) {
		return fmt.Errorf("step %d is within an epoch: want its permutation of all %d samples", p.Step, r.order.samples)
	}
	r.order.epoch = p.Permutation
	return nil
}

// isPermutation reports whether p has each of 0 to n-1 once.
func isPermutation(p []int, n int) bool {
	seen := make([]bool, n)
	for _, i := range p {
		if i < 0 || i >= n || seen[i] {
			return false
		}
		seen[i] = true
	}
	return len(p) == n
}

// train goes from report to report.
func (r *training[T]) train(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return r.interrupted(err)
		}
		if r.Progress != nil {
			if err := r.Progress(Progress{r.step, r.total}); ctx.Err() != nil {
				return r.interrupted(cmp.Or(err, ctx.Err()))
			} else if err != nil {
				return err
			}
		}
		if err := r.pause(); err != nil || r.step == r.total {
			return err
		}
		next := r.total
		if r.Every > 0 {
			next = r.step + min(r.total-r.step, r.Every-r.step%r.Every)
		}
		if err := r.trainTo(ctx, next); err != nil {
			return err
		}
	}
}

// trainTo goes on until so many steps are done.
func (r *training[T]) trainTo(ctx context.Context, next int) error {
	for {
		done, err := r.steps(ctx, min(next-r.step, r.stretch()))
		var diverged *Diverged
		if errors.As(err, &diverged) {
			diverged.Step += r.step
		}
		if err != nil { // then more samples may have been drawn than were trained on
			return err
		}
		r.step += done
		if err := ctx.Err(); err != nil {
			return r.interrupted(err)
		}
		if r.step == next {
			return nil
		}
		if err := r.pause(); err != nil {
			return err
		}
	}
}

// interrupted ends the training with err because the context is done.
func (r *training[T]) interrupted(err error) error {
	if failed := r.pause(); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// pause tells where the training is.
func (r *training[T]) pause() error {
	if r.Pause == nil {
		return nil
	}
	p := Position{Step: r.step}
	if r.Order == Shuffle && r.step%r.StepsPerEpoch(r.order.samples) != 0 {
		p.Permutation = r.order.epoch
	}
	return r.Pause(p)
}

// stretch returns how many steps to do between two checks of the weights, which cost about as much as going through the
// weights a few times.
func (r *training[T]) stretch() int {
	if r.batcher != nil && r.network.watcher != nil {
		return 1 // since the network's weights are to be seen after each
	}
	if r.batcher != nil {
		const samples, weights = 1 << 13, 1 << 30 // whose places are kept until then; that they go through
		return max(1, min(samples, weights/r.network.config.weights())/r.size)
	}
	const weights = 1 << 24 // that online training goes through in some ten milliseconds, without a look at ctx
	return max(1, min(1<<12, weights/r.network.config.weights()))
}

// steps does some steps and returns how many: fewer if ctx is done.
func (r *training[T]) steps(ctx context.Context, n int) (int, error) {
	if r.batcher != nil {
		return r.batcher.steps(ctx, r.data, n, func() ([]int, error) { return r.order.batch(r.size) }, r.Rate)
	}
	samples, err := r.order.next(n)
	if err != nil {
		return 0, err
	}
	return n, r.network.Online(r.data, samples, T(r.Rate), r.Rule)
}

// sampler says which samples the steps take.
type sampler struct {
	order   Order
	random  Source
	samples int
	at      int   // place in the epoch
	epoch   []int // this epoch's permutation
	indices []int // what was returned last
}

// next returns the samples of the next n steps that take one each. The slice is good until the next call. It fails if the
// source gives what is none.
func (s *sampler) next(n int) ([]int, error) {
	s.indices = slices.Grow(s.indices[:0], n)[:n]
	for done := 0; done < n; {
		if s.at == s.samples {
			s.at = 0
		}
		part := s.indices[done:min(n, done+s.samples-s.at)]
		if err := s.fill(part); err != nil {
			return nil, err
		}
		s.at += len(part)
		done += len(part)
	}
	if i := outside(s.indices, s.samples); i >= 0 {
		return nil, fmt.Errorf("the source gave sample %d of %d", s.indices[i], s.samples)
	}
	return s.indices, nil
}

// outside returns the place of the first index that is not from 0 to n-1, or -1. It looks at all of them without a branch
// first, since there hardly ever is one.
func outside(indices []int, n int) int {
	negative := 0
	for _, i := range indices {
		negative |= i | (n - 1 - i)
	}
	if negative >= 0 {
		return -1
	}
	return slices.IndexFunc(indices, func(i int) bool { return i < 0 || i >= n })
}

// batch returns the next n samples, fewer where the epoch ends before.
func (s *sampler) batch(n int) ([]int, error) {
	return s.next(min(n, s.samples-s.at%s.samples))
}

// fill sets part to the samples from place s.at of an epoch on, which they do not go beyond.
func (s *sampler) fill(part []int) error {
	switch s.order {
	case Random:
		s.random.Integers(part, s.samples)
	case Sequential:
		for i := range part {
			part[i] = s.at + i
		}
	case Shuffle:
		if s.at == 0 {
			s.epoch = s.random.Permutation(s.samples)
		}
		if len(s.epoch) != s.samples {
			return fmt.Errorf("the source's permutation of %d numbers has %d", s.samples, len(s.epoch))
		}
		copy(part, s.epoch[s.at:])
	}
	return nil
}
