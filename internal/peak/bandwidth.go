package peak

import (
	"slices"
	"time"
	"unsafe"

	"github.com/samebits/samebits/kernel"
)

// Read returns how fast one core reads memory with the widest loads of a row, in GB/s (1e9 bytes), where it goes over
// the same number of bytes again and again: from the nearest cache that holds them. They are rounded up to whole blocks
// of [Block] bytes. It measures for about as long as d, as [Float32] does. For a row that is unknown or not available, and
// for less than 1 byte, it returns 0.
func Read(row string, bytes int, d time.Duration) float64 {
	p, ok := available(row, bytes)
	if !ok {
		return 0
	}
	var sums [lanes]uint64
	return bandwidth(bytes, d, func(part *uint64, blocks, rounds int) { p.read(&sums, part, blocks, rounds) })
}

// ReadWrite is [Read] for a loop that reads and writes every byte, as an update of weights does. A byte that is read and
// written counts once.
func ReadWrite(row string, bytes int, d time.Duration) float64 {
	p, ok := available(row, bytes)
	if !ok {
		return 0
	}
	return bandwidth(bytes, d, func(part *uint64, blocks, rounds int) { p.readWrite(part, blocks, rounds, 1) })
}

// Block is the number of bytes that a loop goes over at a time.
const Block = 512

// lanes is the number of sums that a loop over memory keeps, which makes a vector of the widest kind.
const lanes = 8

// words is the number of words in a block.
const words = Block / 8

// pass is a row's loops over memory, blocks of 8-byte words, so many rounds of them. Their sums and sums of words say in a
// test what they have touched.
type pass struct {
	read      func(sums *[lanes]uint64, p *uint64, blocks, rounds int) // sums[i%lanes] += p[i]
	readWrite func(p *uint64, blocks, rounds int, by uint64)           // p[i] += by
}

func available(row string, bytes int) (pass, bool) {
	p, ok := passes[row]
	return p, ok && bytes > 0 && slices.Contains(kernel.Names(), row)
}

// longest is the most blocks in a call of a loop, which cannot be interrupted: some tens of microseconds.
const longest = 256 << 10 / Block

func bandwidth(bytes int, d time.Duration, run func(p *uint64, blocks, rounds int)) float64 {
	blocks := (bytes + Block - 1) / Block
	memory := allocate(blocks)
	pass := func(rounds int) { over(memory, rounds, run) }
	pass(1) // into the cache
	return float64(blocks*Block) / fastest(d, 1, pass)
}

// over goes over all the memory, so many rounds, in calls that are not too long.
func over(memory []uint64, rounds int, run func(p *uint64, blocks, rounds int)) {
	blocks := len(memory) / words
	if blocks <= longest {
		run(&memory[0], blocks, rounds)
		return
	}
	for range rounds {
		for at := 0; at < blocks; at += longest {
			run(&memory[at*words], min(longest, blocks-at), 1)
		}
	}
}

// allocate returns blocks that start on a cache line, as weights do. All words are written, since pages that never were
// are all the same one.
func allocate(blocks int) []uint64 {
	v := kernel.Aligned[float64](blocks * words)
	memory := unsafe.Slice((*uint64)(unsafe.Pointer(&v[0])), len(v))
	for i := range memory {
		memory[i] = uint64(i)
	}
	return memory
}

func genericRead(sums *[lanes]uint64, p *uint64, blocks, rounds int) {
	all := unsafe.Slice(p, blocks*words)
	var a, b, c, d, e, f, g, h uint64
	for range rounds {
		for w := all; len(w) >= lanes; w = w[lanes:] {
			a, b, c, d = a+w[0], b+w[1], c+w[2], d+w[3]
			e, f, g, h = e+w[4], f+w[5], g+w[6], h+w[7]
		}
	}
	for i, v := range [lanes]uint64{a, b, c, d, e, f, g, h} {
		sums[i] += v
	}
}

func genericReadWrite(p *uint64, blocks, rounds int, by uint64) {
	all := unsafe.Slice(p, blocks*words)
	for range rounds {
		for w := all; len(w) >= lanes; w = w[lanes:] {
			w[0], w[1], w[2], w[3] = w[0]+by, w[1]+by, w[2]+by, w[3]+by
			w[4], w[5], w[6], w[7] = w[4]+by, w[5]+by, w[6]+by, w[7]+by
		}
	}
}
