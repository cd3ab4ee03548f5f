package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

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

// watch adds a bar with this label to the options of a run. The function that is returned takes the bar away when the run
// has ended.
func (p progress) watch(o *harness.Options, label string) (done func()) {
	if p.out == nil {
		return func() {}
	}
	b := &bar{progress: p, label: label}
	o.Progress = b.show
	return b.close
}

// watchRun adds a bar that also shows loss and samples a second to the options of a run of e. It must be closed.
func (p progress) watchRun(o *harness.Options, e *harness.Experiment) *bar {
	if p.out == nil {
		return nil
	}
	b := &bar{progress: p, label: "step"}
	if o.Resume != nil && len(o.Resume.Points) > 0 {
		b.setLoss(o.Resume.Points[len(o.Resume.Points)-1], 0)
	}
	o.Loaded = func(train, _ int) { b.samples = e.TrainedSamples(train) / float64(e.TotalSteps(train)) }
	o.Point = b.setLoss
	o.Progress = b.show
	return b
}

// bar is the progress bar of one run. A nil one is shown nowhere.
type bar struct {
	progress
	label   string
	loss    string  // at the last point of the curve, or empty
	samples float64 // in a step, or 0 if that is not told
	first   int     // steps that were done when the run began, or went on
	began   time.Time
	shown   time.Time
	bar     *progressbar.ProgressBar
}

func (b *bar) setLoss(p harness.Point, _ int) { b.loss = fmt.Sprintf("loss %.4g", p.Loss) }

func (b *bar) show(step, steps int) {
	const patience, pause = 300 * time.Millisecond, 100 * time.Millisecond
	now := time.Now()
	if b.began.IsZero() {
		b.first, b.began = step, now
	}
	if now.Sub(b.start) < patience || now.Sub(b.shown) < pause {
		return
	}
	b.shown = now
	if b.bar == nil {
		b.bar = progressbar.NewOptions(steps, progressbar.OptionSetWriter(b.out),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionShowDescriptionAtLineEnd(), progressbar.OptionUseANSICodes(true), progressbar.OptionClearOnFinish())
	}
	width := columns(b.out)
	text := b.text(step, steps, now.Sub(b.began), width)
	b.bar.Set(step)
	progressbar.OptionSetWidth(max(0, min(maxBar, width-aroundBar-len([]rune(text)))))(b.bar)
	b.bar.Describe(text)
}

// A line has a bar of so many columns at most, and as many for percentage, ends of the bar, and spaces; one stays free.
const (
	maxBar    = 40
	aroundBar = 12
)

// columns is the width of the terminal.
func columns(out io.Writer) int {
	const usual = 80
	f, ok := out.(*os.File)
	if !ok {
		return usual
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 1 {
		return usual
	}
	return width
}

// text says how far the run is, as much of it as fits beside the bar: time counts from where the run began or went on.
func (b *bar) text(step, steps int, elapsed time.Duration, columns int) string {
	count := fmt.Sprintf("%s (%d/%d)", b.label, step, steps)
	rate, left := "", ""
	if done := step - b.first; done > 0 && elapsed > 0 {
		if b.samples > 0 {
			rate = short(perSecond(float64(done)*b.samples, elapsed)) + " samples/s"
		}
		left = timeLeft(elapsed.Seconds()/float64(done)*float64(steps-step)) + " left"
	}
	for _, parts := range [][]string{{count, b.loss, rate, left}, {count, b.loss, left}, {count, left}, {count}, {b.label}} {
		if text := joined(parts); len([]rune(text)) <= columns-aroundBar {
			return text
		}
	}
	return ""
}

// joined puts commas between the words that are there.
func joined(words []string) string {
	var some []string
	for _, w := range words {
		if w != "" {
			some = append(some, w)
		}
	}
	return strings.Join(some, ", ")
}

// timeLeft writes seconds in two units.
func timeLeft(seconds float64) string {
	const year = 365 * 24 * 3600
	s := int(min(seconds, 100*year))
	switch m, h := s/60, s/3600; {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case m < 60:
		return fmt.Sprintf("%dm%02ds", m, s%60)
	case h < 24:
		return fmt.Sprintf("%dh%02dm", h, m%60)
	default:
		return fmt.Sprintf("%dd%02dh", h/24, h%24)
	}
}

// clear takes the bar away until it is shown again.
func (b *bar) clear() {
	if b != nil && b.bar != nil {
		b.bar.Clear()
	}
}

// close takes the bar away.
func (b *bar) close() {
	if b != nil && b.bar != nil {
		b.bar.Finish()
	}
}
