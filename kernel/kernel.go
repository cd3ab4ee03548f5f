package kernel

import (
	"fmt"
	"slices"
)

// Float is the set of element types.
type Float interface{ float32 | float64 }

// Activation is the function that a layer applies to its sums.
type Activation uint8

// The activations, y = f(z):
//
//	Identity  y = z
//	Sigmoid   y = 1/(1+exp(-z))
//	Tanh      y = tanh(z)
//	ReLU      y = z where z > 0, else +0 (a NaN becomes +0)
const (
	Identity Activation = iota
	Sigmoid
	Tanh
	ReLU
)

var activationNames = [...]string{"identity", "sigmoid", "tanh", "relu"}

// ActivationNames lists the activations' names as [ParseActivation] takes them.
func ActivationNames() []string { return slices.Clone(activationNames[:]) }

// ParseActivation returns the activation of that name.
func ParseActivation(name string) (Activation, error) {
	for i, n := range activationNames {
		if n == name {
			return Activation(i), nil
		}
	}
	return 0, fmt.Errorf("unknown activation %q", name)
}

// String returns the activation's name.
func (a Activation) String() string {
	if int(a) < len(activationNames) {
		return activationNames[a]
	}
	return fmt.Sprintf("Activation(%d)", uint8(a))
}

// Panics of the exported operations. They are programming errors: whoever reads sizes from a file checks them first.
const (
	badWeights    = "kernel: length of w does not fit the numbers of inputs and outputs"
	badBias       = "kernel: length of b is neither 0 nor the number of outputs"
	badLength     = "kernel: slices differ in length"
	badBatch      = "kernel: length of x or y is not a multiple of the number of samples"
	badActivation = "kernel: unknown activation"
	badSample     = "kernel: no such sample or label"
	badMatrix     = "kernel: a matrix of another kernel or of a size that does not fit"
	badTranspose  = "kernel: lengths of dst and src do not fit the numbers of rows and columns"
	badLane       = "kernel: no such lane"
	badShare      = "kernel: no such share"
)

// Kernel is one row's set of operations for the element type T. Its methods are safe for concurrent use on different
// destinations. A destination must not overlap an operand, except that element-wise operations may work in place.
//
// Shapes: a layer has K inputs and J outputs; its weights are W[input][output], K rows of J, in one slice. Its transposed
// weights are the same numbers as J rows of K.
type Kernel[T Float] struct {
	name  string
	width int

	forward        func(y, x, w, b []T, act Activation)
	forwardBatch   func(y, x, w, b []T, n int, act Activation)
	update         func(w, b, delta, x []T, rate T)
	updateForward  func(y, w, b, delta, last, x []T, rate T, act Activation)
	sendBackUpdate func(g, wt, v, delta, x []T, rate T)
	delta          func(delta, e, y []T, act Activation)
	activate       func(dst, z []T, act Activation)
	exp            func(dst, x []T)
	split          func(even, odd, pairs []T)
	join           func(pairs, even, odd []T)
	tiny           func(t *tinyState[T], order *int, n int) int // nil if the row has no such routine
	products       *products[T]
	lanes          *lanesRoutines[T]
}

// Name returns the row's name.
func (k *Kernel[T]) Name() string { return k.name }

// Width returns the number of elements that the row likes lengths to be a multiple of. Any length is right; a multiple
// that starts at an address of 64 bytes is fastest.
func (k *Kernel[T]) Width() int { return k.width }

// Forward sets y[j] = act(z[j]), with the chain
//
//	z[j] = b[j]                          // +0 where b is empty
//	z[j] = fma(w[k*J+j], x[k], z[j])     // k = 0 .. K-1
//
// y has J elements, x has K, w has K*J, b has J or none.
//
// With transposed weights, v for x and Identity it gives the error that a layer sends back to its inputs,
// g[k] = fma(w[k*J+j], v[j], g[k]) from g[k] = +0.
func (k *Kernel[T]) Forward(y, x, w, b []T, act Activation) {
	checkLayer(len(x), len(y), len(w), len(b))
	checkActivation(act)
	k.forward(y, x, w, b, act)
}

// ForwardBatch is Forward for n samples side by side: x is X[input][sample], K rows of n, and y is Y[output][sample], J
// rows of n. Each sample's result is that of Forward. The rows of w may be longer than J, all by the same number of
// elements, which are not read.
func (k *Kernel[T]) ForwardBatch(y, x, w, b []T, n int, act Activation) {
	if n <= 0 || len(x)%n != 0 || len(y)%n != 0 {
		panic(badBatch)
	}
	inputs, outputs := len(x)/n, len(y)/n
	rowLength(len(w), inputs, outputs)
	checkBias(len(b), outputs)
	checkActivation(act)
	k.forwardBatch(y, x, w, b, n, act)
}

// Update moves the weights by the gradient of one sample, and the biases as weights of an input that is 1:
//
//	w[k*J+j] = fma(rate, fma(delta[j], x[k], +0), w[k*J+j])
//
// x has K elements, delta has J, w has K*J, b has J or none.
func (k *Kernel[T]) Update(w, b, delta, x []T, rate T) {
	checkLayer(len(x), len(delta), len(w), len(b))
	k.update(w, b, delta, x, rate)
}

// UpdateForward is Update for the last sample, then Forward for the next one, x, in one pass over the weights.
func (k *Kernel[T]) UpdateForward(y, w, b, delta, last, x []T, rate T, act Activation) {
	checkLayer(len(x), len(y), len(w), len(b))
	checkSame(len(y), len(delta), len(delta))
	checkSame(len(x), len(last), len(last))
	checkActivation(act)
	k.updateForward(y, w, b, delta, last, x, rate, act)
}

// SendBackUpdate sets g to the error that a layer sends back to its inputs, by the weights before their update, and
// updates them, in one pass over the transposed weights wt (J rows of K):
//
//	g[k] = +0
//	g[k] = fma(wt[j*K+k], v[j], g[k])                                // j = 0 .. J-1
//	wt[j*K+k] = fma(rate, fma(delta[j], x[k], +0), wt[j*K+k])
//
// g and x have K elements, v and delta have J.
func (k *Kernel[T]) SendBackUpdate(g, wt, v, delta, x []T, rate T) {
	checkLayer(len(v), len(g), len(wt), 0)
	checkSame(len(v), len(delta), len(delta))
	checkSame(len(g), len(x), len(x))
	k.sendBackUpdate(g, wt, v, delta, x, rate)
}

// OutputError sets e[j] = t[j] - y[j]: what the output y lacks to the target t.
func (k *Kernel[T]) OutputError(e, t, y []T) {
	checkSame(len(e), len(t), len(y))
	t, y = t[:len(e)], y[:len(e)]
	for j := range e {
		e[j] = t[j] - y[j]
	}
}

// Delta sets delta[j] to the error e[j] times the slope of the activation, taken from its value y[j]:
//
//	Sigmoid   (e*y) * (1-y)
//	Tanh      e * fma(-y, y, 1)
//	ReLU      e where y > 0, else +0
//	Identity  e
func (k *Kernel[T]) Delta(delta, e, y []T, act Activation) {
	checkSame(len(delta), len(e), len(y))
	checkActivation(act)
	k.delta(delta, e, y, act)
}

// Activate sets dst[i] = act(z[i]).
func (k *Kernel[T]) Activate(dst, z []T, act Activation) {
	checkSame(len(dst), len(z), len(z))
	checkActivation(act)
	k.activate(dst, z, act)
}

// Exp sets dst[i] = exp(x[i]): correctly rounded for float32, with an error below 1 ulp for float64.
func (k *Kernel[T]) Exp(dst, x []T) {
	checkSame(len(dst), len(x), len(x))
	k.exp(dst, x)
}

// Loss returns the sample loss, the chain l = fma(e[j], e[j], l) from l = +0.
func Loss[T Float](e []T) T {
	var l T
	for _, v := range e {
		l = FMA(v, v, l)
	}
	return l
}

// Argmax returns the index of the largest element, the lowest one on a tie, and 0 for an empty slice. y must not hold
// NaNs, which no element is larger than.
func Argmax[T Float](y []T) int {
	best := 0
	for j := range y {
		if y[j] > y[best] {
			best = j
		}
	}
	return best
}

// rowLength returns the length of the rows of w, for a matrix of inputs rows of at least outputs elements.
func rowLength(weights, inputs, outputs int) int {
	if inputs == 0 && weights == 0 {
		return outputs
	}
	if inputs == 0 || weights%inputs != 0 || weights/inputs < outputs {
		panic(badWeights)
	}
	return weights / inputs
}

func checkLayer(inputs, outputs, weights, biases int) {
	if outputs == 0 && weights != 0 || outputs != 0 && (weights%outputs != 0 || weights/outputs != inputs) {
		panic(badWeights)
	}
	checkBias(biases, outputs)
}

func checkBias(biases, outputs int) {
	if biases != 0 && biases != outputs {
		panic(badBias)
	}
}

func checkSame(a, b, c int) {
	if a != b || a != c {
		panic(badLength)
	}
}

func checkActivation(act Activation) {
	if int(act) >= len(activationNames) {
		panic(badActivation)
	}
}
