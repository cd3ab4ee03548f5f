package harness

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// Seeds is a range of seeds, both ends included.
type Seeds struct{ First, Last uint32 }

// MaxSeeds bounds the seeds of one range.
const MaxSeeds = 1 << 30

// ParseSeeds reads "0..9999", or "7" for that one alone. It is an error if the range is empty, reversed, out of that of the
// seeds, 0 to 4294967295, or of more than [MaxSeeds].
func ParseSeeds(text string) (s Seeds, err error) {
	first, last, isRange := strings.Cut(text, "..")
	if !isRange {
		last = first
	}
	if s.First, err = parseSeed(first); err != nil {
		return s, err
	}
	if s.Last, err = parseSeed(last); err != nil {
		return s, err
	}
	if s.First > s.Last {
		return s, fmt.Errorf("from %d down to %d: want the smaller one first", s.First, s.Last)
	}
	if n := uint64(s.Last) - uint64(s.First) + 1; n > MaxSeeds {
		return s, fmt.Errorf("%d seeds, want at most %d", n, MaxSeeds)
	}
	return s, nil
}

func parseSeed(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	switch {
	case text == "":
		return 0, errors.New("a seed is missing: want a range as in 0..9999")
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%.40s: want seeds from 0 to %d", text, uint32(math.MaxUint32))
	case err != nil || strconv.FormatUint(n, 10) != text:
		return 0, fmt.Errorf("%.40q is no seed: want a range as in 0..9999", text)
	}
	return uint32(n), nil
}

// String writes the range as ParseSeeds reads it.
func (s Seeds) String() string {
	if s.First == s.Last {
		return strconv.FormatUint(uint64(s.First), 10)
	}
	return fmt.Sprintf("%d..%d", s.First, s.Last)
}

// Count returns the number of seeds.
func (s Seeds) Count() int { return int(s.Last-s.First) + 1 }

// Contains reports whether seed is one of them.
func (s Seeds) Contains(seed uint32) bool { return s.First <= seed && seed <= s.Last }

// Shard returns part i of n parts that are as equal as can be, in order: i counts from 1. It is an error if there is no
// such part, or no seed in it.
func (s Seeds) Shard(i, n int) (Seeds, error) {
	switch {
	case n < 1 || i < 1 || i > n:
		return s, fmt.Errorf("shard %d/%d: want 1/%d to %d/%d", i, n, max(n, 1), max(n, 1), max(n, 1))
	case n > s.Count():
		return s, fmt.Errorf("shard %d/%d: more shards than the %d seeds", i, n, s.Count())
	}
	cut := func(i int) uint32 { return s.First + uint32(uint64(s.Count())*uint64(i)/uint64(n)) }
	return Seeds{cut(i - 1), cut(i) - 1}, nil
}

// parts cuts the range into parts of n seeds, the last of what is left.
func (s Seeds) parts(n int) iter.Seq[Seeds] {
	return func(yield func(Seeds) bool) {
		for at := uint64(s.First); at <= uint64(s.Last); at += uint64(n) {
			if !yield(Seeds{uint32(at), uint32(min(at+uint64(n)-1, uint64(s.Last)))}) {
				return
			}
		}
	}
}
