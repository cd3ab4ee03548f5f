package bench

import "testing"

// TestWork compares with what one counts by hand.
func TestWork(t *testing.T) {
	small := []int{2, 3, 2} // 6 weights, then 6
	for _, try := range []struct {
		name  string
		work  func(bytes int) Work
		bytes int
		want  Work
	}{
		// A layer of 2 inputs and 3 outputs has 6 weights: 24 bytes of float32, 48 of float64.
		{"forward", layerWork(2, 3, 1, false), 4, Work{Flops: 12, FMAs: 6, Bytes: 24, Through: 24}},
		{"forward", layerWork(2, 3, 1, false), 8, Work{Flops: 12, FMAs: 6, Bytes: 48, Through: 48}},
		{"update", layerWork(2, 3, 2, true), 4, Work{Flops: 24, FMAs: 12, Bytes: 24, Through: 24, Writes: true}},
		{"update and forward", layerWork(2, 3, 3, true), 8, Work{Flops: 36, FMAs: 18, Bytes: 48, Through: 48, Writes: true}},
		{"product for 5 samples", matrixWork(2, 3, 5), 4, Work{Flops: 60, FMAs: 30, Bytes: 24}},

		{"10 values of float64", activationWork(10, 17), 8, Work{FMAs: 170, Bytes: 80, Parts: 10, Of: "elem"}},
		{"10 values of float32", activationWork(10, 17), 4, Work{Bytes: 40, Parts: 10, Of: "elem"}},

		// Forward 6+6, sent back 6, update 2*6 + 2*6; gone through are 6 weights, and twice the upper 6.
		{"online", onlineWork(small), 4, Work{Flops: 84, FMAs: 42, Through: 72, Writes: true}},
		{"online", onlineWork(small), 8, Work{Flops: 84, FMAs: 42, Through: 144, Writes: true}},
		// Forward 6+6, sent back 6, gradient 6+6.
		{"batch", batchWork(small), 4, Work{Flops: 60, FMAs: 30}},
		{"predict", predictWork(small), 8, Work{Flops: 24, FMAs: 12}},

		// The notebook's step: 8 in the forward products, 4 in the error sent back, 16 in the update, 4 sigmoids of 17, 4
		// deltas of 2. Its chain is two sums of 2, two sigmoids of 8 with a subtraction and a division, the error, a sum of
		// 2, a delta of 2 and an update of 2.
		{"step", stepWork([]int{2, 2, 2}), 8, Work{Flops: 56, FMAs: 104, Writes: true, Chain: Chain{FMAs: 26, Adds: 3, Divs: 2}}},
		{"step", stepWork([]int{2, 2, 2}), 4, Work{Flops: 56, Writes: true}},
		{"step of a sweep", sweepWork([]int{2, 2, 2}), 8, Work{FMAs: 104}},
		{"step of a sweep", sweepWork([]int{2, 2, 2}), 4, Work{}},
		{"step of 3-4-2", sweepWork([]int{3, 4, 2}), 8, Work{FMAs: 20 + 8 + 40 + 6*19}},
	} {
		if got := try.work(try.bytes); got != try.want {
			t.Errorf("%s, types of %d bytes:\n%+v, want\n%+v", try.name, try.bytes, got, try.want)
		}
	}
	for _, try := range []struct {
		work Work
		want bool
	}{{Work{}, false}, {Work{Flops: 1, Bytes: 1, Parts: 1}, false}, {Work{FMAs: 1}, true}, {Work{Through: 1}, true}, {Work{Chain: Chain{Divs: 1}}, true}} {
		if got := try.work.Counted(); got != try.want {
			t.Errorf("%+v: counted %v", try.work, got)
		}
	}
}
