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
	mine := (&Result{Experiment: p.experiment, Data: p.a.samples.train, Test: p.a.samples.test}).Trace()
	mine.Data, mine.Points = t.Data, t.Points
	if d := mine.Diff(t); d != nil {
		return fmt.Errorf("%w: %s: %s", ErrNotComparable, p.found.B, d.Text)
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
	for _, point := range t.Points {
		p.a.diverged = nil
		if steps := point.Step - p.a.position.Step; steps > 0 {
			if err := p.a.advance(p.ctx, p.experiment, steps); err != nil {
				return err
			}
		}
		if p.a.diverged != nil || weightsDigest(p.a.network) != point.Weights {
			if curve != nil {
				p.found.Notes = append(p.found.Notes, fmt.Sprintf("the learning curves differ from step %d on", other.Step))
			}
			return p.between(last, point)
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
			if text := mine.diff(point); text != "" {
				at := last
				curve, other = &at, point
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
func likenessOf[V comparable](own, trace, run V) likeness {
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
	note := func(format string, args ...any) { p.found.Notes = append(p.found.Notes, fmt.Sprintf(format, args...)) }
	var against, neither []string
	for _, name := range p.references() {
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
			note("kernel %s gives the bits of %s there and stands for it", name, p.found.B)
			return nil
		case likeRun:
			against = append(against, name)
		default:
			neither = append(neither, name)
		}
	}
	note("no other kernel gives the bits of %s there, so that the first value that differs cannot be told", p.found.B)
	if against != nil {
		note("%s: the same bits as %s, so that it may be the trace that is wrong", list(against), p.found.A)
	}
	if neither != nil {
		note("%s: other bits than both", list(neither))
	}
	return nil
}

// between finds what differs from a place on, after which all is the same, to a point of the trace.
func (p *bisector[T]) between(from moment[T], point Point) error {
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
	steps := point.Step - from.position.Step
	was, err := p.rerun(p.a, from, steps)
	if err != nil {
		return err
	}
	if was == point.Weights {
		found.Irreproducible = true
		return nil
	}
	return p.withReference(func() (likeness, error) {
		digest, err := p.rerun(p.b, from, steps)
		if err != nil {
			return likeNeither, err
		}
		if s := likenessOf(digest, point.Weights, was); s != likeTrace {
			return s, nil
		}
		for _, s := range []*side[T]{p.a, p.b} {
			if err := s.restore(from); err != nil {
				return likeNeither, err
			}
		}
		p.curve = &Parting{} // what the points say is known
		inner, err := p.inStep(point.Step)
		if inner != nil {
			p.found.Parting = inner
		}
		return likeTrace, err
	})
}

// rerun does steps from a place, and returns the digest of the weights; nothing where the training diverges.
func (p *bisector[T]) rerun(s *side[T], from moment[T], steps int) (string, error) {
	if err := s.restore(from); err != nil {
		return "", err
	}
	if err := s.advance(p.ctx, p.experiment, steps); err != nil || s.diverged != nil {
		return "", err
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
		if s[0] != s[1] && found.A == nil {
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
		if s := likenessOf(theirs, point, mine); s != likeTrace {
			return s, nil
		}
		data, a, b := p.a.data, mine.train(), theirs.train()
		if a == b {
			data, a, b = p.a.test, mine.Test, theirs.Test
		}
		p.found.Parting, err = p.evaluated(data, a, b)
		return likeTrace, err
	})
}

// scores returns what differs of two scores: the losses, or else the right answers.
func scores(a, b mlp.Score) (x, y *Number) {
	if sameValue(a.Loss, b.Loss) {
		return &Number{Value: float64(a.Correct), Index: true}, &Number{Value: float64(b.Correct), Index: true}
	}
	return numberOf(a.Loss), numberOf(b.Loss)
}

// train is the score of the samples trained on.
func (p Point) train() mlp.Score { return mlp.Score{Loss: p.Loss, Correct: p.Correct} }
