//go:build !faults

package numpyrand

// misorder is where a build with the tag faults may change a permutation.
func (r *RandomState) misorder([]int) {}
