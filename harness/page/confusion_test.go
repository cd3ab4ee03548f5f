package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/harness"
)

// TestConfusion counts 14 samples of the classes 0, 1, 2 and 5 by hand. Class 3 does not occur, 5 is never told, and nothing
// is a 4 but was told as one.
func TestConfusion(t *testing.T) {
	c := confusionOf("id", "test data", &harness.Told{
		Label:     []int{0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 5, 5},
		Predicted: []int{0, 0, 0, 1, 4, 1, 1, 0, 0, 2, 2, 2, 0, 2},
	})
	want := &confusion{
		ID: "id", Name: "test data", Summary: "8 of 14 right (57.1 %)", Classes: []int{0, 1, 2, 4, 5},
		Matrix: [][]confused{
			{{3, "r5"}, {1, "w4"}, {0, "none"}, {1, "w4"}, {0, "none"}},
			{{2, "w4"}, {2, "r4"}, {0, "none"}, {0, "none"}, {0, "none"}},
			{{0, "none"}, {0, "none"}, {3, "r5"}, {0, "none"}, {0, "none"}},
			{{0, "none"}, {0, "none"}, {0, "none"}, {0, "none"}, {0, "none"}},
			{{1, "w4"}, {0, "none"}, {1, "w4"}, {0, "none"}, {0, "none"}},
		},
		Rows: []class{
			{0, 5, 6, "60.0", "50.0"}, {1, 4, 3, "50.0", "66.7"}, {2, 3, 4, "100.0", "75.0"}, {4, 0, 1, "–", "0.0"}, {5, 2, 0, "0.0", "–"},
		},
	}
	if d := cmp.Diff(want, c); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestConfusionTable: the page has rows of true classes and columns of told ones.
func TestConfusionTable(t *testing.T) {
	r := run("a", "clouds")
	root := check(t, render(t, &Report{Runs: []*harness.Saved{r}}))
	var rows [][]string
	for _, table := range root.all("table") {
		if table.attrs["class"] != "confusion" {
			continue
		}
		rows = append(rows, texts(table.all("caption")))
		for _, row := range table.all("tr")[1:] {
			rows = append(rows, texts(row.children))
		}
	}
	want := [][]string{
		{"training data: 3 of 4 right (75.0 %)"},
		{"true class", "0", "1", "samples", "recall, %"},
		{"0", "2", "1", "3", "66.7"},
		{"1", "0", "1", "1", "100.0"},
		{"told", "2", "2", "", ""},
		{"precision, %", "100.0", "50.0", "", ""},
		{"test data: 1 of 2 right (50.0 %)"},
		{"true class", "0", "1", "samples", "recall, %"},
		{"0", "0", "1", "1", "0.0"},
		{"1", "0", "1", "1", "100.0"},
		{"told", "0", "2", "", ""},
		{"precision, %", "–", "50.0", "", ""},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestManyClasses: of more classes than a page has room for there are their numbers, and the mistakes made most.
func TestManyClasses(t *testing.T) {
	var s harness.Told
	for i := range 30 {
		s.Label = append(s.Label, i, i)
		s.Predicted = append(s.Predicted, i, (i+1)%30)
	}
	s.Label, s.Predicted = append(s.Label, 7), append(s.Predicted, 3)
	s.Label, s.Predicted = append(s.Label, 7), append(s.Predicted, 3)
	c := confusionOf("id", "test data", &s)
	if c.Matrix != nil || len(c.Rows) != 30 || c.Rows[7] != (class{7, 4, 2, "25.0", "50.0"}) {
		t.Errorf("%+v", c)
	}
	if len(c.Mistakes) != mostMistakes || c.Mistakes[0] != (mistake{7, 3, 2}) || c.Mistakes[1] != (mistake{0, 1, 1}) || c.Others != 11 {
		t.Errorf("mistakes %v and %d others", c.Mistakes, c.Others)
	}
	r := run("a", "clouds")
	r.Predictions = &harness.Predictions{Classes: 30, Train: s}
	root := check(t, render(t, &Report{Runs: []*harness.Saved{r}}))
	if got := texts(root.all("caption")); !slices.Contains(got, "training data: the mistakes made most, without 11 others") {
		t.Errorf("tables %q", got)
	}
	if !strings.Contains(root.text, "30 of 62 right") {
		t.Error("the number of right answers is missing")
	}
}

// TestShade: 1, 5, 20 and 60 of 100 are where the next shade begins.
func TestShade(t *testing.T) {
	for n, want := range map[int]string{0: "none", 1: "w2", 4: "w2", 5: "w3", 19: "w3", 20: "w4", 59: "w4", 60: "w5", 100: "w5"} {
		if got := shade(n, 100, false); got != want {
			t.Errorf("%d of 100: %s, want %s", n, got, want)
		}
	}
	if got := shade(1, 101, true); got != "r1" {
		t.Errorf("1 of 101: %s", got)
	}
}
