package harness

import (
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// phaseNames has the name of each phase that is seen. The activation is told from the sums later.
var phaseNames = [...]string{
	mlp.Forward: PhaseForward, mlp.OutputError: PhaseError, mlp.SentBack: PhaseSentBack, mlp.Delta: PhaseDelta, mlp.Update: PhaseUpdate,
}

// evidenceTerms bounds the terms of the sums that a way is tried on.
const evidenceTerms = 1 << 20

// evidenceSteps returns how many steps to look at, so that what they compute fits into memory.
func (p *bisector[T]) evidenceSteps() int {
	const values, most = 1 << 23, 64
	layers := p.experiment.Model.Layers
	size := 0
	for i, n := range layers[1:] {
		size += n * (layers[i] + 3*p.batch())
	}
	return min(max(1, values/size), most)
}

// explainEvent says what differs first, and tries how it came about. The event's step is counted from the place.
func (p *bisector[T]) explainEvent(from moment[T], e event, steps int) (*Parting, error) {
	var records [2]*recorder[T]
	var d *difference[T]
	left := p.total - from.position.Step
	// Steps after the one that differs are evidence, too; but what only the last step of a call shows wants the same number.
	for _, n := range []int{min(max(steps, e.step+p.evidenceSteps()), left), steps} {
		for i, s := range []*side[T]{p.a, p.b} {
			records[i] = newRecorder(from, e.step)
			if err := p.watch(s, from, n, records[i].see); err != nil {
				return nil, err
			}
		}
		d = newDifference(records[0].values(e), records[1].values(e))
		if d.first >= 0 {
			break
		}
	}
	if d.first < 0 {
		found := nowhere("")
		found.From, found.To, found.Irreproducible = from.position.Step, from.position.Step+steps, true
		return found, nil
	}
	found := d.parting(phaseNames[e.phase])
	found.Layer, found.Step = e.layer, from.position.Step+e.step+1
	found.From, found.To = found.Step-1, found.Step
	p.done = found.From
	in, out := p.sizes(e.layer)
	if e.phase == mlp.Update {
		found.place(d.first, in*out, in)
	} else {
		found.Sample = records[0].steps[e.step].forward[e.layer].samples[d.first/out]
		found.Output = d.first % out
	}
	var elements [2][]*element[T]
	for i, r := range records {
		elements[i] = scene[T]{p, r}.elements(e, d)
	}
	if e.phase == mlp.Forward && p.inActivation(elements[0][0]) {
		found.Phase = PhaseActivation
		for _, list := range elements {
			for _, x := range list {
				x.phase = PhaseActivation
			}
		}
	}
	explain(found, p.a.Kernel, p.b.Kernel, elements)
	return found, nil
}

// elements returns the element that differs first, the others of its phase, and those of later steps, as many as there is
// time for.
func (s scene[T]) elements(e event, d *difference[T]) []*element[T] {
	list := []*element[T]{s.element(e.step, e.phase, e.layer, d.first)}
	work := evidenceTerms - list[0].terms()
	for step := e.step; s.record.steps[step] != nil && s.record.steps[step].after[e.layer] != nil; step++ {
		n := len(s.record.steps[step].values(e.phase, e.layer))
		// All around the element that differs, and if there are too many, some in even distances.
		stride := max(1, n/max(1, work/list[0].terms()))
		for i := d.first % stride; i < n; i += stride {
			if step == e.step && i == d.first {
				continue
			}
			x := s.element(step, e.phase, e.layer, i)
			if work -= x.terms(); work < 0 {
				return list
			}
			list = append(list, x)
		}
	}
	return list
}

// inActivation reports whether both kernels compute the same sum for the element, but another activation of it.
func (p *bisector[T]) inActivation(x *element[T]) bool {
	if x.activation == kernel.Identity {
		return false
	}
	var sums, outputs [2]T
	for i, s := range []*side[T]{p.a, p.b} {
		sums[i] = p.sumOf(s.kernel, x)
		outputs[i] = activate(s.kernel, sums[i], x.activation)
	}
	return sameValue(sums[0], sums[1]) && !sameValue(outputs[0], outputs[1])
}

// sumOf computes the element's sum by the routine that the method uses.
func (p *bisector[T]) sumOf(k *kernel.Kernel[T], x *element[T]) T {
	bias := []T{x.start} // +0 where there is none
	if p.experiment.Train.Method == "online" {
		y := []T{0}
		k.Forward(y, x.b, x.a, bias, kernel.Identity)
		return y[0]
	}
	in, w, b, y := k.NewMatrix(1, len(x.b)), k.NewMatrix(len(x.a), 1), k.NewMatrix(1, 1), k.NewMatrix(1, 1)
	in.SetRow(0, x.b)
	for i := range x.a {
		w.SetRow(i, x.a[i:i+1])
	}
	b.SetRow(0, bias)
	k.ForwardMatrix(y, in, w, b, kernel.Identity, 0, 1)
	z := []T{0}
	y.Row(z, 0)
	return z[0]
}

// explainOutputs does the same for the outputs of a layer in an evaluation.
func (p *bisector[T]) explainOutputs(found *Parting, inputs []T, outputs [2][]T) {
	l := found.Layer
	in, out := p.sizes(l)
	first := found.Sample*out + found.Output
	var elements [2][]*element[T]
	for i, s := range []*side[T]{p.a, p.b} {
		w, b := s.network.Weights(l), s.network.Biases(l)
		add := func(at int) {
			row, unit := at/out, at%out
			x := &element[T]{phase: PhaseForward, got: outputs[i][at], activation: p.experiment.Model.activation(l)}
			x.a, x.b = w[unit*in:][:in], inputs[row*in:][:in]
			if len(b) > 0 {
				x.start = b[unit]
			}
			elements[i] = append(elements[i], x)
		}
		add(first)
		for at := range min(len(outputs[i]), evidenceTerms/(in+1)) {
			if at != first {
				add(at)
			}
		}
	}
	explain(found, p.a.Kernel, p.b.Kernel, elements)
}

// sizes returns the numbers of inputs and outputs of a layer.
func (p *bisector[T]) sizes(layer int) (in, out int) {
	l := p.experiment.Model.Layers
	return l[layer], l[layer+1]
}
