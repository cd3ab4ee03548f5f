//go:build faults

package numpyrand

// misorder changes the first and the last place of a permutation where the row of package kernel is the fault of the order.
func (r *RandomState) misorder(p []int) {
	if last := len(p) - 1; last > 0 && r.row().Name() == "fault-order" {
		p[0], p[last] = p[last], p[0]
	}
}
