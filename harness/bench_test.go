package harness

import (
	"testing"

	"github.com/samebits/samebits/kernel"
)

// BenchmarkReplay is a whole replay of the notebook, one of many: the seed's stream, data, weights, training, evaluation and
// the digest of the weights, on one thread.
func BenchmarkReplay(b *testing.B) {
	source, err := Open("notebook")
	if err != nil {
		b.Fatal(err)
	}
	for _, dtype := range []string{"float64", "float32"} {
		for _, impl := range kernel.Names() {
			b.Run("net=2-2-2/type="+dtype+"/impl="+impl, func(b *testing.B) {
				all := Seeds{0, MaxSeeds - 1}
				w, err := source.Sweep(all, "dtype="+dtype)
				if err != nil {
					b.Fatal(err)
				}
				r, err := w.Ready(b.Context(), Options{Kernel: impl, Threads: 1})
				if err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				rows := 0
				err = r.Run(b.Context(), Seeds{0, uint32(b.N - 1)}, 0, func(some []Row) error { rows += len(some); return nil })
				if err != nil || rows != b.N {
					b.Fatalf("%d of %d rows, %v", rows, b.N, err)
				}
			})
		}
	}
}
