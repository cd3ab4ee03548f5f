package mlp

import (
	"fmt"
	"math"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// TestGradient compares a step of the gradient rule with the slope of the loss, taken by central differences.
func TestGradient(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		for _, c := range trials() {
			t.Run(fmt.Sprintf("net=%v/act=%v/bias=%v", c.Layers, c.Activations, c.Bias), func(t *testing.T) {
				r := seeded(3)
				n := newNetwork[float64](t, c, name, r)
				d := newData[float64](t, c, 1, r)
				slopes := lossSlopes(t, n, d)
				before := parameters(n)
				if err := n.Online(d, []int{0}, 1, Gradient); err != nil {
					t.Fatal(err)
				}
				// The step with rate 1 goes half of the slope down, since the deltas leave out the factor 2 of the square.
				for i, after := range parameters(n) {
					scale := 1e-3
					for _, s := range slopes[i] {
						scale = max(scale, math.Abs(s))
					}
					for j := range after {
						if got := -2 * (after[j] - before[i][j]); math.Abs(got-slopes[i][j]) > 1e-5*scale {
							t.Fatalf("parameters %d, value %d: the step says %v, the loss %v", i, j, got, slopes[i][j])
						}
					}
				}
			})
		}
	})
}

// lossSlopes returns the derivative of the loss of sample 0 by each parameter, laid out as parameters has them.
func lossSlopes(t *testing.T, n *Network[float64], d *Data[float64]) [][]float64 {
	var slopes [][]float64
	for i := range n.Layers() {
		w, b := n.Weights(i), n.Biases(i)
		slopes = append(slopes,
			differences(t, w, func() error { return n.SetWeights(i, w) }, func() float64 { return sampleLoss(t, n, d, 0) }),
			differences(t, b, func() error { return n.SetBiases(i, b) }, func() float64 { return sampleLoss(t, n, d, 0) }))
	}
	return slopes
}

func differences(t *testing.T, p []float64, set func() error, loss func() float64) []float64 {
	t.Helper()
	const h = 0x1p-18
	at := func(i int, v float64) float64 {
		p[i] = v
		if err := set(); err != nil {
			t.Fatal(err)
		}
		return loss()
	}
	slopes := make([]float64, len(p))
	for i, v := range p {
		slopes[i] = (at(i, v+h) - at(i, v-h)) / (2 * h)
		at(i, v)
	}
	return slopes
}

// TestNotebookRule shows that the tutorial's rule is another one below the top layer, and the same in it.
func TestNotebookRule(t *testing.T) {
	c := Config{Layers: []int{2, 3, 2}, Activations: []kernel.Activation{kernel.Sigmoid}}
	trained := func(rule Rule) [][]float64 {
		r := seeded(3)
		n := newNetwork[float64](t, c, "generic", r)
		if err := n.Online(newData[float64](t, c, 1, r), []int{0}, 1, rule); err != nil {
			t.Fatal(err)
		}
		return parameters(n)
	}
	gradient, notebook := trained(Gradient), trained(Notebook)
	sameBits(t, "top layer", notebook[2:], gradient[2:])
	for j := range gradient[0] {
		if gradient[0][j] == notebook[0][j] {
			t.Errorf("lower layer, weight %d is the same under both rules", j)
		}
	}
}
