package numpyrand

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// ErrRange is returned for an empty range of integers.
var ErrRange = errors.New("numpyrand: empty range")

const (
	badBound = "numpyrand: bound not positive"
	badCount = "numpyrand: negative count"
	badSeeds = "numpyrand: numbers of streams and of seeds differ"
)

// RandomSample draws a multiple of 2^-53 in [0, 1), uniformly, from two words.
// It is NumPy's random_sample, rand and random.
func (r *RandomState) RandomSample() float64 {
	a, b := r.Uint32()>>5, r.Uint32()>>6 // 27 and 26 bits
	return float64(uint64(a)<<26|uint64(b)) * 0x1p-53
}

// Uniform draws uniformly from [low, high). As in NumPy rounding can give high itself,
// and high < low is allowed. The result is finite if high - low is.
func (r *RandomState) Uniform(low, high float64) float64 {
	return low + float64((high-low)*r.RandomSample())
}

// RandInt draws an integer in [low, high), as NumPy's randint with its default type on
// 64-bit Linux. It fails with [ErrRange], and draws nothing, if high <= low.
func (r *RandomState) RandInt(low, high int64) (int64, error) {
	if high <= low {
		return 0, fmt.Errorf("%w: %d to %d", ErrRange, low, high)
	}
	return low + int64(r.interval(uint64(high)-uint64(low)-1)), nil
}

// Intn draws an integer in [0, n), as NumPy's randint(n). It panics if n <= 0.
func (r *RandomState) Intn(n int) int {
	if n <= 0 {
		panic(badBound)
	}
	return int(r.interval(uint64(n) - 1))
}

// Integers fills dst with draws from [0, n), as so many calls of [RandomState.Intn]. It
// panics if n <= 0.
func (r *RandomState) Integers(dst []int, n int) {
	if n <= 0 {
		panic(badBound)
	}
	last := uint64(n) - 1
	switch {
	case last == 0:
		clear(dst)
		return
	case last > math.MaxUint32:
		for i := range dst {
			dst[i] = int(r.interval64(last))
		}
		return
	}
	for len(dst) > 0 {
		words := r.waiting()
		k := min(len(words), len(dst)) // of them, no more than dst has room for if all are kept
		kept := r.row().Below(dst[:k], words[:k], uint32(last))
		r.left -= k
		dst = dst[kept:]
	}
}

// interval draws from 0 to last, both included: it masks words to the bits that last
// has until one is small enough. A single possible value costs no draw; up to 32 bits
// cost one word a try, more bits two.
func (r *RandomState) interval(last uint64) uint64 {
	if last == 0 {
		return 0
	}
	if last > math.MaxUint32 {
		return r.interval64(last)
	}
	bound := uint32(last)
	mask := uint32(1)<<bits.Len32(bound) - 1
	for {
		if v := r.Uint32() & mask; v <= bound {
			return uint64(v)
		}
	}
}

func (r *RandomState) interval64(last uint64) uint64 {
	mask := uint64(1)<<bits.Len64(last) - 1
	for {
		if v := r.uint64() & mask; v <= last {
			return v
		}
	}
}

// Shuffle puts n elements into random order by swaps, as NumPy's shuffle: from the last
// element down, each changes places with one at or below it. swap is not called for an
// element that stays, though it is drawn for. Shuffle panics if n < 0.
func (r *RandomState) Shuffle(n int, swap func(i, j int)) {
	if n < 0 {
		panic(badCount)
	}
	for i := n - 1; i > 0; i-- {
		if j := r.Intn(i + 1); j != i {
			swap(i, j)
		}
	}
}

// Permutation returns the integers 0 to n-1 in random order, as NumPy's permutation(n).
// It panics if n < 0.
func (r *RandomState) Permutation(n int) []int {
	if n < 0 {
		panic(badCount)
	}
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	r.Shuffle(n, func(i, j int) { p[i], p[j] = p[j], p[i] })
	r.misorder(p)
	return p
}
