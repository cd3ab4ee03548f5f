package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The routines of the products read and write what their comments say, and nothing beside: every operand ends where
// memory does, or begins there.
func TestProductsGuard(t *testing.T) {
	eachKernel(t, testProductsGuard[float32], testProductsGuard[float64])
}

func testProductsGuard[T Float](t *testing.T, k *Kernel[T]) {
	p := k.products
	g := newProductGuard[T](t)
	for n := p.grain; n <= p.width; n += p.grain {
		for m := p.rows; m <= 5*p.rows; m += p.rows {
			for _, inner := range []int{1, 2, 5, p.width - 1, p.width, p.width + 3, 3*p.width + 1} {
				for _, high := range []bool{false, true} {
					what := fmt.Sprintf("%dx%dx%d, high end %t", m, inner, n, high)
					if fault := faultOf(func() { g.checkSums(t, what, p, m, n, inner, high) }); fault != "" {
						t.Fatalf("sums, %s: %s", what, fault)
					}
					if fault := faultOf(func() { g.checkGradient(t, what, p, m, n, inner, high) }); fault != "" {
						t.Fatalf("gradient, %s: %s", what, fault)
					}
				}
			}
		}
	}
	for _, high := range []bool{false, true} {
		if fault := faultOf(func() { g.checkTranspose(t, p, high) }); fault != "" {
			t.Fatalf("transpose, high end %t: %s", high, fault)
		}
	}
}

// productGuard is memory for four operands.
type productGuard[T Float] struct {
	memory [4]guarded
	r      *rand.Rand
}

func newProductGuard[T Float](t *testing.T) *productGuard[T] {
	g := &productGuard[T]{r: rand.New(rand.NewPCG(104729, 64))}
	for i := range g.memory {
		g.memory[i] = newGuarded(t, 1<<18)
	}
	return g
}

// operand returns n numbers at an end of memory i, and a copy.
func (g *productGuard[T]) operand(i, n int, high bool) (v, copied []T) {
	v = take[T](g.memory[i], n, high)
	copied = numbers[T](g.r, n)
	copy(v, copied)
	return v, copied
}

func (g *productGuard[T]) checkSums(t *testing.T, what string, p *products[T], m, n, k int, high bool) {
	panel := (m + g.r.IntN(3)*p.rows) * p.width
	last := (k - 1) / p.width * panel
	if k < p.width { // a narrow panel is the only one
		panel = 0
	}
	c, _ := g.operand(0, m*n, high)
	from, start := g.operand(1, n, high)
	width := min(p.width, roundUp(k, p.grain))
	a, factors := g.operand(2, last+(m-1)*width+(k-1)%p.width+1, high)
	b, columns := g.operand(3, k*n, high)
	want := make([]T, m*n)
	for i := range m {
		for j := range n {
			s := start[j]
			for t := range k {
				s = FMA(factors[t/width*panel+i*width+t%width], columns[t*n+j], s)
			}
			want[i*n+j] = s
		}
	}
	p.sums(c, from, a, b, m, n, k, 0, width, panel)
	checkSameNumbers(t, "sums, "+what, n, c, want)
	for i, s := range want { // the same once more, on top
		for t := range k {
			s = FMA(factors[t/width*panel+i/n*width+t%width], columns[t*n+i%n], s)
		}
		want[i] = s
	}
	p.sums(c, c, a, b, m, n, k, n, width, panel)
	checkSameNumbers(t, "sums, "+what+", once more", n, c, want)
	checkSameNumbers(t, "sums, "+what+": from", n, from, start)
	checkSameNumbers(t, "sums, "+what+": a", width, a, factors)
	checkSameNumbers(t, "sums, "+what+": b", n, b, columns)
}

func (g *productGuard[T]) checkGradient(t *testing.T, what string, p *products[T], m, n, k int, high bool) {
	const rate = 0.3
	lanes := m + g.r.IntN(3)*p.grain
	a, factors := g.operand(2, (k-1)*lanes+m, high)
	b, columns := g.operand(3, k*n, high)
	for _, part := range []struct{ begin, end bool }{{true, true}, {true, false}, {false, false}, {false, true}} {
		what := fmt.Sprintf("gradient, %s, begin %t, end %t", what, part.begin, part.end)
		w, weights := g.operand(0, m*n, high)
		var kept, sums []T
		if !part.begin || !part.end {
			kept, sums = g.operand(1, m*n, high)
		}
		for i := range m * n {
			var s T
			if !part.begin {
				s = sums[i]
			}
			s = chain(s, factors[i/n:], lanes, columns[i%n:], n, k)
			if part.end {
				weights[i] = FMA(rate, s, weights[i])
			} else {
				sums[i] = s
			}
		}
		p.gradient(w, kept, a, b, m, n, k, lanes, rate, part.begin, part.end)
		checkSameNumbers(t, what+": weights", n, w, weights)
		checkSameNumbers(t, what+": sums", n, kept, sums)
		checkSameNumbers(t, what+": a", lanes, a, factors)
		checkSameNumbers(t, what+": b", n, b, columns)
	}
}

func (g *productGuard[T]) checkTranspose(t *testing.T, p *products[T], high bool) {
	for range 10 {
		dstride, sstride := p.grain+g.r.IntN(20), p.grain+g.r.IntN(20)
		dst, want := g.operand(0, (p.grain-1)*dstride+p.grain, high)
		src, columns := g.operand(1, (p.grain-1)*sstride+p.grain, high)
		for i := range p.grain {
			for j := range p.grain {
				want[j*dstride+i] = columns[i*sstride+j]
			}
		}
		p.transpose(dst, src, dstride, sstride)
		checkSameNumbers(t, "transpose", dstride, dst, want)
		checkSameNumbers(t, "transpose: src", sstride, src, columns)
	}
}
