package harness

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Data in files are read by the first replay, and by no other from the same folder.
func TestReplayerReadOnce(t *testing.T) {
	dir, other := writeAll(t), t.TempDir()
	e := parse(t, withData(`source = "csv"
train = "last.csv"
test = 1
scale = [0, 1]`))
	r, err := Run(t.Context(), e, Options{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	golden := r.Trace()

	replayer := NewReplayer(e)
	verify := func(o Options) error {
		t.Helper()
		v, err := replayer.Verify(t.Context(), golden, o)
		if err != nil {
			return err
		}
		if !v.Match() || v.Digest != golden.Weights() || v.Result.Data.Len() != 4 || v.Result.Test.Len() != 1 {
			t.Errorf("%+v: verdict %+v", o, v)
		}
		if got := v.Result.Trace(); got.String() != golden.String() {
			t.Errorf("%+v: trace\n%s, want\n%s", o, got, golden)
		}
		return nil
	}
	if err := verify(Options{Data: other}); !errors.Is(err, ErrNoData) {
		t.Fatalf("without files: %v", err)
	}
	if err := verify(Options{Data: dir}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "last.csv")); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Data: dir}, {Data: dir, Kernel: Reference, Threads: 2}, {Data: dir, Threads: 3}} {
		if err := verify(o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if err := verify(Options{Data: other}); !errors.Is(err, ErrNoData) {
		t.Errorf("from another folder, which has no files: %v", err)
	}
	if err := NewReplayer(e).read(t.Context(), dir); !errors.Is(err, ErrNoData) {
		t.Errorf("the file is not gone: %v", err)
	}
}

// Data that are drawn are drawn by each replay, from its own random numbers, which give the weights after them.
func TestReplayerDraw(t *testing.T) {
	e := parse(t, tiny)
	r, err := Run(t.Context(), e, Options{})
	if err != nil {
		t.Fatal(err)
	}
	replayer := NewReplayer(e)
	for range 2 {
		if v, err := replayer.Verify(t.Context(), r.Trace(), Options{}); err != nil || !v.Match() {
			t.Errorf("verdict %+v, error %v", v, err)
		}
	}
}

// An experiment that makes no sense is found before its data are read.
func TestReplayerCheck(t *testing.T) {
	e := *parse(t, withData("source = \"csv\"\ntrain = \"nowhere.csv\""))
	e.DType = "float16"
	if _, err := NewReplayer(&e).Verify(t.Context(), &Trace{}, Options{}); err == nil || errors.Is(err, ErrNoData) {
		t.Errorf("got %v", err)
	}
}
