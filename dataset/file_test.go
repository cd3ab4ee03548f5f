package dataset

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	x, y := string(npyFile([2][2]uint8{{1, 2}, {3, 4}})), string(npyFile([]uint8{0, 1}))
	for name, text := range map[string]string{
		"a.csv": "1,2,0\n3,4,1\n", "a.csv.gz": zippedText("1,2,0\n3,4,1\n"), "A.CSV": "1,2,0\n3,4,1\n", "first.csv": "0,1,2\n1,3,4\n",
		"a.npz": string(npzFile(zip.Deflate, "x.npy", x, "y.npy", y)),
		"x.npy": x, "y.npy": y, "x.npy.gz": zippedText(x),
		"x-idx2-ubyte": string(idx(0x08, []uint8{1, 2, 3, 4}, 2, 2)), "y-idx1-ubyte.gz": zippedText(string(idx(0x08, []uint8{0, 1}, 2))),
		"empty.csv": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want := &Set{Features: 2, Classes: 2, X: []float64{1, 2, 3, 4}, Label: []int{0, 1}}
	for _, try := range []struct {
		files string
		c     CSV
		want  string // error, after the folder is taken out
	}{
		{"a.csv", CSV{}, ""},
		{"a.csv.gz", CSV{}, ""},
		{"A.CSV", CSV{}, ""},
		{"first.csv", CSV{Label: "first"}, ""},
		{"a.npz", CSV{}, ""},
		{"x.npy y.npy", CSV{}, ""},
		{"x.npy.gz y.npy", CSV{}, ""},
		{"x-idx2-ubyte y-idx1-ubyte.gz", CSV{}, ""},
		{"", CSV{}, "[]: want one file .csv"},
		{"a.csv a.csv", CSV{}, `["a.csv" "a.csv"]: want one file .csv`},
		{"x.npy", CSV{}, `["x.npy"]: want one file .csv`},
		{"x-idx2-ubyte", CSV{}, `["x-idx2-ubyte"]: want one file .csv`},
		{"x.npy y-idx1-ubyte.gz", CSV{}, `["x.npy" "y-idx1-ubyte.gz"]: want one file .csv`},
		{"x.npy y.npy y.npy", CSV{}, `["x.npy" "y.npy" "y.npy"]: want one file .csv`},
		{"missing.csv", CSV{}, "stat missing.csv: "},
		{"x.npy missing.npy", CSV{}, "stat missing.npy: "},
		{"empty.csv", CSV{}, "empty.csv: nothing in it"},
		{"a.csv", CSV{Label: "middle"}, "a.csv: the column of the labels"},
		{"y.npy x.npy", CSV{}, "y.npy: byte 76: shape [2]: want samples"},
		{"y-idx1-ubyte.gz x-idx2-ubyte", CSV{}, "y-idx1-ubyte.gz: byte 8: shape [2]: want samples"},
	} {
		var paths []string
		for _, f := range strings.Fields(try.files) {
			paths = append(paths, filepath.Join(dir, f))
		}
		got, err := ReadFiles(try.c, paths...)
		switch {
		case try.want != "":
			if err == nil || !strings.HasPrefix(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""), try.want) {
				t.Errorf("%s: got %v, want %s", try.files, err, try.want)
			}
		case err != nil:
			t.Errorf("%s: %v", try.files, err)
		case !cmp.Equal(want, got):
			t.Errorf("%s: %v", try.files, cmp.Diff(want, got))
		}
	}
	folder := filepath.Join(dir, "folder.csv")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFiles(CSV{}, folder); err == nil || err.Error() != "open "+folder+": not a regular file" {
		t.Errorf("a folder: %v", err)
	}
}

func TestOpenRegular(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := OpenRegular(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); string(text) != "text" || err != nil || f.Name() != path {
		t.Errorf("%s: %q, %v", f.Name(), text, err)
	}
	for _, path := range []string{dir, os.DevNull} {
		if f, err := OpenRegular(path); f != nil || err == nil || err.Error() != "open "+path+": not a regular file" {
			t.Errorf("%s: got %v", path, err)
		}
	}
	if _, err := OpenRegular(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: got %v", err)
	}
}

func zippedText(text string) string { return string(zipped(text)) }
