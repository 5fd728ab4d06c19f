package vsphereclone

import (
	"reflect"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
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
	if fake.Made("StartClone") != 1 {
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
