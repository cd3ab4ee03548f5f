package dataset

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// ReadFiles reads a set from files, by their endings:
//
//	.csv, .csv.gz  one file, which c describes; see [ReadCSV]
//	.npz           one file; see [ReadNPZ]
//	.npy, .npy.gz  two files, samples and labels; see [ReadNPY]
//	any other      two files of the IDX format, samples and labels; see [ReadIDX]
//
// Files must be regular ones; see [OpenRegular]. Errors name the path.
func ReadFiles(c CSV, paths ...string) (*Set, error) {
	switch {
	case len(paths) == 1 && hasEnding(paths[0], ".csv", ".csv.gz"):
		return readOne(paths[0], func(f *os.File) (*Set, error) { return ReadCSV(paths[0], f, c) })
	case len(paths) == 1 && hasEnding(paths[0], ".npz"):
		return readOne(paths[0], readNPZ)
	case len(paths) == 2 && hasEnding(paths[0], ".npy", ".npy.gz") && hasEnding(paths[1], ".npy", ".npy.gz"):
		return readTwo(paths[0], paths[1], func(x, y *os.File) (*Set, error) { return ReadNPY(x.Name(), x, y.Name(), y) })
	case len(paths) == 2 && !hasEnding(paths[0], notIDX...) && !hasEnding(paths[1], notIDX...):
		return readTwo(paths[0], paths[1], func(x, y *os.File) (*Set, error) { return ReadIDX(x.Name(), x, y.Name(), y) })
	}
	return nil, fmt.Errorf("%q: want one file .csv, .csv.gz or .npz, or two of samples and labels, .npy or IDX", paths)
}

// notIDX are the endings of the other formats.
var notIDX = []string{".csv", ".csv.gz", ".npz", ".npy", ".npy.gz"}

func hasEnding(path string, endings ...string) bool {
	path = strings.ToLower(path)
	for _, e := range endings {
		if strings.HasSuffix(path, e) {
			return true
		}
	}
	return false
}

func readNPZ(f *os.File) (*Set, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return ReadNPZ(f.Name(), f, info.Size())
}

func readOne(path string, read func(*os.File) (*Set, error)) (*Set, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f)
}

func readTwo(x, y string, read func(x, y *os.File) (*Set, error)) (*Set, error) {
	return readOne(x, func(x *os.File) (*Set, error) {
		return readOne(y, func(y *os.File) (*Set, error) { return read(x, y) })
	})
}

// OpenRegular opens a file for reading. What is no regular file, nor a link to one, is an error that names the path:
// folders, devices, and named pipes, for which it does not wait.
func OpenRegular(path string) (*os.File, error) {
	info, err := os.Stat(path) // first: to open a named pipe is to wait until somebody writes into it
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	return os.Open(path)
}
