// Command repro replays seeded trainings of neural networks and tells whether they reproduce, bit for bit.
//
// Run it without arguments for the notebook that the project starts from, and with --help for everything else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/samebits/samebits/harness"
)

// Exit codes. Of several runs the greatest counts.
const (
	exitDiffers     = 1   // or could not be compared
	exitUsage       = 2   // a bad command line or file
	exitFailed      = 3   // the run failed
	exitInterrupted = 130 // by Ctrl-C, as shells have it
)

// exitError is an error that sets the exit code.
type exitError struct {
	code int
	err  error // nil if everything has been said
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// failed marks the error of a run.
func failed(err error) error { return &exitError{exitFailed, err} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// execute runs the command line and returns the exit code.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if !isTerminal(stdout) || os.Getenv("NO_COLOR") != "" {
		text.DisableColors()
	}
	root := newRoot()
	out := &output{w: stdout}
	root.SetArgs(append([]string{}, args...)) // of nil cobra would make those of the process
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if out.err != nil {
		err = failed(out.err)
	}
	if err == nil {
		return 0
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(stderr, "repro: %s\n", printable(line))
	}
	return exitCode(err)
}

// exitCode is what a command that ends with this error ends with.
func exitCode(err error) int {
	var exit *exitError
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &exit):
		return exit.code
	}
	return exitUsage
}

// output is stdout. It keeps the first error, so that a result that nobody got does not end in success.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// printable leaves out of a line what would steer a terminal: errors quote files.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, line)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "repro",
		Short: "Replay seeded trainings and see whether they reproduce, bit for bit",
		Long: `Repro trains small neural networks to the same bits on every CPU, and compares runs with golden traces.

Without a command it replays the tutorial notebook: 1000 points of two classes, a 2-2-2 sigmoid network, 1000 steps of
online gradient descent. It shows its numbers beside the tutorial's, and the golden verdict of every kernel that this
CPU has.

EXPERIMENT is the name of a built-in experiment (repro list) or the path of a TOML file.

Results go to stdout, progress and errors to stderr. Exit codes: 0 the same; 1 it differs, or could not be compared;
2 a bad command line or file; 3 the run failed; 130 interrupted.

Environment: SAMEBITS_KERNEL names the kernel to use where --kernel does not; record uses all there are. SAMEBITS_DATA
names a folder of data files. NO_COLOR switches colours off.`,
		Example: `  repro
  repro run notebook -S seed=7 -S model.layers=[2,5,2] --json
  repro verify --kernel all --threads 1,2,3`,
		Args:          unknownCommand,
		SilenceUsage:  true,
		SilenceErrors: true,

		PersistentPreRunE: refuseUnsafe,
		RunE:              func(cmd *cobra.Command, _ []string) error { return notebook(cmd) },
	}
	root.SetFlagErrorFunc(unknownFlag)
	root.AddCommand(newRun(), newVerify(), newDiff(), newBisect(), newSweep(), newRecord(), newBench(), newReport(), newList(), newEnv(), newCompletion())
	root.SetHelpCommand(newHelp())
	addCompletions(root)
	return root
}

// unknownCommand refuses arguments of repro itself: what stands there should have been a command.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("unknown command %q; %s", args[0], harness.Suggest(args[0], names))
}

// unknownFlag adds to the error of an unknown flag what could have been meant.
func unknownFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("%w; %s", err, harness.Suggest(unknown.GetSpecifiedName(), names))
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.w
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
