package harness

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// runTiny trains tiny with changes.
func runTiny(t testing.TB, changes ...string) *Result {
	t.Helper()
	r, err := Run(context.Background(), parse(t, tiny, changes...), Options{Kernel: "generic"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hashOf(digit string) string { return "sha256:" + strings.Repeat(digit, 64) }

// sample returns a trace that no run gave.
func sample() *Trace {
	return &Trace{
		Contract: "samebits/1", Experiment: "tiny", Digest: hashOf("a"), Data: hashOf("b"), Network: "2-3-2 float64", Samples: 10,
		Points: []Point{
			{Step: 0, Loss: 0.5, Correct: 5, Weights: hashOf("0")},
			{Step: 5, Loss: 0x1.23456789abcdep-7, Weights: hashOf("1")},
			{Step: 20, Loss: 0x1p-1074, Correct: 10, Weights: hashOf("2")},
		},
	}
}

// tested returns sample with samples to test with.
func tested() *Trace {
	t := sample()
	t.Tests = 4
	for i := range t.Points {
		t.Points[i].Test = mlp.Score{Loss: 0.25 * float64(i), Correct: i}
	}
	return t
}

func TestTraceText(t *testing.T) {
	want := "samebits trace 1\ncontract samebits/1\nexperiment tiny " + hashOf("a") + "\ndata " + hashOf("b") +
		"\nnetwork 2-3-2 float64\npoints 3\n" +
		"0 0x1p-01 0.5 5/10 " + hashOf("0") + "\n" +
		"5 0x1.23456789abcdep-07 0.008888888888888887 0/10 " + hashOf("1") + "\n" +
		"20 0x1p-1074 5e-324 10/10 " + hashOf("2") + "\n" +
		"weights " + hashOf("2") + "\n"
	if d := cmp.Diff(want, sample().String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	want = strings.NewReplacer(
		" 5/10 ", " 5/10 0x0p+00 0 0/4 ",
		" 0/10 ", " 0/10 0x1p-02 0.25 1/4 ",
		" 10/10 ", " 10/10 0x1p-01 0.5 2/4 ").Replace(want)
	if d := cmp.Diff(want, tested().String()); d != "" {
		t.Errorf("with samples to test with: (-want +got)\n%s", d)
	}
}

func TestTraceRoundTrip(t *testing.T) {
	one := sample()
	one.Points = one.Points[:1]
	odd := sample()
	odd.Points[0].Loss, odd.Points[1].Loss, odd.Points[2].Loss = math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for _, want := range []*Trace{sample(), one, odd, tested(), runTiny(t).Trace(), runTiny(t, "dtype=float32").Trace(), runTiny(t, "data.test=3").Trace()} {
		text := want.String()
		got, err := ParseTrace("a.trace", text)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != text {
			t.Errorf("written again:\n%swant\n%s", got, text)
		}
		if d := got.Diff(want); d != nil {
			t.Errorf("differs: %s", d.Text)
		}
		if d := cmp.Diff(fmt.Sprintf("%#v", want), fmt.Sprintf("%#v", got)); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
	}
}

// TestTraceTruncated cuts traces at every byte.
func TestTraceTruncated(t *testing.T) {
	for _, text := range []string{runTiny(t).Trace().String(), tested().String()} {
		for n := range text {
			if got, err := ParseTrace("a.trace", text[:n]); err == nil {
				t.Fatalf("the first %d of %d bytes are read as a trace of %d points", n, len(text), len(got.Points))
			} else if !strings.HasPrefix(err.Error(), "a.trace:") {
				t.Fatalf("the error of %d bytes does not name the file: %v", n, err)
			}
		}
	}
}

// TestTraceTampered changes every byte in several ways. Whatever can still be read must differ from what it was, but for
// the experiment's name, which is not compared.
func TestTraceTampered(t *testing.T) {
	for _, want := range []*Trace{runTiny(t).Trace(), tested()} {
		tamper(t, want)
	}
}

func tamper(t *testing.T, want *Trace) {
	text := want.String()
	from := strings.Index(text, "tiny")
	for i := range text {
		if i >= from && i < from+len("tiny") {
			continue
		}
		for _, c := range []byte("019afx+-./ \n\x00") {
			if text[i] == c {
				continue
			}
			got, err := ParseTrace("a.trace", text[:i]+string(c)+text[i+1:])
			if err == nil && want.Diff(got) == nil {
				t.Fatalf("byte %d changed from %q to %q makes no difference", i, text[i], c)
			}
		}
	}
}

// TestWeightsDigest writes out by hand what is hashed.
func TestWeightsDigest(t *testing.T) {
	c := mlp.Config{Layers: []int{2, 1, 1}, Activations: []kernel.Activation{kernel.ReLU}, Bias: true}
	bytes64 := "samebits weights float64 2-1-1\n" +
		"\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x00\xc0" + "\x00\x00\x00\x00\x00\x00\xe0\x3f" + // 1, -2; 0.5
		"\x00\x00\x00\x00\x00\x00\x00\x80" + "\x00\x00\x00\x00\x00\x00\x1c\x40" // -0; 7
	bytes32 := "samebits weights float32 2-1-1\n" +
		"\x00\x00\x80\x3f" + "\x00\x00\x00\xc0" + "\x00\x00\x00\x3f" + "\x00\x00\x00\x80" + "\x00\x00\xe0\x40"
	digest := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	if got, want := digestOf[float64](t, c), digest(bytes64); got != want {
		t.Errorf("float64: got %s, want %s", got, want)
	}
	if got, want := digestOf[float32](t, c), digest(bytes32); got != want {
		t.Errorf("float32: got %s, want %s", got, want)
	}
}

// digestOf returns the digest of a network of weights 1, -2 and -0 and biases 0.5 and 7.
func digestOf[T kernel.Float](t *testing.T, c mlp.Config) string {
	t.Helper()
	k, err := kernel.Get[T]("generic")
	if err != nil {
		t.Fatal(err)
	}
	n, err := mlp.New(c, k)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(n.SetWeights(0, []T{1, -2}), n.SetBiases(0, []T{0.5}),
		n.SetWeights(1, []T{T(math.Copysign(0, -1))}), n.SetBiases(1, []T{7})); err != nil {
		t.Fatal(err)
	}
	return weightsDigest(n)
}

func TestParseTraceBad(t *testing.T) {
	text := sample().String()
	line := strings.SplitAfter(text, "\n")
	swap := func(i, j int) string {
		l := slices.Clone(line)
		l[i], l[j] = l[j], l[i]
		return strings.Join(l, "")
	}
	replace := func(old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in the trace", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	for _, try := range []struct{ name, text, want string }{
		{"empty", "", `a.trace:1: not a trace: the first line is not "samebits trace 1"`},
		{"of another version", replace("trace 1", "trace 2"), "a.trace:1: not a trace"},
		{"with a mark in front", "\ufeff" + text, "a.trace:1: not a trace"},
		{"other line ends", strings.ReplaceAll(text, "\n", "\r\n"), "a.trace:1: not a trace"},
		{"no contract", replace("contract samebits/1\n", ""), "a.trace:2: not a trace: want lines contract, experiment, data, network, points"},
		{"facts in another order", swap(1, 3), "a.trace:2: not a trace"},
		{"a digest that steers the terminal", replace(hashOf("b"), "\x1b[31m"), "a.trace:2: not a trace"},
		{"no points", line[0] + line[1] + line[2] + line[3] + line[4] + "points 0\nweights " + hashOf("2") + "\n", "a.trace:7: 0 points were announced, the trace breaks off after 0"},
		{"a point missing", strings.Join(slices.Delete(slices.Clone(line), 7, 8), ""), "a.trace:9: 3 points were announced, the trace breaks off after 2"},
		{"more points than announced", replace("points 3", "points 2"), "a.trace:10: 2 points were announced, the trace breaks off after 3"},
		{"fewer points than announced", replace("points 3", "points 99999999999999999999"), "a.trace:10: 99999999999999999999 points were announced"},
		{"points in another order", swap(6, 7), "a.trace:8: not a point: steps must rise and totals be the same"},
		{"a point twice", replace(line[7], line[7]+line[7]), "a.trace:9: not a point: steps must rise"},
		{"another total", replace("0/10 "+hashOf("1"), "0/11 "+hashOf("1")), "a.trace:8: not a point: steps must rise and totals be the same"},
		{"step beyond 64 bits", replace("\n20 ", "\n99999999999999999999 "), "a.trace:9: not a point: a number is out of range"},
		{"loss beyond float64", replace("0x1p-1074", "0x1p+1074"), "a.trace:9: not a point: a number is out of range"},
		{"loss no number", replace("0x1p-1074", "zero"), "a.trace:9: not a point: a number is out of range"},
		{"loss written otherwise", replace("0x1p-01", "0x2p-02"), "a.trace:7: not a point: the two ways to write the loss differ"},
		{"decimal loss of another number", replace(" 0.5 ", " 0.25 "), "a.trace:7: not a point: the two ways to write the loss differ"},
		{"step with a zero in front", replace("\n5 ", "\n05 "), "a.trace:8: not a point: the two ways to write the loss differ, or a number is not written as one is"},
		{"another digest at the end", replace("weights "+hashOf("2"), "weights "+hashOf("3")), "a.trace:10: the trace does not end with its weights' digest"},
		{"a line too many", text + "\n", "a.trace:10: the trace does not end"},
		{"a second trace", text + text, "a.trace:10: the trace does not end"},
		{"short digest", replace(hashOf("1"), hashOf("1")[:70]), "a.trace:8: 3 points were announced, the trace breaks off after 1"},
		{"test samples at one point alone", replace("5/10 ", "5/10 0x1p-01 0.5 1/4 "), "a.trace:8: not a point: steps must rise and totals be the same"},
		{"no test samples at one point", strings.Replace(tested().String(), " 0x1p-02 0.25 1/4", "", 1), "a.trace:8: not a point: steps must rise and totals be the same"},
		{"another total of test samples", strings.Replace(tested().String(), "1/4", "1/3", 1), "a.trace:8: not a point: steps must rise and totals be the same"},
		{"test samples, none of them", strings.ReplaceAll(tested().String(), "/4", "/0"), "a.trace:7: not a point: the two ways to write the loss differ, or a number is not written as one is"},
		{"test loss written otherwise", strings.Replace(tested().String(), "0x1p-02 0.25", "0x1p-02 0.5", 1), "a.trace:8: not a point: the two ways"},
		{"test loss no number", strings.Replace(tested().String(), "0x1p-02 0.25", "zero 0.25", 1), "a.trace:8: not a point: a number is out of range"},
		{"right answers beyond 64 bits", strings.Replace(tested().String(), " 1/4", " 99999999999999999999/4", 1), "a.trace:8: not a point: a number is out of range"},
	} {
		t.Run(try.name, func(t *testing.T) {
			_, err := ParseTrace("a.trace", try.text)
			if err == nil || !strings.HasPrefix(err.Error(), try.want) {
				t.Errorf("got %v, want %s", err, try.want)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	for _, try := range []struct {
		name   string
		change func(t *Trace)
		want   *Difference
	}{
		{"nothing", func(*Trace) {}, nil},
		{"name", func(t *Trace) { t.Experiment = "other" }, nil},
		{"contract", func(t *Trace) { t.Contract = "samebits/2" }, &Difference{false, -1, "another arithmetic contract: got samebits/2, want samebits/1"}},
		{"experiment", func(t *Trace) { t.Digest = hashOf("9") }, &Difference{false, -1, "another experiment: got " + hashOf("9") + ", want " + hashOf("a")}},
		{"network", func(t *Trace) { t.Network = "2-3-2 float32" }, &Difference{false, -1, "another network: got 2-3-2 float32, want 2-3-2 float64"}},
		{"data", func(t *Trace) { t.Data = hashOf("9") }, &Difference{true, -1, "another data: got " + hashOf("9") + ", want " + hashOf("b")}},
		{"step", func(t *Trace) { t.Points[1].Step = 6 }, &Difference{true, 6, "point 1, step 6: step: got 6, want 5"}},
		{"loss by one ulp", func(t *Trace) { t.Points[1].Loss = 0x1.23456789abcdfp-7 }, &Difference{true, 5, "point 1, step 5: loss: got 0x1.23456789abcdfp-07, want 0x1.23456789abcdep-07"}},
		{"correct", func(t *Trace) { t.Points[0].Correct = 6 }, &Difference{true, 0, "point 0, step 0: correct: got 6, want 5"}},
		{"weights", func(t *Trace) { t.Points[2].Weights = hashOf("9") }, &Difference{true, 20, "point 2, step 20: weights: got " + hashOf("9") + ", want " + hashOf("2")}},
		{"several, the first counts", func(t *Trace) {
			t.Points[1].Correct, t.Points[1].Weights, t.Points[2].Correct = 1, hashOf("9"), 3
		}, &Difference{true, 5, "point 1, step 5: correct: got 1, want 0; weights: got " + hashOf("9") + ", want " + hashOf("1")}},
		{"samples", func(t *Trace) { t.Samples = 11 }, &Difference{true, -1, "got points of 11 samples, want 10"}},
		{"a point less", func(t *Trace) { t.Points = t.Points[:2] }, &Difference{true, -1, "got 2 points, want 3"}},
		{"a point more", func(t *Trace) { t.Points = append(t.Points, Point{Step: 21, Weights: hashOf("3")}) }, &Difference{true, -1, "got 4 points, want 3"}},
	} {
		t.Run(try.name, func(t *testing.T) {
			got := sample()
			try.change(got)
			if d := cmp.Diff(try.want, got.Diff(sample())); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			// Which of two is the golden one makes no difference to whether they are the same.
			if back := sample().Diff(got); (back == nil) != (try.want == nil) {
				t.Errorf("the other way round: %v", back)
			}
		})
	}
	test, test2, test3 := tested(), tested(), tested()
	test.Points[1].Test.Loss, test.Points[1].Test.Correct = 1, 3
	test2.Tests, test3.Tests = 5, 0
	for _, try := range []struct {
		got  *Trace
		want string
	}{
		{test, "point 1, step 5: test loss: got 0x1p+00, want 0x1p-02; test correct: got 3, want 1"},
		{test2, "got points of 5 samples to test with, want 4"},
		{test3, "got points of 0 samples to test with, want 4"},
		{sample(), "point 1, step 5: test loss: got 0x0p+00, want 0x1p-02; test correct: got 0, want 1"},
	} {
		if d := try.got.Diff(tested()); d == nil || d.Text != try.want || !d.Comparable {
			t.Errorf("got %+v, want %s", d, try.want)
		}
	}
	zero, minus := sample(), sample()
	zero.Points[0].Loss, minus.Points[0].Loss = 0, math.Copysign(0, -1)
	if zero.Diff(minus) == nil {
		t.Error("0 and -0 are the same")
	}
	nan := sample()
	nan.Points[0].Loss = math.NaN()
	if d := nan.Diff(nan); d != nil {
		t.Errorf("a NaN differs from itself: %s", d.Text)
	}
}
