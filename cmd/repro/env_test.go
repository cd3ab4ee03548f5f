package main

import (
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/samebits/samebits/internal/fpcontrol"
	"github.com/samebits/samebits/kernel"
)

// envOf returns the object of env --json.
func envOf(t *testing.T) (e environment, text string) {
	t.Helper()
	code, text, stderr := repro(t, "env", "--json")
	if code != 0 || stderr != "" || strings.Count(text, "\n") != 1 {
		t.Fatalf("exit code %d, %q, %q", code, text, stderr)
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	return e, text
}

// TestEnvJSON holds the object of env --json to the form that scripts rely on.
func TestEnvJSON(t *testing.T) {
	t.Setenv(kernel.Variable, "generic")
	t.Setenv("SAMEBITS_DATA", "")
	e, text := envOf(t)
	want := []string{"schema", "contract", "version", "go", "os", "arch", "build", "cpu", "cores", "threads", "features", "emulated",
		"kernels", "default", "safe", "floats", "variables"}
	if keys := keysOf(t, text); !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	if e.Schema != "samebits/env/1" || e.Contract != "samebits/1" || e.Version == "" || e.Go != runtime.Version() || e.OS != runtime.GOOS ||
		e.Arch != runtime.GOARCH || e.Cores != runtime.NumCPU() || e.Threads != runtime.GOMAXPROCS(0) || e.Emulated != emulated() {
		t.Errorf("got %+v", e)
	}
	if e.Default != "generic" || e.Variables[kernel.Variable] != "generic" || e.Variables["SAMEBITS_DATA"] != "" || len(e.Variables) != 2 {
		t.Errorf("default %s, variables %v", e.Default, e.Variables)
	}
	if e.Build == nil || e.Features == nil || e.Build["GOOS"] != "" {
		t.Errorf("build %v, features %v", e.Build, e.Features)
	}
	var here []string
	for _, k := range e.Kernels {
		if k.Available {
			here = append(here, k.Name)
		}
		if k.Available != (k.Why == "") {
			t.Errorf("%+v", k)
		}
	}
	if !slices.Equal(here, kernel.Names()) || len(e.Kernels) != len(kernel.Known()) {
		t.Errorf("kernels %v", e.Kernels)
	}
	if n := 1 + min(runtime.GOMAXPROCS(0), maxChecked); !e.Safe || len(e.Floats) != n {
		t.Fatalf("safe %v, %d threads, want %d", e.Safe, len(e.Floats), n)
	}
	for _, f := range e.Floats {
		if f.Rounding != kernel.NearestEven || f.FlushToZero || f.DenormalsAreZero || f.FMA != kernel.Fused || f.Traps || f.Refused != "" {
			t.Errorf("%+v", f)
		}
		if f.Register != kernel.ReadFloatingPoint().Register {
			t.Errorf("register %q", f.Register)
		}
	}
}

// TestEnvJSONUnsafe: what the other commands refuse is shown, and is no failure of env.
func TestEnvJSONUnsafe(t *testing.T) {
	if !fpcontrol.Available {
		t.Skip("there is no way here to set the state")
	}
	for name, s := range map[string]struct {
		clear, set uint64
		is         func(floatState) bool
	}{
		"flush-to-zero":      {0, fpcontrol.FlushToZero, func(f floatState) bool { return f.FlushToZero }},
		"denormals-are-zero": {0, fpcontrol.DenormalsAreZero, func(f floatState) bool { return f.DenormalsAreZero }},
		"toward-zero":        {fpcontrol.RoundingMask, fpcontrol.TowardZero, func(f floatState) bool { return f.Rounding == kernel.TowardZero }},
	} {
		t.Run(name, func(t *testing.T) {
			var e environment
			fpcontrol.With(s.clear, s.set, func() { e, _ = envOf(t) })
			if e.Safe || !s.is(e.Floats[0]) || !strings.HasPrefix(e.Floats[0].Refused, "unsafe floating-point state") || !strings.Contains(e.Floats[0].Refused, name) {
				t.Errorf("safe %v, %+v", e.Safe, e.Floats[0])
			}
		})
	}
	if e, _ := envOf(t); !e.Safe {
		t.Errorf("afterwards: %+v", e.Floats)
	}
}
