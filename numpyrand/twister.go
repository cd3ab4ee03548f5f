package numpyrand

// The Mersenne Twister MT19937: M. Matsumoto, T. Nishimura, "Mersenne Twister: a
// 623-dimensionally equidistributed uniform pseudo-random number generator", 1998,
// with the seeding of their revision of 2002.

const (
	stateWords  = 624 // words of state
	middle      = 397 // how far ahead the word lies that is mixed in
	upperBit    = 1 << 31
	lowerBits   = upperBit - 1
	twistWord   = 0x9908b0df
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
	twist(&r.key)
	r.temper()
	r.left = stateWords
}

// temper derives the words handed out from the state.
func (r *RandomState) temper() {
	for i, y := range &r.key {
		y ^= y >> 11
		y ^= y << 7 & 0x9d2c5680
		y ^= y << 15 & 0xefc60000
		r.out[i] = y ^ y>>18
	}
}

// twist moves the whole state on by one generation. The loops differ only in where
// the state wraps round.
func twist(key *[stateWords]uint32) {
	upper := key[0]
	for i := range stateWords - middle {
		lower := key[i+1]
		key[i] = key[i+middle] ^ mix(upper, lower)
		upper = lower
	}
	for i := stateWords - middle; i < stateWords-1; i++ {
		lower := key[i+1]
		key[i] = key[i+middle-stateWords] ^ mix(upper, lower)
		upper = lower
	}
	key[stateWords-1] = key[middle-1] ^ mix(upper, key[0])
}

// mix joins the top bit of one word to the rest of the next and multiplies the result
// by the Twister's matrix.
func mix(upper, lower uint32) uint32 {
	y := upper&upperBit | lower&lowerBits
	return y>>1 ^ -(y&1)&twistWord
}

// seedWord fills the state from one word: init_genrand of the authors' code.
func seedWord(key *[stateWords]uint32, seed uint32) {
	key[0] = seed
	for i := uint32(1); i < stateWords; i++ {
		key[i] = 1812433253*(key[i-1]^key[i-1]>>30) + i
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
