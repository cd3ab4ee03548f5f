package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// A lanesNet is one lane's network, trained alone by the contract's table.
type lanesNet[T Float] struct {
	units []int
	acts  []Activation
	w, b  [][]T // of each layer; the biases are empty in a network without
	x     []T   // samples
	label []int

	loss    float64 // what Score has come to
	correct int
}

func (n *lanesNet[T]) clone() *lanesNet[T] {
	c := *n
	c.w, c.b = cloneAll(n.w), cloneAll(n.b)
	return &c
}

// forward returns the inputs and what each layer puts out.
func (n *lanesNet[T]) forward(k *Kernel[T], x []T) [][]T {
	y := [][]T{x}
	for i, w := range n.w {
		z := make([]T, n.units[i+1])
		wantForward(z, y[i], w, n.b[i], Identity)
		k.Activate(z, z, n.acts[i])
		y = append(y, z)
	}
	return y
}

// outputErrors returns what the outputs y lack to the targets of a label.
func outputErrors[T Float](y []T, label int, high, low T) []T {
	e, targets := make([]T, len(y)), slices.Repeat([]T{low}, len(y))
	targets[label] = high
	wantOutputError(e, targets, y)
	return e
}

// step trains with one sample. k is the reference.
func (n *lanesNet[T]) step(k *Kernel[T], x []T, label int, high, low, rate T, raw bool) {
	y := n.forward(k, x)
	top := len(n.w)
	e := outputErrors(y[top], label, high, low)
	for i := top - 1; i >= 0; i-- {
		d := make([]T, len(e))
		wantDelta(d, e, y[i+1], n.acts[i])
		v := d
		if raw {
			v = e
		}
		back := make([]T, len(y[i]))
		for a := range back {
			for j := range v {
				back[a] = oracleFMA(n.w[i][a*len(v)+j], v[j], back[a])
			}
		}
		wantUpdate(n.w[i], n.b[i], d, y[i], rate)
		e = back
	}
}

// score adds a sample to the sums.
func (n *lanesNet[T]) score(k *Kernel[T], x []T, label int, high, low T) {
	y := n.forward(k, x)
	out := y[len(n.w)]
	var l T
	for _, e := range outputErrors(out, label, high, low) {
		l = oracleFMA(e, e, l)
	}
	n.loss += float64(l)
	best := 0
	for j := range out {
		if out[j] > out[best] {
			best = j
		}
	}
	if best == label {
		n.correct++
	}
}

func (n *lanesNet[T]) sample(i int) []T { return n.x[i*n.units[0]:][:n.units[0]] }

// finite reports whether all weights and biases are.
func (n *lanesNet[T]) finite() bool {
	for i := range n.w {
		if !Finite(n.w[i]) || !Finite(n.b[i]) {
			return false
		}
	}
	return true
}

// A lanesCall is one call of Train, with an order of so many steps in each lane, or of Score.
type lanesCall struct {
	steps           int
	score           bool
	from, to        int
	high, low, rate float64
	raw             bool
}

// A lanesScript is what all lanes go through: calls, each after the other. What differs by lane is drawn.
type lanesScript[T Float] struct {
	name    string // of what is below, but for spoilt and spoil
	units   []int
	acts    []Activation
	bias    bool
	samples int // at least
	calls   []lanesCall
	alter   func(n *lanesNet[T], order [][]int, rnd *rand.Rand) // changes what was drawn; may be nil

	spoilt int                                 // a lane, or -1
	how    string                              // spoil's name
	spoil  func(n *lanesNet[T], order [][]int) // makes that lane another
}

// A lanesStory is one lane's part.
type lanesStory[T Float] struct {
	start *lanesNet[T]
	order [][]int        // for each call
	after []*lanesNet[T] // each call
}

// lanesStories remembers what oracles have come to: rows have the same networks.
var lanesStories = map[string]any{}

// lanesNets is how many networks there are. Lanes that many apart have the same one: no vector has that many.
const lanesNets = 17

func reference[T Float]() *Kernel[T] {
	k, err := Get[T]("generic")
	if err != nil {
		panic(err)
	}
	return k
}

// story returns a lane's part.
func (s *lanesScript[T]) story(lane int) *lanesStory[T] {
	key := fmt.Sprintf("%T %s, network %d", T(0), s.name, lane%lanesNets)
	if lane == s.spoilt {
		key += " " + s.how
	}
	if known, ok := lanesStories[key]; ok {
		return known.(*lanesStory[T])
	}
	rnd := rand.New(rand.NewPCG(104729, uint64(lane%lanesNets)))
	n := &lanesNet[T]{units: s.units, acts: s.acts, loss: rnd.Float64(), correct: rnd.IntN(100)}
	in, out := s.units[0], s.units[len(s.units)-1]
	for i := range s.acts {
		w, b := make([]T, s.units[i]*s.units[i+1]), make([]T, 0)
		for j := range w {
			w[j] = T(rnd.NormFloat64() / math.Sqrt(float64(s.units[i])))
		}
		if s.bias {
			b = make([]T, s.units[i+1])
			for j := range b {
				b[j] = T(rnd.NormFloat64() / 4)
			}
		}
		n.w, n.b = append(n.w, w), append(n.b, b)
	}
	for i := range s.samples + lane%lanesNets%3 { // not as many in each lane
		n.label = append(n.label, (i+lane%lanesNets)%out)
		for range in {
			n.x = append(n.x, T(rnd.NormFloat64()+float64(n.label[i])/float64(out)))
		}
	}
	story := &lanesStory[T]{start: n}
	for _, c := range s.calls {
		order := make([]int, c.steps)
		for i := range order {
			order[i] = rnd.IntN(len(n.label))
		}
		story.order = append(story.order, order)
	}
	if s.alter != nil {
		s.alter(n, story.order, rnd)
	}
	if lane == s.spoilt {
		s.spoil(n, story.order)
	}
	story.after = s.play(reference[T](), n, story.order)
	lanesStories[key] = story
	return story
}

// play takes one network through all calls, alone.
func (s *lanesScript[T]) play(k *Kernel[T], n *lanesNet[T], order [][]int) (after []*lanesNet[T]) {
	for i, c := range s.calls {
		n = n.clone()
		for _, sample := range order[i] {
			n.step(k, n.sample(sample), n.label[sample], T(c.high), T(c.low), T(c.rate), c.raw)
		}
		if c.score {
			for sample := c.from; sample < c.to; sample++ {
				n.score(k, n.sample(sample), n.label[sample], T(c.high), T(c.low))
			}
		}
		after = append(after, n)
	}
	return after
}

// lanes returns room for the networks on a row.
func (s *lanesScript[T]) lanes(k *Kernel[T]) *Lanes[T] { return k.NewLanes(s.units, s.acts, s.bias) }

// run plays the script in all lanes of l, and holds each after each call to what it is alone. It returns what is wrong,
// or "".
func (s *lanesScript[T]) run(k *Kernel[T], l *Lanes[T]) string {
	stories := make([]*lanesStory[T], k.Lanes())
	x, label := make([][]T, k.Lanes()), make([][]int, k.Lanes())
	loss, correct := make([]float64, k.Lanes()), make([]int, k.Lanes())
	for lane := range stories {
		n := s.story(lane)
		stories[lane] = n
		x[lane], label[lane] = slices.Clone(n.start.x), slices.Clone(n.start.label)
		loss[lane], correct[lane] = n.start.loss, n.start.correct
		n.start.load(l, lane)
		l.Data(lane, x[lane], label[lane])
	}
	for i, c := range s.calls {
		if c.score {
			l.Score(loss, correct, c.from, c.to, T(c.high), T(c.low))
		} else {
			order := make([][]int, len(stories))
			for lane, n := range stories {
				order[lane] = slices.Clone(n.order[i])
			}
			l.Train(order, T(c.high), T(c.low), T(c.rate), c.raw)
			for lane, n := range stories {
				if !slices.Equal(order[lane], n.order[i]) {
					return fmt.Sprintf("call %d, lane %d of %d: the order has changed", i, lane, len(stories))
				}
			}
		}
		for lane, n := range stories {
			want := n.after[i]
			fault := want.wrong(l, lane)
			switch {
			case fault != "":
			case !same(loss[lane], want.loss):
				fault = fmt.Sprintf("the loss is %x, want %x", loss[lane], want.loss)
			case correct[lane] != want.correct:
				fault = fmt.Sprintf("%d right, want %d", correct[lane], want.correct)
			case differ(x[lane], want.x) >= 0 || !slices.Equal(label[lane], want.label):
				fault = "the samples have changed"
			case l.Finite(lane) != want.finite():
				fault = fmt.Sprintf("finite: %t", l.Finite(lane))
			}
			if fault != "" {
				return fmt.Sprintf("%s%s, call %d %+v, lane %d of %d: %s", s.name, s.how, i, c, lane, len(stories), fault)
			}
		}
	}
	return ""
}

// load loads the network, from rows that are longer than they need be.
func (n *lanesNet[T]) load(l *Lanes[T], lane int) {
	for i, w := range n.w {
		out := n.units[i+1]
		stride := out + lane%3
		b := append(slices.Clone(n.b[i]), sentinel[T]())
		l.Load(lane, i, spreadRows(w, out, stride), stride, b)
	}
}

// spreadRows returns rows of the stride given, with sentinels between what they hold. The last ends with that.
func spreadRows[T Float](m []T, columns, stride int) []T {
	rows := len(m) / columns
	s := slices.Repeat([]T{sentinel[T]()}, (rows-1)*stride+columns)
	for i := range rows {
		copy(s[i*stride:], m[i*columns:][:columns])
	}
	return s
}

// wrong returns what differs in a lane from the network, or "".
func (n *lanesNet[T]) wrong(l *Lanes[T], lane int) string {
	for i, w := range n.w {
		out := n.units[i+1]
		stride := out + (lane+1)%3
		got, b := spreadRows(make([]T, len(w)), out, stride), make([]T, len(n.b[i]))
		b = append(b, sentinel[T]())
		l.Store(lane, i, got, stride, b)
		want, biases := spreadRows(w, out, stride), append(slices.Clone(n.b[i]), sentinel[T]())
		if at := differ(got, want); at >= 0 {
			return fmt.Sprintf("layer %d: weight %d of input %d is %x, want %x", i, at%stride, at/stride, got[at], want[at])
		}
		if at := differ(b, biases); at >= 0 {
			return fmt.Sprintf("layer %d: bias %d is %x, want %x", i, at, b[at], biases[at])
		}
	}
	return ""
}

// eachLanes is eachKernel with one more row.
func eachLanes(t *testing.T, f32 func(*testing.T, *Kernel[float32]), f64 func(*testing.T, *Kernel[float64])) {
	t.Helper()
	eachKernel(t, f32, f64)
	t.Run("impl=alone/type=float32", func(t *testing.T) { f32(t, lanesAlone[float32](t)) })
	t.Run("impl=alone/type=float64", func(t *testing.T) { f64(t, lanesAlone[float64](t)) })
}

// lanesAlone is a row whose routines take each lane alone, by the oracle. It holds Lanes to what it tells assembly, and
// to blocks that are left undone: each third.
func lanesAlone[T Float](t testing.TB) *Kernel[T] {
	const lanes = 5
	reference := reference[T]()
	k := *reference
	each := func(s *lanesState[T], x *T, n int, do func(net *lanesNet[T], lane int, x []T, label int)) int {
		layers := unsafe.Slice(s.layers, s.count)
		in := layers[0].in
		size := (in + 1) * lanes
		if n < 1 {
			t.Fatalf("%d blocks in one call", n)
		}
		done := min(n, 2)
		for i := range done {
			block := unsafe.Slice(place(x, i*size), size)
			for lane := range lanes {
				sample := make([]T, in)
				for a := range sample {
					sample[a] = block[a*lanes+lane]
				}
				do(lanesGather(layers, lanes, lane), lane, sample, int(block[in*lanes+lane]))
			}
		}
		return done
	}
	k.lanes = &lanesRoutines[T]{
		lanes: lanes,
		train: func(s *lanesState[T], x *T, n int) int {
			return each(s, x, n, func(net *lanesNet[T], lane int, x []T, label int) {
				net.step(reference, x, label, s.high, s.low, s.rate, s.raw != 0)
				net.scatter(unsafe.Slice(s.layers, s.count), lanes, lane)
			})
		},
		score: func(s *lanesState[T], x *T, n int) int {
			return each(s, x, n, func(net *lanesNet[T], lane int, x []T, label int) {
				net.loss = *place(s.loss, lane)
				net.score(reference, x, label, s.high, s.low)
				*place(s.loss, lane) = net.loss
				*place(s.correct, lane) += T(net.correct)
			})
		},
	}
	return &k
}

// place returns the address of p[i].
func place[T any](p *T, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), i*int(unsafe.Sizeof(*p))))
}

// lanesGather returns a lane's network.
func lanesGather[T Float](layers []lanesLayer[T], lanes, lane int) *lanesNet[T] {
	n := &lanesNet[T]{units: []int{layers[0].in}}
	column := func(p *T, rows int) (c []T) {
		for i := range rows {
			c = append(c, *place(p, i*lanes+lane))
		}
		return c
	}
	for _, c := range layers {
		n.units = append(n.units, c.out)
		n.acts = append(n.acts, Activation(c.activation))
		n.w = append(n.w, column(c.w, c.in*c.out))
		n.b = append(n.b, nil)
		if c.b != nil {
			n.b[len(n.b)-1] = column(c.b, c.out)
		}
	}
	return n
}

// scatter is the reverse of lanesGather.
func (n *lanesNet[T]) scatter(layers []lanesLayer[T], lanes, lane int) {
	for i, c := range layers {
		for j, v := range n.w[i] {
			*place(c.w, j*lanes+lane) = v
		}
		for j, v := range n.b[i] {
			*place(c.b, j*lanes+lane) = v
		}
	}
}

// lanesShapes are the units of each layer.
var lanesShapes = [][]int{
	{1, 1}, {2, 2}, {1, 1, 1}, {2, 2, 2}, {3, 5, 4}, {4, 7, 3}, {2, 8, 8, 3}, {5, 1, 6, 2}, {17, 9, 10}, {3, 4, 2, 5, 3, 2},
}

// lanesActivations returns the lists of activations to try in a network of so many layers: all alike, and mixed.
func lanesActivations(layers, shift int) (lists [][]Activation) {
	mixed := make([]Activation, layers)
	for i := range mixed {
		mixed[i] = Activation((3*i + shift) % len(activationNames))
	}
	for act := range activationNames {
		lists = append(lists, slices.Repeat([]Activation{Activation(act)}, layers))
	}
	if layers > 1 {
		lists = append(lists, mixed)
	}
	return lists
}

// eachLanesScript calls f for all shapes and activations, with and without biases, with either rule first. No sum there
// is rare.
func eachLanesScript[T Float](f func(s *lanesScript[T])) {
	for i, units := range lanesShapes {
		for _, acts := range lanesActivations(len(units)-1, i) {
			for rule := range 4 {
				bias, raw := rule&1 != 0, rule&2 != 0
				steps := 13
				if acts[0] == Sigmoid && rule == 0 {
					steps = 67
				}
				f(&lanesScript[T]{
					name:    fmt.Sprintf("%v %v, bias %v, raw %v", units, acts, bias, raw),
					units:   units,
					acts:    acts,
					bias:    bias,
					samples: 20,
					spoilt:  -1,
					calls: []lanesCall{
						{steps: 0, rate: 1},
						{steps: 1, high: 0.99, low: 0.01, rate: 0.02, raw: raw},
						{steps: 2, high: 0.9, low: -0.1, rate: 0.01, raw: !raw},
						{score: true, from: 0, to: 20, high: 0.99, low: 0.01},
						{steps: steps, high: 0.99, low: 0.01, rate: 0.02, raw: raw},
						{score: true, from: 3, to: 11, high: 1, low: -1},
					},
				})
			}
		}
	}
}

// What every lane trains, and how it scores, is what its network comes to alone.
func TestLanes(t *testing.T) {
	withoutGoroutines(t)
	eachLanes(t, testLanes[float32], testLanes[float64])
}

func testLanes[T Float](t *testing.T, k *Kernel[T]) {
	eachLanesScript(func(s *lanesScript[T]) {
		if fault := s.run(k, s.lanes(k)); fault != "" {
			t.Error(fault)
		}
		for lane := range min(k.Lanes(), lanesNets) {
			if n := s.story(lane).after; !n[len(n)-1].finite() {
				t.Fatalf("%s, lane %d: what should be ordinary is not finite", s.name, lane)
			}
		}
	})
}

// Many steps, over several blocks of samples, and more samples than one part of Score holds.
func TestLanesLong(t *testing.T) {
	withoutGoroutines(t)
	eachLanes(t, testLanesLong[float32], testLanesLong[float64])
}

func testLanesLong[T Float](t *testing.T, k *Kernel[T]) {
	for i, units := range [][]int{{1, 1}, {2, 2, 2}, {3, 5, 4}} {
		s := &lanesScript[T]{
			name: fmt.Sprint("long ", units), units: units, acts: slices.Repeat([]Activation{Sigmoid}, len(units)-1),
			bias: i == 2, samples: 2100, spoilt: -1,
			calls: []lanesCall{
				{steps: 1000, high: 0.99, low: 0.01, rate: 0.1, raw: i == 1},
				{score: true, from: 0, to: 2100, high: 0.99, low: 0.01},
				{score: true, from: 2000, to: 2001, high: 0.99, low: 0.01},
				{score: true, from: 2100, to: 2100, high: 0.99, low: 0.01},
				{steps: 300, high: 0.9, low: 0.1, rate: -0.01},
			},
		}
		if fault := s.run(k, s.lanes(k)); fault != "" {
			t.Error(fault)
		}
	}
}

// What is rare in one lane: weights and inputs that drive sums beyond the middle of the recipe's range, overflow, or are
// no numbers. The other lanes are as they are without.
func TestLanesRare(t *testing.T) {
	withoutGoroutines(t)
	eachLanes(t, testLanesRare[float32], testLanesRare[float64])
}

func testLanesRare[T Float](t *testing.T, k *Kernel[T]) {
	inf, nan := math.Inf(1), math.NaN()
	values := []float64{-40, 40, -90, -800, 800, 1e30, -1e30, inf, -inf, nan}
	rnd := rand.New(rand.NewPCG(104729, 71))
	for i, units := range lanesShapes {
		layers := len(units) - 1
		for j, acts := range lanesActivations(layers, i) {
			s := &lanesScript[T]{
				name: fmt.Sprintf("rare %v %v", units, acts), units: units, acts: acts, bias: (i+j)%2 == 0, samples: 20,
				calls: []lanesCall{
					{steps: 5, high: 0.99, low: 0.01, rate: 0.02, raw: j%2 == 0},
					{score: true, from: 1, to: 19, high: 0.99, low: 0.01},
					{steps: 9, high: 0.99, low: 0.01, rate: 0.02, raw: j%2 == 0},
				},
			}
			for _, lane := range []int{0, 1, k.Lanes() / 2, k.Lanes() - 1} {
				v, where := values[rnd.IntN(len(values))], rnd.IntN(layers+1)
				s.spoilt, s.how = lane, fmt.Sprintf(", lane %d with %g in place %d", lane, v, where)
				s.spoil = func(n *lanesNet[T], order [][]int) {
					if where == layers { // in one sample, early in the second part of the training
						n.x[0] = T(v)
						order[2][2] = 0
						return
					}
					n.w[where][len(n.w[where])-1] = T(v)
				}
				if fault := s.run(k, s.lanes(k)); fault != "" {
					t.Error(fault)
				}
			}
		}
	}
}

// Whatever the shape, the numbers and the calls: a lane has what its network has alone. The numbers are ordinary in all
// lanes, or of another kind in all or in one of them.
func TestLanesProperty(t *testing.T) {
	eachLanes(t, testLanesProperty[float32], testLanesProperty[float64])
}

func testLanesProperty[T Float](t *testing.T, k *Kernel[T]) {
	list := kinds[T]()
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOfN(rapid.IntRange(1, 6), 2, 4).Draw(t, "units")
		act := rapid.Map(rapid.IntRange(0, len(activationNames)-1), func(i int) Activation { return Activation(i) })
		acts := rapid.SliceOfN(act, len(units)-1, len(units)-1).Draw(t, "activations")
		bias, raw := rapid.Bool().Draw(t, "bias"), rapid.Bool().Draw(t, "raw")
		kind := list[rapid.IntRange(0, len(list)-1).Draw(t, "kind")]
		everywhere := rapid.Bool().Draw(t, "everywhere")
		rate := rapid.SampledFrom([]float64{0.02, 0.02, 0.02, 0.5, 1, -1, 0, 1e5, math.Inf(1)}).Draw(t, "rate")
		steps := rapid.IntRange(0, 9).Draw(t, "steps")
		seed := rapid.Uint64().Draw(t, "seed")
		fill := func(n *lanesNet[T], rnd *rand.Rand) {
			for _, v := range append(append([][]T{n.x}, n.w...), n.b...) {
				for i := range v {
					v[i] = kind.draw(rnd)
				}
			}
		}
		s := &lanesScript[T]{
			name:  fmt.Sprintf("%v %v, bias %v, raw %v, %s %t, rate %g, %d", units, acts, bias, raw, kind.name, everywhere, rate, seed),
			units: units, acts: acts, bias: bias, samples: 6,
			calls: []lanesCall{
				{steps: steps, high: 0.99, low: 0.01, rate: rate, raw: raw},
				{score: true, from: 1, to: 6, high: 1, low: 0},
				{steps: 1, high: 1, low: 0, rate: 0.1, raw: !raw},
			},
			spoilt: -1,
			alter: func(n *lanesNet[T], _ [][]int, rnd *rand.Rand) {
				if everywhere {
					fill(n, rnd)
				}
			},
		}
		if !everywhere {
			s.spoilt, s.how = int(seed%uint64(k.Lanes())), ", spoilt"
			s.spoil = func(n *lanesNet[T], _ [][]int) { fill(n, rand.New(rand.NewPCG(seed, 72))) }
		}
		if fault := s.run(k, s.lanes(k)); fault != "" {
			t.Fatal(fault)
		}
	})
}

// Zeros of both signs, as weights, biases and inputs, and what little moves them.
func TestLanesZeros(t *testing.T) {
	withoutGoroutines(t)
	eachLanes(t, testLanesZeros[float32], testLanesZeros[float64])
}

func testLanesZeros[T Float](t *testing.T, k *Kernel[T]) {
	minus := T(math.Copysign(0, -1))
	zeros := func(v []T, rnd *rand.Rand, others ...T) {
		list := append(others, 0, minus, minus)
		for i := range v {
			v[i] = list[rnd.IntN(len(list))]
		}
	}
	for i, units := range lanesShapes {
		for j, acts := range lanesActivations(len(units)-1, i) {
			for _, rate := range []float64{0.1, -0.1, 0} {
				raw := (i+j)%3 == 0
				s := &lanesScript[T]{
					name: fmt.Sprintf("zeros %v %v, rate %g", units, acts, rate), units: units, acts: acts, bias: (i+j)%2 == 0,
					samples: 8, spoilt: -1,
					calls: []lanesCall{
						{steps: 1, high: 0.99, low: 0.01, rate: rate, raw: raw},
						{steps: 1, high: 0, low: math.Copysign(0, -1), rate: rate, raw: raw},
						{steps: 3, high: 1, low: 0, rate: rate, raw: raw},
					},
					alter: func(n *lanesNet[T], _ [][]int, rnd *rand.Rand) {
						zeros(n.x, rnd, 1, -1, smallest[T](), -smallest[T]())
						for i := range n.w {
							zeros(n.w[i], rnd, smallest[T]())
							zeros(n.b[i], rnd)
						}
					},
				}
				if fault := s.run(k, s.lanes(k)); fault != "" {
					t.Error(fault)
				}
			}
		}
	}
}

// Sums and moves whose float64 value lies half-way between two float32 but for what it has lost: they are rounded once.
func TestLanesTwiceRounded(t *testing.T) {
	eachLanes(t, testLanesTwiceRounded[float32], testLanesTwiceRounded[float64])
}

func testLanesTwiceRounded[T Float](t *testing.T, k *Kernel[T]) {
	const a, b, c = 0x1.e05p+0, 0x1.7f2p+0, 0x1p-67 // a*b + c
	for _, units := range [][]int{{1, 1}, {2, 3}} {
		s := &lanesScript[T]{
			name: fmt.Sprint("twice rounded ", units), units: units, acts: []Activation{Identity}, bias: true, samples: 1, spoilt: -1,
			calls: []lanesCall{{steps: 1, high: b, low: b, rate: a}, {steps: 1, high: 0, low: 0, rate: 1}},
			alter: func(n *lanesNet[T], _ [][]int, rnd *rand.Rand) {
				sign := T(1 - 2*rnd.IntN(2))
				for j := range n.x {
					n.x[j] = 1
				}
				for j := range n.w[0] {
					n.w[0][j] = sign * c
				}
				for j := range n.b[0] {
					n.b[0][j] = sign * c
				}
				if rnd.IntN(2) == 0 { // the sum, which shows in the move
					n.w[0][0] = a
					for j := range n.x {
						n.x[j] = b
					}
				}
			},
		}
		if fault := s.run(k, s.lanes(k)); fault != "" {
			t.Error(fault)
		}
	}
}

// The activations in each lane, where they change their ways: the sums are what the test likes, and the outputs turn up
// as weights.
func TestLanesActivations(t *testing.T) {
	eachLanes(t, testLanesActivations[float32], testLanesActivations[float64])
}

func testLanesActivations[T Float](t *testing.T, k *Kernel[T]) {
	const hidden = 6
	reference := reference[T]()
	rnd := rand.New(rand.NewPCG(104729, 73))
	for act := range activationNames {
		for _, region := range lanesRegions[T](t) {
			l := k.NewLanes([]int{1, hidden, 1}, []Activation{Activation(act), Identity}, false)
			for range 3 {
				nets, order := make([]*lanesNet[T], k.Lanes()), slices.Repeat([][]int{{0}}, k.Lanes())
				for lane := range nets {
					w := make([]T, hidden)
					for i := range w {
						w[i] = region.draw(rnd)
					}
					n := &lanesNet[T]{
						units: []int{1, hidden, 1}, acts: []Activation{Activation(act), Identity},
						w: [][]T{w, make([]T, hidden)}, b: make([][]T, 2), x: []T{1}, label: []int{0},
					}
					n.load(l, lane)
					l.Data(lane, n.x, n.label)
					nets[lane] = n.clone()
					nets[lane].step(reference, n.x, 0, 1, 0, 1, false)
				}
				l.Train(order, 1, 0, 1, false) // an error of 1 moves a weight of 0 by the output
				for lane, n := range nets {
					if fault := n.wrong(l, lane); fault != "" {
						t.Fatalf("%v, %s, lane %d of %d: %s", Activation(act), region.name, lane, k.Lanes(), fault)
					}
				}
			}
		}
	}
}

// lanesRegions returns kinds of arguments of the activations. Those of one kind are rare together, or not at all.
func lanesRegions[T Float](t *testing.T) (list []kind[T]) {
	var hard []T
	for _, c := range readHard(t) {
		hard = append(hard, T(c.x))
	}
	list = append(kinds[T](), kind[T]{"hard", func(r *rand.Rand) T { return hard[r.IntN(len(hard))] }})
	for _, ends := range [][2]float64{
		{-0x1p-8, 0x1p-8}, {-1, 1}, {-8, 8}, {-35.5, 60}, {-36.5, -35.5}, {-110, -30}, {19, 23}, {80, 110}, {-760, -690}, {690, 760},
	} {
		list = append(list, kind[T]{fmt.Sprint(ends), func(r *rand.Rand) T { return T(ends[0] + (ends[1]-ends[0])*r.Float64()) }})
	}
	for _, middle := range []float64{-36, 36, -708, 708, -746, 20, -20, 0x1p-8, -0x1p-8} {
		list = append(list, kind[T]{fmt.Sprint("at ", middle), func(r *rand.Rand) T {
			return fromBits[T](bitsOf(T(middle)) + uint64(r.IntN(7)) - 3)
		}})
	}
	return list
}

// Where outputs are equal, and zeros of both signs are, the lowest index wins.
func TestLanesTies(t *testing.T) { eachLanes(t, testLanesTies[float32], testLanesTies[float64]) }

func testLanesTies[T Float](t *testing.T, k *Kernel[T]) {
	reference := reference[T]()
	ties, first := 0, 0 // so many, and so many of them not for the first output
	for _, units := range [][]int{{3, 4}, {2, 2}, {2, 3, 5}, {4, 3}} {
		for act := range activationNames {
			s := &lanesScript[T]{
				name: fmt.Sprint("ties ", units, act), units: units, acts: slices.Repeat([]Activation{Activation(act)}, len(units)-1),
				bias: true, samples: 30, spoilt: -1,
				calls: []lanesCall{{score: true, from: 0, to: 30, high: 1, low: 0}},
				alter: tieOutputs[T],
			}
			if fault := s.run(k, s.lanes(k)); fault != "" {
				t.Error(fault)
			}
			for lane := range k.Lanes() {
				n := s.story(lane).start
				for i := range s.samples {
					y := n.forward(reference, n.sample(i))[len(units)-1]
					if best := Argmax(y); slices.Contains(y[best+1:], y[best]) {
						ties++
						if best > 0 {
							first++
						}
					}
				}
			}
		}
	}
	if ties == 0 || first == 0 {
		t.Errorf("%d ties, %d not for the first output: nothing is tested", ties, first)
	}
}

// tieOutputs makes outputs equal: two and two, or all; or zeros, the signs by turns.
func tieOutputs[T Float](n *lanesNet[T], _ [][]int, rnd *rand.Rand) {
	top := len(n.w) - 1
	w, b := n.w[top], n.b[top]
	out := len(b)
	group := 1 + rnd.IntN(out)
	signs := rnd.IntN(3) == 0
	for j := range out {
		from := max(0, (j+1)/group*group-1) // output 0 alone, then groups
		b[j] = b[from]
		for i := j; i < len(w); i += out {
			w[i] = w[i-j+from]
		}
		if signs {
			b[j] = T(math.Copysign(0, float64(j%2*2-1)))
			for i := j; i < len(w); i += out {
				w[i] = b[j]
			}
		}
	}
	if signs {
		for i, v := range n.x {
			n.x[i] = max(v, -v)
		}
	}
}

// What is loaded is stored again. A lane, or one of its layers, changes without the others.
func TestLanesRoundTrip(t *testing.T) {
	eachLanes(t, testLanesRoundTrip[float32], testLanesRoundTrip[float64])
}

func testLanesRoundTrip[T Float](t *testing.T, k *Kernel[T]) {
	for i, units := range lanesShapes {
		s := &lanesScript[T]{
			name: fmt.Sprint("round trip ", units), units: units, acts: make([]Activation, len(units)-1), bias: i%2 == 0, samples: 1,
			calls: []lanesCall{{steps: 1, rate: 0.1}}, spoilt: -1,
		}
		l := s.lanes(k)
		var nets []*lanesNet[T]
		zero := s.story(0).start.clone()
		for i := range zero.w {
			clear(zero.w[i])
			clear(zero.b[i])
		}
		all := func(when string) {
			for lane, n := range nets {
				if fault := n.wrong(l, lane); fault != "" {
					t.Fatalf("%v, lane %d of %d, %s: %s", units, lane, k.Lanes(), when, fault)
				}
			}
		}
		for range k.Lanes() {
			nets = append(nets, zero)
		}
		all("new")
		for lane := range nets {
			nets[lane] = s.story(lane).start
			nets[lane].load(l, lane)
			if lane == 0 || lane == k.Lanes()/2 {
				all(fmt.Sprintf("after lane %d", lane))
			}
		}
		all("all loaded")
		lane, layer := k.Lanes()-1, len(units)-2
		nets[lane] = nets[lane].clone()
		for i := range nets[lane].w[layer] {
			nets[lane].w[layer][i] += 3
		}
		b := nets[lane].b[layer]
		l.Load(lane, layer, nets[lane].w[layer], units[layer+1], b)
		all("another layer")
		nets[lane] = zero
		l.Clear(lane)
		all("last lane cleared")
		nets[0] = zero
		l.Clear(0)
		all("lane 0 cleared")
		if l.Len() != k.Lanes() {
			t.Errorf("%d lanes, want %d", l.Len(), k.Lanes())
		}
	}
}

// One weight or bias that is not finite counts, wherever it is, for its lane alone.
func TestLanesFinite(t *testing.T) { eachLanes(t, testLanesFinite[float32], testLanesFinite[float64]) }

func testLanesFinite[T Float](t *testing.T, k *Kernel[T]) {
	rnd := rand.New(rand.NewPCG(104729, 74))
	bad := []T{T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN())}
	l := k.NewLanes([]int{2, 3, 2}, make([]Activation, 2), true)
	zero := lanesGather(l.layers, k.Lanes(), 0)
	for layer := range zero.w {
		for _, v := range [][]T{zero.w[layer], zero.b[layer]} {
			for i := range v {
				lane := rnd.IntN(k.Lanes())
				v[i] = bad[rnd.IntN(len(bad))]
				zero.load(l, lane)
				v[i] = largest[T]()
				other := (lane + 1) % k.Lanes()
				zero.load(l, other)
				for at := range k.Lanes() {
					if l.Finite(at) != (at != lane) {
						t.Errorf("layer %d, parameter %d of lane %d: lane %d finite: %t", layer, i, lane, at, l.Finite(at))
					}
				}
				v[i] = 0
				l.Clear(lane)
				l.Clear(other)
			}
		}
	}
}

// Samples are read where they are, and a lane may get others.
func TestLanesData(t *testing.T) { eachLanes(t, testLanesData[float32], testLanesData[float64]) }

func testLanesData[T Float](t *testing.T, k *Kernel[T]) {
	reference := reference[T]()
	l := k.NewLanes([]int{1, 1}, []Activation{Sigmoid}, false)
	order, n := slices.Repeat([][]int{{1}}, k.Lanes()), make([]*lanesNet[T], k.Lanes())
	for lane := range n {
		n[lane] = &lanesNet[T]{
			units: []int{1, 1}, acts: []Activation{Sigmoid}, w: [][]T{{0}}, b: [][]T{nil},
			x: []T{1, T(lane + 2)}, label: []int{0, 0},
		}
		l.Data(lane, n[lane].x, n[lane].label)
	}
	for round := range 3 {
		l.Train(order, 1, 0, 0.1, true)
		for lane := range n {
			n[lane].step(reference, n[lane].sample(1), 0, 1, 0, 0.1, true)
			if fault := n[lane].wrong(l, lane); fault != "" {
				t.Fatalf("round %d, lane %d: %s", round, lane, fault)
			}
			n[lane].x[1] += 0.5
		}
		if round == 1 {
			n[0].x, n[0].label = []T{3, 4, 5}, []int{0, 0, 0}
			l.Data(0, n[0].x, n[0].label)
		}
	}
}

// A row's routines do what is ordinary themselves. What they leave undone is as it was, or other tests fail.
func TestLanesUndone(t *testing.T) {
	withoutGoroutines(t)
	eachKernel(t, testLanesUndone[float32], testLanesUndone[float64])
}

func testLanesUndone[T Float](t *testing.T, k *Kernel[T]) {
	if k.lanes.train == nil && k.lanes.score == nil {
		t.Skip("this row has no routines for networks side by side")
	}
	counted := *k
	var all, done int
	count := func(routine func(s *lanesState[T], x *T, n int) int) func(s *lanesState[T], x *T, n int) int {
		if routine == nil {
			return nil
		}
		return func(s *lanesState[T], x *T, n int) int {
			did := routine(s, x, n)
			if did < 0 || did > n {
				t.Fatalf("%d of %d blocks done", did, n)
			}
			done += did
			if all += did; did < n {
				all++
			}
			return did
		}
	}
	counted.lanes = &lanesRoutines[T]{lanes: k.lanes.lanes, train: count(k.lanes.train), score: count(k.lanes.score)}
	eachLanesScript(func(s *lanesScript[T]) {
		all, done = 0, 0
		if fault := s.run(&counted, s.lanes(&counted)); fault != "" {
			t.Error(fault)
		}
		if s.acts[0] == Sigmoid && s.acts[len(s.acts)-1] == Sigmoid && 10*done < 9*all {
			t.Errorf("%s: %d of %d blocks done", s.name, done, all)
		}
	})
}

// The routines write to what is theirs, and not beside.
func TestLanesSentinels(t *testing.T) {
	eachLanes(t, testLanesSentinels[float32], testLanesSentinels[float64])
}

func testLanesSentinels[T Float](t *testing.T, k *Kernel[T]) {
	eachLanesPlaced(func(s *lanesScript[T], blocks int) {
		var values surrounded[T]
		var sums surrounded[float64]
		l := s.lanes(k)
		moveLanes(l, blocks, values.take, sums.take)
		if fault := s.run(k, l); fault != "" {
			t.Error(fault)
		}
		if !values.intact() || !sums.intact() {
			t.Errorf("%s, %d blocks: written beside what there is", s.name, blocks)
		}
	})
}

// surrounded is memory with sentinels on both sides.
type surrounded[T Float] struct{ margins [][]T }

func (s *surrounded[T]) take(n int) []T {
	const margin = 256 // some vectors, and whole cache lines
	all := Aligned[T](margin + n + margin)
	for _, m := range [][]T{all[:margin], all[margin+n:]} {
		for i := range m {
			m[i] = sentinel[T]()
		}
		s.margins = append(s.margins, m)
	}
	return all[margin:][:n]
}

func (s *surrounded[T]) intact() bool {
	for _, m := range s.margins {
		for _, v := range m {
			if bitsOf(v) != bitsOf(sentinel[T]()) {
				return false
			}
		}
	}
	return true
}

// eachLanesPlaced calls f for networks of all shapes, with calls of so many blocks. In some of them a sum is rare.
func eachLanesPlaced[T Float](f func(s *lanesScript[T], blocks int)) {
	for i, units := range lanesShapes {
		for j, acts := range lanesActivations(len(units)-1, i) {
			blocks := 1 + (i+j)%5
			s := &lanesScript[T]{
				name: fmt.Sprintf("placed %v %v", units, acts), units: units, acts: acts, bias: (i+j)%2 == 0, samples: blocks,
				calls: []lanesCall{
					{steps: blocks, high: 0.99, low: 0.01, rate: 0.02, raw: j%2 == 0},
					{score: true, from: 0, to: blocks, high: 0.99, low: 0.01},
				},
				spoilt: -1,
			}
			if (i+j)%3 == 0 {
				s.spoilt, s.how = 2, ", spoilt"
				s.spoil = func(n *lanesNet[T], _ [][]int) { n.w[0][0], n.x[0] = -100, 50 }
			}
			f(s, blocks)
		}
	}
}

// moveLanes gives l other memory, for so many blocks.
func moveLanes[T Float](l *Lanes[T], blocks int, values func(n int) []T, sums func(n int) []float64) {
	n := len(l.samples)
	l.parameters = nil
	for i := range l.layers {
		c := &l.layers[i]
		c.w, c.y, c.e, c.d = &values(c.in * c.out * n)[0], &values(c.out * n)[0], &values(c.out * n)[0], &values(c.out * n)[0]
		l.parameters = append(l.parameters, l.row(c.w, c.in*c.out))
		if c.b != nil {
			c.b = &values(c.out * n)[0]
			l.parameters = append(l.parameters, l.row(c.b, c.out))
		}
	}
	l.block, l.loss, l.correct = values((l.layers[0].in+1)*n*blocks), sums(n), values(n)
	l.state.loss, l.state.correct = &l.loss[0], &l.correct[0]
}

// Everything of a lane stands on cache lines, as the assembly reads it.
func TestLanesAligned(t *testing.T) {
	eachKernel(t, testLanesAligned[float32], testLanesAligned[float64])
}

func testLanesAligned[T Float](t *testing.T, k *Kernel[T]) {
	for _, units := range lanesShapes {
		l := k.NewLanes(units, make([]Activation, len(units)-1), true)
		list := []*T{&l.block[0], l.state.correct}
		for _, c := range l.layers {
			list = append(list, c.w, c.b, c.y, c.e, c.d)
		}
		for i, p := range list {
			if uintptr(unsafe.Pointer(p))%64 != 0 {
				t.Errorf("%v: row %d starts at %p", units, i, p)
			}
		}
	}
}

// TestLanesLayout holds what the assembly sees to the offsets that it has written down, where an int has 8 bytes.
func TestLanesLayout(t *testing.T) {
	if unsafe.Sizeof(0) != 8 {
		t.Skip("no assembly for this architecture")
	}
	testLanesLayout[float32](t)
	testLanesLayout[float64](t)
}

func testLanesLayout[T Float](t *testing.T) {
	var s lanesState[T]
	var c lanesLayer[T]
	size := unsafe.Sizeof(T(0))
	for _, f := range []struct {
		name      string
		got, want uintptr
	}{
		{"layers", unsafe.Offsetof(s.layers), 0},
		{"count", unsafe.Offsetof(s.count), 8},
		{"raw", unsafe.Offsetof(s.raw), 16},
		{"loss", unsafe.Offsetof(s.loss), 24},
		{"correct", unsafe.Offsetof(s.correct), 32},
		{"rate", unsafe.Offsetof(s.rate), 40},
		{"high", unsafe.Offsetof(s.high), 40 + size},
		{"low", unsafe.Offsetof(s.low), 40 + 2*size},
		{"in", unsafe.Offsetof(c.in), 0},
		{"out", unsafe.Offsetof(c.out), 8},
		{"activation", unsafe.Offsetof(c.activation), 16},
		{"w", unsafe.Offsetof(c.w), 24},
		{"b", unsafe.Offsetof(c.b), 32},
		{"y", unsafe.Offsetof(c.y), 40},
		{"e", unsafe.Offsetof(c.e), 48},
		{"d", unsafe.Offsetof(c.d), 56},
		{"the next layer", unsafe.Sizeof(c), 64},
	} {
		if f.got != f.want {
			t.Errorf("%T: %s at %d, want %d", T(0), f.name, f.got, f.want)
		}
	}
}

// No call allocates that trains.
func TestLanesAllocations(t *testing.T) {
	eachKernel(t, testLanesAllocations[float32], testLanesAllocations[float64])
}

func testLanesAllocations[T Float](t *testing.T, k *Kernel[T]) {
	l := k.NewLanes([]int{2, 3, 2}, []Activation{Tanh, Sigmoid}, true)
	for lane := range k.Lanes() {
		l.Data(lane, []T{1, 2, 3, 4}, []int{0, 1})
	}
	order := slices.Repeat([][]int{{0, 1, 0, 1, 1}}, k.Lanes())
	if n := testing.AllocsPerRun(5, func() { l.Train(order, 1, 0, 0.1, false) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Lanes of one kernel work side by side in several goroutines. The race detector looks for what they share.
func TestLanesConcurrent(t *testing.T) {
	eachKernel(t, testLanesConcurrent[float32], testLanesConcurrent[float64])
}

func testLanesConcurrent[T Float](t *testing.T, k *Kernel[T]) {
	s := &lanesScript[T]{
		name: "concurrent", units: []int{2, 3, 2}, acts: []Activation{Sigmoid, Sigmoid}, bias: true, samples: 9, spoilt: -1,
		calls: []lanesCall{{steps: 200, high: 0.99, low: 0.01, rate: 0.1}, {score: true, from: 0, to: 9, high: 0.99, low: 0.01}},
	}
	for lane := range k.Lanes() {
		s.story(lane) // remembered: nothing is written below
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 2 {
				if fault := s.run(k, s.lanes(k)); fault != "" {
					t.Error(fault)
				}
			}
		})
	}
	all.Wait()
}

func TestLanesPanics(t *testing.T) { eachKernel(t, testLanesPanics[float32], testLanesPanics[float64]) }

func testLanesPanics[T Float](t *testing.T, k *Kernel[T]) {
	units, acts, n := []int{2, 3, 2}, []Activation{Sigmoid, Sigmoid}, k.Lanes()
	l := k.NewLanes(units, acts, true)
	x, label := []T{1, 2, 3, 4, 5, 6}, []int{0, 1, 1}
	for lane := range n {
		l.Data(lane, x, label)
	}
	orders := func(lane int, order ...int) [][]int {
		o := slices.Repeat([][]int{{0, 1}}, n)
		o[lane] = order
		return o
	}
	train := func(order [][]int) func() { return func() { l.Train(order, 1, 0, 0.1, false) } }
	score := func(losses, correct, from, to int) func() {
		return func() { l.Score(make([]float64, losses), make([]int, correct), from, to, 1, 0) }
	}
	w, b := make([]T, 6), make([]T, 3)
	for _, try := range []struct {
		name string
		do   func()
		want string // "any" for any panic, "" for none
	}{
		{"no layer", func() { k.NewLanes([]int{2}, nil, true) }, badLength},
		{"nothing", func() { k.NewLanes(nil, nil, true) }, badLength},
		{"few activations", func() { k.NewLanes(units, acts[:1], true) }, badLength},
		{"many activations", func() { k.NewLanes(units[:2], acts, true) }, badLength},
		{"activation", func() { k.NewLanes(units, []Activation{Sigmoid, 4}, true) }, badActivation},

		{"load", func() { l.Load(n-1, 0, w, 3, b) }, ""},
		{"load short w", func() { l.Load(0, 0, w[:5], 3, b) }, badWeights},
		{"load short w, stride", func() { l.Load(0, 0, w, 4, b) }, badWeights},
		{"load stride", func() { l.Load(0, 0, w, 2, b) }, badWeights},
		{"load short b", func() { l.Load(0, 0, w, 3, b[:2:2]) }, "any"},
		{"load lane", func() { l.Load(n, 0, w, 3, b) }, "any"},
		{"load lane -1", func() { l.Load(-1, 0, w, 3, b) }, "any"},
		{"load layer", func() { l.Load(0, 2, w, 3, b) }, "any"},
		{"store", func() { l.Store(n-1, 1, w, 2, b) }, ""},
		{"store short w", func() { l.Store(0, 1, w[:5], 2, b) }, badWeights},
		{"store short w, stride", func() { l.Store(0, 1, w, 4, b) }, badWeights},
		{"store stride", func() { l.Store(0, 1, w, 1, b) }, badWeights},
		{"store short b", func() { l.Store(0, 1, w, 2, b[:1:1]) }, "any"},
		{"store lane", func() { l.Store(n, 1, w, 2, b) }, "any"},
		{"store lane -1", func() { l.Store(-1, 1, w, 2, b) }, "any"},

		{"data short x", func() { l.Data(0, x[:5], label) }, badLength},
		{"data long x", func() { l.Data(0, x, label[:2]) }, badLength},
		{"data lane", func() { l.Data(n, x, label) }, "any"},

		{"few orders", train(orders(0, 0, 1)[1:]), badLength},
		{"many orders", train(append(orders(0, 0, 1), []int{0, 1})), badLength},
		{"no orders", train(nil), "any"},
		{"a short order", train(orders(n-1, 0)), badLength},
		{"a long order", train(orders(n-1, 0, 1, 2)), badLength},
		{"a short order first", train(orders(0, 0)), badLength},
		{"sample", train(orders(n-1, 0, 3)), badSample},
		{"sample of the first lane", train(orders(0, 3, 0)), badSample},
		{"sample -1", train(orders(n/2, -1, 0)), badSample},
		{"the last sample", train(orders(n/2, 2, 2)), ""},

		{"losses", score(n-1, n, 0, 3), badLength},
		{"correct", score(n, n+1, 0, 3), badLength},
		{"losses and correct", score(n+1, n+1, 0, 0), badLength},
		{"from", score(n, n, -1, 3), badSample},
		{"to", score(n, n, 0, 4), badSample},
		{"all", score(n, n, 0, 3), ""},
		{"none", score(n, n, 3, 3), ""},
	} {
		if got := panicOf(try.do); got != try.want && (try.want != "any" || got == "") {
			t.Errorf("%s: panics with %q, want %q", try.name, got, try.want)
		}
	}
}
