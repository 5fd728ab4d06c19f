package acctest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
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

// buildOnce builds the provider's binary into the folder that [Main] removes.
var buildOnce = sync.OnceValues(func() (string, error) {
	folder := os.Getenv("TF_ACC_TEMP_DIR")
	if folder == "" {
		return "", fmt.Errorf("the package has no TestMain that calls acctest.Main")
	}
	binary := filepath.Join(folder, "terraform-provider-vmfork")

	return binary, tfcli.Build(context.Background(), "", binary)
})

// BuildProvider returns the path of the provider's binary, built from this checkout once a test run.
func BuildProvider(t testing.TB) string {
	t.Helper()

	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}

	return binary
}

// NewWorkspace prepares a working folder with the configuration, in which a real CLI runs with the provider as a process
// of its own, and initialises it. The configuration needs no terraform block. Env is added to the environment of each
// command, as "NAME=value". Commands lead a process group; see [tfcli.Workspace.Start] for signals.
func NewWorkspace(t testing.TB, config string, env ...string) *tfcli.Workspace {
	t.Helper()

	workspace, err := tfcli.NewWorkspace(t.TempDir(), os.Getenv("TF_ACC_TERRAFORM_PATH"), BuildProvider(t))
	if err != nil {
		t.Fatal(err)
	}
	workspace.Env = append(workspace.Env, env...)
	if err := workspace.Write("main.tf", RequiredProviders+config); err != nil {
		t.Fatal(err)
	}
	if result := RunCLI(t, workspace, "init", "-no-color"); result.ExitCode != 0 {
		t.Fatalf("init ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}

	return workspace
}

// RunCLI runs one command of the CLI to its end, such as "apply", "-auto-approve". Any exit code will do.
func RunCLI(t testing.TB, workspace *tfcli.Workspace, args ...string) tfcli.Result {
	t.Helper()

	result, err := workspace.Run(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}

	return result
}
