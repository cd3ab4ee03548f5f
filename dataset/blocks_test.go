package dataset

import "github.com/samebits/samebits/internal/npy"

// blockSize is what TestReadIDXBlocks goes beyond.
const blockSize = npy.BlockSize
