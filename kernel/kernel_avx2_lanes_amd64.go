//go:build !purego

package kernel

// Many networks side by side: rows of 8 vectors, of which 4 are worked on at a time. One sigmoid waits for its own results
// most of the time; four keep both units busy.
var (
	avx2Lanes32 = lanesRoutines[float32]{64, avx2LanesTrain32, avx2LanesScore32, amd64LanesPick32}
	avx2Lanes64 = lanesRoutines[float64]{32, avx2LanesTrain64, avx2LanesScore64, amd64LanesPick64}
)

// avx2LanesTrain64 is train of lanesRoutines.
//
//go:noescape
func avx2LanesTrain64(s *lanesState[float64], x *float64, n int) (done int)

// avx2LanesScore64 is score of lanesRoutines.
//
//go:noescape
func avx2LanesScore64(s *lanesState[float64], x *float64, n int) (done int)

// avx2LanesTrain32 is train of lanesRoutines.
//
//go:noescape
func avx2LanesTrain32(s *lanesState[float32], x *float32, n int) (done int)

// avx2LanesScore32 is score of lanesRoutines.
//
//go:noescape
func avx2LanesScore32(s *lanesState[float32], x *float32, n int) (done int)
