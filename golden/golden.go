// Package golden holds the built-in experiments and the traces that they must give: NAME.toml and NAME.trace.
package golden

import "embed"

// Files holds the experiments and traces.
//
//go:embed *.toml *.trace
var Files embed.FS
