package kernel

import "math"

// The products in pure Go, the definition that every other row is held to: tiles of two rows by four columns, as many
// sums as there are registers for.

var genericTile = tile{rows: 2, width: 32, grain: 4}

func genericProducts64() *products[float64] {
	return genericProducts(tile64, math.FMA)
}

func genericProducts32() *products[float32] {
	return genericProducts(tile32, fma32)
}

// tileSums is two rows of four sums.
type tileSums[T Float] [8]T

// genericProducts makes the products of a function that goes on with the sums of a tile: a[t*step] and a[t*step+below] are
// the factors of its rows, b[t*n:][:4] those of its columns, for t < k.
func genericProducts[T Float](run func(s *tileSums[T], a, b []T, k, step, below, n int), fma func(x, y, z T) T) *products[T] {
	return &products[T]{
		tile: genericTile, block: 8, zeros: make([]T, genericTile.width), transpose: transpose[T],
		sums: func(c, from, a, b []T, m, n, k, step, width, panel int) {
			for i := 0; i < m; i += 2 {
				for j := 0; j < n; j += 4 {
					var s tileSums[T]
					copy(s[:4], from[i*step+j:])
					copy(s[4:], from[(i+1)*step+j:])
					for t := 0; t < k; t += width {
						run(&s, a[t/width*panel+i*width:], b[t*n+j:], min(width, k-t), 1, width, n)
					}
					copy(c[i*n+j:], s[:4])
					copy(c[(i+1)*n+j:], s[4:])
				}
			}
		},
		gradient: func(w, g, a, b []T, m, n, k, lanes int, rate T, begin, end bool) {
			for i := 0; i < m; i += 2 {
				for j := 0; j < n; j += 4 {
					var s tileSums[T]
					if !begin {
						copy(s[:4], g[i*n+j:])
						copy(s[4:], g[(i+1)*n+j:])
					}
					run(&s, a[i:], b[j:], k, lanes, 1, n)
					if !end {
						copy(g[i*n+j:], s[:4])
						copy(g[(i+1)*n+j:], s[4:])
						continue
					}
					for l, v := range s {
						to := &w[(i+l/4)*n+j+l%4]
						*to = fma(rate, v, *to)
					}
				}
			}
		},
	}
}

func tile64(s *tileSums[float64], a, b []float64, k, step, below, n int) {
	s0, s1, s2, s3, s4, s5, s6, s7 := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	for t := range k {
		x, y := a[t*step], a[t*step+below]
		row := b[t*n:][:4]
		s0 = math.FMA(x, row[0], s0)
		s1 = math.FMA(x, row[1], s1)
		s2 = math.FMA(x, row[2], s2)
		s3 = math.FMA(x, row[3], s3)
		s4 = math.FMA(y, row[0], s4)
		s5 = math.FMA(y, row[1], s5)
		s6 = math.FMA(y, row[2], s6)
		s7 = math.FMA(y, row[3], s7)
	}
	*s = tileSums[float64]{s0, s1, s2, s3, s4, s5, s6, s7}
}

// tile32 keeps its sums in float64, where each is a float32: see fma32. A step in which one of them is doubtful is done
// again, sum by sum.
func tile32(s *tileSums[float32], a, b []float32, k, step, below, n int) {
	s0, s1, s2, s3 := float64(s[0]), float64(s[1]), float64(s[2]), float64(s[3])
	s4, s5, s6, s7 := float64(s[4]), float64(s[5]), float64(s[6]), float64(s[7])
	for t := range k {
		x, y := float64(a[t*step]), float64(a[t*step+below])
		row := b[t*n:][:4]
		b0, b1, b2, b3 := float64(row[0]), float64(row[1]), float64(row[2]), float64(row[3])
		t0, t1, t2, t3 := x*b0+s0, x*b1+s1, x*b2+s2, x*b3+s3
		t4, t5, t6, t7 := y*b0+s4, y*b1+s5, y*b2+s6, y*b3+s7
		if doubtful(t0) || doubtful(t1) || doubtful(t2) || doubtful(t3) ||
			doubtful(t4) || doubtful(t5) || doubtful(t6) || doubtful(t7) {
			t0, t1, t2, t3 = next32(x*b0, s0), next32(x*b1, s1), next32(x*b2, s2), next32(x*b3, s3)
			t4, t5, t6, t7 = next32(y*b0, s4), next32(y*b1, s5), next32(y*b2, s6), next32(y*b3, s7)
		}
		s0, s1, s2, s3 = float64(float32(t0)), float64(float32(t1)), float64(float32(t2)), float64(float32(t3))
		s4, s5, s6, s7 = float64(float32(t4)), float64(float32(t5)), float64(float32(t6)), float64(float32(t7))
	}
	*s = tileSums[float32]{
		float32(s0), float32(s1), float32(s2), float32(s3), float32(s4), float32(s5), float32(s6), float32(s7),
	}
}

// next32 returns p + c, rounded once to float32, for an exact product p.
func next32(p, c float64) float64 {
	if s := p + c; !doubtful(s) {
		return float64(float32(s))
	}
	return float64(sumOdd(p, c))
}

// transpose turns a block of as many rows and columns as the grain.
func transpose[T Float](dst, src []T, dstride, sstride int) {
	for i := range genericTile.grain {
		for j, v := range src[i*sstride:][:genericTile.grain] {
			dst[j*dstride+i] = v
		}
	}
}
