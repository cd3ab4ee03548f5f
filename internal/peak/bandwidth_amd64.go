//go:build !purego

package peak

var passes = map[string]pass{
	"avx512":  {avx512Read, avx512ReadWrite},
	"avx2":    {avx2Read, avx2ReadWrite},
	"generic": {genericRead, genericReadWrite},
}

// avx512Read is a pass's read.
//
//go:noescape
func avx512Read(sums *[lanes]uint64, p *uint64, blocks, rounds int)

// avx512ReadWrite is a pass's readWrite.
//
//go:noescape
func avx512ReadWrite(p *uint64, blocks, rounds int, by uint64)

// avx2Read is a pass's read.
//
//go:noescape
func avx2Read(sums *[lanes]uint64, p *uint64, blocks, rounds int)

// avx2ReadWrite is a pass's readWrite.
//
//go:noescape
func avx2ReadWrite(p *uint64, blocks, rounds int, by uint64)
