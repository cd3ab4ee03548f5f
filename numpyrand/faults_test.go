//go:build faults

package numpyrand

import (
	"slices"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestFaultOrder: the order is another, and the stream before it is not.
func TestFaultOrder(t *testing.T) {
	const n = 1000
	faulty, right := New(1), New(1)
	if err := faulty.SetKernel("fault-order"); err != nil {
		t.Fatal(err)
	}
	for range n {
		if got, want := faulty.StandardNormal(), right.StandardNormal(); got != want {
			t.Fatalf("normal %v, want %v", got, want)
		}
	}
	got, want := faulty.Permutation(n), right.Permutation(n)
	want[0], want[n-1] = want[n-1], want[0]
	if !slices.Equal(got, want) {
		t.Error("the permutation differs not in its first and last place alone")
	}
	for n, want := range [][]int{{}, {0}} {
		if got := faulty.Permutation(n); !slices.Equal(got, want) {
			t.Errorf("permutation of %d: %v", n, got)
		}
	}
	a, b := make([]int, n), make([]int, n)
	faulty.Integers(a, n)
	right.Integers(b, n)
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
		if a[i] < 0 || a[i] >= n {
			t.Fatalf("drew %d of %d", a[i], n)
		}
	}
	if same > n/100 {
		t.Errorf("%d of %d integers are the same", same, n)
	}
}

// TestFaultOthers: other faults leave the stream alone.
func TestFaultOthers(t *testing.T) {
	const n = 100
	for _, name := range kernel.Faults() {
		faulty, right := New(3), New(3)
		if err := faulty.SetKernel(name); err != nil {
			t.Fatal(err)
		}
		got := slices.Equal(faulty.Permutation(n), right.Permutation(n))
		if want := name != "fault-order"; got != want {
			t.Errorf("%s: the same permutation: %v, want %v", name, got, want)
		}
	}
}
