package mlp

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestPredictThreads predicts with few and with too many threads, and each sample alone.
func TestPredictThreads(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		t.Run("type=float64", func(t *testing.T) { predictThreads[float64](t, name) })
		t.Run("type=float32", func(t *testing.T) { predictThreads[float32](t, name) })
	})
}

func predictThreads[T kernel.Float](t *testing.T, name string) {
	for _, try := range []struct {
		layers []int
		narrow bool // on rows with vectors
	}{{[]int{5, 17, 9, 3}, true}, {[]int{2, 2, 2}, true}, {[]int{3, 2, 1}, true}, {[]int{5, 48, 16}, false}, {[]int{60, 49, 16}, false}} {
		c := Config{Layers: try.layers, Activations: []kernel.Activation{kernel.Tanh}, Bias: true}
		r := seeded(1)
		n := newNetwork[T](t, c, name, r)
		if n.narrow != try.narrow && name != "generic" && name != "neon" {
			t.Fatalf("%v: narrow is %t, the test wants to see both ways", try.layers, n.narrow)
		}
		for _, samples := range []int{0, 1, 2, 3, 10, 101, 2*maxPart + 7, 2*maxBlock + 77} {
			predictAlone(t, n, draw[T](r, samples*n.Inputs(), 2))
		}
	}
}

// predictAlone compares the outputs for all samples in x with those for each alone.
func predictAlone[T kernel.Float](t *testing.T, n *Network[T], x []T) {
	in, out := n.Inputs(), n.Outputs()
	want := make([]T, len(x)/in*out)
	for i := range len(x) / in {
		if err := n.Predict(want[i*out:][:out], x[i*in:][:in], 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, threads := range []int{0, 1, 2, 3, 7, 200} {
		y := draw[T](seeded(2), len(want), 9) // what was there must not matter
		if err := n.Predict(y, x, threads); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "outputs", [][]T{y}, [][]T{want})
	}
}

// TestPredictAtOnce uses one network from several goroutines, which all find it without panels; go test -race watches.
func TestPredictAtOnce(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, layers := range [][]int{{5, 17, 9, 3}, {5, 48, 16}} {
			c := Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}}
			r := seeded(1)
			n := newNetwork[float64](t, c, name, r)
			x := draw[float64](r, 50*5, 2)
			results := make([][]float64, 8)
			var wg sync.WaitGroup
			for i := range results {
				results[i] = make([]float64, 50*n.Outputs())
				wg.Go(func() {
					if err := n.Predict(results[i], x, 1+i%3); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			want := make([]float64, 50*n.Outputs())
			if err := n.Predict(want, x, 1); err != nil {
				t.Fatal(err)
			}
			for _, y := range results {
				sameBits(t, "outputs", [][]float64{y}, [][]float64{want})
			}
		}
	})
}

// TestPredictAfterChange predicts before and after a change of weights and biases.
func TestPredictAfterChange(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		c := Config{Layers: []int{5, 48, 16}, Activations: []kernel.Activation{kernel.Tanh}, Bias: true}
		n, other := newNetwork[float64](t, c, name, seeded(1)), newNetwork[float64](t, c, name, seeded(2))
		x := draw[float64](seeded(3), 20*5, 2)
		outputs := func(n *Network[float64]) [][]float64 {
			y := make([]float64, 20*16)
			if err := n.Predict(y, x, 1); err != nil {
				t.Fatal(err)
			}
			return [][]float64{y}
		}
		want := outputs(other)
		for i := range 2 {
			outputs(n)
			if err := n.SetWeights(i, other.Weights(i)); err != nil {
				t.Fatal(err)
			}
			outputs(n)
			if err := n.SetBiases(i, other.Biases(i)); err != nil {
				t.Fatal(err)
			}
		}
		sameBits(t, "outputs", outputs(n), want)
		r, again := seeded(4), seeded(4)
		n.Init(func(float64) float64 { return r.NormFloat64() })
		fresh := newNetwork[float64](t, c, name, seeded(5))
		fresh.Init(func(float64) float64 { return again.NormFloat64() })
		sameBits(t, "outputs", outputs(n), outputs(fresh))
	})
}

func TestPredictErrors(t *testing.T) {
	c := Config{Layers: []int{3, 2}, Activations: []kernel.Activation{kernel.Sigmoid}}
	n := newNetwork[float64](t, c, "generic", seeded(1))
	for _, try := range []struct {
		dst, x, threads int
		want            string
	}{
		{2, 4, 1, "4 values in"},
		{2, 2, 1, "2 values in"},
		{4, 3, 1, "4 out"},
		{0, 3, 1, "0 out"},
		{2, 3, -1, "-1 threads"},
		{2, 3, maxThreads + 1, "1025 threads"},
	} {
		err := n.Predict(make([]float64, try.dst), make([]float64, try.x), try.threads)
		if err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%d values for %d with %d threads: got %v, want %q", try.dst, try.x, try.threads, err, try.want)
		}
	}
}

func TestScore(t *testing.T) {
	d, err := NewData[float64]([]float64{0, 0, 0, 0}, []int{0, 1, 1, 0}, 1, 2, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	// By hand: targets (1,0), (0,1), (0,1), (1,0). A tie goes to the lowest index, which is right for the last alone.
	s, err := d.Score([]float64{0.5, 0.25, 0.5, 0.25, 0.5, 0.5, 2, 2})
	if err != nil {
		t.Fatal(err)
	}
	want := (0.25 + 0.0625 + 0.25 + 0.5625 + 0.25 + 0.25 + 1 + 4) / 4
	if s.Correct != 2 || s.Loss != want {
		t.Errorf("got %+v, want 2 correct and loss %v", s, want)
	}
	if _, err := d.Score(make([]float64, 7)); err == nil {
		t.Error("7 outputs for 4 samples of 2 classes are no error")
	}
}

// TestScoreSums: a float32 sample's loss is one chain in float32, and the samples are added up in float64.
func TestScoreSums(t *testing.T) {
	const samples = 3000
	r := seeded(4)
	y := draw[float32](r, samples*3, 1)
	label := make([]int, samples)
	d, err := NewData[float32](make([]float64, samples), label, 1, 3, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Score(y)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range samples {
		var l float32
		for j, target := range []float32{0.99, 0.01, 0.01} {
			e := target - y[i*3+j]
			l = fma(e, e, l)
		}
		sum += float64(l)
	}
	if want := sum / samples; math.Float64bits(s.Loss) != math.Float64bits(want) {
		t.Errorf("loss %x, want %x", s.Loss, want)
	}
}
