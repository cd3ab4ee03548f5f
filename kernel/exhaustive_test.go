package kernel

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"math/big"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hardFile holds the float32 inputs whose function value lies within hardDistance of the middle between two float32,
// as a full run found them, with the correctly rounded results.
//
//	go test ./kernel -run Exhaustive32 -exhaustive -update -timeout 0 -v
const (
	hardFile     = "testdata/hard32.txt"
	hardDistance = 0x1p-49 // relative to the function value
)

// sampleStride leads through the 2^32 bit patterns where not all are tried. It is a prime.
const sampleStride = 2503

// A hardCase is one line of hardFile.
type hardCase struct {
	name string
	x, y float32
}

// The float32 functions of every row are correctly rounded, for every input. A float64 value with an error of some ulp
// decides, where it is far enough from the middle between two float32; else math/big does.
func TestExhaustive32(t *testing.T) {
	s := sweep{stride: sampleStride}
	if *exhaustive {
		s.stride = 1
	}
	for _, name := range available() {
		s.rows = append(s.rows, mustGet[float32](t, name))
	}
	s.faults = make([][]string, len(s.rows))
	s.wrong = make([]int, len(s.rows))
	s.run(t)

	for i, f := range functions {
		t.Logf("%s: %d inputs decided by float64, %d by math/big, of which %d are hard", f.name, s.byFloat[i], s.byBig[i], len(s.hardOf(f)))
		if s.byBig[i] == 0 && *exhaustive {
			t.Errorf("%s: nothing was left to math/big", f.name)
		}
	}
	eachRow(t, func(t *testing.T, name string) {
		i := slices.IndexFunc(s.rows, func(k *Kernel[float32]) bool { return k.Name() == name })
		for _, fault := range s.faults[i] {
			t.Error(fault)
		}
		if s.wrong[i] > 0 {
			t.Errorf("%d of all results are wrong", s.wrong[i])
		}
	})
	if *exhaustive && *update {
		writeHard(t, s.hard)
	}
}

// A sweep leads all rows through the bit patterns 0, stride, 2 stride, ... below 2^32.
type sweep struct {
	stride uint64
	rows   []*Kernel[float32]

	next   atomic.Uint64 // the index of the next block
	mutex  sync.Mutex    // guards what follows
	faults [][]string    // by row, the first few
	wrong  []int         // by row
	hard   []hardCase

	byFloat, byBig [3]int // by function: how many inputs were decided so
}

const sweepBlock = 1 << 12

func (s *sweep) run(t *testing.T) {
	total := (1<<32 + s.stride - 1) / s.stride
	blocks := (total + sweepBlock - 1) / sweepBlock
	start := time.Now()
	done := make(chan struct{})
	var workers, progress sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for b := s.next.Add(1) - 1; b < blocks; b = s.next.Add(1) - 1 {
				s.block(b*sweepBlock, min(total, (b+1)*sweepBlock))
			}
		})
	}
	progress.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Second):
				t.Logf("%5.1f %% after %v", 100*float64(s.next.Load())/float64(blocks), time.Since(start).Round(time.Second))
			}
		}
	})
	workers.Wait()
	close(done)
	progress.Wait()
	t.Logf("%d inputs, %d rows, %v", total, len(s.rows), time.Since(start).Round(time.Millisecond))
}

// block tries the patterns from to to-1, counted in strides.
func (s *sweep) block(from, to uint64) {
	var x, want, got [sweepBlock]float32
	n := int(to - from)
	for i := range n {
		x[i] = math.Float32frombits(uint32((from + uint64(i)) * s.stride))
	}
	for i, f := range functions {
		byBig := s.expect(f, want[:n], x[:n])
		s.mutex.Lock()
		s.byFloat[i] += n - byBig
		s.byBig[i] += byBig
		s.mutex.Unlock()
		for r, k := range s.rows {
			apply(k, f, got[:n], x[:n])
			s.compare(r, f, x[:n], got[:n], want[:n])
		}
	}
}

// expect sets want to the right results and returns how many of them took math/big.
func (s *sweep) expect(f function, want, x []float32) (byBig int) {
	for i, v := range x {
		var big bool
		if want[i], big = f.round32(v); !big {
			continue
		}
		byBig++
		if middleDistance(f.exact(toBig(v))) < hardDistance {
			s.mutex.Lock()
			s.hard = append(s.hard, hardCase{f.name, v, want[i]})
			s.mutex.Unlock()
		}
	}
	return byBig
}

func (s *sweep) hardOf(f function) []hardCase {
	return slices.DeleteFunc(slices.Clone(s.hard), func(c hardCase) bool { return c.name != f.name })
}

func (s *sweep) compare(row int, f function, x, got, want []float32) {
	for i := range x {
		if same(got[i], want[i]) {
			continue
		}
		s.mutex.Lock()
		if s.wrong[row]++; len(s.faults[row]) < 20 {
			s.faults[row] = append(s.faults[row], fmt.Sprintf("%s(%x) = %x, want %x", f.name, x[i], got[i], want[i]))
		}
		s.mutex.Unlock()
	}
}

// middleDistance returns the distance of y, not 0, from the nearest middle between two float32, relative to y. The middles
// lie around the float32 next to y, whatever its exponent: subnormals and the overflow bound need no case of their own.
func middleDistance(y *big.Float) float64 {
	near, _ := y.Float32()
	best := math.Inf(1)
	for _, towards := range []float32{float32(math.Inf(-1)), float32(math.Inf(1))} {
		if next := math.Nextafter32(near, towards); next != near {
			middle := (wide(near) + wide(next)) / 2 // exact
			best = min(best, relative(toBig(middle), y))
		}
	}
	return best
}

// wide returns v as a float64, and 2^128, which comes after the largest float32, for an infinity.
func wide(v float32) float64 {
	if math.IsInf(float64(v), 0) {
		return math.Copysign(0x1p128, float64(v))
	}
	return float64(v)
}

func TestMiddleDistance(t *testing.T) {
	for _, c := range []struct{ y, want float64 }{
		{1 + 0x1p-24, 0},
		{1, 0x1p-25},           // the middle below 1 is nearer
		{1 + 0x1p-23, 0x1p-24}, // divided by y itself
		{0x3p-150, 0},          // among the subnormals
		{0x1p-149, 0.5},
		{0x1p128 - 0x1p103, 0}, // where infinity begins
		{0x1p128, 0x1p-25},
	} {
		if got := middleDistance(toBig(c.y)); math.Abs(got-c.want) > 0x1p-22*c.want {
			t.Errorf("middleDistance(%x) = %g, want %g", c.y, got, c.want)
		}
	}
}

// The hard cases of the last full run.
func TestHard32(t *testing.T) {
	hard := readHard(t)
	for _, f := range functions {
		var x, want []float32
		for _, c := range hard {
			if c.name == f.name {
				x, want = append(x, c.x), append(want, c.y)
			}
		}
		if len(x) < 2 {
			t.Errorf("%s: %d hard cases", f.name, len(x))
		}
		for i := range x {
			exact := f.exact(toBig(x[i]))
			if d := middleDistance(exact); !(d < hardDistance) {
				t.Errorf("%s(%x) is not hard: %.3g from the middle", f.name, x[i], d)
			}
			if y := roundBig[float32](exact); y != want[i] {
				t.Errorf("%s has %s(%x) = %x, math/big gives %x", hardFile, f.name, x[i], want[i], y)
			}
		}
		t.Run("func="+f.name, func(t *testing.T) {
			eachKernel(t, func(t *testing.T, k *Kernel[float32]) {
				got := make([]float32, len(x))
				apply(k, f, got, x)
				for i := range x {
					if !same(got[i], want[i]) {
						t.Errorf("%s(%x) = %x, want %x", f.name, x[i], got[i], want[i])
					}
				}
			}, nil)
		})
	}
}

func writeHard(t *testing.T, hard []hardCase) {
	slices.SortFunc(hard, func(a, b hardCase) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.x, b.x))
	})
	var text strings.Builder
	text.WriteString("# function, input, correctly rounded result; the exact value is within 2^-49 of a middle\n")
	for _, c := range hard {
		fmt.Fprintf(&text, "%s %x %x\n", c.name, c.x, c.y)
	}
	if err := os.WriteFile(hardFile, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readHard(t *testing.T) (hard []hardCase) {
	file, err := os.Open(hardFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 {
			t.Fatalf("%s: %q", hardFile, lines.Text())
		}
		hard = append(hard, hardCase{fields[0], parse32(t, fields[1]), parse32(t, fields[2])})
	}
	return hard
}

func parse32(t *testing.T, s string) float32 {
	v, err := strconv.ParseFloat(s, 32)
	if err != nil {
		t.Fatal(err)
	}
	return float32(v)
}
