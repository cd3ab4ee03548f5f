package mlp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/samebits/samebits/kernel"
)

// TrainMany trains networks of one shape, each as [Network.Train] trains it alone, to the same bits, but many of small
// ones at once: each has one lane of the vectors. Networks of wider layers, other methods than Online and what is left
// over take a goroutine each.
//
// Network i learns from data[i], or from data[0] if there is only one, in an order drawn from random[i], its own source,
// instead of t.Random; random may be nil for Sequential. t.Threads is the number of goroutines, 0 for GOMAXPROCS. t.Progress is
// not called.
//
// The first result has an error for each network that failed. It is a *[Diverged] if a weight became infinite or not a
// number; the network then stands as Train would leave it. The second is about all of them: networks of different shape or kernel, one
// that occurs twice, lengths that do not fit, or the error of ctx, which is looked at now and then; the networks then
// have done some of their steps, not all the same number.
func TrainMany[T kernel.Float](ctx context.Context, networks []*Network[T], data []*Data[T], random []Source, t Training) ([]error, error) {
	m, err := newMany(networks, data, t.Threads)
	if err != nil {
		return nil, err
	}
	if t.Order != Sequential && len(random) != len(networks) {
		return nil, fmt.Errorf("%d sources of random numbers for %d networks", len(random), len(networks))
	}
	t.Progress, t.Threads = nil, 1
	trainings := make([]Training, len(networks))
	for i := range networks {
		trainings[i] = t
		if t.Order != Sequential {
			trainings[i].Random = random[i]
		}
		if err := m.data(i).checkTraining(networks[i], &trainings[i]); err != nil {
			return nil, fmt.Errorf("network %d: %w", i, err)
		}
	}
	errs := make([]error, len(networks))
	err = m.each(ctx, t.Method, func(from, to int, lanes *kernel.Lanes[T]) error {
		if lanes != nil {
			return m.trainLanes(ctx, lanes, from, to, trainings, errs)
		}
		for i := from; i < to; i++ {
			if errs[i] = networks[i].Train(ctx, m.data(i), trainings[i]); errs[i] != nil && ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return errs, nil
}

// EvaluateMany is [Network.Evaluate] for many networks of one shape at once, with the same results: network i on data[i],
// or on data[0] if there is only one. threads is the number of goroutines, 0 for GOMAXPROCS. It fails as the second
// result of [TrainMany] says.
func EvaluateMany[T kernel.Float](ctx context.Context, networks []*Network[T], data []*Data[T], threads int) ([]Score, error) {
	m, err := newMany(networks, data, threads)
	if err != nil {
		return nil, err
	}
	scores := make([]Score, len(networks))
	err = m.each(ctx, Online, func(from, to int, lanes *kernel.Lanes[T]) error {
		if lanes != nil {
			return m.scoreLanes(ctx, lanes, from, to, scores)
		}
		for i := from; i < to; i++ {
			var err error
			if scores[i], err = networks[i].Evaluate(ctx, m.data(i), 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return scores, nil
}

// Together returns how many networks of this shape TrainMany takes at once with kernel k. A multiple of it leaves no lane
// without work; 1 means that each is taken alone.
func Together[T kernel.Float](c Config, k *kernel.Kernel[T], m Method) int {
	if m != Online || !c.laned() {
		return 1
	}
	return k.Lanes()
}

// many is networks of one shape, and what each of them works on.
type many[T kernel.Float] struct {
	networks []*Network[T]
	sets     []*Data[T] // one for each, or one for all
	threads  int
}

func newMany[T kernel.Float](networks []*Network[T], data []*Data[T], threads int) (*many[T], error) {
	if len(data) != 1 && len(data) != len(networks) {
		return nil, fmt.Errorf("%d sets of samples for %d networks, want one or as many", len(data), len(networks))
	}
	if threads < 0 || threads > maxThreads {
		return nil, fmt.Errorf("%d threads, want 0 to %d", threads, maxThreads)
	}
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	m := &many[T]{networks, data, threads}
	seen := make(map[*Network[T]]bool, len(networks))
	for i, n := range networks {
		if !n.config.equal(networks[0].config) || n.kernel != networks[0].kernel {
			return nil, fmt.Errorf("network %d has another shape, or another kernel, than network 0", i)
		}
		if seen[n] {
			return nil, fmt.Errorf("network %d is there twice", i)
		}
		seen[n] = true
		if err := n.fits(m.data(i)); err != nil {
			return nil, fmt.Errorf("network %d: %w", i, err)
		}
	}
	return m, nil
}

// data returns what network i works on.
func (m *many[T]) data(i int) *Data[T] {
	if len(m.sets) == 1 {
		return m.sets[0]
	}
	return m.sets[i]
}

// each calls do for groups of networks, from one to before another, on some goroutines. A group that fits the lanes comes
// with them, loaded; any other is to be taken one by one. It returns the first error.
func (m *many[T]) each(ctx context.Context, method Method, do func(from, to int, lanes *kernel.Lanes[T]) error) error {
	if len(m.networks) == 0 {
		return ctx.Err()
	}
	size := Together(m.networks[0].config, m.networks[0].kernel, method)
	groups := (len(m.networks) + size - 1) / size
	var lock sync.Mutex
	next, errs := 0, make([]error, groups)
	work := func() {
		var lanes *kernel.Lanes[T]
		for {
			lock.Lock()
			g := next
			next++
			lock.Unlock()
			if g >= groups || ctx.Err() != nil {
				return
			}
			from, to := g*size, min((g+1)*size, len(m.networks))
			if !m.fillsLanes(from, to, size) {
				errs[g] = do(from, to, nil)
				continue
			}
			if lanes == nil {
				lanes = m.networks[0].newLanes()
			}
			m.load(lanes, from, to)
			errs[g] = do(from, to, lanes)
		}
	}
	var wg sync.WaitGroup
	for range min(m.threads, groups) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return firstError(errs)
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// laned reports whether networks of this shape are better taken many at once. A lane's weights are used once where a
// network alone uses a vector of them, so wide layers gain nothing, and all lanes' weights should fit the nearest cache.
func (c Config) laned() bool {
	const most = 128 // weights
	return c.weights() <= most
}

// fillsLanes reports whether networks from one to before another are enough for so many lanes, and whether their samples
// can be taken side by side.
func (m *many[T]) fillsLanes(from, to, lanes int) bool {
	const alone = 8 // lanes that take the time of one network alone
	if lanes < 2 || (to-from)*alone < lanes {
		return false
	}
	first := m.data(from)
	for i := from + 1; i < to; i++ {
		if d := m.data(i); d.Len() != first.Len() || d.targets[0] != first.targets[0] || d.low() != first.low() {
			return false
		}
	}
	return true
}

func (n *Network[T]) newLanes() *kernel.Lanes[T] {
	activations := make([]kernel.Activation, len(n.layers))
	for i := range n.layers {
		activations[i] = n.layers[i].activation
	}
	return n.kernel.NewLanes(n.config.Layers, activations, n.config.Bias)
}

// load fills the lanes: those that no network is left for do what the last one does.
func (m *many[T]) load(lanes *kernel.Lanes[T], from, to int) {
	for lane := range lanes.Len() {
		i := min(from+lane, to-1)
		m.networks[i].toLane(lanes, lane)
		lanes.Data(lane, m.data(i).x, m.data(i).label)
	}
}

func (n *Network[T]) toLane(lanes *kernel.Lanes[T], lane int) {
	for i := range n.layers {
		l := &n.layers[i]
		lanes.Load(lane, i, l.w, l.stride, l.b)
	}
}

func (n *Network[T]) fromLane(lanes *kernel.Lanes[T], lane int) {
	for i := range n.layers {
		l := &n.layers[i]
		lanes.Store(lane, i, l.w, l.stride, l.b)
	}
	n.changed()
}

// trainLanes trains the networks that lanes is loaded with.
func (m *many[T]) trainLanes(ctx context.Context, lanes *kernel.Lanes[T], from, to int, trainings []Training, errs []error) error {
	const stretch = 512 // steps between two looks at weights and ctx
	d := m.data(from)
	g := &laneGroup[T]{
		lanes: lanes, training: trainings[from], networks: m.networks[from:to], samplers: make([]sampler, to-from),
		errs: errs[from:to], order: make([][]int, lanes.Len()),
	}
	for i := range g.samplers {
		g.samplers[i] = sampler{order: g.training.Order, random: trainings[from+i].Random, samples: d.Len()}
	}
	rate, raw := T(g.training.Rate), g.training.Rule == Notebook
	total := g.training.TotalSteps(d.Len())
	for step := 0; step < total; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(stretch, total-step)
		g.draw(n)
		lanes.Train(g.order, d.targets[0], d.low(), rate, raw)
		for i := range g.networks {
			g.settle(i, m.data(from+i), step)
		}
		step += n
	}
	return nil
}

// laneGroup is the networks of one training in lanes.
type laneGroup[T kernel.Float] struct {
	lanes    *kernel.Lanes[T]
	training Training
	networks []*Network[T]
	samplers []sampler // of each network
	errs     []error   // of each network
	order    [][]int   // samples of the next steps, of each lane
}

// draw draws the samples of the next n steps. A lane whose network has failed goes on with what nobody looks at, and one
// without a network does what the last one does.
func (g *laneGroup[T]) draw(n int) {
	for i := range g.samplers {
		if g.errs[i] == nil {
			g.order[i], g.errs[i] = g.samplers[i].next(n)
		}
		if g.errs[i] != nil {
			g.order[i] = make([]int, n)
		}
	}
	last := len(g.samplers) - 1
	for lane := last + 1; lane < len(g.order); lane++ {
		g.order[lane] = g.order[last]
	}
}

// settle takes over network i's weights after a stretch of steps, the first of which is number step, if they are finite. If
// not, the network, which still has those from before, goes over the stretch again alone to see where they broke; the lane,
// and those that do the same, go on from zeros.
func (g *laneGroup[T]) settle(i int, d *Data[T], step int) {
	n := g.networks[i]
	if g.errs[i] == nil && g.lanes.Finite(i) {
		n.fromLane(g.lanes, i)
		return
	}
	if g.errs[i] == nil {
		g.errs[i] = n.broke(d, g.order[i], step, T(g.training.Rate), g.training.Rule)
	}
	g.lanes.Clear(i)
	for lane := len(g.networks); lane < g.lanes.Len() && i == len(g.networks)-1; lane++ {
		g.lanes.Clear(lane)
	}
}

// broke returns the error of a network whose weights were finite before these steps, the first of which is number step,
// and not after them. It leaves the network as it was before the step that broke them.
func (n *Network[T]) broke(d *Data[T], order []int, step int, rate T, rule Rule) error {
	err := n.Online(d, order, rate, rule)
	var diverged *Diverged
	if !errors.As(err, &diverged) {
		panic("mlp: a network alone gave other weights than in a lane")
	}
	diverged.Step += step
	return err
}

// scoreLanes evaluates the networks that lanes is loaded with.
func (m *many[T]) scoreLanes(ctx context.Context, lanes *kernel.Lanes[T], from, to int, scores []Score) error {
	const block = 1 << 12 // samples between two looks at ctx
	d := m.data(from)
	loss, correct := make([]float64, lanes.Len()), make([]int, lanes.Len())
	for at := 0; at < d.Len(); at += block {
		if err := ctx.Err(); err != nil {
			return err
		}
		lanes.Score(loss, correct, at, min(at+block, d.Len()), d.targets[0], d.low())
	}
	for i := range scores[from:to] {
		scores[from+i] = Score{Loss: loss[i] / float64(d.Len()), Correct: correct[i]}
	}
	return nil
}
