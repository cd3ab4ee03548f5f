//go:build faults

package harness

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// faultCases are trainings of every kind, and where the faults first show in their traces: at which step, in which series.
// A fault that is not listed does not show.
var faultCases = []struct {
	name       string
	experiment string
	changes    []string
	want       map[string]string
}{
	{"online/random", "notebook", nil, map[string]string{
		"fault-flip":           "step 230: loss, weights", // of a bit that step 222 has flipped
		"fault-swap":           "step 10: weights",
		"fault-unfused":        "step 0: loss",
		"fault-unfused-back":   "step 60: weights",
		"fault-unfused-update": "step 10: weights",
		"fault-order":          "step 10: loss, correct, weights",
	}},
	{"online/shuffle", "digits-online", []string{"train.steps=200", "record.every=50"}, map[string]string{
		"fault-flip":           "step 0: loss, test loss",
		"fault-swap":           "step 50: loss, test loss, weights",
		"fault-unfused":        "step 50: loss, weights",
		"fault-unfused-back":   "step 50: weights",
		"fault-unfused-update": "step 50: weights",
		"fault-order":          "step 50: loss, correct, test loss, test correct, weights",
	}},
	{"minibatch/shuffle", "digits", []string{"train.epochs=1", "record.every=1"}, map[string]string{
		"fault-flip":           "step 0: loss, test loss",
		"fault-swap":           "step 0: loss, test loss",
		"fault-unfused":        "step 0: loss, test loss",
		"fault-unfused-update": "step 45: loss, test loss, weights",
		"fault-order":          "step 45: loss, correct, test loss, test correct, weights",
	}},
	{"batch/sequential", "digits-batch", []string{"train.steps=4", "record.every=2"}, map[string]string{
		"fault-flip":           "step 0: loss, test loss",
		"fault-swap":           "step 2: weights",
		"fault-unfused":        "step 0: loss, test loss",
		"fault-unfused-update": "step 2: loss, test loss, weights",
	}},
	{"batch/shuffle", "digits-batch", []string{"train.steps=4", "record.every=2", "train.order=shuffle"}, map[string]string{
		"fault-flip":           "step 0: loss, test loss",
		"fault-swap":           "step 2: loss, weights",
		"fault-unfused":        "step 0: loss, test loss",
		"fault-unfused-update": "step 2: loss, weights",
		"fault-order":          "step 2: loss, weights",
	}},
	{"subnormal/online", "testdata/subnormal.toml", nil, map[string]string{
		"fault-swap":    "step 0: loss",
		"fault-unfused": "step 0: loss",
		"fault-order":   "step 5: weights",
		"fault-ftz":     "step 5: weights",
	}},
	{"subnormal/minibatch", "testdata/subnormal.toml", []string{"train.method=minibatch", "train.batch=7"}, map[string]string{
		"fault-swap":    "step 0: loss",
		"fault-unfused": "step 0: loss",
		"fault-order":   "step 5: weights",
		"fault-ftz":     "step 5: weights",
	}},
}

// TestFaultVerify: each fault is found where it shows, for any number of threads, and nowhere else.
func TestFaultVerify(t *testing.T) {
	for _, c := range faultCases {
		t.Run(c.name, func(t *testing.T) {
			e, err := open(t, c.experiment).Experiment(c.changes...)
			if err != nil {
				t.Fatal(err)
			}
			golden, err := Record(t.Context(), e, []string{"generic"}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range kernel.Faults() {
				var first *Trace
				for _, threads := range []int{1, 3} {
					v, err := Verify(t.Context(), e, golden, Options{Kernel: name, Threads: threads})
					if err != nil {
						t.Fatal(err)
					}
					if got := whereShown(v); got != c.want[name] {
						t.Errorf("%s, %d threads: differs at %q, want %q", name, threads, got, c.want[name])
					}
					if first == nil {
						first = v.Result.Trace()
					} else if d := v.Result.Trace().Diff(first); d != nil {
						t.Errorf("%s, %d threads: another fault than with one: %s", name, threads, d.Text)
					}
				}
			}
			for name := range maps.Keys(c.want) {
				if !slices.Contains(kernel.Faults(), name) {
					t.Errorf("there is no %s", name)
				}
			}
		})
	}
}

// whereShown returns the step and the series of a difference, without the values.
func whereShown(v *Verdict) string {
	if v.Match() {
		return ""
	}
	_, text, _ := strings.Cut(v.Difference.Text, ", ")
	return strings.ReplaceAll(values.ReplaceAllString(text, ""), ";", ",")
}

var values = regexp.MustCompile(`: got \S+, want [^ ;]+`)

// TestFaultWeights: what shows in the notebook's training gives final weights of its own.
func TestFaultWeights(t *testing.T) {
	e, err := open(t, "notebook").Experiment()
	if err != nil {
		t.Fatal(err)
	}
	golden, err := open(t, "notebook").Golden()
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]string{golden.Weights(): "fault-ftz"} // which has nothing to flush here
	for _, name := range kernel.Faults() {
		v, err := Verify(t.Context(), e, golden, Options{Kernel: name})
		if err != nil {
			t.Fatal(err)
		}
		if other := digests[v.Digest]; other != "" && other != name {
			t.Errorf("%s has the weights of %s, or of no fault", name, other)
		}
		digests[v.Digest] = name
	}
}
