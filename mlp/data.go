package mlp

import (
	"fmt"
	"math"
	"slices"

	"github.com/samebits/samebits/kernel"
)

// Data is labelled samples in the network's own type, with the outputs that they should give.
type Data[T kernel.Float] struct {
	features, classes int

	x       []T   // [sample][feature]
	label   []int // [sample], each below classes
	targets []T   // [class][output]: high for the class itself, low for the others
}

// MaxClasses is the largest number of classes that labels may have.
const MaxClasses = 1 << 12

// NewData returns samples for training and evaluation. x holds features values for each label; labels are 0 to
// classes-1. A sample of class c should give high at output c and low at the others. Both are copied.
// It fails if sizes do not fit, if there are more than [MaxClasses] classes, or if a value is not finite in T.
func NewData[T kernel.Float](x []float64, label []int, features, classes int, low, high float64) (*Data[T], error) {
	if features < 1 || classes < 1 || classes > MaxClasses {
		return nil, fmt.Errorf("%d features and %d classes, want at least 1 of each and at most %d classes", features, classes, MaxClasses)
	}
	if len(label) == 0 {
		return nil, fmt.Errorf("no samples")
	}
	if len(x)%features != 0 || len(x)/features != len(label) {
		return nil, fmt.Errorf("%d values for %d samples of %d features", len(x), len(label), features)
	}
	d := &Data[T]{features: features, classes: classes, x: make([]T, len(x)), label: slices.Clone(label), targets: make([]T, classes*classes)}
	if err := d.SetX(x); err != nil {
		return nil, err
	}
	for i, l := range label {
		if l < 0 || l >= classes {
			return nil, fmt.Errorf("sample %d has label %d, want 0 to %d", i, l, classes-1)
		}
	}
	if !isFinite(T(low)) || !isFinite(T(high)) {
		return nil, fmt.Errorf("targets %v and %v: out of the range of %T", low, high, T(0))
	}
	for i := range d.targets {
		d.targets[i] = T(low)
	}
	for c := range classes {
		d.targets[c*classes+c] = T(high)
	}
	return d, nil
}

func isFinite[T kernel.Float](v T) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }

// Len returns the number of samples.
func (d *Data[T]) Len() int { return len(d.label) }

// WithX returns as many samples with the same labels and targets, which are shared, and the values x. It fails as SetX.
func (d *Data[T]) WithX(x []float64) (*Data[T], error) {
	other := *d
	other.x = make([]T, len(d.x))
	if err := other.SetX(x); err != nil {
		return nil, err
	}
	return &other, nil
}

// SetX replaces the samples' values by x, laid out as for [NewData]; labels and targets stay. It fails, and changes nothing,
// if their number is another or if one is not finite in T. Nothing may be using the samples meanwhile.
func (d *Data[T]) SetX(x []float64) error {
	if len(x) != len(d.x) {
		return fmt.Errorf("%d values for %d samples of %d features", len(x), d.Len(), d.features)
	}
	var zero T
	for _, v := range x {
		zero += T(v) - T(v) // of what is not finite in T it is not a number
	}
	if zero != 0 {
		i := slices.IndexFunc(x, func(v float64) bool { return !isFinite(T(v)) })
		return fmt.Errorf("sample %d: feature %d is %v, out of the range of %T", i/d.features, i%d.features, x[i], zero)
	}
	if wide, ok := any(d.x).([]float64); ok {
		copy(wide, x)
		return nil
	}
	for i, v := range x {
		d.x[i] = T(v)
	}
	return nil
}

// X returns all samples' values, sample by sample. They are shared.
func (d *Data[T]) X() []T { return d.x }

// sample returns the values of sample i.
func (d *Data[T]) sample(i int) []T {
	return d.x[i*d.features:][:d.features]
}

// target returns the outputs that sample i should give.
func (d *Data[T]) target(i int) []T {
	return d.targets[d.label[i]*d.classes:][:d.classes]
}

// low returns the target of the outputs that are not a sample's own.
func (d *Data[T]) low() T { return d.targets[min(1, d.classes-1)] }

// fits reports whether n takes these samples.
func (n *Network[T]) fits(d *Data[T]) error {
	if d.features != n.Inputs() {
		return fmt.Errorf("samples have %d features, the network has %d inputs", d.features, n.Inputs())
	}
	if d.classes != n.Outputs() {
		return fmt.Errorf("samples have %d classes, the network has %d outputs", d.classes, n.Outputs())
	}
	return nil
}
