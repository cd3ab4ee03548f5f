package harness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/samebits/samebits/kernel"
)

// SweepTrace is what two sweeps are compared by: the root digest of their rows, and the summary for people. It holds
// nothing about where, when or how a sweep was made.
type SweepTrace struct {
	Experiment string
	Seeds      Seeds
	Root       string
	text       string
	trained    float64 // samples, of all runs
}

const sweepHeading = "samebits sweep 1"

// Trace returns the trace of a sweep of one setting whose rows make up d.
func (r *ReadySweep) Trace(d *Distribution) *SweepTrace {
	var b strings.Builder
	e, s := r.Settings[0].Experiment, d.Settings[0]
	fmt.Fprintln(&b, sweepHeading)
	fmt.Fprintln(&b, "contract", kernel.Contract)
	fmt.Fprintln(&b, "experiment", e.Name, r.Digest())
	fmt.Fprintln(&b, "seeds", r.Seeds)
	fmt.Fprintln(&b, "runs", d.Rows, "failed", s.Failed)
	writeCounts(&b, "", &s.Train)
	writeCounts(&b, "test ", &s.Test)
	fmt.Fprintln(&b, "root", d.Root())
	return &SweepTrace{Experiment: e.Name, Seeds: r.Seeds, Root: d.Root(), text: b.String(), trained: float64(r.Seeds.Count()) * e.TrainedSamples(r.shared[0].sizes.train)}
}

func writeCounts(b *strings.Builder, of string, c *Counts) {
	if c.Runs == 0 {
		return
	}
	decimal := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	fmt.Fprintf(b, "%sright of %d mean %s deviation %s quantiles", of, c.Total, decimal(c.Mean()), decimal(c.Deviation()))
	for _, q := range []int{0, 5, 25, 50, 75, 95, 100} {
		fmt.Fprintf(b, " %d", c.Quantile(q))
	}
	fmt.Fprintf(b, "\n%sloss mean %s deviation %s from %s to %s\n", of,
		hexFloat(c.Loss.Mean), hexFloat(c.Loss.Deviation()), hexFloat(c.Loss.Min), hexFloat(c.Loss.Max))
}

// String writes the trace.
func (t *SweepTrace) String() string { return t.text }

var sweepPattern = regexp.MustCompile(`^` + sweepHeading + `\ncontract \S+\nexperiment (\S+) sha256:[0-9a-f]{64}\nseeds ([0-9.]+)\n` +
	`runs \d+ failed \d+\n(?:(?:test )?(?:right|loss) [^\n]+\n)*root (sha256:[0-9a-f]{64})\n$`)

// parseSweepTrace reads a trace as String writes it.
func parseSweepTrace(file, text string) (*SweepTrace, error) {
	m := sweepPattern.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%s: not the trace of a sweep", file)
	}
	seeds, err := ParseSeeds(m[2])
	if err != nil {
		return nil, fmt.Errorf("%s:4: %w", file, err)
	}
	return &SweepTrace{Experiment: m[1], Seeds: seeds, Root: m[3], text: text}, nil
}

// Diff tells in which line t differs from the golden trace, or returns an empty text.
func (t *SweepTrace) Diff(golden *SweepTrace) string {
	got, want := strings.Split(t.text, "\n"), strings.Split(golden.text, "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i+1, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d lines, want %d", len(got), len(want))
	}
	return ""
}

// GoldenSweepPath returns the path of the golden trace of the experiment's sweep: like [Source.GoldenPath], with the ending
// .sweep.
func (s *Source) GoldenSweepPath() string {
	return strings.TrimSuffix(s.GoldenPath(), ".trace") + ".sweep"
}

// GoldenSweep reads the golden trace of the experiment's sweep. The error of one that is not there is a fs.ErrNotExist.
func (s *Source) GoldenSweep() (*SweepTrace, error) {
	text, err := s.beside(s.GoldenSweepPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no golden trace of a sweep: %w; record it with: repro record %s --seeds FIRST..LAST", err, s.name)
	}
	if err != nil {
		return nil, err
	}
	t, err := parseSweepTrace(s.GoldenSweepPath(), string(text))
	if err != nil {
		return nil, fmt.Errorf("%w; bring the file back, or record it again with: repro record %s --seeds FIRST..LAST", err, s.name)
	}
	return t, nil
}

// SweepVerdict is the outcome of a sweep that was compared with a golden trace.
type SweepVerdict struct {
	Root       string
	Difference string // empty where the traces are the same
	Rows       int
	Trained    float64 // samples that the runs trained on, each counted as often as it was taken
	Elapsed    time.Duration
}

// VerifySweep runs the sweep of the golden trace and compares.
func (s *Source) VerifySweep(ctx context.Context, golden *SweepTrace, o Options) (*SweepVerdict, error) {
	start := time.Now()
	t, err := s.sweepTrace(ctx, golden.Seeds, o)
	if err != nil {
		return nil, err
	}
	return &SweepVerdict{
		Root: t.Root, Difference: t.Diff(golden), Rows: golden.Seeds.Count(), Trained: t.trained, Elapsed: time.Since(start),
	}, nil
}

// RecordSweep runs the experiment with these seeds on each of the kernels and returns the trace that they all give. It fails
// as [Record].
func (s *Source) RecordSweep(ctx context.Context, seeds Seeds, kernels []string, o Options) (*SweepTrace, error) {
	var first *SweepTrace
	for _, k := range kernels {
		o.Kernel = k
		t, err := s.sweepTrace(ctx, seeds, o)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = t
		}
		if d := t.Diff(first); d != "" {
			return nil, fmt.Errorf("%w: %s and %s: %s", ErrDisagree, kernels[0], k, d)
		}
	}
	if first == nil {
		return nil, errors.New("no kernel to record with")
	}
	return first, nil
}

func (s *Source) sweepTrace(ctx context.Context, seeds Seeds, o Options) (*SweepTrace, error) {
	w, err := s.Sweep(seeds)
	if err != nil {
		return nil, err
	}
	r, err := w.Ready(ctx, o)
	if err != nil {
		return nil, err
	}
	d := NewDistribution()
	if o.Progress != nil {
		o.Progress(0, seeds.Count())
	}
	err = r.Run(ctx, seeds, 0, func(rows []Row) error {
		for i := range rows {
			d.Add(&rows[i])
		}
		if o.Progress != nil {
			o.Progress(d.Rows, seeds.Count())
		}
		return nil
	})
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("interrupted after run %d of %d: %w", d.Rows, seeds.Count(), ctx.Err())
	}
	if err != nil {
		return nil, err
	}
	return r.Trace(d), nil
}

// beside reads a file that stands beside the experiment, by the path that people know it by.
func (s *Source) beside(path string) ([]byte, error) {
	if s.fs != nil {
		return fs.ReadFile(s.fs, strings.TrimPrefix(path, "golden/"))
	}
	return readFile(path, maxTrace)
}
