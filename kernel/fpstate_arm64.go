//go:build !purego

package kernel

import "fmt"

// fpcr returns this thread's FPCR.
//
//go:noescape
func fpcr() uint64

// controlRegister returns what FPCR says. Scalar and vector instructions obey it.
func controlRegister() FloatingPoint { return stateOfFPCR(fpcr()) }

// stateOfFPCR is the state that this value of FPCR makes. FZ flushes operands and results, FIZ operands alone; AH and NEP
// change what signs, maxima and scalar operations come to. FZ16 and DN are left out: there is no half precision here, and
// which NaN it is does not count. See the Arm Architecture Reference Manual, FPCR.
func stateOfFPCR(v uint64) FloatingPoint {
	const (
		fiz, ah, nep = 1 << 0, 1 << 1, 1 << 2
		traps        = 0x9f00
		fz           = 1 << 24
	)
	s := FloatingPoint{
		Register:         fmt.Sprintf("FPCR %#x", v),
		Rounding:         [4]string{NearestEven, Upward, Downward, TowardZero}[v>>22&3],
		FlushToZero:      v&fz != 0,
		DenormalsAreZero: v&(fz|fiz) != 0,
		Traps:            v&traps != 0,
	}
	if v&(ah|nep) != 0 {
		s.other = append(s.other, "alternate handling (AH, NEP) is on")
	}
	return s
}
