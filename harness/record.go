package harness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/samebits/samebits/kernel"
)

var (
	// ErrReason is in the error of a recording that changes a golden trace and does not say why.
	ErrReason = errors.New("no reason is given")

	// ErrOneKernel is the error of a recording where there is but one kernel.
	ErrOneKernel = errors.New("is the only kernel here, so that nothing can agree with it")

	// ErrUnwritten is in the error of a golden trace that could not be written.
	ErrUnwritten = errors.New("nothing is recorded")
)

// Recorder records golden traces, and tells how they change.
type Recorder struct {
	options Options
	kernels []string
	reason  string
	date    string
}

// NewRecorder returns a recorder on all kernels that there are. reason says why golden traces that are there change; it may
// be empty where none does. It is an error if CI is set in the environment, since golden traces that CI writes show nothing;
// if the reference kernel is alone, [ErrOneKernel], unless single says that this is known; and if the reason cannot stand in
// a history. The kernel of o is not used.
func NewRecorder(reason string, single bool, o Options) (*Recorder, error) {
	if os.Getenv("CI") != "" {
		return nil, errors.New("CI is set in the environment; golden traces are recorded by people")
	}
	if _, err := kernel.Default(); err != nil {
		return nil, err
	}
	r := &Recorder{options: o, kernels: kernel.Names(), reason: reason}
	if err := checkKernels(r.kernels, single); err != nil {
		return nil, err
	}
	if reason != "" {
		if err := CheckReason(reason); err != nil {
			return nil, fmt.Errorf("the reason: %w", err)
		}
	}
	var err error
	r.date, err = historyDate()
	return r, err
}

// checkKernels refuses kernels whose agreement would show nothing.
func checkKernels(kernels []string, single bool) error {
	if !slices.Contains(kernels, Reference) {
		return fmt.Errorf("the reference kernel, %s, is not among %s", Reference, strings.Join(kernels, ", "))
	}
	if len(kernels) < 2 && !single {
		return fmt.Errorf("%s %w", kernels[0], ErrOneKernel)
	}
	return nil
}

// traced is what a golden trace can be: that of a run, or of a sweep.
type traced interface {
	String() string
	final() string
	size() string
}

func (t *Trace) final() string { return t.Weights() }
func (t *Trace) size() string {
	return fmt.Sprintf("%d points, weights %s", len(t.Points), t.Weights())
}
func (t *SweepTrace) final() string { return t.Root }
func (t *SweepTrace) size() string {
	return fmt.Sprintf("%d runs, root %s", t.Seeds.Count(), t.Root)
}

// Recording is a golden trace that is to be recorded, and what is there of it.
type Recording struct {
	Path      string   // of the golden trace
	Unchanged bool     // whether it is there already
	First     string   // where the traces part, empty where they do not
	Changes   []Change // how each part of the golden trace changes; nil where there is none that can be read

	recorder *Recorder
	golden   standing
	trace    traced
	train    func(context.Context) error // fills in the trace and how it differs
}

// Open looks at what there is of an experiment's golden trace, before anything is computed.
func (r *Recorder) Open(s *Source) (*Recording, error) {
	e, err := s.Experiment()
	if err != nil {
		return nil, err
	}
	c, err := r.open(s, s.GoldenPath())
	if err != nil {
		return nil, err
	}
	c.train = func(ctx context.Context) error {
		t, err := Record(ctx, e, r.kernels, r.options)
		if err != nil {
			return err
		}
		c.trace = t
		if old, err := ParseTrace(c.Path, c.golden.text); err == nil {
			c.golden.digest, c.Changes = old.final(), t.Changes(old)
			if d := t.Diff(old); d != nil {
				c.First = d.Text
			}
		}
		return nil
	}
	return c, nil
}

// OpenSweep is [Recorder.Open] for the experiment's sweep, which is recorded with these seeds.
func (r *Recorder) OpenSweep(s *Source, seeds Seeds) (*Recording, error) {
	if _, err := s.Experiment(); err != nil {
		return nil, err
	}
	c, err := r.open(s, s.GoldenSweepPath())
	if err != nil {
		return nil, err
	}
	c.train = func(ctx context.Context) error {
		t, err := s.RecordSweep(ctx, seeds, r.kernels, r.options)
		if err != nil {
			return err
		}
		c.trace = t
		if old, err := parseSweepTrace(c.Path, c.golden.text); err == nil {
			c.golden.digest, c.Changes, c.First = old.final(), t.Changes(old), t.Diff(old)
		}
		return nil
	}
	return c, nil
}

func (r *Recorder) open(s *Source, path string) (*Recording, error) {
	g, err := stand(s, path)
	if err != nil {
		return nil, err
	}
	return &Recording{Path: path, recorder: r, golden: g}, nil
}

// Train trains on every kernel and compares with what is there. Nothing is written yet. It fails as the function [Record].
func (c *Recording) Train(ctx context.Context) error {
	if err := c.train(ctx); err != nil {
		return err
	}
	c.Unchanged = c.golden.there && c.golden.text == c.trace.String()
	return nil
}

// standing is what stands where a golden trace is to be written.
type standing struct {
	there   bool
	text    string
	digest  string // or NoTrace, or Unreadable
	history *History
}

// stand reads it. What cannot be read is not written over either.
func stand(s *Source, path string) (g standing, err error) {
	if s.fs != nil {
		return g, fmt.Errorf("%s is built in; record it in a checkout of the project, from its root: repro record %s", s.name, s.name)
	}
	if g.history, err = readHistory(historyPath(path)); err != nil {
		return g, err
	}
	text, err := s.beside(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		g.digest = g.history.last()
		return g, nil
	case err != nil:
		return g, fmt.Errorf("%w: %w", ErrUnwritten, err)
	}
	g.there, g.text, g.digest = true, string(text), Unreadable
	return g, nil
}

// historyPath returns the path of a golden trace's history.
func historyPath(path string) string { return path + ".history" }

// needsReason tells why the recording needs a reason, or nothing if it needs none.
func (c *Recording) needsReason() string {
	switch {
	case c.Unchanged:
		return ""
	case c.golden.there:
		return "the golden trace changes"
	case c.golden.history != nil:
		return "the golden trace is gone, but not its history, " + historyPath(c.Path)
	}
	return ""
}

// String tells what the recording changes: nothing for a golden trace that is new or stays.
func (c *Recording) String() string {
	var b strings.Builder
	switch {
	case c.Unchanged || !c.golden.there:
		return ""
	case c.Changes == nil:
		fmt.Fprintf(&b, "%s: what is there cannot be read as a trace\n", c.Path)
	case c.First == "":
		fmt.Fprintf(&b, "%s: the same run, written in another way\n", c.Path)
	default:
		fmt.Fprintf(&b, "%s: no longer the trace that was recorded: %s\n", c.Path, c.First)
	}
	for _, change := range c.Changes {
		b.WriteString(change.String())
	}
	return b.String()
}

// Write writes the golden trace that Train found and, with a reason, a line of its history, and tells what was written. It
// fails if the golden trace needs a reason and has none, [ErrReason], and if it could not be written, [ErrUnwritten].
func (c *Recording) Write() (string, error) {
	if c.Unchanged {
		return c.Path + ": unchanged", nil
	}
	reason := c.recorder.reason
	if why := c.needsReason(); why != "" && reason == "" {
		return "", fmt.Errorf("%s: %w, and %s", c.Path, ErrReason, why)
	}
	// The history comes first: a trace that changed for no reason is worse than a line that is taken back.
	if reason != "" {
		longer := c.golden.history.with(c.recorder.entry(c.golden.digest, c.trace.final())).String()
		if len(longer) > maxHistory {
			return "", fmt.Errorf("%s would have more than %d bytes; move it away to begin a new one", historyPath(c.Path), maxHistory)
		}
		if err := WriteFile(historyPath(c.Path), []byte(longer)); err != nil {
			return "", fmt.Errorf("%w: %w", ErrUnwritten, err)
		}
	}
	if err := WriteFile(c.Path, []byte(c.trace.String())); err != nil {
		return "", errors.Join(fmt.Errorf("%w: %w", ErrUnwritten, err), c.takeBack())
	}
	return fmt.Sprintf("%s: written, %s", c.Path, c.trace.size()), nil
}

// takeBack leaves the history as it was.
func (c *Recording) takeBack() error {
	path := historyPath(c.Path)
	switch {
	case c.recorder.reason == "":
		return nil
	case c.golden.history == nil:
		return os.Remove(path)
	}
	return WriteFile(path, []byte(c.golden.history.String()))
}

// Change is how one part of a golden trace changes.
type Change struct {
	What   string // experiment, loss, right, weights, ...
	How    string // how many points differ, and where the first; empty for what is no series of points
	Same   bool
	Old    string // at the end; empty where there was none
	New    string
	series bool
}

// String writes the change in one line where nothing changes, and in three otherwise.
func (c Change) String() string {
	head := "  " + c.What
	if c.How != "" {
		head += ": " + c.How
	}
	if c.Same {
		if c.series {
			return head + ", at the end " + c.New + "\n"
		}
		return head + ": the same, " + c.New + "\n"
	}
	at := ""
	if c.series {
		at = " at the end"
	}
	return fmt.Sprintf("%s\n    old%s: %s\n    new%s: %s\n", head, at, orNone(c.Old), at, orNone(c.New))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// Changes tells how an old trace of the experiment becomes t: first the facts that differ, then each series of points. Points are
// compared with those of the same step.
func (t *Trace) Changes(old *Trace) (all []Change) {
	for _, f := range []struct{ what, old, new string }{
		{"arithmetic contract", old.Contract, t.Contract},
		{"name", old.Experiment, t.Experiment},
		{"experiment", old.Digest, t.Digest},
		{"data", old.Data, t.Data},
		{"network", old.Network, t.Network},
		{"points", strconv.Itoa(len(old.Points)), strconv.Itoa(len(t.Points))},
	} {
		if f.old != f.new {
			all = append(all, Change{What: f.what, Old: f.old, New: f.new})
		}
	}
	for _, s := range []struct {
		what string
		of   func(t *Trace, p Point) string
	}{
		{"loss", func(_ *Trace, p Point) string { return lossText(p.Loss) }},
		{"right", func(t *Trace, p Point) string { return rightText(p.Correct, t.Samples) }},
		{"test loss", func(t *Trace, p Point) string { return t.ifTested(lossText(p.Test.Loss)) }},
		{"test right", func(t *Trace, p Point) string { return t.ifTested(rightText(p.Test.Correct, t.Tests)) }},
		{"weights", func(_ *Trace, p Point) string { return p.Weights }},
	} {
		if c := seriesChange(t, old, s.of); c.Old != "" || c.New != "" {
			c.What = s.what
			all = append(all, c)
		}
	}
	return all
}

func lossText(v float64) string { return hexFloat(v) + " " + strconv.FormatFloat(v, 'g', -1, 64) }

func rightText(correct, total int) string { return fmt.Sprintf("%d/%d", correct, total) }

func (t *Trace) ifTested(text string) string {
	if t.Tests == 0 {
		return ""
	}
	return text
}

// seriesChange compares what of says of the points that both traces have, and the last point of each.
func seriesChange(t, old *Trace, of func(*Trace, Point) string) Change {
	c := Change{series: true, Old: of(old, old.Points[len(old.Points)-1]), New: of(t, t.Points[len(t.Points)-1])}
	common, differ, first := 0, 0, 0
	i := 0 // steps rise in both
	for _, p := range t.Points {
		for i < len(old.Points) && old.Points[i].Step < p.Step {
			i++
		}
		if i == len(old.Points) {
			break
		}
		if old.Points[i].Step != p.Step {
			continue
		}
		common++
		if of(t, p) != of(old, old.Points[i]) {
			if differ == 0 {
				first = p.Step
			}
			differ++
		}
	}
	switch {
	case common == 0:
		c.How = "no point of one is at a step of the other"
		return c
	case common < max(len(t.Points), len(old.Points)):
		c.How = fmt.Sprintf("%d of %d points that both have differ", differ, common)
	default:
		c.How = fmt.Sprintf("%d of %d points differ", differ, common)
	}
	if differ > 0 {
		c.How += fmt.Sprintf(", the first at step %d", first)
	}
	c.Same = differ == 0 && c.Old == c.New
	return c
}

// sweepParts are the beginnings of a sweep's lines, and what they are about. The longer comes first.
var sweepParts = []string{"contract", "experiment", "seeds", "runs", "test right", "test loss", "right", "loss", "root"}

// Changes tells how an old trace of the sweep becomes t, line by line.
func (t *SweepTrace) Changes(old *SweepTrace) (all []Change) {
	was, is := old.parts(), t.parts()
	for _, what := range []string{"contract", "experiment", "seeds", "runs", "right", "loss", "test right", "test loss", "root"} {
		if was[what] != "" || is[what] != "" {
			all = append(all, Change{What: what, Same: was[what] == is[what], Old: was[what], New: is[what]})
		}
	}
	return all
}

// parts returns the lines behind the heading, by what they are about.
func (t *SweepTrace) parts() map[string]string {
	parts := map[string]string{}
	for line := range strings.Lines(t.text) {
		for _, what := range sweepParts {
			if rest, ok := strings.CutPrefix(line, what+" "); ok {
				parts[what] = legible(strings.TrimSuffix(rest, "\n"))
				break
			}
		}
	}
	return parts
}

// legible quotes what would steer a terminal: the text is that of a file.
func legible(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
