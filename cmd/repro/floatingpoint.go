package main

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/kernel"
)

// computeNothing are the commands that have a use where floats cannot be trusted: they show the state, or nothing that was
// computed.
var computeNothing = []string{"env", "list", "completion", "help"}

// refuseUnsafe ends every other command before it computes, if the threads of this program compute otherwise than the
// contract asks: what came out would differ, or worse, would seldom differ.
func refuseUnsafe(cmd *cobra.Command, _ []string) error {
	words := append(strings.Fields(cmd.CommandPath()), "")
	if slices.Contains(computeNothing, words[1]) || strings.HasPrefix(words[1], "__") {
		return nil
	}
	if err := checkFloatingPoint(); err != nil {
		return failed(err)
	}
	return nil
}

// maxChecked bounds the threads that are checked, for what it takes to start them.
const maxChecked = 16

// checkFloatingPoint checks this thread, and then as many as may compute at once, maxChecked at most. It is one check too
// many where all is well: nothing in this program changes the state, and a thread gets that of the one that started it, or
// the system's default. An emulator may fail to hand it on.
func checkFloatingPoint() error {
	if err := kernel.CheckFloatingPoint(); err != nil {
		return err
	}
	return checkThreads(threadsToCheck(), kernel.CheckFloatingPoint)
}

func threadsToCheck() int { return min(runtime.GOMAXPROCS(0), maxChecked) }

// readFloatingPoint returns the state of each thread that checkFloatingPoint checks.
func readFloatingPoint() []kernel.FloatingPoint {
	states := make([]kernel.FloatingPoint, threadsToCheck())
	onThreads(len(states), func(i int) { states[i] = kernel.ReadFloatingPoint() })
	return append([]kernel.FloatingPoint{kernel.ReadFloatingPoint()}, states...)
}

// checkThreads calls check on n threads. It returns an error of the first thread that has one.
func checkThreads(n int, check func() error) error {
	errs := make([]error, n)
	onThreads(n, func(i int) { errs[i] = check() })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// onThreads calls do on n threads at once: each is held until all have called it, so that they are n different ones.
func onThreads(n int, do func(i int)) {
	var checked, done sync.WaitGroup
	checked.Add(n)
	for i := range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			do(i)
			checked.Done()
			checked.Wait()
		})
	}
	done.Wait()
}
