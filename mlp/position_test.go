package mlp

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/numpyrand"
)

// moment is a training between two steps.
type moment[T kernel.Float] struct {
	position   Position
	random     numpyrand.State
	parameters [][]T
}

// TestGoOn interrupts trainings at every pause and goes on from there, with another network and source.
func TestGoOn(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trainingTrials() {
			t.Run(c.String(), func(t *testing.T) {
				t.Run("type=float64", func(t *testing.T) { goOn[float64](t, c, name) })
				t.Run("type=float32", func(t *testing.T) { goOn[float32](t, c, name) })
			})
		}
	})
}

func goOn[T kernel.Float](t *testing.T, c trainingTrial, name string) {
	const every = 3
	r := seeded(7)
	n := newNetwork[T](t, c.config(), name, r)
	d := newData[T](t, c.config(), c.samples, r)
	random := numpyrand.New(5)
	var moments []moment[T]
	training := c.training()
	training.Random, training.Every = random, 1
	training.Progress = func(Progress) error { return nil }
	training.Pause = func(p Position) error {
		moments = append(moments, moment[T]{p, random.State(), parameters(n)})
		return nil
	}
	if err := n.Train(t.Context(), d, training); err != nil {
		t.Fatal(err)
	}
	steps := len(c.batches())
	if len(moments) != steps+1 {
		t.Fatalf("%d pauses with %d steps, want one before each and one at the end", len(moments), steps)
	}
	for i, m := range moments {
		if m.position.Step != i {
			t.Fatalf("pause %d is after %d steps", i, m.position.Step)
		}
		again := newNetwork[T](t, c.config(), name, seeded(8))
		setParameters(t, again, m.parameters)
		training := c.training()
		source := numpyrand.New(1)
		if err := source.SetState(m.random); err != nil {
			t.Fatal(err)
		}
		var reports []int
		training.Random, training.From, training.Every = source, &m.position, every
		training.Progress = func(p Progress) error { reports = append(reports, p.Step); return nil }
		if err := again.Train(t.Context(), d, training); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "parameters", parameters(again), parameters(n))
		for _, step := range reports {
			if step != i && step != steps && step%every != 0 {
				t.Errorf("from step %d: a report at step %d", i, step)
			}
		}
		if reports[0] != i || reports[len(reports)-1] != steps || !slices.IsSorted(reports) {
			t.Errorf("from step %d of %d: reports at %v", i, steps, reports)
		}
	}
}

func setParameters[T kernel.Float](t *testing.T, n *Network[T], p [][]T) {
	t.Helper()
	for i := range n.Layers() {
		if err := errors.Join(n.SetWeights(i, p[2*i]), n.SetBiases(i, p[2*i+1])); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPauseWhenInterrupted ends trainings from outside, at a time that nobody knows: the last pause is where they stand.
func TestPauseWhenInterrupted(t *testing.T) {
	for _, c := range trainingTrials() {
		r := seeded(7)
		n := newNetwork[float64](t, c.config(), "generic", r)
		d := newData[float64](t, c.config(), c.samples, r)
		ctx, cancel := context.WithCancel(t.Context())
		random := numpyrand.New(5)
		training := c.training()
		training.Random, training.Every = random, 2
		var last moment[float64]
		stop := len(c.batches()) / 2
		training.Progress = func(p Progress) error {
			if p.Step >= stop {
				cancel()
			}
			return nil
		}
		training.Pause = func(p Position) error {
			last = moment[float64]{p, random.State(), parameters(n)}
			return nil
		}
		if err := n.Train(ctx, d, training); !errors.Is(err, context.Canceled) {
			t.Fatalf("%v: %v", c, err)
		}
		sameBits(t, "parameters at the last pause", last.parameters, parameters(n))
		training = c.training()
		training.Random, training.From = random, &last.position
		if err := n.Train(t.Context(), d, training); err != nil {
			t.Fatal(err)
		}
		whole := newNetwork[float64](t, c.config(), "generic", seeded(7))
		if err := whole.Train(t.Context(), d, c.training()); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "parameters at the end", parameters(n), parameters(whole))
	}
}

func TestPauseFails(t *testing.T) {
	c := trainingTrials()[0]
	n := newNetwork[float64](t, c.config(), "generic", seeded(7))
	training := c.training()
	full := errors.New("the disk is full")
	training.Pause = func(Position) error { return full }
	if err := n.Train(t.Context(), newData[float64](t, c.config(), c.samples, seeded(8)), training); !errors.Is(err, full) {
		t.Errorf("the training ended with %v, want %v", err, full)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := n.Train(ctx, newData[float64](t, c.config(), c.samples, seeded(8)), training)
	if !errors.Is(err, full) || !errors.Is(err, context.Canceled) {
		t.Errorf("the training ended with %v, want both errors", err)
	}
}

// TestGoOnRefuses goes on from places that there are not.
func TestGoOnRefuses(t *testing.T) {
	c := trainingTrial{[]int{3, 5, 2}, 6, true, kernel.Sigmoid, Gradient, Minibatch, 4, Shuffle, 2, 0}
	for _, p := range []Position{
		{Step: -1}, {Step: 5}, {Step: 1}, {Step: 3, Permutation: []int{0, 1, 2, 3, 4}},
		{Step: 1, Permutation: []int{0, 1, 2, 3, 4, 6}}, {Step: 1, Permutation: []int{0, 1, 2, 3, 4, -1}},
		{Step: 1, Permutation: []int{0, 1, 2, 3, 4, 4}}, {Step: 1, Permutation: []int{0, 1, 2, 3, 4, 5, 0}},
	} {
		n := newNetwork[float64](t, c.config(), "generic", seeded(7))
		was := parameters(n)
		training := c.training()
		training.From = &p
		err := n.Train(t.Context(), newData[float64](t, c.config(), c.samples, seeded(8)), training)
		if err == nil || !strings.Contains(err.Error(), "step ") {
			t.Errorf("from %+v: error %v", p, err)
		}
		sameBits(t, "parameters", parameters(n), was)
	}
}
