package vsphereclone_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// One fault at each call of a clone's life, as the CLI shows it; TestFaults has all of them. What failed leaves state and
// inventory in agreement, and the same configuration applies afterwards.
func TestAccVSphereClone_faults(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	failing := func(config, method, code string, where vcenter.FaultWhere, words string) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() {
				s.server.ClearFaults()
				s.server.Inject(vcenter.Fault{Method: method, Code: code, Where: where, Times: -1})
			},
			Config:      config,
			ExpectError: acctest.Says(words),
		}
	}
	quick := `timeouts = { create = "1m", update = "1m", delete = "1m" }`
	made := s.clone(quick)
	foldered := s.clone(quick, acctest.Placement("folder_id", s.prod)) // with another cluster the folder is part of the relocation
	moved := s.clone(quick, `name = "web-2"`, `power_on = true`, acctest.Placement("folder_id", s.prod, "cluster_id", s.other))
	off := s.clone(quick, `name = "web-2"`, `power_on = false`, acctest.Placement("folder_id", s.prod, "cluster_id", s.other))
	create := s.applied(plancheck.ResourceActionCreate, made, "web", nil)
	create.PreConfig = s.server.ClearFaults
	switchOff := s.applied(plancheck.ResourceActionUpdate, off, "web-2", func(vm vcenter.VM) error {
		return acctest.Same("power", vm.PowerState, "poweredOff")
	})
	switchOff.PreConfig = s.server.ClearFaults
	on := s.applied(plancheck.ResourceActionUpdate, moved, "web-2", func(vm vcenter.VM) error {
		return errors.Join(acctest.Same("folder", vm.FolderID, s.prod), acctest.Same("cluster", vm.ClusterID, s.other), acctest.Same("power", vm.PowerState, "poweredOn"))
	})
	on.PreConfig = func() {
		s.server.ClearFaults()
		stopped := false
		s.must(s.server.ChangeVM(s.vm("web-2").ID, vcenter.Change{ToolsRunning: &stopped}))
	}
	s.run(
		failing(made, cloneMethod, "INVALID_ARGUMENT", vcenter.FaultAtCall, "vCenter answered INVALID_ARGUMENT"),
		failing(made, cloneMethod, "UNABLE_TO_ALLOCATE_RESOURCE", vcenter.FaultInTask, "vCenter answered UNABLE_TO_ALLOCATE_RESOURCE"),
		create,
		failing(moved, "Rename_Task", "InvalidName", vcenter.FaultInTask, `Could not rename VM "web"`),
		failing(foldered, "MoveIntoFolder_Task", "InvalidState", vcenter.FaultInTask, `Could not move VM "web"`),
		failing(moved, "RelocateVM_Task", "InsufficientResourcesFault", vcenter.FaultInTask, `Could not relocate VM "web"`),
		failing(moved, "PowerOnVM_Task", "NotEnoughLicenses", vcenter.FaultInTask, `Could not power on VM "web-2"`),
		on,
		failing(off, "PowerOffVM_Task", "InvalidState", vcenter.FaultInTask, `Could not power off VM "web-2"`),
		switchOff,
		resource.TestStep{
			PreConfig: func() {
				s.server.Inject(vcenter.Fault{Method: "Destroy_Task", Code: "ResourceInUse", Where: vcenter.FaultInTask, Times: -1})
			},
			Config: off, Destroy: true, ExpectError: acctest.Says(`Could not destroy VM "web-2"`),
		},
		resource.TestStep{PreConfig: s.server.ClearFaults, Config: off, Destroy: true},
	)
}

// A clone that runs out of time is cancelled; when vCenter does not tell in time how that ended it is kept as pending and
// tainted, and the next apply replaces it.
func TestAccVSphereClone_timeout(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(`timeouts = { create = "3s" }`)
	s.run(
		resource.TestStep{
			PreConfig:   func() { s.server.HoldTasks(cloneMethod) },
			Config:      config,
			ExpectError: acctest.Says(`VM "web" was not created within 3s`),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := acctest.CheckNoVM(s.server, "web")(nil); err != nil {
					t.Error(err)
				}
				s.server.ReleaseTasks()
			},
			Config: config,
			Check:  acctest.CheckVM(s.server, "web", nil),
		},
	)
}

// Sessions that expire while a clone is waited for are renewed once, for all.
func TestAccVSphereClone_sessionExpires(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1, TaskDuration: 2 * time.Second})
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for range tick.C {
			for _, task := range s.server.Tasks() {
				if task.Method == cloneMethod {
					s.server.ExpireSessions()

					return
				}
			}
			if t.Context().Err() != nil {
				return
			}
		}
	}()
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(`power_on = true`), "web", nil))
	<-done
}

// A user who may only read is told which privileges are missing and where.
func TestAccVSphereClone_restricted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := strings.NewReplacer(s.server.Username(), "restricted", s.server.Password(), "restricted").
		Replace(s.clone(acctest.Placement("folder_id", s.prod, "resource_pool_id", s.child, "datastore_id", s.datastore1)))
	privilege := func(name, object string) string { return fmt.Sprintf(`(?s).*%s on %s`, regexp.QuoteMeta(name), object) }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			{Config: config, ExpectError: regexp.MustCompile(privilege("VirtualMachine.Provisioning.Clone", s.golden.ID))},
			{Config: config, ExpectError: regexp.MustCompile(privilege("Datastore.AllocateSpace", s.datastore1))},
			{Config: config, ExpectError: regexp.MustCompile(privilege("VirtualMachine.Inventory.CreateFromExisting", s.prod))},
			{Config: config, ExpectError: regexp.MustCompile(privilege("Resource.AssignVMToPool", s.child))},
		},
	})
}

// The plan says what would fail, before anything is made.
func TestAccVSphereClone_planChecks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	inaccessible, accessible := false, true
	refused := func(config, words string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: acctest.Says(words)}
	}
	dark := refused(s.clone(acctest.Placement("datastore_id", s.datastore1)), fmt.Sprintf(`The datastore "LocalDS_1" (%s) can't be used now`, s.datastore1))
	dark.PreConfig = func() { s.must(s.server.ChangeDatastore(s.datastore1, &inaccessible, nil)) }
	last := s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil)
	last.PreConfig = func() { s.must(s.server.ChangeDatastore(s.datastore1, &accessible, nil)) }
	s.run(
		refused(s.clone(`source_vm_id = "vm-999999"`), `There is no source VM "vm-999999"`),
		refused(s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID)), "A clone of a template needs a place to run"),
		refused(s.clone(acctest.Placement("folder_id", "group-v999999")), `There is no folder "group-v999999"`),
		refused(s.clone(acctest.Placement("resource_pool_id", s.otherPool, "cluster_id", s.cluster)), `is not in the cluster`),
		refused(s.clone(acctest.Placement("host_id", s.otherHosts[0], "cluster_id", s.cluster)), `is not in the cluster`),
		refused(s.clone(`disks_to_remove = ["2009"]`), `has no disk "2009"`),
		refused(s.clone(`disks_to_remove = ["2000"]`, fmt.Sprintf(`disks_to_update = { "2000" = { datastore_id = %q } }`, s.datastore)),
			`Disk 2000 is in both disks_to_remove and disks_to_update`),
		refused(s.clone(`name = ""`), `Invalid name`),
		refused(s.clone(`wait_for_guest_ip = "soon"`, `power_on = true`), `Invalid duration`),
		dark,
		last,
	)
}

// A VM whose guest tells no address in time is in state and tainted; the next apply replaces it, and its own name is not
// taken.
func TestAccVSphereClone_taintedIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	waits := s.clone(`power_on = true`, `wait_for_guest_ip = "1ns"`)
	again := s.clone(`power_on = true`, `wait_for_guest_ip = "1m"`)
	var first string
	replaced := s.applied(plancheck.ResourceActionDestroyBeforeCreate, again, "web", func(vm vcenter.VM) error {
		if vm.ID == first {
			return errors.New("the tainted VM was kept")
		}

		return nil
	})
	replaced.PreConfig = func() { first = s.vm("web").ID }
	s.run(resource.TestStep{Config: waits, ExpectError: acctest.Says(`could not get an IP address from its guest`)}, replaced)
}

// Without a vsphere block, and without the environment that stands for it, the plan says so.
func TestAccVSphereClone_noProviderBlock(t *testing.T) {
	t.Parallel()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{{
			Config:      "provider \"vmfork\" {}\n\nresource \"vmfork_vsphere_clone\" \"web\" {\n  name = \"web\"\n  source_vm_id = \"vm-1\"\n}\n",
			PlanOnly:    true,
			ExpectError: acctest.Says("The provider has no vsphere configuration"),
		}},
	})
}

// A provider whose configuration is known only after apply plans without its vCenter.
func TestAccVSphereClone_unknownProvider(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	unknown := strings.Replace(s.clone(), fmt.Sprintf("endpoint   = %q", s.server.Endpoint()), "endpoint = terraform_data.endpoint.output", 1)
	if unknown == s.clone() {
		t.Fatal("the provider configuration has another form")
	}
	s.run(s.applied(plancheck.ResourceActionCreate,
		fmt.Sprintf("resource \"terraform_data\" \"endpoint\" {\n  input = %q\n}\n", s.server.Endpoint())+unknown, "web", nil))
}
