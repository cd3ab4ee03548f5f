package harness

import (
	"math"
	"strings"
	"testing"
)

// TestCurveGuards: what would compare wrongly does not get into a curve.
func TestCurveGuards(t *testing.T) {
	c, err := ReadCurve("f", []byte(`{"total": 0, "test": {"total": -3}, "digest": "sha256:abc", "curve": [{"step": 0, "correct": -0.0}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if math.Signbit(c.Series["correct"][0]) {
		t.Error("a count is -0, whose bits are not those of 0")
	}
	if c.Facts.Samples != 0 || c.Facts.Tests != 0 || c.Weights != nil {
		t.Errorf("%+v, weights %q", c.Facts, c.Weights)
	}

	const large = "9007199254740992" // beside which float64 has no odd number
	for name, text := range map[string]string{
		"step":         strings.Replace(sample().String(), "\n20 ", "\n"+large+" ", 1),
		"correct":      strings.Replace(sample().String(), " 10/10 ", " "+large+"/10 ", 1),
		"test correct": strings.Replace(tested().String(), " 2/4 ", " "+large+"/4 ", 1),
	} {
		if _, err := ReadCurve("f.trace", []byte(text)); err == nil || err.Error() != "f.trace:9: a number beyond 9007199254740991" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
