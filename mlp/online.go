package mlp

import (
	"fmt"

	"github.com/samebits/samebits/kernel"
)

// Online trains by online gradient descent: for each index in order, one step on that sample of d, with the given
// learning rate. After the first call it allocates nothing unless it fails.
//
// It returns a *[Diverged] if a weight becomes infinite or not a number; the network then stands as it was before the
// step that did it. A call is not interrupted: whoever wants to stop in between makes several, which give the same bits.
func (n *Network[T]) Online(d *Data[T], order []int, rate T, rule Rule) error {
	if err := n.fits(d); err != nil {
		return err
	}
	if i := outside(order, d.Len()); i >= 0 {
		return fmt.Errorf("sample %d of %d", order[i], d.Len())
	}
	if len(order) == 0 {
		return nil
	}
	if n.online == nil {
		n.online = n.newOnline()
	}
	n.panels = nil
	n.save()
	n.steps(d, order, rate, rule)
	if n.broken() < 0 {
		return nil
	}
	// A weight that is not finite stays so: going over the steps again finds the first.
	n.restore()
	var err error
	n.unwatched(func() { err = n.retrace(d, order, rate, rule) })
	return err
}

// retrace does steps again, one by one, and stops before the one that breaks the weights.
func (n *Network[T]) retrace(d *Data[T], order []int, rate T, rule Rule) error {
	for s := range order {
		n.save()
		n.steps(d, order[s:s+1], rate, rule)
		if l := n.broken(); l >= 0 {
			n.restore()
			return &Diverged{Step: s, Layer: l}
		}
	}
	return ErrUnsteady
}

// online is what online training needs besides the weights.
type online[T kernel.Float] struct {
	layers []onlineLayer[T]
	turned bool            // whether the transposed weights agree with the weights
	tiny   *kernel.Tiny[T] // does the steps where the network is small enough, or nil
	undo   []T             // weights and biases before the running call of Online
}

// onlineLayer is the space for one layer. Rows are as long as those of the layer's weights.
type onlineLayer[T kernel.Float] struct {
	wt    []T    // [output][stride of the layer below]: the weights transposed, in all layers but the first
	y     [2][]T // [stride], outputs for the current sample and for the one before
	e     []T    // [stride], error of the outputs
	delta []T    // [stride]
}

func (n *Network[T]) newOnline() *online[T] {
	o := &online[T]{layers: make([]onlineLayer[T], len(n.layers))}
	total := 0
	for i := range n.layers {
		l, s := &n.layers[i], &o.layers[i]
		if i > 0 {
			s.wt = kernel.Aligned[T](l.out * n.layers[i-1].stride)
		}
		s.y = [2][]T{kernel.Aligned[T](l.stride), kernel.Aligned[T](l.stride)}
		s.e, s.delta = kernel.Aligned[T](l.stride), kernel.Aligned[T](l.stride)
		total += l.in*l.out + len(l.b)
	}
	o.undo = make([]T, total)
	if n.sigmoidOnly() && len(n.layers) == 2 {
		o.tiny = n.kernel.Tiny(n.layers[0].in, n.layers[0].out, n.layers[1].out)
	}
	return o
}

// steps trains on the samples of order, by the routine for tiny networks as far as that goes.
func (n *Network[T]) steps(d *Data[T], order []int, rate T, rule Rule) {
	tiny := n.online.tiny
	if tiny == nil || n.watcher != nil {
		n.pipeline(d, order, rate, rule)
		return
	}
	l1, l2 := &n.layers[0], &n.layers[1]
	for len(order) > 0 {
		tiny.Load(l1.w, l2.w, l1.stride, l2.stride, l1.b, l2.b)
		done := tiny.Train(d.x, d.label, d.targets, rate, n.config.Bias, rule == Notebook, order)
		tiny.Store(l1.w, l2.w, l1.stride, l2.stride, l1.b, l2.b)
		n.online.turned = false
		if order = order[done:]; len(order) > 0 {
			n.pipeline(d, order[:1], rate, rule)
			order = order[1:]
		}
	}
}

// pipeline does each step's update of the weights together with the next step's forward pass, so that the weights pass
// through the cache once. Only the transposed weights, which send errors back, are updated in the step itself.
func (n *Network[T]) pipeline(d *Data[T], order []int, rate T, rule Rule) {
	n.transpose()
	for s, i := range order {
		x, now, before := d.sample(i), s&1, s&1^1
		for j := range n.layers {
			l, o := &n.layers[j], &n.online.layers[j]
			if s == 0 {
				n.kernel.Forward(o.y[now], x, l.w, l.b, l.activation)
			} else {
				n.kernel.UpdateForward(o.y[now], l.w, l.b, o.delta, n.input(d, j, order[s-1], before), x, rate, l.activation)
				n.watcher.updated(s-1, n, j)
			}
			clear(o.y[now][l.out:])
			x = o.y[now][:l.out]
			n.watcher.values(s, Forward, j, order[s:s+1], x)
		}
		n.sendBack(d, order, s, rate, rule)
	}
	if s := len(order) - 1; s >= 0 {
		for j := range n.layers {
			l := &n.layers[j]
			n.kernel.Update(l.w, l.b, n.online.layers[j].delta, n.input(d, j, order[s], s&1), rate)
			n.watcher.updated(s, n, j)
		}
	}
	n.watcher.end(len(order))
}

// input returns what layer j took in for sample i, whose outputs are in place y of each layer.
func (n *Network[T]) input(d *Data[T], j, i, y int) []T {
	if j == 0 {
		return d.sample(i)
	}
	return n.online.layers[j-1].y[y][:n.layers[j-1].out]
}

// sendBack finds all layers' deltas for sample s of order. A layer's error is sent back by the weights that made it, before
// they are updated.
func (n *Network[T]) sendBack(d *Data[T], order []int, s int, rate T, rule Rule) {
	top, samples, now := len(n.layers)-1, order[s:s+1], s&1
	l, o := &n.layers[top], &n.online.layers[top]
	n.kernel.OutputError(o.e[:l.out], d.target(samples[0]), o.y[now][:l.out])
	n.watcher.values(s, OutputError, top, samples, o.e[:l.out])
	n.kernel.Delta(o.delta, o.e, o.y[now], l.activation)
	n.watcher.values(s, Delta, top, samples, o.delta[:l.out])
	for j := top; j > 0; j-- {
		out := n.layers[j].out
		l, o, below := &n.layers[j-1], &n.online.layers[j], &n.online.layers[j-1]
		back := o.delta
		if rule == Notebook {
			back = o.e
		}
		n.kernel.SendBackUpdate(below.e, o.wt, back[:out], o.delta[:out], below.y[now], rate)
		n.watcher.values(s, SentBack, j-1, samples, below.e[:l.out])
		n.kernel.Delta(below.delta, below.e, below.y[now], l.activation)
		n.watcher.values(s, Delta, j-1, samples, below.delta[:l.out])
	}
}

// transpose makes the transposed weights agree with the weights, where they do not.
func (n *Network[T]) transpose() {
	if n.online.turned {
		return
	}
	for i := 1; i < len(n.layers); i++ {
		l, wt, stride := &n.layers[i], n.online.layers[i].wt, n.layers[i-1].stride
		for j := range l.out {
			for k := range l.in {
				wt[j*stride+k] = l.w[k*l.stride+j]
			}
		}
	}
	n.online.turned = true
}

// save keeps the weights for restore.
func (n *Network[T]) save() {
	at := n.online.undo
	for i := range n.layers {
		l := &n.layers[i]
		for k := range l.in {
			at = at[copy(at, l.w[k*l.stride:][:l.out]):]
		}
		at = at[copy(at, l.b):]
	}
}

// restore brings the saved weights back. It clears the ends of rows too, where a weight that is not finite may have
// left its mark.
func (n *Network[T]) restore() {
	from := n.online.undo
	for i := range n.layers {
		l, o := &n.layers[i], &n.online.layers[i]
		clear(l.w)
		clear(o.wt)
		clear(o.e)
		clear(o.delta)
		for k := range l.in {
			from = from[copy(l.w[k*l.stride:][:l.out], from):]
		}
		from = from[copy(l.b, from):]
	}
	n.online.turned = false
}

// broken returns the lowest layer with a weight or bias that is not finite, or -1.
func (n *Network[T]) broken() int {
	for i := range n.layers {
		if !kernel.Finite(n.layers[i].w) || !kernel.Finite(n.layers[i].b) {
			return i
		}
	}
	return -1
}
