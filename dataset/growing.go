package dataset

// A growing slice collects values of which nobody said how many there are. It keeps them in blocks that are joined once,
// at the end: twice the values are then in memory. append would leave a copy behind at each growth, and room to spare.
type growing[T any] struct {
	n      int   // values
	blocks [][]T // full ones
	last   []T   // the block being filled
}

func (g *growing[T]) append(v T) {
	if len(g.last) == cap(g.last) {
		g.blocks = append(g.blocks, g.last)
		g.last = make([]T, 0, min(max(g.n, 1<<6), 1<<13))
	}
	g.last = append(g.last, v)
	g.n++
}

// join returns the values.
func (g *growing[T]) join() []T {
	all := make([]T, 0, g.n)
	for _, b := range g.blocks {
		all = append(all, b...)
	}
	return append(all, g.last...)
}
