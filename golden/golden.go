// Package golden holds the built-in experiments and the traces that they must give: NAME.toml and NAME.trace, and NAME.sweep
// of one that is run with many seeds.
package golden

import "embed"

// Files holds the experiments and traces.
//
//go:embed *.toml *.trace *.sweep
var Files embed.FS
