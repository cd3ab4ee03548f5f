package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/harness/page"
)

func newReport() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report RUN... -o FILE",
		Short: "Make one page of HTML of runs, replays and sweeps",
		Long: `Report makes one page of HTML that stands alone: no script, nothing from a network, all pictures inside. RUN is one of

  a folder that repro run --out wrote
  the name of a built-in experiment or a path that ends in .toml, for its golden trace; or a trace
  a file of what repro verify --json prints
  the rows of a sweep, the file of repro sweep --out, all of them
  a learning curve of any program, JSON or CSV, as repro diff reads

and a file is known by what is in it. The page shows the result and the environment of each run, its learning curve, for
samples of two features the classes and the predictions, and how the classes were confused; verdict, time and throughput
of each replay, and where one that differs parts from the golden trace; of a sweep the distribution of the right answers
and the root digest. Runs of one experiment stand one beside the other, and the first is compared with each of the others,
bit by bit.

Pictures are drawn anew from trace.txt and predictions.csv. Inputs that contradict each other, such as predictions of
another run than the trace, are refused. The same inputs give the same page.

-o names the file, or - for stdout. A file that is there already is replaced only if it is such a page.

Exit codes: 0 the page is written, whatever it says; 2 a bad command line or input; 3 the page cannot be written.`,
		Example: `  repro report results -o report.html
  repro report results notebook -o report.html
  repro verify --json > verify.json; repro report results verify.json -o report.html
  repro report all.jsonl -o - > sweep.html`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("report: of what? a folder of repro run --out, what repro verify --json printed, the rows of a sweep, a trace or a curve")
			}
			if !cmd.Flags().Changed("out") {
				return errors.New("report: where to? as in -o report.html, or -o - for stdout")
			}
			if err := checkPage(out); err != nil {
				return fmt.Errorf("--out: %w", err)
			}
			content, err := makePage(cmd.Context(), args)
			if err != nil {
				return err
			}
			return writePage(cmd.OutOrStdout(), out, content)
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "write the page to `file`, or to stdout if it is -")
	completeFile(cmd, "out", "html")
	return cmd
}

// completeFile completes a flag with files of one ending.
func completeFile(cmd *cobra.Command, flag, ending string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions([]string{ending}, cobra.ShellCompDirectiveFilterFileExt))
	if err != nil {
		panic(err) // the flag is there
	}
}

const toStdout = "-"

// checkPage refuses, before anything is read, a path where no page can be written, or where something else stands.
func checkPage(path string) error {
	if path == toStdout {
		return nil
	}
	if err := checkReport(path); err != nil {
		return err
	}
	f, err := dataset.OpenRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	start := make([]byte, len(page.Start))
	if _, err := io.ReadFull(f, start); err != nil || string(start) != page.Start {
		return fmt.Errorf("%s is there already and is no page of repro report; give it another name, or take it away", path)
	}
	return nil
}

// makePage reads all inputs, so that all that is wrong with them is told at once.
func makePage(ctx context.Context, args []string) ([]byte, error) {
	var r page.Report
	var bad error
	for _, arg := range args {
		bad = errors.Join(bad, r.Add(ctx, arg))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if bad != nil {
		return nil, bad
	}
	return r.HTML(ctx)
}

func writePage(stdout io.Writer, path string, content []byte) error {
	if path == toStdout {
		_, err := stdout.Write(content) // whose error is kept
		return err
	}
	if err := harness.WriteFile(path, content); err != nil {
		return failed(err)
	}
	return nil
}
