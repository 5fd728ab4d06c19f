package zstack

import "slices"

// snapshotStore holds the snapshots and the snapshot groups, and removes volumes together with their snapshots. The
// inventory's lock guards it.
type snapshotStore struct {
	table[*snapshot]

	groups  table[*snapshotGroup]
	trees   table[*snapshotTree]
	clock   clock
	tags    *tagStore
	volumes *volumeStore
	scopes  bool // the version takes a scope for deletions
}

// createGroup adds a snapshot of every volume of a VM, with its memory if wanted.
func (s *snapshotStore) createGroup(of *vm, uuid, name, description string, withMemory bool) *snapshotGroup {
	group := &snapshotGroup{resource: s.clock.newResource(name), vm: of}
	group.uuid, group.description = uuid, description
	s.groups.add(group)
	volumes := slices.DeleteFunc(slices.Clone(of.volumes), func(one *volume) bool { return one.kind == memoryVolume })
	if withMemory {
		memory := s.volumes.create(memoryVolume, "memory-of-"+of.name, of.root.storage, of.memory, of.memory)
		s.volumes.attach(memory, of)
		volumes = append(volumes, memory)
	}
	for _, one := range volumes {
		created := s.create(one, newUUID(), name, description)
		created.group = group
		group.refs = append(group.refs, &snapshotRef{snapshot: created, changed: created.changed})
	}

	return group
}

// remove removes one snapshot, together with its memory volume; where it stands in a chain, its children move up. A group that loses the
// snapshot of its root volume is none any more, and any other keeps the snapshot as deleted.
func (s *snapshotStore) remove(one *snapshot) {
	if !s.has(one) {
		return
	}
	s.leaveTree(one)
	s.table.remove(one)
	s.tags.removeAll(one.uuid)
	if one.volume.snapshot == one {
		one.volume.snapshot = nil
	}
	if one.volume.kind == memoryVolume {
		s.removeVolume(one.volume)
	}
	if one.group == nil {
		return
	}
	for _, ref := range one.group.refs {
		if ref.snapshot == one {
			ref.deleted, ref.changed = true, s.clock()
		}
	}
	if one.volume.kind == rootVolume || one.group.empty() {
		s.removeGroup(one.group)
	}
}

// removeGroup removes a group without its snapshots, which are single ones then.
func (s *snapshotStore) removeGroup(group *snapshotGroup) {
	for _, ref := range group.refs {
		ref.snapshot.group = nil
	}
	s.groups.remove(group)
	s.tags.removeAll(group.uuid)
}

// removeVolume removes a volume and its snapshots.
func (s *snapshotStore) removeVolume(one *volume) {
	s.volumes.detach(one)
	for _, taken := range slices.Clone(s.all) {
		if taken.volume == one {
			s.remove(taken)
		}
	}
	s.volumes.remove(one)
}

// revert sets a volume back to a snapshot. Newer snapshots stay, and the next one becomes a branch beside them.
func (s *snapshotStore) revert(to *snapshot) {
	to.becomeLatest()
	to.volume.snapshot, to.volume.actual, to.volume.changed = to, to.size, s.clock()
}

// empty reports whether all snapshots of the group are deleted.
func (g *snapshotGroup) empty() bool {
	return !slices.ContainsFunc(g.refs, func(ref *snapshotRef) bool { return !ref.deleted })
}
