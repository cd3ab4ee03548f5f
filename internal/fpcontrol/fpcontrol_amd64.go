package fpcontrol

// Bits of the register.
const (
	Available = true

	RoundingMask       = 3 << 13
	Downward           = 1 << 13
	Upward             = 2 << 13
	TowardZero         = 3 << 13
	FlushToZero        = 1 << 15
	DenormalsAreZero   = 1 << 6
	DivisionMask       = 1 << 9 // of the trap of a division by zero
	FlushesOnlyResults = true   // whether FlushToZero leaves operands alone
)

func get() uint64 { return uint64(mxcsr()) }

func put(v uint64) { setMXCSR(uint32(v)) }

//go:noescape
func mxcsr() uint32

//go:noescape
func setMXCSR(v uint32)
