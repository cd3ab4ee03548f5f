// Package mlp trains multilayer perceptrons: fully connected layers, each a matrix of weights, perhaps biases, and an
// activation.
//
// A [Network] computes with one kernel, in float32 or float64, by the contract of package kernel. What it computes
// depends on its weights, the data, their order and the learning rate alone: not on the kernel, the machine or the
// number of threads. The package has no random numbers of its own; whoever calls it brings weights and order, or a source
// to draw them from.
//
// [Network.Train] trains online, in mini-batches or in full batches, [Network.Online] step by step in a given order;
// [Network.Predict] and [Network.Evaluate] use what was learned, [Network.Save] and [Network.Load] keep it. [TrainMany] and
// [EvaluateMany] do the same for many networks at once, each of which ends as it would alone.
package mlp

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/samebits/samebits/kernel"
)

// MaxWeights is the largest number of weights that a network may have, all layers together.
const MaxWeights = 1 << 26

// Config describes a network.
type Config struct {
	Layers      []int               // number of inputs, of each hidden layer's units, of outputs
	Activations []kernel.Activation // one for each layer but the inputs, or a single one for all of them
	Bias        bool                // whether the units have biases
}

// Check reports what is wrong with c: fewer than two layers, a layer without units, more than [MaxWeights] weights, a
// number of activations that does not fit, or an unknown activation.
func (c Config) Check() error {
	if len(c.Layers) < 2 {
		return errors.New("a network needs at least 2 layers, its inputs and its outputs")
	}
	weights := 0
	for i, n := range c.Layers {
		if n < 1 || n > MaxWeights {
			return fmt.Errorf("layer %d has %d units, want 1 to %d", i, n, MaxWeights)
		}
		if i > 0 {
			if n > (MaxWeights-weights)/c.Layers[i-1] {
				return fmt.Errorf("more than %d weights", MaxWeights)
			}
			weights += n * c.Layers[i-1]
		}
	}
	if n := len(c.Activations); n != 1 && n != len(c.Layers)-1 {
		return fmt.Errorf("%d activations for %d layers of weights, want 1 or %d", n, len(c.Layers)-1, len(c.Layers)-1)
	}
	for _, a := range c.Activations {
		if _, err := kernel.ParseActivation(a.String()); err != nil {
			return err
		}
	}
	return nil
}

// equal reports whether c and d describe the same network.
func (c Config) equal(d Config) bool {
	return slices.Equal(c.Layers, d.Layers) && slices.Equal(c.Activations, d.Activations) && c.Bias == d.Bias
}

func (c Config) clone() Config {
	c.Layers, c.Activations = slices.Clone(c.Layers), slices.Clone(c.Activations)
	return c
}

// Network is a network with its weights. Predict, Evaluate and what only reads (Weights, Biases, Save, Config and the sizes)
// may be called from several goroutines at once; what changes weights needs the network for itself.
//
// A network keeps its weights in one form and makes others when they are needed, which it then keeps too: panels for
// batches and prediction, and what online training works on.
type Network[T kernel.Float] struct {
	config Config
	kernel *kernel.Kernel[T]
	layers []layer[T]
	narrow bool       // whether predicting does better without panels
	online *online[T] // what Online needs, or nil before it is called

	watcher *watcher[T] // of the training, or nil

	lock   sync.Mutex  // of panels, which Predict makes when it needs them
	panels []panels[T] // the weights once more, for batches, or nil where they are not as in layers

	predictors sync.Pool // of *predictor[T]
	groups     sync.Pool // of *laneGroup[T], where this network is the first of many
}

// layer is one layer of weights. Rows are as long as the kernel likes them, with zeros at their ends; whatever is computed
// from the zeros is zero again.
type layer[T kernel.Float] struct {
	in, out    int
	stride     int // length of the rows, at least out
	activation kernel.Activation
	w          []T // [input][stride]
	b          []T // [stride], or empty
}

// New returns a network of zero weights that computes with k. It fails as [Config.Check].
func New[T kernel.Float](c Config, k *kernel.Kernel[T]) (*Network[T], error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	c = c.clone()
	n := &Network[T]{config: c, kernel: k, layers: make([]layer[T], len(c.Layers)-1)}
	for i := range n.layers {
		l := &n.layers[i]
		*l = layer[T]{in: c.Layers[i], out: c.Layers[i+1], activation: c.Activations[0]}
		if len(c.Activations) > 1 {
			l.activation = c.Activations[i]
		}
		above := 1
		if i+2 < len(c.Layers) {
			above = c.Layers[i+2]
		}
		l.stride = rowLength(l.out, max(l.in, above), k.Width())
		l.w = kernel.Aligned[T](l.in * l.stride)
		if c.Bias {
			l.b = kernel.Aligned[T](l.stride)
		}
	}
	n.narrow = n.isNarrow()
	return n, nil
}

// rowLength returns the length of so many rows of n elements: the next multiple of width, unless that would take more than
// [MaxWeights] elements in all, as it does where many rows are short.
func rowLength(n, rows, width int) int {
	if padded := (n + width - 1) / width * width; padded <= MaxWeights/rows {
		return padded
	}
	return n
}

func (n *Network[T]) sigmoidOnly() bool {
	for _, l := range n.layers {
		if l.activation != kernel.Sigmoid {
			return false
		}
	}
	return true
}

// Config returns the description that the network was made from.
func (n *Network[T]) Config() Config { return n.config.clone() }

// Inputs returns the number of values in a sample.
func (n *Network[T]) Inputs() int { return n.config.Layers[0] }

// Outputs returns the number of outputs.
func (n *Network[T]) Outputs() int { return n.config.Layers[len(n.config.Layers)-1] }

// Init draws the weights: N(0, 1/sqrt(inputs of the layer)), layer by layer, output by output, input by input. normal
// draws one number from N(0, deviation). Biases become zero.
func (n *Network[T]) Init(normal func(deviation float64) float64) {
	for i := range n.layers {
		l := &n.layers[i]
		deviation := 1 / math.Sqrt(float64(l.in))
		for j := range l.out {
			for k := range l.in {
				l.w[k*l.stride+j] = T(normal(deviation))
			}
		}
		clear(l.b)
	}
	n.changed()
}

// changed says that weights or biases are no longer what was made of them for other forms of training.
func (n *Network[T]) changed() {
	n.panels = nil
	if n.online != nil {
		n.online.turned = false
	}
}

// Layers returns the number of layers of weights.
func (n *Network[T]) Layers() int { return len(n.layers) }

// Weights returns a copy of the weights of layer i, counted from 0: a row of inputs for each output, row by row.
func (n *Network[T]) Weights(i int) []T {
	l := &n.layers[i]
	w := make([]T, 0, l.in*l.out)
	for j := range l.out {
		for k := range l.in {
			w = append(w, l.w[k*l.stride+j])
		}
	}
	return w
}

// SetWeights replaces the weights of layer i by w, laid out as [Network.Weights] returns them. It fails if their number
// is another, or if one is not finite.
func (n *Network[T]) SetWeights(i int, w []T) error {
	l := &n.layers[i]
	if len(w) != l.in*l.out {
		return fmt.Errorf("layer %d: %d weights, want %d", i, len(w), l.in*l.out)
	}
	if !kernel.Finite(w) {
		return fmt.Errorf("layer %d: a weight is not finite", i)
	}
	for j := range l.out {
		for k := range l.in {
			l.w[k*l.stride+j] = w[j*l.in+k]
		}
	}
	n.changed()
	return nil
}

// Biases returns a copy of the biases of layer i, which is empty in a network without biases.
func (n *Network[T]) Biases(i int) []T {
	l := &n.layers[i]
	return append([]T{}, l.b[:min(l.out, len(l.b))]...)
}

// SetBiases replaces the biases of layer i. It fails as SetWeights.
func (n *Network[T]) SetBiases(i int, b []T) error {
	l := &n.layers[i]
	if want := min(l.out, len(l.b)); len(b) != want {
		return fmt.Errorf("layer %d: %d biases, want %d", i, len(b), want)
	}
	if !kernel.Finite(b) {
		return fmt.Errorf("layer %d: a bias is not finite", i)
	}
	copy(l.b, b)
	n.changed()
	return nil
}
