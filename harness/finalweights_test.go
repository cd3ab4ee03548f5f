package harness

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/kernel"
	"github.com/samebits/samebits/mlp"
)

// ended is a network of 2-3-2 whose parameters count up, and what its file and its digest are.
func ended[T kernel.Float](t testing.TB, bias bool, change func(n *mlp.Network[T])) (file []byte, digest string) {
	t.Helper()
	k, err := kernel.Get[T](Reference)
	if err != nil {
		t.Fatal(err)
	}
	n, err := mlp.New(mlp.Config{Layers: []int{2, 3, 2}, Activations: []kernel.Activation{kernel.Sigmoid}, Bias: bias}, k)
	if err != nil {
		t.Fatal(err)
	}
	next := T(0)
	count := func(values []T) []T {
		for i := range values {
			next++
			values[i] = next
		}
		return values
	}
	for i := range 2 {
		err = errors.Join(err, n.SetWeights(i, count(n.Weights(i))))
		err = errors.Join(err, n.SetBiases(i, count(n.Biases(i))))
	}
	if change != nil {
		change(n)
	}
	var b bytes.Buffer
	if err = errors.Join(err, n.Save(&b)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), weightsDigest(n)
}

// endedFolder writes a folder as a run does.
func endedFolder(t testing.TB, network string, file []byte, digest string) string {
	t.Helper()
	trace := sample()
	trace.Network = network
	trace.Points[len(trace.Points)-1].Weights = digest
	dir := t.TempDir()
	write(t, filepath.Join(dir, TraceFile), trace.String())
	if file != nil {
		write(t, filepath.Join(dir, WeightsFile), string(file))
	}
	return dir
}

func openCurve(t testing.TB, arg string) *Curve {
	t.Helper()
	c, err := OpenCurve(arg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// change sets one number among those that set takes.
func change[T kernel.Float](t testing.TB, values []T, set func(int, []T) error, layer, at int, to T) {
	t.Helper()
	values[at] = to
	if err := set(layer, values); err != nil {
		t.Fatal(err)
	}
}

// TestFinal compares the weights of two folders, one by one.
func TestFinal(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testFinal[float64](t, "float64", math.Nextafter(5, 6), 1<<50) })
	t.Run("float32", func(t *testing.T) { testFinal[float32](t, "float32", math.Nextafter32(5, 6), 1<<21) })
}

// testFinal has a next number behind 5, and the distance from 12 to 14.
func testFinal[T kernel.Float](t *testing.T, dtype string, next T, ulp uint64) {
	network := "2-3-2 " + dtype
	file, digest := ended[T](t, true, nil)
	a := openCurve(t, endedFolder(t, network, file, digest))
	if d := Compare(a, openCurve(t, endedFolder(t, network, file, digest)), Modes{}, false); d.Verdict != Same {
		t.Errorf("of the same: %s", d.Verdict)
	} else if diff := cmp.Diff(&FinalDifference{Step: 20, DType: dtype, Weights: 12, Biases: 5}, d.Final); diff != "" {
		t.Errorf("of the same: (-want +got)\n%s", diff)
	}

	// W0 is 1 to 6, b0 7 to 9, W1 10 to 15, b1 16 and 17.
	other, changed := ended(t, true, func(n *mlp.Network[T]) {
		change(t, n.Weights(0), n.SetWeights, 0, 4, next) // layer 0, output 2, input 0
		change(t, n.Weights(1), n.SetWeights, 1, 2, 14)   // layer 1, output 0, input 2
		change(t, n.Weights(1), n.SetWeights, 1, 3, 15)   // as far as the one before
		change(t, n.Biases(1), n.SetBiases, 1, 1, 17.5)
	})
	b := openCurve(t, endedFolder(t, network, other, changed))
	first := &ParameterDifference{Layer: 0, Output: 2, Input: 0, A: 5, B: float64(next), ULP: 1}
	farthest := &ParameterDifference{Layer: 1, Output: 0, Input: 2, A: 12, B: 14, ULP: ulp}
	d := Compare(a, b, Modes{}, false)
	want := &FinalDifference{Step: 20, DType: dtype, Weights: 12, Biases: 5, WeightsDiffer: 3, BiasesDiffer: 1, First: first, Farthest: farthest}
	if diff := cmp.Diff(want, d.Final); diff != "" || d.Verdict != Differs {
		t.Errorf("%s: (-want +got)\n%s", d.Verdict, diff)
	}
	if got := first.String() + "; " + (&ParameterDifference{Layer: 1, Output: 1, Input: -1}).String(); got != "layer 0, output 2, input 0; layer 1, bias of output 1" {
		t.Errorf("got %s", got)
	}

	// Zeros of two signs differ, and are 0 apart.
	zeros := func(zero T) *Curve {
		f, d := ended(t, true, func(n *mlp.Network[T]) { change(t, n.Biases(0), n.SetBiases, 0, 1, zero) })
		return openCurve(t, endedFolder(t, network, f, d))
	}
	d = Compare(zeros(0), zeros(T(math.Copysign(0, -1))), Modes{}, false)
	if f := d.Final; f.WeightsDiffer != 0 || f.BiasesDiffer != 1 || f.First != f.Farthest || f.First.Input != -1 || f.First.Output != 1 || f.First.ULP != 0 {
		t.Errorf("zeros: %+v", f)
	}

	skip, err := ParseModes([]string{"weights:skip"})
	if err != nil {
		t.Fatal(err)
	}
	if d := Compare(a, b, skip, false); d.Final != nil || d.Verdict != Same {
		t.Errorf("skipped: %s, %+v", d.Verdict, d.Final)
	}
}

func TestULPs32(t *testing.T) {
	for _, try := range []struct {
		a, b float32
		want uint64
	}{
		{1, 1, 0}, {1, 2, 1 << 23}, {-1, -2, 1 << 23}, {0, float32(math.Copysign(0, -1)), 0}, {-0x1p-149, 0x1p-149, 2},
		{-math.MaxFloat32, math.MaxFloat32, 2 * uint64(math.Float32bits(math.MaxFloat32))},
	} {
		for _, p := range [][2]float32{{try.a, try.b}, {try.b, try.a}} {
			if got, ok := ulps(float64(p[0]), float64(p[1]), true); !ok || got != try.want {
				t.Errorf("from %v to %v: %d, want %d", p[0], p[1], got, try.want)
			}
		}
	}
}

// TestFinalNotCompared: what cannot be compared one by one is told.
func TestFinalNotCompared(t *testing.T) {
	file, digest := ended[float64](t, true, nil)
	bare, without := ended[float64](t, false, nil)
	const network = "2-3-2 float64"
	a := openCurve(t, endedFolder(t, network, file, digest))
	short := openCurve(t, endedFolder(t, network, file, digest))
	short.Steps[2] = 15
	const notes = "final weights were not compared one by one: "
	for _, try := range []struct {
		a, b *Curve
		want string
	}{
		{a, openCurve(t, endedFolder(t, network, nil, without)), "only A has a weights.npz"},
		{openCurve(t, endedFolder(t, network, nil, without)), a, "only B has a weights.npz"},
		{a, openCurve(t, endedFolder(t, network, bare, without)), "the networks have other layers, types or biases"},
		{a, short, "A ends at step 20, B at step 15"},
	} {
		d := Compare(try.a, try.b, Modes{}, false)
		if d.Final != nil || len(d.Notes) != 1 || d.Notes[0] != notes+try.want {
			t.Errorf("notes %q, want %s", d.Notes, try.want)
		}
	}
	if d := Compare(a, openCurve(t, endedFolder(t, network, nil, digest)), Modes{}, false); d.Notes != nil || d.Verdict != Same {
		t.Errorf("one file, the same digests: %s, notes %q", d.Verdict, d.Notes)
	}
	narrow, narrowDigest := ended[float32](t, true, nil)
	d := Compare(a, openCurve(t, endedFolder(t, "2-3-2 float32", narrow, narrowDigest)), Modes{}, false)
	if d.Final != nil || d.Verdict != NotComparable {
		t.Errorf("two types: %s, %+v", d.Verdict, d.Final)
	}
}

// TestFinalBad: weights that are damaged, or not those of the trace, are an error that names the file.
func TestFinalBad(t *testing.T) {
	file, digest := ended[float64](t, true, nil)
	const network = "2-3-2 float64"
	for _, try := range []struct {
		network string
		file    []byte
		digest  string
		want    string
	}{
		{network, file, hashOf("a"), "digest " + digest + ", but "},
		{network, file[:len(file)/2], digest, "not an npz file"},
		{network, bytes.Repeat([]byte("PK"), 100), digest, "not an npz file"},
		{network, []byte("PK"), digest, "2 bytes cannot hold the weights of "},
		{"3-2-2 float64", file, digest, "W0.npy: byte 128: shape [3 2], want [2 3]"},
		{"2-3-2-2 float64", file, digest, "0 arrays are called W2"},
		{"2-3 float64", file, digest, `array "W1" does not belong`},
		{"100000000-100000000 float64", file, digest, `network "100000000-100000000 float64": layer 0 has 100000000 units, want 1 to `},
		{"2-3-2-1000000 float64", file, digest, " bytes cannot hold the weights of "},
		{fmt.Sprintf("1-%d-1 float64", len(file)/8), file, digest, " bytes cannot hold the weights of "}, // each layer alone would do
		{"2-3-2 int", file, digest, `network "2-3-2 int": want sizes and float32 or float64`},
		{"2--2 float64", file, digest, `network "2--2 float64": "" is not the size of a layer`},
		{"2-0 float64", file, digest, "layer 1 has 0 units, want 1 to "},
		{"2-99999999999 float32", file, digest, "layer 1 has 99999999999 units, want 1 to "},
		{"2 float64", file, digest, "a network needs at least 2 layers"},
	} {
		dir := endedFolder(t, try.network, try.file, try.digest)
		c, err := OpenCurve(dir)
		if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, WeightsFile)+": ") || !strings.Contains(err.Error(), try.want) ||
			!strings.HasSuffix(err.Error(), "; run it again with --out, or compare "+filepath.Join(dir, TraceFile)+" alone") {
			t.Errorf("%s: %v, %v, want %s", try.network, c, err, try.want)
		}
	}
	dir := endedFolder(t, network, nil, digest)
	if err := os.Mkdir(filepath.Join(dir, WeightsFile), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCurve(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder in the place of the weights: %v", err)
	}
}

// FuzzFinalWeights reads anything as the weights of anything. Room is taken for what the file can hold.
func FuzzFinalWeights(f *testing.F) {
	for _, bias := range []bool{true, false} {
		file, _ := ended[float64](f, bias, nil)
		f.Add(file, "2-3-2 float64")
		f.Add(file, "2-3-2 float32")
		f.Add(file[:len(file)-30], "2-3-2 float64")
		f.Add(file, "2-3-2-1000000000 float64")
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, name := range []string{"W0.npy", "W1.npy"} {
		w, err := z.Create(name)
		if err != nil {
			f.Fatal(err)
		}
		header := "{'descr': '<f8', 'fortran_order': True, 'shape': (1000, 1000), }\n"
		fmt.Fprintf(w, "\x93NUMPY\x01\x00%c\x00%s", len(header), header)
		w.Write(make([]byte, 8000000))
	}
	z.Close()
	f.Add(packed.Bytes(), "1000-1000-1000 float64")
	f.Fuzz(func(t *testing.T, file []byte, network string) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w, digest, err := loadFinalWeights[float64](bytes.NewReader(file), int64(len(file)), network)
		runtime.ReadMemStats(&after)
		if got, limit := after.TotalAlloc-before.TotalAlloc, 128*uint64(len(file)+len(network))+1<<20; got > limit {
			t.Errorf("%d bytes made it allocate %d", len(file), got)
		}
		if err != nil {
			return
		}
		if !digestPattern.MatchString(digest) || !w.shaped(w) || w.difference(w).First != nil {
			t.Errorf("%s, %+v", digest, w)
		}
		for _, l := range w.Layers {
			if outputs := len(l.Weights) / l.Inputs; len(l.Weights)%l.Inputs != 0 || len(l.Biases) != 0 && len(l.Biases) != outputs {
				t.Errorf("%d inputs, %d weights, %d biases", l.Inputs, len(l.Weights), len(l.Biases))
			}
		}
	})
}
