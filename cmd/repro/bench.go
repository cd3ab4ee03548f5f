package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/internal/bench"
	"github.com/samebits/samebits/kernel"
)

func newBench() *cobra.Command {
	b := benchCall{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure kernels and trainings beside the limits of this CPU",
		Long: `Bench measures the kernels and the trainings made of them, and how near they come to what this CPU can do: the fused
multiply-adds (fma) of a core, the bandwidth of the caches, the latency of operations that wait for each other. It measures these
limits too, again beside each benchmark, so that both are from the same moment of a busy machine.

Stdout has nothing but lines as go test -bench prints them, each as soon as it is measured, so that benchstat reads them:

  repro bench > new.txt; benchstat old.txt new.txt

That is why the table for people goes to stderr. Names, sizes and units are those of the benchmarks in the packages kernel
and mlp, so that benchstat also compares with go test -bench. %limit is the share of the limit. An operation (op) is a call of
a routine, a training step on one sample, or one sample of a batch.

The table names what limits: compute, the fmas; L1, L2, L3 or memory, whichever holds the weights, read, or read and written,
by a plain loop over as many bytes; latency, the chain from one step's weights to the next one's. Where nothing is named,
nothing is counted: a float32 activation is computed in other ways on other kernels. Of several measurements (--count) the
table and the pictures show the middle one.

With --out the shares are drawn as bars, bench-float32 and bench-float64, as PNG and SVG.`,
		Example: `  repro bench
  repro bench --kernel avx512,avx2 --filter 'Forward|Online' --time 1s
  repro bench --filter type=float32 --count 6 > new.txt
  repro bench --filter Minibatch --threads 1,2
  repro bench --out bars
  repro bench --list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return b.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&b.kernels, "kernel", "all", "kernels to measure: a list of names, or all, those that this CPU has; without it also the one that SAMEBITS_KERNEL names")
	f.StringVar(&b.filter, "filter", "", "measure only what this `regexp` matches, anywhere in the names that --list shows")
	f.DurationVar(&b.time, "time", 100*time.Millisecond, "`duration` of each measurement; of a limit 200ms at most")
	f.IntVar(&b.count, "count", 1, "measure each `n` times")
	f.IntSliceVar(&b.threads, "threads", []int{1}, "numbers of threads, for training in batches and prediction")
	f.BoolVar(&b.list, "list", false, "list the names of the benchmarks, and measure nothing")
	f.StringVar(&b.folder, "out", "", "draw the shares of the limits into `folder`")
	err := cmd.RegisterFlagCompletionFunc("filter", func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return goingOn(kinds(bench.List(kernel.Names(), []int{1})), word), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag is there
	}
	return cmd
}

// benchCall is a call of the command.
type benchCall struct {
	kernels, filter string
	time            time.Duration
	count           int
	threads         []int
	list            bool
	folder          string
}

func (b *benchCall) run(cmd *cobra.Command) error {
	chosen, err := b.choose(cmd)
	if err != nil {
		return err
	}
	if b.list {
		for _, c := range chosen {
			fmt.Fprintln(cmd.OutOrStdout(), c.Name)
		}
		return nil
	}
	var results []bench.Result
	err = b.inFolder(func() error {
		if results, err = b.measure(cmd, chosen); err != nil {
			return err
		}
		return b.draw(results)
	})
	if len(results) > 0 {
		showBench(cmd.ErrOrStderr(), results)
	}
	return err
}

// choose checks the flags and returns what is to be measured.
func (b *benchCall) choose(cmd *cobra.Command) ([]bench.Benchmark, error) {
	rows, err := b.rows(cmd)
	if err != nil {
		return nil, err
	}
	var threads []int
	for _, t := range b.threads {
		if t < 1 || t > maxThreads {
			return nil, fmt.Errorf("--threads %d: want 1 to %d", t, maxThreads)
		}
		if !slices.Contains(threads, t) {
			threads = append(threads, t)
		}
	}
	switch {
	case b.time <= 0 || b.time > time.Hour:
		return nil, fmt.Errorf("--time %v: want more than 0 and at most 1h, as in 100ms", b.time)
	case b.count < 1 || b.count > 1000:
		return nil, fmt.Errorf("--count %d: want 1 to 1000", b.count)
	case b.folder == "" && cmd.Flags().Changed("out"):
		return nil, errors.New("--out: want a folder")
	}
	chosen, err := filterBenchmarks(bench.List(rows, threads), b.filter)
	if err != nil {
		return nil, err
	}
	if b.folder != "" && !slices.ContainsFunc(chosen, func(c bench.Benchmark) bool { return c.Work.Counted() }) {
		return nil, errors.New("--out: none of these benchmarks has a limit to be drawn beside; choose others with --filter")
	}
	return chosen, nil
}

// rows reads the flag --kernel. Unlike a replay, a measurement cannot do without the kernel.
func (b *benchCall) rows(cmd *cobra.Command) (rows []string, err error) {
	names, err := kernelNames(b.kernels, cmd.Flags().Changed("kernel"))
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if _, err := kernel.Get[float64](n); err != nil {
			return nil, fmt.Errorf("--kernel: %w", err)
		}
		if !slices.Contains(rows, n) {
			rows = append(rows, n)
		}
	}
	return rows, nil
}

// filterBenchmarks returns those whose name the regular expression matches.
func filterBenchmarks(all []bench.Benchmark, filter string) (some []bench.Benchmark, err error) {
	wanted, err := regexp.Compile(filter)
	if err != nil {
		return nil, fmt.Errorf("--filter: %w; want Go's syntax of regular expressions", err)
	}
	for _, b := range all {
		if wanted.MatchString(b.Name) {
			some = append(some, b)
		}
	}
	if len(some) == 0 {
		return nil, fmt.Errorf("--filter %.80q: matches no benchmark; there are %s, and --list shows the whole names", filter, strings.Join(kinds(all), ", "))
	}
	return some, nil
}

// kinds returns the names up to their first key.
func kinds(all []bench.Benchmark) (some []string) {
	for _, b := range all {
		if kind, _, _ := strings.Cut(b.Name, "/"); !slices.Contains(some, kind) {
			some = append(some, kind)
		}
	}
	return some
}

// measure prints a line for each measurement. What was measured is returned beside an error, too.
func (b *benchCall) measure(cmd *cobra.Command, chosen []bench.Benchmark) (results []bench.Result, err error) {
	out, all := cmd.OutOrStdout(), len(chosen)*b.count
	show, end := benchProgress(cmd)
	defer end()
	pkg := ""
	for i := range chosen {
		c := &chosen[i]
		for range b.count {
			show(c.Name, len(results), all)
			r, err := c.Run(cmd.Context(), b.time)
			if errors.Is(err, context.Canceled) {
				return results, fmt.Errorf("interrupted after %d of %d measurements: %w", len(results), all, context.Canceled)
			}
			if err != nil {
				return results, failed(err)
			}
			if c.Package != pkg {
				pkg = c.Package
				fmt.Fprint(out, bench.Header(pkg))
			}
			if _, err := fmt.Fprint(out, r.Line()); err != nil {
				return results, failed(err)
			}
			results = append(results, r)
		}
	}
	return results, nil
}

// benchProgress returns what shows on a terminal how far it is. Where the lines themselves go to one they show that.
func benchProgress(cmd *cobra.Command) (show func(name string, i, n int), end func()) {
	p := newProgress(cmd.ErrOrStderr())
	if p.out == nil || isTerminal(cmd.OutOrStdout()) {
		return func(string, int, int) {}, func() {}
	}
	b := &bar{progress: p}
	return func(name string, i, n int) {
		b.label = fmt.Sprintf("%-45.45s", name)
		b.show(i, n)
	}, b.close
}

// inFolder does something for which the folder of --out must be there, if one is named. Folders that were made for nothing
// are taken away again.
func (b *benchCall) inFolder(do func() error) (err error) {
	if b.folder == "" {
		return do()
	}
	missing := missingFolders(b.folder)
	defer func() {
		if err != nil {
			for _, f := range missing {
				os.Remove(f) // unless something is in it
			}
		}
	}()
	if err := harness.CheckFolder(b.folder); err != nil {
		return fmt.Errorf("--out: %w; choose another folder", err)
	}
	return do()
}
