package kernel

import (
	"math/rand/v2"
	"testing"
)

func eachRandomBenchmark(b *testing.B, size string, f func(b *testing.B, r *Random)) {
	for _, name := range Names() {
		b.Run("impl="+name+"/"+size, func(b *testing.B) { f(b, mustGetRandom(b, name)) })
	}
}

// perElement reports the time for each of n.
func perElement(b *testing.B, n int, unit string) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), unit)
}

func benchWords(n int) []uint32 {
	rnd := rand.New(rand.NewPCG(104729, 72))
	words := make([]uint32, n)
	for i := range words {
		words[i] = rnd.Uint32()
	}
	return words
}

func BenchmarkTwist(b *testing.B) {
	eachRandomBenchmark(b, "n=624", func(b *testing.B, r *Random) {
		var out [TwisterWords]uint32
		key := seedTwister(104729)
		b.SetBytes(TwisterWords * 4)
		for b.Loop() {
			r.Twist(key, &out)
		}
	})
}

func BenchmarkBelow(b *testing.B) {
	eachRandomBenchmark(b, "n=624", func(b *testing.B, r *Random) {
		words, dst := benchWords(TwisterWords), make([]int, TwisterWords)
		for b.Loop() {
			r.Below(dst, words, 999)
		}
		perElement(b, len(words), "ns/word")
	})
}

func BenchmarkDiscs(b *testing.B) {
	eachRandomBenchmark(b, "n=2496", func(b *testing.B, r *Random) {
		const n = 4 * TwisterWords
		words, x, y, square := benchWords(4*n), make([]float64, n), make([]float64, n), make([]float64, n)
		kept := 0
		for b.Loop() {
			kept = r.Discs(x, y, square, words)
		}
		perElement(b, kept, "ns/kept")
	})
}

func BenchmarkNormals(b *testing.B) {
	eachRandomBenchmark(b, "n=2496", func(b *testing.B, r *Random) {
		const n = 4 * TwisterWords
		x, y, square := make([]float64, n), make([]float64, n), make([]float64, n)
		kept := r.Discs(x, y, square, benchWords(4*n))
		dst := make([]float64, 2*kept)
		for b.Loop() {
			r.Normals(dst, x[:kept], y[:kept], square[:kept])
		}
		perElement(b, kept, "ns/point")
	})
}

func BenchmarkPairs(b *testing.B) {
	eachRandomBenchmark(b, "n=2000", func(b *testing.B, r *Random) {
		pairs := normals[float64](4000, 1)
		root, mean := [4]float64{0.6, 0.8, -0.8, 0.6}, [2]float64{} // a rotation: nothing grows
		for b.Loop() {
			r.Pairs(pairs, &root, &mean)
		}
		perElement(b, len(pairs)/2, "ns/pair")
	})
}
