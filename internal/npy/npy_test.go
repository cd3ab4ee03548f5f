package npy

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sbinet/npyio/npz"
)

// written is an archive of a matrix and a vector.
func written(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	if err := errors.Join(Matrix(w, "m", 3, []float64{1, 2, 3, 4, 5, 0.1}), Vector(w, "v", []float32{6, 0.7}), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWriter has npyio read what was written. There is neither compression nor a time in it.
func TestWriter(t *testing.T) {
	file := written(t)
	r, err := npz.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var m []float64
	var v []float32
	if err := errors.Join(r.Read("m.npy", &m), r.Read("v.npy", &v)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{2, 3}, r.Header("m.npy").Descr.Shape); d != "" {
		t.Errorf("shape: (-want +got)\n%s", d)
	}
	if !slices.Equal(m, []float64{1, 2, 3, 4, 5, 0.1}) || !slices.Equal(v, []float32{6, 0.7}) {
		t.Errorf("got %v, %v", m, v)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Method != zip.Store || f.ModifiedDate != 0 || f.ModifiedTime != 0 || len(f.Extra) > 0 {
			t.Errorf("%+v", f.FileHeader)
		}
	}
}

func TestMatrixErrors(t *testing.T) {
	for _, try := range []struct {
		columns int
		values  []float32
		want    string
	}{
		{2, []float32{1, 2, 3}, "m: 3 values are not rows of 2"},
		{0, []float32{1}, "m: 1 values are not rows of 0"},
		{-1, []float32{1}, "m: 1 values are not rows of -1"},
		{2, nil, "m: 0 values are not rows of 2"},
	} {
		err := Matrix(NewWriter(&bytes.Buffer{}), "m", try.columns, try.values)
		if err == nil || err.Error() != try.want {
			t.Errorf("got %v, want %s", err, try.want)
		}
	}
}

// TestArchive reads an archive by steps, and asks for more than it has.
func TestArchive(t *testing.T) {
	file := written(t)
	a, err := OpenArchive("", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"m", "v"}, a.Names()); d != "" {
		t.Errorf("names: (-want +got)\n%s", d)
	}
	s, err := a.Open("v")
	if err != nil {
		t.Fatal(err)
	}
	h, err := ReadHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	if h.Number.String() != "float32" || h.Fortran || !slices.Equal(h.Shape, []int64{2}) {
		t.Errorf("header %+v", h)
	}
	if _, err := s.Values(3, h.Number); err == nil || !strings.HasPrefix(err.Error(), "v.npy: byte 136: the data end here, want 140 bytes") {
		t.Errorf("three of two values: %v", err)
	}
	named, err := OpenArchive("f.npz", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	const want = `f.npz: 0 arrays are called x, want one; there are: "m.npy", "v.npy"`
	if _, err := named.Open("x"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestArchiveCut reads a member of which the packed bytes are fewer than its values need. That is no array that ends early.
func TestArchiveCut(t *testing.T) {
	var packed, b bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("\x93NUMPY of no known version"))
	f.Close()
	z := zip.NewWriter(&b)
	m, err := z.CreateRaw(&zip.FileHeader{Name: "x.npy", Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: 26})
	if err != nil {
		t.Fatal(err)
	}
	m.Write(packed.Bytes()[:4])
	z.Close()
	a, err := OpenArchive("", bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Open("x")
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadHeader(s)
	if err == nil || !strings.HasSuffix(err.Error(), ": zip: the packed data end early") {
		t.Errorf("got %v", err)
	}
}

// TestValues stops at the error of whoever takes the values, and says where.
func TestValues(t *testing.T) {
	s := NewSource("f", bytes.NewReader([]byte{1, 2, 3, 4}))
	if err := s.FillHeader(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	v, err := s.Values(3, Number{Kind: 'u', Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	err = v.Each(func(x float64) error {
		if x == 4 {
			return errors.New("enough")
		}
		got = append(got, x)
		return nil
	})
	if err == nil || err.Error() != "f: byte 3: enough" || !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestPlaces compares with the formula for an array of three dimensions in Fortran's order.
func TestPlaces(t *testing.T) {
	next, rows := Places([]int{4, 2, 3}, true), Places([]int{4, 2, 3}, false)
	for i := range 24 {
		if want := i%4*6 + i/4%2*3 + i/8; next() != want {
			t.Errorf("value %d: want place %d", i, want)
		}
		if got := rows(); got != i {
			t.Errorf("value %d by rows: place %d", i, got)
		}
	}
}
