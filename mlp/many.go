package mlp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"github.com/samebits/samebits/kernel"
)

// TrainMany trains networks of one shape, each as [Network.Train] trains it alone, to the same bits, but many of small
// ones at once: each has one lane of the vectors. Networks of more weights, other methods than Online, and too few
// networks to fill lanes are trained one by one on each goroutine.
//
// Network i learns from data[i], or from data[0] if there is only one, in an order drawn from random[i], its own source,
// instead of t.Random; random may be nil for Sequential. t.Threads is the number of goroutines, 0 for GOMAXPROCS. t.Progress
// and t.Pause are not called, and t.From is an error.
//
// The first result has an error for each network that failed. It is a *[Diverged] if a weight became infinite or not a
// number; the network then stands as Train would leave it. Or it is [ErrUnsteady]. The second is about all of them: networks
// of different shape or kernel, one that occurs twice, lengths that do not fit, or the error of ctx, which is looked at now
// and then; the networks then have done some of their steps, not all the same number.
func TrainMany[T kernel.Float](ctx context.Context, networks []*Network[T], data []*Data[T], random []Source, t Training) ([]error, error) {
	m, err := newMany(networks, data, t.Threads)
	if err != nil {
		return nil, err
	}
	if t.Order != Sequential && len(random) != len(networks) {
		return nil, fmt.Errorf("%d sources of random numbers for %d networks", len(random), len(networks))
	}
	if err := ownSources(random); err != nil {
		return nil, err
	}
	if t.From != nil {
		return nil, errors.New("many networks go on from no place together: want From to be nil")
	}
	t.Progress, t.Pause, t.Threads = nil, nil, 1
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
	err = m.each(ctx, t.Method, func(from, to int, g *laneGroup[T]) error {
		if g != nil {
			return g.train(ctx, trainings[from:to], errs[from:to])
		}
		errs[from] = networks[from].Train(ctx, m.data(from), trainings[from])
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return errs, nil
}

// ownSources reports a source that two networks share, as far as that can be seen.
func ownSources(random []Source) error {
	seen := make(map[Source]int, len(random))
	for i, s := range random {
		if reflect.ValueOf(s).Kind() != reflect.Pointer {
			continue
		}
		if j, twice := seen[s]; twice {
			return fmt.Errorf("networks %d and %d have the same source of random numbers", j, i)
		}
		seen[s] = i
	}
	return nil
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
	err = m.each(ctx, Online, func(from, to int, g *laneGroup[T]) error {
		if g != nil {
			return g.score(ctx, scores[from:to])
		}
		var err error
		scores[from], err = networks[from].Evaluate(ctx, m.data(from), 1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return scores, nil
}

// Together returns how many networks of this shape TrainMany takes at once with kernel k. A multiple of it leaves no lane
// without work; 1 means that each is taken alone.
func Together[T kernel.Float](c Config, k *kernel.Kernel[T], m Method) int {
	if m != Online || c.weights() > k.LanesWeights() {
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
		if n == nil || m.data(i) == nil {
			return nil, fmt.Errorf("network %d, or its samples, is nil", i)
		}
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
// loaded into them; any other is one network. It returns the first error.
func (m *many[T]) each(ctx context.Context, method Method, do func(from, to int, g *laneGroup[T]) error) error {
	groups := m.cut(method)
	var lock sync.Mutex
	next, errs := 0, make([]error, len(groups))
	work := func() {
		for {
			lock.Lock()
			i := next
			next++
			lock.Unlock()
			if i >= len(groups) || ctx.Err() != nil {
				return
			}
			from, to := groups[i].from, groups[i].to
			if !groups[i].lanes {
				errs[i] = do(from, to, nil)
				continue
			}
			g := m.group(from, to)
			errs[i] = do(from, to, g)
			g.release()
			m.networks[0].groups.Put(g)
		}
	}
	var wg sync.WaitGroup
	for range min(m.threads, len(groups)) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return firstError(errs)
}

// span is networks from one to before another.
type span struct {
	from, to int
	lanes    bool // whether to take them in lanes, at once
}

// cut cuts the networks into what one goroutine does at a time.
func (m *many[T]) cut(method Method) (spans []span) {
	n := len(m.networks)
	if n == 0 {
		return nil
	}
	size := Together(m.networks[0].config, m.networks[0].kernel, method)
	const gain = 4 // times that lanes are faster than one network alone, if all are filled
	upward := func(a, b int) int { return (a + b - 1) / b }
	inLanes := upward(upward(n, size), m.threads)*size <= gain*upward(n, m.threads)
	for from := 0; from < n; from += size {
		to := min(from+size, n)
		if inLanes && m.fillsLanes(from, to, size) {
			spans = append(spans, span{from, to, true})
			continue
		}
		for i := from; i < to; i++ {
			spans = append(spans, span{i, i + 1, false})
		}
	}
	return spans
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// fillsLanes reports whether networks from one to before another are enough for so many lanes, and whether their samples
// can be taken side by side.
func (m *many[T]) fillsLanes(from, to, lanes int) bool {
	const quarter = 512 // of the lanes must be filled for the smallest networks, half for so many weights: as measured
	if lanes < 2 || (to-from)*4*quarter < lanes*(quarter+m.networks[0].config.weights()) {
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

// stretch is how many steps networks in lanes do between two looks at their weights and at ctx.
const stretch = 256

// laneGroup is some networks in lanes, each in its own; the lanes that are left do what the last network does.
type laneGroup[T kernel.Float] struct {
	lanes    *kernel.Lanes[T]
	networks []*Network[T]
	data     []*Data[T]
	samplers []sampler
	order    [][]int // samples of the next steps, of each lane
	loss     []float64
	correct  []int
	zeros    [stretch]int
}

// group loads networks from one to before another into lanes.
func (m *many[T]) group(from, to int) *laneGroup[T] {
	g, ok := m.networks[0].groups.Get().(*laneGroup[T])
	if !ok {
		lanes := m.networks[0].newLanes()
		n := lanes.Len()
		g = &laneGroup[T]{
			lanes: lanes, data: make([]*Data[T], n), samplers: make([]sampler, n), order: make([][]int, n),
			loss: make([]float64, n), correct: make([]int, n),
		}
	}
	g.networks = m.networks[from:to]
	for lane := range g.order {
		i := min(from+lane, to-1)
		g.data[lane] = m.data(i)
		g.lanes.Data(lane, g.data[lane].x, g.data[lane].label)
		m.networks[i].toLane(g.lanes, lane)
	}
	return g
}

// release lets go of what the networks brought with them.
func (g *laneGroup[T]) release() {
	g.networks = nil
	clear(g.data)
	clear(g.order)
	for i := range g.samplers {
		g.samplers[i] = sampler{indices: g.samplers[i].indices}
		g.lanes.Data(i, nil, nil)
	}
}

func (n *Network[T]) newLanes() *kernel.Lanes[T] {
	activations := make([]kernel.Activation, len(n.layers))
	for i := range n.layers {
		activations[i] = n.layers[i].activation
	}
	return n.kernel.NewLanes(n.config.Layers, activations, n.config.Bias)
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

// train trains the networks and fills in errs for those that fail.
func (g *laneGroup[T]) train(ctx context.Context, trainings []Training, errs []error) error {
	t, d := &trainings[0], g.data[0]
	for i := range g.networks {
		g.samplers[i] = sampler{order: t.Order, random: trainings[i].Random, samples: d.Len(), indices: g.samplers[i].indices}
	}
	defer func() {
		for i, n := range g.networks {
			if errs[i] == nil {
				n.fromLane(g.lanes, i)
			}
		}
	}()
	rate, total := T(t.Rate), t.TotalSteps(d.Len())
	for step := 0; step < total && slices.Contains(errs, nil); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(stretch, total-step)
		g.draw(n, errs)
		g.lanes.Keep()
		g.lanes.Train(g.order, d.targets[0], d.low(), rate, t.Rule == Notebook)
		if !g.lanes.AllFinite() {
			g.findBroken(step, rate, t.Rule, errs)
		}
		step += n
	}
	return nil
}

// draw draws the samples of the next n steps. The lane of a network that has failed goes on with what nobody looks at.
func (g *laneGroup[T]) draw(n int, errs []error) {
	for i, network := range g.networks {
		if errs[i] == nil {
			if g.order[i], errs[i] = g.samplers[i].next(n); errs[i] != nil {
				network.fromLane(g.lanes, i)
			}
		}
		if errs[i] != nil {
			g.order[i] = g.zeros[:n]
		}
	}
	for lane := len(g.networks); lane < len(g.order); lane++ {
		g.order[lane] = g.order[len(g.networks)-1]
	}
}

// findBroken finds out which networks have weights that are no longer finite after a stretch of steps, the first of which is number
// step. Their lanes, and those that do the same, go on from zeros.
func (g *laneGroup[T]) findBroken(step int, rate T, rule Rule, errs []error) {
	for lane := range g.order {
		if g.lanes.Finite(lane) {
			continue
		}
		if lane < len(g.networks) && errs[lane] == nil {
			g.lanes.Restore(lane)
			g.networks[lane].fromLane(g.lanes, lane)
			errs[lane] = g.networks[lane].broke(g.data[lane], g.order[lane], step, rate, rule)
		}
		g.lanes.Clear(lane)
	}
}

// broke returns the error of a network whose weights did not stay finite in its lane, through steps of which the first is
// number step. It goes over them again alone, and leaves the network as it was before the one that broke them.
func (n *Network[T]) broke(d *Data[T], order []int, step int, rate T, rule Rule) error {
	err := n.Online(d, order, rate, rule)
	var diverged *Diverged
	if !errors.As(err, &diverged) {
		return cmp.Or(err, ErrUnsteady)
	}
	diverged.Step += step
	return err
}

// score evaluates the networks.
func (g *laneGroup[T]) score(ctx context.Context, scores []Score) error {
	const block = 1 << 12 // samples between two looks at ctx
	d := g.data[0]
	clear(g.loss)
	clear(g.correct)
	for at := 0; at < d.Len(); at += block {
		if err := ctx.Err(); err != nil {
			return err
		}
		g.lanes.Score(g.loss, g.correct, at, min(at+block, d.Len()), d.targets[0], d.low())
	}
	for i := range scores {
		scores[i] = Score{Loss: g.loss[i] / float64(d.Len()), Correct: g.correct[i]}
	}
	return nil
}
