package npy

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// A Writer writes an .npz file as numpy.savez does: not compressed, since weights hardly are compressible, and since the
// bytes then depend on the arrays alone. There are no times in it.
type Writer struct{ z *zip.Writer }

// NewWriter returns a writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{zip.NewWriter(w)} }

// Close writes the end of the file. It does not close the writer below.
func (w *Writer) Close() error { return w.z.Close() }

// Vector writes values as the array of that name and of one dimension.
func Vector[T float32 | float64](w *Writer, name string, values []T) error {
	return write(w, name, fmt.Sprintf("(%d,)", len(values)), values)
}

// Matrix writes values, rows of so many columns one after the other, as the array of that name and of two dimensions. The
// number of values must be a multiple of the number of columns, and neither may be zero.
func Matrix[T float32 | float64](w *Writer, name string, columns int, values []T) error {
	if columns < 1 || len(values) == 0 || len(values)%columns != 0 {
		return fmt.Errorf("%s: %d values are not rows of %d", name, len(values), columns)
	}
	return write(w, name, fmt.Sprintf("(%d, %d)", len(values)/columns, columns), values)
}

// write writes an array in version 1.0 of NumPy's format, its header filled up to a multiple of 64 bytes.
func write[T float32 | float64](w *Writer, name, shape string, values []T) error {
	f, err := w.z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	descr := "<f8"
	if _, is32 := any(T(0)).(float32); is32 {
		descr = "<f4"
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape)
	const before = 10 // bytes: the magic, the version and the header's length
	header += strings.Repeat(" ", 63-(before+len(header))%64) + "\n"
	out := bufio.NewWriter(f)
	out.WriteString("\x93NUMPY\x01\x00")
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	out.WriteString(header)
	var b [8]byte
	for _, v := range values {
		switch v := any(v).(type) {
		case float32:
			out.Write(binary.LittleEndian.AppendUint32(b[:0], math.Float32bits(v)))
		case float64:
			out.Write(binary.LittleEndian.AppendUint64(b[:0], math.Float64bits(v)))
		}
	}
	if err := out.Flush(); err != nil { // the first error of all
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
