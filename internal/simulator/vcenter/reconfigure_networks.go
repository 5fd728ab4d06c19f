package vcenter

import (
	"net"

	"github.com/vmware/govmomi/vim25/types"
)

const mostNetworkInterfaces = 10

// addCard refuses a network interface if the VM has all that it may have, and one without a network or with a wrong address.
func (w *deviceWalk) addCard(card *types.VirtualEthernetCard) *problem {
	count := 0
	for _, device := range w.devices {
		if _, ok := device.(types.BaseVirtualEthernetCard); ok {
			count++
		}
	}
	if count >= mostNetworkInterfaces {
		return w.tooMany("The virtual machine has %d network interfaces.", count)
	}
	if card.MacAddress == "" && card.AddressType == string(types.VirtualEthernetCardMacTypeManual) {
		return w.refuse(&types.InvalidDeviceSpec{}, "macAddress", "A manual address is not given.")
	}
	if card.Backing == nil {
		return w.refuse(&types.InvalidDeviceBacking{}, "backing", "A network interface needs a network.")
	}

	return w.checkCard(card)
}

// editCard refuses edits of a network interface. While the VM runs only its network and its connection can be changed.
func (w *deviceWalk) editCard(has, wanted *types.VirtualEthernetCard) *problem {
	if !w.off && (wanted.AddressType != "" && wanted.AddressType != has.AddressType ||
		wanted.MacAddress != "" && wanted.MacAddress != has.MacAddress ||
		differsFlag(has.WakeOnLanEnabled, wanted.WakeOnLanEnabled) ||
		wanted.UnitNumber != nil && differs(has.UnitNumber, wanted.UnitNumber)) {
		return w.needsOff()
	}
	if is, ok := has.Backing.(*portBacking); ok {
		if echoed, ok := wanted.Backing.(*portBacking); ok && echoed.Port.PortKey == is.Port.PortKey {
			return w.checkAddress(wanted)
		}
	}

	return w.checkCard(wanted)
}

func (w *deviceWalk) checkCard(card *types.VirtualEthernetCard) *problem {
	if card.Backing != nil {
		if !w.inventory.reaches(w.vm.Self, card.Backing) {
			return w.refuse(&types.InvalidDeviceBacking{}, "backing", "There is no such network.")
		}
		if p := w.inventory.checkPort("virtualDeviceSpec.device.backing", card.Backing); p != nil {
			return p
		}
	}

	return w.checkAddress(card)
}

// checkAddress refuses a text that is no MAC address, and multicast addresses.
func (w *deviceWalk) checkAddress(card *types.VirtualEthernetCard) *problem {
	const multicast = 1
	if card.MacAddress == "" {
		return nil
	}
	address, err := net.ParseMAC(card.MacAddress)
	if err != nil || address[0]&multicast != 0 {
		return w.refuse(&types.InvalidDeviceSpec{}, "macAddress", "%q is no MAC address of a network interface.", card.MacAddress)
	}

	return nil
}
