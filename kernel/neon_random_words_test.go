package kernel

import "maps"

// The diagrams of kernel_neon_random_arm64.h. In an instruction that moves a lane, r is the general register.
func init() {
	maps.Copy(diagrams, map[string]string{
		// Advanced SIMD three same: 0 Q U 01110 size 1 Rm opcode 1 Rn Rd.
		"CMHI2": "0 1 1 01110 11 1 mmmmm 00110 1 nnnnn ddddd",

		// Advanced SIMD two-register miscellaneous: 0 Q U 01110 size 10000 opcode 10 Rn Rd.
		"FRINTZ2": "0 1 0 01110 11 10000 11001 10 nnnnn ddddd",
		"FSQRT2":  "0 1 1 01110 11 10000 11111 10 nnnnn ddddd",
		"FCVTZS2": "0 1 0 01110 11 10000 11011 10 nnnnn ddddd",
		"SCVTF2":  "0 1 0 01110 01 10000 11101 10 nnnnn ddddd",

		// Advanced SIMD scalar pairwise: 01 U 11110 size 11000 opcode 10 Rn Rd.
		"FADDPAIR": "01 1 11110 01 11000 01101 10 nnnnn ddddd",

		// Advanced SIMD shift by immediate: 0 Q U 011110 immh immb opcode 1 Rn Rd. A shift right by 52 has
		// immh:immb = 128-52, and so has a number with 52 bits behind the point.
		"SSHR2BY52":  "0 1 0 011110 1001 100 00000 1 nnnnn ddddd",
		"SCVTF2BY52": "0 1 0 011110 1001 100 11100 1 nnnnn ddddd",

		// Advanced SIMD permute: 0 Q 001110 size 0 Rm 0 opcode 10 Rn Rd.
		"ZIPLOW2":  "0 1 001110 11 0 mmmmm 0 011 10 nnnnn ddddd",
		"ZIPHIGH2": "0 1 001110 11 0 mmmmm 0 111 10 nnnnn ddddd",

		// Advanced SIMD copy, umov: 0 Q op 01110000 imm5 0 imm4 1 Rn Rd, where the lane's index is the highest bit of imm5.
		"LANE2": "0 1 0 01110000 i1000 0 0111 1 nnnnn rrrrr",
	})
}
