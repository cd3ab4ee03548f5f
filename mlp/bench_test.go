package mlp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// BenchmarkOnline times online training; an operation is one step on one sample.
//
// GFLOP/s counts a fused multiply-add as two operations: 2 for each weight in the forward product, 2 in the error sent
// back for each weight above the first layer, and 4 in the update, the gradient's product (counted as an fma too) and
// the weight's. Activations and deltas are not counted.
func BenchmarkOnline(b *testing.B) {
	for _, layers := range [][]int{{2, 2, 2}, {784, 200, 10}, {784, 512, 512, 10}} {
		for _, typ := range []string{"float64", "float32"} {
			for _, name := range kernel.Names() {
				b.Run(fmt.Sprintf("net=%s/type=%s/impl=%s", dashed(layers), typ, name), func(b *testing.B) {
					if typ == "float32" {
						benchmarkOnline[float32](b, layers, name)
					} else {
						benchmarkOnline[float64](b, layers, name)
					}
				})
			}
		}
	}
}

func benchmarkOnline[T kernel.Float](b *testing.B, layers []int, name string) {
	c := Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}}
	r := seeded(1)
	n, err := New(c, getKernel[T](b, name))
	if err != nil {
		b.Fatal(err)
	}
	n.Init(func(deviation float64) float64 { return deviation * (2*r.Float64() - 1) })
	d := newData[T](b, c, 100, r)
	order := drawOrder(r, 1000, 100)
	first := weightsOf(n)
	b.ReportAllocs()
	steps := 0
	for b.ResetTimer(); steps < b.N; {
		if weights(layers) < 100 { // such a network soon knows all there is to learn, and its sums grow for ever
			for i, w := range first {
				n.SetWeights(i, w)
			}
		}
		k := min(len(order), b.N-steps)
		if err := n.Online(d, order[:k], 0.01, Notebook); err != nil {
			b.Fatal(err)
		}
		steps += k
	}
	flops := float64(8*weights(layers) - 2*layers[0]*layers[1])
	b.ReportMetric(flops*float64(steps)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

func weightsOf[T kernel.Float](n *Network[T]) [][]T {
	w := make([][]T, n.Layers())
	for i := range w {
		w[i] = n.Weights(i)
	}
	return w
}

func weights(layers []int) int {
	sum := 0
	for i := range layers[1:] {
		sum += layers[i] * layers[i+1]
	}
	return sum
}

func dashed(layers []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(layers), " ", "-"), "[]")
}
