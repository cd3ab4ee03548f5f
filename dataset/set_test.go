package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"math"
	"os"
	"slices"
	"testing"
)

// TestMain makes the property tests draw the same values every time.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.seed", "104729"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestDigest(t *testing.T) {
	s := &Set{Features: 2, Classes: 3, X: []float64{1, -2, 0.5, 0, 1e300, 7}, Label: []int{0, 2, 1}}
	// Written out by hand: 1, -2, 0.5, 0, 1e300 and 7, then the labels.
	text := "samebits data 3 samples 2 features 3 classes\n" +
		"\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x00\xc0" + "\x00\x00\x00\x00\x00\x00\xe0\x3f" +
		"\x00\x00\x00\x00\x00\x00\x00\x00" + "\x9c\x75\x00\x88\x3c\xe4\x37\x7e" + "\x00\x00\x00\x00\x00\x00\x1c\x40" +
		"\x00\x00\x00\x00\x00\x00\x00\x00" + "\x02\x00\x00\x00\x00\x00\x00\x00" + "\x01\x00\x00\x00\x00\x00\x00\x00"
	sum := sha256.Sum256([]byte(text))
	want := "sha256:" + hex.EncodeToString(sum[:])
	if got := s.Digest(); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}

	copied := func() *Set {
		return &Set{s.Features, s.Classes, slices.Clone(s.X), slices.Clone(s.Label)}
	}
	if copied().Digest() != want {
		t.Error("a copy has another digest")
	}
	seen := map[string]string{want: "the set itself"}
	differs := func(what string, change func(c *Set)) {
		c := copied()
		change(c)
		d := c.Digest()
		if other, again := seen[d]; again {
			t.Errorf("%s: the digest is that of %s", what, other)
		}
		seen[d] = what
	}
	for i := range s.X {
		differs("next value", func(c *Set) { c.X[i] = math.Nextafter(c.X[i], 9) })
	}
	differs("-0", func(c *Set) { c.X[3] = math.Copysign(0, -1) })
	for i := range s.Label {
		differs("another label", func(c *Set) { c.Label[i] += 10 })
	}
	differs("samples in another order", func(c *Set) {
		c.X = []float64{0.5, 0, 1, -2, 1e300, 7}
		c.Label = []int{2, 0, 1}
	})
	differs("labels in another order", func(c *Set) { c.Label = []int{2, 0, 1} })
	differs("more classes", func(c *Set) { c.Classes++ })
	differs("another shape", func(c *Set) { c.Features = 1; c.X = c.X[:3] })
	differs("values as features of fewer samples", func(c *Set) { c.Features = 3; c.Label = c.Label[:2] })
	differs("fewer samples", func(c *Set) { c.X, c.Label = c.X[:4], c.Label[:2] })
	differs("nothing", func(c *Set) { c.X, c.Label = nil, nil })
}

// TestSample changes a sample, which is a part of X but cannot grow into the next.
func TestSample(t *testing.T) {
	s := &Set{Features: 2, Classes: 1, X: []float64{1, 2, 3, 4}, Label: []int{0, 0}}
	row := s.Sample(0)
	row[1] = 9
	_ = append(row, 7)
	if !slices.Equal(s.X, []float64{1, 9, 3, 4}) || !slices.Equal(s.Sample(1), []float64{3, 4}) {
		t.Errorf("X is %v, sample 1 %v", s.X, s.Sample(1))
	}
}
