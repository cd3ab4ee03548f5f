package harness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/samebits/samebits/dataset"
)

// Saved is a run that is read back: of the folder of [Result.Export], or of a file that holds its learning curve alone.
type Saved struct {
	Name        string // as it was asked for
	Curve       *Curve
	Manifest    *Manifest    // nil where there is none
	Predictions *Predictions // nil where there are none
}

// OpenSaved reads what [OpenCurve] finds, and of a folder also the manifest and the predictions, as far as they are there.
// What is not of one run is an error that names the file: another experiment, other weights, another number of samples or
// of right answers. So are counts and losses that no run has. Pictures in the folder are not read.
func OpenSaved(arg string) (*Saved, error) {
	curve, err := OpenCurve(arg)
	if err != nil {
		return nil, err
	}
	if err := curve.plausible(); err != nil {
		return nil, fmt.Errorf("%s: %w", curve.Name, err)
	}
	s := &Saved{Name: arg, Curve: curve}
	if curve.Name != filepath.Join(arg, TraceFile) { // not of a folder
		return s, nil
	}
	if err := errors.Join(s.readManifest(arg), s.readPredictions(arg)); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Saved) readManifest(dir string) error {
	path := filepath.Join(dir, ManifestFile)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	text, err := readFile(path, maxManifest)
	if err != nil {
		return err
	}
	if s.Manifest, err = ReadManifest(path, text); err != nil {
		return err
	}
	return s.fits(path, s.Manifest.match(s.Curve))
}

func (s *Saved) readPredictions(dir string) error {
	path := filepath.Join(dir, PredictionsFile)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := dataset.OpenRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if s.Predictions, err = ReadPredictions(path, f); err != nil {
		return err
	}
	return s.fits(path, s.Predictions.match(s.Curve.Facts, s.Curve.Last()))
}

// fits adds to an error of a file what to do.
func (s *Saved) fits(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: not of the run of %s: %w; write the folder again with repro run --out", path, s.Curve.Name, err)
}

// Last returns the last value of each series.
func (c *Curve) Last() map[string]float64 {
	final := map[string]float64{}
	for name, values := range c.Series {
		final[name] = values[len(values)-1]
	}
	return final
}

// plausible reports an error if the numbers cannot be those of a training.
func (c *Curve) plausible() error {
	for _, name := range SeriesNames {
		total := c.Facts.Samples
		if strings.HasPrefix(name, "test_") {
			total = c.Facts.Tests
		}
		for i, v := range c.Series[name] {
			switch {
			case !finite(v) || v < 0:
				return fmt.Errorf("step %d: %s is %v, want a finite number of 0 or above", c.Steps[i], name, v)
			case isCount(name) && total > 0 && v > float64(total):
				return fmt.Errorf("step %d: %s is %.0f, which is more than all %d", c.Steps[i], name, v, total)
			}
		}
	}
	return nil
}
