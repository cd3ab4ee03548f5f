package kernel

import "math"

// Matrix is a matrix as the products of batches read it: cut into panels of a few columns, each panel's rows one after
// the other. A row holds a sample, with a value in each column, or an input, with its weight to each output.
//
// How wide a panel is depends on the kernel that made the matrix, which is the only one to take it. Rows and columns are
// padded; the padding of a column is zero, that of a row is anything.
type Matrix[T Float] struct {
	rows, columns int
	tile          *tile
	height        int // rows, their padding included
	panels        int
	last          int // width of the last panel
	most          int // height that there is space for
	data          []T
	space         []T // data of the most rows that there may be
}

// tile is the shape that a kernel's products work in.
type tile struct {
	rows  int // of a tile
	width int // columns of a panel
	grain int // the last panel's width, and the rows that a panel has, are multiples of it; itself a multiple of rows
}

// NewMatrix returns a matrix of zeros. It panics if it has less than one row or column.
func (k *Kernel[T]) NewMatrix(rows, columns int) *Matrix[T] {
	if k.MatrixSize(rows, columns, math.MaxInt/8) > math.MaxInt/8 {
		panic(badMatrix)
	}
	t := &k.products.tile
	panels := (columns + t.width - 1) / t.width
	m := &Matrix[T]{
		rows: rows, columns: columns, tile: t,
		height: roundUp(rows, t.grain), panels: panels, last: roundUp(columns-(panels-1)*t.width, t.grain),
	}
	m.most = m.height
	m.space = Aligned[T](m.size())
	m.data = m.space
	return m
}

// MatrixSize returns the number of elements that a matrix takes with its padding, or more than limit, which must be below
// the largest int by the padding, if that is more. It panics as NewMatrix.
func (k *Kernel[T]) MatrixSize(rows, columns, limit int) int {
	if rows < 1 || columns < 1 {
		panic(badMatrix)
	}
	t := k.products.tile
	if rows > limit || columns > limit {
		return limit + 1
	}
	height, width := roundUp(rows, t.grain), roundUp(columns, t.grain)
	if height > limit/width {
		return limit + 1
	}
	return height * width
}

// PaddedColumns returns the number of columns, with their padding, that a matrix of so many has.
func (k *Kernel[T]) PaddedColumns(columns int) int { return roundUp(columns, k.products.tile.grain) }

// Rows returns the number of rows.
func (m *Matrix[T]) Rows() int { return m.rows }

// Resize changes the number of rows, to at most that which m was made with. What the rows hold is lost.
func (m *Matrix[T]) Resize(rows int) {
	if rows < 1 {
		panic(badMatrix)
	}
	if rows == m.rows {
		return
	}
	if roundUp(rows, m.tile.grain) > m.most {
		panic(badMatrix)
	}
	m.rows, m.height = rows, roundUp(rows, m.tile.grain)
	m.data = m.space[:m.size()]
	m.clearPadding(0, rows)
}

// SetRow replaces row i.
func (m *Matrix[T]) SetRow(i int, row []T) {
	if uint(i) >= uint(m.rows) || len(row) != m.columns {
		panic(badMatrix)
	}
	for p := range m.panels {
		dst := m.row(p, i)
		n := copy(dst, row)
		clear(dst[n:])
		row = row[n:]
	}
}

// Row copies row i to dst.
func (m *Matrix[T]) Row(dst []T, i int) {
	if uint(i) >= uint(m.rows) || len(dst) != m.columns {
		panic(badMatrix)
	}
	for p := range m.panels {
		dst = dst[copy(dst, m.row(p, i)):]
	}
}

// size returns the number of elements, padding included.
func (m *Matrix[T]) size() int { return m.height * ((m.panels-1)*m.tile.width + m.last) }

// lanes returns the width of panel p.
func (m *Matrix[T]) lanes(p int) int {
	if p == m.panels-1 {
		return m.last
	}
	return m.tile.width
}

// row returns row i of panel p.
func (m *Matrix[T]) row(p, i int) []T { return m.from(p, i)[:m.lanes(p)] }

// from returns what lies from row i of panel p on.
func (m *Matrix[T]) from(p, i int) []T { return m.data[m.height*p*m.tile.width+i*m.lanes(p):] }

// block returns rows from to to of panel p, one after the other.
func (m *Matrix[T]) block(p, from, to int) []T { return m.from(p, from)[:(to-from)*m.lanes(p)] }

// clearPadding sets the padding of the columns to zero, in some rows.
func (m *Matrix[T]) clearPadding(from, to int) {
	p := m.panels - 1
	if used := m.columns - p*m.tile.width; used < m.last {
		for i := from; i < to; i++ {
			clear(m.row(p, i)[used:])
		}
	}
}

// fits reports whether m is of this kernel and size.
func (m *Matrix[T]) fits(t *tile, rows, columns int) bool {
	return m.tile == t && m.rows == rows && m.columns == columns
}

// Finite reports whether all elements are.
func (m *Matrix[T]) Finite() bool {
	for p := range m.panels {
		if !Finite(m.block(p, 0, m.rows)) {
			return false
		}
	}
	return true
}

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }
