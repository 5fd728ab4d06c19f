package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

const (
	mostControllers    = 4 // of one kind
	mostIDEControllers = 2
	// manyUnitsSCSI and manyUnitsNVMe are the first hardware versions whose controllers take 64 units.
	manyUnitsSCSI = 14
	manyUnitsNVMe = 21
)

// busKind is a kind of controller that disks attach to.
type busKind struct {
	name        string
	controllers int
	firstKey    int32 // of the controllers
	firstDisk   int32 // the key of the first disk on the first controller
	disksPerBus int32 // from the key of the first disk on a controller to that on the next controller
	units       int32
	reserved    int32 // the controller's own unit; -1 for none
	label       string
}

var (
	busSCSI = busKind{
		name: "SCSI", controllers: mostControllers, firstKey: controllerKey, firstDisk: firstDiskKey, disksPerBus: 16, units: 16,
		reserved: 7, label: "SCSI controller",
	}
	busSATA = busKind{
		name: "SATA", controllers: mostControllers, firstKey: 15000, firstDisk: 16000, disksPerBus: 30, units: 30,
		reserved: -1, label: "SATA controller",
	}
	busNVMe = busKind{
		name: "NVMe", controllers: mostControllers, firstKey: 31000, firstDisk: 32000, disksPerBus: 64, units: 15,
		reserved: -1, label: "NVME controller",
	}
	busIDE = busKind{
		name: "IDE", controllers: mostIDEControllers, firstKey: 200, firstDisk: 3000, disksPerBus: 2, units: 2,
		reserved: -1, label: "IDE",
	}
)

// busOf returns the kind of a controller in a VM of a hardware version.
func busOf(device types.BaseVirtualDevice, version string) (busKind, bool) {
	number := hardwareNumber(version)
	switch device.(type) {
	case *types.ParaVirtualSCSIController:
		kind := busSCSI
		if number >= manyUnitsSCSI {
			kind.units = 64
		}

		return kind, true
	case types.BaseVirtualSCSIController:
		return busSCSI, true
	case types.BaseVirtualSATAController:
		return busSATA, true
	case *types.VirtualNVMEController:
		kind := busNVMe
		if number >= manyUnitsNVMe {
			kind.units = 64
		}

		return kind, true
	case *types.VirtualIDEController:
		return busIDE, true
	default:
		return busKind{}, false
	}
}

// addController refuses a controller if the VM has all that it may have of its kind, and a bus number that is taken.
func (w *deviceWalk) addController(added types.BaseVirtualController) *problem {
	device, ok := added.(types.BaseVirtualDevice)
	if !ok {
		return nil
	}
	kind, ok := busOf(device, w.vm.Config.Version)
	if !ok {
		return nil
	}
	if kind.name == "IDE" && !w.off {
		return w.refuse(&types.DeviceHotPlugNotSupported{}, "", "An IDE controller cannot be added while the virtual machine is on.")
	}
	bus := added.GetVirtualController().BusNumber
	taken := map[int32]bool{}
	for _, other := range w.devices {
		controller, ok := other.(types.BaseVirtualController)
		if !ok {
			continue
		}
		if otherKind, ok := busOf(other, w.vm.Config.Version); ok && otherKind.name == kind.name {
			taken[controller.GetVirtualController().BusNumber] = true
		}
	}
	switch {
	case len(taken) >= kind.controllers:
		return w.tooMany("The virtual machine has %d %s controllers.", len(taken), kind.name)
	case bus < 0 || int(bus) >= kind.controllers:
		return w.refuse(&types.InvalidDeviceSpec{}, "busNumber", "There is no %s bus %d.", kind.name, bus)
	case taken[bus]:
		return w.refuse(&types.InvalidDeviceSpec{}, "busNumber", "%s bus %d has a controller.", kind.name, bus)
	default:
		return nil
	}
}

// checkSlot refuses a controller that does not exist or takes no disks, and a unit that the controller does not have or that is taken by
// a device other than itself, which is nil for a new disk.
func (w *deviceWalk) checkSlot(disk *types.VirtualDisk, itself types.BaseVirtualDevice) *problem {
	if disk.ControllerKey == 0 {
		return w.refuse(&types.MissingController{}, "controllerKey", "A disk needs a controller.")
	}
	controller := deviceOf(w.devices, disk.ControllerKey)
	if controller == nil {
		return w.refuse(&types.InvalidController{ControllerKey: disk.ControllerKey}, "controllerKey",
			"There is no controller %d.", disk.ControllerKey)
	}
	kind, ok := busOf(controller, w.vm.Config.Version)
	if !ok {
		return w.refuse(&types.InvalidController{ControllerKey: disk.ControllerKey}, "controllerKey",
			"Disks do not attach to %s.", labelOf(controller))
	}
	taken := map[int32]bool{}
	for _, other := range w.devices {
		base := other.GetVirtualDevice()
		if base.ControllerKey == disk.ControllerKey && base.UnitNumber != nil && other != itself {
			taken[*base.UnitNumber] = true
		}
	}
	units := int(kind.units)
	if kind.reserved >= 0 {
		units--
	}
	switch unit := disk.UnitNumber; {
	case len(taken) >= units:
		return w.tooMany("All %d units of %s are taken.", units, labelOf(controller))
	case unit == nil:
		return w.refuse(&types.InvalidDeviceSpec{}, "unitNumber", "A disk needs a unit number.")
	case *unit < 0 || *unit >= kind.units || *unit == kind.reserved:
		return w.refuse(&types.InvalidDeviceSpec{}, "unitNumber", "A %s controller has no unit %d for disks.", kind.name, *unit)
	case taken[*unit]:
		return w.refuse(&types.InvalidDeviceSpec{}, "unitNumber", "Unit %d of %s is taken.", *unit, labelOf(controller))
	default:
		return nil
	}
}

// checkHotPlug refuses to add or remove a disk of a running VM where its controller does not allow that.
func (w *deviceWalk) checkHotPlug(device types.BaseVirtualDevice) *problem {
	controller := deviceOf(w.devices, device.GetVirtualDevice().ControllerKey)
	if kind, ok := busOf(controller, w.vm.Config.Version); ok && kind.name == "IDE" && !w.off {
		return w.refuse(&types.DeviceHotPlugNotSupported{}, "", "An IDE disk cannot be added or removed while the virtual machine is on.")
	}

	return nil
}

// isDiskMode reports whether there is such a mode of a disk.
func isDiskMode(mode string) bool {
	known := types.VirtualDiskMode("").Values()

	return slices.Contains(known, types.VirtualDiskMode(mode))
}
