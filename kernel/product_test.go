package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The products of matrices are held to the definition, written down element by element, at sizes around those of tiles,
// panels and blocks.

// eachSize calls f with sizes of a product: rows, inner length and columns.
func eachSize(f func(rows, inner, columns int)) {
	for _, s := range [][3]int{
		{1, 1, 1}, {2, 3, 4}, {3, 2, 5}, {1, 17, 10}, {7, 8, 9}, {8, 16, 16}, {9, 47, 15}, {4, 48, 48}, {5, 49, 17},
		{12, 33, 31}, {13, 12, 24}, {16, 25, 23}, {17, 24, 12}, {32, 64, 32}, {32, 32, 10}, {33, 100, 47}, {23, 97, 49},
		{130, 50, 20}, {128, 40, 96}, {129, 200, 33}, {40, 300, 7}, {6, 784, 65}, {257, 5, 3}, {48, 193, 97},
	} {
		f(s[0], s[1], s[2])
	}
}

// shareCounts are the numbers of shares that a result is computed in.
var shareCounts = []int{1, 2, 3, 7, 100}

// numbers returns n values: normal ones of very different sizes, zeros of both signs, subnormal ones.
func numbers[T Float](r *rand.Rand, n int) []T {
	v := make([]T, n)
	for i := range v {
		switch r.IntN(12) {
		case 0:
			v[i] = 0
		case 1:
			v[i] = T(math.Copysign(0, -1))
		case 2:
			v[i] = T(r.NormFloat64()) * 0x1p-70
		case 3:
			v[i] = T(r.NormFloat64()) * 0x1p20
		case 4:
			v[i] = fromBits[T](r.Uint64() % 1000)
		default:
			v[i] = T(r.NormFloat64())
		}
	}
	return v
}

// filled returns a matrix of these rows. Whatever the padding of the rows holds must not matter.
func filled[T Float](k *Kernel[T], rows, columns int, v []T) *Matrix[T] {
	m := k.NewMatrix(rows, columns)
	for i := range m.data {
		m.data[i] = T(math.NaN())
	}
	for i := range rows {
		m.SetRow(i, v[i*columns:][:columns])
	}
	return m
}

func contents[T Float](m *Matrix[T]) []T {
	v := make([]T, m.rows*m.columns)
	for i := range m.rows {
		m.Row(v[i*m.columns:][:m.columns], i)
	}
	return v
}

// checkPadding wants zeros beside the columns of the rows.
func checkPadding[T Float](t *testing.T, what string, m *Matrix[T]) {
	t.Helper()
	p := m.panels - 1
	for i := range m.rows {
		for _, v := range m.row(p, i)[m.columns-p*m.tile.width:] {
			if bitsOf(v) != 0 {
				t.Fatalf("%s: padding of row %d is %v, want 0", what, i, v)
			}
		}
	}
}

func checkSameNumbers[T Float](t *testing.T, what string, columns int, got, want []T) {
	t.Helper()
	if i := differ(got, want); i >= 0 {
		t.Fatalf("%s: row %d, column %d: got %x, want %x", what, i/columns, i%columns, got[i], want[i])
	}
}

// chain returns fma(a[t*astep], b[t*bstep], start) for t = 0 .. n-1.
func chain[T Float](start T, a []T, astep int, b []T, bstep, n int) T {
	for t := range n {
		start = FMA(a[t*astep], b[t*bstep], start)
	}
	return start
}

func TestMatrix(t *testing.T) { eachKernel(t, testMatrix[float32], testMatrix[float64]) }

func testMatrix[T Float](t *testing.T, k *Kernel[T]) {
	r := rand.New(rand.NewPCG(104729, 60))
	eachSize(func(rows, _, columns int) {
		v := numbers[T](r, rows*columns)
		m := filled(k, rows, columns, v)
		checkSameNumbers(t, "rows", columns, contents(m), v)
		checkPadding(t, "rows", m)
		for _, fewer := range []int{1, rows/2 + 1, rows} {
			m.Resize(fewer)
			checkPadding(t, "resized", m)
			for i := range fewer {
				m.SetRow(i, v[i*columns:][:columns])
			}
			checkSameNumbers(t, "resized", columns, contents(m), v[:fewer*columns])
		}
		if got := k.MatrixSize(rows, columns, math.MaxInt32); got != len(m.space) {
			t.Fatalf("%d x %d: MatrixSize says %d, it takes %d", rows, columns, got, len(m.space))
		}
		turned := filled(k, columns, rows, make([]T, rows*columns))
		for share := range 3 {
			k.TransposeMatrix(turned, m, share, 3)
		}
		want := make([]T, rows*columns)
		for i := range rows {
			for j := range columns {
				want[j*rows+i] = v[i*columns+j]
			}
		}
		checkSameNumbers(t, fmt.Sprintf("%d x %d transposed", rows, columns), rows, contents(turned), want)
		checkPadding(t, "transposed", turned)
	})
	if k.MatrixSize(math.MaxInt/64, math.MaxInt/64, 1000) <= 1000 {
		t.Error("the size of a matrix wraps")
	}
}

func TestForwardMatrix(t *testing.T) {
	eachKernel(t, testForwardMatrix[float32], testForwardMatrix[float64])
}

func testForwardMatrix[T Float](t *testing.T, k *Kernel[T]) {
	r := rand.New(rand.NewPCG(104729, 61))
	eachSize(func(rows, inner, columns int) {
		x, w, b := numbers[T](r, rows*inner), numbers[T](r, inner*columns), numbers[T](r, columns)
		mx, mw, mb := filled(k, rows, inner, x), filled(k, inner, columns, w), filled(k, 1, columns, b)
		for _, bias := range []*Matrix[T]{nil, mb} {
			sums := make([]T, rows*columns)
			for i := range sums {
				var start T
				if bias != nil {
					start = b[i%columns]
				}
				sums[i] = chain(start, x[i/columns*inner:], 1, w[i%columns:], columns, inner)
			}
			for _, act := range []Activation{Identity, Sigmoid, Tanh, ReLU} {
				want := make([]T, rows*columns)
				k.Activate(want, sums, act)
				shares := shareCounts[r.IntN(len(shareCounts))]
				what := fmt.Sprintf("%dx%dx%d, %v, bias %t, %d shares", rows, inner, columns, act, bias != nil, shares)
				y := filled(k, rows, columns, numbers[T](r, rows*columns))
				for share := range shares {
					k.ForwardMatrix(y, mx, mw, bias, act, share, shares)
				}
				checkSameNumbers(t, what, columns, contents(y), want)
				checkPadding(t, what, y)
			}
		}
	})
}

func TestSendBackMatrix(t *testing.T) {
	eachKernel(t, testSendBackMatrix[float32], testSendBackMatrix[float64])
}

func testSendBackMatrix[T Float](t *testing.T, k *Kernel[T]) {
	r := rand.New(rand.NewPCG(104729, 62))
	eachSize(func(rows, inner, columns int) {
		v, wt, y := numbers[T](r, rows*inner), numbers[T](r, inner*columns), numbers[T](r, rows*columns)
		mv, mwt, my := filled(k, rows, inner, v), filled(k, inner, columns, wt), filled(k, rows, columns, y)
		errors := make([]T, rows*columns)
		for i := range rows {
			for j := range columns {
				errors[i*columns+j] = chain(0, v[i*inner:], 1, wt[j:], columns, inner)
			}
		}
		for _, act := range []Activation{Identity, Sigmoid, Tanh, ReLU} {
			want := make([]T, rows*columns)
			k.Delta(want, errors, y, act)
			shares := shareCounts[r.IntN(len(shareCounts))]
			what := fmt.Sprintf("%dx%dx%d, %v, %d shares", rows, inner, columns, act, shares)
			e, delta, both := k.NewMatrix(rows, columns), k.NewMatrix(rows, columns), k.NewMatrix(rows, columns)
			for share := range shares {
				k.SendBackMatrix(e, delta, mv, mwt, my, act, share, shares)
				k.SendBackMatrix(both, both, mv, mwt, my, act, share, shares)
			}
			checkSameNumbers(t, what+": errors", columns, contents(e), errors)
			checkSameNumbers(t, what+": deltas", columns, contents(delta), want)
			checkSameNumbers(t, what+": deltas alone", columns, contents(both), want)
			checkPadding(t, what, delta)
		}
	})
}

func TestErrorMatrix(t *testing.T) { eachKernel(t, testErrorMatrix[float32], testErrorMatrix[float64]) }

func testErrorMatrix[T Float](t *testing.T, k *Kernel[T]) {
	r := rand.New(rand.NewPCG(104729, 64))
	eachSize(func(rows, _, columns int) {
		target, y := numbers[T](r, rows*columns), numbers[T](r, rows*columns)
		errors, want := make([]T, rows*columns), make([]T, rows*columns)
		for i := range errors {
			errors[i] = target[i] - y[i]
		}
		mt, my := filled(k, rows, columns, target), filled(k, rows, columns, y)
		for _, act := range []Activation{Identity, Sigmoid, Tanh, ReLU} {
			k.Delta(want, errors, y, act)
			shares := shareCounts[r.IntN(len(shareCounts))]
			e, delta, both := k.NewMatrix(rows, columns), k.NewMatrix(rows, columns), k.NewMatrix(rows, columns)
			for share := range shares {
				k.ErrorMatrix(e, delta, mt, my, act, share, shares)
				k.ErrorMatrix(both, both, mt, my, act, share, shares)
			}
			checkSameNumbers(t, "errors", columns, contents(e), errors)
			checkSameNumbers(t, "deltas", columns, contents(delta), want)
			checkSameNumbers(t, "deltas alone", columns, contents(both), want)
			checkPadding(t, "deltas", delta)
		}
	})
}

func TestUpdateMatrix(t *testing.T) {
	eachKernel(t, testUpdateMatrix[float32], testUpdateMatrix[float64])
}

func testUpdateMatrix[T Float](t *testing.T, k *Kernel[T]) {
	r := rand.New(rand.NewPCG(104729, 63))
	eachSize(func(inputs, samples, outputs int) {
		const rate = 0.1
		x, delta, w := numbers[T](r, samples*inputs), numbers[T](r, samples*outputs), numbers[T](r, inputs*outputs)
		want := make([]T, inputs*outputs)
		for i := range inputs {
			for j := range outputs {
				g := chain(0, x[i:], inputs, delta[j:], outputs, samples)
				want[i*outputs+j] = FMA(rate, g, w[i*outputs+j])
			}
		}
		shares := shareCounts[r.IntN(len(shareCounts))]
		what := fmt.Sprintf("%dx%dx%d, %d shares", inputs, samples, outputs, shares)
		mw := filled(k, inputs, outputs, w)
		for share := range shares {
			k.UpdateMatrix(mw, nil, filled(k, samples, inputs, x), filled(k, samples, outputs, delta), rate, true, true, share, shares)
		}
		checkSameNumbers(t, what, outputs, contents(mw), want)
		checkPadding(t, what, mw)

		mw = filled(k, inputs, outputs, w)
		g := filled(k, inputs, outputs, numbers[T](r, inputs*outputs))
		for at := 0; at < samples; { // in parts
			n := min(samples-at, 1+r.IntN(30))
			px, pd := filled(k, n, inputs, x[at*inputs:]), filled(k, n, outputs, delta[at*outputs:])
			for share := range shares {
				k.UpdateMatrix(mw, g, px, pd, rate, at == 0, at+n == samples, share, shares)
			}
			at += n
		}
		checkSameNumbers(t, what+", in parts", outputs, contents(mw), want)
		checkPadding(t, what+", in parts", mw)
	})
}
