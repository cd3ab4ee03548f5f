package mlp

import (
	"fmt"

	"github.com/samebits/samebits/kernel"
)

// Rule says what a layer sends back to the one below it.
type Rule uint8

const (
	// Gradient sends back the deltas: gradient descent on the squared error.
	Gradient Rule = iota
	// Notebook sends back the errors themselves, without the slope of the activation: the tutorial's rule.
	Notebook
)

// Diverged is the error of a training whose weights are no longer finite.
type Diverged struct {
	Step  int // steps of the call that were right, so the index in order of the one that was not
	Layer int // layer of weights, counted from 0: the lowest that is not finite after that step
}

func (d *Diverged) Error() string {
	return fmt.Sprintf("step %d: the weights of layer %d are no longer finite; a smaller rate may help", d.Step, d.Layer)
}

// Online trains by online gradient descent: for each index in order, one step on that sample of d, with the given
// learning rate. It allocates nothing unless it fails.
//
// It returns a *[Diverged] if a weight becomes infinite or not a number; the network then stands as it was before the
// step that did it. A call is not interrupted: whoever wants to stop in between makes several, which give the same bits.
func (n *Network[T]) Online(d *Data[T], order []int, rate T, rule Rule) error {
	if err := n.fits(d); err != nil {
		return err
	}
	for _, i := range order {
		if i < 0 || i >= d.Len() {
			return fmt.Errorf("sample %d of %d", i, d.Len())
		}
	}
	if len(order) == 0 {
		return nil
	}
	n.save()
	n.steps(d, order, rate, rule)
	if n.broken() < 0 {
		return nil
	}
	// A weight that is not finite stays so: going over the steps again finds the first.
	n.restore()
	for s := range order {
		n.save()
		n.steps(d, order[s:s+1], rate, rule)
		if l := n.broken(); l >= 0 {
			n.restore()
			return &Diverged{Step: s, Layer: l}
		}
	}
	panic("mlp: the same steps gave other weights")
}

// steps trains on the samples of order, by the routine for tiny networks as far as that goes.
func (n *Network[T]) steps(d *Data[T], order []int, rate T, rule Rule) {
	if n.tiny == nil {
		n.pipeline(d, order, rate, rule)
		return
	}
	l1, l2 := &n.layers[0], &n.layers[1]
	for len(order) > 0 {
		n.tiny.Load(l1.w, l2.w, l1.stride, l2.stride, l1.b, l2.b)
		done := n.tiny.Train(d.x, d.label, d.targets, rate, n.config.Bias, rule == Notebook, order)
		n.tiny.Store(l1.w, l2.w, l1.stride, l2.stride, l1.b, l2.b)
		n.transpose(1)
		if order = order[done:]; len(order) > 0 {
			n.pipeline(d, order[:1], rate, rule)
			order = order[1:]
		}
	}
}

// pipeline does each step's update of the weights together with the next step's forward pass, so that the weights pass
// through the cache once. Only the transposed weights, which send errors back, are updated in the step itself.
func (n *Network[T]) pipeline(d *Data[T], order []int, rate T, rule Rule) {
	for s, i := range order {
		x, now, before := d.sample(i), s&1, s&1^1
		for j := range n.layers {
			l := &n.layers[j]
			if s == 0 {
				n.kernel.Forward(l.y[now], x, l.w, l.b, l.activation)
			} else {
				n.kernel.UpdateForward(l.y[now], l.w, l.b, l.delta, n.input(d, j, order[s-1], before), x, rate, l.activation)
			}
			clear(l.y[now][l.out:])
			x = l.y[now][:l.out]
		}
		n.sendBack(d, i, now, rate, rule)
	}
	if s := len(order) - 1; s >= 0 {
		for j := range n.layers {
			l := &n.layers[j]
			n.kernel.Update(l.w, l.b, l.delta, n.input(d, j, order[s], s&1), rate)
		}
	}
}

// input returns what layer j took in for sample i, whose outputs are in place y of each layer.
func (n *Network[T]) input(d *Data[T], j, i, y int) []T {
	if j == 0 {
		return d.sample(i)
	}
	below := &n.layers[j-1]
	return below.y[y][:below.out]
}

// sendBack finds all layers' deltas for sample i from the outputs in place y. A layer's error is sent back by the
// weights that made it, before they are updated.
func (n *Network[T]) sendBack(d *Data[T], i, y int, rate T, rule Rule) {
	top := &n.layers[len(n.layers)-1]
	n.kernel.OutputError(top.e[:top.out], d.target(i), top.y[y][:top.out])
	n.kernel.Delta(top.delta, top.e, top.y[y], top.activation)
	for j := len(n.layers) - 1; j > 0; j-- {
		l, below := &n.layers[j], &n.layers[j-1]
		back := l.delta
		if rule == Notebook {
			back = l.e
		}
		n.kernel.SendBackUpdate(below.e, l.wt, back[:l.out], l.delta[:l.out], below.y[y], rate)
		n.kernel.Delta(below.delta, below.e, below.y[y], below.activation)
	}
}

// save keeps the weights for restore.
func (n *Network[T]) save() {
	at := n.undo
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
	from := n.undo
	for i := range n.layers {
		l := &n.layers[i]
		clear(l.w)
		clear(l.wt)
		clear(l.e)
		clear(l.delta)
		for k := range l.in {
			from = from[copy(l.w[k*l.stride:][:l.out], from):]
		}
		from = from[copy(l.b, from):]
		n.transpose(i)
	}
}

// broken returns the lowest layer with a weight or bias that is not finite, or -1.
func (n *Network[T]) broken() int {
	for i := range n.layers {
		if !finite(n.layers[i].w) || !finite(n.layers[i].b) {
			return i
		}
	}
	return -1
}

// finite reports whether all values are: v-v is 0 for a finite v, and not a number otherwise.
func finite[T kernel.Float](values []T) bool {
	var a, b, c, d T // four sums, so that no addition waits for the one before
	for ; len(values) >= 4; values = values[4:] {
		a += values[0] - values[0]
		b += values[1] - values[1]
		c += values[2] - values[2]
		d += values[3] - values[3]
	}
	for _, v := range values {
		a += v - v
	}
	return a+b+(c+d) == 0
}
