package harness

import (
	"fmt"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// inStep trains both sides, from where they stand to so many steps done, in stretches, until their weights differ. It
// returns where they part, or nil.
func (p *bisector[T]) inStep(end int) (*Parting, error) {
	p.done = p.a.position.Step
	if err := p.evaluate(); err != nil {
		return nil, err
	}
	last := p.a.moment()
	start := last
	for p.done < end {
		next := p.stretch(end)
		differ, err := p.both(next - p.done)
		if err != nil {
			return nil, err
		}
		p.compareOrder(last.position.Step)
		if m := p.misorder; m != nil && m.Step <= next {
			return p.beforeOrder(start, last, next)
		}
		if differ {
			return p.narrow(start, last, next)
		}
		if p.a.diverged != nil {
			return nil, p.a.diverged
		}
		start, last, p.done = last, p.a.moment(), next
		if p.options.Progress != nil {
			p.options.Progress(p.done, p.total)
		}
		if err := p.evaluate(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// stretch returns where to compare the weights next: after about as much work as comparing them is, and at each point of
// the curve.
func (p *bisector[T]) stretch(end int) int {
	const work, shortest, longest = 1 << 22, 8, 1 << 10
	weights := 1
	for l := range p.a.network.Layers() {
		weights += len(p.a.network.Weights(l))
	}
	steps := min(max(work/weights/p.batch(), shortest), longest)
	return min(end, p.done+steps, (p.done/p.every+1)*p.every)
}

// batch returns the number of samples in a full step.
func (p *bisector[T]) batch() int {
	switch p.experiment.Train.Method {
	case "minibatch":
		return p.experiment.Train.Batch
	case "batch":
		return p.a.data.Len()
	}
	return 1
}

// both advances both sides and reports whether their weights differ then, or only one of them diverges.
func (p *bisector[T]) both(steps int) (differ bool, err error) {
	for _, s := range []*side[T]{p.a, p.b} {
		if err := s.advance(p.ctx, p.experiment, steps); err != nil {
			return false, err
		}
	}
	a, b := p.a.diverged, p.b.diverged
	if (a == nil) != (b == nil) || a != nil && a.Step != b.Step {
		return true, nil
	}
	return p.weightsDiffer(), nil
}

func (p *bisector[T]) weightsDiffer() bool {
	for l := range p.a.network.Layers() {
		if newDifference(p.a.layer(l), p.b.layer(l)).first >= 0 {
			return true
		}
	}
	return false
}

// again does so many steps from a place once more, on both sides.
func (p *bisector[T]) again(from moment[T], steps int) (differ bool, err error) {
	for _, s := range []*side[T]{p.a, p.b} {
		if err := s.restore(from); err != nil {
			return false, err
		}
	}
	return p.both(steps)
}

// narrow finds the step in the last stretch, at whose end weights differ. What differs may show only in a longer run, as
// something that steps hand on without a weight that tells, so that the stretch before is tried, too.
func (p *bisector[T]) narrow(start, last moment[T], end int) (*Parting, error) {
	for _, from := range []moment[T]{last, start} {
		steps := end - from.position.Step
		differ, err := p.again(from, steps)
		if err != nil {
			return nil, err
		}
		if differ {
			if steps, err = shortest(steps, func(n int) (bool, error) { return p.again(from, n) }); err != nil {
				return nil, err
			}
			p.done = from.position.Step + steps - 1
			return p.locate(from, steps)
		}
	}
	found := nowhere("")
	found.From, found.To, found.Irreproducible = last.position.Step, end, true
	return found, nil
}

// shortest returns a number of steps, from 1 to n, that differs while one less does not. All n do.
func shortest(n int, differ func(n int) (bool, error)) (int, error) {
	same := 0
	for n-same > 1 {
		middle := same + (n-same)/2
		d, err := differ(middle)
		if err != nil {
			return 0, err
		}
		if d {
			n = middle
		} else {
			same = middle
		}
	}
	return n, nil
}

// compareOrder looks for the first sample that is another one on each side, among those drawn after so many steps. Of a
// permutation it is known before the step comes.
func (p *bisector[T]) compareOrder(step int) {
	if p.misorder != nil {
		return
	}
	n := p.a.data.Len()
	t := p.experiment.Train.training()
	epoch, size := t.StepsPerEpoch(n), p.batch()
	take := func(place, a, b int) { // a place counted from the start of the epoch of the first step
		found := nowhere(PhaseOrder)
		found.Step = step/epoch*epoch + place/n*epoch + place%n/size + 1
		found.A, found.B = &Number{Value: float64(a), Index: true}, &Number{Value: float64(b), Index: true}
		found.Hint = "the two draw another order from the same stream"
		if size > 1 {
			found.Hint = fmt.Sprintf("the samples at place %d of the step; %s", place%n%size, found.Hint)
		}
		p.misorder = found
	}
	a, b := &p.a.drawn, &p.b.drawn
	for i := range min(len(a.indices), len(b.indices)) {
		if a.indices[i] != b.indices[i] {
			take(step%epoch*size+i, a.indices[i], b.indices[i])
			return
		}
	}
	first := (step + epoch - 1) / epoch * epoch // step of the first permutation
	for k := range min(len(a.permutations), len(b.permutations)) {
		for i, v := range a.permutations[k] {
			if w := b.permutations[k][i]; v != w {
				take((first-step/epoch*epoch)/epoch*n+k*n+i, v, w)
				return
			}
		}
	}
}

// beforeOrder finds out whether weights differ before the first step that takes another sample.
func (p *bisector[T]) beforeOrder(start, last moment[T], end int) (*Parting, error) {
	found := p.misorder
	before := found.Step - 1
	if steps := before - last.position.Step; steps > 0 {
		differ, err := p.again(last, steps)
		if err != nil {
			return nil, err
		}
		if differ {
			return p.narrow(start, last, before)
		}
	}
	p.done = before
	found.From, found.To = before, end
	if p.experiment.Train.Order == "shuffle" {
		found.Hint += ", after a shuffle"
	}
	return found, nil
}

// evaluate compares loss and right answers where the curve has a point, until they differ.
func (p *bisector[T]) evaluate() error {
	step := p.done
	if p.curve != nil || step%p.every != 0 && step != p.total {
		return nil
	}
	var scores [2]mlp.Score
	for i, data := range []*mlp.Data[T]{p.a.data, p.a.test} {
		if data == nil {
			continue
		}
		a, err := p.a.network.Evaluate(p.ctx, data, p.a.Threads)
		if err != nil {
			return err
		}
		b, err := p.b.network.Evaluate(p.ctx, data, p.b.Threads)
		if err != nil {
			return err
		}
		if !sameScore(a, b) {
			p.curve, err = p.evaluated(data, a, b)
			return err
		}
		scores[i] = a
	}
	return checkLosses(step, p.a.network.Layers(), scores[0], scores[1])
}

// evaluated finds the first output that differs, in the lowest layer.
func (p *bisector[T]) evaluated(data *mlp.Data[T], a, b mlp.Score) (*Parting, error) {
	if data == p.a.test {
		p.note("the learning curves differ in the samples to test with")
	}
	found := nowhere(PhaseEvaluation)
	found.A, found.B = scores(a, b)
	found.Hint = "the loss, or its sum over the samples: no output differs"
	var whole [2][]T
	for i, s := range []*side[T]{p.a, p.b} {
		whole[i] = make([]T, data.Len()*s.network.Outputs())
		if err := s.network.Predict(whole[i], data.X(), s.Threads); err != nil {
			return nil, err
		}
	}
	top := p.a.network.Layers() - 1
	if d := newDifference(whole[0], whole[1]); d.first >= 0 {
		found = d.outputs(top, p.a.network.Outputs())
	}
	in := data.X()
	for l := 0; l <= top && found.Layer >= 0; l++ {
		outputs, err := p.outputs(l, in)
		if err != nil {
			return nil, err
		}
		if d := newDifference(outputs[0], outputs[1]); d.first >= 0 {
			found = d.outputs(l, p.experiment.Model.Layers[l+1])
			p.explainOutputs(found, in, outputs)
			break
		}
		in = outputs[0]
	}
	found.Step, found.From, found.To = p.done, p.done, p.done
	return found, nil
}

// outputs makes what there is to say of outputs of a layer, so many for each sample.
func (d *difference[T]) outputs(layer, width int) *Parting {
	p := d.parting(PhaseEvaluation)
	p.Layer, p.Sample, p.Output = layer, d.first/width, d.first%width
	return p
}

// outputs computes a layer on both sides, as prediction does, by a network of that layer alone.
func (p *bisector[T]) outputs(l int, in []T) (outputs [2][]T, err error) {
	c := p.experiment.Model.Config
	c.Layers, c.Activations = c.Layers[l:l+2], []kernel.Activation{p.experiment.Model.activation(l)}
	for i, s := range []*side[T]{p.a, p.b} {
		n, err := mlp.New(c, s.kernel)
		if err != nil {
			return outputs, err
		}
		if err := n.SetWeights(0, s.network.Weights(l)); err != nil {
			return outputs, err
		}
		if err := n.SetBiases(0, s.network.Biases(l)); err != nil {
			return outputs, err
		}
		outputs[i] = make([]T, len(in)/c.Layers[0]*c.Layers[1])
		if err := n.Predict(outputs[i], in, s.Threads); err != nil {
			return outputs, err
		}
	}
	return outputs, nil
}
