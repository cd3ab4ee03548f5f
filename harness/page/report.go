// Package page makes one page of HTML of runs, replays and sweeps that were kept.
//
// The page stands alone: it has no script, asks no server for anything, and says so to the browser in a content security
// policy. Pictures are drawn anew from the numbers, and every text that comes from a file is escaped by where it stands. The
// same inputs give the same bytes on one machine.
package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/harness"
)

// Start is what every page begins with, and by which one is known.
const Start = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="generator" content="repro report"/>
`

// Report is what goes into a report, in the order in which it is shown.
type Report struct {
	Runs    []*harness.Saved
	Replays []*harness.Replays
	Sweeps  []*harness.SavedSweep
}

// Add reads an input and adds it: a file of what repro verify --json prints, the rows of a sweep, or what
// [harness.OpenSaved] takes. A file is known by what is in it.
func (p *Report) Add(ctx context.Context, arg string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	is, err := recognise(arg)
	if err != nil {
		return err
	}
	switch is {
	case ofReplays:
		r, err := harness.OpenReplays(arg)
		if err != nil {
			return err
		}
		p.Replays = append(p.Replays, r)
	case ofSweep:
		s, err := harness.OpenSavedSweep(ctx, arg)
		if err != nil {
			return err
		}
		p.Sweeps = append(p.Sweeps, s)
	default:
		s, err := harness.OpenSaved(arg)
		if err != nil {
			return err
		}
		p.Runs = append(p.Runs, s)
	}
	return nil
}

// What an input may be.
type kind int

const (
	ofRun kind = iota
	ofReplays
	ofSweep
)

// recognise looks at the first thing in a file. What is neither of replays nor of a sweep is taken for a run, whose reader
// says what it wants.
func recognise(arg string) (kind, error) {
	if slices.Contains(harness.Builtin(), arg) || strings.HasSuffix(arg, ".toml") {
		return ofRun, nil
	}
	if info, err := os.Stat(arg); err != nil || info.IsDir() {
		return ofRun, nil
	}
	f, err := dataset.OpenRegular(arg)
	if err != nil {
		return ofRun, err
	}
	defer f.Close()
	var first struct {
		Schema  string          `json:"schema"`
		Seed    json.RawMessage `json:"seed"`
		Sweep   json.RawMessage `json:"sweep"`
		Results json.RawMessage `json:"results"`
	}
	const most = 64 << 20
	if err := json.NewDecoder(io.LimitReader(f, most)).Decode(&first); err != nil {
		return ofRun, isSweepTrace(arg, f)
	}
	switch {
	case first.Schema == harness.SweepSchema:
		return ofRun, fmt.Errorf("%s: the summary of a sweep without its rows; give the file of repro sweep --out", arg)
	case first.Seed != nil && first.Sweep != nil:
		return ofSweep, nil
	case first.Results != nil:
		return ofReplays, nil
	}
	return ofRun, nil
}

// isSweepTrace is the error of a golden trace of a sweep, whose heading is not that of a run.
func isSweepTrace(arg string, f io.ReadSeeker) error {
	const heading = "samebits sweep "
	start := make([]byte, len(heading))
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.ReadFull(f, start); err == nil && string(start) == heading {
		return fmt.Errorf("%s: the golden trace of a sweep, which has no rows; give the file of repro sweep --out", arg)
	}
	return nil
}

//go:embed page.html
var pageText string

//go:embed page.css
var style string

var layout = template.Must(template.New("page").Funcs(template.FuncMap{"short": short, "plus1": func(n int) int { return n + 1 }}).Parse(Start + pageText))

// view is what the template shows.
type view struct {
	Policy   string // the content security policy
	Style    template.CSS
	Title    string
	Lead     []string
	Links    []link
	Overview []summary
	Groups   []*group
	Matrix   []*matrix
	Sweeps   []*sweep
	Inputs   []string
}

// link leads to a part of the page.
type link struct{ ID, Text string }

// HTML returns the page. It fails if ctx is done, or if a number cannot be drawn, which is told with the input's name.
func (p *Report) HTML(ctx context.Context) ([]byte, error) {
	v := &view{Policy: policy(), Style: template.CSS(style), Title: p.title(), Lead: p.lead()}
	groups := p.groups()
	for _, g := range groups {
		shown, err := showGroup(ctx, g, len(v.Groups)+1)
		if err != nil {
			return nil, err
		}
		v.Groups = append(v.Groups, shown)
		v.Links = append(v.Links, link{shown.ID, shown.Name})
	}
	v.Overview = overview(groups, v.Groups)
	for i, r := range p.Replays {
		m := showReplays(r, i+1)
		v.Matrix = append(v.Matrix, m)
		v.Links = append(v.Links, link{m.ID, m.Title})
	}
	for i, s := range p.Sweeps {
		shown, err := showSweep(ctx, s, i+1)
		if err != nil {
			return nil, err
		}
		v.Sweeps = append(v.Sweeps, shown)
		v.Links = append(v.Links, link{shown.ID, "Sweep of " + shown.Title})
	}
	for _, r := range p.Runs {
		v.Inputs = append(v.Inputs, r.Name)
	}
	for _, r := range p.Replays {
		v.Inputs = append(v.Inputs, r.Name)
	}
	for _, s := range p.Sweeps {
		v.Inputs = append(v.Inputs, s.Name)
	}
	var b bytes.Buffer
	if err := layout.Execute(&b, v); err != nil {
		return nil, err
	}
	return bytes.Map(visible, b.Bytes()), nil // names of files may hold anything
}

// policy allows this one style sheet, pictures that are in the page, and nothing else.
func policy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src data:; base-uri 'none'; form-action 'none'"
}

// title names what the page is of, each once.
func (p *Report) title() string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, g := range p.groups() {
		add(nameOf(g[0]))
	}
	for range min(1, len(p.Replays)) {
		add("repro verify")
	}
	for _, s := range p.Sweeps {
		add(s.Experiment)
	}
	const most = 4
	if n := len(names) - most; n > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// lead says in a line for each kind what there is, and how it ended.
func (p *Report) lead() (lines []string) {
	if n := len(p.Runs); n > 0 {
		line := counted(n, "run")
		if groups := len(p.groups()); groups > 1 {
			line += fmt.Sprintf(" of %d experiments", groups)
		}
		lines = append(lines, line)
	}
	for _, r := range p.Replays {
		lines = append(lines, totals(r))
	}
	for _, s := range p.Sweeps {
		line := fmt.Sprintf("sweep of %s: %s", s.Experiment, counted(s.Distribution.Rows, "run"))
		if n := failures(s); n > 0 {
			line += fmt.Sprintf(", %d failed", n)
		}
		lines = append(lines, line)
	}
	return lines
}

// groups puts runs of one experiment together, in the order of the first of each.
func (p *Report) groups() (groups [][]*harness.Saved) {
	at := map[string]int{}
	for _, r := range p.Runs {
		name := r.Curve.Facts.Experiment
		i, known := at[name]
		if !known || name == "" {
			i = len(groups)
			groups = append(groups, nil)
			at[name] = i
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// nameOf is the experiment that a run is of, or the name of its file.
func nameOf(r *harness.Saved) string {
	if name := r.Curve.Facts.Experiment; name != "" {
		return name
	}
	return r.Name
}
