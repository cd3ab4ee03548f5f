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
		if v == differs {
			c.Parted = partedReport(&partings()[0])
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
	want.Results[1].Parted = &harness.Parted{
		Phase: "activation", Step: 3, From: 2, To: 3, Layer: new(1), Sample: new(0), Output: new(2), A: &harness.PartedNumber{}, Hint: "a hint", Reproducible: true,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// partings are places of every kind.
func partings() []harness.Bisection {
	one, index := &harness.Number{Value: 1}, &harness.Number{Value: 1, Index: true}
	const none = -1
	all := []harness.Parting{
		{Phase: harness.PhaseActivation, Step: 3, From: 2, To: 3, Layer: 1, Sample: 0, Output: 2, Input: none, A: one, B: one, Hint: "a hint"},
		{Phase: harness.PhaseUpdate, Step: 3, From: 2, To: 3, Layer: 0, Sample: none, Output: 2, Input: none, Bias: true, A: one, B: one},
		{Phase: harness.PhaseData, Layer: none, Sample: 0, Output: none, Input: 7, A: one, B: one},
		{Phase: harness.PhaseInitial, Layer: 0, Sample: none, Output: 0, Input: 0, A: one, B: one},
		{Phase: harness.PhaseOrder, Step: 1, To: 10, Layer: none, Sample: none, Output: none, Input: none, A: index, B: index},
		{Phase: harness.PhaseEvaluation, Step: 10, From: 10, To: 10, Layer: none, Sample: none, Output: none, Input: none, A: one, B: one},
		{Phase: harness.PhaseEvaluation, Step: 10, From: 10, To: 10, Layer: none, Sample: none, Output: none, Input: none, A: index, B: index},
		{From: 10, To: 20, Layer: none, Sample: none, Output: none, Input: none},
		{From: 10, To: 20, Layer: none, Sample: none, Output: none, Input: none, Irreproducible: true},
	}
	var bisections []harness.Bisection
	for i := range all {
		bisections = append(bisections, harness.Bisection{Parting: &all[i]})
	}
	return bisections
}

// TestPartedReadBack: what is read says the same as what was found.
func TestPartedReadBack(t *testing.T) {
	for _, b := range partings() {
		var out bytes.Buffer
		c := cell{Experiment: "e", Kernel: "k", Threads: 1, Verdict: differs, Parted: partedReport(&b)}
		if err := writeJSON(&out, report{Cells: []cell{c}}); err != nil {
			t.Fatal(err)
		}
		got, err := harness.ReadReplays("v.json", out.Bytes())
		if err != nil {
			t.Errorf("%s: %v", b.Summary(), err)
			continue
		}
		if got, want := got.Results[0].Parted.Summary(), b.Summary(); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
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
