package harness

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/samebits/samebits/dataset"
)

// SavedSweep is a sweep that is read back from the file of its rows.
type SavedSweep struct {
	Name         string // of the file
	ID           string // identity
	Contract     string
	Experiment   string
	Seeds        string // as FIRST..LAST
	Distribution *Distribution
	Failures     []Row // the first rows of runs that failed, a few at most
}

const (
	maxFailures = 10

	// A distribution has a number for each possible count of right answers. This bounds them, for all settings together:
	// rows of a few bytes may name any count.
	maxCounted = 1 << 25
)

// OpenSavedSweep reads all rows of a sweep, with or without the summary behind them. Where rows are missing, are out of
// order or are of another sweep, the error names file and line.
func OpenSavedSweep(ctx context.Context, path string) (*SavedSweep, error) {
	f, err := dataset.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &SavedSweep{Name: path, Distribution: NewDistribution()}
	most := 0 // right answers of a run
	err = Merge([]Part{{path, interruptible{ctx, f}}}, func(r *Row) error {
		if s.ID != r.Sweep { // the first row
			s.ID = r.Sweep
			_, settings, err := parseID(r.Sweep)
			if err != nil {
				return err
			}
			most = maxCounted / settings
		}
		if n := r.Score.Correct + r.Test.Correct; n > most {
			return fmt.Errorf("%s: seed %d: %d right answers, more than the %d that are counted", path, r.Seed, n, most)
		}
		s.Distribution.Add(r)
		if r.Error != "" && len(s.Failures) < maxFailures {
			s.Failures = append(s.Failures, *r)
		}
		return nil
	})
	var bad *MergeError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &bad) && strings.HasPrefix(err.Error(), "no rows for "):
		return nil, fmt.Errorf("%s: %w; shards are joined by repro sweep merge", path, err)
	case err != nil && !strings.HasPrefix(err.Error(), path):
		return nil, fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return nil, err
	}
	words := strings.Split(s.ID, " ")
	s.Contract, s.Experiment, s.Seeds = words[0], words[1], words[2]
	return s, nil
}
