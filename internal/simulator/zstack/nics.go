package zstack

import (
	"fmt"
	"net/netip"
)

// nicStore gives VMs network interfaces, with addresses from the networks' ranges. The inventory's lock guards it.
type nicStore struct {
	clock   clock
	created int64 // interfaces so far: each gets a MAC address of its own
}

// take reserves the lowest free address of a network, or returns L3.1000.
func (n *nicStore) take(from *network) (netip.Addr, *errorCode) {
	address := from.first
	for range from.count {
		if from.state == stateEnabled && !from.used[address] {
			from.used[address] = true

			return address, nil
		}
		address = address.Next()
	}

	return netip.Addr{}, newError(codeNoAddress, "no ip address is left in l3Network[uuid:%s]", from.uuid)
}

// create gives a VM an interface with an address that take reserved.
func (n *nicStore) create(v *vm, address netip.Addr) {
	n.created++
	number := n.created
	v.nics = append(v.nics, &nic{
		resource: n.clock.newResource(fmt.Sprintf("vnic%d.0", number)), network: v.network, address: address,
		mac: fmt.Sprintf(macFormat, byte(number>>24), byte(number>>16), byte(number>>8), byte(number)), deviceID: int64(len(v.nics)),
	})
}

// removeAll removes a VM's interfaces and frees their addresses.
func (n *nicStore) removeAll(v *vm) {
	for _, one := range v.nics {
		delete(one.network.used, one.address)
	}
	v.nics = nil
}
