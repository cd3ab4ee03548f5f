//go:build !purego

package kernel

import "testing"

func TestStateOfMXCSR(t *testing.T) {
	for _, c := range []struct {
		v    uint32
		want string
	}{
		{0x1f80, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma , MXCSR 0x1f80"},
		{0x1fbf, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma , MXCSR 0x1f80"}, // sticky flags
		{0x3f80, "rounding downward, flush-to-zero off, denormals-are-zero off, fma , MXCSR 0x3f80"},
		{0x5f80, "rounding upward, flush-to-zero off, denormals-are-zero off, fma , MXCSR 0x5f80"},
		{0x7f80, "rounding toward-zero, flush-to-zero off, denormals-are-zero off, fma , MXCSR 0x7f80"},
		{0x9f80, "rounding nearest-even, flush-to-zero on, denormals-are-zero off, fma , MXCSR 0x9f80"},
		{0x1fc0, "rounding nearest-even, flush-to-zero off, denormals-are-zero on, fma , MXCSR 0x1fc0"},
		{0x0f80, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma , exceptions trap, MXCSR 0xf80"},
		{0x1f00, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma , exceptions trap, MXCSR 0x1f00"},
	} {
		if got := stateOfMXCSR(c.v).String(); got != c.want {
			t.Errorf("%#x: got %q, want %q", c.v, got, c.want)
		}
	}
}
