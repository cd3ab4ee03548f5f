package numpyrand

import "testing"

func BenchmarkUint32(b *testing.B) {
	r := New(1)
	b.SetBytes(4)
	var sum uint32
	for b.Loop() {
		sum += r.Uint32()
	}
	_ = sum
}

func BenchmarkRandomSample(b *testing.B) {
	r := New(1)
	var sum float64
	for b.Loop() {
		sum += r.RandomSample()
	}
	_ = sum
}

func BenchmarkStandardNormal(b *testing.B) {
	r := New(1)
	var sum float64
	for b.Loop() {
		sum += r.StandardNormal()
	}
	_ = sum
}

func BenchmarkIntn(b *testing.B) {
	for _, n := range []struct {
		name string
		n    int
	}{{"n=1000", 1000}, {"n=1025", 1025}} { // 2 % and half of the words are refused
		b.Run(n.name, func(b *testing.B) {
			r := New(1)
			sum := 0
			for b.Loop() {
				sum += r.Intn(n.n)
			}
			_ = sum
		})
	}
}

func BenchmarkSeed(b *testing.B) {
	r := New(1)
	for b.Loop() {
		r.Seed(1)
	}
}

func BenchmarkMultivariateNormal(b *testing.B) {
	mean, cov := []float64{0, 0}, []float64{1, 0.75, 0.75, 1}
	b.Run("prepare", func(b *testing.B) {
		for b.Loop() {
			if _, err := NewGaussian(mean, cov); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("draw/n=500", func(b *testing.B) {
		g, err := NewGaussian(mean, cov)
		if err != nil {
			b.Fatal(err)
		}
		r, dst := New(1), make([]float64, 1000)
		for b.Loop() {
			if err := g.Draw(r, dst); err != nil {
				b.Fatal(err)
			}
		}
	})
}
