package harness

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unsafe"

	"github.com/samebits/samebits/kernel"
)

// The phases in which two runs can part. Those of a step are in the order in which they come.
const (
	PhaseData       = "data"
	PhaseInitial    = "initial weights"
	PhaseOrder      = "sample order"
	PhaseForward    = "forward" // a layer's sums, or its outputs where the sums cannot be told from the activation
	PhaseActivation = "activation"
	PhaseError      = "output error"
	PhaseSentBack   = "error sent back"
	PhaseDelta      = "delta"
	PhaseUpdate     = "update"
	PhaseEvaluation = "evaluation" // for a point of the learning curve, in no step
)

// Parting is where two runs part first. Layers, samples, outputs and inputs are counted from 0, and -1 where there is none.
type Parting struct {
	Phase string // empty where only From and To are known
	Step  int    // of the run, counted from 1; of PhaseEvaluation steps done; else 0
	From  int    // steps done where all weights were the same last
	To    int    // steps done where weights differ first

	Layer  int // of weights
	Sample int // its index in the data
	Output int
	Input  int  // of a weight, or the feature of a sample
	Bias   bool // of the output, in place of a weight

	A, B      *Number // what differs, or nil where nothing is known but digests
	Reference *Number // the same as the contract defines it, from the same inputs, or nil
	Differ    int     // elements of the phase in that layer that differ
	Of        int     // elements that it has
	MaxULP    uint64  // largest distance of them, as far as they are finite

	Whole          bool   // only in the routine that trains tiny networks whole
	Irreproducible bool   // the same steps gave other bits the second time
	Hint           string // how the bits may have come about
}

// Number is a value that differs.
type Number struct {
	Value  float64
	Single bool // a float32
	Index  bool // an integer: a sample, or a number of right answers
}

func numberOf[T kernel.Float](v T) *Number {
	return &Number{Value: float64(v), Single: unsafe.Sizeof(v) == 4}
}

// String writes the number in decimal, so that no bit is lost.
func (n *Number) String() string {
	if n.Index {
		return strconv.Itoa(int(n.Value))
	}
	return strconv.FormatFloat(n.Value, 'g', -1, n.size())
}

// Hex writes the number in Go's %x form, and nothing for an index.
func (n *Number) Hex() string {
	if n.Index {
		return ""
	}
	return strconv.FormatFloat(n.Value, 'x', -1, n.size())
}

// Bits writes the number's bits, and nothing for an index.
func (n *Number) Bits() string {
	switch {
	case n.Index:
		return ""
	case n.Single:
		return fmt.Sprintf("%08x", math.Float32bits(float32(n.Value)))
	}
	return fmt.Sprintf("%016x", math.Float64bits(n.Value))
}

func (n *Number) size() int {
	if n.Single {
		return 32
	}
	return 64
}

// ULP returns how many numbers of their type A and B are apart; false where one is not finite or none is known.
func (p *Parting) ULP() (uint64, bool) {
	if p.A == nil || p.A.Index {
		return 0, false
	}
	return ulps(p.A.Value, p.B.Value, p.A.Single)
}

// ulps is ULPs for the type of the network.
func ulps(a, b float64, single bool) (uint64, bool) {
	if !single {
		return ULPs(a, b)
	}
	if !finite(a) || !finite(b) {
		return 0, false
	}
	rank := func(v float64) int64 {
		if bits := int64(int32(math.Float32bits(float32(v)))); bits >= 0 {
			return bits
		} else {
			return math.MinInt32 - bits
		}
	}
	low, high := rank(a), rank(b)
	return uint64(max(low, high) - min(low, high)), true
}

// difference is how two lists of values differ.
type difference[T kernel.Float] struct {
	a, b   []T
	first  int // index, or -1
	count  int
	maxULP uint64
}

func newDifference[T kernel.Float](a, b []T) *difference[T] {
	d := &difference[T]{a: a, b: b, first: -1}
	for i, v := range a[:min(len(a), len(b))] {
		if sameValue(v, b[i]) {
			continue
		}
		if d.count++; d.first < 0 {
			d.first = i
		}
		if ulp, ok := ulps(float64(v), float64(b[i]), unsafe.Sizeof(v) == 4); ok {
			d.maxULP = max(d.maxULP, ulp)
		}
	}
	return d
}

// parting makes what there is to say of it.
func (d *difference[T]) parting(phase string) *Parting {
	p := nowhere(phase)
	p.A, p.B = numberOf(d.a[d.first]), numberOf(d.b[d.first])
	p.Differ, p.Of, p.MaxULP = d.count, len(d.a), d.maxULP
	return p
}

// nowhere is a parting in a phase of which nothing else is known.
func nowhere(phase string) *Parting {
	return &Parting{Phase: phase, Layer: -1, Sample: -1, Output: -1, Input: -1}
}

// place says which weight or bias the index is of, behind so many weights.
func (p *Parting) place(index, weights, inputs int) {
	if index < weights {
		p.Output, p.Input = index/inputs, index%inputs
		return
	}
	p.Output, p.Bias = index-weights, true
}

// sameValue compares bits. NaNs are all one: their payload is no part of the contract.
func sameValue[T kernel.Float](a, b T) bool {
	return wordOf(a) == wordOf(b) || a != a && b != b
}

// wordOf returns the bits of v.
func wordOf[T kernel.Float](v T) uint64 {
	if unsafe.Sizeof(v) == 4 {
		return uint64(math.Float32bits(float32(v)))
	}
	return math.Float64bits(float64(v))
}

// Where says in words what differs.
func (p *Parting) Where() string {
	var words []string
	switch p.Phase {
	case "":
		return fmt.Sprintf("steps %d to %d", p.From+1, p.To)
	case PhaseData, PhaseInitial:
		words = append(words, p.Phase)
	case PhaseEvaluation:
		words = append(words, fmt.Sprintf("after step %d, evaluation", p.Step))
		if p.Layer < 0 && p.A.Index {
			words = append(words, "right answers")
		} else if p.Layer < 0 {
			words = append(words, "loss")
		}
	default:
		words = append(words, fmt.Sprintf("step %d, %s", p.Step, p.Phase))
	}
	add := func(what string, i int) {
		if i >= 0 {
			words = append(words, fmt.Sprintf("%s %d", what, i))
		}
	}
	add("layer", p.Layer)
	add("sample", p.Sample)
	switch {
	case p.Bias:
		add("bias of output", p.Output)
	case p.Phase == PhaseData:
		add("feature", p.Input)
	default:
		add("output", p.Output)
		add("input", p.Input)
	}
	return strings.Join(words, ", ")
}

// Apart says how far A and B are apart, and how much of the phase differs.
func (p *Parting) Apart() string {
	var parts []string
	if ulp, ok := p.ULP(); ok {
		parts = append(parts, fmt.Sprintf("%d ulp", ulp))
	} else if p.A != nil && !p.A.Index {
		parts = append(parts, "not finite")
	}
	if p.Of > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d differ there, by %d ulp at most", p.Differ, p.Of, p.MaxULP))
	}
	return strings.Join(parts, "; ")
}

// Departs says which side has the bits of the contract; nothing where that is not known.
func (b *Bisection) Departs() string {
	p := b.Parting
	if p == nil || p.Reference == nil {
		return ""
	}
	a, other := same(p.A, p.Reference), same(p.B, p.Reference)
	switch {
	case a && !other:
		return fmt.Sprintf("%s agrees with the reference, %s departs from it", b.A, b.B)
	case other && !a:
		return fmt.Sprintf("%s departs from the reference, %s agrees with it", b.A, b.B)
	}
	return fmt.Sprintf("%s and %s both depart from the reference", b.A, b.B)
}

func same(a, b *Number) bool { return sameValue(a.Value, b.Value) }

// Summary says in a line what came out.
func (b *Bisection) Summary() string {
	p := b.Parting
	switch {
	case p == nil:
		return fmt.Sprintf("same: %s, no bit differs", counted(b.Compared, "step"))
	case p.Irreproducible:
		return fmt.Sprintf("not reproducible: steps %d to %d, run again, gave other bits the second time (memory or CPU fault?)", p.From+1, p.To)
	case p.Phase == "":
		return fmt.Sprintf("parted in steps %d to %d; which step cannot be told", p.From+1, p.To)
	case p.Whole:
		return fmt.Sprintf("parted: %s, in the routine that trains tiny networks whole", p.Where())
	}
	return "parted: " + p.Where()
}

// String says what came out, with values and hint, for reports.
func (b *Bisection) String() string {
	lines := []string{b.Summary()}
	if p := b.Parting; p != nil {
		if p.A != nil {
			line := fmt.Sprintf("%s %s, %s %s", b.A, p.value(p.A), b.B, p.value(p.B))
			if apart := p.Apart(); apart != "" {
				line += "; " + apart
			}
			lines = append(lines, line)
		}
		for _, line := range []string{b.Departs(), p.Hint} {
			if line != "" {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(append(lines, b.Notes...), "\n")
}

// value writes A or B so that no bit is lost, and says of an index what it counts.
func (p *Parting) value(n *Number) string {
	switch {
	case !n.Index:
		return n.Hex()
	case p.Phase == PhaseOrder:
		return "takes sample " + n.String()
	}
	return "has " + n.String() + " right"
}
