package dataset

import "fmt"

// Scale maps the features in place from min..max to lo..hi: x becomes (x-min)/(max-min)*(hi-lo) + lo, each of the
// operations rounded by itself, so that min 0, max 255, lo 0.01, hi 1 is the x/255*0.99 + 0.01 of many a tutorial, bit for
// bit. A feature with max == min becomes lo. What lies outside min..max comes to lie outside lo..hi.
//
// min and max have one value for all features or one for each, as [Set.MinMax] returns them; of a test set one passes
// those of the training set. It is an error if they have not, if a range or a result is not finite, if max is below min,
// or if hi is not above lo. The set is then as it was.
func (s *Set) Scale(min, max []float64, lo, hi float64) error {
	if err := s.checkSizes(); err != nil {
		return fmt.Errorf("scale: %w", err)
	}
	if !finite(lo) || !finite(hi) || !finite(hi-lo) || hi <= lo {
		return fmt.Errorf("scale: lo is %v and hi %v, want finite numbers with lo < hi", lo, hi)
	}
	if len(min) != len(max) || len(min) != 1 && len(min) != s.Features {
		return fmt.Errorf("scale: %d values of min and %d of max, want 1 or %d of each", len(min), len(max), s.Features)
	}
	ranges := make([]scale, len(min))
	for j := range ranges {
		if !finite(min[j]) || !finite(max[j]) || !finite(max[j]-min[j]) || max[j] < min[j] {
			return fmt.Errorf("scale: feature %d: min is %v and max %v, want finite numbers with min <= max", j, min[j], max[j])
		}
		ranges[j] = scale{min[j], max[j], lo, hi}
	}
	for i, x := range s.X {
		if y := ranges[i%s.Features%len(ranges)].of(x); !finite(y) {
			return fmt.Errorf("scale: sample %d, feature %d: %v becomes %v", i/s.Features, i%s.Features, x, y)
		}
	}
	for i, x := range s.X {
		s.X[i] = ranges[i%s.Features%len(ranges)].of(x)
	}
	return nil
}

// MinMax returns each feature's smallest and largest value, or nil if there are no samples.
func (s *Set) MinMax() (min, max []float64) {
	for i := range s.Len() {
		x := s.Sample(i)
		if i == 0 {
			min, max = append(min, x...), append(max, x...)
		}
		for j, v := range x {
			if v < min[j] {
				min[j] = v
			}
			if v > max[j] {
				max[j] = v
			}
		}
	}
	return min, max
}

type scale struct{ min, max, lo, hi float64 }

// of needs the conversion: it keeps a compiler from fusing the product into the sum.
func (r scale) of(x float64) float64 {
	if r.max == r.min {
		return r.lo
	}
	share := (x - r.min) / (r.max - r.min)
	return float64(share*(r.hi-r.lo)) + r.lo
}
