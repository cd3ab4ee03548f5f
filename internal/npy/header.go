package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// parse takes what the header says: {'descr': '<f8', 'fortran_order': False, 'shape': (100, 4), }.
func parse(s *Source, text string) (*Header, error) {
	items, err := dictionary(text)
	if err != nil {
		return nil, s.Errorf("header: %w", err)
	}
	h := &Header{}
	var known bool
	if h.Number, known = parseNumber(items["descr"]); !known {
		return nil, s.Errorf("type %.20s: want float32, float64 or integers", items["descr"])
	}
	switch items["fortran_order"] {
	case "True":
		h.Fortran = true
	case "False":
	default:
		return nil, s.Errorf("fortran_order is %.20s, want True or False", items["fortran_order"])
	}
	if h.Shape, err = tuple(items["shape"]); err != nil {
		return nil, s.Errorf("shape %.40s: %w", items["shape"], err)
	}
	return h, nil
}

// item is one key and value of the dictionary. A value is a string, a Boolean or a tuple of integers: all that the types
// we take need.
var item = regexp.MustCompile(`^\s*['"](\w+)['"]\s*:\s*('[^']*'|"[^"]*"|True|False|\([0-9, ]*\))\s*([,}])`)

// dictionary returns the values as they are written. It has the keys that the format asks for and no others.
func dictionary(header string) (map[string]string, error) {
	rest, found := strings.CutPrefix(strings.TrimSpace(header), "{")
	items := map[string]string{}
	for end := !found; !end; {
		m := item.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("%.60q is not the description of a plain array", rest)
		}
		key := m[1]
		if _, again := items[key]; again || !slices.Contains([]string{"descr", "fortran_order", "shape"}, key) {
			return nil, fmt.Errorf("key %.20q is unknown or there twice", key)
		}
		items[key] = m[2]
		rest = strings.TrimSpace(rest[len(m[0]):])
		end = m[3] == "}"
		if rest == "}" && !end { // after a last comma
			end, rest = true, ""
		}
	}
	if rest != "" || len(items) != 3 {
		return nil, fmt.Errorf("%.60q is not the description of an array", strings.TrimSpace(header))
	}
	return items, nil
}

// parseNumber reads a type such as '<f8' or '|u1'.
func parseNumber(descr string) (Number, bool) {
	if len(descr) != 5 { // with its quotes
		return Number{}, false
	}
	n := Number{Kind: descr[2], Size: int(descr[3] - '0'), Order: binary.LittleEndian}
	switch order := descr[1]; {
	case order == '>':
		n.Order = binary.BigEndian
	case order == '|' && n.Size != 1, !strings.Contains("<|", string(order)):
		return Number{}, false
	}
	sizes := map[byte][]int{'i': {1, 2, 4, 8}, 'u': {1, 2, 4, 8}, 'f': {4, 8}}
	return n, slices.Contains(sizes[n.Kind], n.Size)
}

// tuple reads integers such as (100, 4) or (100,).
func tuple(text string) ([]int64, error) {
	if len(text) < 2 || text[0] != '(' {
		return nil, errors.New("want numbers in brackets")
	}
	text = strings.TrimSuffix(strings.TrimSpace(text[1:len(text)-1]), ",")
	if text == "" {
		return nil, nil
	}
	var sizes []int64
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(field), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%.20q is not a size", field)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}
