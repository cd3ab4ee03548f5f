//go:build !purego

package kernel

import (
	"fmt"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// The bundles of instructions that each row is gated on. The CPU must have all of one, and the system must have switched
// them on; the routines use nothing else.
var (
	featuresAVX512 = []cpuid.FeatureID{cpuid.AVX512F, cpuid.AVX512CD, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL,
		cpuid.AVX2, cpuid.AVX, cpuid.FMA3, cpuid.POPCNT}
	featuresAVX2 = []cpuid.FeatureID{cpuid.AVX, cpuid.AVX2, cpuid.FMA3, cpuid.POPCNT}

	needAVX512 = cpuid.CombineFeatures(featuresAVX512...)
	needAVX2   = cpuid.CombineFeatures(featuresAVX2...)
)

// amd64LanesPick64 is lanesRoutines.pick for 32 lanes.
//
//go:noescape
func amd64LanesPick64(to *float64, samples *lanesData[float64], order *[]int, from, n, in int) bool

// amd64LanesPick32 is lanesRoutines.pick for 64 lanes.
//
//go:noescape
func amd64LanesPick32(to *float32, samples *lanesData[float32], order *[]int, from, n, in int) bool

// fastRows returns the rows that this CPU can run, the fastest first.
func fastRows() []row {
	var rows []row
	if cpuid.CPU.HasAll(needAVX512) {
		rows = append(rows, avx512Row())
	}
	if cpuid.CPU.HasAll(needAVX2) {
		rows = append(rows, avx2Row())
	}
	return rows
}

// lacking says what this CPU lacks for a row of this architecture.
func lacking(name string) string {
	return lackingOf(map[string][]cpuid.FeatureID{"avx512": featuresAVX512, "avx2": featuresAVX2}[name], cpuid.CPU.Has)
}

// lackingOf names the features that are not there.
func lackingOf(features []cpuid.FeatureID, has func(cpuid.FeatureID) bool) string {
	var absent []string
	for _, f := range features {
		if !has(f) {
			absent = append(absent, f.String())
		}
	}
	return fmt.Sprintf("this CPU, or its operating system, lacks %s", strings.Join(absent, " "))
}
