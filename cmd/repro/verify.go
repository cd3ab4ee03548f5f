package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

func newVerify() *cobra.Command {
	var flags verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [EXPERIMENT | FOLDER ...]",
		Short: "Replay against golden traces: experiment x kernel x threads",
		Long: `Verify replays experiments, the built-in ones if none is given, on every kernel and number of threads asked for, and
compares each run with its golden trace, bit for bit. The golden trace of FILE.toml is FILE.trace. With the ending .sweep
in place of .toml, or behind a built-in name, it is the golden trace of a sweep: all its seeds are run again.

FOLDER stands for all *.toml in it, without those in its subfolders, and for all *.sweep. In a folder, and among what is
built in if no argument is given, a *.trace or *.sweep without its *.toml is obsolete: it is named and counts as a failure.
A folder that has the name of a built-in experiment is given as ./NAME.

An experiment whose data files are not there has the verdict "no data", which counts as a failure unless --allow-no-data
is given. A kernel that --kernel names, but that this machine or this build does not have, has the verdict "not on this
CPU", which counts as a failure unless --allow-missing-kernel is given. Where nothing at all was compared, nothing counts
as a success. "(emulated)" behind a verdict says that it was found under an emulator; not every emulator can be told.

A replay that differs is bisected against its golden trace, which takes about two more replays: the step, phase and element
where they part, and a hint, stand behind the difference. --bisect=false leaves that out.

All experiments and golden traces are read before the first replay. The exit code is that of the worst replay: 3 before 2
before 1. After Ctrl-C the finished replays are shown, but no JUnit report and no step summary is written.

In GitHub's actions, where GITHUB_ACTIONS is "true", each replay that is not the same is an annotation too, an error, or a
warning if it is allowed; with --json they are on stderr. A summary in Markdown is appended to the file that
GITHUB_STEP_SUMMARY names.

` + aboutData,
		Example: `  repro verify
  repro verify --kernel all --threads 1,2,3
  repro verify my.toml --junit report.xml
  repro verify experiments --kernel avx2,neon,generic --allow-missing-kernel
  repro verify notebook.sweep
  repro verify --data mnist-files
  repro verify --allow-no-data`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := flags.matrix(cmd)
			if err != nil {
				return err
			}
			chosen, err := choose(args)
			subjects, unread := openAll(chosen.targets)
			if err := errors.Join(err, unread); err != nil {
				return err
			}
			cells, interrupted := m.verify(cmd, subjects)
			return flags.report(cmd, m, report{cells, chosen.obsolete}, interrupted)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.kernels, "kernel", "all", "kernels to replay on: a list of names, or all, those that this CPU has; without it also the one that SAMEBITS_KERNEL names")
	f.IntSliceVar(&flags.threads, "threads", []int{1}, "numbers of threads to replay with")
	f.BoolVar(&flags.json, "json", false, "print one JSON object")
	dataFlag(f, &flags.folder)
	f.BoolVar(&flags.allowNoData, "allow-no-data", false, "do not count experiments whose data files are not there")
	f.BoolVar(&flags.allowNoKernel, "allow-missing-kernel", false, "do not count kernels that this machine or this build does not have")
	f.BoolVar(&flags.bisect, "bisect", true, "of a replay that differs find the first bit, as repro bisect does")
	f.StringVar(&flags.junit, "junit", "", "write a JUnit report to `file`")
	return cmd
}

type verifyFlags struct {
	kernels       string
	threads       []int
	json          bool
	folder        string
	allowNoData   bool
	allowNoKernel bool
	junit         string
	bisect        bool
}

// matrix checks the flags and returns what they ask for.
func (f *verifyFlags) matrix(cmd *cobra.Command) (m matrix, err error) {
	if m.kernels, err = kernelNames(f.kernels, cmd.Flags().Changed("kernel")); err != nil {
		return m, err
	}
	for _, t := range f.threads {
		if t < 1 || t > maxThreads {
			return m, fmt.Errorf("--threads %d: want 1 to %d", t, maxThreads)
		}
	}
	if cmd.Flags().Changed("junit") {
		if err := checkReport(f.junit); err != nil {
			return m, fmt.Errorf("--junit: %w", err)
		}
	}
	m.threads, m.folder, m.allowNoKernel, m.emulated, m.bisect = f.threads, f.folder, f.allowNoKernel, emulated(), f.bisect
	if !f.json || isTerminal(cmd.OutOrStdout()) {
		m.progress = newProgress(cmd.ErrOrStderr())
	}
	return m, checkDataFlag(cmd, f.folder)
}

// kernelNames reads the flag --kernel. Where it is not given all kernels are meant, or the one that the environment
// forces. A list may name kernels that are not here.
func kernelNames(list string, given bool) ([]string, error) {
	if !given && os.Getenv(kernel.Variable) != "" {
		forced, err := kernel.Default()
		return []string{forced}, err
	}
	if list == "all" {
		return kernel.Names(), nil
	}
	names := strings.Split(list, ",")
	for _, n := range names {
		if _, err := kernel.Get[float64](n); err != nil && !errors.Is(err, kernel.ErrUnavailable) {
			return nil, fmt.Errorf("--kernel: %w", err)
		}
	}
	return names, nil
}

// subject is an experiment and the trace that it, or its sweep, is compared with.
type subject struct {
	name       string
	source     *harness.Source
	experiment *harness.Experiment
	replayer   *harness.Replayer // while they go on
	golden     *harness.Trace
	sweep      *harness.SweepTrace // in place of golden
	missing    error               // in place of a golden trace that is not there
}

// openAll reads all experiments and golden traces, so that a bad one is found before anything is computed.
func openAll(targets []target) ([]subject, error) {
	var subjects []subject
	var errs []error
	for _, t := range targets {
		s, err := openSubject(t)
		subjects, errs = append(subjects, s), append(errs, err)
	}
	return subjects, errors.Join(errs...)
}

func openSubject(t target) (s subject, err error) {
	if s.source, err = harness.Open(t.experiment); err != nil {
		return s, err
	}
	if s.experiment, err = s.source.Experiment(); err != nil {
		return s, err
	}
	s.name = s.experiment.Name
	if t.sweep {
		s.sweep, err = s.source.GoldenSweep()
		if err == nil {
			s.name += " " + s.sweep.Seeds.String()
		}
	} else {
		s.golden, err = s.source.Golden()
	}
	if errors.Is(err, fs.ErrNotExist) {
		s.missing, err = err, nil
	}
	return s, err
}

// matrix is what each experiment is replayed on.
type matrix struct {
	kernels       []string
	threads       []int
	folder        string // of data
	allowNoKernel bool
	emulated      bool
	bisect        bool
	progress      progress
}

// verify replays the experiments on the whole matrix, and says on stderr how to get data that are not there. Cells that
// are finished are returned beside the error of an interruption, too.
func (m matrix) verify(cmd *cobra.Command, subjects []subject) (cells []cell, err error) {
	all := len(subjects) * len(m.kernels) * len(m.threads)
	places := parted{}
	for _, s := range subjects {
		s.replayer = harness.NewReplayer(s.experiment) // of this turn alone: it holds the data
		first := len(cells)
		for _, k := range m.kernels {
			for _, t := range m.threads {
				o := harness.Options{Kernel: k, Threads: t, Data: m.folder}
				done := m.progress.watch(&o, fmt.Sprintf("%d/%d %.20s %s threads %d", len(cells)+1, all, s.name, k, t))
				c, err := s.replay(cmd.Context(), o)
				if err == nil && m.bisect {
					err = places.find(cmd.Context(), s, &c, o)
				}
				done()
				if err != nil {
					return cells, err
				}
				c.excused = c.Verdict == noKernel && m.allowNoKernel
				c.Emulated = m.emulated
				cells = append(cells, c)
			}
		}
		if i := slices.IndexFunc(cells[first:], func(c cell) bool { return c.Verdict == noData }); i >= 0 {
			for line := range strings.Lines(cells[first+i].Text) {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", s.name, printable(line))
			}
		}
	}
	return cells, nil
}

// replay compares one run with the golden trace. An error, an interruption, ends everything.
func (s subject) replay(ctx context.Context, o harness.Options) (c cell, err error) {
	c = cell{Experiment: s.name, Kernel: o.Kernel, Threads: o.Threads}
	if _, err := kernel.Get[float64](o.Kernel); err != nil {
		c.Verdict, c.Text = noKernel, err.Error()
		return c, nil
	}
	if s.missing != nil {
		c.Verdict, c.Text = noGolden, s.missing.Error()
		return c, nil
	}
	difference, err := s.compare(ctx, &c, o)
	switch {
	case errors.Is(err, context.Canceled):
		return c, err
	case errors.Is(err, harness.ErrNoData):
		c.Verdict, c.Text = noData, err.Error()
	case err != nil:
		c.Verdict, c.Text, c.failed = hasFail, err.Error(), err
	case difference == "":
		c.Verdict, c.Match = isSame, true
	default:
		c.Verdict, c.Text = differs, difference
	}
	return c, nil
}

// compare computes what the golden trace is of, and tells how it differs.
func (s subject) compare(ctx context.Context, c *cell, o harness.Options) (difference string, err error) {
	if s.sweep != nil {
		v, err := s.source.VerifySweep(ctx, s.sweep, o)
		if err != nil {
			return "", err
		}
		c.Digest = v.Root
		c.took(v.Elapsed, v.Trained)
		return v.Difference, nil
	}
	v, err := s.replayer.Verify(ctx, s.golden, o)
	if err != nil {
		return "", err
	}
	c.Digest = v.Digest
	c.took(v.Result.Elapsed, s.experiment.TrainedSamples(v.Result.Data.Len()))
	if v.Match() {
		return "", nil
	}
	return v.Difference.Text, nil
}
