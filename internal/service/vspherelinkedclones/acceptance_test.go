package vspherelinkedclones_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const of = "data.vmfork_vsphere_linked_clones.of"

// TestAccVSphereLinkedClones_basic lists a linked clone and an instant clone, which need the same snapshot of the source; a full clone is not
// among them.
func TestAccVSphereLinkedClones_basic(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: 2})
	source := acctest.VM(t, server, "DC0_C0_RP0_VM0").ID
	config := func(vmID string) string {
		return acctest.ProviderConfig(server) + fmt.Sprintf("data \"vmfork_vsphere_linked_clones\" \"of\" {\n  vm_id = %q\n", vmID)
	}
	made := fmt.Sprintf(`
  depends_on = [vmfork_vsphere_clone.linked, vmfork_vsphere_clone.full, vmfork_vsphere_instant_clone.fork]
}

resource "vmfork_vsphere_snapshot" "base" {
  vm_id = %[1]q
  name  = "base"
}

resource "vmfork_vsphere_clone" "linked" {
  name         = "linked"
  source_vm_id = %[1]q
  snapshot_id  = vmfork_vsphere_snapshot.base.id
  linked       = true
}

resource "vmfork_vsphere_clone" "full" {
  name         = "full"
  source_vm_id = %[1]q
  snapshot_id  = vmfork_vsphere_snapshot.base.id
}

resource "vmfork_vsphere_instant_clone" "fork" {
  name         = "fork"
  source_vm_id = %[1]q
  depends_on   = [vmfork_vsphere_clone.linked, vmfork_vsphere_clone.full]
}
`, source)
	at := func(index int, name string) tfjsonpath.Path {
		return tfjsonpath.New("linked_clones").AtSliceIndex(index).AtMapKey(name)
	}
	keys := knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("2000")})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			{Config: config("vm-999999") + "}\n", ExpectError: regexp.MustCompile(`No such virtual machine`)},
			{
				Config:            config(source) + "}\n",
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(of, tfjsonpath.New("linked_clones"), knownvalue.ListSizeExact(0))},
			},
			{
				Config:           config(source) + made,
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(of, tfjsonpath.New("linked_clones"), knownvalue.ListSizeExact(2)),
					statecheck.ExpectKnownValue(of, at(0, "name"), knownvalue.StringExact("fork")),
					statecheck.CompareValuePairs(of, at(0, "snapshot_id"), "vmfork_vsphere_snapshot.base", tfjsonpath.New("id"), compare.ValuesSame()),
					statecheck.ExpectKnownValue(of, at(0, "disks"), keys),
					statecheck.ExpectKnownValue(of, at(1, "name"), knownvalue.StringExact("linked")),
					statecheck.ExpectKnownValue(of, at(1, "disks"), keys),
					statecheck.CompareValuePairs(of, at(1, "id"), "vmfork_vsphere_clone.linked", tfjsonpath.New("id"), compare.ValuesSame()),
					statecheck.CompareValuePairs(of, at(1, "snapshot_id"), "vmfork_vsphere_snapshot.base", tfjsonpath.New("id"), compare.ValuesSame()),
				},
			},
		},
	})
}
