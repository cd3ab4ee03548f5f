package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// side is a run that can go back to where it was.
type side[T kernel.Float] struct {
	Side
	kernel   *kernel.Kernel[T]
	network  *mlp.Network[T]
	random   *numpyrand.RandomState
	samples  samples
	data     *mlp.Data[T]
	test     *mlp.Data[T] // or nil
	position mlp.Position
	drawn    drawn
	diverged *Diverged // of the last advance, or nil

	tamper func(step int) // of tests: called before each step, may change the network
}

// open makes a side ready for its first step. Data that come from files are read once for both.
func (p *bisector[T]) open(s Side) (*side[T], error) {
	e := p.experiment
	k, err := kernel.Get[T](s.Kernel)
	if err != nil {
		return nil, err
	}
	o := &side[T]{Side: s, kernel: k, random: numpyrand.New(e.Seed)}
	if err := o.random.SetKernel(s.Kernel); err != nil {
		return nil, err
	}
	if p.a != nil && e.Data.Source != "gaussians" {
		o.samples, o.data, o.test = p.a.samples, p.a.data, p.a.test
	} else {
		if o.samples, err = e.fittingSamples(p.ctx, o.random, p.options.Data); err != nil {
			return nil, err
		}
		if o.data, o.test, err = networkData[T](e, o.samples); err != nil {
			return nil, &DataError{fmt.Errorf("%s%w", e.Data.names(), err)}
		}
	}
	o.Threads = e.threads(s.Threads, o.samples.train.Len())
	if o.network, err = mlp.New(e.Model.Config, k); err != nil {
		return nil, err
	}
	initialise(o.network, o.random)
	if p.opened != nil {
		p.opened(o)
	}
	return o, nil
}

// sets returns the samples to train on, and those to test with where there are some.
func (s *side[T]) sets() []*dataset.Set {
	if s.samples.test == nil {
		return []*dataset.Set{s.samples.train}
	}
	return []*dataset.Set{s.samples.train, s.samples.test}
}

// layer returns the weights of a layer, then its biases.
func (s *side[T]) layer(l int) []T {
	return append(s.network.Weights(l), s.network.Biases(l)...)
}

// moment is a place in a run, with all that the rest depends on.
type moment[T kernel.Float] struct {
	position mlp.Position
	layers   [][]T // as side.layer
	random   numpyrand.State
}

// moment returns where the side is.
func (s *side[T]) moment() moment[T] {
	m := moment[T]{position: s.position, random: s.random.State()}
	for l := range s.network.Layers() {
		m.layers = append(m.layers, s.layer(l))
	}
	return m
}

// restore goes to a place, which may be one of the other side.
func (s *side[T]) restore(m moment[T]) error {
	for l, values := range m.layers {
		biases := len(s.network.Biases(l))
		weights := len(values) - biases
		if err := errors.Join(s.network.SetWeights(l, values[:weights]), s.network.SetBiases(l, values[weights:])); err != nil {
			return err
		}
	}
	s.position = m.position
	return s.random.SetState(m.random)
}

// advance goes on by so many steps. A training that diverges stands before the step that did it, and says so in s.diverged.
func (s *side[T]) advance(ctx context.Context, e *Experiment, steps int) error {
	s.drawn = drawn{source: s.random}
	s.diverged = nil
	t := e.Train.training()
	from := s.position
	t.Epochs, t.Steps, t.From = 0, from.Step+steps, &from
	t.Random, t.Threads = &s.drawn, s.Threads
	t.Pause = func(at mlp.Position) error {
		s.position = at
		return nil
	}
	if s.tamper != nil {
		t.Every = 1
		t.Progress = func(at mlp.Progress) error {
			s.tamper(at.Step)
			return nil
		}
	}
	err := s.network.Train(ctx, s.data, t)
	var diverged *mlp.Diverged
	if errors.As(err, &diverged) {
		s.diverged = &Diverged{Step: diverged.Step + 1, Layer: diverged.Layer}
		return nil
	}
	return err
}

// drawn is a source of random numbers that keeps what was drawn since the last advance.
type drawn struct {
	source       mlp.Source
	indices      []int
	permutations [][]int
}

func (d *drawn) Integers(dst []int, n int) {
	d.source.Integers(dst, n)
	d.indices = append(d.indices, dst...)
}

func (d *drawn) Permutation(n int) []int {
	p := d.source.Permutation(n)
	d.permutations = append(d.permutations, slices.Clone(p))
	return p
}
