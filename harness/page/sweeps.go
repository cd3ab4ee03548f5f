package page

import (
	"context"
	"fmt"
	"strings"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/harness/picture"
)

// sweep is the distribution of the results of many runs.
type sweep struct {
	ID, Title string
	Facts     []fact
	Sets      []string // of samples, where there is a table of them
	Rows      []fact   // a value for each set
	Settings  []setting
	Tests     bool // whether settings have samples to test with
	Figures   []*figure
	Failures  []failure
	More      int // failures that are not shown
}

// setting is one of several settings.
type setting struct {
	Name         string
	Runs, Failed int
	Train, Test  []string // nil where no run ended
}

// failure is a run that failed.
type failure struct {
	Of, Error string
}

// settingHeads say what a setting's numbers are.
var settingHeads = []string{"mean right", "deviation", "least", "median", "most", "mean loss"}

// SettingHeads returns the headings for the template.
func (sweep) SettingHeads() []string { return settingHeads }

// bins is about how many bars a histogram has.
const bins = 40

func showSweep(ctx context.Context, s *harness.SavedSweep, number int) (*sweep, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d := s.Distribution
	v := &sweep{ID: fmt.Sprintf("sweep-%d", number), Title: fmt.Sprintf("%s, seeds %s", s.Experiment, s.Seeds)}
	v.Facts = []fact{
		{Name: "runs", Values: []string{fmt.Sprint(d.Rows)}},
		{Name: "arithmetic", Values: []string{s.Contract}},
		{Name: "root digest", Code: true, Values: []string{d.Root()}},
		{Name: "identity", Code: true, Values: []string{s.ID}},
	}
	for _, f := range s.Failures {
		v.Failures = append(v.Failures, failure{strings.Join(append([]string{fmt.Sprintf("seed %d", f.Seed)}, f.Set...), ", "), f.Error})
	}
	if n := failures(s); n > 0 {
		v.Facts = append(v.Facts, fact{Name: "failed", Values: []string{fmt.Sprint(n)}})
		v.More = n - len(v.Failures)
	}
	if len(d.Settings) == 1 {
		return v, v.one(s.Experiment, d.Settings[0])
	}
	for _, one := range d.Settings {
		v.Tests = v.Tests || one.Test.Runs > 0
		v.Settings = append(v.Settings, setting{
			Name: strings.Join(one.Set, " "), Runs: one.Train.Runs, Failed: one.Failed, Train: numbers(&one.Train), Test: numbers(&one.Test),
		})
	}
	return v, nil
}

// one shows a sweep of one setting.
func (v *sweep) one(experiment string, s *harness.Scores) error {
	sets := []*harness.Counts{&s.Train}
	names := []string{"training data"}
	if s.Test.Runs > 0 {
		sets, names = append(sets, &s.Test), append(names, "test data")
	}
	if s.Train.Runs == 0 { // all failed
		return nil
	}
	v.Sets = names
	row := func(name string, value func(*harness.Counts) string) {
		f := fact{Name: name}
		for _, c := range sets {
			f.Values = append(f.Values, value(c))
		}
		v.Rows = append(v.Rows, f)
	}
	row("samples", func(c *harness.Counts) string { return fmt.Sprint(c.Total) })
	row("mean right", func(c *harness.Counts) string {
		return fmt.Sprintf("%.2f (%.2f %%)", c.Mean(), 100*c.Mean()/float64(c.Total))
	})
	row("deviation", func(c *harness.Counts) string { return fmt.Sprintf("%.2f", c.Deviation()) })
	for _, q := range []struct {
		name    string
		percent int
	}{{"least", 0}, {"5 %", 5}, {"25 %", 25}, {"median", 50}, {"75 %", 75}, {"95 %", 95}, {"most", 100}} {
		row(q.name, func(c *harness.Counts) string { return fmt.Sprint(c.Quantile(q.percent)) })
	}
	row("mean loss", func(c *harness.Counts) string { return decimal(c.Loss.Mean) })
	row("deviation of the loss", func(c *harness.Counts) string { return decimal(c.Loss.Deviation()) })
	row("least loss", func(c *harness.Counts) string { return decimal(c.Loss.Min) })
	row("largest loss", func(c *harness.Counts) string { return decimal(c.Loss.Max) })
	for i, c := range sets {
		f, err := histogram(experiment, names[i], c)
		if err != nil {
			return err
		}
		v.Figures = append(v.Figures, f)
	}
	return nil
}

func histogram(experiment, set string, c *harness.Counts) (*figure, error) {
	first, width, runs := c.Bins(bins)
	p, err := picture.Histogram(fmt.Sprintf("%s, %s", experiment, counted(c.Runs, "run")), fmt.Sprintf("right answers out of %d", c.Total), first, width, runs, -1)
	if err != nil {
		return nil, err
	}
	return drawn(p, 0, "Runs by right answers, "+set, fmt.Sprintf("Histogram of %s by right answers, from %d to %d out of %d, half of them below or at %d",
		counted(c.Runs, "run"), c.Quantile(0), c.Quantile(100), c.Total, c.Quantile(50)))
}

// numbers is a setting's row in the table of all.
func numbers(c *harness.Counts) []string {
	if c.Runs == 0 {
		return nil
	}
	return []string{
		fmt.Sprintf("%.2f", c.Mean()), fmt.Sprintf("%.2f", c.Deviation()),
		fmt.Sprint(c.Quantile(0)), fmt.Sprint(c.Quantile(50)), fmt.Sprint(c.Quantile(100)), decimal(c.Loss.Mean),
	}
}

// failures returns the number of runs that failed.
func failures(s *harness.SavedSweep) (n int) {
	for _, one := range s.Distribution.Settings {
		n += one.Failed
	}
	return n
}
