//go:build !purego

package peak

var (
	loops32 = map[string]loop[float32]{
		"avx512": {lanes: 16, fmas: 24, run: avx512Loop32},
		"avx2":   {lanes: 8, fmas: 24, run: avx2Loop32},
	}
	loops64 = map[string]loop[float64]{
		"avx512": {lanes: 8, fmas: 24, run: avx512Loop64},
		"avx2":   {lanes: 4, fmas: 24, run: avx2Loop64},
	}
)

// avx512Loop32 is a loop's run.
//
//go:noescape
func avx512Loop32(sums *float32, rounds int, x, y float32)

// avx512Loop64 is a loop's run.
//
//go:noescape
func avx512Loop64(sums *float64, rounds int, x, y float64)

// avx2Loop32 is a loop's run.
//
//go:noescape
func avx2Loop32(sums *float32, rounds int, x, y float32)

// avx2Loop64 is a loop's run.
//
//go:noescape
func avx2Loop64(sums *float64, rounds int, x, y float64)
