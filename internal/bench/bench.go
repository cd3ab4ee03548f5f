// Package bench measures the kernels and the trainings that are made of them, each beside what the machine could do at
// best: its fused multiply-adds, the bandwidth of the cache that holds the weights, the latency of operations that wait for
// each other.
//
// A benchmark has the name, the sizes and the units of the one that `go test -bench` runs in its package, so that results
// of both can be compared. There is one for each row of package kernel and each type, and beside these the limits
// themselves.
package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/samebits/samebits/internal/peak"
)

// A Benchmark is one thing to measure.
type Benchmark struct {
	Package string // import path of what is measured
	Name    string // without the word Benchmark: Forward/type=float32/impl=avx512/net=784x200
	Label   string // the name without type and impl: Forward net=784x200
	Type    string // float32 or float64, or nothing where there is none
	Row     string // of package kernel, or nothing
	Threads int
	Work    Work

	prepare func() (runner, error)            // makes what there is to run, outside of the time
	limit   func(d time.Duration) measurement // in place of prepare: measures a limit
}

// runner does about n operations, unless the context ends it, and returns how many it did.
type runner func(ctx context.Context, n int) (done int, err error)

// measurement is what a limit is.
type measurement struct {
	value float64
	unit  string
}

// Units of measurements.
const (
	unitTime  = "ns/op"
	unitFlops = "GFLOP/s"
	unitBytes = "MB/s"
	unitShare = "%limit"
)

// List returns all benchmarks for these rows, which must be available, first the limits. What threads can share out is
// there for each number of them.
func List(rows []string, threads []int) []Benchmark {
	all := limits(rows)
	for _, e := range entries {
		counts := []int{1}
		if e.threaded {
			counts = threads
		}
		for _, t := range counts {
			all = append(all, e.benchmarks(rows, t)...)
		}
	}
	return all
}

// entry is a benchmark for all rows and both types.
type entry struct {
	pkg, name string // TYPE stands for type and impl, THREADS for the number of threads
	threaded  bool
	work      func(bytes int) Work // of an operation, for a type of so many bytes
	f32, f64  func(row string, threads int) (runner, error)
}

func (e entry) benchmarks(rows []string, threads int) (all []Benchmark) {
	name := strings.ReplaceAll(e.name, "THREADS", fmt.Sprint("threads=", threads))
	label := strings.ReplaceAll(strings.ReplaceAll(name, "/TYPE", ""), "/", " ")
	for _, typ := range []struct {
		name  string
		bytes int
		setUp func(row string, threads int) (runner, error)
	}{{"float32", 4, e.f32}, {"float64", 8, e.f64}} {
		for _, row := range rows {
			all = append(all, Benchmark{
				Package: module + e.pkg, Name: strings.ReplaceAll(name, "TYPE", "type="+typ.name+"/impl="+row), Label: label,
				Type: typ.name, Row: row, Threads: threads, Work: e.work(typ.bytes),
				prepare: func() (runner, error) { return typ.setUp(row, threads) },
			})
		}
	}
	return all
}

const module = "github.com/samebits/samebits/"

// entries are all benchmarks but the limits.
var entries = append(kernelEntries, trainingEntries...)

// limits are benchmarks of what the others are compared with.
func limits(rows []string) (all []Benchmark) {
	add := func(name, label, typ, row string, limit func(d time.Duration) measurement) {
		all = append(all, Benchmark{
			Package: module + "internal/peak", Name: name, Label: label, Type: typ, Row: row, Threads: 1, limit: limit,
		})
	}
	for _, typ := range []string{"float32", "float64"} {
		for _, row := range rows {
			add("FMA/type="+typ+"/impl="+row, "FMA", typ, row, func(d time.Duration) measurement {
				return measurement{flops(typ, row, d), unitFlops}
			})
		}
	}
	for _, l := range peak.Levels() {
		for _, way := range []struct {
			name    string
			measure func(row string, bytes int, d time.Duration) float64
		}{{"Read", peak.Read}, {"ReadWrite", peak.ReadWrite}} {
			for _, row := range rows {
				size := fmt.Sprintf("level=%s/bytes=%d", l.Name, l.Set)
				add(way.name+"/impl="+row+"/"+size, way.name+" "+strings.ReplaceAll(size, "/", " "), "", row, func(d time.Duration) measurement {
					return measurement{1000 * way.measure(row, l.Set, d), unitBytes}
				})
			}
		}
	}
	for _, op := range []struct {
		name string
		of   func(peak.Latency) float64
	}{
		{"fma", func(l peak.Latency) float64 { return l.FMA }},
		{"add", func(l peak.Latency) float64 { return l.Add }},
		{"div", func(l peak.Latency) float64 { return l.Div }},
	} {
		add("Latency/op="+op.name, "Latency op="+op.name, "float64", "", func(d time.Duration) measurement {
			return measurement{op.of(peak.Latencies(d)), unitTime}
		})
	}
	return all
}

// flops measures the peak of a row.
func flops(typ, row string, d time.Duration) float64 {
	if typ == "float32" {
		return peak.Float32(row, d)
	}
	return peak.Float64(row, d)
}
