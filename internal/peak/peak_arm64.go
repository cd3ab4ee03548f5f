//go:build !purego

package peak

var (
	loops32 = map[string]loop[float32]{"neon": {lanes: 4, fmas: 24, run: neonLoop32}}
	loops64 = map[string]loop[float64]{"neon": {lanes: 2, fmas: 24, run: neonLoop64}}
)

// neonLoop32 is a loop's run.
//
//go:noescape
func neonLoop32(sums *float32, rounds int, x, y float32)

// neonLoop64 is a loop's run.
//
//go:noescape
func neonLoop64(sums *float64, rounds int, x, y float64)
