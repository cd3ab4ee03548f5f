package page

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/samebits/samebits/harness"
)

// hostile is what a name or a text might hold to break out of where it stands.
const hostile = `x"'></style></title><script>alert(1)</script><img src=//h onerror=alert(1)>{{.}}` + "\u202e\x1b"

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// run returns a run whose samples lie in a plane.
func run(name, experiment string) *harness.Saved {
	return &harness.Saved{
		Name: name,
		Curve: &harness.Curve{
			Name: name, Kind: "trace", Steps: []int{0, 10}, Weights: []string{digest, digest},
			Series: map[string][]float64{"loss": {0.5, 0.25}, "correct": {1, 3}, "test_loss": {0.75, 0.5}, "test_correct": {1, 1}},
			Facts: harness.Facts{
				Contract: "samebits/1", Experiment: experiment, Digest: digest, Data: digest, Network: "2-2-2 float64", Samples: 4, Tests: 2,
			},
		},
		Manifest: &harness.Manifest{Kernel: "generic", Threads: 3, Seconds: 0.0125, CPU: "A CPU", OS: "linux", Arch: "amd64", Go: "go1.26", Version: "v1", Time: "2026-03-01T12:00:00Z"},
		Predictions: &harness.Predictions{
			Features: 2, Classes: 2,
			Train: harness.Told{Label: []int{0, 0, 0, 1}, Predicted: []int{0, 0, 1, 1}, X: [][2]float64{{0, 0}, {1, 1}, {2, 2}, {3, 3}}},
			Test:  &harness.Told{Label: []int{0, 1}, Predicted: []int{1, 1}, X: [][2]float64{{0, 1}, {1, 0}}},
		},
	}
}

// replays returns verdicts of every kind.
func replays(name string) *harness.Replays {
	r := &harness.Replays{Name: name, Obsolete: []string{"old.trace"}}
	for i, v := range harness.Verdicts {
		for _, threads := range []int{1, 2} {
			c := harness.Replay{Experiment: "clouds", Kernel: fmt.Sprint("k", i), Threads: threads, Verdict: v, Match: i == 0}
			if i < 2 {
				c.Digest, c.Seconds, c.Rate, c.Emulated = digest, 0.5, 1234567, i == 1
			}
			if i > 0 {
				c.Difference = "reason " + v
			}
			r.Results = append(r.Results, c)
		}
	}
	return r
}

// swept returns a sweep of so many settings, of which one run failed.
func swept(name string, settings int) *harness.SavedSweep {
	s := &harness.SavedSweep{Name: name, ID: "samebits/1 clouds 0..3 0123456789abcdef", Contract: "samebits/1", Experiment: "clouds", Seeds: "0..3", Distribution: harness.NewDistribution()}
	for seed := range uint32(4) {
		for i := range settings {
			r := harness.Row{Seed: seed, Total: 10, Tests: 5, Digest: digest, Sweep: s.ID}
			r.Score.Correct, r.Score.Loss, r.Test.Correct, r.Test.Loss = int(seed)+4, 0.5, int(seed), 0.75
			if settings > 1 {
				r.Set = []string{fmt.Sprintf("train.rate=%d", i)}
			}
			if seed == 3 {
				r = harness.Row{Seed: seed, Set: r.Set, Error: "step 7: not finite", Sweep: s.ID}
				s.Failures = append(s.Failures, r)
			}
			s.Distribution.Add(&r)
		}
	}
	return s
}

// everything is a report that has each part.
func everything() *Report {
	other := run("b", "clouds")
	other.Curve.Series["loss"] = []float64{0.5, math.Nextafter(0.25, 1)}
	return &Report{
		Runs:    []*harness.Saved{run("a", "clouds"), other, run("c", "digits")},
		Replays: []*harness.Replays{replays("v.json"), replays("w.json")},
		Sweeps:  []*harness.SavedSweep{swept("s.jsonl", 1), swept("t.jsonl", 2)},
	}
}

func render(t testing.TB, r *Report) string {
	t.Helper()
	text, err := r.HTML(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// node is an element of a page. Every page is well-formed XML, too, which a parser can hold it to.
type node struct {
	name     string
	attrs    map[string]string
	text     string // of it and all below
	children []*node
	parent   *node
}

func parse(t testing.TB, text string) *node {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	root := &node{}
	at := root
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, attrs: map[string]string{}, parent: at}
			for _, a := range token.Attr {
				if _, twice := n.attrs[a.Name.Local]; twice {
					t.Errorf("<%s> has two of %s", n.name, a.Name.Local)
				}
				n.attrs[a.Name.Local] = a.Value
			}
			at.children = append(at.children, n)
			at = n
		case xml.EndElement:
			at = at.parent
		case xml.CharData:
			for n := at; n != nil; n = n.parent {
				n.text += string(token)
			}
		case xml.Comment, xml.ProcInst:
			t.Errorf("a comment or an instruction: %v", token)
		}
	}
	return root
}

// all returns the elements of these names, in their order; without names all there are.
func (n *node) all(names ...string) (found []*node) {
	for _, c := range n.children {
		if len(names) == 0 || slices.Contains(names, c.name) {
			found = append(found, c)
		}
		found = append(found, c.all(names...)...)
	}
	return found
}

// texts returns what the elements say.
func texts(nodes []*node) (all []string) {
	for _, n := range nodes {
		all = append(all, strings.Join(strings.Fields(n.text), " "))
	}
	return all
}

// check holds a page to what is promised of every one.
func check(t *testing.T, text string) *node {
	t.Helper()
	if !strings.HasPrefix(text, Start) {
		t.Errorf("the page begins with %.200q", text)
	}
	root := parse(t, text)
	checkSafe(t, root)
	checkAccessible(t, root)
	for _, section := range root.all("section", "table", "tbody", "ul", "dl", "main") {
		if strings.TrimSpace(section.text) == "" {
			t.Errorf("an empty <%s>", section.name)
		}
	}
	return root
}

// elements are all that a page is made of. No script, frame, form or object is among them.
var elements = strings.Fields(`html head meta title style body header main footer nav section h1 h2 h3 p ul li a dl dt dd strong
	small span code div figure figcaption img table caption thead tbody tfoot tr th td`)

var attributes = strings.Fields(`lang charset name http-equiv content class id href src alt width height role tabindex
	aria-label aria-labelledby scope colspan rowspan title`)

// checkSafe: nothing can run, and nothing is asked of a network.
func checkSafe(t *testing.T, root *node) {
	t.Helper()
	for _, n := range root.all() {
		if !slices.Contains(elements, n.name) {
			t.Errorf("an element <%s>", n.name)
		}
		for name, value := range n.attrs {
			if !slices.Contains(attributes, name) {
				t.Errorf("<%s> has an attribute %s", n.name, name)
			}
			if name == "src" && !regexp.MustCompile(`^data:image/(png|svg\+xml);base64,[A-Za-z0-9+/]+=*$`).MatchString(value) || name == "href" && !strings.HasPrefix(value, "#") {
				t.Errorf("<%s %s=%.60q>", n.name, name, value)
			}
		}
	}
	if style := root.all("style"); len(style) != 1 || strings.Contains(style[0].text, "url(") || strings.Contains(style[0].text, "@import") {
		t.Error("want one style sheet that leads nowhere")
	}
	policy := root.all("meta")[2]
	want := regexp.MustCompile(`^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:; base-uri 'none'; form-action 'none'$`)
	if policy.attrs["http-equiv"] != "Content-Security-Policy" || !want.MatchString(policy.attrs["content"]) {
		t.Errorf("policy %v", policy.attrs)
	}
}

// checkAccessible: language, headings without gaps, one name for each place, names for pictures and tables.
func checkAccessible(t *testing.T, root *node) {
	t.Helper()
	if html := root.all("html"); len(html) != 1 || html[0].attrs["lang"] != "en" {
		t.Error("no language")
	}
	level := 0
	for _, h := range root.all("h1", "h2", "h3") {
		n, _ := strconv.Atoi(h.name[1:])
		if n > level+1 || n == 1 && level > 0 || strings.TrimSpace(h.text) == "" {
			t.Errorf("heading <%s> %q behind one of level %d", h.name, h.text, level)
		}
		level = n
	}
	ids := map[string]bool{}
	for _, n := range root.all() {
		if id := n.attrs["id"]; id != "" {
			if ids[id] {
				t.Errorf("two of id %s", id)
			}
			ids[id] = true
		}
	}
	for _, n := range root.all() {
		for _, id := range []string{strings.TrimPrefix(n.attrs["href"], "#"), n.attrs["aria-labelledby"]} {
			if id != "" && !ids[id] {
				t.Errorf("<%s> leads to %s, which there is none of", n.name, id)
			}
		}
		switch n.name {
		case "img":
			if n.attrs["alt"] == "" || n.attrs["width"] == "" || n.attrs["height"] == "" {
				t.Error("a picture without a text in its place, or without a size")
			}
		case "th":
			if n.attrs["scope"] == "" {
				t.Errorf("a heading of a table without scope: %q", n.text)
			}
		case "table":
			if captions := n.all("caption"); len(captions) != 1 || strings.TrimSpace(captions[0].text) == "" {
				t.Error("a table without a name")
			}
			checkRectangle(t, n)
		}
	}
}

// checkRectangle: all rows of a table are as wide, with what reaches down from the rows above.
func checkRectangle(t *testing.T, table *node) {
	t.Helper()
	span := func(n *node, attr string) int {
		v, err := strconv.Atoi(n.attrs[attr])
		if n.attrs[attr] == "" {
			return 1
		}
		if err != nil || v < 1 {
			t.Errorf("%s is %q", attr, n.attrs[attr])
		}
		return v
	}
	var widths []int
	rows := table.all("tr")
	more := make([]int, len(rows)+1)
	for i, row := range rows {
		width := more[i]
		for _, cell := range row.children {
			width += span(cell, "colspan")
			for j := 1; j < span(cell, "rowspan"); j++ {
				if i+j >= len(rows) {
					t.Errorf("a cell reaches below the table: %q", cell.text)
					break
				}
				more[i+j]++
			}
		}
		widths = append(widths, width)
	}
	if slices.Min(widths) != slices.Max(widths) {
		t.Errorf("rows of %v cells in %q", widths, texts(table.all("caption")))
	}
}

func TestEverything(t *testing.T) {
	root := check(t, render(t, everything()))
	if got, want := texts(root.all("h1", "h2")), []string{
		"clouds, digits, repro verify", "clouds", "digits", "repro verify", "repro verify 2", "Sweep of clouds, seeds 0..3", "Sweep of clouds, seeds 0..3",
	}; !slices.Equal(got, want) {
		t.Errorf("headings %q, want %q", got, want)
	}
	text := strings.Join(strings.Fields(root.text), " ")
	for _, want := range []string{
		"3 runs of 2 experiments",
		"12 replays: 2 same, 2 differs, 2 failed, 2 no golden, 2 not on this CPU, 2 no data; 1 obsolete golden trace",
		"sweep of clouds: 4 runs, 1 failed", "sweep of clouds: 8 runs, 2 failed",
		"A a, B b differs: first at step 10 loss differs at 1 of 2 points, first at step 10",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q", want)
		}
	}
	rows := texts(root.all("tr"))
	for _, want := range []string{
		"a clouds generic 3 of 4 (75.0 %) 1 of 2 (50.0 %) aaaaaaaaaaaa…", "b clouds generic 3 of 4 (75.0 %) 1 of 2 (50.0 %) aaaaaaaaaaaa… differs",
		"right, training 3 of 4 (75.0 %)3 of 4 (75.0 %)", "loss, test 0.5 (0x1p-01)", "samples 4 to train on, 2 to test with", "steps 10, a curve of 2 points",
		"kernel generic", "threads 3", "time taken 12.5ms", "CPU A CPU", "system linux/amd64", "made 2026-03-01T12:00:00Z",
	} {
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if !slices.ContainsFunc(rows, func(row string) bool { return squeeze(row) == squeeze(want) }) {
			t.Errorf("no row %q", want)
		}
	}
	// Each run: loss, accuracy, and two clouds of each set; one difference; of a sweep of one setting a histogram for each set.
	if got, want := len(root.all("img")), 3*(2+4)+1+2; got != want {
		t.Errorf("%d pictures, want %d", got, want)
	}
}

// TestDeterministic: the same inputs give the same bytes.
func TestDeterministic(t *testing.T) {
	if render(t, everything()) != render(t, everything()) {
		t.Error("two pages of the same differ")
	}
}

// TestPartly: what is not there has no heading, and an empty part no table.
func TestPartly(t *testing.T) {
	bare := &harness.Saved{Name: "curve.csv", Curve: &harness.Curve{
		Name: "curve.csv", Kind: "CSV", Steps: []int{3}, Series: map[string][]float64{"loss": {0.5}},
	}}
	root := check(t, render(t, &Report{Runs: []*harness.Saved{bare}}))
	if got, want := texts(root.all("h1", "h2", "h3")), []string{"curve.csv", "curve.csv", "Learning curve"}; !slices.Equal(got, want) {
		t.Errorf("headings %q, want %q", got, want)
	}
	if got, want := texts(root.all("th")), []string{"Result", "loss, training", "Run", "kind", "steps"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if len(root.all("nav")) > 0 || len(root.all("img")) != 1 {
		t.Error("contents of one part, or another number of pictures")
	}
	correct := &harness.Saved{Name: "n.json", Curve: &harness.Curve{
		Name: "n.json", Kind: "JSON", Steps: []int{0, 5}, Series: map[string][]float64{"correct": {0, 4}, "test_accuracy": {0.25, 0.5}},
	}}
	root = check(t, render(t, &Report{Runs: []*harness.Saved{correct}}))
	if rows := texts(root.all("td")); !slices.Contains(rows, "4") || !slices.Contains(rows, "50.0 %") || len(root.all("img")) != 0 {
		t.Errorf("cells %q, %d pictures", rows, len(root.all("img")))
	}

	failed := swept("s.jsonl", 1)
	failed.Distribution = harness.NewDistribution()
	for _, r := range failed.Failures {
		failed.Distribution.Add(&r)
	}
	root = check(t, render(t, &Report{Sweeps: []*harness.SavedSweep{failed}}))
	if got := texts(root.all("h3")); !slices.Equal(got, []string{"Runs that failed"}) || len(root.all("img")) != 0 {
		t.Errorf("a sweep that failed: headings %q", got)
	}
}

// TestHostile: whatever the inputs hold stays text. The elements are those of the same report with harmless texts.
func TestHostile(t *testing.T) {
	make := func(text string) *node {
		r := everything()
		for i, one := range r.Runs {
			one.Name = text
			one.Curve.Facts.Experiment, one.Curve.Facts.Network, one.Curve.Facts.Contract = text, text, text
			one.Curve.Facts.Digest, one.Curve.Facts.Data, one.Curve.Kind = text, text, text
			one.Curve.Weights = []string{text, text}
			one.Curve.Notes = []string{text}
			*one.Manifest = harness.Manifest{Kernel: text, CPU: text, OS: text, Arch: text, Go: text, Version: text, Time: text, Threads: i}
		}
		for _, v := range r.Replays {
			v.Name, v.Obsolete = text, []string{text}
			for i := range v.Results {
				v.Results[i].Experiment, v.Results[i].Kernel, v.Results[i].Difference = text, text, text
				v.Results[i].Digest, v.Results[i].Verdict = text, text
				v.Results[i].Parted = &harness.Parted{Phase: text, Hint: text}
			}
		}
		for _, s := range r.Sweeps {
			s.Name, s.ID, s.Contract, s.Experiment, s.Seeds = text, text, text, text, text
			for i := range s.Failures {
				s.Failures[i].Error, s.Failures[i].Set = text, []string{text}
			}
			for _, one := range s.Distribution.Settings {
				one.Set = []string{text}
			}
		}
		return check(t, render(t, r))
	}
	shape := func(root *node) (names []string) {
		for _, n := range root.all() {
			names = append(names, n.name)
		}
		return names
	}
	harmless, attacked := make("a long name that is harmless"), make(hostile)
	if !slices.Equal(shape(harmless), shape(attacked)) {
		t.Error("a text has made elements")
	}
	if !strings.Contains(attacked.text, "<script>alert(1)</script>") || strings.ContainsAny(attacked.text, "\u202e\x1b") {
		t.Error("the text is not shown as it is, or what cannot be seen is in it")
	}
	if n, m := strings.Count(harmless.text, "harmless"), strings.Count(attacked.text, "<script>alert(1)</script>"); n != m {
		t.Errorf("a harmless text is shown %d times, the other %d times", n, m)
	}
}

// TestCompared: what is the same has no picture of a difference, and what cannot be compared says why once.
func TestCompared(t *testing.T) {
	same, other := run("b", "clouds"), run("c", "clouds")
	other.Curve.Facts.Digest = strings.Replace(digest, "a", "b", 1)
	root := check(t, render(t, &Report{Runs: []*harness.Saved{run("a", "clouds"), same, other}}))
	var verdicts []string
	for _, n := range root.all("div") {
		if strings.HasPrefix(n.attrs["class"], "verdict") {
			verdicts = append(verdicts, n.attrs["class"]+": "+texts([]*node{n})[0])
		}
	}
	if want := []string{
		"verdict good: A a, B b same: loss, correct, test_loss, test_correct at 2 points, weights at 2, bit for bit",
		"verdict open: A a, B c not comparable another experiment: A " + digest + ", B " + other.Curve.Facts.Digest,
	}; !slices.Equal(verdicts, want) {
		t.Errorf("got %q, want %q", verdicts, want)
	}
	if got, want := texts(root.all("figcaption"))[:4], []string{"How far a and c lie apart", "Loss by step, a", "Loss by step, b", "Loss by step, c"}; !slices.Equal(got, want) {
		t.Errorf("pictures %q, want %q", got, want)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := everything().HTML(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("runs: %v", err)
	}
	if _, err := (&Report{Sweeps: []*harness.SavedSweep{swept("s", 1)}}).HTML(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a sweep: %v", err)
	}
	if err := (&Report{}).Add(ctx, "notebook"); !errors.Is(err, context.Canceled) {
		t.Errorf("reading: %v", err)
	}
}

// TestReplays: a row for each experiment and kernel, a column for each number of threads, the reasons once.
func TestReplays(t *testing.T) {
	r := &harness.Replays{Name: "v.json"}
	add := func(experiment, kernel string, threads int, verdict, difference string, seconds float64) {
		c := harness.Replay{Experiment: experiment, Kernel: kernel, Threads: threads, Verdict: verdict, Match: verdict == "same", Difference: difference, Seconds: seconds, Rate: 1000 * seconds}
		if seconds > 0 {
			c.Digest = digest
		}
		r.Results = append(r.Results, c)
	}
	add("a", "avx2", 2, "same", "", 0.5)
	add("a", "avx2", 1, "differs", "step 3", 1.5)
	add("a", "generic", 1, "differs", "step 3", 1)
	add("b", "avx2", 1, "no data", "get them", 0)
	add("b", "avx2", 2, "no data", "get them", 0)
	root := check(t, render(t, &Report{Replays: []*harness.Replays{r}}))
	var got []string
	for _, row := range root.all("tr") {
		got = append(got, strings.Join(texts(row.children), " | "))
	}
	if want := []string{
		"experiment | kernel | threads 1 | threads 2 | weights",
		"a | avx2 | differs 1.5s 1.5k samples/s | same 500ms 500 samples/s | aaaaaaaaaaaa…",
		"generic | differs 1s 1k samples/s | not replayed | aaaaaaaaaaaa…",
		"b | avx2 | no data | no data |",
	}; !slices.EqualFunc(got, want, func(a, b string) bool { return strings.TrimSpace(a) == b }) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := texts(root.all("dt", "dd")), []string{
		"a, kernel avx2, threads 1: differs", "a, kernel generic, threads 1: differs", "step 3", "b, all 2 replays: no data", "get them",
	}; !slices.Equal(got, want) {
		t.Errorf("reasons %q, want %q", got, want)
	}
	if strong := root.all("strong"); len(strong) > 0 {
		t.Errorf("stand out without a reason: %q", texts(strong))
	}
	classes := map[string]string{}
	for _, n := range root.all("span") {
		classes[n.text] = n.attrs["class"]
	}
	if classes["same"] != "word good" || classes["differs"] != "word bad" || classes["no data"] != "word open" {
		t.Errorf("classes %v", classes)
	}
}

// TestParted: replays that part in the same place stand together. Place and hint stand out, once, in the text or before it.
func TestParted(t *testing.T) {
	parted := func(step int, hint string) *harness.Parted {
		return &harness.Parted{Phase: harness.PhaseUpdate, Step: step, From: step - 1, To: step, Layer: new(0), Hint: hint, Reproducible: true}
	}
	r := &harness.Replays{Name: "v.json"}
	add := func(kernel string, threads int, difference string, p *harness.Parted) {
		r.Results = append(r.Results, harness.Replay{Experiment: "a", Kernel: kernel, Threads: threads, Verdict: "differs", Difference: difference, Parted: p})
	}
	const found = "parted: step 3, update, layer 0, in the routine\n0x1p+00\nnot fused, either\nnot fused"
	add("x", 1, "point 1\n"+found, parted(3, "not fused"))
	add("x", 2, "point 1\nas with --threads 1:\n"+found, parted(3, "not fused"))
	add("x", 3, "point 1\nas with --threads 1:\n"+found, parted(3, "not fused"))
	add("y", 1, "point 2", parted(4, "flushed"))
	add("y", 2, "", parted(5, ""))
	add("z", 1, "point 3\nas with --threads 8:", nil)
	root := check(t, render(t, &Report{Replays: []*harness.Replays{r}}))
	var got []string
	for _, n := range root.all("dt", "dd") {
		got = append(got, n.text)
	}
	if want := []string{
		"a, kernel x, threads 1, 2 and 3: differs", "point 1\nparted: step 3, update, layer 0, in the routine\n0x1p+00\nnot fused, either\nhint: not fused",
		"a, kernel y, threads 1: differs", "parted: step 4, update, layer 0\nhint: flushed\npoint 2",
		"a, kernel y, threads 2: differs", "parted: step 5, update, layer 0",
		"a, kernel z, threads 1: differs", "point 3",
	}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := texts(root.all("strong")), []string{
		"parted: step 3, update, layer 0, in the routine", "hint:", "parted: step 4, update, layer 0", "hint:", "parted: step 5, update, layer 0",
	}; !slices.Equal(got, want) {
		t.Errorf("%q stand out, want %q", got, want)
	}
}

func TestListed(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "1": {"1"}, "1 and 2": {"1", "2"}, "1, 2 and 3": {"1", "2", "3"}} {
		if got := listed(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

// TestSweepQuantiles: of 40 runs each number that is shown is another.
func TestSweepQuantiles(t *testing.T) {
	// The sum is 170, that of the squares 812.
	runs := slices.Concat([]int{1}, slices.Repeat([]int{2}, 3), slices.Repeat([]int{3}, 8), slices.Repeat([]int{4}, 10),
		slices.Repeat([]int{5}, 14), slices.Repeat([]int{6}, 2), []int{8, 9})
	for _, settings := range []int{1, 2} {
		s := &harness.SavedSweep{Name: "s", ID: "i", Contract: "samebits/1", Experiment: "clouds", Seeds: "0..39", Distribution: harness.NewDistribution()}
		for seed, right := range runs {
			for i := range settings {
				r := harness.Row{Seed: uint32(seed), Total: 10, Tests: 100, Digest: digest, Sweep: s.ID}
				r.Score.Correct, r.Test.Correct = right, 10*right
				if settings > 1 {
					r.Set = []string{fmt.Sprint("s", i)}
				}
				s.Distribution.Add(&r)
			}
		}
		root := check(t, render(t, &Report{Sweeps: []*harness.SavedSweep{s}}))
		var rows []string
		for _, row := range root.all("tr") {
			rows = append(rows, strings.Join(texts(row.children), " | "))
		}
		wanted := []string{
			"mean right | 4.25 (42.50 %) | 42.50 (42.50 %)", "deviation | 1.51 | 15.15", "least | 1 | 10", "5 % | 2 | 20", "25 % | 3 | 30", "median | 4 | 40", "75 % | 5 | 50", "95 % | 6 | 60", "most | 9 | 90",
		}
		if settings > 1 {
			wanted = []string{"s1 | 40 | 0 | 4.25 | 1.51 | 1 | 4 | 9 | 0 | 42.50 | 15.15 | 10 | 40 | 90 | 0"}
		}
		for _, want := range wanted {
			if !slices.Contains(rows, want) {
				t.Errorf("no row %q in %q", want, rows)
			}
		}
	}
}

// TestSweep: the numbers of 3 runs with 4, 5 and 6 of 10 right.
func TestSweep(t *testing.T) {
	root := check(t, render(t, &Report{Sweeps: []*harness.SavedSweep{swept("s.jsonl", 1)}}))
	var rows []string
	for _, row := range root.all("tr") {
		rows = append(rows, strings.Join(texts(row.children), " | "))
	}
	for _, want := range []string{
		"runs | 4", "failed | 1", "samples | 10 | 5", "mean right | 5.00 (50.00 %) | 1.00 (20.00 %)", "deviation | 1.00 | 1.00",
		"least | 4 | 0", "median | 5 | 1", "most | 6 | 2", "mean loss | 0.5 | 0.75",
	} {
		if !slices.Contains(rows, want) {
			t.Errorf("no row %q in %q", want, rows)
		}
	}
	if got := texts(root.all("dt", "dd")); !slices.Equal(got, []string{"seed 3", "step 7: not finite"}) {
		t.Errorf("failures %q", got)
	}
	several := check(t, render(t, &Report{Sweeps: []*harness.SavedSweep{swept("t.jsonl", 2)}}))
	rows = nil
	for _, row := range several.all("tr") {
		rows = append(rows, strings.Join(texts(row.children), " | "))
	}
	if want := "train.rate=1 | 3 | 1 | 5.00 | 1.00 | 4 | 5 | 6 | 0.5 | 1.00 | 1.00 | 0 | 1 | 2 | 0.75"; !slices.Contains(rows, want) || len(several.all("img")) != 0 {
		t.Errorf("settings %q, want %q", rows, want)
	}
}

// TestContrast holds the colours of both schemes to WCAG's 4.5:1: text, faint text and verdicts on the paper, text on every
// shade of the confusion matrix.
func TestContrast(t *testing.T) {
	light, dark, ok := strings.Cut(style, "@media screen and (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	for name, text := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z0-9]+): #([0-9a-f]+);`).FindAllStringSubmatch(text, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		ratio := func(front, back string) {
			a, okA := colours[front]
			b, okB := colours[back]
			if r := (max(a, b) + 0.05) / (min(a, b) + 0.05); !okA || !okB || r < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, front, back, r)
			}
		}
		for _, front := range []string{"ink", "faint", "link", "good", "bad", "open"} {
			ratio(front, "paper")
		}
		for i := 1; i <= 5; i++ {
			ratio("ink", fmt.Sprint("r", i))
			ratio("ink", fmt.Sprint("w", i))
		}
	}
}

// luminance is WCAG's relative luminance of a colour in hexadecimal digits.
func luminance(t *testing.T, digits string) float64 {
	t.Helper()
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		t.Fatalf("colour %q", digits)
	}
	linear := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
}

// TestAdd: an input is known by what is in it, not by its name.
func TestAdd(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	row := harness.Row{Seed: 5, Error: "none", Sweep: "samebits/1 clouds 5..5 0123456789abcdef"}
	var r Report
	for _, arg := range []string{
		"notebook",
		write("a.txt", `[{"step": 0, "loss": 1}]`),
		write("b.txt", "step,loss\n0,1\n"),
		write("c.txt", `{"results": [{"experiment": "a", "kernel": "k", "threads": 1, "match": false, "digest": "", "verdict": "no data"}]}`),
		write("d.txt", string(row.Append(nil))),
	} {
		if err := r.Add(t.Context(), arg); err != nil {
			t.Errorf("%s: %v", arg, err)
		}
	}
	if len(r.Runs) != 3 || len(r.Replays) != 1 || len(r.Sweeps) != 1 {
		t.Errorf("%d runs, %d replays, %d sweeps", len(r.Runs), len(r.Replays), len(r.Sweeps))
	}
	for _, try := range []struct{ arg, want string }{
		{filepath.Join(dir, "none"), "no such file or folder"},
		{dir, "holds no trace.txt"},
		{write("e.txt", ""), "the file is empty"},
		{write("f.txt", "samebits sweep 1\ncontract"), "the golden trace of a sweep, which has no rows"},
		{write("g.txt", `{"schema":"`+harness.SweepSchema+`"}`), "the summary of a sweep without its rows"},
		{write("h.txt", `{"results": 5}`), "results: got a JSON number"},
		{write("i.txt", `{"curve": 5}`), "curve: want an array of points"},
		{write("j.txt", `[{"step": 0, "loss": -1}]`), "step 0: loss is -1, want a finite number of 0 or above"},
		{write("k.txt", strings.Repeat("[", 1<<20)), "not JSON"},
		{"/dev/null", "not a regular file"},
	} {
		if err := r.Add(t.Context(), try.arg); err == nil || !strings.HasPrefix(err.Error(), try.arg) && !strings.Contains(err.Error(), "open "+try.arg) || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: error %v, want %q", try.arg, err, try.want)
		}
	}
}
