package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"
)

// A guarded memory lies between two pages that must not be touched.
type guarded []byte

func newGuarded(t *testing.T, size int) guarded {
	page := syscall.Getpagesize()
	size = (size + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(all) })
	for _, guard := range [][]byte{all[:page], all[page+size:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return all[page : page+size]
}

// take returns n elements at the low or the high end.
func take[T Float | int](g guarded, n int, high bool) []T {
	whole := unsafe.Slice((*T)(unsafe.Pointer(&g[0])), len(g)/int(unsafe.Sizeof(T(0))))
	if high {
		return whole[len(whole)-n:]
	}
	return whole[:n:n]
}

// Operations read and write their operands, not what lies beside.
func TestGuardPages(t *testing.T) {
	eachKernel(t, testGuardPages[float32], testGuardPages[float64])
}

func testGuardPages[T Float](t *testing.T, k *Kernel[T]) {
	var memory []guarded
	for range 7 {
		memory = append(memory, newGuarded(t, 68*72*8))
	}
	draw := drawn(kinds[T]()[0].draw, rand.New(rand.NewPCG(104729, 40)))
	for _, op := range operations[T]() {
		for i, shape := range shapes() {
			for _, high := range []bool{false, true} {
				s := make([][]T, 0, len(memory))
				for i, n := range op.lens(shape[0], shape[1]) {
					s = append(s, take[T](memory[i], n, high))
					for j := range s[i] {
						s[i][j] = draw()
					}
				}
				want := cloneAll(s)
				if fault := faultOf(func() { op.run(k, s) }); fault != "" {
					t.Fatalf("%s, %d x %d, high end %v: %s", op.name, shape[0], shape[1], high, fault)
				}
				if i%7 > 0 { // the values are another test's business
					continue
				}
				remembered(op, "guard", i, high).want(want)
				for i := range op.outs {
					if differ(s[i], want[i]) >= 0 {
						t.Errorf("%s, %d x %d, high end %v: wrong", op.name, shape[0], shape[1], high)
					}
				}
			}
		}
	}
}

// faultOf returns what f panics with, memory faults included, or "".
func faultOf(f func()) (fault string) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// The guard pages must do what the test above relies on.
func TestGuard(t *testing.T) {
	memory := newGuarded(t, 100)
	low, high := take[float64](memory, 3, false), take[float64](memory, 3, true)
	sum := 0.0
	for name, f := range map[string]func(){
		"below": func() { sum += *(*float64)(unsafe.Add(unsafe.Pointer(&low[0]), -8)) },
		"above": func() { sum += *(*float64)(unsafe.Add(unsafe.Pointer(&high[2]), 8)) },
		"write": func() { *(*float64)(unsafe.Add(unsafe.Pointer(&high[2]), 8)) = 1 },
	} {
		if faultOf(f) == "" {
			t.Errorf("%s: no fault", name)
		}
	}
	if fault := faultOf(func() { low[0], high[2] = 1, low[2] }); fault != "" {
		t.Errorf("inside: %s", fault)
	}
}
