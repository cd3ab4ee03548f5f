package harness

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML file with changes laid over it, read key by key. Every problem is kept, with the place where its
// key stands, so that a user sees all of them at once.
type document struct {
	file      string
	root      map[string]any
	lines     map[string]int    // line of each key and entry, by path: data.classes.0.n
	changes   map[string]string // changes laid over the file, by path
	failed    map[string]bool   // paths that have a problem
	problems  []problem
	otherUnit bool     // whether changes gave steps for epochs, or the reverse
	asked     []string // paths of the keys that may be there
}

type problem struct {
	line int
	text string
}

const (
	maxDocument = 256 << 10 // bytes of an experiment's file
	maxDepth    = 8         // keys of a path; those of an experiment have fewer
)

func parseDocument(file string, text []byte, changes []string) (*document, error) {
	if len(text) > maxDocument {
		return nil, fmt.Errorf("%s: %d bytes; an experiment has at most %d", file, len(text), maxDocument)
	}
	d := &document{file: file, root: map[string]any{}, lines: map[string]int{}, changes: map[string]string{}, failed: map[string]bool{}}
	if err := toml.Unmarshal(text, &d.root); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			return nil, fmt.Errorf("%s:%d:%d: %s", file, line, column, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	d.index(text)
	for _, c := range changes {
		if err := d.change(c); err != nil {
			return nil, fmt.Errorf("-S %s: %w", c, err)
		}
	}
	return d, nil
}

// index notes the line of every key and of every entry of an array. What lies deeper than any key of an experiment is left out.
func (d *document) index(text []byte) {
	p := unstable.Parser{}
	p.Reset(text)
	at := &position{text: text, line: 1}
	var table string
	count := map[string]int{}
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			table = d.indexKey(at, "", e.Key())
		case unstable.ArrayTable:
			name := d.indexKey(at, "", e.Key())
			table = join(name, itoa(count[name]))
			d.note(table, at.line)
			count[name]++
		case unstable.KeyValue:
			d.indexPair(at, table, e)
		}
	}
}

func (d *document) indexPair(at *position, table string, pair *unstable.Node) {
	d.indexValue(at, d.indexKey(at, table, pair.Key()), pair.Value())
}

func (d *document) indexValue(at *position, path string, value *unstable.Node) {
	if depth(path) >= maxDepth {
		return
	}
	if value.Raw.Length > 0 {
		d.note(path, at.lineOf(int(value.Raw.Offset)))
	}
	switch value.Kind {
	case unstable.InlineTable:
		for it := value.Children(); it.Next(); {
			d.indexPair(at, path, it.Node())
		}
	case unstable.Array:
		i := 0
		for it := value.Children(); it.Next(); i++ {
			d.indexValue(at, join(path, itoa(i)), it.Node())
		}
	}
}

func (d *document) indexKey(at *position, path string, key unstable.Iterator) string {
	for key.Next() && depth(path) < maxDepth {
		n := key.Node()
		path = join(path, string(n.Data))
		d.note(path, at.lineOf(int(n.Raw.Offset)))
	}
	return path
}

// note keeps the first line that a path is met on.
func (d *document) note(path string, line int) {
	if _, seen := d.lines[path]; !seen {
		d.lines[path] = line
	}
}

// position counts lines up to a place that only moves forward.
type position struct {
	text         []byte
	offset, line int
}

func (p *position) lineOf(offset int) int {
	p.line += bytes.Count(p.text[p.offset:offset], []byte("\n"))
	p.offset = offset
	return p.line
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// join adds a key to a path. One that no experiment has, since it is long or of other signs, is quoted and cut.
func join(path, key string) string {
	if !plainKey.MatchString(key) {
		key = fmt.Sprintf("%.40q", key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// parent returns the path without its last key.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '.'), 0)] }

func depth(path string) int {
	if path == "" {
		return 0
	}
	return 1 + strings.Count(path, ".")
}

// change lays key=value over the document. The value is TOML; what is not is taken as a string.
func (d *document) change(c string) error {
	name, text, ok := strings.Cut(c, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return errors.New("want key=value, as in train.rate=0.2")
	}
	keys := strings.Split(name, ".")
	if len(keys) > maxDepth {
		return fmt.Errorf("a key of %d parts; there are none of more than %d", len(keys), maxDepth)
	}
	var v map[string]any
	if err := toml.Unmarshal([]byte("v = "+text), &v); err != nil || len(v) != 1 {
		v = map[string]any{"v": strings.TrimSpace(text)}
	}
	if err := set(d.root, "", keys, v["v"]); err != nil {
		return err
	}
	path := ""
	for _, key := range keys {
		path = join(path, key)
	}
	d.dropOther(path)
	maps.DeleteFunc(d.changes, func(at, _ string) bool { return below(at, path) })
	d.changes[path] = c
	return nil
}

// dropOther removes from the file what a change replaces under another name: a training is given in steps or in epochs, and
// another method has no use for the size of a batch.
func (d *document) dropOther(path string) {
	other := map[string]string{"train.steps": "epochs", "train.epochs": "steps", "train.method": "batch"}[path]
	train, ok := d.root["train"].(map[string]any)
	if _, changed := d.changes["train."+other]; !ok || other == "" || changed || train[other] == nil {
		return
	}
	if other == "batch" && train["method"] == "minibatch" {
		return
	}
	delete(train, other)
	if other != "batch" {
		d.otherUnit = true
	}
}

// recordUnit mends a distance of the curve's points that was meant in steps and would count epochs now, or the reverse: it
// becomes a tenth of the training, unless it was changed too.
func (d *document) recordUnit(e *Experiment) {
	if _, changed := d.changes["record.every"]; d.otherUnit && !changed {
		e.RecordEvery = max(1, max(e.Train.Steps, e.Train.Epochs)/10)
	}
}

// below reports whether a path leads to something inside of what another leads to.
func below(path, other string) bool { return strings.HasPrefix(path, other+".") }

// set puts value at the path keys below at, a table or an array, itself found at the path from.
func set(at any, from string, keys []string, value any) error {
	key, path := keys[0], join(from, keys[0])
	switch at := at.(type) {
	case map[string]any:
		if len(keys) == 1 {
			at[key] = value
			return nil
		}
		if at[key] == nil {
			at[key] = map[string]any{}
		}
		return set(at[key], path, keys[1:], value)
	case []any:
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(at) || key != itoa(i) {
			return fmt.Errorf("%s has %d entries, counted from 0; there is no %q", from, len(at), key)
		}
		if len(keys) == 1 {
			at[i] = value
			return nil
		}
		return set(at[i], path, keys[1:], value)
	}
	return fmt.Errorf("%s has no keys below it", from)
}

// fail notes a problem with the key at path. Where it or a table around it has one already, another one would only
// follow from that.
func (d *document) fail(path, format string, args ...any) {
	for at := path; at != ""; at = parent(at) {
		if d.failed[at] {
			return
		}
	}
	d.failed[path] = true
	line, place := d.place(path)
	d.problems = append(d.problems, problem{line, place + ": " + path + ": " + fmt.Sprintf(format, args...)})
}

// place tells where the value at path comes from: a change, which stands behind all lines, a line of the file, or just
// the file.
func (d *document) place(path string) (line int, place string) {
	for at := path; at != ""; at = parent(at) {
		if c, ok := d.changes[at]; ok {
			return math.MaxInt, "-S " + c
		}
	}
	if _, inFile := d.lines[path]; !inFile {
		for _, at := range slices.Sorted(maps.Keys(d.changes)) {
			if below(at, path) {
				return math.MaxInt, "-S " + d.changes[at]
			}
		}
	}
	for at := path; at != ""; at = parent(at) {
		if line, ok := d.lines[at]; ok {
			return line, fmt.Sprintf("%s:%d", d.file, line)
		}
	}
	return 0, d.file
}

// err returns all problems, in the order of the file.
func (d *document) err() error {
	slices.SortStableFunc(d.problems, func(a, b problem) int { return a.line - b.line })
	errs := make([]error, len(d.problems))
	for i, p := range d.problems {
		errs[i] = errors.New(p.text)
	}
	return errors.Join(errs...)
}

// table reads the keys of one table. Whoever asks for a key thereby says that it may be there.
type table struct {
	doc    *document
	path   string
	values map[string]any
	known  []string
}

func (d *document) top() *table { return &table{doc: d, values: d.root} }

func (t *table) at(key string) string { return join(t.path, key) }

func (t *table) fail(key, format string, args ...any) { t.doc.fail(t.at(key), format, args...) }

func (t *table) get(key string) (any, bool) {
	t.known = append(t.known, key)
	t.doc.asked = append(t.doc.asked, t.at(key))
	v, ok := t.values[key]
	return v, ok
}

func (t *table) has(key string) bool {
	_, ok := t.values[key]
	return ok
}

// done reports the keys that nobody asked for.
func (t *table) done() {
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if !slices.Contains(t.known, key) {
			t.fail(key, "unknown key; %s", Suggest(key, t.known))
		}
	}
}

// Suggest names the option nearest to the given word, or all of them.
func Suggest(word string, options []string) string {
	best, distance := "", 1+max(2, len(word)/3)
	for _, o := range options {
		if n := levenshtein.ComputeDistance(word, o); n < distance {
			best, distance = o, n
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "known: " + list(options)
}

func list(words []string) string { return strings.Join(words, ", ") }

func (t *table) table(key string) *table {
	v, ok := t.get(key)
	if !ok {
		t.fail(key, "missing; the table [%s] is required", t.at(key))
	}
	sub, isTable := v.(map[string]any)
	if ok && !isTable {
		t.fail(key, "got %s, want a table", describe(v))
	}
	return &table{doc: t.doc, path: t.at(key), values: sub}
}

// tables reads an array of tables.
func (t *table) tables(key string) []*table {
	var out []*table
	for i, v := range t.array(key) {
		path := join(t.at(key), itoa(i))
		sub, ok := v.(map[string]any)
		if !ok {
			t.doc.fail(path, "got %s, want a table", describe(v))
			continue
		}
		out = append(out, &table{doc: t.doc, path: path, values: sub})
	}
	return out
}

func (t *table) array(key string) []any {
	v, ok := t.get(key)
	if !ok {
		t.fail(key, "missing; want an array")
		return nil
	}
	a, ok := v.([]any)
	if !ok {
		t.fail(key, "got %s, want an array", describe(v))
	}
	return a
}

// word reads one of several strings. The first is the default where the key is missing.
func (t *table) word(key string, options ...string) string {
	v, ok := t.get(key)
	if !ok {
		return options[0]
	}
	s, ok := v.(string)
	if !ok {
		t.fail(key, "got %s, want one of %s", describe(v), quoted(options))
		return options[0]
	}
	if !slices.Contains(options, s) {
		t.fail(key, "unknown %.40q; %s", s, Suggest(s, options))
		return options[0]
	}
	return s
}

// integer reads an integer from low to high. A missing key gives the fallback.
func (t *table) integer(key string, low, high, fallback int) int {
	v, ok := t.get(key)
	if !ok {
		return fallback
	}
	return t.asInteger(t.at(key), v, low, high)
}

func (t *table) asInteger(path string, v any, low, high int) int {
	i, ok := v.(int64)
	if !ok {
		t.doc.fail(path, "got %s, want an integer from %d to %d", describe(v), low, high)
		return low
	}
	if i < int64(low) || i > int64(high) {
		t.doc.fail(path, "got %d, want an integer from %d to %d", i, low, high)
		return low
	}
	return int(i)
}

// need reports a key that must be there.
func (t *table) need(key, what string) {
	if !t.has(key) {
		t.fail(key, "missing; want %s", what)
	}
}

// number reads a finite number; an integer is one too.
func (t *table) number(key string, fallback float64) float64 {
	v, ok := t.get(key)
	if !ok {
		return fallback
	}
	return t.asNumber(t.at(key), v)
}

func (t *table) asNumber(path string, v any) float64 {
	switch x := v.(type) {
	case int64:
		return float64(x)
	case float64:
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
	}
	t.doc.fail(path, "got %s, want a finite number", describe(v))
	return 0
}

func (t *table) numbers(key string) []float64 {
	return t.asNumbers(t.at(key), t.array(key))
}

func (t *table) asNumbers(path string, values []any) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = t.asNumber(join(path, itoa(i)), v)
	}
	return out
}

// matrix reads an array of arrays of numbers.
func (t *table) matrix(key string) [][]float64 {
	var rows [][]float64
	for i, v := range t.array(key) {
		path := join(t.at(key), itoa(i))
		row, ok := v.([]any)
		if !ok {
			t.doc.fail(path, "got %s, want an array of numbers", describe(v))
		}
		rows = append(rows, t.asNumbers(path, row))
	}
	return rows
}

// text reads a string of at most limit bytes. A missing key gives none.
func (t *table) text(key string, limit int) string {
	v, ok := t.get(key)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		t.fail(key, "got %s, want a text", describe(v))
	} else if len(s) > limit {
		t.fail(key, "got %d bytes, want at most %d", len(s), limit)
	}
	return s
}

func (t *table) boolean(key string, fallback bool) bool {
	v, ok := t.get(key)
	if !ok {
		return fallback
	}
	b, ok := v.(bool)
	if !ok {
		t.fail(key, "got %s, want true or false", describe(v))
	}
	return b
}

func quoted(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = strconv.Quote(w)
	}
	return strings.Join(q, ", ")
}

// describe names a value and its type for an error.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return fmt.Sprintf("the string %.40q", v)
	case map[string]any:
		return "a table"
	case []any:
		return "an array"
	default:
		return fmt.Sprint(v)
	}
}

func itoa(i int) string { return strconv.Itoa(i) }
