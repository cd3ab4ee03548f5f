package bench

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"unicode"

	"github.com/klauspost/cpuid/v2"
)

// Header returns the lines that stand above the benchmarks of a package in the output of `go test -bench`.
func Header(pkg string) string {
	s := fmt.Sprintf("goos: %s\ngoarch: %s\npkg: %s\n", runtime.GOOS, runtime.GOARCH, pkg)
	if cpu := CPU(); cpu != "" {
		s += "cpu: " + cpu + "\n"
	}
	return s
}

// CPU returns the name of the CPU, or nothing if it has none.
func CPU() string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, cpuid.CPU.BrandName))
}

// Line returns the result as a line of `go test -bench`, which benchstat reads.
func (r Result) Line() string {
	var s strings.Builder
	fmt.Fprintf(&s, "Benchmark%s", r.Name)
	if procs := runtime.GOMAXPROCS(0); procs > 1 {
		fmt.Fprintf(&s, "-%d", procs)
	}
	fmt.Fprintf(&s, "\t%8d", r.N)
	for _, m := range r.metrics() {
		fmt.Fprintf(&s, "\t%s %s", number(m.value), m.unit)
	}
	return s.String() + "\n"
}

// metrics are all that there is to tell.
func (r Result) metrics() (all []measurement) {
	add := func(value float64, unit string) {
		if value > 0 {
			all = append(all, measurement{value, unit})
		}
	}
	if r.limit != nil {
		add(r.measured.value, r.measured.unit)
		return all
	}
	w := r.Work
	add(r.Time, unitTime)
	add(1000*float64(w.Bytes)/r.Time, unitBytes)
	add(100*r.Share(), unitShare)
	add(w.Flops/r.Time, unitFlops)
	if w.Parts > 0 {
		add(r.Time/float64(w.Parts), "ns/"+w.Of)
	}
	return all
}

// number writes a measured value with four digits, or all before the point, as package testing does.
func number(v float64) string {
	switch {
	case v >= 999.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 99.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v >= 9.9995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v >= 0.99995:
		return strconv.FormatFloat(v, 'f', 3, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
