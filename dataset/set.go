// Package dataset makes and holds labelled samples.
//
// A [Set] is a table of float64 features with a class label for each sample. [Gaussians] draws one from normal
// distributions with NumPy's stream, so that it is the set that numpy.random would give. Values are the same bits on
// every machine, which [Set.Digest] shows.
package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
)

// Set is a number of labelled samples.
type Set struct {
	Features int       // values of one sample
	Classes  int       // labels are 0 .. Classes-1
	X        []float64 // Len() rows of Features values
	Label    []int     // Len() labels
}

// Len returns the number of samples.
func (s *Set) Len() int { return len(s.Label) }

// Sample returns the features of sample i. The slice is part of X.
func (s *Set) Sample(i int) []float64 {
	return s.X[i*s.Features : (i+1)*s.Features : (i+1)*s.Features]
}

// Digest identifies the values: "sha256:" and the hash, in hexadecimal, of a heading with the sizes, the features'
// IEEE 754 bits and the labels, as little-endian 64-bit words in sample order.
func (s *Set) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "samebits data %d samples %d features %d classes\n", s.Len(), s.Features, s.Classes)
	for _, v := range s.X {
		writeWord(h, math.Float64bits(v))
	}
	for _, l := range s.Label {
		writeWord(h, uint64(l))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func writeWord(w io.Writer, v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	w.Write(b[:]) // a hash never fails
}
