package vsphereinstantclone_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// A folder, a datastore or a network of another datacenter than where the machine runs is an error of the plan.
func TestAccVSphereInstantClone_partsOfOtherDatacenter(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	s.environment = []string{"VMFORK_PLAN_CHECKS=error"}
	folder, datastore := s.server.ID("/DC1/vm"), s.server.ID("/DC1/datastore/DC1_LocalDS_1")
	pool := s.server.ID("/DC1/host/DC1_C0/Resources")
	says := func(arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.fork(arguments...), PlanOnly: true, ExpectError: acctest.Says("is of another datacenter")}
	}
	refused := func(placement ...string) resource.TestStep { return says(acctest.Placement(placement...)) }
	network := `network_interfaces = { "4000" = { network_id = "` + s.server.ID("/DC1/network/DC1_DVPG0") + `" } }`
	s.run(
		refused("folder_id", folder), refused("datastore_id", datastore), says(network),
		s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil),
		refused("folder_id", folder), refused("datastore_id", datastore), refused("folder_id", s.folder, "resource_pool_id", pool),
	)
}

// Without a folder, a machine that goes to another datacenter gets into that one's root folder: the plan does not promise the old one.
func TestAccVSphereInstantClone_otherDatacenterWithoutFolder(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	away := s.fork(acctest.Placement("resource_pool_id", s.server.ID("/DC1/host/DC1_C0/Resources"),
		"datastore_id", s.server.ID("/DC1/datastore/DC1_LocalDS_1")))
	moved := s.applied(plancheck.ResourceActionUpdate, away, "runner",
		func(vm vcenter.VM) error { return acctest.Same("path", vm.Path, "/DC1/vm/runner") })
	moved.ConfigPlanChecks.PreApply = append(moved.ConfigPlanChecks.PreApply,
		plancheck.ExpectUnknownValue(runner, tfjsonpath.New("placement").AtMapKey("folder_id")))
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil),
		moved,
		resource.TestStep{Config: away, ConfigStateChecks: stateIs("placement.folder_id", s.server.ID("/DC1/vm"))},
	)
}
