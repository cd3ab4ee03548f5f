package harness

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"
)

// checkpointHeading begins the first line of a checkpoint: what the file is. The version of its format follows.
const (
	checkpointHeading = "samebits checkpoint "
	checkpointVersion = "1"
)

// checkpointSum is the length of a checkpoint's last line, with the digest of everything before it.
const checkpointSum = len("sha256:") + 2*sha256.Size + len("\n")

// maxCheckpoint bounds the size of a checkpoint's file: the largest network, the largest permutation and the longest curve
// go into it.
const maxCheckpoint = 1<<31 - 1

// stateWords is the length of the key of a stream.
const stateWords = 624

// Bytes writes the checkpoint: a heading of lines, the points of the curve as a trace has them, then, as little-endian
// numbers, the stream's key, the permutation, and layer by layer weights and biases in the network's own type; then the
// SHA-256 of all that.
func (c *Checkpoint) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(c.heading())
	for _, k := range c.Random.Key {
		b.Write(binary.LittleEndian.AppendUint32(b.AvailableBuffer(), k))
	}
	for _, i := range c.Permutation {
		b.Write(binary.LittleEndian.AppendUint32(b.AvailableBuffer(), uint32(i)))
	}
	for p := range c.parameters() {
		b.Write(p)
	}
	fmt.Fprintf(&b, "sha256:%x\n", sha256.Sum256(b.Bytes()))
	return b.Bytes()
}

// heading writes the lines before the binary part.
func (c *Checkpoint) heading() string {
	normal := "none"
	if c.Random.HasGauss {
		normal = hexFloat(c.Random.Gauss)
	}
	var b strings.Builder
	fmt.Fprint(&b, checkpointHeading, checkpointVersion, "\n")
	c.facts(&b)
	fmt.Fprintf(&b, "step %d of %d\n", c.Step, c.Steps)
	fmt.Fprintln(&b, "random", c.Random.Pos, normal)
	fmt.Fprintln(&b, "permutation", len(c.Permutation))
	fmt.Fprintln(&b, "biases", c.biases())
	fmt.Fprintln(&b, "points", len(c.Points))
	for _, p := range c.Points {
		fmt.Fprintln(&b, c.line(p))
	}
	fmt.Fprintln(&b, "binary", c.binarySize())
	return b.String()
}

// binarySize is the number of bytes between the heading and the last line.
func (c *Checkpoint) binarySize() int {
	n := c.biases()
	for _, w := range c.Weights {
		n += len(w)
	}
	return 4*(stateWords+len(c.Permutation)) + n*sizes[c.dtype()]
}

// sizes is the number of bytes of a value of each type.
var sizes = map[string]int{"float32": 4, "float64": 8}

var placePattern = regexp.MustCompile(factsText + `step (\d+) of (\d+)\nrandom (\d+) (\S+)\npermutation (\d+)\nbiases (\d+)\npoints (\d+)\n`)

// ReadCheckpoint reads a checkpoint's file.
func ReadCheckpoint(path string) (*Checkpoint, error) {
	content, err := readFile(path, maxCheckpoint)
	if err != nil {
		return nil, err
	}
	return ParseCheckpoint(path, content)
}

// ParseCheckpoint reads a checkpoint as [Checkpoint.Bytes] writes it. Anything else is an error that names the file and,
// within the heading, the line. It takes no more memory than a few times the length of content.
func ParseCheckpoint(file string, content []byte) (*Checkpoint, error) {
	body, err := checkpointBody(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c := &Checkpoint{file: file}
	rest, permutation, biases, err := c.parseHeading(body)
	if err != nil {
		return nil, err
	}
	if err := c.parseBinary(rest, permutation, biases); err != nil {
		return nil, c.errorf("%w", err)
	}
	if c.heading() != checkpointHeading+checkpointVersion+"\n"+string(body[:len(body)-len(rest)]) {
		return nil, c.errorf("not a checkpoint: a number of the heading is not written as one is")
	}
	if err := c.check(); err != nil {
		return nil, c.errorf("not a checkpoint that a run can have written: %w", err)
	}
	return c, nil
}

// checkpointBody returns what is between the first and the last line of a checkpoint that is whole.
func checkpointBody(content []byte) ([]byte, error) {
	version, ok := bytes.CutPrefix(content, []byte(checkpointHeading))
	if !ok {
		return nil, fmt.Errorf("not a checkpoint: it does not begin with %q", checkpointHeading)
	}
	first, _, _ := bytes.Cut(version, []byte("\n"))
	if string(first) != checkpointVersion {
		return nil, fmt.Errorf("a checkpoint of version %.20q, this program reads %s; go on with the program that wrote it",
			first, checkpointVersion)
	}
	end := max(0, len(content)-checkpointSum)
	sum := sha256.Sum256(content[:end])
	if string(content[end:]) != "sha256:"+hex.EncodeToString(sum[:])+"\n" {
		return nil, errors.New("damaged or cut short: it does not end with the SHA-256 of what is before")
	}
	return version[len(checkpointVersion)+1 : len(version)-checkpointSum], nil
}

// parseHeading reads the lines and returns what follows them, and the lengths of permutation and biases.
func (c *Checkpoint) parseHeading(body []byte) (rest []byte, permutation, biases int, err error) {
	m := placePattern.FindSubmatch(body)
	if m == nil {
		return nil, 0, 0, fmt.Errorf("%s:2: not a checkpoint: want lines contract, experiment, data, network, step, random, permutation, biases, points", c.file)
	}
	word := func(i int) string { return string(m[i]) }
	c.Trace = Trace{Contract: word(1), Experiment: word(2), Digest: word(3), Data: word(4), Network: word(5)}
	points := 0
	for _, n := range []struct {
		to       *int
		at, line int
	}{{&c.Step, 6, 6}, {&c.Steps, 7, 6}, {&c.Random.Pos, 8, 7}, {&permutation, 10, 8}, {&biases, 11, 9}, {&points, 12, 10}} {
		if *n.to, err = strconv.Atoi(word(n.at)); err != nil {
			return nil, 0, 0, fmt.Errorf("%s:%d: a number is out of range", c.file, n.line)
		}
	}
	if normal := word(9); normal != "none" {
		c.Random.HasGauss = true
		if c.Random.Gauss, err = strconv.ParseFloat(normal, 64); err != nil {
			return nil, 0, 0, fmt.Errorf("%s:7: %.20q is not a number", c.file, normal)
		}
	}
	rest, err = c.parsePoints(body[len(m[0]):], points)
	return rest, permutation, biases, err
}

// parsePoints reads so many points and the line behind them.
func (c *Checkpoint) parsePoints(rest []byte, points int) ([]byte, error) {
	const first = 11 // line of the first point
	for i := range points {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		p := pointPattern.FindStringSubmatch(string(line))
		if p == nil {
			return nil, fmt.Errorf("%s:%d: not a point: %d were announced", c.file, first+i, points)
		}
		point, err := c.point(p)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", c.file, first+i, err)
		}
		if c.line(point) != string(line) {
			return nil, fmt.Errorf("%s:%d: not a point: the two ways to write the loss differ, or a number is not written as one is", c.file, first+i)
		}
		c.Points, rest = append(c.Points, point), after
	}
	line, after, _ := bytes.Cut(rest, []byte("\n"))
	if size, ok := bytes.CutPrefix(line, []byte("binary ")); !ok || string(size) != strconv.Itoa(len(after)) {
		return nil, fmt.Errorf("%s:%d: want a line binary with the number of bytes that follow, %d", c.file, first+points, len(after))
	}
	return after, nil
}

// parseBinary reads the numbers.
func (c *Checkpoint) parseBinary(b []byte, permutation, biases int) error {
	layers, dtype, err := parseNetwork(c.Network)
	if err != nil {
		return err
	}
	weights, units := 0, 0
	for i, n := range layers[1:] {
		weights, units = weights+layers[i]*n, units+n
	}
	if biases != 0 && biases != units {
		return fmt.Errorf("%d biases, want 0 or %d", biases, units)
	}
	size := sizes[dtype]
	if want := 4*stateWords + 4*int64(permutation) + int64(size)*(int64(weights)+int64(biases)); permutation > len(b) || int64(len(b)) != want {
		return fmt.Errorf("%d bytes of numbers, want %d", len(b), want)
	}
	next := func(n int) []byte {
		some := b[:n]
		b = b[n:]
		return some
	}
	for i := range c.Random.Key {
		c.Random.Key[i] = binary.LittleEndian.Uint32(next(4))
	}
	for range permutation {
		v := binary.LittleEndian.Uint32(next(4))
		if v > math.MaxInt32 {
			return fmt.Errorf("%d in a permutation", v)
		}
		c.Permutation = append(c.Permutation, int(v))
	}
	for i, n := range layers[1:] {
		c.Weights = append(c.Weights, floats(next(size*layers[i]*n), size))
		if biases == 0 {
			n = 0
		}
		c.Biases = append(c.Biases, floats(next(size*n), size))
	}
	return nil
}

// floats reads little-endian numbers of so many bytes each.
func floats(b []byte, size int) []float64 {
	values := make([]float64, len(b)/size)
	for i := range values {
		if size == 4 {
			values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		} else {
			values[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return values
}

// Write writes the checkpoint in place of the file at path, so that whatever happens, the old one is there or the new one.
func (c *Checkpoint) Write(path string) error { return WriteFile(path, c.Bytes()) }

// ReadyCheckpoint reports an error if no checkpoint can be written to path, and takes away what RemoveLeftovers does. What it
// tries with has such a name itself.
func ReadyCheckpoint(path string) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		return err
	}
	if err := f.Cleanup(); err != nil {
		return err
	}
	return RemoveLeftovers(path)
}

// RemoveLeftovers takes away what programs that were killed while they wrote a checkpoint to path have left beside it:
// files that begin as checkpoints do, or are empty, and have the name that WriteFile gives to a file before it is whole.
func RemoveLeftovers(path string) error {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), "."+base)
		if _, err := strconv.ParseUint(number, 10, 64); !ok || err != nil || !e.Type().IsRegular() {
			continue
		}
		if name := filepath.Join(dir, e.Name()); beginsAsCheckpoint(name) {
			errs = append(errs, os.Remove(name))
		}
	}
	return errors.Join(errs...)
}

// beginsAsCheckpoint reports whether a file has the beginning of a checkpoint, or the beginning of that and no more.
func beginsAsCheckpoint(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin, err := io.ReadAll(io.LimitReader(f, int64(len(checkpointHeading))))
	return err == nil && strings.HasPrefix(checkpointHeading, string(begin))
}
