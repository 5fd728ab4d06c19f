package vsphereclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// revocations takes privileges from the suite's own user, which has all others.
type revocations struct {
	*suite

	objects []string // where something is taken away now
}

func (r *revocations) giveBack() {
	for _, id := range r.objects {
		r.server.Revoke(r.server.Username(), id)
	}
	r.objects = nil
}

// lacking is a plan without a privilege on the object with the id, or everywhere where that is empty. Its error names the operation, the user, the
// privilege and the object, which begins with where.
func (r *revocations) lacking(privilege, id, operation, where, config string) resource.TestStep {
	return resource.TestStep{
		PreConfig: func() {
			r.giveBack()
			r.server.Revoke(r.server.Username(), id, privilege)
			r.objects = append(r.objects, id)
		},
		Config: config, PlanOnly: true,
		ExpectError: acctest.SaysAll("Privileges are missing to "+operation, fmt.Sprintf("The user %q lacks this privilege:", r.server.Username()),
			privilege+" on "+where),
	}
}

// granted is a step with all privileges.
func (r *revocations) granted(step resource.TestStep) resource.TestStep {
	step.PreConfig = r.giveBack

	return step
}

// TestAccVSphereClone_privileges names at plan what the user lacks for each operation on a machine, and on which object.
func TestAccVSphereClone_privileges(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	l.environment = []string{acctest.PlanErrors}
	r := &revocations{suite: l.suite}
	const on, machine = `power_on = true`, "vm-"
	named := func(id, name string) string { return fmt.Sprintf("%s %q", id, name) }
	template := l.vm("golden-template").ID
	deployed := l.clone(fmt.Sprintf("source_vm_id = %q", template), acctest.Placement("resource_pool_id", l.pool),
		`guest_customization_spec = { name = "linux" }`)
	clone, change := `clone VM "web" from `, `change VM "web"`
	moved, stored := l.clone(on, acctest.Placement("folder_id", l.prod)), l.clone(on, acctest.Placement("datastore_id", l.datastore1))
	back := l.clone(`template = false`, acctest.Placement("resource_pool_id", l.pool))
	r.run(
		r.lacking("VirtualMachine.Provisioning.DeployTemplate", "", clone+template, named(template, "golden-template")+" (source_vm_id)", deployed),
		r.lacking("VirtualMachine.Provisioning.Customize", "", clone+template, named(template, "golden-template")+" (source_vm_id)", deployed),
		r.lacking("VirtualMachine.Provisioning.Clone", "", clone+l.golden.ID, named(l.golden.ID, "golden")+" (source_vm_id)", l.clone(on)),
		r.lacking("VirtualMachine.Interact.PowerOn", "", clone+l.golden.ID, named(l.folder, "vm"), l.clone(on)),
		r.lacking("Global.SetCustomField", "", `label VM "web"`, named(l.folder, "vm"), l.clone(`custom_attributes = { owner = "ops" }`)),
		r.granted(l.applied(plancheck.ResourceActionCreate, l.clone(on), "web", nil)),

		r.lacking("VirtualMachine.Config.Rename", "", `change VM "web-2"`, machine, l.clone(on, `name = "web-2"`)),
		r.lacking("VirtualMachine.Inventory.Move", l.folder, change, named(l.folder, "vm"), moved),
		r.lacking("VirtualMachine.Inventory.Move", l.prod, change, named(l.prod, "prod")+" (placement.folder_id)", moved),
		r.lacking("Resource.HotMigrate", "", change, machine, stored),
		r.lacking("Resource.ColdMigrate", "", change, machine, stored),
		r.lacking("Datastore.AllocateSpace", l.datastore1, change, named(l.datastore1, "LocalDS_1")+" (placement.datastore_id)", stored),
		r.lacking("VirtualMachine.Interact.PowerOff", "", change, machine, l.clone(`power_on = false`)),
		r.lacking("VirtualMachine.Provisioning.MarkAsTemplate", "", change, machine, l.clone(`template = true`, `power_on = false`)),
		r.lacking("VirtualMachine.Config.Annotation", "", change, machine, l.clone(on, `annotation = "the web's"`)),
		r.lacking("Datastore.AllocateSpace", l.datastore, change, named(l.datastore, "LocalDS_0"),
			l.clone(on, `disks_to_update = { "2000" = { capacity_gib = 40 } }`)),
		r.lacking("InventoryService.Tagging.ObjectAttachable", "", change, machine, l.clone(on, tagged(l.red))),
		r.lacking("Global.SetCustomField", "", change, machine, l.clone(on, `custom_attributes = { owner = "ops" }`)),
		r.lacking("VirtualMachine.Inventory.Delete", l.folder, `destroy VM "web"`, named(l.folder, "vm"),
			l.clone(on, fmt.Sprintf("source_vm_id = %q", l.poweredOn.ID))),

		r.granted(l.applied(plancheck.ResourceActionUpdate, l.clone(`template = true`, `power_on = false`), "web", nil)),
		r.lacking("VirtualMachine.Provisioning.MarkAsVM", "", change, machine, back),
		r.lacking("Resource.AssignVMToPool", l.pool, change, named(l.pool, "Resources")+" (placement.resource_pool_id)", back),
		r.granted(l.applied(plancheck.ResourceActionUpdate, back, "web", nil)),
	)
}

// TestAccVSphereClone_privilegesOfDestroy warns in the plan of a destroy, with one question for all machines of a folder, and refuses a replacement
// that could not destroy the old machine.
func TestAccVSphereClone_privilegesOfDestroy(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	another := acctest.Resource("vmfork_vsphere_clone", "another", nil, `name = "web-2"`, fmt.Sprintf("source_vm_id = %q", s.golden.ID))
	workspace := acctest.NewWorkspace(t, s.clone()+another)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-no-color")
	s.server.Revoke(s.server.Username(), s.folder, "VirtualMachine.Inventory.Delete")
	lacks := "VirtualMachine.Inventory.Delete on " + s.folder
	s.server.ResetRequests()
	said := acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy", "-no-color").Output
	if !acctest.SaysAll("Warning: Privileges are missing to destroy VM", lacks, "As it is now, this object's destroy will fail").MatchString(said) {
		t.Errorf("the plan of a destroy says:\n%s", said)
	}
	if asked := s.server.Requests().ByMethod["HasUserPrivilegeOnEntities"]; asked != 1 {
		t.Errorf("%d questions for two machines of a folder", asked)
	}
	said = acctest.MustRunCLI(t, workspace, 0, "plan", "-replace=vmfork_vsphere_clone.web", "-no-color").Output
	if !acctest.SaysAll("Warning: Privileges are missing to destroy VM", lacks).MatchString(said) {
		t.Errorf("the plan with -replace says:\n%s", said)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy", "-refresh=false", "-no-color")
	if err := workspace.Write("main.tf", acctest.RequiredProviders+s.clone(fmt.Sprintf("source_vm_id = %q", s.poweredOn.ID))+another); err != nil {
		t.Fatal(err)
	}
	said = acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-no-color").Output
	if !acctest.SaysAll("Error: Privileges are missing to destroy VM", lacks).MatchString(said) {
		t.Errorf("the plan of a replacement says:\n%s", said)
	}
	said = acctest.MustRunCLI(t, workspace, 1, "destroy", "-auto-approve", "-no-color").Output // what its refresh plans to replace is left alone
	if !acctest.Says(`Error: Could not destroy VM "web"`).MatchString(said) {
		t.Errorf("the destroy says:\n%s", said)
	}
	s.server.Revoke(s.server.Username(), s.folder)
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve", "-no-color")
}
