package harness

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// keysOf returns the keys of an experiment's text.
func keysOf(text string) []Key { return (&Source{name: "x.toml", text: []byte(text)}).Keys() }

func TestKeys(t *testing.T) {
	got := keysOf(`
name = "x"
seed = 7
[data]
source = "gaussians"
classes = [{n = 20, mean = [0, 0], cov = [[1, 0], [0, 1]]}, {n = 30, mean = [2, 0.5], cov = [[1, 0], [0, 1]]}]
[model]
layers = [2, 2]
activation = "sigmoid"
[train]
steps = 5
rate = 0.25
[record]
every = 1
`)
	want := []Key{
		{"name", `"x"`}, {"seed", "7"}, {"dtype", ""}, {"data.source", `"gaussians"`},
		{"data.classes.0.n", "20"}, {"data.classes.0.mean", "[0, 0]"}, {"data.classes.0.cov", "[[1, 0], [0, 1]]"},
		{"data.classes.1.n", "30"}, {"data.classes.1.mean", "[2, 0.5]"}, {"data.classes.1.cov", "[[1, 0], [0, 1]]"},
		{"data.test", ""}, {"data.scale", ""},
		{"model.layers", "[2, 2]"}, {"model.activation", `"sigmoid"`}, {"model.bias", ""}, {"model.init", ""},
		{"train.method", ""}, {"train.steps", "5"}, {"train.epochs", ""}, {"train.batch", ""}, {"train.order", ""},
		{"train.rate", "0.25"}, {"train.rule", ""}, {"train.targets", ""}, {"record.every", "1"},
	}
	order := func(a, b Key) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestKeysAreKnown: a change of each key that is listed is understood, and every key of the files is listed.
func TestKeysAreKnown(t *testing.T) {
	for _, name := range Builtin() {
		s, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		keys := s.Keys()
		for _, k := range keys {
			_, err := s.Experiment(k.Path + `={odd = "value"}`)
			if err == nil || strings.Contains(err.Error(), "unknown key; did") || strings.Contains(err.Error(), k.Path+": unknown key") {
				t.Errorf("%s: %s: %v", name, k.Path, err)
			}
		}
		table := ""
		for line := range strings.Lines(string(s.text)) {
			if m := regexp.MustCompile(`^\[(\w+)\]`).FindStringSubmatch(line); m != nil {
				table = m[1] + "."
			}
			m := regexp.MustCompile(`^(\w+) *=`).FindStringSubmatch(line)
			if m == nil {
				continue
			}
			listed := slices.ContainsFunc(keys, func(k Key) bool {
				return k.Path == table+m[1] && k.Value != "" || strings.HasPrefix(k.Path, table+m[1]+".0.")
			})
			if !listed {
				t.Errorf("%s: %s%s is not among the keys", name, table, m[1])
			}
		}
	}
}

// Files that are not right have keys, too, as far as can be told, and values are short and can be printed.
func TestKeysOfBadFiles(t *testing.T) {
	if got := keysOf("name = \"bro"); got != nil {
		t.Errorf("no TOML has keys %v", got)
	}
	once := 0
	for _, k := range keysOf("[data]\nsource = \"csv\"\ntrain = \"a.csv\"\ntest = \"b.csv\"") {
		if k.Path == "data.test" {
			once++
		}
	}
	if once != 1 {
		t.Errorf("a key that is read twice is listed %d times", once)
	}
	value := func(text, path string) string {
		for _, k := range keysOf(text) {
			if k.Path == path {
				return k.Value
			}
		}
		t.Errorf("%q: no key %s", text, path)
		return ""
	}
	for _, c := range []struct{ text, path, want string }{
		{"", "seed", ""},
		{"seed = [1, {a = 2}]", "seed", "[1, {...}]"},
		{`name = "a\u001b[2J\n\t\u202e"`, "name", `"a\x1b[2J\n\t\u202e"`},
		{`name = "` + strings.Repeat("long ", 100) + `"`, "name", `"long long long long long long long l...`},
		{"model.layers = [" + strings.Repeat("10, ", 1000) + "]", "model.layers", "[10, 10, 10, 10, 10, 10, 10, 10, 10, ..."},
		{"model.layers = " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "model.layers", strings.Repeat("[", 37) + "..."},
		{"train = 5", "train.rate", ""},
		{"data.source = \"nowhere\"", "data.source", `"nowhere"`},
	} {
		if got := value(c.text, c.path); got != c.want {
			t.Errorf("%.40q: %s is %q, want %q", c.text, c.path, got, c.want)
		}
	}
}

func FuzzKeys(f *testing.F) {
	for _, name := range Builtin() {
		text, err := os.ReadFile(filepath.Join("..", "golden", name+".toml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("train = 5\ndata.classes = [1, {n = 2}]\nmodel.layers = [[[[[1]]]]]\nname = \"\\u001b\"")
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		for _, k := range keysOf(text) {
			if seen[k.Path] || k.Path == "" || strings.ContainsFunc(k.Path+k.Value, unicode.IsControl) || len([]rune(k.Value)) > maxBrief {
				t.Fatalf("key %q of %q", k.Path, k.Value)
			}
			seen[k.Path] = true
		}
	})
}
