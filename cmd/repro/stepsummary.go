package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// stepSummaryVariable names the file that GitHub shows as Markdown on the page of a run.
const stepSummaryVariable = "GITHUB_STEP_SUMMARY"

// GitHub refuses a summary of more than 1 MiB. A text that is longer than maxDetail is cut: the job's log has it all.
const (
	maxSummary = 1000 << 10
	maxDetail  = 2000
)

// appendSummary appends the results to a file, as other steps do with theirs. Each block is of as many cells as an
// experiment has.
func (r *report) appendSummary(path string, kernels []string, block int) error {
	size := int64(0)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() { // a named pipe could keep us waiting
			return fmt.Errorf("%s: not a regular file", path)
		}
		size = info.Size()
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(r.markdown(kernels, block, int(min(size, maxSummary)))); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// markdown writes a table of experiments and kernels, then the totals, then what is not the same. So much of a summary is
// there already.
func (r *report) markdown(kernels []string, block, already int) string {
	head := "### repro verify\n\n| experiment | " + strings.Join(kernels, " | ") + " |\n|---|" + strings.Repeat("---|", len(kernels)) + "\n"
	foot := "\n" + totals(r.Cells) + "\n"
	room := maxSummary - already - len(head) - len(foot)

	var rows, details []string
	for cells := range slices.Chunk(r.Cells, block) {
		rows = append(rows, summaryRow(cells, block/len(kernels)))
	}
	for _, c := range r.Cells {
		if !c.Match {
			details = append(details, indented(c.place()+": ", c.Text))
		}
	}
	for _, file := range r.Obsolete {
		details = append(details, indented("", aboutObsolete(file)))
	}
	table := fitting(rows, &room, "\n%d more experiments are not shown.\n")
	var rest string
	if len(details) > 0 {
		rest = "\n" + fitting(details, &room, "\n%d more replays that are not the same are not shown.\n")
	}
	return head + table + foot + rest + "\n"
}

// fitting joins the first texts that there is room for, and tells how many there is none for.
func fitting(texts []string, room *int, more string) string {
	const reserve = 200 // for the last words
	var b strings.Builder
	for i, t := range texts {
		if *room -= len(t); *room < reserve {
			fmt.Fprintf(&b, more, len(texts)-i)
			break
		}
		b.WriteString(t)
	}
	return b.String()
}

// summaryRow is an experiment's row: for each kernel a line for each number of threads.
func summaryRow(cells []cell, threads int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| `%s` |", cells[0].Experiment)
	for kernel := range slices.Chunk(cells, threads) {
		var lines []string
		for _, c := range kernel {
			words := c.words()
			if !c.Match {
				words = "**" + words + "**"
			}
			if c.Digest != "" {
				words += ", " + c.elapsed.Round(10*time.Microsecond).String()
			}
			lines = append(lines, fmt.Sprintf("threads %d: %s", c.Threads, words))
		}
		fmt.Fprintf(&b, " %s |", strings.Join(lines, "<br>"))
	}
	b.WriteByte('\n')
	return b.String()
}

// indented writes a text as it is, whatever Markdown would make of it.
func indented(prefix, text string) string {
	var b strings.Builder
	for line := range strings.Lines(cut(text)) {
		fmt.Fprintf(&b, "    %s%s\n", prefix, printable(line))
	}
	return b.String()
}

// cut shortens a text that is very long.
func cut(text string) string {
	if len(text) <= maxDetail {
		return text
	}
	return strings.ToValidUTF8(text[:maxDetail], "") + " ..."
}
