package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/samebits/samebits/harness"
	"github.com/samebits/samebits/kernel"
)

// shells are those that there is completion for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion() *cobra.Command {
	var plain bool
	cmd := &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Write the script that completes command lines in a shell",
		Long: `Completion writes a script to stdout. A shell that has read it completes commands, flags, the names and files of
experiments, kernels, and after -S the keys of the experiment that stands on the line.

In bash it needs the package bash-completion, in zsh the line "autoload -U compinit; compinit" in ~/.zshrc. PowerShell
reads it from the file that $PROFILE names.`,
		Example: `  source <(repro completion bash)
  repro completion bash > ~/.local/share/bash-completion/completions/repro
  repro completion zsh > "${fpath[1]}/_repro"
  repro completion fish > ~/.config/fish/completions/repro.fish
  repro completion powershell | Out-String | Invoke-Expression`,
		Args: oneShell,
		RunE: func(cmd *cobra.Command, args []string) error {
			root, out := cmd.Root(), cmd.OutOrStdout()
			var err error
			switch args[0] {
			case "bash":
				err = root.GenBashCompletionV2(out, !plain)
			case "zsh":
				if plain {
					err = root.GenZshCompletionNoDesc(out)
				} else {
					err = root.GenZshCompletion(out)
				}
			case "fish":
				err = root.GenFishCompletion(out, !plain)
			case "powershell":
				if plain {
					err = root.GenPowerShellCompletion(out)
				} else {
					err = root.GenPowerShellCompletionWithDesc(out)
				}
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&plain, "no-descriptions", false, "complete without descriptions")
	return cmd
}

func oneShell(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("completion: got %d shells, want one of %s", len(args), strings.Join(shells, ", "))
	}
	if !slices.Contains(shells, args[0]) {
		return fmt.Errorf("completion: unknown shell %q; %s", args[0], harness.Suggest(args[0], shells))
	}
	return nil
}

// fileEndings are the endings of the files that flags name. Other flags for files take any.
var fileEndings = map[string][]string{"out": {"jsonl"}, "junit": {"xml"}, "histogram": {"png", "svg"}}

// addCompletions gives a command and those below it the completion of their arguments and flags, as their usage says what
// these are.
func addCompletions(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = argumentsOf(cmd)
	}
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if _, has := cmd.GetFlagCompletionFunc(f.Name); !has {
			if err := cmd.RegisterFlagCompletionFunc(f.Name, valuesOf(f)); err != nil {
				panic(err) // the flag is there
			}
		}
	})
	for _, c := range cmd.Commands() {
		addCompletions(c)
	}
}

// argumentsOf returns the completion of the arguments.
func argumentsOf(cmd *cobra.Command) cobra.CompletionFunc {
	_, usage, _ := strings.Cut(cmd.Use, " ")
	switch {
	case cmd.Name() == "completion":
		return only(1, func(string) ([]string, cobra.ShellCompDirective) { return shells, cobra.ShellCompDirectiveNoFileComp })
	case strings.HasPrefix(usage, "[EXPERIMENT"): // verify takes sweeps, too
		return only(1<<16, func(word string) ([]string, cobra.ShellCompDirective) { return experiments(word, true) })
	case strings.HasPrefix(usage, "EXPERIMENT"):
		return only(1, func(word string) ([]string, cobra.ShellCompDirective) { return experiments(word, false) })
	case strings.HasPrefix(usage, "FILE"):
		return only(1<<16, func(string) ([]string, cobra.ShellCompDirective) {
			return fileEndings["out"], cobra.ShellCompDirectiveFilterFileExt
		})
	case usage == "" || strings.HasPrefix(usage, "-"): // flags alone
		return cobra.NoFileCompletions
	}
	return nil // any files
}

// only completes the first n arguments, and keeps of the words that are offered those that go on as the user began.
func only(n int, complete func(word string) ([]string, cobra.ShellCompDirective)) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		words, directive := complete(word)
		if directive&cobra.ShellCompDirectiveFilterFileExt != 0 {
			return words, directive
		}
		return goingOn(words, word), directive
	}
}

// goingOn returns the words that begin so. They are copied.
func goingOn(words []string, begin string) (some []string) {
	for _, w := range words {
		if strings.HasPrefix(w, begin) {
			some = append(some, w)
		}
	}
	return some
}

// valuesOf returns the completion of a flag's value.
func valuesOf(f *pflag.Flag) cobra.CompletionFunc {
	kind, _ := pflag.UnquoteUsage(f)
	switch {
	case f.Name == "kernel", f.Name == "reference":
		return kernelValues(f)
	case f.Name == "against": // or a file
		return cobra.FixedCompletions(append(kernel.Names(), "golden"), cobra.ShellCompDirectiveDefault)
	case f.Name == "set":
		return keyValues
	case kind == "folder":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case kind == "file" && fileEndings[f.Name] != nil:
		return cobra.FixedCompletions(fileEndings[f.Name], cobra.ShellCompDirectiveFilterFileExt)
	case kind == "file":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return cobra.NoFileCompletions
}

// kernelValues completes names of kernels. A flag whose default is all of them takes a list.
func kernelValues(f *pflag.Flag) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		names, before := kernel.Names(), ""
		if f.DefValue == "all" {
			at := strings.LastIndexByte(word, ',') + 1
			before = word[:at]
			if at == 0 {
				names = append(names, "all")
			}
		}
		given := strings.Split(before, ",")
		var words []string
		for _, n := range names {
			if !slices.Contains(given, n) {
				words = append(words, before+n)
			}
		}
		return goingOn(words, word), cobra.ShellCompDirectiveNoFileComp
	}
}

// keyValues completes the keys of the experiment that stands on the line.
func keyValues(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	if len(args) != 1 {
		return cobra.AppendActiveHelp(nil, "the keys are those of the experiment: name it before -S"), directive
	}
	source, err := harness.Open(args[0])
	if err != nil {
		return cobra.AppendActiveHelp(nil, printable(err.Error())), directive
	}
	var words []string
	for _, k := range source.Keys() {
		is := "not set"
		if k.Value != "" {
			is = "is " + k.Value
		}
		words = append(words, cobra.CompletionWithDesc(k.Path+"=", is))
	}
	return goingOn(words, word), directive
}

// experiments offers the built-in experiments, and files and folders of this one; sweeps, too, if they are wanted. Once
// there is a folder in the word no name can be meant, and the shell itself, which knows of ~ and quotation marks, looks
// for files.
func experiments(word string, sweeps bool) ([]string, cobra.ShellCompDirective) {
	endings := []string{"toml"}
	names := harness.Builtin()
	if sweeps {
		endings = append(endings, "sweep")
		names = append(names, harness.BuiltinSweeps()...)
	}
	if strings.ContainsAny(word, `/\`) || strings.HasPrefix(word, "~") {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
	words, err := describeExperiments(names)
	if err != nil {
		cobra.CompErrorln(err.Error())
		return nil, cobra.ShellCompDirectiveError
	}
	files, folders := filesHere(word, endings)
	words = append(append(words, files...), folders...)
	if len(folders) > 0 {
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// describeExperiments adds to each name what the experiment is.
func describeExperiments(names []string) (words []string, err error) {
	for _, name := range names {
		base, isSweep := strings.CutSuffix(name, ".sweep")
		source, err := harness.Open(base)
		if err != nil {
			return nil, err
		}
		e, err := source.Experiment()
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("%s %s on %s", network(e), e.DType, sourceOf(e.Data))
		if isSweep {
			text = "many seeds of it: " + text
		}
		words = append(words, cobra.CompletionWithDesc(name, text))
	}
	return words, nil
}

// filesHere lists the files of this folder with such endings, and the folders in it, that begin so. Names that a line of
// text cannot hold are left out, and hidden ones unless the user began so.
func filesHere(begin string, endings []string) (files, folders []string) {
	entries, err := os.ReadDir(".")
	if err != nil && !errors.Is(err, os.ErrPermission) {
		cobra.CompErrorln(err.Error())
	}
	for _, e := range entries {
		name := e.Name()
		hidden := strings.HasPrefix(name, ".") && !strings.HasPrefix(begin, ".")
		if hidden || !strings.HasPrefix(name, begin) || strings.ContainsFunc(name, unicode.IsControl) {
			continue
		}
		info, err := os.Stat(name) // of what a link leads to
		if err != nil {
			continue
		}
		if info.IsDir() {
			folders = append(folders, name+"/")
		} else if info.Mode().IsRegular() && slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(name, "."+ending) }) {
			files = append(files, name)
		}
	}
	return files, folders
}
