package vsphereclone_test

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// Without a folder, a machine that goes to another datacenter gets into that one's root folder: the plan does not promise the old one. Within
// its datacenter it stays in its folder.
func TestAccVSphereClone_otherDatacenterWithoutFolder(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	pool, datastore := s.server.ID("/DC1/host/DC1_C0/Resources"), s.server.ID("/DC1/datastore/DC1_LocalDS_1")
	at := func(path string) func(vm vcenter.VM) error {
		return func(vm vcenter.VM) error { return acctest.Same("path", vm.Path, path) }
	}
	folder := tfjsonpath.New("placement").AtMapKey("folder_id")
	planned := func(step resource.TestStep, check plancheck.PlanCheck) resource.TestStep {
		step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply, check)

		return step
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", at("/DC0/vm/web")),
		planned(s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("resource_pool_id", s.child)), "web", at("/DC0/vm/web")),
			plancheck.ExpectKnownValue(web, folder, knownvalue.StringExact(s.folder))),
		planned(s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("resource_pool_id", pool, "datastore_id", datastore)), "web",
			func(vm vcenter.VM) error {
				return errors.Join(at("/DC1/vm/web")(vm), acctest.Same("datastore", vm.DatastoreID, datastore))
			}), plancheck.ExpectUnknownValue(web, folder)),
		resource.TestStep{
			Config:            s.clone(acctest.Placement("resource_pool_id", pool, "datastore_id", datastore)),
			ConfigStateChecks: stateIs("placement.folder_id", s.server.ID("/DC1/vm")),
		},
	)
}

// A datastore or network of another datacenter than where the machine runs is an error of the plan, for the machine and for one device.
func TestAccVSphereClone_partsOfOtherDatacenter(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	s.environment = []string{"VMFORK_PLAN_CHECKS=error"}
	other, pool := s.server.ID("/DC1/datastore/DC1_LocalDS_1"), s.server.ID("/DC1/host/DC1_C0/Resources")
	group := s.server.ID("/DC1/network/DC1_DVPG0")
	refused := func(arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), PlanOnly: true, ExpectError: acctest.Says("is of another datacenter")}
	}
	s.run(
		refused(acctest.Placement("datastore_id", other)),
		refused(acctest.Placement("datastore_id", s.datastore, "resource_pool_id", pool)),
		refused(`disks_to_update = { "2000" = { datastore_id = "`+other+`" } }`),
		refused(`network_interfaces_to_add = { lan = { network_id = "`+group+`" } }`),
		refused(`network_interfaces = { "4000" = { network_id = "`+group+`" } }`),
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		refused(acctest.Placement("datastore_id", other)),
		refused(acctest.Placement("datastore_id", s.datastore, "resource_pool_id", pool)),
		refused(`network_interfaces_to_add = { lan = { network_id = "`+group+`" } }`),
	)
}
