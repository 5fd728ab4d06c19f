// Package acctest supports acceptance tests: a provider that runs inside the test, a simulated vCenter or ZStack, a
// real CLI, and checks of what the simulator's inventory holds afterwards.
//
// A package with acceptance tests has a TestMain that calls [Main]. A test starts its platform with [VSphere] or [ZStack],
// then gives [Factories] to the test case. Tests of what only real processes show (signals, logs, the end of a process) run the CLI
// with [NewWorkspace].
package acctest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Main runs a package's tests with acceptance tests on, and exits. It keeps the tests apart from their surroundings: the
// environment's own Terraform, vSphere and ZStack settings do not reach them, temporary files go to a folder that is removed,
// and the CLI asks no registry. The CLI is the one that [realcli.Find] finds.
func Main(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "vmfork-acctest-")
	if err != nil {
		return 1, fmt.Errorf("preparing acceptance tests: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if os.Geteuid() == 0 {
		// PostgreSQL refuses to run as root: the user that it runs as instead must reach its own folder in here, and list nothing.
		if err := os.Chmod(folder, 0o711); err != nil {
			return 1, fmt.Errorf("preparing acceptance tests: %w", err)
		}
	}

	ctx := context.Background() //nolint:forbidigo // the test program's root: there is no context above
	cli, err := realcli.Find(ctx, folder)
	if err != nil {
		return 1, err
	}
	openTofu, err := realcli.IsOpenTofu(ctx, cli)
	if err != nil {
		return 1, fmt.Errorf("preparing acceptance tests: %w", err)
	}
	if openTofu {
		commandName = "tofu"
	}
	if err := isolate(folder, cli, openTofu); err != nil {
		return 1, fmt.Errorf("preparing acceptance tests: %w", err)
	}

	return m.Run(), nil
}

// commandName is set once, before the tests.
var commandName = "terraform"

// CommandName returns the name of the tests' CLI, as a provider that it started writes it in messages.
func CommandName() string { return commandName }

// isolate sets the environment that the tests and their CLI see.
func isolate(folder, cli string, openTofu bool) error {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		foreign := strings.HasPrefix(name, "VSPHERE_") || strings.HasPrefix(name, "ZSTACK_") ||
			strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "TF_ACC") && !strings.HasPrefix(name, "TF_LOG")
		if foreign {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}

	mirror := filepath.Join(folder, "no-providers")
	if err := os.Mkdir(mirror, 0o700); err != nil {
		return err
	}
	config := filepath.Join(folder, "cli.tfrc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}

	settings := map[string]string{
		"TF_ACC":                "1",
		"TF_ACC_TERRAFORM_PATH": cli,
		"TF_ACC_TEMP_DIR":       folder,
		"TF_CLI_CONFIG_FILE":    config,
		"CHECKPOINT_DISABLE":    "1",
		"TMPDIR":                folder,
		"VMFORK_NAME_WAIT":      "0s", // no test waits in vain; one that has something to wait for sets it
	}
	if openTofu {
		settings["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org" // where OpenTofu looks for a provider without a source
	}
	for name, value := range settings {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}

	return nil
}
