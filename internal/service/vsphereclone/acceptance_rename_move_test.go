package vsphereclone_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// A foreign machine may have the new name in the old folder, or the old name in the new one, or both are so.
func TestAccVSphereClone_renameAndMove(t *testing.T) {
	t.Parallel()
	for name, blocked := range map[string]struct{ newInOld, oldInNew bool }{
		"new name in the old folder": {true, false}, "old name in the new folder": {false, true}, "both": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			move := s.applied(plancheck.ResourceActionUpdate, s.clone(`name = "web-2"`, acctest.Placement("folder_id", s.prod)), "web-2", nil)
			move.PreConfig = func() {
				if blocked.newInOld {
					s.must(s.server.ChangeVM(s.poweredOn.ID, vcenter.Change{Name: new("web-2")}))
				}
				if blocked.oldInNew {
					s.must(s.server.ChangeVM(s.vm("DC0_C0_RP0_VM1").ID, vcenter.Change{FolderID: &s.prod}))
					s.must(s.server.ChangeVM(s.vm("DC0_C0_RP0_VM1").ID, vcenter.Change{Name: new("web")}))
				}
			}
			move.Check = func(state *terraform.State) error {
				id := state.RootModule().Resources[web].Primary.ID
				for _, vm := range s.server.VMs() {
					if vm.ID == id {
						return acctest.Same("path", vm.Path, "/DC0/vm/prod/web-2")
					}
				}

				return acctest.Same("found", false, true)
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(t),
				Steps: []resource.TestStep{
					s.applied(plancheck.ResourceActionCreate, s.clone(acctest.Placement("folder_id", s.folder)), "web", nil), move,
				},
			})
		})
	}
}
