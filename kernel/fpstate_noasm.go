//go:build purego || !(amd64 || arm64)

package kernel

// controlRegister reads none: arithmetic has to tell.
func controlRegister() FloatingPoint { return FloatingPoint{} }
