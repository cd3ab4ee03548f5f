package fpcontrol

// Bits of the register.
const (
	Available = true

	RoundingMask       = 3 << 22
	Upward             = 1 << 22
	Downward           = 2 << 22
	TowardZero         = 3 << 22
	FlushToZero        = 1 << 24 // operands, too
	DenormalsAreZero   = FlushToZero
	DivisionMask       = 0 // traps are enabled, not masked, and not on every CPU
	FlushesOnlyResults = false
)

func get() uint64 { return fpcr() }

func put(v uint64) { setFPCR(v) }

//go:noescape
func fpcr() uint64

//go:noescape
func setFPCR(v uint64)
