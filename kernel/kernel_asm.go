//go:build !purego && (amd64 || arm64)

package kernel

import (
	"cmp"
	"unsafe"
)

// routines is one row's assembly for one type: the loops, without checks and without what happens rarely. Pointers are to
// the first elements; a stride is the distance of two rows in elements. The chains go on from what stands in y (or g).
//
// Where act is Sigmoid a routine that takes it returns 1 if it left an element undone, else 0. Such an element holds its
// sum z instead of its value. For float64 that may be done at the ends of [-36, 708], and must be outside and for NaN;
// for float32, with z times 2^60, where the value in float64 is near half-way between two float32, which it must be
// where |z| is below 2^-8 and it is within 8 units. Neither is a value of sigmoid, so that finish can tell which they
// are: a z between 0 and 2^-60 gives exactly 1/2, which is not near half-way.
type routines[T Float] struct {
	// forward: for k: y[j] = fma(w[k*stride+j], x[k], y[j]); then y[j] = act(y[j]).
	forward func(y, w, x *T, k, j, stride, act int) int
	// updateForward: as forward, with w[k*stride+j] = fma(rate, fma(delta[j], last[k], +0), w[k*stride+j]) before.
	updateForward func(y, w, delta, last, x *T, k, j, stride int, rate T, act int) int
	// update: the first half of updateForward.
	update func(w, delta, x *T, k, j, stride int, rate T)
	// sendBackUpdate: for j: g[k] = fma(w[j*stride+k], v[j], g[k]), and with that old weight
	// w[j*stride+k] = fma(rate, fma(delta[j], x[k], +0), w[j*stride+k]).
	sendBackUpdate func(g, w, v, delta, x *T, j, k, stride int, rate T)
	// forwardBatch: for k: y[j*ystride+s] = fma(w[k*wstride+j], x[k*xstride+s], y[j*ystride+s]). s < n.
	forwardBatch func(y, w, x *T, k, j, n, ystride, wstride, xstride int)
	// delta, activate and exp: the kernel's methods on n elements, which may be done in place.
	delta    func(delta, e, y *T, n, act int)
	activate func(dst, z *T, n, act int) int
	exp      func(dst, x *T, n int)
	// split: even[i], odd[i] = pairs[2*i], pairs[2*i+1]. join: the reverse. i < n, a multiple of the kernel's width.
	split func(even, odd, pairs *T, n int)
	join  func(pairs, even, odd *T, n int)
	// tiny does up to n steps and returns how many.
	tiny func(t *tinyState[T], order *int, n int) int
	// products of matrices.
	products *products[T]
	// Many networks side by side, or nil for the reference in Go.
	lanes *lanesRoutines[T]
}

// A routine cannot be interrupted. These bounds keep a call to some hundred microseconds even where the operands come from
// memory, and well below that where a cache holds them. A row of few columns costs as much as one of minColumns: its
// sums wait for each other.
const (
	maxColumns  = 4096    // of weights in one call
	minColumns  = 64      // that a row is counted as
	maxWeights  = 1 << 16 // in one call
	maxElements = 1 << 13 // of element-wise operations in one call
)

// kernelOf makes the row's kernel of its routines.
func kernelOf[T Float](name string, width int, finish func(y []T), r *routines[T]) *Kernel[T] {
	one := T(1)
	updateBias := func(b, delta []T, rate T) {
		tiles(1, len(b), func(_, _, j, jn int) { r.update(&b[j], &delta[j], &one, 1, jn, jn, rate) })
	}
	return &Kernel[T]{
		name:  name,
		width: width,
		forward: func(y, x, w, b []T, act Activation) {
			start(y, b)
			rare := 0
			tiles(len(x), len(y), func(k, kn, j, jn int) {
				rare |= r.forward(&y[j], at(w, k*len(y)+j), at(x, k), kn, jn, len(y), ifLast(k+kn == len(x), act))
			})
			if rare != 0 {
				finish(y)
			}
		},
		updateForward: func(y, w, b, delta, last, x []T, rate T, act Activation) {
			updateBias(b, delta, rate)
			start(y, b)
			rare := 0
			tiles(len(x), len(y), func(k, kn, j, jn int) {
				rare |= r.updateForward(&y[j], at(w, k*len(y)+j), &delta[j], at(last, k), at(x, k), kn, jn, len(y), rate,
					ifLast(k+kn == len(x), act))
			})
			if rare != 0 {
				finish(y)
			}
		},
		update: func(w, b, delta, x []T, rate T) {
			updateBias(b, delta, rate)
			tiles(len(x), len(delta), func(k, kn, j, jn int) {
				r.update(at(w, k*len(delta)+j), &delta[j], at(x, k), kn, jn, len(delta), rate)
			})
		},
		sendBackUpdate: func(g, wt, v, delta, x []T, rate T) {
			clear(g)
			tiles(len(v), len(g), func(j, jn, k, kn int) {
				r.sendBackUpdate(&g[k], at(wt, j*len(g)+k), at(v, j), at(delta, j), &x[k], jn, kn, len(g), rate)
			})
		},
		forwardBatch: func(y, x, w, b []T, n int, act Activation) {
			forwardBatchTiles(r, finish, y, x, w, b, n, act)
		},
		delta: func(delta, e, y []T, act Activation) {
			for i := 0; i < len(y); i += maxElements {
				r.delta(&delta[i], &e[i], &y[i], min(maxElements, len(y)-i), int(act))
			}
		},
		activate: func(dst, z []T, act Activation) {
			for i := 0; i < len(z); i += maxElements {
				n := min(maxElements, len(z)-i)
				if r.activate(&dst[i], &z[i], n, int(act)) != 0 {
					finish(dst[i:][:n])
				}
			}
		},
		exp: func(dst, x []T) {
			for i := 0; i < len(x); i += maxElements {
				r.exp(&dst[i], &x[i], min(maxElements, len(x)-i))
			}
		},
		split: func(even, odd, pairs []T) {
			whole := len(even) / width * width
			for i := 0; i < whole; i += maxElements {
				r.split(&even[i], &odd[i], &pairs[2*i], min(maxElements, whole-i))
			}
			split(even[whole:], odd[whole:], pairs[2*whole:])
		},
		join: func(pairs, even, odd []T) {
			whole := len(even) / width * width
			for i := 0; i < whole; i += maxElements {
				r.join(&pairs[2*i], &even[i], &odd[i], min(maxElements, whole-i))
			}
			join(pairs[2*whole:], even[whole:], odd[whole:])
		},
		tiny:     r.tiny,
		products: r.products,
		lanes:    cmp.Or(r.lanes, referenceLanes[T]()),
	}
}

// tiles calls do for blocks of a matrix of rows x columns, each small enough for one call of a routine: all rows of some
// columns from the first to the last row, then the next columns. A matrix without rows has one block of no rows for each
// block of columns.
func tiles(rows, columns int, do func(row, rowCount, column, columnCount int)) {
	for c := 0; c < columns; c += maxColumns {
		cn := min(maxColumns, columns-c)
		step := maxWeights / max(cn, minColumns)
		for r := 0; ; r += step {
			rn := min(step, rows-r)
			do(r, rn, c, cn)
			if r+rn == rows {
				break
			}
		}
	}
}

// forwardBatchTiles works through blocks of outputs and samples, so that one call of the routine stays short.
func forwardBatchTiles[T Float](r *routines[T], finish func(y []T), y, x, w, b []T, n int, act Activation) {
	inputs, outputs := len(x)/n, len(y)/n
	stride := rowLength(len(w), inputs, outputs)
	clear(y)
	for j, first := range b {
		row := y[j*n:][:n]
		row[0] = first
		for s := 1; s < n; s *= 2 {
			copy(row[s:], row[:s])
		}
	}
	const samples, block = 512, 16 // a block of 16 outputs reads the inputs once from the nearest cache
	rare := 0
	for s := 0; s < n; s += samples {
		sn := min(samples, n-s)
		for j := 0; j < outputs; j += block {
			jn := min(block, outputs-j)
			step := max(1, 8*maxWeights/(max(sn, minColumns)*max(jn, 4)))
			for k := 0; ; k += step {
				kn := min(step, inputs-k)
				r.forwardBatch(&y[j*n+s], at(w, k*stride+j), at(x, k*n+s), kn, jn, sn, n, stride, n)
				if k+kn == inputs {
					break
				}
			}
			rare |= activateRows(r, y[j*n+s:], jn, sn, n, act)
		}
	}
	if rare != 0 {
		finish(y)
	}
}

// activateRows replaces sums, in rows of n that start so many elements apart, by their activation: after the sums of a
// tile and not with them, since the routine is fastest on many vectors. It returns 1 if it left an element undone.
func activateRows[T Float](r *routines[T], y []T, rows, n, stride int, act Activation) int {
	if act == Identity {
		return 0
	}
	if n == stride {
		rows, n = 1, rows*n
	}
	rare := 0
	for i := range rows {
		rare |= r.activate(&y[i*stride], &y[i*stride], n, int(act))
	}
	return rare
}

func ifLast(last bool, act Activation) int {
	if last {
		return int(act)
	}
	return int(Identity)
}

// at returns the address of s[i], or nil if there is no such element: then the routine has no rows to work on.
func at[T Float](s []T, i int) *T {
	if i >= len(s) {
		return nil
	}
	return &s[i]
}

// finish64 computes the elements that a routine left undone.
func finish64(y []float64) {
	for i, v := range y {
		if !(v >= 0 && v <= 1) {
			y[i] = sigmoid64(v)
		}
	}
}

func finish32(y []float32) {
	for i, v := range y {
		if !(v >= 0 && v <= 1) {
			y[i] = sigmoid32(v * 0x1p-60)
		}
	}
}

// productsOf makes the products of a row's routines, which take pointers to the first elements and are otherwise as
// products has them.
func productsOf[T Float](shape tile,
	sums func(c, from, a, b *T, m, n, k, step, width, panel int),
	gradient func(w, g, a, b *T, m, n, k, lanes int, rate T, begin, end bool),
	transpose func(dst, src *T, dstride, sstride int),
) *products[T] {
	const cached = 20 << 10 // bytes of b that the nearest cache keeps
	return &products[T]{
		tile:  shape,
		block: max(1, cached/(shape.width*shape.width*int(unsafe.Sizeof(T(0))))),
		zeros: make([]T, shape.width),
		sums: func(c, from, a, b []T, m, n, k, step, width, panel int) {
			sums(&c[0], &from[0], &a[0], &b[0], m, n, k, step, width, panel)
		},
		gradient: func(w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool) {
			gradient(&w[0], at(g, 0), &a[0], &b[0], m, n, k, lanes, rate, begin, end)
		},
		transpose: func(dst, src []T, dstride, sstride int) { transpose(&dst[0], &src[0], dstride, sstride) },
	}
}
