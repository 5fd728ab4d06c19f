package realcli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

// Find returns the path of the CLI to run: TF_ACC_TERRAFORM_PATH if set, else terraform from PATH, else tofu, else the
// latest Terraform, downloaded into downloadFolder.
func Find(ctx context.Context, downloadFolder string) (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	latest := &releases.LatestVersion{Product: product.Terraform, InstallDir: downloadFolder}
	path, err := latest.Install(ctx)
	if err != nil {
		return "", fmt.Errorf("neither terraform nor tofu is on PATH, and Terraform could not be downloaded: %w", err)
	}

	return path, nil
}

// IsOpenTofu asks the CLI which one it is: its file may have any name.
func IsOpenTofu(ctx context.Context, cli string) (bool, error) {
	version, err := Version(ctx, cli)

	return strings.HasPrefix(version, openTofu), err
}

// Version asks the CLI for its name and version: "Terraform v1.11.4" or "OpenTofu v1.8.0".
func Version(ctx context.Context, cli string) (string, error) {
	said, err := exec.CommandContext(ctx, cli, "version").Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", cli, err)
	}
	version := versionIn(string(said))
	if version == "" {
		return "", fmt.Errorf("%s does not tell its version: is it a Terraform or an OpenTofu?", cli)
	}

	return version, nil
}

// What the line of each CLI begins with that tells its version.
const (
	terraform = "Terraform v"
	openTofu  = "OpenTofu v"
)

// versionIn finds the line that tells the version. A warning may come before it, as about a configuration file that is not there.
func versionIn(said string) string {
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, terraform) || strings.HasPrefix(line, openTofu) {
			return line
		}
	}

	return ""
}
