// Vector instructions that Go's assembler has no name for, as words, and those it has in the same form, so that one
// register map serves a whole recipe. Registers are numbers. Sources come first and the destination last, as in Go:
// FSUB2(m, n, d) is d = n - m. A comment at the end gives the instruction in the manual's form; a test compares the two.

// Two float64.
#define FADD2(m, n, d)        WORD $(0x4e60d400 | (m)<<16 | (n)<<5 | (d))               // fadd Vd.2d, Vn.2d, Vm.2d
#define FSUB2(m, n, d)        WORD $(0x4ee0d400 | (m)<<16 | (n)<<5 | (d))               // fsub Vd.2d, Vn.2d, Vm.2d
#define FMUL2(m, n, d)        WORD $(0x6e60dc00 | (m)<<16 | (n)<<5 | (d))               // fmul Vd.2d, Vn.2d, Vm.2d
#define FDIV2(m, n, d)        WORD $(0x6e60fc00 | (m)<<16 | (n)<<5 | (d))               // fdiv Vd.2d, Vn.2d, Vm.2d
#define FMLA2(m, n, d)        WORD $(0x4e60cc00 | (m)<<16 | (n)<<5 | (d))               // fmla Vd.2d, Vn.2d, Vm.2d
#define FMLS2(m, n, d)        WORD $(0x4ee0cc00 | (m)<<16 | (n)<<5 | (d))               // fmls Vd.2d, Vn.2d, Vm.2d
#define FABD2(m, n, d)        WORD $(0x6ee0d400 | (m)<<16 | (n)<<5 | (d))               // fabd Vd.2d, Vn.2d, Vm.2d
#define FMIN2(m, n, d)        WORD $(0x4ee0f400 | (m)<<16 | (n)<<5 | (d))               // fmin Vd.2d, Vn.2d, Vm.2d
#define FMAX2(m, n, d)        WORD $(0x4e60f400 | (m)<<16 | (n)<<5 | (d))               // fmax Vd.2d, Vn.2d, Vm.2d
#define FCMGT2(m, n, d)       WORD $(0x6ee0e400 | (m)<<16 | (n)<<5 | (d))               // fcmgt Vd.2d, Vn.2d, Vm.2d
#define FCMEQ2(m, n, d)       WORD $(0x4e60e400 | (m)<<16 | (n)<<5 | (d))               // fcmeq Vd.2d, Vn.2d, Vm.2d
#define FCMGTZERO2(n, d)      WORD $(0x4ee0c800 | (n)<<5 | (d))                         // fcmgt Vd.2d, Vn.2d, #0.0
#define FABS2(n, d)           WORD $(0x4ee0f800 | (n)<<5 | (d))                         // fabs Vd.2d, Vn.2d
#define FNEG2(n, d)           WORD $(0x6ee0f800 | (n)<<5 | (d))                         // fneg Vd.2d, Vn.2d
#define FMLALANE2(m, i, n, d) WORD $(0x4fc01000 | (m)<<16 | (i)<<11 | (n)<<5 | (d))     // fmla Vd.2d, Vn.2d, Vm.d[i] (i < 2)
#define FMULLANE2(m, i, n, d) WORD $(0x4fc09000 | (m)<<16 | (i)<<11 | (n)<<5 | (d))     // fmul Vd.2d, Vn.2d, Vm.d[i] (i < 2)

// Four float32.
#define FADD4(m, n, d)        WORD $(0x4e20d400 | (m)<<16 | (n)<<5 | (d))               // fadd Vd.4s, Vn.4s, Vm.4s
#define FSUB4(m, n, d)        WORD $(0x4ea0d400 | (m)<<16 | (n)<<5 | (d))               // fsub Vd.4s, Vn.4s, Vm.4s
#define FMUL4(m, n, d)        WORD $(0x6e20dc00 | (m)<<16 | (n)<<5 | (d))               // fmul Vd.4s, Vn.4s, Vm.4s
#define FMLA4(m, n, d)        WORD $(0x4e20cc00 | (m)<<16 | (n)<<5 | (d))               // fmla Vd.4s, Vn.4s, Vm.4s
#define FMLS4(m, n, d)        WORD $(0x4ea0cc00 | (m)<<16 | (n)<<5 | (d))               // fmls Vd.4s, Vn.4s, Vm.4s
#define FMIN4(m, n, d)        WORD $(0x4ea0f400 | (m)<<16 | (n)<<5 | (d))               // fmin Vd.4s, Vn.4s, Vm.4s
#define FMAX4(m, n, d)        WORD $(0x4e20f400 | (m)<<16 | (n)<<5 | (d))               // fmax Vd.4s, Vn.4s, Vm.4s
#define FCMGT4(m, n, d)       WORD $(0x6ea0e400 | (m)<<16 | (n)<<5 | (d))               // fcmgt Vd.4s, Vn.4s, Vm.4s
#define FCMEQ4(m, n, d)       WORD $(0x4e20e400 | (m)<<16 | (n)<<5 | (d))               // fcmeq Vd.4s, Vn.4s, Vm.4s
#define FCMGTZERO4(n, d)      WORD $(0x4ea0c800 | (n)<<5 | (d))                         // fcmgt Vd.4s, Vn.4s, #0.0
#define FMLALANE4(m, i, n, d) WORD $(0x4f801000 | (m)<<16 | ((i)&1)<<21 | ((i)>>1)<<11 | (n)<<5 | (d)) // fmla Vd.4s, Vn.4s, Vm.s[i] (i < 4)

// Between the two.
#define FCVTL(n, d)           WORD $(0x0e617800 | (n)<<5 | (d))                         // fcvtl Vd.2d, Vn.2s
#define FCVTL2(n, d)          WORD $(0x4e617800 | (n)<<5 | (d))                         // fcvtl2 Vd.2d, Vn.4s
#define FCVTN(n, d)           WORD $(0x0e616800 | (n)<<5 | (d))                         // fcvtn Vd.2s, Vn.2d
#define FCVTN2(n, d)          WORD $(0x4e616800 | (n)<<5 | (d))                         // fcvtn2 Vd.4s, Vn.2d

// Integers and bits.
#define ADD2(m, n, d)         WORD $(0x4ee08400 | (m)<<16 | (n)<<5 | (d))               // add Vd.2d, Vn.2d, Vm.2d
#define SUB2(m, n, d)         WORD $(0x6ee08400 | (m)<<16 | (n)<<5 | (d))               // sub Vd.2d, Vn.2d, Vm.2d
#define SHL2BY52(n, d)        WORD $(0x4f745400 | (n)<<5 | (d))                         // shl Vd.2d, Vn.2d, #52
#define USHR2BY1(n, d)        WORD $(0x6f7f0400 | (n)<<5 | (d))                         // ushr Vd.2d, Vn.2d, #1
#define CMTST2(m, n, d)       WORD $(0x4ee08c00 | (m)<<16 | (n)<<5 | (d))               // cmtst Vd.2d, Vn.2d, Vm.2d
#define ADD4(m, n, d)         WORD $(0x4ea08400 | (m)<<16 | (n)<<5 | (d))               // add Vd.4s, Vn.4s, Vm.4s
#define CMTST4(m, n, d)       WORD $(0x4ea08c00 | (m)<<16 | (n)<<5 | (d))               // cmtst Vd.4s, Vn.4s, Vm.4s
#define UZPEVEN4(m, n, d)     WORD $(0x4e801800 | (m)<<16 | (n)<<5 | (d))               // uzp1 Vd.4s, Vn.4s, Vm.4s
#define AND16(m, n, d)        WORD $(0x4e201c00 | (m)<<16 | (n)<<5 | (d))               // and Vd.16b, Vn.16b, Vm.16b
#define BIT16(m, n, d)        WORD $(0x6ea01c00 | (m)<<16 | (n)<<5 | (d))               // bit Vd.16b, Vn.16b, Vm.16b
#define BIF16(m, n, d)        WORD $(0x6ee01c00 | (m)<<16 | (n)<<5 | (d))               // bif Vd.16b, Vn.16b, Vm.16b
#define MOVE(n, d)            WORD $(0x4ea01c00 | (n)<<16 | (n)<<5 | (d))               // mov Vd.16b, Vn.16b
#define CLEAR(d)              WORD $(0x6f00e400 | (d))                                  // movi Vd.2d, #0x0

// 16 bytes from or to memory: offset is a multiple of 16, below 65536; r is a general register's number.
#define LDRQ(offset, r, d)    WORD $(0x3dc00000 | ((offset)/16)<<10 | (r)<<5 | (d))     // ldr Qd, [Xr, #offset]
#define STRQ(d, offset, r)    WORD $(0x3d800000 | ((offset)/16)<<10 | (r)<<5 | (d))     // str Qd, [Xr, #offset]
