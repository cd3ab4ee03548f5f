//go:build faults

package kernel

import (
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestFaultRows(t *testing.T) {
	names := Faults()
	want := []string{"fault-flip", "fault-swap", "fault-unfused", "fault-unfused-back", "fault-unfused-update", "fault-order", "fault-ftz"}
	if !slices.Equal(names, want) {
		t.Errorf("Faults() = %q", names)
	}
	t.Setenv(Variable, "")
	if name, err := Default(); err != nil || slices.Contains(names, name) {
		t.Errorf("Default() = %q, %v", name, err)
	}
	if r, err := GetRandom(""); err != nil || slices.Contains(names, r.Name()) {
		t.Errorf("GetRandom: %v, %v", r, err)
	}
	for _, name := range names {
		if slices.Contains(Names(), name) || slices.Contains(known, name) {
			t.Errorf("%s is among the rows that everybody gets", name)
		}
		k32, k64 := mustGet[float32](t, name), mustGet[float64](t, name)
		if k32.Name() != name || k64.Name() != name {
			t.Errorf("%s calls itself %s and %s", name, k32.Name(), k64.Name())
		}
		if k32.Tiny(2, 2, 2) != nil || k64.Tiny(2, 2, 2) != nil || k32.Lanes() != 1 || k64.Lanes() != 1 {
			t.Errorf("%s has a way round its routines", name)
		}
		if r, err := GetRandom(name); err != nil {
			t.Error(err)
		} else if r.Name() != name {
			t.Errorf("GetRandom(%s) is %s", name, r.Name())
		}
		t.Setenv(Variable, name)
		if got, err := Default(); err != nil || got != name {
			t.Errorf("%s=%s: Default() = %q, %v", Variable, name, got, err)
		}
	}
	if err := getError[float64]("fault-flop"); err == nil || !strings.Contains(err.Error(), strings.Join(append(Names(), names...), ", ")) {
		t.Errorf("Get(fault-flop): %v", err)
	}
}

// shown says which results each fault changes, of numbers that are not subnormal. All others have the bits of the
// reference.
var shown = map[string][]string{
	"fault-flip":           {"Forward", "UpdateForward y", "Activate", "Activate ReLU", "ForwardMatrix"},
	"fault-swap":           {"Forward", "Forward sums", "UpdateForward y", "ForwardBatch", "ForwardMatrix", "SendBackMatrix"},
	"fault-unfused":        {"Forward", "Forward sums", "UpdateForward y", "ForwardBatch", "ForwardMatrix", "SendBackMatrix"},
	"fault-unfused-back":   {"SendBackUpdate g"},
	"fault-unfused-update": {"Update", "Update b", "UpdateForward y", "UpdateForward w", "SendBackUpdate wt", "UpdateMatrix"},
	"fault-order":          {},
	"fault-ftz":            {},
}

func TestFaultShows(t *testing.T) {
	t.Run("type=float32", testFaultShows[float32])
	t.Run("type=float64", testFaultShows[float64])
}

func testFaultShows[T Float](t *testing.T) {
	want := results(mustGet[T](t, "generic"))
	for _, name := range Faults() {
		got := results(mustGet[T](t, name))
		for _, what := range slices.Sorted(maps.Keys(want)) {
			if len(got[what]) != len(want[what]) || len(want[what]) == 0 {
				t.Fatalf("%s: %d results of %s, want %d", name, len(got[what]), what, len(want[what]))
			}
			i := differ(got[what], want[what])
			if should := slices.Contains(shown[name], what); (i >= 0) != should {
				t.Errorf("%s: %s differs at %d, want a difference: %v", name, what, i, should)
			}
			if name == "fault-flip" {
				checkFlips(t, what, got[what], want[what])
			}
		}
	}
	for name, list := range shown {
		for _, what := range list {
			if want[what] == nil {
				t.Errorf("%s: there is no result %s", name, what)
			}
		}
	}
}

// checkFlips wants elements that differ to do so in a single bit, always the same, and to be rare.
func checkFlips[T Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	flips := 0
	for i := range got {
		x := bitsOf(got[i]) ^ bitsOf(want[i])
		if x == 0 {
			continue
		}
		if bits.OnesCount64(x) != 1 || !slices.Contains([]uint64{1 << 26, 1 << 11}, x) {
			t.Errorf("%s %d: %x for %x", what, i, got[i], want[i])
		}
		flips++
	}
	if flips > len(got)/1000 {
		t.Errorf("%s: %d of %d bits flipped", what, flips, len(got))
	}
}

// results computes something with every operation.
func results[T Float](k *Kernel[T]) map[string][]T {
	const inputs, outputs, samples = 5, 1 << 14, 1 << 10
	r := rand.New(rand.NewPCG(1, 2))
	x, last, w, b := gaussian[T](r, inputs), gaussian[T](r, inputs), gaussian[T](r, inputs*outputs), gaussian[T](r, outputs)
	v, delta := gaussian[T](r, outputs), gaussian[T](r, outputs)
	all := map[string][]T{}
	result := func(what string, n int) []T {
		all[what] = make([]T, n)
		return all[what]
	}
	copied := func(what string, from []T) []T {
		all[what] = slices.Clone(from)
		return all[what]
	}
	k.Forward(result("Forward", outputs), x, w, b, Sigmoid)
	k.Forward(result("Forward sums", outputs), x, w, b, Identity)
	k.Update(copied("Update", w), copied("Update b", b), delta, x, 0.1)
	k.UpdateForward(result("UpdateForward y", outputs), copied("UpdateForward w", w), slices.Clone(b), delta, last, x, 0.1, Tanh)
	k.SendBackUpdate(result("SendBackUpdate g", inputs), copied("SendBackUpdate wt", w), v, delta, x, 0.1)
	k.ForwardBatch(result("ForwardBatch", outputs/2), w[:inputs*2], w[:inputs*outputs/4], b[:outputs/4], 2, Sigmoid)
	k.Activate(result("Activate", outputs), v, Sigmoid)
	k.Activate(result("Activate ReLU", outputs), v, ReLU)
	k.Delta(result("Delta", outputs), v, delta, Tanh)
	k.Exp(result("Exp", outputs), v)

	const wide = outputs / samples
	mx, mw, mb := matrixOf(k, samples, inputs, w), matrixOf(k, inputs, wide, w), matrixOf(k, 1, wide, b)
	my, md := k.NewMatrix(samples, wide), matrixOf(k, samples, wide, delta)
	k.ForwardMatrix(my, mx, mw, mb, Sigmoid, 0, 1)
	all["ForwardMatrix"] = elements(my)
	wt, e := k.NewMatrix(wide, inputs), k.NewMatrix(samples, inputs)
	k.TransposeMatrix(wt, mw, 0, 1)
	k.SendBackMatrix(e, e, md, wt, mx, Identity, 0, 1)
	all["SendBackMatrix"] = elements(e)
	k.UpdateMatrix(mw, nil, mx, md, 0.1, true, true, 0, 1)
	all["UpdateMatrix"] = elements(mw)
	return all
}

func gaussian[T Float](r *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.NormFloat64())
	}
	return s
}

// matrixOf returns a matrix of the first of some elements.
func matrixOf[T Float](k *Kernel[T], rows, columns int, from []T) *Matrix[T] {
	m := k.NewMatrix(rows, columns)
	for i := range rows {
		m.SetRow(i, from[i*columns:][:columns])
	}
	return m
}

// elements returns those of m, row after row.
func elements[T Float](m *Matrix[T]) []T {
	all := make([]T, m.rows*m.columns)
	for i := range m.rows {
		m.Row(all[i*m.columns:][:m.columns], i)
	}
	return all
}

// TestFaultSums: the sums as written down below, for a sample alone, for samples side by side and in matrices of one block
// and of several.
func TestFaultSums(t *testing.T) {
	t.Run("swap/type=float32", func(t *testing.T) { testFaultSums(t, "fault-swap", swappedSum[float32]) })
	t.Run("swap/type=float64", func(t *testing.T) { testFaultSums(t, "fault-swap", swappedSum[float64]) })
	t.Run("unfused/type=float32", func(t *testing.T) { testFaultSums(t, "fault-unfused", unfusedSum32) })
	t.Run("unfused/type=float64", func(t *testing.T) { testFaultSums(t, "fault-unfused", unfusedSum64) })
}

func testFaultSums[T Float](t *testing.T, name string, sum func(z T, w, x []T) T) {
	k := mustGet[T](t, name)
	for _, inputs := range []int{1, 2, 3, 5, 64, 65, 257, 300} {
		const outputs, samples = 70, 3
		r := rand.New(rand.NewPCG(3, uint64(inputs)))
		w, b, x := gaussian[T](r, inputs*outputs), gaussian[T](r, outputs), gaussian[T](r, samples*inputs)
		turned := make([]T, len(w))
		transpose(turned, w, inputs, outputs)
		want := make([]T, samples*outputs)
		for s := range samples {
			for j := range outputs {
				want[s*outputs+j] = sum(b[j], turned[j*inputs:][:inputs], x[s*inputs:][:inputs])
			}
		}
		got := make([]T, len(want))
		for s := range samples {
			k.Forward(got[s*outputs:][:outputs], x[s*inputs:][:inputs], w, b, Identity)
		}
		if i := differ(got, want); i >= 0 {
			t.Errorf("%d inputs: Forward %d: %x, want %x", inputs, i, got[i], want[i])
		}
		side, beside := make([]T, len(x)), make([]T, len(want))
		transpose(side, x, samples, inputs)
		k.ForwardBatch(beside, side, w, b, samples, Identity)
		transpose(got, beside, outputs, samples)
		if i := differ(got, want); i >= 0 {
			t.Errorf("%d inputs: ForwardBatch %d: %x, want %x", inputs, i, got[i], want[i])
		}
		m := k.NewMatrix(samples, outputs)
		k.ForwardMatrix(m, matrixOf(k, samples, inputs, x), matrixOf(k, inputs, outputs, w), matrixOf(k, 1, outputs, b), Identity, 0, 1)
		if i := differ(elements(m), want); i >= 0 {
			t.Errorf("%d inputs: ForwardMatrix %d: %x, want %x", inputs, i, elements(m)[i], want[i])
		}
	}
}

func swappedSum[T Float](z T, w, x []T) T {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	if len(order) > 1 {
		order[0], order[1] = 1, 0
	}
	for _, i := range order {
		z = FMA(w[i], x[i], z)
	}
	return z
}

func unfusedSum32(z float32, w, x []float32) float32 {
	for i := range x {
		z = float32(w[i]*x[i]) + z
	}
	return z
}

func unfusedSum64(z float64, w, x []float64) float64 {
	for i := range x {
		z = float64(w[i]*x[i]) + z
	}
	return z
}

// TestFaultUpdate: two roundings where the reference has one, alone and in batches that go by in parts.
func TestFaultUpdate(t *testing.T) {
	t.Run("type=float32", func(t *testing.T) {
		testFaultUpdate(t, func(w, g, rate float32) float32 { return float32(rate*g) + w })
	})
	t.Run("type=float64", func(t *testing.T) {
		testFaultUpdate(t, func(w, g, rate float64) float64 { return float64(rate*g) + w })
	})
}

func testFaultUpdate[T Float](t *testing.T, moved func(w, g, rate T) T) {
	const inputs, outputs, samples, rate = 70, 75, 6, 0.3
	k := mustGet[T](t, "fault-unfused-update")
	r := rand.New(rand.NewPCG(5, 6))
	x, delta, w := gaussian[T](r, samples*inputs), gaussian[T](r, samples*outputs), gaussian[T](r, inputs*outputs)
	one, all := make([]T, len(w)), make([]T, len(w))
	for i := range inputs {
		for j := range outputs {
			at := i*outputs + j
			one[at] = moved(w[at], FMA(delta[j], x[i], 0), rate)
			var g T
			for s := range samples {
				g = FMA(delta[s*outputs+j], x[s*inputs+i], g)
			}
			all[at] = moved(w[at], g, rate)
		}
	}
	got := slices.Clone(w)
	k.Update(got, nil, delta[:outputs], x[:inputs], rate)
	if i := differ(got, one); i >= 0 {
		t.Errorf("Update %d: %x, want %x", i, got[i], one[i])
	}
	m, g := matrixOf(k, inputs, outputs, w), k.NewMatrix(inputs, outputs)
	const half = samples / 2
	for i := range 2 {
		k.UpdateMatrix(m, g, matrixOf(k, half, inputs, x[i*half*inputs:]), matrixOf(k, half, outputs, delta[i*half*outputs:]), rate, i == 0, i == 1, 0, 1)
	}
	if i := differ(elements(m), all); i >= 0 {
		t.Errorf("UpdateMatrix %d: %x, want %x", i, elements(m)[i], all[i])
	}
}

// TestFaultBack: the error sent back is that of a forward product with two roundings.
func TestFaultBack(t *testing.T) {
	t.Run("type=float32", testFaultBack[float32])
	t.Run("type=float64", testFaultBack[float64])
}

func testFaultBack[T Float](t *testing.T) {
	const inputs, outputs = 7, 11
	r := rand.New(rand.NewPCG(7, 8))
	wt, v, x := gaussian[T](r, inputs*outputs), gaussian[T](r, outputs), gaussian[T](r, inputs)
	got, want := make([]T, inputs), make([]T, inputs)
	mustGet[T](t, "fault-unfused").Forward(want, v, wt, nil, Identity)
	mustGet[T](t, "fault-unfused-back").SendBackUpdate(got, slices.Clone(wt), v, v, x, 0.1)
	if i := differ(got, want); i >= 0 {
		t.Errorf("%d: %x, want %x", i, got[i], want[i])
	}
}

// TestFaultSubnormal: subnormal results are zeros and all others are right, and afterwards the state is the safe one again.
func TestFaultSubnormal(t *testing.T) {
	t.Run("type=float32", func(t *testing.T) { testFaultSubnormal(t, &limits32, 0x1p-124) })
	t.Run("type=float64", func(t *testing.T) { testFaultSubnormal(t, &limits64, 0x1p-1020) })
	if err := CheckFloatingPoint(); err != nil {
		t.Error(err)
	}
}

func testFaultSubnormal[T Float](t *testing.T, l *limits[T], scale T) {
	const n = 512
	r := rand.New(rand.NewPCG(9, 10))
	small, x := gaussian[T](r, n), gaussian[T](r, n)
	for i := range small {
		small[i] *= scale // normal, but for a few
	}
	one, falling := []T{0.25}, make([]T, n)
	for i := range falling { // to where exp is subnormal
		falling[i] = -T(i) / 4
		if !is32[T]() {
			falling[i] -= 650
		}
	}
	for what, f := range map[string]func(k *Kernel[T], dst []T){
		"Forward":      func(k *Kernel[T], dst []T) { k.Forward(dst, one, small, nil, Identity) },
		"ForwardBatch": func(k *Kernel[T], dst []T) { k.ForwardBatch(dst, small, one, nil, n, Identity) },
		"Update":       func(k *Kernel[T], dst []T) { k.Update(dst, nil, small, one, 1) },
		"UpdateForward": func(k *Kernel[T], dst []T) {
			k.UpdateForward(dst, slices.Clone(small), nil, make([]T, n), one, one, 1, Identity)
		},
		"SendBackUpdate g": func(k *Kernel[T], dst []T) { k.SendBackUpdate(dst, slices.Clone(small), one, []T{0}, x, 1) },
		"SendBackUpdate w": func(k *Kernel[T], dst []T) { k.SendBackUpdate(make([]T, n), dst, one, one, small, 1) },
		"Delta":            func(k *Kernel[T], dst []T) { k.Delta(dst, small, slices.Repeat(one, n), Sigmoid) },
		"Activate":         func(k *Kernel[T], dst []T) { k.Activate(dst, falling, Sigmoid) },
		"Exp":              func(k *Kernel[T], dst []T) { k.Exp(dst, falling) },
		"ForwardMatrix": func(k *Kernel[T], dst []T) {
			m := k.NewMatrix(1, n)
			k.ForwardMatrix(m, matrixOf(k, 1, 1, one), matrixOf(k, 1, n, small), nil, Identity, 0, 1)
			m.Row(dst, 0)
		},
		"UpdateMatrix": func(k *Kernel[T], dst []T) {
			m := k.NewMatrix(1, n)
			k.UpdateMatrix(m, nil, matrixOf(k, 1, 1, one), matrixOf(k, 1, n, small), 1, true, true, 0, 1)
			m.Row(dst, 0)
		},
	} {
		got, want := make([]T, n), make([]T, n)
		f(mustGet[T](t, "fault-ftz"), got)
		f(mustGet[T](t, "generic"), want)
		flushed := 0
		for i, v := range want {
			if v != 0 && -l.normal < v && v < l.normal {
				want[i] = 0
				flushed++
			}
			if got[i] != want[i] || got[i] != 0 && bitsOf(got[i]) != bitsOf(want[i]) {
				t.Errorf("%s %d: %x, without the fault %x", what, i, got[i], v)
			}
		}
		if flushed == 0 || flushed == n {
			t.Errorf("%s: %d of %d results are subnormal", what, flushed, n)
		}
	}
	values := []T{l.normal, -l.normal, l.tiny, -l.tiny, l.normal - l.tiny, l.tiny - l.normal, 0, 1, -1}
	want := []T{l.normal, -l.normal, 0, 0, 0, 0, 0, 1, -1}
	flush(values)
	for i, v := range values {
		if v != want[i] {
			t.Errorf("flush %d: %x, want %x", i, v, want[i])
		}
	}
}

// TestFaultBelow: the indices are in range, but those of the high bits.
func TestFaultBelow(t *testing.T) {
	r, err := GetRandom("fault-order")
	if err != nil {
		t.Fatal(err)
	}
	words := []uint32{0, 0xffffffff, 0x80000001, 0x00000003, 0x20000000, 0xa0000000}
	dst := make([]int, len(words))
	if n := r.Below(dst, words, 5); !slices.Equal(dst[:n], []int{0, 4, 0, 1, 5}) {
		t.Errorf("got %v", dst[:n])
	}
}
