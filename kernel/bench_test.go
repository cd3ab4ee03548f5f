package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// eachBenchmark runs f32 and f64 for every row that is available. The size, if any, ends the benchmark's name.
func eachBenchmark(b *testing.B, size string, f32 func(*testing.B, *Kernel[float32]), f64 func(*testing.B, *Kernel[float64])) {
	if size != "" {
		size = "/" + size
	}
	for _, name := range Names() {
		b.Run("type=float32/impl="+name+size, func(b *testing.B) { f32(b, mustGet[float32](b, name)) })
		b.Run("type=float64/impl="+name+size, func(b *testing.B) { f64(b, mustGet[float64](b, name)) })
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

// Layers of these sizes, inputs x outputs. The weights of the smaller float32 one fit in a cache of the second level.
var benchLayers = [][2]int{{784, 200}, {512, 512}, {784, 512}}

// eachLayer runs f for each size. It is given what a layer needs, and returns what to measure: so many fmas a weight.
func eachLayer[T Float](fmas int, f func(k *Kernel[T], l *benchLayer[T]) func()) func(*testing.B, *Kernel[T]) {
	return func(b *testing.B, k *Kernel[T]) {
		for _, size := range benchLayers {
			b.Run(fmt.Sprintf("net=%dx%d", size[0], size[1]), func(b *testing.B) {
				l := newBenchLayer[T](size[0], size[1])
				benchmarkLayer(b, l.w, fmas, f(k, l))
			})
		}
	}
}

// A benchLayer has K inputs and J outputs.
type benchLayer[T Float] struct {
	w, x, last, g  []T // K*J and thrice K
	bias, delta, y []T // J
}

func newBenchLayer[T Float](k, j int) *benchLayer[T] {
	return &benchLayer[T]{
		w: normals[T](k*j, 0.05), x: normals[T](k, 1), last: normals[T](k, 1), g: make([]T, k),
		bias: normals[T](j, 1), delta: normals[T](j, 0.1), y: make([]T, j),
	}
}

const benchRate = 1e-6 // so small that the weights stay as they are, nearly

func BenchmarkForward(b *testing.B) {
	eachBenchmark(b, "", eachLayer(1, benchmarkForward[float32]), eachLayer(1, benchmarkForward[float64]))
}

func benchmarkForward[T Float](k *Kernel[T], l *benchLayer[T]) func() {
	return func() { k.Forward(l.y, l.x, l.w, l.bias, Sigmoid) }
}

func BenchmarkUpdate(b *testing.B) {
	eachBenchmark(b, "", eachLayer(2, benchmarkUpdate[float32]), eachLayer(2, benchmarkUpdate[float64]))
}

func benchmarkUpdate[T Float](k *Kernel[T], l *benchLayer[T]) func() {
	return func() { k.Update(l.w, l.bias, l.delta, l.x, benchRate) }
}

func BenchmarkUpdateForward(b *testing.B) {
	eachBenchmark(b, "", eachLayer(3, benchmarkUpdateForward[float32]), eachLayer(3, benchmarkUpdateForward[float64]))
}

func benchmarkUpdateForward[T Float](k *Kernel[T], l *benchLayer[T]) func() {
	return func() { k.UpdateForward(l.y, l.w, l.bias, l.delta, l.last, l.x, benchRate, Sigmoid) }
}

func BenchmarkSendBackUpdate(b *testing.B) {
	eachBenchmark(b, "", eachLayer(3, benchmarkSendBackUpdate[float32]), eachLayer(3, benchmarkSendBackUpdate[float64]))
}

func benchmarkSendBackUpdate[T Float](k *Kernel[T], l *benchLayer[T]) func() {
	return func() { k.SendBackUpdate(l.g, l.w, l.delta, l.delta, l.x, benchRate) }
}

func BenchmarkForwardBatch(b *testing.B) {
	eachBenchmark(b, "net=784x200/n=64", benchmarkForwardBatch[float32], benchmarkForwardBatch[float64])
}

func benchmarkForwardBatch[T Float](b *testing.B, k *Kernel[T]) {
	const n = 64
	l := newBenchLayer[T](784, 200)
	x, y := normals[T](784*n, 1), make([]T, 200*n)
	benchmarkLayer(b, l.w, n, func() { k.ForwardBatch(y, x, l.w, l.bias, n, Sigmoid) })
}

// Pairs taken apart, and put together again.
func BenchmarkTranspose(b *testing.B) {
	for _, size := range [][2]int{{512, 2}, {2, 512}} {
		name := fmt.Sprintf("size=%dx%d", size[0], size[1])
		eachBenchmark(b, name, benchmarkTranspose[float32](size), benchmarkTranspose[float64](size))
	}
}

func benchmarkTranspose[T Float](size [2]int) func(*testing.B, *Kernel[T]) {
	return func(b *testing.B, k *Kernel[T]) {
		x := normals[T](size[0]*size[1], 1)
		y := make([]T, len(x))
		b.SetBytes(int64(len(x)) * int64(unsafe.Sizeof(x[0])))
		for b.Loop() {
			k.Transpose(y, x, size[0], size[1])
		}
	}
}

// The three products of a layer for a batch. Two operations are counted for each fma, the move of the weights not at all.
func BenchmarkMatrix(b *testing.B) {
	for _, size := range benchLayers {
		for _, product := range []string{"forward", "sendback", "update", "transpose"} {
			name := fmt.Sprintf("%s/net=%dx%d/batch=128", product, size[0], size[1])
			eachBenchmark(b, name, benchmarkMatrix[float32](product, size), benchmarkMatrix[float64](product, size))
		}
	}
}

func benchmarkMatrix[T Float](product string, size [2]int) func(*testing.B, *Kernel[T]) {
	return func(b *testing.B, k *Kernel[T]) {
		const batch = 128
		in, out := size[0], size[1]
		x, y, delta := benchMatrix(k, batch, in, 1), benchMatrix(k, batch, out, 1), benchMatrix(k, batch, out, 0.1)
		w, wt, e := benchMatrix(k, in, out, 0.05), benchMatrix(k, out, in, 0.05), benchMatrix(k, batch, in, 1)
		run := map[string]func(){
			"forward":   func() { k.ForwardMatrix(y, x, w, nil, Sigmoid, 0, 1) },
			"sendback":  func() { k.SendBackMatrix(e, e, delta, wt, x, Sigmoid, 0, 1) },
			"update":    func() { k.UpdateMatrix(w, nil, x, delta, benchRate, true, true, 0, 1) },
			"transpose": func() { k.TransposeMatrix(wt, w, 0, 1) },
		}[product]
		benchmarkLayer(b, w.data, batch, run)
	}
}

func benchMatrix[T Float](k *Kernel[T], rows, columns int, scale float64) *Matrix[T] {
	m := k.NewMatrix(rows, columns)
	v := normals[T](rows*columns, scale)
	for i := range rows {
		m.SetRow(i, v[i*columns:][:columns])
	}
	return m
}

// benchmarkLayer counts two operations for each fma.
func benchmarkLayer[T Float](b *testing.B, w []T, fmas int, run func()) {
	b.SetBytes(int64(len(w)) * int64(unsafe.Sizeof(w[0])))
	for b.Loop() {
		run()
	}
	b.ReportMetric(2*float64(len(w)*fmas)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

// A row that has no routine for tiny networks is left out.
func BenchmarkTiny(b *testing.B) {
	for _, net := range [][3]int{{2, 2, 2}, {4, 4, 4}} {
		size := fmt.Sprintf("net=%d-%d-%d", net[0], net[1], net[2])
		eachBenchmark(b, size, benchmarkTiny[float32](net), benchmarkTiny[float64](net))
	}
}

func benchmarkTiny[T Float](net [3]int) func(*testing.B, *Kernel[T]) {
	return func(b *testing.B, k *Kernel[T]) {
		tiny := k.Tiny(net[0], net[1], net[2])
		if tiny == nil {
			b.Skip("no routine for tiny networks")
		}
		n := newTinyNet[T](net, false, true, rand.New(rand.NewPCG(104729, 51)))
		order := n.order(1000, rand.New(rand.NewPCG(104729, 52)))
		for b.Loop() {
			tiny.Load(n.w1, n.w2, n.stride1, n.stride2, nil, nil) // from the start again, where no sum is rare
			if done := tiny.Train(n.x, n.label, n.targets, 0.02, false, true, order); done < len(order) {
				b.Fatalf("stopped after %d steps", done)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(order)), "ns/step")
	}
}

func normals[T Float](n int, scale float64) []T {
	rnd := rand.New(rand.NewPCG(104729, 50))
	v := make([]T, n)
	for i := range v {
		v[i] = T(scale * rnd.NormFloat64())
	}
	return v
}
