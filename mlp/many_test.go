package mlp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/numpyrand"
)

// eachLanes runs the test for every row and type, with the row's number of lanes.
func eachLanes(t *testing.T, f64 func(t *testing.T, k *kernel.Kernel[float64]), f32 func(t *testing.T, k *kernel.Kernel[float32])) {
	t.Helper()
	eachKernel(t, func(t *testing.T, name string) {
		t.Run("type=float64", func(t *testing.T) { f64(t, getKernel[float64](t, name)) })
		t.Run("type=float32", func(t *testing.T) { f32(t, getKernel[float32](t, name)) })
	})
}

// crowd is networks of one shape to be trained many at once, and their twins to be trained alone.
type crowd[T kernel.Float] struct {
	networks, twins []*Network[T]
	data            []*Data[T]
	random          []Source // as are, seed by seed, the twins' own
	training        Training
}

// newCrowd returns networks of different weights that share samples, or with own have some each, and a source for each.
func newCrowd[T kernel.Float](t *testing.T, c Config, k *kernel.Kernel[T], networks, samples int, own bool, training Training) *crowd[T] {
	t.Helper()
	m := &crowd[T]{training: training}
	for i := range networks {
		m.networks = append(m.networks, newNetwork[T](t, c, k.Name(), seeded(uint64(i))))
		m.twins = append(m.twins, newNetwork[T](t, c, k.Name(), seeded(uint64(i))))
		m.random = append(m.random, numpyrand.New(uint32(i)))
		if own || i == 0 {
			m.data = append(m.data, newData[T](t, c, samples, seeded(uint64(1000+i))))
		}
	}
	return m
}

func (m *crowd[T]) dataOf(i int) *Data[T] { return m.data[min(i, len(m.data)-1)] }

// alone trains twin i, with its own source or this one.
func (m *crowd[T]) alone(t *testing.T, i int, random Source) error {
	t.Helper()
	training := m.training
	training.Threads, training.Progress, training.Random = 1, nil, random
	return m.twins[i].Train(t.Context(), m.dataOf(i), training)
}

// check trains and evaluates all networks and their twins and compares them, errors too, which it returns.
func (m *crowd[T]) check(t *testing.T, what string) []error {
	t.Helper()
	errs, err := TrainMany(t.Context(), m.networks, m.data, m.random, m.training)
	if err != nil || len(errs) != len(m.networks) {
		t.Fatalf("%s: %d results for %d networks, %v", what, len(errs), len(m.networks), err)
	}
	for i, n := range m.networks {
		source := numpyrand.New(uint32(i))
		want := m.alone(t, i, source)
		sameError(t, fmt.Sprintf("%s: network %d", what, i), errs[i], want)
		sameBits(t, fmt.Sprintf("%s: network %d", what, i), parameters(n), parameters(m.twins[i]))
		if own, is := m.random[i].(*numpyrand.RandomState); is && want == nil && own.State() != source.State() {
			t.Fatalf("%s: source %d was left in another state", what, i)
		}
	}
	m.checkScores(t, what)
	return errs
}

func (m *crowd[T]) checkScores(t *testing.T, what string) {
	t.Helper()
	scores, err := EvaluateMany(t.Context(), m.networks, m.data, m.training.Threads)
	if err != nil || len(scores) != len(m.networks) {
		t.Fatalf("%s: %d scores of %d networks, %v", what, len(scores), len(m.networks), err)
	}
	for i, got := range scores {
		want, err := m.twins[i].Evaluate(t.Context(), m.dataOf(i), 1)
		if err != nil {
			t.Fatal(err)
		}
		same := math.Float64bits(got.Loss) == math.Float64bits(want.Loss) || math.IsNaN(got.Loss) && math.IsNaN(want.Loss)
		if !same || got.Correct != want.Correct {
			t.Fatalf("%s: score of network %d: got %+v, want %+v", what, i, got, want)
		}
	}
}

// sameError wants the same error, a *Diverged to the field.
func sameError(t *testing.T, what string, got, want error) {
	t.Helper()
	var g, w *Diverged
	if errors.As(got, &g) != errors.As(want, &w) || fmt.Sprint(got) != fmt.Sprint(want) || w != nil && *g != *w {
		t.Fatalf("%s: got error %v, want %v", what, got, want)
	}
}

// crowds lists numbers of networks: some that leave lanes empty, and some that go beyond them.
func crowds(lanes int) []int { return []int{1, 2, 3, lanes - 1, lanes, lanes + 1, 2*lanes + 3} }

func sigmoid(bias bool, layers ...int) Config {
	return Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: bias}
}

// TestTrainMany trains networks of many shapes in many ways, many at once and each alone.
func TestTrainMany(t *testing.T) {
	eachLanes(t, trainMany[float64], trainMany[float32])
}

func trainMany[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	r := seeded(3)
	for _, c := range []Config{
		sigmoid(false, 2, 2, 2), sigmoid(false, 2, 3, 2), sigmoid(true, 4, 5, 3), sigmoid(true, 3, 1), // one output has no low target
		{Layers: []int{3, 4, 4, 2}, Activations: []kernel.Activation{kernel.Tanh, kernel.ReLU, kernel.Identity}, Bias: true},
		sigmoid(true, 7, 16), // on the edge of what fits the lanes, and predicted from panels
	} {
		for _, networks := range crowds(k.Lanes()) {
			training := drawTraining(r, 17)
			own := r.IntN(2) == 0
			what := fmt.Sprintf("%v, %d networks, own=%t, %+v", c, networks, own, training)
			newCrowd(t, c, k, networks, 17, own, training).check(t, what)
		}
	}
	wide := sigmoid(true, 64, 32, 10)
	newCrowd(t, wide, k, 3, 17, true, drawTraining(r, 17)).check(t, "wide layers")
}

// drawTraining draws what the test does not go through one by one.
func drawTraining(r *rand.Rand, samples int) Training {
	t := Training{Order: Order(r.IntN(3)), Rule: Rule(r.IntN(2)), Rate: 0.3, Threads: 1 + r.IntN(3)}
	if r.IntN(2) == 0 {
		t.Epochs = 1 + r.IntN(2)
	} else {
		t.Steps = 1 + r.IntN(2*samples)
	}
	return t
}

// TestTrainManyWays goes through orders, rules, methods and data for the smallest network, over several looks at its
// weights.
func TestTrainManyWays(t *testing.T) {
	eachLanes(t, trainManyWays[float64], trainManyWays[float32])
}

func trainManyWays[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	const samples = 300 // no divisor of the steps between two looks
	c := sigmoid(false, 2, 2, 2)
	for _, order := range []Order{Random, Sequential, Shuffle} {
		for _, rule := range []Rule{Gradient, Notebook} {
			for _, own := range []bool{false, true} {
				what := fmt.Sprintf("order %d, rule %d, own=%t", order, rule, own)
				steps := Training{Order: order, Rule: rule, Rate: 0.3, Steps: 1100, Threads: 2}
				newCrowd(t, c, k, 2, samples, own, steps).check(t, what+", steps")
				epochs := Training{Order: order, Rule: rule, Rate: 0.3, Epochs: 2, Threads: 1}
				newCrowd(t, c, k, 3, samples, own, epochs).check(t, what+", epochs")
				batches := Training{Method: Minibatch, Batch: 7, Order: order, Rule: rule, Rate: 0.3, Epochs: 1, Threads: 3}
				newCrowd(t, c, k, 3, 40, own, batches).check(t, what+", batches")
			}
		}
	}
	full := Training{Method: Batch, Order: Shuffle, Rate: 0.3, Steps: 3, Threads: 2}
	newCrowd(t, c, k, k.Lanes()+1, 40, true, full).check(t, "full batches")
}

// TestTrainManyUneven: samples of another number, or with other targets, do not fit beside the others.
func TestTrainManyUneven(t *testing.T) {
	eachLanes(t, trainManyUneven[float64], trainManyUneven[float32])
}

func trainManyUneven[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	c := sigmoid(true, 2, 3, 2)
	training := Training{Rate: 0.3, Epochs: 2, Threads: 2}
	networks := k.Lanes() + k.Lanes()/2
	for _, odd := range []int{0, k.Lanes() - 1, k.Lanes(), networks - 1} {
		for _, samples := range []int{10, 12} {
			m := newCrowd(t, c, k, networks, 11, true, training)
			m.data[odd] = newData[T](t, c, samples, seeded(5))
			m.check(t, fmt.Sprintf("%d samples for network %d", samples, odd))
		}
		for _, targets := range [][2]float64{{0.01, 0.9}, {0.1, 0.99}} {
			m := newCrowd(t, c, k, networks, 11, true, training)
			other, err := NewData[T](draw[float64](seeded(6), 22, 2), m.data[odd].label, 2, 2, targets[0], targets[1])
			if err != nil {
				t.Fatal(err)
			}
			m.data[odd] = other
			m.check(t, fmt.Sprintf("targets %v for network %d", targets, odd))
		}
	}
}

// TestLanesTaken: small networks are taken many at once where they fit, and one by one where they do not.
func TestLanesTaken(t *testing.T) {
	eachLanes(t, lanesTaken[float64], lanesTaken[float32])
}

func lanesTaken[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	small, wide := sigmoid(true, 4, 5, 3), sigmoid(true, 64, 32, 10)
	lanes := k.Lanes()
	otherLength := newCrowd(t, small, k, 2*lanes, 5, true, Training{})
	otherLength.data[lanes+1] = newData[T](t, small, 6, seeded(1))
	for _, try := range []struct {
		what   string
		m      *crowd[T]
		method Method
		want   []int // groups with lanes
	}{
		{"shared", newCrowd(t, small, k, 3*lanes, 5, false, Training{}), Online, []int{0, 1, 2}},
		{"own", newCrowd(t, small, k, 2*lanes, 5, true, Training{}), Online, []int{0, 1}},
		{"other length", otherLength, Online, []int{0}},
		{"other method", newCrowd(t, small, k, 2*lanes, 5, true, Training{}), Minibatch, nil},
		{"wide", newCrowd(t, wide, k, 2*lanes, 5, false, Training{}), Online, nil},
	} {
		for _, threads := range []int{1, 3} {
			many, err := newMany(try.m.networks, try.m.data, threads)
			if err != nil {
				t.Fatal(err)
			}
			var lock sync.Mutex
			var taken []int
			seen := make([]int, len(try.m.networks))
			err = many.each(t.Context(), try.method, func(from, to int, g *laneGroup[T]) error {
				lock.Lock()
				defer lock.Unlock()
				for i := from; i < to; i++ {
					seen[i]++
				}
				if g != nil {
					taken = append(taken, from/lanes)
				}
				return nil
			})
			slices.Sort(taken)
			together := 1
			if try.want != nil {
				together = lanes
			}
			if got := Together(try.m.networks[0].Config(), k, try.method); got != together {
				t.Errorf("%s: %d are taken together, want %d", try.what, got, together)
			}
			if err != nil || !slices.Equal(taken, try.want) {
				t.Errorf("%s, %d threads: groups %v have lanes, want %v; %v", try.what, threads, taken, try.want, err)
			}
			if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
				t.Errorf("%s, %d threads: networks are taken so often: %v", try.what, threads, seen)
			}
		}
	}
}

// TestTrainManyBesideOthers: a network goes on with what TrainMany left, whatever it did before, and the other way round.
func TestTrainManyBesideOthers(t *testing.T) {
	eachLanes(t, trainManyBesideOthers[float64], trainManyBesideOthers[float32])
}

func trainManyBesideOthers[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	for _, c := range []Config{
		sigmoid(false, 2, 2, 2), sigmoid(true, 7, 16),
		{Layers: []int{3, 4, 4, 2}, Activations: []kernel.Activation{kernel.Tanh}, Bias: true},
	} {
		m := newCrowd(t, c, k, 3, 20, true, Training{Rate: 0.3, Order: Sequential, Steps: 25})
		order := []int{3, 4, 5, 19}
		for round := range 2 {
			for i, n := range m.networks {
				for _, n := range []*Network[T]{n, m.twins[i]} {
					if err := n.Online(m.data[i], order, 0.3, Notebook); err != nil {
						t.Fatal(err)
					}
				}
				got, err := n.Evaluate(t.Context(), m.data[i], 1)
				want, errTwin := m.twins[i].Evaluate(t.Context(), m.data[i], 1)
				if err != nil || errTwin != nil || got != want {
					t.Fatalf("%v, round %d: got %+v, %v, want %+v, %v", c, round, got, err, want, errTwin)
				}
			}
			m.check(t, fmt.Sprintf("%v, round %d", c, round))
		}
	}
}

// TestTrainManyDiverges drives some networks out of range, each at another step: its own samples are moderate up to one
// that is not.
func TestTrainManyDiverges(t *testing.T) {
	eachLanes(t, trainManyDiverges[float64], trainManyDiverges[float32])
}

func trainManyDiverges[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	const samples = 1100
	c := Config{Layers: []int{2, 2, 2}, Activations: []kernel.Activation{kernel.Identity}}
	m := newCrowd(t, c, k, k.Lanes()+k.Lanes()/2, samples, true, Training{Rate: 0.01, Order: Sequential, Epochs: 1, Threads: 2})
	last := len(m.networks) - 1
	steps := map[int]int{0: 513, 2: 3, 3: 700, 4: 511, 5: 512, 6: 0, last: samples - 1}
	for i, step := range steps {
		d, large := m.data[i], largeSquare[T]()
		if i%2 == 0 {
			d.x[2*step], d.x[2*step+1] = large, 0 // breaks the first layer
			continue
		}
		// Above a layer of small weights errors are small, so that only that layer breaks; nothing moves them before.
		clear(d.x)
		d.x[2*step] = large
		for _, n := range []*Network[T]{m.networks[i], m.twins[i]} {
			err := errors.Join(n.SetWeights(0, []T{1, 0, 1, 0}), n.SetWeights(1, []T{0x1p-12, 0x1p-12, 0x1p-12, 0x1p-12}))
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if many, err := newMany(m.networks, m.data, 1); err != nil || !many.fillsLanes(0, k.Lanes(), k.Lanes()) {
		t.Fatalf("the networks are taken one by one, %v: the test shows nothing", err)
	}
	layers := map[int]bool{}
	for i, err := range m.check(t, "diverging") {
		var diverged *Diverged
		step, breaks := steps[i]
		if errors.As(err, &diverged) != breaks || breaks && diverged.Step != step {
			t.Fatalf("network %d: got %v, want divergence %t, at step %d", i, err, breaks, step)
		}
		if breaks {
			layers[diverged.Layer] = true
		}
	}
	if len(layers) != 2 {
		t.Errorf("layers %v break: the test shows less than it should", layers)
	}
}

// largeSquare returns a number whose square is out of range by 16 bits.
func largeSquare[T kernel.Float]() T {
	if any(T(0)) == any(float32(0)) {
		return 0x1p72
	}
	return T(math.Ldexp(1, 520))
}

// TestTrainManyBadSource: a source of what is no sample keeps its own network from training, and no other.
func TestTrainManyBadSource(t *testing.T) {
	eachLanes(t, trainManyBadSource[float64], trainManyBadSource[float32])
}

func trainManyBadSource[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	for _, training := range []Training{
		{Order: Random, Rate: 0.3, Steps: 600, Threads: 1}, {Order: Shuffle, Rate: 0.3, Epochs: 2, Threads: 2},
		{Method: Minibatch, Batch: 4, Order: Random, Rate: 0.3, Epochs: 2, Threads: 2},
	} {
		for _, bad := range []int{0, 2, k.Lanes()} { // the last in a group of its own
			m := newCrowd(t, sigmoid(false, 2, 2, 2), k, k.Lanes()+1, 10, true, training)
			m.random[bad] = badSource{}
			before := parameters(m.networks[bad])
			errs, err := TrainMany(t.Context(), m.networks, m.data, m.random, training)
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range m.networks {
				var source Source = numpyrand.New(uint32(i))
				if i == bad {
					source = badSource{}
				}
				want := m.alone(t, i, source)
				if (want != nil) != (i == bad) {
					t.Fatalf("network %d alone: %v", i, want)
				}
				sameError(t, fmt.Sprintf("network %d", i), errs[i], want)
				sameBits(t, fmt.Sprintf("network %d", i), parameters(n), parameters(m.twins[i]))
			}
			sameBits(t, "the network without samples", parameters(m.networks[bad]), before)
		}
	}
}

// TestTrainManyFirstError: the error of a network is its first, not what its source does later; a source that goes bad late
// ends its own network between two steps.
func TestTrainManyFirstError(t *testing.T) {
	eachLanes(t, trainManyFirstError[float64], trainManyFirstError[float32])
}

func trainManyFirstError[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	const good = 1 << 12 // draws before a source goes bad: more than a network alone draws ahead of its steps
	c := Config{Layers: []int{2, 2, 2}, Activations: []kernel.Activation{kernel.Identity}}
	m := newCrowd(t, c, k, max(3, k.Lanes()/4), 20, true, Training{Rate: 0.01, Steps: good + 600, Threads: 1})
	for i := range m.data[1].x {
		m.data[1].x[i] = largeSquare[T]() // breaks at once
	}
	m.random[1], m.random[2] = &lateSource{m.random[1], good}, &lateSource{m.random[2], good}
	errs, err := TrainMany(t.Context(), m.networks, m.data, m.random, m.training)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range m.networks {
		var source Source = numpyrand.New(uint32(i))
		if i == 1 || i == 2 {
			source = &lateSource{source, good}
		}
		want := m.alone(t, i, source)
		if (want != nil) != (i == 1 || i == 2) || errors.As(want, new(*Diverged)) != (i == 1) {
			t.Fatalf("network %d alone: %v", i, want)
		}
		sameError(t, fmt.Sprintf("network %d", i), errs[i], want)
		sameBits(t, fmt.Sprintf("network %d", i), parameters(n), parameters(m.twins[i]))
	}
}

// lateSource is a source whose draws, after so many, are no samples.
type lateSource struct {
	Source
	good int
}

func (s *lateSource) Integers(dst []int, n int) {
	s.Source.Integers(dst, n)
	if s.good -= len(dst); s.good < 0 {
		dst[len(dst)-1] = n
	}
}

// TestTrainManyStops: a context that is done ends the training between two steps.
func TestTrainManyStops(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		k := getKernel[float64](t, name)
		c := sigmoid(false, 2, 2, 2)
		for _, training := range []Training{
			{Rate: 0.3, Steps: 1100, Threads: 1}, {Rate: 0.3, Steps: 1100, Threads: 3},
			{Rate: 0.3, Steps: 60, Method: Minibatch, Batch: 2, Threads: 2},
		} {
			m := newCrowd(t, c, k, k.Lanes()+1, 10, true, training)
			before := parameters(m.networks[0])
			ctx, cancel := context.WithCancel(t.Context())
			m.random[0] = &stoppingSource{Source: m.random[0], left: 50, stop: cancel}
			errs, err := TrainMany(ctx, m.networks, m.data, m.random, training)
			if !errors.Is(err, context.Canceled) || errs != nil {
				t.Fatalf("got %v and %v, want context.Canceled alone", errs, err)
			}
			for i, n := range m.networks {
				if steps := m.stepsDone(t, i, n); steps == training.Steps && i == 0 {
					t.Errorf("%+v: network %d did all its steps", training, i)
				}
			}
			if slices.Equal(parameters(m.networks[0])[0], before[0]) {
				t.Errorf("%+v: network 0 did nothing", training)
			}
			before = parameters(m.networks[1])
			state := *m.random[1].(*numpyrand.RandomState)
			errs, err = TrainMany(ctx, m.networks, m.data, m.random, training)
			if !errors.Is(err, context.Canceled) || errs != nil {
				t.Errorf("got %v and %v, want context.Canceled alone", errs, err)
			}
			sameBits(t, "stopped before", parameters(m.networks[1]), before)
			if state != *m.random[1].(*numpyrand.RandomState) {
				t.Error("something was drawn")
			}
			if scores, err := EvaluateMany(ctx, m.networks, m.data, 2); !errors.Is(err, context.Canceled) || scores != nil {
				t.Errorf("scores %v, %v, want context.Canceled alone", scores, err)
			}
		}
	})
}

// stepsDone returns how many steps n, which has stopped, has done, going over them with its twin.
func (m *crowd[T]) stepsDone(t *testing.T, i int, n *Network[T]) int {
	t.Helper()
	source := numpyrand.New(uint32(i))
	want := slices.Concat(parameters(n)...)
	for step := range m.training.Steps + 1 {
		if slices.Equal(slices.Concat(parameters(m.twins[i])...), want) {
			return step
		}
		one := m.training
		one.Threads, one.Steps, one.Random = 1, 1, source
		if err := m.twins[i].Train(t.Context(), m.dataOf(i), one); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("network %d stands between two steps", i)
	return 0
}

// TestTrainManyErrors tries what concerns all networks: none of them changes, nothing is drawn.
func TestTrainManyErrors(t *testing.T) {
	c := sigmoid(false, 2, 2)
	network := func(c Config) *Network[float64] { return newNetwork[float64](t, c, "generic", seeded(9)) }
	samples := func(c Config) *Data[float64] { return newData[float64](t, c, 10, seeded(9)) }
	for _, try := range []struct {
		change func(m *crowd[float64])
		want   string
	}{
		{func(m *crowd[float64]) { m.data = m.data[:2] }, "2 sets of samples for 3 networks"},
		{func(m *crowd[float64]) { m.data = nil }, "0 sets of samples for 3 networks"},
		{func(m *crowd[float64]) { m.data = append(m.data, m.data[0]) }, "4 sets of samples for 3 networks"},
		{func(m *crowd[float64]) { m.training.Threads = -1 }, "-1 threads"},
		{func(m *crowd[float64]) { m.training.Threads = maxThreads + 1 }, "1025 threads"},
		{func(m *crowd[float64]) { m.networks[1] = m.networks[2] }, "network 2 is there twice"},
		{func(m *crowd[float64]) { m.networks[2] = network(sigmoid(false, 2, 3)) }, "network 2 has another shape"},
		{func(m *crowd[float64]) { m.networks[2] = network(sigmoid(false, 2, 2, 2)) }, "network 2 has another shape"},
		{func(m *crowd[float64]) { m.networks[1] = network(sigmoid(true, 2, 2)) }, "network 1 has another shape"},
		{func(m *crowd[float64]) {
			m.networks[1] = network(Config{Layers: c.Layers, Activations: []kernel.Activation{kernel.Tanh}})
		}, "network 1 has another shape"},
		{func(m *crowd[float64]) { m.networks[1].kernel = new(kernel.Kernel[float64]) }, "or another kernel"},
		{func(m *crowd[float64]) { m.data[2] = samples(sigmoid(false, 3, 2)) }, "network 2: samples have 3 features"},
		{func(m *crowd[float64]) { m.data[1] = samples(sigmoid(false, 2, 3)) }, "network 1: samples have 3 classes"},
		{func(m *crowd[float64]) { m.random = m.random[:2] }, "2 sources of random numbers for 3 networks"},
		{func(m *crowd[float64]) { m.random = nil }, "0 sources of random numbers for 3 networks"},
		{func(m *crowd[float64]) { m.random[1] = nil }, "network 1: the order needs a source"},
		{func(m *crowd[float64]) { m.training.Order = 9 }, "unknown order 9"},
		{func(m *crowd[float64]) { m.training.Method = 9 }, "unknown method 9"},
		{func(m *crowd[float64]) { m.training.Rule = 9 }, "unknown rule 9"},
		{func(m *crowd[float64]) { m.training.Steps = 0 }, "0 epochs and 0 steps"},
		{func(m *crowd[float64]) { m.training.Epochs = 1 }, "1 epochs and 5 steps"},
		{func(m *crowd[float64]) { m.training.Every = -1 }, "every -1 steps"},
		{func(m *crowd[float64]) { m.training.Rate = math.Inf(1) }, "rate +Inf"},
		{func(m *crowd[float64]) { m.training.Method, m.training.Batch = Minibatch, 11 }, "batches of 11 samples"},
		{func(m *crowd[float64]) {
			m.training.Method, m.training.Batch, m.data[2] = Minibatch, 8, newData[float64](t, c, 7, seeded(1))
		}, "network 2: batches of 8 samples, want 1 to 7"},
		{func(m *crowd[float64]) { m.training.Method = Batch }, "sequential or shuffle"},
	} {
		m := newCrowd(t, c, getKernel[float64](t, "generic"), 3, 10, true, Training{Rate: 0.3, Steps: 5, Threads: 1})
		first, second := m.networks[0], parameters(m.networks[0])
		source := m.random[0].(*numpyrand.RandomState)
		try.change(m)
		errs, err := TrainMany(t.Context(), m.networks, m.data, m.random, m.training)
		if err == nil || !strings.Contains(err.Error(), try.want) || errs != nil {
			t.Errorf("got %v and %v, want %q", errs, err, try.want)
		}
		sameBits(t, try.want, parameters(first), second)
		if *source != *numpyrand.New(0) {
			t.Errorf("%q: something was drawn", try.want)
		}
	}
}

// TestEvaluateManyErrors tries what concerns all networks.
func TestEvaluateManyErrors(t *testing.T) {
	c := sigmoid(false, 2, 2)
	network := func(c Config) *Network[float64] { return newNetwork[float64](t, c, "generic", seeded(9)) }
	samples := func(c Config) *Data[float64] { return newData[float64](t, c, 10, seeded(9)) }
	for _, try := range []struct {
		change  func(m *crowd[float64])
		threads int
		want    string
	}{
		{func(m *crowd[float64]) { m.data = m.data[:2] }, 1, "2 sets of samples for 3 networks"},
		{func(m *crowd[float64]) {}, -1, "-1 threads"},
		{func(m *crowd[float64]) {}, maxThreads + 1, "1025 threads"},
		{func(m *crowd[float64]) { m.networks[1] = m.networks[2] }, 0, "network 2 is there twice"},
		{func(m *crowd[float64]) { m.networks[1] = network(sigmoid(true, 2, 2)) }, 0, "network 1 has another shape"},
		{func(m *crowd[float64]) { m.data[1] = samples(sigmoid(false, 2, 3)) }, 0, "network 1: samples have 3 classes"},
	} {
		m := newCrowd(t, c, getKernel[float64](t, "generic"), 3, 10, true, Training{})
		try.change(m)
		if scores, err := EvaluateMany(t.Context(), m.networks, m.data, try.threads); err == nil || !strings.Contains(err.Error(), try.want) || scores != nil {
			t.Errorf("got %v and %v, want %q", scores, err, try.want)
		}
	}
}

// TestTrainManyOfNone: no networks are no error, and no source is needed for none.
func TestTrainManyOfNone(t *testing.T) {
	for _, data := range [][]*Data[float64]{nil, {newData[float64](t, sigmoid(false, 2, 2), 10, seeded(1))}} {
		errs, err := TrainMany(t.Context(), nil, data, nil, Training{Rate: 0.3, Steps: 5})
		if err != nil || len(errs) != 0 {
			t.Errorf("%v, %v", errs, err)
		}
		if scores, err := EvaluateMany(t.Context(), nil, data, 0); err != nil || len(scores) != 0 {
			t.Errorf("%v, %v", scores, err)
		}
	}
}

// TestTrainManyIgnores: Progress is not called, Random not drawn from, and a sequential order needs no sources.
func TestTrainManyIgnores(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		k := getKernel[float64](t, name)
		for _, method := range []Method{Online, Minibatch} {
			own := numpyrand.New(7)
			training := Training{Method: method, Batch: 3, Rate: 0.3, Steps: 20, Every: 1, Random: own}
			training.Progress = func(Progress) error {
				t.Error("Progress is called")
				return errors.New("Progress is called")
			}
			newCrowd(t, sigmoid(false, 2, 2, 2), k, 3, 10, false, training).check(t, "random")
			if *own != *numpyrand.New(7) {
				t.Error("Random was drawn from")
			}
			training.Order = Sequential
			for _, random := range [][]Source{nil, make([]Source, 1), make([]Source, 3)} {
				m := newCrowd(t, sigmoid(false, 2, 2, 2), k, 3, 10, false, training)
				m.random = random
				if errs, err := TrainMany(t.Context(), m.networks, m.data, m.random, training); err != nil || errors.Join(errs...) != nil {
					t.Errorf("%v, %v", errs, err)
				}
				for i := range m.networks {
					if err := m.alone(t, i, nil); err != nil {
						t.Fatal(err)
					}
					sameBits(t, "sequential", parameters(m.networks[i]), parameters(m.twins[i]))
				}
			}
		}
	})
}

// TestEvaluateMany adds thousands of losses of different size, whose sum depends on their order, and knows who wins ties.
func TestEvaluateMany(t *testing.T) {
	eachLanes(t, evaluateMany[float64], evaluateMany[float32])
}

func evaluateMany[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	for _, samples := range []int{1, 7, 1025, 1<<12 + 1100} {
		for _, networks := range []int{1, 3, k.Lanes() + 1} {
			if samples > 1000 && networks == 3 {
				continue
			}
			c := Config{Layers: []int{2, 3, 3}, Activations: []kernel.Activation{kernel.Tanh, kernel.Identity}}
			m := newCrowd(t, c, k, networks, samples, samples < 1000, Training{Threads: 1 + networks%3})
			for i := range m.networks {
				for _, n := range []*Network[T]{m.networks[i], m.twins[i]} {
					var err error
					switch i % 4 {
					case 0: // a tie of all
						err = n.SetWeights(1, make([]T, 9))
					case 1: // of the last two, be they the largest or not
						err = n.SetWeights(1, []T{1, 0, 0, 0, 1, 0, 0, 1, 0})
					case 2: // losses from 0 to the thousands
						err = n.SetWeights(1, []T{100, 0, 0, 0, 1, 0, 0, 0, 0.01})
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			m.checkScores(t, fmt.Sprintf("%d samples, %d networks", samples, networks))
		}
	}
}

// TestEvaluateManyOutOfRange: outputs that are not finite win and lose as they do alone.
func TestEvaluateManyOutOfRange(t *testing.T) {
	eachLanes(t, evaluateManyOutOfRange[float64], evaluateManyOutOfRange[float32])
}

func evaluateManyOutOfRange[T kernel.Float](t *testing.T, k *kernel.Kernel[T]) {
	large := math.MaxFloat32
	if any(T(0)) == any(float64(0)) {
		large = math.MaxFloat64
	}
	c := Config{Layers: []int{2, 2, 3}, Activations: []kernel.Activation{kernel.Identity}}
	m := newCrowd(t, c, k, 12, 50, true, Training{Threads: 1})
	r := seeded(4)
	for i := range m.networks {
		first, second := draw[T](r, 4, large), draw[T](r, 6, 100)
		for _, n := range []*Network[T]{m.networks[i], m.twins[i]} {
			if err := errors.Join(n.SetWeights(0, first), n.SetWeights(1, second)); err != nil {
				t.Fatal(err)
			}
		}
	}
	m.checkScores(t, "out of range")
	for i := range m.twins {
		if s, err := m.twins[i].Evaluate(t.Context(), m.data[i], 1); err != nil || !math.IsNaN(s.Loss) && !math.IsInf(s.Loss, 0) {
			t.Errorf("network %d: %+v, %v: the test shows nothing", i, s, err)
		}
	}
}

// TestTrainManyAgain trains the same crowd twice: as one that trains alone goes on where it stood.
func TestTrainManyAgain(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		k := getKernel[float64](t, name)
		m := newCrowd(t, sigmoid(true, 2, 3, 2), k, k.Lanes()+2, 30, true, Training{Rate: 0.3, Steps: 40, Order: Sequential})
		for round := range 3 {
			m.check(t, fmt.Sprintf("round %d", round))
		}
	})
}
