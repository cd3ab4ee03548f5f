package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme: the README shows what repro prints. Which kernels there are depends on the CPU.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```text\n")
	shown, _, ok := strings.Cut(rest, "\n```")
	if !ok {
		t.Fatal("the README shows no output")
	}
	_, out, _ := repro(t)
	kernels := regexp.MustCompile(`kernel (avx512|avx2|neon|generic) *`)
	lines := func(text string) []string {
		var all []string
		for line := range strings.Lines(kernels.ReplaceAllString(text, "kernel K ")) {
			line = strings.TrimRight(line, " \n")
			if len(all) == 0 || line != all[len(all)-1] || line == "" { // verdicts of kernels are alike
				all = append(all, line)
			}
		}
		return all
	}
	got, want := lines(strings.TrimSpace(out)), lines(shown)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d of the README's output differs from what repro prints:\n%s", i+1, out)
		}
	}
}
