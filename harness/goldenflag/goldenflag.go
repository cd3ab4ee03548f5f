// Package goldenflag gives a test binary the flags -update and -reason that harness.Golden looks at. It is imported by tests,
// for this alone:
//
//	import _ "github.com/samebits/samebits/harness/goldenflag"
//
// A test binary that has a flag -update of its own must not import it: one flag cannot be registered twice. There, any
// boolean flag -update will do, and any string flag -reason.
package goldenflag

import "flag"

func init() {
	flag.Bool("update", false, "record the golden traces of harness.Golden anew")
	flag.String("reason", "", "why golden traces change, in one line, for their history")
}
