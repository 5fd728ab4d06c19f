package zstack

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
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

// reserve reserves the address that a plan names, or the lowest free one of its network, and returns it.
func (n *nicStore) reserve(plan nicPlan) (netip.Addr, *errorCode) {
	if !plan.address.IsValid() {
		return n.take(plan.network)
	}
	failure := plan.network.offers(plan.address)
	if failure == nil {
		plan.network.used[plan.address] = true
	}

	return plan.address, failure
}

// offers refuses an address that a network has not free. One outside of its range is SYS.1007, one that is in use SYS.1006.
func (n *network) offers(address netip.Addr) *errorCode {
	if address.Compare(n.first) < 0 || address.Compare(n.last()) > 0 {
		return newError(codeInvalidArgument, "the static IP[%s] is not in any IP range of the L3 network[uuid:%s]", address, n.uuid)
	}

	return n.unoccupied(address)
}

// unoccupied refuses an address that is in use.
func (n *network) unoccupied(address netip.Addr) *errorCode {
	if n.used[address] {
		return newError(codeOperationFailed, "the static IP[%s] has been occupied on the L3 network[uuid:%s]", address, n.uuid)
	}

	return nil
}

// last is the last address of a network's range.
func (n *network) last() netip.Addr {
	bytes := n.first.As4()
	number := int64(binary.BigEndian.Uint32(bytes[:])) + n.count - 1
	binary.BigEndian.PutUint32(bytes[:], uint32(number))

	return netip.AddrFrom4(bytes)
}

// nicPlan is one interface to be made. Without an address it gets the network's lowest free one, without a MAC address a new one.
type nicPlan struct {
	network *network
	address netip.Addr
	mac     string
}

// create gives a VM an interface, with the lowest device id that is free.
func (n *nicStore) create(v *vm, plan nicPlan) *errorCode {
	address, failure := n.reserve(plan)
	if failure != nil {
		return failure
	}
	n.created++
	number := n.created
	if plan.mac == "" {
		plan.mac = fmt.Sprintf(macFormat, byte(number>>24), byte(number>>16), byte(number>>8), byte(number))
	}
	device := int64(0)
	for slices.ContainsFunc(v.nics, func(one *nic) bool { return one.deviceID == device }) {
		device++
	}
	v.nics = append(v.nics, &nic{
		resource: n.clock.newResource(fmt.Sprintf("vnic%d.0", number)), network: plan.network, address: address, mac: plan.mac, deviceID: device,
	})
	slices.SortFunc(v.nics, func(a, b *nic) int { return cmp.Compare(a.deviceID, b.deviceID) })

	return nil
}

// remove removes an interface and frees its address.
func (n *nicStore) remove(v *vm, device int64) {
	v.nics = slices.DeleteFunc(v.nics, func(one *nic) bool {
		if one.deviceID == device {
			delete(one.network.used, one.address)
		}

		return one.deviceID == device
	})
}

// removeAll removes a VM's interfaces and frees their addresses.
func (n *nicStore) removeAll(v *vm) {
	for _, one := range v.nics {
		delete(one.network.used, one.address)
	}
	v.nics = nil
}
