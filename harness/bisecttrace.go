package harness

import (
	"fmt"
	"os"

	"github.com/samebits/samebits/mlp"
)

// OpenTrace reads a trace from a file, or from the folder that [Result.Export] wrote.
func OpenTrace(path string) (*Trace, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if path, err = traceIn(path); err != nil {
			return nil, err
		}
	}
	text, err := readFile(path, maxTrace)
	if err != nil {
		return nil, err
	}
	return ParseTrace(path, string(text))
}

// withTrace compares with a trace. Its digests tell after which points the weights are the same.
func (p *bisector[T]) withTrace(b Side) error {
	if err := p.checkTrace(b.Trace); err != nil {
		return err
	}
	if p.a.samples.digest() != b.Trace.Data {
		p.found.Parting = nowhere(PhaseData)
		return p.withReference(func() (likeness, error) {
			s := likenessOf(p.b.samples.digest(), b.Trace.Data, p.a.samples.digest())
			if s == likeTrace {
				p.found.Parting = p.compareData()
			}
			return s, nil
		})
	}
	return p.followTrace(b.Trace)
}

// checkTrace reports what keeps the trace from being one of the experiment.
func (p *bisector[T]) checkTrace(t *Trace) error {
	mine := p.experiment.trace(p.a.samples)
	mine.Data, mine.Points = t.Data, t.Points
	if d := mine.Diff(t); d != nil {
		return fmt.Errorf("%w: %s: %s", ErrNotComparable, p.found.B, d.Text)
	}
	if len(t.Points) == 0 {
		return fmt.Errorf("%w: %s: it has no points", ErrNotComparable, p.found.B)
	}
	for i, point := range t.Points {
		if want := min(i*p.every, p.total); point.Step != want || i > 0 && t.Points[i-1].Step == p.total {
			return fmt.Errorf("%w: %s: point %d is of step %d, want %d", ErrNotComparable, p.found.B, i, point.Step, want)
		}
	}
	return nil
}

// followTrace trains from point to point.
func (p *bisector[T]) followTrace(t *Trace) error {
	last := p.a.moment()
	var curve *moment[T] // where the first other loss is
	var other Point
	for i, point := range t.Points {
		p.a.diverged = nil
		if steps := point.Step - p.a.position.Step; steps > 0 {
			if err := p.a.advance(p.ctx, p.experiment, steps); err != nil {
				return err
			}
		}
		if p.a.diverged != nil || weightsDigest(p.a.network) != point.Weights {
			if curve != nil {
				p.note("the learning curves differ from step %d on", other.Step)
			}
			return p.between(last, t.Points[i:])
		}
		last, p.done = p.a.moment(), point.Step
		if p.options.Progress != nil && p.done > 0 {
			p.options.Progress(p.done, p.total)
		}
		if curve == nil {
			mine, err := p.a.point(p)
			if err != nil {
				return err
			}
			if mine.diff(point) != "" {
				at := last
				curve, other = &at, point
			} else if err := checkLosses(point.Step, p.a.network.Layers(), mine.train(), mine.Test); err != nil {
				return err
			}
		}
	}
	if last := t.Points[len(t.Points)-1].Step; last != p.total {
		return fmt.Errorf("%w: %s: its last point is of step %d, the run has %d", ErrNotComparable, p.found.B, last, p.total)
	}
	if curve == nil {
		return nil
	}
	return p.atPoint(*curve, other)
}

// point evaluates the side where it stands.
func (s *side[T]) point(p *bisector[T]) (Point, error) {
	made := Point{Step: s.position.Step, Weights: weightsDigest(s.network)}
	score, err := s.network.Evaluate(p.ctx, s.data, s.Threads)
	if err != nil {
		return made, err
	}
	made.Loss, made.Correct = score.Loss, score.Correct
	if s.test != nil {
		made.Test, err = s.network.Evaluate(p.ctx, s.test, s.Threads)
	}
	return made, err
}

// likeness is what a kernel that may stand for a trace turns out to give.
type likeness int

const (
	likeNeither likeness = iota
	likeTrace            // its bits
	likeRun              // those of the run that is compared with it
)

// likenessOf tells which of the two has the same bits.
func likenessOf(own, trace, run string) likeness {
	switch own {
	case trace:
		return likeTrace
	case run:
		return likeRun
	}
	return likeNeither
}

// withReference tries kernels until one stands for the trace, and says so. It does nothing else where there is none.
func (p *bisector[T]) withReference(try func() (likeness, error)) error {
	names := p.references()
	var against, neither []string
	for _, name := range names {
		var err error
		if p.b, err = p.open(Side{Kernel: name, Threads: p.a.Threads}); err != nil {
			return err
		}
		s, err := try()
		if err != nil {
			return err
		}
		switch s {
		case likeTrace:
			p.note("kernel %s gives the bits of %s there and stands for it", name, p.found.B)
			return nil
		case likeRun:
			against = append(against, name)
		default:
			neither = append(neither, name)
		}
	}
	switch {
	case len(names) == 0:
		p.note("there is no other kernel that could stand for %s, so that the first value that differs cannot be told", p.found.B)
	case p.options.Reference != "":
		p.note("kernel %s does not give the bits of %s there, so that the first value that differs cannot be told", names[0], p.found.B)
	default:
		p.note("no other kernel gives the bits of %s there, so that the first value that differs cannot be told", p.found.B)
	}
	if against != nil {
		p.note("%s: the same bits as %s, so that it may be the trace that is wrong", list(against), p.found.A)
	}
	if neither != nil {
		p.note("%s: other bits than both", list(neither))
	}
	return nil
}

func (p *bisector[T]) note(format string, args ...any) {
	p.found.Notes = append(p.found.Notes, fmt.Sprintf(format, args...))
}

// between finds what differs from a place on, after which all is the same, to the first of some points of the trace.
func (p *bisector[T]) between(from moment[T], points []Point) error {
	point := points[0]
	found := nowhere("")
	found.From, found.To = from.position.Step, point.Step
	p.found.Parting = found
	if point.Step == 0 {
		found.Phase = PhaseInitial
		return p.withReference(func() (likeness, error) {
			s := likenessOf(weightsDigest(p.b.network), point.Weights, weightsDigest(p.a.network))
			if s == likeTrace {
				p.found.Parting = p.compareWeights(PhaseInitial, 0)
			}
			return s, nil
		})
	}
	was, err := p.rerun(p.a, from, point.Step)
	if err != nil {
		return err
	}
	if was == point.Weights {
		found.Irreproducible = true
		return nil
	}
	if d := p.a.diverged; d != nil {
		p.note("%s: after step %d the weights of layer %d are no longer finite", p.found.A, d.Step, d.Layer)
	} else if len(points) > 1 {
		if err := p.backAgain(points[1]); err != nil {
			return err
		}
	}
	return p.withReference(func() (likeness, error) {
		digest, err := p.rerun(p.b, from, point.Step)
		if err != nil {
			return likeNeither, err
		}
		if s := likenessOf(digest, point.Weights, was); s != likeTrace {
			return s, nil
		}
		return likeTrace, p.beside(from, point.Step)
	})
}

// backAgain goes on to the next point of the trace, and notes it if the weights are the same there.
func (p *bisector[T]) backAgain(next Point) error {
	steps := next.Step - p.a.position.Step
	if err := p.a.advance(p.ctx, p.experiment, steps); err != nil || p.a.diverged != nil {
		return err
	}
	if weightsDigest(p.a.network) == next.Weights {
		p.note("after step %d the weights are those of %s again, as where only its digest after step %d was changed", next.Step, p.found.B, next.Step-steps)
	}
	return nil
}

// beside compares with the kernel that stands for the trace, from a place to so many steps done.
func (p *bisector[T]) beside(from moment[T], end int) error {
	for _, s := range []*side[T]{p.a, p.b} {
		if err := s.restore(from); err != nil {
			return err
		}
	}
	p.curve = &Parting{} // what the points say is known
	inner, err := p.inStep(end)
	if inner != nil {
		p.found.Parting = inner
	} else {
		p.done = from.position.Step // the interval is all that is known: in shorter stretches nothing differs
	}
	return err
}

// rerun trains from a place to so many steps done, and returns the digest of the weights; in its place the error where the
// training diverges.
func (p *bisector[T]) rerun(s *side[T], from moment[T], end int) (string, error) {
	if err := s.restore(from); err != nil {
		return "", err
	}
	if err := s.advance(p.ctx, p.experiment, end-from.position.Step); err != nil {
		return "", err
	}
	if s.diverged != nil {
		return s.diverged.Error(), nil
	}
	return weightsDigest(s.network), nil
}

// atPoint finds what differs in the evaluation at a point of the trace whose weights are the same.
func (p *bisector[T]) atPoint(at moment[T], point Point) error {
	p.done = point.Step
	defer func() { p.done = p.total }()
	if err := p.a.restore(at); err != nil {
		return err
	}
	mine, err := p.a.point(p)
	if err != nil {
		return err
	}
	found := nowhere(PhaseEvaluation)
	found.Step, found.From, found.To = point.Step, point.Step, point.Step
	for _, s := range [][2]mlp.Score{{mine.train(), point.train()}, {mine.Test, point.Test}} {
		if found.A == nil && !sameScore(s[0], s[1]) {
			found.A, found.B = scores(s[0], s[1])
		}
	}
	p.found.Parting = found
	return p.withReference(func() (likeness, error) {
		if err := p.b.restore(at); err != nil {
			return likeNeither, err
		}
		theirs, err := p.b.point(p)
		if err != nil {
			return likeNeither, err
		}
		// Of the trace's point or of the run's there is nothing that differs.
		if s := likenessOf("", theirs.diff(point), theirs.diff(mine)); s != likeTrace {
			return s, nil
		}
		data, a, b := p.a.data, mine.train(), theirs.train()
		if sameScore(a, b) {
			data, a, b = p.a.test, mine.Test, theirs.Test
		}
		p.found.Parting, err = p.evaluated(data, a, b)
		return likeTrace, err
	})
}

// sameScore compares the bits of the losses, and the right answers.
func sameScore(a, b mlp.Score) bool { return sameValue(a.Loss, b.Loss) && a.Correct == b.Correct }

// scores returns what differs of two scores: the losses, or else the right answers.
func scores(a, b mlp.Score) (x, y *Number) {
	if sameValue(a.Loss, b.Loss) {
		return &Number{Value: float64(a.Correct), Index: true}, &Number{Value: float64(b.Correct), Index: true}
	}
	return numberOf(a.Loss), numberOf(b.Loss)
}

// train is the score of the samples trained on.
func (p Point) train() mlp.Score { return mlp.Score{Loss: p.Loss, Correct: p.Correct} }
