package kernel

import (
	"fmt"
	"strings"
)

// FloatingPoint is the state in which one thread computes with floats: what its control register says, and what sums,
// products and fused multiply-adds give.
type FloatingPoint struct {
	Register         string // the control register without its sticky flags, as in "MXCSR 0x1f80"; empty where none is read
	Rounding         string // [NearestEven] is what the contract asks for
	FlushToZero      bool   // subnormal results become zero
	DenormalsAreZero bool   // subnormal operands are taken for zero
	FMA              string // [Fused] is what the contract asks for
	Traps            bool   // an inexact result, or another exception of IEEE 754, ends the program; then nothing is tried

	other []string // what else is wrong
}

// What [FloatingPoint.Rounding] and [FloatingPoint.FMA] may be. The first of each is what the contract asks for.
const (
	NearestEven = "nearest-even"
	NearestAway = "nearest-away"
	Upward      = "upward"
	Downward    = "downward"
	TowardZero  = "toward-zero"
	Mixed       = "mixed" // none of these for all sums

	Fused    = "fused"
	NotFused = "not fused"
	NotTried = "not tried"
)

// CheckFloatingPoint reports why this thread cannot compute as the contract asks: rounding must be to nearest even,
// subnormals must be kept as results (no flush-to-zero) and as operands (no denormals-are-zero), FMA must round once, and
// exceptions must not trap. On amd64 it reads MXCSR and on arm64 FPCR, if the build has assembly; on every architecture it
// computes sums, products, quotients and fused multiply-adds, in float32 and float64, that tell such states apart. It takes
// a few microseconds.
//
// The state belongs to the thread of the operating system, and a goroutine may move to another thread at any time: what is
// promised is the state of the calling thread at the time of the call. A thread starts with the state of the one that
// started it or with the system's default, and neither Go nor this module changes it, so that in a program without cgo one
// check at the start speaks for all threads. Where C code runs in the process, check after it has run, on each thread that
// it may have run on: lock the goroutine to its thread with [runtime.LockOSThread], and check.
func CheckFloatingPoint() error { return ReadFloatingPoint().Check() }

// ReadFloatingPoint returns the state of the calling thread. See [CheckFloatingPoint].
func ReadFloatingPoint() FloatingPoint {
	s := controlRegister()
	if s.Traps {
		s.FMA = NotTried
		return s
	}
	s.judge(tryAll(&limits32, probes32), tryAll(&limits64, probes64))
	return s
}

// judge adds what was found out by arithmetic.
func (s *FloatingPoint) judge(p32, p64 tried) {
	s.FMA = Fused
	s.add("float32", p32)
	s.add("float64", p64)
	if s.isSafe() { // else these would only follow
		s.other = append(append(s.other, p32.wrong...), p64.wrong...)
	}
}

// add adds what was found out with one type.
func (s *FloatingPoint) add(dtype string, p tried) {
	switch {
	case s.Rounding == "":
		s.Rounding = p.rounding
	case s.Rounding == p.rounding, s.Rounding != NearestEven:
	default: // the register says otherwise, or the other type
		s.Rounding = p.rounding + " in " + dtype
	}
	s.FlushToZero = s.FlushToZero || p.flushes
	s.DenormalsAreZero = s.DenormalsAreZero || p.denies
	if !p.fused && s.FMA == Fused {
		s.FMA = NotFused + " in " + dtype
	}
}

func (s *FloatingPoint) isSafe() bool {
	return s.Rounding == NearestEven && !s.FlushToZero && !s.DenormalsAreZero && s.FMA == Fused && !s.Traps && len(s.other) == 0
}

// Check reports what is wrong with the state, all of it, and what to do.
func (s FloatingPoint) Check() error {
	if s.isSafe() {
		return nil
	}
	var wrong []string
	if s.Rounding != NearestEven {
		wrong = append(wrong, fmt.Sprintf("rounding is %s, want %s", s.Rounding, NearestEven))
	}
	if s.FlushToZero {
		wrong = append(wrong, "flush-to-zero is on")
	}
	if s.DenormalsAreZero {
		wrong = append(wrong, "denormals-are-zero is on")
	}
	if s.Traps {
		wrong = append(wrong, "exceptions trap")
	} else if s.FMA != Fused {
		wrong = append(wrong, "fma is "+s.FMA)
	}
	wrong = append(wrong, s.other...)
	register := ""
	if s.Register != "" {
		register = " (" + s.Register + ")"
	}
	return fmt.Errorf("unsafe floating-point state%s: %s. Results would not be those of %s. Something else has set this: C code "+
		"built with -ffast-math or -Ofast, the program that this one is loaded into, or a fast mode of an emulator; do without it",
		register, strings.Join(wrong, "; "), Contract)
}

// String writes the state in one line.
func (s FloatingPoint) String() string {
	text := fmt.Sprintf("rounding %s, flush-to-zero %s, denormals-are-zero %s, fma %s", s.Rounding, onOff(s.FlushToZero),
		onOff(s.DenormalsAreZero), s.FMA)
	if s.Traps {
		text += ", exceptions trap"
	}
	if s.Register != "" {
		text += ", " + s.Register
	}
	return text
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
