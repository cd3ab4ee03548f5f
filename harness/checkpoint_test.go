package harness

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/kernel"
)

// orderings are the methods, each with the orders that it may have.
var orderings = []string{
	"online random", "online sequential", "online shuffle",
	"minibatch random", "minibatch sequential", "minibatch shuffle",
	"batch sequential", "batch shuffle",
}

// ordered returns the tiny experiment, trained so.
func ordered(t *testing.T, ordering string, changes ...string) *Experiment {
	t.Helper()
	method, order, _ := strings.Cut(ordering, " ")
	all := []string{"train.method=" + method, "train.order=" + order, "record.every=6"}
	if method == "minibatch" {
		all = append(all, "train.batch=3")
	}
	return parse(t, tiny, append(all, changes...)...)
}

// sameResult wants two results to agree in every bit.
func sameResult(t *testing.T, what string, got, want *Result) {
	t.Helper()
	if g, w := got.Trace().String(), want.Trace().String(); g != w {
		t.Errorf("%s: trace: (-want +got)\n%s", what, cmp.Diff(w, g))
	}
	for _, f := range []struct {
		of        string
		got, want [][]float64
	}{
		{"weights", got.Weights, want.Weights}, {"biases", got.Biases, want.Biases},
		{"outputs", [][]float64{got.Outputs, got.TestOutputs}, [][]float64{want.Outputs, want.TestOutputs}},
	} {
		if len(f.got) != len(f.want) {
			t.Fatalf("%s: %d layers of %s, want %d", what, len(f.got), f.of, len(f.want))
		}
		for i := range f.want {
			if string(bits(f.got[i])) != string(bits(f.want[i])) {
				t.Errorf("%s: %s %d: %v, want %v", what, f.of, i, f.got[i], f.want[i])
			}
		}
	}
}

// reread writes a checkpoint and reads it.
func reread(t *testing.T, c *Checkpoint) *Checkpoint {
	t.Helper()
	again, err := ParseCheckpoint("file", c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if string(again.Bytes()) != string(c.Bytes()) || !slices.Equal(again.Points, c.Points) || !slices.Equal(again.Permutation, c.Permutation) ||
		again.Random != c.Random || !slices.EqualFunc(again.Weights, c.Weights, slices.Equal) || !slices.EqualFunc(again.Biases, c.Biases, slices.Equal) {
		t.Fatalf("%s: read otherwise than written: %s", c, again)
	}
	return again
}

// TestGoOn interrupts runs at every look at their context: before the first step, between two steps, while a point is
// evaluated, while outputs are computed. Each goes on, on another kernel and other threads, and must end as one that was
// never interrupted.
func TestGoOn(t *testing.T) {
	names := kernel.Names()
	for _, ordering := range orderings {
		for _, dtype := range []string{"float64", "float32"} {
			for _, rest := range [][]string{nil, {"model.bias=false", "data.test=4"}} {
				t.Run(fmt.Sprintf("%s %s %s", ordering, dtype, rest), func(t *testing.T) {
					e := ordered(t, ordering, append([]string{"dtype=" + dtype}, rest...)...)
					want, err := Run(t.Context(), e, Options{Kernel: Reference})
					if err != nil {
						t.Fatal(err)
					}
					steps := map[int]bool{}
					for looks := 1; ; looks++ {
						var kept *Checkpoint
						ctx := &patience{Context: t.Context(), looks: looks}
						_, err := Run(ctx, e, Options{
							Kernel: names[looks%len(names)], CheckpointEvery: time.Hour,
							Checkpoint: func(c *Checkpoint) error { kept = c; return nil },
						})
						if err == nil {
							break
						}
						if !errors.Is(err, context.Canceled) {
							t.Fatal(err)
						}
						if kept == nil {
							if len(steps) > 0 || !strings.Contains(err.Error(), "while the data are read") {
								t.Fatalf("look %d: no checkpoint: %v", looks, err)
							}
							continue
						}
						what := fmt.Sprintf("step %d, look %d", kept.Step, looks)
						if want := fmt.Sprintf("interrupted after step %d of %d:", kept.Step, kept.Steps); !strings.Contains(err.Error(), want) {
							t.Errorf("%s: %v", what, err)
						}
						steps[kept.Step] = true
						c := reread(t, kept)
						before := string(c.Bytes())
						var found []Point
						got, err := Run(t.Context(), e, Options{
							Kernel: names[(looks+1)%len(names)], Threads: 1 + looks%3, Resume: c,
							Point: func(p Point, _ int) { found = append(found, p) },
						})
						if err != nil {
							t.Fatal(err)
						}
						sameResult(t, what, got, want)
						if !slices.Equal(found, want.Curve[len(c.Points):]) {
							t.Errorf("%s: told of %v, %d points were there", what, found, len(c.Points))
						}
						if string(c.Bytes()) != before {
							t.Errorf("%s: the checkpoint has changed", what)
						}
					}
					least := 5 // of online training, which is interrupted at points of the curve only
					if !strings.HasPrefix(ordering, "online") {
						least = 21
					}
					if len(steps) < least {
						t.Errorf("interrupted after steps %v", steps)
					}
				})
			}
		}
	}
}

// TestGoOnFromPauses goes on from every checkpoint of online trainings that have some between two points of the curve.
func TestGoOnFromPauses(t *testing.T) {
	names := kernel.Names()
	for _, ordering := range orderings[:3] {
		for _, dtype := range []string{"float64", "float32"} {
			e := ordered(t, ordering, "dtype="+dtype, "train.steps=9000", "record.every=8999")
			var all []*Checkpoint
			var told []int
			want, err := Run(t.Context(), e, Options{
				Checkpoint: func(c *Checkpoint) error { all = append(all, c); return nil },
				Progress:   func(step, _ int) { told = append(told, step) },
			})
			if err != nil {
				t.Fatal(err)
			}
			between := 0
			for i, c := range all {
				if c.Step != told[i] {
					t.Errorf("checkpoint %d is of step %d, progress was told of %d", i, c.Step, told[i])
				}
				if c.Step%8999 != 0 && c.Step != 9000 {
					between++
				}
				got, err := Run(t.Context(), e, Options{Kernel: names[i%len(names)], Resume: reread(t, c)})
				if err != nil {
					t.Fatal(err)
				}
				sameResult(t, fmt.Sprint(ordering, " from step ", c.Step), got, want)
			}
			if between < 2 {
				t.Errorf("%s: %d checkpoints between two points", ordering, between)
			}
		}
	}
}

// TestCheckpointTimes: one at the end, whatever the time; each chance is taken when there is no time between them; an
// error ends the run.
func TestCheckpointTimes(t *testing.T) {
	e := parse(t, tiny)
	steps := func(every time.Duration) (all []int) {
		_, err := Run(t.Context(), e, Options{CheckpointEvery: every, Checkpoint: func(c *Checkpoint) error {
			all = append(all, c.Step)
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := steps(time.Hour); !slices.Equal(got, []int{20}) {
		t.Errorf("every hour: after steps %v", got)
	}
	if got := steps(0); !slices.Equal(got, []int{0, 5, 10, 15, 20}) {
		t.Errorf("always: after steps %v", got)
	}
	full := errors.New("the disk is full")
	_, err := Run(t.Context(), e, Options{Checkpoint: func(c *Checkpoint) error {
		if c.Step == 10 {
			return full
		}
		return nil
	}})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

// checkpointOf returns a checkpoint of the tiny experiment after so many steps of 20, with a point every 5.
func checkpointOf(t testing.TB, step int, changes ...string) *Checkpoint {
	t.Helper()
	var kept *Checkpoint
	_, err := Run(t.Context(), parse(t, tiny, changes...), Options{Checkpoint: func(c *Checkpoint) error {
		if c.Step == step {
			kept = c
		}
		return nil
	}})
	if err != nil || kept == nil {
		t.Fatalf("no checkpoint at step %d: %v", step, err)
	}
	return kept
}

// TestCheckpointNumbers: what a file keeps is kept to the bit.
func TestCheckpointNumbers(t *testing.T) {
	for dtype, odd := range map[string][]float64{
		"float64": {math.Copysign(0, -1), 5e-324, -5e-324, 0x1.fffffffffffffp-1023, math.MaxFloat64, -math.MaxFloat64},
		"float32": {math.Copysign(0, -1), 0x1p-149, -0x1p-149, 0x1.fffffcp-127, math.MaxFloat32, -math.MaxFloat32},
	} {
		c := checkpointOf(t, 5, "dtype="+dtype)
		c.Step = 7 // where there is no point
		copy(c.Weights[0], odd)
		c.Biases[1][0] = odd[0]
		c.Random.HasGauss, c.Random.Gauss = true, math.Copysign(0, -1)
		again := reread(t, c)
		for i := range odd {
			if math.Float64bits(again.Weights[0][i]) != math.Float64bits(odd[i]) {
				t.Errorf("%s: weight %v became %v", dtype, odd[i], again.Weights[0][i])
			}
		}
		if !math.Signbit(again.Biases[1][0]) || !math.Signbit(again.Random.Gauss) {
			t.Errorf("%s: -0 became +0", dtype)
		}
		if string(again.Bytes()) != string(c.Bytes()) {
			t.Errorf("%s: written otherwise than read", dtype)
		}
	}
}

// TestCheckpointForm writes the heading of a checkpoint out by hand.
func TestCheckpointForm(t *testing.T) {
	c := checkpointOf(t, 5, "train.order=shuffle", "data.test=4")
	content := string(c.Bytes())
	e := parse(t, tiny, "train.order=shuffle", "data.test=4")
	lines := strings.SplitAfter(content, "\n")
	trace := strings.SplitAfter(runTiny(t, "train.order=shuffle", "data.test=4").Trace().String(), "\n")
	want := "samebits checkpoint 1\ncontract samebits/1\nexperiment tiny " + e.Digest() + "\n" + trace[3] +
		fmt.Sprintf("network 2-3-2 float64\nstep 5 of 20\nrandom %d none\npermutation 6\nbiases 5\npoints 2\n", c.Random.Pos) +
		trace[6] + trace[7] + fmt.Sprintf("binary %d\n", 4*624+4*6+8*(12+5))
	if got := strings.Join(lines[:13], ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if sum := fmt.Sprintf("sha256:%x\n", sha256.Sum256([]byte(content[:len(content)-72]))); !strings.HasSuffix(content, sum) {
		t.Errorf("does not end with %s", sum)
	}
}

// signed ends a text as a checkpoint does.
func signed(body string) []byte {
	return fmt.Appendf(nil, "%ssha256:%x\n", body, sha256.Sum256([]byte(body)))
}

// TestCheckpointRefused reads files that are no checkpoints, or none that a run has written.
func TestCheckpointRefused(t *testing.T) {
	whole := checkpointOf(t, 5, "train.order=shuffle").Bytes()
	body := string(whole[:len(whole)-checkpointSum])
	for _, try := range []struct{ old, new, want string }{
		{"samebits checkpoint 1", "samebits trace 1", `f: not a checkpoint: it does not begin with "samebits checkpoint "`},
		{"checkpoint 1\n", "checkpoint 2\n", `f: a checkpoint of version "2", this program reads 1; go on with the program that wrote it`},
		{"checkpoint 1\n", "checkpoint 10\n", `f: a checkpoint of version "10"`},
		{"contract samebits/1\n", "", "f:2: not a checkpoint: want lines contract, experiment,"},
		{"step 5 of 20\nrandom ", "random 5 of 20\nstep ", "f:2: not a checkpoint: want lines"},
		{"step 5 of 20", "step 5 of 99999999999999999999", "f:6: a number is out of range"},
		{"step 5 of 20", "step 05 of 20", "f: not a checkpoint: a number of the heading is not written as one is"},
		{"step 5 of 20", "step 4 of 20", "f: not a checkpoint that a run can have written: point 1 is after step 5: points must rise from 0 to 4"},
		{"step 5 of 20", "step 21 of 20", "f: not a checkpoint that a run can have written: step 21 of 20"},
		{"step 5 of 20", "step 5 of 2147483648", "f: not a checkpoint that a run can have written: step 5 of 2147483648"},
		{" none\n", " nothing\n", `f:7: "nothing" is not a number`},
		{" none\n", " NaN\n", "f: not a checkpoint that a run can have written: numpyrand: not a state of the generator: kept normal is NaN"},
		{" none\n", " 1\n", "f: not a checkpoint: a number of the heading is not"},
		{"random ", "random 9", "f: not a checkpoint that a run can have written: numpyrand: not a state of the generator: position 9"},
		{"permutation 10\n", "permutation 9\n", "f: "},
		{"permutation 10\n", "permutation 9999999999999999999\n", "f:8: a number is out of range"},
		{"permutation 10\n", "permutation 4611686018427387904\n", "f: "},
		{"biases 5\n", "biases 0\n", "f: 2672 bytes of numbers, want 2632"},
		{"biases 5\n", "biases 4\n", "f: 4 biases, want 0 or 5"},
		{"points 2\n", "points 1\n", "f:12: want a line binary"},
		{"points 2\n", "points 3\n", "f:13: not a point: 3 were announced"},
		{"binary 2672", "binary 2671", "f:13: want a line binary with the number of bytes that follow, 2672"},
		{"network 2-3-2 float64", "network 2-3-2 float16", `f: network "2-3-2 float16": want sizes and float32 or float64`},
		{"network 2-3-2 float64", "network 2-3-2 float32", "f: 2672 bytes of numbers, want 2604"},
		{"network 2-3-2 float64", "network 2-4-2 float64", "f: 5 biases, want 0 or 6"},
		{"network 2-3-2 float64", "network 2--2 float64", `f: network "2--2 float64": "" is not the size of a layer`},
		{"network 2-3-2 float64", "network 2 float64", "f: network \"2 float64\": a network needs at least 2 layers"},
		{"network 2-3-2 float64", "network 99999999-99999999 float64", "f: "},
		{"\n5 0x", "\n0 0x", "f:12: not a point: steps must rise"},
		{"\n0 0x1", "\n1 0x1", "f: not a checkpoint that a run can have written: point 0 is after step 1"},
		{"/10 sha256:", "/11 sha256:", "f:12: not a point: steps must rise and totals be the same"},
		{"\n0 0x1", "\n0 0x2", "f:11: not a point: the two ways to write the loss differ"},
	} {
		if !strings.Contains(body, try.old) {
			t.Fatalf("%q is not in the checkpoint", try.old)
		}
		_, err := ParseCheckpoint("f", signed(strings.Replace(body, try.old, try.new, 1)))
		if err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%q as %q: got %v, want %s", try.old, try.new, err, try.want)
		}
	}
	damaged := "f: damaged or cut short"
	for i := range whole { // any byte that is another, and any length
		other := slices.Clone(whole)
		other[i] ^= 1
		for _, content := range [][]byte{other, whole[:i]} {
			_, err := ParseCheckpoint("f", content)
			if err == nil || i > 30 && !strings.HasPrefix(err.Error(), damaged) {
				t.Fatalf("byte %d of %d: %v", i, len(content), err)
			}
		}
	}
	if _, err := ParseCheckpoint("f", append(slices.Clone(whole), '\n')); err == nil || !strings.HasPrefix(err.Error(), damaged) {
		t.Errorf("one byte more: %v", err)
	}
}

// TestCheckpointNonsense: numbers that no run has are refused, in a file and by Run.
func TestCheckpointNonsense(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, try := range []struct {
		want   string
		change func(c *Checkpoint)
	}{
		{"layer 0: the weight or bias NaN is not a finite float64", func(c *Checkpoint) { c.Weights[0][1] = nan }},
		{"layer 1: the weight or bias +Inf is not a finite float64", func(c *Checkpoint) { c.Biases[1][1] = inf }},
		{"the weights are not those of the point after step 5", func(c *Checkpoint) { c.Weights[1][2] = 0.25 }},
		{"point 1, after step 5, is not one", func(c *Checkpoint) { c.Points[1].Loss = inf }},
		{"point 1, after step 5, is not one", func(c *Checkpoint) { c.Points[1].Loss = -1 }},
		{"point 0, after step 0, is not one", func(c *Checkpoint) { c.Points[0].Correct = 11 }},
		{"not a permutation of 10 samples", func(c *Checkpoint) { c.Permutation[0] = c.Permutation[1] }},
		{"not a permutation of 10 samples", func(c *Checkpoint) { c.Permutation[0] = 10 }},
		{"not a permutation of 10 samples", func(c *Checkpoint) { c.Permutation = c.Permutation[1:] }},
		{"key gives zeros only", func(c *Checkpoint) { c.Random.Key = [624]uint32{} }},
		{"position 625", func(c *Checkpoint) { c.Random.Pos = 625 }},
		{"no point before step 5", func(c *Checkpoint) { c.Points = nil }},
	} {
		c := checkpointOf(t, 5, "train.order=shuffle")
		c.Points = slices.Clone(c.Points)
		try.change(c)
		if _, err := ParseCheckpoint("f", c.Bytes()); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("read: got %v, want %s", err, try.want)
		}
		_, err := Run(t.Context(), parse(t, tiny, "train.order=shuffle"), Options{Resume: c})
		var unfit *CheckpointError
		if !errors.As(err, &unfit) || !strings.Contains(err.Error(), try.want) {
			t.Errorf("run: got %v, want %s", err, try.want)
		}
	}
	for _, change := range []func(c *Checkpoint){ // what no file can say
		func(c *Checkpoint) { c.Weights = c.Weights[1:] },
		func(c *Checkpoint) { c.Weights[0] = c.Weights[0][1:] },
		func(c *Checkpoint) { c.Biases[0] = nil },
		func(c *Checkpoint) { c.Biases = nil },
		func(c *Checkpoint) { c.Network = "" },
		func(c *Checkpoint) { c.Network = "2-3-2" },
		func(c *Checkpoint) { c.Step = -1 },
		func(c *Checkpoint) { c.Samples = 0 },
		func(c *Checkpoint) { c.Permutation = []int{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8} },
	} {
		c := checkpointOf(t, 5, "train.order=shuffle")
		change(c)
		var unfit *CheckpointError
		if _, err := Run(t.Context(), parse(t, tiny, "train.order=shuffle"), Options{Resume: c}); !errors.As(err, &unfit) {
			t.Errorf("run: got %v", err)
		}
	}
}

// TestCheckpointOfAnother: a run goes on from a checkpoint of its own alone.
func TestCheckpointOfAnother(t *testing.T) {
	of := func(step int, changes ...string) func() *Checkpoint {
		return func() *Checkpoint { return reread(t, checkpointOf(t, step, changes...)) }
	}
	changed := func(step int, change func(c *Checkpoint)) func() *Checkpoint {
		return func() *Checkpoint {
			c := checkpointOf(t, step)
			change(c)
			c.file = "file"
			return c
		}
	}
	for _, try := range []struct {
		want string
		c    func() *Checkpoint
	}{
		{"file: of another experiment: tiny sha256:", of(5, "seed=8")},
		{"file: of another experiment: tiny sha256:", of(6, "record.every=6")},
		{"file: of another experiment: tiny sha256:", of(5, "dtype=float32")},
		{"file: of arithmetic contract samebits/0, this program computes by samebits/1", changed(5, func(c *Checkpoint) { c.Contract = "samebits/0" })},
		{"file: of other data: " + hashOf("a") + ", here they are sha256:", changed(5, func(c *Checkpoint) { c.Data = hashOf("a") })},
		{"file: of a run of 25 steps, want 20", changed(5, func(c *Checkpoint) { c.Steps = 25 })},
		{"file: points of 11 and 0 samples, want 10 and 0", changed(5, func(c *Checkpoint) { c.Samples = 11 })},
		{"file: no point after step 10, which is before step 11", changed(5, func(c *Checkpoint) { c.Step = 11 })},
		{"file: no point after step 20, which is before step", changed(20, func(c *Checkpoint) { c.Points, c.Step, c.Steps = c.Points[:4], 21, 21 })},
		{"file: point 1 after step 4, want 5", changed(10, func(c *Checkpoint) { c.Points = slices.Clone(c.Points); c.Points[1].Step = 4 })},
		{"file: a permutation of 10 samples after step 5: not a place of this run", changed(5, func(c *Checkpoint) { c.Permutation = []int{9, 8, 7, 6, 5, 4, 3, 2, 1, 0} })},
	} {
		var unfit *CheckpointError
		_, err := Run(t.Context(), parse(t, tiny), Options{Resume: try.c()})
		if strings.Contains(try.want, "after step 20") {
			try.want = "file: of a run of 21 steps" // found before
		}
		if !errors.As(err, &unfit) || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("got %v, want %s", err, try.want)
		}
	}
	c := checkpointOf(t, 5, "train.order=shuffle")
	c.Permutation = nil
	if _, err := Run(t.Context(), parse(t, tiny, "train.order=shuffle"), Options{Resume: c}); err == nil || !strings.Contains(err.Error(), "a permutation of 0 samples after step 5") {
		t.Errorf("no permutation: %v", err)
	}
	c = checkpointOf(t, 5)
	c.Experiment = "another-name"
	if _, err := Run(t.Context(), parse(t, tiny), Options{Resume: c}); err != nil {
		t.Errorf("another name of the same experiment: %v", err)
	}
}

// TestCheckpointFile writes a file again and again, with leftovers of programs that were killed beside it.
func TestCheckpointFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.ckpt")
	first, second := checkpointOf(t, 5), checkpointOf(t, 10)
	for _, c := range []*Checkpoint{first, second} {
		if err := c.Write(path); err != nil {
			t.Fatal(err)
		}
		got, err := ReadCheckpoint(path)
		if err != nil || got.Step != c.Step {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	keep := []string{".run.ckpt", ".run.ckpt12x", ".run.ckpt12", ".other.ckpt34", ".run.ckpt-1", "run.ckpt56"}
	leftover := []string{".run.ckpt1", ".run.ckpt7483748374837483748", ".run.ckpt0"}
	for i, name := range slices.Concat(keep, leftover) {
		content := []string{checkpointHeading, "", "samebits ch", "other"}[i%4]
		if name == ".run.ckpt12" {
			content = "something of the user's"
		} else if content == "other" {
			content = string(first.Bytes())
		}
		write(t, filepath.Join(dir, name), content)
	}
	if err := os.Mkdir(filepath.Join(dir, ".run.ckpt99"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := ReadyCheckpoint(path); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := slices.Sorted(slices.Values(append(keep, ".run.ckpt99", "run.ckpt")))
	if !slices.Equal(names, want) {
		t.Errorf("left are %v, want %v", names, want)
	}
	missing := filepath.Join(dir, "missing", "x")
	if RemoveLeftovers(missing) == nil || ReadyCheckpoint(missing) == nil {
		t.Error("a missing folder is no error")
	}
	if _, err := ReadCheckpoint(dir); err == nil {
		t.Error("a folder is a checkpoint")
	}
}

// FuzzParseCheckpoint reads any bytes as a checkpoint, as they are and with the right digest behind them. What is read must
// be written as it was.
func FuzzParseCheckpoint(f *testing.F) {
	for _, c := range []*Checkpoint{checkpointOf(f, 0), checkpointOf(f, 5, "train.order=shuffle", "data.test=4"), checkpointOf(f, 20, "dtype=float32", "model.bias=false")} {
		whole := c.Bytes()
		body := whole[:len(whole)-checkpointSum]
		f.Add(whole)
		f.Add(body)
		for i := 0; i < len(body); i += 97 {
			f.Add(body[:i])
		}
		for _, change := range []string{"step 5", "permutation 10", "biases 5", "points 2", "binary 2", "2-3-2", "float64", "none"} {
			for _, by := range []string{"", "0", "-1", "18446744073709551616", "NaN", "67108864-67108864", "4611686018427387905"} {
				f.Add([]byte(strings.Replace(string(body), change, by, 1)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, text := range [][]byte{content, signed(string(content))} {
			c, err := ParseCheckpoint("fuzz", text)
			if err != nil {
				if !strings.HasPrefix(err.Error(), "fuzz:") {
					t.Errorf("error %q", err)
				}
				continue
			}
			if string(c.Bytes()) != string(text) {
				t.Error("written another way than read")
			}
		}
	})
}
