package kernel

import (
	"math"
	"slices"
	"testing"
)

// Sums that are rare cost little: the routines leave no block undone for them, but in float32 where a sigmoid is near
// half-way between two results.
func TestLanesSettled(t *testing.T) {
	eachKernel(t, testLanesSettled[float32], testLanesSettled[float64])
}

func testLanesSettled[T Float](t *testing.T, k *Kernel[T]) {
	if k.lanes.train == nil || !slices.Contains(known, k.Name()) {
		t.Skip("no routines for lanes")
	}
	counted, undone := *k, 0
	count := func(routine func(s *lanesState[T], x *T, n int) int) func(s *lanesState[T], x *T, n int) int {
		return func(s *lanesState[T], x *T, n int) int {
			done := routine(s, x, n)
			undone += n - done
			return done
		}
	}
	counted.lanes = &lanesRoutines[T]{lanes: k.lanes.lanes, train: count(k.lanes.train), score: count(k.lanes.score)}
	loss, correct := make([]float64, k.Lanes()), make([]int, k.Lanes())
	order := slices.Repeat([][]int{{0}}, k.Lanes())
	for _, z := range rareSums[T](t) {
		if y := sigmoid64(float64(z)); is32[T]() && (math.Float64bits(y)+16)&(1<<29-1)-1<<28 <= 32 {
			continue // near half-way
		}
		for _, lane := range []int{0, k.Lanes()/2 - 1, k.Lanes() / 2, k.Lanes() - 1} {
			l := counted.NewLanes([]int{1, 2}, []Activation{Sigmoid}, false)
			for at := range k.Lanes() {
				l.Data(at, []T{1}, []int{0})
			}
			l.Load(lane, 0, []T{1, z}, 2, nil)
			l.Score(loss, correct, 0, 1, 1, 0)
			l.Train(order, 1, 0, 0, false)
			if undone > 0 {
				t.Fatalf("%x in lane %d of %d: left undone", z, lane, k.Lanes())
			}
		}
	}
}
