//go:build purego || !(amd64 || arm64)

package peak

// No loops: this build has the reference alone.
var (
	loops32 map[string]loop[float32]
	loops64 map[string]loop[float64]
)
