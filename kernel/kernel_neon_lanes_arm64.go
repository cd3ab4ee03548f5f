//go:build !purego

package kernel

// Rows are 128 bytes, eight vectors: a step of a small network is a long chain, and half as many lanes would leave cores
// with four pipelines idle a fifth of the time.
var (
	neonLanes32 = lanesRoutines[float32]{lanes: 32, train: neonLanesTrain32, score: neonLanesScore32}
	neonLanes64 = lanesRoutines[float64]{lanes: 16, train: neonLanesTrain64, score: neonLanesScore64}
)

// neonLanesTrain32 is lanesRoutines.train.
//
//go:noescape
func neonLanesTrain32(s *lanesState[float32], x *float32, n int) int

// neonLanesScore32 is lanesRoutines.score.
//
//go:noescape
func neonLanesScore32(s *lanesState[float32], x *float32, n int) int

// neonLanesTrain64 is lanesRoutines.train.
//
//go:noescape
func neonLanesTrain64(s *lanesState[float64], x *float64, n int) int

// neonLanesScore64 is lanesRoutines.score.
//
//go:noescape
func neonLanesScore64(s *lanesState[float64], x *float64, n int) int
