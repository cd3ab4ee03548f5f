package harness

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestULPs(t *testing.T) {
	for _, try := range []struct {
		a, b float64
		want uint64
	}{
		{1, 1, 0}, {1, math.Nextafter(1, 2), 1}, {0, math.Copysign(0, -1), 0}, {0, 5e-324, 1}, {-5e-324, 5e-324, 2},
		{1, 2, 1 << 52}, {-1, -2, 1 << 52}, {-math.MaxFloat64, math.MaxFloat64, 2 * math.Float64bits(math.MaxFloat64)},
	} {
		for _, p := range [][2]float64{{try.a, try.b}, {try.b, try.a}} {
			if got, ok := ULPs(p[0], p[1]); got != try.want || !ok {
				t.Errorf("from %v to %v: %d %t, want %d", p[0], p[1], got, ok, try.want)
			}
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, ok := ULPs(v, 1); ok {
			t.Errorf("a distance from %v", v)
		}
		if _, ok := Relative(1, v); ok {
			t.Errorf("a relative difference from %v", v)
		}
	}
	// One step up is one ulp, wherever it is taken.
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64/2).Draw(t, "v")
		if got, _ := ULPs(v, math.Nextafter(v, math.Inf(1))); got != 1 {
			t.Fatalf("%v: %d", v, got)
		}
	})
}

func TestRelative(t *testing.T) {
	for _, try := range []struct{ a, b, want float64 }{
		{0, 0, 0}, {1, 1, 0}, {1, 2, 0.5}, {-1, 1, 2}, {0, 5e-324, 1}, {math.MaxFloat64, -math.MaxFloat64, 2},
	} {
		if got, _ := Relative(try.a, try.b); got != try.want {
			t.Errorf("%v and %v: %v, want %v", try.a, try.b, got, try.want)
		}
	}
}

func TestMode(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	next := math.Nextafter(1, 2)
	negative := math.Copysign(0, -1)
	for _, try := range []struct {
		mode string
		a, b float64
		want bool
	}{
		{"bits", 1, 1, true}, {"bits", 1, next, false}, {"bits", 0, negative, false}, {"bits", nan, nan, true}, {"bits", inf, inf, true},
		{"ulp=0", 0, negative, true}, {"ulp=0", 1, next, false}, {"ulp=1", 1, next, true}, {"ulp=1", 1, math.Nextafter(next, 2), false},
		{"ulp=9223372036854775807", inf, math.MaxFloat64, false}, {"ulp=9223372036854775807", nan, 1, false}, {"ulp=0", inf, inf, true},
		{"rtol=0.5", 1, 2, true}, {"rtol=0.5", 2, 1, true}, {"rtol=0.49", 1, 2, false}, {"rtol=0.5", -1, 1, false},
		{"atol=1", 1, 2, true}, {"atol=0.99", 1, 2, false}, {"atol=0.5,rtol=0.25", 1, 2, true}, {"rtol=0", 0, negative, true},
		{"rtol=1", nan, 1, false}, {"rtol=1", inf, 1, false}, {"rtol=1", inf, -inf, false}, {"rtol=1,atol=1e308", nan, nan, true},
		{"rtol=0.9", math.MaxFloat64, -math.MaxFloat64, false}, {"rtol=1", math.MaxFloat64, -math.MaxFloat64, false},
		{"rtol=1,atol=1e308", math.MaxFloat64, -math.MaxFloat64, false},
		{"rtol=1,atol=1.7976931348623157e308", math.MaxFloat64, -math.MaxFloat64, true},
	} {
		m, err := ParseModes([]string{try.mode})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range [][2]float64{{try.a, try.b}, {try.b, try.a}} {
			if got := m.all.Same(p[0], p[1]); got != try.want {
				t.Errorf("%s: %v and %v: %t, want %t", try.mode, p[0], p[1], got, try.want)
			}
		}
	}
}

func TestParseModes(t *testing.T) {
	m, err := ParseModes([]string{"ulp=4", "test_loss:atol=1e-3,rtol=0", "correct:skip", "weights:bits"})
	if err != nil {
		t.Fatal(err)
	}
	for series, want := range map[string]string{
		"loss": "ulp=4", "accuracy": "ulp=4", "test_loss": "rtol=0,atol=0.001", "correct": "skip", "test_correct": "bits", "weights": "bits",
	} {
		mode, own := m.of(series)
		if mode.String() != want || own != slices.Contains([]string{"test_loss", "correct", "weights"}, series) {
			t.Errorf("%s: %v, own %t, want %s", series, mode, own, want)
		}
	}
	for _, try := range []struct{ args, want string }{
		{"", "want bits, ulp=N"}, {"ulp", "want bits"}, {"ulp=-1", "ulp: want an integer"}, {"ulp=1.5", "ulp: want"}, {"ulp=99999999999999999999", "ulp: want"},
		{"rtol=", "rtol: "}, {"rtol=-1", "rtol: "}, {"rtol=nan", "rtol: "}, {"rtol=1.1", "want a number from 0 to 1"}, {"atol=inf", "atol: "},
		{"rtol=0.1,rtol=0.1", "want bits"}, {"rtol=0.1,", "want bits"}, {"rtol=0.1,ulp=1", "want bits"}, {"skip", "nothing would be compared"},
		{"los:bits", `unknown series "los"; did you mean "loss"?`}, {":bits", "unknown series"}, {"loss:", "want bits"},
		{"bits ulp=1", "a second mode for the same"}, {"loss:bits loss:bits", "a second mode"}, {"correct:ulp=3", "want correct:atol=3"},
		{"weights:rtol=1", "digests of weights"},
	} {
		args := strings.Split(try.args, " ")
		if _, err := ParseModes(args); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%q: error %v, want %q", args, err, try.want)
		}
	}
}

func readCurve(t *testing.T, text string) *Curve {
	t.Helper()
	c, err := ReadCurve("file", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func compare(t *testing.T, a, b *Curve, args ...string) *Comparison {
	t.Helper()
	shared := false
	if n := len(args); n > 0 && args[n-1] == "--shared" {
		args, shared = args[:n-1], true
	}
	m, err := ParseModes(args)
	if err != nil {
		t.Fatal(err)
	}
	return Compare(a, b, m, shared)
}

// TestVerdicts: what passes, and that whatever cannot be compared never does. A and B change places, which changes nothing.
func TestVerdicts(t *testing.T) {
	changed := func(change func(*Trace)) string {
		s := tested()
		change(s)
		return s.String()
	}
	next := math.Nextafter(0.5, 1)
	base := tested().String()
	near := changed(func(t *Trace) { t.Points[0].Loss = next; t.Points[0].Weights = hashOf("f") })
	plain := "step,loss\n0,1\n10,2\n20,3\n"
	run := `{"total": 10, "experiment": "tiny", "curve": [{"step": 0, "loss": 0.5, "correct": 5}, {"step": 5, "loss": "0x1.23456789abcdep-7", "correct": 0},
		{"step": 20, "loss": "0x1p-1074", "correct": 10}]%s}`
	share := "step,loss,accuracy\n0,0.5,0.5\n5,0x1.23456789abcdep-7,0\n20,0x1p-1074,1\n"
	both := "step,loss,accuracy,correct\n0,0.5,0.5,5\n5,0x1.23456789abcdep-7,0,0\n20,0x1p-1074,1,10\n"
	object := fmt.Sprintf(run, "")
	for _, try := range []struct {
		name, a, b string
		modes      string
		want       string // verdict
		reason     string // in the reasons
	}{
		{"itself", base, base, "", Same, ""},
		{"name", base, changed(func(t *Trace) { t.Experiment = "other" }), "", Same, ""},
		{"contract", base, changed(func(t *Trace) { t.Contract = "samebits/2" }), "", NotComparable, "another arithmetic contract: "},
		{"experiment", base, changed(func(t *Trace) { t.Digest = hashOf("c") }), "rtol=1,atol=9e99", NotComparable, "another experiment: "},
		{"network", base, changed(func(t *Trace) { t.Network = "2-4-2 float64" }), "", NotComparable, "another network: "},
		{"samples", base, changed(func(t *Trace) { t.Samples = 11 }), "", NotComparable, "another number of samples: "},
		{"tests", base, changed(func(t *Trace) { t.Tests = 5 }), "", NotComparable, "another number of samples to test with: "},
		{"data", base, changed(func(t *Trace) { t.Data = hashOf("c") }), "ulp=5", Differs, "other data: "},
		{"no tests", base, sample().String(), "", NotComparable, "test_loss: only "},
		{"no tests, left out", base, sample().String(), "test_loss:skip test_correct:skip", Same, ""},
		{"an ulp", base, near, "", Differs, "loss differs at 1 of 3 points, first at step 0"},
		{"an ulp allowed", base, near, "ulp=1", SameWithin, ""},
		{"an ulp allowed for another", base, near, "test_loss:ulp=1", Differs, "loss differs"},
		{"an ulp within a tolerance", base, near, "loss:rtol=1e-15", SameWithin, ""},
		{"an ulp beyond a tolerance", base, near, "rtol=1e-17", Differs, "loss differs"},
		{"an ulp allowed, but not in weights", base, near, "ulp=1 weights:bits", Differs, "weights differ at 1 of 3 points, first at step 0"},
		{"weights alone", base, changed(func(t *Trace) { t.Points[1].Weights = hashOf("f") }), "", Differs, "weights differ at 1 of 3 points, first at step 5"},
		{"weights alone, loss left out", base, changed(func(t *Trace) { t.Points[1].Weights = hashOf("f") }), "loss:skip", Differs, "weights differ"},
		{"weights left out", base, changed(func(t *Trace) { t.Points[1].Weights = hashOf("f") }), "weights:skip", Same, ""},
		{"count", base, changed(func(t *Trace) { t.Points[2].Correct-- }), "ulp=999", Differs, "correct differs at 1 of 3 points, first at step 20"},
		{"count allowed", base, changed(func(t *Trace) { t.Points[2].Correct-- }), "correct:atol=1", SameWithin, ""},
		{"cut", base, changed(func(t *Trace) { t.Points = t.Points[:2] }), "", Differs, "has 1 of its points, the first at step 20"},
		{"cut, shared", base, changed(func(t *Trace) { t.Points = t.Points[:2] }), "--shared", Same, ""},

		{"no step", plain, "step,loss\n1,1\n11,2\n", "rtol=1,atol=99 --shared", NotComparable, "no step is in both"},
		{"some steps", plain, "step,loss\n10,2\n11,2\n", "", Differs, "has 2 of its points, the first at step 0"},
		{"some steps, shared", plain, "step,loss\n10,2\n11,2\n", "--shared", Same, ""},
		{"no series", plain, "step,accuracy\n0,1\n10,1\n20,1\n", "", NotComparable, "there is no series to compare"},
		{"all series left out", plain, plain, "loss:skip", NotComparable, "there is no series to compare"},
		{"mode of what is not there", plain, plain, "correct:bits", NotComparable, "correct: a mode is given, but neither A nor B has it"},
		{"mode of weights that are not there", plain, plain, "weights:bits", NotComparable, "weights: a mode is given"},
		{"one series alone", base, plain, "", NotComparable, "correct: only "},
		{"zeros", "step,loss\n0,0\n", "step,loss\n0,-0\n", "", Differs, "loss differs"},
		{"zeros in ulp", "step,loss\n0,0\n", "step,loss\n0,-0\n", "ulp=0", SameWithin, ""},

		{"a run as JSON", sample().String(), object, "", Same, ""},
		{"final digest", sample().String(), fmt.Sprintf(run, `, "digest": "`+hashOf("2")+`"`), "weights:bits", Same, ""},
		{"another final digest", sample().String(), fmt.Sprintf(run, `, "digest": "`+hashOf("3")+`"`), "", Differs, "weights differ at 1 of 1 points, first at step 20"},
		{"no digest", sample().String(), object, "weights:bits", NotComparable, "weights: a mode is given"},
		{"another name", sample().String(), strings.Replace(object, "tiny", "huge", 1), "", NotComparable, "another experiment: "},
		{"another type", sample().String(), fmt.Sprintf(run, `, "dtype": "float32"`), "", NotComparable, "another type: "},
		{"another total", sample().String(), strings.Replace(object, "10,", "20,", 1), "", NotComparable, "another number of samples: "},
		{"share for number", sample().String(), share, "", Same, ""},
		{"share and number", sample().String(), both, "", Same, ""},
		{"share and number, no total", share, both, "", Same, ""},
		{"share differs", sample().String(), strings.Replace(share, ",0.5\n", ",0.6\n", 1), "", Differs, "accuracy differs at 1 of 3 points, first at step 0"},
		{"share for number that has a mode", sample().String(), share, "correct:bits", NotComparable, "correct: only "},
		{"share for number, no total", strings.Replace(object, `"total"`, `"sum"`, 1), share, "", NotComparable, "accuracy: only "},
	} {
		for _, p := range [][2]string{{try.a, try.b}, {try.b, try.a}} {
			c := compare(t, readCurve(t, p[0]), readCurve(t, p[1]), strings.Fields(try.modes)...)
			reasons := strings.Join(c.Reasons, "\n")
			if c.Verdict != try.want || !strings.Contains(reasons, try.reason) || c.Passes() != (reasons == "") {
				t.Errorf("%s: %s, want %s; reasons %q, want %q", try.name, c.Verdict, try.want, reasons, try.reason)
			}
			if s := c.Summary(); !strings.HasPrefix(s, c.Verdict+" ") && !strings.HasPrefix(s, c.Verdict+":") {
				t.Errorf("%s: summary %q", try.name, s)
			}
		}
	}
}

func TestDifferences(t *testing.T) {
	a := readCurve(t, "step,loss,correct\n0,1,5\n1,1,5\n2,0,5\n5,4,5\n6,1,9\n")
	b := readCurve(t, "step,loss,correct\n0,1,5\n1,0x1.0000000000001p0,5\n2,5e-324,5\n3,7,5\n5,3,7\n6,1,5\n")
	c := compare(t, a, b, "loss:ulp=1", "correct:atol=2")
	loss, correct := c.Series[0], c.Series[1]
	if d := cmp.Diff([]int{0, 1, 2, 5, 6}, c.Steps); d != "" || len(c.OnlyA) != 0 || !slices.Equal(c.OnlyB, []int{3}) {
		t.Errorf("steps %v, only %v and %v", c.Steps, c.OnlyA, c.OnlyB)
	}
	if loss.Bits != 3 || loss.Differ != 1 || loss.First != 3 || loss.MaxULP != 1<<51 || loss.ULPAt != 3 || loss.MaxRel != 1 || loss.RelAt != 2 {
		t.Errorf("loss %+v", loss)
	}
	if correct.Bits != 2 || correct.Differ != 1 || correct.First != 4 {
		t.Errorf("correct %+v", correct)
	}
	if c.First() != 3 || c.FirstBits() != 1 {
		t.Errorf("first %d, of bits %d", c.First(), c.FirstBits())
	}
	if d := cmp.Diff([]float64{0, 1, 1, 51, 0}, loss.Apart()); d != "" {
		t.Errorf("apart: (-want +got)\n%s", d)
	}
	if want := "differs: first at step 5"; c.Summary() != want {
		t.Errorf("summary %q, want %q", c.Summary(), want)
	}
}

// TestNotFinite: a trace may hold what no tolerance covers.
func TestNotFinite(t *testing.T) {
	odd := sample()
	odd.Points[1].Loss = math.NaN()
	a, b := readCurve(t, sample().String()), readCurve(t, odd.String())
	if c := compare(t, b, b, "rtol=1"); c.Verdict != Same {
		t.Errorf("NaN and NaN: %s", c.Verdict)
	}
	c := compare(t, a, b, "rtol=1,atol=1e300", "weights:skip")
	if s := c.Series[0]; c.Verdict != Differs || s.Endless != 1 || s.ULPAt != -1 || s.Apart()[1] != 64 {
		t.Errorf("%s, %+v", c.Verdict, s)
	}
}

func TestSummary(t *testing.T) {
	near := sample()
	near.Points[0].Loss = math.Nextafter(0.5, 1)
	near.Points[1].Weights = hashOf("f")
	a, b := readCurve(t, sample().String()), readCurve(t, near.String())
	for _, try := range []struct{ modes, want string }{
		{"", "differs: first at step 0"},
		{"loss:skip", "differs: first at step 5; without loss"},
		{"ulp=1", "same within loss ulp=1, correct bits: loss, correct at 3 points, not bit for bit; weights have no say, 1 of 3 digests differ"},
		{"loss:skip weights:skip", "same: correct at 3 points, bit for bit; without loss, weights"},
	} {
		if got := compare(t, a, b, strings.Fields(try.modes)...).Summary(); got != try.want {
			t.Errorf("%q: %q, want %q", try.modes, got, try.want)
		}
	}
	b.Steps, b.Weights = b.Steps[:2], b.Weights[:2]
	for name := range b.Series {
		b.Series[name] = b.Series[name][:2]
	}
	want := "same within loss ulp=1, correct bits: loss, correct at 2 points, not bit for bit; without weights; passed over 1 point that only one of them has"
	if got := compare(t, a, b, "ulp=1", "weights:skip", "--shared").Summary(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExportDifference(t *testing.T) {
	dir := t.TempDir()
	a, b := readCurve(t, tested().String()), readCurve(t, tested().String())
	b.Series["test_loss"][1] = 1
	if err := compare(t, a, b).Export(dir + "/made"); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(dir + "/made/difference.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Difference of A and B", "training data", "test data", "loss: bits apart, log2(1 + ulp)"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture has no %q", want)
		}
	}
	if png, err := os.ReadFile(dir + "/made/difference.png"); err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("%.10q, %v", png, err)
	}
	none := compare(t, readCurve(t, "step,loss\n0,1\n"), readCurve(t, "step,loss\n1,1\n"))
	if err := none.Export(dir + "/none"); err != ErrNothingToDraw {
		t.Errorf("nothing to draw: %v", err)
	}
	if _, err := os.Stat(dir + "/none"); err == nil {
		t.Error("a folder for nothing")
	}
}
