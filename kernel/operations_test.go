package kernel

import (
	"fmt"
	"math"
)

// An operation is a call of a kernel's method with operands that are slices, and what it comes to by the contract.
type operation[T Float] struct {
	name string
	lens func(k, j int) []int // of the operands, for k inputs and j outputs; a rate is an operand of length 1
	outs int                  // so many operands, the first ones, are written
	run  func(kernel *Kernel[T], s [][]T)
	want func(s [][]T)
	move bool // elements are moved to other places, which must not be the operand's own
}

// operations lists every operation, with every activation, with and without biases.
func operations[T Float]() (list []operation[T]) {
	for i, name := range activationNames {
		act := Activation(i)
		for _, bias := range []string{"with bias", "without bias"} {
			list = append(list, operation[T]{
				name: "Forward " + name + " " + bias,
				lens: func(k, j int) []int { return []int{j, k, k * j, biases(bias, j)} },
				outs: 1,
				run:  func(kernel *Kernel[T], s [][]T) { kernel.Forward(s[0], s[1], s[2], s[3], act) },
				want: func(s [][]T) { wantForward(s[0], s[1], s[2], s[3], act) },
			}, operation[T]{
				name: "UpdateForward " + name + " " + bias,
				lens: func(k, j int) []int { return []int{j, k * j, biases(bias, j), j, k, k, 1} },
				outs: 3,
				run: func(kernel *Kernel[T], s [][]T) {
					kernel.UpdateForward(s[0], s[1], s[2], s[3], s[4], s[5], s[6][0], act)
				},
				want: func(s [][]T) {
					wantUpdate(s[1], s[2], s[3], s[4], s[6][0])
					wantForward(s[0], s[5], s[1], s[2], act)
				},
			}, batchOperation[T](act, bias, 3, 2))
		}
		list = append(list, operation[T]{
			name: "Delta " + name,
			lens: func(_, j int) []int { return []int{j, j, j} },
			outs: 1,
			run:  func(kernel *Kernel[T], s [][]T) { kernel.Delta(s[0], s[1], s[2], act) },
			want: func(s [][]T) { wantDelta(s[0], s[1], s[2], act) },
		}, operation[T]{
			name: "Activate " + name,
			lens: func(_, j int) []int { return []int{j, j} },
			outs: 1,
			run:  func(kernel *Kernel[T], s [][]T) { kernel.Activate(s[0], s[1], act) },
			want: func(s [][]T) { wantActivate(s[0], s[1], act) },
		})
	}
	for _, bias := range []string{"with bias", "without bias"} {
		list = append(list, operation[T]{
			name: "Update " + bias,
			lens: func(k, j int) []int { return []int{k * j, biases(bias, j), j, k, 1} },
			outs: 2,
			run:  func(kernel *Kernel[T], s [][]T) { kernel.Update(s[0], s[1], s[2], s[3], s[4][0]) },
			want: func(s [][]T) { wantUpdate(s[0], s[1], s[2], s[3], s[4][0]) },
		})
	}
	for _, few := range []int{1, 2, 5} {
		list = append(list, transposeOperations[T](few)...)
	}
	return append(list, operation[T]{
		name: "OutputError",
		lens: func(_, j int) []int { return []int{j, j, j} },
		outs: 1,
		run:  func(kernel *Kernel[T], s [][]T) { kernel.OutputError(s[0], s[1], s[2]) },
		want: func(s [][]T) { wantOutputError(s[0], s[1], s[2]) },
	}, operation[T]{
		name: "SendBackUpdate",
		lens: func(k, j int) []int { return []int{k, j * k, j, j, k, 1} },
		outs: 2,
		run:  func(kernel *Kernel[T], s [][]T) { kernel.SendBackUpdate(s[0], s[1], s[2], s[3], s[4], s[5][0]) },
		want: func(s [][]T) { wantSendBackUpdate(s[0], s[1], s[2], s[3], s[4], s[5][0]) },
	}, operation[T]{
		name: "Exp",
		lens: func(_, j int) []int { return []int{j, j} },
		outs: 1,
		run:  func(kernel *Kernel[T], s [][]T) { kernel.Exp(s[0], s[1]) },
		want: func(s [][]T) { wantExp(s[0], s[1]) },
	})
}

// batchOperation is ForwardBatch for n samples with rows of w that are longer than they must be.
func batchOperation[T Float](act Activation, bias string, n, longer int) operation[T] {
	return operation[T]{
		name: fmt.Sprintf("ForwardBatch %v %s, %d samples, rows longer by %d", act, bias, n, longer),
		lens: func(k, j int) []int { return []int{j * n, k * n, k * (j + longer), biases(bias, j)} },
		outs: 1,
		run:  func(kernel *Kernel[T], s [][]T) { kernel.ForwardBatch(s[0], s[1], s[2], s[3], n, act) },
		want: func(s [][]T) { wantForwardBatch(s[0], s[1], s[2], s[3], n, longer, act) },
	}
}

// transposeOperations are Transpose of any number of rows of few columns, and of few rows of any number of columns.
func transposeOperations[T Float](few int) []operation[T] {
	lens := func(_, j int) []int { return []int{few * j, few * j} }
	return []operation[T]{{
		name: fmt.Sprintf("Transpose, %d columns", few),
		lens: lens,
		outs: 1,
		move: true,
		run:  func(kernel *Kernel[T], s [][]T) { kernel.Transpose(s[0], s[1], len(s[1])/few, few) },
		want: func(s [][]T) {
			for i := range s[0] {
				s[0][i] = s[1][i%(len(s[1])/few)*few+i/(len(s[1])/few)]
			}
		},
	}, {
		name: fmt.Sprintf("Transpose, %d rows", few),
		lens: lens,
		outs: 1,
		move: true,
		run:  func(kernel *Kernel[T], s [][]T) { kernel.Transpose(s[0], s[1], few, len(s[1])/few) },
		want: func(s [][]T) {
			for i := range s[1] {
				s[0][i%(len(s[1])/few)*few+i/(len(s[1])/few)] = s[1][i]
			}
		},
	}}
}

func biases(bias string, j int) int {
	if bias == "without bias" {
		return 0
	}
	return j
}

// rememberedResults holds what oracles have come to, since all rows are tried on the same operands.
var rememberedResults = map[string]any{}

// remembered returns the operation with an oracle that is asked once for all rows. What tells the operands apart is the
// test's key.
func remembered[T Float](op operation[T], key ...any) operation[T] {
	name := fmt.Sprintf("%T %s %v", T(0), op.name, key)
	want := op.want
	op.want = func(s [][]T) {
		if results, ok := rememberedResults[name].([][]T); ok {
			for i, v := range results {
				copy(s[i], v)
			}
			return
		}
		want(s)
		rememberedResults[name] = cloneAll(s[:op.outs])
	}
	return op
}

// What follows is the contract's table, one element at a time. Sums, differences and products are fused multiply-adds
// with a factor 1 or a term -0, so that the oracle rounds all of them.

func mul[T Float](x, y T) T { return oracleFMA(x, y, T(math.Copysign(0, -1))) }

func sub[T Float](x, y T) T { return oracleFMA(x, 1, -y) }

func wantForward[T Float](y, x, w, b []T, act Activation) {
	for j := range y {
		var z T
		if len(b) > 0 {
			z = b[j]
		}
		for k := range x {
			z = oracleFMA(w[k*len(y)+j], x[k], z)
		}
		y[j] = wantActivation(z, act)
	}
}

func wantOutputError[T Float](e, t, y []T) {
	for j := range e {
		e[j] = sub(t[j], y[j])
	}
}

func wantDelta[T Float](delta, e, y []T, act Activation) {
	for j := range delta {
		switch {
		case act == Sigmoid:
			delta[j] = mul(mul(e[j], y[j]), sub(1, y[j]))
		case act == Tanh:
			delta[j] = mul(e[j], oracleFMA(-y[j], y[j], 1))
		case act == ReLU && !(y[j] > 0):
			delta[j] = 0
		default:
			delta[j] = e[j]
		}
	}
}

// wantForwardBatch takes the samples one by one.
func wantForwardBatch[T Float](y, x, w, b []T, n, longer int, act Activation) {
	outputs := len(y) / n
	var cut []T
	for k := range len(x) / n {
		cut = append(cut, w[k*(outputs+longer):][:outputs]...)
	}
	column := func(m []T, s int) (c []T) {
		for i := s; i < len(m); i += n {
			c = append(c, m[i])
		}
		return c
	}
	for s := range n {
		alone := make([]T, outputs)
		wantForward(alone, column(x, s), cut, b, act)
		for j, v := range alone {
			y[j*n+s] = v
		}
	}
}

func wantSendBackUpdate[T Float](g, wt, v, delta, x []T, rate T) {
	for k := range g {
		g[k] = 0
		for j := range v {
			i := j*len(g) + k
			g[k] = oracleFMA(wt[i], v[j], g[k])
			wt[i] = oracleFMA(rate, oracleFMA(delta[j], x[k], 0), wt[i])
		}
	}
}

func wantUpdate[T Float](w, b, delta, x []T, rate T) {
	for j := range delta {
		for k := range x {
			i := k*len(delta) + j
			w[i] = oracleFMA(rate, oracleFMA(delta[j], x[k], 0), w[i])
		}
		if len(b) > 0 {
			b[j] = oracleFMA(rate, oracleFMA(delta[j], 1, 0), b[j])
		}
	}
}

func wantActivate[T Float](dst, z []T, act Activation) {
	for i := range z {
		dst[i] = wantActivation(z[i], act)
	}
}

func wantExp[T Float](dst, x []T) {
	for i := range x {
		dst[i] = wantFunction("exp", x[i])
	}
}

func wantActivation[T Float](z T, act Activation) T {
	switch {
	case act == Identity, act == ReLU && z > 0:
		return z
	case act == ReLU:
		return 0
	}
	return wantFunction(act.String(), z)
}

// wantFunction is the correctly rounded value for float32. For float64 the reference's recipe is the definition: what
// holds that to the mathematics are TestError64 and TestGolden64.
func wantFunction[T Float](name string, z T) T {
	recipes := map[string]func(float64) float64{"sigmoid": sigmoid64, "tanh": tanh64, "exp": exp64}
	if !is32[T]() {
		return T(recipes[name](float64(z)))
	}
	for _, f := range functions {
		if f.name == name {
			y, _ := f.round32(float32(z))
			return T(y)
		}
	}
	panic(name)
}
