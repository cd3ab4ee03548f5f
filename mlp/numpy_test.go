package mlp

import (
	"bufio"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// tutorial is testdata/notebook.txt: NumPy's numbers.
type tutorial struct {
	weights, trained [2][]float64
	correct          int
	x, outputs       []float64
	label            []int
	order            []int
	loss             []float64
}

func readTutorial(t *testing.T) *tutorial {
	t.Helper()
	f, err := os.Open("testdata/notebook.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := &tutorial{}
	for s := bufio.NewScanner(f); s.Scan(); {
		key, rest, _ := strings.Cut(s.Text(), " ")
		switch v := numbers(t, key, rest); key {
		case "w0", "w1":
			n.weights[key[1]-'0'] = v
		case "trained0", "trained1":
			n.trained[key[7]-'0'] = v
		case "correct":
			n.correct = int(v[0])
		case "sample":
			n.label = append(n.label, int(v[0]))
			n.x = append(n.x, v[1], v[2])
			n.outputs = append(n.outputs, v[3], v[4])
		case "step":
			n.order = append(n.order, int(v[0]))
			n.loss = append(n.loss, v[1])
		}
	}
	if len(n.label) != 1000 || len(n.order) != 1000 || n.correct != 894 {
		t.Fatalf("testdata/notebook.txt: %d samples, %d steps, %d correct", len(n.label), len(n.order), n.correct)
	}
	return n
}

func numbers(t *testing.T, key, text string) []float64 {
	t.Helper()
	if key == "#" {
		return nil
	}
	var v []float64
	for _, w := range strings.Fields(text) {
		f, err := strconv.ParseFloat(w, 64)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, f)
	}
	return v
}

// TestNumPy trains the tutorial and compares weights, loss and outputs with what NumPy computed.
func TestNumPy(t *testing.T) {
	want := readTutorial(t)
	eachKernel(t, func(t *testing.T, name string) {
		c := Config{Layers: []int{2, 2, 2}, Activations: []kernel.Activation{kernel.Sigmoid}}
		n, err := New(c, getKernel[float64](t, name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if err := n.SetWeights(i, want.weights[i]); err != nil {
				t.Fatal(err)
			}
		}
		d, err := NewData[float64](want.x, want.label, 2, 2, 0.01, 0.99)
		if err != nil {
			t.Fatal(err)
		}
		for s, i := range want.order {
			if got := sampleLoss(t, n, d, i); !near(got, want.loss[s], 1e-12) {
				t.Fatalf("step %d: loss %v, NumPy has %v", s, got, want.loss[s])
			}
			if err := n.Online(d, []int{i}, 0.1, Notebook); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 2 {
			for j, got := range n.Weights(i) {
				if !near(got, want.trained[i][j], 1e-12) {
					t.Errorf("layer %d: weight %d is %v, NumPy has %v", i, j, got, want.trained[i][j])
				}
			}
		}
		y := make([]float64, 2000)
		if err := n.Predict(y, d.X(), 1); err != nil {
			t.Fatal(err)
		}
		for i := range y {
			if !near(y[i], want.outputs[i], 1e-12) {
				t.Fatalf("output %d is %v, NumPy has %v", i, y[i], want.outputs[i])
			}
		}
		score, err := d.Score(y)
		if err != nil {
			t.Fatal(err)
		}
		if score.Correct != want.correct {
			t.Errorf("%d correct, NumPy has %d", score.Correct, want.correct)
		}
	})
}

// sampleLoss returns the sum of squared errors for sample i.
func sampleLoss(t *testing.T, n *Network[float64], d *Data[float64], i int) float64 {
	t.Helper()
	y := make([]float64, n.Outputs())
	if err := n.Predict(y, d.sample(i), 1); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for j, target := range d.target(i) {
		e := target - y[j]
		sum += e * e
	}
	return sum
}

func near(got, want, relative float64) bool {
	return math.Abs(got-want) <= relative*math.Abs(want)
}
