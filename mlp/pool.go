package mlp

import (
	"runtime"
	"sync/atomic"
)

// pool is some goroutines that share out work, the caller being one of them: as many as there are shares, but no more than
// may run at once. A training step hands out work about ten times, often for some tens of microseconds, so that they wait
// for the next piece awake for a while.
type pool struct {
	shares int
	size   int // goroutines, the caller included
	task   func(share, shares int)
	round  atomic.Uint32 // counts the pieces handed out
	busy   atomic.Int32  // workers that have not finished this round
	ended  atomic.Bool
	asleep []atomic.Bool
	wake   []chan struct{}
}

// newPool returns a pool for so many threads. close must be called when it is no longer needed.
func newPool(threads int) *pool {
	size := min(threads, runtime.GOMAXPROCS(0))
	p := &pool{shares: threads, size: size, asleep: make([]atomic.Bool, size), wake: make([]chan struct{}, size)}
	for i := 1; i < size; i++ {
		p.wake[i] = make(chan struct{}, 1)
		go p.work(i)
	}
	return p
}

// do calls task for every share and returns when all have returned. What one of them wrote is then seen by all.
func (p *pool) do(task func(share, shares int)) {
	p.task = task
	p.busy.Store(int32(p.size - 1))
	p.nextRound()
	p.run(0)
	for spins := 0; p.busy.Load() > 0; spins++ {
		rest(spins)
	}
}

// close ends the goroutines.
func (p *pool) close() {
	p.ended.Store(true)
	p.nextRound()
}

func (p *pool) nextRound() {
	p.round.Add(1)
	for i := 1; i < p.size; i++ {
		if p.asleep[i].CompareAndSwap(true, false) {
			p.wake[i] <- struct{}{}
		}
	}
}

// work is the life of worker i.
func (p *pool) work(i int) {
	for seen := uint32(0); ; seen++ {
		p.await(i, seen)
		if p.ended.Load() {
			return
		}
		p.run(i)
		p.busy.Add(-1)
	}
}

// run does the shares of goroutine i.
func (p *pool) run(i int) {
	for share := i; share < p.shares; share += p.size {
		p.task(share, p.shares)
	}
}

// await returns when the round is no longer the one seen: awake at first, for some tens of microseconds, then asleep.
func (p *pool) await(i int, seen uint32) {
	for spins := 0; p.round.Load() == seen; spins++ {
		if spins < awake {
			rest(spins)
			continue
		}
		p.asleep[i].Store(true)
		if p.round.Load() != seen && p.asleep[i].CompareAndSwap(true, false) {
			return // and nobody sends
		}
		<-p.wake[i]
	}
}

const awake = 2000 // looks at the round before sleep

// rest lets others run, if not at once: a round often begins in the next moment.
func rest(spins int) {
	if spins >= 200 {
		runtime.Gosched()
	}
}
