package mlp

import (
	"context"
	"fmt"
	"runtime"
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
		const share = 1 << 20 // fmas for each thread
		threads = min(runtime.GOMAXPROCS(0), samples/(share/n.weights()+1))
	}
	threads = max(1, min(threads, samples))
	predict := n.predictPanels
	if n.narrow() {
		predict = n.predictNarrow
	}
	var wg sync.WaitGroup
	for t := 1; t < threads; t++ {
		from, to := samples*t/threads, samples*(t+1)/threads
		wg.Go(func() { predict(dst[from*out:to*out], x[from*in:to*in]) })
	}
	predict(dst[:samples/threads*out], x[:samples/threads*in])
	wg.Wait()
	return nil
}

// Evaluate compares the outputs for all samples of d with their targets, as [Data.Score] does, on the given number of
// threads, as [Network.Predict]. It fails if d does not fit the network, or if ctx is done before.
func (n *Network[T]) Evaluate(ctx context.Context, d *Data[T], threads int) (Score, error) {
	if err := n.fits(d); err != nil {
		return Score{}, err
	}
	const work = 1 << 26 // weights to go through between two looks at ctx
	block := max(1, min(d.Len(), max(maxPart*max(threads, 4), work/n.weights())))
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

// weights returns the number of weights.
func (n *Network[T]) weights() int {
	sum := 0
	for i := range n.layers {
		sum += n.layers[i].in * n.layers[i].out
	}
	return sum
}

// narrow reports whether the network is better computed with samples side by side than with outputs side by side: where
// the padding of the outputs would be more than a quarter of the work.
func (n *Network[T]) narrow() bool {
	work, padded := 0, 0
	for i := range n.layers {
		const activation = 20 // fmas that an activation takes the time of
		l := &n.layers[i]
		work += (l.in + activation) * l.out
		padded += (l.in + activation) * n.kernel.PaddedColumns(l.out)
	}
	return padded > work+work/4 || n.panelsFit() != nil
}

// predictPanels is Predict on this goroutine, through the panels of the weights.
func (n *Network[T]) predictPanels(dst, x []T) {
	in, out := n.Inputs(), n.Outputs()
	weights := n.inPanels()
	part := n.partOf(len(dst) / out)
	input := n.kernel.NewMatrix(part, in)
	y := make([]*kernel.Matrix[T], len(n.layers))
	for i := range y {
		y[i] = n.kernel.NewMatrix(part, n.layers[i].out)
	}
	for samples := len(dst) / out; samples > 0; samples -= part {
		part = min(part, samples)
		input.Resize(part)
		for s := range part {
			input.SetRow(s, x[s*in:][:in])
		}
		from := input
		for i := range y {
			y[i].Resize(part)
			n.kernel.ForwardMatrix(y[i], from, weights[i].w, weights[i].b, n.layers[i].activation, 0, 1)
			from = y[i]
		}
		for s := range part {
			from.Row(dst[s*out:][:out], s)
		}
		dst, x = dst[part*out:], x[part*in:]
	}
}

// The number of samples that go through a narrow network side by side, and the most values that a layer of them may have.
const (
	maxBlock       = 64
	maxBlockValues = 1 << 20
)

// predictNarrow is Predict on this goroutine, with the samples side by side. It turns blocks of samples so that they lie
// so, and their outputs back.
func (n *Network[T]) predictNarrow(dst, x []T) {
	in, out := n.Inputs(), n.Outputs()
	widest := in
	for i := range n.layers {
		widest = max(widest, n.layers[i].out)
	}
	block := max(1, min(maxBlock, len(dst)/out, maxBlockValues/widest))
	space := [2][]T{make([]T, widest*block), make([]T, widest*block)}
	for len(dst) > 0 {
		samples := min(block, len(dst)/out)
		input := space[0][:in*samples]
		turn(input, x, samples, in)
		for i := range n.layers {
			l := &n.layers[i]
			y := space[(i+1)%2][:l.out*samples]
			n.kernel.ForwardBatch(y, input, l.w, l.b[:min(l.out, len(l.b))], samples, l.activation)
			input = y
		}
		turn(dst, input, out, samples)
		dst, x = dst[samples*out:], x[samples*in:]
	}
}

// turn sets dst to the transpose of src, a matrix of rows x columns.
func turn[T kernel.Float](dst, src []T, rows, columns int) {
	for r := range rows {
		for c, v := range src[r*columns:][:columns] {
			dst[c*rows+r] = v
		}
	}
}

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
