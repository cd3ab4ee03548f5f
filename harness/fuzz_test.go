package harness

import (
	"strings"
	"testing"

	"github.com/samebits/samebits/golden"
)

// FuzzParse reads any text, with one change, as an experiment. It must end in an experiment or in an error, without a
// panic; an experiment must be one that can be run, and its digest the same when it is read again.
func FuzzParse(f *testing.F) {
	for _, name := range Builtin() {
		text, err := golden.Files.ReadFile(name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "seed=8")
	}
	for _, change := range []string{
		"", "=", "seed=", "seed=7", "seed=-1", "train.rate=nan", "train.rate=1e999", "data.classes=[]", "data.classes.0.n=0",
		"data.classes.1.cov=[[1,1],[1,1]]", "data.classes.0.cov.1.1=inf", "data.classes=[{}]", "data.classes.0=1", "data=1",
		"model.layers=[2,1000000000000,2]", "model.layers=[]", "model.layers.-1=3", "model.activation=[]", "a.b.c=1",
		"model.activation=['relu', 'tanh']", "train={}", "train.epochs=3", "v=1\nw=2", "train.steps.x=1", "record.every=1",
		"x=" + strings.Repeat("[", 500), strings.Repeat("a.", 300) + "=1", "data.classes.0.mean=[1e308, -1e308]",
	} {
		f.Add(tiny, change)
	}
	for _, change := range []string{
		"", "data.test=1", "data.test=0.5", "data.test=1e-9", "data.test=['a', 'b']", "data.test=nan", "data.train=[]", "data.train=['a']",
		"data.scale=[1, 0]", "data.scale=[nan, 1]", "data.sha256=[]", "data.sha256=['x']", "data.get=1", "data.source=digits",
		"data.source=npy", "data.label=middle", "train.batch=0", "train.method=batch", "train.method=online", "train.epochs=2147483647",
	} {
		f.Add(withData("source = 'csv'\ntrain = 'a.csv'\nlabel = 'first'"), change)
		f.Add(digits, change)
	}
	for _, text := range []string{
		"", "[", "a.a.a.a=1", "a = [[[[[[]]]]]]", "a = {b = {c = {}}}", "[[a]]\n[[a.b]]\n[[a]]\n", "\"\" = 1", "\"a.b\".c = 1",
		"'\x1b' = 1", "seed = 0x7f_ff", "seed = 1979-05-27T07:32:00Z", "name = \"\"\"\n\"\"\"", "[data]\nclasses = [[], {}, 1]\n",
		"[[data.classes]]\n[[data.classes]]\n", "[data.classes.0]\nn = 1\n", "data = []", "# only a comment", "\ufeffseed = 7",
	} {
		f.Add(text, "seed=7")
	}
	f.Fuzz(func(t *testing.T, text, change string) {
		changes := []string{change}
		if change == "" {
			changes = nil
		}
		e, err := Parse("fuzz.toml", []byte(text), changes...)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error that says nothing")
			}
			return
		}
		again, err := Parse("other.toml", []byte(text), changes...)
		if err != nil || again.Digest() != e.Digest() {
			t.Errorf("read again: %v", err)
		}
		if err := e.Model.Check(); err != nil {
			t.Errorf("a model that cannot be: %v", err)
		}
		if z, known := e.Data.size(); known && (z.train < 1 || e.TotalSteps(z.train) < 1 || e.recordSteps(z.train) < 1) || !(e.Train.Rate > 0) {
			t.Errorf("%+v, training %+v", z, e.Train)
		}
		for _, c := range e.Data.Classes {
			if err := c.Check(); err != nil || len(c.Mean) != e.Model.Layers[0] {
				t.Errorf("a class of %d features that cannot be: %v", len(c.Mean), err)
			}
		}
	})
}

// FuzzParseTrace reads any text as a trace. What is read must be written as it was, and differ from itself nowhere.
func FuzzParseTrace(f *testing.F) {
	for _, name := range Builtin() {
		text, err := golden.Files.ReadFile(name + ".trace")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(tested().String())
	f.Add(strings.ReplaceAll(tested().String(), "/4", "/0"))
	text := sample().String()
	f.Add(text)
	for i := 0; i < len(text); i += 13 {
		f.Add(text[:i])
	}
	for _, change := range []string{"points 3", "0x1p-01", " 0.5 ", "5/10", "samebits/1", "\n20 "} {
		for _, by := range []string{"", "NaN", "+Inf", "-1", "99999999999999999999", "\x1b[31m"} {
			f.Add(strings.Replace(text, change, by, 1))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace("fuzz.trace", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.trace:") {
				t.Errorf("error %q", err)
			}
			return
		}
		if trace.String() != text {
			t.Error("written another way than read")
		}
		if d := trace.Diff(trace); d != nil {
			t.Errorf("differs from itself: %s", d.Text)
		}
	})
}

// FuzzParseSweepTrace reads any text as the trace of a sweep. What is read must be written as it was, and differ from itself
// nowhere.
func FuzzParseSweepTrace(f *testing.F) {
	for _, name := range BuiltinSweeps() {
		text, err := golden.Files.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
		for i := 0; i < len(text); i += 37 {
			f.Add(string(text[:i]))
		}
		for _, by := range []string{"", "9..0", "-1..5", "0..99999999999999999999", "\x1b[31m"} {
			f.Add(strings.Replace(string(text), "0..999", by, 1))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := parseSweepTrace("fuzz.sweep", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.sweep:") {
				t.Errorf("error %q", err)
			}
			return
		}
		if trace.String() != text || trace.Diff(trace) != "" || trace.Seeds.Count() < 1 {
			t.Errorf("%+v differs from itself: %q", trace, trace.Diff(trace))
		}
		for _, c := range trace.Changes(trace) {
			if !c.Same || strings.ContainsAny(c.New, "\x1b\n") {
				t.Errorf("%+v", c)
			}
		}
	})
}
