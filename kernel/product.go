package kernel

// The products of a batch: of all samples at once, with the weights. Each element of a product is one chain in index
// order, as for a sample alone; what is done at once are chains of different elements. See K. Goto and R. van de Geijn,
// Anatomy of High-Performance Matrix Multiplication, ACM Transactions on Mathematical Software 34(3), 2008, for blocks
// and panels. Here panels are the only form that matrices have: what a product writes is what the next one reads, without
// packing in between. Only the samples, and the transposed weights after each move, are put into panels first. A block of
// a sum goes on with the chains of the one before.
//
// An operation computes one of several shares of its result, so that each thread may take one. The shares are tiles of
// the result: how many there are does not show in it.

// products is a row's routines for matrices of one type. All slices are as long as they must be or longer.
type products[T Float] struct {
	tile

	// sums: for i < m, a multiple of tile.rows, and j < n, a multiple of the grain, at most a panel's width:
	//
	//	c[i*n+j] = from[i*step+j]
	//	c[i*n+j] = fma(a(i, t), b[t*n+j], c[i*n+j])     // t = 0 .. k-1
	//
	// a(i, t) is in panels of the given width: a[t/width*panel+i*width+t%width]. c and from may be the same. step is 0
	// or n. k is at least 1.
	sums func(c, from, a, b []T, m, n, k, step, width, panel int)

	// gradient: for i < m, a multiple of tile.rows, and j < n as above:
	//
	//	s = begin ? +0 : g[i*n+j]
	//	s = fma(a[t*lanes+i], b[t*n+j], s)              // t = 0 .. k-1
	//	end ? w[i*n+j] = fma(rate, s, w[i*n+j]) : g[i*n+j] = s
	//
	// g has no elements where begin and end are true. lanes is at least m.
	gradient func(w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool)

	block int // panels of a, at most, that sums is given at a time
	zeros []T // a row of +0

	// transpose: dst[j*dstride+i] = src[i*sstride+j] for i, j < grain.
	transpose func(dst, src []T, dstride, sstride int)
}

// MaxBatch is the largest number of samples that the products take at once. Larger batches go by in parts.
const MaxBatch = 1 << 10

// ForwardMatrix computes a share, of so many shares, of y = act(x w + b), for a batch of samples: x is [sample][input], w
// is [input][output], b is one row or nil, y is [sample][output]. Each sample's outputs are those of [Kernel.Forward].
func (k *Kernel[T]) ForwardMatrix(y, x, w, b *Matrix[T], act Activation, share, shares int) {
	t := &k.products.tile
	if !y.fits(t, x.rows, w.columns) || !w.fits(t, x.columns, y.columns) || !x.fits(t, y.rows, w.rows) || x.rows > MaxBatch ||
		b != nil && !b.fits(t, 1, y.columns) {
		panic(badMatrix)
	}
	checkActivation(act)
	k.eachBlock(y, share, shares, func(p, from, to int) {
		k.multiply(y, x, w, b, p, from, to)
		if act != Identity {
			z := y.block(p, from, to)
			k.activate(z, z, act)
		}
		if p == y.panels-1 {
			y.clearPadding(from, to)
		}
	})
}

// SendBackMatrix computes a share of the errors that a layer sends back to its inputs, e = v wt, and of their deltas, e
// times the slope of act at y, as [Kernel.Delta]: v is [sample][output], wt is [output][input], the transposed weights, y
// and the results are [sample][input]. e and delta may be the same matrix, which then holds the deltas.
func (k *Kernel[T]) SendBackMatrix(e, delta, v, wt, y *Matrix[T], act Activation, share, shares int) {
	t := &k.products.tile
	if !e.fits(t, v.rows, wt.columns) || !delta.fits(t, v.rows, wt.columns) || !y.fits(t, v.rows, wt.columns) ||
		!wt.fits(t, v.columns, e.columns) || v.tile != t || v.rows > MaxBatch {
		panic(badMatrix)
	}
	checkActivation(act)
	k.eachBlock(e, share, shares, func(p, from, to int) {
		k.multiply(e, v, wt, nil, p, from, to)
		if e != delta || act != Identity {
			k.delta(delta.block(p, from, to), e.block(p, from, to), y.block(p, from, to), act)
		}
	})
}

// ErrorMatrix computes a share of the errors of a batch's outputs, e = t - y, and of their deltas, e times the slope of act at
// y, as [Kernel.Delta]. All are [sample][output].
func (k *Kernel[T]) ErrorMatrix(e, delta, t, y *Matrix[T], act Activation, share, shares int) {
	shape := &k.products.tile
	for _, m := range []*Matrix[T]{e, delta, t, y} {
		if !m.fits(shape, y.rows, y.columns) {
			panic(badMatrix)
		}
	}
	checkActivation(act)
	k.eachBlock(e, share, shares, func(p, from, to int) {
		block := e.block(p, from, to)
		k.OutputError(block, t.block(p, from, to), y.block(p, from, to))
		if e != delta || act != Identity {
			k.delta(delta.block(p, from, to), block, y.block(p, from, to), act)
		}
	})
}

// UpdateMatrix computes a share of the weights' gradient, the sums over the samples of delta times x, and moves the
// weights by it: w[input][output] = fma(rate, gradient, w), for x [sample][input] and delta [sample][output].
//
// A batch may go by in parts: begin says that this part is the first, end that it is the last; g, of the size of w, keeps
// the sums in between and may be nil if begin and end are both true. Only the last part moves the weights.
func (k *Kernel[T]) UpdateMatrix(w, g, x, delta *Matrix[T], rate T, begin, end bool, share, shares int) {
	t := &k.products.tile
	if !w.fits(t, x.columns, delta.columns) || !delta.fits(t, x.rows, w.columns) || x.tile != t || x.rows > MaxBatch ||
		g == nil && !(begin && end) || g != nil && !g.fits(t, w.rows, w.columns) {
		panic(badMatrix)
	}
	k.eachBlock(w, share, shares, func(p, from, to int) {
		n := w.lanes(p)
		for from < to { // the inputs of one panel of x at a time
			q := from / t.width
			next := min(to, (q+1)*t.width)
			var sums []T
			if g != nil {
				sums = g.block(p, from, next)
			}
			k.products.gradient(w.block(p, from, next), sums, x.from(q, 0)[from-q*t.width:], delta.from(p, 0),
				next-from, n, x.rows, x.lanes(q), rate, begin, end)
			from = next
		}
	})
}

// TransposeMatrix computes a share of dst, the transpose of src.
func (k *Kernel[T]) TransposeMatrix(dst, src *Matrix[T], share, shares int) {
	t := &k.products.tile
	if !dst.fits(t, src.columns, src.rows) || src.tile != t {
		panic(badMatrix)
	}
	from, to := part(dst.height/t.grain, share, shares)
	from, to = from*t.grain, to*t.grain
	for first := from; first < to; { // rows of dst, the columns of one panel of src
		sp := first / t.width
		next := min(to, (sp+1)*t.width)
		for p := range dst.panels {
			k.transposePanel(dst, src, p, sp, first, next)
		}
		first = next
	}
	dst.clearPadding(from, to) // it comes from padded rows
}

// transposePanel sets rows from to to of panel p of dst to columns of panel sp of src: a block that lies together in both.
func (k *Kernel[T]) transposePanel(dst, src *Matrix[T], p, sp, from, to int) {
	t := &k.products.tile
	dn, sn := dst.lanes(p), src.lanes(sp)
	d, s := dst.from(p, from), src.from(sp, p*t.width)[from-sp*t.width:]
	for i := 0; i < to-from; i += t.grain {
		for j := 0; j < dn; j += t.grain {
			k.products.transpose(d[i*dn+j:], s[j*sn+i:], dn, sn)
		}
	}
}

// blockRows is how many rows of a result are computed for a panel before the next panel.
const blockRows = 128

// eachBlock calls do for a share of m's panels, some rows at a time: whole tiles, so that the last may end in the padding.
func (k *Kernel[T]) eachBlock(m *Matrix[T], share, shares int, do func(p, from, to int)) {
	t := &k.products.tile
	tiles := (m.rows + t.rows - 1) / t.rows // of one panel
	from, to := part(tiles*m.panels, share, shares)
	for from < to {
		p, i := from/tiles, from%tiles
		next := min(to, from-i+tiles, from+blockRows/t.rows)
		do(p, i*t.rows, (i+next-from)*t.rows)
		from = next
	}
}

// part returns the bounds of a share of n things.
func part(n, share, shares int) (from, to int) {
	if share < 0 || share >= shares {
		panic(badShare)
	}
	from = n/shares*share + min(share, n%shares)
	to = from + n/shares
	if share < n%shares {
		to++
	}
	return from, to
}

// multiply sets rows from to to of panel p of c to b, or to zero, and sums a times w on. It takes some panels of a at a
// time, so that the nearest cache keeps the rows of w that they are multiplied with; a last one that is narrower by itself.
func (k *Kernel[T]) multiply(c, a, w, b *Matrix[T], p, from, to int) {
	dst, n := c.block(p, from, to), c.lanes(p)
	start, step := k.products.zeros, 0
	if b != nil {
		start = b.from(p, 0)
	}
	width, panels := a.tile.width, a.panels
	full := a.columns / width
	for q := 0; q < panels; {
		next := q + 1
		if q < full {
			next = min(full, q+k.products.block)
		}
		columns := min((next-q)*width, a.columns-q*width)
		k.products.sums(dst, start, a.from(q, from), w.from(p, q*width), to-from, n, columns, step, a.lanes(q), a.height*width)
		start, step, q = dst, n, next
	}
}
