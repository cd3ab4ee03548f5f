package dataset

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CSV says how a file of comma-separated values is laid out. The zero value is right for most.
type CSV struct {
	// Label is the column of the labels: "first", or "last", which "" means too.
	Label string

	// Header tells whether the first line is a heading that is passed over: "yes", "no", or "auto", which "" means too:
	// it is one if one of its fields begins with a letter, _ or #. The words nan, inf, infinity, na, n/a, null and none
	// do not count as such: they stand for values, and are refused.
	Header string
}

// ReadCSV reads a set from comma-separated values, gzipped or not. A line is a sample: its features, which are decimal
// numbers such as -1.5e3, and its label, an integer 0 .. MaxClasses-1, which may be written as 2.0 or 2e+00 too: a number
// counts as what it is in float64. The largest label decides the number of classes. Blanks around a field, quotes around
// it, blank lines and a byte order mark are passed over; a quoted field ends on its line. The name is for errors, which
// fall on lines of different lengths, empty fields, what is no decimal number or too large for float64, a label out of
// range, a file without samples, more than [MaxValues] values, more than a megabyte of blank lines in a row. They give the
// line and the column, counted from 1.
func ReadCSV(file string, r io.Reader, c CSV) (*Set, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	src, err := newSource(file, r)
	if err != nil {
		return nil, err
	}
	t := &table{CSV: c, file: file, fields: newFields(src)}
	for err == nil {
		err = t.sample()
	}
	if err != io.EOF {
		return nil, err
	}
	return t.set()
}

func (c CSV) check() error {
	if !slices.Contains([]string{"", "first", "last"}, c.Label) {
		return fmt.Errorf(`the column of the labels is %.40q, want "first" or "last"`, c.Label)
	}
	if !slices.Contains([]string{"", "auto", "yes", "no"}, c.Header) {
		return fmt.Errorf(`header is %.40q, want "auto", "yes" or "no"`, c.Header)
	}
	return nil
}

// A table is a set in the making.
type table struct {
	CSV
	*fields
	file    string
	first   int // line that the others have to match; 0 before there is one
	width   int // its columns
	x       growing[float64]
	label   growing[int]
	classes int
}

// sample reads a line. It returns io.EOF if there is none.
func (t *table) sample() error {
	if err := t.skipBlank(); err != nil {
		return t.readError(err)
	}
	first := t.first == 0
	heading := first && t.Header == "yes"
	var wrong error // with the first line, which may turn out to be a heading
	for {
		if err := t.take(); err != nil && !first {
			return err
		} else if err != nil {
			wrong = cmp.Or(wrong, err)
			heading = heading || t.Header != "no" && isName(t.text)
		}
		if t.last {
			break
		}
		if t.column > MaxValues {
			return t.errorf("more columns than a set has values")
		}
		if err := t.next(); err != nil {
			return t.readError(err)
		}
	}
	if first {
		t.first, t.width = t.line, t.column
	}
	if heading {
		t.x, t.label, t.classes = growing[float64]{}, growing[int]{}, 0
		return nil
	}
	return wrong
}

// take adds the field to the set.
func (t *table) take() error {
	switch {
	case t.first > 0 && t.column > t.width:
		return t.errorf("one more than line %d has", t.first)
	case t.first > 0 && t.last && t.column < t.width:
		return t.errorf("the line ends here, want %d columns as in line %d%s", t.width, t.first, t.hint())
	case t.last && t.column == 1:
		return t.errorf("the only column, want a label and at least one feature%s", t.hint())
	case t.column == 1 && t.Label == "first", t.last && t.Label != "first":
		l, err := parseLabel(t.text)
		if err != nil {
			return t.errorf("%w", err)
		}
		t.label.append(l)
		t.classes = max(t.classes, l+1)
		return nil
	case t.x.n == MaxValues:
		return t.errorf("more than %d values", MaxValues)
	}
	v, err := parseFeature(t.text)
	if err != nil {
		return t.errorf("%w", err)
	}
	t.x.append(v)
	return nil
}

func (t *table) set() (*Set, error) {
	if t.label.n == 0 && t.first > 0 {
		return nil, fmt.Errorf("%s:%d: nothing but a heading, want samples", t.file, t.first)
	}
	if t.label.n == 0 {
		return nil, fmt.Errorf("%s: nothing in it, want samples", t.file)
	}
	return &Set{Features: t.width - 1, Classes: t.classes, X: t.x.join(), Label: t.label.join()}, nil
}

func (t *table) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: column %d: %w", t.file, t.line, t.column, fmt.Errorf(format, args...))
}

// readError tells where reading ended, if not at the end of the file.
func (t *table) readError(err error) error {
	if err == io.EOF {
		return err
	}
	return t.errorf("%w", err)
}

// parseLabel takes an integer in any decimal form: numpy.savetxt writes 2 as 2.000000000000000000e+00.
func parseLabel(text []byte) (int, error) {
	l, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !decimal(text) || l < 0 || l >= MaxClasses || l != math.Floor(l) {
		return 0, fmt.Errorf("label %.40q, want an integer 0..%d", text, MaxClasses-1)
	}
	return int(l), nil
}

// parseFeature refuses what strconv reads besides decimal numbers: hexadecimal, NaN and infinities.
func parseFeature(text []byte) (float64, error) {
	if len(text) == 0 {
		return 0, errors.New("an empty field, want a number")
	}
	v, err := strconv.ParseFloat(string(text), 64)
	switch {
	case !decimal(text) || errors.Is(err, strconv.ErrSyntax):
		return 0, fmt.Errorf("%.40q, want a decimal number", text)
	case err != nil:
		return 0, fmt.Errorf("%.40q is too large for float64", text)
	}
	return v, nil
}

func decimal(text []byte) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return false
		}
	}
	return true
}

// isName reports whether a field names a column. Words for missing values do not: the line that holds one is data.
func isName(field []byte) bool {
	r, _ := utf8.DecodeRune(field)
	word := strings.ToLower(string(field))
	return (unicode.IsLetter(r) || r == '_' || r == '#') &&
		!slices.Contains([]string{"nan", "inf", "infinity", "na", "n/a", "null", "none"}, word)
}

// fields cuts text into fields, one at a time, so that a line may be of any length. encoding/csv holds a whole line, and
// a quoted field may make that the whole file.
type fields struct {
	r            *bufio.Reader
	read         int64 // bytes so far
	line, column int   // of the field, counted from 1
	last         bool
	text         []byte // the field, without what surrounds it
}

func newFields(r io.Reader) *fields {
	f := &fields{r: bufio.NewReaderSize(r, 1<<16), last: true}
	if mark, _ := f.r.Peek(3); string(mark) == "\xef\xbb\xbf" {
		f.r.Discard(len(mark)) // cannot fail after Peek
	}
	return f
}

// maxField is the longest field, in bytes.
const maxField = 1 << 12

// maxBlank is the most that blank lines in a row come to, in bytes. A small gzipped file can unpack to days of them.
const maxBlank = 1 << 20

// skipBlank reads the first field of the next line that is not blank. It returns io.EOF if there is none.
func (f *fields) skipBlank() error {
	start := f.read
	for {
		if err := f.next(); err != nil || !f.last || len(f.text) > 0 {
			return err
		}
		if f.read-start > maxBlank {
			return fmt.Errorf("more than %d bytes of blank lines in a row", maxBlank)
		}
	}
}

// next reads a field, which the end of the file ends as the end of a line does. It returns io.EOF if the file ends before
// a line begins.
func (f *fields) next() error {
	if f.last {
		f.line, f.column = f.line+1, 0
	}
	f.column++
	f.text = f.text[:0]
	for quoted := false; ; {
		c, err := f.r.ReadByte()
		if err == nil {
			f.read++
		}
		switch {
		case err != nil && err != io.EOF, err == io.EOF && f.column == 1 && len(f.text) == 0:
			return err
		case err == io.EOF || c == '\n':
			f.last = true
			if quoted {
				return errors.New("a quoted field that does not end on its line")
			}
			f.text = bare(f.text)
			return nil
		case c == ',' && !quoted:
			f.last = false
			f.text = bare(f.text)
			return nil
		case len(f.text) == maxField:
			return fmt.Errorf("a field of more than %d bytes%s", maxField, f.hint())
		case c == '"':
			quoted = !quoted
		}
		f.text = append(f.text, c)
	}
}

// hint is the end of an error about a line that seems to have one column. If that holds what other programs put between
// values, it asks about it.
func (f *fields) hint() string {
	if f.column == 1 && bytes.ContainsAny(f.text, "; \t") {
		return "; are the values separated by commas?"
	}
	return ""
}

// bare takes blanks and quotes from around a field. Quotes inside stay, and keep it from being a number.
func bare(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if n := len(text); n >= 2 && text[0] == '"' && text[n-1] == '"' {
		return bytes.TrimSpace(text[1 : n-1])
	}
	return text
}
