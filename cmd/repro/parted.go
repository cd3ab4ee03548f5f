package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/samebits/samebits/harness"
)

// maxReplay is how long a replay may have taken that is bisected, which takes about two more.
const maxReplay = 5 * time.Minute

// parted remembers where replays part from their golden traces. Those of a kernel that differ in the same way on other
// numbers of threads part in the same place.
type parted map[partedKey]place

type partedKey struct {
	source                   *harness.Source
	kernel, digest, distinct string
}

type place struct {
	found   *harness.Bisection // nil where the trace is one of something else
	threads int
}

// find adds to a cell whose replay differs where it parts from the golden trace. It returns the error of an interruption.
func (p parted) find(ctx context.Context, s subject, c *cell, o harness.Options) error {
	if c.Verdict != differs || s.golden == nil {
		return nil
	}
	if c.elapsed > maxReplay {
		c.Text += fmt.Sprintf("\nthe replay was too long to look for the place at once; repro bisect finds it: --kernel %s --against golden", c.Kernel)
		return nil
	}
	key := partedKey{s.source, c.Kernel, c.Digest, c.Text}
	at, known := p[key]
	if !known {
		golden := harness.Side{Trace: s.golden, Name: "the golden trace"}
		b, err := harness.Bisect(ctx, s.experiment, harness.Side{Kernel: o.Kernel, Threads: o.Threads}, golden, harness.BisectOptions{
			Data: o.Data, Progress: o.Progress,
		})
		switch {
		case errors.Is(err, context.Canceled):
			return err
		case errors.Is(err, harness.ErrNotComparable): // the cell says so
			b = nil
		case err != nil:
			c.Text += "\nthe place was not found: " + err.Error()
			return nil
		}
		at = place{b, c.Threads}
		p[key] = at
	}
	if known && at.found != nil {
		c.Text += fmt.Sprintf("\nas with --threads %d:", at.threads)
	}
	switch b := at.found; {
	case b == nil:
	case b.Parting == nil:
		c.Text += "\nnot reproducible: the run gives the golden trace the second time (memory or CPU fault?)"
	default:
		c.Text += "\n" + b.String()
		c.Parted = partedReport(b)
	}
	return nil
}
