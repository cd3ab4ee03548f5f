package harness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/samebits/samebits/kernel"
)

// History tells when and why a golden trace was changed. It stands beside the trace, so that the trace itself holds nothing
// but what is compared.
type History struct {
	Entries []HistoryEntry // in the order in which they were written
}

// HistoryEntry is one change of a golden trace.
type HistoryEntry struct {
	Date     string // YYYY-MM-DD, in UTC
	Old      string // digest that the trace had: of the final weights, or the root of a sweep; or NoTrace, or Unreadable
	New      string // digest that it got
	Contract string // the arithmetic that it was recorded with
	Reason   string // why, in one line
}

// What stands in a history in place of a digest that there was not.
const (
	NoTrace    = "none"       // the trace is new
	Unreadable = "unreadable" // the file was no trace
)

// historyHeading is the first line of a history: what the file is, and the version of its format.
const historyHeading = "samebits history 1"

// Bounds of a history, in bytes.
const (
	maxHistory = 16 << 20
	maxReason  = 1000
)

// String writes the history: a heading, then a line for each change.
func (h *History) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, historyHeading)
	for _, e := range h.Entries {
		fmt.Fprintln(&b, e.Date, e.Old, e.New, e.Contract, e.Reason)
	}
	return b.String()
}

var entryPattern = regexp.MustCompile(`^(\d{4}-\d\d-\d\d) (none|unreadable|sha256:[0-9a-f]{64}) (sha256:[0-9a-f]{64}) ([\w./-]+) (.*)$`)

// ParseHistory reads a history as String writes it. Anything else, a line cut short included, is an error that names file
// and line.
func ParseHistory(file, text string) (*History, error) {
	body, ok := strings.CutPrefix(text, historyHeading+"\n")
	if !ok {
		return nil, fmt.Errorf("%s:1: not the history of a golden trace: the first line is not %q", file, historyHeading)
	}
	h := &History{}
	for line := range strings.Lines(body) {
		e, err := parseEntry(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, len(h.Entries)+2, err)
		}
		h.Entries = append(h.Entries, e)
	}
	return h, nil
}

func parseEntry(line string) (e HistoryEntry, err error) {
	line, complete := strings.CutSuffix(line, "\n")
	if !complete {
		return e, errors.New("the last line is not complete")
	}
	m := entryPattern.FindStringSubmatch(line)
	if m == nil {
		return e, errors.New("not a change: want date, old digest, new digest, arithmetic contract, reason")
	}
	if _, err := time.Parse(time.DateOnly, m[1]); err != nil {
		return e, fmt.Errorf("not a change: there is no day %s", m[1])
	}
	if err := CheckReason(m[5]); err != nil {
		return e, fmt.Errorf("not a change: the reason: %w", err)
	}
	return HistoryEntry{m[1], m[2], m[3], m[4], m[5]}, nil
}

// CheckReason refuses a reason that cannot stand in a history: none, one of several lines, or a very long one.
func CheckReason(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("want some words")
	case text != strings.TrimSpace(text):
		return errors.New("want no spaces around it")
	case len(text) > maxReason:
		return fmt.Errorf("%d bytes, want at most %d", len(text), maxReason)
	case !utf8.ValidString(text):
		return errors.New("want UTF-8")
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("want one line of printable characters, got %q", r)
		}
	}
	return nil
}

// readHistory reads the history at path. One that is not there is nil.
func readHistory(path string) (*History, error) {
	text, err := readFile(path, maxHistory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	h, err := ParseHistory(path, string(text))
	if err != nil {
		return nil, fmt.Errorf("%w; bring the file back, or mend the line", err)
	}
	return h, nil
}

// with returns the history with one more entry.
func (h *History) with(e HistoryEntry) *History {
	longer := &History{}
	if h != nil {
		longer.Entries = append(longer.Entries, h.Entries...)
	}
	longer.Entries = append(longer.Entries, e)
	return longer
}

// last returns the digest that the trace got last.
func (h *History) last() string {
	if h == nil || len(h.Entries) == 0 {
		return NoTrace
	}
	return h.Entries[len(h.Entries)-1].New
}

// dateVariable is the environment variable that reproducible builds take the time from: https://reproducible-builds.org/specs/source-date-epoch.
const dateVariable = "SOURCE_DATE_EPOCH"

// historyDate is the date of a change that is made now.
func historyDate() (string, error) {
	now := time.Now()
	if text := os.Getenv(dateVariable); text != "" {
		const end = 253402300800 // of the year 9999
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds < 0 || seconds >= end {
			return "", fmt.Errorf("%s: got %q, want seconds since 1970, up to the year 9999", dateVariable, text)
		}
		now = time.Unix(seconds, 0)
	}
	return now.UTC().Format(time.DateOnly), nil
}

// entry is the change from one digest to another that is made now.
func (r *Recorder) entry(old, new string) HistoryEntry {
	return HistoryEntry{r.date, old, new, kernel.Contract, r.reason}
}
