package zstack

import (
	"fmt"
)

// SetHostCapacity sets how many CPUs and bytes of memory a host has. VMs that run there stay.
func (s *Server) SetHostCapacity(uuid string, cpus, memoryBytes int64) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	one, ok := s.world.hosts.get(uuid)
	if !ok {
		return fmt.Errorf("set the capacity of host %s: there is no such host", uuid)
	}
	one.cpus, one.memory = cpus, memoryBytes

	return nil
}

// SetStorageCapacity sets how many bytes a primary storage has. What is stored there stays.
func (s *Server) SetStorageCapacity(uuid string, bytes int64) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	one, ok := s.world.storages.get(uuid)
	if !ok {
		return fmt.Errorf("set the capacity of primary storage %s: there is no such storage", uuid)
	}
	one.bytes = bytes

	return nil
}

// SetAddressCapacity sets how many addresses the range of a network has, from its first one on. Addresses in use stay.
func (s *Server) SetAddressCapacity(uuid string, count int64) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	one, ok := s.world.networks.get(uuid)
	if !ok {
		return fmt.Errorf("set the capacity of network %s: there is no such network", uuid)
	}
	one.count = count

	return nil
}

// ChangeObject changes the name, the state (Enabled, Disabled, Maintenance) or the status (Connected, Disconnected) of a
// zone, cluster, host, image, network, primary storage or affinity group. Nil parts stay.
func (s *Server) ChangeObject(uuid string, name, state, status *string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	one := s.world.place(uuid)
	if one == nil {
		return fmt.Errorf("change object %s: there is no such object", uuid)
	}
	s.world.rename(&one.resource, name, nil)
	if state != nil {
		one.state = *state
	}
	if status != nil {
		one.status = *status
	}

	return nil
}

// place finds what a cloud is made of.
func (w *world) place(uuid string) *place {
	if one, ok := w.zones.get(uuid); ok {
		return &one.place
	}
	if one, ok := w.clusters.get(uuid); ok {
		return &one.place
	}
	if one, ok := w.hosts.get(uuid); ok {
		return &one.place
	}
	if one, ok := w.images.get(uuid); ok {
		return &one.place
	}
	if one, ok := w.networks.get(uuid); ok {
		return &one.place
	}
	if one, ok := w.storages.get(uuid); ok {
		return &one.place
	}
	if one, ok := w.groups.get(uuid); ok {
		return &one.place
	}

	return nil
}
