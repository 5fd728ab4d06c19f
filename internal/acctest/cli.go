package acctest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// RequiredProviders is the block that a configuration for a real CLI begins with.
const RequiredProviders = `
terraform {
  required_providers {
    vmfork = {
      source = "vmfork/vmfork"
    }
  }
}
`

// build is the provider's binary, built once a test run into the folder that [Main] removes.
var build struct {
	once   sync.Once
	binary string
	err    error
}

// BuildProvider returns the path of the provider's binary, built from this checkout once a test run.
func BuildProvider(tb testing.TB) string {
	tb.Helper()

	build.once.Do(func() {
		folder := os.Getenv("TF_ACC_TEMP_DIR")
		if folder == "" {
			build.err = errors.New("the package has no TestMain that calls acctest.Main")

			return
		}
		build.binary = filepath.Join(folder, "terraform-provider-vmfork")
		// Other tests wait for the same binary: the end of this one must not stop the build.
		build.err = realcli.Build(context.WithoutCancel(tb.Context()), "", build.binary)
	})
	if build.err != nil {
		tb.Fatal(build.err)
	}

	return build.binary
}

// NewWorkspace prepares a working folder with the configuration, in which a real CLI runs with the provider as a process
// of its own, and initialises it. The configuration needs no terraform block. Env is added to the environment of each
// command, as "NAME=value". Commands lead a process group; see [realcli.Workspace.Start] for signals.
func NewWorkspace(tb testing.TB, config string, env ...string) *realcli.Workspace {
	tb.Helper()

	workspace, err := realcli.NewWorkspace(tb.TempDir(), os.Getenv("TF_ACC_TERRAFORM_PATH"), BuildProvider(tb))
	if err != nil {
		tb.Fatal(err)
	}
	workspace.Env = append(workspace.Env, env...)
	if err := workspace.Write("main.tf", RequiredProviders+config); err != nil {
		tb.Fatal(err)
	}
	if result := RunCLI(tb, workspace, "init", "-no-color"); result.ExitCode != 0 {
		tb.Fatalf("init ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}

	return workspace
}

// RunCLI runs one command of the CLI to its end, such as "apply", "-auto-approve". Any exit code will do.
func RunCLI(tb testing.TB, workspace *realcli.Workspace, args ...string) realcli.Result {
	tb.Helper()

	result, err := workspace.Run(tb.Context(), args...)
	if err != nil {
		tb.Fatal(err)
	}

	return result
}
