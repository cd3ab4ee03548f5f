package mlp

import (
	"fmt"
	"io"
	"math"

	"github.com/samebits/samebits/internal/npy"
	"github.com/samebits/samebits/kernel"
)

// Save writes the weights as an .npz file, which [Network.Load] and numpy.load read: arrays W0, W1, ... of shape (outputs,
// inputs), and b0, b1, ... of shape (outputs,) where there are biases, in the network's own type. The bytes depend on the
// weights alone. The layers' activations are not in the file. It fails as w does.
func (n *Network[T]) Save(w io.Writer) error {
	z := npy.NewWriter(w)
	for i, l := range n.layers {
		if err := npy.Matrix(z, weightsName(i), l.in, n.Weights(i)); err != nil {
			return err
		}
		if !n.config.Bias {
			continue
		}
		if err := npy.Vector(z, biasesName(i), n.Biases(i)); err != nil {
			return err
		}
	}
	return z.Close()
}

// Load replaces all weights and biases by those in an .npz file of size bytes, which [Network.Save] or NumPy wrote, packed
// or not: arrays named and shaped as Save says, each that the network has and no others. They are float32, float64 or
// integers within 2^53, in any order of bytes and of rows and columns; a network of float32 takes the nearest float32, of
// two equally near ones the even one. It fails if the file is damaged, an array is missing, does not belong or has another
// shape, or a value is not finite, or would not be as float32. The error names the array, and the network stays as it was.
//
// Memory grows with the values that arrive. While it reads, Load needs room for all weights once more, and for one layer's
// as they are in the file.
func (n *Network[T]) Load(r io.ReaderAt, size int64) error {
	z, err := npy.OpenArchive("", r, size)
	if err != nil {
		return err
	}
	if err := n.checkNames(z.Names()); err != nil {
		return err
	}
	w, b := make([][]T, len(n.layers)), make([][]T, len(n.layers))
	for i, l := range n.layers {
		if w[i], err = load[T](z, weightsName(i), l.out, l.in); err != nil {
			return err
		}
		if !n.config.Bias {
			continue
		}
		if b[i], err = load[T](z, biasesName(i), l.out); err != nil {
			return err
		}
	}
	return n.set(w, b)
}

func weightsName(layer int) string { return fmt.Sprint("W", layer) }
func biasesName(layer int) string  { return fmt.Sprint("b", layer) }

// checkNames reports an array that the network has no place for.
func (n *Network[T]) checkNames(names []string) error {
	last := len(n.layers) - 1
	want := fmt.Sprintf("W0 to W%d, and no biases", last)
	if n.config.Bias {
		want = fmt.Sprintf("W0 to W%d and b0 to b%d", last, last)
	}
	known := map[string]bool{}
	for i := range n.layers {
		known[weightsName(i)] = true
		known[biasesName(i)] = n.config.Bias
	}
	for _, name := range names {
		if !known[name] {
			return fmt.Errorf("array %.40q does not belong to the network, which has %s", name, want)
		}
	}
	return nil
}

// load reads one array into rows. Its shape is looked at before its values: a file cannot ask for more room than they need.
func load[T kernel.Float](z *npy.Archive, name string, shape ...int) ([]T, error) {
	src, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	h, err := npy.ReadHeader(src)
	if err != nil {
		return nil, err
	}
	size, same := 1, len(h.Shape) == len(shape)
	for d, n := range shape {
		size *= n
		same = same && h.Shape[d] == int64(n)
	}
	if !same {
		return nil, src.Errorf("shape %d, want %d", h.Shape, shape)
	}
	packed, err := src.Values(size, h.Number)
	if err != nil {
		return nil, err
	}
	values := make([]T, size)
	place := npy.Places(shape, h.Fortran)
	return values, packed.Each(func(x float64) error {
		v := T(x)
		if math.IsInf(float64(v), 0) {
			return fmt.Errorf("%v is too large for float32", x)
		}
		values[place()] = v
		return nil
	})
}

// set replaces weights and biases. They fit and are finite: it does not fail half-way.
func (n *Network[T]) set(w, b [][]T) error {
	for i := range n.layers {
		if err := n.SetWeights(i, w[i]); err != nil {
			return err
		}
		if err := n.SetBiases(i, b[i]); err != nil {
			return err
		}
	}
	return nil
}
