// Package numpyrand is NumPy's legacy random stream, number for number.
//
// A [RandomState] gives what numpy.random.RandomState gives from the same seed,
// in the same order, and leaves the stream at the same place:
//
//   - seeding by a 32-bit integer and by a sequence of them;
//   - Uint32, RandomSample, Uniform, RandInt, Intn, Shuffle and Permutation: exactly
//     NumPy's numbers;
//   - StandardNormal and Normal: the polar method with its second value kept for the
//     next call. NumPy takes the logarithm of the C library it was built with, this
//     package takes one that is correctly rounded. Where the C library errs the two
//     differ by a unit in the last place, about once in two thousand values;
//   - MultivariateNormal: NumPy leaves the sums and the singular value decomposition
//     to whichever BLAS and LAPACK it finds. This package does both itself and agrees
//     with LAPACK in the order and sign of the singular vectors up to 25 dimensions,
//     and in the values within rounding;
//   - the state, written down and put back, in the fields of RandomState.get_state.
//
// Results are the same bits on every architecture and under every compiler setting.
// Sums of products are fused multiply-adds in index order; everything else is a single
// IEEE 754 operation.
//
// Not here: NumPy's newer Generator and its bit generators, the other distributions,
// draws of types other than int64 and float64, and anything fit for cryptography.
// Above 25 dimensions LAPACK changes to another method and signs may part from NumPy's.
// Where a covariance has equal singular values NumPy's own answer depends on rounding,
// and so on the machine; this package's answer does not, but the two may differ.
package numpyrand
