package vsphereclone_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

const applyMethod = "ApplyStorageDrsRecommendation_Task"

// datastoreCluster makes a datastore cluster of the datastore, with Storage DRS on or off, and returns its id.
func (s *suite) datastoreCluster(name, datastoreID string, enabled bool) string {
	s.t.Helper()
	ctx, client := s.t.Context(), acctest.LogIn(s.t, s.server)
	folder := object.NewFolder(client.Client, types.ManagedObjectReference{Type: "Folder", Value: s.server.ID("/DC0/datastore")})
	pod, err := folder.CreateStoragePod(ctx, name)
	s.must(err)
	moved, err := pod.MoveInto(ctx, []types.ManagedObjectReference{{Type: "Datastore", Value: datastoreID}})
	s.must(err)
	s.must(moved.Wait(ctx))
	configured, err := object.NewStorageResourceManager(client.Client).ConfigureStorageDrsForPod(ctx, pod, types.StorageDrsConfigSpec{
		PodConfigSpec: &types.StorageDrsPodConfigSpec{Enabled: &enabled},
	}, true)
	s.must(err)
	s.must(configured.Wait(ctx))
	s.must(client.Logout(ctx))
	s.server.ResetRequests()

	return pod.Reference().Value
}

// on checks the datastore of the clone, and of its disks.
func on(datastoreID string, disks ...string) func(vcenter.VM) error {
	return func(vm vcenter.VM) error {
		err := acctest.Same("datastore", vm.DatastoreID, datastoreID)
		for _, key := range disks {
			if err == nil {
				err = acctest.Same("datastore of "+key, vm.Disks[key].DatastoreID, datastoreID)
			}
		}

		return err
	}
}

func inCluster(id string) string { return acctest.Placement("datastore_cluster_id", id) }

// Storage DRS places a clone with everything that the one task brings along, and moves it into another cluster in place. A move out of the
// cluster by others is drift, one within it is none.
func TestAccVSphereClone_datastoreCluster(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	gold, _ := s.policies()
	first, second := s.datastoreCluster("first", s.datastore1, true), s.datastoreCluster("second", s.datastore, true)
	own := []string{
		`disks_to_update = { "2000" = { provisioning = "thin", storage_policy_id = "` + gold + `" } }`, `annotation = "placed"`,
		`disks_to_add = { data = { capacity_gib = 1 } }`,
	}
	with := func(lines ...string) string { return s.clone(append(lines, own...)...) }
	drifted := s.applied(plancheck.ResourceActionUpdate, with(inCluster(second)), "web", on(s.datastore, "2000", "2001", "2002"))
	drifted.PreConfig = func() { s.relocate("web", s.datastore1) }
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, with(inCluster(first)), "web", func(vm vcenter.VM) error {
			return firstOf(on(s.datastore1, "2000", "2001", "2002")(vm), hasPolicies("", map[string]string{"2000": gold})(vm),
				acctest.Same("annotation", s.configOf(vm.ID).Annotation, "placed"))
		}), s.requested(map[string]int{"RecommendDatastores": 1, applyMethod: 1, "CloneVM_Task": 0, "ReconfigVM_Task": 0})),
		and(s.applied(plancheck.ResourceActionUpdate, with(inCluster(second)), "web", on(s.datastore, "2000", "2001", "2002")),
			s.requested(map[string]int{"RecommendDatastores": 1, applyMethod: 1, "RelocateVM_Task": 0})),
		drifted,
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{
			"placement.datastore_cluster_id", "annotation", "disks_to_update.%", "disks_to_update.2000.%", "disks_to_update.2000.provisioning",
			"disks_to_update.2000.storage_policy_id", "disks_to_add.%", "disks_to_add.data.%", "disks_to_add.data.capacity_gib",
			"disks_to_add.data.datastore_id", "disks_to_add.data.provisioning", "disks_to_add.data.mode", "disks_to_add.data.controller",
			"disks_to_add.data.unit_number", "disks_to_add.data.key",
		}},
		and(s.applied(plancheck.ResourceActionUpdate, with(acctest.Placement("datastore_id", s.datastore1)), "web", on(s.datastore1, "2000")),
			s.requested(nil)),
		and(s.applied(plancheck.ResourceActionUpdate, with(inCluster(first)), "web", on(s.datastore1, "2000")),
			s.requested(map[string]int{"RecommendDatastores": 0, applyMethod: 0, "RelocateVM_Task": 0})), // it is there already
	)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}

	return nil
}

// What Storage DRS does with single disks within the cluster is no drift. A disk that has left the cluster is, and comes back, unless the
// configuration has it elsewhere or others have attached it.
func TestAccVSphereClone_datastoreClusterDisks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	third := s.newDatastore("third")
	pod := s.datastoreCluster("pod", s.datastore1, true)
	s.moveIntoPod(pod, third)
	elsewhere := `disks_to_add = { data = { capacity_gib = 1 }, far = { capacity_gib = 1, datastore_id = "` + s.datastore + `" } }`
	config := s.clone(inCluster(pod), `disks_to_update = { "2000" = { mode = "persistent" } }`, elsewhere)
	moved := func(step resource.TestStep, unit int32, to string) resource.TestStep {
		step.PreConfig = func() {
			s.must(s.server.ChangeDatastore(third, nil, new(int64(1<<43))))
			s.moveDisk("web", unit, to)
			s.server.ResetRequests()
		}

		return step
	}
	isOn := func(datastores map[string]string) func(vcenter.VM) error {
		return func(vm vcenter.VM) error {
			for key, id := range datastores {
				if err := acctest.Same("datastore of "+key, vm.Disks[key].DatastoreID, id); err != nil {
					return err
				}
			}

			return nil
		}
	}
	s.must(s.server.ChangeDatastore(third, nil, new(int64(1<<30)))) // the first recommendation is the other datastore
	back := map[string]string{"2000": s.datastore1, "2001": s.datastore1, "2002": s.datastore1, "2003": s.datastore}
	s.run(
		s.applied(plancheck.ResourceActionCreate, config, "web", isOn(back)),
		moved(s.applied(plancheck.ResourceActionNoop, config, "web", isOn(map[string]string{"2000": third})), 0, third),
		moved(s.applied(plancheck.ResourceActionNoop, config, "web", isOn(map[string]string{"2002": third})), 2, third),
		and(moved(s.applied(plancheck.ResourceActionUpdate, config, "web", isOn(map[string]string{"2000": third, "2001": s.datastore1})), 1, s.datastore),
			s.requested(map[string]int{"RelocateVM_Task": 1, applyMethod: 0})),
		moved(s.applied(plancheck.ResourceActionUpdate, config, "web", isOn(map[string]string{"2002": s.datastore1, "2003": s.datastore})), 2, s.datastore),
	)
}

// newDatastore makes a datastore that all hosts have, and returns its id.
func (s *suite) newDatastore(name string) string {
	s.t.Helper()
	ctx, client, folder := s.t.Context(), acctest.LogIn(s.t, s.server), s.t.TempDir()
	for _, id := range slices.Concat(s.hosts, s.otherHosts) {
		host := object.NewHostSystem(client.Client, types.ManagedObjectReference{Type: "HostSystem", Value: id})
		datastores, err := host.ConfigManager().DatastoreSystem(ctx)
		s.must(err)
		_, err = datastores.CreateLocalDatastore(ctx, name, folder)
		s.must(err)
	}
	s.must(client.Logout(ctx))

	return s.server.ID("/DC0/datastore/" + name)
}

// moveIntoPod moves a datastore into a datastore cluster.
func (s *suite) moveIntoPod(pod, datastoreID string) {
	s.t.Helper()
	ctx, client := s.t.Context(), acctest.LogIn(s.t, s.server)
	cluster := object.NewStoragePod(client.Client, types.ManagedObjectReference{Type: "StoragePod", Value: pod})
	moved, err := cluster.MoveInto(ctx, []types.ManagedObjectReference{{Type: "Datastore", Value: datastoreID}})
	s.must(err)
	s.must(moved.Wait(ctx))
	s.must(client.Logout(ctx))
	s.server.ResetRequests()
}

// relocate moves a VM behind Terraform's back.
func (s *suite) relocate(name, datastoreID string) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm(name).ID})
	moving, err := vm.Relocate(s.t.Context(), types.VirtualMachineRelocateSpec{
		Datastore: &types.ManagedObjectReference{Type: "Datastore", Value: datastoreID},
	}, types.VirtualMachineMovePriorityDefaultPriority)
	s.must(err)
	s.must(moving.Wait(s.t.Context()))
	s.must(client.Logout(s.t.Context()))
}

// Mistakes are errors of the plan, on the argument; a cluster without room is one of the apply, and nothing is made.
func TestAccVSphereClone_datastoreClusterRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1, Datacenters: 2})
	s.environment = []string{"VMFORK_PLAN_CHECKS=error"}
	off, full := s.datastoreCluster("off", s.datastore1, false), s.datastoreCluster("full", s.datastore, true)
	refused := func(words string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), ExpectError: acctest.Says(words)}
	}
	planned := func(words string, arguments ...string) resource.TestStep {
		step := refused(words, arguments...)
		step.PlanOnly = true

		return step
	}
	elsewhere := s.clusterIn("/DC1/datastore", "DC1_LocalDS_0")
	noRoom := refused("Storage DRS recommends no datastore of "+full, inCluster(full))
	noRoom.PreConfig = func() { s.must(s.server.ChangeDatastore(s.datastore, nil, new(int64(1)))) }
	s.run(
		planned(`wants the id of a datastore cluster`, inCluster(s.datastore)),
		planned(`exclude each other`, acctest.Placement("datastore_cluster_id", full, "datastore_id", s.datastore)),
		planned(`There is no datastore cluster "group-p9999"`, inCluster("group-p9999")),
		planned(`Storage DRS is off for the datastore cluster "off"`, inCluster(off)),
		planned(`is of another datacenter`, inCluster(elsewhere)),
		noRoom,
	)
}

// clusterIn makes a datastore cluster in another folder of datastores.
func (s *suite) clusterIn(folder, datastore string) string {
	s.t.Helper()
	ctx, client := s.t.Context(), acctest.LogIn(s.t, s.server)
	pod, err := object.NewFolder(client.Client, types.ManagedObjectReference{Type: "Folder", Value: s.server.ID(folder)}).CreateStoragePod(ctx, "elsewhere")
	s.must(err)
	moved, err := pod.MoveInto(ctx, []types.ManagedObjectReference{{Type: "Datastore", Value: s.server.ID(folder + "/" + datastore)}})
	s.must(err)
	s.must(moved.Wait(ctx))
	s.must(client.Logout(ctx))

	return pod.Reference().Value
}

// A clone by Storage DRS whose answer is lost is found by its stamp, and is not asked for twice.
func TestAccVSphereClone_datastoreClusterAnswerLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drop  vcenter.FaultDrop
		words string
		sent  int
	}{
		"before the effect": {vcenter.DropBefore, `VM "web" was not created: the answer to the request was lost`, 2},
		"after the effect":  {vcenter.DropAfter, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, vcenter.Options{VMs: 1, TaskDuration: 200 * time.Millisecond})
			config := s.clone(inCluster(s.datastoreCluster("pod", s.datastore1, true)))
			step := s.applied(plancheck.ResourceActionCreate, config, "web", on(s.datastore1))
			if test.words != "" {
				step = resource.TestStep{Config: config, ExpectError: acctest.Says(test.words)}
			}
			step.PreConfig = func() {
				s.server.Inject(vcenter.Fault{Method: applyMethod, Drop: test.drop})
				s.server.ResetRequests()
			}
			s.run(step, resource.TestStep{Config: config, Check: acctest.CheckVM(s.server, "web", on(s.datastore1))})
			if got := s.server.Requests().ByMethod[applyMethod]; got != test.sent {
				t.Errorf("the clone was requested %d times, want %d", got, test.sent)
			}
		})
	}
}

// What the user may not do is named, and nothing is made.
func TestAccVSphereClone_datastoreClusterPrivileges(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	pod := s.datastoreCluster("pod", s.datastore1, true)
	s.server.AddUser("ci", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool",
		"Datastore.AllocateSpace", "VirtualMachine.Config.AdvancedConfig")
	as := strings.NewReplacer(s.server.Username(), "ci", s.server.Password(), "secret")
	s.run(resource.TestStep{
		Config: as.Replace(s.clone(inCluster(pod))), ExpectError: acctest.Says("Resource.ApplyRecommendation on " + pod),
	})
}
