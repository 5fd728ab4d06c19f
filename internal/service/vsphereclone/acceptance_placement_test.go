package vsphereclone_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// placed checks where a VM is; it may be on any of the hosts.
func placed(pool, datastore string, hosts ...string) func(vm vcenter.VM) error {
	return func(vm vcenter.VM) error {
		return errors.Join(acctest.Same("pool", vm.ResourcePoolID, pool), acctest.Same("datastore", vm.DatastoreID, datastore),
			acctest.Same("on host "+vm.HostID, slices.Contains(hosts, vm.HostID), true))
	}
}

// A cluster or a host outside of the source's pool means its root pool, for a new clone and for one that is relocated.
func TestAccVSphereClone_otherCluster(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	into := func(parts ...string) string { return s.clone(acctest.Placement(parts...)) }
	s.run(
		s.applied(plancheck.ResourceActionCreate, into("cluster_id", s.other), "web", placed(s.otherPool, s.datastore, s.otherHosts...)),
		s.applied(plancheck.ResourceActionUpdate, into("host_id", s.hosts[1]), "web", placed(s.pool, s.datastore, s.hosts[1])),
		s.applied(plancheck.ResourceActionUpdate, into("cluster_id", s.other, "host_id", s.otherHosts[2]), "web", placed(s.otherPool, s.datastore, s.otherHosts[2])),
		s.applied(plancheck.ResourceActionReplace, s.clone(acctest.Placement("host_id", s.otherHosts[0]), `disks_to_remove = ["2001"]`), "web",
			placed(s.otherPool, s.datastore, s.otherHosts[0])),
		// Within the cluster of the source the pool stays.
		s.applied(plancheck.ResourceActionReplace, s.clone(acctest.Placement("host_id", s.hosts[2])), "web", placed(s.pool, s.datastore, s.hosts[2])),
	)
}

// A cluster without DRS chooses no host: the provider takes one that can run the machine, and the plan says where none can.
func TestAccVSphereClone_withoutDRS(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.must(s.server.ChangeCluster(s.other, vcenter.ClusterChange{DRS: new("")}))
	s.must(s.server.ChangeHost(s.otherHosts[0], new(true), nil))
	s.must(s.server.ChangeHost(s.otherHosts[1], nil, new(false)))
	s.must(s.server.ChangeHost(s.otherHosts[2], new(true), nil))
	refused := resource.TestStep{
		Config: s.clone(acctest.Placement("cluster_id", s.other)), ExpectError: acctest.Says("No host of DC0_C1 can run the machine"),
	}
	listed := refused
	listed.ExpectError = acctest.Says("DC0_C1_H0 is in maintenance mode")
	create := s.applied(plancheck.ResourceActionCreate, s.clone(acctest.Placement("cluster_id", s.other)), "web",
		placed(s.otherPool, s.datastore, s.otherHosts[2]))
	create.PreConfig = func() { s.must(s.server.ChangeHost(s.otherHosts[2], new(false), nil)) }
	s.run(
		refused, listed, create,
		s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("resource_pool_id", s.child), `power_on = true`), "web",
			placed(s.child, s.datastore, s.hosts...)),
		s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("resource_pool_id", s.otherPool), `power_on = true`), "web",
			placed(s.otherPool, s.datastore, s.otherHosts[2])),
	)
}

// A stand-alone host is a compute resource of its own, with a root pool.
func TestAccVSphereClone_standaloneHost(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, StandaloneHosts: 1})
	host, pool := s.server.ID("/DC0/host/DC0_H0/DC0_H0"), s.server.ID("/DC0/host/DC0_H0/Resources")
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(acctest.Placement("host_id", host)), "web", placed(pool, s.datastore, host)),
		s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("cluster_id", s.cluster)), "web", placed(s.pool, s.datastore, s.hosts...)),
		s.applied(plancheck.ResourceActionUpdate, s.clone(acctest.Placement("resource_pool_id", pool), `power_on = true`), "web", placed(pool, s.datastore, host)),
	)
}

// A clone that names no place does not need its source's host, where that is in maintenance.
func TestAccVSphereClone_sourceHostInMaintenance(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.must(s.server.ChangeHost(s.golden.HostID, new(true), nil))
	others := slices.DeleteFunc(slices.Clone(s.hosts), func(host string) bool { return host == s.golden.HostID })
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(), "web", placed(s.pool, s.datastore, others...)))
}

// Many clones do not all land on one host.
func TestAccVSphereClone_manyWithoutDRS(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.must(s.server.ChangeCluster(s.other, vcenter.ClusterChange{DRS: new("")}))
	const count = 12
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("web-%d", i)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		CheckDestroy:             acctest.CheckNoVM(s.server, names...),
		Steps: []resource.TestStep{{
			Config: acctest.ProviderConfig(s.server) + fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  count        = %d
  name         = "web-${count.index}"
  source_vm_id = %q
  placement    = { cluster_id = %q }
}
`, count, s.golden.ID, s.other),
			Check: func(*terraform.State) error {
				hosts := map[string]bool{}
				for _, name := range names {
					hosts[s.vm(name).HostID] = true
				}

				return acctest.Same("hosts in use", len(hosts) > 1, true)
			},
		}},
	})
}
