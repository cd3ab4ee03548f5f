package kernel

import "unsafe"

// TinyUnits is the largest number of units in a layer of a network that [Tiny] takes.
const TinyUnits = 4

// Tiny is a network of one hidden layer, sigmoid units throughout and at most [TinyUnits] of them in a layer, inputs and
// outputs included. One routine runs many of its training steps, with the weights in registers.
type Tiny[T Float] struct {
	run   func(t *tinyState[T], order *int, n int) int
	state tinyState[T]
}

// tinyState is what the routine works on. The assembly knows its layout: rows of TinyUnits elements, then words of 8
// bytes. Places that no unit uses are zero, and stay so while all is finite; their targets are 0.5, which they put out.
type tinyState[T Float] struct {
	w1      [TinyUnits][TinyUnits]T // [input][hidden]
	w2      [TinyUnits][TinyUnits]T // [hidden][output]
	w2t     [TinyUnits][TinyUnits]T // [output][hidden]: w2 again
	b1, b2  [TinyUnits]T            // zero in a network without biases
	rate    [TinyUnits]T            // the learning rate in each place
	biased  [TinyUnits]T            // the learning rate of the biases: zero in a network without
	hidden  [TinyUnits]T            // a mask: all bits set where there is a hidden unit
	targets [TinyUnits][TinyUnits]T // [label][output]
	x       unsafe.Pointer          // *T: samples, inputs values each
	label   unsafe.Pointer          // *int: their labels
	inputs  int
	units   int // hidden units
	outputs int
	raw     int // 1 to send back errors, 0 to send back deltas
}

// Tiny returns a network of these sizes, or nil if the row has no routine for it.
func (k *Kernel[T]) Tiny(inputs, hidden, outputs int) *Tiny[T] {
	if k.tiny == nil || min(inputs, hidden, outputs) < 1 || max(inputs, hidden, outputs) > TinyUnits {
		return nil
	}
	t := &Tiny[T]{run: k.tiny}
	t.state.inputs, t.state.units, t.state.outputs = inputs, hidden, outputs
	ones := allOnes[T]()
	for i := range hidden {
		t.state.hidden[i] = ones
	}
	return t
}

// allOnes returns the value with all bits set.
func allOnes[T Float]() (v T) {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v))
	for i := range b {
		b[i] = 0xff
	}
	return v
}

// Load sets the weights from w1 (a row of stride1 elements for each input, of which the first are used), w2 (likewise for
// each hidden unit), and the biases, which are empty in a network without.
func (t *Tiny[T]) Load(w1, w2 []T, stride1, stride2 int, b1, b2 []T) {
	s := &t.state
	s.check(len(w1), len(w2), stride1, stride2, len(b1), len(b2))
	s.w1, s.w2, s.w2t = [TinyUnits][TinyUnits]T{}, [TinyUnits][TinyUnits]T{}, [TinyUnits][TinyUnits]T{}
	for k := range s.inputs {
		copy(s.w1[k][:s.units], w1[k*stride1:])
	}
	for k := range s.units {
		copy(s.w2[k][:s.outputs], w2[k*stride2:])
		for j := range s.outputs {
			s.w2t[j][k] = s.w2[k][j]
		}
	}
	s.b1, s.b2 = [TinyUnits]T{}, [TinyUnits]T{}
	copy(s.b1[:s.units], b1)
	copy(s.b2[:s.outputs], b2)
}

// Store is the reverse of Load.
func (t *Tiny[T]) Store(w1, w2 []T, stride1, stride2 int, b1, b2 []T) {
	s := &t.state
	s.check(len(w1), len(w2), stride1, stride2, len(b1), len(b2))
	for k := range s.inputs {
		copy(w1[k*stride1:], s.w1[k][:s.units])
	}
	for k := range s.units {
		copy(w2[k*stride2:], s.w2[k][:s.outputs])
	}
	copy(b1, s.b1[:s.units])
	copy(b2, s.b2[:s.outputs])
}

// check panics unless slices of these lengths hold the weights. Rows and biases may be longer than they need be.
func (s *tinyState[T]) check(w1, w2, stride1, stride2, b1, b2 int) {
	if stride1 < s.units || stride2 < s.outputs || w1 < (s.inputs-1)*stride1+s.units || w2 < (s.units-1)*stride2+s.outputs {
		panic(badWeights)
	}
	if b1 != 0 && b1 < s.units || b2 != 0 && b2 < s.outputs {
		panic(badBias)
	}
}

// tinySteps bounds the steps of one call of the routine, which cannot be interrupted: some 50 microseconds.
const tinySteps = 1024

// Train does a step of online gradient descent on each sample of order: x holds the samples' values, label their labels,
// targets the outputs that each label should give. raw sends back the errors of the outputs, else their deltas. It
// returns the number of steps done: the routine leaves a step undone, and the weights as they are before it, when it
// cannot settle a sigmoid itself: outside the middle of the recipe's range, or in float32 near half-way between two
// values. Which steps these are differs by row, the bits do not. It panics if lengths do not fit, or
// if order or a label is out of range.
func (t *Tiny[T]) Train(x []T, label []int, targets []T, rate T, bias, raw bool, order []int) int {
	s := &t.state
	if len(x) != len(label)*s.inputs || len(targets) != s.outputs*s.outputs {
		panic(badLength)
	}
	for _, i := range order {
		if uint(i) >= uint(len(label)) || uint(label[i]) >= uint(s.outputs) {
			panic(badSample)
		}
	}
	s.x, s.label = unsafe.Pointer(unsafe.SliceData(x)), unsafe.Pointer(unsafe.SliceData(label))
	s.raw = 0
	if raw {
		s.raw = 1
	}
	for i := range s.rate {
		s.rate[i], s.biased[i] = rate, 0
		if bias {
			s.biased[i] = rate
		}
	}
	for c := range s.outputs {
		for j := range s.targets[c] {
			s.targets[c][j] = 0.5
		}
		copy(s.targets[c][:s.outputs], targets[c*s.outputs:])
	}
	done := 0
	for done < len(order) {
		n := min(tinySteps, len(order)-done)
		did := t.run(s, &order[done], n)
		done += did
		if did < n {
			break
		}
	}
	s.x, s.label = nil, nil
	return done
}
