package harness

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/samebits/samebits/golden"
)

// Curve is a learning curve by columns: of a trace, or of a file that another program wrote.
type Curve struct {
	Name    string               // of the file, or of a built-in experiment's golden trace
	Kind    string               // golden trace, trace, JSON or CSV
	Facts   Facts                // what the file states
	Steps   []int                // rising
	Series  map[string][]float64 // by names of SeriesNames, each as long as Steps
	Weights []string             // digests of the weights, "" where there is none; as long as Steps, or nil
	Final   *FinalWeights        // of a folder that has them, or nil
	Notes   []string             // for people
}

// Facts are what a curve may state about its run; what it does not state is empty or 0.
type Facts struct {
	Contract, Experiment, Digest, Data, Network, DType string
	Samples, Tests                                     int // that right answers are counted of
}

// SeriesNames are the numbers that a point of a curve may have, in the order in which they are shown.
var SeriesNames = []string{"loss", "correct", "accuracy", "test_loss", "test_correct", "test_accuracy"}

// isCount reports whether a series counts right answers.
func isCount(series string) bool { return strings.HasSuffix(series, "correct") }

// isShare reports whether a series is the share of right answers.
func isShare(series string) bool { return strings.HasSuffix(series, "accuracy") }

// TraceFile is the name of the trace in the folder of [Result.Export].
const TraceFile = "trace.txt"

// OpenCurve finds a curve: the golden trace of a built-in experiment by its name or of one in a file by a path that ends in
// .toml, a folder that [Result.Export] wrote, or a file.
func OpenCurve(arg string) (*Curve, error) {
	if slices.Contains(Builtin(), arg) || strings.HasSuffix(arg, ".toml") {
		return openGolden(arg)
	}
	info, err := os.Stat(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file or folder, nor is it a built-in experiment; %s", arg, Suggest(arg, Builtin()))
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(arg)
	}
	return openFile(arg)
}

func openFile(path string) (*Curve, error) {
	text, err := readFile(path, maxTrace)
	if err != nil {
		return nil, err
	}
	return ReadCurve(path, text)
}

// openFolder reads the trace in a folder and, where they are there, the final weights.
func openFolder(folder string) (*Curve, error) {
	inside, err := traceIn(folder)
	if err != nil {
		return nil, err
	}
	c, err := openFile(inside)
	if err != nil {
		return nil, err
	}
	c.Final, err = readFinalWeights(folder, c)
	return c, err
}

// traceIn returns the path of the trace in a folder that [Result.Export] wrote.
func traceIn(folder string) (string, error) {
	inside := filepath.Join(folder, TraceFile)
	if _, err := os.Stat(inside); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: holds no %s; want a folder that repro run --out wrote, or a file", folder, TraceFile)
	}
	return inside, nil
}

func openGolden(arg string) (*Curve, error) {
	source, err := Open(arg)
	if err != nil {
		return nil, err
	}
	t, err := source.Golden()
	if err != nil {
		return nil, err
	}
	c, err := t.curve(source.GoldenPath())
	if err != nil {
		return nil, err
	}
	c.Kind = "golden trace"
	if _, err := golden.Files.ReadFile(arg + ".toml"); err == nil {
		c.Name = arg
		if _, err := os.Lstat(arg); err == nil {
			c.Notes = append(c.Notes, fmt.Sprintf("%s is the built-in experiment's golden trace; what is called so in this folder is ./%s", arg, arg))
		}
	}
	return c, nil
}

// byteOrderMark is what some programs put before text.
const byteOrderMark = "\ufeff"

// ReadCurve reads a curve: a trace, JSON (an array of points, or an object whose key curve holds one) or CSV with a heading.
// A point has a step, and of SeriesNames those that all points have; anything else is passed over. Steps rise. Errors name
// file and line.
func ReadCurve(file string, text []byte) (*Curve, error) {
	if bytes.HasPrefix(text, []byte("samebits ")) || strings.HasSuffix(file, ".trace") {
		t, err := ParseTrace(file, string(text))
		if err != nil {
			return nil, err
		}
		return t.curve(file)
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	b := &curveBuilder{curve: &Curve{Name: file, Series: map[string][]float64{}}}
	read := b.readCSV
	if start := bytes.TrimLeft(text, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		read = b.readJSON
	}
	if err := read(text); err != nil {
		return nil, err
	}
	if len(b.curve.Steps) == 0 {
		return nil, fmt.Errorf("%s:%d: there are no points", file, 1+bytes.Count(text, []byte("\n")))
	}
	return b.curve, nil
}

// curve returns the trace by columns.
func (t *Trace) curve(file string) (*Curve, error) {
	c := &Curve{Name: file, Kind: "trace", Series: map[string][]float64{}, Facts: Facts{
		Contract: t.Contract, Experiment: t.Experiment, Digest: t.Digest, Data: t.Data, Network: t.Network,
		DType: t.Network[strings.LastIndexByte(t.Network, ' ')+1:], Samples: t.Samples, Tests: t.Tests,
	}}
	for i, p := range t.Points {
		if max(p.Correct, p.Test.Correct, p.Step) > mostCount {
			return nil, fmt.Errorf("%s:%d: a number beyond %d", file, firstPoint+i, mostCount)
		}
		c.Steps = append(c.Steps, p.Step)
		c.Weights = append(c.Weights, p.Weights)
		c.add("loss", p.Loss)
		c.add("correct", float64(p.Correct))
		if t.Tests > 0 {
			c.add("test_loss", p.Test.Loss)
			c.add("test_correct", float64(p.Test.Correct))
		}
	}
	return c, nil
}

const (
	firstPoint = 7         // line of a trace's first point
	mostCount  = 1<<53 - 1 // up to here float64 tells neighbouring integers apart
)

func (c *Curve) add(series string, v float64) { c.Series[series] = append(c.Series[series], v) }

// curveBuilder takes the points of a file one by one.
type curveBuilder struct {
	curve *Curve
	names []string // of the first point's series, in the order of SeriesNames
}

func (b *curveBuilder) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", b.curve.Name, line, fmt.Errorf(format, args...))
}

// add takes a point that ends on this line.
func (b *curveBuilder) add(line int, point map[string]float64) error {
	c := b.curve
	step, ok := point["step"]
	if !ok {
		return b.errorf(line, "a point without step")
	}
	if n := len(c.Steps); n > 0 && int(step) <= c.Steps[n-1] {
		return b.errorf(line, "step %.0f stands behind step %d; steps must rise, each be there once", step, c.Steps[n-1])
	}
	if len(c.Steps) == 0 {
		for _, s := range SeriesNames {
			if _, ok := point[s]; ok {
				b.names = append(b.names, s)
			}
		}
		if b.names == nil {
			return b.errorf(line, "a point of a step alone; want one of %s", list(SeriesNames))
		}
	}
	for _, s := range b.names {
		v, ok := point[s]
		if !ok {
			return b.errorf(line, "step %.0f: no %s, which the points before have", step, s)
		}
		c.add(s, v)
	}
	if len(point) != 1+len(b.names) {
		for _, s := range SeriesNames {
			if _, ok := point[s]; ok && !slices.Contains(b.names, s) {
				return b.errorf(line, "step %.0f: %s, which the points before do not have", step, s)
			}
		}
	}
	c.Steps = append(c.Steps, int(step))
	return nil
}

// isColumn reports whether a point's key is one that is read.
func isColumn(key string) bool { return key == "step" || slices.Contains(SeriesNames, key) }

// number reads a value of a point: decimal, or hexadecimal in Go's or C's form.
func number(column, text string) (float64, error) {
	text = strings.TrimSpace(text)
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%s: %.40q is beyond float64", column, text)
	case err != nil:
		return 0, fmt.Errorf("%s: %.40q is not a number; want one such as 0.1875 or 0x1.8p-03", column, text)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf("%s: %.40q is not finite, so that nothing can be compared with it", column, text)
	}
	switch {
	case column == "step" || isCount(column):
		if v != math.Trunc(v) || v < 0 || v > mostCount {
			return 0, fmt.Errorf("%s: %.40q is not an integer from 0 to %d", column, text, mostCount)
		}
		v += 0 // no -0
	case isShare(column):
		if v < 0 || v > 1 {
			return 0, fmt.Errorf("%s: %.40q is not a share, 0 to 1; divide percentages by 100", column, text)
		}
	}
	return v, nil
}

func (b *curveBuilder) readCSV(text []byte) error {
	b.curve.Kind = "CSV"
	// A field takes more room than the comma in front of it. Lines of this length keep that small.
	n := 0
	for line := range bytes.Lines(text) {
		if n++; len(line) > maxRow {
			return b.errorf(n, "a line of more than %d bytes; want a trace, JSON, or CSV with a heading", maxRow)
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.TrimLeadingSpace = true
	r.ReuseRecord = true
	heading, err := r.Read()
	if err != nil {
		return b.csvError(err)
	}
	columns := make([]string, len(heading)) // "" for those that are passed over
	for i, h := range heading {
		h = strings.ToLower(strings.TrimSpace(h))
		if !isColumn(h) {
			continue
		}
		if slices.Contains(columns, h) {
			return b.errorf(1, "two columns are called %s", h)
		}
		columns[i] = h
	}
	if line, _ := r.FieldPos(0); !slices.Contains(columns, "step") {
		return b.errorf(line, "no column is called step; want a trace, JSON, or CSV with a heading such as step,loss,accuracy; this begins with %.40q", text[:min(len(text), 40)])
	}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return b.csvError(err)
		}
		point := map[string]float64{}
		line := 0
		for i, f := range fields {
			if columns[i] == "" {
				continue
			}
			line, _ = r.FieldPos(i)
			if point[columns[i]], err = number(columns[i], f); err != nil {
				return b.errorf(line, "%w", err)
			}
		}
		if err := b.add(line, point); err != nil {
			return err
		}
	}
}

func (b *curveBuilder) csvError(err error) error {
	var bad *csv.ParseError
	switch {
	case err == io.EOF:
		return b.errorf(1, "the file is empty")
	case errors.As(err, &bad) && errors.Is(err, csv.ErrFieldCount):
		return b.errorf(bad.Line, "not as many fields as the heading has columns")
	case errors.As(err, &bad):
		return b.errorf(bad.Line, "not CSV: %w", bad.Err)
	}
	return b.errorf(1, "%w", err)
}

// jsonReader walks through the tokens of a JSON text that is known to be valid.
type jsonReader struct {
	*curveBuilder
	d  *json.Decoder
	at *position
}

func (b *curveBuilder) readJSON(text []byte) error {
	b.curve.Kind = "JSON"
	var all json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return b.jsonError(text, err)
	}
	r := &jsonReader{b, json.NewDecoder(bytes.NewReader(text)), &position{text: text, line: 1}}
	r.d.UseNumber()
	if r.next() == json.Delim('[') {
		return r.points()
	}
	return r.object()
}

// jsonError names the line of a syntax error. Some programs write NaN and Infinity, which JSON has not.
func (b *curveBuilder) jsonError(text []byte, err error) error {
	var bad *json.SyntaxError
	if !errors.As(err, &bad) {
		return b.errorf(1, "not JSON: %w", err)
	}
	at := min(max(int(bad.Offset)-1, 0), len(text))
	line := 1 + bytes.Count(text[:at], []byte("\n"))
	for _, word := range []string{"NaN", "Infinity"} {
		// Of -Infinity the letter behind the sign is at fault.
		if bytes.HasPrefix(text[at:], []byte(word)) {
			return b.errorf(line, "%s is not finite, so that nothing can be compared with it", word)
		}
	}
	return b.errorf(line, "not JSON: %w", err)
}

// next returns the next token. There is one, since the text is valid.
func (r *jsonReader) next() json.Token {
	t, err := r.d.Token()
	if err != nil {
		return nil
	}
	return t
}

// line is that of the last token.
func (r *jsonReader) line() int { return r.at.lineOf(int(r.d.InputOffset())) }

// skip passes over the rest of the value that a token began.
func (r *jsonReader) skip(t json.Token) {
	for depth := 0; ; t = r.next() {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

var digestPattern = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// object reads an object whose key curve holds the points. Of its other keys it takes those of repro run --json.
func (r *jsonReader) object() error {
	f, found, final := &r.curve.Facts, false, ""
	for r.d.More() {
		key := r.next()
		value := r.next()
		if key == "curve" {
			if found {
				return r.errorf(r.line(), "a second curve")
			}
			if value != json.Delim('[') {
				return r.errorf(r.line(), "curve: want an array of points")
			}
			found = true
			if err := r.points(); err != nil {
				return err
			}
			continue
		}
		if key == "test" && value == json.Delim('{') {
			for r.d.More() {
				inner, v := r.next(), r.next()
				if inner == "total" {
					f.Tests = total(v)
				}
				r.skip(v)
			}
			r.next() // }
			continue
		}
		word, _ := value.(string)
		switch key {
		case "contract":
			f.Contract = word
		case "experiment":
			f.Experiment = word
		case "dtype":
			f.DType = word
		case "total":
			f.Samples = total(value)
		case "digest":
			final = word
		}
		r.skip(value)
	}
	if !found {
		return r.errorf(r.line(), "an object without curve; want {\"curve\": [{\"step\": 0, \"loss\": 0.5}, ...]}, or the array alone")
	}
	if n := len(r.curve.Steps); n > 0 && digestPattern.MatchString(final) {
		r.curve.Weights = make([]string, n)
		r.curve.Weights[n-1] = final
	}
	return nil
}

// total is a number of samples, or 0.
func total(t json.Token) int {
	n, _ := t.(json.Number)
	v, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || v < 1 || v > mostCount {
		return 0
	}
	return int(v)
}

// points reads an array of objects, whose bracket has been read.
func (r *jsonReader) points() error {
	for r.d.More() {
		if r.next() != json.Delim('{') {
			return r.errorf(r.line(), "want a point, such as {\"step\": 0, \"loss\": 0.5}")
		}
		point := map[string]float64{}
		for r.d.More() {
			key, _ := r.next().(string)
			value := r.next()
			if !isColumn(key) {
				r.skip(value)
				continue
			}
			if _, ok := point[key]; ok {
				return r.errorf(r.line(), "a point with two of %s", key)
			}
			v, err := r.value(key, value)
			if err != nil {
				return r.errorf(r.line(), "%w", err)
			}
			point[key] = v
		}
		r.next() // }
		if err := r.add(r.line(), point); err != nil {
			return err
		}
	}
	r.next() // ]
	return nil
}

func (r *jsonReader) value(key string, t json.Token) (float64, error) {
	switch t := t.(type) {
	case json.Number:
		return number(key, t.String())
	case string:
		return number(key, t)
	}
	return 0, fmt.Errorf("%s: want a number, or one as a string", key)
}
