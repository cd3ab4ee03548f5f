package bench

import (
	"slices"
	"testing"
	"time"
)

func TestGrid(t *testing.T) {
	limit := func(time.Duration) measurement { return measurement{} }
	forward := func(typ, row string) *Benchmark { return &Benchmark{Label: "Forward", Type: typ, Row: row} }
	fast := &Benchmark{Label: "FMA", Type: "float32", Row: "a", limit: limit}
	chain := &Benchmark{Label: "Latency", Type: "float64", limit: limit}
	g := NewGrid([]Result{
		{Benchmark: fast, measured: measurement{10, unitFlops}},
		{Benchmark: fast, measured: measurement{30, unitFlops}},
		{Benchmark: fast, measured: measurement{20, unitFlops}},
		{Benchmark: fast, measured: measurement{40, unitFlops}},
		{Benchmark: chain, Time: 1.5, measured: measurement{1.5, unitTime}},
		{Benchmark: forward("float32", "a"), Time: 4},
		{Benchmark: forward("float32", "a"), Time: 1},
		{Benchmark: forward("float32", "a"), Time: 3},
		{Benchmark: forward("float32", "a"), Time: 2},
		{Benchmark: forward("float32", "b"), Time: 7},
		{Benchmark: forward("float64", "b"), Time: 9},
	})
	if !slices.Equal(g.Kernels, []string{"a", "b"}) || len(g.Lines) != 4 {
		t.Fatalf("%+v", g)
	}
	for i, want := range []struct {
		label, typ string
		limit      bool
		speeds     []string
	}{
		{"FMA", "float32", true, []string{"30.0 GFLOP/s", ""}},
		{"Latency", "float64", true, []string{"1.50 ns"}},
		{"Forward", "float32", false, []string{"2.00 ns", "7.00 ns"}}, // the faster of the middle two
		{"Forward", "float64", false, []string{"", "9.00 ns"}},
	} {
		l := g.Lines[i]
		var speeds []string
		for _, r := range l.Results {
			speeds = append(speeds, r.Speed())
		}
		if l.Label != want.label || l.Type != want.typ || l.Limit != want.limit || !slices.Equal(speeds, want.speeds) {
			t.Errorf("line %d: %s %s, limit %v, %q; want %+v", i, l.Label, l.Type, l.Limit, speeds, want)
		}
	}
	if empty := NewGrid(nil); empty.Kernels != nil || empty.Lines != nil {
		t.Errorf("%+v of nothing", empty)
	}
}

func TestSpeed(t *testing.T) {
	b := &Benchmark{}
	for _, try := range []struct {
		r    Result
		want string
	}{
		{Result{}, ""},
		{Result{Benchmark: b, measured: measurement{117_742, unitBytes}}, "118 GB/s"},
		{Result{Benchmark: b, measured: measurement{59.08, unitFlops}}, "59.1 GFLOP/s"},
		{Result{Benchmark: b, Time: 0.123}, "0.12 ns"},
		{Result{Benchmark: b, Time: 45.67}, "45.7 ns"},
		{Result{Benchmark: b, Time: 999.4}, "999 ns"},
		{Result{Benchmark: b, Time: 999.6}, "1.00 us"},
		{Result{Benchmark: b, Time: 12_345}, "12.3 us"},
		{Result{Benchmark: b, Time: 1.5e6}, "1.50 ms"},
		{Result{Benchmark: b, Time: 2e9}, "2.00 s"},
		{Result{Benchmark: &Benchmark{Work: Work{Parts: 100, Of: "elem"}}, Time: 73}, "0.73 ns/elem"},
	} {
		if got := try.r.Speed(); got != try.want {
			t.Errorf("%+v: %q, want %q", try.r, got, try.want)
		}
	}
}
