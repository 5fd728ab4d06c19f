package vcenter

import (
	"fmt"
	"net"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// checkInstantDevices refuses a source with devices that no second VM can have in the same state.
func checkInstantDevices(source *simulator.VirtualMachine) *problem {
	for _, device := range source.Config.Hardware.Device {
		if issue := sharedDevice(device); issue != nil {
			return disallowed(issue, fmt.Sprintf("Device '%s' is shared or raw.", labelOf(device)))
		}
		switch remote, bound := boundDevice(device); {
		case remote:
			issue := &types.RemoteDeviceNotSupported{}
			issue.Device = labelOf(device)

			return disallowed(issue, fmt.Sprintf("Device '%s' is connected to a remote device.", labelOf(device)))
		case bound:
			return disallowed(&types.DeviceNotSupported{Device: labelOf(device)},
				fmt.Sprintf("Device '%s' is connected to a device of the host.", labelOf(device)))
		}
	}

	return nil
}

// boundDevice reports whether a device is connected to a client's or to a host's device.
func boundDevice(device types.BaseVirtualDevice) (remote, bound bool) {
	base := device.GetVirtualDevice()
	connected := base.Connectable == nil || base.Connectable.Connected
	switch device.(type) {
	case *types.VirtualPCIPassthrough, *types.VirtualSCSIPassthrough:
		return false, true
	case *types.VirtualCdrom, *types.VirtualFloppy, *types.VirtualUSB, *types.VirtualSerialPort, *types.VirtualParallelPort,
		*types.VirtualSoundCard:
	default:
		return false, false
	}
	switch base.Backing.(type) {
	case types.BaseVirtualDeviceRemoteDeviceBackingInfo:
		return connected, false
	case types.BaseVirtualDeviceDeviceBackingInfo:
		return false, connected
	default:
		return false, false
	}
}

// checkInstantChanges refuses edits of devices that an instant clone shares with its source.
func (s *instantCloner) checkInstantChanges(plan *instantPlan) *problem {
	for i, base := range plan.spec.Location.DeviceChange {
		device := base.GetVirtualDeviceConfigSpec().Device
		if device == nil || base.GetVirtualDeviceConfigSpec().Operation != types.VirtualDeviceConfigSpecOperationEdit {
			continue // said by checkInstantSettings
		}
		property := fmt.Sprintf("spec.location.deviceChange[%d].device", i)
		original := deviceOf(plan.original.Config.Hardware.Device, device.GetVirtualDevice().Key)
		if original == nil {
			return badArgument(property+".key", "The source has no device %d.", device.GetVirtualDevice().Key)
		}
		if !isEditable(original) || !isEditable(withBacking(device, original)) {
			return disallowed(&types.DeviceNotSupported{Device: labelOf(original)}, fmt.Sprintf(
				"Device '%s' cannot be edited: only network interfaces and ports that are files can.", labelOf(original)))
		}
		card, ok := device.(types.BaseVirtualEthernetCard)
		if !ok {
			continue
		}
		if address := card.GetVirtualEthernetCard().MacAddress; address != "" {
			if _, err := net.ParseMAC(address); err != nil {
				return badArgument(property+".macAddress", "%q is no MAC address.", address)
			}
		}
		if !s.inventory.reaches(plan.original.Self, device.GetVirtualDevice().Backing) {
			return badArgument(property+".backing", "There is no such network.")
		}
		if p := s.inventory.checkPort(property+".backing", device.GetVirtualDevice().Backing); p != nil {
			return p
		}
	}

	return nil
}

// withBacking returns the edit of a device for isEditable: an edit without a backing keeps the old one.
func withBacking(edit, original types.BaseVirtualDevice) types.BaseVirtualDevice {
	if edit.GetVirtualDevice().Backing == nil {
		return original
	}

	return edit
}
