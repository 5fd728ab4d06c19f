package vsphereclone_test

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestAccVSphereClone_disappears(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	var gone string
	s.run(
		resource.TestStep{
			Config: s.clone(),
			Check: func(*terraform.State) error {
				gone = s.vm("web").ID

				return s.server.DestroyVM(gone)
			},
			ExpectNonEmptyPlan: true,
		},
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", func(vm vcenter.VM) error {
			if vm.ID == gone {
				return errors.New("it is the same VM")
			}

			return nil
		}),
	)
}

func TestAccVSphereClone_drift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	configured := s.clone(`power_on = true`,
		acctest.Placement("folder_id", s.folder, "resource_pool_id", s.pool, "host_id", s.hosts[0], "cluster_id", s.cluster, "datastore_id", s.datastore))
	drifted := func(change vcenter.Change, repaired func(vm vcenter.VM) error) resource.TestStep {
		step := s.applied(plancheck.ResourceActionUpdate, configured, "web", repaired)
		step.PreConfig = func() { s.must(s.server.ChangeVM(s.vm("web").ID, change)) }

		return step
	}
	name, off, suspended := "drifted", "poweredOff", "suspended"
	renamed := drifted(vcenter.Change{Name: &name}, nil)
	unmoved := s.applied(plancheck.ResourceActionNoop, configured, "web", func(vm vcenter.VM) error {
		return acctest.Same("host", vm.HostID, s.hosts[2])
	})
	unmoved.PreConfig = func() { s.must(s.server.ChangeVM(s.vm("web").ID, vcenter.Change{HostID: &s.hosts[2]})) }
	unmoved.ConfigStateChecks = stateIs("host_id", s.hosts[2], "placement.host_id", s.hosts[0])
	on := func(vm vcenter.VM) error { return acctest.Same("power", vm.PowerState, "poweredOn") }
	s.run(
		s.applied(plancheck.ResourceActionCreate, configured, "web", nil),
		renamed,
		drifted(vcenter.Change{FolderID: &s.prod}, func(vm vcenter.VM) error { return acctest.Same("folder", vm.FolderID, s.folder) }),
		drifted(vcenter.Change{ResourcePoolID: &s.child}, func(vm vcenter.VM) error { return acctest.Same("pool", vm.ResourcePoolID, s.pool) }),
		drifted(vcenter.Change{DatastoreID: &s.datastore1}, func(vm vcenter.VM) error { return acctest.Same("datastore", vm.DatastoreID, s.datastore) }),
		drifted(vcenter.Change{PowerState: &off}, on),
		drifted(vcenter.Change{PowerState: &suspended}, on),
		unmoved,
	)
}

// What the configuration leaves out is for others to change.
func TestAccVSphereClone_noDrift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	on := "poweredOn"
	step := s.applied(plancheck.ResourceActionNoop, s.clone(), "web", func(vm vcenter.VM) error {
		return errors.Join(acctest.Same("folder", vm.FolderID, s.prod), acctest.Same("power", vm.PowerState, on))
	})
	step.PreConfig = func() {
		s.must(s.server.ChangeVM(s.vm("web").ID, vcenter.Change{
			FolderID: &s.prod, ResourcePoolID: &s.otherPool, DatastoreID: &s.datastore1, PowerState: &on,
		}))
	}
	step.ConfigStateChecks = append(stateIs("placement.folder_id", s.prod, "placement.datastore_id", s.datastore1, "power_state", on),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("power_on"), knownvalue.Bool(true)))
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil), step)
}
