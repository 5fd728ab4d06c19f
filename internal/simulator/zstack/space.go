package zstack

// space computes what volumes and snapshots take of the primary storages. It has no state of its own.
type space struct {
	volumes   *volumeStore
	snapshots *snapshotStore
}

// used returns the bytes that are taken of a storage. Volumes take their whole size, however they are provisioned.
func (s *space) used(of *storage) int64 {
	var bytes int64
	for _, one := range s.volumes.all {
		if one.storage == of {
			bytes += one.size
		}
	}
	for _, one := range s.snapshots.all {
		if one.storage == of {
			bytes += one.size
		}
	}

	return bytes
}

// check returns PS.1000 unless the storage can take as many bytes more.
func (s *space) check(on *storage, bytes int64) *errorCode {
	if on.state != stateEnabled || on.status != statusConnected {
		return newError(codeNoStorage, "primary storage[uuid:%s] is %s and %s", on.uuid, on.state, on.status)
	}
	if free := on.bytes - s.used(on); free < bytes {
		return newError(codeNoStorage, "primary storage[uuid:%s] has %d bytes left, %d are needed", on.uuid, free, bytes)
	}

	return nil
}

// checkSnapshot refuses a snapshot of a volume that is not ready or has no room for it.
func (s *space) checkSnapshot(of *volume) *errorCode {
	if of.status != statusReady || of.state != stateEnabled {
		return newError(codeOperationFailed, "volume[uuid:%s] is %s and in status %s, can't create snapshot", of.uuid, of.state, of.status)
	}

	return s.check(of.storage, of.actual)
}
