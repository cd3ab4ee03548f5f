package main

import (
	"debug/elf"
	"encoding/binary"
	"io"
	"os"
	"runtime"

	"github.com/klauspost/cpuid/v2"
)

// programFile is the file that the kernel of Linux runs this process from. Under QEMU that is QEMU itself: it has an answer
// of its own for /proc/self/exe, but not for this name of the same.
var programFile = "/proc/thread-self/exe"

// emulated reports whether this program certainly runs under an emulator. It is not told of every one.
func emulated() bool {
	if tinyCode() {
		return true
	}
	f, err := os.Open(programFile)
	if err != nil {
		return false
	}
	defer f.Close()
	header := make([]byte, 20)
	if _, err := io.ReadFull(f, header); err != nil {
		return false
	}
	return foreign(header, runtime.GOARCH)
}

// tinyCode reports whether the CPU, of amd64, is QEMU's code generator: no hardware runs the program's own code.
func tinyCode() bool { return cpuid.CPU.HypervisorVendorString == "TCGTCGTCGTCG" }

// machines has what a program for one of Go's architectures says of itself.
var machines = map[string]elf.Machine{
	"386": elf.EM_386, "amd64": elf.EM_X86_64, "arm": elf.EM_ARM, "arm64": elf.EM_AARCH64, "loong64": elf.EM_LOONGARCH,
	"mips": elf.EM_MIPS, "mips64": elf.EM_MIPS, "mips64le": elf.EM_MIPS, "mipsle": elf.EM_MIPS, "ppc64": elf.EM_PPC64,
	"ppc64le": elf.EM_PPC64, "riscv64": elf.EM_RISCV, "s390x": elf.EM_S390,
}

// foreign reports whether the first 20 bytes of a file are those of a program for another architecture.
func foreign(header []byte, arch string) bool {
	want, ok := machines[arch]
	if !ok || string(header[:4]) != elf.ELFMAG {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(header[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	return elf.Machine(order.Uint16(header[18:])) != want
}
