//go:build !purego

package kernel

var avx512Random = Random{
	name:    "avx512",
	twist:   avx512Twist,
	below:   avx512Below,
	discs:   avx512Discs,
	normals: avx512Normals,
	pairs:   avx512RandomPairs,
}

// avx512Logs is logTable as VPERMI2PD wants it, all high parts and then all low parts. The places behind the last row are
// never asked for.
var avx512Logs = func() (t [2][48]float64) {
	for i, row := range logTable {
		t[0][i], t[1][i] = row.hi, row.lo
	}
	return t
}()

// avx512Twist is Random.Twist.
//
//go:noescape
func avx512Twist(key, out *[TwisterWords]uint32)

// avx512Below is Random.Below.
//
//go:noescape
func avx512Below(dst *int, words *uint32, n int, bound uint32) int

// avx512Discs is Random.Discs.
//
//go:noescape
func avx512Discs(x, y, square *float64, words *uint32, n int) int

// avx512Normals is Random.Normals up to a point whose logarithm it cannot round. It returns how many points it did.
//
//go:noescape
func avx512Normals(dst, x, y, square *float64, n int) int

// avx512RandomPairs is Random.Pairs.
//
//go:noescape
func avx512RandomPairs(pairs *float64, n int, root *[4]float64, mean *[2]float64)
