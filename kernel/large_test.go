package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// largeOperations are those whose loops depend on the sizes, each with one activation.
func largeOperations[T Float](samples int) []operation[T] {
	list := slices.DeleteFunc(operations[T](), func(op operation[T]) bool {
		return !slices.Contains([]string{"Forward sigmoid with bias", "UpdateForward sigmoid with bias",
			"Update with bias", "SendBackUpdate"}, op.name)
	})
	return append(list, batchOperation[T](Sigmoid, "with bias", samples, 5))
}

// Sizes past what one call of a routine takes, and around what registers hold. The reference is the oracle: its loops
// know no sizes.
func TestLarge(t *testing.T) { eachKernel(t, testLarge[float32], testLarge[float64]) }

func testLarge[T Float](t *testing.T, k *Kernel[T]) {
	if k.Name() == "generic" {
		t.Skip("the other rows are compared with this one")
	}
	draw := drawn(smallNumber[T], rand.New(rand.NewPCG(104729, 72)))
	for i, c := range []struct{ inputs, outputs, samples int }{
		{784, 200, 1}, {100, 784, 2}, {17, 513, 5}, {513, 17, 9}, {7, 19, 1030}, {130, 17, 513},
		{33, 4097, 1}, {4097, 33, 1}, {3, 8200, 2}, {0, 4097, 2}, {4097, 0, 2}, {0, 40, 600}, {1<<17 + 1, 1, 1},
	} {
		for _, op := range largeOperations[T](c.samples) {
			compareGeneric(t, k, op, c.inputs, c.outputs, i, draw)
		}
	}
	for _, n := range []int{68, 127, 128, 129, 200, 255, 256, 257, 784, 1000, 4096, 4097, maxLength, maxLength + 1, 3*maxLength + 5} {
		for _, op := range operations[T]() {
			if len(op.lens(0, 0)) <= 3 {
				compareGeneric(t, k, op, 0, n, n, draw)
			}
		}
	}
}

// maxLength is what the rows of assembly do in one call of an element-wise operation.
const maxLength = 1 << 13

// Widths around multiples of all vectors, and of panels of vectors.
func TestWidths(t *testing.T) { eachKernel(t, testWidths[float32], testWidths[float64]) }

func testWidths[T Float](t *testing.T, k *Kernel[T]) {
	if k.Name() == "generic" {
		t.Skip("the other rows are compared with this one")
	}
	draw := drawn(smallNumber[T], rand.New(rand.NewPCG(104729, 73)))
	for n := 68; n < 260; n += 1 + n%5 {
		for _, op := range largeOperations[T](1 + n%19) {
			compareGeneric(t, k, op, 3, n, n, draw)
			compareGeneric(t, k, op, n, 3, n, draw)
		}
	}
}

// smallNumber keeps the sums of many products ordinary.
func smallNumber[T Float](rnd *rand.Rand) T { return T((rnd.Float64() - 0.5) / 2) }

// compareGeneric compares all operands, and what surrounds them, after the row's operation and after the reference's.
func compareGeneric[T Float](t *testing.T, k *Kernel[T], op operation[T], inputs, outputs, offset int, draw func() T) {
	t.Helper()
	generic := mustGet[T](t, "generic")
	op.want = func(s [][]T) { op.run(generic, s) }
	o := newOperands(op.lens(inputs, outputs), offset, draw)
	if fault := check(k, op, o); fault != "" {
		t.Errorf("%s, %d x %d: %s", op.name, inputs, outputs, fault)
	}
}

// Numbers of samples: each of 1..67, and around the blocks that rows work in.
func TestSamples(t *testing.T) { eachKernel(t, testSamples[float32], testSamples[float64]) }

func testSamples[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 70))
	try := func(n, inputs, outputs int) {
		act, bias := Activation(n%4), []string{"with bias", "without bias"}[n/4%2]
		op := remembered(batchOperation[T](act, bias, n, n%3*5), inputs, outputs)
		kind := kinds[T]()[n%len(kinds[T]())]
		o := newOperands(op.lens(inputs, outputs), n, func() T { return kind.draw(rnd) })
		if fault := check(k, op, o); fault != "" {
			t.Errorf("%s, %d x %d, %s: %s", op.name, inputs, outputs, kind.name, fault)
		}
	}
	for n := 1; n < 68; n++ {
		try(n, n%7, 1+n%5)
		try(n, 1+n%3, 15+n%19) // more outputs than a tile has
	}
	for _, n := range []int{95, 96, 97, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1537} {
		try(n, n%4, 1+n%3)
	}
}

// A sample's outputs do not depend on the other samples, nor on how many there are.
func TestSamplesAlone(t *testing.T) {
	eachKernel(t, testSamplesAlone[float32], testSamplesAlone[float64])
}

func testSamplesAlone[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 71))
	const inputs, outputs = 13, 11
	w, b := normals[T](inputs*outputs, 1), normals[T](outputs, 1)
	for n := 1; n < 68; n++ {
		x, y := make([]T, inputs*n), make([]T, outputs*n)
		for i := range x {
			x[i] = T(rnd.NormFloat64())
		}
		k.ForwardBatch(y, x, w, b, n, Sigmoid)
		for s := range n {
			one, alone := make([]T, inputs), make([]T, outputs)
			for i := range one {
				one[i] = x[i*n+s]
			}
			k.Forward(alone, one, w, b, Sigmoid)
			for j, v := range alone {
				if !same(y[j*n+s], v) {
					t.Fatalf("output %d of sample %d of %d is %x, alone %x", j, s, n, y[j*n+s], v)
				}
			}
		}
	}
}
