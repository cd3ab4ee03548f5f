package harness

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Replays is what repro verify --json prints.
type Replays struct {
	Name     string   `json:"-"` // of the file
	Results  []Replay `json:"results"`
	Obsolete []string `json:"obsolete"` // golden traces without their experiment
}

// Replay is the outcome of one replay.
type Replay struct {
	Experiment string  `json:"experiment"`
	Kernel     string  `json:"kernel"`
	Threads    int     `json:"threads"`
	Match      bool    `json:"match"`
	Digest     string  `json:"digest"` // of the final weights, or empty
	Verdict    string  `json:"verdict"`
	Difference string  `json:"difference"` // how it differs, or why it was not compared
	Parted     *Parted `json:"parted"`     // where it parts from the golden trace; nil where that was not looked for
	Seconds    float64 `json:"seconds"`
	Rate       float64 `json:"samples_per_second"`
	Emulated   bool    `json:"emulated"`
}

// Verdicts are the outcomes that a replay may have, the best first.
var Verdicts = []string{"same", "differs", "failed", "no golden", "not on this CPU", "no data"}

// maxReplays bounds the size of a file.
const maxReplays = 64 << 20

// OpenReplays reads the file of what repro verify --json prints.
func OpenReplays(path string) (*Replays, error) {
	text, err := readFile(path, maxReplays)
	if err != nil {
		return nil, err
	}
	return ReadReplays(path, text)
}

// ReadReplays reads what repro verify --json prints. Keys that it does not know are passed over. Errors name the file.
func ReadReplays(file string, text []byte) (*Replays, error) {
	r := &Replays{Name: file}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, jsonError(file, text, err)
	}
	if len(r.Results) == 0 {
		return nil, fmt.Errorf("%s: there are no results; want what repro verify --json prints", file)
	}
	for i, c := range r.Results {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("%s: result %d, %.80s on kernel %.40s: %w", file, i+1, c.Experiment, c.Kernel, err)
		}
	}
	return r, nil
}

// check reports an error if repro verify cannot have found this.
func (c Replay) check() error {
	switch {
	case c.Experiment == "" || len(c.Experiment) > maxFact:
		return fmt.Errorf("experiment: want a name of at most %d bytes", maxFact)
	case c.Kernel == "" || len(c.Kernel) > maxFact:
		return fmt.Errorf("kernel: want a name of at most %d bytes", maxFact)
	case c.Threads < 1:
		return fmt.Errorf("threads is %d, want 1 or more", c.Threads)
	case !slices.Contains(Verdicts, c.Verdict):
		return fmt.Errorf("unknown verdict %.40q; %s", c.Verdict, Suggest(cutWord(c.Verdict), Verdicts))
	case c.Match != (c.Verdict == Verdicts[0]):
		return fmt.Errorf("the verdict is %q, but match is %v", c.Verdict, c.Match)
	case c.Digest != "" && !digestPattern.MatchString(c.Digest):
		return fmt.Errorf("digest is %.80q, want sha256: and 64 hexadecimal digits", c.Digest)
	case c.Match && c.Digest == "":
		return fmt.Errorf("the same, but there is no digest of what was compared")
	case !plausibleSeconds(c.Seconds):
		return fmt.Errorf("seconds is %v, which no replay takes", c.Seconds)
	case !(c.Rate >= 0) || !finite(c.Rate):
		return fmt.Errorf("samples_per_second is %v, want 0 or more", c.Rate)
	case c.Parted == nil:
		return nil
	case c.Verdict != Differs:
		return fmt.Errorf("the verdict is %q, but parted says where it differs", c.Verdict)
	}
	if err := c.Parted.check(); err != nil {
		return fmt.Errorf("parted: %w", err)
	}
	return nil
}

// cutWord keeps a word short enough to look for others like it.
func cutWord(word string) string { return word[:min(len(word), 40)] }
