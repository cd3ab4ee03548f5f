package peak

import (
	"math"
	"time"
)

// Latency is how long an operation on float64 takes whose operand is the result of the one before, in ns. It is the same
// for all rows.
type Latency struct {
	FMA float64 // fused multiply-add, from summand to sum
	Add float64
	Div float64 // 1/x
}

// Latencies measures all of them, for about as long as d, as [Float32] does.
func Latencies(d time.Duration) Latency {
	return Latency{chain(d/3, chainFMA), chain(d/3, chainAdd), chain(d/3, chainDiv)}
}

// chained is the number of operations in a round of a chain.
const chained = 4

// chain returns the time of one operation.
func chain(d time.Duration, run func(rounds int, v, x, y float64) float64) float64 {
	// The operands are arguments, so that the compiler cannot see where a chain leads.
	return fastest(d, 1000, func(rounds int) { sink = run(rounds, 1.57, 1, 0x1p-20) }) / chained
}

var sink float64 // so that no chain is left out

//go:noinline
func chainFMA(rounds int, v, x, y float64) float64 {
	for range rounds {
		v = math.FMA(x, y, v)
		v = math.FMA(x, y, v)
		v = math.FMA(x, y, v)
		v = math.FMA(x, y, v)
	}
	return v
}

//go:noinline
func chainAdd(rounds int, v, _, y float64) float64 {
	for range rounds {
		v += y
		v += y
		v += y
		v += y
	}
	return v
}

//go:noinline
func chainDiv(rounds int, v, x, _ float64) float64 {
	for range rounds {
		v = x / v
		v = x / v
		v = x / v
		v = x / v
	}
	return v
}
