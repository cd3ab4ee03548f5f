// Package kernel is the arithmetic of Samebits: the operations that a network's training is made of, each defined down
// to the last bit.
//
// The contract is called samebits/1. Every sum is one chain of fused multiply-adds in index order; every other operation
// is one IEEE 754 operation in the network's own type, rounded to nearest even, subnormals kept. float32 activations are
// the correctly rounded values. float64 activations follow one fixed recipe, with an error below 2 units in the last
// place. [Log] is correctly rounded. A result therefore depends on the operands alone: not on the instruction set, the
// compiler, the architecture, the alignment or the number of threads. NaN payloads are not part of the contract.
//
// Implementations are rows of one table, a row per instruction set: [Names] lists the rows that this machine can run,
// [Get] returns one of them. A row is a set of functions that never changes; a program may use several side by side.
//
// A [Kernel] computes one network, for one sample or a [Matrix] of them; [Lanes] are many small networks side by side, one
// in each lane of the vectors. [Random] makes the words and the normals of NumPy's stream, for package numpyrand.
package kernel

// Contract names the arithmetic that this package implements. Two results can be compared bit for bit when their
// contracts have the same name.
const Contract = "samebits/1"
