package page

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/harness/picture"
)

// figure is a picture that is in the page.
type figure struct {
	Source  template.URL
	Alt     string // what is to be seen
	Caption string
}

// mostDrawn is the number of points up to which a cloud is drawn in lines, which take more room the more there are.
const mostDrawn = 5000

// drawn makes a figure of a picture of so many points.
func drawn(p *picture.Picture, points int, caption, alt string) (*figure, error) {
	content, form := p.SVG, "image/svg+xml"
	if points > mostDrawn {
		content, form = p.PNG, "image/png"
	}
	b, err := content()
	if err != nil {
		return nil, err
	}
	return &figure{
		Source: template.URL("data:" + form + ";base64," + base64.StdEncoding.EncodeToString(b)), Alt: alt, Caption: caption,
	}, nil
}

// lossFigure draws a run's loss, if it has one.
func lossFigure(r *harness.Saved, of string) ([]*figure, error) {
	loss := both(r.Curve, "loss")
	if loss == nil {
		return nil, nil
	}
	p, err := picture.Loss("Loss of "+nameOf(r), r.Curve.Steps, loss...)
	if err != nil {
		return nil, err
	}
	f, err := drawn(p, 0, "Loss by step"+of, "Loss"+courses(r.Curve, loss, decimal))
	return []*figure{f}, err
}

// accuracyFigure draws a run's share of right answers, if it is known.
func accuracyFigure(r *harness.Saved, of string) ([]*figure, error) {
	shares := accuracies(r.Curve)
	if shares == nil {
		return nil, nil
	}
	p, err := picture.Accuracy("Accuracy of "+nameOf(r), r.Curve.Steps, shares...)
	if err != nil {
		return nil, err
	}
	percent := func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }
	f, err := drawn(p, 0, "Share of right answers by step"+of, "Right answers"+courses(r.Curve, shares, percent))
	return []*figure{f}, err
}

// both returns a series and that of the samples to test with; nil if there is none of the samples to train on.
func both(c *harness.Curve, series string) [][]float64 {
	train, test := c.Series[series], c.Series["test_"+series]
	switch {
	case train == nil:
		return nil
	case test == nil:
		return [][]float64{train}
	}
	return [][]float64{train, test}
}

// accuracies returns the shares of right answers, of their number where that of all is known.
func accuracies(c *harness.Curve) [][]float64 {
	shares := both(c, "accuracy")
	if shares != nil {
		return shares
	}
	totals := []int{c.Facts.Samples, c.Facts.Tests}
	for i, counts := range both(c, "correct") {
		if totals[i] == 0 {
			break
		}
		all := make([]float64, len(counts))
		for j, n := range counts {
			all[j] = n / float64(totals[i])
		}
		shares = append(shares, all)
	}
	return shares
}

// courses says in words where curves begin and end.
func courses(c *harness.Curve, values [][]float64, write func(float64) string) string {
	text := ""
	for i, v := range values {
		if text += " of the training data"; i > 0 {
			text += ", of the test data"
		}
		last := len(v) - 1
		text += fmt.Sprintf(": %s at step %d, %s at step %d", write(v[0]), c.Steps[0], write(v[last]), c.Steps[last])
	}
	return text
}

// cloudFigures draws the samples that lie in a plane, by class and by what was told.
func cloudFigures(p *harness.Predictions, of string) (figures []*figure, err error) {
	for _, s := range setsOf(p) {
		if s.told.X == nil {
			continue
		}
		n := len(s.told.X)
		classes, err := picture.Classes(s.told.X, s.told.Label)
		if err != nil {
			return nil, err
		}
		f, err := drawn(classes, n, "Classes, "+s.name+of, fmt.Sprintf("%s as points in the plane, by class", counted(n, "sample")))
		if err != nil {
			return nil, err
		}
		told, err := picture.Predictions(s.told.X, s.told.Label, s.told.Predicted)
		if err != nil {
			return nil, err
		}
		g, err := drawn(told, n, "Predictions, "+s.name+of,
			fmt.Sprintf("%s as points in the plane, by class and by what was told: %d rightly, %d wrongly", counted(n, "sample"), s.told.Right(), n-s.told.Right()))
		if err != nil {
			return nil, err
		}
		figures = append(figures, f, g)
	}
	return figures, nil
}

// differenceFigure draws how far two curves lie apart, if they do.
func differenceFigure(c *harness.Comparison, a, b string) ([]*figure, error) {
	series := c.Drawn()
	if c.Verdict == harness.Same || series == nil {
		return nil, nil
	}
	var apart [][]float64
	most := 0.0
	for _, s := range series {
		bits := s.Apart()
		apart = append(apart, bits)
		most = max(most, slices.Max(bits))
	}
	p, err := picture.Difference("Difference", series[0].Name+": "+harness.ApartLabel, c.Steps, apart...)
	if err != nil {
		return nil, err
	}
	f, err := drawn(p, 0, fmt.Sprintf("How far %s and %s lie apart", a, b), fmt.Sprintf("Difference of %s by step, at most %.1f bits", series[0].Name, most))
	return []*figure{f}, err
}
