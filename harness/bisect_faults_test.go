//go:build faults

package harness

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// faultWays are ways to train in which a fault is looked for, long enough for a bit to flip.
var faultWays = map[string][]string{
	"online":    {"train.steps=4000", "record.every=1000"},
	"notebook":  {"train.steps=12000", "record.every=1000", "train.rule=notebook", "train.order=shuffle"},
	"minibatch": {"train.steps=600", "train.method=minibatch", "train.batch=7", "train.order=shuffle"},
	"random":    {"train.steps=600", "train.method=minibatch", "train.batch=5", "train.order=random"},
	"batch":     {"train.steps=600", "train.method=batch", "train.order=shuffle"},
}

const (
	unfusedUpdate = "the product of rate and gradient is rounded before it is added to the weight (not fused); that gives exactly its bits in all "
	allBits       = "; that gives exactly its bits in all "
)

// faults says what each fault is to be called: its phases, as they may come first, and the beginning of the hint.
var faults = map[string]struct {
	phases []string
	hint   string
	online bool // shows there alone
}{
	"fault-flip":           {[]string{PhaseActivation}, "", false},
	"fault-swap":           {[]string{PhaseForward, PhaseSentBack}, "fault-swap: terms 0 and 1 of the sum are exchanged" + allBits, false},
	"fault-unfused":        {[]string{PhaseForward, PhaseSentBack}, "fault-unfused: " + unfusedProducts + allBits, false},
	"fault-unfused-back":   {[]string{PhaseSentBack}, "fault-unfused-back: " + unfusedProducts + allBits, true},
	"fault-unfused-update": {[]string{PhaseUpdate}, "fault-unfused-update: " + unfusedUpdate, false},
	"fault-order":          {[]string{PhaseOrder}, "", false},
}

// TestFaultNamed: each fault is found and named, in every way to train and both types.
func TestFaultNamed(t *testing.T) {
	for way, changes := range faultWays {
		for _, dtype := range []string{"float32", "float64"} {
			e := parse(t, small, append(changes, "dtype="+dtype)...)
			for name, want := range faults {
				t.Run(fmt.Sprintf("train=%s/type=%s/impl=%s", way, dtype, name), func(t *testing.T) {
					found := bisectSmall(t, e, Side{Kernel: name}, Side{Kernel: Reference, Threads: 2})
					if want.online && e.Train.Method != "online" {
						if found.Parting != nil {
							t.Errorf("parted: %v", found)
						}
						return
					}
					checkFault(t, e, found, want.phases, want.hint)
					other := bisectSmall(t, e, Side{Kernel: Reference, Threads: 1}, Side{Kernel: name})
					if p, q := found.Parting, other.Parting; q == nil || p.Phase != q.Phase || p.Step != q.Step || !same(p.A, q.B) || !same(p.B, q.A) {
						t.Errorf("the other way round: %v", other)
					}
				})
			}
		}
	}
}

// checkFault wants a parting as it should be: the step is the first after which the weights differ, as whole runs show.
func checkFault(t *testing.T, e *Experiment, found *Bisection, phases []string, hint string) {
	t.Helper()
	p := found.Parting
	if p == nil {
		t.Fatal("no bit differs")
	}
	if !strings.Contains(strings.Join(phases, "\n"), p.Phase) || p.Irreproducible || p.Whole {
		t.Errorf("phase %q of %v", p.Phase, found)
	}
	if !strings.HasPrefix(p.Hint, hint) {
		t.Errorf("hint %q, want %q", p.Hint, hint)
	}
	if p.Step < 1 || found.Compared != p.Step-1 {
		t.Errorf("step %d, the same before step %d", p.Step, found.Compared+1)
	}
	for _, steps := range []int{p.Step - 1, p.Step} {
		if steps > 0 {
			a, b := weightsAfter(t, e, found.A.Kernel, steps), weightsAfter(t, e, found.B.Kernel, steps)
			if (a == b) != (steps < p.Step) {
				t.Errorf("after %d steps the weights are the same: %v; want step %d to part them", steps, a == b, p.Step)
			}
		}
	}
	switch p.Phase {
	case PhaseOrder:
		if !p.A.Index || same(p.A, p.B) {
			t.Errorf("samples %v and %v", p.A, p.B)
		}
		return
	case PhaseActivation:
		bit := map[string]string{"float32": "bit 11", "float64": "bit 26"}[e.DType]
		if !strings.Contains(p.Hint, ": "+bit+" of the value is flipped") {
			t.Errorf("hint %q", p.Hint)
		}
		ulp, ok := p.ULP()
		if want := map[string]uint64{"float32": 1 << 11, "float64": 1 << 26}[e.DType]; !ok || ulp != want || p.MaxULP < want {
			t.Errorf("%d ulp", ulp)
		}
	}
	if p.Reference == nil || !same(p.B, p.Reference) || same(p.A, p.Reference) || p.Differ < 1 || p.Of < p.Differ || p.Layer < 0 || p.Output < 0 {
		t.Errorf("%+v, reference %v", p, p.Reference)
	}
	if want := fmt.Sprintf("%s departs from the reference, %s agrees with it", found.A, found.B); found.Departs() != want {
		t.Errorf("%q", found.Departs())
	}
	if input := p.Phase == PhaseUpdate && !p.Bias; input != (p.Input >= 0) || (p.Phase == PhaseUpdate) != (p.Sample < 0) {
		t.Errorf("element %+v", p)
	}
}

// weightsAfter trains for so many steps and returns the digest of the weights.
func weightsAfter(t *testing.T, e *Experiment, k string, steps int) string {
	t.Helper()
	short := *e
	short.Train.Steps = steps
	r, err := Run(t.Context(), &short, Options{Kernel: k, scoresOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return r.Final().Weights
}

// TestFaultFTZ: flush-to-zero shows where numbers are subnormal, in the biases that begin at zero.
func TestFaultFTZ(t *testing.T) {
	text, err := os.ReadFile("testdata/subnormal.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, changes := range [][]string{nil, {"train.method=minibatch", "train.batch=7"}, {"train.method=batch", "train.order=sequential"}, {"dtype=float64", "train.rate=1e-310"}} {
		e := parse(t, string(text), changes...)
		found := bisectSmall(t, e, Side{Kernel: "fault-ftz"}, Side{Kernel: Reference})
		checkFault(t, e, found, []string{PhaseUpdate}, "fault-ftz: "+flushedResults+allBits)
		if p := found.Parting; !p.Bias || p.A.Value != 0 || p.Step != 1 {
			t.Errorf("%v", found)
		}
	}
	if found := bisectSmall(t, parse(t, small), Side{Kernel: "fault-ftz"}, Side{Kernel: Reference}); found.Parting != nil {
		t.Errorf("without subnormal numbers: %v", found)
	}
}

// TestFaultTrace: against a trace the same step is found, with another kernel in its place.
func TestFaultTrace(t *testing.T) {
	for _, way := range []string{"online", "minibatch"} {
		e := parse(t, small, faultWays[way]...)
		r, err := Run(t.Context(), e, Options{Kernel: Reference})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range faults {
			run := bisectSmall(t, e, Side{Kernel: name}, Side{Kernel: Reference})
			saved := bisectSmall(t, e, Side{Kernel: name}, Side{Trace: r.Trace(), Name: "saved"})
			p, q := run.Parting, saved.Parting
			if p == nil && q == nil {
				continue
			}
			if p == nil || q == nil || p.Step != q.Step || p.Phase != q.Phase || p.Layer != q.Layer || p.Sample != q.Sample || p.Output != q.Output || p.Input != q.Input ||
				!same(p.A, q.A) || !same(p.B, q.B) || !strings.HasPrefix(q.Hint, want.hint) {
				t.Errorf("%s, %s: %v, and of a trace %v", way, name, run, saved)
			}
			if last := saved.Notes[len(saved.Notes)-1]; last != "kernel generic gives the bits of saved there and stands for it" {
				t.Errorf("%s, %s: notes %q", way, name, saved.Notes)
			}
		}
	}
}

// TestFaultBehindATrace: what a fault recorded is not any other kernel's.
func TestFaultBehindATrace(t *testing.T) {
	e := parse(t, small)
	r, err := Run(t.Context(), e, Options{Kernel: "fault-unfused"})
	if err != nil {
		t.Fatal(err)
	}
	found := bisectSmall(t, e, Side{Kernel: kernel.Names()[0]}, Side{Trace: r.Trace(), Name: "saved"})
	if p := found.Parting; p == nil || p.Phase != "" || p.From != 0 || p.To != 10 {
		t.Errorf("%v", found)
	}
	found, err = Bisect(t.Context(), e, Side{Kernel: Reference}, Side{Trace: r.Trace(), Name: "saved"}, BisectOptions{Reference: "fault-unfused"})
	if err != nil {
		t.Fatal(err)
	}
	if p := found.Parting; p == nil || p.Phase != PhaseForward || !strings.HasPrefix(p.Hint, "fault-unfused: "+unfusedProducts) || !same(p.A, p.Reference) {
		t.Errorf("%v", found)
	}
}

// TestFaultEvaluation: a fault that steps do not show is found in the learning curve. With so small a rate they move no weight.
func TestFaultEvaluation(t *testing.T) {
	for _, dtype := range []string{"float32", "float64"} {
		e := parse(t, small, "train.rate=1e-30", "dtype="+dtype, "model.activation=identity", "model.bias=false", "train.steps=3")
		for name, hint := range map[string]string{"fault-swap": "terms 0 and 1 of the sum are exchanged", "fault-unfused": unfusedProducts} {
			found := bisectSmall(t, e, Side{Kernel: name}, Side{Kernel: Reference})
			p := found.Parting
			if p == nil || p.Phase != PhaseEvaluation || p.Step != 0 || p.Layer != 0 || p.Sample < 0 || found.Compared != 3 ||
				!strings.HasPrefix(p.Hint, name+": "+hint+allBits) || !same(p.B, p.Reference) || same(p.A, p.Reference) {
				t.Errorf("%s: %v: %+v", name, found, p)
			}
		}
	}
}
