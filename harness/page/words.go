package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// visible replaces what cannot be seen, or would turn the text around it.
func visible(r rune) rune {
	if r == '\n' || r == '\t' || unicode.IsGraphic(r) {
		return r
	}
	return unicode.ReplacementChar
}

// short is the beginning of a digest.
func short(digest string) string {
	const prefix, digits = len("sha256:"), 12
	if len(digest) > prefix+digits {
		return digest[prefix:prefix+digits] + "…"
	}
	return digest
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// listed puts words into a list: 1, 2 and 3.
func listed(words []string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + " and " + words[n]
}

// share writes n of total in percent, without the sign; a dash where there is nothing to divide by.
func share(n, total int) string {
	if total == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", 100*float64(n)/float64(total))
}

// elapsed writes seconds as a time.
func elapsed(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(10 * time.Microsecond).String()
}

// rate writes a number by the second in three digits and a unit of thousands.
func rate(perSecond float64) string {
	units := []string{"", "k", "M", "G", "T"}
	for len(units) > 1 && perSecond >= 999.5 {
		perSecond, units = perSecond/1000, units[1:]
	}
	return fmt.Sprintf("%.3g%s", perSecond, units[0])
}

// decimal writes a number for people; exact writes all its bits.
func decimal(v float64) string { return fmt.Sprintf("%.6g", v) }

func exact(v float64) string { return strconv.FormatFloat(v, 'x', -1, 64) }
