// Package dataset makes, reads and holds labelled samples.
//
// A [Set] is a table of float64 features with a class label for each sample. It comes from
//
//   - [Gaussians], which draws from normal distributions with NumPy's stream: the set that numpy.random would give;
//   - [ReadCSV], [ReadIDX] (the format of MNIST), [ReadNPY] and [ReadNPZ] (NumPy's own), or [ReadFiles] for any of them;
//   - [Digits], 1797 handwritten digits that are part of this package;
//   - [FromMatrix], a gonum matrix.
//
// [Set.Scale] and [Set.Split] make it ready for training. Values are the same bits on every machine, which [Set.Digest]
// shows.
//
// The readers take plain and gzipped data alike. They do not trust what a header claims: memory grows with the data that
// arrives, and is at no time more than twice what the set itself takes, some 256 KiB apart. Of bad data they return an
// error that names the file and the line or byte. A value is always finite, and there are never more than [MaxValues]
// values or [MaxClasses] classes.
package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
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

// MaxClasses is the largest number of classes that a reader takes: a label is at most MaxClasses-1.
const MaxClasses = 1 << 12

// Len returns the number of samples.
func (s *Set) Len() int { return len(s.Label) }

// Sample returns the features of sample i. The slice is part of X.
func (s *Set) Sample(i int) []float64 {
	return s.X[i*s.Features : (i+1)*s.Features : (i+1)*s.Features]
}

// Check reports what is wrong with a set that was put together by hand: sizes that do not fit, a value that is not
// finite, or a label outside 0 .. Classes-1.
func (s *Set) Check() error {
	if err := s.checkSizes(); err != nil {
		return err
	}
	for i, v := range s.X {
		if !finite(v) {
			return fmt.Errorf("sample %d, feature %d: %v, want a finite number", i/s.Features, i%s.Features, v)
		}
	}
	for i, l := range s.Label {
		if l < 0 || l >= s.Classes {
			return fmt.Errorf("sample %d: label %d, want 0..%d", i, l, s.Classes-1)
		}
	}
	return nil
}

func (s *Set) checkSizes() error {
	switch n := s.Len(); {
	case n == 0:
		return errors.New("no samples")
	case s.Features < 1:
		return fmt.Errorf("%d features, want at least 1", s.Features)
	case s.Classes < 1:
		return fmt.Errorf("%d classes, want at least 1", s.Classes)
	case len(s.X)/s.Features != n || len(s.X)%s.Features != 0:
		return fmt.Errorf("%d values, want %d samples of %d features", len(s.X), n, s.Features)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

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
