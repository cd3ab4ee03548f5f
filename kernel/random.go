package kernel

import (
	"math"
	"math/bits"
)

// TwisterWords is the number of words in the state of the Mersenne Twister MT19937.
const TwisterWords = 624

// randomCall is the most elements that a routine is given at a time: it cannot be interrupted.
const randomCall = 8192

// Random is one row's operations on the words of a Mersenne Twister and on what NumPy's legacy stream makes of them.
// Package numpyrand has the streams themselves. Its methods are safe for concurrent use on different destinations.
type Random struct {
	name    string
	twist   func(key, out *[TwisterWords]uint32)
	below   func(dst *int, words *uint32, n int, bound uint32) int // nil for the reference, like those that follow
	discs   func(x, y, square *float64, words *uint32, n int) int
	normals func(dst, x, y, square *float64, n int) int
	pairs   func(pairs *float64, n int, root *[4]float64, mean *[2]float64)
}

// GetRandom returns the row of that name, or with an empty name the fastest. It fails as [Get].
func GetRandom(name string) (*Random, error) {
	for _, r := range table {
		if name == "" || r.random.name == name {
			return r.random, nil
		}
	}
	_, err := Get[float64](name)
	return nil, err
}

func genericRandom() *Random { return &Random{name: "generic", twist: twist} }

// Name returns the row's name.
func (r *Random) Name() string { return r.name }

// Twist moves the state on by one generation, and sets out to the words that it gives.
// (M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
// generator", 1998.)
func (r *Random) Twist(key, out *[TwisterWords]uint32) { r.twist(key, out) }

// Below takes the low bits of each word, as many as bound has, and keeps those values that are at most bound, in order, in
// dst. It returns their number. dst has room for as many as there are words; what it holds behind those kept is
// undefined.
func (r *Random) Below(dst []int, words []uint32, bound uint32) int {
	checkSame(len(dst), len(words), len(words))
	if len(words) == 0 {
		return 0
	}
	n := 0
	if r.below != nil {
		for ; len(words) > randomCall; words = words[randomCall:] {
			n += r.below(&dst[n], &words[0], randomCall, bound)
		}
		return n + r.below(&dst[n], &words[0], len(words), bound)
	}
	mask := uint32(1)<<bits.Len32(bound) - 1
	for _, w := range words {
		v := w & mask
		dst[n] = int(v)
		if v <= bound {
			n++
		}
	}
	return n
}

// Discs makes a point of each four words: two coordinates in [-1, 1), 2*u - 1 of u = (a>>5 * 2^26 + b>>6) * 2^-53 for
// words a and b. It keeps those inside the unit disc but for its centre, in order, with the square of their distance
// from there, x*x + y*y without an fma, and returns their number. Each destination has room for as many as there
// are fours of words; what it holds behind those kept is undefined.
func (r *Random) Discs(x, y, square []float64, words []uint32) int {
	checkSame(len(x), len(y), len(square))
	checkSame(4*len(x), len(words), len(words))
	if len(x) == 0 {
		return 0
	}
	n := 0
	if r.discs != nil {
		for ; len(words) > 4*randomCall; words = words[4*randomCall:] {
			n += r.discs(&x[n], &y[n], &square[n], &words[0], randomCall)
		}
		return n + r.discs(&x[n], &y[n], &square[n], &words[0], len(words)/4)
	}
	for ; len(words) > 0; words = words[4:] {
		u, v := coordinate(words[0], words[1]), coordinate(words[2], words[3])
		s := float64(u*u) + float64(v*v)
		x[n], y[n], square[n] = u, v, s
		if s < 1 && s != 0 {
			n++
		}
	}
	return n
}

func coordinate(a, b uint32) float64 {
	u := float64(uint64(a>>5)<<26|uint64(b>>6)) * 0x1p-53
	return float64(2*u) - 1
}

// Normals makes two normals of each point that Discs gave: with f = sqrt(-2 ln(square) / square), dst[2i] = f*y[i] and
// dst[2i+1] = f*x[i], the logarithm correctly rounded.
func (r *Random) Normals(dst, x, y, square []float64) {
	checkSame(len(x), len(y), len(square))
	checkSame(2*len(x), len(dst), len(dst))
	for i := 0; i < len(x); i++ {
		if r.normals != nil {
			for n := randomCall; n == randomCall; { // until one stops early, at a point in doubt, or at the end
				n = r.normals(&dst[2*i], &x[i], &y[i], &square[i], min(len(x)-i, randomCall))
				i += n
				if i == len(x) {
					return
				}
			}
		}
		f := math.Sqrt(float64(-2*Log(square[i])) / square[i])
		dst[2*i], dst[2*i+1] = float64(f*y[i]), float64(f*x[i])
	}
}

// Pairs gives pairs of independent normals another distribution: each (a, b) becomes, for j = 0 and 1,
//
//	fma(b, root[2+j], fma(a, root[j], +0)) + mean[j]
func (r *Random) Pairs(pairs []float64, root *[4]float64, mean *[2]float64) {
	checkSame(len(pairs)%2, 0, 0)
	if len(pairs) == 0 {
		return
	}
	if r.pairs != nil {
		for ; len(pairs) > 2*randomCall; pairs = pairs[2*randomCall:] {
			r.pairs(&pairs[0], randomCall, root, mean)
		}
		r.pairs(&pairs[0], len(pairs)/2, root, mean)
		return
	}
	for ; len(pairs) > 0; pairs = pairs[2:] {
		a, b := pairs[0], pairs[1]
		pairs[0] = math.FMA(b, root[2], math.FMA(a, root[0], 0)) + mean[0]
		pairs[1] = math.FMA(b, root[3], math.FMA(a, root[1], 0)) + mean[1]
	}
}

const (
	twisterMiddle = 397 // how far ahead the word lies that is mixed in
	twisterUpper  = 1 << 31
	twisterLower  = twisterUpper - 1
	twisterMatrix = 0x9908b0df
)

// twist is Random.Twist. The loops differ only in where the state wraps round.
func twist(key, out *[TwisterWords]uint32) {
	const wrap = TwisterWords - twisterMiddle
	upper := key[0]
	for i := range wrap {
		lower := key[i+1]
		key[i] = key[i+twisterMiddle] ^ twistWord(upper, lower)
		upper = lower
	}
	for i := wrap; i < TwisterWords-1; i++ {
		lower := key[i+1]
		key[i] = key[i-wrap] ^ twistWord(upper, lower)
		upper = lower
	}
	key[TwisterWords-1] = key[twisterMiddle-1] ^ twistWord(upper, key[0])
	Temper(key, out)
}

// twistWord joins the top bit of one word to the rest of the next and multiplies the result by the Twister's matrix.
func twistWord(upper, lower uint32) uint32 {
	y := upper&twisterUpper | lower&twisterLower
	return y>>1 ^ -(y&1)&twisterMatrix
}

// Temper sets out to the words that a state gives.
func Temper(key, out *[TwisterWords]uint32) {
	for i, y := range key {
		y ^= y >> 11
		y ^= y << 7 & 0x9d2c5680
		y ^= y << 15 & 0xefc60000
		out[i] = y ^ y>>18
	}
}
