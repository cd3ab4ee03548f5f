// Package fpcontrol reads and sets the floating-point control register of a thread: MXCSR on amd64, FPCR on arm64. It is
// for tests, which must see that a state is found in which results would change, and for the fault of such a state that a
// build with the tag faults has.
package fpcontrol

import "runtime"

// With calls f on this thread with some bits of the control register changed, and puts them back. The goroutine is locked
// to its thread meanwhile. Go starts no thread from a locked one, so that no other thread gets the state. f should do
// little, and fail no test: what runs on this thread computes in that state, the printing of numbers included.
func With(clear, set uint64, f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	old := get()
	defer put(old)
	put(old&^clear | set)
	f()
}
