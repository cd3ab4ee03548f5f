package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

func newRecord() *cobra.Command {
	var (
		single bool
		seeds  string
		o      harness.Options
	)
	cmd := &cobra.Command{
		Use:   "record EXPERIMENT",
		Short: "Write the golden trace of an experiment",
		Long: `Record trains an experiment on every kernel that this CPU has, and writes the trace that they agree on beside it: for
FILE.toml to FILE.trace. With --seeds it runs a sweep of these seeds and writes its trace, root digest and summary, to
FILE.sweep. A built-in experiment is recorded in a checkout of the project, from its root.

It refuses when CI is set in the environment, since a golden trace that CI writes shows nothing; and when there are not
at least two kernels to agree, unless --single-kernel says that this is known.

` + aboutData,
		Example: `  repro record my.toml
  repro record notebook
  repro record notebook --seeds 0..999`,
		Args: oneExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			if os.Getenv("CI") != "" {
				return errors.New("record: CI is set in the environment; golden traces are recorded by people")
			}
			if _, err := kernel.Default(); err != nil {
				return err
			}
			kernels := kernel.Names()
			if len(kernels) < 2 && !single {
				return fmt.Errorf("record: %s is the only kernel here, so that nothing can agree with it; --single-kernel records nevertheless", kernels[0])
			}
			if err := checkDataFlag(cmd, o.Data); err != nil {
				return err
			}
			source, err := openToRecord(args[0])
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("seeds") {
				return recordSweep(cmd, source, seeds, kernels, o)
			}
			return record(cmd, source, kernels, o)
		},
	}
	dataFlag(cmd.Flags(), &o.Data)
	cmd.Flags().StringVar(&seeds, "seeds", "", "record a sweep of the seeds `FIRST..LAST`")
	cmd.Flags().BoolVar(&single, "single-kernel", false, "record although there is only one kernel to compute with")
	return cmd
}

// openToRecord opens the experiment where its golden trace can be written beside it.
func openToRecord(arg string) (*harness.Source, error) {
	if slices.Contains(harness.Builtin(), arg) {
		arg = "golden/" + arg + ".toml"
		if _, err := os.Stat(arg); err != nil {
			return nil, fmt.Errorf("record: %w; a built-in experiment is recorded in the root of a checkout of the project", err)
		}
	}
	return harness.Open(arg)
}

func record(cmd *cobra.Command, source *harness.Source, kernels []string, o harness.Options) error {
	e, err := source.Experiment()
	if err != nil {
		return err
	}
	trace, err := harness.Record(cmd.Context(), e, kernels, o)
	if err != nil {
		return recordError(err)
	}
	out, path := cmd.OutOrStdout(), source.GoldenPath()
	old, err := source.Golden()
	if err == nil {
		d := trace.Diff(old)
		if d == nil && trace.String() == old.String() {
			fmt.Fprintf(out, "%s: unchanged\n", path)
			return nil
		}
		if d != nil {
			fmt.Fprintf(out, "%s: no longer the trace that was recorded: %s\n", path, d.Text)
		}
	}
	if err := harness.WriteFile(path, []byte(trace.String())); err != nil {
		return failed(err)
	}
	fmt.Fprintf(out, "%s: written, %d points, weights %s\n", path, len(trace.Points), trace.Weights())
	return nil
}

// recordSweep is record for a sweep.
func recordSweep(cmd *cobra.Command, source *harness.Source, text string, kernels []string, o harness.Options) error {
	seeds, err := harness.ParseSeeds(text)
	if err != nil {
		return fmt.Errorf("--seeds: %w", err)
	}
	if _, err := source.Experiment(); err != nil {
		return err
	}
	trace, err := source.RecordSweep(cmd.Context(), seeds, kernels, o)
	if err != nil {
		return recordError(err)
	}
	out, path := cmd.OutOrStdout(), source.GoldenSweepPath()
	if old, err := source.GoldenSweep(); err == nil {
		d := trace.Diff(old)
		if d == "" {
			fmt.Fprintf(out, "%s: unchanged\n", path)
			return nil
		}
		fmt.Fprintf(out, "%s: no longer the trace that was recorded: %s\n", path, d)
	}
	if err := harness.WriteFile(path, []byte(trace.String())); err != nil {
		return failed(err)
	}
	fmt.Fprintf(out, "%s: written, %d runs, root %s\n", path, seeds.Count(), trace.Root)
	return nil
}

// recordError is the error of a recording that came to nothing.
func recordError(err error) error {
	if errors.Is(err, harness.ErrDisagree) {
		return &exitError{exitDiffers, err}
	}
	return runError(err)
}
