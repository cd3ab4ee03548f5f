package mlp

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sbinet/npyio/npy"

	"github.com/samebits/samebits/kernel"
)

func save[T kernel.Float](t testing.TB, n *Network[T]) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := n.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func loadBytes[T kernel.Float](n *Network[T], file []byte) error {
	return n.Load(bytes.NewReader(file), int64(len(file)))
}

// saved describes the networks that are saved: with and without biases, with rows of which some need zeros at their ends.
func saved() []Config {
	sigmoid := []kernel.Activation{kernel.Sigmoid}
	return []Config{
		{Layers: []int{3, 2}, Activations: sigmoid},
		{Layers: []int{5, 17, 1, 33}, Activations: sigmoid, Bias: true},
		{Layers: []int{1, 1}, Activations: sigmoid, Bias: true},
	}
}

// TestSave saves and loads. The file is the same whatever the kernel, and so is what a loaded network computes.
func TestSave(t *testing.T) {
	eachKernel(t, func(t *testing.T, name string) {
		t.Run("type=float32", func(t *testing.T) {
			saveAndLoad[float32](t, name, "02f97d6cd8fde2eca483f032ea9a02246cd3f836557b6360deb60d85f43708e3")
		})
		t.Run("type=float64", func(t *testing.T) {
			saveAndLoad[float64](t, name, "8e8a966c7bda6bea9cd0adab4ddfb5f5a01131b8448a96e6296ac9841ea78822")
		})
	})
}

func saveAndLoad[T kernel.Float](t *testing.T, name, digest string) {
	h := sha256.New()
	for i, c := range saved() {
		n := newNetwork[T](t, c, name, seeded(uint64(i)))
		w := n.Weights(0)
		copy(w, []T{T(math.Copysign(0, -1)), math.SmallestNonzeroFloat32})
		if err := n.SetWeights(0, w); err != nil {
			t.Fatal(err)
		}
		file := save(t, n)
		h.Write(file)

		other := newNetwork[T](t, c, "generic", seeded(9))
		x := draw[T](seeded(2), 40*other.Inputs(), 1)
		want, got := make([]T, 40*other.Outputs()), make([]T, 40*other.Outputs())
		if err := errors.Join(n.Predict(want, x, 1), other.Predict(got, x, 1)); err != nil {
			t.Fatal(err)
		}
		if err := loadBytes(other, file); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "loaded", parameters(other), parameters(n))
		if err := other.Predict(got, x, 1); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "predictions", [][]T{got}, [][]T{want})
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != digest {
		t.Errorf("files of other bytes: SHA-256 %s, want %s", got, digest)
	}
}

// TestSaveError writes where there is no room, wherever it ends.
func TestSaveError(t *testing.T) {
	n := newNetwork[float64](t, saved()[1], "generic", seeded(1))
	full := errors.New("full")
	whole := len(save(t, n))
	for room := 0; room < whole; room += 13 {
		if err := n.Save(&narrowDisk{room, full}); !errors.Is(err, full) {
			t.Fatalf("room for %d of %d bytes: got %v", room, whole, err)
		}
	}
}

type narrowDisk struct {
	room int
	full error
}

func (d *narrowDisk) Write(p []byte) (int, error) {
	if len(p) > d.room {
		return 0, d.full
	}
	d.room -= len(p)
	return len(p), nil
}

// TestSaveNumPy has NumPy read a file.
func TestSaveNumPy(t *testing.T) {
	python := pythonWithNumPy(t)
	t.Run("type=float32", func(t *testing.T) { readByNumPy[float32](t, python, "<f4") })
	t.Run("type=float64", func(t *testing.T) { readByNumPy[float64](t, python, "<f8") })
}

func readByNumPy[T kernel.Float](t *testing.T, python, dtype string) {
	c := Config{Layers: []int{3, 17, 1}, Activations: []kernel.Activation{kernel.Tanh}, Bias: true}
	n := newNetwork[T](t, c, "generic", seeded(3))
	path := filepath.Join(t.TempDir(), "weights.npz")
	if err := os.WriteFile(path, save(t, n), 0o666); err != nil {
		t.Fatal(err)
	}
	const program = `import numpy, sys
f = numpy.load(sys.argv[1], allow_pickle=False)
for k in f.files:
    print(k, f[k].dtype.str, f[k].shape, f[k].tobytes().hex())
`
	out, err := exec.Command(python, "-c", program, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var want strings.Builder
	for i, a := range []string{"W0 %s (17, 3) %x\n", "b0 %s (17,) %x\n", "W1 %s (1, 17) %x\n", "b1 %s (1,) %x\n"} {
		b, err := binary.Append(nil, binary.LittleEndian, parameters(n)[i])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&want, a, dtype, b)
	}
	if d := cmp.Diff(want.String(), string(out)); d != "" {
		t.Errorf("(-want +NumPy)\n%s", d)
	}
}

func pythonWithNumPy(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			return name
		}
	}
	t.Skip("no python3 with NumPy: that NumPy reads what Save writes is NOT checked")
	return ""
}

// TestLoadNumPy loads a file that testdata/weights.py wrote.
func TestLoadNumPy(t *testing.T) {
	t.Run("type=float32", loadNumPy[float32])
	t.Run("type=float64", loadNumPy[float64])
}

func loadNumPy[T kernel.Float](t *testing.T) {
	file, err := os.ReadFile("testdata/weights.npz")
	if err != nil {
		t.Fatal(err)
	}
	eachKernel(t, func(t *testing.T, name string) {
		n := newNetwork[T](t, target(true), name, seeded(1))
		if err := loadBytes(n, file); err != nil {
			t.Fatal(err)
		}
		third := func(k float64) T { return T(k/3 - 1) }
		sameBits(t, "loaded", parameters(n), [][]T{
			{third(0), third(1), third(2), third(3), third(4), third(5)}, {0.125, T(math.Copysign(0, -1))},
			{-1, 2, -3, 4}, {T(0.1), T(-1e-30)},
		})
	})
}

// target describes the network of testdata/weights.npz.
func target(bias bool) Config {
	return Config{Layers: []int{3, 2, 2}, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: bias}
}

// arrays is an .npz file in the making: names and what npyio writes for the values, or bytes as they are.
type arrays []any

func (a arrays) pack(method uint16) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(a); i += 2 {
		f, err := z.CreateHeader(&zip.FileHeader{Name: a[i].(string), Method: method})
		if err != nil {
			panic(err)
		}
		if raw, ok := a[i+1].(string); ok {
			f.Write([]byte(raw))
		} else if err := npy.Write(f, a[i+1]); err != nil {
			panic(err)
		}
	}
	z.Close()
	return b.Bytes()
}

// with returns the arrays with another value for one of them, which is added if it is not there.
func (a arrays) with(name string, v any) arrays {
	a = slices.Clone(a)
	for i := 0; i < len(a); i += 2 {
		if a[i] == name {
			a[i+1] = v
			return a
		}
	}
	return append(a, name, v)
}

func fitting() arrays {
	return arrays{
		"W0.npy", [2][3]float64{{1, 2, 3}, {4, 5, 6}}, "b0.npy", []float64{7, 8},
		"W1.npy", [2][2]float64{{9, 10}, {11, 12}}, "b1.npy", []float64{13, 14},
	}
}

// described is an array of 6 bytes with a header as given.
func described(dict string) string {
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(dict) + 1), 0}) + dict + "\n" + "\x01\x02\x03\x04\x05\x06"
}

func TestLoad(t *testing.T) {
	want := [][]float32{{1, 2, 3, 4, 5, 6}, {7, 8}, {9, 10, 11, 12}, {13, 14}}
	f := fitting()
	for name, file := range map[string][]byte{
		"stored":            f.pack(zip.Store),
		"packed":            f.pack(zip.Deflate),
		"float32":           f.with("W1.npy", [2][2]float32{{9, 10}, {11, 12}}).pack(zip.Store),
		"in another order":  slices.Concat(f[4:], f[:4]).pack(zip.Store),
		"names without npy": arrays{"W0", f[1], "b0", f[3], "W1", f[5], "b1", f[7]}.pack(zip.Store),
		"by columns":        f.with("W0.npy", described("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }")).pack(zip.Store),
	} {
		n := newNetwork[float32](t, target(true), "generic", seeded(1))
		if err := loadBytes(n, file); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name == "by columns" {
			want[0] = []float32{1, 3, 5, 2, 4, 6}
		} else {
			want[0] = []float32{1, 2, 3, 4, 5, 6}
		}
		sameBits(t, name, parameters(n), want)
	}
}

// TestLoadRounds loads float64 into float32: ties go to even, and what is nearest to no float32 is refused.
func TestLoadRounds(t *testing.T) {
	n := newNetwork[float32](t, Config{Layers: []int{1, 6}, Activations: []kernel.Activation{kernel.Sigmoid}}, "generic", seeded(1))
	w := [6][1]float64{{1 + 0x1p-24}, {1 + 0x3p-24}, {1 + 0x1p-24 + 0x1p-52}, {0x1p-150}, {0x1.8p-149}, {0x1.fffffefffffffp+127}}
	if err := loadBytes(n, arrays{"W0.npy", w}.pack(zip.Store)); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "rounded", parameters(n), [][]float32{{1, 1 + 0x1p-22, 1 + 0x1p-23, 0, 0x1p-148, math.MaxFloat32}, {}})
	w[5][0] = 0x1.ffffffp+127
	err := loadBytes(n, arrays{"W0.npy", w}.pack(zip.Store))
	if want := "W0.npy: byte 120: 3.4028235677973366e+38 is too large for float32"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
