package dataset

import (
	"bytes"
	_ "embed"
)

//go:embed digits.csv.gz
var digits []byte

// Digits returns 1797 handwritten digits of 8 x 8 pixels: 64 features 0..16, row by row from the top left, in 10 classes.
// Each call makes a new set.
//
// They are the test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak, UCI Machine Learning
// Repository, 1998, https://doi.org/10.24432/C50P49, in the order in which scikit-learn distributes it. The data are under
// the Creative Commons licence CC BY 4.0, https://creativecommons.org/licenses/by/4.0, and were changed in nothing but
// their packing.
func Digits() (*Set, error) {
	return ReadCSV("digits.csv.gz", bytes.NewReader(digits), CSV{Label: "last", Header: "no"})
}
