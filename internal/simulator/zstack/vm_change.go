package zstack

import (
	"fmt"
	"slices"
)

// Change is a change of a VM behind a client's back. Nil parts stay. Only the existence of named objects is
// checked.
type Change struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	// State is one of the platform's. A job that works on the VM fails. A state without a host removes the host; one with a host
	// puts a VM without one on its last host, or on the first one.
	State         *string   `json:"state"`
	ClusterUUID   *string   `json:"cluster_uuid"`
	HostUUID      *string   `json:"host_uuid"` // and its cluster; for a VM that takes no host's capacity it is the last host
	CPUCount      *int64    `json:"cpu_count"`
	MemoryBytes   *int64    `json:"memory_bytes"`
	HotPlug       *bool     `json:"hot_plug"`       // the configuration vm.numa: whether CPUs and memory may grow while it runs
	AttachNetwork string    `json:"attach_network"` // the uuid of a network on which the VM gets one more interface
	DetachNIC     *int64    `json:"detach_nic"`     // the device id of an interface
	SystemTags    *[]string `json:"system_tags"`    // all but the platform's own
	UserTags      *[]string `json:"user_tags"`
	// DetachVolumes detaches all data volumes.
	DetachVolumes *bool `json:"detach_volumes"`
	// AttachVolumes attaches data volumes, which leave the VMs that they are attached to.
	AttachVolumes []string `json:"attach_volumes"`
}

// vmChange applies a change to a VM. The inventory's lock must be held.
type vmChange struct {
	inventory *inventory
	vm        *vm
	Change
}

// apply applies all parts of the change.
func (c vmChange) apply() error {
	if err := c.applyState(); err != nil {
		return err
	}
	if err := c.applyPlace(); err != nil {
		return err
	}
	if c.SystemTags != nil {
		c.inventory.tags.replace(typeVM, c.vm.uuid, true, *c.SystemTags)
	}
	if c.UserTags != nil {
		c.inventory.tags.replace(typeVM, c.vm.uuid, false, *c.UserTags)
	}
	if err := c.applyVolumes(); err != nil {
		return err
	}
	c.vm.rename(c.Name, c.Description, c.inventory.clock())
	if c.CPUCount != nil {
		c.vm.cpus = *c.CPUCount
	}
	if c.MemoryBytes != nil {
		c.vm.memory = *c.MemoryBytes
	}
	if c.DetachNIC != nil {
		c.inventory.nics.remove(c.vm, *c.DetachNIC)
	}
	if c.AttachNetwork != "" {
		on, ok := c.inventory.infra.networks.get(c.AttachNetwork)
		if !ok || c.inventory.nics.create(c.vm, nicPlan{network: on}) != nil {
			return fmt.Errorf("there is no network %s, or no address on it", c.AttachNetwork)
		}
	}
	if c.HotPlug != nil {
		c.vm.hotPlug = *c.HotPlug
	}

	return nil
}

func (c vmChange) applyState() error {
	if c.State == nil {
		return nil
	}
	state := vmState(*c.State)
	if !slices.Contains(vmStates, state) {
		return fmt.Errorf("there is no state %s", state)
	}
	c.inventory.vms.settle(c.vm, state)
	if state == vmDestroyed {
		c.inventory.volumes.detachData(c.vm)
	}
	if state.hostless() || c.vm.host != nil {
		return nil
	}
	if c.vm.host = c.vm.lastHost; c.vm.host == nil {
		c.vm.host = c.inventory.infra.hosts.all[0]
	}
	c.vm.cluster = c.vm.host.cluster

	return nil
}

func (c vmChange) applyPlace() error {
	if c.ClusterUUID != nil {
		to, ok := c.inventory.infra.clusters.get(*c.ClusterUUID)
		if !ok {
			return fmt.Errorf("there is no cluster %s", *c.ClusterUUID)
		}
		c.vm.cluster = to
	}
	if c.HostUUID == nil {
		return nil
	}
	to, ok := c.inventory.infra.hosts.get(*c.HostUUID)
	if !ok {
		return fmt.Errorf("there is no host %s", *c.HostUUID)
	}
	c.vm.lastHost, c.vm.cluster = c.vm.host, to.cluster
	if c.vm.state.hostless() {
		c.vm.lastHost = to
	} else {
		c.vm.host = to
	}

	return nil
}

func (c vmChange) applyVolumes() error {
	if c.DetachVolumes != nil && *c.DetachVolumes {
		c.inventory.volumes.detachData(c.vm)
	}
	for _, uuid := range c.AttachVolumes {
		one, ok := c.inventory.volumes.get(uuid)
		if !ok || one.kind != dataVolume || one.status != statusReady {
			return fmt.Errorf("there is no data volume %s to attach", uuid)
		}
		c.inventory.volumes.detach(one)
		c.inventory.volumes.attach(one, c.vm)
	}

	return nil
}
