package harness

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/internal/npy"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// WeightsFile is the name of the final weights in the folder of [Result.Export].
const WeightsFile = "weights.npz"

// FinalWeights are the weights and biases that a run ended with, layer by layer. float64 holds those of float32 exactly.
type FinalWeights struct {
	DType  string
	Layers []LayerWeights
}

// LayerWeights are those of one layer.
type LayerWeights struct {
	Inputs  int
	Weights []float64 // a row of Inputs for each output
	Biases  []float64 // one for each output, or none
}

// readFinalWeights reads the weights beside a trace, whose curve is c. They are nil where there are none. Weights that are
// not those of the trace are an error: what was compared would not be what the digests speak of.
func readFinalWeights(folder string, c *Curve) (*FinalWeights, error) {
	if c.Weights == nil || c.Facts.Network == "" {
		return nil, nil
	}
	path := filepath.Join(folder, WeightsFile)
	f, err := dataset.OpenRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var w *FinalWeights
	var digest string
	if c.Facts.DType == "float32" {
		w, digest, err = loadFinalWeights[float32](f, info.Size(), c.Facts.Network)
	} else {
		w, digest, err = loadFinalWeights[float64](f, info.Size(), c.Facts.Network)
	}
	if want := c.Weights[len(c.Weights)-1]; err == nil && digest != want {
		err = fmt.Errorf("digest %s, but %s ends with %s: the files are not of one run", digest, c.Name, want)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; run it again with --out, or compare %s alone", path, err, c.Name)
	}
	return w, nil
}

// loadFinalWeights reads an npz file of size bytes, and returns the digest of what it holds.
func loadFinalWeights[T kernel.Float](f io.ReaderAt, size int64, network string) (*FinalWeights, string, error) {
	layers, err := networkWithin(network, fmt.Sprintf("%T", T(0)), size)
	if err != nil {
		return nil, "", err
	}
	z, err := npy.OpenArchive("", f, size)
	if err != nil {
		return nil, "", err
	}
	k, err := kernel.Get[T](Reference)
	if err != nil {
		return nil, "", err
	}
	n, err := mlp.New(mlp.Config{Layers: layers, Activations: []kernel.Activation{kernel.Identity}, Bias: slices.Contains(z.Names(), "b0")}, k)
	if err != nil {
		return nil, "", err
	}
	if err := n.Load(f, size); err != nil {
		return nil, "", err
	}
	w := &FinalWeights{DType: fmt.Sprintf("%T", T(0))}
	for i := range n.Layers() {
		w.Layers = append(w.Layers, LayerWeights{layers[i], widen(n.Weights(i)), widen(n.Biases(i))})
	}
	return w, weightsDigest(n), nil
}

// networkWithin reads the network of a trace, whose weights a file of size bytes must have room for: nothing else says how
// many a trace of unknown origin may claim.
func networkWithin(network, dtype string, size int64) ([]int, error) {
	layers, typ, err := parseNetwork(network)
	if err != nil {
		return nil, err
	}
	if typ != dtype {
		return nil, fmt.Errorf("network %.80q: want %s", network, dtype)
	}
	room := size / map[string]int64{"float32": 4, "float64": 8}[dtype]
	for i, n := range layers[1:] {
		if room -= int64(layers[i]) * int64(n); room < 0 {
			return nil, fmt.Errorf("%d bytes cannot hold the weights of %.80s", size, network)
		}
	}
	return layers, nil
}

// FinalDifference is how the final weights and biases of two runs differ.
type FinalDifference struct {
	Step                        int // the last of both
	DType                       string
	Weights, Biases             int                  // of each run
	WeightsDiffer, BiasesDiffer int                  // in any bit
	First                       *ParameterDifference // layer by layer, in each the weights, output by output, then the biases; nil if none differs
	Farthest                    *ParameterDifference // the first of those that are the most ulp apart
}

// ParameterDifference is a weight, or a bias, whose bits differ.
type ParameterDifference struct {
	Layer, Output int
	Input         int // or -1 of a bias
	A, B          float64
	ULP           uint64 // in units of the network's type
}

// String says which weight or bias it is.
func (p *ParameterDifference) String() string {
	if p.Input < 0 {
		return fmt.Sprintf("layer %d, bias of output %d", p.Layer, p.Output)
	}
	return fmt.Sprintf("layer %d, output %d, input %d", p.Layer, p.Output, p.Input)
}

// compareFinal compares the final weights number by number, where both curves have them. The verdict rests on their digests.
func (c *Comparison) compareFinal(modes Modes) {
	if mode, own := modes.of(weightsSeries); own && mode.Skip() {
		return
	}
	a, b := c.A.Final, c.B.Final
	if a == nil || b == nil {
		if (a == nil) != (b == nil) && c.endsApart() {
			c.Notes = append(c.Notes, fmt.Sprintf("final weights were not compared one by one: only %s has a %s", map[bool]string{true: "A", false: "B"}[b == nil], WeightsFile))
		}
		return
	}
	lastA, lastB := c.A.Steps[len(c.A.Steps)-1], c.B.Steps[len(c.B.Steps)-1]
	switch {
	case lastA != lastB:
		c.Notes = append(c.Notes, fmt.Sprintf("final weights were not compared one by one: A ends at step %d, B at step %d", lastA, lastB))
	case !a.shaped(b):
		c.Notes = append(c.Notes, "final weights were not compared one by one: the networks have other layers, types or biases")
	default:
		c.Final = a.difference(b)
		c.Final.Step = lastA
	}
}

// endsApart reports whether both end with a digest, and it is not the same.
func (c *Comparison) endsApart() bool {
	if c.A.Weights == nil || c.B.Weights == nil {
		return false
	}
	a, b := c.A.Weights[len(c.A.Weights)-1], c.B.Weights[len(c.B.Weights)-1]
	return a != "" && b != "" && a != b
}

// shaped reports whether both have the same numbers of everything.
func (w *FinalWeights) shaped(v *FinalWeights) bool {
	return w.DType == v.DType && slices.EqualFunc(w.Layers, v.Layers, func(a, b LayerWeights) bool {
		return a.Inputs == b.Inputs && len(a.Weights) == len(b.Weights) && len(a.Biases) == len(b.Biases)
	})
}

func (w *FinalWeights) difference(v *FinalWeights) *FinalDifference {
	d := &FinalDifference{DType: w.DType}
	for i, a := range w.Layers {
		b := v.Layers[i]
		d.Weights += len(a.Weights)
		d.Biases += len(a.Biases)
		for j := range a.Weights {
			if d.take(&ParameterDifference{Layer: i, Output: j / a.Inputs, Input: j % a.Inputs, A: a.Weights[j], B: b.Weights[j]}) {
				d.WeightsDiffer++
			}
		}
		for j := range a.Biases {
			if d.take(&ParameterDifference{Layer: i, Output: j, Input: -1, A: a.Biases[j], B: b.Biases[j]}) {
				d.BiasesDiffer++
			}
		}
	}
	return d
}

// take notes two numbers and reports whether they differ.
func (d *FinalDifference) take(p *ParameterDifference) bool {
	if math.Float64bits(p.A) == math.Float64bits(p.B) {
		return false
	}
	p.ULP, _ = ulps(p.A, p.B, d.DType == "float32") // both are finite
	if d.First == nil {
		d.First = p
	}
	if d.Farthest == nil || p.ULP > d.Farthest.ULP {
		d.Farthest = p
	}
	return true
}
