package bench

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/perf/benchfmt"

	"github.com/samebits/samebits/internal/peak"
	"github.com/samebits/samebits/kernel"
)

// TestList: every benchmark is there for each row and type, under a name of its own of the form that benchstat takes apart.
func TestList(t *testing.T) {
	rows := kernel.Names()
	all := List(rows, []int{1, 3})
	name := regexp.MustCompile(`^[A-Z][A-Za-z]*(/([a-z]+=[A-Za-z0-9.-]+|forward|sendback|update))+$`)
	seen, count := map[string]bool{}, map[string]int{}
	for _, b := range all {
		if seen[b.Name] {
			t.Errorf("%s twice", b.Name)
		}
		seen[b.Name] = true
		count[b.Label+b.Type]++
		if !name.MatchString(b.Name) || strings.Contains(b.Label, "type=") || strings.Contains(b.Label, "impl=") {
			t.Errorf("%q, %q", b.Name, b.Label)
		}
		for key, value := range map[string]string{"type": b.Type, "impl": b.Row} {
			if has := strings.Contains(b.Name, key+"="+value); value != "" && !has && (b.limit == nil || b.Row != "") && (b.Type != "" || key == "impl") {
				t.Errorf("%s: %s is %q", b.Name, key, value)
			}
		}
		if threads := fmt.Sprint("threads=", b.Threads); strings.Contains(b.Name, "threads=") != strings.Contains(b.Name, threads) {
			t.Errorf("%s on %d threads", b.Name, b.Threads)
		}
		if (b.limit == nil) == (b.prepare == nil) {
			t.Errorf("%s: is it a limit?", b.Name)
		}
	}
	for label, n := range count {
		if n != len(rows) && !strings.HasPrefix(label, "Latency") {
			t.Errorf("%s: %d of %d rows", label, n, len(rows))
		}
	}
	for _, want := range []string{
		"FMA/type=float32/impl=generic", "FMA/type=float64/impl=generic", "Latency/op=fma", "Latency/op=add", "Latency/op=div",
		"Forward/type=float32/impl=generic/net=784x200", "Forward/type=float64/impl=generic/net=64x32",
		"Update/type=float32/impl=generic/net=784x200", "UpdateForward/type=float64/impl=generic/net=784x200",
		"SendBackUpdate/type=float32/impl=generic/net=784x200", "Sigmoid/type=float64/impl=generic/n=4096",
		"Tanh/type=float32/impl=generic/n=4096", "Matrix/type=float32/impl=generic/update/net=784x512/batch=128",
		"Online/net=784-200-10/type=float32/impl=generic", "Online/net=2-2-2/type=float64/impl=generic",
		"Minibatch/net=784-512-512-10/batch=128/type=float32/impl=generic/threads=1",
		"Minibatch/net=784-512-512-10/batch=128/type=float64/impl=generic/threads=3",
		"Predict/net=784-200-10/type=float32/impl=generic/threads=3", "Sweep/net=2-2-2/type=float64/impl=generic/runs=64",
	} {
		if !seen[want] {
			t.Errorf("no %s", want)
		}
	}
	for _, l := range peak.Levels() {
		for _, way := range []string{"Read", "ReadWrite"} {
			if want := fmt.Sprintf("%s/impl=generic/level=%s/bytes=%d", way, l.Name, l.Set); !seen[want] {
				t.Errorf("no %s", want)
			}
		}
	}
}

// slow are benchmarks whose single operation takes too long for a test, or so does what they need.
var slow = regexp.MustCompile(`level=(L3|memory)|(Matrix|Minibatch|Predict).*impl=generic`)

// TestRun runs the benchmarks, for a moment each, and reads their lines as benchstat does.
func TestRun(t *testing.T) {
	var text strings.Builder
	var want []Result
	pkg := ""
	for _, b := range List(kernel.Names(), []int{2}) {
		if slow.MatchString(b.Name) {
			continue
		}
		r, err := b.Run(t.Context(), 10*time.Microsecond)
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, r)
		if pkg != b.Package {
			pkg = b.Package
			text.WriteString(Header(pkg))
		}
		text.WriteString(r.Line())
		want = append(want, r)
	}
	reader := benchfmt.NewReader(strings.NewReader(text.String()), "lines")
	for reader.Scan() {
		switch got := reader.Result().(type) {
		case *benchfmt.Result:
			if len(want) == 0 {
				t.Fatalf("one more: %s", got.Name)
			}
			checkRead(t, got, want[0])
			want = want[1:]
		default:
			t.Errorf("%v", got)
		}
	}
	if err := reader.Err(); err != nil || len(want) > 0 {
		t.Errorf("%d results are not there, %v", len(want), err)
	}
}

// checkResult checks what can be known of a measurement.
func checkResult(t *testing.T, r Result) {
	t.Helper()
	if r.limit != nil {
		if !(r.measured.value > 0) {
			t.Errorf("%s: %v %s", r.Name, r.measured.value, r.measured.unit)
		}
		return
	}
	if r.N < 1 || !(r.Time > 0) {
		t.Errorf("%s: %d operations of %v ns", r.Name, r.N, r.Time)
	}
	if (r.Limit.Bound != "") != r.Work.Counted() || r.Work.Counted() && !(r.Share() > 0 && r.Share() < 10) {
		t.Errorf("%s: %v of its limit, %+v", r.Name, r.Share(), r.Limit)
	}
}

// checkRead compares a line that was read with the result it is of.
func checkRead(t *testing.T, got *benchfmt.Result, want Result) {
	t.Helper()
	name := want.Name
	if n := runtime.GOMAXPROCS(0); n > 1 {
		name += fmt.Sprint("-", n)
	}
	if string(got.Name) != name || got.Iters != want.N || got.GetConfig("pkg") != want.Package ||
		got.GetConfig("goos") != runtime.GOOS || got.GetConfig("goarch") != runtime.GOARCH || got.GetConfig("cpu") != CPU() {
		t.Errorf("read %s, %d, %v; want %s, %d of %s", got.Name, got.Iters, got.Config, name, want.N, want.Package)
	}
	value := func(unit string) float64 { // ns and MB are read as s and B
		v, _ := got.Value(unit)
		return v
	}
	near := func(got, want float64) bool { return got >= 0.999*want && got <= 1.001*want }
	if want.limit != nil {
		unit, factor := want.measured.unit, 1.0
		switch unit {
		case unitTime:
			unit, factor = "sec/op", 1e-9
		case unitBytes:
			unit, factor = "B/s", 1e6
		}
		if !near(value(unit), factor*want.measured.value) {
			t.Errorf("%s: %v", got.Name, got.Values)
		}
		return
	}
	if !near(value("sec/op"), 1e-9*want.Time) || !near(value("%limit"), 100*want.Share()) ||
		!near(value("GFLOP/s"), want.Work.Flops/want.Time) || !near(value("B/s"), 1e9*float64(want.Work.Bytes)/want.Time) {
		t.Errorf("%s: %v, want %+v", got.Name, got.Values, want)
	}
}

func TestLine(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b := &Benchmark{Name: "Forward/type=float32/impl=x/net=2x3", Work: Work{Flops: 12, FMAs: 6, Bytes: 24, Through: 24}}
	r := Result{Benchmark: b, N: 1234, Time: 8, Limit: Limit{"L1", 6}}
	if got, want := r.Line(), "BenchmarkForward/type=float32/impl=x/net=2x3\t    1234\t8.000 ns/op\t3000 MB/s\t75.00 %limit\t1.500 GFLOP/s\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	runtime.GOMAXPROCS(3)
	b = &Benchmark{Name: "Sigmoid/n=4", Work: Work{Bytes: 16, Parts: 4, Of: "elem"}}
	r = Result{Benchmark: b, N: 1, Time: 12345.6}
	if got, want := r.Line(), "BenchmarkSigmoid/n=4-3\t       1\t12346 ns/op\t1.296 MB/s\t3086 ns/elem\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for v, want := range map[float64]string{1234567: "1234567", 999.94: "999.9", 999.96: "1000", 99.994: "99.99", 99.996: "100.0", 9.9994: "9.999", 9.9996: "10.00", 0.25: "0.25", 0.123456: "0.1235"} {
		if got := number(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

// TestBounds: of several bounds the longest counts, and threads share out what is computed.
func TestBounds(t *testing.T) {
	row := kernel.Names()[0]
	bench := func(threads int, w Work) Limit {
		b := Benchmark{Type: "float64", Row: row, Threads: threads, Work: w}
		return longest(b.bounds(), b.bounds())
	}
	level := peak.Holding(peak.Levels(), 1<<20).Name
	for _, try := range []struct {
		work Work
		want string
	}{
		{Work{Flops: 1e9}, ""},
		{Work{FMAs: 1000}, "compute"},
		{Work{Through: 8192}, "L1"},
		{Work{Through: 1 << 20, Writes: true}, level},
		{Work{Chain: Chain{FMAs: 5}}, "latency"},
		{Work{FMAs: 1e9, Through: 8192, Chain: Chain{Divs: 3}}, "compute"},
		{Work{FMAs: 1, Through: 1 << 20, Chain: Chain{Divs: 3}}, level},
		{Work{FMAs: 1, Through: 64, Chain: Chain{Adds: 1e6}}, "latency"},
	} {
		if got := bench(1, try.work); got.Bound != try.want || (got.Time > 0) != (try.want != "") {
			t.Errorf("%+v: %+v, want %q", try.work, got, try.want)
		}
	}
	one, four := bench(1, Work{FMAs: 1e6}), bench(4, Work{FMAs: 1e6})
	if four.Time > 0.75*one.Time {
		t.Errorf("%v ns on four threads, %v on one", four.Time, one.Time)
	}
	before := []Limit{{"compute", 10}, {"L2", 5}, {"latency", 3}}
	after := []Limit{{"compute", 4}, {"L2", 7}, {"latency", 8}}
	if got, want := longest(before, after), (Limit{"L2", 5}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if r := (Result{Time: 200, Limit: Limit{"compute", 50}}); r.Share() != 0.25 {
		t.Errorf("share %v", r.Share())
	}
}

// TestMeasure: the number of operations grows until they take long enough, and that last time alone counts. The clock is the
// bubble's own.
func TestMeasure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []int
		n, took, err := measure(t.Context(), 3*time.Millisecond, func(_ context.Context, n int) (int, error) {
			asked = append(asked, n)
			time.Sleep(time.Duration(n) * 10 * time.Microsecond)
			return n + 1, nil // one more than asked, as where there are batches
		})
		if want := []int{1, 200, 361}; err != nil || n != want[2]+1 || took != 3610*time.Microsecond || !slices.Equal(asked, want) {
			t.Errorf("%d operations in %v after %v, want %v, %v", n, took, asked, want, err)
		}
	})
	for _, try := range []struct {
		d    time.Duration
		n    int
		took time.Duration
		want int
	}{
		{time.Second, 1, time.Millisecond, 100},     // not 1200
		{time.Second, 100, time.Millisecond, 10000}, // not 120000
		{time.Second, 100, 100 * time.Millisecond, 1200},
		{time.Second, 10, 990 * time.Millisecond, 12},
		{time.Second, 1, 990 * time.Millisecond, 2},
		{time.Second, 1, 0, 100},
		{time.Hour, most - 1, time.Second, most},
	} {
		if got := next(try.d, try.n, try.took); got != try.want {
			t.Errorf("after %d in %v of %v: %d, want %d", try.n, try.took, try.d, got, try.want)
		}
	}
}

// TestInterrupted: a benchmark ends soon after its context.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	n, err := repeat(64, func() {
		if calls++; calls == 1000 {
			cancel()
		}
	})(ctx, 1<<30)
	if !errors.Is(err, context.Canceled) || calls > 1064 || n != calls {
		t.Errorf("%d calls, %d counted, %v", calls, n, err)
	}
	for _, b := range List(kernel.Names()[:1], []int{1}) {
		if _, err := b.Run(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", b.Name, err)
		}
		if b.limit != nil {
			continue
		}
		run, err := b.prepare()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := run(ctx, 1<<30); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
}

// TestLongLimit would not end for an hour, where nothing could interrupt it.
func TestLongLimit(t *testing.T) {
	b := limits(kernel.Names()[:1])[0]
	if r, err := b.Run(t.Context(), time.Hour); err != nil || !(r.measured.value > 0) {
		t.Errorf("%v, %v", r.measured, err)
	}
}

func TestUnknownRow(t *testing.T) {
	for _, b := range List([]string{"sse9"}, []int{1}) {
		if b.limit != nil {
			continue
		}
		if _, err := b.Run(t.Context(), time.Millisecond); err == nil || !strings.Contains(err.Error(), "sse9") || !strings.HasPrefix(err.Error(), b.Name) {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
}
