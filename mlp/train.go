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
	n.save()
	for _, i := range order {
		n.step(d, i, rate, rule)
	}
	if n.broken() < 0 {
		return nil
	}
	// A weight that is not finite stays so: going over the steps again finds the first.
	n.restore()
	for s, i := range order {
		n.save()
		n.step(d, i, rate, rule)
		if l := n.broken(); l >= 0 {
			n.restore()
			return &Diverged{Step: s, Layer: l}
		}
	}
	panic("mlp: the same steps gave other weights")
}

// step trains on sample i. A layer's error is sent back by the weights that made it, before they are updated.
func (n *Network[T]) step(d *Data[T], i int, rate T, rule Rule) {
	x := d.sample(i)
	input := x
	for j := range n.layers {
		l := &n.layers[j]
		n.kernel.Forward(l.y, input, l.w, l.b, l.activation)
		input = l.y
	}
	top := &n.layers[len(n.layers)-1]
	n.kernel.OutputError(top.e, d.target(i), top.y)
	for j := len(n.layers) - 1; j >= 0; j-- {
		l := &n.layers[j]
		n.kernel.Delta(l.delta, l.e, l.y, l.activation)
		input := x
		if j > 0 {
			below := &n.layers[j-1]
			back := l.delta
			if rule == Notebook {
				back = l.e
			}
			n.kernel.SendBack(below.e, l.w, back)
			input = below.y
		}
		n.kernel.Update(l.w, l.b, l.delta, input, rate)
	}
}

// save keeps the weights for restore.
func (n *Network[T]) save() {
	at := n.undo
	for i := range n.layers {
		l := &n.layers[i]
		at = at[copy(at, l.w):]
		at = at[copy(at, l.b):]
	}
}

func (n *Network[T]) restore() {
	from := n.undo
	for i := range n.layers {
		l := &n.layers[i]
		from = from[copy(l.w, from):]
		from = from[copy(l.b, from):]
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
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
