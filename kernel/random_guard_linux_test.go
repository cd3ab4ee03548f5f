package kernel

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The routines of Random read and write their operands, not what lies beside.
func TestRandomGuardPages(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *Random) {
		var memory []guarded
		for range 5 {
			memory = append(memory, newGuarded(t, 2*TwisterWords*8))
		}
		rnd := rand.New(rand.NewPCG(104729, 71))
		check := func(name string, n int, high bool, run func()) {
			t.Helper()
			if fault := faultOf(run); fault != "" {
				t.Fatalf("%s, n %d, high end %v: %s", name, n, high, fault)
			}
		}
		for _, high := range []bool{false, true} {
			wordsAt := func(i, n int) []uint32 {
				f := take[float32](memory[i], n, high)
				w := unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(f))), n)
				for i := range w {
					w[i] = rnd.Uint32()
				}
				return w
			}
			floatsAt := func(i, n int) []float64 {
				f := take[float64](memory[i], n, high)
				for i := range f {
					f[i] = rnd.Float64()
				}
				return f
			}
			key, out := (*[TwisterWords]uint32)(wordsAt(0, TwisterWords)), (*[TwisterWords]uint32)(wordsAt(1, TwisterWords))
			check("twist", TwisterWords, high, func() { r.Twist(key, out) })
			for n := 1; n < 68; n++ {
				f := floatsAt(0, n)
				ints := unsafe.Slice((*int)(unsafe.Pointer(&f[0])), n)
				words := wordsAt(1, n)
				for _, bound := range []uint32{0, 2, 5, 1 << 31, 1<<32 - 1} {
					check("below", n, high, func() { r.Below(ints, words, bound) })
				}
				x, y, square, points := floatsAt(0, n), floatsAt(1, n), floatsAt(2, n), wordsAt(3, 4*n)
				check("discs", n, high, func() { r.Discs(x, y, square, points) })
				for i := range points { // all of them inside
					points[i] = points[i]>>2 + 3<<29
				}
				check("discs", n, high, func() { r.Discs(x, y, square, points) })
				x, y, square = floatsAt(0, n), floatsAt(1, n), floatsAt(2, n)
				dst := floatsAt(3, 2*n)
				check("normals", n, high, func() { r.Normals(dst, x, y, square) })
				square[rnd.IntN(n)] = logHard[0].x
				check("normals", n, high, func() { r.Normals(dst, x, y, square) })
				root, mean := (*[4]float64)(floatsAt(0, 4)), (*[2]float64)(floatsAt(1, 2))
				check("pairs", n, high, func() { r.Pairs(dst, root, mean) })
			}
		}
	})
}
