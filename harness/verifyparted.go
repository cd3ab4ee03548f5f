package harness

import (
	"fmt"
	"slices"
)

// Parted is where a replay parts from the golden trace, as far as it is read back: what [Parting] says, in JSON.
type Parted struct {
	Phase        string        `json:"phase"` // empty where only From and To are known
	Step         int           `json:"step"`
	From         int           `json:"from"`
	To           int           `json:"to"`
	Layer        *int          `json:"layer"` // nil, as those below, where there is none
	Sample       *int          `json:"sample"`
	Output       *int          `json:"output"`
	Input        *int          `json:"input"`
	Bias         bool          `json:"bias"`
	A            *PartedNumber `json:"a"`
	Hint         string        `json:"hint"`
	Reproducible bool          `json:"reproducible"`
}

// PartedNumber is a value that differs; Index is nil where it is a float.
type PartedNumber struct {
	Index *int `json:"index"`
}

// phases are all in which two runs can part, and none where it is not known.
var phases = []string{
	"", PhaseData, PhaseInitial, PhaseOrder, PhaseForward, PhaseActivation, PhaseError, PhaseSentBack, PhaseDelta, PhaseUpdate, PhaseEvaluation,
}

// check reports an error if no replay parts so.
func (p *Parted) check() error {
	switch {
	case !slices.Contains(phases, p.Phase):
		return fmt.Errorf("unknown phase %.40q; %s", p.Phase, Suggest(cutWord(p.Phase), phases[1:]))
	case p.Step < 0 || p.From < 0 || p.To < p.From || p.To > maxSteps || p.Step > maxSteps:
		return fmt.Errorf("step %d, between %d and %d: not a place of a run", p.Step, p.From, p.To)
	case p.Phase == PhaseEvaluation && p.A == nil:
		return fmt.Errorf("phase %s: want a, the value that differs", p.Phase)
	}
	for _, i := range []*int{p.Layer, p.Sample, p.Output, p.Input} {
		if i != nil && *i < 0 {
			return fmt.Errorf("layer, sample, output or input is %d, want 0 or more", *i)
		}
	}
	return nil
}

// Summary says in a line where the replay parts, as [Bisection.Summary] does.
func (p *Parted) Summary() string {
	index := func(i *int) int {
		if i == nil {
			return -1
		}
		return *i
	}
	at := nowhere(p.Phase)
	at.Step, at.From, at.To, at.Bias, at.Irreproducible = p.Step, p.From, p.To, p.Bias, !p.Reproducible
	at.Layer, at.Sample, at.Output, at.Input = index(p.Layer), index(p.Sample), index(p.Output), index(p.Input)
	if p.A != nil {
		at.A = &Number{Index: p.A.Index != nil}
	}
	return (&Bisection{Parting: at}).Summary()
}
