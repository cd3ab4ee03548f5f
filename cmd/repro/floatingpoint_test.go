package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/samebits/samebits/internal/fpcontrol"
	"github.com/samebits/samebits/kernel"
)

// TestRefuseUnsafe: on a thread that computes otherwise, what computes is refused, and what does not is not.
func TestRefuseUnsafe(t *testing.T) {
	if !fpcontrol.Available {
		t.Skip("there is no way here to set the state")
	}
	t.Setenv("CI", "")
	file := filepath.Join(t.TempDir(), "my.toml")
	write(t, file, experiment)
	states := map[string]struct {
		clear, set uint64
		want       string
	}{
		"flush-to-zero":      {0, fpcontrol.FlushToZero, "flush-to-zero is on"},
		"denormals-are-zero": {0, fpcontrol.DenormalsAreZero, "denormals-are-zero is on"},
		"rounding":           {fpcontrol.RoundingMask, fpcontrol.TowardZero, "rounding is toward-zero, want nearest-even"},
	}
	for name, s := range states {
		t.Run(name, func(t *testing.T) {
			for _, args := range [][]string{
				{}, {"run", "notebook"}, {"run", file, "--json", "--out", filepath.Join(filepath.Dir(file), "out")}, {"verify"},
				{"verify", "notebook", "--json"}, {"record", file, "--single-kernel"}, {"sweep", "notebook", "--seeds", "0..9"},
				{"sweep", "merge", "shard.jsonl"},
			} {
				code, stdout, stderr := 0, "", ""
				fpcontrol.With(s.clear, s.set, func() { code, stdout, stderr = repro(t, args...) })
				if code != exitFailed || stdout != "" {
					t.Errorf("repro %v: exit code %d, stdout %q", args, code, stdout)
				}
				if !strings.HasPrefix(stderr, "repro: unsafe floating-point state") || strings.Count(stderr, "\n") != 1 {
					t.Errorf("repro %v: stderr %q", args, stderr)
				}
				for _, w := range []string{s.want, kernel.Contract, "-ffast-math"} {
					if !strings.Contains(stderr, w) {
						t.Errorf("repro %v: stderr %q lacks %q", args, stderr, w)
					}
				}
			}
			for _, args := range [][]string{{"list"}, {"completion", "bash"}, {"run", "--help"}, {"help", "verify"}, {"__complete", "run", ""}} {
				code := -1
				fpcontrol.With(s.clear, s.set, func() { code, _, _ = repro(t, args...) })
				if code != 0 {
					t.Errorf("repro %v: exit code %d", args, code)
				}
			}
			code, stdout := 0, ""
			fpcontrol.With(s.clear, s.set, func() { code, stdout, _ = repro(t, "env") })
			if code != 0 || !strings.Contains(stdout, "\nrefused    unsafe floating-point state") || !strings.Contains(stdout, s.want) {
				t.Errorf("repro env: exit code %d, %s", code, stdout)
			}
			if strings.Contains(stdout, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused") {
				t.Errorf("repro env shows a safe state: %s", stdout)
			}
		})
	}
	if files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); err != nil || len(files) != 1 {
		t.Errorf("files were written: %v, %v", files, err)
	}
	if code, _, stderr := repro(t, "run", file); code != 0 {
		t.Errorf("afterwards: exit code %d, %s", code, stderr)
	}
}

// TestCheckThreads: every call is on a thread of its own, and no error is lost.
func TestCheckThreads(t *testing.T) {
	const n = 9 // more than run at once
	var mu sync.Mutex
	var threads []int
	note := func() error {
		mu.Lock()
		defer mu.Unlock()
		threads = append(threads, threadID())
		return nil
	}
	if err := checkThreads(n, note); err != nil {
		t.Fatal(err)
	}
	if len(threads) != n {
		t.Fatalf("%d calls, want %d", len(threads), n)
	}
	slices.Sort(threads)
	if threads[0] >= 0 && len(slices.Compact(threads)) != n {
		t.Errorf("calls on threads %v, want %d different ones", threads, n)
	}
	for bad := range n {
		calls, want := 0, errors.New("bad")
		err := checkThreads(n, func() error {
			mu.Lock()
			defer mu.Unlock()
			calls++
			if calls == bad+1 {
				return want
			}
			return nil
		})
		if err != want || calls != n {
			t.Errorf("call %d fails: error %v after %d calls", bad, err, calls)
		}
	}
	if err := checkFloatingPoint(); err != nil {
		t.Error(err)
	}
}

func BenchmarkCheckFloatingPoint(b *testing.B) {
	for b.Loop() {
		if err := checkFloatingPoint(); err != nil {
			b.Fatal(err)
		}
	}
}
