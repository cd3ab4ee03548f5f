package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// interrupts is a command of the scripts.
func interrupts(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}
	if neg || len(args) < 2 || signals[args[0]] == nil {
		ts.Fatalf("usage: interrupts INT|TERM COMMAND ...")
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), &stdout, &stderr
	for _, setting := range os.Environ() { // as the script has it
		name, _, _ := strings.Cut(setting, "=")
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if !computes(cmd.Process.Pid, ended) {
		cmd.Process.Kill()
		ts.Fatalf("%v ended, or did not compute: %q, %q", args[1:], stdout.String(), stderr.String())
	}
	ts.Check(cmd.Process.Signal(signals[args[0]]))
	var err error
	select {
	case err = <-ended:
	case <-time.After(2 * time.Minute):
		cmd.Process.Kill()
		ts.Fatalf("%v does not end", args[1:])
	}
	ts.Check(os.WriteFile(ts.MkAbs("interrupted.out"), stdout.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("interrupted.err"), stderr.Bytes(), 0o666))
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		ts.Fatalf("%v ended with %v, want exit code %d: %q", args[1:], err, exitInterrupted, stderr.String())
	}
}

// computes waits until the process, of Linux, has had a tenth of a second of a CPU: by then it has long set up how it takes
// signals, however slow the machine is. It reports false if the process ends before.
func computes(pid int, ended chan error) bool {
	const enough = 10 // ticks
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return false
		}
		_, behind, _ := strings.Cut(string(text), ") ") // the name, which may have spaces
		if fields := strings.Fields(behind); len(fields) > 11 {
			if ticks, err := strconv.Atoi(fields[11]); err == nil && ticks >= enough { // in user mode
				return true
			}
		}
	}
	return false
}
