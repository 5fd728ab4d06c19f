package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxReconfigureLimits fills controllers, buses and slots.
func TestBlackBoxReconfigureLimits(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	fill := func(controller, from, to int32) configSpec {
		var spec configSpec
		for unit := from; unit <= to; unit++ {
			if unit != 7 {
				spec.DeviceChange = append(spec.DeviceChange, creating(newDisk(controller, unit, 1, flat{})))
			}
		}

		return spec
	}
	buses := func(count int32, make func() types.BaseVirtualController) configSpec {
		var spec configSpec
		for bus := range count {
			controller := make()
			controller.GetVirtualController().Key, controller.GetVirtualController().BusNumber = -10-bus, bus
			spec.DeviceChange = append(spec.DeviceChange, adding(controller.(types.BaseVirtualDevice)))
		}

		return spec
	}
	scsi := buses(4, func() types.BaseVirtualController { return &types.ParaVirtualSCSIController{} })
	scsi.DeviceChange = scsi.DeviceChange[1:]
	fifth := &types.VirtualLsiLogicController{}
	fifth.BusNumber = 4
	card := func() *types.VirtualDeviceConfigSpec { return adding(networkCard(-1, "VM Network")) }
	cards := configSpec{}
	for range 9 {
		cards.DeviceChange = append(cards.DeviceChange, card())
	}
	b.refuses([]refusal{
		{"SCSI units", fill(1000, 1, 15), "", ""},
		{"SCSI full", changed(creating(newDisk(1000, 16, 1, flat{}))), "TooManyDevices", "All 15 units of SCSI controller 0"},
		{"SCSI buses", scsi, "", ""},
		{"a fifth SCSI controller", changed(adding(fifth)), "TooManyDevices", "has 4 SCSI controllers"},
		{
			"five SATA controllers", buses(5, func() types.BaseVirtualController { return &types.VirtualAHCIController{} }),
			"TooManyDevices", "has 4 SATA controllers",
		},
		{
			"five NVMe controllers", buses(5, func() types.BaseVirtualController { return &types.VirtualNVMEController{} }),
			"TooManyDevices", "has 4 NVMe controllers",
		},
		{"IDE units", fill(200, 0, 1), "", ""},
		{"IDE full", fill(200, 2, 2), "TooManyDevices", "All 2 units"},
		{"ten network interfaces", cards, "", ""},
		{"an eleventh", changed(card()), "TooManyDevices", "has 10 network interfaces"},
	})
	upgraded, err := b.vm.UpgradeVM(t.Context(), "vmx-21")
	if err := finish(t, upgraded, err); err != nil {
		t.Fatal(err)
	}
	b.refuses([]refusal{
		{"64 units", changed(creating(newDisk(1000, 63, 1, flat{}))), "", ""},
		{"no more", changed(creating(newDisk(1000, 64, 1, flat{}))), "InvalidDeviceSpec", "no unit 64"},
		{"automatic cores", configSpec{NumCoresPerSocket: new(int32(0))}, "", ""},
	})
}

// TestBlackBoxReconfigureWhileOn adds, edits and removes devices of a VM that runs.
func TestBlackBoxReconfigureWhileOn(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	moved := *device[*types.VirtualDisk](b, 2000)
	moved.UnitNumber = new(int32(3))
	bus := *device[*types.ParaVirtualSCSIController](b, 1000)
	bus.SharedBus = types.VirtualSCSISharingPhysicalSharing
	card := func(change func(*types.VirtualVmxnet3)) configSpec {
		edited := *device[*types.VirtualVmxnet3](b, 4000)
		change(&edited)

		return changed(editing(&edited))
	}
	e1000 := &types.VirtualE1000{VirtualEthernetCard: device[*types.VirtualVmxnet3](b, 4000).VirtualEthernetCard}
	network := networkCard(4000, "VM Network").Backing
	address := device[*types.VirtualVmxnet3](b, 4000).MacAddress
	b.refuses([]refusal{
		{"another unit", changed(editing(&moved)), "InvalidPowerState", "Powered on"},
		{"a shared bus", changed(editing(&bus)), "InvalidPowerState", "Powered on"},
		{"another address", card(func(c *types.VirtualVmxnet3) { c.AddressType, c.MacAddress = "manual", "00:50:56:01:02:03" }), "InvalidPowerState", ""},
		{"another kind of address", card(func(c *types.VirtualVmxnet3) { c.AddressType = "manual" }), "InvalidPowerState", ""},
		{"wake on LAN", card(func(c *types.VirtualVmxnet3) { c.WakeOnLanEnabled = new(true) }), "InvalidPowerState", ""},
		{"another type", changed(editing(e1000)), "InvalidDeviceSpec", "cannot become a VirtualE1000"},
		{"no such network", card(func(c *types.VirtualVmxnet3) { c.Backing = networkCard(4000, "nowhere").Backing }), "InvalidDeviceBacking", "no such network"},
		{"an IDE disk", changed(creating(newDisk(200, 0, 1, flat{}))), "DeviceHotPlugNotSupported", "IDE disk"},
		{"another network", card(func(c *types.VirtualVmxnet3) { c.Backing = network }), "", ""},
		{"disconnected", card(func(c *types.VirtualVmxnet3) {
			c.Backing, c.Connectable = nil, &types.VirtualDeviceConnectInfo{AllowGuestControl: true}
		}), "", ""},
		{"one more", changed(adding(networkCard(-1, "VM Network"))), "", ""},
		{"a disk", changed(creating(newDisk(1000, 1, 1, flat{}))), "", ""},
		{"growing", b.sized(2000, 12<<30, 12<<20), "", ""},
	})
	first, second := device[*types.VirtualVmxnet3](b, 4000), device[*types.VirtualVmxnet3](b, 4001)
	if first.MacAddress != address || first.Connectable.Connected || first.Backing.(*types.VirtualEthernetCardNetworkBackingInfo).DeviceName != "VM Network" {
		t.Errorf("the first network interface: %+v, %+v", first, first.Connectable)
	}
	if second.MacAddress == "" || second.MacAddress == address || !second.Connectable.Connected || second.DeviceInfo.GetDescription().Label != "Network adapter 2" {
		t.Errorf("the second network interface: %+v", second)
	}
	b.mustReconfigure(changed(removing(second)))
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "point"})
	b.refuses([]refusal{
		{"destroying a file of a snapshot", changed(operate("remove", "destroy", device[*types.VirtualDisk](b, 2001))), "InvalidDeviceOperation", "has snapshots"},
		{"detaching it", changed(removing(device[*types.VirtualDisk](b, 2001))), "", ""},
		{"removing what is not there", changed(removing(networkCard(4001, "VM Network"))), "InvalidDeviceSpec", "no device 4001"},
	})
}

// TestBlackBoxReconfigureIsAtomic refuses a change as a whole.
func TestBlackBoxReconfigureIsAtomic(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	free := b.free("LocalDS_0")
	spec := changed(creating(newDisk(1000, 1, 1, flat{})), creating(newDisk(1009, 1, 1, flat{})))
	spec.Annotation, spec.Name = "half", "half"
	err := b.reconfigure(spec)
	fault, _ := wantExplained(t, err, "InvalidController").(*types.InvalidController)
	if fault == nil || fault.DeviceIndex != 1 || fault.ControllerKey != 1009 {
		t.Errorf("the fault is %+v", fault)
	}
	if got := b.read(); got.Name != golden || got.Config.Annotation != "" || b.free("LocalDS_0") != free {
		t.Errorf("the refused change left %q %q", got.Name, got.Config.Annotation)
	}
}

// TestBlackBoxCloneVMDevices edits, adds and removes devices along with a clone, by the source's keys.
func TestBlackBoxCloneVMDevices(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	source := *device[*types.VirtualVmxnet3](b, 4000)
	echoed, fresh := source, source
	group := source.Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo).Port
	group.PortKey, group.ConnectionCookie = "", 0 // the port is the source's
	echoed.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: group}
	fresh.MacAddress, fresh.Backing = "", networkCard(4000, "VM Network").Backing
	clone, err := b.cloneVM("fresh", types.VirtualMachineCloneSpec{PowerOn: true, Config: new(changed(
		editing(&fresh), adding(networkCard(-1, "VM Network")), creating(newDisk(1000, 4, 2, flat{ThinProvisioned: new(true)})),
	))})
	if err != nil {
		t.Fatal(err)
	}
	devices := clone.Config.Hardware.Device
	first, second := deviceIn[*types.VirtualVmxnet3](t, devices, 4000), deviceIn[*types.VirtualVmxnet3](t, devices, 4001)
	if first.MacAddress == "" || first.MacAddress == source.MacAddress || second.MacAddress == first.MacAddress ||
		first.Backing.(*types.VirtualEthernetCardNetworkBackingInfo).DeviceName != "VM Network" {
		t.Errorf("network interfaces: %+v, %+v", first, second)
	}
	if disk := deviceIn[*types.VirtualDisk](t, devices, 2004); disk.CapacityInBytes != 2<<30 || *disk.UnitNumber != 4 {
		t.Errorf("the new disk: %+v", disk)
	}
	kept, err := b.cloneVM("kept", types.VirtualMachineCloneSpec{Config: new(changed(editing(&echoed)))})
	if err != nil || deviceIn[*types.VirtualVmxnet3](t, kept.Config.Hardware.Device, 4000).MacAddress != source.MacAddress {
		t.Errorf("an address that is echoed is kept: %v", err)
	}
	bare, err := b.cloneVM("bare", types.VirtualMachineCloneSpec{Config: new(changed(removing(&source)))})
	if err != nil || len(bare.Config.Hardware.Device) != len(clone.Config.Hardware.Device)-3 {
		t.Errorf("a network interface that is removed: %v", err)
	}
	b.refusesCloneWith("no-controller", changed(creating(newDisk(0, 1, 1, flat{}))), "MissingController")
	b.refusesCloneWith("no-network", changed(adding(networkCard(-1, "nowhere"))), "InvalidDeviceBacking")
	free := b.free("LocalDS_0")
	b.refusesCloneWith("no-device", changed(creating(newDisk(1000, 1, 1, flat{})), editing(networkCard(4009, "VM Network"))), "InvalidDeviceSpec")
	if got := b.free("LocalDS_0"); got != free {
		t.Errorf("the failed clone took %d bytes", free-got)
	}
}
