package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestMNIST compares MNIST's test images with NumPy's sums. They are not part of this package: SAMEBITS_DATA names the
// folder that holds them.
func TestMNIST(t *testing.T) {
	dir := os.Getenv("SAMEBITS_DATA")
	if dir == "" {
		t.Skip("SAMEBITS_DATA is not set: it names the folder of MNIST's files")
	}
	files := []string{"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}
	for i, sum := range []string{
		"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
		"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
	} {
		files[i] = filepath.Join(dir, files[i])
		data, err := os.ReadFile(files[i])
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
			t.Fatalf("%s is another file: its SHA-256 is %x", files[i], got)
		}
	}
	s, err := ReadFiles(CSV{}, files...)
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 10000 || s.Features != 784 || s.Classes != 10 || !slices.Equal(s.Label[:5], []int{7, 2, 1, 0, 4}) {
		t.Fatalf("%d samples of %d features in %d classes, labels %v ...", s.Len(), s.Features, s.Classes, s.Label[:5])
	}
	sum, weighted := int64(0), int64(0)
	for i, v := range s.X {
		sum += int64(v)
		weighted += int64(v) * int64(i%784)
	}
	if sum != 264923200 || weighted != 107525244191 {
		t.Errorf("the pixels' sum is %d, weighted with their place %d", sum, weighted)
	}
	if n := counts(s); !slices.Equal(n, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}) {
		t.Errorf("samples of each class: %d", n)
	}
}
