// Vector instructions of the random routines alone, written as those of kernel_neon_words_arm64.h are and held to the
// same tests.

// Two float64.
#define FRINTZ2(n, d)         WORD $(0x4ee19800 | (n)<<5 | (d))                         // frintz Vd.2d, Vn.2d
#define FSQRT2(n, d)          WORD $(0x6ee1f800 | (n)<<5 | (d))                         // fsqrt Vd.2d, Vn.2d
#define FADDPAIR(n, d)        WORD $(0x7e70d800 | (n)<<5 | (d))                         // faddp Dd, Vn.2d

// Between float64 and integers.
#define FCVTZS2(n, d)         WORD $(0x4ee1b800 | (n)<<5 | (d))                         // fcvtzs Vd.2d, Vn.2d
#define SCVTF2(n, d)          WORD $(0x4e61d800 | (n)<<5 | (d))                         // scvtf Vd.2d, Vn.2d
#define SCVTF2BY52(n, d)      WORD $(0x4f4ce400 | (n)<<5 | (d))                         // scvtf Vd.2d, Vn.2d, #52

// Integers and bits.
#define SSHR2BY52(n, d)       WORD $(0x4f4c0400 | (n)<<5 | (d))                         // sshr Vd.2d, Vn.2d, #52
#define CMHI2(m, n, d)        WORD $(0x6ee03400 | (m)<<16 | (n)<<5 | (d))               // cmhi Vd.2d, Vn.2d, Vm.2d
#define ZIPLOW2(m, n, d)      WORD $(0x4ec03800 | (m)<<16 | (n)<<5 | (d))               // zip1 Vd.2d, Vn.2d, Vm.2d
#define ZIPHIGH2(m, n, d)     WORD $(0x4ec07800 | (m)<<16 | (n)<<5 | (d))               // zip2 Vd.2d, Vn.2d, Vm.2d
#define LANE2(i, n, r)        WORD $(0x4e083c00 | (i)<<20 | (n)<<5 | (r))               // mov Xr, Vn.d[i] (i < 2)
