package harness

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
	"github.com/samebits/samebits/numpyrand"
)

// Sweep is an experiment that is run with many seeds, and perhaps with several settings of other keys. Each run gives what
// [Run] gives it, to the last bit, but small networks are trained many at once.
type Sweep struct {
	Seeds    Seeds
	Settings []Setting // at least one
}

// Setting is one variant of the experiment.
type Setting struct {
	Changes    []string    // of the keys that are not the same in all settings; nil where there is one setting
	Experiment *Experiment // whose seed is not used
}

// maxSettings bounds the settings of a sweep, for each of which there is room for some runs.
const maxSettings = 256

// Sweep reads the experiment as [Source.Experiment] does. A change with several values, as in "train.rate=0.1,0.2", makes
// a setting for each; several such changes make all their combinations, the last of them changing fastest. Commas
// within brackets, braces and quotation marks do not part values.
func (s *Source) Sweep(seeds Seeds, changes ...string) (*Sweep, error) {
	settings := [][]string{nil} // the changes of each
	several := map[int]bool{}   // which changes have several values
	for i, c := range changes {
		key, values := splitValues(c)
		several[i] = len(values) > 1
		if len(values)*len(settings) > maxSettings {
			return nil, fmt.Errorf("-S %s: more than %d settings", c, maxSettings)
		}
		var next [][]string
		for _, setting := range settings {
			for _, v := range values {
				next = append(next, append(slices.Clip(setting), key+v))
			}
		}
		settings = next
	}
	w := &Sweep{Seeds: seeds}
	for _, all := range settings {
		e, err := s.Experiment(all...)
		if err != nil {
			return nil, err
		}
		setting := Setting{Experiment: e}
		for i, c := range all {
			if several[i] {
				setting.Changes = append(setting.Changes, c)
			}
		}
		w.Settings = append(w.Settings, setting)
	}
	return w, nil
}

// splitValues parts "key=v1,v2" into "key=" and the values.
func splitValues(change string) (key string, values []string) {
	key, text, ok := strings.Cut(change, "=")
	if !ok {
		return change, []string{""} // for Parse to complain about
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
			values = append(values, text[from:i])
			from = i + 1
		}
	}
	return key + "=", append(values, text[from:])
}

// ReadySweep is a sweep whose data are there.
type ReadySweep struct {
	*Sweep
	ID string // that every row of the sweep carries: arithmetic, experiment, seeds and a digest of all that is not a seed

	options Options
	shared  []samples // of each setting; none where they are drawn anew for each seed
}

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
	r := &ReadySweep{Sweep: w, options: o, shared: make([]samples, len(w.Settings))}
	for i, s := range w.Settings {
		if err := s.Experiment.check(); err != nil {
			return nil, err
		}
		if s.Experiment.Data.Source == "gaussians" {
			drawn, err := s.Experiment.Data.clouds()
			if err != nil {
				return nil, &DataError{err}
			}
			if err := s.Experiment.checkFit(drawn.samples); err != nil {
				return nil, err
			}
			continue
		}
		if i > 0 && reflect.DeepEqual(s.Experiment.Data, w.Settings[i-1].Experiment.Data) {
			r.shared[i] = r.shared[i-1]
			if err := s.Experiment.checkFit(r.shared[i]); err != nil {
				return nil, err
			}
			continue
		}
		var err error
		if r.shared[i], err = s.Experiment.fittingSamples(ctx, nil, o.Data); err != nil {
			return nil, err
		}
	}
	r.ID = r.id()
	return r, nil
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
		e := *s.Experiment
		e.Seed, e.RecordEvery = 0, 1
		c.line("setting", strings.Join(s.Changes, " "))
		c.WriteString(e.canonical())
		if r.shared[i].train != nil {
			c.line("data", r.shared[i].digest())
		}
	}
	return sum(c.String())
}

// Run calls emit with a row for each seed of some, in order of seeds, and within a seed of settings, from the one number
// skip on. A run that fails has its error in its row. The error that ends everything is one of emit or of ctx.
func (r *ReadySweep) Run(ctx context.Context, some Seeds, skip int, emit func(*Row) error) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	group := r.group()
	queue := make(chan *sweepTask)
	order := make(chan *sweepTask, 2*r.options.Threads) // bounds how many rows wait for an earlier one
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
	for range r.options.Threads {
		go r.work(running, queue, group)
	}
	var failed error
	for t := range order {
		<-t.done
		for i := range t.rows {
			if skip > 0 {
				skip--
				continue
			}
			if failed == nil {
				failed = emit(&t.rows[i])
			}
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

// group returns how many seeds to take at once.
func (r *ReadySweep) group() int {
	group := 1
	for _, s := range r.Settings {
		group = max(group, s.Experiment.together(r.options.Kernel))
	}
	return group
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
	var broken error
	for i, s := range r.Settings {
		one, err := s.Experiment.newRunner(r.options.Kernel, r.shared[i], group)
		runners, broken = append(runners, one), errors.Join(broken, err)
	}
	for t := range queue {
		t.rows, t.err = nil, broken
		if broken == nil {
			t.rows, t.err = r.rows(ctx, runners, t.seeds)
		}
		close(t.done)
	}
}

// rows runs all settings with these seeds.
func (r *ReadySweep) rows(ctx context.Context, runners []runner, seeds Seeds) ([]Row, error) {
	n := seeds.Count()
	rows := make([]Row, n*len(runners))
	some := make([]Row, n)
	for i, one := range runners {
		if err := one.run(ctx, seeds, some); err != nil {
			return nil, err
		}
		for j, row := range some {
			row.Sweep, row.Set = r.ID, r.Settings[i].Changes
			rows[j*len(runners)+i] = row
		}
	}
	return rows, nil
}

// runner runs one setting with some seeds at a time.
type runner interface {
	run(ctx context.Context, seeds Seeds, rows []Row) error
}

func (e *Experiment) newRunner(row string, shared samples, group int) (runner, error) {
	if e.DType == "float32" {
		return newRunner[float32](e, row, shared, group)
	}
	return newRunner[float64](e, row, shared, group)
}

// runnerOf is a runner of networks of type T, with room for a group of runs.
type runnerOf[T kernel.Float] struct {
	experiment *Experiment
	training   mlp.Training
	shared     bool            // whether all runs have the same data, which are then those of the first
	drawn      []*drawnSamples // of each run, unless shared
	data, test []*mlp.Data[T]  // of each run, or of all; test is empty where there is nothing to test with
	random     []*numpyrand.RandomState
	networks   []*mlp.Network[T]
	sources    []mlp.Source // random again
}

func newRunner[T kernel.Float](e *Experiment, row string, shared samples, group int) (*runnerOf[T], error) {
	k, err := kernel.Get[T](row)
	if err != nil {
		return nil, err
	}
	r := &runnerOf[T]{experiment: e, training: e.Train.training(), shared: shared.train != nil}
	r.training.Threads = 1
	for i := range group {
		random := new(numpyrand.RandomState)
		if err := random.SetKernel(row); err != nil {
			return nil, err
		}
		n, err := mlp.New(e.Model.Config, k)
		if err != nil {
			return nil, err
		}
		r.random, r.sources, r.networks = append(r.random, random), append(r.sources, random), append(r.networks, n)
		if r.shared && i > 0 {
			continue
		}
		s := shared
		if !r.shared {
			drawn, err := e.Data.clouds()
			if err != nil {
				return nil, err
			}
			r.drawn = append(r.drawn, drawn)
			s = drawn.samples
		}
		train, test, err := r.networkData(s)
		if err != nil {
			return nil, &DataError{fmt.Errorf("%s%w", e.Data.names(), err)}
		}
		r.data = append(r.data, train)
		if test != nil {
			r.test = append(r.test, test)
		}
	}
	return r, nil
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

// run fills in a row for each seed.
func (r *runnerOf[T]) run(ctx context.Context, seeds Seeds, rows []Row) error {
	n := len(rows)
	if err := r.start(seeds, rows); err != nil {
		return err
	}
	errs, err := mlp.TrainMany(ctx, r.networks[:n], r.setsOf(r.data, n), r.sources[:n], r.training)
	if err != nil {
		return err
	}
	scores, err := mlp.EvaluateMany(ctx, r.networks[:n], r.setsOf(r.data, n), 1)
	if err != nil {
		return err
	}
	var tests []mlp.Score
	if len(r.test) > 0 {
		if tests, err = mlp.EvaluateMany(ctx, r.networks[:n], r.setsOf(r.test, n), 1); err != nil {
			return err
		}
	}
	for i := range rows {
		row := &rows[i]
		if errs[i] != nil {
			row.Error = describeFailure(errs[i])
			continue
		}
		row.Score, row.Total = scores[i], r.setsOf(r.data, n)[min(i, len(r.data)-1)].Len()
		row.Digest = weightsDigest(r.networks[i])
		if tests != nil {
			row.Test, row.Tests = tests[i], r.test[0].Len()
		}
		if err := checkLosses(r.experiment.TotalSteps(row.Total), r.networks[i].Layers(), row.Score, row.Test); err != nil {
			*row = Row{Seed: row.Seed, Error: err.Error()}
		}
	}
	return nil
}

// start draws data and weights for each seed.
func (r *runnerOf[T]) start(seeds Seeds, rows []Row) error {
	n := len(rows)
	words := make([]uint32, n)
	for i := range words {
		words[i] = seeds.First + uint32(i)
		rows[i] = Row{Seed: words[i]}
	}
	numpyrand.SeedAll(r.random[:n], words)
	for i := range n {
		if !r.shared {
			if err := r.drawn[i].draw(r.random[i]); err != nil {
				return &DataError{fmt.Errorf("seed %d: %w", words[i], err)}
			}
			if err := r.data[i].SetX(r.drawn[i].train.X); err != nil {
				return &DataError{fmt.Errorf("seed %d: %w", words[i], err)}
			}
			if len(r.test) > 0 {
				if err := r.test[i].SetX(r.drawn[i].test.X); err != nil {
					return &DataError{fmt.Errorf("seed %d: testing: %w", words[i], err)}
				}
			}
		}
		initialise(r.networks[i], r.random[i])
	}
	return nil
}

// setsOf returns the sets of n runs.
func (r *runnerOf[T]) setsOf(all []*mlp.Data[T], n int) []*mlp.Data[T] {
	if r.shared {
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

// Alone runs the seeds of some rows one by one, as [Run] does, on the reference kernel, and returns the rows that they give.
func (r *ReadySweep) Alone(ctx context.Context, rows []Row) ([]Row, error) {
	alone := make([]Row, len(rows))
	errs := make([]error, len(rows))
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(r.options.Threads, len(rows)) {
		wg.Go(func() {
			for i := range next {
				alone[i], errs[i] = r.alone(ctx, &rows[i])
			}
		})
	}
	for i := range rows {
		next <- i
	}
	close(next)
	wg.Wait()
	return alone, errors.Join(errs...)
}

func (r *ReadySweep) alone(ctx context.Context, row *Row) (Row, error) {
	s := r.Settings[slices.IndexFunc(r.Settings, func(s Setting) bool { return slices.Equal(s.Changes, row.Set) })]
	e := *s.Experiment
	e.Seed, e.RecordEvery = row.Seed, maxSteps
	result, err := Run(ctx, &e, Options{Kernel: Reference, Threads: 1, Data: r.options.Data, scoresOnly: true})
	own := Row{Seed: row.Seed, Set: row.Set, Sweep: row.Sweep}
	var diverged *Diverged
	var loss *LossError
	if errors.As(err, &diverged) || errors.As(err, &loss) {
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
