//go:build !faults

package kernel

import (
	"strings"
	"testing"
)

// TestNoFaults: a build without the tag has no fault, by any name.
func TestNoFaults(t *testing.T) {
	if len(hidden) != 0 {
		t.Errorf("hidden rows %q", namesOf(hidden))
	}
	for _, name := range Names() {
		if strings.HasPrefix(name, "fault") {
			t.Errorf("row %s", name)
		}
	}
	for _, err := range []error{getError[float32]("fault-flip"), getError[float64]("fault-flip")} {
		if err == nil || !strings.Contains(err.Error(), `unknown kernel "fault-flip"`) {
			t.Errorf("Get: error %v", err)
		}
	}
	if _, err := GetRandom("fault-order"); err == nil {
		t.Error("GetRandom: no error")
	}
}
