package harness

import (
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// element is one number that a phase of a step gave, with all that it is computed from.
type element[T kernel.Float] struct {
	phase string
	got   T

	// The chain of PhaseForward, PhaseActivation, PhaseSentBack and, for the gradient, PhaseUpdate: start + a[0]*b[0] + ...
	start T
	a, b  []T

	activation kernel.Activation // of forward, activation and delta
	e, y       T                 // of delta: error and output
	target     T                 // of the output error, with y
	w          T                 // of update: the weight before
	rate       float64           // of the mean over so many
	samples    int
	other      []T // of the error sent back: what the other rule sends, in place of b
	moved      []T // of the error sent back: the weights after their update, in place of a
}

// activate computes one activation.
func activate[T kernel.Float](k *kernel.Kernel[T], z T, act kernel.Activation) T {
	y := []T{z}
	k.Activate(y, y, act)
	return y[0]
}

// reference is the kernel that defines all bits.
func reference[T kernel.Float]() *kernel.Kernel[T] {
	k, err := kernel.Get[T](Reference)
	if err != nil {
		panic(err) // every build has it
	}
	return k
}

// right computes the element as the contract defines it.
func (x *element[T]) right() T {
	switch x.phase {
	case PhaseForward, PhaseActivation:
		return activate(reference[T](), chain(x.start, x.a, x.b), x.activation)
	case PhaseSentBack:
		return chain(x.start, x.a, x.b)
	case PhaseUpdate:
		return kernel.FMA(x.perSample(), chain(0, x.a, x.b), x.w)
	case PhaseError:
		return x.target - x.y
	}
	d := make([]T, 1)
	reference[T]().Delta(d, []T{x.e}, []T{x.y}, x.activation)
	return d[0]
}

// perSample is the rate by the number of samples, as the contract has it.
func (x *element[T]) perSample() T { return T(x.rate / float64(x.samples)) }

// terms is how much work it is to compute the element.
func (x *element[T]) terms() int { return len(x.a) + 1 }

// chain adds products in order, each with one rounding.
func chain[T kernel.Float](z T, a, b []T) T {
	for i, v := range a {
		z = kernel.FMA(v, b[i], z)
	}
	return z
}

// scene is what elements of a recorded step are made from.
type scene[T kernel.Float] struct {
	p      *bisector[T]
	record *recorder[T]
}

// element returns number i of a phase in a layer.
func (s scene[T]) element(step int, phase mlp.Phase, layer, i int) *element[T] {
	seen, e := s.record.steps[step], s.p.experiment
	in, out := s.p.sizes(layer)
	x := &element[T]{got: seen.values(phase, layer)[i], activation: e.Model.activation(layer), rate: e.Train.Rate}
	row, unit := i/out, i%out
	switch phase {
	case mlp.Forward:
		x.phase = PhaseForward
		w := s.record.before(step, layer)
		x.a, x.b = w[unit*in:][:in], s.inputs(seen, layer, row)
		if len(w) > in*out {
			x.start = w[in*out+unit]
		}
	case mlp.OutputError:
		x.phase = PhaseError
		x.y, x.target = seen.forward[layer].values[i], s.target(seen.forward[layer].samples[row], unit)
	case mlp.SentBack:
		x.phase = PhaseSentBack
		s.sentBack(x, step, layer, row, unit)
	case mlp.Delta:
		x.phase = PhaseDelta
		x.e, x.y = seen.errors[layer].values[i], seen.forward[layer].values[i]
	case mlp.Update:
		x.phase = PhaseUpdate
		s.update(x, step, layer, i)
	}
	return x
}

// inputs returns what a layer takes in for a sample of the step.
func (s scene[T]) inputs(seen *seenStep[T], layer, row int) []T {
	in, _ := s.p.sizes(layer)
	if layer == 0 {
		return s.p.a.data.X()[seen.forward[0].samples[row]*in:][:in]
	}
	return seen.forward[layer-1].values[row*in:][:in]
}

// target returns what an output should be for a sample.
func (s scene[T]) target(sample, output int) T {
	t := s.p.experiment.Train.Targets
	if s.p.a.samples.train.Label[sample] == output {
		return T(t[1])
	}
	return T(t[0])
}

// sentBack fills in the error that the layer above sends back to a unit.
func (s scene[T]) sentBack(x *element[T], step, layer, row, unit int) {
	above, seen := layer+1, s.record.steps[step]
	in, out := s.p.sizes(above)
	column := func(w []T) []T {
		a := make([]T, out)
		for j := range a {
			a[j] = w[j*in+unit]
		}
		return a
	}
	x.a = column(s.record.before(step, above))
	if after := seen.after[above]; after != nil {
		x.moved = column(after)
	}
	x.b, x.other = seen.delta[above].values[row*out:][:out], seen.errors[above].values[row*out:][:out]
	if s.p.experiment.Train.Rule == mlp.Notebook {
		x.b, x.other = x.other, x.b
	}
}

// update fills in how a weight or bias is moved.
func (s scene[T]) update(x *element[T], step, layer, i int) {
	in, out := s.p.sizes(layer)
	seen := s.record.steps[step]
	x.w = s.record.before(step, layer)[i]
	x.samples = len(seen.delta[layer].samples)
	unit, input := i/in, i%in
	if i >= in*out {
		unit, input = i-in*out, -1
	}
	x.a, x.b = make([]T, x.samples), make([]T, x.samples)
	for row := range x.a {
		x.a[row], x.b[row] = seen.delta[layer].values[row*out+unit], 1
		if input >= 0 {
			x.b[row] = s.inputs(seen, layer, row)[input]
		}
	}
}
