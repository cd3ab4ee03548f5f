package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/samebits/samebits/harness"
)

const aboutCheckpoints = `With --checkpoint it keeps where it is in a file: every minute, or as often as --checkpoint-every says, on Ctrl-C and
SIGTERM, and at the end. The file is replaced whole, so that also after a power cut or kill -9 it is that of before or the
new one. With --resume a run goes on from such a file, on any kernel and any number of threads, and ends with the bits that
it would have had uninterrupted. The experiment and its data must be the same.`

// keeper keeps checkpoints of a run.
type keeper struct {
	path  string // of the flag --checkpoint
	every time.Duration
	from  string // of the flag --resume

	bar    *bar                // to be cleared for a warning
	last   *harness.Checkpoint // in the file, or nil
	failed error               // why the last one could not be written, or nil
}

func (k *keeper) flags(f *pflag.FlagSet) {
	f.StringVar(&k.path, "checkpoint", "", "keep in `file` where the run is, to go on from there")
	f.DurationVar(&k.every, "checkpoint-every", time.Minute, "`time` between two checkpoints, as in 30s")
	f.StringVar(&k.from, "resume", "", "go on from the checkpoint in `file`")
}

// prepare checks the flags and reads the checkpoints that there are, before anything is trained.
func (k *keeper) prepare(cmd *cobra.Command, e *harness.Experiment, o *harness.Options) error {
	if cmd.Flags().Changed("checkpoint-every") && !cmd.Flags().Changed("checkpoint") {
		return errors.New("--checkpoint-every: of which file? name it with --checkpoint")
	}
	if k.every < 0 {
		return fmt.Errorf("--checkpoint-every %v: want 0 or more", k.every)
	}
	if cmd.Flags().Changed("resume") {
		c, err := readCheckpoint(k.from, e)
		if err != nil {
			return k.cannotResume(err)
		}
		o.Resume = c
	}
	if !cmd.Flags().Changed("checkpoint") {
		return nil
	}
	if err := k.checkFile(e, o.Resume); err != nil {
		return fmt.Errorf("--checkpoint: %w", err)
	}
	o.CheckpointEvery = k.every
	o.Checkpoint = func(c *harness.Checkpoint) error {
		k.keep(cmd.ErrOrStderr(), c, c.Step == c.Steps || cmd.Context().Err() != nil)
		return nil
	}
	return nil
}

// cannotResume is the error of a checkpoint that the run cannot go on from.
func (k *keeper) cannotResume(err error) error {
	return fmt.Errorf("--resume: %w; give a checkpoint that was written with this experiment, the same -S and the same data, or start again without --resume", err)
}

// readCheckpoint reads a checkpoint of e.
func readCheckpoint(path string, e *harness.Experiment) (*harness.Checkpoint, error) {
	if path == "" {
		return nil, errors.New("want a file")
	}
	c, err := harness.ReadCheckpoint(path)
	if err != nil {
		return nil, err
	}
	return c, c.Check(e)
}

// checkFile refuses a file that cannot be written, or that would be lost: only what the run goes on from is replaced.
func (k *keeper) checkFile(e *harness.Experiment, from *harness.Checkpoint) error {
	if err := checkReport(k.path); err != nil {
		return err
	}
	if target, err := filepath.EvalSymlinks(k.path); err == nil {
		k.path = target // not the link is replaced
	}
	switch there, err := os.Stat(k.path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case from != nil && isFile(k.from, there):
		k.last = from
	default:
		if _, err := readCheckpoint(k.path, e); err != nil {
			return fmt.Errorf("the file that is there is not overwritten: %w; give another file, or remove it", err)
		}
		return fmt.Errorf("%s is there already: go on from it with --resume %s, or remove it", k.path, quote(k.path))
	}
	return harness.ReadyCheckpoint(k.path)
}

// isFile reports whether path leads to this file.
func isFile(path string, file fs.FileInfo) bool {
	info, err := os.Stat(path)
	return err == nil && os.SameFile(info, file)
}

// keep writes a checkpoint. A run does not end because that fails, since the disk may have room again the next time; the
// first failure of several in a row is told at once, that of the last checkpoint where the run ends.
func (k *keeper) keep(stderr io.Writer, c *harness.Checkpoint, last bool) {
	err := c.Write(k.path)
	if err != nil && k.failed == nil && !last {
		k.bar.clear()
		fmt.Fprintf(stderr, "repro: step %d of %d: the checkpoint is not written, the run goes on: %s\n", c.Step, c.Steps, printable(err.Error()))
	}
	if k.failed = err; err == nil {
		k.last = &harness.Checkpoint{Step: c.Step, Steps: c.Steps} // the rest may be large
	}
}

// unwritten is the error of a run that came to its end, but its last checkpoint did not come to the disk.
func (k *keeper) unwritten() error {
	if k.failed == nil {
		return nil
	}
	return failed(fmt.Errorf("the last checkpoint is not written: %w", k.failed))
}

// ended adds to the error of a run what can be done: to that of one that was interrupted where it can go on, and how.
func (k *keeper) ended(cmd *cobra.Command, args []string, err error) error {
	var unfit *harness.CheckpointError
	if errors.As(err, &unfit) {
		return k.cannotResume(err)
	}
	if k.path == "" || !errors.Is(err, context.Canceled) {
		return err
	}
	hint := "there is no checkpoint yet"
	if k.last != nil {
		hint = fmt.Sprintf("%s holds step %d of %d; go on with: %s", k.path, k.last.Step, k.last.Steps, k.commandLine(cmd, args))
	}
	if k.failed != nil { // not exit code 130, after which all is kept
		return failed(fmt.Errorf("%v\nthe checkpoint is not written: %w\n%s", err, k.failed, hint))
	}
	return fmt.Errorf("%w\n%s", err, hint)
}

// commandLine is the command that goes on with a run: the same flags, and --resume.
func (k *keeper) commandLine(cmd *cobra.Command, args []string) string {
	words := append(strings.Fields(cmd.CommandPath()), args...)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand
		}
		switch v := f.Value.(type) {
		case pflag.SliceValue:
			for _, value := range v.GetSlice() {
				words = append(words, name, value)
			}
		default:
			if f.Name == "resume" {
				return
			}
			words = append(words, name)
			if f.NoOptDefVal == "" {
				words = append(words, v.String())
			} else if v.String() != f.NoOptDefVal {
				words[len(words)-1] += "=" + v.String()
			}
		}
	})
	words = append(words, "--resume", k.path)
	for i, w := range words {
		words[i] = quote(w)
	}
	return strings.Join(words, " ")
}

var plainWord = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// quote writes a word as a shell reads it.
func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
