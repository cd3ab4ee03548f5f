package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestReadCSV(t *testing.T) {
	want := &Set{Features: 2, Classes: 3, X: []float64{1, -2.5, 1e3, 0.1}, Label: []int{2, 0}}
	for _, try := range []struct {
		name, text string
		c          CSV
	}{
		{"label last", "1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"said so", "1,-2.5,2\n1e3,.1,0\n", CSV{Label: "last", Header: "no"}},
		{"label first", "2,1,-2.5\n0,1E+3,0.1\n", CSV{Label: "first"}},
		{"no newline at the end", "1,-2.5,2\n+1000,1e-1,0", CSV{}},
		{"lines of DOS", "1,-2.5,2\r\n1e3,.1,0\r\n", CSV{}},
		{"blank lines", "\n  \n1,-2.5,2\n\r\n1e3,.1,0\n\n \t\n  ", CSV{}},
		{"blanks around fields", " 1 ,\t-2.5, 2\n1e3 ,.1 , 0 \n", CSV{}},
		{"quotes", "\"1\",\"-2.5\",\"2\"\n1e3,\" .1\" ,0\n", CSV{}},
		{"byte order mark", "\xef\xbb\xbf1,-2.5,2\n1e3,.1,0\n", CSV{Header: "no"}},
		{"byte order mark, perhaps a heading", "\xef\xbb\xbf1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"labels as of savetxt", "1,-2.5,2.000000000000000000e+00\n1e3,.1,-0.000000000000000000e+00\n", CSV{}},
		{"labels in other forms", "+2.,1,-2.5\n\"0.0\",1E+3,0.1\n", CSV{Label: "first"}},
		{"labels with an exponent", "0.2e1,1,-2.5\n0e9,1E+3,0.1\n", CSV{Label: "first"}},
		{"heading", "x,y,class\n1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"heading of one name", "0,1,class\n1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"heading whose names begin with digits", "label,1x1,1x2\n2,1,-2.5\n0,1e3,.1\n", CSV{Label: "first"}},
		{"heading after a wrong label", "1x1,1x2,label\n1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"heading with a missing name", ",x,class\n1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"heading as of savetxt", "# x, y, class\n1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"heading in quotes", "\n\"x, of course\",\"y\"\"\",class\n1,-2.5,2\n1e3,.1,0\n", CSV{}},
		{"heading in other letters", "é,_,класс\n1,-2.5,2\n1e3,.1,0\n", CSV{Header: "auto"}},
		{"heading of numbers", "0,1,9\n1,-2.5,2\n1e3,.1,0\n", CSV{Header: "yes"}},
	} {
		t.Run(try.name, func(t *testing.T) {
			for form, r := range map[string]func() *bytes.Reader{
				"plain":       func() *bytes.Reader { return bytes.NewReader([]byte(try.text)) },
				"gzipped":     func() *bytes.Reader { return bytes.NewReader(zipped(try.text)) },
				"two members": func() *bytes.Reader { return bytes.NewReader(append(zipped(try.text[:5]), zipped(try.text[5:])...)) },
			} {
				got, err := ReadCSV("f.csv", iotest.OneByteReader(r()), try.c)
				if err != nil {
					t.Errorf("%s: %v", form, err)
				} else if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s: (-want +got)\n%s", form, d)
				}
			}
		})
	}
}

func TestReadCSVErrors(t *testing.T) {
	long := strings.Repeat("1", maxField+1)
	for _, try := range []struct {
		name, text string
		c          CSV
		want       string
	}{
		{"empty", "", CSV{}, "f.csv: nothing in it, want samples"},
		{"blank", "\n \n\r\n", CSV{}, "f.csv: nothing in it, want samples"},
		{"only a heading", "\nx,y,class\n", CSV{}, "f.csv:2: nothing but a heading, want samples"},
		{"only a heading of numbers", "1,2,3", CSV{Header: "yes"}, "f.csv:1: nothing but a heading, want samples"},
		{"a heading where there is none", "x,y,class\n1,2,3\n", CSV{Header: "no"}, `f.csv:1: column 1: "x", want a decimal number`},
		{"a second heading", "x,y,class\nx,y,class\n", CSV{}, `f.csv:2: column 1: "x", want a decimal number`},
		{"one column", "1\n2\n", CSV{}, "f.csv:1: column 1: the only column, want a label and at least one feature"},
		{"one column under a heading", "class\n2\n", CSV{Label: "first"}, "f.csv:2: column 1: the only column, want"},
		{"a column too many", "1,2,0\n\n1,2,3,0\n", CSV{}, "f.csv:3: column 4: one more than line 1 has"},
		{"a column too few", "\n1,2,0\n3,1\n", CSV{}, "f.csv:3: column 2: the line ends here, want 3 columns as in line 2"},
		{"fewer than the heading", "x,y,class\n1,0\n", CSV{}, "f.csv:2: column 2: the line ends here, want 3 columns as in line 1"},
		{"a comma at the end", "1,2,0\n1,2,0,\n", CSV{}, "f.csv:2: column 4: one more than line 1 has"},
		{"empty field", "1,2,0\n1, ,0\n", CSV{}, "f.csv:2: column 2: an empty field, want a number"},
		{"empty field first of all", ",2,0\n", CSV{}, "f.csv:1: column 1: an empty field, want a number"},
		{"empty label", "1,2,\n", CSV{}, `f.csv:1: column 3: label "", want an integer 0..4095`},
		{"semicolons", "1;2;0\n", CSV{}, "f.csv:1: column 1: the only column, want a label and at least one feature; are the values separated by commas?"},
		{"tabs under a heading", "x\ty\tclass\n1\t2\t0\n", CSV{}, "f.csv:2: column 1: the only column, want a label and at least one feature; are the"},
		{"savetxt's blanks", "1.5 2.5 0.0\n", CSV{}, "f.csv:1: column 1: the only column, want a label and at least one feature; are the"},
		{"semicolons under a heading of commas", "x,y,class\n1;2;0\n", CSV{},
			"f.csv:2: column 1: the line ends here, want 3 columns as in line 1; are the values separated by commas?"},
		{"many values with tabs", strings.Repeat("1\t", maxField), CSV{}, "f.csv:1: column 1: a field of more than 4096 bytes; are the"},
		{"a semicolon later", "1,2,0\n1,2;0\n", CSV{}, "f.csv:2: column 2: the line ends here, want 3 columns as in line 1"},
		{"NaN", "1,2,0\nnan,2,0\n", CSV{}, `f.csv:2: column 1: "nan", want a decimal number`},
		{"NaN first of all", "NaN,2,0\n1,2,0\n", CSV{}, `f.csv:1: column 1: "NaN", want a decimal number`},
		{"missing values are no heading", "1,NA,n/a\n1,2,0\n", CSV{}, `f.csv:1: column 2: "NA", want a decimal number`},
		{"infinity", "1,-Inf,0\n", CSV{}, `f.csv:1: column 2: "-Inf", want a decimal number`},
		{"a slip in the first line is no heading", "1,2x,0\n", CSV{}, `f.csv:1: column 2: "2x", want a decimal number`},
		{"hexadecimal", "1,2,0\n0x1p3,2,0\n", CSV{}, `f.csv:2: column 1: "0x1p3", want a decimal number`},
		{"underscores", "1,2,0\n1_000,2,0\n", CSV{}, `f.csv:2: column 1: "1_000", want a decimal number`},
		{"only signs", "1,2,0\n+-,2,0\n", CSV{}, `f.csv:2: column 1: "+-", want a decimal number`},
		{"too large", "1,2,0\n1e309,2,0\n", CSV{}, `f.csv:2: column 1: "1e309" is too large for float64`},
		{"quotes inside", "1,2,0\n1\"2\",2,0\n", CSV{}, `f.csv:2: column 1: "1\"2\"", want a decimal number`},
		{"a quote that stays open", "1,2,0\n\"1,2,0\n3,4,0\n", CSV{}, "f.csv:2: column 1: a quoted field that does not end on its line"},
		{"a quote that stays open at the end", "1,2,0\n1,\"2", CSV{}, "f.csv:2: column 2: a quoted field that does not end on its line"},
		{"a long field", "1,2,0\n1," + long + ",0\n", CSV{}, "f.csv:2: column 2: a field of more than 4096 bytes"},
		{"a long field first of all", "1," + long + ",0\n", CSV{}, "f.csv:1: column 2: a field of more than 4096 bytes"},
		{"a label with a fraction", "1,2,0.5\n", CSV{}, `f.csv:1: column 3: label "0.5", want an integer 0..4095`},
		{"a label with a small fraction", "1,2,1.00000000000001e+00\n", CSV{}, `f.csv:1: column 3: label "1.00000000000001e+00", want an integer`},
		{"a negative label with a point", "1,2,-1.0\n", CSV{}, `f.csv:1: column 3: label "-1.0", want an integer 0..4095`},
		{"a label of NaN", "1,2,nan\n", CSV{}, `f.csv:1: column 3: label "nan", want an integer 0..4095`},
		{"a label beyond float64", "1,2,1e999\n", CSV{}, `f.csv:1: column 3: label "1e999", want an integer 0..4095`},
		{"a hexadecimal label", "1,2,0\n1,2,0x1p0\n", CSV{}, `f.csv:2: column 3: label "0x1p0", want an integer 0..4095`},
		{"a label of underscores", "1,2,0\n1,2,1_0\n", CSV{}, `f.csv:2: column 3: label "1_0", want an integer 0..4095`},
		{"a label too large with a point", "1,2,0\n1,2,4096.0\n", CSV{}, `f.csv:2: column 3: label "4096.0", want an integer 0..4095`},
		{"a negative label", "1,2,0\n1,2,-1\n", CSV{}, `f.csv:2: column 3: label "-1", want an integer 0..4095`},
		{"a label of many digits", "99999999999999999999,1\n", CSV{Label: "first"}, `f.csv:1: column 1: label "99999999999999999999", want`},
		{"a label too large", "1,4095\n1,4096\n", CSV{}, `f.csv:2: column 2: label "4096", want an integer 0..4095`},
		{"an unknown column", "1,2,0\n", CSV{Label: "middle"}, `f.csv: the column of the labels is "middle", want "first" or "last"`},
		{"an unknown heading", "1,2,0\n", CSV{Header: "maybe"}, `f.csv: header is "maybe", want "auto", "yes" or "no"`},
	} {
		t.Run(try.name, func(t *testing.T) {
			for form, text := range map[string]string{"plain": try.text, "gzipped": string(zipped(try.text))} {
				_, err := ReadCSV("f.csv", strings.NewReader(text), try.c)
				if err == nil || !strings.HasPrefix(err.Error(), try.want) {
					t.Errorf("%s: got %v, want %s", form, err, try.want)
				} else if asks := strings.HasSuffix(err.Error(), "; are the values separated by commas?"); asks != strings.Contains(try.want, "; are the") {
					t.Errorf("%s: got %v, which asks about commas: %v", form, err, asks)
				}
			}
		})
	}
}

// TestReadCSVLimits reads as many classes as there may be.
func TestReadCSVLimits(t *testing.T) {
	s, err := ReadCSV("f.csv", strings.NewReader("1,4095\n"), CSV{})
	if err != nil || s.Classes != MaxClasses {
		t.Errorf("%v, %v", s, err)
	}
}

// TestReadCSVBlank reads as many blank bytes in a row as there may be, and one more.
func TestReadCSVBlank(t *testing.T) {
	const lines = maxBlank / 4
	for _, try := range []struct{ name, text, want string }{
		{"the most", strings.Repeat("\n", maxBlank) + "1,2,0\n" + strings.Repeat("\n", maxBlank) + "3,4,1\n" + strings.Repeat(" ", 4000), ""},
		{"the most at the end", "1,2,0\n3,4,1\n" + strings.Repeat("   \n", lines-1) + "    ", ""},
		{"one more in front", strings.Repeat("\n", maxBlank+1) + "1,2,0\n", "f:1048577: "},
		{"one more after the heading", "x,y,class\n" + strings.Repeat("\n", maxBlank+1) + "1,2,0\n", "f:1048578: "},
		{"one more in the middle", "1,2,0\n" + strings.Repeat(" \t\r\n", lines) + "\n3,4,1\n", "f:262146: "},
		{"one more at the end", "1,2,0\n" + strings.Repeat("\"\" \n", lines) + " ", "f:262146: "},
	} {
		for form, text := range map[string]string{"plain": try.text, "gzipped": string(zipped(try.text))} {
			s, err := ReadCSV("f", strings.NewReader(text), CSV{})
			switch {
			case try.want == "" && (err != nil || !cmp.Equal(s.X, []float64{1, 2, 3, 4})):
				t.Errorf("%s, %s: %v, %v", try.name, form, s, err)
			case try.want != "" && (err == nil || err.Error() != try.want+"column 1: more than 1048576 bytes of blank lines in a row"):
				t.Errorf("%s, %s: got %v, want it for %s", try.name, form, err, try.want)
			}
		}
	}
}

// TestReadErrors passes on what a reader says, with the name of the file.
func TestReadErrors(t *testing.T) {
	broken := errors.New("the disk fell down")
	good := idx(0x08, []byte{1, 2, 3, 4}, 2, 2)
	fails := func(text []byte) *failing { return &failing{bytes.NewReader(text), broken} }
	for name, read := range map[string]func() error{
		"CSV at once": func() error { _, err := ReadCSV("f", fails(nil), CSV{}); return err },
		"CSV later":   func() error { _, err := ReadCSV("f", fails([]byte("1,2\n3,")), CSV{}); return err },
		"IDX at once": func() error { _, err := ReadIDX("f", fails(nil), "y", bytes.NewReader(good)); return err },
		"IDX, header": func() error { _, err := ReadIDX("f", fails(good[:7]), "y", bytes.NewReader(good)); return err },
		"IDX, values": func() error {
			_, err := ReadIDX("f", fails(good[:13]), "y", bytes.NewReader(idx(0x08, []byte{1, 2}, 2)))
			return err
		},
		"IDX, end": func() error {
			_, err := ReadIDX("f", fails(good), "y", bytes.NewReader(idx(0x08, []byte{1, 2}, 2)))
			return err
		},
		"NPY": func() error { _, err := ReadNPY("f", fails([]byte("\x93NUMPY")), "y", fails(nil)); return err },
	} {
		if err := read(); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "f:") && name != "NPY" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// failing fails where the data end.
type failing struct {
	r   *bytes.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.r.Len() == 0 {
		return 0, f.err
	}
	return f.r.Read(p)
}

func TestGzipErrors(t *testing.T) {
	text := "1,2,0\n3,4,1\n"
	whole := zipped(text)
	n := len(whole)
	changed := func(i int) []byte {
		c := bytes.Clone(whole)
		c[i] ^= 0xff
		return c
	}
	for _, try := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut in the header", whole[:5], "cut short"},
		{"cut in the middle", whole[:n-12], "cut short"},
		{"cut in the checksum", whole[:n-6], "cut short"},
		{"checksum", changed(n - 8), "the checksum is wrong, the file is damaged"},
		{"length", changed(n - 4), "the checksum is wrong, the file is damaged"},
		{"packed data", changed(10), "gzip: "},
		{"garbage behind", append(bytes.Clone(whole), "garbage that is long enough"...), "not a gzip header, there or after the end"},
	} {
		if _, err := ReadCSV("f.csv.gz", bytes.NewReader(try.data), CSV{}); err == nil ||
			!strings.HasPrefix(err.Error(), "f.csv.gz") || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: got %v, want %s", try.name, err, try.want)
		}
	}
}

// TestCSVRoundTrip writes sets with encoding/csv and reads them back, bit for bit.
func TestCSVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		features := rapid.IntRange(1, 5).Draw(t, "features")
		n := rapid.IntRange(1, 20).Draw(t, "samples")
		want := &Set{
			Features: features,
			X:        rapid.SliceOfN(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), n*features, n*features).Draw(t, "x"),
			Label:    rapid.SliceOfN(rapid.IntRange(0, MaxClasses-1), n, n).Draw(t, "labels"),
		}
		for _, l := range want.Label {
			want.Classes = max(want.Classes, l+1)
		}
		first := rapid.Bool().Draw(t, "first")
		got, err := ReadCSV("f.csv", bytes.NewReader(writeCSV(want, first)), layout(first))
		if err != nil {
			t.Fatal(err)
		}
		if got.Digest() != want.Digest() {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func layout(first bool) CSV {
	if first {
		return CSV{Label: "first"}
	}
	return CSV{}
}

func writeCSV(s *Set, first bool) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, l := range s.Label {
		var row []string
		if first {
			row = append(row, strconv.Itoa(l))
		}
		for _, v := range s.Sample(i) {
			row = append(row, strconv.FormatFloat(v, 'g', -1, 64))
		}
		if !first {
			row = append(row, strconv.Itoa(l))
		}
		w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}
