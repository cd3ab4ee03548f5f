// Package peak measures what a core does at best: what the kernels' speed is a part of. [Float32] and [Float64] say how
// many fused multiply-adds it does, [Read] and [ReadWrite] how fast it goes over memory, [Latencies] how long an operation
// makes the next one wait.
//
// For each row of package kernel there is a loop of the row's widest fma alone. Its operands stay in registers, and it
// has so many independent chains that none waits for itself. No routine that computes something can be faster.
package peak

import (
	"math"
	"slices"
	"time"

	"github.com/samebits/samebits/kernel"
)

// Float32 returns the peak of one core with the instructions of a row, in GFLOP/s, two operations for each float32 fma.
// It measures for about as long as d and takes the best of many short stretches, so that what else the machine does
// shows little. For a row that is unknown, or that this machine or this build does not have, it returns 0.
//
// The row generic has no float32 fma; its peak is that of float64.
func Float32(row string, d time.Duration) float64 {
	if row == "generic" {
		return generic(d)
	}
	return measure(row, loops32[row], d)
}

// Float64 is [Float32] for float64.
func Float64(row string, d time.Duration) float64 {
	if row == "generic" {
		return generic(d)
	}
	return measure(row, loops64[row], d)
}

// loop is a row's loop for one type.
type loop[T kernel.Float] struct {
	lanes int // numbers in a register
	fmas  int // instructions a round

	// run sets each chain's lanes to +0 and adds x*y to them, again and again, for so many rounds. It leaves the sums of
	// all chains, lane by lane, in sums, which has an element for each lane.
	run func(sums *T, rounds int, x, y T)
}

func measure[T kernel.Float](row string, l loop[T], d time.Duration) float64 {
	if l.run == nil || !slices.Contains(kernel.Names(), row) {
		return 0
	}
	sums := make([]T, l.lanes)
	round := fastest(d, 1000, func(rounds int) { l.run(&sums[0], rounds, 1, 0x1p-20) })
	return float64(2*l.fmas*l.lanes) / round
}

const (
	stretch        = 50 * time.Microsecond // that a stretch takes at least; assembly cannot be interrupted, so it is short
	leastStretches = 5                     // that are measured, however long they take: another program may have its turn in each
)

// fastest returns the time of a round in ns, from the fastest of many stretches of them.
func fastest(d time.Duration, rounds int, run func(rounds int)) float64 {
	best := math.Inf(1)
	for begin, n := time.Now(), 0; n < leastStretches || time.Since(begin) < d; {
		start := time.Now()
		run(rounds)
		took := time.Since(start)
		if took < stretch {
			rounds *= 2
			continue
		}
		best = min(best, float64(took.Nanoseconds())/float64(rounds))
		n++
	}
	return best
}

// generic measures math.FMA. Twelve chains keep the hardware busy. But where the compiler must ask at each call whether
// the machine has an fma, more chains than a few cost more than they bring.
func generic(d time.Duration) float64 {
	return max(measure("generic", fewChains, d/2), measure("generic", manyChains, d/2))
}

var (
	fewChains  = loop[float64]{lanes: 1, fmas: 4, run: runFew}
	manyChains = loop[float64]{lanes: 1, fmas: 12, run: runMany}
)

func runFew(sums *float64, rounds int, x, y float64) {
	var a, b, c, d float64
	for range rounds {
		a, b, c, d = math.FMA(x, y, a), math.FMA(x, y, b), math.FMA(x, y, c), math.FMA(x, y, d)
	}
	*sums = a + b + c + d
}

func runMany(sums *float64, rounds int, x, y float64) {
	var a, b, c, d, e, f, g, h, i, j, k, l float64
	for range rounds {
		a, b, c, d = math.FMA(x, y, a), math.FMA(x, y, b), math.FMA(x, y, c), math.FMA(x, y, d)
		e, f, g, h = math.FMA(x, y, e), math.FMA(x, y, f), math.FMA(x, y, g), math.FMA(x, y, h)
		i, j, k, l = math.FMA(x, y, i), math.FMA(x, y, j), math.FMA(x, y, k), math.FMA(x, y, l)
	}
	*sums = a + b + c + d + e + f + g + h + i + j + k + l
}
