//go:build !faults

package kernel

// faultRows returns no rows: a fault needs a build with the tag faults.
func faultRows() []row { return nil }
