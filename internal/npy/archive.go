package npy

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Archive is an .npz file: a zip file of arrays, as numpy.savez and savez_compressed write it. Array x is its member
// x.npy.
type Archive struct {
	prefix  string // of errors
	members []*zip.File
	byName  map[string][]*zip.File // by names of arrays
}

// OpenArchive opens an archive of size bytes. The file's name is for errors, which begin with it unless it is empty.
func OpenArchive(file string, r io.ReaderAt, size int64) (*Archive, error) {
	a := &Archive{byName: map[string][]*zip.File{}}
	if file != "" {
		a.prefix = file + ": "
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%snot an npz file: %w", a.prefix, err)
	}
	a.members = z.File
	for _, f := range z.File {
		name := arrayName(f)
		a.byName[name] = append(a.byName[name], f)
	}
	return a, nil
}

func arrayName(f *zip.File) string { return strings.TrimSuffix(f.Name, ".npy") }

// Names returns the names of the arrays, in the order of the file. Nothing keeps a file from having one twice.
func (a *Archive) Names() []string {
	names := make([]string, len(a.members))
	for i, f := range a.members {
		names[i] = arrayName(f)
	}
	return names
}

// Open returns the source of the one array of that name.
func (a *Archive) Open(name string) (*Source, error) {
	found := a.byName[name]
	if len(found) != 1 {
		return nil, fmt.Errorf("%s%d arrays are called %s, want one; there are: %s", a.prefix, len(found), name, a.list())
	}
	r, err := found[0].Open()
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", a.prefix, found[0].Name, err)
	}
	return NewSource(a.prefix+found[0].Name, member{r}), nil
}

// list lists the first names.
func (a *Archive) list() string {
	if len(a.members) == 0 {
		return "none"
	}
	var names []string
	for _, f := range a.members[:min(len(a.members), 8)] {
		names = append(names, fmt.Sprintf("%.40q", f.Name))
	}
	return strings.Join(names, ", ")
}

// A member keeps an archive that was cut short apart from an array that ends early.
type member struct{ r io.Reader }

func (m member) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err == io.ErrUnexpectedEOF {
		err = errors.New("zip: the packed data end early")
	}
	return n, err
}
