package mlp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samebits/samebits/internal/peak"
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

// BenchmarkMinibatch times training in batches; an operation is one sample. GFLOP/s counts 2 operations for each weight and
// sample in the forward product, in the error sent back above the first layer and in the gradient. %peak is their part
// of what the threads could do with nothing but fmas in registers, measured in the same run.
func BenchmarkMinibatch(b *testing.B) {
	for _, size := range []struct {
		layers []int
		batch  int
	}{{[]int{784, 512, 512, 10}, 128}, {[]int{784, 200, 10}, 128}, {[]int{64, 32, 10}, 32}, {[]int{2, 2, 2}, 32}} {
		name := fmt.Sprintf("net=%s/batch=%d", dashed(size.layers), size.batch)
		eachBenchmark(b, name, []int{1, 2},
			func(b *testing.B, impl string, threads int) {
				benchmarkMinibatch[float32](b, size.layers, size.batch, impl, threads)
			},
			func(b *testing.B, impl string, threads int) {
				benchmarkMinibatch[float64](b, size.layers, size.batch, impl, threads)
			})
	}
}

func benchmarkMinibatch[T kernel.Float](b *testing.B, layers []int, batch int, impl string, threads int) {
	n, d := benchmarkNetwork[T](b, layers, 8*batch, impl)
	t := Training{Method: Minibatch, Batch: batch, Order: Sequential, Rate: 0.01, Threads: threads}
	t.Steps = (b.N + batch - 1) / batch
	b.ResetTimer()
	if err := n.Train(b.Context(), d, t); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	reportRate[T](b, t.Steps*batch, 6*weights(layers)-2*layers[0]*layers[1], impl, threads)
}

// BenchmarkPredict times the outputs for a data set; an operation is one sample.
func BenchmarkPredict(b *testing.B) {
	for _, layers := range [][]int{{784, 512, 512, 10}, {784, 200, 10}, {64, 32, 10}, {2, 2, 2}} {
		eachBenchmark(b, "net="+dashed(layers), []int{1, 2},
			func(b *testing.B, impl string, threads int) { benchmarkPredict[float32](b, layers, impl, threads) },
			func(b *testing.B, impl string, threads int) { benchmarkPredict[float64](b, layers, impl, threads) })
	}
}

func benchmarkPredict[T kernel.Float](b *testing.B, layers []int, impl string, threads int) {
	const samples = 1 << 10
	n, d := benchmarkNetwork[T](b, layers, samples, impl)
	y := make([]T, samples*n.Outputs())
	done := 0
	for b.ResetTimer(); done < b.N; done += samples {
		if err := n.Predict(y, d.X(), threads); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	reportRate[T](b, done, 2*weights(layers), impl, threads)
}

// eachBenchmark runs f32 and f64 for every row and number of threads.
func eachBenchmark(b *testing.B, name string, threads []int, f32, f64 func(b *testing.B, impl string, threads int)) {
	for _, impl := range kernel.Names() {
		for _, t := range threads {
			b.Run(fmt.Sprintf("%s/type=float32/impl=%s/threads=%d", name, impl, t), func(b *testing.B) { f32(b, impl, t) })
			b.Run(fmt.Sprintf("%s/type=float64/impl=%s/threads=%d", name, impl, t), func(b *testing.B) { f64(b, impl, t) })
		}
	}
}

// benchmarkNetwork returns a network with weights of the usual size, and data for it.
func benchmarkNetwork[T kernel.Float](b *testing.B, layers []int, samples int, impl string) (*Network[T], *Data[T]) {
	c := Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}}
	r := seeded(1)
	n, err := New(c, getKernel[T](b, impl))
	if err != nil {
		b.Fatal(err)
	}
	n.Init(func(deviation float64) float64 { return deviation * r.NormFloat64() })
	return n, newData[T](b, c, samples, r)
}

// reportRate reports the time of one of so many samples, which may be more than b.N since there are only whole batches, the
// rate of the floating-point operations that each takes, and its part of the threads' peak.
func reportRate[T kernel.Float](b *testing.B, samples, flops int, impl string, threads int) {
	measure := peak.Float64
	if _, is32 := any(T(0)).(float32); is32 {
		measure = peak.Float32
	}
	each := b.Elapsed().Seconds() / float64(samples)
	rate := float64(flops) / each / 1e9
	b.ReportMetric(1e9*each, "ns/op")
	b.ReportMetric(rate, "GFLOP/s")
	if p := measure(impl, 2*time.Millisecond); p > 0 {
		b.ReportMetric(100*rate/(p*float64(threads)), "%peak")
	}
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
