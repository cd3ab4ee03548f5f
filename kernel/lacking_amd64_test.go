//go:build !purego

package kernel

import (
	"slices"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

// TestLacking: what is named is what the CPU does not have, and a row is here exactly if nothing is named.
func TestLacking(t *testing.T) {
	has := func(f cpuid.FeatureID) bool { return f != cpuid.AVX512BW && f != cpuid.FMA3 }
	const want = "this CPU, or its operating system, lacks AVX512BW FMA3"
	if got := lackingOf(featuresAVX512, has); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	const nothing = "this CPU, or its operating system, lacks "
	for _, name := range []string{"avx512", "avx2"} {
		if got := lacking(name); (got == nothing) != slices.Contains(Names(), name) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
