package mlp

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// reference is a network written down once more, straight from the definitions of package kernel and as slowly as
// that goes: weights by [layer][output][input], one number at a time. Only the activations' values are the kernel's,
// which has an oracle of its own.
type reference[T kernel.Float] struct {
	acts   []kernel.Activation
	w      [][][]T
	b      [][]T // nil without biases
	kernel *kernel.Kernel[T]
	seen   func(p Phase, layer int, values []T) // of each phase and sample, or nil
}

func (r *reference[T]) saw(p Phase, layer int, values []T) {
	if r.seen != nil {
		r.seen(p, layer, values)
	}
}

func referenceOf[T kernel.Float](n *Network[T], k *kernel.Kernel[T]) *reference[T] {
	c := n.Config()
	r := &reference[T]{kernel: k}
	for i := range n.Layers() {
		act := c.Activations[0]
		if len(c.Activations) > 1 {
			act = c.Activations[i]
		}
		r.acts = append(r.acts, act)
		flat, rows := n.Weights(i), [][]T{}
		for j := range c.Layers[i+1] {
			rows = append(rows, flat[j*c.Layers[i]:(j+1)*c.Layers[i]])
		}
		r.w = append(r.w, rows)
		r.b = append(r.b, n.Biases(i))
	}
	return r
}

func (r *reference[T]) parameters() [][]T {
	var p [][]T
	for i := range r.w {
		var flat []T
		for _, row := range r.w[i] {
			flat = append(flat, row...)
		}
		p = append(p, flat, r.b[i])
	}
	return p
}

// forward returns the values of all layers, the inputs first.
func (r *reference[T]) forward(x []T) [][]T {
	values := [][]T{x}
	for i, rows := range r.w {
		var y []T
		for j, row := range rows {
			var z T
			if len(r.b[i]) > 0 {
				z = r.b[i][j]
			}
			for k := range row {
				z = fma(row[k], x[k], z)
			}
			one := []T{z}
			r.kernel.Activate(one, one, r.acts[i])
			y = append(y, one[0])
		}
		values = append(values, y)
		x = y
	}
	return values
}

// step is a step on one sample: a batch of one.
func (r *reference[T]) step(x, target []T, rate T, rule Rule) {
	r.stepBatch([][]T{x}, [][]T{target}, rate, rule)
}

// stepBatch moves the weights by the sum of the samples' gradients times rate.
func (r *reference[T]) stepBatch(x, target [][]T, rate T, rule Rule) {
	top := len(r.w) - 1
	values, deltas := make([][][]T, len(x)), make([][][]T, len(x)) // [sample][layer]
	for s := range x {
		values[s] = r.forward(x[s])
		for i, y := range values[s][1:] {
			r.saw(Forward, i, y)
		}
		deltas[s] = make([][]T, top+1)
		e := make([]T, len(target[s]))
		for j := range e {
			e[j] = target[s][j] - values[s][top+1][j]
		}
		for i := top; i >= 0; i-- {
			if i == top {
				r.saw(OutputError, i, e)
			} else {
				r.saw(SentBack, i, e)
			}
			delta := make([]T, len(e))
			for j := range e {
				delta[j] = slope(e[j], values[s][i+1][j], r.acts[i])
			}
			deltas[s][i] = delta
			r.saw(Delta, i, delta)
			back := delta
			if rule == Notebook {
				back = e
			}
			below := make([]T, len(values[s][i]))
			for k := range below {
				for j := range r.w[i] {
					below[k] = fma(r.w[i][j][k], back[j], below[k])
				}
			}
			e = below
		}
	}
	for i := range r.w {
		for j, row := range r.w[i] {
			for k := range row {
				var g T
				for s := range x {
					g = fma(deltas[s][i][j], values[s][i][k], g)
				}
				row[k] = fma(rate, g, row[k])
			}
			if len(r.b[i]) > 0 {
				var g T
				for s := range x {
					g = fma(deltas[s][i][j], 1, g)
				}
				r.b[i][j] = fma(rate, g, r.b[i][j])
			}
		}
	}
}

// slope returns the error e times the slope of the activation where its value is y.
func slope[T kernel.Float](e, y T, act kernel.Activation) T {
	switch act {
	case kernel.Sigmoid:
		a := T(e * y)
		b := T(1 - y)
		return T(a * b)
	case kernel.Tanh:
		return e * fma(-y, y, 1)
	case kernel.ReLU:
		if y > 0 {
			return e
		}
		return 0
	}
	return e
}

// fma is math.FMA for float64; for float32 it is the exact sum, rounded once by package big.
func fma[T kernel.Float](x, y, z T) T {
	wide := math.FMA(float64(x), float64(y), float64(z))
	if _, is64 := any(x).(float64); is64 || !isFinite(wide) {
		return T(wide)
	}
	exact := func(v T) *big.Float { return new(big.Float).SetPrec(2000).SetFloat64(float64(v)) }
	sum := exact(x)
	sum.Mul(sum, exact(y)).Add(sum, exact(z))
	v, _ := sum.Float32()
	return T(v)
}

// TestOnlineIsTheDefinition trains networks of several shapes beside the reference.
func TestOnlineIsTheDefinition(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trials() {
			for _, rule := range []Rule{Gradient, Notebook} {
				t.Run(fmt.Sprintf("net=%v/act=%v/bias=%v/rule=%d", c.Layers, c.Activations, c.Bias, rule), func(t *testing.T) {
					t.Run("type=float64", func(t *testing.T) { compare[float64](t, c, rule, name) })
					t.Run("type=float32", func(t *testing.T) { compare[float32](t, c, rule, name) })
				})
			}
		}
	})
}

// trials lists shapes with every activation, and one with an activation for each layer, each with biases and without.
func trials() []Config {
	var all []Config
	for _, layers := range [][]int{{2, 2, 2}, {3, 5, 4, 2}, {1, 1}, {7, 3}, {5, 17, 9, 3}} {
		for _, bias := range []bool{false, true} {
			for _, act := range []kernel.Activation{kernel.Identity, kernel.Sigmoid, kernel.Tanh, kernel.ReLU} {
				all = append(all, Config{Layers: layers, Activations: []kernel.Activation{act}, Bias: bias})
			}
		}
	}
	mixed := []kernel.Activation{kernel.ReLU, kernel.Tanh, kernel.Sigmoid}
	return append(all, Config{Layers: []int{3, 5, 4, 2}, Activations: mixed, Bias: true})
}

func compare[T kernel.Float](t *testing.T, c Config, rule Rule, name string) {
	const samples, steps, rate = 6, 20, 0.004
	r := seeded(7)
	n := newNetwork[T](t, c, name, r)
	d := newData[T](t, c, samples, r)
	ref := referenceOf(n, getKernel[T](t, "generic"))
	order := drawOrder(r, steps, samples)
	if err := n.Online(d, order, T(rate), rule); err != nil {
		t.Fatal(err)
	}
	for _, i := range order {
		ref.step(d.sample(i), d.target(i), T(rate), rule)
	}
	sameBits(t, "parameters", parameters(n), ref.parameters())

	y := make([]T, samples*n.Outputs())
	if err := n.Predict(y, d.X(), 1); err != nil {
		t.Fatal(err)
	}
	var want []T
	for i := range samples {
		values := ref.forward(d.sample(i))
		want = append(want, values[len(values)-1]...)
	}
	sameBits(t, "outputs", [][]T{y}, [][]T{want})
}

// TestOnlineIsTheDefinitionAtExtremes trains where sums cancel, vanish or grow large.
func TestOnlineIsTheDefinitionAtExtremes(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, size := range []float64{0x1p-140, 0x1p-60, 0x1p20} {
			t.Run(fmt.Sprintf("size=%g/type=float32", size), func(t *testing.T) { extremes[float32](t, size, name) })
			t.Run(fmt.Sprintf("size=%g/type=float64", size), func(t *testing.T) { extremes[float64](t, size, name) })
		}
	})
}

func extremes[T kernel.Float](t *testing.T, size float64, name string) {
	c := Config{Layers: []int{9, 4, 2}, Activations: []kernel.Activation{kernel.Tanh, kernel.Sigmoid}, Bias: true}
	r := seeded(11)
	n := newNetwork[T](t, c, name, r)
	x := scattered(r, 9*5, size)
	d, err := NewData[T](x, []int{0, 1, 1, 0, 1}, 9, 2, 0.01, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	ref := referenceOf(n, getKernel[T](t, "generic"))
	for s := range 40 {
		if err := n.Online(d, []int{s % 5}, 0.3, Gradient); err != nil {
			t.Fatal(err)
		}
		ref.step(d.sample(s%5), d.target(s%5), 0.3, Gradient)
	}
	sameBits(t, "parameters", parameters(n), ref.parameters())
}

// scattered draws values of very different sizes, zeros of both signs among them.
func scattered(r *rand.Rand, n int, size float64) []float64 {
	v := draw[float64](r, n, size)
	for i := range v {
		switch r.IntN(5) {
		case 0:
			v[i] = 0
		case 1:
			v[i] = math.Copysign(0, -1)
		case 2:
			v[i] *= 0x1p-9
		}
	}
	return v
}
