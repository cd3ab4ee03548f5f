package mlp

import (
	"context"
	"fmt"

	"github.com/samebits/samebits/kernel"
)

// A batch's samples go through the network side by side, so many at a time that the cache holds what is between layers.
// The gradient's sums go on from one part of a batch to the next.
const (
	maxPart       = 128
	maxPartValues = 1 << 24 // of one layer, before padding to the tile's rows
	maxPanels     = 1 << 27 // elements of one layer's weights with their padding
)

// panels is a layer's weights as the products of batches take them.
type panels[T kernel.Float] struct {
	w *kernel.Matrix[T] // [input][output]
	b *kernel.Matrix[T] // one row, or nil
}

// inPanels returns the weights as panels, which it makes if they are not there. It may be called from several goroutines.
func (n *Network[T]) inPanels() []panels[T] {
	n.lock.Lock()
	defer n.lock.Unlock()
	if n.panels == nil {
		p := make([]panels[T], len(n.layers))
		for i := range n.layers {
			l := &n.layers[i]
			p[i].w = n.kernel.NewMatrix(l.in, l.out)
			if len(l.b) > 0 {
				p[i].b = n.kernel.NewMatrix(1, l.out)
			}
		}
		n.load(p)
		n.panels = p
	}
	return n.panels
}

// load makes p agree with the weights.
func (n *Network[T]) load(p []panels[T]) {
	for i := range n.layers {
		l := &n.layers[i]
		for k := range l.in {
			p[i].w.SetRow(k, l.w[k*l.stride:][:l.out])
		}
		if p[i].b != nil {
			p[i].b.SetRow(0, l.b[:l.out])
		}
	}
}

// store makes the weights agree with p.
func (n *Network[T]) store(p []panels[T]) {
	n.changed()
	for i := range n.layers {
		l := &n.layers[i]
		for k := range l.in {
			p[i].w.Row(l.w[k*l.stride:][:l.out], k)
		}
		if p[i].b != nil {
			p[i].b.Row(l.b[:l.out], 0)
		}
	}
	n.panels = p
}

// panelsFit reports whether the weights may be had as panels, or which layer is too narrow for that.
func (n *Network[T]) panelsFit() error {
	for i := range n.layers {
		l := &n.layers[i]
		if n.kernel.MatrixSize(l.in, l.out, maxPanels) > maxPanels {
			return fmt.Errorf("layer %d, %d inputs and %d outputs, is too narrow for batches: with their padding its weights would take more than %d values; train online",
				i, l.in, l.out, maxPanels)
		}
	}
	return nil
}

// partOf returns how many of so many samples to take at a time.
func (n *Network[T]) partOf(samples int) int {
	return max(1, min(samples, maxPart, maxPartValues/n.widest()))
}

// cut returns where share i of so many begins, and the one before it ends, when n things are shared out.
func cut(n, i, shares int) int { return n/shares*i + min(i, n%shares) }

// batcher trains a network in batches. The panels are what it works on; the network's weights keep what they were before,
// until store.
type batcher[T kernel.Float] struct {
	network *Network[T]
	kernel  *kernel.Kernel[T]
	pool    *pool
	part    int // most samples at a time
	layers  []batchLayer[T]
	panels  []panels[T]
	x       *kernel.Matrix[T] // [sample][feature]
	targets *kernel.Matrix[T] // [sample][output]
	ones    *kernel.Matrix[T] // [sample][1], the biases' input, or nil

	// The part that is under way, for the tasks of the pool.
	data       *Data[T]
	samples    []int
	rate       T    // over the batch
	begin, end bool // whether the part is the batch's first, and its last
	turned     bool // whether the transposed weights agree with the weights
	gather     func(share, shares int)
	forward    []func(share, shares int) // for each layer
	sendBack   []func(share, shares int) // for each layer, the errors of its outputs
	update     func(share, shares int)

	log []int // samples of the steps since the weights were stored
	cut []int // ends of the steps in log
}

// batchLayer is the space for one layer.
type batchLayer[T kernel.Float] struct {
	w, b, wt *kernel.Matrix[T] // b is nil without biases, wt in the first layer
	in       *kernel.Matrix[T] // [sample][input]: the outputs of the layer below
	y, delta *kernel.Matrix[T] // [sample][output]
	e        *kernel.Matrix[T] // [sample][output]: delta itself where the errors are not needed
	back     *kernel.Matrix[T] // what is sent back: e or delta
	g, gb    *kernel.Matrix[T] // sums of the gradient between two parts, or nil where a batch is one part
}

// newBatcher returns a batcher for batches of at most so many samples. It must be closed.
func (n *Network[T]) newBatcher(samples int, rule Rule, threads int) (*batcher[T], error) {
	if err := n.panelsFit(); err != nil {
		return nil, err
	}
	k := n.kernel
	b := &batcher[T]{network: n, kernel: k, part: n.partOf(samples), panels: n.inPanels(), layers: make([]batchLayer[T], len(n.layers))}
	b.x = k.NewMatrix(b.part, n.Inputs())
	b.targets = k.NewMatrix(b.part, n.Outputs())
	if n.config.Bias {
		b.ones = k.NewMatrix(b.part, 1)
		b.fillOnes()
	}
	in := b.x
	for i := range b.layers {
		source, l := &n.layers[i], &b.layers[i]
		*l = batchLayer[T]{w: b.panels[i].w, b: b.panels[i].b, in: in, y: k.NewMatrix(b.part, source.out), delta: k.NewMatrix(b.part, source.out)}
		l.e, l.back = l.delta, l.delta
		if i > 0 {
			l.wt = k.NewMatrix(source.out, source.in)
		}
		if i > 0 && rule == Notebook || n.watcher != nil {
			l.e = k.NewMatrix(b.part, source.out)
		}
		if rule == Notebook {
			l.back = l.e
		}
		if samples > b.part {
			l.g = k.NewMatrix(source.in, source.out)
			if l.b != nil {
				l.gb = k.NewMatrix(1, source.out)
			}
		}
		in = l.y
	}
	b.makeTasks()
	b.pool = newPool(threads)
	return b, nil
}

func (b *batcher[T]) close() { b.pool.close() }

// steps trains on up to count batches of d, which next gives, and returns how many; it stops early if ctx is done.
func (b *batcher[T]) steps(ctx context.Context, d *Data[T], count int, next func() ([]int, error), rate float64) (int, error) {
	b.log, b.cut = b.log[:0], b.cut[:0]
	var failed error
	for range count {
		if ctx.Err() != nil {
			break
		}
		var samples []int
		if samples, failed = next(); failed != nil {
			break
		}
		b.log = append(b.log, samples...)
		b.cut = append(b.cut, len(b.log))
		b.step(d, samples, rate)
		if !b.layers[len(b.layers)-1].delta.Finite() {
			break
		}
	}
	if b.broken() >= 0 {
		done, err := 0, error(nil)
		b.network.unwatched(func() { done, err = b.retrace(ctx, d, rate) })
		return done, err
	}
	b.network.store(b.panels)
	if len(b.cut) > 0 {
		b.sawUpdate()
	}
	return len(b.cut), failed
}

// retrace does the steps of the log again, from the weights before them, and stops before the one that breaks them, or
// early with the error of ctx.
func (b *batcher[T]) retrace(ctx context.Context, d *Data[T], rate float64) (int, error) {
	from := 0
	for s, to := range b.cut {
		b.network.load(b.panels)
		if err := ctx.Err(); err != nil {
			return s, err
		}
		b.step(d, b.log[from:to], rate)
		if l := b.broken(); l >= 0 {
			b.network.load(b.panels)
			return s, &Diverged{Step: s, Layer: l}
		}
		b.network.store(b.panels)
		from = to
	}
	return len(b.cut), ErrUnsteady
}

// broken returns the lowest layer with a weight or bias that is not finite, or -1.
func (b *batcher[T]) broken() int {
	for i := range b.layers {
		l := &b.layers[i]
		if !l.w.Finite() || l.b != nil && !l.b.Finite() {
			return i
		}
	}
	return -1
}

// step does one step, on all the given samples of d.
func (b *batcher[T]) step(d *Data[T], samples []int, rate float64) {
	b.data, b.rate = d, T(rate/float64(len(samples)))
	parts := (len(samples) + b.part - 1) / b.part
	for i := range parts {
		b.samples = samples[cut(len(samples), i, parts):cut(len(samples), i+1, parts)]
		b.begin, b.end = i == 0, i == parts-1
		b.resize(len(b.samples))
		b.pool.do(b.gather)
		b.turned = true
		for j, task := range b.forward {
			b.pool.do(task)
			b.saw(Forward, j, b.layers[j].y)
		}
		for j := len(b.layers) - 1; j >= 0; j-- {
			b.pool.do(b.sendBack[j])
			b.saw(errorPhase(j, len(b.layers)), j, b.layers[j].e)
			b.saw(Delta, j, b.layers[j].delta)
		}
		b.pool.do(b.update)
	}
	b.turned = false
}

// saw tells the network's watcher of a phase of the part that is under way.
func (b *batcher[T]) saw(p Phase, layer int, m *kernel.Matrix[T]) {
	b.network.watcher.matrix(p, layer, b.samples, m, b.network.layers[layer].out)
}

// sawUpdate tells it of the weights after the step.
func (b *batcher[T]) sawUpdate() {
	w := b.network.watcher
	for i := range b.layers {
		w.updated(0, b.network, i)
	}
	w.end(1)
}

func (b *batcher[T]) resize(samples int) {
	if b.x.Rows() == samples {
		return
	}
	b.x.Resize(samples)
	b.targets.Resize(samples)
	if b.ones != nil {
		b.ones.Resize(samples)
		b.fillOnes()
	}
	for i := range b.layers {
		l := &b.layers[i]
		l.y.Resize(samples)
		l.delta.Resize(samples)
		l.e.Resize(samples)
	}
}

func (b *batcher[T]) fillOnes() {
	for i := range b.ones.Rows() {
		b.ones.SetRow(i, []T{1})
	}
}

// makeTasks makes what the pool shares out, once, so that a step allocates nothing.
func (b *batcher[T]) makeTasks() {
	k, top := b.kernel, len(b.layers)-1
	b.gather = func(share, shares int) {
		n := len(b.samples)
		for s := cut(n, share, shares); s < cut(n, share+1, shares); s++ {
			b.x.SetRow(s, b.data.sample(b.samples[s]))
			b.targets.SetRow(s, b.data.target(b.samples[s]))
		}
		if !b.turned {
			for i := 1; i <= top; i++ {
				k.TransposeMatrix(b.layers[i].wt, b.layers[i].w, share, shares)
			}
		}
	}
	for i := range b.layers {
		l, act := &b.layers[i], b.network.layers[i].activation
		b.forward = append(b.forward, func(share, shares int) {
			k.ForwardMatrix(l.y, l.in, l.w, l.b, act, share, shares)
		})
		b.sendBack = append(b.sendBack, func(share, shares int) {
			if i == top {
				k.ErrorMatrix(l.e, l.delta, b.targets, l.y, act, share, shares)
			} else {
				k.SendBackMatrix(l.e, l.delta, b.layers[i+1].back, b.layers[i+1].wt, l.y, act, share, shares)
			}
		})
	}
	b.update = func(share, shares int) {
		for i := range b.layers {
			l := &b.layers[i]
			k.UpdateMatrix(l.w, l.g, l.in, l.delta, b.rate, b.begin, b.end, share, shares)
			if l.b != nil {
				k.UpdateMatrix(l.b, l.gb, b.ones, l.delta, b.rate, b.begin, b.end, share, shares)
			}
		}
	}
}
