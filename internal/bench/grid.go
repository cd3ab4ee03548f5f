package bench

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Grid is results as people compare them: a line for each benchmark and type, in it one result for each kernel.
type Grid struct {
	Kernels []string
	Lines   []GridLine
}

// A GridLine has the results of one benchmark and type. Of several measurements it has the middle one, of an even number
// the faster of the two in the middle.
type GridLine struct {
	Label, Type string
	Limit       bool     // it is a limit that others are compared with
	Results     []Result // for each kernel; that of a limit without kernels is the first; where there is none, Benchmark is nil
}

// NewGrid arranges results, in the order of the benchmarks and kernels in which they come.
func NewGrid(results []Result) Grid {
	var g Grid
	type place struct{ label, typ, row string }
	all := map[place][]Result{}
	for _, r := range results {
		if r.Row != "" && !slices.Contains(g.Kernels, r.Row) {
			g.Kernels = append(g.Kernels, r.Row)
		}
		if !slices.ContainsFunc(g.Lines, func(l GridLine) bool { return l.Label == r.Label && l.Type == r.Type }) {
			g.Lines = append(g.Lines, GridLine{Label: r.Label, Type: r.Type, Limit: r.limit != nil})
		}
		at := place{r.Label, r.Type, r.Row}
		all[at] = append(all[at], r)
	}
	for i := range g.Lines {
		l := &g.Lines[i]
		if one := all[place{l.Label, l.Type, ""}]; one != nil {
			l.Results = []Result{median(one)}
			continue
		}
		for _, k := range g.Kernels {
			l.Results = append(l.Results, median(all[place{l.Label, l.Type, k}]))
		}
	}
	return g
}

// median returns the middle one of several measurements.
func median(results []Result) Result {
	if len(results) == 0 {
		return Result{}
	}
	fastest := slices.SortedFunc(slices.Values(results), func(a, b Result) int { return cmp.Compare(a.cost(), b.cost()) })
	return fastest[(len(fastest)-1)/2]
}

// cost is less for what is faster.
func (r Result) cost() float64 {
	if r.Time > 0 {
		return r.Time
	}
	return -r.measured.value
}

// Speed writes for people how long an operation took, or how large a limit is.
func (r Result) Speed() string {
	switch {
	case r.Benchmark == nil:
		return ""
	case r.Time == 0 && r.measured.unit == unitBytes:
		return short(r.measured.value/1000) + " GB/s"
	case r.Time == 0:
		return short(r.measured.value) + " " + r.measured.unit
	case r.Work.Parts > 0:
		return duration(r.Time/float64(r.Work.Parts)) + "/" + r.Work.Of
	}
	return duration(r.Time)
}

// duration writes a time in ns with three digits.
func duration(ns float64) string {
	for _, unit := range []struct {
		name string
		ns   time.Duration
	}{{"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}} {
		if ns >= 0.9995*float64(unit.ns) {
			return short(ns/float64(unit.ns)) + " " + unit.name
		}
	}
	return short(ns) + " ns"
}

// short writes three digits, or all before the point.
func short(v float64) string {
	digits := 2
	switch {
	case v >= 99.95:
		digits = 0
	case v >= 9.995:
		digits = 1
	}
	return fmt.Sprintf("%.*f", digits, v)
}
