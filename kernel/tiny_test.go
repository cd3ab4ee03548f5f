package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tinyNet is a network as Tiny takes it, with the operations of the reference to train it by.
type tinyNet[T Float] struct {
	inputs, hidden, outputs int
	raw                     bool
	stride1, stride2        int // of w1 and w2: larger than the layers, with sentinels between
	w1, w2, b1, b2          []T // b1 and b2 are empty without biases

	x       []T // samples of inputs values
	label   []int
	targets []T // outputs values for each label
	rate    T
}

const tinySamples = 20

// newTinyNet returns a network with samples of two kinds that overlap.
func newTinyNet[T Float](size [3]int, bias, raw bool, rnd *rand.Rand) *tinyNet[T] {
	n := &tinyNet[T]{inputs: size[0], hidden: size[1], outputs: size[2], raw: raw, rate: 0.1}
	n.stride1, n.stride2 = n.hidden+rnd.IntN(4), n.outputs+rnd.IntN(4)
	n.w1, n.w2 = padded[T](n.inputs, n.hidden, n.stride1, rnd), padded[T](n.hidden, n.outputs, n.stride2, rnd)
	if bias {
		n.b1, n.b2 = padded[T](1, n.hidden, n.hidden, rnd), padded[T](1, n.outputs, n.outputs, rnd)
	}
	for i := range tinySamples {
		n.label = append(n.label, i%n.outputs)
		for range n.inputs {
			n.x = append(n.x, T(rnd.NormFloat64()+2*float64(i%n.outputs)))
		}
	}
	for c := range n.outputs {
		for j := range n.outputs {
			n.targets = append(n.targets, T(0.01))
			if c == j {
				n.targets[len(n.targets)-1] = T(0.99)
			}
		}
	}
	return n
}

// padded returns rows of the stride given, with random numbers in the first columns. The last row ends with them.
func padded[T Float](rows, columns, stride int, rnd *rand.Rand) []T {
	m := slices.Repeat([]T{sentinel[T]()}, (rows-1)*stride+columns)
	for i := range m {
		if i%stride < columns {
			m[i] = T(rnd.NormFloat64())
		}
	}
	return m
}

// order returns so many samples, drawn at random.
func (n *tinyNet[T]) order(steps int, rnd *rand.Rand) []int {
	order := make([]int, steps)
	for i := range order {
		order[i] = rnd.IntN(tinySamples)
	}
	return order
}

// clone copies the weights.
func (n *tinyNet[T]) clone() *tinyNet[T] {
	c := *n
	c.w1, c.w2, c.b1, c.b2 = slices.Clone(n.w1), slices.Clone(n.w2), slices.Clone(n.b1), slices.Clone(n.b2)
	return &c
}

// forward returns what the layers put out, and whether one of their sums is rare, by the reference.
func (n *tinyNet[T]) forward(k *Kernel[T], sample int) (h, o []T, may, must bool) {
	h, o = make([]T, n.hidden), make([]T, n.outputs)
	k.Forward(h, n.sample(sample), dense(n.w1, n.hidden, n.stride1), n.b1, Identity)
	may, must = anyRare(h)
	k.Activate(h, h, Sigmoid)
	k.Forward(o, h, dense(n.w2, n.outputs, n.stride2), n.b2, Identity)
	may2, must2 := anyRare(o)
	k.Activate(o, o, Sigmoid)
	return h, o, may || may2, must || must2
}

func (n *tinyNet[T]) sample(i int) []T { return n.x[i*n.inputs:][:n.inputs] }

// step trains the network with one sample, one operation of the reference after the other. It returns whether a routine
// may leave the step undone, and whether it must.
func (n *tinyNet[T]) step(k *Kernel[T], sample int) (may, must bool) {
	h, o, may, must := n.forward(k, sample)
	w1, w2 := dense(n.w1, n.hidden, n.stride1), dense(n.w2, n.outputs, n.stride2)
	e, d1, d2, g := make([]T, n.outputs), make([]T, n.hidden), make([]T, n.outputs), make([]T, n.hidden)
	k.OutputError(e, n.targets[n.label[sample]*n.outputs:][:n.outputs], o)
	k.Delta(d2, e, o, Sigmoid)
	v := d2
	if n.raw {
		v = e
	}
	transposed := make([]T, len(w2))
	for i, w := range w2 {
		transposed[i%n.outputs*n.hidden+i/n.outputs] = w
	}
	k.Forward(g, v, transposed, nil, Identity)
	k.Delta(d1, g, h, Sigmoid)
	k.Update(w2, n.b2, d2, h, n.rate)
	k.Update(w1, n.b1, d1, n.sample(sample), n.rate)
	spread(n.w1, w1, n.hidden, n.stride1)
	spread(n.w2, w2, n.outputs, n.stride2)
	return may, must
}

// dense returns the first columns of rows of the stride given.
func dense[T Float](m []T, columns, stride int) []T {
	d := make([]T, 0, TinyUnits*TinyUnits)
	for i := 0; i < len(m); i += stride {
		d = append(d, m[i:i+columns]...)
	}
	return d
}

// spread is the reverse of dense.
func spread[T Float](m, d []T, columns, stride int) {
	for i := 0; i < len(m); i += stride {
		d = d[copy(m[i:i+columns], d[:columns]):]
	}
}

// rare reports whether a step may be left undone because of the sum z, and whether it must be. For float32 a row may do
// some such sums, as long as they come out right.
func rare[T Float](z T) (may, must bool) {
	if is32[T]() {
		v := math.Abs(float64(z))
		return !(v >= 0x1p-8 && v <= 64), false
	}
	return !(z > -35.9 && z < 707.9), !(z >= -36 && z <= 708) // at the ends of the range a row may do as it likes
}

func anyRare[T Float](zs []T) (may, must bool) {
	for _, z := range zs {
		a, b := rare(z)
		may, must = may || a, must || b
	}
	return may, must
}

// wrong returns what differs in the bits of two networks' weights, or "".
func (n *tinyNet[T]) wrong(want *tinyNet[T]) string {
	for _, c := range []struct {
		name      string
		got, want []T
	}{{"w1", n.w1, want.w1}, {"w2", n.w2, want.w2}, {"b1", n.b1, want.b1}, {"b2", n.b2, want.b2}} {
		if i := differ(c.got, c.want); i >= 0 {
			return fmt.Sprintf("%s[%d] is %x, want %x", c.name, i, c.got[i], c.want[i])
		}
	}
	return ""
}

// A tinyRun trains a network by a row's routine, and a copy of it by the reference.
type tinyRun[T Float] struct {
	reference *Kernel[T]
	tiny      *Tiny[T]
	net, want *tinyNet[T]
	stops     int // steps left undone by the routine
}

// train goes through the order as a caller does: what the routine leaves undone is done by the reference. It returns
// what is wrong, or "".
func (r *tinyRun[T]) train(order []int) string {
	r.load()
	for first := 0; first < len(order); {
		n := r.net
		rest := order[first:]
		done := r.tiny.Train(n.x, n.label, n.targets, n.rate, len(n.b1) > 0, n.raw, rest)
		if done < 0 || done > len(rest) {
			return fmt.Sprintf("%d of %d steps done", done, len(rest))
		}
		r.store()
		for i, sample := range rest[:done] {
			if _, must := r.want.step(r.reference, sample); must {
				return fmt.Sprintf("step %d was done, though a sum is rare", first+i)
			}
		}
		if fault := n.wrong(r.want); fault != "" {
			return fmt.Sprintf("after %d steps: %s", first+done, fault)
		}
		if first += done; first < len(order) {
			if may, _ := n.step(r.reference, order[first]); !may {
				return fmt.Sprintf("step %d was left undone, though no sum is rare", first)
			}
			r.stops++
			r.want.step(r.reference, order[first])
			r.load()
			first++
		}
	}
	return ""
}

func (r *tinyRun[T]) load() {
	n := r.net
	r.tiny.Load(n.w1, n.w2, n.stride1, n.stride2, n.b1, n.b2)
}

func (r *tinyRun[T]) store() {
	n := r.net
	r.tiny.Store(n.w1, n.w2, n.stride1, n.stride2, n.b1, n.b2)
}

// newTinyRun skips the test where the row has no routine for tiny networks.
func newTinyRun[T Float](t *testing.T, k *Kernel[T], n *tinyNet[T]) *tinyRun[T] {
	tiny := k.Tiny(n.inputs, n.hidden, n.outputs)
	if tiny == nil {
		t.Skip("this row has no routine for tiny networks")
	}
	return &tinyRun[T]{reference: mustGet[T](t, "generic"), tiny: tiny, net: n, want: n.clone()}
}

// eachTiny calls f for all sizes, with and without biases, for both rules.
func eachTiny(f func(size [3]int, bias, raw bool)) {
	for i := range TinyUnits * TinyUnits * TinyUnits {
		size := [3]int{1 + i%TinyUnits, 1 + i/TinyUnits%TinyUnits, 1 + i/TinyUnits/TinyUnits}
		for rule := range 4 {
			f(size, rule&1 != 0, rule&2 != 0)
		}
	}
}

func TestTiny(t *testing.T) { eachKernel(t, testTiny[float32], testTiny[float64]) }

func testTiny[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 60))
	stops, all := 0, 0
	eachTiny(func(size [3]int, bias, raw bool) {
		r := newTinyRun(t, k, newTinyNet[T](size, bias, raw, rnd))
		for _, steps := range []int{1, 2, 3, 5, 250} { // where an early one is wrong, the report says so
			if fault := r.train(r.net.order(steps, rnd)); fault != "" {
				t.Fatalf("%v, bias %v, raw %v: %s", size, bias, raw, fault)
			}
		}
		stops, all = stops+r.stops, all+261
	})
	if stops > all/50 {
		t.Errorf("%d of %d steps were left undone", stops, all)
	}
}

// More steps than one call of the routine does.
func TestTinyLong(t *testing.T) { eachKernel(t, testTinyLong[float32], testTinyLong[float64]) }

func testTinyLong[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 61))
	r := newTinyRun(t, k, newTinyNet[T]([3]int{2, 3, 2}, true, false, rnd))
	for _, steps := range []int{0, tinySteps - 1, tinySteps, tinySteps + 1, 3*tinySteps + 5} {
		if fault := r.train(r.net.order(steps, rnd)); fault != "" {
			t.Fatalf("%d steps: %s", steps, fault)
		}
	}
	n := r.net
	if done := r.tiny.Train(n.x, n.label, n.targets, n.rate, true, false, nil); done != 0 {
		t.Errorf("no samples: %d steps", done)
	}
	r.store()
	if fault := n.wrong(r.want); fault != "" {
		t.Errorf("no samples: %s", fault)
	}
}

// Sums that are rare, each in one unit and with one sample: the routine stops before that step.
func TestTinyRare(t *testing.T) { eachKernel(t, testTinyRare[float32], testTinyRare[float64]) }

func testTinyRare[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 62))
	inf, nan := math.Inf(1), math.NaN()
	inputs := []float64{50, -50, 1e4, -1e4, inf, -inf, nan} // with a weight of 3
	weights := []float64{-72, -80, 1416, inf, -inf, nan}    // with values about 0.5: rare for some samples
	eachTiny(func(size [3]int, bias, raw bool) {
		for unit := range size[1] + size[2] {
			n := newTinyNet[T](size, bias, raw, rnd)
			for i := range n.x {
				n.x[i] /= 8
			}
			spoilt := 1 + rnd.IntN(tinySamples-1)
			if unit < n.hidden {
				n.x[spoilt*n.inputs], n.w1[unit] = T(inputs[rnd.IntN(len(inputs))]), 3
			} else {
				n.w2[unit-n.hidden] = T(weights[rnd.IntN(len(weights))])
			}
			r := newTinyRun(t, k, n)
			order := n.order(12, rnd)
			order[rnd.IntN(len(order))] = spoilt
			if fault := r.train(order); fault != "" {
				t.Fatalf("%v, bias %v, raw %v, unit %d: %s", size, bias, raw, unit, fault)
			}
		}
	})
}

// Rates so large that weights overflow. What the routine does of such steps must come out right.
func TestTinyOverflow(t *testing.T) {
	eachKernel(t, testTinyOverflow[float32], testTinyOverflow[float64])
}

func testTinyOverflow[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 63))
	eachTiny(func(size [3]int, bias, raw bool) {
		n := newTinyNet[T](size, bias, raw, rnd)
		n.rate = []T{30, 1e5, largest[T]() / 4, largest[T](), -1, 0, smallest[T](), T(math.NaN())}[rnd.IntN(8)]
		if rnd.IntN(2) == 0 {
			i := rnd.IntN(len(n.w2))
			n.w2[i] = n.w2[i] * largest[T]() / 8 // overflows in the error sent back
			n.w1[rnd.IntN(len(n.w1))] *= -100
		}
		r := newTinyRun(t, k, n)
		if fault := r.train(n.order(30, rnd)); fault != "" {
			t.Fatalf("%v, bias %v, raw %v, rate %g: %s", size, bias, raw, n.rate, fault)
		}
	})
}

// Weights next to zero: halves, signed zeros and subnormals take part, and float32 sums that are hard to round.
func TestTinySmall(t *testing.T) { eachKernel(t, testTinySmall[float32], testTinySmall[float64]) }

func testTinySmall[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 64))
	var hard []T
	for _, c := range readHard(t) {
		if c.name == "sigmoid" && math.Abs(float64(c.x)) < 0x1p-8 {
			hard = append(hard, T(c.x))
		}
	}
	list := specials[T]()[:5]
	eachTiny(func(size [3]int, bias, raw bool) {
		n := newTinyNet[T](size, bias, raw, rnd)
		for i := range n.x {
			n.x[i] = list[rnd.IntN(len(list))] * T(1-2*rnd.IntN(2))
			if i%n.inputs == 0 {
				n.x[i] = 1
			}
		}
		for i := range n.w1 {
			if i%n.stride1 < n.hidden {
				n.w1[i] = hard[rnd.IntN(len(hard))]
			}
		}
		for i := range n.b1 {
			n.b1[i] = T(math.Copysign(0, -1))
		}
		r := newTinyRun(t, k, n)
		if fault := r.train(n.order(8, rnd)); fault != "" {
			t.Fatalf("%v, bias %v, raw %v: %s", size, bias, raw, fault)
		}
	})
}

// What is loaded is stored again, between other things that stay, and nothing else is touched.
func TestTinyRoundTrip(t *testing.T) {
	eachKernel(t, testTinyRoundTrip[float32], testTinyRoundTrip[float64])
}

func testTinyRoundTrip[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 65))
	eachTiny(func(size [3]int, bias, raw bool) {
		n := newTinyNet[T](size, bias, raw, rnd)
		r := newTinyRun(t, k, n)
		r.load()
		for _, v := range [][]T{n.w1, n.w2, n.b1, n.b2} {
			for i := range v {
				v[i] = 7
			}
		}
		for name, m := range map[string]struct {
			m, want         []T
			columns, stride int
		}{"w1": {n.w1, r.want.w1, n.hidden, n.stride1}, "w2": {n.w2, r.want.w2, n.outputs, n.stride2},
			"b1": {n.b1, r.want.b1, n.hidden, n.hidden}, "b2": {n.b2, r.want.b2, n.outputs, n.outputs}} {
			r.store()
			for i, v := range m.m {
				want := T(7)
				if i%m.stride < m.columns {
					want = m.want[i]
				}
				if !same(v, want) {
					t.Fatalf("%v: %s[%d] is %x, want %x", size, name, i, v, want)
				}
			}
		}
	})
}

// Inputs stay as they are, and no step allocates.
func TestTinyInputs(t *testing.T) { eachKernel(t, testTinyInputs[float32], testTinyInputs[float64]) }

func testTinyInputs[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 66))
	n := newTinyNet[T]([3]int{3, 2, 3}, true, true, rnd)
	r := newTinyRun(t, k, n)
	order := n.order(50, rnd)
	x, label, targets, samples := slices.Clone(n.x), slices.Clone(n.label), slices.Clone(n.targets), slices.Clone(order)
	if allocated := testing.AllocsPerRun(5, func() {
		r.load()
		r.tiny.Train(n.x, n.label, n.targets, n.rate, true, true, order)
		r.store()
	}); allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
	if differ(n.x, x) >= 0 || differ(n.targets, targets) >= 0 || !slices.Equal(n.label, label) || !slices.Equal(order, samples) {
		t.Error("an input has changed")
	}
}

// Sizes that do not fit give no network, for any row.
func TestTinySizes(t *testing.T) { eachKernel(t, testTinySizes[float32], testTinySizes[float64]) }

func testTinySizes[T Float](t *testing.T, k *Kernel[T]) {
	for _, s := range [][3]int{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}, {5, 1, 1}, {1, 5, 1}, {1, 1, 5}, {4, 4, math.MaxInt32}} {
		if k.Tiny(s[0], s[1], s[2]) != nil {
			t.Errorf("Tiny takes %v", s)
		}
	}
}

// TestTinyPanics: what would lead the routine out of its operands is refused at the door.
func TestTinyPanics(t *testing.T) {
	eachKernel(t, tinyPanics[float32], tinyPanics[float64])
}

func tinyPanics[T Float](t *testing.T, k *Kernel[T]) {
	n := k.Tiny(2, 3, 2)
	if n == nil {
		t.Skip("this row has no routine for tiny networks")
	}
	x, label, targets := make([]T, 4), []int{0, 1}, make([]T, 4)
	w1, w2, b1, b2 := make([]T, 6), make([]T, 6), make([]T, 3), make([]T, 2)
	train := func(x []T, label []int, targets []T, order ...int) func() {
		return func() { n.Train(x, label, targets, 0.1, false, false, order) }
	}
	load := func(w1, w2 []T, stride1, stride2 int, b1, b2 []T) func() {
		return func() { n.Load(w1, w2, stride1, stride2, b1, b2) }
	}
	load(w1, w2, 3, 2, b1, b2)()
	train(x, label, targets, 0, 1)()
	for _, try := range []struct {
		name string
		do   func()
		want string
	}{
		{"sample", train(x, label, targets, 2), badSample},
		{"negative sample", train(x, label, targets, -1), badSample},
		{"label", train(x, []int{0, 2}, targets, 1), badSample},
		{"negative label", train(x, []int{0, -1}, targets, 1), badSample},
		{"short x", train(x[:3], label, targets, 0), badLength},
		{"short targets", train(x, label, targets[:3], 0), badLength},
		{"short w1", load(w1[:5], w2, 3, 2, b1, b2), badWeights},
		{"short w2", load(w1, w2[:5], 3, 2, b1, b2), badWeights},
		{"stride1", load(w1, w2, 2, 2, b1, b2), badWeights},
		{"stride2", load(w1, w2, 3, 1, b1, b2), badWeights},
		{"short b1", load(w1, w2, 3, 2, b1[:2], b2), badBias},
		{"short b2", load(w1, w2, 3, 2, b1, b2[:1]), badBias},
	} {
		func() {
			defer func() {
				if got := recover(); got != try.want {
					t.Errorf("%s: got %v, want %s", try.name, got, try.want)
				}
			}()
			try.do()
		}()
	}
}

// TestTinyRecovers: after weights that were not finite, Load leaves nothing of them behind.
func TestTinyRecovers(t *testing.T) {
	eachKernel(t, tinyRecovers[float32], tinyRecovers[float64])
}

func tinyRecovers[T Float](t *testing.T, k *Kernel[T]) {
	n := k.Tiny(2, 3, 2)
	if n == nil {
		t.Skip("this row has no routine for tiny networks")
	}
	x, label, targets := []T{1, 2, 3, 4}, []int{0, 1}, []T{1, 0, 0, 1}
	order := []int{0, 1, 0, 1, 0, 1, 0, 1}
	w1, w2 := []T{1, 2, 3, 4, 5, 6}, []T{1, -2, 3, -4, 5, -6}
	n.Load(w1, w2, 3, 2, nil, nil)
	n.Train(x, label, targets, T(math.Inf(1)), true, false, order)
	n.Load(w1, w2, 3, 2, nil, nil)
	if done := n.Train(x, label, targets, 0.1, false, false, order); done != len(order) {
		t.Errorf("%d steps done of %d", done, len(order))
	}
}
