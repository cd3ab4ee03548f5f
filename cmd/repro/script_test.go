package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/samebits/samebits/kernel"
)

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "repro" { // the tests may themselves run in GitHub's actions
		os.Unsetenv("GITHUB_ACTIONS")
		os.Unsetenv(stepSummaryVariable)
	}
	testscript.Main(m, map[string]func(){"repro": main})
}

// TestScripts runs testdata/script. Besides testscript's own commands there are:
//
//	exits CODE COMMAND ...     run the command, which must end with this exit code
//	rewrite FILE REGEXP TEXT   replace what matches, once, in the file
//	truncate FILE              cut the file in half
//	files FOLDER NAME ...      the folder holds exactly these files
//	interrupts SIGNAL COMMAND ...   start the command, send it INT or TERM when it computes, and want exit code 130; what
//	                           it wrote to stdout and stderr is in interrupted.out and interrupted.err
//
// and the condition [single-kernel].
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "rewrite": rewrite, "truncate": truncate, "files": folder, "interrupts": interrupts,
		},
		Condition: func(cond string) (bool, error) {
			if cond != "single-kernel" {
				return false, errors.New("unknown condition " + cond)
			}
			return len(kernel.Names()) == 1, nil
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

func rewrite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: rewrite FILE REGEXP TEXT")
	}
	text := ts.ReadFile(args[0])
	at := regexp.MustCompile("(?m)" + args[1]).FindStringIndex(text)
	if at == nil {
		ts.Fatalf("%s: nothing matches %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:at[0]]+args[2]+text[at[1]:]), 0o666))
}

func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: truncate FILE")
	}
	ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(len(ts.ReadFile(args[0]))/2)))
}

func folder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: files FOLDER NAME ...")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := slices.Sorted(slices.Values(args[1:]))
	if !slices.Equal(names, want) {
		ts.Fatalf("%s holds %s, want %s", args[0], strings.Join(names, " "), strings.Join(want, " "))
	}
}
