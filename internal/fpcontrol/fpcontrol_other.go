//go:build !(amd64 || arm64)

package fpcontrol

// There is nothing to set here.
const (
	Available = false

	RoundingMask       = 0
	Upward             = 0
	Downward           = 0
	TowardZero         = 0
	FlushToZero        = 0
	DenormalsAreZero   = 0
	DivisionMask       = 0
	FlushesOnlyResults = false
)

func get() uint64 { return 0 }

func put(uint64) {}
