package harness

import (
	"fmt"
	"math"
	"testing"
)

// TestTrainedSamples counts the samples of each step.
func TestTrainedSamples(t *testing.T) {
	for _, samples := range []int{1, 2, 7, 10} {
		for _, train := range []Train{{Method: "online"}, {Method: "batch"}, {Method: "minibatch", Batch: 1}, {Method: "minibatch", Batch: 3}, {Method: "minibatch", Batch: 5}} {
			if train.Batch > samples {
				continue
			}
			for n := 1; n < 25; n++ {
				inSteps, inEpochs := train, train
				inSteps.Steps, inEpochs.Epochs = n, n
				for _, e := range []Experiment{{Train: inSteps}, {Train: inEpochs}} {
					want, left := 0, samples
					for range e.TotalSteps(samples) {
						step := min(left, map[string]int{"online": 1, "batch": samples, "minibatch": train.Batch}[train.Method])
						if want, left = want+step, left-step; left == 0 {
							left = samples
						}
					}
					if got := e.TrainedSamples(samples); got != float64(want) {
						t.Errorf("%+v, %d samples: %v, want %d", e.Train, samples, got, want)
					}
				}
			}
		}
	}
	huge := Experiment{Train: Train{Method: "batch", Epochs: math.MaxInt}}
	if got, want := fmt.Sprintf("%.0e", huge.TrainedSamples(1000)), fmt.Sprintf("%.0e", 1000*float64(math.MaxInt)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
