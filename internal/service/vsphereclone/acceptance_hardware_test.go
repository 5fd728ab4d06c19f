package vsphereclone_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// configOf returns the configuration of a VM as the simulator has it.
func (s *suite) configOf(id string) *types.VirtualMachineConfigInfo {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: id})
	var read mo.VirtualMachine
	s.must(vm.Properties(s.t.Context(), vm.Reference(), []string{"config"}, &read))
	s.must(client.Logout(s.t.Context()))

	return read.Config
}

// reconfigure changes a VM behind Terraform's back.
func (s *suite) reconfigure(name string, spec types.VirtualMachineConfigSpec) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm(name).ID})
	task, err := vm.Reconfigure(s.t.Context(), spec)
	s.must(err)
	s.must(task.Wait(s.t.Context()))
	s.must(client.Logout(s.t.Context()))
}

// requests returns a check of how often methods were called since the last one.
func (s *suite) requests(want map[string]int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		made := s.server.Requests().ByMethod
		s.server.ResetRequests()
		var all []error
		for method, count := range want {
			all = append(all, acctest.Same(method, made[method], count))
		}

		return errors.Join(all...)
	}
}

// hardwareIs compares what the simulator has of the hardware.
func (s *suite) hardwareIs(cpus, cores, megabytes int32, annotation string) func(vm vcenter.VM) error {
	return func(vm vcenter.VM) error {
		found := s.configOf(vm.ID)

		return errors.Join(
			acctest.Same("processors", found.Hardware.NumCPU, cpus), acctest.Same("cores", *found.Hardware.NumCoresPerSocket, cores),
			acctest.Same("memory", found.Hardware.MemoryMB, megabytes), acctest.Same("annotation", found.Annotation, annotation),
		)
	}
}

const (
	ownCPU      = `cpu = { count = 4, cores_per_socket = 2, hot_add = true, reservation_mhz = 500, limit_mhz = 2000, shares = "high" }`
	ownMemory   = `memory = { size_mib = 2048, hot_add = true, reservation_mib = 512, limit_mib = 4096, shares = "3000" }`
	ownSettings = `extra_config = { "guestinfo.name" = "web" }`
	ownSecrets  = `extra_config_wo = { "guestinfo.token" = "hush-hush" }`
)

// TestAccVSphereClone_hardware makes machines with hardware of their own, by the one task that clones, from a VM and from a template.
func TestAccVSphereClone_hardware(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]func(s *suite) []string{
		"of a VM": func(s *suite) []string { return []string{fmt.Sprintf("source_vm_id = %q", s.golden.ID)} },
		"of a template": func(s *suite) []string {
			return []string{fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			config := s.clone(append(source(s), ownCPU, ownMemory, ownSettings, ownSecrets, `extra_config_wo_version = 1`,
				`annotation = "the web's"`, `power_on = true`)...)
			step := s.applied(plancheck.ResourceActionCreate, config, "web", func(vm vcenter.VM) error {
				found := s.configOf(vm.ID)

				return errors.Join(
					s.hardwareIs(4, 2, 2048, "the web's")(vm),
					acctest.Same("CPU hot add", *found.CpuHotAddEnabled, true), acctest.Same("memory hot add", *found.MemoryHotAddEnabled, true),
					acctest.Same("MHz", *found.CpuAllocation.Reservation, 500), acctest.Same("most MHz", *found.CpuAllocation.Limit, 2000),
					acctest.Same("level", found.CpuAllocation.Shares.Level, types.SharesLevelHigh),
					acctest.Same("MiB", *found.MemoryAllocation.Reservation, 512), acctest.Same("most MiB", *found.MemoryAllocation.Limit, 4096),
					acctest.Same("shares", found.MemoryAllocation.Shares.Shares, 3000),
					acctest.Same("setting", vm.ExtraConfig["guestinfo.name"], "web"),
					acctest.Same("secret", vm.ExtraConfig["guestinfo.token"], "hush-hush"),
					acctest.Same("power state", vm.PowerState, "poweredOn"),
				)
			})
			step.Check = resource.ComposeAggregateTestCheckFunc(step.Check,
				s.requests(map[string]int{"CloneVM_Task": 1, "ReconfigVM_Task": 0, "PowerOnVM_Task": 0, cloneMethod: 0}))
			step.ConfigStateChecks = append(stateIs("annotation", "the web's", "cpu.shares", "high", "memory.shares", "3000"),
				statecheck.ExpectKnownValue(web, tfjsonpath.New("extra_config_wo"), knownvalue.Null()))
			s.run(step)
		})
	}
}

// TestAccVSphereClone_hardwareChange changes hardware in place: off, with the power, and on where hot add allows it.
func TestAccVSphereClone_hardwareChange(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	changed := func(check func(vm vcenter.VM) error, arguments ...string) resource.TestStep {
		step := s.applied(plancheck.ResourceActionUpdate, s.clone(arguments...), "web", check)
		step.Check = resource.ComposeAggregateTestCheckFunc(step.Check, s.requests(map[string]int{"ReconfigVM_Task": 1}))

		return step
	}
	refused := func(summary string, arguments ...string) resource.TestStep {
		return resource.TestStep{
			Config: s.clone(arguments...), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)` + summary + `.*power_on\s+=\s+false`),
		}
	}
	const note, hot = `annotation = "a"`, `cpu = { count = 4, cores_per_socket = 2, hot_add = true }`
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		changed(s.hardwareIs(2, 1, 1024, "a"), note, `memory = { size_mib = 1024 }`, `cpu = { count = 2 }`),
		changed(s.hardwareIs(4, 2, 1024, "a"), note, `memory = { size_mib = 1024 }`, hot, `power_on = true`),
		changed(s.hardwareIs(8, 2, 1024, "a"), note, `memory = { size_mib = 1024 }`, `cpu = { count = 8, cores_per_socket = 2, hot_add = true }`, `power_on = true`),
		refused(`Processors\s+can't\s+be\s+taken`, note, hot, `power_on = true`),
		refused(`memory\s+hot\s+add\s+is\s+off`, note, `memory = { size_mib = 2048 }`, `power_on = true`),
		changed(s.hardwareIs(4, 2, 2048, "a"), note, `memory = { size_mib = 2048, shares = "low" }`, hot, `power_on = false`),
	)
}

// TestAccVSphereClone_hardwareDrift shows each change that another client makes of what is set, and repairs it.
func TestAccVSphereClone_hardwareDrift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	configured := s.clone(ownCPU, ownMemory, ownSettings, `annotation = "the web's"`)
	steps := []resource.TestStep{s.applied(plancheck.ResourceActionCreate, configured, "web", nil)}
	other := &types.ResourceAllocationInfo{
		Reservation: new(int64(0)), Limit: new(int64(-1)), Shares: &types.SharesInfo{Level: types.SharesLevelLow},
	}
	for at, spec := range map[string]types.VirtualMachineConfigSpec{
		"cpu.count":         {NumCPUs: 6},
		"cpu.shares":        {CpuAllocation: other},
		"memory.size_mib":   {MemoryMB: 4096},
		"memory.shares":     {MemoryAllocation: other},
		"memory.hot_add":    {MemoryHotAddEnabled: new(false)},
		"annotation":        {Annotation: "changed"},
		"extra_config.name": {ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.name", Value: "db"}}},
	} {
		step := s.applied(plancheck.ResourceActionUpdate, configured, "web", func(vm vcenter.VM) error {
			return errors.Join(s.hardwareIs(4, 2, 2048, "the web's")(vm), acctest.Same(at, vm.ExtraConfig["guestinfo.name"], "web"))
		})
		step.PreConfig = func() { s.reconfigure("web", spec) }
		steps = append(steps, step)
	}
	s.run(steps...)
}

// TestAccVSphereClone_hardwareUnset leaves to others what the configuration does not set.
func TestAccVSphereClone_hardwareUnset(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	step := s.applied(plancheck.ResourceActionNoop, s.clone(), "web", s.hardwareIs(6, 1, 4096, "changed"))
	step.PreConfig = func() {
		s.reconfigure("web", types.VirtualMachineConfigSpec{
			NumCPUs: 6, MemoryMB: 4096, Annotation: "changed", NumCoresPerSocket: new(int32(1)),
			CpuHotAddEnabled: new(true), MemoryAllocation: &types.ResourceAllocationInfo{Reservation: new(int64(16))},
			ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.name", Value: "db"}},
		})
	}
	for _, name := range []string{"cpu", "memory", "annotation", "extra_config"} {
		step.ConfigStateChecks = append(step.ConfigStateChecks, statecheck.ExpectKnownValue(web, tfjsonpath.New(name), knownvalue.Null()))
	}
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil), step)
}

// TestAccVSphereClone_hardwareImport adopts a machine with hardware and settings that no configuration names: nothing of them is shown,
// secrets least of all, and the first apply writes down what the configuration says without a change of the machine.
func TestAccVSphereClone_hardwareImport(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	made := s.clone(ownCPU, ownMemory, ownSecrets, `extra_config_wo_version = 1`, `annotation = "the web's"`)
	unset := []string{"cpu", "memory", "annotation", "extra_config_wo_version"}
	again := s.applied(plancheck.ResourceActionNoop, made, "web", s.hardwareIs(4, 2, 2048, "the web's"))
	s.run(
		s.applied(plancheck.ResourceActionCreate, made, "web", nil),
		resource.TestStep{
			ResourceName: web, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: append(unset, "cpu.%", "memory.%",
				"cpu.count", "cpu.cores_per_socket", "cpu.hot_add", "cpu.reservation_mhz", "cpu.limit_mhz", "cpu.shares",
				"memory.size_mib", "memory.hot_add", "memory.reservation_mib", "memory.limit_mib", "memory.shares"),
			ImportStateCheck: func(states []*terraform.InstanceState) error {
				for _, state := range states {
					for key, value := range state.Attributes {
						if value == "hush-hush" || value == "the web's" {
							return fmt.Errorf("%s is %q", key, value)
						}
					}
				}

				return nil
			},
		},
		again,
	)
}
