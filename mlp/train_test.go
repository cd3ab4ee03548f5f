package mlp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/numpyrand"
)

// A training that is tried on every kernel and beside the reference.
type trainingTrial struct {
	layers        []int
	samples       int
	bias          bool
	act           kernel.Activation
	rule          Rule
	method        Method
	batch         int
	order         Order
	epochs, steps int
}

func (c trainingTrial) String() string {
	return fmt.Sprintf("net=%v/samples=%d/bias=%t/act=%v/rule=%d/method=%d/batch=%d/order=%d/epochs=%d/steps=%d",
		c.layers, c.samples, c.bias, c.act, c.rule, c.method, c.batch, c.order, c.epochs, c.steps)
}

func (c trainingTrial) config() Config {
	return Config{Layers: c.layers, Activations: []kernel.Activation{c.act}, Bias: c.bias}
}

func (c trainingTrial) training() Training {
	return Training{
		Method: c.method, Batch: c.batch, Order: c.order, Epochs: c.epochs, Steps: c.steps,
		Rate: 0.3, Rule: c.rule, Random: numpyrand.New(5), Threads: 1,
	}
}

func trainingTrials() []trainingTrial {
	return []trainingTrial{
		{[]int{5, 17, 9, 3}, 40, false, kernel.Sigmoid, Gradient, Minibatch, 16, Sequential, 2, 0},
		{[]int{5, 17, 9, 3}, 41, true, kernel.Tanh, Notebook, Minibatch, 7, Shuffle, 2, 0},
		{[]int{3, 50, 2}, 20, true, kernel.ReLU, Gradient, Minibatch, 1, Random, 0, 23},
		{[]int{2, 2, 2}, 33, true, kernel.Sigmoid, Notebook, Minibatch, 33, Random, 0, 3},
		{[]int{4, 3}, 300, true, kernel.Identity, Gradient, Batch, 0, Sequential, 2, 0},
		{[]int{4, 6, 3}, 290, false, kernel.Sigmoid, Notebook, Batch, 0, Shuffle, 0, 3},
		{[]int{4, 6, 3}, 270, true, kernel.Tanh, Gradient, Minibatch, 260, Shuffle, 2, 0},
		{[]int{3, 5, 2}, 30, true, kernel.Sigmoid, Gradient, Online, 0, Shuffle, 2, 0},
		{[]int{3, 5, 2}, 30, false, kernel.Tanh, Notebook, Online, 0, Sequential, 0, 37},
		{[]int{2, 2, 2}, 25, false, kernel.Sigmoid, Notebook, Online, 0, Random, 0, 60},
		{[]int{65, 49, 10}, 12, true, kernel.Sigmoid, Gradient, Minibatch, 5, Sequential, 1, 0},
	}
}

// batches lists the samples of each step as the definitions of methods and orders have them.
func (c trainingTrial) batches() (all [][]int) {
	r := numpyrand.New(5)
	size := map[Method]int{Online: 1, Minibatch: c.batch, Batch: c.samples}[c.method]
	for epoch := 0; ; epoch++ {
		var order []int
		for i := range c.samples {
			if c.order == Sequential {
				order = append(order, i)
			}
		}
		if c.order == Shuffle {
			order = r.Permutation(c.samples)
		}
		for at := 0; at < c.samples; at += size {
			if epoch == c.epochs && c.epochs > 0 || len(all) == c.steps && c.steps > 0 {
				return all
			}
			n := min(size, c.samples-at)
			if c.order == Random {
				order = append(order, make([]int, n)...)
				for i := range n {
					order[at+i] = r.Intn(c.samples)
				}
			}
			all = append(all, slices.Clone(order[at:at+n]))
		}
	}
}

// TestTrainIsTheDefinition trains beside the reference.
func TestTrainIsTheDefinition(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trainingTrials() {
			t.Run(c.String(), func(t *testing.T) {
				t.Run("type=float64", func(t *testing.T) { compareTraining[float64](t, c, name) })
				t.Run("type=float32", func(t *testing.T) { compareTraining[float32](t, c, name) })
			})
		}
	})
}

func compareTraining[T kernel.Float](t *testing.T, c trainingTrial, name string) {
	r := seeded(7)
	n := newNetwork[T](t, c.config(), name, r)
	d := newData[T](t, c.config(), c.samples, r)
	ref := referenceOf(n, getKernel[T](t, "generic"))
	for _, batch := range c.batches() {
		var x, target [][]T
		for _, i := range batch {
			x, target = append(x, d.sample(i)), append(target, d.target(i))
		}
		ref.stepBatch(x, target, T(0.3/float64(len(batch))), c.rule)
	}
	if err := n.Train(t.Context(), d, c.training()); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "parameters", parameters(n), ref.parameters())
}

// TestTrainThreads trains on different numbers of threads, of the training and of the machine.
func TestTrainThreads(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		t.Run("type=float64", func(t *testing.T) { trainThreads[float64](t, name) })
		t.Run("type=float32", func(t *testing.T) { trainThreads[float32](t, name) })
	})
}

func trainThreads[T kernel.Float](t *testing.T, name string) {
	c := trainingTrial{[]int{33, 70, 50, 10}, 200, true, kernel.Sigmoid, Gradient, Minibatch, 150, Shuffle, 2, 0}
	trained := func(threads int) [][]T {
		r := seeded(7)
		n := newNetwork[T](t, c.config(), name, r)
		training := c.training()
		training.Threads = threads
		if err := n.Train(t.Context(), newData[T](t, c.config(), c.samples, r), training); err != nil {
			t.Fatal(err)
		}
		return parameters(n)
	}
	want := trained(1)
	for _, threads := range []int{0, 2, 3, 7} {
		sameBits(t, fmt.Sprintf("%d threads", threads), trained(threads), want)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	sameBits(t, "3 threads on one processor", trained(3), want)
}

// TestTrainInPieces trains in one call, and in a call for every few steps with a look at the network in between.
func TestTrainInPieces(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trainingTrials() {
			r := seeded(7)
			n, again := newNetwork[float32](t, c.config(), name, r), newNetwork[float32](t, c.config(), name, seeded(7))
			d := newData[float32](t, c.config(), c.samples, r)
			if err := n.Train(t.Context(), d, c.training()); err != nil {
				t.Fatal(err)
			}
			training := c.training()
			training.Every = 2
			training.Progress = func(Progress) error {
				_, err := again.Evaluate(t.Context(), d, 1)
				return err
			}
			if err := again.Train(t.Context(), d, training); err != nil {
				t.Fatal(err)
			}
			sameBits(t, c.String(), parameters(again), parameters(n))
		}
	})
}

// TestMethodsMix trains by one method after the other: each goes on with the weights that it finds.
func TestMethodsMix(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		c := trainingTrial{[]int{5, 48, 32, 16}, 40, true, kernel.Tanh, Gradient, Minibatch, 16, Sequential, 1, 0}
		r := seeded(7)
		n := newNetwork[float64](t, c.config(), name, r)
		d := newData[float64](t, c.config(), c.samples, r)
		ref := referenceOf(n, getKernel[float64](t, "generic"))
		x := make([]float64, 16)
		for round := range 3 {
			if err := n.Train(t.Context(), d, c.training()); err != nil {
				t.Fatal(err)
			}
			if err := n.Online(d, []int{3, 4, 5}, 0.3, Gradient); err != nil {
				t.Fatal(err)
			}
			for _, batch := range append(c.batches(), []int{3}, []int{4}, []int{5}) {
				var x, target [][]float64
				for _, i := range batch {
					x, target = append(x, d.sample(i)), append(target, d.target(i))
				}
				ref.stepBatch(x, target, 0.3/float64(len(batch)), Gradient)
			}
			if round == 1 {
				w := n.Weights(1)
				w[7], ref.w[1][0][7] = 0.5, 0.5
				if err := n.SetWeights(1, w); err != nil {
					t.Fatal(err)
				}
				b := n.Biases(2)
				b[1], ref.b[2][1] = 0.25, 0.25
				if err := n.SetBiases(2, b); err != nil {
					t.Fatal(err)
				}
			}
			sameBits(t, "parameters", parameters(n), ref.parameters())
			if err := n.Predict(x, d.sample(0), 1); err != nil {
				t.Fatal(err)
			}
			sameBits(t, "outputs", [][]float64{x}, ref.forward(d.sample(0))[3:])
		}
	})
}

func TestProgress(t *testing.T) {
	c := trainingTrial{[]int{2, 2}, 10, false, kernel.Sigmoid, Gradient, Minibatch, 4, Sequential, 3, 0}
	n, d := newNetwork[float64](t, c.config(), "generic", seeded(1)), newData[float64](t, c.config(), 10, seeded(2))
	for _, try := range []struct {
		every int
		want  []int
	}{{0, []int{0, 9}}, {1, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, {4, []int{0, 4, 8, 9}}, {9, []int{0, 9}}, {50, []int{0, 9}}} {
		var got []int
		training := c.training()
		training.Every = try.every
		training.Progress = func(p Progress) error {
			if p.Steps != 9 {
				t.Errorf("%d steps, want 9", p.Steps)
			}
			got = append(got, p.Step)
			return nil
		}
		if err := n.Train(t.Context(), d, training); err != nil || !slices.Equal(got, try.want) {
			t.Errorf("every %d steps: got %v, %v, want %v", try.every, got, err, try.want)
		}
	}
}

// TestTrainStops stops a training by its context and by an error, between two steps.
func TestTrainStops(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trainingTrials() {
			stopped := func(training Training, ctx context.Context) ([][]float64, error) {
				n := newNetwork[float64](t, c.config(), name, seeded(7))
				err := n.Train(ctx, newData[float64](t, c.config(), c.samples, seeded(8)), training)
				return parameters(n), err
			}
			short := c.training()
			short.Steps, short.Epochs = 1, 0
			want, err := stopped(short, t.Context())
			if err != nil {
				t.Fatal(err)
			}
			broken := errors.New("broken")
			training := c.training()
			training.Every, training.Progress = 1, func(p Progress) error {
				if p.Step == 1 {
					return broken
				}
				return nil
			}
			got, err := stopped(training, t.Context())
			if err != broken {
				t.Fatalf("%v: got %v, want the error of Progress", c, err)
			}
			sameBits(t, c.String(), got, want)

			ctx, cancel := context.WithCancel(t.Context())
			training.Random = numpyrand.New(5)
			training.Progress = func(p Progress) error {
				if p.Step == 1 {
					cancel()
				}
				return nil
			}
			got, err = stopped(training, ctx)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%v: got %v, want context.Canceled", c, err)
			}
			sameBits(t, c.String(), got, want)
		}
	})
}

// TestTrainStopsBetweenBatches: the context is looked at before every batch.
func TestTrainStopsBetweenBatches(t *testing.T) {
	c := trainingTrial{[]int{3, 5, 2}, 40, true, kernel.Sigmoid, Gradient, Minibatch, 8, Random, 0, 100}
	n := newNetwork[float64](t, c.config(), "generic", seeded(7))
	d := newData[float64](t, c.config(), c.samples, seeded(8))
	ctx, cancel := context.WithCancel(t.Context())
	training := c.training()
	training.Random = &stoppingSource{Source: training.Random, left: 12, stop: cancel} // in the second batch
	if err := n.Train(ctx, d, training); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	again := newNetwork[float64](t, c.config(), "generic", seeded(7))
	short := c.training()
	short.Steps = 2
	if err := again.Train(t.Context(), d, short); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "parameters", parameters(n), parameters(again))
}

// stoppingSource calls stop at a draw.
type stoppingSource struct {
	Source
	left int
	stop func()
}

func (s *stoppingSource) Integers(dst []int, n int) {
	if s.left -= len(dst); s.left <= 0 {
		s.stop()
	}
	s.Source.Integers(dst, n)
}

// TestTrainDiverges drives weights out of range by batches, and online.
func TestTrainDiverges(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range []trainingTrial{
			{[]int{2, 3, 2}, 4, true, kernel.Identity, Gradient, Minibatch, 2, Sequential, 40, 0},
			{[]int{4, 48, 16}, 20, true, kernel.Identity, Gradient, Minibatch, 5, Sequential, 40, 0},
			{[]int{2, 3, 2}, 300, false, kernel.Identity, Notebook, Batch, 0, Sequential, 40, 0},
			{[]int{2, 3, 2}, 4, true, kernel.Identity, Gradient, Online, 0, Sequential, 40, 0},
		} {
			const rate = 100
			n := newNetwork[float32](t, c.config(), name, seeded(7))
			d := newData[float32](t, c.config(), c.samples, seeded(8))
			ref := referenceOf(n, n.kernel)
			var before [][]float32
			want := -1
			for s, batch := range c.batches() {
				before = before[:0]
				for _, p := range ref.parameters() {
					before = append(before, append([]float32{}, p...))
				}
				var x, target [][]float32
				for _, i := range batch {
					x, target = append(x, d.sample(i)), append(target, d.target(i))
				}
				ref.stepBatch(x, target, float32(rate/float64(len(batch))), c.rule)
				if firstBroken(ref) >= 0 {
					want = s
					break
				}
			}
			if want < 2 {
				t.Fatalf("%v: the reference breaks at step %d: the test shows nothing", c, want)
			}
			training := c.training()
			training.Rate, training.Every = rate, c.samples%3 // steps one by one, or many before the weights are looked at
			err := n.Train(t.Context(), d, training)
			var diverged *Diverged
			if !errors.As(err, &diverged) || diverged.Step != want || diverged.Layer != firstBroken(ref) {
				t.Fatalf("%v: got %v, want divergence at step %d in layer %d", c, err, want, firstBroken(ref))
			}
			sameBits(t, c.String(), parameters(n), before)
			y, fresh := make([]float32, n.Outputs()*c.samples), make([]float32, n.Outputs()*c.samples)
			other := newNetwork[float32](t, c.config(), name, seeded(1))
			for i := range n.Layers() {
				if other.SetWeights(i, n.Weights(i)) != nil || other.SetBiases(i, n.Biases(i)) != nil {
					t.Fatal("weights that are not finite")
				}
			}
			if n.Predict(y, d.X(), 1) != nil || other.Predict(fresh, d.X(), 1) != nil {
				t.Fatal("no outputs")
			}
			sameBits(t, "outputs", [][]float32{y}, [][]float32{fresh})
		}
	})
}

func TestTrainErrors(t *testing.T) {
	c := trainingTrial{[]int{2, 2}, 10, false, kernel.Sigmoid, Gradient, Minibatch, 4, Shuffle, 3, 0}
	n, d := newNetwork[float64](t, c.config(), "generic", seeded(1)), newData[float64](t, c.config(), 10, seeded(2))
	before := parameters(n)
	for _, try := range []struct {
		change func(*Training)
		want   string
	}{
		{func(t *Training) { t.Method = 9 }, "unknown method 9"},
		{func(t *Training) { t.Order = 9 }, "unknown order 9"},
		{func(t *Training) { t.Rule = 9 }, "unknown rule 9"},
		{func(t *Training) { t.Batch = 0 }, "batches of 0 samples, want 1 to 10"},
		{func(t *Training) { t.Batch = 11 }, "batches of 11 samples, want 1 to 10"},
		{func(t *Training) { t.Method, t.Order = Batch, Random }, "sequential or shuffle"},
		{func(t *Training) { t.Steps = 1 }, "3 epochs and 1 steps"},
		{func(t *Training) { t.Epochs = 0 }, "0 epochs and 0 steps"},
		{func(t *Training) { t.Epochs, t.Steps = -1, 3 }, "-1 epochs"},
		{func(t *Training) { t.Random = nil }, "source of random numbers"},
		{func(t *Training) { t.Epochs = math.MaxInt/2 + 1 }, "more steps than can be counted"},
		{func(t *Training) { t.Rate = math.NaN() }, "rate NaN"},
		{func(t *Training) { t.Rate = math.Inf(1) }, "rate +Inf"},
		{func(t *Training) { t.Random = badSource{} }, "permutation of 10 numbers has 3"},
		{func(t *Training) { t.Random, t.Order = badSource{}, Random }, "sample 10 of 10"},
		{func(t *Training) { t.Random, t.Order, t.Method = badSource{}, Random, Online }, "sample 10 of 10"},
		{func(t *Training) { t.Threads = -1 }, "-1 threads"},
		{func(t *Training) { t.Threads = maxThreads + 1 }, "1025 threads"},
		{func(t *Training) { t.Every = -1 }, "every -1 steps"},
	} {
		training := c.training()
		try.change(&training)
		if err := n.Train(t.Context(), d, training); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("got %v, want %q", err, try.want)
		}
	}
	if err := n.Train(t.Context(), newData[float64](t, Config{Layers: []int{3, 2}}, 10, seeded(2)), c.training()); err == nil {
		t.Error("data of 3 features for 2 inputs are no error")
	}
	sameBits(t, "parameters", parameters(n), before)
}

// badSource draws what is no sample.
type badSource struct{}

func (badSource) Integers(dst []int, n int) {
	for i := range dst {
		dst[i] = n
	}
}
func (badSource) Permutation(int) []int { return []int{0, 1, 2} }

func TestStepsOfNoBatches(t *testing.T) {
	if got := (&Training{Method: Minibatch, Epochs: 1}).TotalSteps(10); got != 0 {
		t.Errorf("%d steps with batches of no samples, want 0", got)
	}
	if got := (&Training{Method: Batch, Epochs: 1}).TotalSteps(0); got != 0 {
		t.Errorf("%d steps with no samples, want 0", got)
	}
}

// TestWorthwhile: small batches are worth one thread, large ones all, whatever the sizes.
func TestWorthwhile(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, try := range []struct {
		layers        []int
		samples, want int
	}{
		{[]int{64, 32, 10}, 32, 1}, {[]int{64, 32, 10}, 500, 2}, {[]int{64, 32, 10}, math.MaxInt, 4},
		{[]int{784, 512, 512, 10}, 128, 4}, {[]int{784, 512, 512, 10}, 3, 3}, {[]int{784, 512, 512, 10}, 0, 1},
	} {
		if got := (Config{Layers: try.layers}).Threads(try.samples); got != try.want {
			t.Errorf("%v, %d samples: %d threads, want %d", try.layers, try.samples, got, try.want)
		}
	}
}

// TestThreadsEnd: after a training its goroutines are gone, whatever their number.
func TestThreadsEnd(t *testing.T) {
	c := trainingTrial{[]int{3, 5, 2}, 40, true, kernel.Sigmoid, Gradient, Minibatch, 8, Sequential, 2, 0}
	n, d := newNetwork[float64](t, c.config(), "generic", seeded(7)), newData[float64](t, c.config(), c.samples, seeded(8))
	before := runtime.NumGoroutine()
	training := c.training()
	training.Threads = 7
	if err := n.Train(t.Context(), d, training); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// TestTooNarrow wants an error instead of panels that are mostly padding.
func TestTooNarrow(t *testing.T) {
	for _, name := range kernel.Names() {
		c := Config{Layers: []int{MaxWeights - 1, 1, 1}, Activations: []kernel.Activation{kernel.Sigmoid}}
		n := &Network[float32]{config: c, kernel: getKernel[float32](t, name), layers: []layer[float32]{{in: MaxWeights - 1, out: 1}, {in: 1, out: 1}}}
		if _, err := n.newBatcher(1, Gradient, 1); err == nil || !strings.Contains(err.Error(), "too narrow") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestBatchAllocations looks for none in a step.
func TestBatchAllocations(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, threads := range []int{1, 2} {
			c := Config{Layers: []int{30, 50, 40, 10}, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: true}
			r := seeded(1)
			n, d := newNetwork[float32](t, c, name, r), newData[float32](t, c, 40, r)
			b, err := n.newBatcher(16, Notebook, threads)
			if err != nil {
				t.Fatal(err)
			}
			full, rest := drawOrder(r, 16, 40), drawOrder(r, 7, 40)
			if got := testing.AllocsPerRun(20, func() { b.step(d, full, 0.1); b.step(d, rest, 0.1) }); got != 0 {
				t.Errorf("%d threads: %v allocations in two steps, want none", threads, got)
			}
			b.close()
		}
	})
}

// TestTrainMemory: the first epoch takes no more than the weights as panels, in two directions, and what two batches hold
// in all layers.
func TestTrainMemory(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		const samples, batch, size = 300, 128, 4
		layers := []int{400, 300, 200, 10}
		c := trainingTrial{layers, samples, true, kernel.Sigmoid, Gradient, Minibatch, batch, Shuffle, 1, 0}
		n, d := newNetwork[float32](t, c.config(), name, seeded(1)), newData[float32](t, c.config(), samples, seeded(2))
		training := c.training()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := n.Train(t.Context(), d, training); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		panels := weights(layers) + weights(layers[1:])
		units := 0
		for _, l := range layers {
			units += l
		}
		limit := size*(panels+2*batch*units)*115/100 + 64<<10 // some padding, and small things
		if got := int(after.TotalAlloc - before.TotalAlloc); got > limit {
			t.Errorf("%d bytes in all, want %d at most", got, limit)
		}
	})
}

// TestEvaluate holds Evaluate to Predict and Score.
func TestEvaluate(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, samples := range []int{1, 100, 1000} { // the last in two blocks
			c := Config{Layers: []int{300, 300, 10}, Activations: []kernel.Activation{kernel.Sigmoid}}
			r := seeded(1)
			n, d := newNetwork[float32](t, c, name, r), newData[float32](t, c, samples, r)
			y := make([]float32, samples*10)
			if err := n.Predict(y, d.X(), 2); err != nil {
				t.Fatal(err)
			}
			want, err := d.Score(y)
			if err != nil {
				t.Fatal(err)
			}
			for _, threads := range []int{0, 1, 3} {
				if got, err := n.Evaluate(t.Context(), d, threads); err != nil || got != want {
					t.Errorf("%d samples, %d threads: got %+v, %v, want %+v", samples, threads, got, err, want)
				}
			}
		}
	})
	c := Config{Layers: []int{3, 2}, Activations: []kernel.Activation{kernel.Sigmoid}}
	n, d := newNetwork[float64](t, c, "generic", seeded(1)), newData[float64](t, c, 5, seeded(2))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := n.Evaluate(ctx, d, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, err := n.Evaluate(t.Context(), newData[float64](t, Config{Layers: []int{4, 2}}, 5, seeded(2)), 1); err == nil {
		t.Error("data of 4 features for 3 inputs are no error")
	}
}
