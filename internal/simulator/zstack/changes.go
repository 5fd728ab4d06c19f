package zstack

import (
	"fmt"
	"slices"
)

// Change says what somebody else does to a VM behind a client's back. Nil parts stay. No rule is checked but that what is
// named exists.
type Change struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	// State is the platform's. A job that works on the VM fails. A state without a host takes the host away; one with a host
	// puts a VM that has none on the host that it was last on, or on the first one.
	State       *string   `json:"state"`
	ClusterUUID *string   `json:"cluster_uuid"`
	HostUUID    *string   `json:"host_uuid"` // and its cluster; for a VM that takes no host's capacity it is the last host
	CPUCount    *int64    `json:"cpu_count"`
	MemoryBytes *int64    `json:"memory_bytes"`
	SystemTags  *[]string `json:"system_tags"` // all but the platform's own
	UserTags    *[]string `json:"user_tags"`
	// DetachVolumes detaches all data volumes.
	DetachVolumes *bool `json:"detach_volumes"`
	// AttachVolumes attaches data volumes, which leave the VMs that they are attached to.
	AttachVolumes []string `json:"attach_volumes"`
}

// ChangeVM changes a VM at once, without a job.
func (s *Server) ChangeVM(uuid string, change Change) error {
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.vms.get(uuid)
	if !ok {
		return fmt.Errorf("change VM %s: there is no such VM", uuid)
	}
	for _, step := range []func(*vm, Change) error{w.changeState, w.changePlace, w.changeTags, w.changeVolumes} {
		if err := step(v, change); err != nil {
			return fmt.Errorf("change VM %s: %w", uuid, err)
		}
	}
	w.rename(&v.resource, change.Name, change.Description)
	if change.CPUCount != nil {
		v.cpus = *change.CPUCount
	}
	if change.MemoryBytes != nil {
		v.memory = *change.MemoryBytes
	}

	return nil
}

func (w *world) changeVolumes(v *vm, change Change) error {
	if change.DetachVolumes != nil && *change.DetachVolumes {
		w.detachData(v)
	}
	for _, uuid := range change.AttachVolumes {
		one, ok := w.volumes.get(uuid)
		if !ok || one.kind != dataVolume || one.status != statusReady {
			return fmt.Errorf("there is no data volume %s to attach", uuid)
		}
		w.detach(one)
		w.attach(one, v)
	}

	return nil
}

func (w *world) changeState(v *vm, change Change) error {
	if change.State == nil {
		return nil
	}
	state := vmState(*change.State)
	if !slices.Contains(vmStates, state) {
		return fmt.Errorf("there is no state %s", state)
	}
	w.settle(v, state)
	if state == vmDestroyed {
		w.detachData(v)
	}
	if state.hostless() || v.host != nil {
		return nil
	}
	if v.host = v.lastHost; v.host == nil {
		v.host = w.hosts.all[0]
	}
	v.cluster = v.host.cluster

	return nil
}

func (w *world) changePlace(v *vm, change Change) error {
	if change.ClusterUUID != nil {
		to, ok := w.clusters.get(*change.ClusterUUID)
		if !ok {
			return fmt.Errorf("there is no cluster %s", *change.ClusterUUID)
		}
		v.cluster = to
	}
	if change.HostUUID == nil {
		return nil
	}
	to, ok := w.hosts.get(*change.HostUUID)
	if !ok {
		return fmt.Errorf("there is no host %s", *change.HostUUID)
	}
	v.lastHost, v.cluster = v.host, to.cluster
	if v.state.hostless() {
		v.lastHost = to
	} else {
		v.host = to
	}

	return nil
}

func (w *world) changeTags(v *vm, change Change) error {
	for _, part := range []struct {
		texts  *[]string
		system bool
	}{{change.SystemTags, true}, {change.UserTags, false}} {
		if part.texts == nil {
			continue
		}
		for _, one := range slices.Clone(w.tagsOf[v.uuid]) {
			if one.system == part.system && !one.inherent && !slices.Contains(*part.texts, one.text) {
				w.removeTag(one)
			}
		}
		for _, text := range *part.texts {
			w.addTag(tag{text: text, system: part.system, resourceUUID: v.uuid, resourceType: typeVM})
		}
	}

	return nil
}

// DestroyVM destroys a VM at once, whatever its state, as the deletion policy says.
func (s *Server) DestroyVM(uuid string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	v, ok := s.world.vms.get(uuid)
	if !ok {
		return fmt.Errorf("destroy VM %s: there is no such VM", uuid)
	}
	s.world.destroyVM(v)

	return nil
}

// RemoveVM makes an end of a VM at once, whatever its state and the deletion policy: nothing of it stays but its data
// volumes.
func (s *Server) RemoveVM(uuid string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	v, ok := s.world.vms.get(uuid)
	if !ok {
		return fmt.Errorf("remove VM %s: there is no such VM", uuid)
	}
	s.world.removeVM(v)

	return nil
}

// RemoveVolume makes an end of a volume at once.
func (s *Server) RemoveVolume(uuid string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	one, ok := s.world.volumes.get(uuid)
	if !ok {
		return fmt.Errorf("remove volume %s: there is no such volume", uuid)
	}
	s.world.removeVolume(one)

	return nil
}

// ChangeSnapshotGroup gives a snapshot group another name or description. Nil parts stay.
func (s *Server) ChangeSnapshotGroup(uuid string, name, description *string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	group, ok := s.world.bundles.get(uuid)
	if !ok {
		return fmt.Errorf("change snapshot group %s: there is no such group", uuid)
	}
	s.world.rename(&group.resource, name, description)

	return nil
}

// DeleteSnapshotGroup deletes a snapshot group with all its snapshots at once.
func (s *Server) DeleteSnapshotGroup(uuid string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	group, ok := s.world.bundles.get(uuid)
	if !ok {
		return fmt.Errorf("delete snapshot group %s: there is no such group", uuid)
	}
	for _, ref := range group.refs {
		s.world.removeSnapshot(ref.snapshot)
	}
	s.world.removeBundle(group)

	return nil
}

// DeleteSnapshot deletes one snapshot at once. Its group remembers it as deleted.
func (s *Server) DeleteSnapshot(uuid string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	one, ok := s.world.snapshots.get(uuid)
	if !ok {
		return fmt.Errorf("delete snapshot %s: there is no such snapshot", uuid)
	}
	s.world.removeSnapshot(one)

	return nil
}

// FailSnapshotDeletes lets every deletion of the snapshots fail from now on, or work again.
func (s *Server) FailSnapshotDeletes(fail bool, snapshotUUIDs ...string) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	for _, uuid := range snapshotUUIDs {
		one, ok := s.world.snapshots.get(uuid)
		if !ok {
			return fmt.Errorf("fail deletes of snapshot %s: there is no such snapshot", uuid)
		}
		one.stuck = fail
	}

	return nil
}
