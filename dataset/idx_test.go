package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// idx writes a file of the format. Values are of the type that kind stands for.
func idx(kind byte, values any, shape ...uint32) []byte {
	var b bytes.Buffer
	b.Write([]byte{0, 0, kind, byte(len(shape))})
	binary.Write(&b, binary.BigEndian, shape)
	if err := binary.Write(&b, binary.BigEndian, values); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestReadIDX(t *testing.T) {
	for _, try := range []struct {
		name string
		x, y []byte
		want []float64
	}{
		{"uint8", idx(0x08, []uint8{0, 1, 127, 128, 254, 255}, 3, 2), idx(0x08, []uint8{4, 0, 2}, 3), []float64{0, 1, 127, 128, 254, 255}},
		{"int8", idx(0x09, []int8{0, 1, 127, -128, -2, -1}, 3, 2), idx(0x09, []int8{4, 0, 2}, 3), []float64{0, 1, 127, -128, -2, -1}},
		{"int16", idx(0x0B, []int16{0, 258, -32768, 32767, -2, -1}, 3, 2, 1), idx(0x0B, []int16{4, 0, 2}, 3), []float64{0, 258, -32768, 32767, -2, -1}},
		{"int32", idx(0x0C, []int32{0, 1, -1 << 31, 1<<31 - 1, 66051, -1}, 3, 1, 2), idx(0x0C, []int32{4, 0, 2}, 3), []float64{0, 1, -1 << 31, 1<<31 - 1, 66051, -1}},
		{"float32", idx(0x0D, []float32{0.1, 1, -2, math.MaxFloat32, 0x1p-149, 0}, 3, 2), idx(0x08, []uint8{4, 0, 2}, 3),
			[]float64{float64(float32(0.1)), 1, -2, math.MaxFloat32, 0x1p-149, 0}},
		{"float64", idx(0x0E, []float64{0.1, 1, -2, math.MaxFloat64, 0x1p-1074, 0}, 3, 2), idx(0x08, []uint8{4, 0, 2}, 3),
			[]float64{0.1, 1, -2, math.MaxFloat64, 0x1p-1074, 0}},
	} {
		for form, pack := range map[string]func([]byte) []byte{
			"plain":   func(b []byte) []byte { return b },
			"gzipped": func(b []byte) []byte { return zipped(string(b)) },
		} {
			got, err := ReadIDX("x", bytes.NewReader(pack(try.x)), "y", bytes.NewReader(pack(try.y)))
			if err != nil {
				t.Errorf("%s, %s: %v", try.name, form, err)
			} else if d := cmp.Diff(&Set{Features: 2, Classes: 5, X: try.want, Label: []int{4, 0, 2}}, got); d != "" {
				t.Errorf("%s, %s: (-want +got)\n%s", try.name, form, d)
			}
		}
	}
}

// TestReadIDXBlocks reads more than one block of values of eight bytes.
func TestReadIDXBlocks(t *testing.T) {
	const n = 3*blockSize/8/2 + 1
	values := make([]float64, 2*n)
	for i := range values {
		values[i] = float64(i*i) / 7
	}
	label := make([]int32, n)
	label[n-1] = 9
	s, err := ReadIDX("x", bytes.NewReader(idx(0x0E, values, n, 2)), "y", bytes.NewReader(idx(0x0C, label, n)))
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(s.X, values) || s.Classes != 10 || s.Len() != n {
		t.Errorf("%d samples in %d classes, or other values", s.Len(), s.Classes)
	}
	values[2*n-1] = math.NaN()
	_, err = ReadIDX("x", bytes.NewReader(idx(0x0E, values, n, 2)), "y", bytes.NewReader(idx(0x0C, label, n)))
	if want := fmt.Sprintf("x: byte %d: NaN, want a finite number", 12+8*(2*n-1)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReadIDXErrors(t *testing.T) {
	y := idx(0x08, []uint8{4, 0, 2}, 3)
	x := idx(0x08, []uint8{0, 1, 2, 3, 4, 5}, 3, 2)
	for _, try := range []struct {
		name string
		x, y []byte
		want string
	}{
		{"empty", nil, y, "x: byte 0: the file is empty"},
		{"empty when unpacked", zipped(""), y, "x: byte 0: the file is empty"},
		{"half a magic number", x[:3], y, "x: byte 3: the header ends here"},
		{"half a header", x[:11], y, "x: byte 11: the header ends here"},
		{"no sizes", x[:4], y, "x: byte 4: the header ends here"},
		{"another format", []byte("1,2,0\n1,2,0\n"), y, "x: byte 4: begins with 31 2c 32 2c, which is not IDX"},
		{"unknown type", idx(0x0A, []uint8{1}, 1, 1), y, "x: byte 4: begins with 00 00 0a 02, which is not IDX"},
		{"no dimension", idx(0x08, []uint8{1}), y, "x: byte 4: begins with 00 00 08 00, which is not IDX"},
		{"little endian", []byte{2, 8, 0, 0, 3, 0, 0, 0}, y, "x: byte 4: begins with 02 08 00 00, which is not IDX"},
		{"no values", x[:12], y, "x: byte 12: the data end here, want 18 bytes"},
		{"a value too few", x[:17], y, "x: byte 17: the data end here, want 18 bytes"},
		{"a value too many", append(bytes.Clone(x), 7), y, "x: byte 18: data left over after the last value"},
		{"a gzipped value too many", zipped(string(x) + "\x00"), y, "x: byte 18: data left over after the last value"},
		{"checksum after the last value", damaged(x), y, "x: byte 18: gzip: the checksum is wrong"},
		{"cut after the last value", cut(x), y, "x: byte 18: gzip: the file is cut short"},
		{"labels cut", x, y[:10], "y: byte 10: the data end here, want 11 bytes"},
		{"a label too many", x, append(bytes.Clone(y), 7), "y: byte 11: data left over"},
		{"fewer labels", x, idx(0x08, []uint8{4, 0}, 2), "x has 3 samples, y has 2 labels"},
		{"the wrong way round", y, x, "x: byte 8: shape [3]: want samples of 2 dimensions or more; are these the labels?"},
		{"samples twice", x, x, "y: byte 12: shape [3 2]: want labels of 1 dimension; are these the samples?"},
		{"no samples", idx(0x08, []uint8{}, 0, 2), y, "x: byte 12: shape [0 2]: no samples or no features"},
		{"no features", idx(0x08, []uint8{}, 3, 28, 0), y, "x: byte 16: shape [3 28 0]: no samples or no features"},
		{"no labels", x, idx(0x08, []uint8{}, 0), "y: byte 8: shape [0]: no samples"},
		{"a billion images", idx(0x08, []uint8{1}, 1<<31, 28, 28), y, "x: byte 16: shape [2147483648 28 28]: more than 67108864 values"},
		{"one value too many for a set", idx(0x08, []uint8{1}, 1<<25+1, 2), y, "x: byte 12: shape [33554433 2]: more than 67108864 values"},
		{"product that overflows", idx(0x08, []uint8{1}, 1<<31, 1<<31, 4, 1), y, "x: byte 20: shape [2147483648 2147483648 4 1]: more than"},
		{"product that overflows to zero", idx(0x08, []uint8{1}, 1<<16, 1<<16, 1<<16, 1<<16), y, "x: byte 20: shape [65536 65536 65536 65536]: more than"},
		{"label of floats", x, idx(0x0D, []float32{1, 2, 3}, 3), "y: byte 8: labels are float32, want integers"},
		{"label of floats, in two dimensions", x, idx(0x0D, []float32{1, 2, 3}, 3, 1), "y: byte 12: shape [3 1]: want labels of 1 dimension"},
		{"negative label", x, idx(0x0B, []int16{1, -1, 2}, 3), "y: byte 10: label -1, want 0..4095"},
		{"large label", x, idx(0x0C, []int32{1, 4095, 4096}, 3), "y: byte 16: label 4096, want 0..4095"},
		{"NaN", idx(0x0D, []float32{0, 1, 2, 3, float32(math.NaN()), 5}, 3, 2), y, "x: byte 28: NaN, want a finite number"},
		{"infinity", idx(0x0E, []float64{0, 1, 2, math.Inf(-1), 4, 5}, 3, 2), y, "x: byte 36: -Inf, want a finite number"},
	} {
		t.Run(try.name, func(t *testing.T) {
			_, err := ReadIDX("x", bytes.NewReader(try.x), "y", bytes.NewReader(try.y))
			if err == nil || !strings.HasPrefix(err.Error(), try.want) {
				t.Errorf("got %v, want %s", err, try.want)
			}
		})
	}
}

// damaged packs data with a wrong checksum.
func damaged(data []byte) []byte {
	z := zipped(string(data))
	z[len(z)-8]++
	return z
}

// cut packs data with half a checksum.
func cut(data []byte) []byte {
	z := zipped(string(data))
	return z[:len(z)-3]
}
