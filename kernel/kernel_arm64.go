//go:build !purego

package kernel

// fastRows returns the NEON row: every arm64 CPU has it.
func fastRows() []row { return []row{neonRow()} }

// lacking says what this CPU lacks for a row of this architecture: nothing.
func lacking(string) string { return "" }
