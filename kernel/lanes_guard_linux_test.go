package kernel

import (
	"testing"
	"unsafe"
)

// The routines of networks side by side read and write what is theirs, and nothing beside: everything of a Lanes ends
// where memory does, or begins there.
func TestLanesGuard(t *testing.T) { eachLanes(t, testLanesGuard[float32], testLanesGuard[float64]) }

func testLanesGuard[T Float](t *testing.T, k *Kernel[T]) {
	var memory []guarded
	for range 5*5 + 3 {
		memory = append(memory, newGuarded(t, 200*8*k.Lanes()))
	}
	for _, high := range []bool{false, true} {
		eachLanesPlaced(func(s *lanesScript[T], blocks int) {
			l, next := s.lanes(k), 0
			take := func() guarded {
				next++
				return memory[next-1]
			}
			moveLanes(l, blocks, func(n int) []T { return takeLines[T](take(), n, high) },
				func(n int) []float64 { return takeLines[float64](take(), n, high) })
			if fault := faultOf(func() {
				if fault := s.run(k, l); fault != "" {
					t.Error(fault)
				}
			}); fault != "" {
				t.Fatalf("%s, %d blocks, high end %t: %s", s.name, blocks, high, fault)
			}
		})
	}
}

// takeLines is take, but for the high end on a cache line. Between what it returns and the end is less than a line.
func takeLines[T Float](g guarded, n int, high bool) []T {
	v := take[T](g, n, high)
	if off := int(uintptr(unsafe.Pointer(&v[0])) % 64 / unsafe.Sizeof(v[0])); off > 0 {
		v = take[T](g, n+off, high)[:n:n]
	}
	clear(v)
	return v
}

// Samples, labels and orders are read to their ends, not beyond.
func TestLanesGuardSamples(t *testing.T) {
	eachKernel(t, testLanesGuardSamples[float32], testLanesGuardSamples[float64])
}

func testLanesGuardSamples[T Float](t *testing.T, k *Kernel[T]) {
	const samples, steps, pages = 3, 67, 1 << 12
	memory := make([][3]guarded, k.Lanes())
	for lane := range memory {
		memory[lane] = [3]guarded{newGuarded(t, pages), newGuarded(t, pages), newGuarded(t, pages)}
	}
	for _, high := range []bool{false, true} {
		for in := 1; in <= 5; in++ {
			l := k.NewLanes([]int{in, 2}, []Activation{ReLU}, false)
			order := make([][]int, k.Lanes())
			for lane, m := range memory {
				x, label := take[T](m[0], samples*in, high), take[int](m[1], samples, high)
				clear(x)
				clear(label)
				order[lane] = take[int](m[2], steps, high)
				for i := range order[lane] {
					order[lane][i] = (i + lane) % samples
				}
				l.Data(lane, x, label)
			}
			loss, correct := make([]float64, k.Lanes()), make([]int, k.Lanes())
			if fault := faultOf(func() {
				l.Train(order, 1, 0, 1, true)
				l.Score(loss, correct, 0, samples, 1, 0)
			}); fault != "" {
				t.Fatalf("%d inputs, high end %t: %s", in, high, fault)
			}
		}
	}
}
