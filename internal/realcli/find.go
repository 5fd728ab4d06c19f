package realcli

import (
	"context"
	"fmt"
	"os"
	"os/exec"

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
