package vsphereinstantclone_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// instantCloneMethod is the call that starts an instant clone.
const instantCloneMethod = "InstantClone_Task"

// privileges are what an instant clone needs, and a user who waits for its task and reads the VM has beside them.
var privileges = []string{
	"VirtualMachine.Provisioning.Clone", "VirtualMachine.Interact.PowerOn", "VirtualMachine.Inventory.CreateFromExisting",
	"Datastore.AllocateSpace", "Resource.AssignVMToPool",
}

// A user who lacks exactly one of the five privileges is told which, and on which object.
func TestAccVSphereInstantClone_restricted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	place := acctest.Placement("folder_id", s.prod, "resource_pool_id", s.child, "datastore_id", s.datastore1)
	objects := map[string]string{
		"VirtualMachine.Provisioning.Clone": s.golden.ID, "VirtualMachine.Interact.PowerOn": s.golden.ID,
		"VirtualMachine.Inventory.CreateFromExisting": s.prod, "Datastore.AllocateSpace": s.datastore1,
		"Resource.AssignVMToPool": s.child,
	}
	var steps []resource.TestStep
	for _, lacking := range privileges {
		user := strings.ToLower(strings.ReplaceAll(lacking, ".", "-"))
		granted := slices.DeleteFunc(slices.Clone(privileges), func(privilege string) bool { return privilege == lacking })
		s.server.AddUser(user, "secret-"+user, append(granted, "Network.Assign")...)
		config := strings.NewReplacer(s.server.Username(), user, s.server.Password(), "secret-"+user).Replace(s.fork(place))
		steps = append(steps, resource.TestStep{
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)lacks\s+this\s+privilege.*` + regexp.QuoteMeta(lacking+" on "+objects[lacking])),
		})
	}
	s.run(steps...)
}

// A request whose answer is lost is not sent again: vCenter is asked what became of it.
func TestAccVSphereInstantClone_answerLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drop     vcenter.FaultDrop
		words    string
		requests int
	}{
		"after the effect":  {vcenter.DropAfter, "", 1},
		"before the effect": {vcenter.DropBefore, `VM "runner" was not created: the answer to the request was lost`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, vcenter.Options{VMs: 1, TaskDuration: 200 * time.Millisecond})
			step := s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil)
			if test.words != "" {
				step = resource.TestStep{Config: s.fork(), ExpectError: acctest.Says(test.words)}
			}
			step.PreConfig = func() {
				s.server.Inject(vcenter.Fault{Method: instantCloneMethod, Drop: test.drop})
				s.server.ResetRequests()
			}
			s.run(step, resource.TestStep{Config: s.fork(), Check: acctest.CheckVM(s.server, "runner", nil)})
			if got := s.server.Requests().ByMethod[instantCloneMethod]; got != test.requests {
				t.Errorf("the instant clone was requested %d times, want %d", got, test.requests)
			}
		})
	}
}

// An instant clone that runs out of time is cancelled.
func TestAccVSphereInstantClone_timeout(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.fork(`timeouts = { create = "3s" }`)
	s.run(
		resource.TestStep{
			PreConfig:   func() { s.server.HoldTasks(instantCloneMethod) },
			Config:      config,
			ExpectError: acctest.Says(`VM "runner" was not created within 3s`),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := acctest.CheckNoVM(s.server, "runner")(nil); err != nil {
					t.Error(err)
				}
				s.server.ReleaseTasks()
			},
			Config: s.fork(),
			Check:  acctest.CheckVM(s.server, "runner", nil),
		},
	)
}

// A source that another client's task works on is waited for as long as timeouts.create allows.
func TestAccVSphereInstantClone_sourceBusy(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(
		resource.TestStep{
			PreConfig:   func() { s.change(s.golden.Name, vcenter.Change{Busy: new(true)}) },
			Config:      s.fork(`timeouts = { create = "6s" }`),
			ExpectError: acctest.Says("vCenter answered TaskInProgress"),
		},
		resource.TestStep{
			PreConfig: func() {
				s.server.ResetRequests()
				go func() {
					for s.server.Requests().ByMethod[instantCloneMethod] < 2 && t.Context().Err() == nil {
						<-time.After(20 * time.Millisecond)
					}
					s.change(s.golden.Name, vcenter.Change{Busy: new(false)})
				}()
			},
			Config: s.fork(),
			Check:  acctest.CheckVM(s.server, "runner", nil),
		},
	)
}

// The plan says what would fail, before anything is made.
func TestAccVSphereInstantClone_planChecks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	refused := func(config, words string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: acctest.Says(words)}
	}
	other := s.vm("DC0_C0_RP0_VM1")
	off := refused(s.fork(fmt.Sprintf("source_vm_id = %q", other.ID)), "an instant clone needs a running VM")
	off.PreConfig = func() { s.change(other.Name, vcenter.Change{PowerState: new("poweredOff")}) }
	passthrough := refused(s.fork(), "has devices that an instant clone can't share")
	passthrough.PreConfig = func() { s.change(s.golden.Name, vcenter.Change{AttachDevice: new("pci-passthrough")}) }
	last := s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil)
	last.PreConfig = func() { s.change(s.golden.Name, vcenter.Change{DetachDevices: new(true)}) }
	s.run(
		refused(s.fork(`source_vm_id = "vm-999999"`), `There is no source VM "vm-999999"`),
		refused(s.fork(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID)), "it is a template"),
		refused(s.fork(fmt.Sprintf("name = %q", other.Name)), "exists already"),
		refused(s.fork(acctest.Placement("folder_id", "group-v999999")), `There is no folder "group-v999999"`),
		refused(s.fork(acctest.Placement("resource_pool_id", s.server.ID("/DC0/host/DC0_C1/Resources"))), "is not of the source's host"),
		refused(s.fork(`network_interfaces = { "4007" = { connected = false } }`), `has no network interface "4007"`),
		refused(s.fork(`network_interfaces = { "4000" = { network_id = "network-999999" } }`), `There is no network "network-999999"`),
		refused(s.fork(`serial_ports = { "Serial port 7" = "[LocalDS_0] x.log" }`), `has no serial port "Serial port 7"`),
		refused(s.fork(`serial_ports = { "9000" = "x.log" }`), `Invalid datastore path`),
		refused(s.fork(`network_interfaces = { "4000" = { mac_address = "one" } }`), `Invalid MAC address`),
		refused(s.fork(`power_on = false`, `wait_for_guest_ip = "1m"`), `Nothing to wait for`),
		off,
		passthrough,
		last,
	)
}

// A vCenter without instant clones says so at plan, and which version has them.
func TestAccVSphereInstantClone_oldVCenter(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, APIVersion: "6.5"})
	s.environment = []string{acctest.PlanErrors}
	s.run(resource.TestStep{
		Config: s.fork(), PlanOnly: true, ExpectError: acctest.Says("This needs version 6.7 of vCenter's API or a newer one; the server has 6.5."),
	})
}

// The source is a clone of the same configuration that is off, and that the same apply powers on before it is forked: the
// plan, which a destroy makes too, must not take exception to what it repairs.
func TestAccVSphereInstantClone_sourceWillRun(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	base := func(on bool) string {
		return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "base" {
  name             = "base"
  source_vm_id     = %q
  placement        = { resource_pool_id = %q }
  power_on         = %t
  shutdown_timeout = "1s"
}
`, s.vm("golden-template").ID, s.pool, on)
	}
	forked := s.fork(`source_vm_id = vmfork_vsphere_clone.base.id`, `network_interfaces = { "4000" = { connected = false, start_connected = false } }`)
	again := s.applied(plancheck.ResourceActionCreate, forked+base(true), "runner", nil)
	again.PreConfig = func() {
		s.must(s.server.DestroyVM(s.vm("runner").ID))
		s.change("base", vcenter.Change{PowerState: new("poweredOff")})
	}
	s.run(
		resource.TestStep{Config: acctest.ProviderConfig(s.server, acctest.API(s.api)) + base(false)},
		resource.TestStep{Config: forked + base(false), PlanOnly: true, ExpectError: acctest.Says("an instant clone needs a running VM")},
		s.applied(plancheck.ResourceActionCreate, forked+base(true), "runner", nil),
		again,
	)
}

// An instant clone that must not run is switched off as soon as it is there.
func TestAccVSphereInstantClone_poweredOff(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(s.applied(plancheck.ResourceActionCreate, s.fork(`power_on = false`, `shutdown_timeout = "10s"`), "runner",
		func(vm vcenter.VM) error { return acctest.Same("power", vm.PowerState, "poweredOff") }))
}

// Ten forks of one source at once, which vCenter makes one after another.
func TestAccVSphereInstantClone_many(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	const count = 10
	config := acctest.ProviderConfig(s.server) + fmt.Sprintf(`
resource "vmfork_vsphere_instant_clone" "runner" {
  count              = %d
  name               = "runner %%/\\ ${count.index}"
  source_vm_id       = %q
  network_interfaces = { %q = { network_id = %q } }
  extra_config       = { "guestinfo.name" = "runner-${count.index}" }
}
`, count, s.golden.ID, s.nicLabel, s.network)
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf(`runner %%/\ %d`, i)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		CheckDestroy:             acctest.CheckNoVM(s.server, names...),
		Steps: []resource.TestStep{{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: func(state *terraform.State) error {
				for i, name := range names {
					named := func(vm vcenter.VM) error {
						return acctest.Same("guestinfo.name", vm.ExtraConfig["guestinfo.name"], fmt.Sprintf("runner-%d", i))
					}
					if err := acctest.CheckVM(s.server, name, named)(state); err != nil {
						return err
					}
				}

				return nil
			},
		}},
	})
}
