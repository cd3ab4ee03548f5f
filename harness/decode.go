package harness

import (
	"math"
	"slices"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// Bounds of an experiment: they keep a slip of the pen from filling the memory.
const (
	maxValues = dataset.MaxValues // numbers in the data, and in all samples' outputs
	maxSteps  = math.MaxInt32     // steps of the training
	maxPoints = 1 << 20           // points of the learning curve
)

// Parse reads an experiment from the text of a TOML file, with changes laid over it, each as in "train.rate=0.2" or
// "data.classes.0.n=300". The file's name is for errors, which name line and key and list everything that is wrong.
func Parse(file string, text []byte, changes ...string) (*Experiment, error) {
	d, err := parseDocument(file, text, changes)
	if err != nil {
		return nil, err
	}
	e := d.experiment()
	if err := d.err(); err != nil {
		return nil, err
	}
	return e, nil
}

func (d *document) experiment() *Experiment {
	top := d.top()
	e := &Experiment{Name: top.name(), Seed: top.seed()}
	e.DType = top.word("dtype", "float64", "float32")
	e.Data = top.table("data").data()
	e.Model = top.table("model").model()
	e.Train = top.table("train").train()
	e.RecordEvery = top.table("record").record()
	top.done()
	if len(d.problems) == 0 {
		d.recordUnit(e)
		d.checkFit(e)
	}
	return e
}

// name reads the experiment's name, which stands in traces and in file names.
func (t *table) name() string {
	t.need("name", "a name for the experiment")
	v, ok := t.get("name")
	if !ok {
		return ""
	}
	name, ok := v.(string)
	if !ok || !validName(name) {
		t.fail("name", "got %s, want up to 64 letters, digits, '-', '_' and '.', the first a letter", describe(v))
	}
	return name
}

func validName(name string) bool {
	for i, c := range []byte(name) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		other := c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

func (t *table) seed() uint32 {
	t.need("seed", "an integer from 0 to 4294967295")
	v, ok := t.get("seed")
	if !ok {
		return 0
	}
	seed, ok := v.(int64)
	if !ok || seed < 0 || seed > math.MaxUint32 {
		t.fail("seed", "got %s, want an integer from 0 to 4294967295", describe(v))
	}
	return uint32(seed)
}

func (t *table) model() Model {
	var m Model
	t.need("layers", "the sizes of the layers, as in [2, 2, 2]")
	for i, v := range t.array("layers") {
		m.Layers = append(m.Layers, t.asInteger(join(t.at("layers"), itoa(i)), v, 1, mlp.MaxWeights))
	}
	m.Activations = t.activations()
	m.Bias = t.boolean("bias", false)
	m.Init = t.word("init", "normal")
	if n, want := len(m.Activations), len(m.Layers)-1; n != 1 && n != want {
		t.fail("activation", "got %d, want one for all layers or %d, one for each but the inputs", n, want)
	}
	if len(t.doc.problems) == 0 {
		if err := m.Check(); err != nil {
			t.fail("layers", "%v", err)
		}
	}
	t.done()
	return m
}

// activations reads one name for all layers, or one for each.
func (t *table) activations() []kernel.Activation {
	v, ok := t.get("activation")
	if !ok {
		t.fail("activation", "missing; want one of %s", quoted(kernel.ActivationNames()))
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		return []kernel.Activation{t.asActivation(t.at("activation"), v)}
	}
	var out []kernel.Activation
	for i, v := range list {
		out = append(out, t.asActivation(join(t.at("activation"), itoa(i)), v))
	}
	return out
}

func (t *table) asActivation(path string, v any) kernel.Activation {
	name, _ := v.(string)
	a, err := kernel.ParseActivation(name)
	if err != nil {
		t.doc.fail(path, "got %s; %s", describe(v), Suggest(name, kernel.ActivationNames()))
	}
	return a
}

func (t *table) train() Train {
	var tr Train
	tr.Method = t.word("method", methodNames...)
	tr.Steps = t.integer("steps", 1, maxSteps, 0)
	tr.Epochs = t.integer("epochs", 1, maxSteps, 0)
	switch {
	case t.has("steps") && t.has("epochs"):
		t.fail("epochs", "steps is given too; want one of the two")
	case !t.has("steps") && !t.has("epochs"):
		t.fail("steps", "missing; want the number of steps, or epochs")
	}
	tr.Batch = t.batch(tr.Method)
	tr.Order = t.order(tr.Method)
	t.need("rate", "a number above 0")
	if tr.Rate = t.number("rate", 1); tr.Rate <= 0 {
		t.fail("rate", "got %v, want a number above 0", tr.Rate)
	}
	tr.Rule = mlp.Rule(slices.Index(ruleNames, t.word("rule", ruleNames...)))
	tr.Targets = t.targets()
	t.done()
	return tr
}

// batch reads the number of samples in a step, which mini-batches alone can choose.
func (t *table) batch(method string) int {
	if method == "minibatch" {
		t.need("batch", "the number of samples in a step")
		return t.integer("batch", 1, maxValues, 1)
	}
	n := t.integer("batch", 1, maxValues, 0)
	if method == "batch" && t.has("batch") {
		t.fail("batch", `a step of method "batch" takes all samples; leave the key out, or want method = "minibatch"`)
	} else if n > 1 {
		t.fail("batch", `got %d, but a step of method "online" takes 1; want method = "minibatch"`, n)
	}
	return 0
}

// order reads the order of the samples. Its default is what the method is mostly used with.
func (t *table) order(method string) string {
	if !t.has("order") {
		t.get("order")
		return map[string]string{"online": "random", "minibatch": "shuffle", "batch": "sequential"}[method]
	}
	order := t.word("order", orderNames...)
	if method == "batch" && order == "random" {
		t.fail("order", `a step of method "batch" takes each sample once; want "sequential" or "shuffle"`)
	}
	return order
}

func (t *table) targets() (targets [2]float64) {
	if !t.has("targets") {
		t.get("targets")
		return [2]float64{0, 1}
	}
	v := t.numbers("targets")
	if len(v) != 2 {
		t.fail("targets", "got %d numbers, want 2: for the other classes, for the sample's own", len(v))
		return
	}
	return [2]float64(v)
}

func (t *table) record() int {
	t.need("every", "the distance of the curve's points")
	every := t.integer("every", 1, maxSteps, 1)
	t.done()
	return every
}

// checkFit looks at what keys of different tables say together, as far as that is known before data are read.
func (d *document) checkFit(e *Experiment) {
	d.checkClasses(e.Data.Classes)
	if z, known := e.Data.size(); known {
		if _, err := e.Data.Test.count(z.train + z.test); err != nil {
			d.fail("data.test", "%v", err)
			return
		}
		for _, m := range e.misfits(z, nil) {
			d.fail(m.path, "%s", m.text)
		}
	}
	if e.DType == "float32" {
		d.checkSingle("train.rate", e.Train.Rate)
		d.checkSingle("train.targets.0", e.Train.Targets[0])
		d.checkSingle("train.targets.1", e.Train.Targets[1])
	}
}

// checkClasses looks at whether Gaussian classes can be drawn, side by side.
func (d *document) checkClasses(classes []dataset.Class) {
	for i, c := range classes {
		path := join("data.classes", itoa(i))
		if len(c.Mean) != len(classes[0].Mean) {
			d.fail(join(path, "mean"), "%d values, the first class has %d", len(c.Mean), len(classes[0].Mean))
		} else if err := c.Check(); err != nil {
			d.fail(join(path, "cov"), "%v", err)
		}
	}
}

// checkSingle reports a number that float32 cannot hold: one that becomes infinite, or zero.
func (d *document) checkSingle(path string, v float64) {
	if f := float32(v); math.IsInf(float64(f), 0) || f == 0 && v != 0 {
		d.fail(path, "%v is out of the range of float32", v)
	}
}
