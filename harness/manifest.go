package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ManifestFile is the name of the manifest in the folder of [Result.Export].
const ManifestFile = "manifest.json"

// Manifest says when, where and by what a run was made. Nothing in it is compared.
type Manifest struct {
	Arch       string  `json:"arch"`
	CPU        string  `json:"cpu"`
	Digest     string  `json:"digest"` // of the final weights
	Experiment string  `json:"experiment"`
	Go         string  `json:"go"`
	Kernel     string  `json:"kernel"`
	OS         string  `json:"os"`
	Schema     string  `json:"schema"`
	Seconds    float64 `json:"seconds"`
	Threads    int     `json:"threads"`
	Time       string  `json:"time"`
	Version    string  `json:"version"` // of this module
}

const (
	manifestSchema = "samebits/manifest/1"

	maxManifest = 1 << 20 // bytes
	maxFact     = 1000    // bytes of one fact
)

// ReadManifest reads a manifest. Keys that it does not know are passed over. Errors name the file.
func ReadManifest(file string, text []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, jsonError(file, text, err)
	}
	if m.Schema != manifestSchema {
		return nil, fmt.Errorf("%s: schema is %.40q, want %q", file, m.Schema, manifestSchema)
	}
	for _, f := range []struct{ key, value string }{
		{"arch", m.Arch}, {"cpu", m.CPU}, {"experiment", m.Experiment}, {"go", m.Go}, {"kernel", m.Kernel}, {"os", m.OS}, {"version", m.Version},
	} {
		if len(f.value) > maxFact {
			return nil, fmt.Errorf("%s: %s is longer than %d bytes", file, f.key, maxFact)
		}
	}
	switch _, err := time.Parse(time.RFC3339, m.Time); {
	case !validName(m.Experiment):
		return nil, fmt.Errorf("%s: experiment is %.80q, which is no name of one", file, m.Experiment)
	case !digestPattern.MatchString(m.Digest):
		return nil, fmt.Errorf("%s: digest is %.80q, want sha256: and 64 hexadecimal digits", file, m.Digest)
	case m.Threads < 1:
		return nil, fmt.Errorf("%s: threads is %d, want 1 or more", file, m.Threads)
	case !plausibleSeconds(m.Seconds):
		return nil, fmt.Errorf("%s: seconds is %v, which no run takes", file, m.Seconds)
	case err != nil:
		return nil, fmt.Errorf("%s: time is %.40q, want one such as 2026-03-01T12:00:00Z", file, m.Time)
	}
	return &m, nil
}

// plausibleSeconds reports whether s can be the time of a run: below 30 years, so that a [time.Duration] can hold it.
func plausibleSeconds(s float64) bool { return s >= 0 && s < 1e9 }

// match reports an error if the manifest is of another run than the trace.
func (m *Manifest) match(c *Curve) error {
	if m.Experiment != c.Facts.Experiment {
		return fmt.Errorf("of experiment %q, the trace is of %q", m.Experiment, c.Facts.Experiment)
	}
	if final := c.Weights[len(c.Weights)-1]; m.Digest != final {
		return fmt.Errorf("the final weights are %s, those of the trace %s", m.Digest, final)
	}
	return nil
}

// jsonError names file and line of what json.Unmarshal found.
func jsonError(file string, text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s:%d: not JSON: %w", file, lineAt(text, syntax.Offset), err)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s:%d: %s: got a JSON %s, which it cannot be", file, lineAt(text, kind.Offset), kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s:%d: got a JSON %s, want an object", file, lineAt(text, kind.Offset), kind.Value)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// lineAt is the line of a decoder's offset, which is behind the byte that it speaks of.
func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(int(offset)-1, 0), len(text))], []byte("\n"))
}
