package page

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/samebits/samebits/harness"
)

// group is runs of one experiment, one beside the other.
type group struct {
	ID, Name    string
	Runs        []string
	Facts       []facts
	Verdicts    []*verdict
	Differences []*figure // of runs that are not the same
	Curves      []*figure // losses of all, then accuracies
	Clouds      []*figure
	Tables      []*confusion

	losses, accuracies []*figure
}

// facts are some rows of a table that has a column for each run.
type facts struct {
	Name string
	Rows []fact
}

type fact struct {
	Name   string
	Code   bool // whether it is for machines
	Values []string
}

// verdict is what comparing a run with the first of its group came to.
type verdict struct {
	Class   string // of the style sheet
	Word    string // the verdict alone
	A, B    string // names of the two
	Text    string
	Reasons []string
}

func showGroup(ctx context.Context, runs []*harness.Saved, number int) (*group, error) {
	g := &group{ID: fmt.Sprintf("run-%d", number), Name: nameOf(runs[0])}
	for _, r := range runs {
		g.Runs = append(g.Runs, r.Name)
		if err := g.show(ctx, r, len(runs) > 1); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	g.Curves = slices.Concat(g.losses, g.accuracies)
	g.Facts = tabled(runs)
	for _, r := range runs[1:] {
		c := harness.Compare(runs[0].Curve, r.Curve, harness.Modes{}, false)
		f, err := differenceFigure(c, runs[0].Name, r.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		g.Differences = append(g.Differences, f...)
		g.Verdicts = append(g.Verdicts, verdictOf(c, runs[0].Name, r.Name))
	}
	return g, nil
}

// show draws a run, and names it where it is one of several.
func (g *group) show(ctx context.Context, r *harness.Saved, several bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	of := ""
	if several {
		of = ", " + r.Name
	}
	loss, err := lossFigure(r, of)
	if err != nil {
		return err
	}
	accuracy, err := accuracyFigure(r, of)
	if err != nil {
		return err
	}
	g.losses, g.accuracies = append(g.losses, loss...), append(g.accuracies, accuracy...)
	if r.Predictions == nil {
		return nil
	}
	clouds, err := cloudFigures(r.Predictions, of)
	if err != nil {
		return err
	}
	g.Clouds = append(g.Clouds, clouds...)
	for _, s := range setsOf(r.Predictions) {
		id := fmt.Sprintf("%s-told-%d", g.ID, len(g.Tables)+1)
		g.Tables = append(g.Tables, confusionOf(id, s.name+of, s.told))
	}
	return nil
}

// set is one set of samples and what it is called.
type set struct {
	name string
	told *harness.Told
}

func setsOf(p *harness.Predictions) []set {
	all := []set{{"training data", &p.Train}}
	if p.Test != nil {
		all = append(all, set{"test data", p.Test})
	}
	return all
}

// summary is a run's row in the table of all.
type summary struct {
	ID, Name, Experiment         string
	Kernel, Right, Test, Weights string
	Verdict                      *verdict // nil for the first of its group
}

// overview is a row for each run; nothing for a single one.
func overview(groups [][]*harness.Saved, shown []*group) (rows []summary) {
	for i, runs := range groups {
		for j, r := range runs {
			s := summary{
				ID: shown[i].ID, Name: r.Name, Experiment: shown[i].Name, Kernel: made(func(m *harness.Manifest) string { return m.Kernel })(r),
				Right: right(r.Curve, ""), Test: right(r.Curve, "test_"), Weights: finalWeights(r),
			}
			if j > 0 {
				s.Verdict = shown[i].Verdicts[j-1]
			}
			rows = append(rows, s)
		}
	}
	if len(rows) < 2 {
		return nil
	}
	return rows
}

// tabled writes what is known of the runs. Rows that no run has a value for are left out, and so are tables without rows.
func tabled(runs []*harness.Saved) (shown []facts) {
	all := []facts{
		{"Result", []fact{
			{Name: "right, training", Values: each(runs, func(r *harness.Saved) string { return right(r.Curve, "") })},
			{Name: "right, test", Values: each(runs, func(r *harness.Saved) string { return right(r.Curve, "test_") })},
			{Name: "loss, training", Values: each(runs, func(r *harness.Saved) string { return loss(r.Curve, "loss") })},
			{Name: "loss, test", Values: each(runs, func(r *harness.Saved) string { return loss(r.Curve, "test_loss") })},
			{Name: "weights", Code: true, Values: each(runs, finalWeights)},
		}},
		{"Run", []fact{
			{Name: "kind", Values: each(runs, func(r *harness.Saved) string { return r.Curve.Kind })},
			{Name: "network", Values: each(runs, network)},
			{Name: "samples", Values: each(runs, samples)},
			{Name: "steps", Values: each(runs, steps)},
			{Name: "arithmetic", Values: each(runs, func(r *harness.Saved) string { return r.Curve.Facts.Contract })},
			{Name: "experiment", Code: true, Values: each(runs, func(r *harness.Saved) string { return r.Curve.Facts.Digest })},
			{Name: "data", Code: true, Values: each(runs, func(r *harness.Saved) string { return r.Curve.Facts.Data })},
		}},
		{"Environment", []fact{
			{Name: "kernel", Values: each(runs, made(func(m *harness.Manifest) string { return m.Kernel }))},
			{Name: "threads", Values: each(runs, made(func(m *harness.Manifest) string { return strconv.Itoa(m.Threads) }))},
			{Name: "time taken", Values: each(runs, made(func(m *harness.Manifest) string { return elapsed(m.Seconds) }))},
			{Name: "CPU", Values: each(runs, made(func(m *harness.Manifest) string { return m.CPU }))},
			{Name: "system", Values: each(runs, made(func(m *harness.Manifest) string { return m.OS + "/" + m.Arch }))},
			{Name: "Go", Values: each(runs, made(func(m *harness.Manifest) string { return m.Go }))},
			{Name: "samebits", Values: each(runs, made(func(m *harness.Manifest) string { return m.Version }))},
			{Name: "made", Values: each(runs, made(func(m *harness.Manifest) string { return m.Time }))},
		}},
	}
	for _, f := range all {
		var rows []fact
		for _, row := range f.Rows {
			if row.Values != nil {
				rows = append(rows, row)
			}
		}
		if rows != nil {
			shown = append(shown, facts{f.Name, rows})
		}
	}
	return shown
}

// each returns a value for each run, or nil if all are empty.
func each(runs []*harness.Saved, value func(*harness.Saved) string) []string {
	values, some := make([]string, len(runs)), false
	for i, r := range runs {
		values[i] = value(r)
		some = some || values[i] != ""
	}
	if !some {
		return nil
	}
	return values
}

// made returns what a run's manifest says, if it has one.
func made(value func(*harness.Manifest) string) func(*harness.Saved) string {
	return func(r *harness.Saved) string {
		if r.Manifest == nil {
			return ""
		}
		return value(r.Manifest)
	}
}

// right says how many samples were told rightly in the end, or what share of them.
func right(c *harness.Curve, prefix string) string {
	final, total := c.Last(), c.Facts.Samples
	if prefix != "" {
		total = c.Facts.Tests
	}
	n, counts := final[prefix+"correct"]
	share, shares := final[prefix+"accuracy"]
	switch {
	case counts && total > 0:
		return fmt.Sprintf("%.0f of %d (%.1f %%)", n, total, 100*n/float64(total))
	case counts:
		return fmt.Sprintf("%.0f", n)
	case shares:
		return fmt.Sprintf("%.1f %%", 100*share)
	}
	return ""
}

func loss(c *harness.Curve, series string) string {
	v, ok := c.Last()[series]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s (%s)", decimal(v), exact(v))
}

// finalWeights is the digest at the last point that has one.
func finalWeights(r *harness.Saved) string {
	if n := len(r.Curve.Weights); n > 0 {
		return r.Curve.Weights[n-1]
	}
	return ""
}

func network(r *harness.Saved) string {
	if f := r.Curve.Facts; f.Network != "" {
		return f.Network
	} else {
		return f.DType
	}
}

func samples(r *harness.Saved) string {
	f := r.Curve.Facts
	switch {
	case f.Samples == 0:
		return ""
	case f.Tests > 0:
		return fmt.Sprintf("%d to train on, %d to test with", f.Samples, f.Tests)
	}
	return fmt.Sprintf("%d to train on", f.Samples)
}

func steps(r *harness.Saved) string {
	s := r.Curve.Steps
	return fmt.Sprintf("%d, a curve of %s", s[len(s)-1], counted(len(s), "point"))
}

// classOf is how the style sheet calls a verdict.
func classOf(verdict string) string {
	switch verdict {
	case harness.Same:
		return "good"
	case "no data", "not on this CPU", harness.NotComparable:
		return "open"
	}
	return "bad"
}

// verdictOf says what comparing two runs bit by bit came to.
func verdictOf(c *harness.Comparison, a, b string) *verdict {
	v := &verdict{Class: classOf(c.Verdict), Word: c.Verdict, A: a, B: b, Text: c.Summary(), Reasons: slices.Concat(c.Reasons, c.Notes)}
	if len(c.Reasons) > 0 && strings.Contains(v.Text, c.Reasons[0]) {
		v.Text = c.Verdict // the reason follows
	}
	return v
}
