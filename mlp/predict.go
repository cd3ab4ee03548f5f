package mlp

import (
	"fmt"
	"sync"

	"github.com/samebits/samebits/kernel"
)

// Predict computes the outputs for all samples in x on the given number of threads: dst holds Outputs() values for each
// sample, x Inputs() values. A sample's outputs do not depend on the others, nor on the threads. It fails if the lengths
// do not fit or if there is less than one thread.
func (n *Network[T]) Predict(dst, x []T, threads int) error {
	in, out := n.Inputs(), n.Outputs()
	samples := len(x) / in
	if len(x) != samples*in || len(dst) != samples*out {
		return fmt.Errorf("%d values in and %d out, for samples of %d in and %d out", len(x), len(dst), in, out)
	}
	if threads < 1 {
		return fmt.Errorf("%d threads, want at least 1", threads)
	}
	threads = min(threads, max(samples, 1))
	var wg sync.WaitGroup
	for t := 1; t < threads; t++ {
		from, to := samples*t/threads, samples*(t+1)/threads
		wg.Go(func() { n.predict(dst[from*out:to*out], x[from*in:to*in]) })
	}
	n.predict(dst[:samples/threads*out], x[:samples/threads*in])
	wg.Wait()
	return nil
}

// The number of samples that go through the network side by side, and the most values that a layer of them may have.
const (
	maxBlock       = 64
	maxBlockValues = 1 << 20
)

// predict is Predict on this goroutine. It turns blocks of samples so that they lie side by side, and their outputs back.
func (n *Network[T]) predict(dst, x []T) {
	in, out := n.Inputs(), n.Outputs()
	widest := in
	for _, l := range n.layers {
		widest = max(widest, l.out)
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
	e := make([]T, d.classes)
	for i := range d.label {
		y, t := outputs[i*d.classes:][:d.classes], d.target(i)
		for j := range y {
			e[j] = t[j] - y[j]
		}
		s.Loss += float64(kernel.Loss(e))
		if kernel.Argmax(y) == d.label[i] {
			s.Correct++
		}
	}
	s.Loss /= float64(d.Len())
	return s, nil
}
