package vcenter

import (
	"slices"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// condition is what a test says of a VM that no property tells.
type condition struct {
	busy          bool // somebody else's task works on it
	quiesceFails  bool // the guest's file systems do not come to rest
	lostSnapshots bool // files of its snapshots are missing
}

type conditionStore struct {
	mu    sync.Mutex
	byVM  map[types.ManagedObjectReference]condition
	lastN map[types.ManagedObjectReference]int32 // the last snapshot's number
}

func (s *conditionStore) of(vm types.ManagedObjectReference) condition {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.byVM[vm]
}

func (s *conditionStore) change(vm types.ManagedObjectReference, change func(*condition)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byVM == nil {
		s.byVM = map[types.ManagedObjectReference]condition{}
	}
	changed := s.byVM[vm]
	change(&changed)
	s.byVM[vm] = changed
}

// nextSnapshot numbers the snapshots of a VM; no number comes twice.
func (s *conditionStore) nextSnapshot(vm types.ManagedObjectReference) int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastN == nil {
		s.lastN = map[types.ManagedObjectReference]int32{}
	}
	s.lastN[vm]++

	return s.lastN[vm]
}

func (s *conditionStore) forget(vm types.ManagedObjectReference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byVM, vm)
	delete(s.lastN, vm)
}

// SnapshotCapabilities are parts of vim25's VirtualMachineCapability. Nil parts stay.
type SnapshotCapabilities struct {
	Snapshots         *bool `json:"snapshots"`
	Multiple          *bool `json:"multiple"`
	PoweredOff        *bool `json:"powered_off"`
	Memory            *bool `json:"memory"`
	Quiesced          *bool `json:"quiesced"`
	Revert            *bool `json:"revert"`
	DiskOnlySuspended *bool `json:"disk_only_suspended"`
}

// snapshotsSupported is what every VM of vCenter can do.
var snapshotsSupported = []types.PropertyChange{
	{Name: "capability.snapshotOperationsSupported", Val: true},
	{Name: "capability.multipleSnapshotsSupported", Val: true},
	{Name: "capability.snapshotConfigSupported", Val: true},
	{Name: "capability.poweredOffSnapshotsSupported", Val: true},
	{Name: "capability.memorySnapshotsSupported", Val: true},
	{Name: "capability.revertToSnapshotSupported", Val: true},
	{Name: "capability.quiescedSnapshotsSupported", Val: true},
	{Name: "capability.diskOnlySnapshotOnSuspendedVMSupported", Val: false},
	{Name: "runtime.instantCloneFrozen", Val: false},
}

// changeConditions is the part of ChangeVM that sets states which decide what can be done with the VM.
func (s *editor) changeConditions(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	s.conditions.change(vm.Self, func(c *condition) {
		setIfGiven(&c.busy, change.Busy)
		setIfGiven(&c.quiesceFails, change.QuiesceFails)
		setIfGiven(&c.lostSnapshots, change.LostSnapshots)
	})
	changes := change.SnapshotCapabilities.changes()
	if frozen := change.InstantCloneFrozen; frozen != nil {
		if *frozen && vm.Runtime.PowerState != poweredOn {
			return invalidPowerState(poweredOn, vm.Runtime.PowerState, vm.Self)
		}
		changes = append(changes, types.PropertyChange{Name: "runtime.instantCloneFrozen", Val: *frozen})
	}
	if guest := change.GuestID; guest != nil {
		changes = append(changes, types.PropertyChange{Name: "config.guestId", Val: *guest},
			types.PropertyChange{Name: "summary.config.guestId", Val: *guest},
			types.PropertyChange{Name: "guest.guestId", Val: *guest})
	}
	if len(changes) > 0 {
		s.inventory.registry.AtomicUpdate(ctx, vm, changes)
	}

	return s.changeDevices(ctx, vm, change)
}

func setIfGiven[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

func (c *SnapshotCapabilities) changes() []types.PropertyChange {
	if c == nil {
		return nil
	}
	var changes []types.PropertyChange
	for name, value := range map[string]*bool{
		"snapshotOperationsSupported": c.Snapshots, "multipleSnapshotsSupported": c.Multiple,
		"poweredOffSnapshotsSupported": c.PoweredOff, "memorySnapshotsSupported": c.Memory,
		"quiescedSnapshotsSupported": c.Quiesced, "revertToSnapshotSupported": c.Revert,
		"diskOnlySnapshotOnSuspendedVMSupported": c.DiskOnlySuspended,
	} {
		if value != nil {
			changes = append(changes, types.PropertyChange{Name: "capability." + name, Val: *value})
		}
	}

	return changes
}

// attachedKey is the first key of devices that AttachDevice adds; no VM has devices there by itself.
const attachedKey = int32(18000)

func (s *editor) changeDevices(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	detach := change.DetachDevices != nil && *change.DetachDevices
	if change.AttachDevice == nil && !detach {
		return nil
	}
	devices, p := copyDevices(vm.Config.Hardware.Device)
	if p != nil {
		return p
	}
	if detach {
		devices = detached(devices)
	}
	if change.AttachDevice != nil {
		if devices, p = attached(devices, *change.AttachDevice); p != nil {
			return p
		}
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})

	return nil
}

func detached(devices []types.BaseVirtualDevice) []types.BaseVirtualDevice {
	devices = slices.DeleteFunc(devices, func(device types.BaseVirtualDevice) bool {
		return device.GetVirtualDevice().Key >= attachedKey
	})
	for _, device := range devices {
		switch x := device.(type) {
		case types.BaseVirtualSCSIController:
			x.GetVirtualSCSIController().SharedBus = types.VirtualSCSISharingNoSharing
		case *types.VirtualDisk:
			if backing, ok := x.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
				backing.DiskMode = string(types.VirtualDiskModePersistent)
			}
		}
	}

	return devices
}

func attached(devices []types.BaseVirtualDevice, kind string) ([]types.BaseVirtualDevice, *problem) {
	for _, device := range devices {
		switch x := device.(type) {
		case types.BaseVirtualSCSIController:
			if kind == "shared-bus" {
				x.GetVirtualSCSIController().SharedBus = types.VirtualSCSISharingPhysicalSharing

				return devices, nil
			}
		case *types.VirtualDisk:
			if backing, ok := x.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok && kind == "independent-disk" {
				backing.DiskMode = string(types.VirtualDiskModeIndependent_persistent)

				return devices, nil
			}
		}
	}
	device, ok := newDevice(kind)
	if !ok {
		return nil, invalidArgument("attach_device", "There is no device %q to attach.", kind)
	}
	base := device.GetVirtualDevice()
	base.Key = attachedKey
	for slices.ContainsFunc(devices, func(other types.BaseVirtualDevice) bool { return other.GetVirtualDevice().Key == base.Key }) {
		base.Key++
	}
	base.ControllerKey = 100
	base.Connectable = &types.VirtualDeviceConnectInfo{Connected: true, StartConnected: true}

	return append(devices, device), nil
}

// newDevice makes a device of one of the kinds that [Change].AttachDevice names.
func newDevice(kind string) (types.BaseVirtualDevice, bool) {
	serial := func(backing types.BaseVirtualDeviceBackingInfo) types.BaseVirtualDevice {
		return &types.VirtualSerialPort{VirtualDevice: described("Serial port 1", backing)}
	}
	file := types.VirtualDeviceFileBackingInfo{FileName: "[LocalDS_0] console.log"}
	switch kind {
	case "passthrough-cdrom":
		return &types.VirtualCdrom{VirtualDevice: described("CD/DVD drive 1", &types.VirtualCdromPassthroughBackingInfo{})}, true
	case "remote-cdrom":
		return &types.VirtualCdrom{VirtualDevice: described("CD/DVD drive 1", &types.VirtualCdromRemotePassthroughBackingInfo{})}, true
	case "pci-passthrough":
		return &types.VirtualPCIPassthrough{
			VirtualDevice: described("PCI device 0", &types.VirtualPCIPassthroughDeviceBackingInfo{}),
		}, true
	case "file-serial-port":
		return serial(&types.VirtualSerialPortFileBackingInfo{VirtualDeviceFileBackingInfo: file}), true
	case "device-serial-port":
		return serial(&types.VirtualSerialPortDeviceBackingInfo{}), true
	case "file-parallel-port":
		return &types.VirtualParallelPort{VirtualDevice: described("Parallel port 1",
			&types.VirtualParallelPortFileBackingInfo{VirtualDeviceFileBackingInfo: file})}, true
	case "raw-disk":
		return &types.VirtualDisk{VirtualDevice: described("Raw disk 1", &types.VirtualDiskRawDiskMappingVer1BackingInfo{
			VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[LocalDS_0] raw.vmdk"},
			CompatibilityMode:            string(types.VirtualDiskCompatibilityModePhysicalMode),
		})}, true
	default:
		return nil, false
	}
}

func described(label string, backing types.BaseVirtualDeviceBackingInfo) types.VirtualDevice {
	return types.VirtualDevice{DeviceInfo: &types.Description{Label: label}, Backing: backing}
}
