package peak

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/samebits/samebits/kernel"
)

func TestBandwidth(t *testing.T) {
	for _, row := range []string{"avx512", "avx2", "neon", "generic"} {
		t.Run("impl="+row, func(t *testing.T) {
			for _, bytes := range []int{1, 8 << 10, 300 << 10, 2<<20 + 1} {
				read, both := Read(row, bytes, time.Millisecond), ReadWrite(row, bytes, time.Millisecond)
				t.Logf("%d bytes: %.1f GB/s read, %.1f read and written", bytes, read, both)
				if !slices.Contains(kernel.Names(), row) {
					if read != 0 || both != 0 {
						t.Error("want 0 where the row is not available")
					}
					continue
				}
				for _, v := range []float64{read, both} {
					if !(v > 0.001 && v < 10_000) {
						t.Errorf("%v GB/s of %d bytes is not what a core does", v, bytes)
					}
				}
			}
		})
	}
}

func TestNoBandwidth(t *testing.T) {
	for _, try := range []struct {
		row   string
		bytes int
	}{{"", 512}, {"AVX2", 512}, {"generic", 0}, {"generic", -1}} {
		if a, b := Read(try.row, try.bytes, short), ReadWrite(try.row, try.bytes, short); a != 0 || b != 0 {
			t.Errorf("%q, %d bytes: %v and %v, want 0", try.row, try.bytes, a, b)
		}
	}
}

// Nearer memory is not slower by much. Others use the machine, too, so that this holds only roughly, and once is enough.
func TestNearerIsFaster(t *testing.T) {
	l := Levels()
	row := kernel.Names()[0]
	for range 10 {
		near, far := Read(row, l[0].Set, short), Read(row, l[2].Set, short)
		if near >= 0.5*far {
			return
		}
		t.Logf("%s: %v GB/s from %s, %v from %s", row, near, l[0].Name, far, l[2].Name)
	}
	t.Error("nearer memory is slower")
}

// Each loop touches every word of its blocks, once a round, and no other: the sums count the words, of which those around
// the blocks are huge.
func TestEachWord(t *testing.T) {
	const alien = 1 << 60
	for row, p := range passes {
		if !slices.Contains(kernel.Names(), row) {
			continue
		}
		for _, blocks := range []int{1, 2, 7} {
			for _, rounds := range []int{1, 2, 5} {
				t.Run(fmt.Sprintf("impl=%s/blocks=%d/rounds=%d", row, blocks, rounds), func(t *testing.T) {
					n := blocks * words
					all := slices.Repeat([]uint64{alien}, n+2*words)
					in := all[words:][:n]
					sums := [lanes]uint64{10, 20, 30, 40, 50, 60, 70, 80} // what is there stays in the sums
					want := sums
					for i := range in {
						in[i] = uint64(i*i + 1)
						want[i%lanes] += uint64(rounds) * in[i]
					}
					before := slices.Clone(all)
					p.read(&sums, &in[0], blocks, rounds)
					if sums != want {
						t.Errorf("read sums up to %v, want %v", sums, want)
					}
					if !slices.Equal(all, before) {
						t.Error("read writes")
					}
					p.readWrite(&in[0], blocks, rounds, 3)
					for i, v := range all {
						inside := i >= words && i < words+n
						if want := before[i] + uint64(3*rounds); inside && v != want || !inside && v != alien {
							t.Fatalf("word %d became %d from %d", i-words, v, before[i])
						}
					}
				})
			}
		}
	}
}

// Much memory is gone over in parts, all of it once a round.
func TestOver(t *testing.T) {
	for _, blocks := range []int{1, longest, longest + 1, 2 * longest, 2*longest + 7} {
		memory := allocate(blocks)
		if address := uintptr(unsafe.Pointer(&memory[0])); address%64 != 0 || len(memory) != blocks*Block/8 {
			t.Fatalf("%d words at %#x", len(memory), address)
		}
		clear(memory)
		calls := 0
		over(memory, 3, func(p *uint64, blocks, rounds int) {
			if blocks > longest {
				t.Errorf("a call for %d blocks", blocks)
			}
			genericReadWrite(p, blocks, rounds, 1)
			calls++
		})
		if i := slices.IndexFunc(memory, func(v uint64) bool { return v != 3 }); i >= 0 {
			t.Errorf("%d blocks: word %d was visited %d times, want 3", blocks, i, memory[i])
		}
		if parts := (blocks + longest - 1) / longest; parts > 1 && calls != 3*parts || parts == 1 && calls != 1 {
			t.Errorf("%d blocks: %d calls", blocks, calls)
		}
	}
}

func TestFastest(t *testing.T) {
	var took []time.Duration
	n := 0
	round := fastest(0, 1, func(rounds int) {
		start := time.Now()
		for time.Since(start) < time.Duration(rounds)*10*time.Microsecond {
		}
		took = append(took, time.Duration(rounds))
		n++
	})
	if round < 10_000 {
		t.Errorf("a round of 10 us takes %v ns", round)
	}
	if last := took[n-1]; n < leastStretches+1 || last < 2 || slices.ContainsFunc(took[n-leastStretches:], func(d time.Duration) bool { return d > last }) {
		t.Errorf("stretches of %v rounds, want at least %d of 50 us", took, leastStretches)
	}
}

func TestLevels(t *testing.T) {
	const k, m = 1 << 10, 1 << 20
	for _, try := range []struct {
		told    [3]int
		size    [3]int
		assumed [3]bool
		memory  int
	}{
		{[3]int{32 * k, m, 32 * m}, [3]int{32 * k, m, 32 * m}, [3]bool{}, 64 * m},
		{[3]int{48 * k, 2 * m, 105 * m}, [3]int{48 * k, 2 * m, 105 * m}, [3]bool{}, 210 * m},
		{[3]int{32 * k, m, 512 * m}, [3]int{32 * k, m, 512 * m}, [3]bool{}, 512 * m},
		{[3]int{-1, -1, -1}, [3]int{32 * k, m, 32 * m}, [3]bool{true, true, true}, 64 * m},
		{[3]int{128 * k, 16 * m, 0}, [3]int{128 * k, 16 * m, 64 * m}, [3]bool{false, false, true}, 128 * m},
		{[3]int{32 * k, 16 * k, 32 * m}, [3]int{32 * k, m, 32 * m}, [3]bool{false, true, false}, 64 * m}, // L2 below L1
		{[3]int{32 * k, 32 * k, 32 * m}, [3]int{32 * k, m, 32 * m}, [3]bool{false, true, false}, 64 * m},
		{[3]int{4 * m, 0, 0}, [3]int{4 * m, 16 * m, 64 * m}, [3]bool{false, true, true}, 128 * m},
		{[3]int{32 * k, m, math.MaxInt32}, [3]int{32 * k, m, 32 * m}, [3]bool{false, false, true}, 64 * m},
	} {
		got := levels(try.told[0], try.told[1], try.told[2])
		if len(got) != 4 || got[3] != (Level{Name: "memory", Set: try.memory}) {
			t.Fatalf("%v: %v", try.told, got)
		}
		above := 0
		for i, l := range got[:3] {
			if want := fmt.Sprint("L", i+1); l.Name != want || l.Size != try.size[i] || l.Assumed != try.assumed[i] {
				t.Errorf("%v: %+v, want %s of %d, assumed %v", try.told, l, want, try.size[i], try.assumed[i])
			}
			if l.Set <= above || l.Set > l.Size/2 {
				t.Errorf("%v: %s is measured with %d bytes", try.told, l.Name, l.Set)
			}
			above = l.Size
		}
	}
	for _, try := range []struct {
		bytes int
		want  string
	}{{0, "L1"}, {32 * k, "L1"}, {32*k + 1, "L2"}, {m, "L2"}, {2 * m, "L3"}, {33 * m, "memory"}} {
		if got := Holding(levels(32*k, m, 32*m), try.bytes); got.Name != try.want {
			t.Errorf("%d bytes: %s, want %s", try.bytes, got.Name, try.want)
		}
	}
}

func TestLatencies(t *testing.T) {
	l := Latencies(short)
	t.Logf("%+v ns", l)
	for _, v := range []float64{l.FMA, l.Add, l.Div} {
		if !(v > 0.1 && v < 100_000) {
			t.Errorf("%v ns is not what an operation takes", v)
		}
	}
	if l.Div < 0.5*l.Add {
		t.Errorf("a division takes %v ns, an addition %v", l.Div, l.Add)
	}
}

// A chain does as many operations as it says.
func TestChains(t *testing.T) {
	for _, rounds := range []int{0, 1, 10} {
		if got, want := chainFMA(rounds, 0, 2, 3), float64(6*chained*rounds); got != want {
			t.Errorf("%d rounds of fmas: %v, want %v", rounds, got, want)
		}
		if got, want := chainAdd(rounds, 0, 2, 3), float64(3*chained*rounds); got != want {
			t.Errorf("%d rounds of additions: %v, want %v", rounds, got, want)
		}
		if got := chainDiv(rounds, 4, 2, 3); got != 4 { // 2/4, 4, 2/4, 4
			t.Errorf("%d rounds of divisions: %v, want 4", rounds, got)
		}
	}
}
