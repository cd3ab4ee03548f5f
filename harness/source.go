package harness

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/samebits/samebits/dataset"
	"github.com/samebits/samebits/golden"
)

// Source is where an experiment stands: built in, or a TOML file. Its golden trace stands beside it, under the same
// name with the ending .trace.
type Source struct {
	name string // of a built-in experiment, or the path of a file
	text []byte
	fs   fs.FS // the built-in files, or nil
}

// Builtin returns the names of the built-in experiments, in alphabetical order.
func Builtin() []string {
	entries, err := golden.Files.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// BuiltinSweeps returns the names of the built-in experiments that have a golden trace of a sweep, with the ending .sweep.
func BuiltinSweeps() []string {
	names, err := fs.Glob(golden.Files, "*.sweep")
	if err != nil {
		panic(err)
	}
	return names
}

// Open finds an experiment: a built-in one by its name, or a file by a path that ends in .toml.
func Open(arg string) (*Source, error) {
	if strings.HasSuffix(arg, ".toml") {
		text, err := readFile(arg, maxDocument)
		if err != nil {
			return nil, err
		}
		return &Source{name: arg, text: text}, nil
	}
	text, err := golden.Files.ReadFile(arg + ".toml")
	if err != nil {
		return nil, fmt.Errorf("no built-in experiment %q; %s, or give a path that ends in .toml", arg, Suggest(arg, Builtin()))
	}
	return &Source{name: arg, text: text, fs: golden.Files}, nil
}

// Experiment reads the experiment, with changes as [Parse] takes them.
func (s *Source) Experiment(changes ...string) (*Experiment, error) {
	if s.fs != nil {
		return Parse(s.name+".toml", s.text, changes...)
	}
	e, err := Parse(s.name, s.text, changes...)
	if err != nil {
		return nil, err
	}
	e.Folder = filepath.Dir(s.name)
	return e, nil
}

// GoldenPath returns the path of the golden trace. That of a built-in experiment is in the folder golden of the
// project's source.
func (s *Source) GoldenPath() string {
	if s.fs != nil {
		return path.Join("golden", s.name+".trace")
	}
	return strings.TrimSuffix(s.name, ".toml") + ".trace"
}

// maxTrace bounds the size of a trace's file.
const maxTrace = 256 << 20

// Golden reads the golden trace. The error of one that is not there is a fs.ErrNotExist.
func (s *Source) Golden() (*Trace, error) {
	text, err := s.beside(s.GoldenPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no golden trace: %w; record it with: repro record %s", err, s.name)
	}
	if err != nil {
		return nil, err
	}
	t, err := ParseTrace(s.GoldenPath(), string(text))
	if err != nil {
		return nil, fmt.Errorf("%w; bring the file back, or record it again with: repro record %s", err, s.name)
	}
	return t, nil
}

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := dataset.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, limit)
	}
	return text, nil
}
