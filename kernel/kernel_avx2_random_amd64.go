//go:build !purego

package kernel

var avx2Random = Random{
	name:    "avx2",
	twist:   avx2Twist,
	below:   avx2Below,
	discs:   avx2Discs,
	normals: avx2Normals,
	pairs:   avx2RandomPairs,
}

// avx2Twist is Random.Twist.
//
//go:noescape
func avx2Twist(key, out *[TwisterWords]uint32)

// avx2Below is Random.Below.
//
//go:noescape
func avx2Below(dst *int, words *uint32, n int, bound uint32) int

// avx2Discs is Random.Discs.
//
//go:noescape
func avx2Discs(x, y, square *float64, words *uint32, n int) int

// avx2Normals is Random.Normals up to a point whose logarithm it cannot round. It returns how many points it did.
//
//go:noescape
func avx2Normals(dst, x, y, square *float64, n int) int

// avx2RandomPairs is Random.Pairs.
//
//go:noescape
func avx2RandomPairs(pairs *float64, n int, root *[4]float64, mean *[2]float64)
