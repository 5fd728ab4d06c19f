package realcli

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/vmfork/terraform-provider-vmfork"

// Build compiles a main package of this checkout, named by its path below the module ("" for the provider,
// "internal/cmd/simulator"), to the file output. Flags go to go build.
func Build(ctx context.Context, pkg, output string, flags ...string) error {
	root, err := root(ctx)
	if err != nil {
		return err
	}
	args := append(append([]string{"build"}, flags...), "-o", output, module+"/"+pkg)
	args[len(args)-1] = strings.TrimSuffix(args[len(args)-1], "/")
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", args[len(args)-1], err, bytes.TrimSpace(out))
	}

	return nil
}

// root returns the folder of this module's go.mod, wherever in the checkout the program was started.
func root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("this program builds the provider from its source: run it inside the checkout (%w)", err)
	}

	return filepath.Clean(strings.TrimSpace(string(out))), nil
}
