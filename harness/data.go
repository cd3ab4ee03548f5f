package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// Data says where the samples come from.
type Data struct {
	Source  string          // one of sourceNames
	Classes []dataset.Class // of "gaussians", one for each label
	Train   []string        // paths of "csv", "idx", "npz" and "npy", see Options.Data
	Test    Test            // samples that are not trained on
	Label   string          // column of the labels of "csv": "first" or "last"
	Header  string          // whether "csv" has a heading: "yes" or "no", or "" to tell by its first line
	Scale   []float64       // lo and hi that the features are scaled to, or nil
	SHA256  []string        // of the files in Train, then in Test, in hexadecimal, or nil
	Get     string          // how to get the files, for people
}

// Test says which samples are for testing: one of these, or none.
type Test struct {
	Files    []string // paths, as Data.Train
	Count    int      // so many from the end of the data
	Fraction float64  // such a part of them from the end
}

// kinds returns how many of its ways t goes.
func (t Test) kinds() (n int) {
	for _, given := range []bool{t.Files != nil, t.Count != 0, t.Fraction != 0} {
		if given {
			n++
		}
	}
	return n
}

// sourceNames are the sources, and how many files each is read from.
var (
	sourceNames = []string{"gaussians", "digits", "csv", "idx", "npz", "npy"}
	sourceFiles = map[string]int{"csv": 1, "idx": 2, "npz": 1, "npy": 2}
)

// samples is what an experiment trains on, and what it tests with, which may be nil.
type samples struct {
	train, test *dataset.Set
	sum         string // their digest, if it is known
}

// drawn reports whether each run draws samples of its own, with its random numbers.
func (d Data) drawn() bool { return d.Source == "gaussians" }

// samples makes or reads the samples and scales them.
func (e *Experiment) samples(ctx context.Context, random *numpyrand.RandomState, folder string) (s samples, err error) {
	switch e.Data.Source {
	case "gaussians":
		drawn, err := e.Data.clouds()
		if err != nil {
			return s, err
		}
		return drawn.samples, drawn.draw(random)
	case "digits":
		return e.Data.digits()
	}
	return e.readSamples(ctx, folder)
}

// digits returns the built-in digits. Their features are 0 to 16 by their nature.
func (d Data) digits() (s samples, err error) {
	all, err := dataset.Digits()
	if err != nil {
		return s, err
	}
	if s, err = d.Test.split(all); err != nil {
		return s, err
	}
	return s, d.scale(s, []float64{0}, []float64{16})
}

// drawnSamples is samples that are drawn, each time into the same memory.
type drawnSamples struct {
	samples
	data  Data
	from  *dataset.Clouds
	whole *dataset.Set // whose parts the samples are
}

// clouds makes ready to draw Gaussian classes.
func (d Data) clouds() (*drawnSamples, error) {
	from, err := dataset.NewClouds(d.Classes)
	if err != nil {
		return nil, err
	}
	w := &drawnSamples{data: d, from: from, whole: from.NewSet()}
	w.samples, err = d.Test.split(w.whole)
	return w, err
}

// draw draws new features and scales them.
func (w *drawnSamples) draw(random *numpyrand.RandomState) error {
	w.from.Draw(random, w.whole)
	return w.data.scale(w.samples, nil, nil)
}

// count returns how many of n samples are for testing.
func (t Test) count(n int) (int, error) {
	if t.Fraction != 0 {
		return dataset.TestCount(n, t.Fraction)
	}
	if t.Count < 0 || t.Count >= n {
		return 0, fmt.Errorf("%d of %d samples for testing, want 1 to %d", t.Count, n, n-1)
	}
	return t.Count, nil
}

// split cuts off what is for testing.
func (t Test) split(all *dataset.Set) (s samples, err error) {
	n, err := t.count(all.Len())
	if err != nil {
		return s, fmt.Errorf("data.test: %w", err)
	}
	if n == 0 {
		return samples{train: all}, nil
	}
	s.train, s.test, err = all.Split(n)
	return s, err
}

// scale maps the features to d.Scale: from their natural range, or else from that of each feature in the training
// samples.
func (d Data) scale(s samples, from, to []float64) error {
	if d.Scale == nil {
		return nil
	}
	if from == nil {
		from, to = s.train.MinMax()
	}
	for _, set := range []*dataset.Set{s.train, s.test} {
		if set == nil {
			continue
		}
		if err := set.Scale(from, to, d.Scale[0], d.Scale[1]); err != nil {
			return fmt.Errorf("data.scale: %w", err)
		}
	}
	return nil
}

// size is how large data are.
type size struct{ train, test, features, classes int }

// misplaced tells which sample has the first label that n outputs have no place for.
func misplaced(labels []int, n int) string {
	for i, l := range labels {
		if l >= n {
			return fmt.Sprintf(": sample %d, counted from 0, has label %d", i, l)
		}
	}
	return ""
}

func (s samples) size() size {
	z := size{train: s.train.Len(), features: s.train.Features, classes: s.train.Classes}
	if s.test != nil {
		z.test = s.test.Len()
	}
	return z
}

// size returns how large the data are, if that is known before they are read. A Test that cannot be cut off counts as none.
func (d Data) size() (z size, known bool) {
	switch d.Source {
	case "gaussians":
		for _, c := range d.Classes {
			z.train += c.N
			z.features, z.classes = len(d.Classes[0].Mean), len(d.Classes)
		}
	case "digits":
		z = size{train: 1797, features: 64, classes: 10}
	default:
		return z, false
	}
	z.test, _ = d.Test.count(z.train)
	z.train -= z.test
	return z, true
}

// digest identifies the values of all samples: without a test set it is the training set's own digest, else that of a
// line with the digests of both.
func (s samples) digest() string {
	if s.sum != "" {
		return s.sum
	}
	if s.test == nil {
		return s.train.Digest()
	}
	return sum("samebits data train " + s.train.Digest() + " test " + s.test.Digest() + "\n")
}

// canonical writes what the samples depend on. Files do not count, what they hold does, by the digest of the data.
func (d Data) canonical(c *canon) {
	c.line("data.source", d.Source)
	for _, class := range d.Classes {
		c.line("data.class", class.N, hexes(class.Mean...))
		for _, row := range class.Cov {
			c.line("data.class.cov", hexes(row...))
		}
	}
	if d.Label != "" {
		c.line("data.label", d.Label)
	}
	if d.Header != "" {
		c.line("data.header", d.Header)
	}
	switch {
	case d.Test.Count != 0:
		c.line("data.test.count", d.Test.Count)
	case d.Test.Fraction != 0:
		c.line("data.test.fraction", hexes(d.Test.Fraction))
	case d.Test.Files != nil:
		c.line("data.test.files")
	}
	if d.Scale != nil {
		c.line("data.scale", hexes(d.Scale...))
	}
}

// names says in front of an error which files the samples are from; nothing for those that are from none.
func (d Data) names() string {
	if len(d.Train) == 0 {
		return ""
	}
	return strings.Join(slices.Concat(d.Train, d.Test.Files), ", ") + ": "
}

// misfit is what keeps an experiment and its data from going together: a key and what is wrong with it.
type misfit struct{ path, text string }

// misfits looks at what data of this size and the keys of several tables say together. labels are those of the samples to
// train on, or nil where they are not known yet.
func (e *Experiment) misfits(z size, labels []int) (all []misfit) {
	add := func(path, format string, args ...any) { all = append(all, misfit{path, fmt.Sprintf(format, args...)}) }
	if n := e.Model.Layers[0]; n != z.features {
		add("model.layers.0", "%d inputs for data of %d features", n, z.features)
	}
	last := len(e.Model.Layers) - 1
	if n := e.Model.Layers[last]; n != z.classes {
		add(join("model.layers", itoa(last)), "%d outputs for data of %d classes%s", n, z.classes, misplaced(labels, n))
	}
	data := "data"
	if e.Data.Source == "gaussians" {
		data = "data.classes"
	}
	if n := z.train + z.test; z.classes > mlp.MaxClasses {
		add(data, "got %d, want at most %d", z.classes, mlp.MaxClasses)
	} else if n > maxValues/z.classes {
		add(data, "more than %d outputs, for %d samples of %d classes", maxValues, n, z.classes)
	}
	if n := e.Train.Batch; n > z.train {
		add("train.batch", "%d samples, more than the %d to train on", n, z.train)
		return all
	}
	t := e.Train.training()
	if e.Train.Epochs > maxSteps/t.StepsPerEpoch(z.train) {
		add("train.epochs", "more than %d steps", maxSteps)
	} else if e.TotalSteps(z.train)/e.recordSteps(z.train) >= maxPoints {
		add("record.every", "more than %d points of the curve", maxPoints)
	}
	return all
}
