package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/klauspost/cpuid/v2"
	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

func newEnv() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Show the CPU, the kernels and the versions",
		Long: `Env shows what results are computed with: the contract, versions and how the program was built, the CPU, the kernels that
are here and why others are not, and the floating-point state, which it tries on as many threads as may compute at once.

Where a thread computes otherwise than the contract asks, the line "refused" says what is wrong: env itself ends with 0, the
commands that compute refuse with exit code 3.`,
		Example: `  repro env
  repro env --json | jq '.kernels[] | select(.available | not)'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := readEnvironment()
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), e)
			}
			e.show(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// environment is the object of env --json.
type environment struct {
	Schema    string            `json:"schema"`
	Contract  string            `json:"contract"`
	Version   string            `json:"version"`
	Go        string            `json:"go"`
	OS        string            `json:"os"`
	Arch      string            `json:"arch"`
	Build     map[string]string `json:"build"`
	CPU       string            `json:"cpu"`
	Cores     int               `json:"cores"`
	Threads   int               `json:"threads"` // that compute at once
	Features  []string          `json:"features"`
	Emulated  bool              `json:"emulated"`
	Kernels   []kernelState     `json:"kernels"`
	Default   string            `json:"default"`
	Safe      bool              `json:"safe"`
	Floats    []floatState      `json:"floats"`
	Variables map[string]string `json:"variables"`
}

// kernelState is a kernel that there is, here or elsewhere.
type kernelState struct {
	Name      string `json:"name"`
	Available bool   `json:"available"`
	Why       string `json:"why,omitempty"` // it is not
}

// floatState is what a thread computes with.
type floatState struct {
	Rounding         string `json:"rounding"`
	FlushToZero      bool   `json:"flush_to_zero"`
	DenormalsAreZero bool   `json:"denormals_are_zero"`
	FMA              string `json:"fma"`
	Traps            bool   `json:"traps"`
	Register         string `json:"register,omitempty"`
	Refused          string `json:"refused,omitempty"`

	text string
}

func readEnvironment() (*environment, error) {
	def, err := kernel.Default()
	if err != nil {
		return nil, err
	}
	e := &environment{
		Schema: "samebits/env/1", Contract: kernel.Contract, Version: harness.Version(),
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Build: buildSettings(),
		CPU: cpuid.CPU.BrandName, Cores: runtime.NumCPU(), Threads: runtime.GOMAXPROCS(0),
		Features: orEmpty(simdFeatures()), Emulated: emulated(), Default: def, Safe: true,
		Variables: map[string]string{},
	}
	for _, name := range kernel.Known() {
		e.Kernels = append(e.Kernels, kernelState{name, slices.Contains(kernel.Names(), name), kernel.WhyNot(name)})
	}
	for _, s := range readFloatingPoint() {
		f := floatState{s.Rounding, s.FlushToZero, s.DenormalsAreZero, s.FMA, s.Traps, s.Register, "", s.String()}
		if err := s.Check(); err != nil {
			f.Refused, e.Safe = err.Error(), false
		}
		e.Floats = append(e.Floats, f)
	}
	for _, name := range []string{kernel.Variable, harness.DataVariable} {
		e.Variables[name] = os.Getenv(name)
	}
	return e, nil
}

// buildSettings returns what code the compiler was asked for, as far as the program knows it.
func buildSettings() map[string]string {
	settings := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			target := strings.HasPrefix(s.Key, "GO") && s.Key != "GOOS" && s.Key != "GOARCH" // GOAMD64, GOARM64, GOEXPERIMENT, ...
			if target || slices.Contains([]string{"CGO_ENABLED", "-tags", "-race", "-gcflags"}, s.Key) {
				settings[s.Key] = s.Value
			}
		}
	}
	return settings
}

// show writes the environment for people.
func (e *environment) show(out io.Writer) {
	line := func(key, value string) { fmt.Fprintf(out, "%-10s %s\n", key, value) }
	line("contract", e.Contract)
	line("version", e.Version)
	line("go", fmt.Sprintf("%s %s/%s", e.Go, e.OS, e.Arch))
	line("cpu", orUnknown(e.CPU))
	line("cores", fmt.Sprintf("%d, of which this program uses %d", e.Cores, e.Threads))
	line("features", orUnknown(strings.Join(e.Features, " ")))
	line("kernels", strings.Join(kernel.Names(), " "))
	for _, k := range e.Kernels {
		if !k.Available {
			line("not here", k.Name+": "+k.Why)
		}
	}
	line("default", e.Default)
	line("floats", e.Floats[0].text)
	if i := slices.IndexFunc(e.Floats, func(f floatState) bool { return f.Refused != "" }); i >= 0 {
		line("refused", e.Floats[i].Refused)
	}
	line(kernel.Variable, orUnset(e.Variables[kernel.Variable]))
	line(harness.DataVariable, orUnset(e.Variables[harness.DataVariable]))
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
