package kernel

import "unsafe"

// Aligned returns n zeros that start on a cache line, where vectors are read fastest.
func Aligned[T Float](n int) []T {
	const line = 64
	size := int(unsafe.Sizeof(T(0)))
	s := make([]T, n+line/size)
	skip := 0
	if off := int(uintptr(unsafe.Pointer(&s[0])) % line); off != 0 {
		skip = (line - off) / size
	}
	return s[skip : skip+n : skip+n]
}

// Finite reports whether all values are: v-v is 0 for a finite v, and not a number otherwise.
func Finite[T Float](values []T) bool {
	var a, b, c, d T // four sums, so that no addition waits for the one before
	for ; len(values) >= 4; values = values[4:] {
		a += values[0] - values[0]
		b += values[1] - values[1]
		c += values[2] - values[2]
		d += values[3] - values[3]
	}
	for _, v := range values {
		a += v - v
	}
	return a+b+(c+d) == 0
}
