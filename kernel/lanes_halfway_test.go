package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestLanesHalfway holds so many sigmoids to the reference that some come near half-way between two float32 in each lane
// of a vector: the ones that fast recipes leave to others.
func TestLanesHalfway(t *testing.T) { eachKernel(t, testLanesHalfway, nil) }

func testLanesHalfway(t *testing.T, k *Kernel[float32]) {
	const samples = 20000
	rnd := rand.New(rand.NewPCG(104729, 3))
	x, label := make([]float32, samples), make([]int, samples)
	l := k.NewLanes([]int{1, 1}, []Activation{Sigmoid}, false)
	weights := make([]float32, k.Lanes())
	for i := range x {
		x[i] = float32(rnd.NormFloat64())
	}
	for lane := range weights {
		weights[lane] = float32(1 + rnd.Float64())
		l.Load(lane, 0, weights[lane:][:1], 1, nil)
		l.Data(lane, x, label)
	}
	loss, correct := make([]float64, k.Lanes()), make([]int, k.Lanes())
	l.Score(loss, correct, 0, samples, 1, 0)
	for lane, w := range weights {
		var want float64
		for _, v := range x {
			e := 1 - sigmoid(FMA(w, v, 0))
			want += float64(FMA(e, e, 0))
		}
		if loss[lane] != want {
			t.Errorf("lane %d: the loss is %x, want %x", lane, loss[lane], want)
		}
	}
}
