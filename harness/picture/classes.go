package picture

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Classes draws points in the plane by class: 0 green, 1 red, further classes in
// colours and shapes of their own. x holds (x_0, x_1) of each point and label
// its class, 0 or above. The legend counts the points of each class.
//
// No points, lengths that differ, a coordinate that is not finite and a negative
// label are errors; the last two name the first point at fault.
func Classes(x [][2]float64, label []int) (*Picture, error) {
	if err := checkPoints(x, label); err != nil {
		return nil, err
	}
	kinds := make([]kind, len(x))
	for i := range x {
		kinds[i].class = label[i]
	}
	name := func(k kind) string { return fmt.Sprintf("class %d", k.class) }
	look := func(k kind) mark { return classMark(k.class) }
	return scatter("Scatter plot of classes", x, kinds, name, look), nil
}

// Predictions draws the points of Classes and shows which were predicted
// rightly. predicted holds the predicted class of each point, 0 or above; the
// errors are those of Classes.
//
// Where no class but 0 and 1 occurs, a point predicted rightly is green (0) or
// red (1), a 0 taken for 1 is blue and a 1 taken for 0 magenta. With more
// classes a wrong prediction is a cross in the colour of its true class.
func Predictions(x [][2]float64, label, predicted []int) (*Picture, error) {
	if err := checkPoints(x, label); err != nil {
		return nil, err
	}
	if err := checkClasses("predicted class", predicted, len(x)); err != nil {
		return nil, err
	}
	kinds, right := make([]kind, len(x)), 0
	for i := range x {
		kinds[i] = kind{wrong: predicted[i] != label[i], class: label[i]}
		if !kinds[i].wrong {
			right++
		}
	}
	name, look := wrongName, wrongLook
	if max(slices.Max(label), slices.Max(predicted)) <= 1 {
		name, look = takenName, takenLook
	}
	title := fmt.Sprintf("Classes with predictions: %d of %d right", right, len(x))
	return scatter(title, x, kinds, name, look), nil
}

// A kind of point is what the points of one look have in common.
type kind struct {
	wrong bool // predicted wrongly
	class int  // the true class
}

func wrongName(k kind) string {
	if k.wrong {
		return fmt.Sprintf("class %d, wrong", k.class)
	}
	return fmt.Sprintf("class %d, right", k.class)
}

func wrongLook(k kind) mark {
	m := classMark(k.class)
	if k.wrong {
		m.shape = cross
	}
	return m
}

// takenName and takenLook are for two classes, where a wrong prediction can only
// be the other class.
func takenName(k kind) string {
	if k.wrong {
		return fmt.Sprintf("%d taken for %d", k.class, 1-k.class)
	}
	return wrongName(k)
}

func takenLook(k kind) mark {
	switch k {
	case kind{wrong: true, class: 0}:
		return mark{blue, square}
	case kind{wrong: true, class: 1}:
		return mark{magenta, diamond}
	}
	return classMark(k.class)
}

// scatter returns the picture of the points x, point i being of kind kinds[i].
// Wrong ones come last, so that they lie on top of the others.
func scatter(title string, x [][2]float64, kinds []kind, name func(kind) string, look func(kind) mark) *Picture {
	x0, x1 := column(x, 0), column(x, 1)
	unit0, unit1 := unitOf(x0), unitOf(x1)
	p := &Picture{
		title: title,
		x:     dataAxis("x_0", x0, unit0),
		y:     dataAxis("x_1", x1, unit1),
	}
	members := make(map[kind][]int)
	for i, k := range kinds {
		members[k] = append(members[k], i)
	}
	radius, alpha := dotSize(len(x))
	body := &cloud{radius: radius, alpha: alpha}
	for _, k := range slices.SortedFunc(maps.Keys(members), before) {
		s := swarm{mark: look(k), wrong: k.wrong}
		for _, i := range members[k] {
			s.x = append(s.x, unit0.of(x0[i]))
			s.y = append(s.y, unit1.of(x1[i]))
		}
		body.swarms = append(body.swarms, s)
		p.legend = append(p.legend, entry{s.mark, fmt.Sprintf("%s (%d)", name(k), len(s.x))})
	}
	p.body = body
	return p
}

func before(a, b kind) int {
	if a.wrong != b.wrong {
		if b.wrong {
			return -1
		}
		return +1
	}
	return cmp.Compare(a.class, b.class)
}

// A cloud is the body of a scatter plot, drawn swarm by swarm.
type cloud struct {
	swarms []swarm
	radius vg.Length
	alpha  uint8
}

// A swarm is the points of one kind, in the units of the axes.
type swarm struct {
	mark
	wrong bool
	x, y  []float64
}

// Plot draws the points. Wrong predictions are nearly opaque and a little
// larger, since they are few and are what the picture is about.
func (b *cloud) Plot(c draw.Canvas, p *plot.Plot) {
	atX, atY := p.Transforms(&c)
	for _, s := range b.swarms {
		radius, alpha := b.radius, b.alpha
		if s.wrong {
			radius, alpha = radius*1.2, 0xd9
		}
		for i := range s.x {
			s.draw(&c, vg.Point{X: atX(s.x[i]), Y: atY(s.y[i])}, radius, alpha)
		}
	}
}

// dotSize returns the radius and the opacity with which n points stay readable
// where they overlap.
func dotSize(n int) (radius vg.Length, alpha uint8) {
	switch {
	case n <= 3000:
		return 2.2, 0x80
	case n <= 30000:
		return 1.5, 0x60
	}
	return 1, 0x40
}

func column(x [][2]float64, j int) []float64 {
	v := make([]float64, len(x))
	for i := range x {
		v[i] = x[i][j]
	}
	return v
}

func checkPoints(x [][2]float64, label []int) error {
	if len(x) == 0 {
		return fmt.Errorf("picture: no points to draw")
	}
	for i, p := range x {
		for j, v := range p {
			if !finite(v) {
				return fmt.Errorf("picture: point %d: x_%d is %v", i, j, v)
			}
		}
	}
	return checkClasses("label", label, len(x))
}

func checkClasses(what string, class []int, points int) error {
	if len(class) != points {
		return fmt.Errorf("picture: %d points, but a %s for %d", points, what, len(class))
	}
	for i, k := range class {
		if k < 0 {
			return fmt.Errorf("picture: point %d: %s %d is negative", i, what, k)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
