package mlp

import (
	"archive/zip"
	"os"
	"testing"

	"github.com/samebits/samebits/kernel"
)

// FuzzLoad loads anything, and then a file that would fit but for one array.
func FuzzLoad(f *testing.F) {
	numpys, err := os.ReadFile("testdata/weights.npz")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(numpys, "W1.npy", []byte(described("{'descr': '|i1', 'fortran_order': True, 'shape': (3, 2), }")))
	f.Add(fitting().pack(zip.Store), "W0.npy", []byte(described("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }")))
	f.Add(fitting().with("W0.npy", "").pack(zip.Store), "b1.npy", []byte(described("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }")+"1234567890"))
	f.Add([]byte("PK"), "b2", []byte{})
	f.Fuzz(func(t *testing.T, file []byte, name string, array []byte) {
		loadSoundly[float32](t, file)
		loadSoundly[float64](t, file)
		if len(name) < 1<<16 { // which is what a zip file can hold
			loadSoundly[float32](t, fitting().with(name, string(array)).pack(zip.Deflate))
		}
	})
}

// loadSoundly loads a file. The network is afterwards what the file says, and finite, or what it was.
func loadSoundly[T kernel.Float](t *testing.T, file []byte) {
	n := newNetwork[T](t, target(true), "generic", seeded(1))
	before := parameters(n)
	var err error
	got := allocated(func() { err = loadBytes(n, file) })
	if limit := 64*len(file) + 1<<20; got > limit {
		t.Errorf("a file of %d bytes made it allocate %d", len(file), got)
	}
	if err != nil {
		sameBits(t, "after an error", parameters(n), before)
		return
	}
	for _, p := range parameters(n) {
		if !kernel.Finite(p) {
			t.Errorf("loaded %v", p)
		}
	}
	again := newNetwork[T](t, target(true), "generic", seeded(2))
	if err := loadBytes(again, save(t, n)); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "saved and loaded again", parameters(again), parameters(n))
}
