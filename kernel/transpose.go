package kernel

// Transpose sets dst to the transpose of src, a matrix of rows x columns, row after row:
//
//	dst[c*rows+r] = src[r*columns+c]
//
// dst and src have rows*columns elements. Two rows or two columns are fastest.
func (k *Kernel[T]) Transpose(dst, src []T, rows, columns int) {
	checkTranspose(len(dst), len(src), rows, columns)
	switch {
	case columns == 2:
		k.split(dst[:rows], dst[rows:], src)
	case rows == 2:
		k.join(dst, src[:columns], src[columns:])
	default:
		transpose(dst, src, rows, columns)
	}
}

func checkTranspose(dst, src, rows, columns int) {
	empty := rows == 0 || columns == 0
	if dst != src || rows < 0 || columns < 0 || empty && src != 0 || !empty && (src%columns != 0 || src/columns != rows) {
		panic(badTranspose)
	}
}

// transpose goes along the longer side.
func transpose[T Float](dst, src []T, rows, columns int) {
	if rows < columns {
		for r := range rows {
			at := r
			for _, v := range src[r*columns:][:columns] {
				dst[at] = v
				at += rows
			}
		}
		return
	}
	for c := range columns {
		at, row := c, dst[c*rows:][:rows]
		for r := range row {
			row[r] = src[at]
			at += columns
		}
	}
}

// split takes pairs apart: even[i], odd[i] = pairs[2*i], pairs[2*i+1].
func split[T Float](even, odd, pairs []T) {
	odd = odd[:len(even)]
	for i := range even {
		even[i], odd[i] = pairs[0], pairs[1]
		pairs = pairs[2:]
	}
}

// join is the reverse of split.
func join[T Float](pairs, even, odd []T) {
	odd = odd[:len(even)]
	for i := range even {
		pairs[0], pairs[1] = even[i], odd[i]
		pairs = pairs[2:]
	}
}
