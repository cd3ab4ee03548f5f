package dataset_test

import (
	"bytes"
	"fmt"
	"log"
	"strings"

	"github.com/sbinet/npyio/npz"
	"gonum.org/v1/gonum/mat"

	"github.com/samebits/samebits/dataset"
)

// The digits that come with this package, scaled to 0..1, with a fifth of them for testing.
func Example() {
	digits, err := dataset.Digits()
	if err != nil {
		log.Fatal(err)
	}
	if err := digits.Scale([]float64{0}, []float64{16}, 0, 1); err != nil {
		log.Fatal(err)
	}
	n, err := dataset.TestCount(digits.Len(), 0.2)
	if err != nil {
		log.Fatal(err)
	}
	train, test, err := digits.Split(n)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.Len(), "for training,", test.Len(), "for testing")
	fmt.Println("the first is a", train.Label[0], "whose first row is", train.Sample(0)[:8])
	// Output:
	// 1438 for training, 359 for testing
	// the first is a 0 whose first row is [0 0 0.3125 0.8125 0.5625 0.0625 0 0]
}

func ExampleReadCSV() {
	text := `length,width,class
5.1,3.5,0
7.0,3.2,1
6.3,3.3,2
`
	s, err := dataset.ReadCSV("iris.csv", strings.NewReader(text), dataset.CSV{})
	if err != nil {
		log.Fatal(err)
	}
	for i, label := range s.Label {
		fmt.Println(s.Sample(i), label)
	}

	_, err = dataset.ReadCSV("iris.csv", strings.NewReader(text+"6.3,NA,2\n"), dataset.CSV{})
	fmt.Println(err)
	// Output:
	// [5.1 3.5] 0
	// [7 3.2] 1
	// [6.3 3.3] 2
	// iris.csv:5: column 2: "NA", want a decimal number
}

// What numpy.savez("set.npz", x=x, y=y) writes can be read. Here npyio stands in for NumPy.
func ExampleReadNPZ() {
	var file bytes.Buffer
	w := npz.NewWriter(&file)
	if err := w.Write("x.npy", mat.NewDense(3, 2, []float64{0, 0.5, 1, 1.5, 2, 2.5})); err != nil {
		log.Fatal(err)
	}
	if err := w.Write("y.npy", []int64{1, 0, 1}); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	s, err := dataset.ReadNPZ("set.npz", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Len(), "samples of", s.Features, "features in", s.Classes, "classes")
	fmt.Println(s.X, s.Label)
	// Output:
	// 3 samples of 2 features in 2 classes
	// [0 0.5 1 1.5 2 2.5] [1 0 1]
}

// gonum's matrices go in and out.
func ExampleFromMatrix() {
	x := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	s, err := dataset.FromMatrix(x, []int{0, 1}, 2)
	if err != nil {
		log.Fatal(err)
	}
	m := s.Matrix()
	m.Scale(10, m) // and with it the set, which shares its memory
	fmt.Println(mat.Formatted(m))
	fmt.Println(s.X, mat.Sum(x))
	// Output:
	// ⎡10  20⎤
	// ⎣30  40⎦
	// [10 20 30 40] 10
}

// Training and test data are scaled by the range of the training data.
func ExampleSet_MinMax() {
	train := &dataset.Set{Features: 2, Classes: 1, X: []float64{0, 100, 4, 300}, Label: []int{0, 0}}
	test := &dataset.Set{Features: 2, Classes: 1, X: []float64{1, 400}, Label: []int{0}}
	low, high := train.MinMax()
	for _, s := range []*dataset.Set{train, test} {
		if err := s.Scale(low, high, 0, 1); err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.X)
	}
	// Output:
	// [0 0 1 1]
	// [0.25 1.5]
}
