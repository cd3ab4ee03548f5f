package main

import (
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
	)
	cmd := &cobra.Command{
		Use:   "verify [EXPERIMENT ...]",
		Short: "Replay against golden traces: experiment x kernel x threads",
		Long: `Verify replays experiments, the built-in ones if none is given, on every kernel and number of threads asked for, and
compares each run with its golden trace, bit for bit. The golden trace of FILE.toml is FILE.trace.`,
		Example: `  repro verify
  repro verify --kernel all --threads 1,2,3
  repro verify my.toml --junit report.xml`,
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
			if len(args) == 0 {
				args = harness.Builtin()
			}
			cells, err := verifyAll(cmd, args, names, threads)
			if err != nil {
				return err
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
			return outcome(cells)
		},
	}
	f := cmd.Flags()
	f.StringVar(&kernels, "kernel", "all", "kernels to replay on: a list of names, or all that this CPU has; without it also the one that SAMEBITS_KERNEL names")
	f.IntSliceVar(&threads, "threads", []int{1}, "numbers of threads to replay with")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
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

// cell is the outcome of one replay. Text says how it differs, or why it could not be compared.
type cell struct {
	Experiment string `json:"experiment"`
	Kernel     string `json:"kernel"`
	Threads    int    `json:"threads"`
	Match      bool   `json:"match"`
	Digest     string `json:"digest"`
	Text       string `json:"difference,omitempty"`

	elapsed time.Duration
	failed  error // of the run
}

// verdict is a word for the outcome.
func (c cell) verdict() string {
	switch {
	case c.failed != nil:
		return text.FgRed.Sprint("failed")
	case c.Digest == "":
		return text.FgRed.Sprint("no golden")
	}
	return verdict(c.Match)
}

// outcome is the worst of the cells, as an exit code: a run that failed, else one that differs.
func outcome(cells []cell) error {
	var worst error
	for _, c := range cells {
		if c.failed != nil {
			return failed(fmt.Errorf("%s on kernel %s: %w", c.Experiment, c.Kernel, c.failed))
		}
		if !c.Match {
			worst = &exitError{code: exitDiffers}
		}
	}
	return worst
}

func verifyAll(cmd *cobra.Command, args, kernels []string, threads []int) ([]cell, error) {
	var cells []cell
	for _, arg := range args {
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
		for _, k := range kernels {
			for _, t := range threads {
				c := cell{Experiment: e.Name, Kernel: k, Threads: t}
				if missing != nil {
					c.Text = missing.Error()
					cells = append(cells, c)
					continue
				}
				v, err := harness.Verify(cmd.Context(), e, golden, harness.Options{Kernel: k, Threads: t})
				if cmd.Context().Err() != nil {
					return nil, err
				}
				if err != nil {
					c.Text, c.failed = err.Error(), err
					cells = append(cells, c)
					continue
				}
				c.Match, c.Digest, c.elapsed = v.Match(), v.Digest, v.Result.Elapsed
				if !v.Match() {
					c.Text = v.Difference.Text
				}
				cells = append(cells, c)
			}
		}
	}
	return cells, nil
}

func showCells(out io.Writer, cells []cell) {
	t := newTable(out)
	t.AppendHeader(table.Row{"experiment", "kernel", "threads", "golden", "time", "weights"})
	for _, c := range cells {
		t.AppendRow(table.Row{c.Experiment, c.Kernel, c.Threads, c.verdict(), c.elapsed.Round(10 * time.Microsecond), c.Digest})
	}
	t.Render()
	for _, c := range cells {
		if !c.Match {
			fmt.Fprintf(out, "\n%s, kernel %s, threads %d: %s\n", c.Experiment, c.Kernel, c.Threads, c.Text)
		}
	}
}

// junitSuite is the part of JUnit's format that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Seconds string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
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
		if !c.Match {
			suite.Failures++
			jc.Failure = &junitFailure{c.Text}
		}
		suite.Cases = append(suite.Cases, jc)
	}
	report, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return harness.WriteFile(path, append([]byte(xml.Header), append(report, '\n')...))
}
