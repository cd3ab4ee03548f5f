package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// annotate writes a GitHub workflow command for everything that is not as it should be, which GitHub shows on the page of
// the run. It writes nothing outside of GitHub's actions. What was allowed not to be compared is a warning.
func (r *report) annotate(out io.Writer, allowNoData bool) {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return
	}
	for _, c := range r.Cells {
		if c.Match {
			continue
		}
		command := "error"
		if c.exitCode(allowNoData) == 0 {
			command = "warning"
		}
		fmt.Fprintln(out, workflowCommand(command, c.place()+": "+c.words(), plain(c.Text)))
	}
	for _, file := range r.Obsolete {
		fmt.Fprintln(out, workflowCommand("error", "obsolete golden trace", aboutObsolete(file)))
	}
	if !compared(r.Cells) {
		fmt.Fprintln(out, workflowCommand("error", "repro verify", "nothing was compared"))
	}
}

var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// workflowCommand writes a line that GitHub's runner takes as a command. The format and its escapes are those of
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
func workflowCommand(name, title, message string) string {
	return fmt.Sprintf("::%s title=%s::%s", name, commandProperty.Replace(title), commandData.Replace(message))
}
