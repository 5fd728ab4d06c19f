package realcli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// version is the version under which a workspace's mirror offers the provider.
const version = "0.1.0"

// Workspace is a working folder for one configuration, with a CLI and a provider binary.
type Workspace struct {
	// Dir is the working folder: main.tf and the state are there.
	Dir string
	// CLI is the path of the program that Command runs.
	CLI string
	// Env is added to the environment of each command, as "NAME=value".
	Env []string

	configFile string
}

// NewWorkspace prepares the folder dir for the given CLI and provider binary. The environment of its commands names no
// other CLI configuration and switches off version checks, colours and prompts.
func NewWorkspace(dir, cli, provider string) (*Workspace, error) {
	w := &Workspace{Dir: filepath.Join(dir, "work"), CLI: cli, configFile: filepath.Join(dir, "cli.tfrc")}
	if err := os.MkdirAll(w.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("preparing a working folder: %w", err)
	}
	mirror := filepath.Join(dir, "mirror")
	// Terraform and OpenTofu each look a provider up under their own registry's name.
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, host, "vmfork", "vmfork", version, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("preparing the provider mirror: %w", err)
		}
		link := filepath.Join(folder, "terraform-provider-vmfork_v"+version)
		if err := os.Symlink(provider, link); err != nil {
			return nil, fmt.Errorf("preparing the provider mirror: %w", err)
		}
	}
	config := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(w.configFile, []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("writing the CLI configuration: %w", err)
	}

	return w, nil
}

// Write puts a file into the working folder, in place of one by that name.
func (w *Workspace) Write(name, content string) error {
	if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(content), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}

	return nil
}

// environment is the caller's, without the variables that configure the CLI or the provider.
func (w *Workspace) environment() []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "VSPHERE_") || strings.HasPrefix(name, "ZSTACK_") {
			continue
		}
		env = append(env, pair)
	}
	env = append(env, "TF_CLI_CONFIG_FILE="+w.configFile, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1")

	return append(env, w.Env...)
}
