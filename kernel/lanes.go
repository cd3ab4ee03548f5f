package kernel

import (
	"math"
	"slices"
	"unsafe"
)

// Lanes is many networks of one shape side by side: each has its own weights, samples and order of samples, and one lane
// of the vectors. So a vector instruction does the same operation for several networks, however small they are, and a
// lane's network has the bits that it has alone.
//
// Layers have as many units as [Kernel.NewLanes] was told. Only one goroutine may use it at a time.
type Lanes[T Float] struct {
	kernel  *Kernel[T]
	state   lanesState[T]
	layers  []lanesLayer[T]
	samples []lanesData[T] // [lane]
	block   []T            // [step][inputs+1][lane]: the samples of some steps
	loss    []float64      // [lane]
	correct []T            // [lane]
	indices []int          // of the samples that Score is at
	order   [][]int        // [lane]: the same
	routine bool           // whether the row's routines are used

	parameters [][]T // all layers' weights and biases
	kept       [][]T // what they were
}

// lanesRoutines is what a row has for many networks side by side.
type lanesRoutines[T Float] struct {
	lanes int // number of networks

	// train does a step of online gradient descent in each lane for each of n blocks of samples, score adds to s.loss and
	// s.correct. Both return the number of blocks done. They leave a block undone, with weights and sums as they are
	// before it, where a lane needs what they do not have. Either may be nil: then the reference does it all.
	train, score func(s *lanesState[T], x *T, n int) int

	// pick copies the samples order[lane][from:from+n] of each lane into blocks. It reports whether all lanes have them. It
	// may be nil as well.
	pick func(to *T, samples *lanesData[T], order *[]int, from, n, in int) bool
}

// genericLanes is how many networks the reference takes side by side.
const genericLanes = 8

// referenceLanes is the reference alone.
func referenceLanes[T Float]() *lanesRoutines[T] { return &lanesRoutines[T]{lanes: genericLanes} }

// lanesState is what the routines work on. The assembly knows its layout. Everything of a lane stands at its place in
// rows of so many elements as there are lanes, which start on a cache line.
//
// A block is the inputs of one sample for each lane, [input][lane], then the samples' labels, as numbers of type T.
type lanesState[T Float] struct {
	layers  *lanesLayer[T] // the first of them
	count   int            // number of layers
	raw     int            // 1 to send back errors, 0 to send back deltas
	loss    *float64       // [lane]: sums of the samples' losses
	correct *T             // [lane]: samples told rightly in one call
	rate    T
	high    T // what the output of a sample's label should give
	low     T // and every other
}

// lanesLayer is one layer of weights. The assembly knows its layout.
type lanesLayer[T Float] struct {
	in, out    int
	activation int
	w          *T // [input][output][lane]
	b          *T // [output][lane], or nil in a network without biases
	y          *T // [output][lane]: outputs
	e          *T // [output][lane]: their errors
	d          *T // [output][lane]: their deltas
}

// lanesData is a lane's samples. The assembly knows its layout.
type lanesData[T Float] struct {
	x     []T
	label []int
}

// NewLanes returns room for as many networks as this row has lanes, all weights and biases zero, with the given numbers of
// inputs, of each hidden layer's units and of outputs, and an activation for each layer but the inputs.
func (k *Kernel[T]) NewLanes(units []int, activations []Activation, bias bool) *Lanes[T] {
	if len(units) < 2 || len(activations) != len(units)-1 || slices.Min(units) < 1 {
		panic(badLength)
	}
	n := k.lanes.lanes
	l := &Lanes[T]{kernel: k, samples: make([]lanesData[T], n), loss: make([]float64, n), correct: Aligned[T](n), order: make([][]int, n)}
	room := func(rows int) *T { return &Aligned[T](rows * n)[0] }
	for i, act := range activations {
		checkActivation(act)
		in, out := units[i], units[i+1]
		layer := lanesLayer[T]{in: in, out: out, activation: int(act), w: room(in * out), y: room(out), e: room(out), d: room(out)}
		l.parameters = append(l.parameters, l.row(layer.w, in*out))
		if bias {
			layer.b = room(out)
			l.parameters = append(l.parameters, l.row(layer.b, out))
		}
		l.layers = append(l.layers, layer)
	}
	for _, rows := range l.parameters {
		l.kept = append(l.kept, make([]T, len(rows)))
	}
	row := (units[0] + 1) * n
	l.block = Aligned[T](row * l.blocksAtOnce(row))
	l.state.layers, l.state.count = &l.layers[0], len(l.layers)
	l.state.loss, l.state.correct = &l.loss[0], &l.correct[0]
	return l
}

// blocksAtOnce returns how many blocks of so many elements to give to a routine, which cannot be interrupted: as many as the
// nearest cache has room for, and for no longer than some hundred microseconds. It leaves the routines out where a single
// block takes longer.
func (l *Lanes[T]) blocksAtOnce(elements int) int {
	const (
		cached     = 16 << 10 // bytes
		activation = 20       // weights that one takes the time of
		work       = 1 << 14  // weights
		most       = 1 << 15
	)
	weights := 0
	for i := range l.layers {
		weights += (l.layers[i].in + activation) * l.layers[i].out
	}
	l.routine = weights <= most
	return max(1, min(cached/(elements*int(unsafe.Sizeof(T(0)))), work/weights))
}

// Lanes returns the number of networks that the row works on side by side.
func (k *Kernel[T]) Lanes() int { return k.lanes.lanes }

// LanesWeights returns the number of weights up to which a network is computed faster in a lane than alone. A lane's weights
// are read once for each use, where a network alone reads a vector of them; and all lanes' weights should fit the nearest
// caches.
func (k *Kernel[T]) LanesWeights() int {
	if k.lanes.train == nil {
		return 128
	}
	return 1024
}

// Len returns the number of lanes.
func (l *Lanes[T]) Len() int { return len(l.samples) }

// Load sets the weights of one lane's layer from w, a row of stride elements for each input, of which the first are used,
// and its biases from b, which is not read in a network without. Like all methods that take a lane it panics if there is no
// such lane, or if lengths do not fit.
func (l *Lanes[T]) Load(lane, layer int, w []T, stride int, b []T) {
	l.checkLane(lane)
	c := l.layers[layer].checked(w, stride, b)
	rows, n := l.row(c.w, c.in*c.out), len(l.samples)
	for k := range c.in {
		for j, v := range w[k*stride:][:c.out] {
			rows[(k*c.out+j)*n+lane] = v
		}
	}
	if c.b != nil {
		row := l.row(c.b, c.out)
		for j, v := range b[:c.out] {
			row[j*n+lane] = v
		}
	}
}

// Store is the reverse of Load.
func (l *Lanes[T]) Store(lane, layer int, w []T, stride int, b []T) {
	l.checkLane(lane)
	c := l.layers[layer].checked(w, stride, b)
	rows, n := l.row(c.w, c.in*c.out), len(l.samples)
	for k := range c.in {
		row := w[k*stride:][:c.out]
		for j := range row {
			row[j] = rows[(k*c.out+j)*n+lane]
		}
	}
	if c.b != nil {
		row := l.row(c.b, c.out)
		for j := range b[:c.out] {
			b[j] = row[j*n+lane]
		}
	}
}

// Keep remembers the weights and biases of all lanes for Restore.
func (l *Lanes[T]) Keep() {
	for i, rows := range l.parameters {
		copy(l.kept[i], rows)
	}
}

// Restore sets the weights and biases of a lane to those that Keep remembered.
func (l *Lanes[T]) Restore(lane int) {
	l.checkLane(lane)
	for i, rows := range l.parameters {
		for at := lane; at < len(rows); at += len(l.samples) {
			rows[at] = l.kept[i][at]
		}
	}
}

// AllFinite reports whether all weights and biases of all lanes are finite.
func (l *Lanes[T]) AllFinite() bool {
	for _, rows := range l.parameters {
		if !Finite(rows) {
			return false
		}
	}
	return true
}

// Finite reports whether all weights and biases of a lane are finite.
func (l *Lanes[T]) Finite(lane int) bool {
	l.checkLane(lane)
	var zero T
	for _, rows := range l.parameters {
		for at := lane; at < len(rows); at += len(l.samples) {
			zero += rows[at] - rows[at]
		}
	}
	return zero == 0
}

// Clear makes all weights and biases of a lane zero.
func (l *Lanes[T]) Clear(lane int) {
	l.checkLane(lane)
	for _, rows := range l.parameters {
		for at := lane; at < len(rows); at += len(l.samples) {
			rows[at] = 0
		}
	}
}

func (l *Lanes[T]) checkLane(lane int) {
	if uint(lane) >= uint(len(l.samples)) {
		panic(badLane)
	}
}

// checked returns the layer. It panics unless w and b hold its weights and biases.
func (c *lanesLayer[T]) checked(w []T, stride int, b []T) *lanesLayer[T] {
	if stride < c.out || len(w) < (c.in-1)*stride+c.out {
		panic(badWeights)
	}
	if c.b != nil && len(b) < c.out {
		panic(badBias)
	}
	return c
}

// row returns n rows of lanes.
func (l *Lanes[T]) row(first *T, n int) []T { return unsafe.Slice(first, n*len(l.samples)) }

// Data gives a lane its samples: x holds the inputs of each, label their labels, from 0 to the number of outputs less 1.
// They are not copied, and kept until the lane is given others. Of other labels, which are not looked for, the results are
// undefined.
func (l *Lanes[T]) Data(lane int, x []T, label []int) {
	l.checkLane(lane)
	if len(x) != len(label)*l.layers[0].in {
		panic(badLength)
	}
	l.samples[lane] = lanesData[T]{x, label}
}

// Train does a step of online gradient descent on each sample of order[lane], in each lane. The output of a sample's label
// should give high, the others low. raw sends back the errors of the outputs, else their deltas. It panics unless
// there is an order for each lane, all of one length and without samples that the lane does not have.
func (l *Lanes[T]) Train(order [][]int, high, low, rate T, raw bool) {
	l.state.high, l.state.low, l.state.rate, l.state.raw = high, low, rate, 0
	if raw {
		l.state.raw = 1
	}
	l.blocks(order, l.kernel.lanes.train, l.step)
}

// Score runs all lanes' networks over their samples from from to to-1. It adds each sample's loss to loss[lane], in sample
// order, and 1 to correct[lane] if the largest output is that of its label, the lowest index winning a tie.
func (l *Lanes[T]) Score(loss []float64, correct []int, from, to int, high, low T) {
	checkSame(len(l.samples), len(loss), len(correct))
	l.state.high, l.state.low = high, low
	const block = 1 << 10
	copy(l.loss, loss)
	for from < to {
		n := min(block, to-from)
		l.indices = l.indices[:0]
		for i := range n {
			l.indices = append(l.indices, from+i)
		}
		for lane := range l.order {
			l.order[lane] = l.indices
		}
		clear(l.correct)
		l.blocks(l.order, l.kernel.lanes.score, l.scoreOne)
		for lane, c := range l.correct {
			correct[lane] += int(c)
		}
		from += n
	}
	copy(loss, l.loss)
}

// blocks takes the samples of order, some at a time, through the routine, and those that it leaves undone through one.
func (l *Lanes[T]) blocks(order [][]int, routine func(s *lanesState[T], x *T, n int) int, one func(x []T)) {
	checkSame(len(order), len(l.samples), len(l.samples))
	total := len(order[0])
	for _, o := range order {
		checkSame(len(o), total, total)
	}
	size := (l.layers[0].in + 1) * len(l.samples)
	for from := 0; from < total; {
		n := min(len(l.block)/size, total-from)
		if pick := l.kernel.lanes.pick; pick == nil {
			for lane := range order {
				l.pick(lane, order[lane][from:][:n])
			}
		} else if !pick(&l.block[0], &l.samples[0], &order[0], from, n, l.layers[0].in) {
			panic(badSample)
		}
		for done := 0; done < n; {
			if routine != nil && l.routine {
				done += routine(&l.state, &l.block[done*size], n-done)
			}
			if done < n {
				one(l.block[done*size:][:size])
				done++
			}
		}
		from += n
	}
}

// pick copies a lane's samples into blocks.
func (l *Lanes[T]) pick(lane int, order []int) {
	in, lanes := l.layers[0].in, len(l.samples)
	d := l.samples[lane]
	to := l.block[lane:]
	for s, i := range order {
		if uint(i) >= uint(len(d.label)) {
			panic(badSample)
		}
		block := to[s*(in+1)*lanes:]
		for k, v := range d.x[i*in:][:in] {
			block[k*lanes] = v
		}
		block[in*lanes] = T(d.label[i])
	}
}

// step does a training step on a block of samples: the reference.
func (l *Lanes[T]) step(x []T) {
	l.forward(x)
	l.errors(x[l.layers[0].in*len(l.samples):])
	for i := len(l.layers) - 1; i >= 0; i-- {
		c := &l.layers[i]
		e, d := l.row(c.e, c.out), l.row(c.d, c.out)
		l.kernel.delta(d, e, l.row(c.y, c.out), Activation(c.activation))
		if l.state.raw == 0 {
			e = d
		}
		input := x
		if i > 0 {
			below := &l.layers[i-1]
			input = l.row(below.y, below.out)
			l.sendBack(l.row(below.e, below.out), c, e)
		}
		l.update(c, d, input)
	}
}

// forward computes all layers' outputs for a block of samples.
func (l *Lanes[T]) forward(x []T) {
	for i := range l.layers {
		c := &l.layers[i]
		y := l.row(c.y, c.out)
		if c.b == nil {
			clear(y)
		} else {
			copy(y, l.row(c.b, c.out))
		}
		w := l.row(c.w, c.in*c.out)
		for k := range c.in {
			for j := range c.out {
				lanesAdd(l.at(y, j), l.at(w, k*c.out+j), l.at(x, k))
			}
		}
		l.kernel.activate(y, y, Activation(c.activation))
		x = y
	}
}

// errors compares the outputs with the targets of these labels.
func (l *Lanes[T]) errors(label []T) {
	top := &l.layers[len(l.layers)-1]
	y, e := l.row(top.y, top.out), l.row(top.e, top.out)
	for j := range top.out {
		yj, ej := l.at(y, j), l.at(e, j)
		for lane, v := range yj {
			target := l.state.low
			if label[lane] == T(j) {
				target = l.state.high
			}
			ej[lane] = target - v
		}
	}
}

// sendBack sets g to the errors that layer c sends back where v are its outputs' errors or deltas.
func (l *Lanes[T]) sendBack(g []T, c *lanesLayer[T], v []T) {
	clear(g)
	w := l.row(c.w, c.in*c.out)
	for k := range c.in {
		for j := range c.out {
			lanesAdd(l.at(g, k), l.at(w, k*c.out+j), l.at(v, j))
		}
	}
}

// update moves the weights and biases of layer c, whose deltas are d, for the inputs x.
func (l *Lanes[T]) update(c *lanesLayer[T], d, x []T) {
	w := l.row(c.w, c.in*c.out)
	for k := range c.in {
		for j := range c.out {
			lanesMove(l.at(w, k*c.out+j), l.at(d, j), l.at(x, k), l.state.rate)
		}
	}
	if c.b == nil {
		return
	}
	b := l.row(c.b, c.out)
	for i, v := range b {
		b[i] = FMA(l.state.rate, FMA(d[i], 1, 0), v)
	}
}

// scoreOne adds a block of samples to the sums of losses and right answers.
func (l *Lanes[T]) scoreOne(x []T) {
	l.forward(x)
	label := x[l.layers[0].in*len(l.samples):]
	l.errors(label)
	top := &l.layers[len(l.layers)-1]
	y, e := l.row(top.y, top.out), l.row(top.e, top.out)
	for lane := range l.samples {
		var loss T
		best := 0
		for j := range top.out {
			ej := l.at(e, j)[lane]
			loss = FMA(ej, ej, loss)
			if l.at(y, j)[lane] > l.at(y, best)[lane] {
				best = j
			}
		}
		l.loss[lane] += float64(loss)
		if T(best) == label[lane] {
			l.correct[lane]++
		}
	}
}

// at returns row i of rows.
func (l *Lanes[T]) at(rows []T, i int) []T { return rows[i*len(l.samples):][:len(l.samples)] }

// lanesAdd sets y[i] = fma(w[i], x[i], y[i]).
func lanesAdd[T Float](y, w, x []T) {
	if unsafe.Sizeof(y[0]) == 4 {
		lanesAdd32(narrow(y), narrow(w), narrow(x))
		return
	}
	y, x = y[:len(w)], x[:len(w)]
	for i, v := range w {
		y[i] = T(math.FMA(float64(v), float64(x[i]), float64(y[i])))
	}
}

// lanesMove sets w[i] = fma(rate, fma(d[i], x[i], +0), w[i]).
func lanesMove[T Float](w, d, x []T, rate T) {
	if unsafe.Sizeof(rate) == 4 {
		lanesMove32(narrow(w), narrow(d), narrow(x), float32(rate))
		return
	}
	d, x = d[:len(w)], x[:len(w)]
	for i, v := range w {
		w[i] = T(math.FMA(float64(rate), math.FMA(float64(d[i]), float64(x[i]), 0), float64(v)))
	}
}

// narrow returns s as what it is, a slice of float32.
func narrow[T Float](s []T) []float32 { return unsafe.Slice((*float32)(unsafe.Pointer(&s[0])), len(s)) }

// lanesAdd32 and lanesMove32 are the same with fma32 written out, which is too large to be inlined.
func lanesAdd32(y, w, x []float32) {
	y, x = y[:len(w)], x[:len(w)]
	for i, v := range w {
		p, c := float64(v)*float64(x[i]), float64(y[i])
		s := p + c
		if doubtful(s) {
			y[i] = sumOdd(p, c)
		} else {
			y[i] = float32(s)
		}
	}
}

func lanesMove32(w, d, x []float32, rate float32) {
	d, x = d[:len(w)], x[:len(w)]
	wide := float64(rate)
	for i, v := range w {
		g := float32(float64(d[i])*float64(x[i]) + 0) // exact before it is rounded
		p, c := wide*float64(g), float64(v)
		s := p + c
		if doubtful(s) {
			w[i] = sumOdd(p, c)
		} else {
			w[i] = float32(s)
		}
	}
}
