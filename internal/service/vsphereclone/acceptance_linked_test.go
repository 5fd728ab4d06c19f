package vsphereclone_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// base is a snapshot of a VM, and what refers to it.
func base(vmID string) string {
	return fmt.Sprintf("\nresource \"vmfork_vsphere_snapshot\" \"base\" {\n  vm_id = %q\n  name  = \"base\"\n}\n", vmID)
}

const ofBase = `snapshot_id = vmfork_vsphere_snapshot.base.id`

// snapshotOf takes a snapshot outside Terraform and returns its id.
func (s *suite) snapshotOf(vmID, name string) string {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: vmID})
	taking, err := vm.CreateSnapshot(s.t.Context(), name, "", false, false)
	s.must(err)
	info, err := taking.WaitForResult(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	ref, _ := info.Result.(types.ManagedObjectReference)

	return ref.Value
}

// standOn checks that every disk stands on a file of the source, or that none does.
func standOn(source string, linked bool) func(vm vcenter.VM) error {
	return func(vm vcenter.VM) error {
		var errs []error
		for key, disk := range vm.Disks {
			errs = append(errs, acctest.Same(fmt.Sprintf("disk %s on %q stands on %s", key, disk.ParentFile, source),
				strings.Contains(disk.ParentFile, " "+source+"/"), linked))
		}

		return errors.Join(append(errs, acctest.Same("disks", len(vm.Disks), 2))...)
	}
}

// TestAccVSphereClone_linked links all disks to a snapshot that the same configuration takes, also one with a datastore of its own, by one
// CloneVM_Task. In full it is another machine; the destroy takes clone and snapshot.
func TestAccVSphereClone_linked(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	elsewhere := fmt.Sprintf(`disks_to_update = { "2001" = { datastore_id = %q } }`, s.datastore1)
	linked := s.applied(plancheck.ResourceActionCreate, s.clone(ofBase, `linked = true`, elsewhere)+base(s.golden.ID), "web", func(vm vcenter.VM) error {
		made := s.server.Requests().ByMethod

		return errors.Join(standOn("golden", true)(vm), acctest.Same("datastore", vm.Disks["2001"].DatastoreID, s.datastore1),
			acctest.Same("CloneVM_Task", made["CloneVM_Task"], 1), acctest.Same("ReconfigVM_Task", made["ReconfigVM_Task"], 0))
	})
	linked.ConfigStateChecks = stateIs("linked", true, "snapshot_id", regexp.MustCompile(`^snapshot-\d+$`))
	point := s.applied(plancheck.ResourceActionReplace, s.clone(ofBase, elsewhere)+base(s.golden.ID), "web", standOn("golden", false))
	same := s.applied(plancheck.ResourceActionNoop, s.clone(ofBase, `linked = false`, elsewhere)+base(s.golden.ID), "web", nil)
	same.ConfigPlanChecks.PreApply = nil // null and false are the same, but not to the CLI
	current := s.applied(plancheck.ResourceActionReplace, s.clone(`linked = true`, elsewhere, `depends_on = [vmfork_vsphere_snapshot.base]`)+
		base(s.golden.ID), "web", standOn("golden", true))
	s.run(linked, point, same, current)
	if left := s.vm("golden").Snapshots; len(left) > 0 {
		t.Errorf("the source still has %+v", left)
	}
}

// TestAccVSphereClone_linkedToATemplate links to the current snapshot of a template.
func TestAccVSphereClone_linkedToATemplate(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.snapshotOf(s.golden.ID, "base")
	s.must(s.server.ChangeVM(s.golden.ID, vcenter.Change{Template: new(true)}))
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(`linked = true`, acctest.Placement("resource_pool_id", s.child)), "web",
		standOn("golden", true)))
}

// TestAccVSphereClone_linkedImported does not replace an imported machine: how it was made is not known.
func TestAccVSphereClone_linkedImported(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	point := s.snapshotOf(s.golden.ID, "base")
	config := s.clone(fmt.Sprintf("snapshot_id = %q", point), `linked = true`, `tpm_provision_policy = "replace"`)
	s.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			ResourceName: web, ImportState: true, ImportStateVerify: true, ImportStateIdFunc: func(state *terraform.State) (string, error) {
				return state.RootModule().Resources[web].Primary.ID, nil
			},
			ImportStateVerifyIgnore: []string{"snapshot_id", "linked", "tpm_provision_policy", "power_on", "timeouts", "shutdown_timeout"},
		},
		resource.TestStep{Config: acctest.ProviderConfig(s.server) + "\nremoved {\n  from = vmfork_vsphere_clone.web\n  lifecycle { destroy = false }\n}\n"},
		s.imported(config),
	)
}

// imported is a step that imports the machine again by a block, which changes it in place at most.
func (s *suite) imported(config string) resource.TestStep {
	return resource.TestStep{
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(web, plancheck.ResourceActionUpdate)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Config: config + "\nimport {\n  to = vmfork_vsphere_clone.web\n  id = \"/DC0/vm/web\"\n}\n",
		Check:  acctest.CheckVM(s.server, "web", standOn("golden", true)),
	}
}

// TestAccVSphereClone_linkedRefused is the plan's to say: without a snapshot, with one that is not the source's, and where the disks that it
// stands on can't be read.
func TestAccVSphereClone_linkedRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	s.environment = []string{acctest.PlanErrors}
	other := s.snapshotOf(s.poweredOn.ID, "of another one")
	s.run(
		resource.TestStep{
			Config: s.clone(`linked = true`), PlanOnly: true, ExpectError: acctest.Says(s.golden.ID + " has no snapshot to link to"),
		},
		resource.TestStep{
			Config: s.clone(`linked = true`), PlanOnly: true, ExpectError: regexp.MustCompile(`snapshot_id = vmfork_vsphere_snapshot\.base\.id`),
		},
		resource.TestStep{
			Config: s.clone(fmt.Sprintf("snapshot_id = %q", other)), PlanOnly: true,
			ExpectError: acctest.Says(fmt.Sprintf(`%s has no snapshot %q`, s.golden.ID, other)),
		},
		resource.TestStep{
			Config: s.clone(`snapshot_id = "vm-1"`), PlanOnly: true, ExpectError: acctest.Says("snapshot_id wants the id of a snapshot"),
		},
		resource.TestStep{
			PreConfig: func() { s.snapshotOf(s.golden.ID, "base") }, PlanOnly: true,
			Config: s.clone(`linked = true`, acctest.Placement("resource_pool_id", s.server.ID("/DC1/host/DC1_C0/Resources"),
				"folder_id", s.server.ID("/DC1/vm"), "datastore_id", s.server.ID("/DC1/datastore/DC1_LocalDS_0"))),
			ExpectError: acctest.Says("The linked disks of " + s.golden.ID + " can't be read there"),
		},
	)
}

// TestAccVSphereClone_tpm replaces the vTPM where the configuration says so, and warns where it says nothing.
func TestAccVSphereClone_tpm(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.must(s.server.ChangeVM(s.golden.ID, vcenter.Change{AttachDevice: new("tpm")}))
	own := s.tpmKeys(s.golden.ID)
	check := func(same bool) func(vm vcenter.VM) error {
		return func(vm vcenter.VM) error {
			return acctest.Same("the same secrets", slices.Equal(s.tpmKeys(vm.ID), own), same)
		}
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", check(true)),
		s.applied(plancheck.ResourceActionReplace, s.clone(`tpm_provision_policy = "replace"`), "web", check(false)),
		s.applied(plancheck.ResourceActionReplace, s.clone(`tpm_provision_policy = "copy"`), "web", check(true)),
	)

	old := newSuite(t, vcenter.Options{VMs: 1, APIVersion: "7.0.3.0"})
	old.environment = []string{acctest.PlanErrors}
	old.run(resource.TestStep{
		Config: old.clone(`tpm_provision_policy = "replace"`), PlanOnly: true, ExpectError: acctest.Says("This needs version 8.0.0.1 of vCenter's API"),
	})
}

// tpmKeys returns the keys of the VM's virtual TPM.
func (s *suite) tpmKeys(id string) []string {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	devices, err := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: id}).Device(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	var keys []string
	for _, device := range devices {
		if tpm, ok := device.(*types.VirtualTPM); ok {
			for _, key := range tpm.EndorsementKeyCertificate {
				keys = append(keys, string(key))
			}
		}
	}

	return keys
}
