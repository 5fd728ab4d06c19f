package zstack

import "slices"

// vmStore holds the VMs, their states, and the calls whose jobs work on them. The inventory's lock guards it.
type vmStore struct {
	table[*vm]

	clock     clock
	tags      *tagStore
	nics      *nicStore
	volumes   *volumeStore
	snapshots *snapshotStore
}

// createRecord adds a VM that is only a record, like a source: without host, volumes and interfaces.
func (s *vmStore) createRecord(name string, source *vm) *vm {
	return s.addRecord(s.clock.newResource(name), source)
}

// addRecord is createRecord for a VM whose uuid is known.
func (s *vmStore) addRecord(as resource, source *vm) *vm {
	v := s.add(&vm{
		resource: as, state: vmCreated, zone: source.zone, image: source.image, offering: source.offering,
		network: source.network, cpus: source.cpus, memory: source.memory,
	})
	s.tags.createInherent(v.uuid)

	return v
}

// nicRecords shows the interfaces of all VMs.
func (s *vmStore) nicRecords() []record {
	shown := []record{}
	for _, v := range s.all {
		for _, one := range v.nics {
			shown = append(shown, nicRecord(v, one))
		}
	}

	return shown
}

// remove removes a VM with its root volume, its memory and its interfaces. Data volumes are kept.
func (s *vmStore) remove(v *vm) {
	for _, one := range slices.Clone(v.volumes) {
		if one.kind == dataVolume {
			s.volumes.detach(one)
		} else {
			s.snapshots.removeVolume(one)
		}
	}
	v.root = nil
	s.nics.removeAll(v)
	s.tags.removeAll(v.uuid)
	s.table.remove(v)
}

// settle sets a final state. A VM gives its host back in a state that needs none.
func (s *vmStore) settle(v *vm, state vmState) {
	if state == vmDestroyed && v.state != vmExpunging {
		v.trashed = s.clock()
	}
	v.worker, v.state, v.changed = nil, state, s.clock()
	if state.hostless() && v.host != nil {
		v.lastHost, v.host = v.host, nil
	}
}

// begin sets a transitional state for the job of a call and returns how to revert it, for a job that fails before its effect.
func (s *vmStore) begin(c *call, v *vm, transitional vmState) (undo func()) {
	v.before, v.worker, v.state, v.changed = v.state, c, transitional, s.clock()

	return func() {
		if v.worker == c {
			s.settle(v, v.before)
		}
	}
}

// checkWorker returns an error when the VM is gone, or another call works on it by now.
func (s *vmStore) checkWorker(c *call, v *vm) *errorCode {
	if !s.has(v) {
		return newError(codeNotFound, "VmInstance[uuid:%s] is not found", v.uuid)
	}
	if v.worker != c {
		return newError(codeVMState, "the state of vm[uuid:%s] changed to %s meanwhile", v.uuid, v.state)
	}

	return nil
}

// fail reverts the transitional state of a VM and returns the error of the job.
func (s *vmStore) fail(c *call, v *vm, code string, cause *errorCode) *errorCode {
	if v.worker == c {
		s.settle(v, v.before)
	}

	return newError(code, "vm[uuid:%s, name:%s]: %s", v.uuid, v.name, cause.Details).because(cause)
}

// checkDestroyed returns an error unless the VM is in the recycle bin.
func (s *vmStore) checkDestroyed(v *vm, message string) *errorCode {
	if !s.has(v) {
		return newError(codeNotFound, "VmInstance[uuid:%s] is not found", v.uuid)
	}

	return v.requireState(message, vmDestroyed)
}
