package harness

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/samebits/samebits/kernel"
)

// maxRow bounds the length of a row's line.
const maxRow = 1 << 16

// rowReader reads the rows of a file, one after the other.
type rowReader struct {
	file string
	line int
	in   *bufio.Reader
	text []byte // the last line read
}

func newRowReader(file string, in io.Reader) *rowReader {
	return &rowReader{file: file, in: bufio.NewReaderSize(in, maxRow)}
}

// SweepSchema is what the summary of a sweep says that it is. It may stand behind the rows of a file.
const SweepSchema = "samebits/sweep/1"

const summaryStart = `{"schema":"` + SweepSchema + `",`

// errTorn says that a file ends within a line.
var errTorn = errors.New("the last line is not complete")

// next returns the next row, or io.EOF.
func (r *rowReader) next() (*Row, error) {
	line, err := r.in.ReadSlice('\n')
	r.line++
	switch {
	case err == io.EOF && len(line) == 0:
		return nil, io.EOF
	case err == io.EOF:
		r.text = line
		return nil, errTorn
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("%s:%d: not a row of a sweep: a line of more than %d bytes", r.file, r.line, maxRow)
	case err != nil:
		return nil, err
	}
	r.text = line
	if bytes.HasPrefix(line, []byte(summaryStart)) {
		if _, err := r.in.ReadByte(); err == io.EOF {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("%s:%d: something stands behind the summary", r.file, r.line)
	}
	row, err := parseRow(line)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", r.file, r.line, err)
	}
	return row, nil
}

// Resume reads what an earlier call of the same sweep has written for these seeds, and calls emit with each row. It returns
// how many rows there are and how many bytes they take: what follows, a line that was being written when that call
// ended, is to be cut off. It is an error if the file holds something else.
func (r *ReadySweep) Resume(file string, in io.Reader, some Seeds, emit func(*Row) error) (rows int, size int64, err error) {
	reader := newRowReader(file, in)
	for {
		seed, setting := uint64(some.First)+uint64(rows/len(r.Settings)), rows%len(r.Settings)
		row, err := reader.next()
		switch {
		case err == io.EOF:
			return rows, size, nil
		case errors.Is(err, errTorn):
			if seed > uint64(some.Last) || !couldBegin(reader.text, uint32(seed), r.Settings[setting].Changes) {
				return rows, size, fmt.Errorf("%s:%d: not a row of a sweep", file, reader.line)
			}
			return rows, size, nil
		case err != nil:
			return rows, size, err
		}
		if row.Sweep != r.ID {
			return rows, size, fmt.Errorf("%s:%d: a row of sweep %q, want %q", file, reader.line, row.Sweep, r.ID)
		}
		if seed > uint64(some.Last) {
			return rows, size, fmt.Errorf("%s:%d: more rows than seeds %v have", file, reader.line, some)
		}
		if uint64(row.Seed) != seed || !slices.Equal(row.Set, r.Settings[setting].Changes) {
			return rows, size, fmt.Errorf("%s:%d: a row of seed %d, want seed %d: was the file written for another shard?", file, reader.line, row.Seed, seed)
		}
		if z := r.shared[setting].sizes; row.Error == "" && (row.Total != z.train || row.Tests != z.test) {
			return rows, size, fmt.Errorf("%s:%d: a row of %d and %d samples, want %d and %d", file, reader.line, row.Total, row.Tests, z.train, z.test)
		}
		if err := emit(row); err != nil {
			return rows, size, err
		}
		rows++
		size += int64(len(reader.text))
	}
}

// couldBegin reports whether a line that breaks off can be the beginning of the row of this seed and setting: what is none
// may be somebody's own.
func couldBegin(text []byte, seed uint32, set []string) bool {
	for _, end := range []string{`,"correct":`, `,"error":"`} {
		start := string((&Row{Seed: seed, Set: set, Error: "x"}).Append(nil))
		start = start[:strings.LastIndex(start, `,"error":"x"`)] + end
		if strings.HasPrefix(start, string(text)) || strings.HasPrefix(string(text), start) {
			return true
		}
	}
	return false
}

// MergeError is the error of files that do not make up one sweep.
type MergeError struct{ text string }

func (e *MergeError) Error() string { return e.text }

// Conflict is the error of two different rows for one seed: two machines do not agree, or a file was changed.
type Conflict struct {
	Places [2]string // file:line of each
	Rows   [2]string // the lines
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("two rows differ:\n%s: %s\n%s: %s", c.Places[0], c.Rows[0], c.Places[1], c.Rows[1])
}

// Part is a file that holds rows of a sweep, in order.
type Part struct {
	Name string
	In   io.Reader
}

// Merge joins the rows of a sweep that were computed in parts, and calls emit with each, in order. Rows may occur in several
// files, and must then be the same: a [*Conflict] otherwise. It is a [*MergeError] if rows are missing, out of order, or of
// different sweeps. It reads all files at once, each once, and keeps a row of each.
func Merge(parts []Part, emit func(*Row) error) error {
	m := &merger{emit: emit}
	for _, p := range parts {
		c := &cursor{rowReader: newRowReader(p.Name, p.In)}
		if err := c.advance(); err != nil {
			return err
		}
		m.cursors = append(m.cursors, c)
	}
	if err := m.identify(); err != nil {
		return err
	}
	for seed := uint64(m.seeds.First); seed <= uint64(m.seeds.Last); seed++ {
		for setting := range m.settings {
			if err := m.one(uint32(seed), setting); err != nil {
				return err
			}
		}
	}
	for _, c := range m.cursors {
		if c.row != nil {
			return &MergeError{fmt.Sprintf("%s: a row of seed %d, which is not one of %v or is out of order", c.place(), c.row.Seed, m.seeds)}
		}
	}
	return nil
}

type merger struct {
	cursors  []*cursor
	emit     func(*Row) error
	sweep    string
	seeds    Seeds
	settings int
	sets     [][]string // of the first seed
	totals   [2]int     // samples of the first row that did not fail
}

// cursor stands at a row of a file.
type cursor struct {
	*rowReader
	row *Row // nil at the end
}

func (c *cursor) place() string { return fmt.Sprintf("%s:%d", c.file, c.line) }

func (c *cursor) trimmed() string { return string(bytes.TrimSpace(c.text)) }

// advance goes to the next row.
func (c *cursor) advance() error {
	before := c.row
	row, err := c.next()
	switch {
	case err == io.EOF:
		c.row = nil
		return nil
	case errors.Is(err, errTorn):
		return &MergeError{fmt.Sprintf("%s: %v: run that part again, it goes on from there", c.place(), err)}
	case err != nil:
		return &MergeError{err.Error()}
	}
	if before != nil && (row.Seed < before.Seed || row.Seed == before.Seed && slices.Equal(row.Set, before.Set)) {
		return &MergeError{fmt.Sprintf("%s: seed %d after seed %d: the rows are not in order", c.place(), row.Seed, before.Seed)}
	}
	c.row = row
	return nil
}

// identify finds out which sweep the rows are of.
func (m *merger) identify() error {
	var first *cursor
	for _, c := range m.cursors {
		if c.row == nil {
			return &MergeError{c.file + ": no rows"}
		}
		if first == nil {
			first = c
		}
		if c.row.Sweep != first.row.Sweep {
			return &MergeError{fmt.Sprintf("%s: a row of sweep %q, that of %s is of %q", c.place(), c.row.Sweep, first.place(), first.row.Sweep)}
		}
	}
	if first == nil {
		return &MergeError{"no files"}
	}
	m.sweep = first.row.Sweep
	var err error
	m.seeds, m.settings, err = parseID(m.sweep)
	if err != nil {
		return &MergeError{fmt.Sprintf("%s: %v", first.place(), err)}
	}
	return nil
}

// parseID reads from a sweep's identity its seeds and the number of settings.
func parseID(id string) (s Seeds, settings int, err error) {
	m := idPattern.FindStringSubmatch(id)
	if m == nil || !validName(m[2]) {
		return s, 0, fmt.Errorf("no sweep has the identity %.100q", id)
	}
	if m[1] != kernel.Contract {
		return s, 0, fmt.Errorf("a sweep by the arithmetic %s, this is %s", m[1], kernel.Contract)
	}
	if s, err = ParseSeeds(m[3]); err != nil {
		return s, 0, fmt.Errorf("no sweep has the identity %q: %w", id, err)
	}
	if m[4] == "" {
		return s, 1, nil
	}
	if settings, err = strconv.Atoi(m[4]); err != nil || settings < 2 || settings > maxSettings {
		return s, 0, fmt.Errorf("no sweep has the identity %q", id)
	}
	return s, settings, nil
}

var idPattern = regexp.MustCompile(`^(samebits/[0-9]+) (\S+) ([0-9.]+) (?:x([0-9]+) )?[0-9a-f]{16}$`)

// one emits the row of a seed and a setting, and goes on in all files that have it.
func (m *merger) one(seed uint32, setting int) error {
	var have []*cursor
	for _, c := range m.cursors {
		if c.row == nil || c.row.Seed != seed {
			continue
		}
		if setting == len(m.sets) {
			m.sets = append(m.sets, c.row.Set)
		}
		if slices.Equal(c.row.Set, m.sets[setting]) {
			have = append(have, c)
		}
		if (m.settings == 1) != (c.row.Set == nil) {
			return &MergeError{fmt.Sprintf("%s: setting %q in a sweep of %d", c.place(), c.row.Set, m.settings)}
		}
	}
	if len(have) == 0 {
		return m.missing(seed, setting)
	}
	first := have[0]
	for _, c := range have {
		if c.row.Sweep != m.sweep {
			return &MergeError{fmt.Sprintf("%s: a row of sweep %q, others are of %q", c.place(), c.row.Sweep, m.sweep)}
		}
		if !bytes.Equal(c.text, first.text) {
			return &Conflict{[2]string{first.place(), c.place()}, [2]string{first.trimmed(), c.trimmed()}}
		}
	}
	if totals := [2]int{first.row.Total, first.row.Tests}; first.row.Error == "" {
		if m.settings == 1 && m.totals != [2]int{} && totals != m.totals {
			return &MergeError{fmt.Sprintf("%s: a row of %d and %d samples, others have %d and %d", first.place(), totals[0], totals[1], m.totals[0], m.totals[1])}
		}
		m.totals = totals
	}
	if err := m.emit(first.row); err != nil {
		return err
	}
	for _, c := range have {
		if err := c.advance(); err != nil {
			return err
		}
	}
	return nil
}

// missing says which rows there are none of, from this seed on.
func (m *merger) missing(seed uint32, setting int) error {
	next := uint64(m.seeds.Last) + 1
	for _, c := range m.cursors {
		if c.row != nil && c.row.Seed >= seed {
			next = min(next, uint64(c.row.Seed))
		}
	}
	if next == uint64(seed) || setting > 0 {
		return &MergeError{fmt.Sprintf("seed %d: the row of a setting is missing", seed)}
	}
	return &MergeError{fmt.Sprintf("no rows for %v of the seeds %v", Seeds{seed, uint32(next - 1)}, m.seeds)}
}
