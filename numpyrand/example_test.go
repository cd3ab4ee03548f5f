package numpyrand_test

import (
	"fmt"

	"github.com/samebits/samebits/numpyrand"
)

func Example() {
	r := numpyrand.New(0) // numpy.random.seed(0)
	fmt.Println(r.RandomSample(), r.RandomSample())
	r.Seed(0)
	fmt.Println(r.StandardNormal(), r.StandardNormal())
	r.Seed(42)
	fmt.Println(r.Intn(100), r.Intn(100), r.Intn(100))
	r.Seed(42)
	fmt.Println(r.Permutation(10))
	// Output:
	// 0.5488135039273248 0.7151893663724195
	// 1.764052345967664 0.4001572083672233
	// 51 92 14
	// [8 1 5 0 7 2 9 4 3 6]
}

// The state of a stream holds all that is needed to go on from there, the second value
// of a pair of normals included.
func ExampleRandomState_SetState() {
	r := numpyrand.New(1)
	r.StandardNormal()
	state := r.State()
	fmt.Println(r.StandardNormal(), r.Intn(6))
	if err := r.SetState(state); err != nil {
		fmt.Println(err)
	}
	fmt.Println(r.StandardNormal(), r.Intn(6))
	// Output:
	// -0.6117564136500754 1
	// -0.6117564136500754 1
}

func ExampleRandomState_MultivariateNormal() {
	mean := []float64{5, 5}
	cov := []float64{1, 0.75, 0.75, 1}
	points := make([]float64, 2*2)
	if err := numpyrand.New(104729).MultivariateNormal(points, mean, cov); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%.8f\n%.8f\n", points[:2], points[2:])
	// Output:
	// [4.77882079 5.03544490]
	// [5.33209238 5.00846883]
}
