package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/samebits/samebits/harness"
)

// junitSuite is the part of JUnit's format that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr,omitempty"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Seconds string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
}

func writeJUnit(path string, r *report) error {
	suite := junitSuite{Name: "repro verify", Tests: len(r.Cells) + len(r.Obsolete)}
	for _, c := range r.Cells {
		jc := junitCase{
			Class:   c.Experiment,
			Name:    fmt.Sprintf("kernel=%s/threads=%d", c.Kernel, c.Threads),
			Seconds: fmt.Sprintf("%.6f", c.elapsed.Seconds()),
		}
		switch {
		case c.Verdict == noData, c.Verdict == noKernel:
			suite.Skipped++
			jc.Skipped = &junitMessage{c.Text}
		case !c.Match:
			suite.Failures++
			jc.Failure = &junitMessage{c.Text}
		}
		suite.Cases = append(suite.Cases, jc)
	}
	for _, file := range r.Obsolete { // or a failed verify would have a report without failures
		suite.Failures++
		suite.Cases = append(suite.Cases, junitCase{
			Class: "obsolete golden traces", Name: file, Seconds: "0.000000", Failure: &junitMessage{aboutObsolete(file)},
		})
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return harness.WriteFile(path, append([]byte(xml.Header), append(text, '\n')...))
}

// checkReport refuses, before anything is computed, a path where no report can be written.
func checkReport(path string) error {
	if path == "" {
		return errors.New("want a file")
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if !folder.IsDir() {
		return fmt.Errorf("%s: not a folder", filepath.Dir(path))
	}
	file, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !file.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a regular file", path)
	}
	return err
}
