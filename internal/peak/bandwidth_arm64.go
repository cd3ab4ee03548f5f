//go:build !purego

package peak

var passes = map[string]pass{
	"neon":    {neonRead, neonReadWrite},
	"generic": {genericRead, genericReadWrite},
}

// neonRead is a pass's read.
//
//go:noescape
func neonRead(sums *[lanes]uint64, p *uint64, blocks, rounds int)

// neonReadWrite is a pass's readWrite.
//
//go:noescape
func neonReadWrite(p *uint64, blocks, rounds int, by uint64)
