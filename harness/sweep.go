package harness

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// Sweep is an experiment that is run with many seeds, and perhaps with several settings of other keys. Small networks are
// trained many at once. Each run has the last point of the curve that [Run] gives it alone, to the last bit; the points
// before are not computed, so that a loss that is not finite in between does not count.
type Sweep struct {
	Seeds    Seeds
	Settings []Setting // at least one
}

// Setting is one variant of the experiment.
type Setting struct {
	Changes    []string    // of the keys that are not the same in all settings; nil where there is one setting
	Experiment *Experiment // whose seed is not used
}

// Bounds of a sweep: of its settings, of the rows of all of them, and of the text of a change that has several values,
// which stands in every row.
const (
	maxSettings = 256
	maxRows     = MaxSeeds
	maxChange   = 1 << 12
)

// Sweep reads the experiment as [Source.Experiment] does. A change with several values, as in "train.rate=0.1,0.2", makes
// a setting for each; several such changes make all their combinations, the last of them changing fastest. Commas
// within brackets, braces and quotation marks do not part values. It is an error if two settings were the same.
func (s *Source) Sweep(seeds Seeds, changes ...string) (*Sweep, error) {
	settings := [][]string{nil}  // the changes of each
	several := map[string]bool{} // whether the change of a key has several values
	for _, c := range changes {
		key, values, err := splitValues(c)
		if err != nil {
			return nil, fmt.Errorf("-S %.40s: %w", c, err)
		}
		if was, twice := several[key]; twice && (was || len(values) > 1) {
			return nil, fmt.Errorf("-S %.40s: %s is changed twice", c, key)
		}
		several[key] = len(values) > 1
		if len(values)*len(settings) > maxSettings {
			return nil, fmt.Errorf("-S %.40s: more than %d settings", c, maxSettings)
		}
		var next [][]string
		for _, setting := range settings {
			for _, v := range values {
				next = append(next, append(slices.Clip(setting), key+"="+v))
			}
		}
		settings = next
	}
	if seeds.Count() > maxRows/len(settings) {
		return nil, fmt.Errorf("%d seeds with %d settings: want at most %d runs", seeds.Count(), len(settings), maxRows)
	}
	w := &Sweep{Seeds: seeds}
	seen := map[string]string{} // settings by what they come to
	for _, all := range settings {
		setting := Setting{}
		var err error
		if setting.Experiment, err = s.Experiment(all...); err != nil {
			return nil, err
		}
		for _, c := range all {
			if key, _, _ := strings.Cut(c, "="); several[key] {
				setting.Changes = append(setting.Changes, c)
			}
		}
		is, text := strings.Join(setting.Changes, " "), setting.Experiment.withoutSeed()
		if other, ok := seen[text]; ok {
			return nil, fmt.Errorf("-S %s and -S %s: the same training; want each once", other, is)
		}
		seen[text] = is
		w.Settings = append(w.Settings, setting)
	}
	return w, nil
}

// withoutSeed is what the rows of a sweep depend on, but for their seeds.
func (e *Experiment) withoutSeed() string {
	other := *e
	other.Seed, other.RecordEvery = 0, 1
	return other.canonical()
}

// splitValues parts "key=v1,v2" into key and values.
func splitValues(change string) (key string, values []string, err error) {
	key, text, ok := strings.Cut(change, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return "", nil, errors.New("want key=value, as in train.rate=0.2")
	}
	depth, quote, from := 0, rune(0), 0
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			values = append(values, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	values = append(values, strings.TrimSpace(text[from:]))
	switch {
	case len(values) == 1: // whatever it is
	case quote != 0 || depth != 0:
		return "", nil, errors.New("a quotation mark or bracket is not closed")
	case len(change) > maxChange:
		return "", nil, fmt.Errorf("%d bytes; several values have at most %d", len(change), maxChange)
	}
	return key, values, nil
}

// ReadySweep is a sweep whose data are there.
type ReadySweep struct {
	*Sweep
	ID string // that every row of the sweep carries: arithmetic, experiment, seeds and a digest of all that is not a seed

	options Options
	shared  []sharedData // of each setting
}

// sharedData is the data that all runs of a setting have; none where they are drawn anew for each seed.
type sharedData struct {
	samples
	sizes size
	sets  any // *networkSets[T] of them
}

// networkSets is samples in the network's own type.
type networkSets[T kernel.Float] struct{ train, test *mlp.Data[T] }

// Ready reads the data that all runs share, with o's kernel, threads (the number of goroutines, 0 for GOMAXPROCS) and data
// folder, and checks everything that [Run] checks before it trains.
func (w *Sweep) Ready(ctx context.Context, o Options) (*ReadySweep, error) {
	if o.Kernel == "" {
		name, err := kernel.Default()
		if err != nil {
			return nil, err
		}
		o.Kernel = name
	}
	if _, err := kernel.Get[float64](o.Kernel); err != nil {
		return nil, err
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	r := &ReadySweep{Sweep: w, options: o}
	for i := range w.Settings {
		shared, err := r.data(ctx, i)
		if err != nil {
			return nil, err
		}
		r.shared = append(r.shared, shared)
	}
	r.ID = r.id()
	return r, nil
}

// data gets the data of a setting, from an earlier one that has the same where there is one.
func (r *ReadySweep) data(ctx context.Context, i int) (d sharedData, err error) {
	e := r.Settings[i].Experiment
	if err := e.check(); err != nil {
		return d, err
	}
	if e.Data.drawn() {
		drawn, err := e.Data.clouds()
		if err != nil {
			return d, &DataError{err}
		}
		return sharedData{sizes: drawn.size()}, e.checkFit(drawn.samples)
	}
	for j, other := range r.Settings[:i] {
		if reflect.DeepEqual(e.Data, other.Experiment.Data) {
			d.samples = r.shared[j].samples
			if e.DType == other.Experiment.DType && e.Train.Targets == other.Experiment.Train.Targets {
				d.sets = r.shared[j].sets
			}
			break
		}
	}
	if d.train != nil {
		err = e.checkFit(d.samples)
	} else {
		d.samples, err = e.fittingSamples(ctx, nil, r.options.Data)
	}
	if err != nil {
		return d, err
	}
	d.sizes = d.size()
	if d.sets == nil {
		d.sets, err = e.networkSets(d.samples)
	}
	return d, err
}

func (e *Experiment) networkSets(s samples) (any, error) {
	if e.DType == "float32" {
		return networkSetsOf[float32](e, s)
	}
	return networkSetsOf[float64](e, s)
}

func networkSetsOf[T kernel.Float](e *Experiment, s samples) (*networkSets[T], error) {
	train, test, err := networkData[T](e, s)
	if err != nil {
		return nil, &DataError{fmt.Errorf("%s%w", e.Data.names(), err)}
	}
	return &networkSets[T]{train, test}, nil
}

// id writes the sweep's identity.
func (r *ReadySweep) id() string {
	words := []string{kernel.Contract, r.Settings[0].Experiment.Name, r.Seeds.String()}
	if n := len(r.Settings); n > 1 {
		words = append(words, fmt.Sprintf("x%d", n))
	}
	digest := strings.TrimPrefix(r.Digest(), "sha256:")
	return strings.Join(append(words, digest[:16]), " ")
}

// Digest identifies what the rows depend on but for their seeds.
func (r *ReadySweep) Digest() string {
	c := &canon{}
	for i, s := range r.Settings {
		c.line("setting", strings.Join(s.Changes, " "))
		c.WriteString(s.Experiment.withoutSeed())
		if r.shared[i].train != nil {
			c.line("data", r.shared[i].digest())
		}
	}
	return sum(c.String())
}

// Run calls emit with the rows of some seeds, a few at a time, in order of seeds, and within a seed of settings, from the
// one number skip on. The rows are good until emit returns. A run that fails has its error in its row. The error that
// ends everything is one of emit or of ctx.
func (r *ReadySweep) Run(ctx context.Context, some Seeds, skip int, emit func([]Row) error) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	group := r.group(some)
	threads := min(r.options.Threads, (some.Count()+group-1)/group)
	queue := make(chan *sweepTask)
	order := make(chan *sweepTask, 2*threads) // bounds how many rows wait for an earlier one
	go func() {
		defer close(order)
		defer close(queue)
		for part := range some.parts(group) {
			t := &sweepTask{seeds: part, done: make(chan struct{})}
			select {
			case order <- t:
			case <-running.Done():
				return
			}
			select {
			case queue <- t:
			case <-running.Done():
				t.err = running.Err()
				close(t.done)
				return
			}
		}
	}()
	for range threads {
		go r.work(running, queue, group)
	}
	var failed error
	for t := range order {
		<-t.done
		rows := t.rows[min(skip, len(t.rows)):]
		skip -= len(t.rows) - len(rows)
		if failed == nil && len(rows) > 0 {
			failed = emit(rows)
		}
		if failed == nil {
			failed = t.err
		}
		if failed != nil {
			cancel() // and see the rest of the tasks end
		}
	}
	if failed == nil {
		failed = ctx.Err() // before the last seed was taken up
	}
	return failed
}

// sweepTask is some seeds, and the rows that they give.
type sweepTask struct {
	seeds Seeds
	rows  []Row
	err   error
	done  chan struct{}
}

// group returns how many of some seeds to take at once: as many as the lanes, if there are that many and if the room for
// their data is not too large.
func (r *ReadySweep) group(some Seeds) int {
	const room = 64 << 20 // bytes
	group, bytes := 1, 1
	for i, s := range r.Settings {
		group = max(group, s.Experiment.together(r.options.Kernel))
		if r.shared[i].train == nil {
			z := r.shared[i].sizes
			bytes += (z.train + z.test) * z.features * 16
		}
	}
	return max(1, min(group, some.Count(), room/bytes))
}

// together returns how many runs are trained at once.
func (e *Experiment) together(row string) int {
	if e.DType == "float32" {
		return togetherAs[float32](e, row)
	}
	return togetherAs[float64](e, row)
}

func togetherAs[T kernel.Float](e *Experiment, row string) int {
	k, err := kernel.Get[T](row)
	if err != nil {
		return 1
	}
	t := e.Train.training()
	return mlp.Together(e.Model.Config, k, t.Method)
}

// work does tasks until there are no more.
func (r *ReadySweep) work(ctx context.Context, queue <-chan *sweepTask, group int) {
	var runners []runner
	for t := range queue {
		if runners == nil {
			runners, t.err = r.runners(group)
		}
		if t.err == nil {
			t.rows, t.err = r.rows(ctx, runners, t.seeds)
		}
		close(t.done)
	}
}

// runners returns a runner for each setting.
func (r *ReadySweep) runners(group int) (all []runner, err error) {
	for i, s := range r.Settings {
		room := min(group, s.Experiment.together(r.options.Kernel))
		one, err := s.Experiment.newRunner(r.options.Kernel, r.shared[i].sets, room)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// rows runs all settings with these seeds.
func (r *ReadySweep) rows(ctx context.Context, runners []runner, seeds Seeds) ([]Row, error) {
	rows := make([]Row, seeds.Count()*len(runners))
	some := make([]Row, seeds.Count())
	for i, one := range runners {
		at := some
		for part := range seeds.parts(one.room()) {
			if err := one.run(ctx, part, at[:part.Count()]); err != nil {
				return nil, err
			}
			at = at[part.Count():]
		}
		for j, row := range some {
			row.Sweep, row.Set = r.ID, r.Settings[i].Changes
			rows[j*len(runners)+i] = row
		}
	}
	return rows, nil
}

// runner runs one setting with as many seeds at a time as it has room for.
type runner interface {
	room() int
	run(ctx context.Context, seeds Seeds, rows []Row) error
}

func (e *Experiment) newRunner(row string, shared any, room int) (runner, error) {
	if e.DType == "float32" {
		return newRunner[float32](e, row, shared, room)
	}
	return newRunner[float64](e, row, shared, room)
}

// runnerOf is a runner of networks of type T.
type runnerOf[T kernel.Float] struct {
	experiment *Experiment
	training   mlp.Training
	drawn      []*drawnSamples // of each run, or none where all have the same data
	data, test []*mlp.Data[T]  // of each run, or of all; test is empty where there is nothing to test with
	random     []*numpyrand.RandomState
	networks   []*mlp.Network[T]
	sources    []mlp.Source // random again
}

func newRunner[T kernel.Float](e *Experiment, row string, shared any, room int) (*runnerOf[T], error) {
	k, err := kernel.Get[T](row)
	if err != nil {
		return nil, err
	}
	r := &runnerOf[T]{experiment: e, training: e.Train.training()}
	r.training.Threads = 1
	for range room {
		random := new(numpyrand.RandomState)
		if err := random.SetKernel(row); err != nil {
			return nil, err
		}
		n, err := mlp.New(e.Model.Config, k)
		if err != nil {
			return nil, err
		}
		r.random, r.sources, r.networks = append(r.random, random), append(r.sources, random), append(r.networks, n)
	}
	if sets, ok := shared.(*networkSets[T]); ok {
		r.addData(sets.train, sets.test)
		return r, nil
	}
	for range room {
		drawn, err := e.Data.clouds()
		if err != nil {
			return nil, &DataError{err}
		}
		r.drawn = append(r.drawn, drawn)
		train, test, err := r.networkData(drawn.samples)
		if err != nil {
			return nil, &DataError{err}
		}
		r.addData(train, test)
	}
	return r, nil
}

func (r *runnerOf[T]) addData(train, test *mlp.Data[T]) {
	r.data = append(r.data, train)
	if test != nil {
		r.test = append(r.test, test)
	}
}

// networkData returns the samples in the network's own type. All runs' sets share their labels.
func (r *runnerOf[T]) networkData(s samples) (train, test *mlp.Data[T], err error) {
	if len(r.data) == 0 {
		return networkData[T](r.experiment, s)
	}
	if train, err = r.data[0].WithX(s.train.X); err != nil || s.test == nil {
		return train, nil, err
	}
	test, err = r.test[0].WithX(s.test.X)
	return train, test, err
}

func (r *runnerOf[T]) room() int { return len(r.networks) }

// run fills in a row for each seed.
func (r *runnerOf[T]) run(ctx context.Context, seeds Seeds, rows []Row) error {
	n := len(rows)
	r.start(seeds, rows)
	errs, err := mlp.TrainMany(ctx, r.networks[:n], r.setsOf(r.data, n), r.sources[:n], r.training)
	if err != nil {
		return err
	}
	scores, err := mlp.EvaluateMany(ctx, r.networks[:n], r.setsOf(r.data, n), 1)
	if err != nil {
		return err
	}
	tests := make([]mlp.Score, n)
	if len(r.test) > 0 {
		if tests, err = mlp.EvaluateMany(ctx, r.networks[:n], r.setsOf(r.test, n), 1); err != nil {
			return err
		}
	}
	for i := range rows {
		if rows[i].Error == "" {
			r.fill(&rows[i], r.networks[i], errs[i], scores[i], tests[i])
		}
	}
	return nil
}

// fill fills in what a run has come to.
func (r *runnerOf[T]) fill(row *Row, n *mlp.Network[T], err error, score, test mlp.Score) {
	total := r.data[0].Len()
	if err == nil {
		err = checkLosses(r.experiment.TotalSteps(total), n.Layers(), score, test)
	}
	if err != nil {
		row.Error = describeFailure(err)
		return
	}
	row.Score, row.Total, row.Digest = score, total, weightsDigest(n)
	if len(r.test) > 0 {
		row.Test, row.Tests = test, r.test[0].Len()
	}
}

// start draws data and weights for each seed. A seed whose data cannot be used has the error in its row, and no data.
func (r *runnerOf[T]) start(seeds Seeds, rows []Row) {
	n := len(rows)
	words := make([]uint32, n)
	for i := range words {
		words[i] = seeds.First + uint32(i)
		rows[i] = Row{Seed: words[i]}
	}
	numpyrand.SeedAll(r.random[:n], words)
	for i := range n {
		if r.drawn != nil {
			if err := r.draw(i); err != nil {
				rows[i].Error = err.Error()
				clear(r.data[i].X())
			}
		}
		initialise(r.networks[i], r.random[i])
	}
}

// draw draws run i's data.
func (r *runnerOf[T]) draw(i int) error {
	if err := r.drawn[i].draw(r.random[i]); err != nil {
		return err
	}
	if err := r.data[i].SetX(r.drawn[i].train.X); err != nil {
		return err
	}
	if len(r.test) == 0 {
		return nil
	}
	if err := r.test[i].SetX(r.drawn[i].test.X); err != nil {
		return fmt.Errorf("testing: %w", err)
	}
	return nil
}

// setsOf returns the sets of n runs.
func (r *runnerOf[T]) setsOf(all []*mlp.Data[T], n int) []*mlp.Data[T] {
	if r.drawn == nil {
		return all[:1]
	}
	return all[:n]
}

// describeFailure says what became of a training that failed, as the error of [Run] does.
func describeFailure(err error) string {
	var diverged *mlp.Diverged
	if errors.As(err, &diverged) {
		return (&Diverged{Step: diverged.Step + 1, Layer: diverged.Layer}).Error()
	}
	return err.Error()
}

// Reference is the kernel that every other is held to.
const Reference = "generic"

// Alone runs the seeds of some rows one by one, as [Run] does but without the points of the curve before the last, on the
// reference kernel, and returns the rows that they give. progress, if not nil, is called with the number of rows done.
func (r *ReadySweep) Alone(ctx context.Context, rows []Row, progress func(done, rows int)) ([]Row, error) {
	alone := make([]Row, len(rows))
	done := make(chan error)
	next := make(chan int, len(rows))
	for i := range rows {
		next <- i
	}
	close(next)
	for range min(r.options.Threads, len(rows)) {
		go func() {
			for i := range next {
				var err error
				alone[i], err = r.alone(ctx, &rows[i])
				done <- err
			}
		}()
	}
	var failed error
	for i := range rows {
		if err := <-done; failed == nil {
			failed = err
		}
		if progress != nil {
			progress(i+1, len(rows))
		}
	}
	return alone, failed
}

func (r *ReadySweep) alone(ctx context.Context, row *Row) (Row, error) {
	i := slices.IndexFunc(r.Settings, func(s Setting) bool { return slices.Equal(s.Changes, row.Set) })
	e := *r.Settings[i].Experiment
	e.Seed = row.Seed
	o := Options{Kernel: Reference, Threads: 1, lastPoint: true}
	if r.shared[i].train != nil {
		o.samples = &r.shared[i].samples
	}
	own := Row{Seed: row.Seed, Set: row.Set, Sweep: row.Sweep}
	result, err := Run(ctx, &e, o)
	var diverged *Diverged
	var loss *LossError
	var data *DataError
	if errors.As(err, &diverged) || errors.As(err, &loss) || errors.As(err, &data) {
		own.Error = err.Error()
		return own, nil
	}
	if err != nil {
		return own, err
	}
	p := result.Final()
	own.Score, own.Total = mlp.Score{Loss: p.Loss, Correct: p.Correct}, result.Data.Len()
	own.Digest = p.Weights
	if result.Test != nil {
		own.Test, own.Tests = p.Test, result.Test.Len()
	}
	return own, nil
}
