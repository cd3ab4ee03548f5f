package harness

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseData(t *testing.T) {
	a, b := strings.Repeat("a", 64), strings.Repeat("B", 64)
	for _, try := range []struct {
		keys string
		want Data
	}{
		{"source = 'csv'\ntrain = 'a.csv'\nheader = 'no'\ntest = 0", Data{Source: "csv", Train: []string{"a.csv"}, Label: "last", Header: "no"}},
		{"source = 'csv'\ntrain = 'a.csv'", Data{Source: "csv", Train: []string{"a.csv"}, Label: "last"}},
		{"source = 'csv'\ntrain = ['a.csv']\nlabel = 'first'\ntest = 'b.csv'\nscale = [-1, 2.5]\nget = 'ask'\nsha256 = ['" + a + "', '" + b + "']",
			Data{Source: "csv", Train: []string{"a.csv"}, Label: "first", Test: Test{Files: []string{"b.csv"}}, Scale: []float64{-1, 2.5}, Get: "ask", SHA256: []string{a, b}}},
		{"source = 'idx'\ntrain = ['i', 'l']\ntest = 0.25", Data{Source: "idx", Train: []string{"i", "l"}, Test: Test{Fraction: 0.25}}},
		{"source = 'idx'\ntrain = ['i', 'l']\ntest = ['m', 'n']", Data{Source: "idx", Train: []string{"i", "l"}, Test: Test{Files: []string{"m", "n"}}}},
		{"source = 'npz'\ntrain = 'a.npz'\ntest = 7", Data{Source: "npz", Train: []string{"a.npz"}, Test: Test{Count: 7}}},
		{"source = 'npy'\ntrain = ['x.npy', 'y.npy']", Data{Source: "npy", Train: []string{"x.npy", "y.npy"}}},
	} {
		if d := cmp.Diff(try.want, parse(t, withData(try.keys)).Data); d != "" {
			t.Errorf("%s: (-want +got)\n%s", try.keys, d)
		}
	}
	if d := cmp.Diff(Data{Source: "digits", Test: Test{Count: 360}, Scale: []float64{0.25, 0.75}}, parse(t, digits).Data); d != "" {
		t.Errorf("digits: (-want +got)\n%s", d)
	}
}

// TestParseDataBad gives a [data] table, from line 4 on, and expects exactly this problem.
func TestParseDataBad(t *testing.T) {
	sum := strings.Repeat("a", 64)
	for _, try := range []struct {
		keys string
		line int
		want string
	}{
		{"source = 'csw'\ntrain = 'a'", 4, `data.source: unknown "csw"; did you mean "csv"?`},
		{"source = 'csv'", 3, "data.train: missing; want a path"},
		{"source = 'idx'", 3, "data.train: missing; want two paths, of the images and of their labels"},
		{"source = 'npy'", 3, "data.train: missing; want two paths, of the samples and of their labels"},
		{"source = 'csv'\ntrain = 7", 5, "data.train: got 7, want a path"},
		{"source = 'csv'\ntrain = ''", 5, `data.train: got the string "", want a path`},
		{"source = 'csv'\ntrain = ['a', 'b']", 5, "data.train: got 2, want a path"},
		{"source = 'csv'\ntrain = []", 5, "data.train: got 0, want a path"},
		{"source = 'idx'\ntrain = 'a'", 5, "data.train: got 1, want two paths, of the images and of their labels"},
		{"source = 'idx'\ntrain = ['a', 7]", 5, "data.train: got 7, want two paths, of the images and of their labels"},
		{"source = 'csv'\ntrain = 'a'\ntest = -3", 6, "data.test: got -3, want an integer from 0 to 67108864"},
		{"source = 'csv'\ntrain = 'a'\ntest = 1.0", 6, "data.test: got 1, want a fraction above 0 and below 1, or a count"},
		{"source = 'csv'\ntrain = 'a'\ntest = 0.0", 6, "data.test: got 0, want a fraction above 0 and below 1, or a count"},
		{"source = 'csv'\ntrain = 'a'\ntest = nan", 6, "data.test: got NaN, want a fraction above 0 and below 1, or a count"},
		{"source = 'csv'\ntrain = 'a'\ntest = true", 6, "data.test: got true, want a path"},
		{"source = 'idx'\ntrain = ['a', 'b']\ntest = 'c'", 6, "data.test: got 1, want two paths, of the images and of their labels"},
		{"source = 'csv'\ntrain = 'a'\nheader = 'maybe'", 6, `data.header: unknown "maybe"; known: auto, yes, no`},
		{"source = 'csv'\ntrain = 'a'\nlabel = 'middle'", 6, `data.label: unknown "middle"; known: last, first`},
		{"source = 'csv'\ntrain = 'a'\nscale = 1", 6, "data.scale: got 1, want an array"},
		{"source = 'csv'\ntrain = 'a'\nscale = [1]", 6, "data.scale: got [1], want two numbers, the lower first, as in [0.01, 1.0]"},
		{"source = 'csv'\ntrain = 'a'\nscale = [1, 1]", 6, "data.scale: got [1 1], want two numbers, the lower first, as in [0.01, 1.0]"},
		{"source = 'csv'\ntrain = 'a'\nscale = [0, inf]", 6, "data.scale.1: got +Inf, want a finite number"},
		{"source = 'csv'\ntrain = 'a'\nsha256 = 'x'", 6, `data.sha256: got the string "x", want an array`},
		{"source = 'csv'\ntrain = 'a'\nsha256 = ['x']", 6, `data.sha256.0: got the string "x", want 64 hexadecimal digits`},
		{"source = 'csv'\ntrain = 'a'\nsha256 = []", 6, "data.sha256: got 0, want 1, one for each file of train, then of test"},
		{"source = 'csv'\ntrain = 'a'\ntest = 'b'\nsha256 = ['" + sum + "']", 7, "data.sha256: got 1, want 2, one for each file of train, then of test"},
		{"source = 'csv'\ntrain = 'a'\nget = 7", 6, "data.get: got 7, want a text"},
		{"source = 'csv'\ntrain = 'a'\nget = '" + strings.Repeat("x", 2001) + "'", 6, "data.get: got 2001 bytes, want at most 2000"},
		{"source = 'csv'\ntrain = 'a'\ntrian = 'b'", 6, `data.trian: unknown key; did you mean "train"?`},
		{"source = 'idx'\ntrain = ['a', 'b']\nlabel = 'first'", 6, `data.label: not a key of source "idx"; known: source, train, get, test, scale, sha256`},
		{"source = 'csv'\ntrain = 'a'\nclasses = []", 6, `data.classes: not a key of source "csv"; known: source, train, get, label, header, test, scale, sha256`},
	} {
		wantError(t, fmt.Sprintf("tiny.toml:%d: %s", try.line, try.want), withData(try.keys))
	}
	for _, try := range []struct{ key, want string }{
		{"test = 1797", "data.test: 1797 of 1797 samples for testing, want 1 to 1796"},
		{"test = 0.0001", "data.test: a fraction of 0.0001 for testing is 0 of 1797 samples, want 1..1796"},
		{"test = 'a'", `data.test: got the string "a", want a fraction of the samples, such as 0.2, or a count`},
		{"test = 360\ntrain = 'a'", ""},
	} {
		if try.want != "" {
			wantError(t, "tiny.toml:5: "+try.want, strings.Replace(digits, "test = 360", try.key, 1))
			continue
		}
		wantError(t, `tiny.toml:6: data.train: not a key of source "digits"; known: source, test, scale`, strings.Replace(digits, "test = 360", try.key, 1))
	}
	wantError(t, "tiny.toml:8: model.layers.0: 63 inputs for data of 64 features\ntiny.toml:8: model.layers.1: 11 outputs for data of 10 classes",
		strings.Replace(digits, "[64, 10]", "[63, 11]", 1))
	wantError(t, "-S data.test=10: data.test: 10 of 10 samples for testing, want 1 to 9", tiny, "data.test=10")
}

// TestParseMethods: each method has its own batch, and an order that is its default.
func TestParseMethods(t *testing.T) {
	for _, try := range []struct {
		changes []string
		batch   int
		order   string
	}{
		{[]string{"train={method='online', steps=1, rate=1}"}, 0, "random"},
		{[]string{"train={steps=1, rate=1, batch=1}"}, 0, "random"},
		{[]string{"train={method='minibatch', steps=1, rate=1, batch=4}"}, 4, "shuffle"},
		{[]string{"train={method='minibatch', steps=1, rate=1, batch=4, order='random'}"}, 4, "random"},
		{[]string{"train={method='minibatch', steps=1, rate=1, batch=1, order='sequential'}"}, 1, "sequential"},
		{[]string{"train={method='batch', steps=1, rate=1}"}, 0, "sequential"},
		{[]string{"train={method='batch', steps=1, rate=1, order='shuffle'}"}, 0, "shuffle"},
	} {
		if got := parse(t, tiny, try.changes...).Train; got.Batch != try.batch || got.Order != try.order {
			t.Errorf("%v: got %+v, want batch %d, order %s", try.changes, got, try.batch, try.order)
		}
	}
	for _, try := range []struct{ change, want string }{
		{"train={method='minibatch', steps=1, rate=1}", "train.batch: missing; want the number of samples in a step"},
		{"train={method='minibatch', steps=1, rate=1, batch=0}", "train.batch: got 0, want an integer from 1 to 67108864"},
		{"train={method='minibatch', steps=1, rate=1, batch=11}", "train.batch: 11 samples, more than the 10 to train on"},
		{"train={method='online', steps=1, rate=1, batch=0}", "train.batch: got 0, want an integer from 1 to 67108864"},
		{"train={method='batch', steps=1, rate=1, batch=10}", `train.batch: a step of method "batch" takes all samples; leave the key out, or want method = "minibatch"`},
		{"train={method='batch', steps=1, rate=1, order='random'}", `train.order: a step of method "batch" takes each sample once; want "sequential" or "shuffle"`},
	} {
		wantError(t, "-S "+try.change+": "+try.want, tiny, try.change)
	}
}
