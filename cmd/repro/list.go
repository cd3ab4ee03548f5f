package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/klauspost/cpuid/v2"
	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
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

func newEnv() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Show the CPU, the kernels and the versions",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			def, err := kernel.Default()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			line := func(key, value string) { fmt.Fprintf(out, "%-10s %s\n", key, value) }
			line("contract", kernel.Contract)
			line("version", harness.Version())
			line("go", fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH))
			line("cpu", orUnknown(cpuid.CPU.BrandName))
			line("cores", fmt.Sprintf("%d, of which this program uses %d", runtime.NumCPU(), runtime.GOMAXPROCS(0)))
			line("features", orUnknown(strings.Join(simdFeatures(), " ")))
			line("kernels", strings.Join(kernel.Names(), " "))
			line("default", def)
			showFloatingPoint(line)
			line(kernel.Variable, orUnset(os.Getenv(kernel.Variable)))
			line(harness.DataVariable, orUnset(os.Getenv(harness.DataVariable)))
			return nil
		},
	}
}

// simdFeatures lists what this CPU has of the features that kernels are made for.
func simdFeatures() []string {
	var have []string
	for _, f := range []cpuid.FeatureID{cpuid.AVX, cpuid.AVX2, cpuid.FMA3, cpuid.AVX512F, cpuid.AVX512CD,
		cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.ASIMD} {
		if cpuid.CPU.Has(f) {
			have = append(have, f.String())
		}
	}
	return have
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func orUnset(s string) string {
	if s == "" {
		return "not set"
	}
	return s
}
