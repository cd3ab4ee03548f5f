package harness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/golden"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// TestGolden replays every built-in experiment on every kernel with 1, 2 and 3 threads, those on data files on one kernel
// alone, where the files are there. The trace must be the golden one to the letter.
func TestGolden(t *testing.T) {
	for _, name := range Builtin() {
		source, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		e, err := source.Experiment()
		if err != nil {
			t.Fatal(err)
		}
		want, err := source.Golden()
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(golden.Files, name+".trace")
		if err != nil {
			t.Fatal(err)
		}
		kernels, counts := kernel.Names(), []int{1, 2, 3}
		if e.Data.Train != nil {
			kernels, counts = kernels[:1], counts[1:2]
		}
		for _, k := range kernels {
			for _, threads := range counts {
				t.Run(fmt.Sprintf("experiment=%s/impl=%s/threads=%d", name, k, threads), func(t *testing.T) {
					if e.Data.Train != nil && testing.Short() {
						t.Skip("-short: experiments on data files are NOT replayed")
					}
					v, err := Verify(context.Background(), e, want, Options{Kernel: k, Threads: threads})
					if errors.Is(err, ErrNoData) {
						t.Skip(err)
					}
					if err != nil {
						t.Fatal(err)
					}
					if !v.Match() {
						t.Error(v.Difference.Text)
					}
					if d := cmp.Diff(string(text), v.Result.Trace().String()); d != "" {
						t.Errorf("(-golden +got)\n%s", d)
					}
					if v.Experiment != name || v.Kernel != k || v.Threads != threads || v.Digest != want.Weights() {
						t.Errorf("verdict on %s, kernel %s, %d threads, weights %s", v.Experiment, v.Kernel, v.Threads, v.Digest)
					}
				})
			}
		}
	}
}

// TestTutorial: the notebook's run gives what the tutorial prints.
func TestTutorial(t *testing.T) {
	source, err := Open("notebook")
	if err != nil {
		t.Fatal(err)
	}
	e, err := source.Experiment()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kernel.Names() {
		r, err := Run(context.Background(), e, Options{Kernel: k})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%.8f %.8f %.8f %.8f %d/%d", r.Output(0), r.Output(999), r.Data.Sample(0), r.Data.Sample(999), r.Final().Correct, r.Data.Len())
		want := "[0.72796373 0.35839938] [0.22979532 0.73710209] [-0.22117921 0.03544490] [4.23706484 4.85350827] 894/1000"
		if got != want {
			t.Errorf("kernel %s: got %s, want %s", k, got, want)
		}
	}
}

// replayed trains an experiment of tiny's kind once more, with the numbers drawn here, one after the other, and each step
// a call of its own. next gives the sample of a step.
func replayed[T kernel.Float](t *testing.T, e *Experiment, next func(r *numpyrand.RandomState, step, samples int) int) ([]Point, [][]float64) {
	t.Helper()
	r := numpyrand.New(e.Seed)
	var x []float64
	var label []int
	for i, c := range e.Data.Classes {
		drawn := make([]float64, c.N*len(c.Mean))
		if err := r.MultivariateNormal(drawn, c.Mean, slices.Concat(c.Cov...)); err != nil {
			t.Fatal(err)
		}
		x = append(x, drawn...)
		label = append(label, slices.Repeat([]int{i}, c.N)...)
	}
	d, err := mlp.NewData[T](x, label, len(e.Data.Classes[0].Mean), len(e.Data.Classes), e.Train.Targets[0], e.Train.Targets[1])
	if err != nil {
		t.Fatal(err)
	}
	k, err := kernel.Get[T]("generic")
	if err != nil {
		t.Fatal(err)
	}
	n, err := mlp.New(e.Model.Config, k)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n.Layers() {
		in, out := e.Model.Layers[i], e.Model.Layers[i+1]
		w := make([]T, in*out)
		for j := range w {
			w[j] = T(float64(1 / math.Sqrt(float64(in)) * r.StandardNormal()))
		}
		if err := n.SetWeights(i, w); err != nil {
			t.Fatal(err)
		}
	}
	var curve []Point
	total, every := e.TotalSteps(d.Len()), e.recordSteps(d.Len())
	for step := 0; ; step++ {
		if step%every == 0 || step == total {
			y := make([]T, d.Len()*n.Outputs())
			if err := n.Predict(y, d.X(), 1); err != nil {
				t.Fatal(err)
			}
			s, err := d.Score(y)
			if err != nil {
				t.Fatal(err)
			}
			curve = append(curve, Point{Step: step, Loss: s.Loss, Correct: s.Correct, Weights: weightsDigest(n)})
		}
		if step == total {
			break
		}
		if err := n.Online(d, []int{next(r, step, d.Len())}, T(e.Train.Rate), e.Train.Rule); err != nil {
			t.Fatal(err)
		}
	}
	var parameters [][]float64
	for i := range n.Layers() {
		parameters = append(parameters, widen(n.Weights(i)), widen(n.Biases(i)))
	}
	return curve, parameters
}

// TestOrders trains in the three orders, over parts of passes, and compares with numbers drawn here.
func TestOrders(t *testing.T) {
	var pass []int
	for _, order := range []struct {
		name string
		next func(r *numpyrand.RandomState, step, samples int) int
	}{
		{"random", func(r *numpyrand.RandomState, _, samples int) int { return r.Intn(samples) }},
		{"sequential", func(_ *numpyrand.RandomState, step, samples int) int { return step % samples }},
		{"shuffle", func(r *numpyrand.RandomState, step, samples int) int {
			if step%samples == 0 {
				pass = r.Permutation(samples)
			}
			return pass[step%samples]
		}},
	} {
		for _, length := range []string{"steps = 37", "steps = 7", "epochs = 3", "epochs = 1"} {
			for _, every := range []string{"1", "2", "4", "1000"} {
				for _, dtype := range []string{"float64", "float32"} {
					t.Run(fmt.Sprintf("order=%s/%s/every=%s/type=%s", order.name, strings.ReplaceAll(length, " ", ""), every, dtype), func(t *testing.T) {
						e := parse(t, edited(t, "steps = 20", length), "train.order="+order.name, "record.every="+every, "dtype="+dtype)
						var curve []Point
						var want [][]float64
						if dtype == "float32" {
							curve, want = replayed[float32](t, e, order.next)
						} else {
							curve, want = replayed[float64](t, e, order.next)
						}
						r, err := Run(context.Background(), e, Options{Threads: 2})
						if err != nil {
							t.Fatal(err)
						}
						if d := cmp.Diff(curve, r.Curve); d != "" {
							t.Errorf("curve: (-want +got)\n%s", d)
						}
						var got [][]float64
						for i := range r.Weights {
							got = append(got, r.Weights[i], r.Biases[i])
						}
						if d := cmp.Diff(want, got); d != "" {
							t.Errorf("parameters: (-want +got)\n%s", d)
						}
					})
				}
			}
		}
	}
}

// TestEpochs: the curve's points stand after whole epochs.
func TestEpochs(t *testing.T) {
	for _, try := range []struct {
		every string
		want  []int
	}{
		{"1", []int{0, 10, 20, 30, 40, 50}},
		{"2", []int{0, 20, 40, 50}},
		{"5", []int{0, 50}},
		{"2147483647", []int{0, 50}},
	} {
		e := parse(t, edited(t, "steps = 20", "epochs = 5"), "record.every="+try.every)
		r, err := Run(context.Background(), e, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var steps []int
		for _, p := range r.Curve {
			steps = append(steps, p.Step)
		}
		if !slices.Equal(steps, try.want) {
			t.Errorf("every %s: points after steps %v, want %v", try.every, steps, try.want)
		}
	}
}

// TestResult checks a result against itself.
func TestResult(t *testing.T) {
	for _, k := range kernel.Names() {
		e := parse(t, tiny)
		var seen []Point
		r, err := Run(context.Background(), e, Options{Kernel: k, Threads: -3, Point: func(p Point, steps int) {
			seen = append(seen, p)
			if steps != 20 {
				t.Errorf("a point of %d steps, want 20", steps)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Kernel != k || r.Threads != 1 || r.Experiment != e || r.Elapsed <= 0 || r.Data.Len() != 10 {
			t.Errorf("kernel %s, %d threads, %v, %d samples", r.Kernel, r.Threads, r.Elapsed, r.Data.Len())
		}
		if !slices.Equal(seen, r.Curve) || r.Final() != r.Curve[len(r.Curve)-1] {
			t.Errorf("told %v, curve %v", seen, r.Curve)
		}
		correct := 0
		for i, p := range r.Predicted() {
			y := r.Output(i)
			if (y[1] > y[0]) != (p == 1) {
				t.Errorf("sample %d: predicted %d from %v", i, p, y)
			}
			if p == r.Data.Label[i] {
				correct++
			}
		}
		if correct != r.Final().Correct {
			t.Errorf("%d predicted rightly, the curve ends with %d", correct, r.Final().Correct)
		}
	}
}

func TestRunErrors(t *testing.T) {
	for _, try := range []struct {
		name    string
		changes []string
		o       Options
		want    string
	}{
		{"unknown kernel", nil, Options{Kernel: "abacus"}, `unknown kernel "abacus" (available: `},
		{"loss", []string{"model.activation=identity", "train.targets=[0, 1e200]"}, Options{}, "step 0: the loss at layer 1, the outputs, is not finite"},
		{"data of float32", []string{"dtype=float32", "data.classes.1.mean=[0, 1e40]"}, Options{}, "sample 6: feature 1 is 1e+40, out of the range of float32"},
	} {
		_, err := Run(context.Background(), parse(t, tiny, try.changes...), try.o)
		if err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %q", try.name, err, try.want)
		}
	}
	t.Setenv(kernel.Variable, "abacus")
	if _, err := Run(context.Background(), parse(t, tiny), Options{}); err == nil || !strings.Contains(err.Error(), "SAMEBITS_KERNEL") {
		t.Errorf("got %v", err)
	}
}

// TestRunHandMade: an experiment that no file gave is an error where it is none, not a run without end.
func TestRunHandMade(t *testing.T) {
	for _, try := range []struct {
		name   string
		change func(e *Experiment)
		want   string
	}{
		{"no type", func(e *Experiment) { e.DType = "" }, `unknown type ""`},
		{"no order", func(e *Experiment) { e.Train.Order = "" }, `unknown order ""`},
		{"no such rule", func(e *Experiment) { e.Train.Rule = 7 }, "unknown rule 7"},
		{"no steps", func(e *Experiment) { e.Train.Steps = 0 }, "0 steps"},
		{"no points", func(e *Experiment) { e.RecordEvery = 0 }, "a point every 0"},
		{"negative steps", func(e *Experiment) { e.Train.Steps = -1 }, "-1 steps"},
		{"no data", func(e *Experiment) { e.Data.Classes = nil }, "no class"},
		{"no layers", func(e *Experiment) { e.Model.Layers = nil }, "at least 2 layers"},
		{"other inputs", func(e *Experiment) { e.Model.Layers = []int{3, 2} }, "3 inputs"},
		{"other outputs", func(e *Experiment) { e.Model.Layers = []int{2, 3} }, "3 outputs"},
		{"no activation", func(e *Experiment) { e.Model.Activations = nil }, "0 activations"},
	} {
		e := parse(t, tiny)
		try.change(e)
		if _, err := Run(context.Background(), e, Options{}); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %q", try.name, err, try.want)
		}
	}
}

// TestRunDiverges: the error names the step, counted from 1, and the layer, wherever the curve's points stand.
func TestRunDiverges(t *testing.T) {
	diverging := []string{"model.activation=identity", "train.rate=0.7", "train.steps=100000", "train.order=sequential"}
	want := -1
	for _, every := range []string{"100000", "1", "3", "7"} {
		_, err := Run(context.Background(), parse(t, tiny, append(diverging, "record.every="+every)...), Options{})
		var diverged *Diverged
		if !errors.As(err, &diverged) {
			// The loss can leave the range before the weights do, where there is a point to see it.
			if every == "100000" || err == nil || !strings.Contains(err.Error(), "the loss at layer 1") {
				t.Fatalf("every %s: got %v", every, err)
			}
			continue
		}
		if want < 0 {
			want = diverged.Step
		}
		if diverged.Step != want || diverged.Layer != 0 || !strings.Contains(err.Error(), fmt.Sprintf("step %d: the weights of layer 0", want)) {
			t.Errorf("every %s: %v, want step %d", every, err, want)
		}
	}
	// One step fewer ends well: so the step named is the one that breaks the weights.
	for steps, bad := range map[int]bool{want - 1: false, want: true} {
		changes := append(slices.Clone(diverging), fmt.Sprintf("train.steps=%d", steps), "record.every=100000")
		_, err := Run(context.Background(), parse(t, tiny, changes...), Options{})
		var diverged *Diverged
		if errors.As(err, &diverged) != bad {
			t.Errorf("%d steps: %v", steps, err)
		}
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, parse(t, tiny), Options{})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted while the data are read") {
		t.Errorf("cancelled before: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	_, err = Run(ctx, parse(t, tiny), Options{Point: func(p Point, _ int) {
		if p.Step == 10 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted after step 10 of 20") {
		t.Errorf("cancelled on the way: %v", err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 0)
	defer cancel()
	if _, err = Run(ctx, parse(t, tiny), Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("out of time: %v", err)
	}
}

// TestChunks: a long way between two points is gone in pieces, between which a run can be stopped.
func TestChunks(t *testing.T) {
	e := parse(t, tiny, "train.steps=1000000000", "record.every=1000000000", "train.rate=1e-9")
	ctx := &patience{Context: context.Background(), looks: 8}
	_, err := Run(ctx, e, Options{})
	if !errors.Is(err, context.Canceled) || !regexp.MustCompile(`interrupted after step [1-9]\d{3,5} of 1000000000`).MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
}

// patience is done after some looks.
type patience struct {
	context.Context
	looks int
}

func (p *patience) Err() error {
	if p.looks--; p.looks <= 0 {
		return context.Canceled
	}
	return nil
}

func TestRecord(t *testing.T) {
	e := parse(t, tiny)
	got, err := Record(context.Background(), e, kernel.Names(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := got.Diff(runTiny(t).Trace()); d != nil {
		t.Error(d.Text)
	}
	if _, err := Record(context.Background(), e, nil, Options{}); err == nil {
		t.Error("no kernel is no error")
	}
	if _, err := Record(context.Background(), e, []string{"generic", "abacus"}, Options{}); err == nil || !strings.Contains(err.Error(), "abacus") {
		t.Errorf("got %v", err)
	}
	one, two, three := sample(), sample(), sample()
	if got, err := agreed([]string{"a", "b"}, []*Trace{one, two}); got != one || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	three.Points[1].Weights = hashOf("9")
	_, err = agreed([]string{"a", "b", "c"}, []*Trace{one, two, three})
	want := "kernels do not agree: a and c: point 1, step 5: weights: got " + hashOf("9") + ", want " + hashOf("1")
	if !errors.Is(err, ErrDisagree) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestGoldenFile reads golden traces beside an experiment of the user's.
func TestGoldenFile(t *testing.T) {
	dir := t.TempDir()
	file, trace := filepath.Join(dir, "tiny.toml"), filepath.Join(dir, "tiny.trace")
	write(t, file, tiny)
	s, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Golden()
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), trace) || !strings.Contains(err.Error(), "repro record "+file) {
		t.Errorf("missing: %v", err)
	}
	text := runTiny(t).Trace().String()
	write(t, trace, text)
	if got, err := s.Golden(); err != nil || got.String() != text {
		t.Errorf("got %v, %v", got, err)
	}
	write(t, trace, text[:len(text)/2])
	_, err = s.Golden()
	if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), trace+":") || !strings.Contains(err.Error(), "repro record") {
		t.Errorf("truncated: %v", err)
	}
}

// TestVerify tells a golden trace from one that has been tampered with.
func TestVerify(t *testing.T) {
	e := parse(t, tiny)
	want := runTiny(t).Trace()
	v, err := Verify(context.Background(), e, want, Options{})
	if err != nil || !v.Match() {
		t.Fatalf("%+v, %v", v, err)
	}
	want.Points[2].Loss = math.Nextafter(want.Points[2].Loss, 1)
	v, err = Verify(context.Background(), e, want, Options{})
	if err != nil || v.Match() || v.Difference.Step != 10 || !v.Difference.Comparable {
		t.Errorf("%+v, %v", v, err)
	}
	v, err = Verify(context.Background(), parse(t, tiny, "seed=8"), want, Options{})
	if err != nil || v.Match() || v.Difference.Comparable {
		t.Errorf("another experiment: %+v, %v", v, err)
	}
	if _, err := Verify(context.Background(), e, want, Options{Kernel: "abacus"}); err == nil {
		t.Error("an unknown kernel is no error")
	}
}
