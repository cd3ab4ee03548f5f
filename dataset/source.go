package dataset

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/samebits/samebits/internal/npy"
)

// newSource returns the source of r's data, unpacked if they are gzipped. It looks at the first two bytes: gzip is known by
// them, whatever the file is called.
func newSource(name string, r io.Reader) (*npy.Source, error) {
	b := bufio.NewReader(r)
	magic, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if string(magic) != "\x1f\x8b" {
		return npy.NewSource(name, b), nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, unpackError(err))
	}
	return npy.NewSource(name, unpacker{z}), nil
}

// An unpacker says in words what is wrong with gzipped data. Above all it keeps a file that was cut short apart from one
// whose content ends early.
type unpacker struct{ z *gzip.Reader }

func (u unpacker) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if err != nil && err != io.EOF {
		err = unpackError(err)
	}
	return n, err
}

func unpackError(err error) error {
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return errors.New("gzip: the file is cut short")
	case err == gzip.ErrChecksum:
		return errors.New("gzip: the checksum is wrong, the file is damaged")
	case err == gzip.ErrHeader:
		return errors.New("gzip: not a gzip header, there or after the end of the packed data")
	}
	return fmt.Errorf("gzip: %w", err)
}
