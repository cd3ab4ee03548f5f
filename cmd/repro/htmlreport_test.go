package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samebits/samebits/harness"
)

// TestReplaysReadBack: what verify prints is what the reader of its JSON takes, with every verdict that there is.
func TestReplaysReadBack(t *testing.T) {
	const digest = "sha256:841ead3330648ac1333bb83a4f0339a51cbef81ee5db0dc45f1c1dff0fbde131"
	r := report{Obsolete: []string{"old.trace"}}
	want := &harness.Replays{Name: "v.json", Obsolete: r.Obsolete}
	for i, v := range []string{isSame, differs, hasFail, noGolden, noKernel, noData} {
		c := cell{Experiment: "e", Kernel: "generic", Threads: i + 1, Match: v == isSame, Verdict: v}
		if i < 2 {
			c.Digest, c.Seconds, c.Rate, c.Emulated = digest, 0.5, 1e6, i == 1
		}
		if !c.Match {
			c.Text = "why"
		}
		r.Cells = append(r.Cells, c)
		want.Results = append(want.Results, harness.Replay{
			Experiment: c.Experiment, Kernel: c.Kernel, Threads: c.Threads, Match: c.Match, Digest: c.Digest, Verdict: c.Verdict,
			Difference: c.Text, Seconds: c.Seconds, Rate: c.Rate, Emulated: c.Emulated,
		})
	}
	var out bytes.Buffer
	if err := writeJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	got, err := harness.ReadReplays("v.json", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestReportInterrupted: no page is written, and what was there stays.
func TestReportInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, stderr bytes.Buffer
	if code := execute(ctx, []string{"report", "notebook", "-o", path}, &out, &stderr); code != exitInterrupted {
		t.Errorf("exit code %d, %s", code, stderr.String())
	}
	if files, err := filepath.Glob(path + "*"); err != nil || files != nil {
		t.Errorf("files %v, %v", files, err)
	}
}
