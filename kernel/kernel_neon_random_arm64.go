//go:build !purego

package kernel

import "unsafe"

var neonRandom = Random{
	name:    "neon",
	twist:   neonTwist,
	below:   neonBelow,
	discs:   neonDiscs,
	normals: neonNormalsOf,
	pairs:   neonPairs,
}

// neonLogTable holds the constants of neonNormals, two to a register.
var neonLogTable = [...][2]float64{
	{logC12, logC10},
	{logC8, logC6},
	{-1.0 / 4, -1.0 / 2},
	{logLn2Hi, logLn2Lo},
	{0x1.6a09e667f3bcdp-01, 0x1.6a09e667f3bcdp-01}, // sqrt(1/2), rounded up
	{64, 64},
	{1.0 / 2, 1.0 / 2},
	{1.0 / 64, 1.0 / 64},
	{-1, -1},
	{logC11, logC11},
	{logC9, logC9},
	{logC7, logC7},
	{logC5, logC5},
	{logThirdHi, logThirdHi},
	{logThirdLo, logThirdLo},
	{logError, logError},
	{0x1p-1022, 0x1p-1022},
	{0x1p+1023, 0x1p+1023}, // with the bits of +Inf less those of 0x1p-1022
	{-2, -2},
}

// neonNormalsOf is neonNormals for any number of points: those beyond a multiple of 8 among others that are in no doubt.
func neonNormalsOf(dst, x, y, square *float64, n int) int {
	const group = 8
	whole := n &^ (group - 1)
	if whole > 0 {
		if done := neonNormals(dst, x, y, square, whole); done < whole {
			return done
		}
	}
	if whole == n {
		return n
	}
	rest := n - whole
	var pairs [2 * group]float64
	var xs, ys [group]float64
	squares := [group]float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
	copy(xs[:], unsafe.Slice(x, n)[whole:])
	copy(ys[:], unsafe.Slice(y, n)[whole:])
	copy(squares[:], unsafe.Slice(square, n)[whole:])
	done := min(neonNormals(&pairs[0], &xs[0], &ys[0], &squares[0], group), rest)
	copy(unsafe.Slice(dst, 2*n)[2*whole:], pairs[:2*done])
	return whole + done
}

// neonTwist moves the state on by one generation and sets out to its words.
//
//go:noescape
func neonTwist(key, out *[TwisterWords]uint32)

// neonBelow keeps those of n words, cut to the bits that bound has, that are at most bound, and returns their number.
//
//go:noescape
func neonBelow(dst *int, words *uint32, n int, bound uint32) int

// neonDiscs keeps those of n points that are inside the unit disc but for its centre, and returns their number.
//
//go:noescape
func neonDiscs(x, y, square *float64, words *uint32, n int) int

// neonNormals makes two normals of each point and returns n, a multiple of 8, or the index of the first point whose
// logarithm it leaves in doubt.
//
//go:noescape
func neonNormals(dst, x, y, square *float64, n int) int

// neonPairs gives n pairs another distribution: fma(b, root[2+j], fma(a, root[j], +0)) + mean[j] for j = 0 and 1.
//
//go:noescape
func neonPairs(pairs *float64, n int, root *[4]float64, mean *[2]float64)
