package mlp

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestWatchSeesTheDefinition watches trainings whose every intermediate value the reference computes once more.
func TestWatchSeesTheDefinition(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trainingTrials() {
			t.Run(c.String(), func(t *testing.T) {
				t.Run("type=float64", func(t *testing.T) { watchTraining[float64](t, c, name) })
				t.Run("type=float32", func(t *testing.T) { watchTraining[float32](t, c, name) })
			})
		}
	})
}

// place is where in a training something is seen.
type place struct {
	step  int
	phase Phase
	layer int
}

func watchTraining[T kernel.Float](t *testing.T, c trainingTrial, name string) {
	r := seeded(7)
	n := newNetwork[T](t, c.config(), name, r)
	d := newData[T](t, c.config(), c.samples, r)
	ref := referenceOf(n, getKernel[T](t, "generic"))

	got, samples := map[place][]T{}, map[place][]int{}
	before := parameters(n)
	n.Watch(func(s Seen[T]) {
		at := place{s.Step, s.Phase, s.Layer}
		if s.Phase == Update {
			before[2*s.Layer], before[2*s.Layer+1] = n.Weights(s.Layer), n.Biases(s.Layer)
		} else {
			sameBits(t, "weights that a phase starts from", parameters(n)[2*s.Layer:2*s.Layer+2], before[2*s.Layer:2*s.Layer+2])
		}
		got[at] = append(got[at], s.Values...)
		samples[at] = append(samples[at], s.Samples...)
	})
	training := c.training()
	training.Every, training.Progress = 4, func(Progress) error { return nil }
	if err := n.Train(t.Context(), d, training); err != nil {
		t.Fatal(err)
	}

	want := map[place][]T{}
	for step, batch := range c.batches() {
		ref.seen = func(p Phase, layer int, values []T) {
			at := place{step, p, layer}
			want[at] = append(want[at], values...)
			if !slices.Equal(samples[at], batch) {
				t.Errorf("%v layer %d of step %d: samples %v, want %v", p, layer, step, samples[at], batch)
			}
		}
		var x, target [][]T
		for _, i := range batch {
			x, target = append(x, d.sample(i)), append(target, d.target(i))
		}
		ref.stepBatch(x, target, T(0.3/float64(len(batch))), c.rule)
		p := ref.parameters()
		for i := range ref.w {
			want[place{step, Update, i}] = slices.Concat(p[2*i], p[2*i+1])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d phases seen, want %d", len(got), len(want))
	}
	for at, values := range want {
		sameBits(t, at.phase.String(), [][]T{got[at]}, [][]T{values})
	}

	n.Watch(nil)
	clear(got)
	if err := n.Train(t.Context(), d, c.training()); err != nil {
		t.Fatal(err)
	}
	if len(got) != 0 {
		t.Errorf("seen without being asked: %v", got)
	}
}

// TestWatchDivergence counts each step once, though a training that diverges goes over its last steps twice.
func TestWatchDivergence(t *testing.T) {
	for _, method := range []Method{Online, Minibatch} {
		const steps = 500
		r := seeded(3)
		c := trainingTrial{[]int{3, 4, 2}, 20, true, kernel.Identity, Gradient, method, 2, Sequential, 0, steps}
		n := newNetwork[float32](t, c.config(), "generic", r)
		var seen []int
		n.Watch(func(s Seen[float32]) {
			if s.Phase == Forward && s.Layer == 0 {
				seen = append(seen, s.Step)
			}
		})
		training := c.training()
		training.Rate = 10
		var diverged *Diverged
		if err := n.Train(t.Context(), newData[float32](t, c.config(), c.samples, r), training); !errors.As(err, &diverged) {
			t.Fatalf("the training ended with %v", err)
		}
		want := diverged.Step + 1
		if method == Online {
			want = steps // all in one go, before anybody looks at the weights
		}
		if len(seen) != want {
			t.Errorf("method %d: %d steps were seen, want %d", method, len(seen), want)
		}
	}
}

func TestPhaseNames(t *testing.T) {
	for p, want := range map[Phase]string{Forward: "forward", SentBack: "error sent back", Update: "update", 9: "phase 9"} {
		if p.String() != want {
			t.Errorf("phase %d is called %q, want %q", uint8(p), p, want)
		}
	}
}

// TestUnsteady breaks the outputs of watched steps, which the same steps have unbroken when they are gone over again.
func TestUnsteady(t *testing.T) {
	c := trainingTrial{[]int{3, 4, 2}, 20, true, kernel.Tanh, Gradient, Online, 0, Sequential, 0, 5}
	n := newNetwork[float64](t, c.config(), "generic", seeded(3))
	n.Watch(func(s Seen[float64]) {
		if s.Phase == Forward && s.Step == 3 {
			s.Values[0] = math.NaN()
		}
	})
	if err := n.Train(t.Context(), newData[float64](t, c.config(), c.samples, seeded(4)), c.training()); !errors.Is(err, ErrUnsteady) {
		t.Errorf("the training ended with %v, want %v", err, ErrUnsteady)
	}
}
