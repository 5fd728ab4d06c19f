package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/types"
)

// deviceWalk checks the changes of devices in a request, in order. devices is the list of devices after the changes so far.
type deviceWalk struct {
	*reconfigurer

	vm        *simulator.VirtualMachine
	clone     bool // the VM has just been cloned: edits describe the source's devices
	off       bool
	snapshots bool // the VM has snapshots
	encrypted bool // the VM is encrypted after the change
	devices   []types.BaseVirtualDevice
	space     map[types.ManagedObjectReference]int64 // bytes that the changes take, by datastore
	index     int                                    // of the change
}

// deviceFault is one of the faults that name the change of a device.
type deviceFault interface {
	types.BaseMethodFault
	types.BaseInvalidDeviceSpec
}

// checkDevices refuses changes of devices.
func (s *reconfigurer) checkDevices(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec, clone bool) *problem {
	walk := &deviceWalk{
		reconfigurer: s, vm: vm, clone: clone, off: vm.Runtime.PowerState == poweredOff, snapshots: vm.Snapshot != nil,
		devices: slices.Clone(vm.Config.Hardware.Device), space: map[types.ManagedObjectReference]int64{},
		encrypted: encryptedAfter(spec.Crypto, vm.Config.KeyId),
	}
	for i, base := range spec.DeviceChange {
		walk.index = i
		if p := walk.check(base.GetVirtualDeviceConfigSpec()); p != nil {
			return p
		}
	}
	if len(walk.space) == 0 {
		return nil
	}

	return s.placer.checkSpace(*vm.Runtime.Host, walk.space)
}

func (w *deviceWalk) check(change *types.VirtualDeviceConfigSpec) *problem {
	if change.Device == nil {
		return badArgument(fmt.Sprintf("configSpec.deviceChange[%d].device", w.index), "There is no device.")
	}
	if p := w.profiles.checkProfile(fmt.Sprintf("configSpec.deviceChange[%d].profile", w.index), change.Profile); p != nil {
		return p
	}
	if change.Operation == types.VirtualDeviceConfigSpecOperationAdd {
		p := w.add(change)
		w.devices = append(w.devices, change.Device)

		return p
	}
	base := change.Device.GetVirtualDevice()
	original := deviceOf(w.devices, base.Key)
	if original == nil {
		return w.refuse(&types.InvalidDeviceSpec{}, "key", "The virtual machine has no device %d.", base.Key)
	}
	switch change.Operation {
	case types.VirtualDeviceConfigSpecOperationEdit:
		return w.edit(original, change.Device)
	case types.VirtualDeviceConfigSpecOperationRemove:
		p := w.remove(original, change)
		w.devices = slices.DeleteFunc(w.devices, func(device types.BaseVirtualDevice) bool { return device == original })

		return p
	default:
		return badArgument(fmt.Sprintf("configSpec.deviceChange[%d].operation", w.index), "There is no operation %q.", change.Operation)
	}
}

func (w *deviceWalk) add(change *types.VirtualDeviceConfigSpec) *problem {
	switch device := change.Device.(type) {
	case types.BaseVirtualController:
		return w.addController(device)
	case *types.VirtualDisk:
		if p := w.addedCrypto(change); p != nil {
			return p
		}

		return w.addDisk(device, change.FileOperation)
	case types.BaseVirtualEthernetCard:
		return w.addCard(device.GetVirtualEthernetCard())
	default:
		return nil
	}
}

func (w *deviceWalk) edit(original, wanted types.BaseVirtualDevice) *problem {
	if typeOf(original) != typeOf(wanted) {
		return w.refuse(&types.InvalidDeviceSpec{}, "", "Device %d is a %s, and cannot become a %s.",
			wanted.GetVirtualDevice().Key, typeOf(original), typeOf(wanted))
	}
	switch device := wanted.(type) {
	case *types.VirtualDisk:
		disk, _ := original.(*types.VirtualDisk)

		return w.editDisk(disk, device)
	case types.BaseVirtualEthernetCard:
		card, _ := original.(types.BaseVirtualEthernetCard)

		return w.editCard(card.GetVirtualEthernetCard(), device.GetVirtualEthernetCard())
	case types.BaseVirtualSCSIController:
		controller, _ := original.(types.BaseVirtualSCSIController)
		bus := device.GetVirtualSCSIController().SharedBus
		if !w.off && bus != "" && bus != controller.GetVirtualSCSIController().SharedBus {
			return w.needsOff()
		}
	}

	return nil
}

func (w *deviceWalk) remove(original types.BaseVirtualDevice, change *types.VirtualDeviceConfigSpec) *problem {
	key := original.GetVirtualDevice().Key
	switch original.(type) {
	case *types.VirtualDisk:
		if w.snapshots && change.FileOperation == types.VirtualDeviceConfigSpecFileOperationDestroy {
			return w.refuse(&types.InvalidDeviceOperation{BadOp: change.Operation, BadFileOp: change.FileOperation}, "fileOperation",
				"The virtual machine has snapshots, which the files of disk %d belong to.", key)
		}

		return w.checkHotPlug(original)
	case types.BaseVirtualController:
		if deviceOf(esx.VirtualDevice, key) != nil {
			return w.refuse(&types.InvalidDeviceSpec{}, "key", "Controller %d belongs to every virtual machine.", key)
		}
		if i := slices.IndexFunc(w.devices, attachedTo(key)); i >= 0 {
			return w.refuse(&types.InvalidDeviceSpec{}, "key", "Device %d is attached to controller %d.",
				w.devices[i].GetVirtualDevice().Key, key)
		}
	}

	return nil
}

func attachedTo(key int32) func(types.BaseVirtualDevice) bool {
	return func(device types.BaseVirtualDevice) bool { return device.GetVirtualDevice().ControllerKey == key }
}

// refuse returns the fault of a change, with the index of the change.
func (w *deviceWalk) refuse(fault deviceFault, property, format string, args ...any) *problem {
	spec := fault.GetInvalidDeviceSpec()
	spec.DeviceIndex, spec.Property = int32(w.index), "virtualDeviceSpec.device"
	if property != "" {
		spec.Property += "." + property
	}
	message := "Invalid configuration for device '%d'."
	switch fault.(type) {
	case *types.InvalidDeviceOperation:
		message = "Invalid operation for device '%d'."
	case *types.InvalidDeviceBacking:
		message = "Incompatible device backing specified for device '%d'."
	}

	return explained(fault, errorInvalidArgument, fmt.Sprintf(message, w.index), fmt.Sprintf(format, args...))
}

func (w *deviceWalk) needsOff() *problem {
	return invalidPowerState(poweredOff, w.vm.Runtime.PowerState, w.vm.Self)
}

// tooMany returns the fault of a change that adds more devices than there may be.
func (w *deviceWalk) tooMany(format string, args ...any) *problem {
	fault := &types.TooManyDevices{InvalidVmConfig: types.InvalidVmConfig{
		Property: fmt.Sprintf("configSpec.deviceChange[%d].device", w.index),
	}}

	return explained(fault, errorUnableToAllocateResource,
		"The number of virtual devices exceeds the maximum.", fmt.Sprintf(format, args...))
}
