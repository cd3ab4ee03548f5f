package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/samebits/samebits/harness"
)

// TestVerifyOpensFirst: a bad file is found before the first replay. Replays would end with the interruption.
func TestVerifyOpensFirst(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.toml")
	write(t, bad, experiment)
	write(t, filepath.Join(dir, "bad.trace"), "nothing")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, stderr bytes.Buffer
	code := execute(ctx, []string{"verify", "notebook", bad}, &out, &stderr)
	if code != exitUsage || out.Len() > 0 || !strings.Contains(stderr.String(), "bad.trace:1: not a trace") {
		t.Errorf("exit code %d, %q, %q", code, out.String(), stderr.String())
	}
}

// TestVerifyOther: a golden trace of another experiment has no place where a replay parts from it, on any number of threads.
func TestVerifyOther(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.toml")
	write(t, file, experiment)
	write(t, strings.Replace(file, ".toml", ".trace", 1), goldenOf(t, strings.Replace(experiment, "steps = 9", "steps = 8", 1)))
	code, out, stderr := repro(t, "verify", file, "--kernel", "generic", "--threads", "1,2")
	if code != exitDiffers || stderr != "" || strings.Count(out, ": another experiment: ") != 2 || strings.Contains(out, "as with") {
		t.Errorf("exit code %d, %s, %q", code, out, stderr)
	}
}

// TestVerifyInterrupted interrupts the third experiment: the first two are shown, and there is no report.
func TestVerifyInterrupted(t *testing.T) {
	dir := t.TempDir()
	absent, long, junit := filepath.Join(dir, "absent.toml"), filepath.Join(dir, "long.toml"), filepath.Join(dir, "report.xml")
	write(t, absent, regexp.MustCompile(`(?s)source.*\[model\]`).ReplaceAllString(experiment, "source = \"csv\"\ntrain = \"absent.csv\"\n[model]"))
	write(t, filepath.Join(dir, "absent.trace"), goldenOf(t, experiment))
	write(t, long, strings.NewReplacer("steps = 9", "steps = 2000000000", "every = 4", "every = 2000").Replace(experiment))
	write(t, filepath.Join(dir, "long.trace"), goldenOf(t, experiment))
	for _, try := range []struct{ flag, want string }{
		{"--json=false", `(?s)^experiment .*\nnotebook +generic +1 +same .*\nbiased +generic +1 +no data .*1 of 2 replays were not compared: no data\n$`},
		{"--json", `^{"results":\[{"experiment":"notebook",[^}]*"verdict":"same",[^}]*},{"experiment":"biased",[^}]*"verdict":"no data",[^}]*}\]}\n$`},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var out bytes.Buffer
		stderr := &cancelling{cancel: cancel}
		code := execute(ctx, []string{"verify", "notebook", absent, long, "--kernel", "generic", "--junit", junit, try.flag}, &out, stderr)
		cancel()
		if code != exitInterrupted || !strings.Contains(stderr.String(), "\nrepro: interrupted ") {
			t.Errorf("exit code %d, %q", code, stderr.String())
		}
		if !regexp.MustCompile(try.want).MatchString(out.String()) {
			t.Errorf("got\n%s", out.String())
		}
		if _, err := os.Stat(junit); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the report of an interrupted verify: %v", err)
		}
	}
}

// cancelling is a stderr that interrupts once something is written to it, here that there are no data.
type cancelling struct {
	bytes.Buffer
	cancel func()
}

func (c *cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return c.Buffer.Write(p)
}

// TestUnwrittenJUnit: results are shown even if their report cannot be written. The name leaves no room for that of the
// file beside it.
func TestUnwrittenJUnit(t *testing.T) {
	code, out, stderr := repro(t, "verify", "notebook", "--kernel", "generic", "--junit", filepath.Join(t.TempDir(), strings.Repeat("x", 255)))
	if code != exitFailed || !strings.Contains(out, " same ") || !strings.HasPrefix(stderr, "repro: --junit: ") {
		t.Errorf("exit code %d, %q, %q", code, out, stderr)
	}
}

func TestOutcome(t *testing.T) {
	same := cell{Match: true, Verdict: isSame, Digest: "sha256:"}
	other := cell{Verdict: differs, Digest: "sha256:"}
	absent := cell{Verdict: noData}
	badData := cell{Verdict: hasFail, failed: &harness.DataError{Err: errors.New("bad data")}}
	failing := cell{Verdict: hasFail, failed: &harness.Diverged{}}
	for _, try := range []struct {
		cells   []cell
		allowed bool
		code    int
		reasons int
	}{
		{[]cell{same, same}, false, 0, 0},
		{[]cell{same, other, same}, false, 1, 0},
		{[]cell{same, absent}, false, 1, 0},
		{[]cell{absent, same}, true, 0, 0},
		{[]cell{absent}, true, 1, 0},
		{[]cell{other, absent}, true, 1, 0},
		{[]cell{same, {Verdict: noGolden}}, true, 1, 0},
		{[]cell{badData, other}, true, 2, 1},
		{[]cell{other, badData, badData}, false, 2, 2},
		{[]cell{badData, failing, same}, false, 3, 2},
		{[]cell{failing, badData, other}, false, 3, 2},
	} {
		err := outcome(try.cells, try.allowed)
		if try.code == 0 {
			if err != nil {
				t.Errorf("%+v: %v", try.cells, err)
			}
			continue
		}
		if err == nil || exitCode(err) != try.code || strings.Count(err.Error(), "kernel") != try.reasons {
			t.Errorf("%+v: exit code %d, %v; want %d and %d reasons", try.cells, exitCode(err), err, try.code, try.reasons)
		}
	}
}
