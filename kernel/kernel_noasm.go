//go:build purego || !(amd64 || arm64)

package kernel

// fastRows returns no rows: this build has the reference alone.
func fastRows() []row { return nil }

// lacking says why there is no row of this architecture.
func lacking(string) string { return "this program is built without assembly, with -tags purego" }
