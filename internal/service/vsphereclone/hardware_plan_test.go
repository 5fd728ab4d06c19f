package vsphereclone

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

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
		"no such shares":           {config{"cpu": config{"shares": "some"}}, "Invalid shares", "cpu.shares"},
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

// TestHardware_privileges names what the user lacks before anything is made: as the plan of a new machine reports it, an error of a change in place.
func TestHardware_privileges(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	fake.Missing = []apierr.MissingPrivilege{{Privilege: "VirtualMachine.Config.CPUCount", Object: "group-v1"}}
	newCore(t, fake).Plan(basic()).FailedTitle(t, `Privileges are missing to clone VM "web" from vm-1`)
	newCore(t, fake).Plan(basic(allHardware())).FailedTitle(t, `Privileges are missing to clone VM "web" from vm-1`)
	fake.Missing = nil
	c.Apply(t.Context(), basic()).Clean(t)
	fake.Missing = []apierr.MissingPrivilege{{Privilege: "VirtualMachine.Config.Annotation", Object: "vm-102"}}
	c.Plan(basic(config{"name": "web-2"})).FailedTitle(t, `Privileges are missing to change VM "web-2"`)
	refused := c.Plan(basic(config{"annotation": "a"})).FailedTitle(t, `Privileges are missing to change VM "web"`)
	if !strings.Contains(refused.Errors[0].Detail, "VirtualMachine.Config.Annotation on vm-102") {
		t.Error(refused)
	}
}

// TestHardware_oneQuestion asks for the privileges of clones that differ in name and values alone once.
func TestHardware_oneQuestion(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	for _, name := range []string{"web", "db", "queue"} {
		c.Plan(basic(allHardware(), config{"name": name, "annotation": name, "extra_config": config{"guestinfo.name": name}})).Clean(t)
	}
	c.Plan(basic(config{"name": "plain", "annotation": "it needs less"})).Clean(t)
	if asked := fake.Made("MissingClonePrivileges"); asked > 2 {
		t.Errorf("asked %d times", asked)
	}
}

// TestHardware_leaves looks for what a task may have left that failed to configure the clone.
func TestHardware_leaves(t *testing.T) {
	t.Parallel()
	configured := model{Attributes: vm.Attributes{ID: types.StringValue("vm-1")}}
	failure := &apierr.Error{Kind: apierr.InvalidArgument}
	if got := new(adapter).Leaves(configured, failure); got != lifecycle.LeavesNothing {
		t.Errorf("a plain clone: %v", got)
	}
	configured.Annotation = settings.Annotation{Annotation: types.StringValue("a")}
	if got := new(adapter).Leaves(configured, failure); got != lifecycle.LeavesPart {
		t.Errorf("one with an annotation: %v", got)
	}
}
