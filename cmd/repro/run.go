package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

func newRun() *cobra.Command {
	var (
		changes []string
		o       harness.Options
		folder  string
		asJSON  bool
		k       keeper
	)
	cmd := &cobra.Command{
		Use:   "run EXPERIMENT",
		Short: "Train once and show the result",
		Long: `Run trains an experiment once and shows its result and learning curve.

With --out it writes into a folder: trace.txt, manifest.json, predictions.csv, weights.npz (for numpy.load) and, as PNG
and SVG, the loss curve, the accuracy curve and, for samples of two features, the classes and the predictions. In the
last, green and red points were told rightly; blue is a 0 taken for 1, magenta a 1 taken for 0.

-S changes a key of the experiment for this run. The value is TOML; what is not TOML is a string.

` + aboutCheckpoints + `

` + aboutData,
		Example: `  repro run notebook
  repro run notebook -S seed=7 -S data.classes.0.n=300 -S train.rate=0.2
  repro run my.toml --out results --json
  repro run mnist --data mnist-files -S train.rate=0.2
  repro run mnist -S train.epochs=200 --checkpoint mnist.ckpt
  repro run mnist -S train.epochs=200 --checkpoint mnist.ckpt --resume mnist.ckpt`,
		Args: oneExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := open(args[0], changes)
			if err != nil {
				return err
			}
			if err := checkOptions(cmd, &o); err != nil {
				return err
			}
			if folder == "" && cmd.Flags().Changed("out") {
				return errors.New("--out: want a folder")
			}
			if err := k.prepare(cmd, e, &o); err != nil {
				return err
			}
			r, err := runInto(cmd, e, o, folder, &k)
			if err != nil {
				return k.ended(cmd, args, err)
			}
			if asJSON {
				if err := writeJSON(cmd.OutOrStdout(), runReport(r)); err != nil {
					return err
				}
			} else {
				showRun(cmd.OutOrStdout(), r)
			}
			return k.unwritten()
		},
	}
	f := cmd.Flags()
	f.StringArrayVarP(&changes, "set", "S", nil, "change a `key=value` of the experiment (repeatable)")
	f.StringVar(&o.Kernel, "kernel", "", "kernel to compute with (default: the fastest here)")
	f.IntVar(&o.Threads, "threads", 0, "threads that share out the work (default: as many as it is worth)")
	dataFlag(f, &o.Data)
	f.StringVar(&folder, "out", "", "write trace, predictions, weights and pictures into `folder`")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	k.flags(f)
	return cmd
}

// oneExperiment checks the arguments of a command that takes a single one.
func oneExperiment(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s: got %d experiments, want one: a name from repro list or the path of a TOML file", cmd.Name(), len(args))
	}
	return nil
}

// open reads an experiment with its changes.
func open(arg string, changes []string) (*harness.Experiment, error) {
	source, err := harness.Open(arg)
	if err != nil {
		return nil, err
	}
	return source.Experiment(changes...)
}

// checkOptions fills in the kernel and refuses what cannot be run.
func checkOptions(cmd *cobra.Command, o *harness.Options) error {
	if err := checkDataFlag(cmd, o.Data); err != nil {
		return err
	}
	if cmd.Flags().Changed("threads") && (o.Threads < 1 || o.Threads > maxThreads) {
		return fmt.Errorf("--threads %d: want 1 to %d", o.Threads, maxThreads)
	}
	if o.Kernel == "" {
		name, err := kernel.Default()
		o.Kernel = name
		return err
	}
	if _, err := kernel.Get[float64](o.Kernel); err != nil {
		return fmt.Errorf("--kernel: %w", err)
	}
	return nil
}

const maxThreads = 1024

// runInto runs an experiment and writes into the folder, if one is named. Folders that were made for a run that comes to
// nothing are taken away again.
func runInto(cmd *cobra.Command, e *harness.Experiment, o harness.Options, folder string, k *keeper) (r *harness.Result, err error) {
	if folder != "" {
		missing := missingFolders(folder)
		defer func() {
			if err != nil {
				for _, f := range missing {
					os.Remove(f) // unless something is in it
				}
			}
		}()
		if err := harness.CheckFolder(folder); err != nil {
			return nil, fmt.Errorf("--out: %w; choose another folder", err)
		}
	}
	k.bar = newProgress(cmd.ErrOrStderr()).watchRun(&o, e)
	r, err = harness.Run(cmd.Context(), e, o)
	k.bar.close()
	if err != nil {
		return nil, runError(err)
	}
	if folder != "" {
		if err := r.Export(folder); err != nil {
			return nil, failed(err)
		}
	}
	return r, nil
}

// missingFolders lists the folder and those above it, as far up as they do not exist.
func missingFolders(folder string) (missing []string) {
	for below := ""; folder != below; folder = filepath.Dir(folder) {
		if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing, below = append(missing, folder), folder
	}
	return missing
}

func showRun(out io.Writer, r *harness.Result) {
	p := r.Final()
	fmt.Fprintf(out, "%s on kernel %s, arithmetic %s\n\n", r.Experiment.Name, r.Kernel, kernel.Contract)
	describe(out, r)
	fmt.Fprintln(out)
	showScore(out, "", p.Correct, r.Data.Len(), p.Loss)
	if r.Test != nil {
		showScore(out, "test ", p.Test.Correct, r.Test.Len(), p.Test.Loss)
	}
	fmt.Fprintf(out, "weights   %s\n", p.Weights)
	fmt.Fprintf(out, "time      %v\n\n", r.Elapsed.Round(10*time.Microsecond))
	charts(out, r)
}

// showScore says how well the samples of one kind are told.
func showScore(out io.Writer, of string, correct, total int, loss float64) {
	fmt.Fprintf(out, "%-9s %d of %d (%.1f %%)\n", of+"right", correct, total, 100*float64(correct)/float64(total))
	fmt.Fprintf(out, "%-9s %.6g (%s)\n", of+"loss", loss, hex(loss))
}

// runJSON is the object of run --json. Floats are strings in Go's %x form, so that no bit is lost.
type runJSON struct {
	Schema     string       `json:"schema"`
	Contract   string       `json:"contract"`
	Experiment string       `json:"experiment"`
	DType      string       `json:"dtype"`
	Kernel     string       `json:"kernel"`
	Threads    int          `json:"threads"`
	Correct    int          `json:"correct"`
	Total      int          `json:"total"`
	Loss       string       `json:"loss"`
	Test       *scoreJSON   `json:"test,omitempty"`
	Digest     string       `json:"digest"`
	Weights    [][][]string `json:"weights"` // [layer][output][input]
	Biases     [][]string   `json:"biases"`  // [layer][output], empty without biases
	Curve      []pointJSON  `json:"curve"`
	Seconds    float64      `json:"seconds"`
}

type scoreJSON struct {
	Correct int    `json:"correct"`
	Total   int    `json:"total"`
	Loss    string `json:"loss"`
}

type pointJSON struct {
	Step    int    `json:"step"`
	Loss    string `json:"loss"`
	Correct int    `json:"correct"`
	*testJSON
}

// testJSON is the part of a point that there is where there are samples to test with.
type testJSON struct {
	Loss    string `json:"test_loss"`
	Correct int    `json:"test_correct"`
}

func runReport(r *harness.Result) runJSON {
	p := r.Final()
	report := runJSON{
		Schema: "samebits/run/1", Contract: kernel.Contract, Experiment: r.Experiment.Name, DType: r.Experiment.DType,
		Kernel: r.Kernel, Threads: r.Threads, Correct: p.Correct, Total: r.Data.Len(), Loss: hex(p.Loss), Digest: p.Weights,
		Biases: [][]string{}, Seconds: r.Elapsed.Seconds(),
	}
	for i, weights := range r.Weights {
		inputs := r.Experiment.Model.Layers[i]
		var rows [][]string
		for ; len(weights) > 0; weights = weights[inputs:] {
			rows = append(rows, hexes(weights[:inputs]))
		}
		report.Weights = append(report.Weights, rows)
		if r.Experiment.Model.Bias {
			report.Biases = append(report.Biases, hexes(r.Biases[i]))
		}
	}
	for _, p := range r.Curve {
		point := pointJSON{Step: p.Step, Loss: hex(p.Loss), Correct: p.Correct}
		if r.Test != nil {
			point.testJSON = &testJSON{hex(p.Test.Loss), p.Test.Correct}
		}
		report.Curve = append(report.Curve, point)
	}
	if r.Test != nil {
		report.Test = &scoreJSON{p.Test.Correct, r.Test.Len(), hex(p.Test.Loss)}
	}
	return report
}

func hex(v float64) string { return strconv.FormatFloat(v, 'x', -1, 64) }

func hexes(values []float64) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = hex(v)
	}
	return words
}

func writeJSON(out io.Writer, v any) error {
	return json.NewEncoder(out).Encode(v)
}
