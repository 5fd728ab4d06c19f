package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

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
	if hasTPM(devices) != (vm.Config.KeyId != nil) { // a machine with a vTPM is encrypted
		s.inventory.registry.WithLock(ctx, vm, func() { vm.Config.KeyId = keyFor(devices) })
	}

	return nil
}

// attachedKey is the first key of devices that AttachDevice adds; no VM has devices there by itself.
const attachedKey = int32(18000)

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

// newDevice returns a device of one of the kinds that [Change].AttachDevice names.
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
	case "tpm":
		return newTPM(), true
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
