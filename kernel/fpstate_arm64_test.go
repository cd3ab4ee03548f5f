//go:build !purego

package kernel

import "testing"

func TestStateOfFPCR(t *testing.T) {
	for _, c := range []struct {
		v    uint64
		want string
		safe bool
	}{
		{0, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0x0", true},
		{1 << 25, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0x2000000", true},
		{1 << 22, "rounding upward, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0x400000", false},
		{2 << 22, "rounding downward, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0x800000", false},
		{3 << 22, "rounding toward-zero, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0xc00000", false},
		{1 << 24, "rounding nearest-even, flush-to-zero on, denormals-are-zero on, fma fused, FPCR 0x1000000", false},
		{1 << 0, "rounding nearest-even, flush-to-zero off, denormals-are-zero on, fma fused, FPCR 0x1", false},
		{1 << 8, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused, exceptions trap, FPCR 0x100", false},
		{1 << 15, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused, exceptions trap, FPCR 0x8000", false},
		{1 << 1, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0x2", false},
		{1 << 2, "rounding nearest-even, flush-to-zero off, denormals-are-zero off, fma fused, FPCR 0x4", false},
	} {
		s := stateOfFPCR(c.v)
		s.FMA = Fused
		if got := s.String(); got != c.want {
			t.Errorf("%#x: got %q, want %q", c.v, got, c.want)
		}
		if err := s.Check(); (err == nil) != c.safe {
			t.Errorf("%#x: error %v", c.v, err)
		}
	}
}
