package numpyrand

import "github.com/samebits/samebits/kernel"

// The Mersenne Twister MT19937: M. Matsumoto, T. Nishimura, "Mersenne Twister: a
// 623-dimensionally equidistributed uniform pseudo-random number generator", 1998,
// with the seeding of their revision of 2002.

const (
	stateWords  = kernel.TwisterWords
	upperBit    = 1 << 31
	seedFactor  = 1812433253
	arraySeed   = 19650218 // what seeding by a sequence starts from
	defaultSeed = 5489     // the seed of a generator that nobody seeded
)

// Uint32 draws 32 random bits, one word of the Twister.
func (r *RandomState) Uint32() uint32 {
	if r.left == 0 {
		r.refill()
	}
	r.left--
	return r.out[stateWords-1-r.left]
}

// uint64 draws two words, the first one on top.
func (r *RandomState) uint64() uint64 {
	hi := uint64(r.Uint32())
	return hi<<32 | uint64(r.Uint32())
}

// refill makes the next 624 words.
func (r *RandomState) refill() {
	r.ready()
	r.row().Twist(&r.key, &r.out)
	r.left = stateWords
}

// waiting returns the words that are left, at least one. Those taken are to be subtracted from r.left.
func (r *RandomState) waiting() []uint32 {
	if r.left == 0 {
		r.refill()
	}
	return r.out[stateWords-r.left:]
}

// seedFour is seedWord for four states, whose chains of multiplications run side by side.
func seedFour(a, b, c, d *[stateWords]uint32, seeds [4]uint32) {
	u, v, w, x := seeds[0], seeds[1], seeds[2], seeds[3]
	a[0], b[0], c[0], d[0] = u, v, w, x
	for i := 1; i < stateWords; i++ {
		u = seedFactor*(u^u>>30) + uint32(i)
		v = seedFactor*(v^v>>30) + uint32(i)
		w = seedFactor*(w^w>>30) + uint32(i)
		x = seedFactor*(x^x>>30) + uint32(i)
		a[i], b[i], c[i], d[i] = u, v, w, x
	}
}

// seedWord fills the state from one word: init_genrand of the authors' code.
func seedWord(key *[stateWords]uint32, seed uint32) {
	key[0] = seed
	for i := uint32(1); i < stateWords; i++ {
		key[i] = seedFactor*(key[i-1]^key[i-1]>>30) + i
	}
}

// seedWords fills the state from a sequence, which must not be empty: init_by_array
// of the authors' code.
func seedWords(key *[stateWords]uint32, words []uint32) {
	seedWord(key, arraySeed)
	at, from := 1, 0
	for range max(stateWords, len(words)) {
		key[at] = (key[at] ^ (key[at-1]^key[at-1]>>30)*1664525) + words[from] + uint32(from)
		at = next(key, at)
		from = (from + 1) % len(words)
	}
	for range stateWords - 1 {
		key[at] = (key[at] ^ (key[at-1]^key[at-1]>>30)*1566083941) - uint32(at)
		at = next(key, at)
	}
	key[0] = upperBit
}

// next is the place after at; at the end the last word is carried round to the first,
// whose turn is left out.
func next(key *[stateWords]uint32, at int) int {
	if at < stateWords-1 {
		return at + 1
	}
	key[0] = key[stateWords-1]
	return 1
}
