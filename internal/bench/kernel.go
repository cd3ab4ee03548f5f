package bench

import (
	"context"
	"math/rand/v2"

	"github.com/samebits/samebits/kernel"
)

// kernelEntries are those that package kernel has of its own, and a small layer besides, whose weights the nearest cache
// holds.
var kernelEntries = []entry{
	{"kernel", "Forward/TYPE/net=784x200", false, layerWork(784, 200, 1, false), layer(784, 200, forward[float32]), layer(784, 200, forward[float64])},
	{"kernel", "Forward/TYPE/net=64x32", false, layerWork(64, 32, 1, false), layer(64, 32, forward[float32]), layer(64, 32, forward[float64])},
	{"kernel", "Update/TYPE/net=784x200", false, layerWork(784, 200, 2, true), layer(784, 200, update[float32]), layer(784, 200, update[float64])},
	{"kernel", "UpdateForward/TYPE/net=784x200", false, layerWork(784, 200, 3, true), layer(784, 200, updateForward[float32]), layer(784, 200, updateForward[float64])},
	{"kernel", "SendBackUpdate/TYPE/net=784x200", false, layerWork(784, 200, 3, true), layer(784, 200, sendBackUpdate[float32]), layer(784, 200, sendBackUpdate[float64])},
	{"kernel", "Sigmoid/TYPE/n=4096", false, activationWork(values, sigmoidFMAs), activation[float32](kernel.Sigmoid), activation[float64](kernel.Sigmoid)},
	{"kernel", "Tanh/TYPE/n=4096", false, activationWork(values, tanhFMAs), activation[float32](kernel.Tanh), activation[float64](kernel.Tanh)},
	{"kernel", "Matrix/TYPE/forward/net=784x512/batch=128", false, matrixWork(784, 512, batch), matrix(forwardMatrix[float32]), matrix(forwardMatrix[float64])},
	{"kernel", "Matrix/TYPE/sendback/net=784x512/batch=128", false, matrixWork(784, 512, batch), matrix(sendBackMatrix[float32]), matrix(sendBackMatrix[float64])},
	{"kernel", "Matrix/TYPE/update/net=784x512/batch=128", false, matrixWork(784, 512, batch), matrix(updateMatrix[float32]), matrix(updateMatrix[float64])},
}

const (
	values = 4096 // for an activation
	batch  = 128  // samples
	rate   = 1e-6 // so small that the weights stay as they are, nearly
	quick  = 64   // times that a routine for one sample runs between two looks at the context
)

// layerOf is a layer of in inputs and out outputs.
type layerOf[T kernel.Float] struct {
	w, x, last, g  []T // in*out and thrice in
	bias, delta, y []T // out
}

// layer prepares a routine for one sample.
func layer[T kernel.Float](in, out int, f func(k *kernel.Kernel[T], l *layerOf[T]) func()) func(string, int) (runner, error) {
	return func(row string, _ int) (runner, error) {
		k, err := kernel.Get[T](row)
		if err != nil {
			return nil, err
		}
		return repeat(quick, f(k, &layerOf[T]{
			w: normals[T](in*out, 0.05), x: normals[T](in, 1), last: normals[T](in, 1), g: make([]T, in),
			bias: normals[T](out, 1), delta: normals[T](out, 0.1), y: make([]T, out),
		})), nil
	}
}

func forward[T kernel.Float](k *kernel.Kernel[T], l *layerOf[T]) func() {
	return func() { k.Forward(l.y, l.x, l.w, l.bias, kernel.Sigmoid) }
}

func update[T kernel.Float](k *kernel.Kernel[T], l *layerOf[T]) func() {
	return func() { k.Update(l.w, l.bias, l.delta, l.x, rate) }
}

func updateForward[T kernel.Float](k *kernel.Kernel[T], l *layerOf[T]) func() {
	return func() { k.UpdateForward(l.y, l.w, l.bias, l.delta, l.last, l.x, rate, kernel.Sigmoid) }
}

func sendBackUpdate[T kernel.Float](k *kernel.Kernel[T], l *layerOf[T]) func() {
	return func() { k.SendBackUpdate(l.g, l.w, l.delta, l.delta, l.x, rate) }
}

// activation prepares an activation of arguments as a network has them: of size 1 to 10.
func activation[T kernel.Float](act kernel.Activation) func(string, int) (runner, error) {
	return func(row string, _ int) (runner, error) {
		k, err := kernel.Get[T](row)
		if err != nil {
			return nil, err
		}
		x, y := normals[T](values, 4), make([]T, values)
		return repeat(quick, func() { k.Activate(y, x, act) }), nil
	}
}

// products are a wide layer for a batch.
type products[T kernel.Float] struct{ x, y, delta, w, wt, e *kernel.Matrix[T] }

func matrix[T kernel.Float](f func(k *kernel.Kernel[T], p *products[T]) func()) func(string, int) (runner, error) {
	return func(row string, _ int) (runner, error) {
		k, err := kernel.Get[T](row)
		if err != nil {
			return nil, err
		}
		const in, out = 784, 512
		return repeat(1, f(k, &products[T]{
			x: filled(k, batch, in, 1), y: filled(k, batch, out, 1), delta: filled(k, batch, out, 0.1),
			w: filled(k, in, out, 0.05), wt: filled(k, out, in, 0.05), e: filled(k, batch, in, 1),
		})), nil
	}
}

func forwardMatrix[T kernel.Float](k *kernel.Kernel[T], p *products[T]) func() {
	return func() { k.ForwardMatrix(p.y, p.x, p.w, nil, kernel.Sigmoid, 0, 1) }
}

func sendBackMatrix[T kernel.Float](k *kernel.Kernel[T], p *products[T]) func() {
	return func() { k.SendBackMatrix(p.e, p.e, p.delta, p.wt, p.x, kernel.Sigmoid, 0, 1) }
}

func updateMatrix[T kernel.Float](k *kernel.Kernel[T], p *products[T]) func() {
	return func() { k.UpdateMatrix(p.w, nil, p.x, p.delta, rate, true, true, 0, 1) }
}

func filled[T kernel.Float](k *kernel.Kernel[T], rows, columns int, scale float64) *kernel.Matrix[T] {
	m := k.NewMatrix(rows, columns)
	v := normals[T](rows*columns, scale)
	for i := range rows {
		m.SetRow(i, v[i*columns:][:columns])
	}
	return m
}

// normals returns numbers of the usual size, the same ones each time.
func normals[T kernel.Float](n int, scale float64) []T {
	r := rand.New(rand.NewPCG(104729, 50))
	v := make([]T, n)
	for i := range v {
		v[i] = T(scale * r.NormFloat64())
	}
	return v
}

// repeat runs f again and again, and looks at the context after so many times.
func repeat(look int, f func()) runner {
	return func(ctx context.Context, n int) (int, error) {
		for i := range n {
			if i%look == 0 && ctx.Err() != nil {
				return i, ctx.Err()
			}
			f()
		}
		return n, ctx.Err()
	}
}
