package dataset

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/sbinet/npyio/npy"
	"github.com/sbinet/npyio/npz"
	"gonum.org/v1/gonum/mat"
)

// numbered is the set in testdata, of which sample i has the features f(4*i), f(4*i+1), f(4*i+2), f(4*i+3).
func numbered(f func(int) float64) *Set {
	s := &Set{Features: 4, Classes: 4, Label: []int{2, 0, 1, 3, 2}}
	for i := range 20 {
		s.X = append(s.X, f(i))
	}
	return s
}

// TestNumPy reads what NumPy wrote.
func TestNumPy(t *testing.T) {
	for _, try := range []struct {
		files []string
		want  *Set
	}{
		{[]string{"float32.npz"}, numbered(func(i int) float64 { return float64(i)/8 - 1 })},
		{[]string{"fortran.npz"}, numbered(func(i int) float64 { return float64(i) / 3 })},
		{[]string{"x.npy", "y.npy"}, numbered(func(i int) float64 { return float64(1000*i - 9000) })},
		{[]string{"x.npy", "y32.npy"}, numbered(func(i int) float64 { return float64(1000*i - 9000) })},
		{[]string{"x.npy", "y64.npy"}, numbered(func(i int) float64 { return float64(1000*i - 9000) })},
		{[]string{"savetxt.csv"}, numbered(func(i int) float64 { return float64(i) / 3 })},
		{[]string{"version2.npy", "y.npy"}, numbered(func(i int) float64 { return 3e9 * float64(i) })},
	} {
		var paths []string
		for _, f := range try.files {
			paths = append(paths, filepath.Join("testdata", f))
		}
		got, err := ReadFiles(CSV{}, paths...)
		if err != nil {
			t.Errorf("%v: %v", try.files, err)
		} else if d := cmp.Diff(try.want, got); d != "" {
			t.Errorf("%v: (-want +got)\n%s", try.files, d)
		}
	}
}

// npyFile writes a file with npyio.
func npyFile(v any) []byte {
	var b bytes.Buffer
	if err := npy.Write(&b, v); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// header writes a file of version 1 with a header as given.
func header(dict, data string) []byte {
	dict += "\n"
	return []byte("\x93NUMPY\x01\x00" + string([]byte{byte(len(dict)), byte(len(dict) >> 8)}) + dict + data)
}

func TestReadNPY(t *testing.T) {
	two := "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }"
	y := header(two, "\x01\x00")
	for _, try := range []struct {
		name string
		x, y []byte
		want []float64
	}{
		{"npyio's floats", npyFile(mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 0.1})), npyFile([]int64{1, 0}), []float64{1, 2, 3, 4, 5, 0.1}},
		{"npyio's integers", npyFile([2][3]int32{{1, 2, 3}, {4, 5, -6}}), npyFile([]uint16{1, 0}), []float64{1, 2, 3, 4, 5, -6}},
		{"keys in another order", header(`{"shape":(2,3),"descr":"|i1","fortran_order":False}`, "\x01\x02\x03\x04\x05\xff"), y, []float64{1, 2, 3, 4, 5, -1}},
		{"Fortran", header("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", "\x01\x04\x02\x05\x03\x06"), y, []float64{1, 2, 3, 4, 5, 6}},
		{"big-endian", header("{'descr': '>u2', 'fortran_order': False, 'shape': (2, 3), }", "\x01\x02\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06"), y, []float64{258, 2, 3, 4, 5, 6}},
		{"large integers", npyFile([2][3]int64{{1 << 53, -1 << 53, 3}, {4, 5, 6}}), y, []float64{1 << 53, -1 << 53, 3, 4, 5, 6}},
		{"labels of floats", npyFile([2][3]uint8{{1, 2, 3}, {4, 5, 6}}), npyFile([]float64{1, math.Copysign(0, -1)}), []float64{1, 2, 3, 4, 5, 6}},
		{"labels of small floats", npyFile([2][3]uint8{{1, 2, 3}, {4, 5, 6}}), npyFile([]float32{1, 0}), []float64{1, 2, 3, 4, 5, 6}},
		{"gzipped", zipped(string(npyFile([2][3]float32{{1, 2, 3}, {4, 5, 6}}))), y, []float64{1, 2, 3, 4, 5, 6}},
	} {
		got, err := ReadNPY("x", iotest.HalfReader(bytes.NewReader(try.x)), "y", bytes.NewReader(try.y))
		if err != nil {
			t.Errorf("%s: %v", try.name, err)
		} else if d := cmp.Diff(&Set{Features: 3, Classes: 2, X: try.want, Label: []int{1, 0}}, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", try.name, d)
		}
	}
}

// TestFortran compares the places of an array of four dimensions with the formula for them.
func TestFortran(t *testing.T) {
	shape := []int{3, 2, 4, 5}
	place := (&array{shape: shape, fortran: true}).places()
	for l := range shape[3] {
		for k := range shape[2] {
			for j := range shape[1] {
				for i := range shape[0] {
					if got, want := place(), ((i*2+j)*4+k)*5+l; got != want {
						t.Fatalf("value %d, %d, %d, %d: place %d, want %d", i, j, k, l, got, want)
					}
				}
			}
		}
	}
}

func TestReadNPYErrors(t *testing.T) {
	y := npyFile([]uint8{1, 0})
	x := npyFile([2][2]uint8{{1, 2}, {3, 4}})
	says := func(dict string) []byte { return header(dict, "\x01\x02\x03\x04") }
	for _, try := range []struct {
		name string
		x, y []byte
		want string
	}{
		{"empty", nil, y, "x: byte 0: the file is empty"},
		{"cut in the magic string", x[:7], y, "x: byte 7: the header ends here"},
		{"cut in the length", x[:9], y, "x: byte 9: the header ends here"},
		{"cut in the header", x[:40], y, "x: byte 40: the header ends here"},
		{"cut in the data", x[:len(x)-1], y, "x: byte 83: the data end here, want 84 bytes"},
		{"data left over", append(bytes.Clone(x), 1), y, "x: byte 84: data left over"},
		{"another format", []byte("1,2,0\n1,2,0\n"), y, "x: byte 8: begins with 31 2c 32 2c 30 0a 31 2c, which is not npy"},
		{"version 4", []byte("\x93NUMPY\x04\x00\x00\x00\x00\x00"), y, "x: byte 8: begins with 93 4e 55 4d 50 59 04 00, which is not npy"},
		{"a header of 4 GiB", []byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), y, "x: byte 12: a header of 4294967295 bytes, want 65536 at most"},
		{"no newline", []byte("\x93NUMPY\x01\x00\x00\x00"), y, `x: byte 10: header: ""`},
		{"no dictionary", says("'descr'"), y, "x: byte 18: header: "},
		{"empty dictionary", says("{}"), y, "x: byte 13: header: "},
		{"open dictionary", says("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), "), y, "x: byte 69: header: "},
		{"text behind", says("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)} x"), y, "x: byte 70: header: "},
		{"a key missing", says("{'descr': '|u1', 'shape': (2, 2)}"), y, "x: byte 44: header: "},
		{"a key twice", says("{'descr': '|u1', 'descr': '|u1', 'shape': (2, 2)}"), y, `x: byte 60: header: key "descr" is unknown or there twice`},
		{"an unknown key", says("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), 'more': True}"), y, `x: byte 82: header: key "more" is unknown`},
		{"records", says("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2, 2), }"), y, "x: byte 79: header: "},
		{"text", npyFile("abc"), y, "x: byte 72: type '<U3': want float32, float64 or integers"},
		{"objects", says("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }"), y, "x: byte 69: type '|O': want"},
		{"complex numbers", says("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }"), y, "x: byte 70: type '<c8': want"},
		{"half precision", says("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }"), y, "x: byte 70: type '<f2': want"},
		{"no byte order", says("{'descr': '|f8', 'fortran_order': False, 'shape': (2, 2), }"), y, "x: byte 70: type '|f8': want"},
		{"order is no Boolean", says("{'descr': '|u1', 'fortran_order': 'C', 'shape': (2, 2), }"), y, "x: byte 68: fortran_order is 'C', want"},
		{"shape is no tuple", says("{'descr': '|u1', 'fortran_order': False, 'shape': '2', }"), y, "x: byte 67: shape '2': want numbers in brackets"},
		{"shape of blanks", says("{'descr': '|u1', 'fortran_order': False, 'shape': (2 2), }"), y, `x: byte 69: shape (2 2): "2 2" is not a size`},
		{"shape of many digits", says("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 2), }"), y, "x: byte 89: shape (99999999999999999999, 2): "},
		{"a number alone", says("{'descr': '|u1', 'fortran_order': False, 'shape': (), }"), y, "x: byte 66: shape []: want samples of 2 dimensions"},
		{"too many values", says("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 3), }"), y, "x: byte 88: shape [9223372036854775807 3]: more than 67108864 values"},
		{"a product that overflows to 4", says("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 4611686018427387905), }"), y, "x: byte 88: shape [4 4611686018427387905]: more than"},
		{"a claim beyond the file", says("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 33554432), }"), y, "x: byte 81: the data end here, want 536870989 bytes"},
		{"no samples", says("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2), }"), y, "x: byte 70: shape [0 2]: no samples"},
		{"a label with a fraction", x, npyFile([]float64{1, 0.5}), "y: byte 84: label 0.5, want an integer 0..4095"},
		{"a label with a small fraction", x, npyFile([]float32{0x1.000002p+0, 0}), "y: byte 76: label 1.0000001192092896, want an integer"},
		{"a negative label of floats", x, npyFile([]float32{1, -1}), "y: byte 80: label -1, want 0..4095"},
		{"a negative fraction", x, npyFile([]float64{-0.5, 1}), "y: byte 76: label -0.5, want 0..4095"},
		{"a large label of floats", x, npyFile([]float64{1, 4096}), "y: byte 84: label 4096, want 0..4095"},
		{"a label of NaN", x, npyFile([]float64{1, math.NaN()}), "y: byte 84: NaN, want a finite number"},
		{"a label of infinity", x, npyFile([]float32{float32(math.Inf(1)), 0}), "y: byte 76: +Inf, want a finite number"},
		{"labels in a column", x, npyFile([2][1]int64{{1}, {0}}), "y: byte 80: shape [2 1]: want labels of 1 dimension"},
		{"labels that differ in number", x, npyFile([]int64{1, 0, 1}), "x has 2 samples, y has 3 labels"},
		{"an immense label", x, npyFile([]int64{1, math.MaxInt64}), "y: byte 84: an integer beyond 2^53, which float64 would round"},
		{"a negative label", x, npyFile([]int64{1, -1}), "y: byte 84: label -1, want 0..4095"},
		{"an integer that would be rounded", npyFile([2][1]int64{{1}, {-1<<53 - 1}}), y, "x: byte 88: an integer beyond 2^53, which float64 would round"},
		{"an unsigned one", npyFile([2][1]uint64{{1}, {1<<53 + 1}}), y, "x: byte 88: an integer beyond 2^53"},
		{"NaN", npyFile([2][1]float32{{1}, {float32(math.NaN())}}), y, "x: byte 84: NaN, want a finite number"},
		{"infinity", npyFile([2][1]float64{{1}, {math.Inf(1)}}), y, "x: byte 88: +Inf, want a finite number"},
	} {
		t.Run(try.name, func(t *testing.T) {
			_, err := ReadNPY("x", bytes.NewReader(try.x), "y", bytes.NewReader(try.y))
			if err == nil || !strings.HasPrefix(err.Error(), try.want) {
				t.Errorf("got %v, want %s", err, try.want)
			}
		})
	}
}

// npzFile packs files by names and contents, one after the other.
func npzFile(method uint16, members ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		if err != nil {
			panic(err)
		}
		f.Write([]byte(members[i+1]))
	}
	w.Close()
	return b.Bytes()
}

// TestReadNPZ reads files of npyio, and compressed ones of more than a window of the packing.
func TestReadNPZ(t *testing.T) {
	const n = 20000
	want := &Set{Features: 2, Classes: 7}
	x := mat.NewDense(n, 2, nil)
	for i := range n {
		x.SetRow(i, []float64{float64(i) / 3, float64(i * i)})
		want.X = append(want.X, float64(i)/3, float64(i*i))
		want.Label = append(want.Label, i%7)
	}
	y := make([]int64, n)
	for i := range y {
		y[i] = int64(i % 7)
	}
	var b bytes.Buffer
	w := npz.NewWriter(&b)
	w.Write("x.npy", x)
	w.Write("y.npy", y)
	w.Close()
	for name, file := range map[string][]byte{
		"npyio":         b.Bytes(),
		"compressed":    npzFile(zip.Deflate, "x.npy", string(npyFile(x)), "y.npy", string(npyFile(y))),
		"without .npy":  npzFile(zip.Store, "y", string(npyFile(y)), "x", string(npyFile(x))),
		"others inside": npzFile(zip.Deflate, "X.npy", "", "x.npy", string(npyFile(x)), "xy.npy", "?", "y.npy", string(npyFile(y))),
	} {
		got, err := ReadNPZ("f.npz", bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got.Digest() != want.Digest() {
			t.Errorf("%s: another set", name)
		}
	}
}

func TestReadNPZErrors(t *testing.T) {
	x, y := string(npyFile([2][2]uint8{{1, 2}, {3, 4}})), string(npyFile([]uint8{1, 0}))
	good := npzFile(zip.Store, "x.npy", x, "y.npy", y)
	wrong := bytes.Clone(good)
	wrong[bytes.Index(wrong, []byte{1, 2, 3, 4})]++
	for _, try := range []struct {
		name string
		file []byte
		size int
		want string
	}{
		{"empty", nil, 0, "f.npz: not an npz file: zip: not a valid zip file"},
		{"a negative size", good, -1, "f.npz: not an npz file: "},
		{"cut", good, len(good) - 30, "f.npz: not an npz file: "},
		{"an array alone", []byte(x), len(x), "f.npz: not an npz file: "},
		{"nothing in it", npzFile(zip.Store), -2, "f.npz: 0 arrays are called x, want one; there are: none"},
		{"a label with a fraction", npzFile(zip.Store, "x.npy", x, "y.npy", string(npyFile([]float32{1, 2.5}))), -2, "f.npz: y.npy: byte 80: label 2.5, want an integer"},
		{"no x", npzFile(zip.Store, "data.npy", x, "y.npy", y), -2, `f.npz: 0 arrays are called x, want one; there are: "data.npy", "y.npy"`},
		{"no y", npzFile(zip.Store, "x.npy", x, "labels", y), -2, `f.npz: 0 arrays are called y, want one; there are: "x.npy", "labels"`},
		{"x twice", npzFile(zip.Store, "x.npy", x, "x", x, "y.npy", y), -2, "f.npz: 2 arrays are called x"},
		{"not an array", npzFile(zip.Store, "x.npy", "text", "y.npy", y), -2, "f.npz: x.npy: byte 4: the header ends here"},
		{"an array cut", npzFile(zip.Deflate, "x.npy", x[:82], "y.npy", y), -2, "f.npz: x.npy: byte 82: the data end here, want 84 bytes"},
		{"checksum", wrong, -2, "f.npz: x.npy: byte 84: zip: checksum error"},
		{"the wrong way round", npzFile(zip.Store, "y.npy", x, "x.npy", y), -2, "f.npz: x.npy: byte 76: shape [2]: want samples"},
	} {
		t.Run(try.name, func(t *testing.T) {
			if try.size == -2 {
				try.size = len(try.file)
			}
			_, err := ReadNPZ("f.npz", bytes.NewReader(try.file), int64(try.size))
			if err == nil || !strings.HasPrefix(err.Error(), try.want) {
				t.Errorf("got %v, want %s", err, try.want)
			}
		})
	}
}

// TestReadNPZCut takes a byte after the other from the end of NumPy's own file.
func TestReadNPZCut(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "fortran.npz"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range file {
		if _, err := ReadNPZ("f.npz", bytes.NewReader(file[:n]), int64(n)); err == nil {
			t.Errorf("%d of %d bytes are no error", n, len(file))
		}
	}
}
