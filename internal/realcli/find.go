package realcli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
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

// IsOpenTofu asks the CLI which one it is: its file may have any name. A warning may come before the version, as about a configuration file
// that is not there.
func IsOpenTofu(ctx context.Context, cli string) (bool, error) {
	said, err := exec.CommandContext(ctx, cli, "version").Output()
	if err != nil {
		return false, fmt.Errorf("asking %s for its version: %w", cli, err)
	}

	return isOpenTofu(string(said)), nil
}

func isOpenTofu(version string) bool {
	return slices.ContainsFunc(strings.Split(version, "\n"), func(line string) bool { return strings.HasPrefix(line, "OpenTofu v") })
}
