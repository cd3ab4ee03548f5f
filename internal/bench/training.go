package bench

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// The networks of trainingEntries.
var (
	tiny   = []int{2, 2, 2}
	middle = []int{784, 200, 10}
	large  = []int{784, 512, 512, 10}
)

// trainingEntries are those that package mlp has of its own.
var trainingEntries = []entry{
	{"mlp", "Online/net=784-200-10/TYPE", false, onlineWork(middle), online[float32](middle), online[float64](middle)},
	{"mlp", "Online/net=2-2-2/TYPE", false, stepWork(tiny), online[float32](tiny), online[float64](tiny)},
	{"mlp", "Minibatch/net=784-512-512-10/batch=128/TYPE/THREADS", true, batchWork(large), minibatch[float32](large), minibatch[float64](large)},
	{"mlp", "Predict/net=784-200-10/TYPE/THREADS", true, predictWork(middle), predict[float32](middle), predict[float64](middle)},
	{"mlp", "Sweep/net=2-2-2/TYPE/runs=64", false, sweepWork(tiny), sweep[float32](tiny), sweep[float64](tiny)},
}

// online prepares online training; an operation is a step on one sample.
func online[T kernel.Float](layers []int) func(string, int) (runner, error) {
	return func(row string, _ int) (runner, error) {
		const samples, most = 100, 1000
		n, d, err := network[T](layers, samples, row)
		if err != nil {
			return nil, err
		}
		r := seeded(2)
		order := make([]int, most)
		for i := range order {
			order[i] = r.IntN(samples)
		}
		first := parameters(n)
		again := weights(layers) < 100 // such a network soon knows all there is to learn, and its sums grow for ever
		return func(ctx context.Context, steps int) (done int, err error) {
			for done < steps && ctx.Err() == nil {
				if again {
					if err := restore(n, first); err != nil {
						return done, err
					}
				}
				k := min(most, steps-done)
				if err := n.Online(d, order[:k], 0.01, mlp.Notebook); err != nil {
					return done, err
				}
				done += k
			}
			return done, ctx.Err()
		}, nil
	}
}

// minibatch prepares training in batches; an operation is one sample.
func minibatch[T kernel.Float](layers []int) func(string, int) (runner, error) {
	return func(row string, threads int) (runner, error) {
		n, d, err := network[T](layers, 8*batch, row)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, samples int) (int, error) {
			t := mlp.Training{Method: mlp.Minibatch, Batch: batch, Order: mlp.Sequential, Rate: 0.01, Threads: threads}
			t.Steps = (samples + batch - 1) / batch
			return t.Steps * batch, n.Train(ctx, d, t)
		}, nil
	}
}

// predict prepares the outputs for a data set; an operation is one sample.
func predict[T kernel.Float](layers []int) func(string, int) (runner, error) {
	return func(row string, threads int) (runner, error) {
		const samples = 1 << 10
		n, d, err := network[T](layers, samples, row)
		if err != nil {
			return nil, err
		}
		y := make([]T, samples*n.Outputs())
		return func(ctx context.Context, want int) (done int, err error) {
			for done < want && ctx.Err() == nil {
				if err := n.Predict(y, d.X(), threads); err != nil {
					return done, err
				}
				done += samples
			}
			return done, ctx.Err()
		}, nil
	}
}

// sweep prepares the training of many networks at once, each on samples of its own in an order of its own, on one thread;
// an operation is a step of one network, its part of the drawing and of setting the weights back included.
func sweep[T kernel.Float](layers []int) func(string, int) (runner, error) {
	return func(row string, _ int) (runner, error) {
		const runs, most, samples = 64, 1000, 1000
		networks, data, random := make([]*mlp.Network[T], runs), make([]*mlp.Data[T], runs), make([]mlp.Source, runs)
		first := make([][][]T, runs)
		for i := range runs {
			var err error
			if networks[i], data[i], err = network[T](layers, samples, row); err != nil {
				return nil, err
			}
			if i > 0 { // the same labels, other values
				if data[i], err = data[0].WithX(normals[float64](samples*layers[0], 1+float64(i)/runs)); err != nil {
					return nil, err
				}
			}
			random[i], first[i] = numpyrand.New(uint32(i)), parameters(networks[i])
		}
		return func(ctx context.Context, want int) (done int, err error) {
			for done < want && ctx.Err() == nil {
				for i, n := range networks {
					if err := restore(n, first[i]); err != nil {
						return done, err
					}
				}
				t := mlp.Training{Order: mlp.Random, Rate: 0.01, Rule: mlp.Notebook, Threads: 1, Steps: min(most, (want-done+runs-1)/runs)}
				errs, err := mlp.TrainMany(ctx, networks, data, random, t)
				if err := errors.Join(append(errs, err)...); err != nil {
					return done, err
				}
				done += runs * t.Steps
			}
			return done, ctx.Err()
		}, nil
	}
}

// network returns a network of sigmoids with weights of the usual size, and samples for it.
func network[T kernel.Float](layers []int, samples int, row string) (*mlp.Network[T], *mlp.Data[T], error) {
	k, err := kernel.Get[T](row)
	if err != nil {
		return nil, nil, err
	}
	n, err := mlp.New(mlp.Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}}, k)
	if err != nil {
		return nil, nil, err
	}
	r := seeded(1)
	n.Init(func(deviation float64) float64 { return deviation * r.NormFloat64() })
	x, label := make([]float64, samples*layers[0]), make([]int, samples)
	for i := range x {
		x[i] = 2 * (2*r.Float64() - 1)
	}
	for i := range label {
		label[i] = r.IntN(n.Outputs())
	}
	d, err := mlp.NewData[T](x, label, layers[0], n.Outputs(), 0.01, 0.99)
	return n, d, err
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func parameters[T kernel.Float](n *mlp.Network[T]) (w [][]T) {
	for i := range n.Layers() {
		w = append(w, n.Weights(i))
	}
	return w
}

func restore[T kernel.Float](n *mlp.Network[T], w [][]T) error {
	for i := range w {
		if err := n.SetWeights(i, w[i]); err != nil {
			return err
		}
	}
	return nil
}
