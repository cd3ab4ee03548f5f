package main

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/harness/picture"
	"github.com/samebits/samebits/internal/bench"
	"github.com/samebits/samebits/internal/peak"
)

// showBench shows for people what was measured: first the limits, then what is compared with them.
func showBench(out io.Writer, results []bench.Result) {
	g := bench.NewGrid(results)
	if emulated() {
		fmt.Fprintln(out, "(emulated: this tells nothing of the speed)")
	}
	fmt.Fprintf(out, "%s, %s/%s, caches %s\n", cpuName(), runtime.GOOS, runtime.GOARCH, caches(peak.Levels()))
	for _, limits := range []bool{true, false} {
		t := newTable(out)
		t.AppendHeader(benchHeader(g, limits))
		for _, l := range g.Lines {
			if l.Limit == limits {
				t.AppendRow(benchRow(l))
			}
		}
		if t.Length() > 0 {
			fmt.Fprintln(out)
			t.Render()
		}
	}
}

func cpuName() string {
	if name := bench.CPU(); name != "" {
		return name
	}
	return "unknown CPU"
}

// benchHeader has a column for each kernel, and behind it one for its share of the limit, but for the limits themselves.
func benchHeader(g bench.Grid, limits bool) table.Row {
	header := table.Row{"benchmark", "type"}
	if limits {
		header[0] = "limit"
	}
	for _, k := range g.Kernels {
		header = append(header, k)
		if !limits {
			header = append(header, "of limit")
		}
	}
	return header
}

func benchRow(l bench.GridLine) table.Row {
	row := table.Row{l.Label, l.Type}
	for _, r := range l.Results {
		row = append(row, r.Speed())
		switch {
		case l.Limit:
		case r.Limit.Bound == "":
			row = append(row, "")
		default:
			row = append(row, fmt.Sprintf("%2.0f %% %s", 100*r.Share(), r.Limit.Bound))
		}
	}
	return row
}

// caches writes how large the caches are.
func caches(levels []peak.Level) string {
	var words []string
	for _, l := range levels {
		if l.Size == 0 {
			continue
		}
		word := fmt.Sprintf("%s %s", l.Name, binarySize(l.Size))
		if l.Assumed {
			word += " (assumed)"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func binarySize(n int) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// draw draws the shares of the limits, a picture for each type.
func (b *benchCall) draw(results []bench.Result) error {
	if b.folder == "" {
		return nil
	}
	g := bench.NewGrid(results)
	for _, typ := range []string{"float32", "float64"} {
		groups := barGroups(g, typ)
		if len(groups) == 0 {
			continue
		}
		p, err := picture.Bars("Share of the limit, "+typ, "% of the limit", 100, g.Kernels, groups)
		if err != nil {
			return failed(err)
		}
		for ending, render := range map[string]func() ([]byte, error){".png": p.PNG, ".svg": p.SVG} {
			content, err := render()
			if err != nil {
				return failed(err)
			}
			if err := harness.WriteFile(filepath.Join(b.folder, "bench-"+typ+ending), content); err != nil {
				return failed(err)
			}
		}
	}
	return nil
}

// barGroups are the lines of a type that have a limit.
func barGroups(g bench.Grid, typ string) (groups []picture.BarGroup) {
	for _, l := range g.Lines {
		if l.Type != typ {
			continue
		}
		group, any := picture.BarGroup{Name: strings.ReplaceAll(l.Label, "net=", "")}, false
		for _, r := range l.Results {
			bar := picture.Bar{Missing: r.Limit.Bound == ""}
			if !bar.Missing {
				any = true
				bar.Value, bar.Note = 100*r.Share(), fmt.Sprintf("%.0f %% of %s", 100*r.Share(), r.Limit.Bound)
			}
			group.Bars = append(group.Bars, bar)
		}
		if any {
			groups = append(groups, group)
		}
	}
	return groups
}
