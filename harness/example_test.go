package harness_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/samebits/samebits/harness"
)

// spoken is a test that speaks: an example has no *testing.T of its own.
type spoken struct {
	testing.TB
	failed bool
}

func (s *spoken) Helper()                  {}
func (s *spoken) Context() context.Context { return context.Background() }
func (s *spoken) Failed() bool             { return s.failed }

func (s *spoken) Errorf(format string, args ...any) {
	s.failed = true
	fmt.Printf(format+"\n", args...)
}

func ExampleGolden() {
	// In a package of one's own this is the whole test:
	//
	//	func TestClouds(t *testing.T) { harness.Golden(t, "testdata/clouds.toml") }
	t := &spoken{}
	harness.Golden(t, "testdata/clouds.toml")
	fmt.Println("failed:", t.Failed())
	// Output: failed: false
}
