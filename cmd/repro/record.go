package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
)

func newRecord() *cobra.Command {
	var (
		single bool
		seeds  string
		reason string
		o      harness.Options
	)
	cmd := &cobra.Command{
		Use:   "record EXPERIMENT",
		Short: "Write the golden trace of an experiment",
		Long: `Record trains an experiment on every kernel that this CPU has, and writes the trace that they agree on beside it: for
FILE.toml to FILE.trace. With --seeds it runs a sweep of these seeds and writes its trace, root digest and summary, to
FILE.sweep. A built-in experiment is recorded in a checkout of the project, from its root.

Where a golden trace that is there would change, it first shows how, series by series: how many points differ and where the
first, and the last point before and after. Then it wants --reason, and adds a line to the history beside the golden
trace, FILE.trace.history or FILE.sweep.history: date, old and new digest, arithmetic contract, reason. A golden trace
that is new needs no reason and has a history only if there is one. The date is that of SOURCE_DATE_EPOCH, if that is set.

It refuses when CI is set in the environment, since a golden trace that CI writes shows nothing; and unless the reference
kernel, generic, and at least one other agree, or --single-kernel says that there is no other.

` + aboutData,
		Example: `  repro record my.toml
  repro record notebook
  repro record my.toml --reason 'rate 0.1 instead of 0.2, which did not converge'
  repro record notebook --seeds 0..999`,
		Args: oneExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("reason") {
				if err := harness.CheckReason(reason); err != nil {
					return fmt.Errorf("--reason: %w", err)
				}
			}
			recorder, err := harness.NewRecorder(reason, single, o)
			if errors.Is(err, harness.ErrOneKernel) {
				return fmt.Errorf("record: %w; --single-kernel records nevertheless", err)
			}
			if err != nil {
				return fmt.Errorf("record: %w", err)
			}
			if err := checkDataFlag(cmd, o.Data); err != nil {
				return err
			}
			source, err := openToRecord(args[0])
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("seeds") {
				return recordSweep(cmd, recorder, source, seeds)
			}
			r, err := recorder.Open(source)
			return record(cmd, r, err)
		},
	}
	dataFlag(cmd.Flags(), &o.Data)
	cmd.Flags().StringVar(&seeds, "seeds", "", "record a sweep of the seeds `FIRST..LAST`")
	cmd.Flags().StringVar(&reason, "reason", "", "say in `text` of one line why a golden trace changes, for its history")
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

// recordSweep records a sweep with the seeds that text names.
func recordSweep(cmd *cobra.Command, recorder *harness.Recorder, source *harness.Source, text string) error {
	seeds, err := harness.ParseSeeds(text)
	if err != nil {
		return fmt.Errorf("--seeds: %w", err)
	}
	r, err := recorder.OpenSweep(source, seeds)
	return record(cmd, r, err)
}

// record trains, shows what changes and writes. err is that of opening r.
func record(cmd *cobra.Command, r *harness.Recording, err error) error {
	if err != nil {
		return unwritten(err)
	}
	if err := r.Train(cmd.Context()); err != nil {
		return recordError(err)
	}
	out := cmd.OutOrStdout()
	fmt.Fprint(out, r)
	done, err := r.Write()
	if errors.Is(err, harness.ErrReason) {
		return fmt.Errorf("record: %w; say why with --reason TEXT", err)
	}
	if err != nil {
		return unwritten(err)
	}
	fmt.Fprintln(out, done)
	return nil
}

// unwritten marks the error of a golden trace that could not be written. Others are those of files of the user's.
func unwritten(err error) error {
	if errors.Is(err, harness.ErrUnwritten) {
		return failed(err)
	}
	return err
}

// recordError is the error of a recording that came to nothing.
func recordError(err error) error {
	if errors.Is(err, harness.ErrDisagree) {
		return &exitError{exitDiffers, err}
	}
	return runError(err)
}
