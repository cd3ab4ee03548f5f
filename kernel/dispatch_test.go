package kernel

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	names := Names()
	if len(names) == 0 || names[len(names)-1] != "generic" {
		t.Fatalf("Names() = %q: generic must come last", names)
	}
	for i, name := range names {
		if !slices.Contains(known, name) {
			t.Errorf("%s is not a known row", name)
		}
		if slices.Contains(names[:i], name) {
			t.Errorf("%s is there twice", name)
		}
		if got := mustGet[float32](t, name).Name(); got != name {
			t.Errorf("float32 row %s calls itself %s", name, got)
		}
		if got := mustGet[float64](t, name).Name(); got != name {
			t.Errorf("float64 row %s calls itself %s", name, got)
		}
	}
	names[0] = "changed"
	if Names()[0] == "changed" {
		t.Error("Names hands out its own slice")
	}
}

func TestGetErrors(t *testing.T) {
	cases := map[string]string{"": "unknown kernel", "sse9": "unknown kernel", "Generic": "unknown kernel"}
	for _, name := range known {
		if !slices.Contains(Names(), name) {
			cases[name] = "not available"
		}
	}
	if len(cases) == 3 { // no CPU has them all
		t.Error("every known row is available")
	}
	for name, want := range cases {
		for _, err := range []error{getError[float32](name), getError[float64](name)} {
			if err == nil {
				t.Errorf("Get(%q): no error", name)
				continue
			}
			if got := errors.Is(err, ErrUnavailable); got != (want == "not available") {
				t.Errorf("Get(%q): ErrUnavailable %v", name, got)
			}
			for _, part := range []string{want, `"` + name + `"`, strings.Join(Names(), ", ")} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Get(%q): error %q lacks %q", name, err, part)
				}
			}
		}
	}
}

// TestWhyNot: every row is here, or there is a reason, which is in the error of asking for it.
func TestWhyNot(t *testing.T) {
	for _, name := range Known() {
		why := WhyNot(name)
		if here := slices.Contains(Names(), name); here != (why == "") {
			t.Errorf("%s: here %v, and %q", name, here, why)
		}
		if why != "" && !strings.Contains(getError[float64](name).Error(), ": "+why+" (") {
			t.Errorf("%s: the error %v lacks %q", name, getError[float64](name), why)
		}
		if arch := architecture[name]; arch != "" && arch != runtime.GOARCH && why != "it is for "+arch+", this program is for "+runtime.GOARCH {
			t.Errorf("%s: %q", name, why)
		}
	}
	if why := WhyNot("abacus"); why != "" {
		t.Errorf("of no row: %q", why)
	}
	all := Known()
	all[0] = "changed"
	if Known()[0] == "changed" {
		t.Error("Known hands out its own slice")
	}
}

func getError[T Float](name string) error {
	_, err := Get[T](name)
	return err
}

func TestDefault(t *testing.T) {
	t.Setenv(Variable, "")
	if got, err := Default(); err != nil || got != Names()[0] {
		t.Errorf("Default() = %q, %v, want %q", got, err, Names()[0])
	}
	for _, name := range Names() {
		t.Setenv(Variable, name)
		if got, err := Default(); err != nil || got != name {
			t.Errorf("%s=%s: Default() = %q, %v", Variable, name, got, err)
		}
	}
	t.Setenv(Variable, "sse9")
	got, err := Default()
	if got != "" || err == nil {
		t.Fatalf("%s=sse9: Default() = %q, %v", Variable, got, err)
	}
	for _, part := range append([]string{Variable, `"sse9"`}, Names()...) {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %q", err, part)
		}
	}
	if Variable != "SAMEBITS_KERNEL" {
		t.Errorf("the variable is %s", Variable)
	}
}
