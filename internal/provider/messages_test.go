package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// newIDs are ids that depend on what was made before.
var newIDs = regexp.MustCompile(`\b(vm|task)-\d+\b`)

// TestAccMessages holds what a user of a real CLI reads, where a configuration and vCenter do not fit together, to golden files.
func TestAccMessages(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		command string
		config  func(t *testing.T, server *vcenter.Server) string
	}{
		"nic_setting_mismatch": {"apply", func(_ *testing.T, server *vcenter.Server) string {
			return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  name                      = "web"
  source_vm_id              = %q
  guest_customization_spec  = { name = "linux" }
  network_interfaces_to_add = { lan = { network_id = %q } }
}
`, server.ID("/DC0/vm/DC0_C0_RP0_VM1"), server.ID("/DC0/network/VM Network"))
		}},
		"no_guest_address": {"apply", func(_ *testing.T, server *vcenter.Server) string {
			server.SuppressGuestAddresses(true)

			return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  name              = "web"
  source_vm_id      = %q
  power_on          = true
  wait_for_guest_ip = "1s"
}
`, server.ID("/DC0/vm/DC0_C0_RP0_VM1"))
		}},
		"independent_disk": {"apply", func(t *testing.T, server *vcenter.Server) string {
			t.Helper()
			vm, kind := acctest.VM(t, server, "DC0_C0_RP0_VM0"), "independent-disk"
			if err := server.ChangeVM(vm.ID, vcenter.Change{AttachDevice: &kind}); err != nil {
				t.Fatal(err)
			}

			return fmt.Sprintf(`
resource "vmfork_vsphere_snapshot" "before" {
  name   = "before"
  vm_id  = %q
  memory = true
}
`, vm.ID)
		}},
		"host_folder": {"plan", func(_ *testing.T, server *vcenter.Server) string {
			return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  name         = "web"
  source_vm_id = %q
  placement    = { folder_id = %q }
}
`, server.ID("/DC0/vm/DC0_C0_RP0_VM1"), server.ID("/DC0/host"))
		}},
		"snapshot_of_a_template": {"plan", func(_ *testing.T, server *vcenter.Server) string {
			return fmt.Sprintf(`
resource "vmfork_vsphere_snapshot" "before" {
  name  = "before"
  vm_id = %q
}
`, server.ID("/DC0/vm/golden-template"))
		}},
		"one_of_several": {"plan", func(*testing.T, *vcenter.Server) string {
			return `
data "vmfork_vsphere_object" "place" {
  type = "Resource-Pool"
  path = "Resources"
}
`
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.VSphere(t)
			workspace := acctest.NewWorkspace(t, providerBlock(server, map[string]any{})+test.config(t, server))
			args := []string{test.command, "-json"}
			if test.command == "apply" {
				args = append(args, "-auto-approve")
			}
			result := acctest.RunCLI(t, workspace, args...)
			if result.ExitCode != 1 {
				t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
			}
			got := newIDs.ReplaceAllString(diagnostics(t, result.Output), "$1-N")
			golden(t, "message_"+name, strings.NewReplacer(server.Endpoint(), "ENDPOINT", "tofu untaint", "terraform untaint").Replace(got))
		})
	}
}

// TestAccMessages_emptyKeys holds the errors of each map with an empty or a blank key to a golden file.
func TestAccMessages_emptyKeys(t *testing.T) {
	t.Parallel()

	config := `
resource "vmfork_vsphere_clone" "web" {
  name                      = "web"
  source_vm_id              = "vm-1"
  extra_config              = { "" = "x" }
  extra_config_wo           = { " " = "x" }
  extra_config_wo_version   = 1
  custom_attributes         = { "" = "x" }
  disks_to_add              = { "" = { capacity_gib = 1 } }
  disks_to_update           = { "" = { capacity_gib = 1 } }
  network_interfaces        = { "" = { network_id = "network-1" } }
  network_interfaces_to_add = { "\t" = { network_id = "network-1" } }
}
resource "vmfork_vsphere_instant_clone" "fork" {
  name         = "fork"
  source_vm_id = "vm-1"
  serial_ports = { "" = "[LocalDS_0] port" }
}
resource "vmfork_zstack_clone" "web" {
  name               = "web"
  source_vm_uuid     = "20debd9bc9594d70b1ec81d7d31b29cc"
  network_interfaces = { "" = { l3_network_uuid = "20debd9bc9594d70b1ec81d7d31b29cc" } }
}
`
	got := strings.Split(planned(t, config), "\nerror: ")
	for i := range got {
		got[i] = strings.TrimPrefix(got[i], "error: ")
	}
	slices.Sort(got) // the framework validates in no order
	golden(t, "message_empty_keys", "error: "+strings.Join(got, "\nerror: "))
}
