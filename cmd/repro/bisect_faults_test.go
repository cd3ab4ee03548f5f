//go:build faults

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/samebits/samebits/harness"
)

// faultTexts says what the commands say of each fault, in the notebook.
var faultTexts = map[string]string{
	"fault-flip":           `parted: step 222, activation, layer 1, sample 997, output 0\n(.*\n)*.*fault-flip: bit 26 of the value is flipped`,
	"fault-swap":           `parted: step \d+, forward, layer [01], sample \d+, output [01]\n(.*\n)*.*fault-swap: terms 0 and 1 of the sum are exchanged; that gives exactly its bits`,
	"fault-unfused":        `parted: step \d+, forward, layer [01], sample \d+, output [01]\n(.*\n)*.*fault-unfused: the products are rounded before they are added \(not fused\); that gives exactly its bits`,
	"fault-unfused-back":   `parted: step 59, error sent back, layer 0, sample \d+, output [01]\n(.*\n)*.*fault-unfused-back: the products are rounded before they are added \(not fused\)`,
	"fault-unfused-update": `parted: step \d+, update, layer [01], output [01], input [01]\n(.*\n)*.*fault-unfused-update: the product of rate and gradient is rounded before it is added`,
	"fault-order":          `parted: step 1, sample order\n(.*\n)*.*the two draw another order from the same stream`,
}

// TestFaultBisect: the command names each fault, and its object says the same.
func TestFaultBisect(t *testing.T) {
	for name, want := range faultTexts {
		parts := strings.Split(want, `\n(.*\n)*.*`)
		code, out, stderr := repro(t, "bisect", "notebook", "--kernel", name)
		if code != exitDiffers || stderr != "" || !regexp.MustCompile(`\n`+parts[0]+`\n$`).MatchString(out) ||
			!regexp.MustCompile(`\nhint +`+parts[1]).MatchString(out) {
			t.Errorf("%s: exit code %d, %q, %q", name, code, stderr, out)
		}
		code, text, _ := repro(t, "bisect", "notebook", "--kernel", name, "--against", "golden", "--json")
		var o bisectJSON
		if err := json.Unmarshal([]byte(text), &o); err != nil || code != exitDiffers {
			t.Fatalf("%s: exit code %d, %v, %s", name, code, err, text)
		}
		if o.Schema != "samebits/bisect/1" || o.Same || o.Parted == nil || o.Parted.Step == nil || *o.Parted.Step != o.Compared+1 || !o.Parted.Reproducible ||
			!regexp.MustCompile("^"+parts[0]+"$").MatchString(o.Summary) || o.A.Kernel != name || o.B.Trace != "golden/notebook.trace" {
			t.Errorf("%s: %s", name, text)
		}
		if table := strings.Contains(out, "\n   sample  \n"); table != (name == "fault-order") || table == strings.Contains(out, "hexadecimal") || table == strings.Contains(out, "\nreference  ") {
			t.Errorf("%s: %s", name, out)
		}
		if index := o.Parted.A.Index != nil; index != (name == "fault-order") || index == (o.Parted.ULP != nil) || index == (o.Parted.Reference != nil) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestFaultVerifyPlaces: a replay that differs says where, in the text, the object, the report and the annotations.
func TestFaultVerifyPlaces(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	for name, want := range faultTexts {
		junit := filepath.Join(t.TempDir(), "report.xml")
		code, out, stderr := repro(t, "verify", "notebook", "--kernel", name, "--threads", "1,2", "--junit", junit)
		if code != exitDiffers || stderr != "" {
			t.Errorf("%s: exit code %d, %q", name, code, stderr)
		}
		if !regexp.MustCompile(`\nnotebook, kernel ` + name + `, threads 1: point \d+, step \d+: .*\n.*` + want).MatchString(out) {
			t.Errorf("%s: %s", name, out)
		}
		if !strings.Contains(out, "\nnotebook, kernel "+name+", threads 2: as with --threads 1:\n") {
			t.Errorf("%s: %s", name, out)
		}
		if order := strings.Contains(out, name+" (1 thread) takes sample 194, the golden trace takes sample 443\n"); order != (name == "fault-order") {
			t.Errorf("%s: %s", name, out)
		}
		if !regexp.MustCompile(`\n::error title=.*%0Aparted: .*`).MatchString(out) {
			t.Errorf("%s: no annotation: %s", name, out)
		}
		report, err := os.ReadFile(junit)
		if err != nil || strings.Count(string(report), "&#xA;parted: ") != 2 {
			t.Errorf("%s: %v, %s", name, err, report)
		}
		_, text, _ := repro(t, "verify", "notebook", "--kernel", name, "--json")
		var object struct{ Results []cell }
		if err := json.Unmarshal([]byte(text), &object); err != nil || object.Results[0].Parted == nil || object.Results[0].Parted.Step == nil {
			t.Errorf("%s: %v, %s", name, err, text)
		}
		if r, err := harness.ReadReplays("v.json", []byte(text)); err != nil {
			t.Errorf("%s: read back: %v", name, err)
		} else if one := r.Results[0]; !strings.Contains(one.Difference, "\n"+one.Parted.Summary()) || !strings.Contains(one.Difference, "\n"+one.Parted.Hint+"\n") {
			t.Errorf("%s: place or hint is not in %q", name, one.Difference)
		}
		_, text, _ = repro(t, "verify", "notebook", "--kernel", name, "--json", "--bisect=false")
		if strings.Contains(text, "parted") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestFaultFlushed: the sixth fault needs subnormal numbers.
func TestFaultFlushed(t *testing.T) {
	code, out, _ := repro(t, "bisect", "../../harness/testdata/subnormal.toml", "--kernel", "fault-ftz", "--against", harness.Reference)
	if code != exitDiffers || !regexp.MustCompile(`hint +fault-ftz: subnormal results are flushed to zero; (.*\n)*parted: step 1, update, layer \d, bias of output 0\n$`).MatchString(out) {
		t.Errorf("exit code %d, %s", code, out)
	}
	if code, out, _ := repro(t, "bisect", "notebook", "--kernel", "fault-ftz"); code != 0 || !strings.Contains(out, "same: 1000 steps, no bit differs") {
		t.Errorf("exit code %d, %s", code, out)
	}
}

// TestFaultReadme: the README shows what bisect says.
func TestFaultReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const args = "bisect notebook --kernel fault-unfused-update"
	_, out, _ := repro(t, strings.Fields(args)...)
	out = regexp.MustCompile(` +\n`).ReplaceAllString(out, "\n")
	if !strings.Contains(string(readme), "`go run -tags faults ./cmd/repro "+args+"`") || !strings.Contains(string(readme), "\n```text\n"+out+"```\n") {
		t.Errorf("the README has not the output of repro %s:\n%s", args, out)
	}
}
