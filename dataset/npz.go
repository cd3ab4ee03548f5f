package dataset

import (
	"io"

	"github.com/samebits/samebits/internal/npy"
)

// ReadNPZ reads the arrays x (samples) and y (labels) from a file that numpy.savez or savez_compressed wrote, size bytes
// long: np.savez("set.npz", x=x, y=y). What the arrays must be, [ReadNPY] says. Other arrays are passed over.
func ReadNPZ(name string, r io.ReaderAt, size int64) (*Set, error) {
	z, err := npy.OpenArchive(name, r, size)
	if err != nil {
		return nil, err
	}
	x, err := openMember(z, "x")
	if err != nil {
		return nil, err
	}
	y, err := openMember(z, "y")
	if err != nil {
		return nil, err
	}
	return join(x, y)
}

// openMember opens one array of an npz file.
func openMember(z *npy.Archive, name string) (*array, error) {
	src, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	return openNPY(src)
}
