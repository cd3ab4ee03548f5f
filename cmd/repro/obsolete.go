package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samebits/samebits/golden"
	"github.com/samebits/samebits/harness"
)

// target is what one golden trace is of.
type target struct {
	experiment string // a built-in name, or the path of a TOML file
	sweep      bool
}

// selection is what the arguments of verify name.
type selection struct {
	targets  []target
	obsolete []string // golden traces, in a set that was given whole, whose experiment is not there
}

// choose reads the arguments: experiments, sweeps and folders. No argument means everything that is built in.
func choose(args []string) (s selection, err error) {
	if len(args) == 0 {
		err := s.addSet(golden.Files, func(name string) string { return strings.TrimSuffix(name, ".toml") }, func(name string) string { return path.Join("golden", name) })
		return s, err
	}
	var errs []error
	for _, arg := range args {
		if isFolder(arg) {
			errs = append(errs, s.addFolder(arg))
		} else {
			s.targets = append(s.targets, targetOf(arg))
		}
	}
	return s, errors.Join(errs...)
}

// isFolder reports whether an argument is a folder, and could not be anything else.
func isFolder(arg string) bool {
	if strings.HasSuffix(arg, ".toml") || strings.HasSuffix(arg, ".sweep") || slices.Contains(harness.Builtin(), arg) {
		return false
	}
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}

func targetOf(arg string) target {
	name, isSweep := strings.CutSuffix(arg, ".sweep")
	if isSweep && !slices.Contains(harness.Builtin(), name) {
		name += ".toml"
	}
	return target{name, isSweep}
}

func (s *selection) addFolder(folder string) error {
	before := len(s.targets)
	place := func(name string) string { return filepath.Join(folder, name) }
	if err := s.addSet(os.DirFS(folder), place, place); err != nil {
		return err
	}
	if len(s.targets) == before {
		return fmt.Errorf("%s: no experiment in this folder; want a file that ends in .toml", folder)
	}
	return nil
}

// addSet adds all experiments of a folder, then all sweeps, in alphabetical order, and what is obsolete. The functions
// return what an experiment is opened by, and where people find a file. What begins with a dot does not count, as in a
// shell.
func (s *selection) addSet(files fs.FS, experiment, place func(name string) string) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	var sweeps []target
	for _, name := range names {
		ending := path.Ext(name)
		toml := strings.TrimSuffix(name, ending) + ".toml"
		switch {
		case ending == ".toml":
			s.targets = append(s.targets, target{experiment: experiment(name)})
		case ending != ".trace" && ending != ".sweep":
		case !slices.Contains(names, toml):
			s.obsolete = append(s.obsolete, place(name))
		case ending == ".sweep":
			sweeps = append(sweeps, target{experiment(toml), true})
		}
	}
	s.targets = append(s.targets, sweeps...)
	return nil
}

// aboutObsolete says of an obsolete golden trace what it is and what to do.
func aboutObsolete(file string) string {
	toml := strings.TrimSuffix(file, filepath.Ext(file)) + ".toml"
	return fmt.Sprintf("obsolete golden trace %s: there is no %s; remove the one or bring the other back", printable(file), printable(toml))
}
