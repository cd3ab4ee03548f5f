package harness

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/samebits/samebits/dataset"
)

// DataVariable is the environment variable that names a folder of data files.
const DataVariable = "SAMEBITS_DATA"

// ErrNoData is in the error of a run whose data files are nowhere to be found.
var ErrNoData = errors.New("no data")

// DataError is the error of a run whose data cannot be had, are bad, or do not fit the experiment: nothing was trained.
type DataError struct{ Err error }

func (e *DataError) Error() string { return e.Err.Error() }

func (e *DataError) Unwrap() error { return e.Err }

// readSamples reads the samples from files.
func (e *Experiment) readSamples(ctx context.Context, folder string) (s samples, err error) {
	d := e.Data
	files, err := d.open(e.folders(folder))
	if err != nil {
		return s, err
	}
	defer closeAll(files)
	if err := d.checkSums(ctx, files); err != nil {
		return s, err
	}
	n := len(d.Train)
	train, err := d.read(ctx, files[:n])
	if err != nil {
		return s, err
	}
	if s, err = d.Test.split(train); err != nil {
		return s, err
	}
	if len(files) > n {
		if s.test, err = d.read(ctx, files[n:]); err != nil {
			return s, err
		}
		if err := s.match(); err != nil {
			return s, err
		}
	}
	var from, to []float64
	if d.Scale != nil && d.Source == "idx" && ofBytes(files[0]) {
		from, to = []float64{0}, []float64{255}
	}
	return s, d.scale(s, from, to)
}

// match makes sets that were read from files of their own agree on the number of classes.
func (s samples) match() error {
	if s.train.Features != s.test.Features {
		return fmt.Errorf("data.test: samples of %d features, those of data.train have %d", s.test.Features, s.train.Features)
	}
	s.train.Classes = max(s.train.Classes, s.test.Classes)
	s.test.Classes = s.train.Classes
	return nil
}

// read reads a set from its files.
func (d Data) read(ctx context.Context, f []*os.File) (*dataset.Set, error) {
	var from []interruptible
	for _, file := range f {
		from = append(from, interruptible{ctx, file})
	}
	switch d.Source {
	case "csv":
		return dataset.ReadCSV(f[0].Name(), from[0], dataset.CSV{Label: d.Label, Header: d.Header})
	case "idx":
		return dataset.ReadIDX(f[0].Name(), from[0], f[1].Name(), from[1])
	case "npy":
		return dataset.ReadNPY(f[0].Name(), from[0], f[1].Name(), from[1])
	case "npz":
		info, err := f[0].Stat()
		if err != nil {
			return nil, err
		}
		return dataset.ReadNPZ(f[0].Name(), from[0], info.Size())
	}
	return nil, fmt.Errorf("unknown source %q", d.Source)
}

// interruptible is a file that ends with ctx's error when ctx is done.
type interruptible struct {
	ctx  context.Context
	file *os.File
}

func (f interruptible) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.file.Read(p)
}

func (f interruptible) ReadAt(p []byte, offset int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.file.ReadAt(p, offset)
}

// ofBytes reports whether an IDX file, which has been read, holds unsigned bytes: its third byte says so.
func ofBytes(f *os.File) bool {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false
	}
	r := bufio.NewReader(f)
	if magic, _ := r.Peek(2); string(magic) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(r)
		if err != nil {
			return false
		}
		r = bufio.NewReader(unpacked)
	}
	magic, _ := r.Peek(3)
	return string(magic) == "\x00\x00\x08"
}

// site is a folder where data files may be.
type site struct{ folder, by string }

// folders lists where the data files are looked for, in this order.
func (e *Experiment) folders(given string) (all []site) {
	for _, p := range []site{{given, "--data"}, {os.Getenv(DataVariable), DataVariable}, {e.Folder, "beside the experiment"}} {
		if p.folder != "" {
			all = append(all, p)
		}
	}
	return all
}

// open opens the files of Train, then those of Test.
func (d Data) open(sites []site) (files []*os.File, err error) {
	if want := sourceFiles[d.Source]; want == 0 || len(d.Train) != want || len(d.Test.Files) != 0 && len(d.Test.Files) != want {
		return nil, fmt.Errorf("source %q with %d files to train on and %d to test with", d.Source, len(d.Train), len(d.Test.Files))
	}
	for _, path := range slices.Concat(d.Train, d.Test.Files) {
		f, err := openFirst(path, sites)
		if errors.Is(err, ErrNoData) {
			err = d.withGet(err)
		}
		if err != nil {
			closeAll(files)
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// withGet adds to an error how to get the files.
func (d Data) withGet(err error) error {
	if d.Get == "" {
		return err
	}
	return fmt.Errorf("%w\n%s", err, strings.TrimSpace(d.Get))
}

// openFirst opens a file in the first place that has it.
func openFirst(path string, sites []site) (*os.File, error) {
	if filepath.IsAbs(path) {
		sites = []site{{"", "an absolute path"}}
	}
	var looked []string
	for _, s := range sites {
		full := filepath.Join(s.folder, path)
		f, err := dataset.OpenRegular(full)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return f, err
		}
		looked = append(looked, fmt.Sprintf("%s (%s)", full, s.by))
	}
	if looked == nil {
		return nil, fmt.Errorf("%w: %s: name its folder with --data or %s", ErrNoData, path, DataVariable)
	}
	return nil, fmt.Errorf("%w: there is no %s; name the folder of %s with --data or %s",
		ErrNoData, strings.Join(looked, ", nor "), path, DataVariable)
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close() // they were only read
	}
}

// checkSums compares the files with the digests that the experiment names, and leaves them at their beginning.
func (d Data) checkSums(ctx context.Context, files []*os.File) error {
	if d.SHA256 == nil {
		return nil
	}
	if len(d.SHA256) != len(files) {
		return fmt.Errorf("data.sha256: %d digests for %d files", len(d.SHA256), len(files))
	}
	for i, f := range files {
		h := sha256.New()
		if _, err := io.Copy(h, interruptible{ctx, f}); err != nil {
			return err
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != strings.ToLower(d.SHA256[i]) {
			return d.withGet(fmt.Errorf("%s has SHA-256 %s, want %s, which data.sha256.%d names; get the file again, or change the digest if other data are meant",
				f.Name(), got, d.SHA256[i], i))
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	return nil
}
