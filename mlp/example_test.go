package mlp_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"gonum.org/v1/gonum/mat"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// digits returns handwritten digits, scaled to 0.01 .. 1: most of them to train with, the last 360 to test with.
func digits() (train, test *mlp.Data[float32]) {
	set, err := dataset.Digits()
	if err != nil {
		log.Fatal(err)
	}
	if err := set.Scale([]float64{0}, []float64{16}, 0.01, 1); err != nil {
		log.Fatal(err)
	}
	first, last, err := set.Split(360)
	if err != nil {
		log.Fatal(err)
	}
	return data(first), data(last)
}

func data(s *dataset.Set) *mlp.Data[float32] {
	d, err := mlp.NewData[float32](s.X, s.Label, s.Features, s.Classes, 0.01, 0.99)
	if err != nil {
		log.Fatal(err)
	}
	return d
}

// network returns a network of sigmoid units with weights as NumPy's stream of the given seed has them.
func network(random *numpyrand.RandomState, layers ...int) *mlp.Network[float32] {
	name, err := kernel.Default() // the fastest that this CPU has
	if err != nil {
		log.Fatal(err)
	}
	k, err := kernel.Get[float32](name)
	if err != nil {
		log.Fatal(err)
	}
	n, err := mlp.New(mlp.Config{Layers: layers, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: true}, k)
	if err != nil {
		log.Fatal(err)
	}
	n.Init(func(deviation float64) float64 { return random.Normal(0, deviation) })
	return n
}

// Training by mini-batch. What it prints is the same on every CPU, to the last digit.
func ExampleNetwork_Train() {
	train, test := digits()
	random := numpyrand.New(104729)
	n := network(random, 64, 32, 10)
	ctx := context.Background()
	err := n.Train(ctx, train, mlp.Training{
		Method: mlp.Minibatch, Batch: 32, Order: mlp.Shuffle, Random: random,
		Epochs: 20, Rate: 3,
		Every: 450, // steps: 10 epochs
		Progress: func(p mlp.Progress) error {
			score, err := n.Evaluate(ctx, test, 0)
			fmt.Printf("step %d of %d: loss %v, %d of %d right\n", p.Step, p.Steps, score.Loss, score.Correct, test.Len())
			return err
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// step 0 of 900: loss 2.720673229959276, 41 of 360 right
	// step 450 of 900: loss 0.19665534093930748, 315 of 360 right
	// step 900 of 900: loss 0.16068482294835526, 324 of 360 right
}

// The outputs for two samples, the largest telling the digit.
func ExampleNetwork_Predict() {
	train, test := digits()
	random := numpyrand.New(104729)
	n := network(random, 64, 32, 10)
	err := n.Train(context.Background(), train, mlp.Training{
		Method: mlp.Minibatch, Batch: 32, Order: mlp.Shuffle, Random: random, Epochs: 20, Rate: 3,
	})
	if err != nil {
		log.Fatal(err)
	}
	const samples = 2
	y := make([]float32, samples*n.Outputs())
	if err := n.Predict(y, test.X()[:samples*n.Inputs()], 1); err != nil {
		log.Fatal(err)
	}
	for i := range samples {
		outputs := y[i*n.Outputs():][:n.Outputs()]
		digit := kernel.Argmax(outputs)
		fmt.Printf("a %d, output %v\n", digit, outputs[digit])
	}
	// Output:
	// a 2, output 0.9897316
	// a 3, output 0.96820277
}

// Weights go into a gonum matrix, a row of inputs for each output, and back.
func ExampleNetwork_SetWeights() {
	n := network(numpyrand.New(1), 3, 2)
	w := n.Weights(0)
	m := mat.NewDense(2, 3, nil)
	for i, v := range w {
		m.Set(i/3, i%3, float64(v))
	}
	m.Scale(2, m)
	for i := range w {
		w[i] = float32(m.At(i/3, i%3))
	}
	if err := n.SetWeights(0, w); err != nil {
		log.Fatal(err)
	}
	fmt.Println(n.Weights(0)[:3])
	// Output:
	// [1.8756325 -0.70639545 -0.6098802]
}

// A network is saved and loaded into another, which computes with another kernel: to the same bits.
func ExampleNetwork_Save() {
	n := network(numpyrand.New(104729), 3, 4, 2)
	var file bytes.Buffer
	if err := n.Save(&file); err != nil {
		log.Fatal(err)
	}
	generic, err := kernel.Get[float32]("generic")
	if err != nil {
		log.Fatal(err)
	}
	loaded, err := mlp.New(n.Config(), generic)
	if err != nil {
		log.Fatal(err)
	}
	if err := loaded.Load(bytes.NewReader(file.Bytes()), int64(file.Len())); err != nil {
		log.Fatal(err)
	}
	sample, y := []float32{0.5, -1, 0.25}, make([]float32, 2)
	for _, n := range []*mlp.Network[float32]{n, loaded} {
		if err := n.Predict(y, sample, 1); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%x\n", y)
	}
	// Output:
	// [0x1.3d7d36p-02 0x1.3600a2p-01]
	// [0x1.3d7d36p-02 0x1.3600a2p-01]
}

// Many seeds at once: each network has the weights and the order of its own seed, and ends where it would end alone.
func ExampleTrainMany() {
	set, err := dataset.Gaussians(numpyrand.New(7), []dataset.Class{
		{N: 100, Mean: []float64{0, 0}, Cov: [][]float64{{1, 0}, {0, 1}}},
		{N: 100, Mean: []float64{3, 3}, Cov: [][]float64{{1, 0}, {0, 1}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	shared := []*mlp.Data[float32]{data(set)}
	var networks []*mlp.Network[float32]
	var sources []mlp.Source
	for seed := range uint32(100) {
		random := numpyrand.New(seed)
		networks, sources = append(networks, network(random, 2, 2, 2)), append(sources, random)
	}
	errs, err := mlp.TrainMany(context.Background(), networks, shared, sources, mlp.Training{Order: mlp.Random, Steps: 500, Rate: 0.5})
	if err != nil {
		log.Fatal(err)
	}
	scores, err := mlp.EvaluateMany(context.Background(), networks, shared, 0)
	if err != nil {
		log.Fatal(err)
	}
	least, most := scores[0].Correct, scores[0].Correct
	for i, s := range scores {
		if errs[i] != nil {
			log.Fatal(errs[i])
		}
		least, most = min(least, s.Correct), max(most, s.Correct)
	}
	fmt.Println("right:", least, "to", most, "of", set.Len())
	// Output:
	// right: 191 to 199 of 200
}
