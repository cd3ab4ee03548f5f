package picture

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// checkAxis checks that an axis has a few ticks with different labels inside its
// range, that each label is the tick's value, and that the data are in the range.
func checkAxis(t fatal, a axis, data []float64) {
	t.Helper()
	seen := make(map[string]bool)
	for _, k := range a.ticks {
		v := number(t, strings.Replace(k.Label, "−", "-", 1))
		if v != k.Value || seen[k.Label] || k.Label == "−0" {
			t.Fatalf("tick at %v with label %q (seen: %t)", k.Value, k.Label, seen[k.Label])
		}
		if k.Value < a.min || k.Value > a.max {
			t.Fatalf("tick at %v outside %v..%v", k.Value, a.min, a.max)
		}
		seen[k.Label] = true
	}
	if len(a.ticks) < 1 || len(a.ticks) > mostTicks+1 {
		t.Fatalf("%d ticks in %v..%v", len(a.ticks), a.min, a.max)
	}
	u := unitOf(data)
	for _, v := range data {
		if s := u.of(v); !(s >= a.min && s <= a.max) || math.Abs(s) > 1e6 {
			t.Fatalf("%v, drawn at %v, outside %v..%v", v, s, a.min, a.max)
		}
	}
}

func checkStepAxis(t fatal, a axis, step []int) {
	t.Helper()
	last := int64(-1)
	for i, k := range a.ticks {
		v, err := strconv.ParseInt(k.Label, 10, 64)
		if err != nil || v < int64(step[0]) || v > int64(step[len(step)-1]) || v <= last || float64(v-int64(step[0])) != k.Value {
			t.Fatalf("tick at %v with label %q after %d for steps %d to %d", k.Value, k.Label, last, step[0], step[len(step)-1])
		}
		if i > 0 && v%(v-last) != 0 {
			t.Fatalf("tick %d is no multiple of its distance to %d", v, last)
		}
		last = v
	}
	if len(a.ticks) < 1 || len(a.ticks) > mostTicks+2 {
		t.Fatalf("%d ticks for steps %d to %d", len(a.ticks), step[0], step[len(step)-1])
	}
}

func TestTickLabels(t *testing.T) {
	huge := int64(math.MaxInt64)
	for _, test := range []struct {
		axis axis
		want string
	}{
		{numberAxis("", 0, 1), "0.0 0.2 0.4 0.6 0.8 1.0"},
		{numberAxis("", -3.4, 8.2), "−2 0 2 4 6 8"},
		{numberAxis("", -0.3, 4.2), "0 1 2 3 4"},
		{numberAxis("", -0.051, 0.011), "−0.05 −0.04 −0.03 −0.02 −0.01 0.00 0.01"},
		{numberAxis("", 250000, 990000), "300000 400000 500000 600000 700000 800000 900000"},
		{dataAxis("", []float64{1e300, 4e300}, 300), "1.0 1.5 2.0 2.5 3.0 3.5 4.0"},
		{stepAxis("", 0, 1000), "0 200 400 600 800 1000"},
		{stepAxis("", 0, 3), "0 1 2 3"},
		{stepAxis("", 7, 7), "7"},
		{stepAxis("", 1, 10), "2 4 6 8 10"},
		{stepAxis("", 3, 103), "20 40 60 80 100"},
		{stepAxis("", huge-9, huge-1), "9223372036854775800 9223372036854775805"},
		{stepAxis("", 0, 70_000), "0 10000 20000 30000 40000 50000 60000 70000"},
		{stepAxis("", huge, huge), "9223372036854775807"},
		{stepAxis("", huge-2, huge), "9223372036854775805 9223372036854775806 9223372036854775807"},
		{stepAxis("", 0, huge), "0 5000000000000000000"},
	} {
		var got []string
		for _, k := range test.axis.ticks {
			got = append(got, k.Label)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("ticks %q, want %q", s, test.want)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, test := range []struct {
		v, scaled float64
		label     string
	}{
		{0, 0, "x_0"},
		{-7, -7, "x_0"},
		{0.001, 0.001, "x_0"},
		{999999, 999999, "x_0"},
		{0.0002, 2, "x_0 (×1e-4)"},
		{-3e6, -3, "x_0 (×1e6)"},
		{1.5e300, 1.5, "x_0 (×1e300)"},
		{math.MaxFloat64, 1.7976931348623157, "x_0 (×1e308)"},
		{5e-324, 4.940656458412465, "x_0 (×1e-324)"},
	} {
		u := unitOf([]float64{0, test.v})
		if got := u.of(test.v); math.Abs(got-test.scaled) > 4e-15*math.Abs(test.scaled) {
			t.Errorf("%v is drawn at %v, want %v", test.v, got, test.scaled)
		}
		if got := u.label("x_0"); got != test.label {
			t.Errorf("%v has the label %q, want %q", test.v, got, test.label)
		}
	}
}
