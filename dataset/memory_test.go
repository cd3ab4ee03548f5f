package dataset

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"runtime"
	"strings"
	"testing"
)

// buffers is what reading takes besides the data: buffers, gzip's window, the last block's room to spare.
const buffers = 256 << 10

// allocated returns the bytes that read allocates. All of them together are never less than the peak, whatever the garbage
// collector does.
func allocated(read func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// TestMemory reads sets of some megabytes. Even what was allocated and let go again counts.
func TestMemory(t *testing.T) {
	const n, features = 6000, 100 // 4.8 MB of values
	pixels := make([]uint8, n*features)
	wide := make([]float64, n*features)
	for i := range pixels {
		pixels[i] = uint8(i * i >> 4)
		wide[i] = float64(i) / 3
	}
	y := idx(0x08, make([]uint8, n), n)
	images, images8 := idx(0x08, pixels, n, features), idx(0x0E, wide, n, features)
	imagesGz := zipped(string(images))
	table := writeCSV(&Set{Features: features, X: wide, Label: make([]int, n)}, false)
	npy8 := header("{'descr': '<f8', 'fortran_order': True, 'shape': (6000, 100), }", string(make([]byte, 8*n*features)))
	npyY := header("{'descr': '|u1', 'fortran_order': False, 'shape': (6000,), }", string(make([]byte, n)))
	packed := npzFile(zip.Deflate, "x.npy", string(npy8), "y.npy", string(npyY))
	for _, try := range []struct {
		name  string
		read  func() (*Set, error)
		times float64 // the set's own memory
	}{
		{"IDX of bytes", func() (*Set, error) { return ReadIDX("x", bytes.NewReader(images), "y", bytes.NewReader(y)) }, 1.125},
		{"IDX of bytes, gzipped", func() (*Set, error) {
			return ReadIDX("x", bytes.NewReader(imagesGz), "y", bytes.NewReader(y))
		}, 1.125},
		{"IDX of float64", func() (*Set, error) { return ReadIDX("x", bytes.NewReader(images8), "y", bytes.NewReader(y)) }, 2},
		{"CSV", func() (*Set, error) { return ReadCSV("f", bytes.NewReader(table), CSV{}) }, 2},
		{"NPY", func() (*Set, error) { return ReadNPY("x", bytes.NewReader(npy8), "y", bytes.NewReader(npyY)) }, 2},
		{"NPZ", func() (*Set, error) { return ReadNPZ("f", bytes.NewReader(packed), int64(len(packed))) }, 2},
	} {
		var s *Set
		var err error
		got := allocated(func() { s, err = try.read() })
		if err != nil {
			t.Errorf("%s: %v", try.name, err)
			continue
		}
		own := 8 * (len(s.X) + len(s.Label))
		t.Logf("%s: %.3f times the set's own %d bytes", try.name, float64(got)/float64(own), own)
		if limit := int(try.times*float64(own)) + buffers; got > limit {
			t.Errorf("%s: allocated %d bytes, want %d at most", try.name, got, limit)
		}
		if cap(s.X) != len(s.X) || cap(s.Label) != len(s.Label) {
			t.Errorf("%s: room for %d values and %d labels is left", try.name, cap(s.X)-len(s.X), cap(s.Label)-len(s.Label))
		}
	}
}

// TestHostileSizes reads headers that claim much and files that unpack to much. Little is allocated for them.
func TestHostileSizes(t *testing.T) {
	y := idx(0x08, []uint8{1}, 1)
	var bomb bytes.Buffer // 64 MB of zeros
	w, _ := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	zeros := make([]byte, 1<<20)
	w.Write(idx(0x08, []uint8{}, 1, 10))
	for range 64 {
		w.Write(zeros)
	}
	w.Close()
	var commas bytes.Buffer
	w = gzip.NewWriter(&commas)
	for range 64 {
		w.Write(bytes.Repeat([]byte("7"), 1<<20))
	}
	w.Close()
	claim := header("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 67108864), }", "12345678")
	for _, try := range []struct {
		name string
		read func() (*Set, error)
		want string
	}{
		{"IDX claims 2^26 values", func() (*Set, error) {
			return ReadIDX("x", bytes.NewReader(idx(0x08, []uint8{1, 2}, 1, 1<<26)), "y", bytes.NewReader(y))
		}, "x: byte 14: the data end here"},
		{"IDX claims 2^31 images", func() (*Set, error) {
			return ReadIDX("x", bytes.NewReader(idx(0x08, []uint8{1, 2}, 1<<31, 28)), "y", bytes.NewReader(y))
		}, "x: byte 12: shape [2147483648 28]: more than"},
		{"IDX of 255 dimensions", func() (*Set, error) {
			return ReadIDX("x", bytes.NewReader([]byte{0, 0, 8, 255, 0, 0, 0, 1}), "y", bytes.NewReader(y))
		}, "x: byte 8: the header ends here"},
		{"IDX unpacks to more than it claims", func() (*Set, error) {
			return ReadIDX("x", bytes.NewReader(bomb.Bytes()), "y", bytes.NewReader(y))
		}, "x: byte 22: data left over"},
		{"NPY claims 2^26 values", func() (*Set, error) {
			return ReadNPY("x", bytes.NewReader(claim), "y", bytes.NewReader(npyFile([]uint8{1})))
		}, "x: byte 85: the data end here"},
		{"CSV is one long field", func() (*Set, error) { return ReadCSV("f", bytes.NewReader(commas.Bytes()), CSV{}) }, "f:1: column 1: a field of more than"},
		{"CSV is one long quoted field", func() (*Set, error) {
			return ReadCSV("f", io.MultiReader(strings.NewReader(`"`), bytes.NewReader(zeros)), CSV{})
		}, "f:1: column 1: a field of more than"},
	} {
		var err error
		got := allocated(func() { _, err = try.read() })
		if err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%s: got %.200v, want %s", try.name, err, try.want)
		}
		if got > 2*buffers {
			t.Errorf("%s: allocated %d bytes", try.name, got)
		}
	}
}
