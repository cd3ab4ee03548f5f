//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/samebits/samebits/harness"
)

// exit waits for the end of the command and returns its exit code, -1 after a signal.
func (p *process) exit(t *testing.T) int {
	t.Helper()
	<-p.ended
	var exit *exec.ExitError
	if p.err == nil {
		return 0
	}
	if !errors.As(p.err, &exit) {
		t.Fatal(p.err)
	}
	return exit.ExitCode()
}

// until waits for something to become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begin := time.Now(); !is(); time.Sleep(time.Millisecond) {
		if time.Since(begin) > 5*time.Minute {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestKilled kills the command at many moments, most of them while it writes. Whatever is there then is a checkpoint, no
// older than the one before, and the run that goes on from the last ends as one that nobody disturbed.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	file, path := filepath.Join(dir, "shuffled.toml"), filepath.Join(dir, "run.ckpt")
	whole, out := filepath.Join(dir, "whole"), filepath.Join(dir, "out")
	write(t, file, shuffled)
	if code := start(t, "run", file, "--out", whole).exit(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	args := []string{"run", file, "--checkpoint", path, "--out", out}
	delays := rand.New(rand.NewPCG(1, 2))
	step, kills, written := 0, 0, 0
	for range 30 {
		call := append(args, "--checkpoint-every", "0s")
		if exists(path) {
			call = append(call, "--resume", path)
		}
		p := start(t, call...)
		time.Sleep(time.Duration(delays.IntN(60)) * time.Millisecond)
		p.Kill()
		switch code := p.exit(t); code {
		case -1:
			kills++
		case 0: // too late
		default:
			t.Fatalf("exit code %d: %s", code, p.stderr.String())
		}
		if !exists(path) {
			continue
		}
		c, err := harness.ReadCheckpoint(path)
		if err != nil {
			t.Fatal(err)
		}
		if c.Step < step || c.Steps != 400000 {
			t.Errorf("step %d of %d, there was one of %d", c.Step, c.Steps, step)
		}
		if c.Step > step {
			written++
		}
		if step = c.Step; step == c.Steps { // from the start again
			os.Remove(path)
			step = 0
		}
	}
	t.Logf("%d kills, %d with a new checkpoint, at the end step %d", kills, written, step)
	if kills < 5 {
		t.Errorf("%d kills", kills)
	}
	if exists(path) {
		args = append(args, "--resume", path)
	}
	p := start(t, append(args, "--kernel", harness.Reference)...)
	if code := p.exit(t); code != 0 {
		t.Fatalf("exit code %d: %s", code, p.stderr.String())
	}
	if got, want := traceIn(t, out), traceIn(t, whole); got != want {
		t.Errorf("got trace\n%s\nwant\n%s", got, want)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestSignals: Ctrl-C and SIGTERM end a run with what it came to in the file, and it goes on from there.
func TestSignals(t *testing.T) {
	dir := t.TempDir()
	file, path := filepath.Join(dir, "long.toml"), filepath.Join(dir, "run.ckpt")
	write(t, file, strings.Replace(shuffled, "400000", "2000000000", 1))
	call := []string{"run", file, "--checkpoint", path}
	step := 0
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		was, _ := os.ReadFile(path)
		p := start(t, append(call, "--checkpoint-every", "1ms")...)
		until(t, "there is a checkpoint", func() bool {
			is, _ := os.ReadFile(path)
			return !bytes.Equal(is, was)
		})
		p.Signal(s)
		if code := p.exit(t); code != exitInterrupted {
			t.Fatalf("%v: exit code %d: %s", s, code, p.stderr.String())
		}
		m := regexp.MustCompile(`^repro: interrupted after step (\d+) of 2000000000: context canceled\n` +
			`repro: \S+ holds step (\d+) of 2000000000; go on with: repro run \S+ --checkpoint \S+ --checkpoint-every 1ms --resume \S+\n$`).
			FindStringSubmatch(p.stderr.String())
		if m == nil || m[1] != m[2] {
			t.Fatalf("%v: %s", s, p.stderr.String())
		}
		c, err := harness.ReadCheckpoint(path)
		if err != nil || c.Step <= step {
			t.Fatalf("%v: step %d: %v", s, c.Step, err)
		}
		step = c.Step
		call = append(call, "--resume", path)
	}
	// What it came to is what a shorter run comes to.
	c, err := harness.ReadCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	e, err := harness.Parse("long.toml", []byte(strings.Replace(shuffled, "400000", "30001", 1)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := harness.Run(t.Context(), e, harness.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range c.Points[:min(2, len(c.Points))] {
		if p != r.Curve[i] {
			t.Errorf("point %d is %v, want %v", i, p, r.Curve[i])
		}
	}
}

// buffer may be written to and read at the same time.
type buffer struct {
	lock sync.Mutex
	b    bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.b.String()
}

// TestFolderGone: a run goes on while its checkpoint cannot be written, and says so; if it ends then, that is no success.
func TestFolderGone(t *testing.T) {
	dir := t.TempDir()
	file, folder, gone := filepath.Join(dir, "long.toml"), filepath.Join(dir, "kept"), filepath.Join(dir, "gone")
	path := filepath.Join(folder, "run.ckpt")
	write(t, file, strings.Replace(shuffled, "400000", "2000000000", 1))
	rename := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	var stderr buffer
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan int)
	go func() {
		ended <- execute(ctx, []string{"run", file, "--checkpoint", path, "--checkpoint-every", "1ms"}, io.Discard, &stderr)
	}()
	until(t, "there is a checkpoint", func() bool { return exists(path) })
	rename(folder, gone)
	until(t, "it is missed", func() bool {
		return strings.Contains(stderr.String(), "the checkpoint is not written, the run goes on: ")
	})
	was, err := os.ReadFile(filepath.Join(gone, "run.ckpt"))
	if err != nil {
		t.Fatal(err)
	}
	rename(gone, folder)
	until(t, "it is written again", func() bool {
		is, err := os.ReadFile(path)
		return err == nil && !bytes.Equal(is, was)
	})
	rename(folder, gone)
	cancel()
	if code := <-ended; code != exitFailed || !regexp.MustCompile(`\nrepro: interrupted after step \d+ of 2000000000: context canceled\n`+
		`repro: the checkpoint is not written: .*\nrepro: \S+ holds step \d+ of 2000000000; go on with: `).MatchString(stderr.String()) {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}
