package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
)

func newSweep() *cobra.Command {
	var s sweep
	cmd := &cobra.Command{
		Use:   "sweep EXPERIMENT --seeds FIRST..LAST",
		Short: "Train with many seeds at once and show the distribution",
		Long: `Sweep trains an experiment once for each seed, and shows how the results are distributed. Small networks are trained many
at once, one in each lane of the CPU's vectors. Every run ends with the bits that it has alone; only the last point of its
curve is computed.

-S changes a key as in run. Several values, parted by commas, make a setting of each, and all their combinations.

A row for each seed, a JSON object with seed, correct, total, loss, digest (of the final weights, as in run --json) and the
sweep's identity, goes to the file of --out and with --json to stdout, sorted by seed. The last line of stdout then is the
summary. The root digest is the SHA-256 of all rows: what sha256sum gives for the file. It is the same for any kernel and
number of threads, and of shards that were merged for any way to cut the sweep.

If the file of --out is there already, the sweep goes on behind its last row. Shards, --shard 1/4 to 4/4, may run on
several machines; sweep merge joins their files.

A run that fails, since its data, weights or loss are not finite, has its error in its row, and the sweep ends with exit
code 3.

` + aboutData,
		Example: `  repro sweep notebook --seeds 0..9999
  repro sweep notebook --seeds 0..9999 --check 100 --histogram right.png
  repro sweep notebook --seeds 0..99 -S train.rate=0.05,0.1,0.2
  repro sweep my.toml --seeds 0..9999 --shard 2/4 --out shard2.jsonl
  repro sweep merge shard1.jsonl shard2.jsonl shard3.jsonl shard4.jsonl --out all.jsonl`,
		Args: oneExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.prepare(cmd, args[0]); err != nil {
				return err
			}
			return s.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.seedRange, "seeds", "", "seeds to train with: `FIRST..LAST`, both included")
	f.StringArrayVarP(&s.changes, "set", "S", nil, "change a `key=value` of the experiment, or try several: key=v1,v2 (repeatable)")
	f.StringVar(&s.options.Kernel, "kernel", "", "kernel to compute with (default: the fastest here)")
	f.IntVar(&s.options.Threads, "threads", 0, "threads that share out the seeds (default: one for each CPU)")
	dataFlag(f, &s.options.Data)
	f.StringVar(&s.part, "shard", "", "do part `i/n` of the seeds only, i from 1")
	f.IntVar(&s.check, "check", 0, "replay `n` of the seeds alone on the reference kernel, and compare")
	s.results.flags(f)
	cmd.AddCommand(newMerge())
	return cmd
}

// sweep is a call of the command.
type sweep struct {
	seedRange, part string // of the flags --seeds and --shard
	changes         []string
	options         harness.Options
	check           int
	results         results

	ready *harness.ReadySweep
	seeds harness.Seeds // of the shard
}

// prepare checks the flags and reads the experiment and its data.
func (s *sweep) prepare(cmd *cobra.Command, arg string) error {
	if !cmd.Flags().Changed("seeds") {
		return errors.New("sweep: which seeds? as in --seeds 0..9999")
	}
	all, err := harness.ParseSeeds(s.seedRange)
	if err != nil {
		return fmt.Errorf("--seeds: %w", err)
	}
	s.seeds = all
	if cmd.Flags().Changed("shard") {
		if s.seeds, err = shardOf(all, s.part); err != nil {
			return fmt.Errorf("--shard: %w", err)
		}
	}
	if cmd.Flags().Changed("check") && s.check < 1 {
		return fmt.Errorf("--check %d: want at least 1", s.check)
	}
	if err := s.results.check(cmd); err != nil {
		return err
	}
	if err := checkOptions(cmd, &s.options); err != nil {
		return err
	}
	if s.options.Threads == 0 {
		s.options.Threads = runtime.GOMAXPROCS(0)
	}
	source, err := harness.Open(arg)
	if err != nil {
		return err
	}
	w, err := source.Sweep(all, s.changes...)
	if err != nil {
		return err
	}
	if len(w.Settings) > 1 && len(s.results.histograms) > 0 {
		return errors.New("--histogram: it is of one setting: give each key of -S one value")
	}
	if n := len(w.Settings); min(s.check, s.seeds.Count()) > maxCheck/n {
		return fmt.Errorf("--check %d: want at most %d runs to replay, here %d seeds", s.check, maxCheck, maxCheck/n)
	}
	if s.ready, err = w.Ready(cmd.Context(), s.options); err != nil {
		return runError(err)
	}
	return nil
}

// maxCheck bounds the rows that are replayed alone, which are kept until then.
const maxCheck = 10000

var shardPattern = regexp.MustCompile(`^([0-9]{1,9})/([0-9]{1,9})$`)

// shardOf reads the flag --shard.
func shardOf(all harness.Seeds, text string) (harness.Seeds, error) {
	m := shardPattern.FindStringSubmatch(text)
	if m == nil {
		return all, fmt.Errorf("%.40q: want a part as in 1/4", text)
	}
	i, _ := strconv.Atoi(m[1]) // of 9 digits at most
	n, _ := strconv.Atoi(m[2])
	return all.Shard(i, n)
}

// run does the sweep and shows what it came to.
func (s *sweep) run(cmd *cobra.Command) error {
	c := &collector{distribution: harness.NewDistribution(), check: newSample(s.seeds, s.check)}
	c.seed = s.ready.Settings[0].Experiment.Seed
	out, err := s.results.open(cmd)
	if err != nil {
		return err
	}
	defer out.close()
	had, err := out.resume(s.ready, s.seeds, c)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := s.rows(cmd, had, c, out); err != nil {
		return err
	}
	m := &summary{
		sweep: s.ready, seeds: s.seeds, options: &s.options, distribution: c.distribution,
		computed: c.distribution.Rows - had, elapsed: time.Since(start),
	}
	if m.own, err = s.findOwn(cmd.Context(), c); err != nil {
		return s.ended(err, m.distribution.Rows)
	}
	if s.check > 0 {
		if m.check, err = s.replay(cmd, c.check.rows); err != nil {
			return s.ended(err, m.distribution.Rows)
		}
	}
	return s.results.finish(cmd, m)
}

// rows computes the rows behind the first had of them.
func (s *sweep) rows(cmd *cobra.Command, had int, c *collector, out *rowSink) error {
	settings := len(s.ready.Settings)
	total := s.seeds.Count() * settings
	if had < total {
		rest := s.seeds
		rest.First += uint32(had / settings)
		o := s.options
		done := newProgress(cmd.ErrOrStderr()).watch(&o, "runs")
		err := s.ready.Run(cmd.Context(), rest, had%settings, func(rows []harness.Row) error {
			for i := range rows {
				c.add(&rows[i])
				if err := out.write(&rows[i]); err != nil {
					return err
				}
			}
			if o.Progress != nil {
				o.Progress(c.distribution.Rows, total)
			}
			return out.flush()
		})
		done()
		if err != nil {
			out.close()
			return s.ended(err, c.distribution.Rows)
		}
	}
	if err := out.close(); err != nil {
		return failed(err)
	}
	return nil
}

// ended is the error of a sweep that ended early, after so many rows.
func (s *sweep) ended(err error, rows int) error {
	if !errors.Is(err, context.Canceled) {
		return runError(err)
	}
	hint := "nothing is kept without --out"
	if s.results.out != "" {
		hint = fmt.Sprintf("the same call goes on from there, with %s", s.results.out)
	}
	return fmt.Errorf("interrupted after %d of %d runs; %s: %w", rows, s.seeds.Count()*len(s.ready.Settings), hint, err)
}

// collector keeps what is needed of all rows.
type collector struct {
	distribution *harness.Distribution
	check        *sample
	seed         uint32 // the experiment's own
	own          *harness.Row
}

func (c *collector) add(r *harness.Row) {
	c.distribution.Add(r)
	c.check.add(r)
	if r.Seed == c.seed {
		row := *r
		c.own = &row
	}
}

// sample is rows of some seeds, as evenly spread as can be.
type sample struct {
	seeds harness.Seeds
	n     int
	taken int // seeds whose rows are there, or have begun to be
	rows  []harness.Row
}

func newSample(seeds harness.Seeds, n int) *sample {
	return &sample{seeds: seeds, n: min(n, seeds.Count())}
}

// add takes the row if its seed is in the sample. Rows come in order.
func (s *sample) add(r *harness.Row) {
	if last := len(s.rows) - 1; last >= 0 && s.rows[last].Seed == r.Seed {
		s.rows = append(s.rows, *r) // another setting
		return
	}
	if s.taken < s.n && uint64(r.Seed) == uint64(s.seeds.First)+uint64(s.taken)*uint64(s.seeds.Count())/uint64(s.n) {
		s.rows = append(s.rows, *r)
		s.taken++
	}
}

// findOwn finds where the experiment's own seed stands in a sweep of one setting, and runs it if it is none of the seeds.
func (s *sweep) findOwn(ctx context.Context, c *collector) (*ownJSON, error) {
	counts := &c.distribution.Settings[0].Train
	if len(s.ready.Settings) > 1 || counts.Runs == 0 {
		return nil, nil
	}
	if c.own == nil {
		err := s.ready.Run(ctx, harness.Seeds{First: c.seed, Last: c.seed}, 0, func(rows []harness.Row) error {
			c.own = &rows[0]
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if c.own.Error != "" {
		return nil, nil
	}
	own := &ownJSON{Seed: c.seed, Correct: c.own.Score.Correct}
	own.Below, own.Same, own.Above = counts.Place(own.Correct)
	return own, nil
}

// replay runs the rows' seeds alone on the reference kernel.
func (s *sweep) replay(cmd *cobra.Command, rows []harness.Row) (*checkJSON, error) {
	var o harness.Options
	done := newProgress(cmd.ErrOrStderr()).watch(&o, "alone")
	alone, err := s.ready.Alone(cmd.Context(), rows, o.Progress)
	done()
	if err != nil {
		return nil, err
	}
	return compareRows(rows, alone), nil
}

// compareRows compares rows of a sweep with those of the same seeds alone.
func compareRows(rows, alone []harness.Row) *checkJSON {
	c := &checkJSON{Kernel: harness.Reference, Runs: len(rows), Differ: []differJSON{}}
	for i := range rows {
		if a, b := line(&rows[i]), line(&alone[i]); a != b {
			c.Differ = append(c.Differ, differJSON{a, b})
		}
	}
	return c
}
