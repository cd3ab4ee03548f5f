package harness

import (
	"fmt"
	"hash/maphash"
	"math"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// event is a phase of a step that is seen, with a hash of what it gave.
type event struct {
	step, layer int
	phase       mlp.Phase
	hash        uint64
}

// watch does so many steps of a side from a place, and lets see have a look at all that they compute.
func (p *bisector[T]) watch(s *side[T], from moment[T], steps int, see func(mlp.Seen[T])) error {
	if err := s.restore(from); err != nil {
		return err
	}
	s.network.Watch(see)
	defer s.network.Watch(nil)
	return s.advance(p.ctx, p.experiment, steps)
}

// firstEvent does steps on both sides, watched, and returns the first event that differs in the first step after which
// weights differ; what differs before without moving a weight is passed over. It returns nil if nothing differs.
func (p *bisector[T]) firstEvent(from moment[T], steps int) (*event, error) {
	seed := maphash.MakeSeed()
	hashed := func(s mlp.Seen[T]) event {
		return event{s.Step, s.Layer, s.Phase, maphash.Bytes(seed, bits(canonicalNaNs(s.Values)))}
	}
	var events []event
	if err := p.watch(p.a, from, steps, func(s mlp.Seen[T]) { events = append(events, hashed(s)) }); err != nil {
		return nil, err
	}
	first := map[int]*event{} // of each step
	step, moved, i := -1, false, 0
	err := p.watch(p.b, from, steps, func(s mlp.Seen[T]) {
		e := hashed(s)
		if i < len(events) && e != events[i] {
			if first[e.step] == nil {
				first[e.step] = &e
			}
			// The update of a step is seen while the next one is under way.
			if isMove := e.phase == mlp.Update; step < 0 || isMove && !moved || isMove == moved && e.step < step {
				step, moved = e.step, isMove
			}
		}
		i++
	})
	return first[step], err
}

// canonicalNaNs makes all NaNs the same.
func canonicalNaNs[T kernel.Float](values []T) []T {
	if kernel.Finite(values) {
		return values
	}
	same := append([]T(nil), values...)
	for i, v := range same {
		if v != v {
			same[i] = T(math.NaN())
		}
	}
	return same
}

// locate finds what differs first in so many steps from a place. The weights differ after the last of them.
func (p *bisector[T]) locate(from moment[T], steps int) (*Parting, error) {
	if _, err := p.again(from, steps); err != nil {
		return nil, err
	}
	unwatched := p.compareWeights(PhaseUpdate, from.position.Step+steps)
	first, err := p.firstEvent(from, steps)
	if err != nil {
		return nil, err
	}
	if first == nil && (p.a.diverged == nil) != (p.b.diverged == nil) {
		return p.divergedAlone(), nil
	}
	if first == nil {
		return p.unseen(unwatched, from, steps), nil
	}
	return p.explainEvent(from, *first, steps)
}

// divergedAlone is what there is to say where one side's weights are not finite after a step, of which nothing else differs.
func (p *bisector[T]) divergedAlone() *Parting {
	s := p.a
	if s.diverged == nil {
		s = p.b
	}
	found := nowhere(PhaseUpdate)
	found.Step, found.Layer = s.diverged.Step, s.diverged.Layer
	found.From, found.To = found.Step-1, found.Step
	found.Hint = fmt.Sprintf("the weights are no longer finite, but only those of %s", s)
	p.done = found.From
	return found
}

// unseen is what is left to say where nothing differs in the routines that can be watched.
func (p *bisector[T]) unseen(found *Parting, from moment[T], steps int) *Parting {
	if found == nil {
		found = nowhere(PhaseUpdate)
		found.Step = from.position.Step + steps
	}
	found.From, found.To = found.Step-1, found.Step
	found.Hint = "every phase of the step is the same on both sides where it is watched"
	found.Whole = p.isTiny()
	return found
}

// isTiny reports whether kernels have a routine that trains networks of this size whole.
func (p *bisector[T]) isTiny() bool {
	m := p.experiment.Model
	if p.experiment.Train.Method != "online" || len(m.Layers) != 3 {
		return false
	}
	for i, units := range m.Layers {
		if units > kernel.TinyUnits || i > 0 && m.activation(i-1) != kernel.Sigmoid {
			return false
		}
	}
	return true
}

// rows is what a phase gave in one layer: a row for each sample.
type rows[T kernel.Float] struct {
	samples []int
	values  []T
}

// seenStep is what a step computed, by layer.
type seenStep[T kernel.Float] struct {
	forward, errors, delta []rows[T]
	after                  [][]T // weights, then biases
}

// recorder keeps what some steps computed.
type recorder[T kernel.Float] struct {
	layers int
	first  int // step that is kept first
	start  [][]T
	steps  map[int]*seenStep[T]
}

func newRecorder[T kernel.Float](from moment[T], first int) *recorder[T] {
	return &recorder[T]{layers: len(from.layers), first: first, start: from.layers, steps: map[int]*seenStep[T]{}}
}

func (r *recorder[T]) see(s mlp.Seen[T]) {
	if s.Step < r.first-1 || s.Step == r.first-1 && s.Phase != mlp.Update {
		return // of the step before the first there are the weights
	}
	step := r.steps[s.Step]
	if step == nil {
		n := r.layers
		step = &seenStep[T]{make([]rows[T], n), make([]rows[T], n), make([]rows[T], n), make([][]T, n)}
		r.steps[s.Step] = step
	}
	switch s.Phase {
	case mlp.Update:
		step.after[s.Layer] = append([]T(nil), s.Values...)
	case mlp.Forward:
		step.forward[s.Layer].add(s)
	case mlp.Delta:
		step.delta[s.Layer].add(s)
	default:
		step.errors[s.Layer].add(s)
	}
}

func (r *rows[T]) add(s mlp.Seen[T]) {
	r.samples = append(r.samples, s.Samples...)
	r.values = append(r.values, s.Values...)
}

// before returns the weights and biases that a step starts from.
func (r *recorder[T]) before(step, layer int) []T {
	if s := r.steps[step-1]; s != nil {
		return s.after[layer]
	}
	return r.start[layer]
}

// values returns what an event gave; nothing if it was not recorded.
func (r *recorder[T]) values(e event) []T {
	if s := r.steps[e.step]; s != nil {
		return s.values(e.phase, e.layer)
	}
	return nil
}

// values returns what a phase of a step gave in a layer.
func (s *seenStep[T]) values(phase mlp.Phase, layer int) []T {
	switch phase {
	case mlp.Update:
		return s.after[layer]
	case mlp.Forward:
		return s.forward[layer].values
	case mlp.Delta:
		return s.delta[layer].values
	}
	return s.errors[layer].values
}
