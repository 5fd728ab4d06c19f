package zstack

import (
	"errors"
	"fmt"
	"net/netip"
)

var (
	errNoHost    = errors.New("there is no such host")
	errNoStorage = errors.New("there is no such storage")
	errNoNetwork = errors.New("there is no such network")
)

// SetHostCapacity sets how many CPUs and bytes of memory a host has. VMs that run there stay.
func (e *inventoryEditor) SetHostCapacity(uuid string, cpus, memoryBytes int64) error {
	return edit(e.inventory, &e.inventory.infra.hosts, "set the capacity of host", uuid, errNoHost, func(one *host) error {
		one.cpus, one.memory = cpus, memoryBytes

		return nil
	})
}

// SetStorageCapacity sets how many bytes a primary storage has. Volumes and snapshots that are stored there stay.
func (e *inventoryEditor) SetStorageCapacity(uuid string, bytes int64) error {
	return edit(e.inventory, &e.inventory.infra.storages, "set the capacity of primary storage", uuid, errNoStorage, func(one *storage) error {
		one.bytes = bytes

		return nil
	})
}

// SetAddressCapacity sets how many addresses the range of a network has, from its first one on. Addresses in use stay.
func (e *inventoryEditor) SetAddressCapacity(uuid string, count int64) error {
	return edit(e.inventory, &e.inventory.infra.networks, "set the capacity of network", uuid, errNoNetwork, func(one *network) error {
		one.count = count

		return nil
	})
}

// AddNetwork adds an enabled L3 network with a range of addresses, from the first one on, and returns its uuid.
func (e *inventoryEditor) AddNetwork(name string, first netip.Addr, count int64) string {
	e.inventory.mu.Lock()
	defer e.inventory.mu.Unlock()

	return e.inventory.addNetwork(name, first.Prev(), first, count).uuid
}

// ChangeObject changes the name, the state (Enabled, Disabled, Maintenance) or the status (Connected, Disconnected) of a
// zone, cluster, host, image, network, primary storage or affinity group. Nil parts stay.
func (e *inventoryEditor) ChangeObject(uuid string, name, state, status *string) error {
	e.inventory.mu.Lock()
	defer e.inventory.mu.Unlock()
	one := e.inventory.infra.find(uuid)
	if one == nil {
		return fmt.Errorf("change object %s: there is no such object", uuid)
	}
	one.rename(name, nil, e.inventory.clock())
	if state != nil {
		one.state = *state
	}
	if status != nil {
		one.status = *status
	}

	return nil
}
