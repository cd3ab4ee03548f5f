//go:build !purego

package kernel

import "fmt"

// mxcsr returns this thread's MXCSR.
//
//go:noescape
func mxcsr() uint32

// controlRegister returns what MXCSR says. SSE, AVX and AVX-512 all obey it; Go uses no x87 instructions.
func controlRegister() FloatingPoint { return stateOfMXCSR(mxcsr()) }

// stateOfMXCSR is the state that this value of MXCSR makes. See Intel's Software Developer's Manual, volume 1, 10.2.3.
func stateOfMXCSR(v uint32) FloatingPoint {
	const sticky, masks = 1<<6 - 1, (1<<6 - 1) << 7
	return FloatingPoint{
		Register:         fmt.Sprintf("MXCSR %#x", v&^sticky),
		Rounding:         [4]string{NearestEven, Downward, Upward, TowardZero}[v>>13&3],
		FlushToZero:      v>>15&1 != 0,
		DenormalsAreZero: v>>6&1 != 0,
		Traps:            v&masks != masks,
	}
}
