package kernel

import "testing"

// A routine that follows logPair and logRound operation for operation is in doubt where they are, and nowhere else. What
// Normals gives tells less: the square root hides most last bits of a logarithm.
func TestNormalsDoubtIsLogRounds(t *testing.T) {
	var square []float64
	var want []int // where logRound is in doubt
	inputs := logInputs()
	for _, c := range logHard {
		inputs["hard"] = append(inputs["hard"], c.x)
	}
	for _, xs := range inputs {
		for _, x := range xs {
			if x < 0x1p-1022 {
				continue // a routine may leave these
			}
			if _, ok := logRound(logPair(x)); !ok {
				want = append(want, len(square))
			}
			square = append(square, x)
		}
	}
	if len(want) < 20 {
		t.Fatalf("only %d doubts", len(want))
	}
	n := len(square)
	ones, dst := make([]float64, n), make([]float64, 2*n)
	eachRandom(t, func(t *testing.T, r *Random) {
		if r.normals == nil {
			t.Skip("no routine of its own")
		}
		left := want
		for i := 0; i < n; {
			count := min(n-i, randomCall)
			done := r.normals(&dst[2*i], &ones[i], &ones[i], &square[i], count)
			i += done
			if done == count {
				continue
			}
			if len(left) == 0 || left[0] != i {
				t.Fatalf("stopped at square %x, doubts to come %v, index %d", square[i], left, i)
			}
			left = left[1:]
			i++
		}
		if len(left) > 0 {
			t.Fatalf("no stop at square %x", square[left[0]])
		}
	})
}
