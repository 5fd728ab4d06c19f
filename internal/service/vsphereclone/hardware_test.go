package vsphereclone

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// allHardware sets every argument of the machine's own hardware and settings.
func allHardware() config {
	return config{
		"cpu": config{
			"count": 4, "cores_per_socket": 2, "hot_add": true, "reservation_mhz": 500, "limit_mhz": 2000, "shares": "high",
		},
		"memory": config{
			"size_mib": 2048, "hot_add": true, "reservation_mib": 512, "limit_mib": -1, "shares": "3000",
		},
		"annotation":              "the web's",
		"extra_config":            config{"guestinfo.name": "web"},
		"extra_config_wo":         config{"guestinfo.token": "secret"},
		"extra_config_wo_version": 1,
	}
}

// TestHardware_create puts all of it into the one CloneVM_Task.
func TestHardware_create(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic(allHardware())).Clean(t)
	want := vsphere.ReconfigureSpec{
		CPU: &vsphere.CPUEdit{
			Count: new(int64(4)), CoresPerSocket: new(int64(2)), HotAdd: new(true),
			Allocation: vsphere.AllocationEdit{Reservation: new(int64(500)), Limit: new(int64(2000)), Shares: "high"},
		},
		Memory: &vsphere.MemoryEdit{
			SizeMiB: new(int64(2048)), HotAdd: new(true),
			Allocation: vsphere.AllocationEdit{Reservation: new(int64(512)), Limit: new(int64(vsphere.NoLimit)), Shares: "3000"},
		},
		Annotation:  new("the web's"),
		ExtraConfig: map[string]string{"guestinfo.name": "web", "guestinfo.token": "secret"},
	}
	if len(fake.Specs) != 1 || !reflect.DeepEqual(fake.Specs[0].Config, want) {
		t.Errorf("asked for %+v, want %+v", fake.Specs, want)
	}
	if fake.Made("StartCloneTask") != 1 || fake.Made("Reconfigure") != 0 {
		t.Errorf("calls %v", fake.Calls)
	}
	c.Settled(basic(allHardware()))
	c.Is("<null>", "extra_config_wo")
}

// TestHardware_unset leaves a machine alone whose configuration sets nothing of it, whatever happens to the machine.
func TestHardware_unset(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	if fake.Made("StartClone") != 1 || fake.Made("VirtualMachineWithSettings") != 0 {
		t.Errorf("calls %v", fake.Calls)
	}
	fake.Change("web", func(vm *vsphere.VirtualMachine) {
		vm.CPU, vm.Memory, vm.Annotation = vsphere.CPU{Count: 8}, vsphere.Memory{SizeMiB: 4096}, "changed"
	})
	c.Refresh().Clean(t)
	c.Settled(basic())
	for _, name := range []string{"cpu", "memory", "annotation", "extra_config"} {
		c.Is("<null>", name)
	}
}

// TestHardware_update changes each argument by one reconfiguration of no more than it.
func TestHardware_update(t *testing.T) {
	t.Parallel()
	count := func(count int64) config { return config{"cpu": config{"count": count}} }
	hot := config{"cpu": config{"count": 2, "hot_add": true}, "memory": config{"size_mib": 1024, "hot_add": true}}
	on, off := config{"power_on": true}, config{"power_on": false}
	for name, test := range map[string]struct {
		before, after config
		edits         []string
		want          vsphere.ReconfigureSpec
	}{
		"processors": {basic(count(2)), basic(count(4)), []string{"Reconfigure"}, vsphere.ReconfigureSpec{
			CPU: &vsphere.CPUEdit{Count: new(int64(4))},
		}},
		"processors that the machine has": {basic(), basic(count(2)), nil, vsphere.ReconfigureSpec{}},
		"processors that are unset":       {basic(count(4)), basic(), nil, vsphere.ReconfigureSpec{}},
		"one of two that the machine has": {basic(), basic(config{"cpu": config{"count": 2, "shares": "low"}}), []string{"Reconfigure"}, vsphere.ReconfigureSpec{
			CPU: &vsphere.CPUEdit{Allocation: vsphere.AllocationEdit{Shares: "low"}},
		}},
		"memory": {basic(), basic(config{"memory": config{"size_mib": 512}}), []string{"Reconfigure"}, vsphere.ReconfigureSpec{
			Memory: &vsphere.MemoryEdit{SizeMiB: new(int64(512))},
		}},
		"annotation": {basic(config{"annotation": "a"}), basic(config{"annotation": "b"}), []string{"Reconfigure"}, vsphere.ReconfigureSpec{
			Annotation: new("b"),
		}},
		"settings": {
			basic(config{"extra_config": config{"a": "1", "b": "2"}}), basic(config{"extra_config": config{"a": "3", "c": "4"}}),
			[]string{"Reconfigure"},
			vsphere.ReconfigureSpec{ExtraConfig: map[string]string{"a": "3", "b": "", "c": "4"}},
		},
		"secrets": {
			basic(config{"extra_config_wo": config{"t": "1"}, "extra_config_wo_version": 1}),
			basic(config{"extra_config_wo": config{"t": "2"}, "extra_config_wo_version": 2}),
			[]string{"Reconfigure"},
			vsphere.ReconfigureSpec{ExtraConfig: map[string]string{"t": "2"}},
		},
		"all at once": {basic(), basic(allHardware()), []string{"Reconfigure"}, vsphere.ReconfigureSpec{
			CPU: &vsphere.CPUEdit{
				Count: new(int64(4)), CoresPerSocket: new(int64(2)), HotAdd: new(true),
				Allocation: vsphere.AllocationEdit{Reservation: new(int64(500)), Limit: new(int64(2000)), Shares: "high"},
			},
			Memory: &vsphere.MemoryEdit{
				SizeMiB: new(int64(2048)), HotAdd: new(true),
				Allocation: vsphere.AllocationEdit{Reservation: new(int64(512)), Shares: "3000"},
			},
			Annotation: new("the web's"), ExtraConfig: map[string]string{"guestinfo.name": "web", "guestinfo.token": "secret"},
		}},
		"hot add": {
			basic(hot, on), basic(config{"cpu": config{"count": 4, "hot_add": true}, "memory": config{"size_mib": 2048, "hot_add": true}}, on),
			[]string{"Reconfigure"},
			vsphere.ReconfigureSpec{
				CPU: &vsphere.CPUEdit{Count: new(int64(4))}, Memory: &vsphere.MemoryEdit{SizeMiB: new(int64(2048))},
			},
		},
		"before power on": {basic(count(2)), basic(count(4), on), []string{"Reconfigure", "PowerOn"}, vsphere.ReconfigureSpec{
			CPU: &vsphere.CPUEdit{Count: new(int64(4))},
		}},
		"after power off": {basic(count(2), on), basic(count(1), off), []string{"ShutdownGuest", "Reconfigure"}, vsphere.ReconfigureSpec{
			CPU: &vsphere.CPUEdit{Count: new(int64(1))},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			c.Apply(t.Context(), test.before).Clean(t)
			c.Settled(test.before)
			fake.Forget()
			c.Apply(t.Context(), test.after).Clean(t)
			if got := fake.Edits(); !slices.Equal(got, test.edits) {
				t.Errorf("made %v, want %v", got, test.edits)
			}
			for _, got := range fake.Reconfigured {
				if !sameReconfiguration(got, test.want) {
					t.Errorf("reconfigured %+v, want %+v", got, test.want)
				}
			}
			c.Settled(test.after)
		})
	}
}

func sameReconfiguration(a, b vsphere.ReconfigureSpec) bool {
	for _, spec := range []*vsphere.ReconfigureSpec{&a, &b} {
		if len(spec.ExtraConfig) == 0 {
			spec.ExtraConfig = nil
		}
		if len(spec.NetworkInterfaces) == 0 {
			spec.NetworkInterfaces = nil
		}
	}

	return reflect.DeepEqual(a, b)
}

// TestHardware_drift shows what another client changed of what is set, and repairs it.
func TestHardware_drift(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(vm *vsphere.VirtualMachine, extra map[string]string){
		"cpu.count":              func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.CPU.Count = 8 },
		"cpu.cores_per_socket":   func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.CPU.CoresPerSocket = 1 },
		"cpu.hot_add":            func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.CPU.HotAdd = false },
		"cpu.reservation_mhz":    func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.CPU.Allocation.Reservation = 0 },
		"cpu.limit_mhz":          func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.CPU.Allocation.Limit = vsphere.NoLimit },
		"cpu.shares":             func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.CPU.Allocation.Shares = "normal" },
		"memory.size_mib":        func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.Memory.SizeMiB = 4096 },
		"memory.hot_add":         func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.Memory.HotAdd = false },
		"memory.reservation_mib": func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.Memory.Allocation.Reservation = 0 },
		"memory.limit_mib":       func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.Memory.Allocation.Limit = 4096 },
		"memory.shares":          func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.Memory.Allocation.Shares = "normal" },
		"annotation":             func(vm *vsphere.VirtualMachine, _ map[string]string) { vm.Annotation = "" },
		"extra_config":           func(_ *vsphere.VirtualMachine, extra map[string]string) { extra["guestinfo.name"] = "db" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			configured := basic(allHardware())
			c.Apply(t.Context(), configured).Clean(t)
			fake.Change("web", func(vm *vsphere.VirtualMachine) { change(vm, fake.Extra[vm.ID]) })
			fake.Forget()
			c.Refresh().Clean(t)
			c.Apply(t.Context(), configured).Clean(t)
			if got := fake.Edits(); !slices.Equal(got, []string{"Reconfigure"}) {
				t.Errorf("made %v", got)
			}
			c.Settled(configured)
		})
	}
}

// TestHardware_redacted takes what cloud-init leaves of a value that it has read for no drift.
func TestHardware_redacted(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	configured := basic(config{"extra_config": config{
		"guestinfo.userdata": "I2Nsb3VkLWNvbmZpZw==", "guestinfo.userdata.encoding": "base64", "guestinfo.name": "web",
	}})
	c.Apply(t.Context(), configured).Clean(t)
	fake.Change("web", func(vm *vsphere.VirtualMachine) {
		fake.Extra[vm.ID]["guestinfo.userdata"], fake.Extra[vm.ID]["guestinfo.userdata.encoding"] = "---", ""
	})
	c.Refresh().Clean(t)
	c.Settled(configured)
	fake.Change("web", func(vm *vsphere.VirtualMachine) { fake.Extra[vm.ID]["guestinfo.name"] = "---" })
	c.Refresh().Clean(t)
	c.Is("---", "extra_config", "guestinfo.name")
}

// TestHardware_validate refuses arguments that contradict each other.
func TestHardware_validate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config      config
		summary, at string
	}{
		"all":                      {allHardware(), "", ""},
		"half a socket":            {config{"cpu": config{"count": 3, "cores_per_socket": 2}}, "no whole number of sockets", "cpu.count"},
		"no processors":            {config{"cpu": config{"count": 0}}, "Invalid Attribute Value", "cpu.count"},
		"odd memory":               {config{"memory": config{"size_mib": 1023}}, "Invalid Attribute Value", "memory.size_mib"},
		"more reserved than there": {config{"memory": config{"size_mib": 1024, "reservation_mib": 2048}}, "More memory is reserved", "memory.reservation_mib"},
		"a limit of nothing":       {config{"cpu": config{"limit_mhz": 0}}, "Invalid Attribute Value Match", "cpu.limit_mhz"},
		"a low limit":              {config{"cpu": config{"limit_mhz": 100, "reservation_mhz": 200}}, "The limit is below", "cpu.limit_mhz"},
		"a low limit of memory":    {config{"memory": config{"limit_mib": 100, "reservation_mib": 200}}, "The limit is below", "memory.limit_mib"},
		"no limit":                 {config{"memory": config{"limit_mib": -1, "reservation_mib": 200}}, "", ""},
		"no such shares":           {config{"cpu": config{"shares": "some"}}, "Invalid Attribute Value Match", "cpu.shares"},
		"no notes":                 {config{"annotation": ""}, "Invalid Attribute Value Length", "annotation"},
		"reserved":                 {config{"extra_config": config{"VMFork.request": "1"}}, "VMFork.request is reserved", ""},
		"reserved secret":          {config{"extra_config_wo": config{"vmfork.request": "1"}, "extra_config_wo_version": 1}, "vmfork.request is reserved", ""},
		"no version":               {config{"extra_config_wo": config{"a": "2"}}, "Invalid Attribute Combination", ""},
		"unknown":                  {config{"cpu": playedcli.Unknown{}, "memory": playedcli.Unknown{}, "annotation": playedcli.Unknown{}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checked := newCore(t, fakevsphere.New()).Validate(basic(test.config))
			if test.summary == "" {
				checked.Clean(t)

				return
			}
			checked.FailedTitle(t, test.summary)
			if got := checked.Errors[0].Attribute.String(); test.at != "" && got != attributePath(test.at) {
				t.Errorf("on %s", got)
			}
		})
	}
}

// attributePath returns a path of attributes as a diagnostic has it.
func attributePath(dotted string) string {
	return `AttributeName("` + strings.ReplaceAll(dotted, ".", `").AttributeName("`) + `")`
}

// TestHardware_planErrors says at plan what a machine can't take, with the attribute and what would be right.
func TestHardware_planErrors(t *testing.T) {
	t.Parallel()
	on, off := config{"power_on": true}, config{"power_on": false}
	cpu := func(parts config) config { return config{"cpu": parts} }
	memory := func(parts config) config { return config{"memory": parts} }
	for name, test := range map[string]struct {
		before  config // nil: a new machine
		prepare func(vm *vsphere.VirtualMachine)
		after   config
		summary string // empty: the plan is fine
		at      string
		right   string
	}{
		"new: sockets of the source": {
			nil, func(vm *vsphere.VirtualMachine) { vm.CPU.CoresPerSocket = 2 }, basic(cpu(config{"count": 3})),
			"no whole number of sockets", "cpu.count", "cores_per_socket",
		},
		"new: processors of the source": {nil, nil, basic(cpu(config{"cores_per_socket": 4})), "no whole number of sockets", "cpu.cores_per_socket", "divisor"},
		"new: memory of the source":     {nil, nil, basic(memory(config{"reservation_mib": 2048})), "More memory is reserved", "memory.reservation_mib", "1024 MiB"},
		"more processors":               {basic(on), nil, basic(on, cpu(config{"count": 4})), "CPU hot add is off", "cpu.count", "power_on = false"},
		"more processors, hot add now":  {basic(on), nil, basic(on, cpu(config{"count": 4, "hot_add": true})), "CPU hot add is off", "cpu.count", "leave it at 2"},
		"fewer processors": {
			basic(on, cpu(config{"hot_add": true})), nil, basic(on, cpu(config{"hot_add": true, "count": 1})), "can't be taken", "cpu.count", "2 or more",
		},
		"cores":            {basic(on), nil, basic(on, cpu(config{"cores_per_socket": 2})), "cores per socket can't change", "cpu.cores_per_socket", "leave it at 1"},
		"hot add":          {basic(on), nil, basic(on, cpu(config{"hot_add": true})), "Hot add can't be switched", "cpu.hot_add", "leave it at false"},
		"power left alone": {basic(on), nil, basic(cpu(config{"count": 4})), "CPU hot add is off", "cpu.count", "power_on = false"},
		"powered off":      {basic(on), nil, basic(off, cpu(config{"count": 4})), "", "", ""},
		"off":              {basic(), nil, basic(cpu(config{"count": 4})), "", "", ""},
		"more memory":      {basic(on), nil, basic(on, memory(config{"size_mib": 2048})), "memory hot add is off", "memory.size_mib", "leave it at 1024"},
		"less memory":      {basic(on), nil, basic(on, memory(config{"size_mib": 512})), "Memory can't be taken", "memory.size_mib", "1024 or more"},
		"memory hot add":   {basic(on), nil, basic(on, memory(config{"hot_add": true})), "Hot add can't be switched", "memory.hot_add", ""},
		"allocations":      {basic(on), nil, basic(on, cpu(config{"shares": "high", "limit_mhz": 2000}), memory(config{"reservation_mib": 512})), "", "", ""},
		"more than hot add allows": {
			basic(on, memory(config{"hot_add": true})), func(vm *vsphere.VirtualMachine) { vm.Memory.HotAddLimitMiB = 3072 },
			basic(on, memory(config{"hot_add": true, "size_mib": 4096})), "So much memory can't be added", "memory.size_mib", "3072 or less",
		},
		"less than a step": {
			basic(on, memory(config{"hot_add": true})), func(vm *vsphere.VirtualMachine) { vm.Memory.HotAddIncrementMiB = 128 },
			basic(on, memory(config{"hot_add": true, "size_mib": 1088})), "whole steps", "memory.size_mib", "128 MiB",
		},
		"suspended": {
			basic(), func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.Suspended }, basic(cpu(config{"count": 4})),
			"CPU hot add is off", "cpu.count", "suspended",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, name := fakevsphere.New(), "golden"
			c := newCore(t, fake)
			if test.before != nil {
				c.Apply(t.Context(), test.before).Clean(t)
				name = "web"
			}
			if test.prepare != nil {
				fake.Change(name, test.prepare)
			}
			planned := c.Plan(test.after)
			if test.summary == "" {
				planned.Clean(t)

				return
			}
			if len(planned.Errors) == 0 || !strings.Contains(planned.Errors[0].Summary, test.summary) {
				t.Fatalf("want %q, got %v", test.summary, planned)
			}
			if got := planned.Errors[0].Attribute.String(); got != attributePath(test.at) {
				t.Errorf("on %s", got)
			}
			if !strings.Contains(planned.Errors[0].Detail, test.right) {
				t.Errorf("no %q in:\n%s", test.right, planned.Errors[0].Detail)
			}
		})
	}
}

// TestHardware_refused puts what vCenter refuses on the attribute that it is about, also what no plan could see.
func TestHardware_refused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		argument, at string
	}{
		"processors":   {"numCPUs", "cpu.count"},
		"memory":       {"configSpec.memoryMB", "memory.size_mib"},
		"a limit":      {"configSpec.cpuAllocation.limit", "cpu.limit_mhz"},
		"in the clone": {"spec.config.numCoresPerSocket", "cpu.cores_per_socket"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			refusal := []error{&apierr.Error{Kind: apierr.InvalidArgument, Code: "InvalidArgument", Arguments: []string{test.argument}}}
			fake.Errs["StartCloneTask"], fake.Errs["Reconfigure"] = refusal, refusal
			failed := c.Apply(t.Context(), basic(allHardware())).FailedTitle(t, "Could not clone")
			if got := failed.Errors[0].Attribute.String(); got != attributePath(test.at) {
				t.Errorf("the clone: on %s", got)
			}
			c.Apply(t.Context(), basic()).Clean(t)
			failed = c.Apply(t.Context(), basic(allHardware())).FailedTitle(t, "Could not reconfigure")
			if got := failed.Errors[0].Attribute.String(); got != attributePath(test.at) {
				t.Errorf("the change: on %s", got)
			}
		})
	}
}

// TestHardware_privileges names what the user lacks before anything is made: a warning of a clone, an error of a change in place.
func TestHardware_privileges(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	fake.Missing = []apierr.MissingPrivilege{{Privilege: "VirtualMachine.Config.CPUCount", Object: "group-v1"}}
	newCore(t, fake).Plan(basic()).Clean(t)
	newCore(t, fake).Plan(basic(allHardware())).WarnedTitle(t, "The clone needs VirtualMachine.Config.CPUCount on group-v1")
	fake.Missing = nil
	c.Apply(t.Context(), basic()).Clean(t)
	fake.Missing = []apierr.MissingPrivilege{{Privilege: "VirtualMachine.Config.Annotation", Object: "vm-102"}}
	c.Plan(basic(config{"name": "web-2"})).Clean(t)
	refused := c.Plan(basic(config{"annotation": "a"})).FailedTitle(t, `Could not reconfigure VM "web"`)
	if !strings.Contains(refused.Errors[0].Detail, "VirtualMachine.Config.Annotation on vm-102") {
		t.Error(refused)
	}
}
