package page

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/samebits/samebits/harness"
)

// matrix is replays by experiment, kernel and number of threads.
type matrix struct {
	ID, Title string
	Totals    string
	Threads   []int
	Rows      []replayRow
	Details   []detail
	Obsolete  []string
}

// replayRow is an experiment on a kernel. The first of an experiment names it, for Span rows.
type replayRow struct {
	Experiment string
	Span       int
	Kernel     string
	Cells      [][]replay // [threads], mostly one each
	Digests    []string   // of what was compared, each once
}

// replay is one verdict.
type replay struct {
	Class, Words string
	Cost         []string
}

// detail is how replays differ, or why they were not compared.
type detail struct {
	Places []string
	Lines  []line
}

// line is one of a detail. Place and hint stand out.
type line struct {
	Class string // place, hint or nothing
	Text  string
}

func showReplays(r *harness.Replays, number int) *matrix {
	m := &matrix{ID: fmt.Sprintf("verify-%d", number), Title: "repro verify", Totals: totals(r), Obsolete: r.Obsolete}
	if number > 1 {
		m.Title += fmt.Sprintf(" %d", number)
	}
	for _, c := range r.Results {
		if !slices.Contains(m.Threads, c.Threads) {
			m.Threads = append(m.Threads, c.Threads)
		}
	}
	slices.Sort(m.Threads)
	m.fill(r.Results)
	m.explain(r.Results)
	return m
}

// fill makes a row of each experiment on each kernel, in the order in which they come first.
func (m *matrix) fill(results []harness.Replay) {
	type place struct{ experiment, kernel string }
	var experiments []string
	kernels := map[string][]string{}
	rows := map[place]*replayRow{}
	for _, c := range results {
		at := place{c.Experiment, c.Kernel}
		if rows[at] == nil {
			if kernels[c.Experiment] == nil {
				experiments = append(experiments, c.Experiment)
			}
			kernels[c.Experiment] = append(kernels[c.Experiment], c.Kernel)
			rows[at] = &replayRow{Experiment: c.Experiment, Kernel: c.Kernel, Cells: make([][]replay, len(m.Threads))}
		}
		row, column := rows[at], slices.Index(m.Threads, c.Threads)
		row.Cells[column] = append(row.Cells[column], replay{classOf(c.Verdict), words(c), cost(c)})
		if c.Digest != "" && !slices.Contains(row.Digests, c.Digest) {
			row.Digests = append(row.Digests, c.Digest)
		}
	}
	for _, e := range experiments {
		for i, k := range kernels[e] {
			row := rows[place{e, k}]
			if i == 0 {
				row.Span = len(kernels[e])
			}
			m.Rows = append(m.Rows, *row)
		}
	}
}

// explain gathers what is to be said of replays that are not the same, the same words once.
func (m *matrix) explain(results []harness.Replay) {
	type words struct{ verdict, text string }
	var order []words
	replays := map[words][]harness.Replay{}
	all := map[string]int{} // replays of each experiment
	for _, c := range results {
		all[c.Experiment]++
		w := words{c.Verdict, strings.TrimSpace(asWith.ReplaceAllString(c.Difference, ""))}
		if c.Match || w.text == "" && c.Parted == nil {
			continue
		}
		if replays[w] == nil {
			order = append(order, w)
		}
		replays[w] = append(replays[w], c)
	}
	for _, w := range order {
		m.Details = append(m.Details, detail{placesOf(replays[w], all), linesOf(w.text, replays[w][0].Parted)})
	}
}

// asWith stands in the text of a replay that differs as another does. In a report both stand together.
var asWith = regexp.MustCompile(`(?m)^as with --threads \d+:(\n|$)`)

// linesOf tells place and hint apart from the rest of a text, and puts them first where they are not in it.
func linesOf(text string, p *harness.Parted) (lines []line) {
	place, hint := "", ""
	if p != nil {
		place, hint = p.Summary(), p.Hint
	}
	for one := range strings.SplitSeq(text, "\n") {
		switch {
		case place != "" && strings.HasPrefix(one, place):
			lines, place = append(lines, line{"place", one}), ""
		case hint != "" && one == hint:
			lines, hint = append(lines, line{"hint", one}), ""
		case one != "":
			lines = append(lines, line{"", one})
		}
	}
	if hint != "" {
		lines = slices.Insert(lines, 0, line{"hint", hint})
	}
	if place != "" {
		lines = slices.Insert(lines, 0, line{"place", place})
	}
	return lines
}

// placesOf names replays of one verdict, those on all kernels and threads of an experiment together, as are those on one
// kernel.
func placesOf(replays []harness.Replay, all map[string]int) (places []string) {
	for of := range runsOf(replays, func(a, b harness.Replay) bool { return a.Experiment == b.Experiment }) {
		name, verdict := of[0].Experiment, of[0].Verdict
		if len(of) == all[name] && len(of) > 1 {
			places = append(places, fmt.Sprintf("%s, all %d replays: %s", name, len(of), verdict))
			continue
		}
		for on := range runsOf(of, func(a, b harness.Replay) bool { return a.Kernel == b.Kernel }) {
			var threads []string
			for _, c := range on {
				threads = append(threads, strconv.Itoa(c.Threads))
			}
			places = append(places, fmt.Sprintf("%s, kernel %s, threads %s: %s", name, on[0].Kernel, listed(threads), verdict))
		}
	}
	return places
}

// runsOf yields the longest runs of neighbours that are alike.
func runsOf[T any](all []T, alike func(a, b T) bool) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(all) > 0 {
			n := 1
			for n < len(all) && alike(all[0], all[n]) {
				n++
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// words is the verdict for people.
func words(c harness.Replay) string {
	if c.Emulated {
		return c.Verdict + " (emulated)"
	}
	return c.Verdict
}

// cost is the time of a replay, and how many samples a second were trained on; nothing where nothing was compared.
func cost(c harness.Replay) (parts []string) {
	if c.Seconds > 0 {
		parts = append(parts, elapsed(c.Seconds))
	}
	if c.Rate > 0 {
		parts = append(parts, rate(c.Rate)+" samples/s")
	}
	return parts
}

// totals says what the replays came to.
func totals(r *harness.Replays) string {
	counts := map[string]int{}
	for _, c := range r.Results {
		counts[c.Verdict]++
	}
	var parts []string
	for _, v := range harness.Verdicts {
		if n := counts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	line := fmt.Sprintf("%s: %s", counted(len(r.Results), "replay"), strings.Join(parts, ", "))
	if n := len(r.Obsolete); n > 0 {
		line += "; " + counted(n, "obsolete golden trace")
	}
	return line
}
