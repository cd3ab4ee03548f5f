package harness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// longHistory is a history with every kind of entry.
var longHistory = "samebits history 1\n" +
	"2026-02-28 none " + hashOf("1") + " samebits/1 the first\n" +
	"2026-03-01 " + hashOf("1") + " " + hashOf("2") + " samebits/1 naïve weights  with two spaces\n" +
	"2024-02-29 unreadable " + hashOf("3") + " samebits/2 x\n"

func TestHistory(t *testing.T) {
	h, err := ParseHistory("h", longHistory)
	if err != nil {
		t.Fatal(err)
	}
	want := []HistoryEntry{
		{"2026-02-28", NoTrace, hashOf("1"), "samebits/1", "the first"},
		{"2026-03-01", hashOf("1"), hashOf("2"), "samebits/1", "naïve weights  with two spaces"},
		{"2024-02-29", Unreadable, hashOf("3"), "samebits/2", "x"},
	}
	if d := cmp.Diff(want, h.Entries); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if h.String() != longHistory {
		t.Errorf("written as\n%s", h)
	}
	longer := h.with(HistoryEntry{"2026-12-31", hashOf("3"), hashOf("4"), "samebits/2", "y"})
	if got, want := longer.String(), longHistory+"2026-12-31 "+hashOf("3")+" "+hashOf("4")+" samebits/2 y\n"; got != want {
		t.Errorf("with one more:\n%s", got)
	}
	if len(h.Entries) != 3 {
		t.Error("the shorter history has become longer")
	}
	if got := longer.last(); got != hashOf("4") {
		t.Errorf("last: %s", got)
	}
	var none *History
	if got := none.last(); got != NoTrace {
		t.Errorf("last of none: %s", got)
	}
}

func TestHistoryErrors(t *testing.T) {
	for _, try := range []struct{ old, new, want string }{
		{"samebits history 1\n", "", `h:1: not the history of a golden trace: the first line is not "samebits history 1"`},
		{"history 1", "history 2", "h:1: not the history"},
		{"samebits/2 x\n", "samebits/2 x", "h:4: the last line is not complete"},
		{"samebits/2 x\n", "samebits/2\n", "h:4: not a change: want date, old digest, new digest, arithmetic contract, reason"},
		{"samebits/2 x\n", "samebits/2 \n", "h:4: not a change: the reason: want some words"},
		{"the first", "the first ", "h:2: not a change: the reason: want no spaces around it"},
		{"the first", "the first\r", "h:2: not a change: the reason: want no spaces around it"},
		{"the first", "the \x1b[31m", `h:2: not a change: the reason: want one line of printable characters, got '\x1b'`},
		{"the first", "the \xff", "h:2: not a change: the reason: want UTF-8"},
		{"the first", strings.Repeat("x", 1001), "h:2: not a change: the reason: 1001 bytes, want at most 1000"},
		{"2026-02-28", "2026-02-29", "h:2: not a change: there is no day 2026-02-29"},
		{"2026-02-28", "26-02-28", "h:2: not a change: want"},
		{"none", "nothing", "h:2: not a change: want"},
		{"unreadable", "none  ", "h:4: not a change: want"},
		{"the first\n", "the first\n\n", "h:3: not a change: want"},
		{hashOf("2"), hashOf("g"), "h:3: not a change: want"},
		{hashOf("2"), "none", "h:3: not a change: want"},
	} {
		if !strings.Contains(longHistory, try.old) {
			t.Fatalf("%q is not in the history", try.old)
		}
		_, err := ParseHistory("h", strings.Replace(longHistory, try.old, try.new, 1))
		if err == nil || !strings.HasPrefix(err.Error(), try.want) {
			t.Errorf("%q as %q: got %v, want %s", try.old, try.new, err, try.want)
		}
	}
}

func TestReadHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.trace.history")
	if h, err := readHistory(path); h != nil || err != nil {
		t.Errorf("of none: %v, %v", h, err)
	}
	write(t, path, longHistory)
	if h, err := readHistory(path); err != nil || h.String() != longHistory {
		t.Errorf("got %v, %v", h, err)
	}
	write(t, path, longHistory[:100])
	if _, err := readHistory(path); err == nil || !strings.HasPrefix(err.Error(), path+":2: ") || !strings.HasSuffix(err.Error(), "; bring the file back, or mend the line") {
		t.Errorf("cut: %v", err)
	}
	if err := os.Truncate(path, maxHistory+1); err != nil {
		t.Fatal(err)
	}
	if _, err := readHistory(path); err == nil || !strings.Contains(err.Error(), "larger than 16777216 bytes") {
		t.Errorf("too large: %v", err)
	}
}

// TestHistoryFull: a history that could not be read again is not written, nor the trace.
func TestHistoryFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.trace")
	h := &History{}
	e := HistoryEntry{"2026-02-28", NoTrace, hashOf("1"), "samebits/1", strings.Repeat("x", maxReason)}
	for range maxHistory / len(e.Reason) {
		h.Entries = append(h.Entries, e)
	}
	c := &Recording{Path: path, recorder: &Recorder{reason: "one more", date: "2026-03-01"}, golden: standing{history: h, digest: NoTrace}, trace: sample()}
	if text, err := c.Write(); err == nil || err.Error() != historyPath(path)+" would have more than 16777216 bytes; move it away to begin a new one" {
		t.Errorf("%q, %v", text, err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) > 0 {
		t.Errorf("written: %v, %v", files, err)
	}
}

func TestHistoryDate(t *testing.T) {
	for text, want := range map[string]string{"0": "1970-01-01", "86399": "1970-01-01", "1772323200": "2026-03-01", "253402300799": "9999-12-31"} {
		t.Setenv(dateVariable, text)
		if got, err := historyDate(); got != want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"-1", "253402300800", "now", "1.5", " 1", "99999999999999999999"} {
		t.Setenv(dateVariable, text)
		if got, err := historyDate(); err == nil || !strings.HasPrefix(err.Error(), "SOURCE_DATE_EPOCH: got ") {
			t.Errorf("%q: got %s, %v", text, got, err)
		}
	}
	t.Setenv(dateVariable, "")
	before := time.Now().UTC().Format(time.DateOnly)
	got, err := historyDate()
	if after := time.Now().UTC().Format(time.DateOnly); err != nil || got < before || got > after {
		t.Errorf("today: got %s, %v", got, err)
	}
}

// FuzzParseHistory reads any text as a history. What is read must be written as it was.
func FuzzParseHistory(f *testing.F) {
	f.Add(longHistory)
	for i := 0; i < len(longHistory); i += 11 {
		f.Add(longHistory[:i])
	}
	for _, by := range []string{"", "\x1b[31m", "\xff", "\r", " ", "\u2028", "2026-02-30"} {
		f.Add(strings.Replace(longHistory, "the first", by, 1))
		f.Add(strings.Replace(longHistory, "2026-02-28", by, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHistory("fuzz.history", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.history:") {
				t.Errorf("error %q", err)
			}
			return
		}
		if h.String() != text {
			t.Error("written another way than read")
		}
		for _, e := range h.Entries {
			if err := CheckReason(e.Reason); err != nil {
				t.Error(err)
			}
		}
	})
}
