package vcenter

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// prepare completes changes of devices for govmomi: it gives new devices their keys, labels and files, and fills in the fields that edits
// leave out. It returns edits of disks separately: govmomi would lose the parent files of an edited disk.
func (s *reconfigurer) prepare(
	vm *simulator.VirtualMachine, changes []types.BaseVirtualDeviceConfigSpec,
) (prepared []types.BaseVirtualDeviceConfigSpec, edits []*types.VirtualDisk, p *problem) {
	present := slices.Clone(vm.Config.Hardware.Device)
	keys := map[int32]int32{} // of controllers that are added: what the caller calls it → the key
	planned := map[string]bool{}
	for _, base := range changes {
		change := *base.GetVirtualDeviceConfigSpec()
		device, p := copyDevice(change.Device)
		if p != nil {
			return nil, nil, p
		}
		change.Device = device
		own := device.GetVirtualDevice()
		if key, ok := keys[own.ControllerKey]; ok {
			own.ControllerKey = key
		}
		original := deviceOf(present, own.Key)
		switch change.Operation {
		case types.VirtualDeviceConfigSpecOperationAdd:
			called := own.Key
			numberDevice(vm.Config.Version, present, device)
			if _, ok := device.(types.BaseVirtualController); ok {
				keys[called] = own.Key
			}
			if disk, ok := device.(*types.VirtualDisk); ok {
				s.prepareDisk(vm, &change, disk, planned)
			}
			present = append(present, device)
		case types.VirtualDeviceConfigSpecOperationEdit:
			if disk, ok := device.(*types.VirtualDisk); ok {
				edits = append(edits, disk)

				continue
			}
			completeDevice(device, original)
		case types.VirtualDeviceConfigSpecOperationRemove:
			change.Device = original
			present = slices.DeleteFunc(present, func(other types.BaseVirtualDevice) bool { return other == original })
		}
		prepared = append(prepared, &change)
	}
	s.vms.bindPorts(prepared)

	return prepared, edits, nil
}

// prepareDisk gives a new disk its file. A disk on an existing file gets the size that the file has.
func (s *reconfigurer) prepareDisk(
	vm *simulator.VirtualMachine, change *types.VirtualDeviceConfigSpec, disk *types.VirtualDisk, planned map[string]bool,
) {
	if change.FileOperation != "" {
		s.storage.placeDisk(vm, disk, planned)

		return
	}
	link := topLink(disk)
	if link == nil {
		return
	}
	ctx, datacenter := s.inventory.newContext(administrator), s.inventory.datacenter(vm.Self)
	if described, _, fault := s.inventory.registry.FileManager().DiskDescriptor(ctx, &datacenter, link.FileName); fault == nil {
		disk.CapacityInBytes = described.Capacity()
		disk.CapacityInKB = disk.CapacityInBytes >> 10
	}
}

// numberDevice gives a device that is added the key and the label that vCenter gives it.
func numberDevice(version string, present []types.BaseVirtualDevice, device types.BaseVirtualDevice) {
	own := device.GetVirtualDevice()
	switch x := device.(type) {
	case types.BaseVirtualController:
		kind, ok := busOf(device, version)
		if !ok {
			return
		}
		bus := x.GetVirtualController().BusNumber
		own.Key, own.ControllerKey = firstFree(present, kind.firstKey+bus), 100
		own.DeviceInfo = &types.Description{Label: fmt.Sprintf("%s %d", kind.label, bus)}
	case *types.VirtualDisk:
		controller := deviceOf(present, own.ControllerKey)
		kind, ok := busOf(controller, version)
		if !ok || own.UnitNumber == nil {
			return
		}
		var bus int32
		if x, ok := controller.(types.BaseVirtualController); ok {
			bus = x.GetVirtualController().BusNumber
		}
		own.Key = firstFree(present, kind.firstDisk+bus*kind.disksPerBus+*own.UnitNumber)
		own.DeviceInfo = &types.Description{Label: freeLabel(present, "Hard disk")}
	case types.BaseVirtualEthernetCard:
		own.Key = firstFree(present, interfaceKey)
		own.DeviceInfo = &types.Description{Label: fmt.Sprintf("Network adapter %d", own.Key-interfaceKey+1)}
	}
}

// firstFree returns the lowest unused key that is not below key.
func firstFree(present []types.BaseVirtualDevice, key int32) int32 {
	for deviceOf(present, key) != nil {
		key++
	}

	return key
}

// freeLabel returns name with the lowest number, from 1 on, that makes an unused label.
func freeLabel(present []types.BaseVirtualDevice, name string) string {
	for i := 1; ; i++ {
		label := fmt.Sprintf("%s %d", name, i)
		if !slices.ContainsFunc(present, func(device types.BaseVirtualDevice) bool { return labelOf(device) == label }) {
			return label
		}
	}
}

// completeDevice copies the fields that the edit of a device leaves out from the device itself.
func completeDevice(edit, original types.BaseVirtualDevice) {
	to, from := edit.GetVirtualDevice(), original.GetVirtualDevice()
	to.Backing, to.DeviceInfo, to.SlotInfo = cmp.Or(to.Backing, from.Backing), cmp.Or(to.DeviceInfo, from.DeviceInfo), cmp.Or(to.SlotInfo, from.SlotInfo)
	to.ControllerKey, to.UnitNumber = cmp.Or(to.ControllerKey, from.ControllerKey), cmp.Or(to.UnitNumber, from.UnitNumber)
	to.Connectable = cmp.Or(to.Connectable, from.Connectable)
	card, ok := edit.(types.BaseVirtualEthernetCard)
	is, same := original.(types.BaseVirtualEthernetCard)
	if !ok || !same {
		return
	}
	wanted, has := card.GetVirtualEthernetCard(), is.GetVirtualEthernetCard()
	if wanted.AddressType == "" || wanted.AddressType == has.AddressType {
		wanted.MacAddress = cmp.Or(wanted.MacAddress, has.MacAddress)
	}
	wanted.AddressType = cmp.Or(wanted.AddressType, has.AddressType)
	wanted.WakeOnLanEnabled = cmp.Or(wanted.WakeOnLanEnabled, has.WakeOnLanEnabled)
	wanted.ResourceAllocation = cmp.Or(wanted.ResourceAllocation, has.ResourceAllocation)
	wanted.ExternalId = cmp.Or(wanted.ExternalId, has.ExternalId)
}

func deviceKeys(devices []types.BaseVirtualDevice) []int32 {
	keys := make([]int32, 0, len(devices))
	for _, device := range devices {
		keys = append(keys, device.GetVirtualDevice().Key)
	}

	return keys
}

func copyDevice(device types.BaseVirtualDevice) (types.BaseVirtualDevice, *problem) {
	copied, p := copyDevices([]types.BaseVirtualDevice{device})
	if p != nil {
		return nil, p
	}

	return copied[0], nil
}
