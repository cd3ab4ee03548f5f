// Digests compares what "repro verify --json" printed in several builds of the command. Every result
// must match its golden trace, and an experiment's digest must be the same in all builds. Builds that run without the
// data that are not embedded are named: theirs alone may have the verdict "no data".
//
//	go run .ci/digests.go -threads 1,2,3 -no-data arm64 native.json arm64.json ...
//
// It prints a table, then what is wrong. Exit codes: 0 all the same, 1 not, 2 usage.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// A verdict is what one experiment and kernel came to, with the thread counts that came to the same.
type verdict struct {
	Experiment string
	Kernel     string
	Match      bool
	Digest     string
	Verdict    string
	threads    string
}

// noData is the verdict on a run whose data were not there.
const noData = "no data"

// A build is one binary's verdicts, in the order it gave them; its name is the file's.
type build struct {
	name     string
	verdicts []verdict
	err      error
}

func main() {
	threads := flag.String("threads", "1", "thread counts that every experiment and kernel must have run with")
	without := flag.String("no-data", "", "builds, by name, that may have experiments without data")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: digests [-threads 1,2,3] [-no-data BUILD,BUILD] FILE.json ...")
		os.Exit(2)
	}
	var builds []build
	for _, file := range flag.Args() {
		builds = append(builds, read(file))
	}
	printTable(builds)
	faults := slices.Concat(unread(builds), differences(builds, *threads, strings.Split(*without, ",")), gaps(builds))
	for _, fault := range faults {
		fmt.Println("FAIL:", fault)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
	for _, experiment := range unseen(builds) {
		fmt.Printf("NOT COMPARED, no build had its data: %s\n", experiment)
	}
	fmt.Printf("the same digests in all %d builds\n", len(builds))
}

// read takes one build's verdicts from a file; whatever keeps it from doing so is the build's err.
func read(file string) build {
	b := build{name: strings.TrimSuffix(filepath.Base(file), ".json")}
	text, err := os.ReadFile(file)
	if err != nil {
		b.err = err
		return b
	}
	var doc struct {
		Results []struct {
			verdict
			Threads int
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		b.err = err
		return b
	}
	if len(doc.Results) == 0 {
		b.err = errors.New("no results")
	}
	for _, r := range doc.Results {
		b.add(r.verdict, r.Threads)
	}
	return b
}

// add puts a result with the others that differ from it in nothing but the threads.
func (b *build) add(v verdict, threads int) {
	for i, old := range b.verdicts {
		v.threads = old.threads
		if v == old {
			b.verdicts[i].threads += fmt.Sprintf(",%d", threads)
			return
		}
	}
	v.threads = fmt.Sprint(threads)
	b.verdicts = append(b.verdicts, v)
}

func printTable(builds []build) {
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "build\texperiment\tkernel\tthreads\tverdict\tdigest")
	for _, b := range builds {
		for _, v := range b.verdicts {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", b.name, v.Experiment, v.Kernel, v.threads, v.Verdict, short(v.Digest))
		}
	}
	w.Flush()
}

// short is enough of a digest to tell it from another by eye.
func short(digest string) string {
	return fmt.Sprintf("%.16s", strings.TrimPrefix(digest, "sha256:"))
}

// unread lists the builds that gave no verdicts.
func unread(builds []build) (faults []string) {
	for _, b := range builds {
		if b.err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", b.name, b.err))
		}
	}
	return faults
}

// differences lists the verdicts that differ from their golden trace, from the experiment's first digest,
// or between thread counts. Builds in without may have no data.
func differences(builds []build, threads string, without []string) (faults []string) {
	first := map[string]string{}
	for _, b := range builds {
		for _, v := range b.verdicts {
			where := fmt.Sprintf("%s: %s, kernel %s, threads %s: ", b.name, v.Experiment, v.Kernel, v.threads)
			if v.threads != threads {
				faults = append(faults, fmt.Sprintf("%sthe same should have come from threads %s", where, threads))
			}
			if v.Verdict == noData && !v.Match && v.Digest == "" {
				if !slices.Contains(without, b.name) {
					faults = append(faults, where+"no data, though this build should have them")
				}
				continue
			}
			if _, seen := first[v.Experiment]; !seen {
				first[v.Experiment] = v.Digest
			}
			if !v.Match || v.Verdict != "same" {
				faults = append(faults, where+"not its golden trace")
			}
			if want := first[v.Experiment]; v.Digest == "" || v.Digest != want {
				faults = append(faults, fmt.Sprintf("%sdigest %q, not the first one's, %q", where, short(v.Digest), short(want)))
			}
		}
	}
	return faults
}

// gaps lists the experiments that a build left out though another ran them: what was not compared must
// not read as equal.
func gaps(builds []build) (faults []string) {
	for _, experiment := range experiments(builds) {
		for _, b := range builds {
			ran := func(v verdict) bool { return v.Experiment == experiment }
			if !slices.ContainsFunc(b.verdicts, ran) {
				faults = append(faults, fmt.Sprintf("%s: did not run %s", b.name, experiment))
			}
		}
	}
	return faults
}

// unseen lists the experiments that no build had the data of.
func unseen(builds []build) (names []string) {
	for _, experiment := range experiments(builds) {
		compared := func(v verdict) bool { return v.Experiment == experiment && v.Digest != "" }
		if !slices.ContainsFunc(builds, func(b build) bool { return slices.ContainsFunc(b.verdicts, compared) }) {
			names = append(names, experiment)
		}
	}
	return names
}

func experiments(builds []build) (names []string) {
	for _, b := range builds {
		for _, v := range b.verdicts {
			if !slices.Contains(names, v.Experiment) {
				names = append(names, v.Experiment)
			}
		}
	}
	return names
}
