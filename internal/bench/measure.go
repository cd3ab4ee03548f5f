package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/samebits/samebits/internal/peak"
)

// A Result is one measurement of a benchmark.
type Result struct {
	*Benchmark
	N     int     // operations that were timed
	Time  float64 // of one of them in ns, or 0 for a limit without
	Limit Limit   // the time that it needs at least

	measured measurement // of a limit
}

// Limit is the time that an operation takes at least.
type Limit struct {
	Bound string  // what it comes from: compute, latency, or L1, L2, L3, memory, where the weights lie; empty if nothing is counted
	Time  float64 // in ns
}

// Share returns how much of the limit was reached, 1 for all of it, or 0 if nothing is counted.
func (r Result) Share() float64 {
	if r.Limit.Bound == "" {
		return 0
	}
	return r.Limit.Time / r.Time
}

// Run measures a benchmark for about as long as d, a limit for [longestLimit] at most. It does ever more operations, as
// package testing does, until they take that long. What it needs is made before, and its limit is measured just before and
// after, so that both are from the same moment of a machine that has other things to do. The error is that of ctx, or the
// benchmark's own.
func (b *Benchmark) Run(ctx context.Context, d time.Duration) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if b.limit != nil {
		m := b.limit(min(d, longestLimit))
		r := Result{Benchmark: b, N: 1, measured: m}
		if m.unit == unitTime {
			r.Time = m.value
		}
		return r, nil
	}
	run, err := b.prepare()
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", b.Name, err)
	}
	if _, err := run(ctx, 1); err != nil { // for the first time, with all that this brings
		return Result{}, fmt.Errorf("%s: %w", b.Name, err)
	}
	runtime.GC()
	before := b.bounds()
	n, took, err := measure(ctx, d, run)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", b.Name, err)
	}
	limit := longest(before, b.bounds())
	return Result{Benchmark: b, N: n, Time: float64(took.Nanoseconds()) / float64(n), Limit: limit}, nil
}

// longestLimit is how long a limit is measured at most: it is the best of many short stretches, which more time does not
// make much better, and nothing interrupts it.
const longestLimit = 200 * time.Millisecond

// measure times n operations, so many that they take at least d.
func measure(ctx context.Context, d time.Duration, run runner) (n int, took time.Duration, err error) {
	for want := 1; ; want = next(d, n, took) {
		start := time.Now()
		n, err = run(ctx, want)
		took = time.Since(start)
		if err != nil || took >= d || want == most {
			return n, took, err
		}
	}
}

const most = 1_000_000_000 // operations

// next returns how many operations to do after n of them took so long: a fifth more than seem to fill d, but not a hundred
// times as many as before.
func next(d time.Duration, n int, took time.Duration) int {
	want := float64(n) * float64(d) / float64(max(took, 1)) * 1.2
	return int(min(max(want, float64(n+1)), 100*float64(n), most))
}

// limitTime is how long a limit is measured beside a benchmark, before it and after.
const limitTime = 2 * time.Millisecond

// bounds measures what an operation takes at least, by each of the things that may limit it.
func (b *Benchmark) bounds() (all []Limit) {
	w := b.Work
	if w.FMAs > 0 {
		all = append(all, Limit{"compute", 2 * w.FMAs / (flops(b.Type, b.Row, limitTime) * float64(b.Threads))})
	}
	if w.Through > 0 {
		// The loop goes over as many bytes as the benchmark does, and not over what would be usual for that cache:
		// where they just fit, or do not, that makes a difference.
		way := peak.Read
		if w.Writes {
			way = peak.ReadWrite
		}
		level := peak.Holding(peak.Levels(), w.Through)
		all = append(all, Limit{level.Name, float64(w.Through) / way(b.Row, w.Through, limitTime)})
	}
	if c := w.Chain; c != (Chain{}) {
		t := peak.Latencies(limitTime)
		all = append(all, Limit{"latency", float64(c.FMAs)*t.FMA + float64(c.Adds)*t.Add + float64(c.Divs)*t.Div})
	}
	return all
}

// longest returns the longest of several bounds, each measured twice, of which the faster measurement counts.
func longest(before, after []Limit) (l Limit) {
	for i, b := range before {
		if b.Time = min(b.Time, after[i].Time); b.Time > l.Time {
			l = b
		}
	}
	return l
}
