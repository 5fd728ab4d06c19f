package vsphereclone_test

import (
	"fmt"
	"testing"

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
