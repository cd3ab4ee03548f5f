package kernel

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Variable is the environment variable that forces a row: [Default] takes the row that it names.
const Variable = "SAMEBITS_KERNEL"

// row is one instruction set's kernels.
type row struct {
	f32    *Kernel[float32]
	f64    *Kernel[float64]
	random *Random
}

// rows holds the kernels that this machine can run, the fastest first and the reference last. It is filled once.
var rows = append(fastRows(), row{generic32(), generic64(), genericRandom()})

// hidden holds the rows that only those get who ask for them by name: faults put in on purpose, in a build with the tag
// faults, and none in any other.
var hidden = faultRows()

// table is all of them.
var table = slices.Concat(rows, hidden)

// known lists every row there is, whether or not this build and this machine have it.
var known = []string{"avx512", "avx2", "neon", "generic"}

// Names returns the names of the rows that this machine can run, the fastest first.
func Names() []string { return namesOf(rows) }

func namesOf(rows []row) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.f64.name
	}
	return names
}

// architecture is that of the rows with assembly.
var architecture = map[string]string{"avx512": "amd64", "avx2": "amd64", "neon": "arm64"}

// Known returns the names of every row there is, whether or not this machine and this build have it.
func Known() []string { return slices.Clone(known) }

// WhyNot says why this machine or this build does not have the row of that name. It is empty for a row that is here, and
// for a name that no row has.
func WhyNot(name string) string {
	switch arch := architecture[name]; {
	case arch == "" || slices.Contains(Names(), name):
		return ""
	case arch != runtime.GOARCH:
		return fmt.Sprintf("it is for %s, this program is for %s", arch, runtime.GOARCH)
	}
	return lacking(name)
}

// ErrUnavailable is in the error of a row that there is, but that this machine or this build does not have.
var ErrUnavailable = errors.New("not available on this machine or in this build")

// Get returns the row of that name for the element type T. It is an error if there is no such row, or if this machine or
// this build does not have it, [ErrUnavailable].
func Get[T Float](name string) (*Kernel[T], error) {
	for _, r := range table {
		if r.f64.name == name {
			var k any = r.f64
			if _, is32 := any(T(0)).(float32); is32 {
				k = r.f32
			}
			return k.(*Kernel[T]), nil
		}
	}
	have := strings.Join(namesOf(table), ", ")
	for _, n := range known {
		if n == name {
			return nil, fmt.Errorf("kernel %q is %w: %s (available: %s)", name, ErrUnavailable, WhyNot(name), have)
		}
	}
	return nil, fmt.Errorf("unknown kernel %q (available: %s)", name, have)
}

// Default returns the name of the row to use when none is asked for: the one that SAMEBITS_KERNEL names, else the
// fastest. It is an error if SAMEBITS_KERNEL names a row that this machine does not have.
func Default() (string, error) {
	name := os.Getenv(Variable)
	if name == "" {
		return rows[0].f64.name, nil
	}
	if _, err := Get[float64](name); err != nil {
		return "", fmt.Errorf("%s: %w", Variable, err)
	}
	return name, nil
}
