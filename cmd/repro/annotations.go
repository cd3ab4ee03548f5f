package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// maxAnnotations is how many errors of a step GitHub shows, and how many warnings.
const maxAnnotations = 10

// annotation is what GitHub shows on the page of a run.
type annotation struct {
	command        string // error or warning
	title, message string
	severity       int // 0 first
	nth            int // of its experiment and severity
}

// annotate writes a GitHub workflow command for everything that is not as it should be. It writes nothing outside of
// GitHub's actions. What was allowed not to be compared is a warning. The worst come first, and among these one of each
// experiment: GitHub does not show many. Where there are more, the first says how many.
func (r *report) annotate(out io.Writer, allowNoData bool) {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return
	}
	all := r.annotations(allowNoData)
	errors := 0
	for _, a := range all {
		if a.command == "error" {
			errors++
		}
	}
	if errors > maxAnnotations {
		all = slices.Insert(all, 0, annotation{command: "error", title: "repro verify",
			message: fmt.Sprintf("%s; %d errors, of which GitHub shows %d here: the log has all", totals(r.Cells), errors, maxAnnotations-1)})
	}
	for _, a := range all {
		fmt.Fprintln(out, workflowCommand(a.command, a.title, plain(cut(a.message))))
	}
}

// annotations returns what there is to say, in order of severity.
func (r *report) annotations(allowNoData bool) (all []annotation) {
	seen := map[[2]string]int{}
	for _, c := range r.Cells {
		if c.Match {
			continue
		}
		a := annotation{"error", c.place() + ": " + c.words(), c.Text, severities[c.Verdict], seen[[2]string{c.Experiment, c.Verdict}]}
		if c.exitCode(allowNoData) == 0 {
			a.command = "warning"
		}
		seen[[2]string{c.Experiment, c.Verdict}]++
		all = append(all, a)
	}
	for _, file := range r.Obsolete {
		all = append(all, annotation{"error", "obsolete golden trace", aboutObsolete(file), severities[noGolden], 0})
	}
	if !compared(r.Cells) {
		all = append(all, annotation{"error", "repro verify", "nothing was compared", severities[hasFail], 0})
	}
	slices.SortStableFunc(all, func(a, b annotation) int {
		return cmp.Or(cmp.Compare(a.severity, b.severity), cmp.Compare(a.nth, b.nth))
	})
	return all
}

// severities orders what is not the same.
var severities = map[string]int{hasFail: 0, differs: 1, noGolden: 2, noData: 3, noKernel: 4}

var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// workflowCommand writes a line that GitHub's runner takes as a command. The format and its escapes are those of
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
func workflowCommand(name, title, message string) string {
	return fmt.Sprintf("::%s title=%s::%s", name, commandProperty.Replace(title), commandData.Replace(message))
}
