//go:build !purego && (amd64 || arm64)

package kernel

import (
	"testing"
	"unsafe"
)

// TestTinyLayout holds tinyState to the offsets that the assembly has written down: rows of four elements, then words.
func TestTinyLayout(t *testing.T) {
	testTinyLayout[float32](t)
	testTinyLayout[float64](t)
}

func testTinyLayout[T Float](t *testing.T) {
	var s tinyState[T]
	row := 4 * unsafe.Sizeof(T(0))
	words := 21 * row
	for _, f := range []struct {
		name      string
		got, want uintptr
	}{
		{"w1", unsafe.Offsetof(s.w1), 0},
		{"w2", unsafe.Offsetof(s.w2), 4 * row},
		{"w2t", unsafe.Offsetof(s.w2t), 8 * row},
		{"b1", unsafe.Offsetof(s.b1), 12 * row},
		{"b2", unsafe.Offsetof(s.b2), 13 * row},
		{"rate", unsafe.Offsetof(s.rate), 14 * row},
		{"biased", unsafe.Offsetof(s.biased), 15 * row},
		{"hidden", unsafe.Offsetof(s.hidden), 16 * row},
		{"targets", unsafe.Offsetof(s.targets), 17 * row},
		{"x", unsafe.Offsetof(s.x), words},
		{"label", unsafe.Offsetof(s.label), words + 8},
		{"inputs", unsafe.Offsetof(s.inputs), words + 16},
		{"units", unsafe.Offsetof(s.units), words + 24},
		{"outputs", unsafe.Offsetof(s.outputs), words + 32},
		{"raw", unsafe.Offsetof(s.raw), words + 40},
	} {
		if f.got != f.want {
			t.Errorf("%T: %s at %d, want %d", T(0), f.name, f.got, f.want)
		}
	}
}

// TestActivationNumbers holds the activations to the numbers that the assembly compares with.
func TestActivationNumbers(t *testing.T) {
	if Identity != 0 || Sigmoid != 1 || Tanh != 2 || ReLU != 3 {
		t.Errorf("got %d %d %d %d, want 0 1 2 3", Identity, Sigmoid, Tanh, ReLU)
	}
}
