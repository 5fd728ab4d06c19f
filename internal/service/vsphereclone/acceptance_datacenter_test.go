package vsphereclone_test

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// Another datacenter is one relocation with folder, pool, host and datastore.
func TestAccVSphereClone_otherDatacenter(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	host, pool := s.server.ID("/DC1/host/DC1_C0/DC1_C0_H1"), s.server.ID("/DC1/host/DC1_C0/Resources")
	folder, datastore := s.server.ID("/DC1/vm"), s.server.ID("/DC1/datastore/DC1_LocalDS_1")
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("folder_id", folder, "resource_pool_id", pool, "host_id", host,
			"datastore_id", datastore)), "web", func(vm vcenter.VM) error {
			return errors.Join(acctest.Same("path", vm.Path, "/DC1/vm/web"), placed(pool, datastore, host)(vm))
		}),
		s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("folder_id", s.prod, "cluster_id", s.cluster,
			"datastore_id", s.datastore)), "web", func(vm vcenter.VM) error {
			return errors.Join(acctest.Same("path", vm.Path, "/DC0/vm/prod/web"), placed(s.pool, s.datastore, s.hosts...)(vm))
		}),
	)
}

// A folder of another datacenter than where the machine runs is an error of the plan.
func TestAccVSphereClone_folderOfOtherDatacenter(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, Datacenters: 2})
	s.environment = []string{"VMFORK_PLAN_CHECKS=error"}
	other := s.server.ID("/DC1/vm")
	refused := func(placement ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(acctest.Placement(placement...)), PlanOnly: true, ExpectError: acctest.Says("is of another datacenter")}
	}
	s.run(
		refused("folder_id", other), refused("folder_id", other, "cluster_id", s.cluster),
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		refused("folder_id", other), refused("folder_id", s.folder, "resource_pool_id", s.server.ID("/DC1/host/DC1_C0/Resources")),
	)
}
