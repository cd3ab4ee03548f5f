package bench

// Work is what one operation of a benchmark has to do at least, however it is programmed.
type Work struct {
	// Flops is what GFLOP/s counts: two operations for each fused multiply-add of sums, gradients and updates, none for
	// activations. 0 where that says nothing.
	Flops float64

	// FMAs is the number of multiplications and fused multiply-adds, which all take a place in the pipes that the fma
	// peak is of. Additions are not counted, since some CPUs have other pipes for them, and neither are divisions.
	FMAs float64

	// Bytes is what MB/s counts: of weights, or of values.
	Bytes int

	// Through is the number of bytes of weights that are gone through once, in a pass that only reads, or that reads and
	// writes: as many as must come from the cache that holds them all. 0 where they are used so often that other things
	// matter.
	Through int
	Writes  bool

	// Chain counts operations that wait for each other, from one step to the next.
	Chain Chain

	// Parts are what an operation is made of, where a time for each tells more: Of is their name.
	Parts int
	Of    string
}

// Chain counts operations on float64 each of which needs the result of the one before.
type Chain struct{ FMAs, Adds, Divs int }

// Counted reports whether there is a limit to compare with.
func (w Work) Counted() bool { return w.FMAs > 0 || w.Through > 0 || w.Chain != Chain{} }

// layerWork is that of a pass over a layer's weights with so many fmas each.
func layerWork(in, out, fmas int, writes bool) func(bytes int) Work {
	return func(bytes int) Work {
		w := in * out
		return Work{Flops: float64(2 * w * fmas), FMAs: float64(w * fmas), Bytes: w * bytes, Through: w * bytes, Writes: writes}
	}
}

// matrixWork is that of a product for a batch. The weights are gone through a few times for the whole batch.
func matrixWork(in, out, batch int) func(bytes int) Work {
	return func(bytes int) Work {
		w := in * out
		return Work{Flops: float64(2 * w * batch), FMAs: float64(w * batch), Bytes: w * bytes}
	}
}

// Multiplications and fmas of the float64 recipes, which are part of the arithmetic contract. A value of float32 need only
// be the correctly rounded one, and is found in other ways on other rows, so that nothing is counted for it.
const (
	sigmoidFMAs = 17
	tanhFMAs    = 23
)

// activationWork is that of n values.
func activationWork(n, fmas int) func(bytes int) Work {
	return func(bytes int) Work {
		w := Work{Bytes: n * bytes, Parts: n, Of: "elem"}
		if bytes == 8 {
			w.FMAs = float64(n * fmas)
		}
		return w
	}
}

// onlineWork is that of a step on one sample: 2 operations for each weight in the forward product, 2 in the error sent back
// for each weight above the first layer, and 4 in the update, the gradient's product and the weight's. Weights above the
// first layer are kept twice, once transposed, and both are gone through.
func onlineWork(layers []int) func(bytes int) Work {
	first, all := layers[0]*layers[1], weights(layers)
	return func(bytes int) Work {
		fmas := float64(4*all - first)
		return Work{Flops: 2 * fmas, FMAs: fmas, Through: (first + 2*(all-first)) * bytes, Writes: true}
	}
}

// batchWork is that of one sample of a batch: the weights' update is shared out among so many samples that it does not
// count.
func batchWork(layers []int) func(bytes int) Work {
	fmas := float64(3*weights(layers) - layers[0]*layers[1])
	return func(int) Work { return Work{Flops: 2 * fmas, FMAs: fmas} }
}

// predictWork is that of one sample of many.
func predictWork(layers []int) func(bytes int) Work {
	fmas := float64(weights(layers))
	return func(int) Work { return Work{Flops: 2 * fmas, FMAs: fmas} }
}

// stepWork is that of a step of online training of a network of one hidden layer, sigmoids throughout, by the notebook's
// rule. The weights are in registers, and what takes time is the chain from one step's weights to the next one's: the sums
// of both layers (a chain of their inputs each), two sigmoids, the outputs' error, the sum sent back, a delta and an update.
func stepWork(layers []int) func(bytes int) Work {
	in, hidden, out := layers[0], layers[1], layers[2]
	// A sigmoid's chain to its denominator, then the division.
	sigmoid := Chain{FMAs: 8, Adds: 1, Divs: 1}
	return func(bytes int) Work {
		w := onlineWork(layers)(bytes)
		w.Through = 0
		if bytes == 4 { // what is counted for sigmoids of float64 does not hold
			w.FMAs = 0
			return w
		}
		w.FMAs = stepFMAs(layers)
		w.Chain = Chain{
			FMAs: in + hidden + out + 2*sigmoid.FMAs + 2 + 2, // a delta is two products, an update two fmas
			Adds: 1 + 2*sigmoid.Adds,                         // an error is a difference
			Divs: 2 * sigmoid.Divs,
		}
		return w
	}
}

// stepFMAs counts all multiplications and fmas of such a step.
func stepFMAs(layers []int) float64 {
	first, all := layers[0]*layers[1], weights(layers)
	units := layers[1] + layers[2]
	return float64(all + (all - first) + 2*all + units*(sigmoidFMAs+2))
}

// sweepWork is that of one such step among many, which do not wait for each other.
func sweepWork(layers []int) func(bytes int) Work {
	return func(bytes int) (w Work) {
		if bytes == 8 {
			w.FMAs = stepFMAs(layers)
		}
		return w
	}
}

func weights(layers []int) (n int) {
	for i := range layers[1:] {
		n += layers[i] * layers[i+1]
	}
	return n
}
