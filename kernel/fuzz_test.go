package kernel

import "testing"

// FuzzRows holds every row to the reference, on operands made of whatever bits there are.
func FuzzRows(f *testing.F) {
	f.Add(uint8(2), uint8(3), uint8(1), []byte("samebits"))
	f.Add(uint8(67), uint8(17), uint8(2), []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0x80, 0xff})
	f.Add(uint8(0), uint8(64), uint8(3), []byte{0x3f, 0x80})
	f.Fuzz(func(t *testing.T, inputs, outputs, act uint8, data []byte) {
		if len(data) == 0 {
			return
		}
		k, j, a := int(inputs)%80, int(outputs)%80, Activation(act%4)
		fuzzRows[float32](t, k, j, a, data)
		fuzzRows[float64](t, k, j, a, data)
	})
}

// fuzzRows runs all operations of a layer on every row, and compares what they leave behind.
func fuzzRows[T Float](t *testing.T, inputs, outputs int, act Activation, data []byte) {
	var want []T
	for i, name := range append([]string{"generic"}, available()...) {
		k := mustGet[T](t, name)
		state := uint64(len(data))
		draw := func(n int) []T {
			s := make([]T, n)
			for i := range s {
				state = state*6364136223846793005 + 1442695040888963407
				word := state ^ uint64(data[i%len(data)])<<56 ^ uint64(data[(i+3)%len(data)])<<24
				s[i] = fromBits[T](word)
				if word>>40&1 == 0 { // else half of all numbers would be huge or tiny
					s[i] = T(float64(int64(state)>>40) * 0x1p-20)
				}
			}
			return s
		}
		w, wt, b := draw(inputs*outputs), draw(inputs*outputs), draw(outputs)
		x, last, v, delta := draw(inputs), draw(inputs), draw(outputs), draw(outputs)
		rate := draw(1)[0]
		y, y2, g, d, e := make([]T, outputs), make([]T, outputs), make([]T, inputs), make([]T, outputs), make([]T, outputs)
		k.Forward(y, x, w, b, act)
		k.Delta(d, v, y, act)
		k.UpdateForward(y2, w, b, delta, last, x, rate, act)
		k.SendBackUpdate(g, wt, v, delta, x, rate)
		k.Exp(e, v)
		var got []T
		for _, s := range [][]T{y, d, y2, w, b, g, wt, e} {
			got = append(got, s...)
		}
		if i == 0 {
			want = got
			continue
		}
		if n := differ(got, want); n >= 0 {
			t.Fatalf("%s, %T, %d inputs, %d outputs, %v: number %d is %x, want %x", name, got[n], inputs, outputs, act, n, got[n], want[n])
		}
	}
}
