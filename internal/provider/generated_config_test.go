package provider_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// secrets are what a clone has in its settings that no configuration names, and by write-only arguments.
var secrets = []string{"hush-hush", "not-for-you"}

// TestAccGeneratedConfig takes over two machines with the configuration that the CLI generates: a clone with hardware and secrets, and a
// machine of which no event tells a source. Both plan empty, and no secret is in the configuration, in a state or in a plan.
func TestAccGeneratedConfig(t *testing.T) {
	t.Parallel()
	sim := acctest.VSphere(t, vcenter.Options{VMs: 1})
	golden, _ := sim.VM("DC0_C0_RP0_VM0")
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(sim)+fmt.Sprintf(`
resource "vmfork_vsphere_clone" "made" {
  name                    = "made"
  source_vm_id            = %q
  cpu                     = { count = 4, hot_add = true }
  memory                  = { size_mib = 2048 }
  annotation              = "made here"
  extra_config            = { "guestinfo.name" = "made" }
  extra_config_wo         = { "guestinfo.userdata" = %q, "ignition.config.data" = %q }
  extra_config_wo_version = 1
}
`, golden.ID, secrets[0], secrets[1]))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	noSecrets(t, workspace)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-refresh-only")
	noSecrets(t, workspace)
	made, _ := acctest.InState(t, workspace, "vmfork_vsphere_clone")
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_vsphere_clone.made")

	if err := workspace.Write("main.tf", acctest.RequiredProviders+acctest.ProviderConfig(sim)+fmt.Sprintf(`
import {
  to = vmfork_vsphere_clone.made
  id = %q
}
import {
  to = vmfork_vsphere_clone.found
  id = %q
}
data "vmfork_vsphere_virtual_machine" "made" {
  id                = %[1]q
  extra_config_keys = ["guestinfo.name"]
}
`, made, golden.ID)); err != nil {
		t.Fatal(err)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-no-color", "-generate-config-out=generated.tf")
	noSecrets(t, workspace)
	said := acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-no-color").Output
	if !strings.Contains(said, "2 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the import changes something:\n%s", said)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-no-color", "-detailed-exitcode")
	noSecrets(t, workspace)
	found, _ := sim.VM("made")
	if found.ExtraConfig["guestinfo.userdata"] != secrets[0] || found.Annotation != "made here" {
		t.Errorf("the machine has %q, %q", found.ExtraConfig["guestinfo.userdata"], found.Annotation)
	}
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_vsphere_clone.made", "vmfork_vsphere_clone.found")
}

// noSecrets looks for the secrets in every file that the CLI has written.
func noSecrets(t *testing.T, workspace *realcli.Workspace) {
	t.Helper()
	for _, pattern := range []string{"*.tfstate*", "generated.tf"} {
		files, err := filepath.Glob(filepath.Join(workspace.Dir, pattern))
		for _, name := range files {
			text, readErr := os.ReadFile(name)
			err = errors.Join(err, readErr)
			for _, secret := range secrets {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s has %q", filepath.Base(name), secret)
				}
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
