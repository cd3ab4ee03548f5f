package kernel

import (
	"fmt"
	"unsafe"
)

// tried is what arithmetic tells about one type.
type tried struct {
	rounding               string
	flushes, denies, fused bool     // subnormal results; subnormal operands; whether FMA rounds once
	wrong                  []string // the probes that gave something else
}

// limits is numbers at the edges of a type. They are constants: what is computed here may be wrong.
type limits[T Float] struct {
	half       T // of the distance from 1 to its upper neighbour
	normal     T // the smallest that is normal
	tiny       T // the smallest above 0
	scale      T // makes a normal number of tiny
	root, lost T // (1+root)(1-root) = 1 - lost, which is nearer to 1 than any number of the type
}

var (
	limits32 = limits[float32]{0x1p-24, 0x1p-126, 0x1p-149, 0x1p100, 0x1p-14, 0x1p-28}
	limits64 = limits[float64]{0x1p-53, 0x1p-1022, 0x1p-1074, 0x1p100, 0x1p-30, 0x1p-60}
)

// probe is an operation and its result: x + y, x * y, x / y or, with 'f', FMA(x, y, z). Each is tried with the other sign,
// too.
type probe[T Float] struct {
	op            byte
	x, y, z, want T
}

// Both tables have the same rows: sums at and beside the middle between 1, or one of its neighbours, and the next number, on
// both sides; products and quotients that are rounded; subnormal operands and results; fused multiply-adds of all these
// kinds.
var (
	probes32 = []probe[float32]{
		{'+', 1, 0x1p-24, 0, 1}, {'+', 1, 0x1.fffffep-25, 0, 1}, {'+', 1, 0x1.000002p-24, 0, 0x1.000002p0},
		{'+', 0x1.000002p0, 0x1p-24, 0, 0x1.000004p0}, {'+', 0x1.000002p0, 0x1.fffffep-25, 0, 0x1.000002p0},
		{'+', 1, -0x1p-25, 0, 1}, {'+', 1, -0x1.fffffep-26, 0, 1}, {'+', 1, -0x1.000002p-25, 0, 0x1.fffffep-1},
		{'+', 0x1.fffffep-1, -0x1p-25, 0, 0x1.fffffcp-1}, {'+', 0x1.fffffep-1, -0x1.fffffep-26, 0, 0x1.fffffep-1},
		{'*', 0x1.000002p0, 0x1.000002p0, 0, 0x1.000004p0}, {'*', 0x1.000002p0, 0x1.fffffep-1, 0, 1},
		{'/', 1, 3, 0, 0x1.555556p-2}, {'/', 2, 0x1.8p2, 0, 0x1.555556p-2}, {'/', 1, 0x1.4p2, 0, 0x1.99999ap-3},
		{'/', 0x1.cp2, 0x1.4p2, 0, 0x1.666666p0},
		{'+', 0x1p-149, 0, 0, 0x1p-149}, {'+', 0x1p-126, -0x1p-149, 0, 0x1.fffffcp-127}, {'+', 0x1p-149, 0x1p-149, 0, 0x1p-148},
		{'*', 0x1p-149, 1, 0, 0x1p-149}, {'*', 0x1p-126, 0.5, 0, 0x1p-127}, {'*', 0x1p-149, 0.5, 0, 0}, {'*', 0x1p-149, 0.75, 0, 0x1p-149},
		{'*', 0x1.8p-148, 0.5, 0, 0x1p-148}, {'*', 0x1p-149, 0x1p100, 0, 0x1p-49}, {'/', 0x1p-126, 2, 0, 0x1p-127},
		{'f', 1, 1, 0x1p-24, 1}, {'f', 1, 1, 0x1.000002p-24, 0x1.000002p0}, {'f', 0x1.000002p0, 1, 0x1p-24, 0x1.000004p0},
		{'f', 0x1.e05p+0, 0x1.7f2p+0, 0x1p-67, 0x1.6769dep+1}, {'f', 0x1p-149, 1, 0, 0x1p-149}, {'f', 0x1p-149, 0.5, 0x1p-149, 0x1p-148},
		{'f', 0x1p-126, 0.5, 0x1p-149, 0x1.000004p-127},
	}
	probes64 = []probe[float64]{
		{'+', 1, 0x1p-53, 0, 1}, {'+', 1, 0x1.fffffffffffffp-54, 0, 1}, {'+', 1, 0x1.0000000000001p-53, 0, 0x1.0000000000001p0},
		{'+', 0x1.0000000000001p0, 0x1p-53, 0, 0x1.0000000000002p0}, {'+', 0x1.0000000000001p0, 0x1.fffffffffffffp-54, 0, 0x1.0000000000001p0},
		{'+', 1, -0x1p-54, 0, 1}, {'+', 1, -0x1.fffffffffffffp-55, 0, 1}, {'+', 1, -0x1.0000000000001p-54, 0, 0x1.fffffffffffffp-1},
		{'+', 0x1.fffffffffffffp-1, -0x1p-54, 0, 0x1.ffffffffffffep-1}, {'+', 0x1.fffffffffffffp-1, -0x1.fffffffffffffp-55, 0, 0x1.fffffffffffffp-1},
		{'*', 0x1.0000000000001p0, 0x1.0000000000001p0, 0, 0x1.0000000000002p0}, {'*', 0x1.0000000000001p0, 0x1.fffffffffffffp-1, 0, 1},
		{'/', 1, 3, 0, 0x1.5555555555555p-2}, {'/', 2, 0x1.8p2, 0, 0x1.5555555555555p-2}, {'/', 1, 0x1.4p2, 0, 0x1.999999999999ap-3},
		{'/', 0x1.cp2, 0x1.4p2, 0, 0x1.6666666666666p0},
		{'+', 0x1p-1074, 0, 0, 0x1p-1074}, {'+', 0x1p-1022, -0x1p-1074, 0, 0x1.ffffffffffffep-1023}, {'+', 0x1p-1074, 0x1p-1074, 0, 0x1p-1073},
		{'*', 0x1p-1074, 1, 0, 0x1p-1074}, {'*', 0x1p-1022, 0.5, 0, 0x1p-1023}, {'*', 0x1p-1074, 0.5, 0, 0}, {'*', 0x1p-1074, 0.75, 0, 0x1p-1074},
		{'*', 0x1.8p-1073, 0.5, 0, 0x1p-1073}, {'*', 0x1p-1074, 0x1p100, 0, 0x1p-974}, {'/', 0x1p-1022, 2, 0, 0x1p-1023},
		{'f', 1, 1, 0x1p-53, 1}, {'f', 1, 1, 0x1.0000000000001p-53, 0x1.0000000000001p0}, {'f', 0x1.0000000000001p0, 1, 0x1p-53, 0x1.0000000000002p0},
		{'f', 0x1.0000001p0, 0x1.0000001p0, -0x1.0000002p0, 0x1p-56}, {'f', 0x1p-1074, 1, 0, 0x1p-1074}, {'f', 0x1p-1074, 0.5, 0x1p-1074, 0x1p-1073},
		{'f', 0x1p-1022, 0.5, 0x1p-1074, 0x1.0000000000002p-1023},
	}
)

// tryAll computes what tells the states apart.
func tryAll[T Float](l *limits[T], probes []probe[T]) tried {
	t := tried{
		rounding: roundingOf(l),
		flushes:  wordOf(productOf(l.normal, 0.5)) == 0,
		denies:   productOf(l.tiny, l.scale) == 0,
		fused:    fmaOf(1+l.root, 1-l.root, -1) == -l.lost, // 1 + root and 1 - root are exact
	}
	for _, p := range probes {
		t.wrong = append(t.wrong, p.try()...)
		p.x, p.z, p.want = -p.x, -p.z, -p.want
		if p.op == '+' {
			p.y = -p.y
		}
		t.wrong = append(t.wrong, p.try()...)
	}
	return t
}

// roundingOf looks at sums beside 1 and -1 that are no numbers of the type, and then at those in the middle.
func roundingOf[T Float](l *limits[T]) string {
	little := l.half / 4 // exact
	above, below, outside := sumOf(1, little) > 1, sumOf(1, -little) < 1, sumOf(-1, -little) < -1
	switch [3]bool{above, below, outside} {
	case [3]bool{true, false, false}:
		return Upward
	case [3]bool{false, true, true}:
		return Downward
	case [3]bool{false, true, false}:
		return TowardZero
	case [3]bool{}:
		if sumOf(1, l.half) == 1 {
			return NearestEven
		}
		return NearestAway
	}
	return Mixed
}

// try returns what is wrong with the result.
func (p *probe[T]) try() []string {
	var got T
	switch p.op {
	case '+':
		got = sumOf(p.x, p.y)
	case '*':
		got = productOf(p.x, p.y)
	case '/':
		got = quotientOf(p.x, p.y)
	case 'f':
		got = fmaOf(p.x, p.y, p.z)
	}
	if wordOf(got) == wordOf(p.want) {
		return nil
	}
	if p.op == 'f' {
		return []string{fmt.Sprintf("fma(%x, %x, %x) is %x in %T, want %x", p.x, p.y, p.z, got, got, p.want)}
	}
	return []string{fmt.Sprintf("%x %c %x is %x in %T, want %x", p.x, p.op, p.y, got, got, p.want)}
}

// wordOf returns the bits. Nothing is computed: with denormals-are-zero even a conversion would lose a subnormal number.
func wordOf[T Float](v T) uint64 {
	if unsafe.Sizeof(v) == 4 {
		return uint64(*(*uint32)(unsafe.Pointer(&v)))
	}
	return *(*uint64)(unsafe.Pointer(&v))
}

// The operations. The compiler must not know their operands, or it would compute them itself.

//go:noinline
func sumOf[T Float](x, y T) T { return x + y }

//go:noinline
func productOf[T Float](x, y T) T { return x * y }

//go:noinline
func quotientOf[T Float](x, y T) T { return x / y }

//go:noinline
func fmaOf[T Float](x, y, z T) T { return FMA(x, y, z) }
