//go:build !purego

package kernel

// A tile is 8 rows by 3 vectors: 24 sums, whose factors take 11 loads a step. Tiles of 2 vectors need more loads than a
// processor with two units for fma has time for.
//
// A block's part of b is larger than the nearest cache. It streams from the next one while the chains run, at no cost;
// shorter blocks would load and store the sums more often.
var (
	avx512Products64 = inBlocks(16, productsOf(tile{rows: 8, width: 24, grain: 8}, avx512Sums64, avx512Gradient64, avx512Transpose64))
	avx512Products32 = inBlocks(8, productsOf(tile{rows: 8, width: 48, grain: 16}, avx512Sums32, avx512Gradient32, avx512Transpose32))
)

// inBlocks has sums take so many panels at a time.
func inBlocks[T Float](panels int, p *products[T]) *products[T] {
	p.block = panels
	return p
}

// avx512Sums64 is products.sums.
//
//go:noescape
func avx512Sums64(c, from, a, b *float64, m, n, k, step, width, panel int)

// avx512Gradient64 is products.gradient.
//
//go:noescape
func avx512Gradient64(w, sums, a, b *float64, m, n, k, lanes int, rate float64, begin, end bool)

// avx512Transpose64 is products.transpose, for a block of 8 x 8.
//
//go:noescape
func avx512Transpose64(dst, src *float64, dstride, sstride int)

// avx512Sums32 is products.sums.
//
//go:noescape
func avx512Sums32(c, from, a, b *float32, m, n, k, step, width, panel int)

// avx512Gradient32 is products.gradient.
//
//go:noescape
func avx512Gradient32(w, sums, a, b *float32, m, n, k, lanes int, rate float32, begin, end bool)

// avx512Transpose32 is products.transpose, for a block of 16 x 16.
//
//go:noescape
func avx512Transpose32(dst, src *float32, dstride, sstride int)
