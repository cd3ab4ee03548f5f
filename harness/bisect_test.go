package harness

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// small is an experiment for bisections: two layers, of different activations, with biases.
const small = `name = "small"
seed = 11
dtype = "float64"
[data]
source = "gaussians"
classes = [{n = 20, mean = [0, 0, 1], cov = [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]}, {n = 17, mean = [2, 0, 0], cov = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}]
test = 5
[model]
layers = [3, 6, 2]
activation = ["tanh", "sigmoid"]
bias = true
[train]
method = "online"
steps = 50
order = "random"
rate = 0.3
[record]
every = 10
`

// smallWays are changes of small for each way to train.
var smallWays = map[string][]string{
	"online":    nil,
	"minibatch": {"train.method=minibatch", "train.batch=7", "train.order=shuffle"},
	"random":    {"train.method=minibatch", "train.batch=7", "train.order=random"},
	"batch":     {"train.method=batch", "train.order=sequential"},
	"shuffled":  {"train.order=shuffle"},
}

func bisectSmall(t *testing.T, e *Experiment, a, b Side) *Bisection {
	t.Helper()
	found, err := Bisect(t.Context(), e, a, b, BisectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestBisectSame: what is promised to be the same is, step by step: kernels, threads, and the run's own trace.
func TestBisectSame(t *testing.T) {
	for way, changes := range smallWays {
		for _, dtype := range []string{"float32", "float64"} {
			e := parse(t, small, append(changes, "dtype="+dtype)...)
			r, err := Run(t.Context(), e, Options{Kernel: Reference})
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range kernel.Names() {
				for _, b := range []Side{{Kernel: Reference, Threads: 3}, {Kernel: k, Threads: 2}, {Trace: r.Trace(), Name: "saved"}} {
					steps := 0
					found, err := Bisect(t.Context(), e, Side{Kernel: k}, b, BisectOptions{Progress: func(step, of int) {
						if step <= steps || of != 50 {
							t.Errorf("progress %d of %d after %d", step, of, steps)
						}
						steps = step
					}})
					if err != nil {
						t.Fatal(err)
					}
					if found.Parting != nil || found.Compared != 50 || found.Steps != 50 || steps != 50 {
						t.Errorf("%s, %s, %v and %v: %d steps, %v", way, dtype, found.A, found.B, steps, found)
					}
					if want := "same: 50 steps, no bit differs"; found.Summary() != want {
						t.Errorf("%q", found.Summary())
					}
				}
			}
		}
	}
}

// TestShortest: the search ends where one step less does not differ, whatever lies in between.
func TestShortest(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for first := 1; first <= n; first++ {
			calls := 0
			got, err := shortest(n, func(k int) (bool, error) {
				calls++
				return k >= first, nil
			})
			if err != nil || got != first || calls > 6 {
				t.Errorf("%d of %d: got %d after %d calls, %v", first, n, got, calls, err)
			}
		}
	}
	broken := errors.New("broken")
	if _, err := shortest(2, func(int) (bool, error) { return false, broken }); err != broken {
		t.Errorf("error %v", err)
	}
}

// tampered compares a run with one that a test changes on its way.
func tampered(t *testing.T, e *Experiment, change func(b *side[float64], step int)) *Bisection {
	t.Helper()
	p := &bisector[float64]{ctx: t.Context(), experiment: e}
	var err error
	if p.a, err = p.open(Side{Kernel: Reference}); err != nil {
		t.Fatal(err)
	}
	if p.b, err = p.open(Side{Kernel: Reference, Threads: 2}); err != nil {
		t.Fatal(err)
	}
	p.a.tamper = func(int) {} // in as many calls as the other side
	p.b.tamper = func(step int) { change(p.b, step) }
	p.total, p.every = e.TotalSteps(p.a.data.Len()), e.recordSteps(p.a.data.Len())
	p.found = &Bisection{Experiment: e, A: p.a.Side, B: p.b.Side, Steps: p.total}
	if p.found.Parting = p.compareStart(); p.found.Parting == nil {
		found, err := p.inStep(p.total)
		if err != nil {
			t.Fatal(err)
		}
		p.settle(found)
	}
	p.found.Compared = p.done
	return p.found
}

// TestBisectFindsTheStep changes one weight between two steps.
func TestBisectFindsTheStep(t *testing.T) {
	for _, step := range []int{1, 2, 9, 10, 11, 37, 49, 50} {
		found := tampered(t, parse(t, small), func(b *side[float64], at int) {
			if at != step {
				return
			}
			w := b.network.Weights(1)
			w[7] = 0.25 // output 1, input 1
			if err := b.network.SetWeights(1, w); err != nil {
				t.Error(err)
			}
		})
		p := found.Parting
		if p == nil || found.Compared != step-1 || p.Step != step || p.Phase != PhaseUpdate || p.Layer != 1 || p.Output != 1 || p.Input != 1 || p.Bias ||
			p.B.Value != 0.25 || p.Differ != 1 || p.Of != 14 || p.Irreproducible || p.Whole {
			t.Errorf("step %d: %v, after %d the same: %+v", step, found, found.Compared, p)
		}
	}
}

// TestBisectLastPoint: the curve's last point is compared too where the steps are no multiple of those between two points.
func TestBisectLastPoint(t *testing.T) {
	e := parse(t, small, "train.steps=47")
	other := e.Model.Config
	other.Activations = []kernel.Activation{kernel.Tanh, kernel.Tanh} // the same weights give other outputs
	found := tampered(t, e, func(b *side[float64], at int) {
		if at != 47 {
			return
		}
		n, err := mlp.New(other, b.kernel)
		for l := range b.network.Layers() {
			err = errors.Join(err, n.SetWeights(l, b.network.Weights(l)), n.SetBiases(l, b.network.Biases(l)))
		}
		if err != nil {
			t.Fatal(err)
		}
		b.network = n
	})
	if p := found.Parting; p == nil || p.Phase != PhaseEvaluation || p.Step != 47 || p.Layer != 1 || found.Compared != 47 {
		t.Errorf("%v: %+v", found, p)
	}
}

// TestBisectIrreproducible changes a weight once, and not when the steps are done again.
func TestBisectIrreproducible(t *testing.T) {
	once := false
	found := tampered(t, parse(t, small), func(b *side[float64], at int) {
		if at == 23 && !once {
			once = true
			w := b.network.Biases(0)
			w[2] = 1
			if err := b.network.SetBiases(0, w); err != nil {
				t.Error(err)
			}
		}
	})
	p := found.Parting
	if p == nil || !p.Irreproducible || p.From != 20 || p.To != 30 || found.Compared != 20 {
		t.Errorf("%v: %+v", found, p)
	}
	if want := "not reproducible: steps 21 to 30, run again, gave other bits the second time (memory or CPU fault?)"; found.String() != want {
		t.Errorf("%q", found.String())
	}
}

// TestBisectOrder draws more numbers from the stream of one side, within a stretch of steps and before its last step.
func TestBisectOrder(t *testing.T) {
	for _, try := range []struct {
		way      string
		at, step int
	}{{"online", 23, 24}, {"online", 19, 20}, {"shuffled", 23, 33}, {"minibatch", 23, 26}, {"minibatch", 27, 31}, {"random", 23, 24}, {"random", 19, 20}} {
		e := parse(t, small, smallWays[try.way]...)
		found := tampered(t, e, func(b *side[float64], at int) {
			if at == try.at {
				b.random.Intn(32)
				b.random.Intn(32)
			}
		})
		p := found.Parting
		if p == nil || p.Phase != PhaseOrder || p.Step != try.step || found.Compared != p.Step-1 || p.A.Value == p.B.Value || !p.A.Index {
			t.Errorf("%v: %v: %+v", try, found, p)
			continue
		}
		if after := strings.Contains(p.Hint, "after a shuffle"); after != (e.Train.Order == "shuffle") {
			t.Errorf("%v: hint %q", try, p.Hint)
		}
		if place := strings.Contains(p.Hint, "at place "); place != (e.Train.Method == "minibatch") {
			t.Errorf("%v: hint %q", try, p.Hint)
		}
	}
}

// TestBisectBeforeOrder: a weight that differs before the order does, in the same stretch, comes first.
func TestBisectBeforeOrder(t *testing.T) {
	found := tampered(t, parse(t, small), func(b *side[float64], at int) {
		switch at {
		case 22:
			if err := b.network.SetBiases(1, []float64{0.5, 0.25}); err != nil {
				t.Error(err)
			}
		case 25:
			b.random.Intn(32)
		}
	})
	if p := found.Parting; p == nil || p.Step != 22 || p.Phase != PhaseUpdate || !p.Bias {
		t.Errorf("%v: %+v", found, p)
	}
}

// TestBisectHandedOn: what one stretch of steps hands on to the next, without a weight that tells, is found from the one
// before.
func TestBisectHandedOn(t *testing.T) {
	last, armed := 0, false
	found := tampered(t, parse(t, small), func(b *side[float64], at int) {
		armed = at >= last && (armed || at == 19)
		last = at
		if armed && at == 27 {
			if err := b.network.SetBiases(1, []float64{0.5, 0.25}); err != nil {
				t.Error(err)
			}
		}
	})
	if p := found.Parting; p == nil || p.Step != 27 || p.Irreproducible || !p.Bias || found.Compared != 26 {
		t.Errorf("%v: %+v", found, p)
	}
}

// TestBisectTrace changes a trace, which no kernel gives then.
func TestBisectTrace(t *testing.T) {
	e := parse(t, small)
	r, err := Run(t.Context(), e, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range []struct {
		name   string
		change func(t *Trace)
		want   string
		check  func(p *Parting) bool
	}{
		{"weights", func(t *Trace) { t.Points[3].Weights = hashOf("a") }, "parted in steps 21 to 30; which step cannot be told",
			func(p *Parting) bool { return p.From == 20 && p.To == 30 && p.Phase == "" && p.A == nil }},
		{"weights before the last", func(t *Trace) { t.Points[4].Weights = hashOf("a") }, "parted in steps 31 to 40; which step cannot be told",
			func(p *Parting) bool { return p.From == 30 && p.To == 40 && p.Phase == "" }},
		{"initial weights", func(t *Trace) { t.Points[0].Weights = hashOf("a") }, "parted: initial weights",
			func(p *Parting) bool { return p.Phase == PhaseInitial && p.Layer == -1 }},
		{"data", func(t *Trace) { t.Data = hashOf("b") }, "parted: data", func(p *Parting) bool { return p.Phase == PhaseData && p.Sample == -1 }},
		{"loss", func(t *Trace) { t.Points[2].Loss = 0.5 }, "parted: after step 20, evaluation, loss",
			func(p *Parting) bool { return p.Step == 20 && p.B.Value == 0.5 && p.A.Value == r.Curve[2].Loss }},
		{"right answers", func(t *Trace) { t.Points[5].Correct = 3 }, "parted: after step 50, evaluation, right answers",
			func(p *Parting) bool {
				return p.B.Index && p.B.Value == 3 && p.A.Value == float64(r.Curve[5].Correct) && p.value(p.B) == "has 3 right"
			}},
		{"test loss", func(t *Trace) { t.Points[1].Test.Loss = 0.5 }, "parted: after step 10, evaluation, loss",
			func(p *Parting) bool { return p.B.Value == 0.5 && p.A.Value == r.Curve[1].Test.Loss }},
		{"loss, then weights", func(t *Trace) { t.Points[1].Loss, t.Points[2].Weights = 0.5, hashOf("c") },
			"parted in steps 11 to 20; which step cannot be told", func(p *Parting) bool { return true }},
	} {
		changed := *r.Trace()
		changed.Points = append([]Point(nil), r.Curve...)
		try.change(&changed)
		found := bisectSmall(t, e, Side{Kernel: Reference}, Side{Trace: &changed, Name: "saved"})
		if found.Parting == nil || found.Summary() != try.want || !try.check(found.Parting) {
			t.Errorf("%s: %v: %+v", try.name, found, found.Parting)
		}
		notes := strings.Join(found.Notes, "\n")
		if len(kernel.Names()) > 1 && (!strings.Contains(notes, "no other kernel gives the bits of saved there") ||
			!strings.Contains(notes, "the same bits as generic (1 thread), so that it may be the trace that is wrong")) {
			t.Errorf("%s: notes %q", try.name, found.Notes)
		}
		if curve := strings.Contains(notes, "the learning curves differ from step 10 on"); curve != (try.name == "loss, then weights") {
			t.Errorf("%s: notes %q", try.name, found.Notes)
		}
		again := fmt.Sprintf("after step %d the weights are those of saved again, as where only its digest after step %d was changed", found.Compared+20, found.Compared+10)
		if got := strings.Contains(notes, again); got != (found.Parting.Phase == "") {
			t.Errorf("%s: notes %q", try.name, found.Notes)
		}
	}
}

// TestBisectTraceOnward: weights that go on to differ are not taken for a digest that was changed.
func TestBisectTraceOnward(t *testing.T) {
	e := parse(t, small)
	r, err := Run(t.Context(), e, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{3, 4, 5} {
		changed := *r.Trace()
		changed.Points = append([]Point(nil), r.Curve...)
		for i := from; i < len(changed.Points); i++ {
			changed.Points[i].Weights = hashOf(fmt.Sprint(i))
		}
		found := bisectSmall(t, e, Side{Kernel: Reference}, Side{Trace: &changed, Name: "saved"})
		if p := found.Parting; p == nil || p.From != 10*from-10 || p.To != 10*from || strings.Contains(found.String(), "again") {
			t.Errorf("from point %d on: %v", from, found)
		}
	}
}

// TestBisectTraceDiverged: a run that the trace does not show to diverge says that it does.
func TestBisectTraceDiverged(t *testing.T) {
	tame, wild := parse(t, small), parse(t, small, "train.rate=1e300", "model.activation=identity")
	r, err := Run(t.Context(), tame, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(t.Context(), wild, Options{Kernel: Reference})
	var diverged *Diverged
	if !errors.As(err, &diverged) {
		t.Fatal(err)
	}
	trace := *r.Trace()
	trace.Digest = wild.Digest()
	trace.Points = append([]Point(nil), r.Curve...)
	found := bisectSmall(t, wild, Side{Kernel: Reference}, Side{Trace: &trace, Name: "saved"})
	want := fmt.Sprintf("generic (1 thread): after step %d the weights of layer %d are no longer finite", diverged.Step, diverged.Layer)
	if p := found.Parting; p == nil || p.Phase != "" || p.From != 0 || p.To != 10 || !strings.Contains(found.String(), "\n"+want+"\n") {
		t.Errorf("%v, want %s", found, want)
	}
}

// TestBisectTraceZero: a zero of the other sign is another loss.
func TestBisectTraceZero(t *testing.T) {
	e := parse(t, small, "seed=2", "model.layers=[3, 1, 2]", "model.activation=relu", "model.bias=false", "train.targets=[0, 0]") // its unit gives nothing
	r, err := Run(t.Context(), e, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	changed := *r.Trace()
	changed.Points = append([]Point(nil), r.Curve...)
	changed.Points[2].Loss = math.Copysign(0, -1)
	found := bisectSmall(t, e, Side{Kernel: Reference}, Side{Trace: &changed, Name: "saved"})
	p := found.Parting
	if p == nil || p.Phase != PhaseEvaluation || p.Step != 20 || p.A == nil || p.A.Hex() != "0x0p+00" || p.B.Hex() != "-0x0p+00" ||
		strings.Contains(found.String(), "stands for it") {
		t.Errorf("%v: %+v", found, p)
	}
}

// TestBisectEndless: a loss that is not finite is an error, as in a run, even if both sides have it.
func TestBisectEndless(t *testing.T) {
	e := parse(t, small, "train.rate=1e200", "train.steps=1", "model.activation=identity")
	p := &bisector[float64]{ctx: t.Context(), experiment: e}
	s, err := p.open(Side{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	trace := e.trace(s.samples)
	for range 2 {
		point, err := s.point(p)
		if err == nil && s.position.Step == 0 {
			err = s.advance(t.Context(), e, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		trace.Points = append(trace.Points, point)
	}
	_, runErr := Run(t.Context(), e, Options{Kernel: Reference})
	var loss *LossError
	for _, b := range []Side{{Trace: trace, Name: "saved"}, {Kernel: Reference, Threads: 2}} {
		_, err = Bisect(t.Context(), e, Side{Kernel: Reference}, b, BisectOptions{})
		if !errors.As(err, &loss) || runErr == nil || err.Error() != runErr.Error() {
			t.Errorf("%v: error %v, of a run %v", b, err, runErr)
		}
	}
}

// TestBisectTraceReference: what is said where no kernel gives the trace's bits depends on which were tried.
func TestBisectTraceReference(t *testing.T) {
	e := parse(t, small)
	r, err := Run(t.Context(), e, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	changed := *r.Trace()
	changed.Points = append([]Point(nil), r.Curve...)
	changed.Points[1].Weights = hashOf("a")
	all := "no other kernel gives the bits of saved there, "
	if len(kernel.Names()) == 1 {
		all = "there is no other kernel that could stand for saved, "
	}
	for reference, want := range map[string]string{"": all, Reference: "kernel generic does not give the bits of saved there, "} {
		found, err := Bisect(t.Context(), e, Side{Kernel: Reference}, Side{Trace: &changed, Name: "saved"}, BisectOptions{Reference: reference})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(found.String(), "\n"+want+"so that the first value that differs cannot be told") {
			t.Errorf("reference %q: %v", reference, found)
		}
	}
}

// besideTrace makes ready to compare the fastest kernel with a trace of the reference.
func besideTrace(t *testing.T) *bisector[float64] {
	t.Helper()
	if len(kernel.Names()) < 2 {
		t.Skip("one kernel alone: none can stand for a trace")
	}
	e := parse(t, small)
	r, err := Run(t.Context(), e, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	p := &bisector[float64]{ctx: t.Context(), experiment: e, total: 50, every: 10}
	if p.a, err = p.open(Side{Kernel: kernel.Names()[0]}); err != nil {
		t.Fatal(err)
	}
	p.found = &Bisection{Experiment: e, A: p.a.Side, B: Side{Trace: r.Trace(), Name: "saved"}}
	return p
}

// TestBisectTraceLost: a difference from the trace that is not there any more when the kernel that stands for it goes beside:
// the interval is all that is known, and nothing after its beginning is called the same.
func TestBisectTraceLost(t *testing.T) {
	p := besideTrace(t)
	passes := 0
	p.a.tamper = func(step int) {
		if step != 27 {
			return
		}
		if passes++; passes > 2 { // on its way, and once more
			return
		}
		if err := p.a.network.SetBiases(1, []float64{0.5, 0.25}); err != nil {
			t.Error(err)
		}
	}
	if err := p.withTrace(p.found.B); err != nil {
		t.Fatal(err)
	}
	if at := p.found.Parting; passes != 3 || at == nil || at.Phase != "" || at.From != 20 || at.To != 30 || p.done != 20 {
		t.Errorf("%d passes, %v: %+v, the same after %d", passes, p.found, at, p.done)
	}
}

// TestBisectTraceStandIn: where another kernel gives the trace's bits, it stands for the trace, from the last point that is
// the same. A run that is changed on its way stands for a kernel that is wrong.
func TestBisectTraceStandIn(t *testing.T) {
	p := besideTrace(t)
	p.a.tamper = func(step int) {
		if step == 27 {
			if err := p.a.network.SetBiases(1, []float64{0.5, 0.25}); err != nil {
				t.Error(err)
			}
		}
	}
	p.opened = func(s *side[float64]) { s.tamper = func(int) {} } // in as many calls as the other side
	if err := p.withTrace(p.found.B); err != nil {
		t.Fatal(err)
	}
	at := p.found.Parting
	if at == nil || at.Step != 27 || at.Phase != PhaseUpdate || at.Layer != 1 || !at.Bias || at.Output != 0 || at.A.Value != 0.5 {
		t.Errorf("%v: %+v", p.found, at)
	}
	if want := "kernel generic gives the bits of saved there and stands for it"; len(p.found.Notes) != 1 || p.found.Notes[0] != want {
		t.Errorf("notes %q", p.found.Notes)
	}
}

func TestBisectErrors(t *testing.T) {
	e := parse(t, small)
	r, err := Run(t.Context(), e, Options{Kernel: Reference})
	if err != nil {
		t.Fatal(err)
	}
	cut, late := *r.Trace(), *r.Trace()
	cut.Points = cut.Points[:3]
	late.Points = append([]Point(nil), late.Points...)
	late.Points[2].Step++
	other, empty := runTiny(t).Trace(), *r.Trace()
	empty.Points = nil
	for _, try := range []struct {
		a, b Side
		o    BisectOptions
		want string
	}{
		{Side{Kernel: "sse"}, Side{}, BisectOptions{}, `unknown kernel "sse"`},
		{Side{}, Side{Kernel: "sse"}, BisectOptions{}, `unknown kernel "sse"`},
		{Side{Trace: other}, Side{}, BisectOptions{}, "the first side must be a run"},
		{Side{}, Side{Trace: other, Name: "x"}, BisectOptions{}, "not comparable: x: another experiment: "},
		{Side{}, Side{Trace: &cut, Name: "x"}, BisectOptions{}, "not comparable: x: its last point is of step 20, the run has 50"},
		{Side{}, Side{Trace: &empty, Name: "x"}, BisectOptions{}, "not comparable: x: it has no points"},
		{Side{}, Side{Trace: &late, Name: "x"}, BisectOptions{}, "not comparable: x: point 2 is of step 21, want 20"},
	} {
		_, err := Bisect(t.Context(), e, try.a, try.b, try.o)
		if err == nil || !strings.HasPrefix(err.Error(), try.want) || strings.HasPrefix(try.want, "not comparable") != errors.Is(err, ErrNotComparable) {
			t.Errorf("error %v, want %s", err, try.want)
		}
	}
	changed := *r.Trace()
	changed.Points = append([]Point(nil), changed.Points...)
	changed.Points[1].Weights = hashOf("a")
	if _, err := Bisect(t.Context(), e, Side{Kernel: Reference}, Side{Trace: &changed}, BisectOptions{Reference: "sse"}); err == nil ||
		!strings.Contains(err.Error(), `unknown kernel "sse"`) {
		t.Errorf("reference: error %v", err)
	}

	wild := parse(t, small, "train.rate=1e300", "model.activation=identity")
	var diverged *Diverged
	_, err = Bisect(t.Context(), wild, Side{}, Side{Kernel: Reference}, BisectOptions{})
	_, runErr := Run(t.Context(), wild, Options{})
	if !errors.As(err, &diverged) || err.Error() != runErr.Error() {
		t.Errorf("error %v, of a run %v", err, runErr)
	}

	ctx, cancel := context.WithCancel(t.Context())
	_, err = Bisect(ctx, e, Side{}, Side{Kernel: Reference}, BisectOptions{Progress: func(int, int) { cancel() }})
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "interrupted after step 10 of 50: ") {
		t.Errorf("error %v", err)
	}
}

// TestNumbers: a float32 is written as one, and counted in its own units.
func TestNumbers(t *testing.T) {
	single, double := numberOf(float32(0.1)), numberOf(0.1)
	for _, try := range []struct{ got, want string }{
		{single.String(), "0.1"}, {single.Hex(), "0x1.99999ap-04"}, {single.Bits(), "3dcccccd"},
		{double.String(), "0.1"}, {double.Hex(), "0x1.999999999999ap-04"}, {double.Bits(), "3fb999999999999a"},
		{(&Number{Value: 17, Index: true}).String(), "17"},
	} {
		if try.got != try.want {
			t.Errorf("%s, want %s", try.got, try.want)
		}
	}
	for _, try := range []struct {
		a, b float32
		want uint64
	}{{1, 1, 0}, {1, 0x1.000002p0, 1}, {-1, 1, 2 * 0x3f800000}, {0, float32(math.Copysign(0, -1)), 0}, {0x1p-149, -0x1p-149, 2}} {
		if got, ok := ulps(float64(try.a), float64(try.b), true); !ok || got != try.want {
			t.Errorf("%x and %x: %d ulp, want %d", try.a, try.b, got, try.want)
		}
	}
	if _, ok := ulps(math.Inf(1), 1, true); ok {
		t.Error("an infinity has a distance")
	}
	if !sameValue(math.NaN(), -math.NaN()) || sameValue(0, math.Copysign(0, -1)) {
		t.Error("NaNs are one, zeros are two")
	}
}

// FuzzBisectTrace compares with any trace. It must end in a result or an error.
func FuzzBisectTrace(f *testing.F) {
	e := parse(f, tiny)
	golden := runTiny(f).Trace().String()
	f.Add(golden)
	f.Add(strings.Replace(golden, "sha256:", "sha256:0", 3))
	for i := range 9 {
		lines := strings.SplitAfter(golden, "\n")
		if i < len(lines) {
			lines[i] = ""
		}
		f.Add(strings.Join(lines, ""))
	}
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace("fuzz", text)
		if err != nil {
			return
		}
		found, err := Bisect(t.Context(), e, Side{Kernel: Reference, Threads: 1}, Side{Trace: trace, Name: "fuzz"}, BisectOptions{})
		if err == nil && (found.Parting == nil) != (text == golden) {
			t.Errorf("%v for\n%s", found, text)
		}
		if err == nil {
			_ = fmt.Sprint(found)
		}
	})
}

// TestBisectWhole: what differs in no phase that can be watched is put down to the routine for tiny networks, where there
// is one for such a network.
func TestBisectWhole(t *testing.T) {
	for _, try := range []struct {
		changes []string
		whole   bool
	}{
		{[]string{"model.layers=[3, 4, 2]", "model.activation=sigmoid"}, true},
		{[]string{"model.layers=[3, 5, 2]", "model.activation=sigmoid"}, false},
		{[]string{"model.layers=[3, 4, 2]"}, false},
		{[]string{"model.layers=[3, 2]", "model.activation=sigmoid"}, false},
	} {
		found := tampered(t, parse(t, small, try.changes...), func(b *side[float64], at int) {
			if at == 7 {
				w := b.network.Biases(0)
				w[1] = 0.5
				if err := b.network.SetBiases(0, w); err != nil {
					t.Error(err)
				}
			}
		})
		want := "parted: step 7, update, layer 0, bias of output 1"
		if try.whole {
			want += ", in the routine that trains tiny networks whole"
		}
		if found.Summary() != want {
			t.Errorf("%v: %q, want %q", try.changes, found.Summary(), want)
		}
	}
}

// TestBisectDivergedAlone: one side's weights alone are not finite, and nothing of them is seen.
func TestBisectDivergedAlone(t *testing.T) {
	for _, only := range []string{"avx2 (1 thread)", "generic (2 threads)"} {
		p := &bisector[float64]{a: &side[float64]{Side: Side{Kernel: "avx2", Threads: 1}}, b: &side[float64]{Side: Side{Kernel: "generic", Threads: 2}}}
		for _, s := range []*side[float64]{p.a, p.b} {
			if s.String() == only {
				s.diverged = &Diverged{Step: 17, Layer: 1}
			}
		}
		found := p.divergedAlone()
		if found.Step != 17 || found.Layer != 1 || p.done != 16 || found.Phase != PhaseUpdate || !strings.HasSuffix(found.Hint, "only those of "+only) {
			t.Errorf("%+v", found)
		}
	}
}
