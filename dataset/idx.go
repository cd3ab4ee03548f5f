package dataset

import (
	"encoding/binary"
	"io"

	"github.com/samebits/samebits/internal/npy"
)

// ReadIDX reads samples and their labels from two files of the IDX format, in which MNIST comes; gzipped or not. Samples
// have two dimensions or more: the first counts them, the others together are the features of one. Labels have one
// dimension and are integers 0 .. MaxClasses-1; the largest decides the number of classes. All of the format's types of
// values are taken, and values stay what they are: 0..255 for bytes. The names are for errors, which fall on:
// a header that is cut short or wrong, sizes that do not fit each other or come to more than [MaxValues] values, fewer or
// more data than the header says, a value that is not finite, a label out of range. They give the byte, counted from 0 in
// the unpacked data.
//
// The format is described at http://yann.lecun.com/exdb/mnist.
func ReadIDX(imagesName string, images io.Reader, labelsName string, labels io.Reader) (*Set, error) {
	x, err := openIDX(imagesName, images)
	if err != nil {
		return nil, err
	}
	y, err := openIDX(labelsName, labels)
	if err != nil {
		return nil, err
	}
	if len(y.shape) == 1 && !y.number.Integer() {
		return nil, y.src.Errorf("labels are %v, want integers", y.number)
	}
	return join(x, y)
}

// idxNumbers are the format's types of values by their code.
var idxNumbers = map[byte]npy.Number{
	0x08: {Kind: 'u', Size: 1, Order: binary.BigEndian},
	0x09: {Kind: 'i', Size: 1, Order: binary.BigEndian},
	0x0B: {Kind: 'i', Size: 2, Order: binary.BigEndian},
	0x0C: {Kind: 'i', Size: 4, Order: binary.BigEndian},
	0x0D: {Kind: 'f', Size: 4, Order: binary.BigEndian},
	0x0E: {Kind: 'f', Size: 8, Order: binary.BigEndian},
}

// openIDX reads the header: two zeros, the type, the number of dimensions, then their sizes in four bytes each.
func openIDX(name string, r io.Reader) (*array, error) {
	src, err := newSource(name, r)
	if err != nil {
		return nil, err
	}
	a := &array{src: src}
	var magic [4]byte
	if err := src.FillHeader(magic[:]); err != nil {
		return nil, err
	}
	var known bool
	a.number, known = idxNumbers[magic[2]]
	if magic[0] != 0 || magic[1] != 0 || !known || magic[3] == 0 {
		return nil, src.Errorf("begins with % x, which is not IDX", magic)
	}
	sizes := make([]byte, 4*int(magic[3]))
	if err := src.FillHeader(sizes); err != nil {
		return nil, err
	}
	var shape []int64
	for ; len(sizes) > 0; sizes = sizes[4:] {
		shape = append(shape, int64(binary.BigEndian.Uint32(sizes)))
	}
	return a, a.setShape(shape)
}
