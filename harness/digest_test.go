package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// TestDigestForm writes the canonical form out by hand.
func TestDigestForm(t *testing.T) {
	text := `seed 7
dtype float64
data.source gaussians
data.class 6 0x0p+00 0x0p+00
data.class.cov 0x1p+00 0x1p-01
data.class.cov 0x1p-01 0x1p+00
data.class 4 0x1.8p+01 0x1.8p+01
data.class.cov 0x1p+00 0x0p+00
data.class.cov 0x0p+00 0x1p+00
model.layers [2 3 2]
model.activation sigmoid
model.activation sigmoid
model.bias true
model.init normal
train.method online
train.steps 20
train.order random
train.rate 0x1p-01
train.rule gradient
train.targets 0x1.47ae147ae147bp-07 0x1.fae147ae147aep-01
record.steps 5
`
	sum := sha256.Sum256([]byte(text))
	if got, want := parse(t, tiny).Digest(), "sha256:"+hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got %s, want %s, of the form\n%s", got, want, parse(t, tiny).canonical())
	}
}

// TestDigestIgnores: layout, order, notation and name do not count.
func TestDigestIgnores(t *testing.T) {
	want := parse(t, tiny).Digest()
	other := `# the same in other words
record = {every = 0x5}
seed = +7
name = 'another-name.2'
dtype = """float64"""

[train]
"steps"=2_0
rate = 5e-1
targets = [
  1e-2, # low
  0.990, # high
]
rule = 'gradient'

[model]
layers = [2,3,2]
activation = ["sigmoid", "sigmoid"]
bias = true

[data]
source = 'gaussians'
[[data.classes]]
cov = [[1.0, 0.5], [0.5, 1.0]]
mean = [0.0, 0]
n = 6
[[data.classes]]
mean = [3, 3.0]
cov = [[1, 0], [0, 1]]
n = 4
`
	if got := parse(t, other).Digest(); got != want {
		t.Errorf("got %s, want %s, of the form\n%s", got, want, parse(t, other).canonical())
	}
	for _, change := range []string{"name=x", "train.batch=1", "train.method=online"} {
		if got := parse(t, tiny, change).Digest(); got != want {
			t.Errorf("-S %s changes the digest", change)
		}
	}
	if got := parse(t, edited(t, "steps = 20", "epochs = 2"), "record.every=1").Digest(); got != parse(t, tiny, "record.every=10").Digest() {
		t.Error("2 epochs of 10 samples have another digest than 20 steps")
	}
	if got := parse(t, edited(t, "steps = 20", "epochs = 2"), "record.every=3").Digest(); got != parse(t, tiny, "record.every=20").Digest() {
		t.Error("points farther apart than the training is long have another digest than one at its end")
	}
}

// TestDigestDepends on everything else.
func TestDigestDepends(t *testing.T) {
	seen := map[string]string{parse(t, tiny).Digest(): "tiny"}
	for _, change := range []string{
		"seed=8", "dtype=float32",
		"data.classes.0.n=7", "data.classes.1.n=5", "data.classes.0.mean.0=1", "data.classes.0.mean.1=1", "data.classes.1.mean.0=1",
		"data.classes.0.mean.0=5e-324", "data.classes.0.mean.0=-0.0",
		"data.classes.0.cov.0.0=2", "data.classes.0.cov=[[1, 0.25], [0.25, 1]]", "data.classes.1.cov.1.1=1.0000000000000002",
		"data.classes=[{n = 4, mean = [3, 3], cov = [[1, 0], [0, 1]]}, {n = 6, mean = [0, 0], cov = [[1, 0.5], [0.5, 1]]}]",
		"model.layers=[2, 4, 2]", "model.layers=[2, 2]", "model.layers=[2, 3, 3, 2]",
		"model.activation=tanh", "model.activation=['sigmoid', 'tanh']", "model.activation=['tanh', 'sigmoid']",
		"model.bias=false",
		"train.steps=21", "train.order=shuffle", "train.order=sequential", "train.rate=0.5000000000000001", "train.rule=notebook",
		"train.targets=[0.99, 0.01]", "train.targets=[0.01, 1]", "record.every=4",
	} {
		d := parse(t, tiny, change).Digest()
		if other, again := seen[d]; again {
			t.Errorf("-S %s has the digest of %s", change, other)
		}
		seen[d] = change
	}
}
