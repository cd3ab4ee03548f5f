package mlp

import (
	"fmt"

	"github.com/samebits/samebits/kernel"
)

// Phase is a part of a step, in the order in which they come.
type Phase uint8

const (
	Forward     Phase = iota // a layer's outputs
	OutputError              // of the last layer: targets less outputs
	SentBack                 // error that a layer's outputs get from the layer above
	Delta                    // the error by the slope of the activation
	Update                   // a layer's weights and biases after the step
)

var phaseNames = [...]string{"forward", "output error", "error sent back", "delta", "update"}

func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return fmt.Sprintf("phase %d", uint8(p))
}

// errorPhase is the phase in which a layer of so many gets its error.
func errorPhase(layer, layers int) Phase {
	if layer == layers-1 {
		return OutputError
	}
	return SentBack
}

// Seen is what a phase gave in one layer.
type Seen[T kernel.Float] struct {
	Step    int // counted from the call of Watch
	Phase   Phase
	Layer   int   // of weights, counted from 0
	Samples []int // indices in the data, in the order in which the step takes them; some of the batch at a time; none for Update

	// Values holds a row of the layer's units for each sample. For Update it holds the weights as [Network.Weights] has
	// them, then the biases.
	Values []T
}

// Watch makes n call see with what the steps of further calls of Train and Online compute, as soon as it is computed,
// until Watch is called with nil. What see gets is good until it returns; the network's weights are then, but for
// Update, those that the phase started from. TrainMany does not tell what it does to n.
//
// The results are the same watched or not, unless a kernel is wrong: tiny networks are then trained by the routines for all
// sizes.
func (n *Network[T]) Watch(see func(Seen[T])) {
	n.watcher = nil
	if see != nil {
		n.watcher = &watcher[T]{see: see}
	}
}

// watcher tells what steps compute. A nil one is told of nothing.
type watcher[T kernel.Float] struct {
	see  func(Seen[T])
	done int // steps before those of the running call
}

// values tells of a phase of a step of the running call.
func (w *watcher[T]) values(step int, p Phase, layer int, samples []int, values []T) {
	if w != nil {
		w.see(Seen[T]{w.done + step, p, layer, samples, values})
	}
}

// updated tells of the weights and biases of a layer of n.
func (w *watcher[T]) updated(step int, n *Network[T], layer int) {
	if w != nil {
		w.values(step, Update, layer, nil, append(n.Weights(layer), n.Biases(layer)...))
	}
}

// matrix tells of a phase of a batch, which is the only step of its call.
func (w *watcher[T]) matrix(p Phase, layer int, samples []int, m *kernel.Matrix[T], columns int) {
	if w == nil {
		return
	}
	values := make([]T, len(samples)*columns)
	for i := range samples {
		m.Row(values[i*columns:][:columns], i)
	}
	w.values(0, p, layer, samples, values)
}

// end ends a call that did so many steps.
func (w *watcher[T]) end(steps int) {
	if w != nil {
		w.done += steps
	}
}

// unwatched does what a call did once already.
func (n *Network[T]) unwatched(again func()) {
	w := n.watcher
	n.watcher = nil
	again()
	n.watcher = w
}
