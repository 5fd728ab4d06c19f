package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestProcess_olderVCenter has a real CLI work with vCenters of several ages, which refuse what is written in a newer version of the API. Every
// resource is made, needs no change, and is destroyed. REST clones from 7.0 U2 on; before that CloneVM_Task does the same.
func TestProcess_olderVCenter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ version, clones string }{
		{"6.7", "CloneVM_Task"},
		{"7.0.1.0", "CloneVM_Task"},
		{"7.0.2.0", "POST /api/vcenter/vm?action=clone"},
		{"8.0.0.1", "POST /api/vcenter/vm?action=clone"},
	} {
		t.Run(test.version, func(t *testing.T) {
			t.Parallel()
			server := acctest.VSphere(t, vcenter.Options{VMs: 4, APIVersion: test.version, RefuseNewerVersions: true})
			labels := acctest.NewLabels(t, server)
			tag := labels.Tag(labels.Category("team", false), "web")
			workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+olderVCenterConfig(t, server, tag))
			server.ResetRequests()
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			made := server.Requests().ByMethod
			if made[test.clones] == 0 || made["InstantClone_Task"] == 0 || made["CreateSnapshotEx_Task"] == 0 || made["CreateSecondaryVMEx_Task"] == 0 {
				t.Errorf("requests %v", made)
			}
			if test.clones == "CloneVM_Task" {
				for method := range made {
					if strings.Contains(method, " /api/") {
						t.Errorf("asked for %s", method)
					}
				}
			}
			if got := acctest.VM(t, server, "one").Tags; len(got) != 1 || got[0] != tag {
				t.Errorf("tags %v", got)
			}
			acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
			if err := acctest.CheckNoVM(server, "one", "two")(nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func olderVCenterConfig(t *testing.T, server *vcenter.Server, tag string) string {
	t.Helper()
	id := func(name string) string { return acctest.VM(t, server, name).ID }

	return fmt.Sprintf(`
data "vmfork_vsphere_object" "tag" {
  type = "tag"
  path = "team/web"
}
data "vmfork_vsphere_virtual_machine" "source" {
  id = %q
}
resource "vmfork_vsphere_clone" "one" {
  name                     = "one"
  source_vm_id             = %q
  guest_customization_spec = { name = "linux" }
  tags                     = [data.vmfork_vsphere_object.tag.id]
}
resource "vmfork_vsphere_instant_clone" "two" {
  name         = "two"
  source_vm_id = %q
}
resource "vmfork_vsphere_snapshot" "three" {
  name  = "three"
  vm_id = %q
}
resource "vmfork_vsphere_ft_secondary" "four" {
  primary_vm_id = %q
}
output "tag_is_right" {
  value = data.vmfork_vsphere_object.tag.id == %q
}
`, id("DC0_C0_RP0_VM3"), id("DC0_C0_RP0_VM3"), id("DC0_C0_RP0_VM0"), id("DC0_C0_RP0_VM1"), id("DC0_C0_RP0_VM2"), tag)
}

// TestProcess_esxi says at the first use that the endpoint is a host of ESXi, and what to set instead.
func TestProcess_esxi(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: 1, ESXi: true})
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+fmt.Sprintf(`
resource "vmfork_vsphere_snapshot" "three" {
  name  = "three"
  vm_id = %q
}
`, acctest.VM(t, server, "DC0_C0_RP0_VM0").ID))
	said := strings.Join(strings.Fields(acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-no-color").Output), " ")
	for _, words := range []string{
		"VMware ESXi 8.0.3 build-22385739", "is no vCenter. An ESXi host has no REST API and can't clone", "VSPHERE_SERVER) to the vCenter that manages it",
	} {
		if !strings.Contains(strings.ReplaceAll(said, "\u2502 ", ""), words) {
			t.Errorf("no word of %q in %s", words, said)
		}
	}
}
