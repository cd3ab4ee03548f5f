package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/samebits/samebits/harness"
)

// progress shows how far runs are, once somebody has waited for them longer than people like to wait in the dark.
type progress struct {
	out   io.Writer // nil if nobody is to see it
	start time.Time // of the first run
}

// newProgress shows nothing unless out is a terminal.
func newProgress(out io.Writer) progress {
	if !isTerminal(out) {
		out = nil
	}
	return progress{out, time.Now()}
}

// watch adds a bar to the options of a run. It is labelled, with the loss if the label is empty. The function that is
// returned takes the bar away when the run has ended.
func (p progress) watch(o *harness.Options, label string) (done func()) {
	if p.out == nil {
		return func() {}
	}
	b := &bar{progress: p, label: label}
	o.Point = func(p harness.Point, _ int) { b.loss = p.Loss }
	o.Progress = b.show
	return b.close
}

// bar is the progress bar of one run.
type bar struct {
	progress
	label string
	loss  float64 // at the last point of the curve
	bar   *progressbar.ProgressBar
}

func (b *bar) show(step, steps int) {
	const patience = 300 * time.Millisecond
	if time.Since(b.start) < patience {
		return
	}
	width, text := 10, b.label // together they fit a line of 80 columns
	if b.label == "" {
		width, text = 40, fmt.Sprintf("loss %.4f", b.loss)
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions(steps, progressbar.OptionSetWriter(b.out), progressbar.OptionSetWidth(width),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	b.bar.Describe(text)
	b.bar.Set(step)
}

func (b *bar) close() {
	if b.bar != nil {
		b.bar.Finish()
	}
}
