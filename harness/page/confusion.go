package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/samebits/samebits/harness"
)

// confusion is how the classes of a set of samples were told: a matrix, or where the classes are many a table of them and
// of the mistakes that are made most.
type confusion struct {
	ID, Name string
	Summary  string
	Classes  []int
	Matrix   [][]confused // [true class][class told], or nil
	Rows     []class
	Mistakes []mistake
	Others   int // mistakes that are not shown
}

// confused is a number of samples of one class that were told as one.
type confused struct {
	N     int
	Class string // of the style sheet
}

// class is what was told of the samples of a class.
type class struct {
	Class     int
	N         int    // samples of this class
	Told      int    // samples told as this class
	Recall    string // share of N that was told rightly, in percent
	Precision string // share of Told that is of this class, in percent
}

// mistake is samples of one class that were told as another.
type mistake struct{ True, Told, N int }

const (
	mostClasses  = 20 // of a matrix
	mostMistakes = 20
)

func confusionOf(id, name string, t *harness.Told) *confusion {
	counts := map[[2]int]int{}
	of, told := map[int]int{}, map[int]int{}
	for i, label := range t.Label {
		counts[[2]int{label, t.Predicted[i]}]++
		of[label]++
		told[t.Predicted[i]]++
	}
	seen := maps.Clone(of)
	maps.Copy(seen, told)
	c := &confusion{ID: id, Name: name, Classes: slices.Sorted(maps.Keys(seen))}
	n := t.Right()
	c.Summary = fmt.Sprintf("%d of %d right (%s %%)", n, len(t.Label), share(n, len(t.Label)))
	for _, k := range c.Classes {
		right := counts[[2]int{k, k}]
		c.Rows = append(c.Rows, class{k, of[k], told[k], share(right, of[k]), share(right, told[k])})
	}
	if len(c.Classes) > mostClasses {
		c.mistakes(counts)
		return c
	}
	for _, a := range c.Classes {
		var row []confused
		for _, b := range c.Classes {
			n := counts[[2]int{a, b}]
			row = append(row, confused{n, shade(n, of[a], a == b)})
		}
		c.Matrix = append(c.Matrix, row)
	}
	return c
}

// mistakes lists those that are made most.
func (c *confusion) mistakes(counts map[[2]int]int) {
	for pair, n := range counts {
		if pair[0] != pair[1] {
			c.Mistakes = append(c.Mistakes, mistake{pair[0], pair[1], n})
		}
	}
	slices.SortFunc(c.Mistakes, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.True, b.True), cmp.Compare(a.Told, b.Told))
	})
	if len(c.Mistakes) > mostMistakes {
		for _, m := range c.Mistakes[mostMistakes:] {
			c.Others += m.N
		}
		c.Mistakes = c.Mistakes[:mostMistakes]
	}
}

// shade tells the style sheet how much of its row a cell is: w1 to w5 for mistakes, r1 to r5 for what is right.
func shade(n, total int, right bool) string {
	if n == 0 {
		return "none"
	}
	kind, level := "w", 1
	if right {
		kind = "r"
	}
	for _, percent := range []int{1, 5, 20, 60} {
		if 100*n >= percent*total {
			level++
		}
	}
	return fmt.Sprint(kind, level)
}
