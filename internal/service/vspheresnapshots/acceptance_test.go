package vspheresnapshots_test

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

const tree = "data.vmfork_vsphere_snapshots.tree"

// TestAccVSphereSnapshots_basic reads the tree of a VM without snapshots, and of one with two.
func TestAccVSphereSnapshots_basic(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: 2})
	config := func(name string) string {
		vm, _ := server.VM(name)

		return acctest.ProviderConfig(server) + fmt.Sprintf("data \"vmfork_vsphere_snapshots\" \"tree\" {\n  vm_id = %q\n", vm.ID)
	}
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	taken := fmt.Sprintf(`
  depends_on = [vmfork_vsphere_snapshot.second]
}

resource "vmfork_vsphere_snapshot" "first" {
  vm_id       = %[1]q
  name        = "before/2%%"
  description = "first"
}

resource "vmfork_vsphere_snapshot" "second" {
  vm_id      = %[1]q
  name       = "second"
  depends_on = [vmfork_vsphere_snapshot.first]
}
`, vm.ID)
	at := func(index int, name string) tfjsonpath.Path {
		return tfjsonpath.New("snapshots").AtSliceIndex(index).AtMapKey(name)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			{
				Config:      acctest.ProviderConfig(server) + "data \"vmfork_vsphere_snapshots\" \"tree\" {\n  vm_id = \"vm-999999\"\n}\n",
				ExpectError: regexp.MustCompile(`No such virtual machine`),
			},
			{
				Config:      acctest.ProviderConfig(server) + "data \"vmfork_vsphere_snapshots\" \"tree\" {\n  vm_id = \"snapshot-7\"\n}\n",
				ExpectError: regexp.MustCompile(`looks like a snapshot`),
			},
			{
				Config: config("DC0_C0_RP0_VM1") + "}\n",
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(tree, tfjsonpath.New("snapshots"), knownvalue.ListSizeExact(0)),
					statecheck.ExpectKnownValue(tree, tfjsonpath.New("current_snapshot_id"), knownvalue.Null()),
				},
			},
			{
				Config: config("DC0_C0_RP0_VM0") + taken,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(tree, tfjsonpath.New("snapshots"), knownvalue.ListSizeExact(2)),
					statecheck.ExpectKnownValue(tree, at(0, "name"), knownvalue.StringExact("before/2%")),
					statecheck.ExpectKnownValue(tree, at(0, "path"), knownvalue.StringExact(`before\/2%`)),
					statecheck.ExpectKnownValue(tree, at(0, "description"), knownvalue.StringExact("first")),
					statecheck.ExpectKnownValue(tree, at(0, "depth"), knownvalue.Int64Exact(0)),
					statecheck.ExpectKnownValue(tree, at(0, "is_current"), knownvalue.Bool(false)),
					statecheck.ExpectKnownValue(tree, at(1, "path"), knownvalue.StringExact(`before\/2%/second`)),
					statecheck.ExpectKnownValue(tree, at(1, "depth"), knownvalue.Int64Exact(1)),
					statecheck.ExpectKnownValue(tree, at(1, "is_current"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(tree, at(1, "power_state"), knownvalue.StringExact("poweredOff")),
					statecheck.ExpectKnownValue(tree, at(1, "quiesced"), knownvalue.Bool(false)),
					statecheck.CompareValuePairs(tree, at(1, "parent_snapshot_id"), tree, at(0, "id"), compare.ValuesSame()),
					statecheck.CompareValuePairs(tree, at(1, "id"), "vmfork_vsphere_snapshot.second", tfjsonpath.New("id"), compare.ValuesSame()),
					statecheck.CompareValuePairs(tree, at(1, "created_at"), "vmfork_vsphere_snapshot.second", tfjsonpath.New("created_at"),
						compare.ValuesSame()),
					statecheck.CompareValuePairs(tree, tfjsonpath.New("current_snapshot_id"), tree, at(1, "id"), compare.ValuesSame()),
					statecheck.ExpectKnownValue(tree, tfjsonpath.New("mermaid"), knownvalue.StringRegexp(regexp.MustCompile(
						`^flowchart TD\n  snapshot_\d+\["before#47;2#37;"\]\n  snapshot_\d+\["second"\]\n  vm_\d+\(\["vm-\d+"\]\)\n`))),
				},
			},
		},
	})
}
