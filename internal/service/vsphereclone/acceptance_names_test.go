package vsphereclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// A name with brackets looks like a datastore in the paths of the machine's files, and is no drift.
func TestAccVSphereClone_bracketsInName(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	named := func(name string) string {
		return s.clone(fmt.Sprintf("name = %q", name), acctest.Placement("datastore_id", s.datastore))
	}
	onDatastore := func(vm vcenter.VM) error { return acctest.Same("datastore", vm.DatastoreID, s.datastore) }
	s.run(
		s.applied(plancheck.ResourceActionCreate, named("web [blue] 1"), "web [blue] 1", onDatastore),
		s.applied(plancheck.ResourceActionUpdate, named("[LocalDS_1] web"), "[LocalDS_1] web", onDatastore),
		s.applied(plancheck.ResourceActionUpdate, named("a] b"), "a] b", onDatastore),
		s.applied(plancheck.ResourceActionUpdate, s.clone(`name = "web"`, acctest.Placement("datastore_id", s.datastore1)), "web",
			func(vm vcenter.VM) error { return acctest.Same("datastore", vm.DatastoreID, s.datastore1) }),
	)
}

// What has a name in a VM folder need not be a VM: templates and folders are seen by the plan, for a new VM and for a rename.
func TestAccVSphereClone_nameOfTemplateOrFolder(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{"VMFORK_PLAN_CHECKS=error"}
	named := func(name string) string { return s.clone(fmt.Sprintf("name = %q", name)) }
	refused := func(name, text string) resource.TestStep {
		return resource.TestStep{Config: named(name), PlanOnly: true, ExpectError: acctest.Says(text)}
	}
	const template, folder = "It is the template", "It is the folder"
	s.run(
		refused("golden-template", template), refused("prod", folder),
		s.applied(plancheck.ResourceActionCreate, named("web"), "web", nil),
		refused("golden-template", template), refused("prod", folder),
	)
	if made := s.server.Requests().ByMethod["Rename_Task"]; made != 0 {
		t.Errorf("%d renames were sent", made)
	}
}

// A creation that was planned with a warning says the same, and sends nothing.
func TestAccVSphereClone_nameOfFolderAtOnce(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(resource.TestStep{Config: s.clone(`name = "prod"`), ExpectError: acctest.Says("It is the folder")})
	if made := s.server.Requests().ByMethod[cloneMethod]; made != 0 {
		t.Errorf("%d clones were sent", made)
	}
}
