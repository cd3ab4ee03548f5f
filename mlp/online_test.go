package mlp

import (
	"errors"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestOnlineInPieces trains in one call and in many.
func TestOnlineInPieces(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		t.Run("type=float64", func(t *testing.T) { pieces[float64](t, name) })
		t.Run("type=float32", func(t *testing.T) { pieces[float32](t, name) })
	})
}

func pieces[T kernel.Float](t *testing.T, name string) {
	c := Config{Layers: []int{3, 5, 4, 2}, Activations: []kernel.Activation{kernel.Tanh}, Bias: true}
	trained := func(sizes ...int) [][]T {
		r := seeded(5)
		n := newNetwork[T](t, c, name, r)
		d := newData[T](t, c, 20, r)
		order := drawOrder(r, 100, 20)
		for i := 0; len(order) > 0; i++ {
			k := min(sizes[i%len(sizes)], len(order))
			if err := n.Online(d, order[:k], 0.1, Gradient); err != nil {
				t.Fatal(err)
			}
			order = order[k:]
		}
		return parameters(n)
	}
	want := trained(100)
	for _, sizes := range [][]int{{1}, {2}, {7}, {0, 64}, {1, 2, 3, 50}} {
		sameBits(t, "parameters", trained(sizes...), want)
	}
}

// TestDiverged drives weights out of the range of the type.
func TestDiverged(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, try := range []struct {
			name          string
			act           kernel.Activation
			rate64        float64
			rate32        float32
			quiet, zeroed bool
			step, layer   int // -1 for what the reference says
		}{
			{"growing", kernel.Identity, 1e30, 1e5, false, false, -1, 0},
			{"at once", kernel.Identity, 1e308, 3e38, true, false, 4, 0},
			{"at once", kernel.ReLU, 1e308, 3e38, true, false, 4, 0},
			{"upper layer alone", kernel.Identity, 1e308, 3e38, true, true, 4, 1},
		} {
			t.Run(try.name+"/act="+try.act.String(), func(t *testing.T) {
				t.Run("type=float64", func(t *testing.T) {
					n, d, order := diverging[float64](t, name, try.act, try.quiet, try.zeroed)
					diverge(t, n, d, order, try.rate64, try.step, try.layer)
				})
				t.Run("type=float32", func(t *testing.T) {
					n, d, order := diverging[float32](t, name, try.act, try.quiet, try.zeroed)
					diverge(t, n, d, order, try.rate32, try.step, try.layer)
				})
			})
		}
	})
}

// diverging returns a network, samples and an order. quiet makes the first four steps change nothing. The weights of a
// zeroed upper layer send no error back.
func diverging[T kernel.Float](t *testing.T, name string, act kernel.Activation, quiet, zeroed bool) (*Network[T], *Data[T], []int) {
	r := seeded(1)
	n := newNetwork[T](t, Config{Layers: []int{2, 3, 2}, Activations: []kernel.Activation{act}}, name, r)
	for i := range 2 {
		w := n.Weights(i)
		for j := range w {
			w[j] = max(w[j], -w[j]) + 1 // no unit of relu is dead
			if zeroed && i == 1 {
				w[j] = 0
			}
		}
		if err := n.SetWeights(i, w); err != nil {
			t.Fatal(err)
		}
	}
	x := []float64{0, 0, 0, 0, 3, 4, 1, 2}
	d, err := NewData[T](x, []int{0, 1, 0, 1}, 2, 2, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	if quiet {
		return n, d, []int{0, 1, 1, 0, 2, 3}
	}
	return n, d, []int{2, 0, 3, 1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3}
}

func diverge[T kernel.Float](t *testing.T, n *Network[T], d *Data[T], order []int, rate T, step, layer int) {
	ref := referenceOf(n, n.kernel)
	var before [][]T
	got := -1
	for s, i := range order {
		before = before[:0]
		for _, p := range ref.parameters() {
			before = append(before, append([]T{}, p...))
		}
		ref.step(d.sample(i), d.target(i), rate, Gradient)
		if firstBroken(ref) >= 0 {
			got = s
			break
		}
	}
	if got < 1 || step >= 0 && got != step || firstBroken(ref) != layer {
		t.Fatalf("the reference breaks at step %d in layer %d, want %d in %d: the test shows nothing", got, firstBroken(ref), step, layer)
	}
	err := n.Online(d, order, rate, Gradient)
	var diverged *Diverged
	if !errors.As(err, &diverged) || diverged.Step != got || diverged.Layer != layer {
		t.Fatalf("got %v, want divergence at step %d in layer %d", err, got, layer)
	}
	for _, part := range []string{"step", "layer", "rate"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not speak of the %s", err, part)
		}
	}
	sameBits(t, "parameters before the step", parameters(n), before)
}

// firstBroken returns the lowest layer with a parameter that is not finite, or -1.
func firstBroken[T kernel.Float](r *reference[T]) int {
	for i, p := range r.parameters() {
		for _, v := range p {
			if !isFinite(v) {
				return i / 2
			}
		}
	}
	return -1
}

func TestOnlineErrors(t *testing.T) {
	c := Config{Layers: []int{2, 2}, Activations: []kernel.Activation{kernel.Sigmoid}}
	n := newNetwork[float64](t, c, "generic", seeded(1))
	before := parameters(n)
	good := newData[float64](t, c, 3, seeded(2))
	wide := newData[float64](t, Config{Layers: []int{3, 2}}, 3, seeded(2))
	many := newData[float64](t, Config{Layers: []int{2, 3}}, 3, seeded(2))
	for _, try := range []struct {
		name  string
		d     *Data[float64]
		order []int
		want  string
	}{
		{"features", wide, nil, "3 features"},
		{"classes", many, nil, "3 classes"},
		{"index too large", good, []int{0, 1, 3}, "sample 3 of 3"},
		{"negative index", good, []int{0, -1}, "sample -1 of 3"},
	} {
		if err := n.Online(try.d, try.order, 0.1, Gradient); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %q", try.name, err, try.want)
		}
	}
	sameBits(t, "parameters", parameters(n), before)
}

// TestOnlineAllocations looks for none.
func TestOnlineAllocations(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		t.Run("type=float64", func(t *testing.T) { allocations[float64](t, name) })
		t.Run("type=float32", func(t *testing.T) { allocations[float32](t, name) })
	})
}

func allocations[T kernel.Float](t *testing.T, name string) {
	c := Config{Layers: []int{3, 5, 4, 2}, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: true}
	r := seeded(1)
	n := newNetwork[T](t, c, name, r)
	d := newData[T](t, c, 5, r)
	order := drawOrder(r, 10, 5)
	if got := testing.AllocsPerRun(20, func() { n.Online(d, order, 0.1, Notebook) }); got != 0 {
		t.Errorf("%v allocations in a call, want none", got)
	}
}
