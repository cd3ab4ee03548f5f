package harness

import (
	"encoding/hex"
	"slices"

	"github.com/samebits/samebits/dataset"
)

// maxGet bounds the text that says how to get the data, in bytes.
const maxGet = 2000

func (t *table) data() Data {
	source, ok := t.source()
	d := Data{Source: source}
	if !ok { // what else there is cannot be judged, but for the classes, which one source alone has
		if t.has("classes") {
			d.Classes = t.classes()
		}
		return d
	}
	switch {
	case source == "gaussians":
		d.Classes = t.classes()
	case sourceFiles[source] > 0:
		d.Train = t.paths("train", source)
		d.Get = t.text("get", maxGet)
	}
	if source == "csv" {
		d.Label = t.word("label", "last", "first")
		if header := t.word("header", "auto", "yes", "no"); header != "auto" {
			d.Header = header
		}
	}
	d.Test = t.test(source)
	d.Scale = t.scale()
	if sourceFiles[source] > 0 {
		d.SHA256 = t.sums(len(d.Train) + len(d.Test.Files))
	}
	t.foreign(source, "classes", "train", "label", "header", "sha256", "get")
	t.done()
	return d
}

// source reads where samples come from, and tells whether that is known.
func (t *table) source() (string, bool) {
	t.need("source", "one of "+quoted(sourceNames))
	v, _ := t.values["source"].(string)
	return t.word("source", sourceNames...), slices.Contains(sourceNames, v)
}

// foreign reports keys that other sources have.
func (t *table) foreign(source string, keys ...string) {
	for _, key := range keys {
		if t.has(key) && !slices.Contains(t.known, key) {
			t.fail(key, "not a key of source %q; known: %s", source, list(t.known))
		}
	}
}

// classes reads the Gaussian classes.
func (t *table) classes() (all []dataset.Class) {
	values := 0
	for _, c := range t.tables("classes") {
		class := dataset.Class{Mean: c.numbers("mean"), Cov: c.matrix("cov")}
		c.need("n", "the number of points")
		class.N = c.integer("n", 1, maxValues, 1)
		c.done()
		all = append(all, class)
		if n := len(class.Mean); n > 0 && class.N > (maxValues-values)/n {
			c.fail("n", "more than %d values in the data", maxValues)
		} else {
			values += class.N * n
		}
	}
	if entries, _ := t.values["classes"].([]any); len(entries) < 2 {
		t.fail("classes", "got %d, want at least 2", len(entries))
	}
	return all
}

// wantFiles says what files a source is read from.
var wantFiles = map[string]string{
	"csv": "a path",
	"idx": "two paths, of the images and of their labels",
	"npz": "a path",
	"npy": "two paths, of the samples and of their labels",
}

// paths reads the files of a set: one path, or a list.
func (t *table) paths(key, source string) (paths []string) {
	v, ok := t.get(key)
	if !ok {
		t.fail(key, "missing; want %s", wantFiles[source])
		return nil
	}
	entries, ok := v.([]any)
	if !ok {
		entries = []any{v}
	}
	for _, v := range entries {
		path, ok := v.(string)
		if !ok || path == "" {
			t.fail(key, "got %s, want %s", describe(v), wantFiles[source])
			return nil
		}
		paths = append(paths, path)
	}
	if n := sourceFiles[source]; len(paths) != n {
		t.fail(key, "got %d, want %s", len(paths), wantFiles[source])
	}
	return paths
}

// test reads what is for testing: a number of samples, a fraction of them, or files.
func (t *table) test(source string) (test Test) {
	v, ok := t.get("test")
	if !ok {
		return test
	}
	switch v := v.(type) {
	case int64:
		test.Count = t.asInteger(t.at("test"), v, 0, maxValues)
	case float64:
		if test.Fraction = v; !(v > 0 && v < 1) {
			t.fail("test", "got %v, want a fraction above 0 and below 1, or a count", v)
		}
	default:
		if sourceFiles[source] == 0 {
			t.fail("test", "got %s, want a fraction of the samples, such as 0.2, or a count", describe(v))
			break
		}
		test.Files = t.paths("test", source)
	}
	return test
}

// scale reads the range that features are scaled to.
func (t *table) scale() []float64 {
	if !t.has("scale") {
		t.get("scale")
		return nil
	}
	before := len(t.doc.problems)
	v := t.numbers("scale")
	if len(t.doc.problems) == before && (len(v) != 2 || v[0] >= v[1]) {
		t.fail("scale", "got %v, want two numbers, the lower first, as in [0.01, 1.0]", v)
	}
	return v
}

// sums reads the digests of n files.
func (t *table) sums(n int) (sums []string) {
	if !t.has("sha256") {
		t.get("sha256")
		return nil
	}
	for i, v := range t.array("sha256") {
		text, _ := v.(string)
		if b, err := hex.DecodeString(text); err != nil || len(b) != 32 {
			t.doc.fail(join(t.at("sha256"), itoa(i)), "got %s, want 64 hexadecimal digits", describe(v))
		}
		sums = append(sums, text)
	}
	if len(sums) != n {
		t.fail("sha256", "got %d, want %d, one for each file of train, then of test", len(sums), n)
	}
	return sums
}
