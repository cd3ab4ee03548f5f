package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// eachBenchmark runs f32 and f64 for every row that is available.
func eachBenchmark(b *testing.B, size string, f32 func(*testing.B, *Kernel[float32]), f64 func(*testing.B, *Kernel[float64])) {
	for _, name := range Names() {
		b.Run(fmt.Sprintf("type=float32/impl=%s/%s", name, size), func(b *testing.B) { f32(b, mustGet[float32](b, name)) })
		b.Run(fmt.Sprintf("type=float64/impl=%s/%s", name, size), func(b *testing.B) { f64(b, mustGet[float64](b, name)) })
	}
}

func BenchmarkSigmoid(b *testing.B) {
	eachBenchmark(b, "n=4096", benchmarkFunction[float32](functions[0]), benchmarkFunction[float64](functions[0]))
}

func BenchmarkTanh(b *testing.B) {
	eachBenchmark(b, "n=4096", benchmarkFunction[float32](functions[1]), benchmarkFunction[float64](functions[1]))
}

func BenchmarkExp(b *testing.B) {
	eachBenchmark(b, "n=4096", benchmarkFunction[float32](functions[2]), benchmarkFunction[float64](functions[2]))
}

// Arguments are as a network has them: of size 1 to 10.
func benchmarkFunction[T Float](f function) func(*testing.B, *Kernel[T]) {
	return func(b *testing.B, k *Kernel[T]) {
		x := normals[T](4096, 4)
		y := make([]T, len(x))
		b.SetBytes(int64(len(x)) * int64(unsafe.Sizeof(x[0])))
		for b.Loop() {
			apply(k, f, y, x)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/elem")
	}
}

const benchInputs, benchOutputs = 784, 200

func BenchmarkForward(b *testing.B) {
	eachBenchmark(b, "net=784x200", benchmarkForward[float32], benchmarkForward[float64])
}

func benchmarkForward[T Float](b *testing.B, k *Kernel[T]) {
	y, bias := make([]T, benchOutputs), normals[T](benchOutputs, 1)
	x, w := normals[T](benchInputs, 1), normals[T](benchInputs*benchOutputs, 0.05)
	benchmarkLayer(b, w, func() { k.Forward(y, x, w, bias, Identity) })
}

func BenchmarkSendBack(b *testing.B) {
	eachBenchmark(b, "net=784x200", benchmarkSendBack[float32], benchmarkSendBack[float64])
}

func benchmarkSendBack[T Float](b *testing.B, k *Kernel[T]) {
	g, v := make([]T, benchInputs), normals[T](benchOutputs, 1)
	w := normals[T](benchInputs*benchOutputs, 0.05)
	benchmarkLayer(b, w, func() { k.SendBack(g, w, v) })
}

func BenchmarkUpdate(b *testing.B) {
	eachBenchmark(b, "net=784x200", benchmarkUpdate[float32], benchmarkUpdate[float64])
}

func benchmarkUpdate[T Float](b *testing.B, k *Kernel[T]) {
	x, delta := normals[T](benchInputs, 1), normals[T](benchOutputs, 0.1)
	w, bias := normals[T](benchInputs*benchOutputs, 0.05), normals[T](benchOutputs, 1)
	benchmarkLayer(b, w, func() { k.Update(w, bias, delta, x, 1e-6) })
}

// benchmarkLayer counts two operations for each weight, as is usual, though the contract's update has three.
func benchmarkLayer[T Float](b *testing.B, w []T, run func()) {
	b.SetBytes(int64(len(w)) * int64(unsafe.Sizeof(w[0])))
	for b.Loop() {
		run()
	}
	b.ReportMetric(2*float64(len(w))*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

func normals[T Float](n int, scale float64) []T {
	rnd := rand.New(rand.NewPCG(104729, 50))
	v := make([]T, n)
	for i := range v {
		v[i] = T(scale * rnd.NormFloat64())
	}
	return v
}
