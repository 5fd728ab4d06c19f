package vcenter

import (
	"maps"
	"slices"
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// TestDescribe_controllers tells the controllers of each kind, and on which of them a disk is.
func TestDescribe_controllers(t *testing.T) {
	t.Parallel()
	controller := func(key, bus int32, label string) types.VirtualController {
		return types.VirtualController{BusNumber: bus, VirtualDevice: types.VirtualDevice{Key: key, DeviceInfo: &types.Description{Label: label}}}
	}
	disk := func(key, controller, unit int32) *types.VirtualDisk {
		return &types.VirtualDisk{VirtualDevice: types.VirtualDevice{Key: key, ControllerKey: controller, UnitNumber: &unit}}
	}
	vm := &simulator.VirtualMachine{}
	vm.Config = &types.VirtualMachineConfigInfo{Hardware: types.VirtualHardware{Device: []types.BaseVirtualDevice{
		&types.ParaVirtualSCSIController{VirtualSCSIController: types.VirtualSCSIController{VirtualController: controller(1001, 1, "SCSI controller 1")}},
		&types.VirtualAHCIController{VirtualSATAController: types.VirtualSATAController{VirtualController: controller(15000, 0, "SATA controller 0")}},
		&types.VirtualNVMEController{VirtualController: controller(31001, 1, "NVME controller 1")},
		disk(2016, 1001, 3), disk(16002, 15000, 2), disk(32016, 31001, 4),
	}}}
	info := describe(vm)
	if got, want := info.SATAAdapters, map[string]vmAdapter{"15000": {"SATA controller 0", "AHCI", 0}}; !maps.Equal(got, want) {
		t.Errorf("SATA adapters are %v, want %v", got, want)
	}
	if got, want := info.NVMeAdapters, map[string]vmAdapter{"31001": {"NVME controller 1", "", 1}}; !maps.Equal(got, want) {
		t.Errorf("NVMe adapters are %v, want %v", got, want)
	}
	if got := slices.Collect(maps.Keys(info.SCSIAdapters)); !slices.Equal(got, []string{"1001"}) {
		t.Errorf("SCSI adapters are %v", got)
	}
	for _, test := range []struct {
		key, kind string
		unit      *vmUnit
		want      vmUnit
	}{
		{"2016", "SCSI", info.Disks["2016"].SCSI, vmUnit{Bus: 1, Unit: 3}},
		{"16002", "SATA", info.Disks["16002"].SATA, vmUnit{Bus: 0, Unit: 2}},
		{"32016", "NVME", info.Disks["32016"].NVMe, vmUnit{Bus: 1, Unit: 4}},
	} {
		if info.Disks[test.key].Type != test.kind || test.unit == nil || *test.unit != test.want {
			t.Errorf("disk %s is a %s disk at %+v, want %s at %+v", test.key, info.Disks[test.key].Type, test.unit, test.kind, test.want)
		}
	}
}
