package kernel

import (
	"encoding/binary"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The instructions that two headers write as words. Three things that know nothing of each other must
// give the same 32 bits: the header's expression, the Arm manual's diagram below, and an assembler or a disassembler
// that reads the instruction in the header's comment.

var wordsFiles = []string{"kernel_neon_words_arm64.h", "kernel_neon_random_arm64.h"}

// diagrams are the encodings as the Arm Architecture Reference Manual for A-profile draws them (C7.2), bit 31 first.
// Letters stand for operands: m, n, d and r for registers, o for the offset divided by 16, L and H for the low and the
// high bit of a lane's index among four, and i for one among two.
var diagrams = map[string]string{
	// Advanced SIMD three same: 0 Q U 01110 size 1 Rm opcode 1 Rn Rd.
	"FADD2":  "0 1 0 01110 01 1 mmmmm 11010 1 nnnnn ddddd",
	"FSUB2":  "0 1 0 01110 11 1 mmmmm 11010 1 nnnnn ddddd",
	"FMUL2":  "0 1 1 01110 01 1 mmmmm 11011 1 nnnnn ddddd",
	"FDIV2":  "0 1 1 01110 01 1 mmmmm 11111 1 nnnnn ddddd",
	"FMLA2":  "0 1 0 01110 01 1 mmmmm 11001 1 nnnnn ddddd",
	"FMLS2":  "0 1 0 01110 11 1 mmmmm 11001 1 nnnnn ddddd",
	"FABD2":  "0 1 1 01110 11 1 mmmmm 11010 1 nnnnn ddddd",
	"FMIN2":  "0 1 0 01110 11 1 mmmmm 11110 1 nnnnn ddddd",
	"FMAX2":  "0 1 0 01110 01 1 mmmmm 11110 1 nnnnn ddddd",
	"FCMGT2": "0 1 1 01110 11 1 mmmmm 11100 1 nnnnn ddddd",
	"FCMEQ2": "0 1 0 01110 01 1 mmmmm 11100 1 nnnnn ddddd",
	"FADD4":  "0 1 0 01110 00 1 mmmmm 11010 1 nnnnn ddddd",
	"FSUB4":  "0 1 0 01110 10 1 mmmmm 11010 1 nnnnn ddddd",
	"FMUL4":  "0 1 1 01110 00 1 mmmmm 11011 1 nnnnn ddddd",
	"FMLA4":  "0 1 0 01110 00 1 mmmmm 11001 1 nnnnn ddddd",
	"FMLS4":  "0 1 0 01110 10 1 mmmmm 11001 1 nnnnn ddddd",
	"FMIN4":  "0 1 0 01110 10 1 mmmmm 11110 1 nnnnn ddddd",
	"FMAX4":  "0 1 0 01110 00 1 mmmmm 11110 1 nnnnn ddddd",
	"FCMGT4": "0 1 1 01110 10 1 mmmmm 11100 1 nnnnn ddddd",
	"FCMEQ4": "0 1 0 01110 00 1 mmmmm 11100 1 nnnnn ddddd",
	"ADD2":   "0 1 0 01110 11 1 mmmmm 10000 1 nnnnn ddddd",
	"SUB2":   "0 1 1 01110 11 1 mmmmm 10000 1 nnnnn ddddd",
	"CMTST2": "0 1 0 01110 11 1 mmmmm 10001 1 nnnnn ddddd",
	"ADD4":   "0 1 0 01110 10 1 mmmmm 10000 1 nnnnn ddddd",
	"CMTST4": "0 1 0 01110 10 1 mmmmm 10001 1 nnnnn ddddd",
	"AND16":  "0 1 0 01110 00 1 mmmmm 00011 1 nnnnn ddddd",
	"BIT16":  "0 1 1 01110 10 1 mmmmm 00011 1 nnnnn ddddd",
	"BIF16":  "0 1 1 01110 11 1 mmmmm 00011 1 nnnnn ddddd",
	"MOVE":   "0 1 0 01110 10 1 nnnnn 00011 1 nnnnn ddddd", // orr of a register with itself

	// Advanced SIMD two-register miscellaneous: 0 Q U 01110 size 10000 opcode 10 Rn Rd.
	"FCMGTZERO2": "0 1 0 01110 11 10000 01100 10 nnnnn ddddd",
	"FCMGTZERO4": "0 1 0 01110 10 10000 01100 10 nnnnn ddddd",
	"FABS2":      "0 1 0 01110 11 10000 01111 10 nnnnn ddddd",
	"FNEG2":      "0 1 1 01110 11 10000 01111 10 nnnnn ddddd",
	"FCVTL":      "0 0 0 01110 01 10000 10111 10 nnnnn ddddd",
	"FCVTL2":     "0 1 0 01110 01 10000 10111 10 nnnnn ddddd",
	"FCVTN":      "0 0 0 01110 01 10000 10110 10 nnnnn ddddd",
	"FCVTN2":     "0 1 0 01110 01 10000 10110 10 nnnnn ddddd",

	// Advanced SIMD vector x indexed element: 0 Q U 01111 size L M Rm opcode H 0 Rn Rd.
	"FMLALANE2": "0 1 0 01111 11 0 mmmmm 0001 i 0 nnnnn ddddd",
	"FMULLANE2": "0 1 0 01111 11 0 mmmmm 1001 i 0 nnnnn ddddd",
	"FMLALANE4": "0 1 0 01111 10 L mmmmm 0001 H 0 nnnnn ddddd",

	// Advanced SIMD shift by immediate: 0 Q U 011110 immh immb opcode 1 Rn Rd. A shift left by 52 has immh:immb = 64+52,
	// one right by 1 has 128-1.
	"SHL2BY52": "0 1 0 011110 1110 100 01010 1 nnnnn ddddd",
	"USHR2BY1": "0 1 1 011110 1111 111 00000 1 nnnnn ddddd",

	// Advanced SIMD modified immediate: 0 Q op 0111100000 abc cmode o2 1 defgh Rd, of 64 bits with op = 1 and cmode = 1110.
	"CLEAR": "0 1 1 0111100000 000 1110 0 1 00000 ddddd",

	// Advanced SIMD permute: 0 Q 001110 size 0 Rm 0 opcode 10 Rn Rd.
	"UZPEVEN4": "0 1 001110 10 0 mmmmm 0 001 10 nnnnn ddddd",

	// Load/store register (unsigned immediate): size 111 VR 01 opc imm12 Rn Rt.
	"LDRQ": "00 111 1 01 11 oooooooooooo rrrrr ddddd",
	"STRQ": "00 111 1 01 10 oooooooooooo rrrrr ddddd",
}

// An instruction is a macro of the header.
type instruction struct {
	name    string
	params  []string
	word    string // expression
	comment string // in the manual's form
}

var (
	definition = regexp.MustCompile(`^#define (\w+)\(([^)]*)\)\s+WORD \$\((.*)\)\s+// (.*)$`)
	lanes      = regexp.MustCompile(` \(i < (\d)\)$`)
)

func readInstructions(t *testing.T) (list []instruction) {
	t.Helper()
	for _, name := range wordsFiles {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(source), "\n") {
			if !strings.Contains(line, "WORD") {
				continue
			}
			m := definition.FindStringSubmatch(line)
			if m == nil {
				t.Fatalf("not understood: %s", line)
			}
			list = append(list, instruction{m[1], strings.Split(m[2], ", "), m[3], m[4]})
		}
	}
	return list
}

// A use is an instruction with operands.
type use struct {
	instruction
	operands map[string]uint32
}

// uses returns each instruction with registers that have every bit at 0 and at 1, in the same place and in different
// ones, and with all lanes.
func uses(t *testing.T) (all []use) {
	t.Helper()
	for _, in := range readInstructions(t) {
		count := uint32(1)
		if m := lanes.FindStringSubmatch(in.comment); m != nil {
			n, _ := strconv.Atoi(m[1])
			count, in.comment = uint32(n), strings.TrimSuffix(in.comment, m[0])
		}
		for i, r := range [][4]uint32{{0, 0, 0, 0}, {31, 31, 31, 30}, {1, 2, 4, 8}, {8, 16, 1, 2}, {16, 1, 8, 4}, {30, 29, 27, 23}, {23, 15, 30, 29}} {
			for lane := range count {
				offset := []uint32{0, 16, 496, 4096, 65520, 32768, 32752}[i]
				all = append(all, use{in, map[string]uint32{"m": r[0], "n": r[1], "d": r[2], "r": r[3], "i": lane, "offset": offset}})
			}
		}
	}
	return all
}

// word evaluates the header's expression.
func (u use) word(t *testing.T) uint32 {
	t.Helper()
	expr := u.instruction.word
	for _, p := range u.params {
		expr = regexp.MustCompile(`\b`+p+`\b`).ReplaceAllString(expr, fmt.Sprint(u.operands[p]))
	}
	v, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expr)
	if err != nil {
		t.Fatalf("%s: %s: %v", u.name, expr, err)
	}
	w, exact := constant.Uint64Val(constant.ToInt(v.Value))
	if !exact || w>>32 != 0 {
		t.Fatalf("%s: %s = %v", u.name, expr, v.Value)
	}
	return uint32(w)
}

// text is the comment with operands.
func (u use) text() string {
	return regexp.MustCompile(`\b[DQVX][mndr]\b|\[i\]|#offset`).ReplaceAllStringFunc(u.comment, func(s string) string {
		switch s {
		case "[i]":
			return fmt.Sprintf("[%d]", u.operands["i"])
		case "#offset":
			return fmt.Sprintf("#%d", u.operands["offset"])
		}
		return fmt.Sprintf("%s%d", strings.ToLower(s[:1]), u.operands[s[1:]])
	})
}

// drawn fills in the manual's diagram.
func (u use) drawn(t *testing.T) (w uint32) {
	t.Helper()
	diagram := strings.ReplaceAll(diagrams[u.name], " ", "")
	if len(diagram) != 32 {
		t.Fatalf("%s: a diagram of %d bits", u.name, len(diagram))
	}
	// Letters are filled from the lowest bit up.
	rest := map[byte]uint32{'m': u.operands["m"], 'n': u.operands["n"], 'd': u.operands["d"], 'r': u.operands["r"],
		'o': u.operands["offset"] / 16, 'i': u.operands["i"], 'L': u.operands["i"] & 1, 'H': u.operands["i"] >> 1}
	if strings.Count(diagram, "n") == 10 {
		rest['n'] |= rest['n'] << 5
	}
	for bit := range 32 {
		switch c := diagram[31-bit]; c {
		case '0', '1':
			w |= uint32(c-'0') << bit
		default:
			w |= rest[c] & 1 << bit
			rest[c] >>= 1
		}
	}
	return w
}

func TestNEONWords(t *testing.T) {
	seen := map[string]bool{}
	for _, u := range uses(t) {
		seen[u.name] = true
		if got, want := u.word(t), u.drawn(t); got != want {
			t.Errorf("%s: word %08x, the manual's %08x", u.text(), got, want)
		}
	}
	if len(seen) != len(diagrams) {
		t.Errorf("%d instructions, %d diagrams", len(seen), len(diagrams))
	}
}

// All words of the assembly come from these headers.
func TestNEONWordsElsewhere(t *testing.T) {
	files, err := filepath.Glob("*arm64.[sh]")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(wordsFiles, name) && regexp.MustCompile(`\bWORD\b`).Match(source) {
			t.Errorf("%s has a WORD of its own", name)
		}
	}
}

// An assembler makes the words of the comments.
func TestNEONWordsAssembler(t *testing.T) {
	path, err := exec.LookPath("llvm-mc")
	if err != nil {
		t.Skip("llvm-mc is not installed")
	}
	var source strings.Builder
	all := uses(t)
	for _, u := range all {
		fmt.Fprintln(&source, u.text())
	}
	cmd := exec.Command(path, "-triple=aarch64", "-show-encoding")
	cmd.Stdin = strings.NewReader(source.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := regexp.MustCompile(`encoding: \[0x(..),0x(..),0x(..),0x(..)\]`).FindAllStringSubmatch(string(out), -1)
	if len(found) != len(all) {
		t.Fatalf("%d encodings of %d instructions", len(found), len(all))
	}
	for i, u := range all {
		want, err := strconv.ParseUint(strings.Join(found[i][1:], ""), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.word(t); got != bits.ReverseBytes32(uint32(want)) {
			t.Errorf("%s: word %08x, llvm-mc's %08x", u.text(), got, bits.ReverseBytes32(uint32(want)))
		}
	}
}

// A disassembler reads the words as the comments say.
func TestNEONWordsDisassembler(t *testing.T) {
	path, err := exec.LookPath("aarch64-linux-gnu-objdump")
	if err != nil {
		t.Skip("aarch64-linux-gnu-objdump is not installed")
	}
	all := uses(t)
	var code []byte
	for _, u := range all {
		code = binary.LittleEndian.AppendUint32(code, u.word(t))
	}
	file := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(file, code, 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "-D", "-z", "-b", "binary", "-m", "aarch64", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := regexp.MustCompile(`(?m)^ *[0-9a-f]+:\t[0-9a-f]{8} \t([^\n/]*)`).FindAllStringSubmatch(string(out), -1)
	if len(found) != len(all) {
		t.Fatalf("%d instructions of %d", len(found), len(all))
	}
	for i, u := range all {
		got := strings.Join(strings.Fields(found[i][1]), " ")
		if want := strings.Replace(u.text(), ", #0]", "]", 1); got != want {
			t.Errorf("word %08x: %s, want %s", u.word(t), got, want)
		}
	}
}
