package vsphere

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// Slot is a place for a disk: a controller by its kind and bus number ("scsi0", "nvme1", "sata0", "ide1"), and a unit number on it.
type Slot struct {
	Controller string
	UnitNumber int32
}

// String returns the slot in words: "scsi0:1".
func (s Slot) String() string { return fmt.Sprintf("%s:%d", s.Controller, s.UnitNumber) }

// controllerKind is a kind of storage controller.
type controllerKind struct {
	name  string
	units int32 // how many units are given away by themselves; newer hardware has more, which have to be asked for
	most  int32 // how many units the newest hardware has
	buses int   // how many controllers of the kind a VM may have
}

// controllerKinds are in the order in which a disk without a wish is given a place.
var controllerKinds = []controllerKind{
	{"scsi", 16, 64, 4}, {"nvme", 15, 64, 4}, {"sata", 30, 30, 4}, {"ide", 2, 2, 2},
}

// scsiOwnUnit is the unit of a SCSI bus that its controller has.
const scsiOwnUnit = 7

// KindOfController takes the name of a controller apart. It is false for a name that no controller has.
func KindOfController(controller string) (kind string, bus int, ok bool) {
	for _, known := range controllerKinds {
		number, is := strings.CutPrefix(controller, known.name)
		if bus, err := strconv.Atoi(number); is && err == nil && bus >= 0 && bus < known.buses && number == strconv.Itoa(bus) {
			return known.name, bus, true
		}
	}

	return "", 0, false
}

// Possible reports whether some hardware has the slot.
func (s Slot) Possible() bool {
	name, _, ok := KindOfController(s.Controller)
	i := slices.IndexFunc(controllerKinds, func(kind controllerKind) bool { return kind.name == name })

	return ok && s.UnitNumber >= 0 && s.UnitNumber < controllerKinds[i].most && (name != "scsi" || s.UnitNumber != scsiOwnUnit)
}

// Slots are the places on the storage controllers of a VM.
type Slots struct {
	present map[string]bool
	taken   map[Slot]string // by the label of the device that is there
}

// Slots returns the places on the VM's storage controllers as they are.
func (vm *VirtualMachine) Slots() Slots {
	slots := Slots{present: map[string]bool{}, taken: map[Slot]string{}}
	for name := range storageControllers(vm.devices) {
		slots.present[name] = true
	}
	names := controllerNames(vm.devices)
	for _, device := range vm.devices {
		base := device.GetVirtualDevice()
		if name := names[base.ControllerKey]; name != "" && base.UnitNumber != nil {
			slots.taken[Slot{name, *base.UnitNumber}] = labelOf(base)
		}
	}

	return slots
}

// Holder returns the label of the device at the slot; false where it is free.
func (s Slots) Holder(slot Slot) (string, bool) {
	label, taken := s.taken[slot]

	return label, taken
}

// Take marks the slot as taken by a device with the label.
func (s Slots) Take(slot Slot, label string) {
	s.present[slot.Controller] = true
	s.taken[slot] = label
}

// Free returns the first free slot of the controller; where that is empty, of the VM's controllers, and at last of a new SCSI controller.
// A unit number is that of the slot; a negative one leaves the choice. A VM may not have the controller yet. It is false where there is no
// free slot.
func (s Slots) Free(controller string, unit int32) (Slot, bool) {
	if controller != "" {
		return s.freeOn(controller, unit)
	}
	for _, kind := range controllerKinds {
		if kind.name == "ide" {
			continue // no disk can be added there while the VM runs
		}
		for bus := range kind.buses {
			name := kind.name + strconv.Itoa(bus)
			if slot, ok := s.freeOn(name, unit); s.present[name] && ok {
				return slot, true
			}
		}
	}
	for bus := range controllerKinds[0].buses {
		if name := "scsi" + strconv.Itoa(bus); !s.present[name] {
			return s.freeOn(name, unit)
		}
	}

	return Slot{}, false
}

func (s Slots) freeOn(controller string, unit int32) (Slot, bool) {
	name, _, ok := KindOfController(controller)
	if !ok {
		return Slot{}, false
	}
	i := slices.IndexFunc(controllerKinds, func(kind controllerKind) bool { return kind.name == name })
	if unit >= 0 {
		slot := Slot{controller, unit}
		_, taken := s.taken[slot]

		return slot, !taken && slot.Possible()
	}
	for unit := range controllerKinds[i].units {
		slot := Slot{controller, unit}
		if _, taken := s.taken[slot]; !taken && slot.Possible() {
			return slot, true
		}
	}

	return Slot{}, false
}

// DiskAt returns the key of the disk at the slot; empty where there is none.
func (vm *VirtualMachine) DiskAt(slot Slot) string {
	for key, disk := range vm.Disks {
		if disk.Controller == slot.Controller && disk.UnitNumber == slot.UnitNumber {
			return key
		}
	}

	return ""
}

// storageControllers returns the keys of the storage controllers by name.
func storageControllers(devices []types.BaseVirtualDevice) map[string]int32 {
	found := map[string]int32{}
	for _, device := range devices {
		var kind string
		switch device.(type) {
		case types.BaseVirtualSCSIController:
			kind = "scsi"
		case *types.VirtualNVMEController:
			kind = "nvme"
		case types.BaseVirtualSATAController:
			kind = "sata"
		case *types.VirtualIDEController:
			kind = "ide"
		default:
			continue
		}
		if controller, ok := device.(types.BaseVirtualController); ok {
			found[kind+strconv.Itoa(int(controller.GetVirtualController().BusNumber))] = device.GetVirtualDevice().Key
		}
	}

	return found
}

// controllerNames returns the names of the storage controllers by key.
func controllerNames(devices []types.BaseVirtualDevice) map[int32]string {
	names := map[int32]string{}
	for name, key := range storageControllers(devices) {
		names[key] = name
	}

	return names
}

func labelOf(device *types.VirtualDevice) string {
	if device.DeviceInfo == nil {
		return ""
	}

	return device.DeviceInfo.GetDescription().Label
}
