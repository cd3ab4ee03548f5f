package dataset

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzCSV reads anything. A set comes of it or an error, and the set is the same when it is written and read again.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"", "1,2,0\n3,4,1\n", "x,y,class\n1,2,0\n", "\xef\xbb\xbf\"1\", 2 ,\"0\"\r\n\n-.5e-3,1E5,4095", "1,2\n1,2,3\n", "nan,inf,0\n",
		"\"a\n\",1\n", ",,\n", "1e309,0\n", "0x1p3,1_0,1\n", "5e-324,-0,0\n",
		"1,2.0e+00\n", "1;2\t3\n", "\n\n \n1,2\n\n",
	} {
		f.Add([]byte(text), "", "", false)
		f.Add([]byte(text), "first", "yes", true)
		f.Add([]byte(text), "last", "no", false)
	}
	f.Add([]byte("\x1f\x8b\x08\x00"), "", "auto", false)
	f.Fuzz(func(t *testing.T, data []byte, label, heading string, pack bool) {
		plain := !bytes.HasPrefix(data, []byte("\x1f\x8b"))
		limit := len(data)
		if pack {
			data = zipped(string(data))
		}
		var s *Set
		var err error
		got := allocated(func() { s, err = ReadCSV("f", bytes.NewReader(data), CSV{Label: label, Header: heading}) })
		if plain && got > 64*limit+1<<20 {
			t.Errorf("%d bytes made it allocate %d", limit, got)
		}
		if !sound(t, s, err) {
			return
		}
		if n := len(s.X) + len(s.Label); plain && 2*n > limit+1 {
			t.Errorf("%d values from %d bytes", n, limit)
		}
		again, err := ReadCSV("f", bytes.NewReader(writeCSV(s, label == "first")), CSV{Label: label, Header: "no"})
		if err != nil || again.Digest() != s.Digest() {
			t.Errorf("read again: %v, %v, want %v", again, err, s)
		}
	})
}

// FuzzIDX reads anything as samples and as labels.
func FuzzIDX(f *testing.F) {
	y := idx(0x08, []uint8{1, 0}, 2)
	f.Add(idx(0x08, []uint8{1, 2, 3, 4}, 2, 2), y)
	f.Add(idx(0x09, []int8{1, -2, 3, 4}, 2, 2, 1), idx(0x09, []int8{1, 0}, 2))
	f.Add(idx(0x0B, []int16{1, -2, 3, 4}, 2, 2), idx(0x0B, []int16{1, 4095}, 2))
	f.Add(idx(0x0C, []int32{1, -2}, 2, 1), idx(0x0C, []int32{1, -1}, 2))
	f.Add(idx(0x0D, []float32{1, -2}, 2, 1), y)
	f.Add(idx(0x0E, []float64{1, -2}, 2, 1), y)
	f.Add(idx(0x08, []uint8{1}, 1<<31, 1<<31, 1<<31), y)
	f.Add(idx(0x08, []uint8{1}, 2, 1<<25), y)
	f.Add(zipped(string(y)), zipped(string(y)))
	f.Fuzz(func(t *testing.T, x, y []byte) {
		readPair(t, x, y, ReadIDX)
	})
}

// FuzzNPY reads anything as .npy files, and packed into an .npz file with the same outcome.
func FuzzNPY(f *testing.F) {
	y := npyFile([]int64{1, 0})
	f.Add(npyFile([2][2]float64{{1, 2}, {3, 4}}), y)
	f.Add(npyFile([2][2]float32{{1, 2}, {3, 4}}), npyFile([]uint8{1, 0}))
	f.Add(header("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 1, 2), }", "\x01\x02\x03\x04\x05\x06\x07\x08"), y)
	f.Add(header(`{"shape":(2,1),"descr":"|i1","fortran_order":False}`, "\x01\xff"), y)
	f.Add(header("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 33554432), }", "12345678"), y)
	f.Add(npyFile([2][1]uint8{{1}, {2}}), npyFile([]float32{1, 0.5}))
	f.Add([]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), y)
	f.Fuzz(func(t *testing.T, x, y []byte) {
		s := readPair(t, x, y, ReadNPY)
		file := npzFile(zip.Deflate, "x.npy", string(x), "y.npy", string(y))
		packed, err := ReadNPZ("f", bytes.NewReader(file), int64(len(file)))
		gzipped := bytes.HasPrefix(x, []byte("\x1f\x8b")) || bytes.HasPrefix(y, []byte("\x1f\x8b")) // which no array in a zip file is
		if !gzipped && (s == nil) != (packed == nil) || s != nil && packed != nil && s.Digest() != packed.Digest() {
			t.Errorf("alone %v, packed %v, %v", s, packed, err)
		}
	})
}

// FuzzNPZ reads anything as an .npz file.
func FuzzNPZ(f *testing.F) {
	for _, name := range []string{"float32.npz", "fortran.npz"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(npzFile(zip.Store, "x", "", "y.npy", ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadNPZ("f", bytes.NewReader(data), int64(len(data)))
		sound(t, s, err)
	})
}

// readPair reads two files. Plain ones have a byte for each value at least.
func readPair(t *testing.T, x, y []byte, read func(string, io.Reader, string, io.Reader) (*Set, error)) *Set {
	var s *Set
	var err error
	got := allocated(func() { s, err = read("x", bytes.NewReader(x), "y", bytes.NewReader(y)) })
	limit := len(x) + len(y)
	plain := !bytes.HasPrefix(x, []byte("\x1f\x8b")) && !bytes.HasPrefix(y, []byte("\x1f\x8b"))
	if plain && got > 64*limit+1<<20 {
		t.Errorf("%d bytes made it allocate %d", limit, got)
	}
	if sound(t, s, err) && plain && len(s.X)+len(s.Label) > limit {
		t.Errorf("%d values from %d bytes", len(s.X)+len(s.Label), limit)
	}
	return s
}

// sound reports whether there is a set, after it has checked it.
func sound(t *testing.T, s *Set, err error) bool {
	if (s == nil) != (err != nil) {
		t.Fatalf("a set and an error, or neither: %v, %v", s, err)
	}
	if s == nil {
		return false
	}
	if err := s.Check(); err != nil || s.Classes > MaxClasses || len(s.X) > MaxValues {
		t.Fatalf("a set that is wrong: %v, %d classes, %d values", err, s.Classes, len(s.X))
	}
	return true
}
