package npy

import (
	"fmt"
	"io"
)

// A Source is data being read. Its errors name the data and the byte.
type Source struct {
	name   string
	r      io.Reader
	offset int64 // of the next byte
}

// NewSource returns a source of r's bytes, the first of which is byte 0. The name is for errors.
func NewSource(name string, r io.Reader) *Source { return &Source{name: name, r: r} }

// Name returns the name given to NewSource.
func (s *Source) Name() string { return s.name }

// Read counts the bytes.
func (s *Source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.offset += int64(n)
	return n, err
}

// fill reads as many bytes as p has. It leaves io.EOF as it is when there is none, and io.ErrUnexpectedEOF when there are
// fewer.
func (s *Source) fill(p []byte) error {
	_, err := io.ReadFull(s, p)
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return err
	}
	return s.Errorf("%w", err)
}

// end fails if there are more data. It is also what makes gzip and zip compare their checksums.
func (s *Source) end() error {
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

// FillHeader fills p with a part of a header.
func (s *Source) FillHeader(p []byte) error {
	err := s.fill(p)
	switch {
	case err == io.EOF && s.offset == 0:
		return s.Errorf("the file is empty")
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return s.Errorf("the header ends here")
	}
	return err
}

// Errorf returns an error about what was read last: it gives the number of bytes read so far.
func (s *Source) Errorf(format string, args ...any) error {
	return fmt.Errorf("%s: byte %d: %w", s.name, s.offset, fmt.Errorf(format, args...))
}
