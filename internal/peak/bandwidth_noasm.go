//go:build purego || !(amd64 || arm64)

package peak

var passes = map[string]pass{"generic": {genericRead, genericReadWrite}}
