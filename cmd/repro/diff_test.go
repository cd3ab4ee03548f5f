package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDiffJSON holds the object of diff --json to the form that scripts rely on.
func TestDiffJSON(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv")
	write(t, a, "step,loss,correct,accuracy\n0,1,5,0.5\n10,2,6,0.5\n20,0,7,0.5\n30,1,1,0.5\n")
	write(t, b, "step,loss,correct,accuracy\n0,1,5,1\n10,0x1.0000000000001p1,6,1\n20,-3,9,1\n")
	code, text, stderr := repro(t, "diff", a, b, "--json", "--mode", "loss:ulp=1", "--mode", "accuracy:skip")
	if code != exitDiffers || stderr != "" || strings.Count(text, "\n") != 1 {
		t.Fatalf("exit code %d, %q, %q", code, text, stderr)
	}
	want := []string{"schema", "same", "verdict", "summary", "reasons", "notes", "a", "b", "mode", "points", "only_a", "only_b", "first_step",
		"first_step_bits", "series", "weights", "final", "differences"}
	if keys := keysOf(t, text); !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	var got any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	side := func(name string, points, last float64) any {
		return map[string]any{"name": name, "kind": "CSV", "points": points, "first_step": 0., "last_step": last}
	}
	if d := cmp.Diff(map[string]any{
		"schema": "samebits/diff/1", "same": false, "verdict": "differs", "summary": "differs: first at step 20; without accuracy",
		"reasons": []any{"loss differs at 1 of 3 points, first at step 20", "correct differs at 1 of 3 points, first at step 20",
			"only A has 1 of its points, the first at step 30"},
		"notes": []any{}, "a": side(a, 4, 30), "b": side(b, 3, 20),
		"mode":   map[string]any{"loss": "ulp=1", "correct": "bits", "accuracy": "skip"},
		"points": 3., "only_a": 1., "only_b": 0., "first_step": 20., "first_step_bits": 10.,
		"series": []any{
			map[string]any{"name": "loss", "mode": "ulp=1", "compared": 3., "bits_differ": 2., "differ": 1., "first_step": 20.,
				"max_ulp": float64(0x4008000000000000), "max_ulp_step": 20., "max_relative": "0x1p+00", "max_relative_step": 20., "not_finite": 0.},
			map[string]any{"name": "correct", "mode": "bits", "compared": 3., "bits_differ": 1., "differ": 1., "first_step": 20.,
				"max_relative": "0x1.c71c71c71c71cp-03", "max_relative_step": 20., "not_finite": 0.},
		},
		"weights": map[string]any{"decide": false, "compared": 0., "differ": 0., "first_step": nil},
		"final":   nil,
		"differences": []any{
			map[string]any{"step": 10., "series": "loss", "a": "0x1p+01", "b": "0x1.0000000000001p+01", "a_bits": "4000000000000000",
				"b_bits": "4000000000000001", "ulp": 1., "relative": "0x1.ffffffffffffep-53", "within": true},
			map[string]any{"step": 20., "series": "loss", "a": "0x0p+00", "b": "-0x1.8p+01", "a_bits": "0000000000000000",
				"b_bits": "c008000000000000", "ulp": float64(0x4008000000000000), "relative": "0x1p+00", "within": false},
			map[string]any{"step": 20., "series": "correct", "a": "0x1.cp+02", "b": "0x1.2p+03", "a_bits": "401c000000000000",
				"b_bits": "4022000000000000", "relative": "0x1.c71c71c71c71cp-03", "within": false},
		},
	}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestDiffVerdictsAgree: exit code, JSON, Markdown and text tell the same.
func TestDiffVerdictsAgree(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	base := file("a.json", `{"experiment": "x", "curve": [{"step": 0, "loss": 1}]}`)
	for _, try := range []struct {
		b, verdict string
		code       int
	}{
		{`{"experiment": "x", "curve": [{"step": 0, "loss": 1.0}]}`, "same", 0},
		{`[{"step": 0, "loss": 1.001}]`, "same within", 0},
		{`[{"step": 0, "loss": 1.1}]`, "differs", exitDiffers},
		{`{"experiment": "y", "curve": [{"step": 0, "loss": 1}]}`, "not comparable", exitDiffers},
		{`[{"step": 1, "loss": 1}]`, "not comparable", exitDiffers},
	} {
		b := file("b.json", try.b)
		for _, form := range []string{"", "--json", "--md"} {
			args := []string{"diff", base, b, "--mode", "rtol=0.01"}
			if form != "" {
				args = append(args, form)
			}
			code, out, stderr := repro(t, args...)
			want := map[string]string{"": "\n" + try.verdict, "--json": `"verdict":"` + try.verdict + `"`, "--md": "**" + try.verdict}[form]
			if code != try.code || stderr != "" || !strings.Contains(out, want) {
				t.Errorf("%s %s: exit code %d, want %d and %q in\n%s%s", try.b, form, code, try.code, want, out, stderr)
			}
			if again := strings.Contains(out, `"same":true`); form == "--json" && again != (code == 0) {
				t.Errorf("%s: exit code %d with %s", try.b, code, out)
			}
			if _, second, _ := repro(t, args...); second != out {
				t.Errorf("%s %s: another output the second time", try.b, form)
			}
		}
	}
}

// TestDiffHidesEscapes: what a file says does not steer the terminal.
func TestDiffHidesEscapes(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")
	write(t, a, `{"experiment": "\u001b[31mred\n|", "curve": [{"step": 0, "loss": 1}]}`)
	write(t, b, `{"experiment": "\u001b[32mgreen", "contract": "\u0007", "curve": [{"step": 0, "loss": 2}]}`)
	for _, form := range []string{"--json=false", "--json", "--md"} {
		_, out, _ := repro(t, "diff", a, b, form)
		if strings.ContainsAny(out, "\x1b\a") {
			t.Errorf("%s: %q", form, out)
		}
	}
}

func TestDiffInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, stderr strings.Builder
	if code := execute(ctx, []string{"diff", "notebook", "digits"}, &out, &stderr); code != exitInterrupted || out.Len() > 0 {
		t.Errorf("exit code %d, %q", code, out.String())
	}
}
