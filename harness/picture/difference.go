package picture

import "slices"

// Difference draws how far two curves lie apart (0 or above) after each of the
// given steps. The label says what is drawn, on the y axis, which starts at 0.
// Steps, numbers and errors are those of Loss.
func Difference(title, label string, step []int, apart ...[]float64) (*Picture, error) {
	if err := checkCurves("difference", step, apart); err != nil {
		return nil, err
	}
	all := slices.Concat(apart...)
	u := unitOf(all)
	top := 1.05 * u.of(slices.Max(all))
	if top == 0 {
		top = 1
	}
	y := numberAxis(oneLine(u.label(label), labelFont, longestLabel), 0, top)
	return curvePicture(title, step, apart, u, y), nil
}
