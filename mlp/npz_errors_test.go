package mlp

import (
	"archive/zip"
	"bytes"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/samebits/samebits/kernel"
)

func TestLoadErrors(t *testing.T) {
	f := fitting()
	good := f.pack(zip.Store)
	damaged := bytes.Clone(good)
	damaged[bytes.LastIndex(damaged, []byte("\x2c\x40"))]++ // the last bias, 14
	nan, inf := math.NaN(), math.Inf(-1)
	for _, try := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "not an npz file: zip: not a valid zip file"},
		{"cut", good[:len(good)-30], "not an npz file: "},
		{"an array alone", []byte(described("{}")), "not an npz file: "},
		{"no arrays", arrays{}.pack(zip.Store), "0 arrays are called W0, want one; there are: none"},
		{"weights missing", arrays(f[:4]).pack(zip.Store), "0 arrays are called W1, want one; there are: \"W0.npy\", \"b0.npy\""},
		{"biases missing", arrays(f[:6]).pack(zip.Store), "0 arrays are called b1, want one; there are: "},
		{"weights twice", append(f, "W1", f[1]).pack(zip.Store), "2 arrays are called W1, want one; there are: "},
		{"a layer too many", f.with("W2.npy", f[5]).pack(zip.Store), `array "W2" does not belong to the network, which has W0 to W1 and b0 to b1`},
		{"biases too many", f.with("b2.npy", f[7]).pack(zip.Store), `array "b2" does not belong`},
		{"another name", f.with("w0.npy", f[1]).pack(zip.Store), `array "w0" does not belong`},
		{"a number written otherwise", f.with("W00.npy", f[1]).pack(zip.Store), `array "W00" does not belong`},
		{"transposed", f.with("W0.npy", [3][2]float64{}).pack(zip.Store), "W0.npy: byte 80: shape [3 2], want [2 3]"},
		{"fewer outputs", f.with("W1.npy", [1][2]float64{}).pack(zip.Store), "W1.npy: byte 80: shape [1 2], want [2 2]"},
		{"three dimensions", f.with("W1.npy", [2][2][1]float64{}).pack(zip.Store), "W1.npy: byte 86: shape [2 2 1], want [2 2]"},
		{"one dimension", f.with("W1.npy", [4]float64{}).pack(zip.Store), "W1.npy: byte 76: shape [4], want [2 2]"},
		{"a number alone", f.with("W1.npy", float64(1)).pack(zip.Store), "W1.npy: byte 72: shape [], want [2 2]"},
		{"biases in a column", f.with("b1.npy", [2][1]float64{}).pack(zip.Store), "b1.npy: byte 80: shape [2 1], want [2]"},
		{"a bias too many", f.with("b1.npy", [3]float64{}).pack(zip.Store), "b1.npy: byte 76: shape [3], want [2]"},
		{"no biases", f.with("b1.npy", described("{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }")).pack(zip.Store), "b1.npy: byte 68: shape [0], want [2]"},
		{"not an array", f.with("b1.npy", "text").pack(zip.Store), "b1.npy: byte 4: the header ends here"},
		{"complex numbers", f.with("b1.npy", [2]complex64{}).pack(zip.Store), "b1.npy: byte 76: type '<c8': want float32, float64 or integers"},
		{"values missing", f.with("W0.npy", described("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }")).pack(zip.Store), "W0.npy: byte 76: the data end here, want 82 bytes"},
		{"values left over", f.with("b1.npy", described("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }")).pack(zip.Store), "b1.npy: byte 72: data left over after the last value"},
		{"a checksum", damaged, "b1.npy: byte 92: zip: checksum error"},
		{"NaN", f.with("W1.npy", [2][2]float64{{0, 1}, {nan, 2}}).pack(zip.Store), "W1.npy: byte 96: NaN, want a finite number"},
		{"infinity", f.with("b1.npy", []float32{0, float32(inf)}).pack(zip.Store), "b1.npy: byte 80: -Inf, want a finite number"},
		{"an immense integer", f.with("b1.npy", []int64{0, 1<<53 + 1}).pack(zip.Store), "b1.npy: byte 84: an integer beyond 2^53"},
	} {
		t.Run(try.name, func(t *testing.T) { refuses(t, target(true), try.file, try.want) })
	}
	t.Run("biases not wanted", func(t *testing.T) {
		refuses(t, target(false), good, `array "b0" does not belong to the network, which has W0 to W1, and no biases`)
	})
	t.Run("a negative size", func(t *testing.T) {
		n := newNetwork[float64](t, target(true), "generic", seeded(1))
		if err := n.Load(bytes.NewReader(good), -1); err == nil {
			t.Error("no error")
		}
	})
}

// refuses fails the test unless Load fails and leaves the network as it was.
func refuses(t *testing.T, c Config, file []byte, want string) {
	t.Helper()
	n := newNetwork[float64](t, c, "generic", seeded(1))
	before := parameters(n)
	err := loadBytes(n, file)
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	sameBits(t, "afterwards", parameters(n), before)
}

// allocated returns the bytes that f allocates, those let go again counted too.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// TestLoadMemory loads some megabytes, and files that claim or unpack to more than they hold.
func TestLoadMemory(t *testing.T) {
	const units, slack = 700, 512 << 10
	const own = 4 * units * units
	c := Config{Layers: []int{units, units}, Activations: []kernel.Activation{kernel.Sigmoid}}
	n := newNetwork[float32](t, c, "generic", seeded(1))
	same := save(t, n)
	wide := arrays{"W0.npy", make([][units]float64, units)}.pack(zip.Deflate)
	long := arrays{"W0.npy", make([][units]float64, 16*units)}.pack(zip.Deflate)
	claim := arrays{"W0.npy", described("{'descr': '<f8', 'fortran_order': False, 'shape': (700, 700), }")}.pack(zip.Deflate)
	behind := arrays{"W0.npy", described("{'descr': '|u1', 'fortran_order': False, 'shape': (700, 700), }") + strings.Repeat("\x00", 8<<20)}.pack(zip.Deflate)
	for _, try := range []struct {
		name  string
		file  []byte
		limit int
		fails string
	}{
		{"float32", same, 2 * own, ""},
		{"float64", wide, 3 * own, ""},
		{"another shape", long, 0, "W0.npy: byte 92: shape [11200 700], want [700 700]"},
		{"a claim", claim, 0, "W0.npy: byte 80: the data end here, want 3920074 bytes"},
		{"8 MB behind", behind, own / 4, "W0.npy: byte 490074: data left over"},
	} {
		var err error
		got := allocated(func() { err = loadBytes(n, try.file) })
		if try.fails == "" && err != nil || try.fails != "" && (err == nil || !strings.HasPrefix(err.Error(), try.fails)) {
			t.Errorf("%s: got %v, want %q", try.name, err, try.fails)
		}
		t.Logf("%s: %d bytes for a network of %d and a file of %d", try.name, got, own, len(try.file))
		if got > try.limit+slack {
			t.Errorf("%s: allocated %d bytes, want %d at most", try.name, got, try.limit+slack)
		}
	}
}
