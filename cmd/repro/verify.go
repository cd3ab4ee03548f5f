package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

func newVerify() *cobra.Command {
	var (
		kernels string
		threads []int
		asJSON  bool
		junit   string
		folder  string
		allowed bool
	)
	cmd := &cobra.Command{
		Use:   "verify [EXPERIMENT ...]",
		Short: "Replay against golden traces: experiment x kernel x threads",
		Long: `Verify replays experiments, the built-in ones if none is given, on every kernel and number of threads asked for, and
compares each run with its golden trace, bit for bit. The golden trace of FILE.toml is FILE.trace.

An experiment whose data files are not there has the verdict "no data", which counts as a failure unless --allow-no-data
is given. Where nothing at all was compared, nothing counts as a success.

` + aboutData,
		Example: `  repro verify
  repro verify --kernel all --threads 1,2,3
  repro verify my.toml --junit report.xml
  repro verify --data mnist-files
  repro verify --allow-no-data`,
		RunE: func(cmd *cobra.Command, args []string) error {
			names, err := kernelNames(kernels, cmd.Flags().Changed("kernel"))
			if err != nil {
				return err
			}
			for _, t := range threads {
				if t < 1 || t > maxThreads {
					return fmt.Errorf("--threads %d: want 1 to %d", t, maxThreads)
				}
			}
			if junit == "" && cmd.Flags().Changed("junit") {
				return errors.New("--junit: want a file")
			}
			if err := checkDataFlag(cmd, folder); err != nil {
				return err
			}
			if len(args) == 0 {
				args = harness.Builtin()
			}
			var cells []cell
			for _, arg := range args {
				some, err := matrix{names, threads, folder}.verify(cmd, arg)
				if err != nil {
					return err
				}
				cells = append(cells, some...)
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), map[string]any{"results": cells})
			} else {
				showCells(cmd.OutOrStdout(), cells)
			}
			if err != nil {
				return err
			}
			if junit != "" {
				if err := writeJUnit(junit, cells); err != nil {
					return fmt.Errorf("--junit: %w", err)
				}
			}
			return outcome(cells, allowed)
		},
	}
	f := cmd.Flags()
	f.StringVar(&kernels, "kernel", "all", "kernels to replay on: a list of names, or all that this CPU has; without it also the one that SAMEBITS_KERNEL names")
	f.IntSliceVar(&threads, "threads", []int{1}, "numbers of threads to replay with")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	dataFlag(f, &folder)
	f.BoolVar(&allowed, "allow-no-data", false, "do not count experiments whose data files are not there")
	f.StringVar(&junit, "junit", "", "write a JUnit report to `file`")
	return cmd
}

// kernelNames reads the flag --kernel. Where it is not given all kernels are meant, or the one that the environment
// forces.
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
		if _, err := kernel.Get[float64](n); err != nil {
			return nil, fmt.Errorf("--kernel: %w", err)
		}
	}
	return names, nil
}

// The verdicts on a replay.
const (
	isSame   = "same"
	differs  = "differs"
	hasFail  = "failed"
	noData   = "no data"
	noGolden = "no golden"
)

// cell is the outcome of one replay. Text says how it differs, or why it could not be compared.
type cell struct {
	Experiment string `json:"experiment"`
	Kernel     string `json:"kernel"`
	Threads    int    `json:"threads"`
	Match      bool   `json:"match"`
	Digest     string `json:"digest"`
	Verdict    string `json:"verdict"`
	Text       string `json:"difference,omitempty"`

	elapsed time.Duration
	failed  error // of the run
}

// coloured is the verdict for a terminal.
func (c cell) coloured() string {
	switch c.Verdict {
	case isSame:
		return text.FgGreen.Sprint(c.Verdict)
	case noData:
		return text.FgYellow.Sprint(c.Verdict)
	}
	return text.FgRed.Sprint(c.Verdict)
}

// outcome is the worst of the cells, as an exit code: a run that failed, else one that differs or was not compared. Cells
// without data may be passed over, but not all of them.
func outcome(cells []cell, allowNoData bool) error {
	var worst error
	compared := false
	for _, c := range cells {
		if c.failed != nil {
			return runError(fmt.Errorf("%s on kernel %s: %w", c.Experiment, c.Kernel, c.failed))
		}
		compared = compared || c.Digest != ""
		if !c.Match && (c.Verdict != noData || !allowNoData) {
			worst = &exitError{code: exitDiffers}
		}
	}
	if !compared {
		return &exitError{code: exitDiffers}
	}
	return worst
}

// matrix is what each experiment is replayed on.
type matrix struct {
	kernels []string
	threads []int
	folder  string // of data
}

// verify replays an experiment on the whole matrix, and says on stderr how to get its data if they are not there.
func (m matrix) verify(cmd *cobra.Command, arg string) ([]cell, error) {
	source, err := harness.Open(arg)
	if err != nil {
		return nil, err
	}
	e, err := source.Experiment()
	if err != nil {
		return nil, err
	}
	golden, missing := source.Golden()
	if missing != nil && !errors.Is(missing, fs.ErrNotExist) {
		return nil, missing
	}
	var cells []cell
	for _, k := range m.kernels {
		for _, t := range m.threads {
			c := cell{Experiment: e.Name, Kernel: k, Threads: t, Verdict: noGolden}
			if missing != nil {
				c.Text = missing.Error()
			} else if err := c.replay(cmd.Context(), e, golden, m.folder); err != nil {
				return nil, err
			}
			cells = append(cells, c)
		}
	}
	if cells[0].Verdict == noData {
		for line := range strings.Lines(cells[0].Text) {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", e.Name, printable(line))
		}
	}
	return cells, nil
}

// replay fills in the outcome. An error ends everything.
func (c *cell) replay(ctx context.Context, e *harness.Experiment, golden *harness.Trace, folder string) error {
	v, err := harness.Verify(ctx, e, golden, harness.Options{Kernel: c.Kernel, Threads: c.Threads, Data: folder})
	switch {
	case ctx.Err() != nil:
		return err
	case errors.Is(err, harness.ErrNoData):
		c.Verdict, c.Text = noData, err.Error()
	case err != nil:
		c.Verdict, c.Text, c.failed = hasFail, err.Error(), err
	default:
		c.Verdict, c.Match, c.Digest, c.elapsed = isSame, v.Match(), v.Digest, v.Result.Elapsed
		if !c.Match {
			c.Verdict, c.Text = differs, v.Difference.Text
		}
	}
	return nil
}

func showCells(out io.Writer, cells []cell) {
	t := newTable(out)
	t.AppendHeader(table.Row{"experiment", "kernel", "threads", "golden", "time", "weights"})
	without := 0
	for _, c := range cells {
		t.AppendRow(table.Row{c.Experiment, c.Kernel, c.Threads, c.coloured(), c.elapsed.Round(10 * time.Microsecond), c.Digest})
		if c.Verdict == noData {
			without++
		}
	}
	t.Render()
	for _, c := range cells {
		if !c.Match && c.Verdict != noData {
			fmt.Fprintf(out, "\n%s, kernel %s, threads %d: %s\n", c.Experiment, c.Kernel, c.Threads, c.Text)
		}
	}
	if without > 0 {
		fmt.Fprintf(out, "\n%d of %d replays were not compared: no data\n", without, len(cells))
	}
}

// junitSuite is the part of JUnit's format that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr,omitempty"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Seconds string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
}

func writeJUnit(path string, cells []cell) error {
	suite := junitSuite{Name: "repro verify", Tests: len(cells)}
	for _, c := range cells {
		jc := junitCase{
			Class:   c.Experiment,
			Name:    fmt.Sprintf("kernel=%s/threads=%d", c.Kernel, c.Threads),
			Seconds: fmt.Sprintf("%.6f", c.elapsed.Seconds()),
		}
		switch {
		case c.Verdict == noData:
			suite.Skipped++
			jc.Skipped = &junitMessage{c.Text}
		case !c.Match:
			suite.Failures++
			jc.Failure = &junitMessage{c.Text}
		}
		suite.Cases = append(suite.Cases, jc)
	}
	report, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return harness.WriteFile(path, append([]byte(xml.Header), append(report, '\n')...))
}
