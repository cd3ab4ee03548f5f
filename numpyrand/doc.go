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
//     differ by a unit or two in the last place: with glibc 2.36 in 304 of the first
//     million values of seed 0;
//   - MultivariateNormal: NumPy leaves the sums and the singular value decomposition
//     to whichever BLAS and LAPACK it finds, and their last bits differ. So do these
//     draws, by a few units in the last place of the larger terms;
//   - many draws in a call, in vectors where the CPU has them, with the same numbers:
//     Integers, StandardNormals, MultivariateNormal, and [SeedAll] for many streams;
//   - the state, written down and put back, in the fields of RandomState.get_state.
//
// The decomposition gives the singular vectors that reference LAPACK 3.10 and later
// gives, in its order and with its signs, up to 25 dimensions. It rounds as that does,
// because there are covariances whose signs or order hang on the last bit: those with
// equal singular values, such as equal correlations between three or more elements,
// with uncorrelated elements between correlated ones, and now and then others. There
// an optimized LAPACK may go another way than the reference, as it may on another
// processor. In two dimensions only covariances (a b; b c) with ac - b² = a² + b² are
// in doubt. LAPACK before 3.10, which is in the wheels of NumPy 1.23, often has other signs
// from three dimensions on.
//
// Results are the same bits on every architecture and under every compiler setting.
// The draws' sums of products are fused multiply-adds in index order; everything else,
// and everything in the decomposition, is single IEEE 754 operations.
//
// Not here: NumPy's newer Generator and its bit generators, the other distributions,
// draws of types other than int64 and float64, and anything fit for cryptography.
// Above 25 dimensions LAPACK changes to another method: draws have the right
// distribution and are the same everywhere, but not NumPy's.
package numpyrand
