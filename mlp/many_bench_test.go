package mlp

import (
	"fmt"
	"testing"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/numpyrand"
)

// BenchmarkSweep times the training of many small networks at once, each on samples of its own in an order of its own, on
// one thread; an operation is one step of one network, its part of the drawing and of setting the weights back included.
func BenchmarkSweep(b *testing.B) {
	layers := []int{2, 2, 2}
	const runs = 64
	for _, typ := range []string{"float64", "float32"} {
		for _, name := range kernel.Names() {
			b.Run(fmt.Sprintf("net=%s/type=%s/impl=%s/runs=%d", dashed(layers), typ, name, runs), func(b *testing.B) {
				if typ == "float32" {
					benchmarkSweep[float32](b, layers, name, runs)
				} else {
					benchmarkSweep[float64](b, layers, name, runs)
				}
			})
		}
	}
}

func benchmarkSweep[T kernel.Float](b *testing.B, layers []int, name string, runs int) {
	const steps, samples = 1000, 1000
	c := Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}}
	networks, data, random := make([]*Network[T], runs), make([]*Data[T], runs), make([]Source, runs)
	first := make([][][]T, runs)
	for i := range networks {
		r := seeded(uint64(i))
		networks[i], data[i], random[i] = newNetwork[T](b, c, name, r), newData[T](b, c, samples, r), numpyrand.New(uint32(i))
		if i > 0 { // the same labels, other values
			var x []float64
			for _, v := range data[i].X() {
				x = append(x, float64(v))
			}
			var err error
			if data[i], err = data[0].WithX(x); err != nil {
				b.Fatal(err)
			}
		}
		first[i] = weightsOf(networks[i])
	}
	b.ResetTimer()
	for done := 0; done < b.N; {
		for i, n := range networks { // such a network soon knows all there is to learn, and its sums grow for ever
			for j, w := range first[i] {
				if err := n.SetWeights(j, w); err != nil {
					b.Fatal(err)
				}
			}
		}
		t := Training{Order: Random, Rate: 0.01, Rule: Notebook, Threads: 1, Steps: min(steps, (b.N-done+runs-1)/runs)}
		errs, err := TrainMany(b.Context(), networks, data, random, t)
		if err != nil || firstError(errs) != nil {
			b.Fatal(errs, err)
		}
		done += runs * t.Steps
	}
}
