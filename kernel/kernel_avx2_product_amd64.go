//go:build !purego

package kernel

// The products' tiles: 4 rows of 3 vectors, 12 sums in registers.
var (
	avx2Products32 = productsOf(tile{rows: 4, width: 24, grain: 8}, avx2Sums32, avx2Gradient32, avx2Transpose32)
	avx2Products64 = productsOf(tile{rows: 4, width: 12, grain: 4}, avx2Sums64, avx2Gradient64, avx2Transpose64)
)

// avx2Sums64 is sums.
//
//go:noescape
func avx2Sums64(c, from, a, b *float64, m, n, k, step, width, panel int)

// avx2Gradient64 is gradient.
//
//go:noescape
func avx2Gradient64(w, kept, a, b *float64, m, n, k, lanes int, rate float64, begin, end bool)

// avx2Transpose64 is transpose.
//
//go:noescape
func avx2Transpose64(dst, src *float64, dstride, sstride int)

// avx2Sums32 is sums.
//
//go:noescape
func avx2Sums32(c, from, a, b *float32, m, n, k, step, width, panel int)

// avx2Gradient32 is gradient.
//
//go:noescape
func avx2Gradient32(w, kept, a, b *float32, m, n, k, lanes int, rate float32, begin, end bool)

// avx2Transpose32 is transpose.
//
//go:noescape
func avx2Transpose32(dst, src *float32, dstride, sstride int)
