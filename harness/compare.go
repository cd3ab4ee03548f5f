package harness

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/samebits/samebits/harness/picture"
)

// The verdicts of a comparison.
const (
	Same          = "same"           // every bit of what was compared
	SameWithin    = "same within"    // the modes, but not every bit
	Differs       = "differs"        // a number, a digest or the data, or one has points that the other has not
	NotComparable = "not comparable" // the curves are not of one thing; what they share is compared for information
)

// Comparison is what [Compare] found.
type Comparison struct {
	A, B    *Curve
	Verdict string
	Reasons []string // why it is not the same, or cannot be told
	Notes   []string // what else to know

	Steps        []int // shared
	OnlyA, OnlyB []int // the others
	Series       []*SeriesDifference
	LeftOut      []string // series that a mode skips
	Weights      DigestDifference
	Final        *FinalDifference // nil where A or B is no folder with weights
}

// SeriesDifference is how one series differs over the shared points.
type SeriesDifference struct {
	Name    string
	Mode    Mode
	A, B    []float64 // as long as the comparison's Steps
	Bits    int       // points whose bits differ
	Differ  int       // points that differ in Mode
	First   int       // index of the first point that differs in Mode, or -1
	MaxULP  uint64    // between finite numbers
	ULPAt   int       // index of the first such point, or -1 where all finite numbers are 0 apart
	MaxRel  float64   // largest [Relative] difference
	RelAt   int       // its index, or -1
	Endless int       // points whose bits differ and of which one is not finite, so that there is no distance
}

// DigestDifference is how the digests of the weights differ.
type DigestDifference struct {
	Decide   bool // whether they have a say in the verdict
	Compared int  // shared points where both have one
	Differ   int
	First    int // index of the first that differs, or -1
	a, b     []string
}

// At returns the two digests of a shared point, "" where there is none.
func (d DigestDifference) At(i int) (a, b string) {
	if d.a == nil || d.b == nil {
		return "", ""
	}
	return d.a[i], d.b[i]
}

// Passes reports whether the curves are the same, as far as the modes ask.
func (c *Comparison) Passes() bool { return c.Verdict == Same || c.Verdict == SameWithin }

// First returns the index of the first shared point that differs in a series' mode or, where digests decide, in its digest;
// -1 if none does.
func (c *Comparison) First() int {
	first := -1
	take := func(i int) {
		if i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	for _, s := range c.Series {
		take(s.First)
	}
	if c.Weights.Decide {
		take(c.Weights.First)
	}
	return first
}

// FirstBits returns the index of the first shared point where any bit differs, in numbers or digests; -1 if none does.
func (c *Comparison) FirstBits() int {
	for i := range c.Steps {
		if i == c.Weights.First {
			return i
		}
		for _, s := range c.Series {
			if !s.SameBits(i) {
				return i
			}
		}
	}
	return -1
}

// SameBits reports whether the two numbers of point i have the same bits.
func (s *SeriesDifference) SameBits(i int) bool {
	return math.Float64bits(s.A[i]) == math.Float64bits(s.B[i])
}

// Apart returns how many of a number's last bits are lost to the difference, at each point: the binary logarithm of 1 + ULPs,
// for the eye alone. Where one of the numbers is not finite it is 64.
func (s *SeriesDifference) Apart() []float64 {
	apart := make([]float64, len(s.A))
	for i := range apart {
		d, ok := ULPs(s.A[i], s.B[i])
		switch {
		case s.SameBits(i):
		case !ok:
			apart[i] = 64
		default:
			apart[i] = math.Log2(1 + float64(d))
		}
	}
	return apart
}

// Compare compares two curves at the steps that both have. Points that only one of them has make them differ, unless
// shared says that they do not matter.
func Compare(a, b *Curve, modes Modes, shared bool) *Comparison {
	c := &Comparison{A: a, B: b, Weights: DigestDifference{First: -1}}
	c.Notes = append(append(c.Notes, a.Notes...), b.Notes...)
	other := c.facts()
	atA, atB := c.align()
	other = append(other, c.compareSeries(modes, atA, atB)...)
	other = append(other, c.compareWeights(modes, atA, atB)...)
	c.compareFinal(modes)

	var differ []string
	if a.Facts.Data != "" && b.Facts.Data != "" && a.Facts.Data != b.Facts.Data {
		differ = append(differ, fmt.Sprintf("other data: A %s, B %s", a.Facts.Data, b.Facts.Data))
	}
	for _, s := range c.Series {
		if s.Differ > 0 {
			differ = append(differ, fmt.Sprintf("%s differs at %d of %d points, first at step %d", s.Name, s.Differ, len(s.A), c.Steps[s.First]))
		}
	}
	if w := c.Weights; w.Decide && w.Differ > 0 {
		differ = append(differ, fmt.Sprintf("weights differ at %d of %d points, first at step %d", w.Differ, w.Compared, c.Steps[w.First]))
	}
	for _, only := range []struct {
		of    string
		steps []int
	}{{"A", c.OnlyA}, {"B", c.OnlyB}} {
		if n := len(only.steps); n > 0 && len(c.Steps) > 0 && !shared {
			differ = append(differ, fmt.Sprintf("only %s has %d of its points, the first at step %d", only.of, n, only.steps[0]))
		}
	}
	c.Reasons = append(other, differ...)
	switch {
	case len(other) > 0:
		c.Verdict = NotComparable
	case len(differ) > 0:
		c.Verdict = Differs
	case c.FirstBits() >= 0:
		c.Verdict = SameWithin
	default:
		c.Verdict = Same
	}
	return c
}

// facts says why the curves are not of one thing.
func (c *Comparison) facts() (reasons []string) {
	a, b := c.A.Facts, c.B.Facts
	add := func(what, a, b string) {
		if a != "" && b != "" && a != b {
			reasons = append(reasons, fmt.Sprintf("another %s: A %.80s, B %.80s", what, a, b))
		}
	}
	add("arithmetic contract", a.Contract, b.Contract)
	if a.Digest != "" && b.Digest != "" {
		add("experiment", a.Digest, b.Digest) // names are no part of it
	} else {
		add("experiment", a.Experiment, b.Experiment)
	}
	if a.Network != "" && b.Network != "" {
		add("network", a.Network, b.Network)
	} else {
		add("type", a.DType, b.DType)
	}
	number := func(what string, a, b int) {
		if a > 0 && b > 0 && a != b {
			reasons = append(reasons, fmt.Sprintf("%s: A %d, B %d", what, a, b))
		}
	}
	number("another number of samples", a.Samples, b.Samples)
	number("another number of samples to test with", a.Tests, b.Tests)
	return reasons
}

// align finds the shared steps and where they stand in A and in B.
func (c *Comparison) align() (atA, atB []int) {
	i, j := 0, 0
	for i < len(c.A.Steps) && j < len(c.B.Steps) {
		switch a, b := c.A.Steps[i], c.B.Steps[j]; {
		case a < b:
			c.OnlyA = append(c.OnlyA, a)
			i++
		case a > b:
			c.OnlyB = append(c.OnlyB, b)
			j++
		default:
			c.Steps = append(c.Steps, a)
			atA, atB = append(atA, i), append(atB, j)
			i, j = i+1, j+1
		}
	}
	c.OnlyA = append(c.OnlyA, c.A.Steps[i:]...)
	c.OnlyB = append(c.OnlyB, c.B.Steps[j:]...)
	return atA, atB
}

// compareSeries compares what both have, and says what cannot be compared.
func (c *Comparison) compareSeries(modes Modes, atA, atB []int) (reasons []string) {
	if len(c.Steps) == 0 {
		return []string{fmt.Sprintf("no step is in both: A has %d to %d, B %d to %d",
			c.A.Steps[0], c.A.Steps[len(c.A.Steps)-1], c.B.Steps[0], c.B.Steps[len(c.B.Steps)-1])}
	}
	for _, name := range SeriesNames {
		mode, own := modes.of(name)
		a, b := c.A.series(name, c.B), c.B.series(name, c.A)
		switch {
		case mode.Skip():
			if a != nil || b != nil {
				c.LeftOut = append(c.LeftOut, name)
			}
		case a != nil && b != nil:
			c.Series = append(c.Series, differenceOf(name, mode, pick(a, atA), pick(b, atB)))
		case a == nil && b == nil:
			if own {
				reasons = append(reasons, name+": a mode is given, but neither A nor B has it")
			}
		case !own && c.covered(name, modes):
		case a != nil:
			reasons = append(reasons, fmt.Sprintf("%s: only A has it; --mode %s:skip leaves it out", name, name))
		default:
			reasons = append(reasons, fmt.Sprintf("%s: only B has it; --mode %s:skip leaves it out", name, name))
		}
	}
	if c.Series == nil {
		reasons = append(reasons, "there is no series to compare")
	}
	return reasons
}

// twin is the other way to say how many answers are right.
var twin = map[string]string{
	"correct": "accuracy", "accuracy": "correct", "test_correct": "test_accuracy", "test_accuracy": "test_correct",
}

// series returns a series. The share of right answers is computed where the other curve has it and this one has their number
// and that of all answers.
func (c *Curve) series(name string, other *Curve) []float64 {
	if have := c.Series[name]; have != nil || !isShare(name) || other.Series[name] == nil {
		return have
	}
	total := c.Facts.Samples
	if strings.HasPrefix(name, "test_") {
		total = c.Facts.Tests
	}
	if total == 0 {
		return nil
	}
	var shares []float64
	for _, n := range c.Series[twin[name]] {
		shares = append(shares, n/float64(total))
	}
	return shares
}

// covered reports whether the series' twin is compared.
func (c *Comparison) covered(name string, modes Modes) bool {
	t := twin[name]
	if t == "" {
		return false
	}
	mode, _ := modes.of(t)
	return !mode.Skip() && c.A.series(t, c.B) != nil && c.B.series(t, c.A) != nil
}

func pick(values []float64, at []int) []float64 {
	picked := make([]float64, len(at))
	for i, j := range at {
		picked[i] = values[j]
	}
	return picked
}

func differenceOf(name string, mode Mode, a, b []float64) *SeriesDifference {
	s := &SeriesDifference{Name: name, Mode: mode, A: a, B: b, First: -1, ULPAt: -1, RelAt: -1}
	for i := range a {
		if s.SameBits(i) {
			continue
		}
		s.Bits++
		if !mode.Same(a[i], b[i]) {
			if s.Differ++; s.First < 0 {
				s.First = i
			}
		}
		ulp, ok := ULPs(a[i], b[i])
		if !ok {
			s.Endless++
			continue
		}
		if ulp > s.MaxULP {
			s.MaxULP, s.ULPAt = ulp, i
		}
		if rel, _ := Relative(a[i], b[i]); rel > s.MaxRel {
			s.MaxRel, s.RelAt = rel, i
		}
	}
	return s
}

// compareWeights compares the digests. They decide where every series is compared by bits, since weights that differ a
// little have digests that have nothing in common; or where a mode says so.
func (c *Comparison) compareWeights(modes Modes, atA, atB []int) (reasons []string) {
	mode, own := modes.of(weightsSeries)
	w := &c.Weights
	if own && mode.Skip() {
		if c.A.Weights != nil || c.B.Weights != nil {
			c.LeftOut = append(c.LeftOut, weightsSeries)
		}
		return nil
	}
	w.Decide = true
	for _, s := range c.Series {
		w.Decide = w.Decide && s.Mode.Exact()
	}
	w.Decide = w.Decide || own
	if c.A.Weights != nil && c.B.Weights != nil {
		for i := range c.Steps {
			a, b := c.A.Weights[atA[i]], c.B.Weights[atB[i]]
			w.a, w.b = append(w.a, a), append(w.b, b)
			if a == "" || b == "" {
				continue
			}
			w.Compared++
			if a != b {
				if w.Differ++; w.First < 0 {
					w.First = i
				}
			}
		}
	}
	switch {
	case w.Compared > 0:
	case own:
		reasons = append(reasons, "weights: a mode is given, but there is no point where A and B both have a digest")
	case c.A.Weights != nil || c.B.Weights != nil:
		c.Notes = append(c.Notes, "weights were not compared: there is no point where A and B both have a digest")
	}
	return reasons
}

// Summary says in a line what came out.
func (c *Comparison) Summary() string {
	switch c.Verdict {
	case Same:
		return fmt.Sprintf("same: %s, bit for bit%s", c.compared(), c.without())
	case SameWithin:
		return fmt.Sprintf("same within %s: %s, not bit for bit%s", c.modes(), c.compared(), c.without())
	case Differs:
		if i := c.First(); i >= 0 {
			return fmt.Sprintf("differs: first at step %d%s", c.Steps[i], c.without())
		}
		return "differs: " + c.Reasons[0] + c.without()
	}
	return "not comparable: " + c.Reasons[0]
}

// compared says what the verdict rests on.
func (c *Comparison) compared() string {
	var names []string
	for _, s := range c.Series {
		names = append(names, s.Name)
	}
	text := fmt.Sprintf("%s at %s", list(names), counted(len(c.Steps), "point"))
	if w := c.Weights; w.Decide && w.Compared > 0 {
		text += fmt.Sprintf(", weights at %d", w.Compared)
	}
	return text
}

// modes writes the mode of each series.
func (c *Comparison) modes() string {
	var words []string
	for _, s := range c.Series {
		words = append(words, s.Name+" "+s.Mode.String())
	}
	return strings.Join(words, ", ")
}

// without says what the verdict passes over.
func (c *Comparison) without() string {
	var parts []string
	if len(c.LeftOut) > 0 {
		parts = append(parts, "without "+list(c.LeftOut))
	}
	if n := len(c.OnlyA) + len(c.OnlyB); n > 0 && c.Verdict != Differs {
		parts = append(parts, fmt.Sprintf("passed over %s that only one of them has", counted(n, "point")))
	}
	if w := c.Weights; !w.Decide && w.Compared > 0 {
		parts = append(parts, fmt.Sprintf("weights have no say, %d of %d digests differ", w.Differ, w.Compared))
	}
	if parts == nil {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}

// ErrNothingToDraw is the error of a comparison without a point or series.
var ErrNothingToDraw = errors.New("nothing to draw: no point is compared")

// Drawn returns the series whose difference is shown as a curve: the losses, or else what there is, one or two.
func (c *Comparison) Drawn() (drawn []*SeriesDifference) {
	for _, endings := range [][]string{{"loss", "test_loss"}, {"correct", "test_correct"}, {"accuracy", "test_accuracy"}} {
		for _, s := range c.Series {
			if s.Name == endings[0] || s.Name == endings[1] {
				drawn = append(drawn, s)
			}
		}
		if drawn != nil {
			return drawn
		}
	}
	return nil
}

// ApartLabel says what [SeriesDifference.Apart] is.
const ApartLabel = "bits apart, log2(1 + ulp)"

// Export writes difference.png and difference.svg, how far the curves lie apart, into the folder dir, which it makes if
// need be.
func (c *Comparison) Export(dir string) error {
	drawn := c.Drawn()
	if drawn == nil {
		return ErrNothingToDraw
	}
	var apart [][]float64
	for _, s := range drawn {
		apart = append(apart, s.Apart())
	}
	label := strings.ReplaceAll(drawn[0].Name, "_", " ") + ": " + ApartLabel
	p, err := picture.Difference("Difference of A and B", label, c.Steps, apart...)
	if err != nil {
		return err
	}
	png, err := p.PNG()
	if err != nil {
		return err
	}
	svg, err := p.SVG()
	if err != nil {
		return err
	}
	if err := CheckFolder(dir); err != nil {
		return err
	}
	return place(dir, []file{{"difference.png", png}, {"difference.svg", svg}})
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
