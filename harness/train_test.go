package harness

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/samebits/samebits/numpyrand"
)

// descent trains a network of one sigmoid layer with biases in plain float64, summing as it comes, by the textbook: each
// step moves the weights by the mean gradient of a batch. It returns weights, a row for each output, and biases.
func descent(e *Experiment, s samples, r *numpyrand.RandomState, batches func() [][]int) (w [][]float64, b []float64) {
	in, out := e.Model.Layers[0], e.Model.Layers[1]
	b = make([]float64, out)
	for range out {
		row := make([]float64, in)
		for k := range row {
			row[k] = r.StandardNormal() / math.Sqrt(float64(in))
		}
		w = append(w, row)
	}
	for _, batch := range batches() {
		dw, db := make([]float64, in*out), make([]float64, out)
		for _, i := range batch {
			for j := range out {
				z := b[j]
				for k, x := range s.train.Sample(i) {
					z += w[j][k] * x
				}
				y := 1 / (1 + math.Exp(-z))
				target := e.Train.Targets[0]
				if s.train.Label[i] == j {
					target = e.Train.Targets[1]
				}
				delta := (target - y) * y * (1 - y)
				db[j] += delta
				for k, x := range s.train.Sample(i) {
					dw[j*in+k] += delta * x
				}
			}
		}
		rate := e.Train.Rate / float64(len(batch))
		for j := range out {
			b[j] += rate * db[j]
			for k := range in {
				w[j][k] += rate * dw[j*in+k]
			}
		}
	}
	return w, b
}

// TestBatches trains by the methods that take several samples a step, in the orders they have, and compares with the
// textbook's sums.
func TestBatches(t *testing.T) {
	shuffled := func(r *numpyrand.RandomState, size int) [][]int {
		return slices.Collect(slices.Chunk(r.Permutation(7), size))
	}
	counted := []int{0, 1, 2, 3, 4, 5, 6}
	for _, try := range []struct {
		train   string
		batches func(r *numpyrand.RandomState) [][]int
	}{
		{"{method='minibatch', batch=3, epochs=2, rate=2}", func(r *numpyrand.RandomState) [][]int {
			return append(shuffled(r, 3), shuffled(r, 3)...)
		}},
		{"{method='minibatch', batch=3, steps=4, rate=2, order='sequential'}", func(*numpyrand.RandomState) [][]int {
			return [][]int{{0, 1, 2}, {3, 4, 5}, {6}, {0, 1, 2}}
		}},
		{"{method='minibatch', batch=5, steps=2, rate=2, order='random'}", func(r *numpyrand.RandomState) [][]int {
			all := [][]int{nil, nil}
			for i := range 7 { // an epoch is as many draws as there are samples
				all[i/5] = append(all[i/5], r.Intn(7))
			}
			return all
		}},
		{"{method='batch', epochs=3, rate=2}", func(*numpyrand.RandomState) [][]int { return [][]int{counted, counted, counted} }},
		{"{method='batch', steps=2, rate=2, order='shuffle'}", func(r *numpyrand.RandomState) [][]int {
			return [][]int{r.Permutation(7), r.Permutation(7)}
		}},
	} {
		e := parse(t, tiny, "train="+try.train, "model.layers=[2,2]", "record.every=1", "data.test=3")
		random := numpyrand.New(e.Seed)
		s, err := e.samples(t.Context(), random, "")
		if err != nil {
			t.Fatal(err)
		}
		w, b := descent(e, s, random, func() [][]int { return try.batches(random) })
		for _, threads := range []int{0, 1, 2} {
			r, err := Run(context.Background(), e, Options{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			for j := range w {
				closeTo(t, try.train, r.Weights[0][2*j:][:2], w[j])
			}
			closeTo(t, try.train, r.Biases[0], b)
		}
	}
}

func closeTo(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12*math.Abs(want[i]) {
			t.Errorf("%s: got %v, want %v", what, got, want)
			return
		}
	}
}

// TestTestScore counts the test samples' right answers and losses from the outputs.
func TestTestScore(t *testing.T) {
	for _, dtype := range []string{"float64", "float32"} {
		r := runTiny(t, "data.test=4", "dtype="+dtype)
		if r.Data.Len() != 6 || r.Test.Len() != 4 || len(r.Outputs) != 12 || len(r.TestOutputs) != 8 {
			t.Fatalf("%d and %d samples, %d and %d outputs", r.Data.Len(), r.Test.Len(), len(r.Outputs), len(r.TestOutputs))
		}
		loss, correct := 0.0, 0
		for i, label := range r.Test.Label {
			y := r.TestOutputs[2*i:][:2]
			if (y[1] > y[0]) == (label == 1) {
				correct++
			}
			for j, v := range y {
				target := 0.01
				if j == label {
					target = 0.99
				}
				loss += (target - v) * (target - v) / 4
			}
		}
		p := r.Final()
		if p.Test.Correct != correct || math.Abs(p.Test.Loss-loss) > 1e-6*loss {
			t.Errorf("got %+v, want %d right, loss %v", p.Test, correct, loss)
		}
	}
	if r := runTiny(t); r.Test != nil || r.TestOutputs != nil || r.Final().Test.Loss != 0 {
		t.Error("samples to test with where there are none")
	}
}

// TestThreads: what is asked for is taken; else the work of a step decides.
func TestThreads(t *testing.T) {
	large := withData("source = 'npz'\ntrain = 'x'")
	for _, try := range []struct {
		changes        []string
		asked, samples int
		least, most    int
	}{
		{nil, 5, 10, 5, 5},
		{nil, -1, 10, 1, 1},
		{nil, 0, 10, 1, 1},
		{[]string{"model.layers=[1000, 1000]", "train.batch=100"}, 0, 100, 1, 95}, // 2 * 10^8 / 2^20 = 190
		{[]string{"model.layers=[1000, 1000]", "train={method='online', steps=1, rate=1}"}, 0, 100000, 1, 1},
	} {
		if got := parse(t, large, try.changes...).threads(try.asked, try.samples); got < try.least || got > max(try.most, 1) {
			t.Errorf("%v, asked for %d: got %d threads", try.changes, try.asked, got)
		}
	}
}

// TestProgress: reports between the points of the curve change neither points nor bits.
func TestProgress(t *testing.T) {
	changes := []string{"train.steps=100000", "record.every=50000", "data.test=4"}
	want := runTiny(t, changes...)
	var steps []int
	var loaded [2]int
	r, err := Run(context.Background(), parse(t, tiny, changes...), Options{
		Loaded: func(train, test int) { loaded = [2]int{train, test} },
		Progress: func(step, total int) {
			steps = append(steps, step)
			if total != 100000 {
				t.Errorf("%d steps in all", total)
			}
		},
	})
	if err != nil || r.Trace().String() != want.Trace().String() {
		t.Errorf("another trace: %v", err)
	}
	if n := len(steps); n < 10 || steps[0] != 0 || steps[n-1] != 100000 || !slices.IsSorted(steps) || !slices.Contains(steps, 50000) {
		t.Errorf("reports at %v", steps)
	}
	if loaded != [2]int{6, 4} {
		t.Errorf("loaded %v samples", loaded)
	}
}
