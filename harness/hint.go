package harness

import (
	"fmt"
	mathbits "math/bits"
	"sort"

	"github.com/samebits/samebits/kernel"
)

// explain says what the contract's bits are where two sides part, and how a side that has others came by them. The first
// element of each side is the one that differs, computed from the same numbers.
func explain[T kernel.Float](p *Parting, a, b string, elements [2][]*element[T]) {
	p.Reference = numberOf(elements[0][0].right())
	for i, name := range []string{a, b} {
		if i == 1 && b == a && p.Hint != "" {
			name = "the other side"
		}
		if hint := hintOf(elements[i]); hint != "" {
			if p.Hint != "" {
				p.Hint += "; "
			}
			p.Hint += name + ": " + hint
		}
	}
}

// hintOf says how the first element may have come about; nothing if it is what it should be. The others, from the same
// side, tell ways apart that agree by chance.
func hintOf[T kernel.Float](list []*element[T]) string {
	t := newTrial(list)
	if t == nil {
		return ""
	}
	best := t.best(list[0])
	switch {
	case best != nil && best.wrong == len(t.wrong) && best.right == len(t.right):
		return fmt.Sprintf("%s; that gives %s", best.name, t.all())
	case t.flip() >= 0:
		return fmt.Sprintf("bit %d of the value is flipped, counted from the lowest (in %d of the %d values that were looked at)", t.flip(), len(t.wrong), t.count())
	case best != nil && best.wrong > len(t.wrong)/2:
		return fmt.Sprintf("%s; that gives %d of the %d values that differ from the reference, and %d of %d that do not",
			best.name, best.wrong, len(t.wrong), best.right, len(t.right))
	}
	return t.guess()
}

// trial is the elements that ways are tried on.
type trial[T kernel.Float] struct {
	wrong, right []judged[T]
}

// judged is an element with what it should be.
type judged[T kernel.Float] struct {
	*element[T]
	want T
}

// newTrial returns nil if the first element is as it should be.
func newTrial[T kernel.Float](list []*element[T]) *trial[T] {
	t := &trial[T]{}
	for i, x := range list {
		want := x.right()
		switch {
		case !sameValue(want, x.got):
			t.wrong = append(t.wrong, judged[T]{x, want})
		case i == 0:
			return nil
		default:
			t.right = append(t.right, judged[T]{x, want})
		}
	}
	return t
}

func (t *trial[T]) count() int { return len(t.wrong) + len(t.right) }

// all says how many values were looked at.
func (t *trial[T]) all() string {
	return fmt.Sprintf("exactly its bits in all %d values that were looked at, of which %d differ from the reference", t.count(), len(t.wrong))
}

// scored is a way, with how many of the elements it gives that are wrong and that are right.
type scored[T kernel.Float] struct {
	way[T]
	wrong, right int
}

func (s *scored[T]) try(wrong, right []judged[T]) {
	s.wrong, s.right = 0, 0
	for _, x := range wrong {
		if sameValue(s.compute(x.element), x.got) {
			s.wrong++
		}
	}
	for _, x := range right {
		if sameValue(s.compute(x.element), x.got) {
			s.right++
		}
	}
}

// best returns the way that gives the first element, and most of the others; nil if there is none. Of many that give the
// first a few others choose those that are tried on all.
func (t *trial[T]) best(first *element[T]) *scored[T] {
	const few, last = 32, 8
	var ways []*scored[T]
	for w := range first.ways() {
		if sameValue(w.compute(first), first.got) {
			ways = append(ways, &scored[T]{way: w})
		}
	}
	if ways == nil {
		return nil
	}
	for _, n := range []int{few, t.count()} {
		for _, s := range ways {
			s.try(t.wrong[:min(n, len(t.wrong))], t.right[:min(n, len(t.right))])
		}
		sort.SliceStable(ways, func(i, j int) bool {
			a, b := ways[i], ways[j]
			return a.wrong > b.wrong || a.wrong == b.wrong && a.right > b.right
		})
		ways = ways[:min(last, len(ways))]
	}
	return ways[0]
}

// flip returns the bit that is another one in all wrong elements, or -1. The lowest bits differ by rounding, too.
func (t *trial[T]) flip() int {
	const lowest = 2
	bit := -1
	for _, x := range t.wrong {
		d := wordOf(x.got) ^ wordOf(x.want)
		if mathbits.OnesCount64(d) != 1 {
			return -1
		}
		if b := mathbits.TrailingZeros64(d); b < lowest || bit >= 0 && b != bit {
			return -1
		} else {
			bit = b
		}
	}
	return bit
}

// guess says what the wrong elements have in common.
func (t *trial[T]) guess() string {
	tiny, single, one := true, !isSingle[T](), true
	for _, x := range t.wrong {
		tiny = tiny && flush(x.got) == 0 && flush(x.want) == 0
		single = single && T(float32(x.got)) == x.got
		ulp, ok := ulps(float64(x.got), float64(x.want), isSingle[T]())
		one = one && ok && ulp <= 1
	}
	switch {
	case tiny:
		return "only subnormal numbers differ: perhaps flush-to-zero"
	case single:
		return "the values have the precision of float32"
	case one:
		return "one ulp everywhere: perhaps another order of the sum, or another fusion"
	}
	return "none of the ways that were tried gives these bits"
}
