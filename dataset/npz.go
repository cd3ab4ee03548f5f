package dataset

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ReadNPZ reads the arrays x (samples) and y (labels) from a file that numpy.savez or savez_compressed wrote, size bytes
// long: np.savez("set.npz", x=x, y=y). What the arrays must be, [ReadNPY] says. Other arrays are passed over.
func ReadNPZ(name string, r io.ReaderAt, size int64) (*Set, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: not an npz file: %w", name, err)
	}
	x, err := openMember(name, z, "x")
	if err != nil {
		return nil, err
	}
	y, err := openMember(name, z, "y")
	if err != nil {
		return nil, err
	}
	return join(x, y)
}

// openMember opens one array of an npz file.
func openMember(file string, z *zip.Reader, name string) (*array, error) {
	var found []*zip.File
	for _, f := range z.File {
		if strings.TrimSuffix(f.Name, ".npy") == name {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s: %d arrays are called %s, want one; there are: %s", file, len(found), name, members(z))
	}
	r, err := found[0].Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", file, found[0].Name, err)
	}
	return openNPY(&source{name: file + ": " + found[0].Name, r: member{r}})
}

// members lists an archive's first names.
func members(z *zip.Reader) string {
	if len(z.File) == 0 {
		return "none"
	}
	var names []string
	for _, f := range z.File[:min(len(z.File), 8)] {
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
