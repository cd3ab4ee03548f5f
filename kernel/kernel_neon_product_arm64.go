//go:build !purego

package kernel

// Tiles of 4 rows by 6 vectors: their 24 sums leave 8 registers for what is multiplied. An fma takes 4 cycles, so that the
// 16 sums of 4 by 4 would be just enough for a CPU that begins 4 in a cycle, and too few for the slower fma of some.
var (
	neonTile32 = tile{rows: 4, width: 24, grain: 4}
	neonTile64 = tile{rows: 4, width: 12, grain: 4}
)

// neonSums32 is the sums of products: c[i*n+j] = fma(a(i, t), b[t*n+j], c[i*n+j]) for t < k, from from[i*step+j] on.
//
//go:noescape
func neonSums32(c, from, a, b *float32, m, n, k, step, width, panel int)

// neonGradient32 sums s = fma(a[t*lanes+i], b[t*n+j], s) for t < k, and at the end w[i*n+j] = fma(rate, s, w[i*n+j]).
//
//go:noescape
func neonGradient32(w, kept, a, b *float32, m, n, k, lanes int, rate float32, begin, end bool)

// neonTranspose32 sets dst[j*dstride+i] = src[i*sstride+j] for i, j < 4.
//
//go:noescape
func neonTranspose32(dst, src *float32, dstride, sstride int)

// neonSums64 is neonSums32 for float64.
//
//go:noescape
func neonSums64(c, from, a, b *float64, m, n, k, step, width, panel int)

// neonGradient64 is neonGradient32 for float64.
//
//go:noescape
func neonGradient64(w, kept, a, b *float64, m, n, k, lanes int, rate float64, begin, end bool)

// neonTranspose64 is neonTranspose32 for float64.
//
//go:noescape
func neonTranspose64(dst, src *float64, dstride, sstride int)
