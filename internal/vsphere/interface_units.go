package vsphere

import (
	"strconv"

	"github.com/vmware/govmomi/vim25/types"
)

// A virtual Ethernet card is on the PCI bus, where the units of ten cards follow those of other devices.
const (
	pciController      = 100
	firstInterfaceUnit = 7
	interfaceUnits     = 10
)

// FreeInterfaceUnits returns the unit numbers that no network interface of the VM has, in order.
func (vm *VirtualMachine) FreeInterfaceUnits() []int32 {
	var free []int32
	for unit := int32(firstInterfaceUnit); unit < firstInterfaceUnit+interfaceUnits; unit++ {
		if vm.InterfaceAt(unit) == "" {
			free = append(free, unit)
		}
	}

	return free
}

// InterfaceAt returns the key of the network interface with the unit number; empty where there is none.
func (vm *VirtualMachine) InterfaceAt(unit int32) string {
	for _, device := range vm.devices {
		base := device.GetVirtualDevice()
		if _, card := device.(types.BaseVirtualEthernetCard); card && base.UnitNumber != nil && *base.UnitNumber == unit {
			return strconv.Itoa(int(base.Key))
		}
	}

	return ""
}

// InterfaceUnit returns the unit number of the network interface with the key; false where the platform tells none.
func (vm *VirtualMachine) InterfaceUnit(key string) (int32, bool) {
	for _, device := range vm.devices {
		base := device.GetVirtualDevice()
		if strconv.Itoa(int(base.Key)) == key && base.UnitNumber != nil {
			return *base.UnitNumber, true
		}
	}

	return 0, false
}
