package peak

import "github.com/klauspost/cpuid/v2"

// A Level is a cache, or the memory behind the last one.
type Level struct {
	Name    string // L1, L2, L3, memory
	Size    int    // in bytes, 0 for memory
	Assumed bool   // the CPU does not tell; Size is usual
	Set     int    // bytes to go over to measure it: clearly more than the level above holds, and less than this one
}

// Levels returns the caches for data that a core reads through, the nearest first, and the memory.
func Levels() []Level {
	c := cpuid.CPU.Cache
	return levels(c.L1D, c.L2, c.L3)
}

// What is assumed where the CPU does not tell.
const (
	usualL1 = 32 << 10
	usualL2 = 1 << 20
	usualL3 = 32 << 20
)

func levels(l1, l2, l3 int) []Level {
	told := [3]int{l1, l2, l3}
	usual := [3]int{usualL1, usualL2, usualL3}
	all := []Level{{Name: "L1"}, {Name: "L2"}, {Name: "L3"}}
	above := 0
	for i := range all {
		size := told[i]
		if all[i].Assumed = size <= above || size > 1<<30; all[i].Assumed {
			size = max(usual[i], 4*above)
		}
		all[i].Size, all[i].Set = size, above+(size-above)/4
		above = size
	}
	// Twice the last cache, but not so much that it might not be there.
	return append(all, Level{Name: "memory", Set: min(max(64<<20, 2*above), 512<<20)})
}

// Holding returns the nearest level that holds so many bytes.
func Holding(levels []Level, bytes int) Level {
	for _, l := range levels {
		if bytes <= l.Size {
			return l
		}
	}
	return levels[len(levels)-1]
}
