package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the built-in experiments",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := newTable(cmd.OutOrStdout())
			t.AppendHeader(table.Row{"experiment", "network", "type", "data", "samples", "steps", "golden weights"})
			for _, name := range harness.Builtin() {
				source, err := harness.Open(name)
				if err != nil {
					return err
				}
				e, err := source.Experiment()
				if err != nil {
					return err
				}
				golden, err := source.Golden()
				if err != nil {
					return err
				}
				steps := golden.Points[len(golden.Points)-1].Step
				t.AppendRow(table.Row{name, network(e), e.DType, sourceOf(e.Data), count(golden), steps, golden.Weights()})
			}
			t.Render()
			return nil
		},
	}
}

// sourceOf names where the data come from, and says if that is files, which are not part of the program.
func sourceOf(d harness.Data) string {
	if len(d.Train) > 0 {
		return d.Source + " files"
	}
	return d.Source
}

// count writes the numbers of samples to train on and to test with.
func count(t *harness.Trace) string {
	if t.Tests == 0 {
		return fmt.Sprint(t.Samples)
	}
	return fmt.Sprintf("%d + %d", t.Samples, t.Tests)
}
