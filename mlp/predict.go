package mlp

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/samebits/samebits/kernel"
)

// Predict computes the outputs for all samples in x on the given number of threads, or with 0 on as many of GOMAXPROCS as
// the work is worth: dst holds Outputs() values for each sample, x Inputs() values. A sample's outputs do not depend on
// the others, nor on the threads. It fails if the lengths do not fit or if there are less than 0 threads.
func (n *Network[T]) Predict(dst, x []T, threads int) error {
	in, out := n.Inputs(), n.Outputs()
	samples := len(x) / in
	if len(x) != samples*in || len(dst) != samples*out {
		return fmt.Errorf("%d values in and %d out, for samples of %d in and %d out", len(x), len(dst), in, out)
	}
	if threads < 0 || threads > maxThreads {
		return fmt.Errorf("%d threads, want 0 to %d", threads, maxThreads)
	}
	if threads == 0 {
		threads = n.config.Threads(samples)
	}
	threads = max(1, min(threads, samples))
	predict := n.predictPanels
	if n.narrow {
		predict = n.predictNarrow
	}
	var wg sync.WaitGroup
	for t := 1; t < threads; t++ {
		from, to := cut(samples, t, threads), cut(samples, t+1, threads)
		wg.Go(func() { predict(dst[from*out:to*out], x[from*in:to*in]) })
	}
	first := cut(samples, 1, threads)
	predict(dst[:first*out], x[:first*in])
	wg.Wait()
	return nil
}

// Evaluate compares the outputs for all samples of d with their targets, as [Data.Score] does, on the given number of
// threads, as [Network.Predict]. It fails if d does not fit the network, or if ctx is done before.
func (n *Network[T]) Evaluate(ctx context.Context, d *Data[T], threads int) (Score, error) {
	if err := n.fits(d); err != nil {
		return Score{}, err
	}
	const work, values = 1 << 26, 1 << 20 // weights to go through between two looks at ctx, and outputs to keep
	block := max(work/n.config.weights(), maxPart*max(threads, runtime.GOMAXPROCS(0)))
	block = max(1, min(block, d.Len(), values/n.Outputs()))
	outputs := make([]T, block*n.Outputs())
	var s Score
	for from := 0; from < d.Len(); from += block {
		if err := ctx.Err(); err != nil {
			return Score{}, err
		}
		to := min(from+block, d.Len())
		y := outputs[:(to-from)*n.Outputs()]
		if err := n.Predict(y, d.x[from*d.features:to*d.features], threads); err != nil {
			return Score{}, err
		}
		d.score(&s, from, y)
	}
	s.Loss /= float64(d.Len())
	return s, nil
}

// isNarrow reports whether the network is better computed with samples side by side than with outputs side by side: where
// the padding of the outputs would be more than a quarter of the work.
func (n *Network[T]) isNarrow() bool {
	work, padded := 0, 0
	for i := range n.layers {
		const activation = 20 // fmas that an activation takes the time of
		l := &n.layers[i]
		work += (l.in + activation) * l.out
		padded += (l.in + activation) * n.kernel.PaddedColumns(l.out)
	}
	return padded > work+work/4 || n.panelsFit() != nil
}

// predictor is the space that a goroutine needs for predicting: matrices for a network in panels, rows of samples side by
// side for a narrow one.
type predictor[T kernel.Float] struct {
	x     *kernel.Matrix[T]
	y     []*kernel.Matrix[T] // of each layer
	space [2][]T
}

// predictor returns one that nobody else uses. It goes back to n.predictors.
func (n *Network[T]) predictor() *predictor[T] {
	if p, ok := n.predictors.Get().(*predictor[T]); ok {
		return p
	}
	p := &predictor[T]{}
	if n.narrow {
		block := n.blockOf(maxBlock) * n.widest()
		p.space = [2][]T{kernel.Aligned[T](block), kernel.Aligned[T](block)}
		return p
	}
	part := n.partOf(maxPart)
	p.x = n.kernel.NewMatrix(part, n.Inputs())
	for i := range n.layers {
		p.y = append(p.y, n.kernel.NewMatrix(part, n.layers[i].out))
	}
	return p
}

// predictPanels is Predict on this goroutine, through the panels of the weights.
func (n *Network[T]) predictPanels(dst, x []T) {
	in, out := n.Inputs(), n.Outputs()
	weights, p := n.inPanels(), n.predictor()
	defer n.predictors.Put(p)
	for samples := len(dst) / out; samples > 0; {
		part := n.partOf(samples)
		p.x.Resize(part)
		for s := range part {
			p.x.SetRow(s, x[s*in:][:in])
		}
		y := p.x
		for i := range p.y {
			p.y[i].Resize(part)
			n.kernel.ForwardMatrix(p.y[i], y, weights[i].w, weights[i].b, n.layers[i].activation, 0, 1)
			y = p.y[i]
		}
		for s := range part {
			y.Row(dst[s*out:][:out], s)
		}
		dst, x, samples = dst[part*out:], x[part*in:], samples-part
	}
}

// The number of samples that go through a narrow network side by side, and the values that a layer of them should have at
// most, so that the nearest cache holds them.
const (
	maxBlock       = 512
	maxBlockValues = 1 << 11
)

// blockOf returns how many of so many samples to take through a narrow network at a time.
func (n *Network[T]) blockOf(samples int) int {
	widest := n.widest()
	return max(1, min(samples, max(min(maxBlock, maxBlockValues/widest), min(64, maxPartValues/widest))))
}

// predictNarrow is Predict on this goroutine, with the samples side by side. It turns blocks of samples so that they lie
// so, and their outputs back.
func (n *Network[T]) predictNarrow(dst, x []T) {
	in, out := n.Inputs(), n.Outputs()
	p := n.predictor()
	defer n.predictors.Put(p)
	for len(dst) > 0 {
		samples := n.blockOf(len(dst) / out)
		input := p.space[0][:in*samples]
		n.kernel.Transpose(input, x[:in*samples], samples, in)
		for i := range n.layers {
			l := &n.layers[i]
			y := p.space[(i+1)%2][:l.out*samples]
			n.kernel.ForwardBatch(y, input, l.w, l.b[:min(l.out, len(l.b))], samples, l.activation)
			input = y
		}
		n.kernel.Transpose(dst[:samples*out], input, out, samples)
		dst, x = dst[samples*out:], x[samples*in:]
	}
}

// widest returns the largest number of values in a layer.
func (n *Network[T]) widest() int { return slices.Max(n.config.Layers) }

// Score is how well outputs fit their targets.
type Score struct {
	Loss    float64 // mean over the samples of the sum of squared errors
	Correct int     // samples whose largest output is that of their class, the lowest index winning a tie
}

// Score compares outputs, as Predict gives them for d's samples, with d's targets. A sample's loss is computed in T;
// losses are added in float64, in sample order.
func (d *Data[T]) Score(outputs []T) (Score, error) {
	if len(outputs) != d.Len()*d.classes {
		return Score{}, fmt.Errorf("%d outputs for %d samples of %d classes", len(outputs), d.Len(), d.classes)
	}
	var s Score
	d.score(&s, 0, outputs)
	s.Loss /= float64(d.Len())
	return s, nil
}

// score adds the losses and the right answers of the samples from from on to s.
func (d *Data[T]) score(s *Score, from int, outputs []T) {
	e := make([]T, d.classes)
	for len(outputs) > 0 {
		y, t := outputs[:d.classes], d.target(from)
		for j := range y {
			e[j] = t[j] - y[j]
		}
		s.Loss += float64(kernel.Loss(e))
		if kernel.Argmax(y) == d.label[from] {
			s.Correct++
		}
		from++
		outputs = outputs[d.classes:]
	}
}
