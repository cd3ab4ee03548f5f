package harness

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// source makes an experiment's source of a text.
func sourceOf(text string) *Source { return &Source{name: "test.toml", text: []byte(text)} }

// ready returns a sweep that can be run.
func ready(t testing.TB, s *Source, seeds string, o Options, changes ...string) *ReadySweep {
	t.Helper()
	all, err := ParseSeeds(seeds)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Sweep(all, changes...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Ready(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// swept returns a sweep's rows.
func swept(t testing.TB, r *ReadySweep, some Seeds, skip int) []Row {
	t.Helper()
	var rows []Row
	if err := r.Run(t.Context(), some, skip, func(some []Row) error {
		rows = append(rows, some...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

// alone runs each setting of an experiment with one seed by itself.
func alone(t *testing.T, s *Source, r *ReadySweep, seed uint32, changes []string) Row {
	t.Helper()
	e, err := s.Experiment(append(slices.Clone(changes), fmt.Sprintf("seed=%d", seed))...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(t.Context(), e, Options{Kernel: "generic", Threads: 1})
	var diverged *Diverged
	var loss *LossError
	if errors.As(err, &diverged) || errors.As(err, &loss) {
		return Row{Seed: seed, Error: err.Error(), Sweep: r.ID}
	}
	if err != nil {
		t.Fatal(err)
	}
	p := got.Final()
	row := Row{Seed: seed, Score: mlp.Score{Loss: p.Loss, Correct: p.Correct}, Total: got.Data.Len(), Digest: p.Weights, Sweep: r.ID}
	if got.Test != nil {
		row.Test, row.Tests = p.Test, got.Test.Len()
	}
	return row
}

// TestSweepAsAlone compares every row with a run of that seed alone on the reference kernel, for networks that go many at
// once and for those that do not, on every kernel and on 1, 2 and 3 threads.
func TestSweepAsAlone(t *testing.T) {
	for _, c := range []struct {
		name, text string
		changes    []string
		seeds      string
	}{
		{"gaussians", tiny, nil, "0..70"},
		{"float32", tiny, []string{"dtype=float32"}, "4294967290..4294967295"},
		{"test and scale", tiny, []string{"data.test=4", "data.scale=[0,1]"}, "5..45"},
		{"minibatch", tiny, []string{"train.method=minibatch", "train.batch=3"}, "0..5"},
		{"shuffle", tiny, []string{"train.order=shuffle", "train.epochs=3", "model.bias=true"}, "100..140"},
		{"digits", digits, nil, "7..8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sourceOf(c.text)
			first := ready(t, s, c.seeds, Options{Kernel: "generic", Threads: 1}, c.changes...)
			var want []Row
			for seed := uint64(first.Seeds.First); seed <= uint64(first.Seeds.Last); seed++ {
				want = append(want, alone(t, s, first, uint32(seed), c.changes))
			}
			for _, k := range kernel.Names() {
				for threads := 1; threads <= 3; threads++ {
					r := ready(t, s, c.seeds, Options{Kernel: k, Threads: threads}, c.changes...)
					if d := cmp.Diff(want, swept(t, r, r.Seeds, 0)); d != "" {
						t.Fatalf("kernel %s, threads %d (-alone +sweep)\n%s", k, threads, d)
					}
				}
			}
		})
	}
}

// TestSweepFailures: a run that diverges has the error that it has alone, and the others are as they are alone.
func TestSweepFailures(t *testing.T) {
	s := sourceOf(tiny)
	changes := []string{"model.activation=identity", "train.rate=0.9", "train.steps=400", "record.every=400"}
	r := ready(t, s, "0..40", Options{Threads: 2}, changes...)
	failed := 0
	for _, row := range swept(t, r, r.Seeds, 0) {
		if want := alone(t, s, r, row.Seed, changes); !cmp.Equal(row, want) {
			t.Errorf("seed %d: (-alone +sweep)\n%s", row.Seed, cmp.Diff(want, row))
		}
		if row.Error != "" {
			failed++
		}
	}
	if failed == 0 {
		t.Error("no run failed: the test shows nothing")
	}
}

// TestSweepFailuresAlone: data that do not fit in float32, and losses that are not finite at the end or before, give the same
// rows many at once and alone, and keep no other run from its result.
func TestSweepFailuresAlone(t *testing.T) {
	wide := "data.classes=[{n=6,mean=[0,0],cov=[[1e76,0],[0,1e76]]},{n=4,mean=[0,0],cov=[[1e76,0],[0,1e76]]}]"
	far := "data.classes=[{n=6,mean=[1e160,0],cov=[[1,0],[0,1]]},{n=4,mean=[0,0],cov=[[1,0],[0,1]]}]"
	for _, changes := range [][]string{
		{"dtype=float32", wide}, {"dtype=float32", wide, "data.test=3"}, {far, "model.activation=relu", "train.rate=1e-3"},
		{far, "model.activation=relu", "train.rate=1e-3", "data.test=3"},
	} {
		r := ready(t, sourceOf(tiny), "0..199", Options{Threads: 2}, changes...)
		rows := swept(t, r, r.Seeds, 0)
		got, err := r.Alone(t.Context(), rows, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(got, rows); d != "" {
			t.Errorf("%q (-alone +sweep)\n%s", changes, d)
		}
		failed := 0
		for _, row := range rows {
			if row.Error != "" {
				failed++
			}
		}
		if failed == 0 || failed == len(rows) {
			t.Errorf("%q: %d of %d runs failed", changes, failed, len(rows))
		}
	}
}

// TestSweepParts: rows do not depend on where a sweep begins, and skip leaves out settings of the first seed.
func TestSweepParts(t *testing.T) {
	s := sourceOf(tiny)
	r := ready(t, s, "0..49", Options{Threads: 2}, "train.rate=0.1,0.2", "model.layers=[2,2,2],[2,3,2]")
	whole := swept(t, r, r.Seeds, 0)
	if len(whole) != 200 {
		t.Fatalf("%d rows, want 4 for each seed", len(whole))
	}
	for i, set := range [][]string{
		{"train.rate=0.1", "model.layers=[2,2,2]"}, {"train.rate=0.1", "model.layers=[2,3,2]"},
		{"train.rate=0.2", "model.layers=[2,2,2]"}, {"train.rate=0.2", "model.layers=[2,3,2]"},
	} {
		want := alone(t, s, r, 9, set)
		want.Set = set
		if d := cmp.Diff(want, whole[36+i]); d != "" {
			t.Errorf("%v (-alone +sweep)\n%s", set, d)
		}
	}
	if d := cmp.Diff(whole[4*17+3:], swept(t, r, Seeds{17, 49}, 3)); d != "" {
		t.Errorf("(-whole +part)\n%s", d)
	}
}

// TestSweepStops: an error of emit, or of the context, ends the sweep and is returned. Rows before it are in order.
func TestSweepStops(t *testing.T) {
	r := ready(t, sourceOf(tiny), "0..9999", Options{Threads: 3})
	mine := errors.New("enough")
	next := uint32(0)
	err := r.Run(t.Context(), r.Seeds, 0, func(rows []Row) error {
		for _, row := range rows {
			if row.Seed != next {
				t.Errorf("seed %d, want %d", row.Seed, next)
			}
			next++
		}
		if next >= 100 {
			return mine
		}
		return nil
	})
	if err != mine || next < 100 || next > 300 {
		t.Errorf("%d rows, %v", next, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	next = 0
	err = r.Run(ctx, r.Seeds, 0, func(rows []Row) error {
		if next += uint32(len(rows)); next >= 100 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || next < 100 || next > 5000 {
		t.Errorf("%d rows, %v", next, err)
	}
}

// TestSweepID: the identity tells apart what gives other rows, and nothing else.
func TestSweepID(t *testing.T) {
	s := sourceOf(tiny)
	first := ready(t, s, "0..9", Options{Kernel: "generic", Threads: 1}).ID
	if !strings.HasPrefix(first, kernel.Contract+" tiny 0..9 ") {
		t.Errorf("identity %q", first)
	}
	seen := map[string]string{first: "nothing"}
	for _, change := range []string{
		"train.rate=0.2", "train.steps=21", "model.bias=false", "dtype=float32", "data.classes.0.n=4", "train.rate=0.2,0.3", "data.test=2",
	} {
		id := ready(t, s, "0..9", Options{}, change).ID
		if was, ok := seen[id]; ok {
			t.Errorf("%s and %s have the identity %q", change, was, id)
		}
		seen[id] = change
	}
	for _, change := range []string{"seed=8", "record.every=7"} {
		if id := ready(t, s, "0..9", Options{Threads: 3}, change).ID; id != first {
			t.Errorf("%s: identity %q, want %q", change, id, first)
		}
	}
	if a, b := ready(t, sourceOf(digits), "0..9", Options{}).ID, ready(t, sourceOf(digits), "0..9", Options{}, "data.scale=[0,2]").ID; a == b {
		t.Error("other data, the same identity")
	}
}

func TestSweepValues(t *testing.T) {
	for _, c := range []struct {
		change string
		key    string
		values []string
	}{
		{"a=1", "a", []string{"1"}},
		{"a=1,2", "a", []string{"1", "2"}},
		{" a = 1 , 2 ", "a", []string{"1", "2"}},
		{"a=[1,2],[3,4]", "a", []string{"[1,2]", "[3,4]"}},
		{"a=[[1,2],[3]],4", "a", []string{"[[1,2],[3]]", "4"}},
		{`a="x,y",'z,"',w`, "a", []string{`"x,y"`, `'z,"'`, "w"}},
		{"a={b=1,c=2},3", "a", []string{"{b=1,c=2}", "3"}},
		{"a=", "a", []string{""}},
		{"a=it's", "a", []string{"it's"}},
		{"a=b=1,2", "a", []string{"b=1", "2"}},
	} {
		key, values, err := splitValues(c.change)
		if key != c.key || !slices.Equal(values, c.values) || err != nil {
			t.Errorf("%s: %q %q %v", c.change, key, values, err)
		}
	}
	for change, want := range map[string]string{
		"a": "want key=value", "=1,2": "want key=value", "a=1,it's": "not closed", "a=1,[2": "not closed", "a=1," + strings.Repeat("2", maxChange): "at most 4096",
	} {
		if _, _, err := splitValues(change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: got %v, want %q", change, err, want)
		}
	}
	for _, changes := range [][]string{
		{"seed=1,2"}, {"name=a,b"}, {"record.every=1,2"}, {"train.rate=0.1,0.10"}, {"train.rate=0.1,0.2", "train.rate=0.3"}, {"train.rate=0.3", "train.rate=0.1,0.2"},
	} {
		if _, err := sourceOf(tiny).Sweep(Seeds{0, 1}, changes...); err == nil || !strings.Contains(err.Error(), "same training") && !strings.Contains(err.Error(), "changed twice") {
			t.Errorf("%q: %v", changes, err)
		}
	}
	if _, err := sourceOf(tiny).Sweep(Seeds{0, MaxSeeds - 1}, "train.rate=0.1,0.2"); err == nil || !strings.Contains(err.Error(), "at most 1073741824 runs") {
		t.Errorf("too many runs: %v", err)
	}
	s := sourceOf(tiny)
	if _, err := s.Sweep(Seeds{0, 1}, "train.rate="+strings.Repeat("1,", maxSettings)+"1"); err == nil || !strings.Contains(err.Error(), "256 settings") {
		t.Errorf("too many settings: %v", err)
	}
	if _, err := s.Sweep(Seeds{0, 1}, "train.rate=0.1,x"); err == nil || !strings.Contains(err.Error(), "train.rate") {
		t.Errorf("a bad value: %v", err)
	}
	if _, err := s.Sweep(Seeds{0, 1}, "train"); err == nil || !strings.Contains(err.Error(), "key=value") {
		t.Errorf("no value: %v", err)
	}
}

// TestSweepNotReady: what keeps a run from starting keeps a sweep from it.
func TestSweepNotReady(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{withData("source = 'csv'\ntrain = 'nowhere.csv'\nlabel = 'first'"), "nowhere.csv"},
	} {
		w, err := sourceOf(c.text).Sweep(Seeds{0, 3})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Ready(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrNoData) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	w, err := sourceOf(tiny).Sweep(Seeds{0, 3})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Ready(t.Context(), Options{Kernel: "none"}); err == nil {
		t.Error("an unknown kernel is no error")
	}
}

// TestAlone replays rows alone, and shows one that was changed.
func TestAlone(t *testing.T) {
	s := sourceOf(tiny)
	r := ready(t, s, "0..30", Options{Threads: 2}, "train.rate=0.1,0.3", "data.test=3")
	rows := swept(t, r, r.Seeds, 0)
	got, err := r.Alone(t.Context(), rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rows, got); d != "" {
		t.Errorf("(-sweep +alone)\n%s", d)
	}
}

// TestDistribution compares with gonum and with counting by hand.
func TestDistribution(t *testing.T) {
	r := ready(t, sourceOf(tiny), "0..199", Options{}, "data.test=2")
	rows := swept(t, r, r.Seeds, 0)
	rows[7] = Row{Seed: 7, Error: "it broke", Sweep: r.ID}
	d := NewDistribution()
	var file []byte
	var correct, loss []float64
	for i := range rows {
		d.Add(&rows[i])
		file = rows[i].Append(file)
		if rows[i].Error == "" {
			correct, loss = append(correct, float64(rows[i].Score.Correct)), append(loss, rows[i].Score.Loss)
		}
	}
	hash := sha256.Sum256(file)
	if want := "sha256:" + hex.EncodeToString(hash[:]); d.Root() != want {
		t.Errorf("root %s, want %s", d.Root(), want)
	}
	s := d.Settings[0]
	c := &s.Train
	if d.Rows != 200 || s.Failed != 1 || c.Runs != 199 || s.Test.Runs != 199 || s.Test.Total != 2 || c.Total != rows[0].Total {
		t.Errorf("%d rows, %d failed, %d runs of %d, %d of %d", d.Rows, s.Failed, c.Runs, c.Total, s.Test.Runs, s.Test.Total)
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: %v, gonum has %v", what, got, want)
		}
	}
	near("mean", c.Mean(), stat.Mean(correct, nil))
	near("deviation", c.Deviation(), stat.StdDev(correct, nil))
	near("mean loss", c.Loss.Mean, stat.Mean(loss, nil))
	near("deviation of the loss", c.Loss.Deviation(), stat.StdDev(loss, nil))
	slices.Sort(correct)
	for _, q := range []int{1, 5, 25, 50, 75, 95, 99, 100} {
		near(fmt.Sprint(q, " %"), float64(c.Quantile(q)), stat.Quantile(float64(q)/100, stat.Empirical, correct, nil))
	}
	if got := c.Quantile(0); float64(got) != correct[0] {
		t.Errorf("least %d, want %v", got, correct[0])
	}
	if c.Loss.Min != slices.Min(loss) || c.Loss.Max != slices.Max(loss) {
		t.Errorf("loss from %v to %v", c.Loss.Min, c.Loss.Max)
	}
	for _, n := range []int{1, 3, 20} {
		first, width, runs := c.Bins(n)
		if len(runs) > n {
			t.Errorf("%d bins, want at most %d", len(runs), n)
		}
		want := make([]uint64, len(runs))
		for _, v := range correct {
			want[(int(v)-first)/width]++
		}
		if !slices.Equal(runs, want) {
			t.Errorf("%d bins: %v, want %v", n, runs, want)
		}
	}
	below, same, above := c.Place(int(correct[50]))
	if want := slices.Index(correct, correct[50]); below != uint64(want) || below+same+above != 199 || same == 0 {
		t.Errorf("place %d %d %d, want %d before", below, same, above, want)
	}
}

// TestDistributionExact: large counts neither overflow nor lose digits, and one run alone deviates by nothing.
func TestDistributionExact(t *testing.T) {
	c := Counts{Runs: 3 << 28, Of: []uint64{1<<20 - 1: 1 << 29, 1 << 20: 1 << 28}}
	if got, want := c.Mean(), float64(1<<20)-2.0/3; got != want {
		t.Errorf("mean %v, want %v", got, want)
	}
	if got, want := c.Deviation(), math.Sqrt(2.0/9*(3<<28)/(3<<28-1)); math.Abs(got-want) > 1e-15 {
		t.Errorf("deviation %v, want %v", got, want)
	}
	one := Counts{}
	one.add(5, 10, 0.25)
	if one.Deviation() != 0 || one.Loss.Deviation() != 0 || one.Mean() != 5 || one.Quantile(50) != 5 {
		t.Errorf("one run: %+v", one)
	}
}

func TestParseSeeds(t *testing.T) {
	for text, want := range map[string]Seeds{"0..9999": {0, 9999}, "7": {7, 7}, "4294967295": {4294967295, 4294967295}, "0..1073741823": {0, MaxSeeds - 1}} {
		got, err := ParseSeeds(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "missing", "..": "missing", "1..": "missing", "..1": "missing", "9..0": "from 9 down to 0", "0..4294967296": "from 0 to 4294967295",
		"-1..3": `"-1" is no seed`, "0..99999999999999999999999": "from 0 to 4294967295", "0..1073741824": "1073741825 seeds, want at most 1073741824",
		"0..1e4": `"1e4" is no seed`, "1...3": `".3" is no seed`, "1..2..3": `"2..3" is no seed`, "01..3": `"01" is no seed`, "+1": "no seed", " 1": "no seed",
	} {
		if _, err := ParseSeeds(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// TestShards: the parts of any number follow each other, cover all, and differ by at most one seed.
func TestShards(t *testing.T) {
	for _, all := range []Seeds{{0, 9}, {5, 5}, {4294967286, 4294967295}, {0, MaxSeeds - 1}} {
		for _, n := range []int{1, 2, 3, 7, 10, 1000} {
			if n > all.Count() {
				if _, err := all.Shard(1, n); err == nil || !strings.Contains(err.Error(), "more shards") {
					t.Errorf("%v in %d shards: %v", all, n, err)
				}
				continue
			}
			next, least, most := uint64(all.First), math.MaxInt, 0
			for i := 1; i <= n; i++ {
				s, err := all.Shard(i, n)
				if err != nil || uint64(s.First) != next {
					t.Fatalf("%v, shard %d/%d: %v, %v, want it from %d", all, i, n, s, err, next)
				}
				next = uint64(s.Last) + 1
				least, most = min(least, s.Count()), max(most, s.Count())
			}
			if next != uint64(all.Last)+1 || most-least > 1 {
				t.Errorf("%v in %d shards: end before %d, of %d to %d seeds", all, n, next, least, most)
			}
		}
	}
	for _, c := range [][2]int{{0, 2}, {3, 2}, {-1, 2}, {1, 0}, {1, -3}} {
		if _, err := (Seeds{0, 9}).Shard(c[0], c[1]); err == nil {
			t.Errorf("shard %d/%d is no error", c[0], c[1])
		}
	}
}

// TestSeedsParts: parts of n seeds, up to the last seed there is.
func TestSeedsParts(t *testing.T) {
	var got []Seeds
	for p := range (Seeds{4294967288, 4294967295}).parts(3) {
		got = append(got, p)
	}
	want := []Seeds{{4294967288, 4294967290}, {4294967291, 4294967293}, {4294967294, 4294967295}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestGoldenSweep replays the sweep of the notebook on every kernel and on 1, 2 and 3 threads, on the slow reference on 2.
func TestGoldenSweep(t *testing.T) {
	source, err := Open("notebook")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := source.GoldenSweep()
	if err != nil {
		t.Fatal(err)
	}
	if golden.Seeds.Count() != 1000 {
		t.Errorf("%v are %d seeds", golden.Seeds, golden.Seeds.Count())
	}
	for _, k := range kernel.Names() {
		for threads := 1; threads <= 3; threads++ {
			if k == Reference && threads != 2 {
				continue
			}
			v, err := source.VerifySweep(t.Context(), golden, Options{Kernel: k, Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if v.Difference != "" || v.Root != golden.Root {
				t.Errorf("kernel %s, threads %d: %s", k, threads, v.Difference)
			}
		}
	}
}

// TestSweepTrace: a trace can be read again, and tells another from itself line by line; what is no trace is an error.
func TestSweepTrace(t *testing.T) {
	s := sourceOf(tiny)
	trace, err := s.RecordSweep(t.Context(), Seeds{0, 20}, kernel.Names(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := parseSweepTrace("a.sweep", trace.String())
	if err != nil || again.Diff(trace) != "" || again.Root != trace.Root || again.Seeds != trace.Seeds || again.Experiment != "tiny" {
		t.Fatalf("%+v, %v", again, err)
	}
	lines := strings.SplitAfter(trace.String(), "\n")
	for i, l := range lines[:len(lines)-1] {
		if _, err := parseSweepTrace("a.sweep", strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "")); err == nil && !strings.HasPrefix(l, "right") && !strings.HasPrefix(l, "loss") {
			t.Errorf("a trace without %q is no error", l)
		}
	}
	other, err := s.RecordSweep(t.Context(), Seeds{0, 21}, kernel.Names()[:1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := other.Diff(trace); d != `line 4: got "seeds 0..21", want "seeds 0..20"` {
		t.Errorf("difference %q", d)
	}
	if _, err := s.RecordSweep(t.Context(), Seeds{0, 1}, nil, Options{}); err == nil {
		t.Error("no kernel is no error")
	}
}

// fileOf writes rows as a file has them.
func fileOf(rows []Row) []byte {
	var b []byte
	for i := range rows {
		b = rows[i].Append(b)
	}
	return b
}

func TestRows(t *testing.T) {
	digest := hashOf("a")
	for _, row := range []Row{
		{Seed: 0, Score: mlp.Score{Loss: 0.5, Correct: 3}, Total: 4, Digest: digest, Sweep: "x"},
		{Seed: 4294967295, Set: []string{"a=1", `b="<&>"`}, Score: mlp.Score{Loss: 0x1p-1074, Correct: 0}, Total: 1, Test: mlp.Score{Loss: 1e300, Correct: 2}, Tests: 2, Digest: digest, Sweep: "x"},
		{Seed: 7, Error: "step 3: \"no\"\n", Sweep: "x y"},
	} {
		line := row.Append(nil)
		got, err := parseRow(line)
		if err != nil || !cmp.Equal(*got, row) {
			t.Errorf("%s: %v, %v", line, got, err)
		}
		for _, bad := range [][]byte{line[:len(line)-1], line[1:], append([]byte(" "), line...), bytes.Replace(line, []byte(`"seed":`), []byte(`"seed": `), 1),
			bytes.Replace(line, []byte(`"sweep"`), []byte(`"swoop"`), 1)} {
			if _, err := parseRow(bad); err == nil {
				t.Errorf("%q is no error", bad)
			}
		}
	}
	good := Row{Seed: 1, Score: mlp.Score{Loss: 0.5, Correct: 3}, Total: 4, Digest: digest, Sweep: "x"}
	for what, spoil := range map[string]func(*Row){
		"more right than there are":      func(r *Row) { r.Score.Correct = 5 },
		"more samples than there can be": func(r *Row) { r.Total, r.Score.Correct = 1<<40, 1<<39 },
		"an infinite loss":               func(r *Row) { r.Score.Loss = math.Inf(1) },
		"a negative test loss":           func(r *Row) { r.Test, r.Tests = mlp.Score{Loss: -1}, 2 },
		"less than none right":           func(r *Row) { r.Score.Correct = -1 },
		"no samples":                     func(r *Row) { r.Total, r.Score.Correct = 0, 0 },
		"a negative loss":                func(r *Row) { r.Score.Loss = -1 },
		"a loss that is no number":       func(r *Row) { r.Score.Loss = math.NaN() },
		"a short digest":                 func(r *Row) { r.Digest = r.Digest[:20] },
		"no digest":                      func(r *Row) { r.Digest = "" },
		"another digest":                 func(r *Row) { r.Digest = "sha512" + r.Digest[6:] },
		"a digest of other signs":        func(r *Row) { r.Digest = r.Digest[:70] + "g" },
	} {
		row := good
		spoil(&row)
		if _, err := parseRow(row.Append(nil)); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// TestResume: from any place at which a file can break off, the rows that are there and those that follow are all.
func TestResume(t *testing.T) {
	r := ready(t, sourceOf(tiny), "3..12", Options{}, "train.rate=0.1,0.2")
	rows := swept(t, r, r.Seeds, 0)
	file := fileOf(rows)
	for size := 0; size <= len(file); size += 13 {
		var had []Row
		n, whole, err := r.Resume("f", bytes.NewReader(file[:size]), r.Seeds, func(row *Row) error {
			had = append(had, *row)
			return nil
		})
		if err != nil || n != len(had) || int(whole) != len(fileOf(had)) || whole > int64(size) || n < bytes.Count(file[:size], []byte("\n")) {
			t.Fatalf("%d bytes: %d rows, %d bytes, %v", size, n, whole, err)
		}
		if !bytes.Equal(fileOf(had), file[:whole]) {
			t.Errorf("%d bytes: other rows than there are", size)
		}
	}
	other := ready(t, sourceOf(tiny), "3..12", Options{}, "train.rate=0.1,0.3")
	for _, c := range []struct {
		what, want string
		file       []byte
		seeds      Seeds
		sweep      *ReadySweep
	}{
		{"another sweep", `f:1: a row of sweep "`, file, r.Seeds, other},
		{"another shard", "f:1: a row of seed 3, want seed 8", file, Seeds{8, 12}, r},
		{"too many rows", "f:9: more rows than seeds 3..6", file, Seeds{3, 6}, r},
		{"a missing row", "f:2: a row of seed 4, want seed 3", fileOf(append(slices.Clone(rows[:1]), rows[2:]...)), r.Seeds, r},
		{"other data", "f:1: a row of 999 and 0 samples, want 10 and 0", bytes.Replace(file, []byte(`"total":10`), []byte(`"total":999`), 1), r.Seeds, r},
		{"somebody's file", "f:1: not a row", []byte(`{"seed":3,"name":"mine"}`), r.Seeds, r},
		{"no rows at all", "f:1: not a row", []byte("hello\nworld\n"), r.Seeds, r},
		{"no line at all", "f:1: not a row", []byte("hello"), r.Seeds, r},
		{"a very long line", "more than 65536 bytes", bytes.Repeat([]byte("{"), 1<<17), r.Seeds, r},
	} {
		if _, _, err := c.sweep.Resume("f", bytes.NewReader(c.file), c.seeds, func(*Row) error { return nil }); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.what, err, c.want)
		}
	}
}

// TestMerge joins shards in any order, overlapping or not.
func TestMerge(t *testing.T) {
	r := ready(t, sourceOf(tiny), "0..19", Options{}, "train.rate=0.1,0.2")
	rows := swept(t, r, r.Seeds, 0)
	merge := func(parts ...[]Row) ([]Row, error) {
		var in []Part
		for i, p := range parts {
			in = append(in, Part{fmt.Sprintf("f%d", i), bytes.NewReader(fileOf(p))})
		}
		var got []Row
		err := Merge(in, func(row *Row) error {
			got = append(got, *row)
			return nil
		})
		return got, err
	}
	for i, parts := range [][][]Row{
		{rows}, {rows[:20], rows[20:]}, {rows[20:], rows[:20]}, {rows[:30], rows[10:]}, {rows, rows, rows[4:8]}, {rows[:7], rows[7:8], rows[8:]},
	} {
		got, err := merge(parts...)
		if err != nil || !cmp.Equal(rows, got) {
			t.Errorf("%d: %d rows, %v", i, len(got), err)
		}
	}
	changed := slices.Clone(rows)
	changed[13].Digest = hashOf("b")
	_, err := merge(rows, changed[10:])
	var conflict *Conflict
	if !errors.As(err, &conflict) || conflict.Places != [2]string{"f0:14", "f1:4"} ||
		!strings.Contains(conflict.Rows[0], rows[13].Digest) || !strings.Contains(conflict.Rows[1], hashOf("b")) {
		t.Errorf("two rows of one seed: %v", err)
	}
	foreign := slices.Clone(rows)
	foreign[20].Sweep = strings.Replace(r.ID, "tiny", "tony", 1)
	swapped := slices.Clone(rows)
	swapped[20], swapped[22] = rows[22], rows[20]
	outside := append(slices.Clone(rows), rows[39])
	outside[40].Seed = 20
	bad := slices.Clone(rows[:1])
	bad[0].Sweep = "x"
	other9 := slices.Clone(rows[:1])
	other9[0].Sweep = strings.Replace(r.ID, "samebits/1", "samebits/9", 1)
	one := swept(t, ready(t, sourceOf(tiny), "0..3", Options{}), Seeds{0, 3}, 0)
	longer := slices.Clone(one)
	longer[2].Total++
	setless := slices.Clone(one)
	setless[1].Set = []string{"a=1"}
	for _, c := range []struct {
		want  string
		parts [][]Row
	}{
		{"no rows for 10..19 of the seeds 0..19", [][]Row{rows[:20]}},
		{"no rows for 0..3 of", [][]Row{rows[8:]}},
		{"no rows for 5..6 of", [][]Row{rows[:10], rows[14:]}},
		{"seed 5: the row of a setting is missing", [][]Row{rows[:11], rows[12:]}},
		{"f1:1: a row of sweep", [][]Row{foreign[20:], rows}},
		{`"samebits/1 tony`, [][]Row{foreign}},
		{"f1: no rows", [][]Row{rows, nil}},
		{"no rows for 10 of", [][]Row{swapped}},
		{"f0:7: seed 2 after seed 2: the rows are not in order", [][]Row{append(slices.Clone(rows[:6]), rows[5:]...)}},
		{"f0:41: a row of seed 20, which is not one of 0..19", [][]Row{outside}},
		{`no sweep has the identity "x"`, [][]Row{bad}},
		{"by the arithmetic samebits/9, this is samebits/1", [][]Row{other9}},
		{"f0:3: a row of 11 and 0 samples, others have 10 and 0", [][]Row{longer}},
		{`f0:2: setting ["a=1"] in a sweep of 1`, [][]Row{setless}},
		{"no files", nil},
	} {
		var merged *MergeError
		if _, err := merge(c.parts...); !errors.As(err, &merged) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	whole := fileOf(rows)
	err = Merge([]Part{{"f", bytes.NewReader(whole[:len(whole)-5])}}, func(*Row) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "f:40: the last line is not complete") {
		t.Errorf("a torn file: %v", err)
	}
}

// FuzzMerge reads any two texts as files of a sweep. What is merged without an error is every row in order.
func FuzzMerge(f *testing.F) {
	row := func(seed int, id string) string {
		r := Row{Seed: uint32(seed), Score: mlp.Score{Loss: 0.5, Correct: 3}, Total: 4, Digest: hashOf("a"), Sweep: id}
		return string(r.Append(nil))
	}
	const id = "samebits/1 tiny 0..2 0123456789abcdef"
	f.Add(row(0, id)+row(1, id), row(2, id))
	f.Add(row(0, id)+row(1, id)+row(2, id), row(1, id)[:30])
	f.Add(row(0, "samebits/1 tiny 0..1 x2 0123456789abcdef"), "")
	f.Add(row(0, "a b 0..1073741823 c"), row(5, "a b 0..1073741823 c"))
	f.Add("", "{}\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		next := -1
		err := Merge([]Part{{"a", strings.NewReader(a)}, {"b", strings.NewReader(b)}}, func(r *Row) error {
			if int(r.Seed) < next || int(r.Seed) > next+1 && next >= 0 {
				t.Errorf("seed %d after %d", r.Seed, next)
			}
			next = int(r.Seed)
			return nil
		})
		if err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}

// FuzzResume reads any text as the file of a sweep that broke off. The rows that are taken are the first of the sweep, and
// stand at the beginning of the file.
func FuzzResume(f *testing.F) {
	r := ready(f, sourceOf(tiny), "3..12", Options{}, "train.rate=0.1,0.2")
	file := fileOf(swept(f, r, r.Seeds, 0))
	for size := 0; size <= len(file); size += 301 {
		f.Add(string(file[:size]))
	}
	f.Add(string(file) + "{\"schema\":\"samebits/sweep/1\"}\n")
	f.Add(strings.Replace(string(file), "0x1", "0x2", 1))
	f.Fuzz(func(t *testing.T, text string) {
		var had []Row
		n, size, err := r.Resume("fuzz", strings.NewReader(text), r.Seeds, func(row *Row) error {
			had = append(had, *row)
			return nil
		})
		if err != nil {
			if !strings.Contains(err.Error(), "fuzz") {
				t.Errorf("error %q", err)
			}
			return
		}
		if n != len(had) || n > 20 || size < 0 || size > int64(len(text)) || string(fileOf(had)) != text[:size] {
			t.Errorf("%d rows of %d, %d bytes of %d", n, len(had), size, len(text))
		}
		for i, row := range had {
			if want := uint32(3 + i/2); row.Seed != want {
				t.Errorf("row %d is of seed %d", i, row.Seed)
			}
		}
	})
}
