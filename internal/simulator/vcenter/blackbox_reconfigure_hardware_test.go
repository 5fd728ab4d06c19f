package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxReconfigureCPUAndMemory changes CPUs and memory of a VM that is off, that runs, and that runs with hot-add.
func TestBlackBoxReconfigureCPUAndMemory(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	b.refuses([]refusal{
		{"cores that do not divide", configSpec{NumCPUs: 3, NumCoresPerSocket: new(int32(2))}, "InvalidArgument", "3 virtual CPUs are no multiple of 2"},
		{"no cores", configSpec{NumCoresPerSocket: new(int32(-1))}, "InvalidArgument", "configSpec.numCoresPerSocket"},
		{"automatic cores of old hardware", configSpec{NumCoresPerSocket: new(int32(0))}, "InvalidArgument", "configSpec.numCoresPerSocket"},
		{"no CPUs", configSpec{NumCPUs: -1}, "InvalidArgument", "configSpec.numCPUs"},
		{"too many CPUs", configSpec{NumCPUs: 769}, "NumVirtualCpusNotSupported", "At most 768"},
		{"memory that is no multiple", configSpec{MemoryMB: 1022}, "InvalidArgument", "not a multiple of 4 MB"},
		{"too much memory", configSpec{MemoryMB: 25 << 20}, "MemorySizeNotSupported", "At most"},
		{"an unknown guest", configSpec{GuestId: "plan9"}, "InvalidArgument", "configSpec.guestId"},
		{"another version", configSpec{ChangeVersion: "1", Annotation: "x"}, "ConcurrentAccess", "the change is for 1"},
		{"this version", configSpec{ChangeVersion: b.config().ChangeVersion, Annotation: "x"}, "", ""},
		{"off", configSpec{NumCPUs: 4, NumCoresPerSocket: new(int32(2)), MemoryMB: 2048, GuestId: "debian12_64Guest"}, "", ""},
		{"a count that the cores do not divide", configSpec{NumCPUs: 3}, "InvalidArgument", "configSpec.numCoresPerSocket"},
	})
	b.power("poweredOn")
	b.refuses([]refusal{
		{"more CPUs", configSpec{NumCPUs: 6}, "CpuHotPlugNotSupported", "cannot be added"},
		{"fewer CPUs", configSpec{NumCPUs: 2}, "CpuHotPlugNotSupported", "cannot be removed"},
		{"more memory", configSpec{MemoryMB: 4096}, "MemoryHotPlugNotSupported", "cannot be added"},
		{"less memory", configSpec{MemoryMB: 1024}, "MemoryHotPlugNotSupported", "cannot be removed"},
		{"the same", configSpec{NumCPUs: 4, MemoryMB: 2048, NumCoresPerSocket: new(int32(2))}, "", ""},
		{"cores", configSpec{NumCoresPerSocket: new(int32(1))}, "InvalidPowerState", "Powered on"},
		{"guest", configSpec{GuestId: "ubuntu64Guest"}, "InvalidPowerState", "Powered on"},
		{"firmware", configSpec{Firmware: "efi"}, "InvalidPowerState", "Powered on"},
		{"hot-add of CPUs", configSpec{CpuHotAddEnabled: new(true)}, "InvalidPowerState", "Powered on"},
		{"the flag with the change", configSpec{CpuHotAddEnabled: new(true), NumCPUs: 6}, "CpuHotPlugNotSupported", ""},
		{"hot-add of memory", configSpec{MemoryHotAddEnabled: new(true)}, "InvalidPowerState", "Powered on"},
		{"a flag as it is", configSpec{MemoryHotAddEnabled: new(false)}, "", ""},
		{"notes and settings", configSpec{Annotation: "on", ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "a", Value: "b"}}}, "", ""},
	})
	b.power("poweredOff")
	b.mustReconfigure(configSpec{CpuHotAddEnabled: new(true), CpuHotRemoveEnabled: new(true), MemoryHotAddEnabled: new(true)})
	b.power("poweredOn")
	b.refuses([]refusal{
		{"more, hot", configSpec{NumCPUs: 6, MemoryMB: 4096}, "", ""},
		{"fewer CPUs, hot", configSpec{NumCPUs: 2}, "", ""},
		{"less memory, hot", configSpec{MemoryMB: 2048}, "MemoryHotPlugNotSupported", "cannot be removed"},
	})
	config := b.config()
	if config.Hardware.NumCPU != 2 || *config.Hardware.NumCoresPerSocket != 2 || config.Hardware.MemoryMB != 4096 || config.Annotation != "on" {
		t.Errorf("the VM has %+v and notes %q", config.Hardware, config.Annotation)
	}
}

// TestBlackBoxReconfigureAllocations changes reservations, limits and shares: what is not named stays, a level stands for a number.
func TestBlackBoxReconfigureAllocations(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.refuses([]refusal{
		{
			"a negative reservation",
			configSpec{CpuAllocation: &types.ResourceAllocationInfo{Reservation: new(int64(-1))}},
			"InvalidArgument", "configSpec.cpuAllocation.reservation",
		},
		{
			"a limit below",
			configSpec{MemoryAllocation: &types.ResourceAllocationInfo{Limit: new(int64(-2))}},
			"InvalidArgument", "configSpec.memoryAllocation.limit",
		},
		{"a limit below the reservation", configSpec{MemoryAllocation: &types.ResourceAllocationInfo{
			Reservation: new(int64(512)), Limit: new(int64(256)),
		}}, "InvalidArgument", "The limit is 256, the reservation 512"},
		{
			"no shares",
			configSpec{CpuAllocation: &types.ResourceAllocationInfo{Shares: &types.SharesInfo{Level: "custom"}}},
			"InvalidArgument", "configSpec.cpuAllocation.shares",
		},
		{
			"no level",
			configSpec{CpuAllocation: &types.ResourceAllocationInfo{Shares: &types.SharesInfo{Level: "lots"}}},
			"InvalidArgument", "configSpec.cpuAllocation.shares",
		},
		{"all", configSpec{
			CpuAllocation: &types.ResourceAllocationInfo{
				Reservation: new(int64(100)), Limit: new(int64(2000)), Shares: &types.SharesInfo{Level: "high"},
			},
			MemoryAllocation: &types.ResourceAllocationInfo{Shares: &types.SharesInfo{Level: "custom", Shares: 4242}},
		}, "", ""},
		{"one", configSpec{CpuAllocation: &types.ResourceAllocationInfo{Limit: new(int64(-1))}}, "", ""},
	})
	cpu, memory := b.config().CpuAllocation, b.config().MemoryAllocation
	if *cpu.Reservation != 100 || *cpu.Limit != -1 || cpu.Shares.Level != "high" || cpu.Shares.Shares != 2000 {
		t.Errorf("CPU: %+v, shares %+v", cpu, cpu.Shares)
	}
	if *memory.Reservation != 0 || *memory.Limit != -1 || memory.Shares.Level != "custom" || memory.Shares.Shares != 4242 {
		t.Errorf("memory: %+v, shares %+v", memory, memory.Shares)
	}
	b.power("poweredOff")
	b.mustReconfigure(configSpec{NumCPUs: 4})
	if shares := b.config().CpuAllocation.Shares; shares.Shares != 8000 {
		t.Errorf("the shares of four CPUs are %+v", shares)
	}
}

// TestBlackBoxReconfigureSettings deletes settings by an empty value, and empties the notes.
func TestBlackBoxReconfigureSettings(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	option := func(key, value string) types.BaseOptionValue { return &types.OptionValue{Key: key, Value: value} }
	b.mustReconfigure(configSpec{Annotation: "notes", ExtraConfig: []types.BaseOptionValue{option("kept", "1"), option("gone", "1")}})
	b.mustReconfigure(configSpec{ExtraConfig: []types.BaseOptionValue{option("gone", ""), option("never", "")}})
	settings := map[string]any{}
	for _, each := range b.config().ExtraConfig {
		settings[each.GetOptionValue().Key] = each.GetOptionValue().Value
	}
	_, gone := settings["gone"]
	_, never := settings["never"]
	if settings["kept"] != "1" || gone || never || b.config().Annotation != "notes" {
		t.Errorf("the settings are %v", settings)
	}
	body := `<ReconfigVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">` + b.vm.Reference().Value +
		`</_this><spec><annotation></annotation></spec></ReconfigVM_Task>`
	if err := postXML(t.Context(), b.client, body); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the notes are empty", func() bool { return b.config().Annotation == "" })
}

// TestBlackBoxReconfigureTemplate changes a template: its name and its notes, and nothing else.
func TestBlackBoxReconfigureTemplate(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t).on("golden-template")
	b.refuses([]refusal{
		{"CPUs", configSpec{NumCPUs: 2}, "NotSupported", "Only the name and the notes"},
		{"settings", configSpec{ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "a", Value: "b"}}}, "NotSupported", ""},
		{"notes", configSpec{Annotation: "golden", Name: "golden-template"}, "", ""},
	})
	if got := b.config().Annotation; got != "golden" {
		t.Errorf("the notes are %q", got)
	}
}

// TestBlackBoxReconfigurePrivileges needs a privilege for each part of a change.
func TestBlackBoxReconfigurePrivileges(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	group := b.server.ID("/DC0/network/DC0_DVPG0")
	growing := *device[*types.VirtualDisk](b, 2000)
	growing.CapacityInBytes, growing.CapacityInKB = 11<<30, 11<<20
	other := types.VirtualVmxnet3{}
	other.Key = 4000
	other.Backing = &types.VirtualEthernetCardNetworkBackingInfo{VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "VM Network"}}
	start := other
	start.Backing, start.Connectable = nil, &types.VirtualDeviceConnectInfo{StartConnected: true}
	added := other
	added.Key = -1
	for _, test := range []struct {
		spec  configSpec
		needs []string
	}{
		{configSpec{}, []string{"VirtualMachine.Config.Settings"}},
		{configSpec{Name: golden}, []string{"VirtualMachine.Config.Rename"}},
		{configSpec{Annotation: "x"}, []string{"VirtualMachine.Config.Annotation"}},
		{configSpec{NumCPUs: 2}, []string{"VirtualMachine.Config.CPUCount"}},
		{configSpec{CpuHotAddEnabled: new(true)}, []string{"VirtualMachine.Config.CPUCount"}},
		{configSpec{MemoryMB: 2048}, []string{"VirtualMachine.Config.Memory"}},
		{configSpec{CpuAllocation: &types.ResourceAllocationInfo{Reservation: new(int64(1))}}, []string{"VirtualMachine.Config.Resource"}},
		{configSpec{ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "a", Value: "b"}}}, []string{"VirtualMachine.Config.AdvancedConfig"}},
		{configSpec{GuestId: "debian12_64Guest"}, []string{"VirtualMachine.Config.Settings"}},
		{changed(creating(newDisk(1000, 5, 1, types.VirtualDiskFlatVer2BackingInfo{}))), []string{"VirtualMachine.Config.AddNewDisk", "Datastore.AllocateSpace"}},
		{changed(editing(&growing)), []string{"VirtualMachine.Config.DiskExtend", "Datastore.AllocateSpace"}},
		{changed(editing(&start)), []string{"VirtualMachine.Config.EditDevice"}},
		{changed(editing(&other)), []string{"Network.Assign", "VirtualMachine.Config.EditDevice"}},
		{changed(adding(&added)), []string{"Network.Assign", "VirtualMachine.Config.AddRemoveDevice"}},
		{changed(operate("remove", "destroy", &types.VirtualDisk{VirtualDevice: types.VirtualDevice{Key: 2005}})), []string{"VirtualMachine.Config.RemoveDisk"}},
	} {
		for i := range test.needs {
			err := b.restrictedTo(without(test.needs, i)...).reconfigure(test.spec)
			wantFault(t, err, "NoPermission")
			if got := faultIn(t, err).(*types.NoPermission).PrivilegeId; got != test.needs[i] {
				t.Errorf("%v: %s is missing, want %s", test.needs, got, test.needs[i])
			}
		}
		if err := b.restrictedTo(test.needs...).reconfigure(test.spec); err != nil {
			t.Errorf("with %v: %v", test.needs, err)
		}
	}
	if group == "" {
		t.Error("there is no port group")
	}
}

func without(list []string, i int) []string {
	return append(append([]string{}, list[:i]...), list[i+1:]...)
}

// TestBlackBoxCloneVMHardware gives a clone hardware of its own, in the one task.
func TestBlackBoxCloneVMHardware(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	b.mustReconfigure(configSpec{
		Annotation: "the source's", MemoryHotAddEnabled: new(true),
		MemoryAllocation: &types.ResourceAllocationInfo{Reservation: new(int64(64))},
	})
	tasks := len(b.server.Tasks())
	clone, err := b.cloneVM("own", types.VirtualMachineCloneSpec{PowerOn: true, Config: &configSpec{
		Name: "ignored", NumCPUs: 4, NumCoresPerSocket: new(int32(2)), MemoryMB: 2048, CpuHotAddEnabled: new(true),
		CpuAllocation: &types.ResourceAllocationInfo{Reservation: new(int64(200)), Shares: &types.SharesInfo{Level: "low"}},
		Annotation:    "the clone's", GuestId: "debian12_64Guest",
	}})
	if err != nil {
		t.Fatal(err)
	}
	config := clone.Config
	hardware := config.Hardware
	if hardware.NumCPU != 4 || *hardware.NumCoresPerSocket != 2 || hardware.MemoryMB != 2048 || config.Annotation != "the clone's" ||
		config.GuestId != "debian12_64Guest" || !value(config.CpuHotAddEnabled) || !value(config.MemoryHotAddEnabled) || config.Name != "own" {
		t.Errorf("the clone: %+v", config)
	}
	if *config.CpuAllocation.Reservation != 200 || config.CpuAllocation.Shares.Shares != 2000 || *config.MemoryAllocation.Reservation != 64 {
		t.Errorf("the clone's resources: %+v, %+v", config.CpuAllocation, config.MemoryAllocation)
	}
	if got := len(b.server.Tasks()) - tasks; got != 1 {
		t.Errorf("%d tasks", got)
	}
	plain, err := b.cloneVM("plain", types.VirtualMachineCloneSpec{})
	if err != nil || plain.Config.Annotation != "the source's" || plain.Config.Hardware.NumCPU != 1 {
		t.Errorf("a clone without changes: %+v, %v", plain.Config, err)
	}
	b.refusesCloneWith("bad-memory", configSpec{MemoryMB: 1023}, "InvalidArgument")
	b.refusesCloneWith("bad-cores", configSpec{NumCPUs: 3, NumCoresPerSocket: new(int32(2))}, "InvalidArgument")
	b.refusesCloneWith("bad-guest", configSpec{GuestId: "plan9"}, "InvalidArgument")
	if last := b.server.Tasks()[len(b.server.Tasks())-1]; last.Method != "CloneVM_Task" || last.Error != "InvalidArgument" {
		t.Errorf("the failure is not the task's: %+v", last)
	}
	folder := mustID(t, b.server, "/DC0/vm")
	common := []string{
		"VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool", "Datastore.AllocateSpace",
	}
	_, err = b.restrictedTo(common...).cloneVM("denied", types.VirtualMachineCloneSpec{Config: &configSpec{NumCPUs: 2}})
	wantFault(t, err, "NoPermission")
	if denied, _ := faultIn(t, err).(*types.NoPermission); denied == nil || denied.PrivilegeId != "VirtualMachine.Config.CPUCount" || denied.Object.Value != folder {
		t.Errorf("denied: %+v", denied)
	}
	if _, err = b.restrictedTo(append(common, "VirtualMachine.Config.CPUCount")...).cloneVM("allowed", types.VirtualMachineCloneSpec{
		Config: &configSpec{NumCPUs: 2},
	}); err != nil {
		t.Error(err)
	}
}
