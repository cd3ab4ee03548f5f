package numpyrand

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/samebits/samebits/kernel"
)

// Errors of seeding and of restoring a state.
var (
	ErrSeed  = errors.New("numpyrand: empty seed sequence")
	ErrState = errors.New("numpyrand: not a state of the generator")
)

// A RandomState is one stream of random numbers. Its zero value is seeded with 5489,
// as the Twister's authors do. A copy goes on by itself from where the original stood.
// It must not be used by two goroutines at once.
type RandomState struct {
	key      [stateWords]uint32 // the Twister's state
	out      [stateWords]uint32 // key tempered: the words to hand out
	kernel   *kernel.Random     // that computes, or nil for the default
	left     int                // how many of out, at its end, are still to be drawn
	seeded   bool
	hasGauss bool
	gauss    float64 // the second normal of a pair, if hasGauss
}

// New returns the stream of numpy.random.RandomState(seed).
func New(seed uint32) *RandomState {
	r := new(RandomState)
	r.Seed(seed)
	return r
}

// NewArray returns the stream of numpy.random.RandomState(key) for a sequence of
// integers, of any length but none. NumPy takes a sequence of one integer as a
// sequence too: its stream is not that of the integer alone.
func NewArray(key []uint32) (*RandomState, error) {
	if len(key) == 0 {
		return nil, ErrSeed
	}
	r := &RandomState{seeded: true}
	seedWords(&r.key, key)
	return r, nil
}

// Seed starts the stream again from seed. A normal kept for the next call is dropped.
func (r *RandomState) Seed(seed uint32) {
	seedWord(&r.key, seed)
	r.restart()
}

// SeedAll seeds stream i from seeds[i], as [RandomState.Seed] does, several at once. It
// panics if there are not as many of the one as of the other.
func SeedAll(streams []*RandomState, seeds []uint32) {
	if len(streams) != len(seeds) {
		panic(badSeeds)
	}
	for ; len(streams) >= 4; streams, seeds = streams[4:], seeds[4:] {
		a, b, c, d := streams[0], streams[1], streams[2], streams[3]
		seedFour(&a.key, &b.key, &c.key, &d.key, [4]uint32(seeds))
		for _, r := range streams[:4] {
			r.restart()
		}
	}
	for i, r := range streams {
		r.Seed(seeds[i])
	}
}

// restart says that the state is a new one.
func (r *RandomState) restart() {
	r.left = 0
	r.seeded = true
	r.hasGauss, r.gauss = false, 0
}

// SetKernel chooses the row of package kernel that computes the stream, which does not
// depend on it. Else it is the one that [kernel.Default] names, or the fastest if that
// fails. It is an error if this machine has no row of that name.
func (r *RandomState) SetKernel(name string) error {
	row, err := kernel.GetRandom(name)
	if err == nil {
		r.kernel = row
	}
	return err
}

// row returns what computes the stream.
func (r *RandomState) row() *kernel.Random {
	if r.kernel != nil {
		return r.kernel
	}
	return defaultRow()
}

var defaultRow = sync.OnceValue(func() *kernel.Random {
	name, _ := kernel.Default()
	row, err := kernel.GetRandom(name)
	if err != nil {
		panic(err)
	}
	return row
})

// ready seeds a zero value.
func (r *RandomState) ready() {
	if !r.seeded {
		r.Seed(defaultSeed)
	}
}

// A State is a place in a stream, field for field as numpy.random.RandomState's
// get_state and set_state have it.
type State struct {
	Key      [624]uint32
	Pos      int     // words of Key already drawn, 0 to 624
	HasGauss bool    // a normal is kept for the next call
	Gauss    float64 // that normal, else 0
}

// State returns the place where the stream stands.
func (r *RandomState) State() State {
	r.ready()
	return State{Key: r.key, Pos: stateWords - r.left, HasGauss: r.hasGauss, Gauss: r.gauss}
}

// SetState moves the stream to s. It fails with [ErrState], and leaves the stream where
// it was, if Pos is not in 0 to 624, if Key is one from which only zeros follow, or if
// Gauss is not finite, or not zero without HasGauss.
func (r *RandomState) SetState(s State) error {
	if err := s.check(); err != nil {
		return err
	}
	r.key = s.Key
	kernel.Temper(&r.key, &r.out)
	r.left = stateWords - s.Pos
	r.seeded = true
	r.hasGauss, r.gauss = s.HasGauss, s.Gauss
	return nil
}

func (s *State) check() error {
	switch {
	case s.Pos < 0 || s.Pos > stateWords:
		return fmt.Errorf("%w: position %d, want 0 to %d", ErrState, s.Pos, stateWords)
	case s.stuck():
		return fmt.Errorf("%w: key gives zeros only", ErrState)
	case math.IsNaN(s.Gauss) || math.IsInf(s.Gauss, 0):
		return fmt.Errorf("%w: kept normal is %v", ErrState, s.Gauss)
	case !s.HasGauss && s.Gauss != 0:
		return fmt.Errorf("%w: kept normal is %v but marked absent", ErrState, s.Gauss)
	}
	return nil
}

// stuck reports a state of zeros. The lower bits of the first word are not part of
// the state: the next twist does not read them.
func (s *State) stuck() bool {
	if s.Key[0]&upperBit != 0 {
		return false
	}
	for _, k := range s.Key[1:] {
		if k != 0 {
			return false
		}
	}
	return true
}
