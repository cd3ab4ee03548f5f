//go:build !purego

package kernel

// avx512LanesTrain64 is lanesRoutines.train.
//
//go:noescape
func avx512LanesTrain64(s *lanesState[float64], x *float64, n int) int

// avx512LanesScore64 is lanesRoutines.score.
//
//go:noescape
func avx512LanesScore64(s *lanesState[float64], x *float64, n int) int

// avx512LanesTrain32 is lanesRoutines.train.
//
//go:noescape
func avx512LanesTrain32(s *lanesState[float32], x *float32, n int) int

// avx512LanesScore32 is lanesRoutines.score.
//
//go:noescape
func avx512LanesScore32(s *lanesState[float32], x *float32, n int) int
