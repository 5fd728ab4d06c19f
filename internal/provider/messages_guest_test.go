package provider_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccMessages_guest holds what a user of a real CLI reads about a machine that is switched off or deleted while an address of its guest
// is waited for to golden files.
func TestAccMessages_guest(t *testing.T) {
	t.Parallel()

	off := "poweredOff"
	for name, happens := range map[string]func(server *vcenter.Server, id string) error{
		"switched_off": func(server *vcenter.Server, id string) error {
			return server.ChangeVM(id, vcenter.Change{PowerState: &off})
		},
		"deleted": (*vcenter.Server).DestroyVM,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.VSphere(t)
			server.SuppressGuestAddresses(true)
			log := filepath.Join(t.TempDir(), "info.log")
			workspace := acctest.NewWorkspace(t, providerBlock(server, map[string]any{})+fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  name              = "web"
  source_vm_id      = %q
  power_on          = true
  wait_for_guest_ip = "1h"
}
`, server.ID("/DC0/vm/DC0_C0_RP0_VM1")), "TF_LOG=INFO", "TF_LOG_PATH="+log)
			apply, err := workspace.Start(t.Context(), nil, "apply", "-auto-approve", "-json")
			if err != nil {
				t.Fatal(err)
			}
			acctest.Until(t, "the address is waited for", func() bool { return logged(log, "Waiting for an address of the guest") })
			if err := happens(server, acctest.VM(t, server, "web").ID); err != nil {
				t.Fatal(err)
			}
			result := acctest.WaitCLI(t, apply)
			if result.ExitCode != 1 {
				t.Errorf("exit code %d", result.ExitCode)
			}
			golden(t, "guest_"+name, terraformWords(newIDs.ReplaceAllString(diagnostics(t, result.Output), "$1-N")))
		})
	}
}
