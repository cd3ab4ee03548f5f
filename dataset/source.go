package dataset

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// A source is data being read, unpacked if it was gzipped. Its errors name the file and the byte of the unpacked data.
type source struct {
	name   string
	r      io.Reader
	offset int64 // of the next byte
}

// newSource looks at the first two bytes of r: gzip is known by them, whatever the file is called.
func newSource(name string, r io.Reader) (*source, error) {
	b := bufio.NewReader(r)
	magic, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &source{name: name, r: b}
	if string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, unpackError(err))
		}
		s.r = unpacker{z}
	}
	return s, nil
}

// Read counts the bytes.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.offset += int64(n)
	return n, err
}

// fill reads as many bytes as p has. It leaves io.EOF as it is when there is none, and io.ErrUnexpectedEOF when there are
// fewer.
func (s *source) fill(p []byte) error {
	_, err := io.ReadFull(s, p)
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return err
	}
	return s.errorf("%w", err)
}

// end fails if there are more data. It is also what makes gzip and zip compare their checksums.
func (s *source) end() error {
	offset := s.offset
	err := s.fill(make([]byte, 1))
	switch err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%s: byte %d: data left over after the last value", s.name, offset)
	}
	return err
}

// blockSize is a multiple of every number's size, so that no number lies in two blocks.
const blockSize = 1 << 16

// blocks reads n bytes. It makes room as the data arrive: n may be a lie.
func (s *source) blocks(n int) ([][]byte, error) {
	var blocks [][]byte
	for end := s.offset + int64(n); n > 0; n -= blockSize {
		b := make([]byte, min(n, blockSize))
		err := s.fill(b)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, s.errorf("the data end here, want %d bytes", end)
		}
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func (s *source) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: byte %d: %w", s.name, s.offset, fmt.Errorf(format, args...))
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
