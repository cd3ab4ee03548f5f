package numpyrand

import (
	"errors"
	"math"
	"testing"
)

func TestSeedingAsNumPy(t *testing.T) {
	for _, c := range numpy().Seeding {
		r := New(0)
		r.StandardNormal() // seeding must drop the kept normal
		r.Seed(c.Seed[0])
		if c.List {
			var err error
			if r, err = NewArray(c.Seed); err != nil {
				t.Fatal(err)
			}
		}
		if s := r.State(); c.List && s.Key[0] != 1<<31 {
			t.Errorf("seed %v: first word of the state is %d", c.Seed, s.Key[0]) // only its top bit counts
		}
		if r.State().HasGauss {
			t.Errorf("seed %v: a normal is left from before", c.Seed[0])
		}
		var word uint32
		drawn := 0
		for i, at := range c.At {
			for ; drawn <= at; drawn++ {
				word = r.Uint32()
			}
			if word != c.Words[i] {
				t.Fatalf("seed %v: word %d is %d, NumPy has %d", c.Seed[0], at, word, c.Words[i])
			}
		}
	}
}

func TestNewIsSeed(t *testing.T) {
	r := New(1)
	r.Seed(104729)
	if *r != *New(104729) {
		t.Error("New and Seed differ")
	}
}

func TestNewArrayEmpty(t *testing.T) {
	for _, key := range [][]uint32{nil, {}} {
		if r, err := NewArray(key); r != nil || !errors.Is(err, ErrSeed) {
			t.Errorf("NewArray(%v) = %v, %v", key, r, err)
		}
	}
}

// The C++ standard fixes the 10000th word of mt19937 with its default seed, 5489.
func TestZeroValue(t *testing.T) {
	var r RandomState
	for range 9999 {
		r.Uint32()
	}
	if got := r.Uint32(); got != 4123659995 {
		t.Errorf("word 10000 of the zero value is %d, want 4123659995", got)
	}
	var s RandomState
	if s.State() != New(5489).State() {
		t.Error("the state of the zero value is not that of seed 5489")
	}
}

func TestStateAsNumPy(t *testing.T) {
	c := numpy().State
	r := New(c.Seed)
	for range c.Normals {
		r.StandardNormal()
	}
	s := r.State()
	if s.Key != c.Key || s.Pos != c.Pos || s.HasGauss != c.HasGauss || ulps(s.Gauss, c.Gauss) > 1 {
		t.Errorf("after %d normals: position %d, kept %v %v; NumPy has %d, %v %v", c.Normals,
			s.Pos, s.HasGauss, s.Gauss, c.Pos, c.HasGauss, c.Gauss)
	}
}

func TestSetStateOfNumPy(t *testing.T) {
	c := numpy().State
	r := New(99)
	r.StandardNormal()
	if err := r.SetState(State{c.Key, c.Pos, c.HasGauss, c.Gauss}); err != nil {
		t.Fatal(err)
	}
	if got := r.StandardNormal(); !sameBits(got, c.Gauss) {
		t.Errorf("first normal %v, want the kept %v", got, c.Gauss)
	}
	for range c.AfterNormals - len(c.After) - 1 {
		r.StandardNormal()
	}
	for i, want := range c.After {
		if got := r.StandardNormal(); ulps(got, want) > 1 {
			t.Errorf("normal %d of the last is %v, NumPy has %v", i, got, want)
		}
	}
	if got := r.Uint32(); got != c.Next {
		t.Errorf("word after them is %d, NumPy has %d", got, c.Next)
	}
}

// A stream taken up from its state goes on as if it had not been left, wherever that was.
func TestStateRoundTrip(t *testing.T) {
	r := New(7)
	for range 1300 {
		r.Uint32()
		if r.State().Pos%3 == 0 {
			r.StandardNormal()
		}
		saved := r.State()
		var s RandomState
		if err := s.SetState(saved); err != nil {
			t.Fatal(err)
		}
		if s.State() != saved {
			t.Fatalf("position %d: state changed on restoring", saved.Pos)
		}
		copied := *r
		for range 3 {
			if a, b := copied.StandardNormal(), s.StandardNormal(); !sameBits(a, b) {
				t.Fatalf("position %d: restored stream gives %v, want %v", saved.Pos, b, a)
			}
		}
	}
}

func TestSetStateRefuses(t *testing.T) {
	good := New(3).State()
	bad := map[string]func(s *State){
		"position below":  func(s *State) { s.Pos = -1 },
		"position beyond": func(s *State) { s.Pos = 625 },
		"zero key":        func(s *State) { s.Key = [624]uint32{} },
		"dead bits only":  func(s *State) { s.Key = [624]uint32{math.MaxInt32} },
		"NaN":             func(s *State) { s.HasGauss, s.Gauss = true, math.NaN() },
		"infinity":        func(s *State) { s.HasGauss, s.Gauss = true, math.Inf(-1) },
		"absent normal":   func(s *State) { s.Gauss = 0.5 },
	}
	for name, spoil := range bad {
		s := good
		spoil(&s)
		r := New(5)
		if err := r.SetState(s); !errors.Is(err, ErrState) {
			t.Errorf("%s: error %v", name, err)
		}
		if *r != *New(5) {
			t.Errorf("%s: the stream has moved", name)
		}
	}
	lone := State{Key: [624]uint32{1 << 31}, Pos: 624}
	if err := new(RandomState).SetState(lone); err != nil {
		t.Errorf("a key with one live bit: %v", err)
	}
}
