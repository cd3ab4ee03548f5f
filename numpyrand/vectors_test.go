package numpyrand

import (
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"

	"github.com/sbinet/npyio/npz"
)

// A drawing is what NumPy drew with some arguments from a seed, and the word after it,
// which tells how many words the draws took.
type drawing[T any] struct {
	Seed   uint32
	Args   []T
	Values []T
	Next   uint32
}

type decomposition struct{ Cov, S, V []float64 }

// vectors is testdata/vectors.json.
type vectors struct {
	Seeding []struct {
		Seed  []uint32
		List  bool // seeded by a list, not an integer
		At    []int
		Words []uint32
	}
	RandomSample []drawing[float64] `json:"random_sample"`
	Uniform      []drawing[float64]
	Normal       []drawing[float64]
	Randint      []drawing[int64]
	Shuffle      []struct {
		Seed   uint32
		N      int
		Values []int
		Next   uint32
	}
	State struct {
		Seed                  uint32
		Normals, AfterNormals int
		Key                   [624]uint32
		Pos                   int
		HasGauss              bool
		Gauss                 float64
		After                 []float64 // the last of AfterNormals normals
		Next                  uint32
	}
	Multivariate []struct {
		Seed              uint32
		Mean, Cov, Values []float64
		Normal            float64 // the next standard normal
		Next              uint32
	}
	Decomposition []decomposition
}

var numpy = sync.OnceValue(func() *vectors {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		panic(err)
	}
	v := new(vectors)
	if err := json.Unmarshal(text, v); err != nil {
		panic(err)
	}
	return v
})

// notebook is testdata/notebook.npz: the tutorial's draws from seed 104729.
type notebook struct {
	normals, x, weights []float64
	index               []int64
}

func readNotebook(t *testing.T) (n notebook) {
	t.Helper()
	f, err := npz.Open("testdata/notebook.npz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, to := range map[string]any{"standard_normal": &n.normals, "X": &n.x, "weights": &n.weights, "index": &n.index} {
		if err := f.Read(name+".npy", to); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// ulps is the number of float64 values from a to b, both positive or both negative.
func ulps(a, b float64) int64 {
	d := int64(math.Float64bits(a)) - int64(math.Float64bits(b))
	return max(d, -d)
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
