package harness

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Mode says when two numbers count as the same. The zero value wants the same bits.
type Mode struct {
	skip      bool
	byULP     bool
	tolerance bool
	ulp       uint64
	rel, abs  float64
}

// Exact reports whether m wants the same bits.
func (m Mode) Exact() bool { return m == Mode{} }

// Skip reports whether m leaves a series out.
func (m Mode) Skip() bool { return m.skip }

// String writes the mode as [ParseModes] reads it.
func (m Mode) String() string {
	g := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	switch {
	case m.skip:
		return "skip"
	case m.byULP:
		return fmt.Sprintf("ulp=%d", m.ulp)
	case m.tolerance:
		return fmt.Sprintf("rtol=%s,atol=%s", g(m.rel), g(m.abs))
	}
	return "bits"
}

// Same reports whether a and b count as the same. It does not matter which is which. NaN and infinities are the same as
// themselves alone; by bits -0 and +0 differ.
func (m Mode) Same(a, b float64) bool {
	if math.Float64bits(a) == math.Float64bits(b) {
		return true
	}
	switch {
	case m.byULP:
		d, ok := ULPs(a, b)
		return ok && d <= m.ulp
	case m.tolerance:
		return finite(a) && finite(b) && near(a, b, m.rel, m.abs)
	}
	return false
}

// near reports whether |a-b| <= abs + rel*max(|a|, |b|), in halves, since a-b may be too large for float64. A half of the
// smallest numbers is not exact, so they are not halved.
func near(a, b, rel, abs float64) bool {
	if math.IsInf(a-b, 0) {
		a, b, abs = a/2, b/2, abs/2
	}
	// The product is rounded by itself, or compilers for some CPUs fuse it with the sum.
	return math.Abs(a-b) <= abs+float64(rel*max(math.Abs(a), math.Abs(b)))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// ULPs returns how many float64 lie from a to b, which must be finite. From -0 to +0 it is none.
func ULPs(a, b float64) (distance uint64, ok bool) {
	if !finite(a) || !finite(b) {
		return 0, false
	}
	// Bits of a sign and a size become an integer that rises with the number.
	rank := func(v float64) int64 {
		if bits := int64(math.Float64bits(v)); bits >= 0 {
			return bits
		} else {
			return math.MinInt64 - bits
		}
	}
	low, high := rank(a), rank(b)
	if low > high {
		low, high = high, low
	}
	return uint64(high) - uint64(low), true
}

// Relative returns |a-b| / max(|a|, |b|), 0 where both are 0. Both must be finite.
func Relative(a, b float64) (r float64, ok bool) {
	if !finite(a) || !finite(b) {
		return 0, false
	}
	if math.IsInf(a-b, 0) {
		a, b = a/2, b/2
	}
	if a == b {
		return 0, true
	}
	return math.Abs(a-b) / max(math.Abs(a), math.Abs(b)), true
}

// Modes has a mode for all series and others for some. The zero value wants the same bits everywhere.
type Modes struct {
	all Mode
	own map[string]Mode
}

// weightsSeries is what the digests of the weights are called where a mode is given for them.
const weightsSeries = "weights"

// ParseModes reads modes: "bits", "ulp=4", "rtol=1e-9,atol=1e-12" or one of the two, for all series; behind the name of one
// as in "loss:ulp=4" for that series, where "skip" leaves it out. Of weights, which have digests, there are bits and skip.
func ParseModes(args []string) (Modes, error) {
	m := Modes{own: map[string]Mode{}}
	seen := map[string]bool{}
	for _, arg := range args {
		series, text, ok := strings.Cut(arg, ":")
		if !ok {
			series, text = "", arg
		}
		mode, err := parseMode(text)
		switch known := append(slices.Clone(SeriesNames), weightsSeries); {
		case err != nil:
		case ok && !slices.Contains(known, series):
			err = fmt.Errorf("unknown series %.40q; %s", series, Suggest(series, known))
		case seen[series]:
			err = errors.New("a second mode for the same")
		case series == "" && mode.skip:
			err = errors.New("nothing would be compared; leave out a series, as in correct:skip")
		case isCount(series) && mode.byULP:
			err = fmt.Errorf("counts have no ulp; want %s:atol=%d", series, mode.ulp)
		case series == weightsSeries && !mode.Exact() && !mode.skip:
			err = errors.New("digests of weights are the same or not; want weights:bits or weights:skip")
		}
		if err != nil {
			return Modes{}, fmt.Errorf("%.80q: %w", arg, err)
		}
		seen[series] = true
		if ok {
			m.own[series] = mode
		} else {
			m.all = mode
		}
	}
	return m, nil
}

func parseMode(text string) (Mode, error) {
	switch text {
	case "bits":
		return Mode{}, nil
	case "skip":
		return Mode{skip: true}, nil
	}
	bad := errors.New("want bits, ulp=N or rtol=R,atol=A, for all series or as in loss:ulp=4 for one, or as in correct:skip")
	if n, ok := strings.CutPrefix(text, "ulp="); ok {
		ulp, err := strconv.ParseUint(n, 10, 63)
		if err != nil {
			return Mode{}, errors.New("ulp: want an integer from 0 to 9223372036854775807")
		}
		return Mode{byULP: true, ulp: ulp}, nil
	}
	m := Mode{tolerance: true}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || seen[key] || key != "rtol" && key != "atol" {
			return Mode{}, bad
		}
		seen[key] = true
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !finite(v) || v < 0 || key == "rtol" && v > 1 {
			return Mode{}, fmt.Errorf("%s: %.40q: want a number from 0%s", key, value, map[string]string{"rtol": " to 1"}[key])
		}
		if v += 0; key == "rtol" { // no -0
			m.rel = v
		} else {
			m.abs = v
		}
	}
	return m, nil
}

// of returns the mode for a series, and whether it is the series' own. Counts have no ulp: where all series are compared by
// that they are compared by bits.
func (m Modes) of(series string) (mode Mode, own bool) {
	if mode, own = m.own[series]; own {
		return mode, true
	}
	if isCount(series) && m.all.byULP {
		return Mode{}, false
	}
	return m.all, false
}
