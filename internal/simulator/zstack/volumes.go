package zstack

import "slices"

// volumeStore holds the volumes and attaches them to VMs. The inventory's lock guards it.
type volumeStore struct {
	table[*volume]

	clock clock
	tags  *tagStore
}

// create adds a detached volume.
func (s *volumeStore) create(kind volumeKind, name string, on *storage, size, actual int64) *volume {
	return s.createAs(newUUID(), kind, name, on, size, actual)
}

// createAs is create for a volume whose uuid is known.
func (s *volumeStore) createAs(uuid string, kind volumeKind, name string, on *storage, size, actual int64) *volume {
	created := &volume{
		resource: s.clock.newResource(name), kind: kind, storage: on, format: imageFormat, state: stateEnabled, status: statusReady,
		size: size, actual: actual,
	}
	created.uuid = uuid

	return s.add(created)
}

// attach attaches a volume to a VM, at the first free device number.
func (s *volumeStore) attach(one *volume, to *vm) {
	one.vm, one.changed = to, s.clock()
	one.deviceID = 0
	for slices.ContainsFunc(to.volumes, func(other *volume) bool { return other.deviceID == one.deviceID }) {
		one.deviceID++
	}
	to.volumes = append(to.volumes, one)
	if one.kind == rootVolume {
		to.root = one
	}
}

// detach detaches a volume and keeps it.
func (s *volumeStore) detach(one *volume) {
	if one.vm == nil {
		return
	}
	one.vm.volumes = slices.DeleteFunc(one.vm.volumes, func(other *volume) bool { return other == one })
	if one.vm.root == one {
		one.vm.root = nil
	}
	one.lastVM, one.vm, one.changed = one.vm, nil, s.clock()
}

// detachData detaches all data volumes of a VM.
func (s *volumeStore) detachData(v *vm) {
	for _, one := range slices.Clone(v.volumes) {
		if one.kind == dataVolume {
			s.detach(one)
		}
	}
}

// remove removes a volume that has no snapshots; [snapshotStore.removeVolume] removes both.
func (s *volumeStore) remove(one *volume) {
	s.detach(one)
	s.table.remove(one)
	s.tags.removeAll(one.uuid)
}
