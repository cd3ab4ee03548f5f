package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
)

func newDiff() *cobra.Command {
	d := diff{}
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two traces, runs or learning curves point by point",
		Long: `Diff compares two learning curves: where they part first, by how much, and how the difference grows. A and B are each

  a trace, as my.trace or trace.txt, or my.toml for my.trace
  a folder that repro run --out wrote, for its trace.txt
  the name of a built-in experiment, for its golden trace (a file or folder called so is ./NAME)
  a JSON file: an array of points, or an object whose key curve holds one, as repro run --json prints
  a CSV file with a heading

A point has a step (0 or above, rising) and of loss, correct, accuracy, test_loss, test_correct, test_accuracy those that
all points of the file have; other keys and columns are passed over. Numbers are decimal, or hexadecimal as 0x1.8p-03, in
JSON as a string. An accuracy is a share, 0 to 1, and is computed for the other curve where that tells the number of right
answers and of all.

--mode says when two numbers count as the same, for all series, or behind its name for one:

  bits              the same bits; the default
  ulp=N             at most N float64 apart; counts are compared by bits
  rtol=R,atol=A     |a-b| <= A + R*max(|a|,|b|); one of the two will do
  correct:skip      leave a series out

Digests of weights decide where every series is compared by bits, or with weights:bits; otherwise they are told, no more.
Where A and B are both folders with a weights.npz, the final weights and
biases are compared one by one, too: how many differ, the first and the one that is farthest apart, in ulp of the network's
own type. What passes by a tolerance is called "same within". Points that only one curve has make them differ, unless --shared is
given. Curves that share no step, a series that only one has, another contract, experiment, network or type where both state
one: these cannot be compared, and never pass.

An ulp is a float64's unit in the last place, whatever the network's type: losses are float64. With --out the difference
is drawn as difference.png and difference.svg.

Exit codes: 0 the same, or within the modes; 1 they differ or cannot be compared; 2 a bad command line or file.`,
		Example: `  repro diff notebook results
  repro diff one/trace.txt two/trace.txt --out difference
  repro diff digits torch.csv --mode loss:rtol=1e-6 --mode correct:atol=2 --shared
  repro diff a.json b.json --mode ulp=4 --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("diff: got %d curves, want two: traces, folders, built-in experiments, JSON or CSV files", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd, args[0], args[1]) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&d.modes, "mode", nil, "when numbers count as the same: `[SERIES:]MODE` (repeatable; default bits)")
	f.BoolVar(&d.shared, "shared", false, "compare the shared points, although one curve has more")
	f.StringVar(&d.folder, "out", "", "draw the difference into `folder`")
	f.BoolVar(&d.json, "json", false, "print one JSON object")
	f.BoolVar(&d.markdown, "md", false, "print a Markdown table")
	return cmd
}

// diff is the command line of repro diff.
type diff struct {
	modes          []string
	shared         bool
	folder         string
	json, markdown bool
}

func (d *diff) run(cmd *cobra.Command, a, b string) error {
	modes, err := harness.ParseModes(d.modes)
	switch {
	case err != nil:
		return fmt.Errorf("--mode %w", err)
	case d.folder == "" && cmd.Flags().Changed("out"):
		return errors.New("--out: want a folder")
	case d.json && d.markdown:
		return errors.New("--json and --md: want one of the two")
	}
	c, err := d.compare(cmd, modes, a, b)
	if err != nil {
		return err
	}
	if err := d.draw(c); err != nil {
		return err
	}
	switch out := cmd.OutOrStdout(); {
	case d.json:
		if err := writeJSON(out, diffReport(c)); err != nil {
			return err
		}
	case d.markdown:
		markdownDiff(out, c)
	default:
		showDiff(out, c)
	}
	if !c.Passes() {
		return &exitError{exitDiffers, nil}
	}
	return nil
}

// compare reads both curves, so that all that is wrong with them is told at once.
func (d *diff) compare(cmd *cobra.Command, modes harness.Modes, a, b string) (*harness.Comparison, error) {
	var curves [2]*harness.Curve
	var bad error
	for i, arg := range []string{a, b} {
		if err := cmd.Context().Err(); err != nil {
			return nil, err
		}
		curve, err := harness.OpenCurve(arg)
		bad = errors.Join(bad, err)
		curves[i] = curve
	}
	if bad != nil {
		return nil, bad
	}
	c := harness.Compare(curves[0], curves[1], modes, d.shared)
	return c, cmd.Context().Err()
}

// draw writes the pictures. A comparison without points has none, and says so in its notes. Folders that were made for
// nothing are taken away again.
func (d *diff) draw(c *harness.Comparison) (err error) {
	if d.folder == "" {
		return nil
	}
	if c.Drawn() == nil {
		c.Notes = append(c.Notes, "--out: "+harness.ErrNothingToDraw.Error())
		return nil
	}
	missing := missingFolders(d.folder)
	defer func() {
		if err != nil {
			for _, f := range missing {
				os.Remove(f) // unless something is in it
			}
		}
	}()
	if err := harness.CheckFolder(d.folder); err != nil {
		return fmt.Errorf("--out: %w; choose another folder", err)
	}
	if err := c.Export(d.folder); err != nil {
		return failed(err)
	}
	return nil
}
