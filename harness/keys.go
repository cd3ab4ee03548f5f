package harness

import (
	"fmt"
	"strconv"
	"strings"
)

// Key is a key of an experiment, as a change names it.
type Key struct {
	Path  string // as in "train.rate" or "data.classes.0.n"
	Value string // what the file has there, shortened; empty if it has nothing
}

// Keys lists the keys that a change of the experiment may name, in the order in which they are described, those that its
// file does not have among them. A file that is not right has as many as can be told; one that is no TOML has none.
func (s *Source) Keys() []Key {
	d, err := parseDocument(s.name, s.text, nil)
	if err != nil {
		return nil
	}
	d.experiment()
	inner := map[string]bool{} // what has keys below it is no key of its own
	for _, path := range d.asked {
		for at := parent(path); at != ""; at = parent(at) {
			inner[at] = true
		}
	}
	var keys []Key
	seen := map[string]bool{}
	for _, path := range d.asked {
		if !seen[path] && !inner[path] {
			keys = append(keys, Key{path, brief(valueAt(d.root, strings.Split(path, ".")))})
		}
		seen[path] = true
	}
	return keys
}

// valueAt returns what stands at the path keys below at, or nil.
func valueAt(at any, keys []string) any {
	if len(keys) == 0 {
		return at
	}
	switch at := at.(type) {
	case map[string]any:
		if v, ok := at[keys[0]]; ok {
			return valueAt(v, keys[1:])
		}
	case []any:
		if i, err := strconv.Atoi(keys[0]); err == nil && i >= 0 && i < len(at) {
			return valueAt(at[i], keys[1:])
		}
	}
	return nil
}

// maxBrief bounds the letters of a key's value.
const maxBrief = 40

// brief writes a value in a few printable letters, or none where there is no value.
func brief(v any) string {
	if v == nil {
		return ""
	}
	text := []rune(inTOML(v, maxBrief))
	if len(text) > maxBrief {
		text = append(text[:maxBrief-3], []rune("...")...)
	}
	return string(text)
}

// inTOML writes a value as a change would have it, or more than limit bytes of it.
func inTOML(v any, limit int) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v[:min(len(v), limit+1)])
	case map[string]any:
		return "{...}"
	case []any:
		var b strings.Builder
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			if b.Len() > limit {
				break
			}
			b.WriteString(inTOML(e, limit-b.Len()))
		}
		return b.String() + "]"
	}
	return fmt.Sprint(v)
}
