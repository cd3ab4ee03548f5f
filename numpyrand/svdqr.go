package numpyrand

import "math"

// The QR iteration on a bidiagonal matrix. LAPACK's dbdsqr decides how to go on by the
// same rules, in the same order; the signs of the result depend on that.

const (
	// tolerance is how small an element above the diagonal may be, relative to the
	// diagonal, to count as zero: epsilon^(7/8).
	tolerance = 98.70149282610239 * epsilon
	// patience bounds the rotations, as a multiple of the number of elements.
	patience = 6
)

// diagonalize rotates rows and columns of b until e is zero.
func (b *bidiagonal) diagonalize() error {
	n := len(b.d)
	negligible := b.negligible()
	budget := patience * n * n
	var swept block
	for last := n - 1; last > 0; {
		if budget < 0 {
			return errConverge
		}
		first := b.blockStart(last, negligible)
		switch last - first {
		case 0:
			last--
			continue
		case 1:
			b.solvePair(first)
			last -= 2
			continue
		}
		k := b.direct(swept, first, last)
		least, split := b.split(k)
		if split {
			continue
		}
		b.sweep(k, b.shift(k, least), negligible)
		budget -= k.links()
		swept = k
	}
	return nil
}

// negligible is the size below which an element of e may be dropped without harm to
// the relative accuracy of any singular value.
func (b *bidiagonal) negligible() float64 {
	n := float64(len(b.d))
	least := math.Abs(b.d[0])
	mu := least
	for i, e := range b.e {
		if least == 0 {
			break
		}
		mu = float64(math.Abs(b.d[i+1]) * (mu / (mu + math.Abs(e))))
		least = min(least, mu)
	}
	return max(tolerance*(least/math.Sqrt(n)), patience*n*n*0x1p-1022)
}

// blockStart finds where the block begins that ends with row last: above it stands a
// negligible element, which it clears, or nothing.
func (b *bidiagonal) blockStart(last int, negligible float64) int {
	for i := last; i > 0; i-- {
		if math.Abs(b.e[i-1]) <= negligible {
			b.e[i-1] = 0
			return i
		}
	}
	return 0
}

// A block is the run of rows first to last of a bidiagonal matrix, seen from its upper
// or its lower end. From the lower end it looks like the transpose of a bidiagonal
// matrix: upper bidiagonal again, with left and right exchanged.
type block struct {
	first, last int
	upward      bool // seen from the lower end
}

// links is the number of pairs of neighbouring rows.
func (k block) links() int { return k.last - k.first }

// row is the index of row i, counted from the end that k is seen from.
func (k block) row(i int) int {
	if k.upward {
		return k.last - i
	}
	return k.first + i
}

// link is the index in e of the element between rows i and i+1.
func (k block) link(i int) int { return min(k.row(i), k.row(i+1)) }

// direct is the block of rows first to last, seen from its larger end if it has no row
// in common with the block swept last, else from the same end as that.
func (b *bidiagonal) direct(swept block, first, last int) block {
	k := block{first: first, last: last, upward: swept.upward}
	if swept.last == 0 || first > swept.last || last < swept.first {
		k.upward = math.Abs(b.d[first]) < math.Abs(b.d[last])
	}
	return k
}

// split clears an element of e that is small beside its neighbours, if there is one. If
// not it returns a lower bound for the block's singular values.
func (b *bidiagonal) split(k block) (least float64, done bool) {
	n := k.links()
	if end := &b.e[k.link(n-1)]; math.Abs(*end) <= tolerance*math.Abs(b.d[k.row(n)]) {
		*end = 0
		return 0, true
	}
	mu := math.Abs(b.d[k.row(0)])
	least = mu
	for i := range n {
		e := &b.e[k.link(i)]
		if math.Abs(*e) <= tolerance*mu {
			*e = 0
			return 0, true
		}
		mu = float64(math.Abs(b.d[k.row(i+1)]) * (mu / (mu + math.Abs(*e))))
		least = min(least, mu)
	}
	return least, false
}

// shift is the smaller singular value of the two rows at the far end of k, or zero where
// that would spoil the accuracy of the block's smallest singular value, which is at
// least least.
func (b *bidiagonal) shift(k block, least float64) float64 {
	n := k.links()
	largest := math.Abs(b.d[k.row(0)])
	for i := range n {
		largest = max(largest, math.Abs(b.d[k.row(i+1)]), math.Abs(b.e[k.link(i)]))
	}
	if float64(len(b.d))*tolerance*(least/largest) <= max(epsilon, 0.01*tolerance) {
		return 0
	}
	shift := smaller(b.d[k.row(n-1)], b.e[k.link(n-1)], b.d[k.row(n)])
	if q := shift / math.Abs(b.d[k.row(0)]); float64(q*q) < epsilon {
		return 0
	}
	return shift
}

// smaller is the smaller singular value of the matrix (f g; 0 h).
func smaller(f, g, h float64) float64 {
	f, g, h = math.Abs(f), math.Abs(g), math.Abs(h)
	least, most := min(f, h), max(f, h)
	if least == 0 {
		return 0
	}
	sum, difference := 1+least/most, (most-least)/most
	if g < most {
		q := g / most
		q = float64(q * q)
		return least * (2 / (math.Sqrt(float64(sum*sum)+q) + math.Sqrt(float64(difference*difference)+q)))
	}
	q := most / g
	sum *= q
	difference *= q
	return 2 * (least * (1 / (math.Sqrt(1+float64(sum*sum)) + math.Sqrt(1+float64(difference*difference)))) * q)
}

// sweep makes one QR step on k, from the end it is seen from to the other.
func (b *bidiagonal) sweep(k block, shift, negligible float64) {
	if shift == 0 {
		b.chaseUnshifted(k)
	} else {
		b.chase(k, shift)
	}
	if end := &b.e[k.link(k.links()-1)]; math.Abs(*end) <= negligible {
		*end = 0
	}
}

// chase starts a shifted QR step with a rotation of the first two columns and chases
// the element that appears below the diagonal out of the block.
func (b *bidiagonal) chase(k block, shift float64) {
	n := k.links()
	d := b.d[k.row(0)]
	f := (math.Abs(d) - shift) * (math.Copysign(1, d) + shift/d)
	g := b.e[k.link(0)]
	for i := range n {
		d, e, below := &b.d[k.row(i)], &b.e[k.link(i)], &b.d[k.row(i+1)]
		right, length := rotation(f, g)
		if i > 0 {
			b.e[k.link(i-1)] = length
		}
		f, *e = right.apply(*d, *e)
		g, *below = right.apply(0, *below)
		left, length := rotation(f, g)
		*d = length
		f, *below = left.apply(*e, *below)
		if i < n-1 {
			ahead := &b.e[k.link(i+1)]
			g, *ahead = left.apply(0, *ahead)
		}
		b.turn(k, i, right, left)
	}
	b.e[k.link(n-1)] = f
}

// chaseUnshifted makes a QR step with shift zero in a form without subtractions, which
// leaves tiny singular values their relative accuracy.
func (b *bidiagonal) chaseUnshifted(k block) {
	n := k.links()
	right, left := givens{c: 1}, givens{c: 1}
	for i := range n {
		d, below := &b.d[k.row(i)], b.d[k.row(i+1)]
		var length float64
		right, length = rotation(*d*right.c, b.e[k.link(i)])
		if i > 0 {
			b.e[k.link(i-1)] = left.s * length
		}
		left, *d = rotation(left.c*length, below*right.s)
		b.turn(k, i, right, left)
	}
	h := b.d[k.row(n)] * right.c
	b.d[k.row(n)] = h * left.c
	b.e[k.link(n-1)] = h * left.s
}

// turn applies to rows i and i+1 of v the rotation that k's columns took part in. Seen
// from the lower end columns are rows.
func (b *bidiagonal) turn(k block, i int, right, left givens) {
	if k.upward {
		right = left
	}
	right.rows(b.v[k.row(i)], b.v[k.row(i+1)])
}

// solvePair diagonalizes the block of rows i and i+1 at once. The larger singular value
// comes first, with the sign of the larger diagonal element.
func (b *bidiagonal) solvePair(i int) {
	f, g, h := b.d[i], b.e[i], b.d[i+1]
	var right givens
	b.d[i], b.d[i+1], right = pair(f, g, h)
	b.e[i] = 0
	right.rows(b.v[i], b.v[i+1])
}
