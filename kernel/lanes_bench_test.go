package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// lanesBenchRuns is how many networks the benchmarks have, whatever the number of lanes: ns are those of one.
const lanesBenchRuns = 64

// BenchmarkLanes trains networks side by side, each with its own samples and order.
func BenchmarkLanes(b *testing.B) {
	eachLanesBenchmark(b, benchmarkLanes[float32], benchmarkLanes[float64])
}

// BenchmarkLanesScore scores them.
func BenchmarkLanesScore(b *testing.B) {
	eachLanesBenchmark(b, benchmarkLanesScore[float32], benchmarkLanesScore[float64])
}

func eachLanesBenchmark(b *testing.B, f32 func(*testing.B, []int, *Kernel[float32]), f64 func(*testing.B, []int, *Kernel[float64])) {
	for _, units := range [][]int{{2, 2, 2}, {4, 7, 3}} {
		name := "net="
		for i, n := range units {
			if i > 0 {
				name += "-"
			}
			name += fmt.Sprint(n)
		}
		b.Run(name, func(b *testing.B) {
			eachBenchmark(b, "",
				func(b *testing.B, k *Kernel[float32]) { f32(b, units, k) },
				func(b *testing.B, k *Kernel[float64]) { f64(b, units, k) })
		})
	}
}

// A lanesBench is the networks of some lanes, with 1000 samples and as many steps.
type lanesBench[T Float] struct {
	lanes *Lanes[T]
	w     [][][]T // [lane][layer]: where they start from
	order [][]int
}

func newLanesBenches[T Float](k *Kernel[T], units []int) (list []*lanesBench[T]) {
	const samples = 1000
	rnd := rand.New(rand.NewPCG(104729, 53))
	in, out := units[0], units[len(units)-1]
	acts := make([]Activation, len(units)-1)
	for i := range acts {
		acts[i] = Sigmoid
	}
	for range (lanesBenchRuns + k.Lanes() - 1) / k.Lanes() {
		m := &lanesBench[T]{lanes: k.NewLanes(units, acts, false)}
		for lane := range k.Lanes() {
			x, label, order := make([]T, samples*in), make([]int, samples), make([]int, samples)
			for i := range label {
				label[i], order[i] = i*out/samples, rnd.IntN(samples)
			}
			for i := range x {
				x[i] = T(rnd.NormFloat64() + 5*float64(label[i/in]))
			}
			var w [][]T
			for i := range acts {
				layer := make([]T, units[i]*units[i+1])
				for j := range layer {
					layer[j] = T(rnd.NormFloat64())
				}
				w = append(w, layer)
			}
			m.lanes.Data(lane, x, label)
			m.w, m.order = append(m.w, w), append(m.order, order)
		}
		m.load(units)
		list = append(list, m)
	}
	return list
}

func (m *lanesBench[T]) load(units []int) {
	for lane, layers := range m.w {
		for i, w := range layers {
			m.lanes.Load(lane, i, w, units[i+1], nil)
		}
	}
}

func benchmarkLanes[T Float](b *testing.B, units []int, k *Kernel[T]) {
	list := newLanesBenches(k, units)
	for b.Loop() {
		for _, m := range list {
			m.load(units) // from the start again, where no sum is rare
			m.lanes.Train(m.order, 0.99, 0.01, 0.1, true)
		}
	}
	reportLanes(b, k, list, "ns/run-step")
}

func benchmarkLanesScore[T Float](b *testing.B, units []int, k *Kernel[T]) {
	list := newLanesBenches(k, units)
	loss, correct := make([]float64, k.Lanes()), make([]int, k.Lanes())
	for b.Loop() {
		for _, m := range list {
			m.lanes.Score(loss, correct, 0, len(m.order[0]), 0.99, 0.01)
		}
	}
	reportLanes(b, k, list, "ns/run-sample")
}

func reportLanes[T Float](b *testing.B, k *Kernel[T], list []*lanesBench[T], unit string) {
	done := float64(b.N) * float64(len(list)*k.Lanes()*len(list[0].order[0]))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/done, unit)
}
