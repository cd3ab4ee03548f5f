package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/samebits/samebits/harness"
)

// aboutData tells where data files are looked for.
const aboutData = `Data files are looked for in the folder that --data names, then in that of the environment variable SAMEBITS_DATA, then
beside the experiment's file.`

func dataFlag(f *pflag.FlagSet, folder *string) {
	f.StringVar(folder, "data", "", "look for data files in `folder` first")
}

// checkDataFlag refuses what is no folder.
func checkDataFlag(cmd *cobra.Command, folder string) error {
	if !cmd.Flags().Changed("data") {
		return nil
	}
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s: not a folder", folder)
	}
	if folder == "" {
		err = errors.New("want a folder")
	}
	if err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	return nil
}

// runError marks the error of a run, but for data that are missing or bad, and a checkpoint of another run: those are files
// of the user's.
func runError(err error) error {
	var data *harness.DataError
	var checkpoint *harness.CheckpointError
	if errors.As(err, &data) || errors.As(err, &checkpoint) {
		return err
	}
	return failed(err)
}
