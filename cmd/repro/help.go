package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samebits/samebits/harness"
)

// newHelp returns the command help. That of cobra ends in success for a command that there is not.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show the help of a command",
		Example: "  repro help sweep merge",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			of, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return goingOn(commandsOf(of), word), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if names := commandsOf(of); len(rest) > 0 && len(names) > 0 {
				return fmt.Errorf("help: unknown command %q; %s", strings.Join(args, " "), harness.Suggest(rest[0], names))
			} else if len(rest) > 0 {
				return fmt.Errorf("help: %s has no command %q", of.CommandPath(), rest[0])
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// commandsOf returns the names of the commands below cmd.
func commandsOf(cmd *cobra.Command) (names []string) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}
