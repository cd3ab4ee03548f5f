package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"math"
	"math/big"
	"slices"
)

// Distribution is what the rows of a sweep come to. Its size does not depend on their number, nor its values on how they
// were computed.
type Distribution struct {
	Rows     int
	Settings []*Scores // in the order of their first rows

	root hash.Hash // of the rows as they are written
	line []byte
	last int // setting of the last row
}

// Scores is the distribution of the runs of one setting.
type Scores struct {
	Set    []string // the setting, where there are several
	Failed int      // runs that failed and are not counted otherwise
	Train  Counts   // of the samples trained on
	Test   Counts   // of the samples to test with, where there are some
}

// Counts says how many samples runs told rightly, and their losses.
type Counts struct {
	Runs  int
	Total int      // samples
	Of    []uint64 // [right answers]: runs
	Loss  Moments
}

// NewDistribution returns the distribution of no rows.
func NewDistribution() *Distribution { return &Distribution{root: sha256.New(), last: -1} }

// Add adds a row. The rows of a sweep are to be added in their order.
func (d *Distribution) Add(r *Row) {
	d.line = r.Append(d.line[:0])
	d.root.Write(d.line)
	d.Rows++
	s := d.setting(r.Set)
	if r.Error != "" {
		s.Failed++
		return
	}
	s.Train.add(r.Score.Correct, r.Total, r.Score.Loss)
	if r.Tests > 0 {
		s.Test.add(r.Test.Correct, r.Tests, r.Test.Loss)
	}
}

// Root is the digest of all rows: SHA-256 of their lines, which is that of a file of all of them.
func (d *Distribution) Root() string { return "sha256:" + hex.EncodeToString(d.root.Sum(nil)) }

// setting returns the scores of a setting. Rows come setting by setting, so that it mostly is the one after the last.
func (d *Distribution) setting(set []string) *Scores {
	n := len(d.Settings)
	for range n {
		d.last = (d.last + 1) % n
		if s := d.Settings[d.last]; slices.Equal(s.Set, set) {
			return s
		}
	}
	s := &Scores{Set: set}
	d.Settings = append(d.Settings, s)
	d.last = n
	return s
}

func (c *Counts) add(correct, total int, loss float64) {
	if correct >= len(c.Of) {
		c.Of = append(c.Of, make([]uint64, correct+1-len(c.Of))...)
	}
	c.Of[correct]++
	c.Total = max(c.Total, total)
	c.Runs++
	c.Loss.add(loss)
}

// Mean returns the mean number of right answers, rounded once.
func (c *Counts) Mean() float64 {
	sum, _ := c.sums()
	mean, _ := new(big.Rat).SetFrac(sum, big.NewInt(int64(max(1, c.Runs)))).Float64()
	return mean
}

// Deviation returns the standard deviation of the right answers, of which n runs are a sample: with n-1 in the
// denominator, and 0 for a single run. Only the root and the value below it are rounded.
func (c *Counts) Deviation() float64 {
	if c.Runs < 2 {
		return 0
	}
	n := big.NewInt(int64(c.Runs))
	sum, squares := c.sums()
	above := new(big.Int).Sub(new(big.Int).Mul(n, squares), new(big.Int).Mul(sum, sum))
	below := new(big.Int).Mul(n, big.NewInt(int64(c.Runs-1)))
	variance, _ := new(big.Rat).SetFrac(above, below).Float64()
	return math.Sqrt(variance)
}

// sums returns the sums of the right answers and of their squares.
func (c *Counts) sums() (sum, squares *big.Int) {
	sum, squares = new(big.Int), new(big.Int)
	for correct, runs := range c.Of {
		v := big.NewInt(int64(correct))
		part := new(big.Int).Mul(v, new(big.Int).SetUint64(runs))
		sum.Add(sum, part)
		squares.Add(squares, part.Mul(part, v))
	}
	return sum, squares
}

// Quantile returns the smallest number of right answers that at least percent of the runs do not exceed: 0 gives the
// smallest of all, 100 the largest. There must be a run.
func (c *Counts) Quantile(percent int) int {
	below := uint64(0)
	for correct, runs := range c.Of {
		below += runs
		if runs > 0 && below*100 >= uint64(c.Runs)*uint64(percent) {
			return correct
		}
	}
	panic("harness: a quantile of no runs")
}

// Place returns how many runs told fewer samples rightly, as many, and more.
func (c *Counts) Place(correct int) (below, same, above uint64) {
	for v, runs := range c.Of {
		switch {
		case v < correct:
			below += runs
		case v == correct:
			same += runs
		default:
			above += runs
		}
	}
	return below, same, above
}

// Bins counts the runs in at most n bins of equal width, which go from the smallest number of right answers to the largest
// or a little beyond: bin i is for first+i*width and the width-1 numbers after it. There must be a run.
func (c *Counts) Bins(n int) (first, width int, runs []uint64) {
	first = c.Quantile(0)
	span := c.Quantile(100) - first + 1
	width = (span + n - 1) / n
	runs = make([]uint64, (span+width-1)/width)
	for correct, r := range c.Of {
		if r > 0 {
			runs[(correct-first)/width] += r
		}
	}
	return first, width, runs
}

// Moments is the mean and the spread of numbers, added one by one.
// (B. P. Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4(3), 1962.)
type Moments struct {
	N        int
	Mean     float64
	Min, Max float64
	squares  float64 // sum of the squared distances from the mean
}

func (m *Moments) add(v float64) {
	m.N++
	if m.N == 1 {
		*m = Moments{N: 1, Mean: v, Min: v, Max: v}
		return
	}
	away := v - m.Mean
	m.Mean += away / float64(m.N)
	m.squares += float64(away * (v - m.Mean))
	m.Min, m.Max = min(m.Min, v), max(m.Max, v)
}

// Deviation returns the standard deviation of a sample: with n-1 in the denominator, and 0 for a single number.
func (m *Moments) Deviation() float64 {
	if m.N < 2 {
		return 0
	}
	return math.Sqrt(m.squares / float64(m.N-1))
}
